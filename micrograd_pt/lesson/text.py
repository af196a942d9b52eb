"""A lição como texto para um terminal: 100 colunas, com cores se ele as tem."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from micrograd_pt.given import whole
from micrograd_pt.lesson.outline import Line, Section
from micrograd_pt.lesson.plain import PlainWriter
from micrograd_pt.words import printable

WIDTH = 100
_BREAKS = (" + ", " - ", " · ", " / ", "; ", ", ", "·")
_BOLD, _LEFT, _RESULT, _NOTE, _PLAIN = "\x1b[1m", "\x1b[36m", "\x1b[1;32m", "\x1b[2m", "\x1b[0m"

Spell = Callable[[str], str]
"""Como se escrevem os sinais que a saída não tem; muda a largura, e por isso vem antes das quebras de linha."""


def render(
    sections: Sequence[Section], writer: PlainWriter, *, color: bool = False, width: int = WIDTH, spell: Spell = str
) -> str:
    """As seções como texto.

    Args:
        sections: o esboço.
        writer: quem escreve as fórmulas.
        color: verdadeiro para pôr títulos, nomes e resultados em cores (ANSI).
        width: colunas, ao menos 40.
        spell: troca os sinais que a saída não tem.

    Raises:
        ValueError: `width` não é um inteiro de 40 para cima.
    """
    whole(width, "width", 40)
    return "\n\n".join([_Page(writer, color, width, spell).section(section) for section in sections])


def render_section(section: Section, digits: int, lang: str) -> str:
    """Uma seção sozinha, com tantos algarismos e nessa língua."""
    return render([section], PlainWriter(digits, lang))


def heading(text: str) -> str:
    """Um título sublinhado."""
    return f"{text}\n{'-' * len(printable(text))}"


class _Page:
    """Uma página de texto: a largura, as cores e os sinais que ela tem."""

    def __init__(self, writer: PlainWriter, color: bool, width: int, spell: Spell) -> None:
        self.writer, self.color, self.width, self.spell = writer, color, width, spell

    def section(self, section: Section) -> str:
        """O título, o que se diz antes, e as linhas."""
        parts = [self.painted(_BOLD, heading(self.spell(section.title)))] if section.title else []
        indent = "  " if section.title else ""
        parts += [f"{indent}{line}" for line in self.paragraph(section.intro, self.width - 2)]
        if section.intro and section.lines:
            parts.append("")
        return "\n".join([*parts, *[self.line(line) for line in section.lines]])

    def line(self, line: Line) -> str:
        """nome = lado = lado = …, numa linha se cabe, senão um lado por linha; lados iguais não se repetem."""
        name = self.spell(self.writer.formula(line.left))
        sides = unrepeated([self.spell(self.writer.formula(side)) for side in line.sides])
        note = f"   ({self.spell(line.note)})" if line.note else ""
        sign = self.spell(line.sign)
        whole = f"  {name} {sign} {' = '.join(sides)}{note}"
        if len(whole) <= self.width:
            return self.colored([whole], name, sides[-1], note)
        indent = min(len(name) + 3, 16)
        lines = [f"  {name} {sign} {sides[0]}", *(f"{' ' * indent}= {side}" for side in sides[1:])]
        if len(name) > self.width // 3:  # um nome comprido fica com a linha só para si
            lines[:1] = [f"  {name}", f"{' ' * indent}{sign} {sides[0]}"]
        pieces = [piece for text in lines for piece in _folded(text, indent + 2, self.width)]
        if note and len(pieces[-1]) + len(note) <= self.width:
            pieces[-1] += note
        elif note:
            pieces += [
                f"{' ' * (indent + 2)}{piece}" for piece in self.paragraph(note.strip(), self.width - indent - 2)
            ]
            note = ""
        return self.colored(pieces, name, sides[-1], note)

    def paragraph(self, text: str, width: int) -> list[str]:
        """Um texto corrido, dobrado."""
        import textwrap

        return textwrap.wrap(self.spell(text), width, break_on_hyphens=False)

    def colored(self, lines: list[str], name: str, result: str, note: str) -> str:
        """As linhas, com o nome, o resultado e a nota nas suas cores."""
        if not self.color:
            return "\n".join(lines)
        body = lines[-1].removesuffix(note)
        if body.endswith(f"= {result}"):
            lines[-1] = f"{body.removesuffix(result)}{self.painted(_RESULT, result)}{self.painted(_NOTE, note)}"
        if lines[0].startswith(f"  {name} "):
            lines[0] = f"  {self.painted(_LEFT, name)}{lines[0].removeprefix(f'  {name}')}"
        return "\n".join(lines)

    def painted(self, paint: str, text: str) -> str:
        """O texto nessa cor, linha por linha."""
        if not self.color or not text:
            return text
        return "\n".join([f"{paint}{line}{_PLAIN}" for line in text.split("\n")])


def unrepeated(sides: Sequence[str]) -> list[str]:
    """Os lados de uma igualdade, sem um que só repete o anterior."""
    return [side for place, side in enumerate(sides) if place == 0 or side != sides[place - 1]]


def _folded(line: str, indent: int, width: int) -> list[str]:
    """A linha cortada nos sinais, para caber na largura."""
    pieces = []
    start = indent
    while len(line) > width:
        cut = _cut(line, start, width)
        if cut <= start:
            break
        pieces.append(line[:cut].rstrip())
        line = " " * (indent + 2) + line[cut:].lstrip()
        start = indent + 4  # depois do sinal que agora começa a linha
    return [*pieces, line]


def _cut(line: str, start: int, width: int) -> int:
    """Onde cortar: antes do último + ou - que cabe; sem nenhum, antes de um sinal que une mais."""
    for signs in (_BREAKS[:2], _BREAKS[2:4], _BREAKS[4:6], _BREAKS[6:]):
        cuts = [line.rfind(sign, start, width) + (2 if sign in ("; ", ", ") else 0) for sign in signs]
        cut = max((cut for cut in cuts if cut > max(start, width // 3)), default=-1)
        if cut > 0:
            return cut
    later = [found for sign in _BREAKS if (found := line.find(sign, max(start, 1))) > start]
    return min(later, default=-1)

"""A lição como Markdown, com as fórmulas em LaTeX que o GitHub e o Jupyter mostram."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_pt.lesson.outline import Line, Section
from micrograd_pt.lesson.rows import rows
from micrograd_pt.lesson.tex import MarkdownTexWriter

_LINE = 90  # algarismos do lado direito de uma fileira
_TOGETHER = 12  # linhas alinhadas numa fórmula só: as muito grandes demoram a aparecer


def render_markdown(sections: Sequence[Section], writer: MarkdownTexWriter) -> str:
    """As seções como Markdown.

    Args:
        sections: o esboço.
        writer: quem escreve as fórmulas.
    """
    return "\n\n".join([_section(section, writer) for section in sections]) + "\n"


def _section(section: Section, writer: MarkdownTexWriter) -> str:
    """O título, o que se diz antes, e as linhas em alinhamentos."""
    parts = [f"### {writer.words(section.title)}"] if section.title else []
    if section.intro:
        parts.append(writer.words(section.intro))
    lines = section.lines
    parts += [_aligned(lines[start : start + _TOGETHER], writer) for start in range(0, len(lines), _TOGETHER)]
    return "\n\n".join(parts)


def _aligned(lines: Sequence[Line], writer: MarkdownTexWriter) -> str:
    """Um alinhamento; cada fileira numa linha, que nunca começa por um sinal que o Markdown interprete."""
    body = f" {writer.row}\n".join(
        [f"{row.left} &{row.sign} {row.right}" for line in lines for row in rows(line, writer, _LINE)]
    )
    return f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n$$"

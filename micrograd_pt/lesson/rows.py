"""As linhas de uma seção como fileiras de um alinhamento de LaTeX, que cabem na largura da página."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from micrograd_pt.lesson.formula import Formula, Negative, Product, Sum
from micrograd_pt.lesson.layout import laid_out
from micrograd_pt.lesson.outline import Line
from micrograd_pt.lesson.tex import TexWriter
from micrograd_pt.lesson.text import unrepeated


@dataclass(frozen=True, slots=True)
class AlignedRow:
    """Uma fileira.

    Attributes:
        left: o que está à esquerda do alinhamento; vazio numa fileira que continua a anterior.
        sign: `=`, uma seta, ou um espaço numa fileira que continua um lado comprido.
        right: o que está à direita.
    """

    left: str
    sign: str
    right: str


def rows(line: Line, writer: TexWriter, limit: int) -> Iterator[AlignedRow]:
    """As fileiras de uma linha: uma só, se cabe; senão uma por lado, e um lado comprido em várias.

    Args:
        line: a linha.
        writer: quem escreve as fórmulas.
        limit: a largura do lado direito, em algarismos.
    """
    left = writer.formula(line.left)
    sign = r"\leftarrow" if line.sign == "←" else line.sign
    sides = unrepeated([writer.formula(side) for side in line.sides])
    note = f" \\quad {writer.literal(f'({line.note})')}" if line.note else ""
    note_breadth = breadth(note) + line.note.count(" ")
    whole = " = ".join(sides)
    if breadth(whole) + note_breadth <= limit:
        yield AlignedRow(left, sign, whole + note)
        return
    previous = None
    for formula in line.sides:
        text = writer.formula(formula)
        if text == previous:
            continue
        first = previous is None
        previous = text
        pieces = list(_pieces(formula, text, writer, limit))
        if text == sides[-1] and breadth(pieces[-1]) + note_breadth <= limit:
            pieces[-1] += note
            note = ""
        for place, piece in enumerate(pieces):
            yield AlignedRow(
                left if first and not place else "", (sign if first else "=") if not place else _CONTINUED, piece
            )
    if note:
        yield from _note_rows(f"({line.note})", writer, limit)


def _note_rows(note: str, writer: TexWriter, limit: int) -> Iterator[AlignedRow]:
    """Uma nota que não cabe ao lado do resultado, em quantas fileiras pedir."""
    piece = ""
    for word in note.split(" "):
        longer = f"{piece} {word}" if piece else word
        if piece and breadth(writer.literal(longer)) + longer.count(" ") > limit:
            yield AlignedRow("", _CONTINUED, f"\\quad {writer.literal(piece)}")
            longer = word
        piece = longer
    yield AlignedRow("", _CONTINUED, f"\\quad {writer.literal(piece)}")


def breadth(tex: str) -> int:
    """Uma estimativa, antes para mais que para menos, da largura de uma fórmula, em algarismos."""
    tex = _FRACTION.sub(lambda found: max(found[1], found[2], key=len), tex)
    tex = re.sub(r"\\(?:text(?=\{)|mathrm|operatorname|left|right|begin|end|frac)", "", tex)
    tex = re.sub(r"\\text[a-z]+\{\}|\\[A-Za-z]+ ?|\\.", "m", tex)
    return sum([2 if sign in "=+<m" else 0 if sign in "{}^_&$ " else 1 for sign in tex])


_CONTINUED = r"\qquad"
_FRACTION = re.compile(r"\\frac\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")


def _pieces(formula: Formula, text: str, writer: TexWriter, limit: int) -> Iterator[str]:
    """Um lado, cortado antes dos sinais que unem as suas parcelas ou os seus fatores, se não cabe numa fileira."""
    if breadth(text) <= limit:
        yield text
        return
    piece = ""
    for sign, part in _parts(laid_out(formula, stacked=True, digits=writer.digits), writer):
        if piece and breadth(piece + sign + part) > limit:
            yield piece
            piece = f"{{}}{sign}{part}"
        else:
            piece += sign + part
    yield piece


def _parts(formula: Formula, writer: TexWriter) -> Iterator[tuple[str, str]]:
    """As parcelas (e, numa parcela que é um produto, os fatores) com o sinal que vem antes de cada uma."""
    match formula:
        case Sum(terms):
            for place, term in enumerate(terms):
                inner, sign = (term.inner, " - ") if isinstance(term, Negative) else (term, " + ")
                first, *others = _parts(inner, writer)
                yield (sign if place else sign.strip(" +")), first[1]
                yield from others
        case Product(factors):
            yield from [(writer.times if place else "", writer.written(factor)) for place, factor in enumerate(factors)]
        case Negative(inner):
            first, *others = _parts(inner, writer)
            yield "-", first[1]
            yield from others
        case _:
            yield "", writer.written(formula)

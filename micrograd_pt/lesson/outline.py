"""O esboço de uma lição: seções, e em cada uma linhas de fórmulas; as escritas todas partem dele."""

from __future__ import annotations

from dataclasses import dataclass

from micrograd_pt.lesson.formula import Formula


@dataclass(frozen=True, slots=True)
class Line:
    """Uma linha: `left sign sides[0] = sides[1] = …   (note)`.

    Attributes:
        left: o que se calcula.
        sides: as formas dele, da fórmula em símbolos ao resultado.
        sign: o primeiro sinal, `"="` ou `"←"`.
        note: o que se diz ao lado, numa frase.
    """

    left: Formula
    sides: tuple[Formula, ...]
    sign: str = "="
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Uma parte da lição.

    Attributes:
        title: o título; vazio num aviso.
        intro: o que se diz antes das linhas.
        lines: as linhas.
    """

    title: str
    intro: str = ""
    lines: tuple[Line, ...] = ()

"""Textos e números prontos para uma figura: qualquer rótulo vira texto, e nunca marcação."""

from __future__ import annotations

import html
import math
import unicodedata
from decimal import Decimal
from fractions import Fraction
from typing import Any

from micrograd_pt.engine import Value
from micrograd_pt.words import number

_UNDRAWN = {"∛": "³√", "⋮": "…"}
"""Sinais que faltam nas fontes do renderizador, e o que se desenha no lugar deles."""

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def quoted(text: str, limit: int = 32) -> str:
    """Um texto qualquer como rótulo da linguagem DOT, simples ou HTML, sem que nada nele seja interpretado.

    Args:
        text: o texto, com o que houver nele: aspas, barras, `<b>`, quebras de linha, caracteres de controle.
        limit: quantos caracteres se mostram; um texto maior termina em "…".

    Returns:
        O texto em que `&`, `<`, `>` e aspas são entidades (o graphviz só reconhece um rótulo HTML pelos sinais) e cada
        barra invertida está dobrada (`\\N` seria trocado pelo nome do nó).
    """
    shown = "".join([visible(character) for character in text[: limit + 1]])
    if len(shown) > limit:
        shown = shown[: limit - 1] + "…"
    return html.escape(shown).replace("\\", "\\\\")


def visible(character: str) -> str:
    """O caractere, um espaço no lugar de quebras de linha e tabulações, � no do que não se pode mostrar."""
    if character.isspace():
        return " "
    if character in _UNDRAWN:
        return _UNDRAWN[character]
    kind = unicodedata.category(character)
    is_hidden = kind in ("Cc", "Cs", "Cn") or (kind == "Cf" and character != "\u200d")
    return "\ufffd" if is_hidden else character


def shown(value: Any) -> str:
    """Um número como `notation.number` o escreve, mas curto e com o sinal de menos tipográfico.

    Args:
        value: int, float ou Fraction; de um nó (o gradiente de um gradiente) mostra-se o valor. Inteiros e frações com
            muitos algarismos são arredondados para 6.
    """
    while isinstance(value, Value):
        value = value.data
    try:
        real = float(value)
    except OverflowError:
        ratio = Fraction(value)
        return f"{Decimal(ratio.numerator) / Decimal(ratio.denominator):.6g}".replace("-", "−")
    if math.isnan(real):
        return "NaN"
    if math.isinf(real):
        return "∞" if real > 0 else "−∞"
    is_long = isinstance(value, Fraction) and max(abs(value.numerator), value.denominator) > 999
    return number(value if isinstance(value, Fraction) and not is_long else real).replace("-", "−")


def signed(value: Any) -> str:
    """Como `shown`, com o sinal de mais diante de um número positivo."""
    text = shown(value)
    return text if text in ("0", "NaN") or text.startswith("−") else f"+{text}"


def indexed(name: str) -> str:
    """O nome de um neurônio com índices: `h1` vira h₁, e `h1_2` (camada 1, neurônio 2) vira h⁽¹⁾₂; outros ficam."""
    stem, _, unit = name.partition("_")
    letter, number = stem[:1], stem[1:]
    if not letter.isalpha() or not (number.isascii() and number.isdecimal()):
        return name
    if not unit:
        return letter + number.translate(_SUBSCRIPTS)
    if not (unit.isascii() and unit.isdecimal()):
        return name
    return f"{letter}⁽{number.translate(_SUPERSCRIPTS)}⁾{unit.translate(_SUBSCRIPTS)}"


def text_width(text: str, size: float) -> float:
    """A largura aproximada de um texto na fonte das figuras, em pontos.

    Args:
        text: o texto, numa linha.
        size: o corpo da letra, em pontos.
    """
    narrow = sum(character in "., ⁽⁾()|il" for character in text)
    return size * (0.58 * (len(text) - narrow) + 0.3 * narrow)

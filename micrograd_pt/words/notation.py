"""Como números e sinais são mostrados a quem lê: algarismos, nunca −0.0, e grafias simples onde faltam sinais."""

from __future__ import annotations

import codecs
import os
import re
import sys
import unicodedata
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any, TextIO

DIGITS = 6
"""Algarismos significativos, se não se pede outro número."""

_PLAIN = {
    "∂": "d",
    "σ": "sigmoid",
    "Σ": "soma",
    "√": "sqrt",
    "∛": "cbrt",
    "π": "pi",
    "·": "*",
    "×": "x",
    "÷": "/",
    "≤": "<=",
    "−": "-",
    "–": "-",
    "—": "-",
    "←": "<-",
    "→": "->",
    "½": "1/2",
    "α": "alfa",
    "…": "...",
    "⋮": ":",
    "“": '"',
    "”": '"',
}


def number(value: Any, digits: int = DIGITS) -> str:
    """Um número com esse tanto de algarismos significativos.

    Um número que cabe exatamente neles sai curto (`0.351`); um que foi arredondado mostra todos (`0.990430`). O zero
    nunca tem sinal, e frações e inteiros exatos ficam como são.

    Args:
        value: int, float ou Fraction.
        digits: algarismos significativos, de 1 a 17.
    """
    if isinstance(value, (int, Fraction)):
        return _exact(value, digits)
    value = float(value)
    if value == 0:
        return "0"
    short = f"{value:.{digits}g}"
    if float(short) == value:
        return short
    return f"{value:#.{digits}g}".removesuffix(".")


def _exact(value: int | Fraction, digits: int) -> str:
    """Um inteiro ou fração sem arredondar; um que encheria a página, arredondado."""
    top, bottom = value.numerator, value.denominator
    if (top.bit_length() + bottom.bit_length()) * _DIGITS_PER_BIT <= _LONGEST_EXACT:
        return str(Fraction(top, bottom))
    context = Context(prec=digits, Emax=10**9, Emin=-(10**9))
    return f"{context.divide(Decimal(top), Decimal(bottom)):e}".replace("E", "e")


def shown_name(name: str, limit: int = 32) -> str:
    """O nome de um nó como se pode mostrar: numa linha, sem caracteres de controle e não comprido demais.

    Args:
        name: o rótulo, com o que houver nele.
        limit: quantos caracteres se mostram; de um nome maior, o começo e o fim.
    """
    if len(name) > limit:
        name = f"{name[: limit - 9]}…{name[-8:]}"
    return "".join([_visible(sign) for sign in name])


def _visible(sign: str) -> str:
    """O caractere, um espaço no lugar de quebras de linha e tabulações, � no lugar do que não se vê."""
    if sign.isspace():
        return " "
    return "\ufffd" if unicodedata.category(sign) in ("Cc", "Cs", "Cn", "Cf", "Co") else sign


def is_simple_name(name: str) -> bool:
    """Verdadeiro se o nome se lê como uma letra só numa fórmula: `w_x1_h2` e `saída`, mas não `a + b` nem `2`."""
    return all(sign.isalnum() or sign in "_'′" or unicodedata.category(sign) == "So" for sign in name) and not (
        name.isdecimal()
    )


@dataclass(frozen=True, slots=True)
class TypesetName:
    """Um nome como um livro o compõe: uma letra (ou palavra) e os seus índices, que também são nomes.

    Attributes:
        stem: a letra, a palavra ou os algarismos.
        subscripts: os índices, na ordem.
    """

    stem: str
    subscripts: tuple[TypesetName, ...] = ()


def typeset_name(name: str) -> TypesetName | None:
    """O nome em letra e índices: `w_x1_h2` é w com os índices x₁ e h₂; `h1_2` é h com 1 e 2.

    Returns:
        O nome composto; None se ele não tem essa forma (`a + b`) e se mostra tal como é.
    """
    pieces = [_NAME_PIECE.fullmatch(piece) for piece in name.translate(_FROM_SUBSCRIPTS).split("_")]
    if not pieces or not all(pieces) or not pieces[0] or not pieces[0]["letters"]:
        return None
    typeset: list[TypesetName] = []
    for piece in pieces:
        assert piece is not None
        digits = (TypesetName(piece["digits"]),) if piece["digits"] else ()
        if piece["letters"]:
            typeset.append(TypesetName(piece["letters"], digits))
        else:  # só algarismos: mais um índice do que veio antes
            typeset[-1] = TypesetName(typeset[-1].stem, (*typeset[-1].subscripts, *digits))
    return TypesetName(typeset[0].stem, (*typeset[0].subscripts, *typeset[1:]))


_NAME_PIECE = re.compile(r"(?P<letters>[^\W\d_]*)(?P<digits>[0-9]*)(?<=.)")
_FROM_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_FROM_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_LONGEST_EXACT = 40
_DIGITS_PER_BIT = 0.30103


def superscripts(digits: str) -> str:
    """Os algarismos (e o sinal de menos) como expoente: `-2` vira ⁻²."""
    return digits.translate(_SUPERSCRIPTS)


def has_colors(stream: TextIO | None = None) -> bool:
    """Verdadeiro se a saída mostra cores: é um terminal, `TERM` não é `dumb` e `NO_COLOR` não foi definida.

    Args:
        stream: a saída; sem indicação, a deste programa.
    """
    stream = stream or sys.stdout
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream is not None and not stream.closed and stream.isatty()


def subscripts(name: str) -> str:
    """O nome com os algarismos que seguem uma letra postos em índice: `h1` vira h₁."""
    shown = ""
    for position, sign in enumerate(name):
        before = name[position - 1] if position else ""
        lowered = sign.isascii() and sign.isdigit() and (before.isalpha() or (shown and shown[-1] in "₀₁₂₃₄₅₆₇₈₉"))
        shown += "₀₁₂₃₄₅₆₇₈₉"[int(sign)] if lowered else sign
    return shown


def plain(text: str, encoding: str) -> str:
    """O texto com os sinais que a codificação não tem trocados por uma grafia simples: ∂ por d, σ por sigmoid.

    Args:
        text: o texto.
        encoding: a codificação da saída, como `"cp1252"` ou `"ascii"`.
    """
    return text.encode(encoding, PLAIN_ERRORS).decode(encoding)


_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def writable(text: str) -> str:
    """O texto com � no lugar do que um documento XML ou HTML não pode conter: controles e metades de pares."""
    return _UNWRITABLE.sub("\ufffd", text)


def printable(text: str) -> str:
    """O texto como a saída deste programa o escreve: com grafias simples para os sinais que ela não tem."""
    return plain(text, getattr(sys.stdout, "encoding", None) or "utf-8")


PLAIN_ERRORS = "micrograd_pt.plain"
"""O nome, para `errors=` de um arquivo de texto, do tratamento que escreve grafias simples."""


def _spell(error: UnicodeError) -> tuple[str, int]:
    """A grafia simples de um trecho que não pôde ser codificado."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    end = error.end
    while end < len(error.object) and error.object[end] in "⁰¹²³⁴⁵⁶⁷⁸⁹" and error.object[end - 1] in "⁻⁰¹²³⁴⁵⁶⁷⁸⁹":
        end += 1
    spelled = "".join(map(_plain_sign, error.object[error.start : end]))
    return re.sub(r"\^(-?)(\d?)\^", r"^\1\2", spelled), end


def _plain_sign(sign: str) -> str:
    if sign in _PLAIN:
        return _PLAIN[sign]
    if sign in "⁻⁰¹²³⁴⁵⁶⁷⁸⁹":
        return f"^{sign.translate(_FROM_SUPERSCRIPTS)}"
    decomposed = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode("ascii")
    return decomposed or "?"


codecs.register_error(PLAIN_ERRORS, _spell)

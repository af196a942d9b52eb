"""Como números e sinais são mostrados a quem lê: algarismos, nunca −0.0, e grafias simples onde faltam sinais."""

from __future__ import annotations

import codecs
import sys
import unicodedata
from fractions import Fraction
from typing import Any

DIGITS = 6
"""Algarismos significativos, se não se pede outro número."""

_PLAIN = {
    "∂": "d",
    "σ": "sigmoid",
    "Σ": "soma",
    "√": "sqrt",
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
        return str(value)
    value = float(value)
    if value == 0:
        return "0"
    short = f"{value:.{digits}g}"
    if float(short) == value:
        return short
    return f"{value:#.{digits}g}".removesuffix(".")


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


def printable(text: str) -> str:
    """O texto como a saída deste programa o escreve: com grafias simples para os sinais que ela não tem."""
    return plain(text, getattr(sys.stdout, "encoding", None) or "utf-8")


PLAIN_ERRORS = "micrograd_pt.plain"
"""O nome, para `errors=` de um arquivo de texto, do tratamento que escreve grafias simples."""


def _spell(error: UnicodeError) -> tuple[str, int]:
    """A grafia simples de um trecho que não pôde ser codificado."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_plain_sign, error.object[error.start : error.end])), error.end


def _plain_sign(sign: str) -> str:
    if sign in _PLAIN:
        return _PLAIN[sign]
    decomposed = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode("ascii")
    return decomposed or "?"


codecs.register_error(PLAIN_ERRORS, _spell)

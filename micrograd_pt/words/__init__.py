"""As palavras que um leitor vê: as frases, em português e em inglês, e como se mostram os números e os sinais."""

from micrograd_pt.words.notation import (
    DIGITS,
    PLAIN_ERRORS,
    TypesetName,
    has_colors,
    is_simple_name,
    number,
    printable,
    shown_name,
    subscripts,
    superscripts,
    typeset_name,
)
from micrograd_pt.words.sentences import LANGUAGES, sentence

__all__ = [
    "DIGITS",
    "LANGUAGES",
    "PLAIN_ERRORS",
    "TypesetName",
    "has_colors",
    "is_simple_name",
    "number",
    "printable",
    "sentence",
    "shown_name",
    "subscripts",
    "superscripts",
    "typeset_name",
]

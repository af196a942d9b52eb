"""As palavras que um leitor vê: as frases, em português e em inglês, como se mostram os números e os sinais, e
como um arquivo se grava."""

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
    writable,
)
from micrograd_pt.words.saving import replacing, save_file
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
    "replacing",
    "save_file",
    "sentence",
    "shown_name",
    "subscripts",
    "superscripts",
    "typeset_name",
    "writable",
]

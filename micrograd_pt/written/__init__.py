"""O tipo de número com que as regras da tabela, em vez de calcular, viram texto: expressões que se escrevem."""

from micrograd_pt.written.expressions import (
    ARITHMETIC,
    COMPARISONS,
    Book,
    CompileError,
    Written,
    opened,
    without_factor,
)
from micrograd_pt.written.infix import ATOM, CHOICE, FACTOR, UNARY, Infix, PythonInfix, signs, spelled

__all__ = [
    "ARITHMETIC",
    "ATOM",
    "CHOICE",
    "COMPARISONS",
    "FACTOR",
    "UNARY",
    "Book",
    "CompileError",
    "Infix",
    "PythonInfix",
    "Written",
    "opened",
    "signs",
    "spelled",
    "without_factor",
]

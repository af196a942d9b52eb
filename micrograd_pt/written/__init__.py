"""As regras da tabela como texto: as expressões que se escrevem, em que línguas, e os métodos escritos assim."""

from micrograd_pt.written.expressions import (
    ARITHMETIC,
    COMPARISONS,
    Book,
    CompileError,
    Written,
    opened,
    without_factor,
)
from micrograd_pt.written.infix import ATOM, CHOICE, FACTOR, UNARY, Infix, PythonInfix, signs
from micrograd_pt.written.methods import weighted_sum

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
    "weighted_sum",
    "without_factor",
]

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
from micrograd_pt.written.infix import ATOM, CHOICE, COMPARE, FACTOR, TERM, UNARY, Infix, PythonInfix, Spelled, signs
from micrograd_pt.written.methods import weighted_sum
from micrograd_pt.written.replaced import SUBCLASSES, products_are_ours

__all__ = [
    "ARITHMETIC",
    "ATOM",
    "CHOICE",
    "COMPARE",
    "COMPARISONS",
    "FACTOR",
    "SUBCLASSES",
    "TERM",
    "UNARY",
    "Book",
    "CompileError",
    "Infix",
    "PythonInfix",
    "Spelled",
    "Written",
    "opened",
    "products_are_ours",
    "signs",
    "weighted_sum",
    "without_factor",
]

"""Expressões escritas como texto, como `"sigmoid(w*x + b)"`: o que se pode escrever nelas, e o `Value` que elas dão."""

from micrograd_pt.parsing.errors import ExpressionDomainError, ExpressionError, ExpressionOverflowError, pointed
from micrograd_pt.parsing.expression import Evaluation, Expression, parse, written_operation

__all__ = [
    "Evaluation",
    "Expression",
    "ExpressionDomainError",
    "ExpressionError",
    "ExpressionOverflowError",
    "parse",
    "pointed",
    "written_operation",
]

"""Expressões escritas como texto, como `"sigmoid(w*x + b)"`: o que se pode escrever nelas, e o `Value` que elas dão."""

from micrograd_pt.parsing.errors import ExpressionDomainError, ExpressionError, ExpressionOverflowError
from micrograd_pt.parsing.expression import Expression, parse

__all__ = ["Expression", "ExpressionDomainError", "ExpressionError", "ExpressionOverflowError", "parse"]

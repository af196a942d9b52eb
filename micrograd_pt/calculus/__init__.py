"""Derivadas como funções, de qualquer ordem e em qualquer modo, e a verificação de cada uma por diferenças."""

from micrograd_pt.calculus.checks import Report, check_gradients, check_table
from micrograd_pt.calculus.derivatives import (
    derivative,
    find_nonfinite,
    flat,
    grad,
    gradients_of,
    hessian,
    jacobian,
    jvp,
    shape,
    value_and_grad,
)

__all__ = [
    "Report",
    "check_gradients",
    "check_table",
    "derivative",
    "find_nonfinite",
    "flat",
    "grad",
    "gradients_of",
    "hessian",
    "jacobian",
    "jvp",
    "shape",
    "value_and_grad",
]

"""Por que um uso não leva gradiente: um ramo fechado, um bico, uma comparação, ou quem usa também não o recebe."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from micrograd_pt import ops
from micrograd_pt.graph import Node

CLOSED, KINK, COMPARED, BEHIND = "closed", "kink", "compared", "behind"


def closure(user: Node, position: int) -> str:
    """Por que de um uso, cuja derivada local é None, não vem gradiente.

    Args:
        user: o nó que usa o outro.
        position: em que argumento dele.

    Returns:
        `COMPARED` se o uso é só para comparar; `BEHIND` se a operação tem derivada ali, mas a quem usa não chega
        gradiente; `KINK` se a derivada à esquerda e à direita não são as duas fechadas (a
        de |x| e a de relu em 0); senão `CLOSED`.
    """
    if user.op in (ops.where_less, ops.where_less_equal) and position < 2:
        return COMPARED
    if _has_slope(user, position):
        return BEHIND
    return KINK if user.op is not None and any(slope is not None for slope in _beside(user)) else CLOSED


def _has_slope(user: Node, position: int) -> bool:
    """Verdadeiro se a operação não se fecha ali: a derivada existe, ou é um erro que ninguém precisou conhecer."""
    assert user.op is not None
    try:
        return user.op.derivative(position, user.data, user.numbers) is not None
    except (ValueError, OverflowError):
        return True


def _beside(user: Node) -> Iterator[Any]:
    """As derivadas de uma operação de um argumento só, um float à esquerda e um à direita dele."""
    if user.op is None or user.op.arity != 1:
        return
    for side in (-math.inf, math.inf):
        try:
            moved = math.nextafter(float(user.numbers[0]), side)
            yield user.op.derivative(0, user.op.evaluate(moved), [moved])
        except (ValueError, OverflowError):
            continue

"""Comparações entre números do grafo, que lembram o que compararam, e a pergunta se um número ainda é o mesmo.

Uma condição é verdadeira ou falsa como qualquer outra: escolhe (`if`, `max`, `where`), se conta (`sum`), serve de
índice e é igual a `True` ou `False`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose
from typing import Any

from micrograd_pt import ops
from micrograd_pt.given import as_number

_WITHOUT_RESULT = {ops.add, ops.sub, ops.mul, ops.neg, ops.relu, ops.total, ops.average, ops.weighted_sum}
_WITHOUT_RESULT |= {ops.where_less, ops.where_less_equal}
"""Operações cuja derivada não depende do resultado."""
_ROUNDING = 1e-14
"""Quanto pode diferir, em relação a si, o resultado de uma conta feita noutra máquina."""


class ChangedLeafError(ValueError):
    """Um número do grafo já não é o do passo para frente: uma folha mudou, ou o `data` de um nó calculado."""


class Condition:
    """Uma comparação entre números do grafo: verdadeira ou falsa, e lembra o que comparou.

    Args:
        sign: `"<"`, `"<="`, `">"` ou `">="`.
        left: o que está à esquerda, nó ou número.
        right: o que está à direita, nó ou número.
    """

    __slots__ = ("left", "numbers", "right", "sign", "truth")

    hint = "; use int(condição) para contar, ou where(condição, a, b) para escolher"

    def __init__(self, sign: str, left: Any, right: Any) -> None:
        self.sign: str = sign
        self.left: Any = left
        self.right: Any = right
        a, b = _compared(left), _compared(right)
        self.numbers: tuple[Any, Any] = (a, b)
        self.truth: bool = {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]

    def __bool__(self) -> bool:
        return bool(self.truth)

    def __int__(self) -> int:
        return int(bool(self))

    __index__ = __int__

    def __float__(self) -> float:
        return float(bool(self))

    def __eq__(self, other: Any) -> bool:
        return bool(bool(self) == (bool(other) if isinstance(other, Condition) else other))

    def __hash__(self) -> int:
        return hash(bool(self))

    def __add__(self, other: Any) -> Any:
        return int(self) + (int(other) if isinstance(other, Condition) else other)

    __radd__ = __add__

    def __mul__(self, other: Any) -> Any:
        return int(self) * (int(other) if isinstance(other, Condition) else other)

    __rmul__ = __mul__

    def __and__(self, other: Any) -> Any:
        return bool(self) & (bool(other) if isinstance(other, Condition) else other)

    __rand__ = __and__

    def __or__(self, other: Any) -> Any:
        return bool(self) | (bool(other) if isinstance(other, Condition) else other)

    __ror__ = __or__

    def __invert__(self) -> bool:
        return not self

    def __repr__(self) -> str:
        return f"Condition({self.left!r} {self.sign} {self.right!r}: {self.truth})"

    def require_unchanged(self) -> None:
        """Recusa uma condição cujos lados já não valem o que valiam quando foram comparados.

        Raises:
            ChangedLeafError: diz qual mudou.
        """
        for side, before in zip((self.left, self.right), self.numbers, strict=True):
            if _is_node(side) and differs(side.data, before):
                raise ChangedLeafError(
                    f"{side.label or 'um nó sem rótulo'} valia {before!r} na comparação e agora vale {side.data!r}: "
                    "compare de novo antes de usar a condição"
                )


def number_of(node: Any) -> Any:
    """O número de um nó a cujo `data` alguém pode ter atribuído outra coisa; um escalar do NumPy é convertido.

    Raises:
        TypeError: não é um número real.
    """
    data = node.data
    if type(data) is float:
        return data
    if _is_node(data):
        name = node.label or "um nó"
        raise TypeError(f"o data de {name} é um Value, e devia ser um número: use .data, como em w.data -= w.grad.data")
    if not hasattr(type(data), "record"):
        node.data = data = as_number(data, f"o data de {node.label or 'um nó'}")
    return data


def differs(now: Any, before: Any) -> bool:
    """Verdadeiro se os números não são o mesmo; NaN é o mesmo que NaN."""
    return now is not before and now != before and not (now != now and before != before)


def require_unchanged(order: Sequence[Any]) -> None:
    """Recusa nós que já não valem o que valiam no passo para frente.

    Args:
        order: os nós.

    Raises:
        ChangedLeafError: diz qual mudou.
    """
    for node in order:
        operation = node.op
        if operation is None:
            continue
        data, numbers, kind = node.data, node.args_data, type(node)
        for arg, before in zip(node.args, numbers, strict=True):
            if (type(arg) is kind or _is_node(arg)) and differs(arg.data, before):
                raise ChangedLeafError(
                    f"{arg.label or 'um nó sem rótulo'} valia {before!r} no passo para frente e agora vale "
                    f"{arg.data!r}: refaça o passo para frente antes de olhar o grafo"
                )
        if type(data) is float or not hasattr(type(data), "record"):
            _require_data(node, operation.value(*numbers))


def require_result(node: Any) -> None:
    """Recusa um nó calculado cujo `data` alguém mudou, se a sua derivada precisa dele.

    Args:
        node: o nó; os de um `Graph` já foram conferidos.

    Raises:
        ChangedLeafError: diz qual mudou.
    """
    operation, data = node.op, node.data
    if operation in _WITHOUT_RESULT or hasattr(type(data), "record") or not hasattr(node, "_second_data"):
        return
    if (type(node._first) is not tuple and operation.arity == 2) or (
        data is not node._second_data and differs(data, node._second_data)
    ):
        _require_data(node, operation.value(*node.args_data))


def _require_data(node: Any, result: Any) -> None:
    data = node.data
    rounded = type(data) is type(result) is float and isclose(data, result, rel_tol=_ROUNDING)  # veio de outra máquina
    if not rounded and differs(data, result):
        raise ChangedLeafError(
            f"{node.label or 'um nó sem rótulo'} vale {data!r}, mas {node.op.name} dá {result!r}: alguém "
            "mudou o data de um nó calculado; refaça o passo para frente antes de olhar o grafo"
        )


def _is_node(side: Any) -> bool:
    return hasattr(type(side), "record") and hasattr(side, "data")


def _compared(side: Any) -> Any:
    return number_of(side) if _is_node(side) else as_number(side, "a comparação")

"""Os nomes que as mesmas operações têm noutras bibliotecas, e os que o NumPy procura nos elementos de um array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from micrograd_pt import ops
from micrograd_pt.engine import Value

_SAME = {
    **{"arcsin": "asin", "arccos": "acos", "arctan": "atan"},
    **{"arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh"},
    **{"ln": "log", "pow": "__pow__", "conjugate": "__pos__"},  # np.var e np.std pedem o conjugado
}


def _renamed(name: str) -> Callable[..., Any]:
    """O método desse nome, qualquer que ele seja quando é chamado."""

    def method(self: Value, *others: Any) -> Any:
        return getattr(self, name)(*others)

    method.__doc__ = f"O mesmo que `{name}`."
    return method


def _arctan2(self: Value, other: Any) -> Any:
    """O ângulo de (other, self)."""
    return ops.atan2(self, other)


def _hypot(self: Value, other: Any) -> Any:
    """A distância de (self, other) à origem."""
    return ops.hypot(self, other)


def _item(self: Value) -> Any:
    """O número deste nó, como `data`."""
    return self.data


for _name, _method in {"arctan2": _arctan2, "hypot": _hypot, "item": _item}.items():
    setattr(Value, _name, _method)
for _name, _known in _SAME.items():
    setattr(Value, _name, _renamed(_known))

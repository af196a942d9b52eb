"""O que se prepara em cada subclasse de `Value`, para que ela seja o que seria no micrograd.

Ali uma subtração é uma soma e um produto por −1, e uma divisão um produto e uma potência; quem troca `__mul__` espera
que a divisão o chame. Aqui cada uma é uma linha da tabela, menos numa subclasse que troca um desses sinais. E quem
escreve o seu próprio `__init__`, sem chamar o de `Value`, tem assim mesmo uma folha inteira.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from micrograd_pt.engine import Value
from micrograd_pt.written import SUBCLASSES


def _reflected(made: Callable[..., Any]) -> Callable[..., Any]:
    """O método de uma soma ou produto com este nó à direita; se à esquerda está outro nó, cabe a ele responder."""

    def method(self: Value, other: Any) -> Any:
        return NotImplemented if isinstance(other, Value) else made(self, other)

    return method


_MADE_OF: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {
    "__radd__": (_reflected(lambda self, other: self + other), ("__add__",)),
    "__rmul__": (_reflected(lambda self, other: self * other), ("__mul__",)),
    "__neg__": (lambda self: self * -1, ("__mul__",)),
    "__sub__": (lambda self, other: self + (-other), ("__add__", "__mul__", "__neg__")),
    "__rsub__": (lambda self, other: other + (-self), ("__add__", "__mul__", "__neg__")),
    "__truediv__": (lambda self, other: self * other**-1, ("__mul__", "__pow__")),
    "__rtruediv__": (lambda self, other: other * self**-1, ("__mul__", "__pow__")),
}
"""De que cada operação é feita no micrograd, e os sinais que ela usa."""


def _prepare(cls: type[Value], /, **options: Any) -> None:
    super(Value, cls).__init_subclass__(**options)
    SUBCLASSES.add(cls.__qualname__)
    own = {name for kind in cls.__mro__[: cls.__mro__.index(Value)] for name in vars(kind)}
    if cls.__hash__ is None:
        cls.__hash__ = Value.__hash__
    if cls.__hash__ is not Value.__hash__:
        raise TypeError(
            f"{cls.__name__} troca __hash__, e dois nós diferentes com o mesmo número seriam um só no grafo: deixe o "
            "de Value, __hash__ = Value.__hash__; __eq__ pode ser outro"
        )
    for name, (made, of) in _MADE_OF.items():
        if name not in own and not own.isdisjoint(of):
            setattr(cls, name, made)
    if not own.isdisjoint(("__reduce__", "__reduce_ex__")):
        cls.__copy__ = cls.__deepcopy__ = None  # type: ignore[attr-defined]  # copia-se pelo que ela diz
    if "__new__" not in own:
        cls.__new__ = _new  # type: ignore[method-assign, assignment]


def _new(cls: type[Value], *_: Any, **__: Any) -> Value:
    node = object.__new__(cls)
    node.grad, node.label, node.op = 0, "", None
    node._first = node._second = node._first_data = node._second_data = None
    return node


setattr(Value, "__init_subclass__", classmethod(_prepare))  # noqa: B010

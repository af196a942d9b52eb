"""Cópia e pickle de nós: sem recursão, cada nó uma vez só, e o que vai junto continua ligado.

Um nó é primeiro feito vazio e só depois preenchido; um argumento que ainda não existe é feito vazio e entra na fila dos
que faltam preencher. Assim nenhum nó espera por outro, e a profundidade do grafo não importa. Os atributos que alguém
pôs num nó, e a classe dele, vão junto. Este arquivo ensina `Value` a responder a `copy` e `pickle`; o nó mesmo não sabe
disso.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from functools import cache
from types import MemberDescriptorType
from typing import Any

from micrograd_pt.engine import Value
from micrograd_pt.interop.micrograd_view import VIEW, Inner


def _copy(node: Value) -> Value:
    """Outro nó com os mesmos campos e os mesmos argumentos."""
    made, found = _empty(_kind(node)), _attributes(node)
    _fill(made, *_fields(node), *([found] if found else []))
    return made


def _deepcopy(root: Value, memo: dict[int, Any]) -> Value:
    """Outro grafo igual; os nós que `memo` já tem são aproveitados."""
    memo[id(root)] = made = _empty(_kind(root))
    pending = [root]

    def copied(arg: Any) -> Any:
        if type(arg) is tuple:
            return tuple([copied(item) for item in arg])
        if not isinstance(arg, Value):
            return arg
        if id(arg) not in memo:
            memo[id(arg)] = _empty(_kind(arg))
            pending.append(arg)
        return memo[id(arg)]

    while pending:
        node = pending.pop()
        *rest, first, second, first_data, second_data = _fields(node)
        another = memo[id(node)]
        _fill(another, *rest, copied(first), copied(second), first_data, second_data)
        found = _attributes(node)
        if found:
            _set_attributes(another, copy.deepcopy(found, memo))
    return made


def _reduce(node: Value, protocol: Any) -> tuple[Any, ...]:
    """O que o pickle grava de um nó que ele ainda não gravou: um nó vazio e, a seguir, o que falta preencher."""
    own = _own(node, "__reduce__")
    if own is not None:
        return own()  # type: ignore[no-any-return]
    pending = _saving.expected.pop(id(node), None)
    if pending is None:
        return _empty, _maker_args(node), _Pending([node]), None, None, _finish
    pending.append(node)
    return _empty, _maker_args(node)


def _empty(kind: type[Value] = Value) -> Value:
    return object.__new__(kind)


def _kind(node: Value) -> type[Value]:
    """A classe da cópia; a de um nó que só se mostra é a comum."""
    return Value if isinstance(node, Inner) else type(node)


def _maker_args(node: Value) -> tuple[type[Value], ...]:
    kind = _kind(node)
    return () if kind is Value else (kind,)


def _own(node: Value, name: str) -> Any:
    """O método desse nome, se uma subclasse tem o seu; senão None."""
    kind: type = _kind(node)
    return getattr(node, name) if kind is not Value and _has_own(kind, name) else None


@cache
def _has_own(kind: type, name: str) -> bool:
    kinds = kind.__mro__
    return any(name in vars(one) for one in kinds[: kinds.index(Value)])


def _attributes(node: Value) -> Any:
    """O que alguém pôs no nó: os atributos, e os campos fixos de uma subclasse; ou o que ela diz que se grava."""
    if type(node) is Value:  # quase sempre, e quase sempre sem nenhum
        held = vars(node)
        return {name: one for name, one in held.items() if name != VIEW} if held else held
    state = _own(node, "__getstate__")
    if state is not None:
        return state()
    found = {name: held for name, held in vars(node).items() if name not in (VIEW, "grad")}
    for kind in _kind(node).__mro__:
        fixed = vars(kind).get("__slots__", ()) if issubclass(kind, Value) and kind is not Value else ()
        names = (fixed,) if isinstance(fixed, str) else fixed
        found |= {name: getattr(node, name) for name in names if name[:2] != "__" and hasattr(node, name)}
    return found


def _set_attributes(node: Value, found: Any) -> None:
    restore = _own(node, "__setstate__")
    if restore is not None:
        restore(found)
        return
    for name, held in found.items():
        if isinstance(getattr(type(node), name, None), MemberDescriptorType):
            object.__setattr__(node, name, held)
        else:
            vars(node)[name] = held


def _fields(node: Value) -> tuple[Any, ...]:
    """Tudo o que um nó guarda, na ordem em que `_fill` o recebe."""
    args = node._first, node._second, node._first_data, node._second_data
    grad = node.grad.data if isinstance(node.grad, Value) else node.grad  # o grafo de um gradiente não vai junto
    return node.data, grad, node.label, node.op, *args


def _fill(node: Value, *fields: Any) -> None:
    """Preenche um nó; os atributos vêm por último, e no que foi gravado antes de os haver não vêm."""
    node.data, node.grad, node.label, node.op, *args = fields
    node._first, node._second, node._first_data, node._second_data, *found = args
    for attributes in found:
        _set_attributes(node, attributes)


def _finish(node: Value, filled: list[None]) -> None:
    """Nada falta: gravar a lista já preencheu todos os nós."""


class _Saving(threading.local):
    """Os argumentos do nó que o pickle está preenchendo, cada um com a fila em que entra se ainda não foi gravado."""

    def __init__(self) -> None:
        self.expected: dict[int, list[Value]] = {}


_saving = _Saving()


class _Pending:
    """A fila dos nós por preencher, para o pickle: uma lista, com um item para cada um."""

    def __init__(self, nodes: list[Value]) -> None:
        self.nodes = nodes

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (), None, self._one_by_one()

    def _one_by_one(self) -> Iterator[_Filling]:
        try:
            while self.nodes:
                yield _Filling(self.nodes)
        finally:
            _saving.expected = {}


class _Filling:
    """O preenchimento do próximo nó da fila, escolhido na hora de gravar: o pickle pede itens antes de precisar deles,
    e os que sobram não fazem nada."""

    def __init__(self, nodes: list[Value]) -> None:
        self.nodes = nodes

    def __reduce__(self) -> tuple[Any, ...]:
        if not self.nodes:
            return tuple, ()
        node = self.nodes.pop()
        found = _attributes(node)
        held = (*node.args, *found.values()) if found and isinstance(found, dict) else node.args
        _saving.expected = {id(item): self.nodes for item in held if isinstance(item, Value)}
        return _fill, (node, *_fields(node), *([found] if found else []))


for _name, _method in (("__copy__", _copy), ("__deepcopy__", _deepcopy), ("__reduce_ex__", _reduce)):
    setattr(Value, _name, _method)

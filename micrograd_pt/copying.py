"""Cópia e pickle de nós: percorrem os ancestrais em ordem, sem recursão, e o que vai junto continua ligado.

Este arquivo ensina `Value` a responder a `copy` e `pickle`; o nó mesmo não sabe disso.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from micrograd_pt.engine import Value, ancestors
from micrograd_pt.ops import Operation


def _copy(node: Value) -> Value:
    """Outro nó com os mesmos campos e os mesmos argumentos."""
    return _restored(None, *_fields(node))


def _deepcopy(root: Value, memo: dict[int, Any]) -> Value:
    """Outro grafo igual; os nós que `memo` já tem são aproveitados."""
    for node in ancestors(root):
        if id(node) not in memo:
            *rest, first, second, first_data, second_data = _fields(node)
            copies = (_copied(first, memo), _copied(second, memo))
            memo[id(node)] = _restored(None, *rest, *copies, first_data, second_data)
    copy = memo[id(root)]
    assert isinstance(copy, Value)
    return copy


def _reduce(node: Value, protocol: Any) -> tuple[Any, ...]:
    """O que o pickle grava: os campos, depois dos ancestrais, um a um."""
    if node.op is None or id(node) in _saving.nodes:
        return _restored, (None, *_fields(node))
    return _restored, (_Ancestors(ancestors(node)[:-1]), *_fields(node))


def _fields(node: Value) -> tuple[Any, ...]:
    """Tudo o que um nó guarda, na ordem em que `_restored` o recebe."""
    args = node._first, node._second, node._first_data, node._second_data
    grad = node.grad.data if type(node.grad) is Value else node.grad  # o grafo de um gradiente não vai junto
    return node.data, grad, node.label, node.op, *args


def _restored(_: Any, data: Any, grad: Any, label: str, op: Operation | None, *args: Any) -> Value:
    """Um nó com esses campos; o primeiro argumento só existe para que os ancestrais sejam refeitos antes."""
    node = object.__new__(Value)
    node.data, node.grad, node.label, node.op = data, grad, label, op
    node._first, node._second, node._first_data, node._second_data = args
    return node


def _copied(arg: Any, memo: dict[int, Any]) -> Any:
    """O argumento com os nós trocados pelas suas cópias."""
    if type(arg) is tuple:
        return tuple([memo[id(item)] if type(item) is Value else item for item in arg])
    return memo[id(arg)] if type(arg) is Value else arg


class _Saving(threading.local):
    """Os nós cujos argumentos o pickle em curso já gravou (ou está para gravar) antes deles."""

    def __init__(self) -> None:
        self.nodes: set[int] = set()


_saving = _Saving()


@contextmanager
def _saved_in_order(nodes: list[Value]) -> Iterator[None]:
    before = _saving.nodes
    _saving.nodes = before | {id(node) for node in nodes}
    try:
        yield
    finally:
        _saving.nodes = before


class _Ancestors:
    """Nós em ordem, para o pickle: gravados um a um, cada um encontra os seus argumentos já gravados."""

    def __init__(self, nodes: list[Value]) -> None:
        self.nodes = nodes

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (), None, self._one_by_one()

    def _one_by_one(self) -> Iterator[Any]:
        with _saved_in_order(self.nodes):
            yield from self.nodes
            yield _Pause(self.nodes)


class _Pause:
    """O fim da lista: gravado depois do último nó, mantém a marca até ali."""

    def __init__(self, nodes: list[Value]) -> None:
        self.nodes = nodes

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, ()


for _name, _method in (("__copy__", _copy), ("__deepcopy__", _deepcopy), ("__reduce_ex__", _reduce)):
    setattr(Value, _name, _method)

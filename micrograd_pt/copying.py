"""Cópia e pickle de nós: sem recursão, cada nó uma vez só, e o que vai junto continua ligado.

Um nó é primeiro feito vazio e só depois preenchido; um argumento que ainda não existe é feito vazio e entra na fila dos
que faltam preencher. Assim nenhum nó espera por outro, e a profundidade do grafo não importa. Este arquivo ensina
`Value` a responder a `copy` e `pickle`; o nó mesmo não sabe disso.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from micrograd_pt.engine import Value


def _copy(node: Value) -> Value:
    """Outro nó com os mesmos campos e os mesmos argumentos."""
    copy = _empty()
    _fill(copy, *_fields(node))
    return copy


def _deepcopy(root: Value, memo: dict[int, Any]) -> Value:
    """Outro grafo igual; os nós que `memo` já tem são aproveitados."""
    memo[id(root)] = copy = _empty()
    pending = [root]

    def copied(arg: Any) -> Any:
        if type(arg) is tuple:
            return tuple([copied(item) for item in arg])
        if type(arg) is not Value:
            return arg
        if id(arg) not in memo:
            memo[id(arg)] = _empty()
            pending.append(arg)
        return memo[id(arg)]

    while pending:
        node = pending.pop()
        *rest, first, second, first_data, second_data = _fields(node)
        _fill(memo[id(node)], *rest, copied(first), copied(second), first_data, second_data)
    return copy


def _reduce(node: Value, protocol: Any) -> tuple[Any, ...]:
    """O que o pickle grava de um nó que ele ainda não gravou: um nó vazio e, a seguir, o que falta preencher."""
    pending = _saving.expected.pop(id(node), None)
    if pending is None:
        return _empty, (), _Pending([node]), None, None, _finish
    pending.append(node)
    return _empty, ()


def _empty() -> Value:
    return object.__new__(Value)


def _fields(node: Value) -> tuple[Any, ...]:
    """Tudo o que um nó guarda, na ordem em que `_fill` o recebe."""
    args = node._first, node._second, node._first_data, node._second_data
    grad = node.grad.data if type(node.grad) is Value else node.grad  # o grafo de um gradiente não vai junto
    return node.data, grad, node.label, node.op, *args


def _fill(node: Value, *fields: Any) -> None:
    node.data, node.grad, node.label, node.op, *args = fields
    node._first, node._second, node._first_data, node._second_data = args


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
        _saving.expected = {id(arg): self.nodes for arg in node.args if type(arg) is Value}
        return _fill, (node, *_fields(node))


for _name, _method in (("__copy__", _copy), ("__deepcopy__", _deepcopy), ("__reduce_ex__", _reduce)):
    setattr(Value, _name, _method)

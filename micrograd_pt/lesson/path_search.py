"""A busca dos caminhos da raiz de um grafo até um nó: quantos são, a soma deles, e os de maior produto primeiro."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from micrograd_pt import graph as _graph
from micrograd_pt.engine import chain_rule
from micrograd_pt.graph import Graph, Node


@dataclass(frozen=True, slots=True)
class Edge:
    """Um uso de um nó por onde passa gradiente.

    Attributes:
        user: o nó que usa o outro.
        position: em que argumento dele (a partir de 0).
        node: o nó usado.
        local: a derivada de `user` em relação a esse argumento.
    """

    user: Node
    position: int
    node: Node
    local: Any


class PathSearch:
    """Os caminhos da raiz de um grafo até um dos seus nós, contados e somados sem ser listados.

    Args:
        graph: o grafo.
        target: o nó de chegada.

    Attributes:
        count: quantos são, um inteiro exato; ramos fechados não contam.
        total: a soma, sobre todos, do produto das derivadas locais.

    Raises:
        DomainError: uma derivada de que se precisa não existe.
    """

    def __init__(self, graph: Graph, target: Node) -> None:
        self._root, self._target = graph.root, target
        self.total: Any
        self._edges, self.total = _open_edges(graph, target)
        self._best = {target.index: 0.0}
        counts, uses = {target.index: 1}, _uses(self._edges)
        for user, edges in sorted(self._edges.items()):  # os argumentos vêm antes: tudo o que se soma já está pronto
            counts[user] = sum([counts[edge.node.index] for edge in edges])
            self._best[user] = max([_size(edge.local) + self._best[edge.node.index] for edge in edges])
            for edge in edges:  # depois do último uso, o inteiro, que pode ter milhares de algarismos, se vai
                uses[edge.node.index] -= 1
                if not uses[edge.node.index]:
                    del counts[edge.node.index]
        self.count: int = counts.get(graph.root.index, 0)

    def __iter__(self) -> Iterator[tuple[Edge, ...]]:
        """Os caminhos, o de maior produto (em módulo) primeiro; só se percorre o que se pede.

        É uma busca A*: a fila está em ordem do melhor produto que cada começo de caminho ainda pode alcançar, que se
        conhece exatamente.
        """
        if self._root.index not in self._best:
            return
        # (-melhor produto possível, desempate, produto até aqui, nó, ligação com o começo do caminho)
        queue: list[tuple[float, int, float, Node, Any]] = [(-self._best[self._root.index], 0, 0.0, self._root, None)]
        made = 0
        while queue:
            _, _, size, node, steps = heapq.heappop(queue)
            if node is self._target:
                yield _unlinked(steps)
                continue
            for edge in self._edges[node.index]:
                made += 1
                along = size + _size(edge.local)
                heapq.heappush(queue, (-along - self._best[edge.node.index], made, along, edge.node, (steps, edge)))


def _open_edges(graph: Graph, target: Node) -> tuple[dict[int, list[Edge]], Any]:
    """Por nó, os usos que estão em algum caminho aberto da raiz até `target`; e o gradiente que chega a ele."""
    edges: dict[int, list[Edge]] = {}

    def listen(user: Node, position: int, local: Any, product: Any) -> None:
        edges.setdefault(user.index, []).append(Edge(user, position, user.inputs[position], local))

    received = chain_rule(dict.fromkeys(graph.nodes), 1, towards=[target], listen=listen)
    arriving = {target.index}
    for index in sorted(edges):  # um nó cujos caminhos para baixo se fecham não leva a lugar nenhum
        edges[index] = [edge for edge in edges[index] if edge.node.index in arriving]
        if edges[index]:
            arriving.add(index)
    return {index: found for index, found in edges.items() if found}, received[target]


def _uses(edges: dict[int, list[Edge]]) -> dict[int, int]:
    """Quantas vezes cada nó é usado."""
    uses: dict[int, int] = {}
    for found in edges.values():
        for edge in found:
            uses[edge.node.index] = uses.get(edge.node.index, 0) + 1
    return uses


def _size(local: Any) -> float:
    """O logaritmo do módulo: o de um produto é a soma, que não estoura; NaN conta como infinito."""
    try:
        size = abs(float(local))
    except OverflowError:  # uma fração ou um inteiro que não cabe num float
        return math.log(abs(local.numerator)) - math.log(local.denominator)
    if math.isnan(size) or math.isinf(size):
        return _HUGE
    if size == 0:
        return -_HUGE if local == 0 else math.log(abs(local.numerator)) - math.log(local.denominator)
    return math.log(size)


_HUGE = 1e15
"""Mais do que o logaritmo de qualquer produto de números finitos, e ainda assim finito: somas dele se comparam."""


def _unlinked(steps: Any) -> tuple[Edge, ...]:
    """Uma lista ligada de trás para a frente, como tupla."""
    edges = []
    while steps is not None:
        steps, edge = steps
        edges.append(edge)
    return tuple(reversed(edges))


setattr(_graph, "Edge", Edge)  # noqa: B010 - onde a procuram as lições gravadas antes

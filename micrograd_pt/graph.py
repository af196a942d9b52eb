"""O grafo congelado: os nós que levaram a um valor, em ordem e com nomes, e uma aresta para cada uso.

Figuras, lições e tudo o que lê um grafo começa por um `Graph`; nenhum deles percorre os nós por conta própria.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from micrograd_pt.conditions import require_unchanged
from micrograd_pt.engine import Value, ancestors, chain_rule
from micrograd_pt.ops import Operation


@dataclass(frozen=True, slots=True, eq=False)  # igualdade é identidade: comparar campos percorreria o grafo
class Node:
    """Um nó do grafo congelado.

    Attributes:
        index: a posição na ordem do grafo; os argumentos vêm sempre antes.
        name: nome único no grafo: o rótulo, ou v1, v2, … para nós sem rótulo.
        value: o nó vivo.
        data: o número no passo para frente.
        op: a linha da tabela; None numa folha.
        inputs: os argumentos, na ordem: `Node`s, e números onde entraram constantes.
    """

    index: int
    name: str
    value: Value = field(repr=False)
    data: Any
    op: Operation | None
    inputs: tuple[Any, ...] = field(repr=False)

    @property
    def is_leaf(self) -> bool:
        """Verdadeiro para entradas, pesos e tudo o que não foi calculado."""
        return self.op is None

    @property
    def numbers(self) -> tuple[Any, ...]:
        """Os argumentos como números."""
        return tuple([arg.data if isinstance(arg, Node) else arg for arg in self.inputs])

    # Os mesmos campos com os nomes que têm num `Value`: a regra da cadeia lê um nó e o outro.

    @property
    def args(self) -> tuple[Any, ...]:
        """Os argumentos, na ordem."""
        return self.inputs

    @property
    def args_data(self) -> tuple[Any, ...]:
        """Os argumentos como números."""
        return self.numbers

    @property
    def label(self) -> str:
        """O nome, para uma mensagem."""
        return self.name


@dataclass(frozen=True, slots=True)
class Contribution:
    """O que um uso de um nó lhe entrega no passo para trás: o gradiente que vem de cima × a derivada local.

    Attributes:
        user: o nó que usa este.
        position: em que argumento dele (a partir de 0).
        upstream: o gradiente de `user`.
        local: a derivada de `user` em relação a esse argumento; None num ramo fechado.
        product: o que chega: `upstream` × `local`; 0 num ramo fechado.
    """

    user: Node
    position: int
    upstream: Any
    local: Any
    product: Any


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
        self._edges = _open_edges(graph, target)
        self._best = {target.index: 0.0}
        counts, totals, uses = {target.index: 1}, {target.index: 1}, _uses(self._edges)
        for user, edges in sorted(self._edges.items()):  # os argumentos vêm antes: tudo o que se soma já está pronto
            counts[user] = sum([counts[edge.node.index] for edge in edges])
            totals[user] = sum([edge.local * totals[edge.node.index] for edge in edges])
            self._best[user] = max([_size(edge.local) + self._best[edge.node.index] for edge in edges])
            for edge in edges:  # depois do último uso, o inteiro, que pode ter milhares de algarismos, se vai
                uses[edge.node.index] -= 1
                if not uses[edge.node.index]:
                    del counts[edge.node.index], totals[edge.node.index]
        self.count: int = counts.get(graph.root.index, 0)
        self.total: Any = totals.get(graph.root.index, 0)

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


def _open_edges(graph: Graph, target: Node) -> dict[int, list[Edge]]:
    """Por nó, os usos que estão em algum caminho aberto da raiz até `target`."""
    leading = {target.index}
    for user in graph.nodes[target.index + 1 :]:
        if any(isinstance(arg, Node) and arg.index in leading for arg in user.inputs):
            leading.add(user.index)
    reached = {graph.root.index}
    edges: dict[int, list[Edge]] = {}
    for user in reversed(graph.nodes[target.index + 1 :]):
        if user.index in reached and user.index in leading:
            slopes = graph.locals(user)
            edges[user.index] = [
                Edge(user, position, arg, slopes[position])
                for position, arg in enumerate(user.inputs)
                if isinstance(arg, Node) and arg.index in leading and slopes[position] is not None
            ]
            reached.update([edge.node.index for edge in edges[user.index]])
    arriving = {target.index}
    for index in sorted(edges):  # um nó cujos caminhos para baixo se fecham não leva a lugar nenhum
        edges[index] = [edge for edge in edges[index] if edge.node.index in arriving]
        if edges[index]:
            arriving.add(index)
    return {index: found for index, found in edges.items() if found}


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


class Graph:
    """Tudo o que levou a `root`, em ordem topológica, congelado.

    Args:
        root: o valor cuja história se quer ler.

    Attributes:
        nodes: os nós, argumentos antes de quem os usa; o último é o de `root`.

    Raises:
        ChangedLeafError: uma folha mudou desde o passo para frente; a mensagem diz qual.
        TypeError: `root` não é um `Value`.
    """

    def __init__(self, root: Value) -> None:
        if not isinstance(root, Value):
            raise TypeError(f"esperava um Value com a sua história, e recebi {root!r} ({type(root).__name__})")
        order = list(ancestors(root))
        require_unchanged(order)
        names = _unique_names(order)
        found: dict[int, Node] = {}
        for index, (value, name) in enumerate(zip(order, names, strict=True)):
            inputs = tuple([found[id(arg)] if type(arg) is Value else arg for arg in value.args])
            node = Node(index, name, value, value.data, value.op, inputs)
            found[id(value)] = node
        self.nodes: tuple[Node, ...] = tuple(found.values())

    @property
    def root(self) -> Node:
        """O nó de onde o grafo foi lido."""
        return self.nodes[-1]

    @property
    def leaves(self) -> tuple[Node, ...]:
        """Entradas, pesos e constantes rotuladas."""
        return tuple([node for node in self.nodes if node.is_leaf])

    @property
    def edges(self) -> Iterator[tuple[Node, Node, int]]:
        """Cada uso de um nó: (nó, quem o usa, em que argumento); `x + x` tem dois."""
        for user in self.nodes:
            for position, arg in enumerate(user.inputs):
                if isinstance(arg, Node):
                    yield arg, user, position

    def __len__(self) -> int:
        return len(self.nodes)

    def __getitem__(self, name: str) -> Node:
        """O nó com esse nome.

        Raises:
            KeyError: não há nó com esse nome.
        """
        for node in self.nodes:
            if node.name == name:
                return node
        raise KeyError(f"não há nó chamado {name!r}; há {', '.join(node.name for node in self.nodes[:12])}")

    def contributions(self, gradient: Any = 1) -> tuple[list[list[Contribution]], list[Any]]:
        """O passo para trás sem tocar em nenhum `grad`.

        Args:
            gradient: o gradiente de onde se parte.

        Returns:
            Por nó, na ordem do grafo: o que cada uso lhe entrega, e a soma.

        Raises:
            DomainError: uma derivada de que se precisa não existe.
        """
        heard: dict[tuple[Node, int], tuple[Any, Any]] = {}

        def listen(user: Node, position: int, local: Any, product: Any) -> None:
            heard[user, position] = local, product

        totals = chain_rule(dict.fromkeys(self.nodes), gradient, listen=listen)
        parts: list[list[Contribution]] = [[] for _ in self.nodes]
        for user in reversed(self.nodes):
            for position, arg in enumerate(user.inputs):
                if isinstance(arg, Node):
                    local, product = heard.get((user, position), (None, 0))
                    parts[arg.index].append(Contribution(user, position, totals[user], local, product))
        return parts, list(totals.values())

    def paths(self, target: Node) -> PathSearch:
        """Os caminhos da raiz até esse nó, cada um uma fila de usos por onde passa gradiente.

        Args:
            target: um nó deste grafo.
        """
        return PathSearch(self, target)

    def locals(self, user: Node) -> list[Any]:
        """As derivadas de `user` em relação aos seus argumentos; None nos ramos fechados e nas constantes."""
        assert user.op is not None
        names = [arg.name if isinstance(arg, Node) else "" for arg in user.inputs]
        wanted = [isinstance(arg, Node) for arg in user.inputs]
        return user.op.derivatives(user.data, user.numbers, names, wanted)


def _unique_names(order: list[Value]) -> list[str]:
    """Um nome por nó: o rótulo, com um número atrás se ele se repete; v1, v2, … onde não há rótulo."""
    taken = {value.label for value in order}
    used: set[str] = set()
    counts: dict[str, int] = {}
    names = []
    for value in order:
        name, stem = value.label, value.label or "v"
        while not name or name in used or (name in taken and not value.label):
            counts[stem] = counts.get(stem, 0 if stem == "v" and not value.label else 1) + 1
            name = f"{stem}_{counts[stem]}" if value.label else f"v{counts[stem]}"
            if value.label and name in taken:
                name = ""
        used.add(name)
        names.append(name)
    return names

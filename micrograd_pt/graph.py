"""O grafo congelado: os nós que levaram a um valor, em ordem e com nomes, e uma aresta para cada uso.

Figuras, lições e tudo o que lê um grafo começa por um `Graph`; nenhum deles percorre os nós por conta própria.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from micrograd_pt.conditions import require_unchanged
from micrograd_pt.engine import Value, ancestors, chain_rule
from micrograd_pt.given import Shown
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


class Graph(Shown):
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
            op = value.op
            inputs = (
                () if op is None else tuple([found[id(arg)] if isinstance(arg, Value) else arg for arg in value.args])
            )
            found[id(value)] = Node(index, name, value, value.data, op, inputs)
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

    def locals(self, user: Node) -> list[Any]:
        """As derivadas de `user` em relação aos seus argumentos; None nos ramos fechados e nas constantes."""
        assert user.op is not None
        names = [arg.name if isinstance(arg, Node) else "" for arg in user.inputs]
        wanted = [isinstance(arg, Node) for arg in user.inputs]
        return user.op.derivatives(user.data, user.numbers, names, wanted)


def _unique_names(order: list[Value]) -> list[str]:
    """Um nome por nó: o rótulo, com um número atrás se ele se repete; v1, v2, … onde não há rótulo."""
    times = Counter([value.label for value in order])
    taken = times.keys()
    used: set[str] = set()
    counts: dict[str, int] = {}
    names = []
    for value in order:
        name, stem = value.label, value.label or "v"
        if name and times[name] == 1:  # quase sempre
            names.append(name)
            continue
        while not name or name in used or (name in taken and not value.label):
            counts[stem] = counts.get(stem, 0 if stem == "v" and not value.label else 1) + 1
            name = f"{stem}_{counts[stem]}" if value.label else f"v{counts[stem]}"
            if value.label and name in taken:
                name = ""
        used.add(name)
        names.append(name)
    return names

"""Os neurônios de um grafo: quais nós são a soma ponderada e a ativação de um neurônio, e em que camada ele está.

Um grafo não guarda a rede que o calculou. Mas um neurônio tem uma forma: uma soma ponderada em que os pesos são folhas,
e uma ativação que só ele alimenta. A camada é quantos neurônios há, um depois do outro, até ele.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from micrograd_pt.graph import Graph, Node

_ACTIVATIONS = frozenset({"sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus"})
_SUMS = frozenset({"add", "sum"})


@dataclass(frozen=True, slots=True)
class WeightedInput:
    """Uma parcela da soma ponderada.

    Attributes:
        weight: o peso, uma folha; no viés, ele mesmo.
        signal: a entrada: um nó ou um número; 1 no viés.
        user: o nó que usa a entrada.
        position: em que argumento dele.
        is_bias: verdadeiro se o peso é somado sozinho, ou multiplica a constante 1 que fecha a soma ponderada. Outra
            entrada que por acaso vale 1 é uma entrada.
    """

    weight: Node
    signal: Any
    user: Node
    position: int
    is_bias: bool = False

    @property
    def title(self) -> str:
        """Como se chama o peso na caixa do neurônio: b, se é o viés dele; senão o próprio nome."""
        return "b" if self.is_bias and _names_a_bias(self.weight) else self.weight.name


@dataclass(frozen=True, slots=True)
class NeuronCell:
    """Um neurônio no grafo, em um passo para frente.

    Attributes:
        output: o nó da saída.
        net: o nó da soma ponderada; o mesmo que `output` num neurônio linear.
        terms: as parcelas da soma.
        inner: as posições, no grafo, dos nós calculados que são dele.
        layer: em que camada está, a partir de 1.
    """

    output: Node
    net: Node
    terms: tuple[WeightedInput, ...]
    inner: frozenset[int]
    layer: int

    @property
    def symbol(self) -> str:
        """Como se escreve num nó só o que o neurônio faz."""
        operation = self.output.op
        return "Σ" if operation is None or self.output is self.net else f"{operation.symbol}(Σ)"

    @property
    def unit(self) -> tuple[int, ...]:
        """Os pesos, pelo índice: o mesmo neurônio em duas amostras tem os mesmos."""
        return tuple([term.weight.index for term in self.terms])


@dataclass(frozen=True, slots=True)
class Cells:
    """Os neurônios de um grafo.

    Attributes:
        found: os neurônios, na ordem do grafo.
        layers: por nó, quantos neurônios há até ele, o dele incluído.
        homes: de cada nó que é de um neurônio só (as suas contas e os seus pesos), qual.
    """

    found: tuple[NeuronCell, ...]
    layers: tuple[int, ...]
    homes: dict[int, NeuronCell]

    def named(self, name: str) -> NeuronCell:
        """O neurônio com esse nome.

        Raises:
            ValueError: não há.
        """
        for cell in self.found:
            if name in (cell.output.name, cell.net.name):
                return cell
        known = ", ".join([cell.output.name for cell in self.found[:12]])
        raise ValueError(f"não há neurônio chamado {name!r} no grafo; há {known or 'nenhum'}")


def cells(graph: Graph) -> Cells:
    """Os neurônios de um grafo, reconhecidos pela forma.

    Conta como neurônio um `Neuron`, e também a conta escrita à mão, `(w1*x1 + w2*x2 + b).tanh()`: de cada produto, o
    peso é a folha cujo nome começa por "w", ou a única folha.

    Args:
        graph: o grafo.
    """
    users = _users(graph)
    layers = [0] * len(graph)
    found: list[NeuronCell] = []
    taken: dict[int, NeuronCell] = {}
    for node in graph.nodes:
        layers[node.index] = max([layers[arg.index] for arg in node.inputs if isinstance(arg, Node)], default=0)
        cell = _cell_at(node, users, layers, taken)
        if cell is not None:
            found.append(cell)
            for index in cell.inner:
                taken[index] = cell
                layers[index] = cell.layer
    return Cells(tuple(found), tuple(layers), _homes(found))


def _users(graph: Graph) -> list[list[Node]]:
    users: list[list[Node]] = [[] for _ in graph.nodes]
    for source, user, _ in graph.edges:
        users[source.index].append(user)
    return users


def _cell_at(
    node: Node, users: Sequence[Sequence[Node]], layers: Sequence[int], taken: dict[int, NeuronCell]
) -> NeuronCell | None:
    """O neurônio cuja saída é este nó, se ele é uma."""
    if node.op is None:
        return None
    if node.op.name in _ACTIVATIONS and isinstance(node.inputs[0], Node):
        net, inner = node.inputs[0], {node.index}
        if len(users[net.index]) > 1:
            return None
    elif node.op.name == "dot" and not _feeds_an_activation(node, users):
        net, inner = node, set()
    else:
        return None
    summed = _weighted_sum(net, users)
    if summed is None:
        return None
    terms, nodes = summed
    inner |= nodes
    if not inner.isdisjoint(taken):
        return None
    signals = [term.signal for term in terms if isinstance(term.signal, Node)]
    layer = 1 + max([layers[signal.index] for signal in signals], default=0)
    return NeuronCell(node, net, tuple(terms), frozenset(inner), layer)


def _feeds_an_activation(node: Node, users: Sequence[Sequence[Node]]) -> bool:
    using = users[node.index]
    return len(using) == 1 and using[0].op is not None and using[0].op.name in _ACTIVATIONS


def _weighted_sum(net: Node, users: Sequence[Sequence[Node]]) -> tuple[list[WeightedInput], set[int]] | None:
    """As parcelas da soma ponderada e os nós dela; None se não é uma."""
    if net.op is None:
        return None
    if net.op.name == "dot":
        count = len(net.inputs) // 2
        weights = net.inputs[:count]
        if not count or not all(isinstance(weight, Node) and weight.is_leaf for weight in weights):
            return None
        signals = net.inputs[count:]
        terms = [
            WeightedInput(weight, signal, net, count + i, is_bias=i == count - 1 and _is_one(signal))
            for i, (weight, signal) in enumerate(zip(weights, signals, strict=True))
        ]
        return terms, {net.index}
    return _written_out(net, users)


def _written_out(net: Node, users: Sequence[Sequence[Node]]) -> tuple[list[WeightedInput], set[int]] | None:
    """Como `_weighted_sum`, de uma soma escrita com + e ×."""
    terms: list[WeightedInput] = []
    inner: set[int] = set()
    stack: list[tuple[Any, Node | None, int]] = [(net, None, 0)]
    while stack:
        node, user, position = stack.pop()
        if not isinstance(node, Node):
            if node != 0:  # sum() parte do zero
                return None
            continue
        if node.is_leaf and user is not None and _names_a_bias(node):
            terms.append(WeightedInput(node, 1, user, position, is_bias=True))
            continue
        if node.op is None or (user is not None and len(users[node.index]) > 1):
            return None
        inner.add(node.index)
        if node.op.name in _SUMS:
            stack += [(arg, node, place) for place, arg in reversed(list(enumerate(node.inputs)))]
            continue
        place = _place_of_weight(node)
        if place is None:
            return None
        terms.append(WeightedInput(node.inputs[place], node.inputs[1 - place], node, 1 - place))
    return (terms, inner) if any(not term.is_bias for term in terms) else None


def _is_one(signal: Any) -> bool:
    return not isinstance(signal, Node) and bool(signal == 1)


def _names_a_bias(node: Node) -> bool:
    return node.name[:1].lower() == "b"


def _place_of_weight(node: Node) -> int | None:
    """Qual argumento de um produto é o peso."""
    if node.op is None or node.op.name != "mul":
        return None
    leaves = [place for place, arg in enumerate(node.inputs) if isinstance(arg, Node) and arg.is_leaf]
    named = [place for place in leaves if node.inputs[place].name[:1].lower() == "w"]
    chosen = named or leaves
    return chosen[0] if len(chosen) == 1 else None


def _homes(found: Sequence[NeuronCell]) -> dict[int, NeuronCell]:
    homes: dict[int, NeuronCell] = {}
    for cell in found:
        for index in (*cell.inner, *cell.unit):
            homes.setdefault(index, cell)
    return homes

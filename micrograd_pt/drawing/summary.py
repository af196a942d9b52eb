"""O resumo de um grafo grande: poucas caixas, uma por camada de neurônios ou por faixa de profundidade."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from micrograd_pt.drawing.neurons import Cells
from micrograd_pt.graph import Graph, Node
from micrograd_pt.words import sentence

MAX_BANDS = 7
"""Acima disto, as caixas do meio viram uma só."""

DEPTH_BANDS = 5
"""Em quantas faixas se divide um grafo sem neurônios."""

_SOME_OPERATIONS = 4


@dataclass(frozen=True, slots=True)
class Band:
    """Uma caixa do resumo.

    Attributes:
        title: o nome da caixa.
        role: `"leaf"`, `"operation"` ou `"output"`.
        lines: o que se escreve nela, uma linha cada.
    """

    title: str
    role: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """O grafo em poucas caixas.

    Attributes:
        bands: as caixas, das entradas para a saída.
        arrows: quantas setas vão de uma caixa a outra, por (de, para).
        notes: o que se escreve embaixo.
        title: do que é a figura.
    """

    bands: tuple[Band, ...]
    arrows: dict[tuple[int, int], int]
    notes: tuple[str, ...]
    title: str


def summary_of(graph: Graph, neurons: Cells, title: str, notes: Sequence[str], lang: str) -> Summary:
    """O resumo de um grafo: por camada, se a maior parte das contas é de neurônios, senão por profundidade.

    Args:
        graph: o grafo.
        neurons: os neurônios dele.
        title: do que é a figura.
        notes: o que se escreve embaixo.
        lang: a língua.
    """
    inside = sum([len(cell.inner) for cell in neurons.found])
    computed = len(graph) - len(graph.leaves)
    by_layer = computed > 0 and 2 * inside >= computed
    places, name = _by_layer(graph, neurons, lang) if by_layer else _by_depth(graph, lang)
    order = sorted(set(places))
    merged = _merged(order)
    number = {place: band for band, places_of_band in enumerate(merged) for place in places_of_band}
    members: list[list[Node]] = [[] for _ in merged]
    for node in graph.nodes:
        members[number[places[node.index]]].append(node)
    bands = []
    for place, nodes in zip(merged, members, strict=True):
        last = places[graph.root.index] in place
        role = "output" if last else "leaf" if place[0] == _FIRST else "operation"
        bands.append(Band(name(place), role, tuple(_counts(nodes, neurons, lang))))
    arrows: Counter[tuple[int, int]] = Counter()
    for source, user, _ in graph.edges:
        ends = number[places[source.index]], number[places[user.index]]
        if ends[0] != ends[1]:
            arrows[ends] += 1
    return Summary(tuple(bands), dict(arrows), tuple(notes), title)


def counted(key: str, count: int, lang: str, **values: int) -> str:
    """Uma frase que conta, no singular ou no plural."""
    return sentence(f"{key}.one" if count == 1 else key, lang, count=count, **values)


Place = tuple[int, int]
"""Onde está um nó: a camada (ou a faixa), e 1 se vem depois dos neurônios dela."""

_FIRST: Place = (0, 0)


def _by_layer(graph: Graph, neurons: Cells, lang: str) -> tuple[list[Place], Callable[[list[Place]], str]]:
    """O lugar de cada nó pela camada de neurônios, e como se chama cada caixa."""
    inner = {index for cell in neurons.found for index in cell.inner}
    last = max([cell.layer for cell in neurons.found], default=0)
    places: list[Place] = [
        (neurons.layers[node.index], 0 if node.index in inner or not neurons.layers[node.index] else 1)
        for node in graph.nodes
    ]
    weights = {index: cell.layer for index, cell in neurons.homes.items() if graph.nodes[index].is_leaf}
    for index, layer in weights.items():
        places[index] = (layer, 0)
    signals = {term.signal.index for cell in neurons.found for term in cell.terms if isinstance(term.signal, Node)}
    for source, user, _ in graph.edges:  # um alvo fica com a perda que o usa
        if source.is_leaf and source.index not in weights and source.index not in signals:
            places[source.index] = places[user.index]

    def name(places_of_band: list[Place]) -> str:
        (layer, after), (end, _) = places_of_band[0], places_of_band[-1]
        if len(places_of_band) > 1:
            return sentence("figure.layers", lang, first=layer, last=end)
        if layer == 0:
            return sentence("figure.input", lang)
        if after:
            return sentence("figure.after" if layer == last else "figure.between", lang, number=layer)
        return sentence("figure.layer.output" if layer == last else "figure.layer.hidden", lang, number=layer)

    return places, name


def _by_depth(graph: Graph, lang: str) -> tuple[list[Place], Callable[[list[Place]], str]]:
    """O lugar de cada nó pela distância até as folhas, em faixas iguais, e como se chama cada caixa."""
    depth = [0] * len(graph)
    for node in graph.nodes:
        for arg in node.inputs:
            if isinstance(arg, Node) and depth[arg.index] >= depth[node.index]:
                depth[node.index] = depth[arg.index] + 1
    deepest = max(depth)
    step = max(1, -(-deepest // DEPTH_BANDS))

    def name(places_of_band: list[Place]) -> str:
        first, last = places_of_band[0][0], places_of_band[-1][0]
        if first == 0:
            return sentence("figure.leaf_band", lang)
        start, end = (first - 1) * step + 1, min(last * step, deepest)
        return sentence("figure.depth.one" if start == end else "figure.depth", lang, first=start, last=end)

    return [(0 if level == 0 else (level - 1) // step + 1, 0) for level in depth], name


def _merged(order: list[Place]) -> list[list[Place]]:
    """Os lugares, com os do meio juntos se são muitos."""
    if len(order) <= MAX_BANDS:
        return [[place] for place in order]
    head, tail = MAX_BANDS - 4, 3
    return [*([place] for place in order[:head]), order[head:-tail], *([place] for place in order[-tail:])]


def _counts(nodes: Sequence[Node], neurons: Cells, lang: str) -> list[str]:
    """Quantos neurônios, nós, folhas e operações há numa caixa."""
    operations = Counter([node.op.symbol for node in nodes if node.op is not None])
    units = {neurons.homes[node.index].unit for node in nodes if node.op is not None and node.index in neurons.homes}
    leaves = len(nodes) - operations.total()
    lines = [counted("figure.neurons", len(units), lang)] if units else []
    lines.append(counted("figure.nodes", len(nodes), lang))
    if leaves and operations:
        lines.append(counted("figure.leaves", leaves, lang))
    most = operations.most_common(_SOME_OPERATIONS)
    rest = operations.total() - sum([count for _, count in most])
    lines += [f"{symbol}: {count}" for symbol, count in most]
    return lines + ([sentence("figure.other", lang, count=rest)] if rest else [])

"""O que a página sabe de uma rede: as amostras, as saídas e que parte da figura é cada nó do grafo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from micrograd_pt.engine import Value
from micrograd_pt.given import as_number, shorten, whole
from micrograd_pt.graph import Graph, Node
from micrograd_pt.nn import ACTIVATIONS, MLP, paired
from micrograd_pt.page.contents import as_json


class SampleGraph:
    """O grafo da perda de uma amostra, com entradas e saída desejada como folhas, que servem para todas as outras.

    Args:
        model: a rede, ou qualquer função de uma amostra que tem `parameters()`.
        X: as amostras.
        y: as saídas desejadas.
        loss: a perda de uma amostra.
        sample: a amostra com que a página abre.

    Raises:
        ValueError: não há amostras, elas têm tamanhos diferentes, ou o grafo muda de uma para outra.
        TypeError: a perda não dá um `Value`.
    """

    def __init__(self, model: Any, X: Sequence[Any], y: Sequence[Any], loss: Callable[..., Any], sample: int) -> None:
        self.model: Any = model
        self.loss: Callable[..., Any] = loss
        self.rows: list[tuple[list[Any], list[Any], bool]] = _rows(X, y)
        sample = whole(sample, "sample", 0, len(self.rows) - 1)
        self.sample = sample
        shapes = {_shape(self._built(row)[0]) for row in self.rows}
        if len(shapes) > 1:
            raise ValueError(
                "o grafo da perda muda de uma amostra para outra, e a página tem um só: escreva as escolhas do modelo "
                "com where, maximum ou minimum"
            )
        self.graph: Graph
        self.inputs: list[Value]
        self.targets: list[Value]
        self.outputs: list[Any]
        self.graph, self.inputs, self.targets, self.outputs = self._built(self.rows[sample])

    def _built(self, row: tuple[list[Any], list[Any], bool]) -> tuple[Graph, list[Value], list[Value], list[Any]]:
        numbers, targets, single = row
        x = [Value(number, f"x{place + 1}") for place, number in enumerate(numbers)]
        t = [Value(number, "t" if single else f"t{place + 1}") for place, number in enumerate(targets)]
        output = self.model(x)
        total = self.loss(output, t[0] if single else t)
        if not isinstance(total, Value):
            raise TypeError(f"a perda de uma amostra deve ser um Value, e veio {shorten(total)}")
        total.label = total.label or "E"
        return Graph(total), x, t, list(output) if isinstance(output, list) else [output]

    def contents(self, threshold: float | None) -> dict[str, Any]:
        """As amostras e os lugares de entradas, saídas desejadas e saídas no grafo.

        Args:
            threshold: o que separa as duas classes; None para que saia das saídas desejadas.
        """
        places = {id(node.value): node.index for node in self.graph.nodes}
        rows = [
            {
                "x": [as_json(number, "uma entrada") for number in numbers],
                "t": [as_json(number, "uma saída desejada") for number in targets],
            }
            for numbers, targets, _ in self.rows
        ]
        return {
            "rows": rows,
            "sample": self.sample,
            "inputs": [places.get(id(value), -1) for value in self.inputs],
            "targets": [places.get(id(value), -1) for value in self.targets],
            "outputs": [places.get(id(value), -1) for value in self.outputs],
            "threshold": self._threshold() if threshold is None else as_number(threshold, "threshold"),
        }

    def _threshold(self) -> float | None:
        """O meio entre as duas saídas desejadas, se são só duas."""
        wanted = sorted({float(targets[0]) for _, targets, single in self.rows if single})
        return (wanted[0] + wanted[1]) / 2 if len(wanted) == 2 else None


def linked(model: MLP, graph: Graph, inputs: Sequence[Value]) -> dict[str, int]:
    """Que nó do grafo é cada parte da figura da rede: `{"weight-1-0-2": 7, "unit-1-2": 12, …}`."""
    places = {id(node.value): node for node in graph.nodes}
    users: dict[int, list[Node]] = {}
    for source, user, _ in graph.edges:
        users.setdefault(source.index, []).append(user)
    links = {f"unit-0-{row}": places[id(value)].index for row, value in enumerate(inputs) if id(value) in places}
    for depth, layer in enumerate(model.layers, start=1):
        for row, neuron in enumerate(layer.neurons):
            known = [(place, places[id(weight)]) for place, weight in enumerate(neuron.w) if id(weight) in places]
            links |= {f"weight-{depth}-{place}-{row}": node.index for place, node in known}
            if neuron.b is not None and id(neuron.b) in places:
                links[f"bias-{depth}-{row}"] = places[id(neuron.b)].index
            if known and len(users.get(known[0][1].index, [])) == 1:
                (net,) = users[known[0][1].index]
                after = users.get(net.index, [])
                active = len(after) == 1 and after[0].op is ACTIVATIONS[neuron.activation]
                links[f"unit-{depth}-{row}"] = after[0].index if active else net.index
    return links


def _rows(X: Any, y: Any) -> list[tuple[list[Any], list[Any], bool]]:
    """Cada amostra: as entradas, as saídas desejadas e se a saída é uma só."""
    samples, targets = list(X), list(y)
    if not samples or len(samples) != len(targets):
        raise ValueError(
            f"a página espera ao menos uma amostra e uma saída desejada para cada uma, e recebeu {len(samples)} "
            f"amostra(s) e {len(targets)} saída(s) desejada(s)"
        )
    rows = []
    for sample, target in zip(samples, targets, strict=True):
        single = not hasattr(target, "__len__")
        pairs = paired(target, target)
        numbers = [as_number(number, "cada entrada") for number in sample]
        rows.append((numbers, [as_number(number, "cada saída desejada") for number, _ in pairs], single))
    if len({(len(numbers), len(wanted)) for numbers, wanted, _ in rows}) > 1:
        raise ValueError("as amostras têm tamanhos diferentes: todas precisam do mesmo número de entradas e de saídas")
    return rows


def _shape(graph: Graph) -> tuple[Any, ...]:
    """O que dois grafos iguais a menos dos números têm em comum."""
    shape = []
    for node in graph.nodes:
        args = tuple([arg.index if isinstance(arg, Node) else repr(arg) for arg in node.inputs])
        shape.append((None if node.op is None else node.op.name, args))
    return tuple(shape)

"""O que há para desenhar numa rede, como dados: as colunas, os seus nós e o que se lê em cada seta."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from micrograd_pt.drawing.quoting import indexed, shown, signed
from micrograd_pt.drawing.sample import Sample
from micrograd_pt.engine import Value
from micrograd_pt.nn import MLP, Neuron, unit_names
from micrograd_pt.words import sentence

MAX_UNITS = 16
"""Uma camada maior mostra só os primeiros neurônios e o último."""

MAX_COLUMNS = 9
"""Uma rede com mais colunas mostra só as primeiras e as duas últimas."""

MAX_NUMBERS = 32
"""Entre duas colunas com mais setas do que isto os números não são escritos."""

MAX_NARROW_SIDE = 3
"""Nem entre duas colunas em que a menor tem mais neurônios do que isto, se as setas não são poucas."""

FEW_ARROWS = 16
"""Até tantas setas entre duas colunas, os números cabem sempre."""

_SOME_UNITS = 9


@dataclass(frozen=True, slots=True)
class NetworkReading:
    """Uma rede com o que se quer ver nela.

    Attributes:
        model: a rede.
        sample: a amostra que a atravessa; sem a saída desejada dela, os gradientes são os guardados em `grad`.
        show: o que se lê nas setas: `"weights"`, `"gradients"` ou `"update"`.
        rate: a taxa de aprendizado.
        lang: a língua.
    """

    model: MLP
    sample: Sample
    show: str
    rate: float
    lang: str

    @property
    def gradients(self) -> Mapping[int, Any] | None:
        """O gradiente por `id` do parâmetro; None: os guardados em `grad`."""
        return self.sample.gradients

    def of(self, parameter: Value) -> tuple[Any, str]:
        """O número que dá sinal e espessura à seta de um peso, e o que se escreve nela."""
        if self.show == "weights":
            return parameter.data, signed(parameter.data)
        gradient = parameter.grad if self.gradients is None else self.gradients[id(parameter)]
        while isinstance(gradient, Value):
            gradient = gradient.data
        if self.show == "gradients":
            return gradient, signed(gradient)
        change = -self.rate * gradient
        return change, f"{shown(parameter.data)} → {shown(parameter.data + change)}"

    def of_bias(self, bias: Value) -> str:
        """O que se escreve embaixo de um neurônio sobre o seu viés."""
        text = self.of(bias)[1]
        return f"∂E/∂b = {text}" if self.show == "gradients" else f"b = {text}"


@dataclass(frozen=True, slots=True)
class Unit:
    """Um nó da figura: uma entrada ou um neurônio.

    Attributes:
        index: a posição na camada.
        name: o nome, como se escreve no nó.
        value: o valor no passo para frente; None se não se pediu.
        notes: o que se escreve embaixo do nó, uma linha cada.
        neuron: o neurônio; None numa entrada.
        is_bias: verdadeiro para a entrada que vale sempre 1.
    """

    index: int
    name: str
    value: Any
    notes: tuple[str, ...]
    neuron: Neuron | None
    is_bias: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """Uma coluna da figura.

    Attributes:
        depth: 0 na entrada, 1 na primeira camada, e assim por diante.
        title: a legenda no alto.
        subtitle: diz o tamanho da camada, se nem todos os nós estão na figura.
        size: quantos nós a camada tem.
        units: os nós desenhados, de cima para baixo; None marca o lugar dos que não foram.
        role: `"leaf"`, `"operation"` ou `"output"`.
    """

    depth: int
    title: str
    subtitle: str
    size: int
    units: tuple[Unit | None, ...]
    role: str


@dataclass(frozen=True, slots=True)
class Link:
    """Uma seta.

    Attributes:
        source: a linha, na coluna da esquerda.
        target: a linha, na da direita.
        quantity: o número que lhe dá sinal e espessura.
        text: o que se escreve nela.
    """

    source: int
    target: int
    quantity: Any
    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """As setas entre duas colunas vizinhas.

    Attributes:
        place: o lugar da coluna da esquerda.
        left: a coluna da esquerda.
        right: a da direita.
        links: as setas.
    """

    place: int
    left: Column
    right: Column
    links: tuple[Link, ...]

    @property
    def has_numbers(self) -> bool:
        """Verdadeiro se os números cabem na figura."""
        sizes = len(self.left.units), len(self.right.units)
        arrows = sizes[0] * sizes[1]
        return arrows <= FEW_ARROWS or (min(sizes) <= MAX_NARROW_SIDE and arrows <= MAX_NUMBERS)


@dataclass(frozen=True, slots=True)
class NetworkSketch:
    """Uma figura da rede.

    Attributes:
        title: do que ela é.
        columns: as colunas; None onde há camadas que não se desenham.
        gaps: as setas entre elas.
        legend: o que quer dizer uma seta positiva, uma negativa e, se há uma, a de um zero.
        notes: o que se escreve embaixo.
    """

    title: str
    columns: tuple[Column | None, ...]
    gaps: tuple[Gap, ...]
    legend: tuple[str, ...]
    notes: tuple[str, ...]


def network_sketch(reading: NetworkReading) -> NetworkSketch:
    """A figura de uma rede.

    Args:
        reading: a rede e o que se quer ver nela.
    """
    depths: list[int | None] = list(range(len(reading.model.layers) + 1))
    if len(depths) > MAX_COLUMNS:
        depths = [*depths[: MAX_COLUMNS - 3], None, *depths[-2:]]
    columns = tuple([None if depth is None else _column(reading, depth) for depth in depths])
    gaps = tuple(_gaps(reading, columns))
    sizes = "-".join(["…" if column is None else str(column.size) for column in columns])
    title = sentence("figure.title.network", reading.lang, sizes=sizes)
    signs = ["positive", "negative"] + ["zero"] * any(quantity == 0 for quantity in quantities_of(gaps))
    legend = tuple([sentence(f"figure.{sign}.{reading.show}", reading.lang) for sign in signs])
    return NetworkSketch(title, columns, gaps, legend, tuple(_notes(reading, columns, gaps)))


def quantities_of(gaps: Iterable[Gap]) -> list[Any]:
    """O número de cada seta."""
    return [link.quantity for gap in gaps for link in gap.links]


def missing_layers(columns: Iterable[Column | None]) -> tuple[int, int]:
    """A primeira e a última das camadas que não se desenham: as que vêm antes das duas últimas colunas."""
    *_, before, after, _ = [column.depth for column in columns if column is not None]
    return before + 1, after - 1


def size_of(quantity: Any) -> float:
    """O valor absoluto como float; infinito se não cabe num."""
    try:
        return abs(float(quantity))
    except OverflowError:
        return math.inf


def sample_notes(reading: NetworkReading) -> list[str]:
    """A saída desejada e a perda da amostra, se há."""
    if not reading.sample.targets:
        return []
    targets = ", ".join([shown(target) for target in reading.sample.targets])
    return [sentence("figure.note.sample", reading.lang, target=targets, loss=shown(reading.sample.loss))]


def gradient_notes(reading: NetworkReading, gaps: Iterable[Gap]) -> list[str]:
    """De onde vêm os gradientes, se não são os de uma amostra."""
    if reading.show == "weights" or reading.gradients is not None:
        return []
    still = all(quantity == 0 for quantity in quantities_of(gaps))
    return [sentence("figure.note.no_gradients" if still else "figure.note.stored", reading.lang)]


def _notes(reading: NetworkReading, columns: Sequence[Column | None], gaps: Sequence[Gap]) -> Iterator[str]:
    """A amostra, como ler a espessura das setas, e o que ficou de fora."""
    yield from sample_notes(reading)
    yield sentence(f"figure.width.{reading.show}", reading.lang, rate=shown(reading.rate))
    yield from gradient_notes(reading, gaps)
    if not all(gap.has_numbers for gap in gaps):
        yield sentence("figure.note.no_numbers", reading.lang)
    if any(column is not None and None in column.units for column in columns):
        yield sentence("figure.note.some_units", reading.lang)
    if None in columns:
        first, last = missing_layers(columns)
        yield sentence("figure.note.some_layers", reading.lang, first=first, last=last)


def _column(reading: NetworkReading, depth: int) -> Column:
    layers = reading.model.layers
    size = len(layers[0].neurons[0].w) if depth == 0 else len(layers[depth - 1].neurons)
    rows: list[int | None] = list(range(size))
    if size > MAX_UNITS:
        rows = [*rows[: _SOME_UNITS - 1], None, size - 1]
    units = tuple([None if row is None else _unit(reading, depth, row) for row in rows])
    role = "leaf" if depth == 0 else "output" if depth == len(layers) else "operation"
    subtitle = sentence("figure.in_all", reading.lang, count=size) if None in units else ""
    return Column(depth, _title(reading, depth), subtitle, size, units, role)


def _unit(reading: NetworkReading, depth: int, row: int) -> Unit:
    model, sample = reading.model, reading.sample
    value = sample.values[depth][row] if sample.values else None
    if depth == 0:
        first = model.layers[0].neurons[0]
        if model.bias == "column" and row == len(first.w) - 1:
            return Unit(row, "1", None, (sentence("figure.bias", reading.lang),), None, is_bias=True)
        return Unit(row, indexed(_input_name(first, row)), value, (), None)
    neuron = model.layers[depth - 1].neurons[row]
    notes = [] if neuron.b is None else [reading.of_bias(neuron.b)]
    if reading.show == "gradients" and sample.deltas:
        notes.insert(0, f"∂E/∂z = {signed(sample.deltas[depth][row])}")
    if sample.targets and depth == len(model.layers):
        notes.append(sentence("figure.target", reading.lang, value=shown(sample.targets[row])))
    return Unit(row, indexed(neuron.name or _usual_name(reading, depth, row)), value, tuple(notes), neuron)


def _usual_name(reading: NetworkReading, depth: int, row: int) -> str:
    """Como se chama um neurônio que não tem nome: como num `MLP`."""
    layers = reading.model.layers
    if depth == len(layers):
        return f"o{row + 1}"
    return unit_names(depth - 1, len(layers[depth - 1].neurons), len(layers))[row]


def _input_name(neuron: Neuron, row: int) -> str:
    """Como se chama uma entrada; num neurônio que já não tem tantos pesos quantos nomes, pela posição."""
    return neuron.sources[row] if len(neuron.sources) == len(neuron.w) else f"x{row + 1}"


def _title(reading: NetworkReading, depth: int) -> str:
    """A legenda da coluna, com a ativação."""
    layers, lang = reading.model.layers, reading.lang
    if depth == 0:
        return sentence("figure.input", lang)
    used = dict.fromkeys(neuron.activation for neuron in layers[depth - 1].neurons)
    activations = ", ".join([sentence(f"figure.activation.{activation}", lang) for activation in used])
    if depth == len(layers):
        return sentence("figure.column.output", lang, activation=activations)
    name = "figure.column.hidden" if len(layers) > 2 else "figure.column.only_hidden"
    return sentence(name, lang, number=depth, activation=activations)


def _gaps(reading: NetworkReading, columns: Sequence[Column | None]) -> Iterator[Gap]:
    """As setas entre cada duas colunas vizinhas."""
    for place, (left, right) in enumerate(pairwise(columns)):
        if left is not None and right is not None:
            yield Gap(place, left, right, tuple(_links(reading, left, right)))


def _links(reading: NetworkReading, left: Column, right: Column) -> Iterator[Link]:
    for i, source in enumerate(left.units):
        for j, target in enumerate(right.units):
            if source is not None and target is not None and target.neuron is not None:
                yield Link(i, j, *reading.of(target.neuron.w[source.index]))

"""O que há para desenhar numa rede, como dados: as colunas, os seus nós e o que se lê em cada seta."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from micrograd_pt.drawing.quoting import indexed, shown, signed
from micrograd_pt.drawing.sample import Sample
from micrograd_pt.engine import Value
from micrograd_pt.nn import MLP, Neuron
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
class Quantities:
    """O que se lê nas setas: pesos, gradientes ou a mudança de cada peso.

    Attributes:
        show: `"weights"`, `"gradients"` ou `"update"`.
        rate: a taxa de aprendizado.
        gradients: o gradiente por `id` do parâmetro; None: os guardados em `grad`.
    """

    show: str
    rate: float
    gradients: dict[int, Any] | None

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


def columns_of(model: MLP, sample: Sample | None, quantities: Quantities, lang: str) -> list[Column | None]:
    """As colunas da figura; None marca o lugar das camadas que não cabem."""
    depths: list[int | None] = list(range(len(model.layers) + 1))
    if len(depths) > MAX_COLUMNS:
        depths = [*depths[: MAX_COLUMNS - 3], None, *depths[-2:]]
    return [None if depth is None else _column(model, depth, sample, quantities, lang) for depth in depths]


def links_of(columns: Sequence[Column | None], quantities: Quantities) -> list[Gap]:
    """As setas entre cada duas colunas vizinhas."""
    gaps = []
    for place, (left, right) in enumerate(pairwise(columns)):
        if left is not None and right is not None:
            gaps.append(Gap(place, left, right, tuple(_links(left, right, quantities))))
    return gaps


def size_of(quantity: Any) -> float:
    """O valor absoluto como float; infinito se não cabe num."""
    try:
        return abs(float(quantity))
    except OverflowError:
        return math.inf


def notes_of(columns: Sequence[Column | None], gaps: Sequence[Gap], quantities: Quantities, lang: str) -> list[str]:
    """Como ler a espessura das setas, e o que ficou de fora."""
    drawn = [column for column in columns if column is not None]
    notes = [sentence(f"figure.width.{quantities.show}", lang, rate=shown(quantities.rate))]
    notes += gradient_notes(gaps, quantities, lang)
    if not all(gap.has_numbers for gap in gaps):
        notes.append(sentence("figure.note.no_numbers", lang))
    if any(None in column.units for column in drawn):
        notes.append(sentence("figure.note.some_units", lang))
    if None in columns:
        first, last = drawn[-3].depth + 1, drawn[-2].depth - 1
        notes.append(sentence("figure.note.some_layers", lang, first=first, last=last))
    return notes


def gradient_notes(gaps: Sequence[Gap], quantities: Quantities, lang: str) -> list[str]:
    """De onde vêm os gradientes, se não são os de uma amostra."""
    if quantities.show == "weights" or quantities.gradients is not None:
        return []
    still = all(link.quantity == 0 for gap in gaps for link in gap.links)
    return [sentence("figure.note.no_gradients" if still else "figure.note.stored", lang)]


def _column(model: MLP, depth: int, sample: Sample | None, quantities: Quantities, lang: str) -> Column:
    size = len(model.layers[0].neurons[0].w) if depth == 0 else len(model.layers[depth - 1].neurons)
    rows: list[int | None] = list(range(size))
    if size > MAX_UNITS:
        rows = [*rows[: _SOME_UNITS - 1], None, size - 1]
    units = tuple([None if row is None else _unit(model, depth, row, sample, quantities, lang) for row in rows])
    role = "leaf" if depth == 0 else "output" if depth == len(model.layers) else "operation"
    subtitle = sentence("figure.in_all", lang, count=size) if None in units else ""
    return Column(depth, _title(model, depth, lang), subtitle, size, units, role)


def _unit(model: MLP, depth: int, row: int, sample: Sample | None, quantities: Quantities, lang: str) -> Unit:
    value = None if sample is None else sample.values[depth][row]
    if depth == 0:
        if model.bias == "column" and row == len(model.layers[0].neurons[0].w) - 1:
            return Unit(row, "1", None, (sentence("figure.bias", lang),), None, is_bias=True)
        return Unit(row, indexed(_input_name(model.layers[0].neurons[0], row)), value, (), None)
    neuron = model.layers[depth - 1].neurons[row]
    notes = [] if neuron.b is None else [quantities.of_bias(neuron.b)]
    if quantities.show == "gradients" and sample is not None and sample.deltas:
        notes.insert(0, f"∂E/∂z = {signed(sample.deltas[depth][row])}")
    if sample is not None and sample.targets and depth == len(model.layers):
        notes.append(sentence("figure.target", lang, value=shown(sample.targets[row])))
    return Unit(row, indexed(neuron.name or f"o{row + 1}"), value, tuple(notes), neuron)


def _input_name(neuron: Neuron, row: int) -> str:
    """Como se chama uma entrada; num neurônio que já não tem tantos pesos quantos nomes, pela posição."""
    return neuron.sources[row] if len(neuron.sources) == len(neuron.w) else f"x{row + 1}"


def _title(model: MLP, depth: int, lang: str) -> str:
    """A legenda da coluna, com a ativação."""
    if depth == 0:
        return sentence("figure.input", lang)
    used = dict.fromkeys(neuron.activation for neuron in model.layers[depth - 1].neurons)
    activations = ", ".join([sentence(f"figure.activation.{activation}", lang) for activation in used])
    if depth == len(model.layers):
        return sentence("figure.column.output", lang, activation=activations)
    name = "figure.column.hidden" if len(model.layers) > 2 else "figure.column.only_hidden"
    return sentence(name, lang, number=depth, activation=activations)


def _links(left: Column, right: Column, quantities: Quantities) -> Iterator[Link]:
    for i, source in enumerate(left.units):
        for j, target in enumerate(right.units):
            if source is not None and target is not None and target.neuron is not None:
                yield Link(i, j, *quantities.of(target.neuron.w[source.index]))

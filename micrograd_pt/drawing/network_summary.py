"""O resumo de uma rede grande: uma caixa por camada, com quantos neurônios e que pesos há nela."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from micrograd_pt.drawing.columns import NetworkReading, NetworkSketch, gradient_notes, missing_layers, sample_notes
from micrograd_pt.drawing.quoting import shown, signed
from micrograd_pt.drawing.summary import Band, Summary, counted
from micrograd_pt.words import sentence

MAX_LINKS = 160
"""Com mais setas do que isto, a rede é resumida por camada em vez de desenhada peso por peso."""


def network_summary(reading: NetworkReading, sketch: NetworkSketch) -> Summary:
    """O resumo de uma rede.

    Args:
        reading: a rede e o que se quer ver nela.
        sketch: a figura inteira que ela teria.
    """
    lang = reading.lang
    spans = [missing_layers(sketch.columns) if c is None else (c.depth, c.depth) for c in sketch.columns]
    bands = []
    for column, (first, last) in zip(sketch.columns, spans, strict=True):
        if column is None:
            name = sentence("figure.layers.hidden", lang, first=first, last=last)
            bands.append(Band(name, "operation", tuple(_weights(reading, first, last))))
            continue
        lines = [counted("figure.neurons" if column.depth else "figure.inputs", column.size, lang)]
        lines += _weights(reading, first, last) if column.depth else []
        lines += _values(reading, column.depth)
        bands.append(Band(column.title, column.role, tuple(lines)))
    arrows = {
        (place, place + 1): sum([len(neuron.w) for neuron in reading.model.layers[after - 1].neurons])
        for place, (_, (after, _)) in enumerate(pairwise(spans))
    }
    notes = [
        counted("figure.network_size", len(reading.model.parameters()), lang),
        sentence("figure.network_summarised", lang, arrows=MAX_LINKS),
        *sample_notes(reading),
        *gradient_notes(reading, sketch.gaps),
    ]
    return Summary(tuple(bands), arrows, tuple(notes), sketch.title)


def _weights(reading: NetworkReading, first: int, last: int) -> list[str]:
    """Quantos pesos e vieses chegam a estas camadas, e entre que números eles estão."""
    neurons = [neuron for layer in reading.model.layers[first - 1 : last] for neuron in layer.neurons]
    weights = [reading.of(weight)[0] for neuron in neurons for weight in neuron.w]
    biases = sum([neuron.b is not None for neuron in neurons])
    lines = [counted("figure.weights", len(weights), reading.lang)]
    lines.append(sentence(f"figure.range.{reading.show}", reading.lang, **_range(weights, signed)))
    return lines + ([counted("figure.biases", biases, reading.lang)] if biases else [])


def _values(reading: NetworkReading, depth: int) -> list[str]:
    """Entre que números estão os valores de uma camada."""
    values = reading.sample.values
    return [sentence("figure.range.values", reading.lang, **_range(values[depth], shown))] if values else []


def _range(numbers: Sequence[Any], write: Callable[[Any], str]) -> dict[str, str]:
    return {"least": write(min(numbers)), "most": write(max(numbers))}

"""O resumo de uma rede grande: uma caixa por camada, com quantos neurônios e que pesos há nela."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from micrograd_pt.drawing.columns import Column, Quantities
from micrograd_pt.drawing.quoting import shown, signed
from micrograd_pt.drawing.sample import Sample
from micrograd_pt.drawing.summary import Band, Summary, counted
from micrograd_pt.nn import MLP
from micrograd_pt.words import sentence

MAX_LINKS = 160
"""Com mais setas do que isto, a rede é resumida por camada em vez de desenhada peso por peso."""


@dataclass(slots=True)
class LayerBand(Band):
    """Uma caixa do resumo de uma rede.

    Attributes:
        said: o que se escreve nela, uma linha cada.
    """

    said: tuple[str, ...] = ()

    def lines(self, lang: str) -> list[str]:
        """O que se escreve na caixa."""
        return list(self.said)


def network_summary(
    model: MLP,
    columns: Sequence[Column | None],
    sample: Sample | None,
    quantities: Quantities,
    title: str,
    notes: Sequence[str],
    lang: str,
) -> Summary:
    """O resumo de uma rede.

    Args:
        model: a rede.
        columns: as colunas que a figura inteira teria; None onde há camadas demais.
        sample: a amostra, se há uma.
        quantities: o que se lê nas setas.
        title: do que é a figura.
        notes: o que se escreve embaixo, além do que diz o resumo.
        lang: a língua.
    """
    depths = [None if column is None else column.depth for column in columns]
    spans: list[tuple[int, int]] = []
    for place, depth in enumerate(depths):
        before, after = depths[place - 1] if place else None, depths[place + 1] if place + 1 < len(depths) else None
        spans.append(((before or 0) + 1, (after or 0) - 1) if depth is None else (depth, depth))
    bands = []
    for column, (first, last) in zip(columns, spans, strict=True):
        if column is None:
            name = sentence("figure.layers.hidden", lang, first=first, last=last)
            bands.append(LayerBand(name, "operation", said=tuple(_weights(model, first, last, quantities, lang))))
            continue
        said = [counted("figure.neurons" if column.depth else "figure.inputs", column.size, lang)]
        said += _weights(model, first, last, quantities, lang) if column.depth else []
        said += _values(sample, column.depth, lang)
        bands.append(LayerBand(column.title, column.role, said=tuple(said)))
    arrows = {
        (place, place + 1): sum([len(neuron.w) for neuron in model.layers[after - 1].neurons])
        for place, (_, (after, _)) in enumerate(pairwise(spans))
    }
    whole = counted("figure.network_size", len(model.parameters()), lang)
    how = sentence("figure.network_summarised", lang, arrows=MAX_LINKS)
    return Summary(tuple(bands), arrows, (whole, how, *notes), title)


def _weights(model: MLP, first: int, last: int, quantities: Quantities, lang: str) -> list[str]:
    """Quantos pesos e vieses chegam a estas camadas, e entre que números eles estão."""
    neurons = [neuron for layer in model.layers[first - 1 : last] for neuron in layer.neurons]
    weights = [quantities.of(weight)[0] for neuron in neurons for weight in neuron.w]
    biases = sum([neuron.b is not None for neuron in neurons])
    lines = [counted("figure.weights", len(weights), lang)]
    lines.append(sentence(f"figure.range.{quantities.show}", lang, **_range(weights, signed)))
    return lines + ([counted("figure.biases", biases, lang)] if biases else [])


def _values(sample: Sample | None, depth: int, lang: str) -> list[str]:
    """Entre que números estão os valores de uma camada."""
    return [] if sample is None else [sentence("figure.range.values", lang, **_range(sample.values[depth], shown))]


def _range(numbers: Iterable[Any], write: Any) -> dict[str, str]:
    listed = list(numbers)
    return {"least": write(min(listed)), "most": write(max(listed))}

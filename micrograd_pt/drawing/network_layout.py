"""Onde fica cada coisa na figura de uma rede: as medidas com que nada se sobrepõe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from micrograd_pt.drawing.columns import Column, Gap
from micrograd_pt.drawing.quoting import text_width

NUMBER_SIZE, NUMBER_HEIGHT, NAME_SIZE, TITLE_SIZE, NOTE_SIZE = 10.5, 14.0, 13.0, 13.0, 10.0
"""Os corpos das letras e a altura do número de uma seta, em pontos."""


@dataclass(frozen=True, slots=True)
class Measures:
    """As medidas da figura, em pontos.

    Attributes:
        diameter: o diâmetro de um nó.
        spacing: a distância entre os centros de dois nós vizinhos da mesma coluna.
        xs: a posição de cada coluna.
        height: a altura da coluna mais alta, de centro a centro.
        heading: a que altura acima dos nós ficam as legendas das colunas.
        skirt: a altura do que se escreve embaixo de um nó.
    """

    diameter: float
    spacing: float
    xs: tuple[float, ...]
    height: float
    heading: float
    skirt: float

    def y(self, column: Column, row: int) -> float:
        """A altura de um nó, com cada coluna centrada em 0."""
        return ((len(column.units) - 1) / 2 - row) * self.spacing


def measured(columns: Sequence[Column | None], gaps: Sequence[Gap]) -> Measures:
    """As medidas com que nada se sobrepõe."""
    units = [unit for column in columns if column is not None for unit in column.units if unit is not None]
    diameter = 62.0 if any(unit.value is not None for unit in units) else 45.0
    skirt = NUMBER_HEIGHT * max([len(unit.notes) for unit in units])
    spacing = diameter + 20 + skirt
    for gap in gaps:
        if gap.has_numbers:
            spacing = max(spacing, NUMBER_HEIGHT * (1 + min(len(gap.left.units), len(gap.right.units))))
    tallest = max([len(column.units) for column in columns if column is not None])
    between = {gap.place: gap for gap in gaps}
    xs = [0.0]
    for place, (before, after) in enumerate(pairwise(columns)):
        xs.append(xs[-1] + _distance(before, after, between.get(place), diameter, spacing))
    heading = 36 if any(column.subtitle for column in columns if column is not None) else 22
    return Measures(diameter, spacing, tuple(xs), (tallest - 1) * spacing, heading, skirt)


def share(gap: Gap) -> float:
    """Em que parte do caminho fica o número de cada seta.

    Com nós igualmente espaçados, a 1/(n + 1) do caminho a partir de uma coluna, sendo n o tamanho da outra, as setas
    passam a distâncias iguais umas das outras: os números formam uma coluna sem sobreposição. Conta-se a partir da
    coluna maior, porque assim a distância é a maior possível.
    """
    sources, targets = len(gap.left.units), len(gap.right.units)
    return 1 / (targets + 1) if targets <= sources else sources / (sources + 1)


def number_width(text: str) -> float:
    """A largura do número de uma seta, com a sua margem."""
    return text_width(text, NUMBER_SIZE) + 5


def fitting(text: str, width: float, size: float) -> float:
    """O corpo da letra, no máximo `size`, com que o texto cabe na largura."""
    return min(size, width / text_width(text or " ", 1))


def _distance(left: Column | None, right: Column | None, gap: Gap | None, diameter: float, spacing: float) -> float:
    """A distância entre duas colunas: cabem as legendas, os números, e as setas não ficam íngremes demais."""
    if left is None or right is None or gap is None:
        column = left or right
        return 60 + (text_width(column.title, TITLE_SIZE) / 2 if column is not None else 0)
    captions = (text_width(left.title, TITLE_SIZE) + text_width(right.title, TITLE_SIZE)) / 2 + 24
    height = spacing * max(len(left.units), len(right.units))
    distance = max(captions, 190, 0.3 * height)
    if gap.has_numbers:
        place = share(gap)
        widest = max([number_width(link.text) for link in gap.links])
        edge = max(_half_width(left, diameter), _half_width(right, diameter))
        distance = max(distance, 0.4 * height, (edge + widest / 2 + 12) / min(place, 1 - place))
    return distance


def _half_width(column: Column, diameter: float) -> float:
    """Metade da largura de um nó, com o que está escrito embaixo dele."""
    notes = [number_width(note) / 2 for unit in column.units if unit is not None for note in unit.notes]
    return max([diameter / 2, *notes])

"""A figura de uma rede na linguagem DOT, com cada parte presa no seu lugar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from micrograd_pt.drawing import palette
from micrograd_pt.drawing.addresses import addressed
from micrograd_pt.drawing.columns import Column, Gap, NetworkSketch, Unit, quantities_of, size_of
from micrograd_pt.drawing.network_layout import (
    NAME_SIZE,
    NOTE_SIZE,
    NUMBER_HEIGHT,
    NUMBER_SIZE,
    TITLE_SIZE,
    fitting,
    measured,
    number_width,
    share,
)
from micrograd_pt.drawing.palette import Theme
from micrograd_pt.drawing.quoting import quoted, shown, text_width

if TYPE_CHECKING:
    from micrograd_pt.drawing.rendering import Figure


def figure_of_network(sketch: NetworkSketch, theme: Theme, prefix: str) -> Figure:
    """A figura de uma rede.

    Args:
        sketch: o que se desenha.
        theme: as cores.
        prefix: o começo de cada `id`.
    """
    from micrograd_pt.drawing.rendering import Figure

    figure = Figure(
        "rede",
        title=sketch.title,
        engine="neato",
        graph_attr={
            "inputscale": "72",
            "splines": "line",
            "outputorder": "edgesfirst",
            "pad": "0.15",
            "bgcolor": theme.background,
            "id": f"{prefix}figure",
        },
        node_attr={"fontname": palette.FONT, "color": theme.outline, "penwidth": "1.4", "label": ""},
        edge_attr={"arrowsize": "0.55"},
    )
    _NetworkDrawing(figure, sketch, theme, prefix).draw()
    return figure


class _NetworkDrawing:
    """Um desenho em andamento."""

    def __init__(self, figure: Figure, sketch: NetworkSketch, theme: Theme, prefix: str) -> None:
        self.figure, self.sketch, self.theme, self.prefix = figure, sketch, theme, prefix
        self.sheet = measured(sketch.columns, sketch.gaps)

    def draw(self) -> None:
        """Tudo: as colunas, as setas e o que se escreve embaixo."""
        for place, column in enumerate(self.sketch.columns):
            if column is None:
                self.dots(f"d{place}", self.sheet.xs[place], 0, 9, 0)
            else:
                self.column(place, column)
        largest = _largest(quantities_of(self.sketch.gaps))
        for gap in self.sketch.gaps:
            self.gap(gap, largest)
        self.legend()

    def column(self, place: int, column: Column) -> None:
        """Uma coluna: a legenda no alto, os nós e o que se escreve embaixo de cada um."""
        x, radius = self.sheet.xs[place], self.sheet.diameter / 2
        top = self.sheet.height / 2 + radius
        self.text(f"t{place}", column.title, x, top + self.sheet.heading, TITLE_SIZE)
        if column.subtitle:
            self.text(f"s{place}", column.subtitle, x, top + self.sheet.heading - 16, NOTE_SIZE)
        for row, unit in enumerate(column.units):
            y = self.sheet.y(column, row)
            if unit is None:
                self.dots(f"d{place}", x, y, 0, 9)
                continue
            at = (column.depth, unit.index)
            self.unit(f"{place}_{row}", unit, getattr(self.theme, column.role), x, y, at)
            for line, note in enumerate(unit.notes):
                below = y - radius - 9 - line * NUMBER_HEIGHT
                address = addressed(self.prefix, "bias", "bias", *at, *([line] if line else []))
                self.number(f"b{place}_{row}_{line}", note, x, below, self.theme.neutral, address)

    def unit(self, name: str, unit: Unit, fill: str, x: float, y: float, at: tuple[int, int]) -> None:
        """Um círculo com o nome e, se há um valor, com ele na metade de baixo."""
        title = unit.name if len(unit.name) <= 12 else f"{unit.name[:11]}…"
        diameter = self.sheet.diameter
        self.figure.node(
            f"n{name}",
            quoted(title) if unit.value is None else f"{quoted(title)}\\n ",
            pos=_at(x, y),
            shape="circle",
            fixedsize="true",
            width=f"{diameter / 72:.3f}",
            style="filled,dashed" if unit.is_bias else "filled",
            fillcolor=fill,
            fontcolor=self.theme.text,
            fontsize=f"{fitting(title, 0.8 * diameter, NAME_SIZE):.1f}",
            **addressed(self.prefix, "input" if unit.neuron is None else "neuron", "unit", *at),
        )
        if unit.value is not None:
            value = shown(unit.value)
            size = fitting(value, 0.84 * diameter, 11)
            address = addressed(self.prefix, "value", "value", *at)
            self.text(f"v{name}", value, x, y - 8, size, self.theme.text, address)

    def gap(self, gap: Gap, largest: float) -> None:
        """As setas entre duas colunas e, se cabem, os seus números."""
        place, along = gap.place, share(gap)
        for link in gap.links:
            colour, style = self.look(link.quantity)
            size = size_of(link.quantity)
            width = 1.0 if math.isnan(size) else 0.8 + 2.4 * min(size / largest, 1.0)
            source, target = gap.left.units[link.source], gap.right.units[link.target]
            assert source is not None and target is not None
            at = (gap.right.depth, source.index, target.index)
            self.figure.edge(
                f"n{place}_{link.source}",
                f"n{place + 1}_{link.target}",
                color=colour if gap.has_numbers else f"{colour}66",
                style=style,
                penwidth=f"{width if gap.has_numbers else 0.6 * width:.2f}",
                arrowsize="0.55" if gap.has_numbers else "0.4",
                **addressed(self.prefix, "weight", "weight", *at),
            )
            if gap.has_numbers:
                start, end = self.sheet.y(gap.left, link.source), self.sheet.y(gap.right, link.target)
                x = self.sheet.xs[place] + along * (self.sheet.xs[place + 1] - self.sheet.xs[place])
                name = f"w{place}_{link.source}_{link.target}"
                address = addressed(self.prefix, "weight-label", "weight-label", *at)
                self.number(name, link.text, x, start + along * (end - start), colour, address)

    def look(self, quantity: Any) -> tuple[str, str]:
        """A cor e o traço de um número."""
        if quantity > 0:
            return self.theme.positive, "solid"
        return (self.theme.negative, "dashed") if quantity < 0 else (self.theme.neutral, "dotted")

    def number(self, name: str, text: str, x: float, y: float, colour: str, address: dict[str, str]) -> None:
        """Um texto pequeno sobre um retângulo da cor do fundo, legível também em cima de uma seta."""
        self.figure.node(
            name,
            quoted(text, 60),
            pos=_at(x, y),
            shape="box",
            style="filled",
            fillcolor=self.theme.background,
            penwidth="0",
            fixedsize="true",
            margin="0",
            width=f"{number_width(text) / 72:.3f}",
            height=f"{(NUMBER_HEIGHT - 1) / 72:.3f}",
            fontsize=str(NUMBER_SIZE),
            fontcolor=colour,
            **address,
        )

    def text(
        self,
        name: str,
        text: str,
        x: float,
        y: float,
        size: float,
        colour: str = "",
        address: dict[str, str] | None = None,
    ) -> None:
        """Um texto solto, centrado na posição."""
        self.figure.node(
            name,
            quoted(text, 200),
            pos=_at(x, y),
            shape="plaintext",
            fixedsize="true",
            width=f"{text_width(text, size) / 72:.3f}",
            height=f"{1.3 * size / 72:.3f}",
            fontsize=str(size),
            fontcolor=colour or self.theme.neutral,
            **(address or {}),
        )

    def dots(self, name: str, x: float, y: float, dx: float, dy: float) -> None:
        """Três pontos: aqui há mais do que se desenhou."""
        for step in (-1, 0, 1):
            position = _at(x + step * dx, y - step * dy)
            self.figure.node(f"{name}_{step + 1}", pos=position, shape="point", width="0.06", color=self.theme.neutral)

    def legend(self) -> None:
        """Embaixo: como ler as setas, e o que ficou de fora."""
        looks = ("—— ", self.theme.positive), ("– – ", self.theme.negative), ("····· ", self.theme.neutral)
        entries = [(line + text, colour) for (line, colour), text in zip(looks, self.sketch.legend, strict=False)]
        middle = self.sheet.xs[-1] / 2
        y = -self.sheet.height / 2 - self.sheet.diameter / 2 - self.sheet.skirt - 22
        widths = [text_width(text, NOTE_SIZE) + 18 for text, _ in entries]
        x = middle - sum(widths) / 2
        for place, ((text, colour), width) in enumerate(zip(entries, widths, strict=True)):
            self.text(f"k{place}", text, x + width / 2, y, NOTE_SIZE, colour)
            x += width
        for row, note in enumerate(self.sketch.notes):
            self.text(f"k{row + len(entries)}", note, middle, y - 15 * (row + 1), NOTE_SIZE)


def _largest(quantities: Sequence[Any]) -> float:
    """O maior número desenhado, em valor absoluto, entre os finitos; 1 se todos são 0."""
    return max([size for size in map(size_of, quantities) if math.isfinite(size)], default=1.0) or 1.0


def _at(x: float, y: float) -> str:
    """Uma posição fixa, em pontos."""
    return f"{x:.2f},{y:.2f}!"

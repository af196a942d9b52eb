"""A rede como o capítulo a desenha: uma coluna por camada, cada peso na sua seta, o sinal na cor e no traço."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from micrograd_pt.drawing import palette
from micrograd_pt.drawing.quoting import indexed, quoted, shown, signed, text_width
from micrograd_pt.graph import Graph, Node
from micrograd_pt.nn import ACTIVATIONS, MLP, Neuron
from micrograd_pt.ops import shorten

if TYPE_CHECKING:
    from micrograd_pt.drawing.rendering import Figure

MAX_UNITS = 16
"""Uma camada maior mostra só os primeiros neurônios e o último."""

MAX_COLUMNS = 9
"""Uma rede com mais colunas mostra só as primeiras e as duas últimas."""

MAX_WEIGHTS = 64
"""Entre duas colunas com mais setas do que isto os pesos não são escritos."""

MAX_NARROW_SIDE = 6
"""Nem entre duas colunas em que a menor tem mais neurônios do que isto."""

_SOME_UNITS = 9
_LABEL_SIZE, _LABEL_HEIGHT, _NAME_SIZE, _CAPTION_SIZE = 10.5, 14.0, 13.0, 13.0


@dataclass(frozen=True, slots=True)
class Unit:
    """Um nó da figura: uma entrada ou um neurônio.

    Attributes:
        index: a posição na camada.
        name: o nome, como se escreve no nó.
        value: o valor no passo para frente; None se não se pediu.
        note: o que se escreve embaixo do nó; pode ser vazio.
        neuron: o neurônio; None numa entrada.
    """

    index: int
    name: str
    value: Any
    note: str
    neuron: Neuron | None

    @property
    def is_bias(self) -> bool:
        """Verdadeiro para a entrada que vale sempre 1."""
        return self.neuron is None and bool(self.note)


@dataclass(frozen=True, slots=True)
class Column:
    """Uma coluna da figura.

    Attributes:
        depth: 0 na entrada, 1 na primeira camada, e assim por diante.
        title: a legenda no alto.
        size: quantos nós a camada tem.
        units: os nós desenhados, de cima para baixo; None marca o lugar dos que não foram.
        fill: a cor dos nós.
    """

    depth: int
    title: str
    size: int
    units: tuple[Unit | None, ...]
    fill: str

    @property
    def subtitle(self) -> str:
        """Diz o tamanho da camada, se nem todos os nós estão na figura."""
        return f"{self.size} no total" if None in self.units else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """As medidas da figura, em pontos.

    Attributes:
        diameter: o diâmetro de um nó.
        spacing: a distância entre os centros de dois nós vizinhos da mesma coluna.
        xs: a posição de cada coluna.
        height: a altura da coluna mais alta, de centro a centro.
        heading: a que altura acima dos nós ficam as legendas das colunas.
    """

    diameter: float
    spacing: float
    xs: tuple[float, ...]
    height: float
    heading: float

    def y(self, column: Column, row: int) -> float:
        """A altura de um nó, com cada coluna centrada em 0."""
        return ((len(column.units) - 1) / 2 - row) * self.spacing


def draw_network(model: MLP, inputs: Sequence[Any] | None = None) -> Figure:
    """Desenha a rede como no capítulo, com cada peso escrito na sua seta.

    Um peso positivo é uma seta azul cheia, um negativo uma laranja tracejada, e quanto maior o peso, mais grossa ela é.
    Com o viés numa coluna de uns, a entrada extra é o nó "1"; com um viés por neurônio, ele está escrito embaixo do nó.
    Onde as setas são tantas que ninguém leria os números, eles somem e uma nota o diz; de uma camada muito grande se
    veem só alguns neurônios.

    Args:
        model: a rede.
        inputs: as entradas de uma amostra; com elas cada nó mostra o seu valor no passo para frente.

    Returns:
        A figura.

    Raises:
        TypeError: `model` não é um `MLP`, ou uma entrada não é um número.
        ValueError: número errado de entradas.
    """
    from micrograd_pt.drawing.rendering import Figure

    if not isinstance(model, MLP):
        raise TypeError(
            f"draw_network desenha uma rede (MLP), e recebeu {shorten(model)} ({type(model).__name__}); "
            "para ver as contas que levaram a um Value, use draw(valor)"
        )
    columns = _columns(model, None if inputs is None else _forward_values(model, inputs))
    sheet = _measure(columns)
    figure = Figure(
        "rede",
        engine="neato",
        graph_attr={"inputscale": "72", "splines": "line", "outputorder": "edgesfirst", "pad": "0.15"},
        node_attr={"fontname": palette.FONT, "color": palette.OUTLINE, "penwidth": "1.4", "label": ""},
        edge_attr={"arrowsize": "0.55"},
    )
    for place, column in enumerate(columns):
        if column is not None:
            _draw_column(figure, sheet, place, column)
        else:
            _draw_dots(figure, f"d{place}", sheet.xs[place], 0, 9, 0)
    largest = _largest_weight(columns)
    for place, left, right in _neighbours(columns):
        _draw_weights(figure, sheet, place, left, right, largest)
    _draw_notes(figure, sheet, columns)
    return figure


# O que há para desenhar.


def _forward_values(model: MLP, inputs: Sequence[Any]) -> list[list[Any]]:
    """O valor de cada entrada e de cada neurônio, por coluna, lidos no grafo da saída."""
    out = model(inputs)
    outputs = out if isinstance(out, list) else [out]
    values = [[output.data for output in outputs]]
    signal: list[Any] = [Graph(outputs[0]).root]
    for layer in reversed(model.layers):
        neuron = layer.neurons[0]
        net = signal[0] if ACTIVATIONS[neuron.activation] is None else signal[0].inputs[0]
        first = len(neuron.w) + (neuron.b is not None)  # na soma ponderada, os pesos vêm antes das entradas
        signal = list(net.inputs[first : first + len(neuron.w)])
        values.append([entry.data if isinstance(entry, Node) else entry for entry in signal])
    return values[::-1]


def _columns(model: MLP, values: list[list[Any]] | None) -> list[Column | None]:
    """As colunas da figura; None marca o lugar das camadas que não cabem."""
    depths: list[int | None] = list(range(len(model.layers) + 1))
    if len(depths) > MAX_COLUMNS:
        depths = [*depths[: MAX_COLUMNS - 3], None, *depths[-2:]]
    return [None if depth is None else _column(model, depth, values) for depth in depths]


def _column(model: MLP, depth: int, values: list[list[Any]] | None) -> Column:
    size = len(model.layers[0].neurons[0].w) if depth == 0 else len(model.layers[depth - 1].neurons)
    rows: list[int | None] = list(range(size))
    if size > MAX_UNITS:
        rows = [*rows[: _SOME_UNITS - 1], None, size - 1]
    last = len(model.layers)
    units = tuple([None if row is None else _unit(model, depth, row, size, values) for row in rows])
    fill = palette.INPUT if depth == 0 else palette.OUTPUT if depth == last else palette.HIDDEN
    return Column(depth, _title(model, depth), size, units, fill)


def _unit(model: MLP, depth: int, row: int, size: int, values: list[list[Any]] | None) -> Unit:
    value = None if values is None else values[depth][row]
    if depth == 0:
        if model.bias == "column" and row == size - 1:
            return Unit(row, "1", None, "viés", None)
        return Unit(row, indexed(f"x{row + 1}"), value, "", None)
    neuron = model.layers[depth - 1].neurons[row]
    note = "" if neuron.b is None else f"b = {signed(neuron.b.data)}"
    return Unit(row, indexed(neuron.name), value, note, neuron)


def _title(model: MLP, depth: int) -> str:
    """A legenda da coluna, com a ativação."""
    if depth == 0:
        return "entrada"
    activations = ", ".join(dict.fromkeys(neuron.activation for neuron in model.layers[depth - 1].neurons))
    if depth == len(model.layers):
        return f"saída ({activations})"
    number = f" {depth}" if len(model.layers) > 2 else ""
    return f"camada oculta{number} ({activations})"


def _neighbours(columns: Sequence[Column | None]) -> list[tuple[int, Column, Column]]:
    """Cada par de colunas ligadas por setas, com o lugar da primeira."""
    pairs = enumerate(pairwise(columns))
    return [(place, left, right) for place, (left, right) in pairs if left is not None and right is not None]


def _has_numbers(left: Column, right: Column) -> bool:
    """Verdadeiro se os pesos entre duas colunas cabem na figura."""
    sizes = len(left.units), len(right.units)
    return min(sizes) <= MAX_NARROW_SIDE and sizes[0] * sizes[1] <= MAX_WEIGHTS


def _weight(source: Unit, target: Unit) -> Any:
    assert target.neuron is not None
    return target.neuron.w[source.index].data


def _largest_weight(columns: Sequence[Column | None]) -> float:
    """O maior peso desenhado, em valor absoluto, entre os finitos; 1 se todos são 0."""
    sizes = [_size(_weight(*ends)) for _, left, right in _neighbours(columns) for ends in _arrows(left, right)]
    return max([size for size in sizes if math.isfinite(size)], default=1.0) or 1.0


def _size(weight: Any) -> float:
    """O valor absoluto como float; infinito se não cabe num."""
    try:
        return abs(float(weight))
    except OverflowError:
        return math.inf


# Onde fica cada coisa.


def _measure(columns: Sequence[Column | None]) -> Sheet:
    """As medidas com que nada se sobrepõe."""
    units = [unit for column in columns if column is not None for unit in column.units if unit is not None]
    diameter = 62.0 if any(unit.value is not None for unit in units) else 45.0
    spacing = diameter + (32 if any(unit.note for unit in units) else 22)
    for _, left, right in _neighbours(columns):
        if _has_numbers(left, right):
            spacing = max(spacing, _LABEL_HEIGHT * (1 + min(len(left.units), len(right.units))))
    tallest = max([len(column.units) for column in columns if column is not None])
    xs = [0.0]
    for before, after in pairwise(columns):
        xs.append(xs[-1] + _gap(before, after, diameter, spacing))
    heading = 36 if any(column.subtitle for column in columns if column is not None) else 22
    return Sheet(diameter, spacing, tuple(xs), (tallest - 1) * spacing, heading)


def _gap(left: Column | None, right: Column | None, diameter: float, spacing: float) -> float:
    """A distância entre duas colunas: cabem as legendas, os pesos, e as setas não ficam íngremes demais."""
    if left is None or right is None:
        column = left or right
        return 60 + (text_width(column.title, _CAPTION_SIZE) / 2 if column is not None else 0)
    captions = (text_width(left.title, _CAPTION_SIZE) + text_width(right.title, _CAPTION_SIZE)) / 2 + 24
    height = spacing * max(len(left.units), len(right.units))
    gap = max(captions, 190, 0.3 * height)
    if _has_numbers(left, right):
        share = _share(left, right)
        widest = max([_pill_width(signed(_weight(*ends))) for ends in _arrows(left, right)])
        gap = max(gap, 0.4 * height, (diameter / 2 + widest / 2 + 12) / min(share, 1 - share))
    return gap


def _share(left: Column, right: Column) -> float:
    """Em que parte do caminho fica o peso de cada seta.

    Com nós igualmente espaçados, a 1/(n + 1) do caminho a partir de uma coluna, sendo n o tamanho da outra, as setas
    passam a distâncias iguais umas das outras: os pesos formam uma coluna sem sobreposição. Conta-se a partir da
    coluna maior, porque assim a distância é a maior possível.
    """
    sources, targets = len(left.units), len(right.units)
    return 1 / (targets + 1) if targets <= sources else sources / (sources + 1)


def _arrows(left: Column, right: Column) -> list[tuple[Unit, Unit]]:
    """As setas entre duas colunas."""
    targets = [unit for unit in right.units if unit is not None]
    return [(source, target) for source in left.units if source is not None for target in targets]


def _pill_width(text: str) -> float:
    return text_width(text, _LABEL_SIZE) + 5


def _at(x: float, y: float) -> str:
    """Uma posição fixa, em pontos."""
    return f"{x:.2f},{y:.2f}!"


# O desenho.


def _draw_column(figure: Figure, sheet: Sheet, place: int, column: Column) -> None:
    x, radius = sheet.xs[place], sheet.diameter / 2
    top = sheet.height / 2 + radius
    _draw_text(figure, f"t{place}", column.title, x, top + sheet.heading, _CAPTION_SIZE)
    if column.subtitle:
        _draw_text(figure, f"s{place}", column.subtitle, x, top + sheet.heading - 16, 10)
    for row, unit in enumerate(column.units):
        y = sheet.y(column, row)
        if unit is None:
            _draw_dots(figure, f"d{place}", x, y, 0, 9)
            continue
        _draw_unit(figure, f"{place}_{row}", unit, column.fill, sheet.diameter, x, y)
        if unit.note:
            _draw_pill(figure, f"b{place}_{row}", unit.note, x, y - radius - 9, palette.NEUTRAL)


def _draw_unit(figure: Figure, name: str, unit: Unit, fill: str, diameter: float, x: float, y: float) -> None:
    """Um círculo com o nome e, se há um valor, com ele na metade de baixo."""
    title = unit.name if len(unit.name) <= 12 else f"{unit.name[:11]}…"
    figure.node(
        f"n{name}",
        quoted(title) if unit.value is None else f"{quoted(title)}\\n ",
        pos=_at(x, y),
        shape="circle",
        fixedsize="true",
        width=f"{diameter / 72:.3f}",
        style="filled,dashed" if unit.is_bias else "filled",
        fillcolor=fill,
        fontsize=f"{_fitting(title, 0.8 * diameter, _NAME_SIZE):.1f}",
    )
    if unit.value is not None:
        value = shown(unit.value)
        _draw_text(figure, f"v{name}", value, x, y - 8, _fitting(value, 0.84 * diameter, 11), "#000000")


def _fitting(text: str, width: float, size: float) -> float:
    """O corpo da letra, no máximo `size`, com que o texto cabe na largura."""
    return min(size, width / text_width(text or " ", 1))


def _draw_weights(figure: Figure, sheet: Sheet, place: int, left: Column, right: Column, largest: float) -> None:
    """As setas entre duas colunas e, se cabem, os seus pesos."""
    with_numbers, share = _has_numbers(left, right), _share(left, right)
    for i, source in enumerate(left.units):
        for j, target in enumerate(right.units):
            if source is None or target is None:
                continue
            weight = _weight(source, target)
            colour, style = _look(weight)
            width = 0.7 + 2.5 * min(_size(weight) / largest, 1.0) if not math.isnan(_size(weight)) else 0.7
            figure.edge(
                f"n{place}_{i}",
                f"n{place + 1}_{j}",
                color=colour if with_numbers else f"{colour}66",
                style=style,
                penwidth=f"{width if with_numbers else 0.6 * width:.2f}",
                arrowsize="0.55" if with_numbers else "0.4",
            )
            if with_numbers:
                start, end = sheet.y(left, i), sheet.y(right, j)
                x = sheet.xs[place] + share * (sheet.xs[place + 1] - sheet.xs[place])
                _draw_pill(figure, f"w{place}_{i}_{j}", signed(weight), x, start + share * (end - start), colour)


def _look(weight: Any) -> tuple[str, str]:
    """A cor e o traço de um peso."""
    if weight > 0:
        return palette.POSITIVE, "solid"
    return (palette.NEGATIVE, "dashed") if weight < 0 else (palette.NEUTRAL, "dotted")


def _draw_pill(figure: Figure, name: str, text: str, x: float, y: float, colour: str) -> None:
    """Um texto pequeno sobre um retângulo branco, legível também em cima de uma seta."""
    figure.node(
        name,
        quoted(text),
        pos=_at(x, y),
        shape="box",
        style="filled",
        fillcolor="white",
        penwidth="0",
        fixedsize="true",
        margin="0",
        width=f"{_pill_width(text) / 72:.3f}",
        height=f"{(_LABEL_HEIGHT - 1) / 72:.3f}",
        fontsize=str(_LABEL_SIZE),
        fontcolor=colour,
    )


def _draw_text(figure: Figure, name: str, text: str, x: float, y: float, size: float, colour: str = "") -> None:
    """Um texto solto, centrado na posição."""
    figure.node(
        name,
        quoted(text, 200),
        pos=_at(x, y),
        shape="plaintext",
        fixedsize="true",
        width=f"{text_width(text, size) / 72:.3f}",
        height=f"{1.3 * size / 72:.3f}",
        fontsize=str(size),
        fontcolor=colour or palette.NEUTRAL,
    )


def _draw_dots(figure: Figure, name: str, x: float, y: float, dx: float, dy: float) -> None:
    """Três pontos: aqui há mais do que se desenhou."""
    for step in (-1, 0, 1):
        position = _at(x + step * dx, y - step * dy)
        figure.node(f"{name}_{step + 1}", pos=position, shape="point", width="0.06", color=palette.NEUTRAL)


def _draw_notes(figure: Figure, sheet: Sheet, columns: Sequence[Column | None]) -> None:
    """Embaixo: como ler as setas, e o que ficou de fora."""
    shown_columns = [column for column in columns if column is not None]
    notes = ["espessura da seta: tamanho do peso"]
    if not all(_has_numbers(left, right) for _, left, right in _neighbours(columns)):
        notes.append("onde há setas demais para ler, os pesos não estão escritos")
    if any(None in column.units for column in shown_columns):
        notes.append("três pontos: neurônios que não foram desenhados")
    if None in columns:
        first, last = shown_columns[-3].depth + 1, shown_columns[-2].depth - 1
        notes.append(f"três pontos: as camadas ocultas de {first} a {last}, que não foram desenhadas")
    x, y = sheet.xs[-1] / 2, -sheet.height / 2 - sheet.diameter / 2 - 40
    _draw_text(figure, "k0", "—— peso positivo", x - 62, y, 10, palette.POSITIVE)
    _draw_text(figure, "k1", "– – peso negativo", x + 62, y, 10, palette.NEGATIVE)
    for row, note in enumerate(notes):
        _draw_text(figure, f"k{row + 2}", note, x, y - 15 * (row + 1), 10)

"""O que a rede decide em cada ponto do plano, com as amostras por cima."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from micrograd_pt.calculus import flat
from micrograd_pt.compiler import trace
from micrograd_pt.drawing.palette import THEMES
from micrograd_pt.drawing.plots.canvas import new_axes
from micrograd_pt.engine import Value
from micrograd_pt.given import as_number, shorten, whole
from micrograd_pt.words import number, sentence

MARKERS = "o^sDvPX*<>"
"""Uma forma por classe: distinguem-se também sem cores."""

_PLANE = "#FDEBDD", "#C6D6EB", "#6A9BD1"
_SAMPLES = "#FFFFFF", "#F2A65A", THEMES["light"].positive, "#06264A"
_MARGIN = 0.15


def plot_decision(
    model: Any,
    X: Sequence[Sequence[Any]],
    y: Sequence[Any],
    *,
    threshold: float | None = None,
    resolution: int = 120,
    lang: str = "pt",
) -> Any:
    """O plano das entradas, colorido pela saída da rede, com as amostras por cima.

    Com uma saída, a cor é o valor dela, e uma linha marca o limiar entre as duas classes. Com várias, a cor é a classe
    de maior saída. Cada classe tem a sua forma de marcador, e o plano escurece de uma ponta à outra: a figura se lê
    também sem cores. Saídas desejadas que não são poucas classes dão a cor do próprio marcador.

    Args:
        model: a rede, de duas entradas.
        X: as amostras, cada uma com dois números.
        y: a saída desejada de cada uma: um número, ou uma lista deles (a classe é a do maior).
        threshold: onde uma saída só muda de classe; sem indicação, o meio entre as duas saídas desejadas (0.5 para 0 e
            1, 0 para −1 e 1). Para uma rede que dá notas em vez de probabilidades, dê 0.
        resolution: quantos pontos do plano se calculam em cada direção.
        lang: a língua dos textos, `"pt"` ou `"en"`.

    Returns:
        A `matplotlib.figure.Figure`.

    Raises:
        ImportError: o Matplotlib não está instalado.
        ValueError: amostras que não têm dois números finitos, ou não têm cada uma a sua saída desejada.
        TypeError: uma amostra não é feita de números.
    """
    points, targets = _checked_points(X), [_label(target) for target in y]
    if not points or len(points) != len(targets):
        raise ValueError(
            f"plot_decision espera ao menos uma amostra e uma saída desejada para cada uma, e recebeu {len(points)} "
            f"amostra(s) e {len(targets)} saída(s) desejada(s)"
        )
    count = whole(resolution, "resolution", least=2)
    across, up = (_spread([point[axis] for point in points], count) for axis in (0, 1))
    outputs = _outputs_of(model, points[0])
    plane = [[outputs(a, b) for a in across] for b in up]
    classes = sorted(set(targets))
    axes = new_axes(6.0, 4.6)
    if len(plane[0][0]) > 1:
        handles = _draw_winners(axes, across, up, plane, points, targets, lang)
    else:
        values = [[point[0] for point in row] for row in plane]
        if threshold is None and len(classes) == 2:
            threshold = sum(classes) / 2
        handles = _draw_values(axes, across, up, values, classes, threshold, lang)
        if len(classes) <= len(MARKERS):
            handles = [*_draw_classes(axes, points, targets, classes, lang), *handles]
        else:
            handles = [_draw_numbers(axes, points, targets, lang), *handles]
    axes.figure.legend(handles=handles, loc="outside upper center", ncols=min(4, len(handles)), frameon=False)
    axes.set_xlim(across[0], across[-1])
    axes.set_ylim(up[0], up[-1])
    axes.set_xlabel("$x_1$")
    axes.set_ylabel("$x_2$", rotation=0, labelpad=10)
    return axes.figure


def _draw_values(
    axes: Any,
    across: Sequence[float],
    up: Sequence[float],
    values: Sequence[Sequence[float]],
    classes: Sequence[float],
    threshold: float | None,
    lang: str,
) -> list[Any]:
    """O plano colorido pelo valor da saída, e a linha do limiar; dá o que entra na legenda."""
    finite = [value for row in values for value in row if math.isfinite(value)]
    shown = [*finite, *(classes if len(classes) == 2 and threshold == sum(classes) / 2 else ())] or [0.0]
    low, high = min(shown), max(shown)
    image = _draw_plane(axes, across, up, values, "bilinear", (low, high if high > low else low + 1))
    bar = axes.figure.colorbar(image, ax=axes, label=sentence("plot.output", lang))
    bar.outline.set_visible(False)
    if threshold is None or not finite or not min(finite) < threshold < max(finite):
        return []
    _draw_border(axes, across, up, values, threshold)
    line = {"color": THEMES["light"].outline, "linewidth": 1.6}
    bar.ax.axhline(threshold, **line)
    return [_entry(sentence("plot.border", lang, threshold=number(threshold)), **line)]


def _draw_winners(
    axes: Any,
    across: Sequence[float],
    up: Sequence[float],
    plane: Sequence[Sequence[Sequence[float]]],
    points: Sequence[Sequence[float]],
    targets: Sequence[float],
    lang: str,
) -> list[Any]:
    """O plano colorido pela classe de maior saída, com as fronteiras entre elas e as amostras."""
    classes = list(range(len(plane[0][0])))
    winners = [[max(classes, key=point.__getitem__) for point in row] for row in plane]
    _draw_plane(axes, across, up, winners, "nearest", (0, classes[-1]))
    for k in classes:
        lead = [[point[k] - max([*point[:k], *point[k + 1 :]]) for point in row] for row in plane]
        if any(value > 0 for row in lead for value in row) and any(value < 0 for row in lead for value in row):
            _draw_border(axes, across, up, lead, 0.0)
    return _draw_classes(axes, points, targets, sorted({*classes, *targets}), lang)


def _draw_plane(
    axes: Any,
    across: Sequence[float],
    up: Sequence[float],
    values: Sequence[Sequence[float]],
    interpolation: str,
    limits: tuple[float, float],
) -> Any:
    """O plano colorido por um número em cada ponto; os limites são os das cores das pontas."""
    return axes.imshow(
        values,
        origin="lower",
        extent=(across[0], across[-1], up[0], up[-1]),
        aspect="auto",
        interpolation=interpolation,
        cmap=_colour_map(_PLANE),
        vmin=limits[0],
        vmax=limits[1],
    )


def _draw_border(
    axes: Any, across: Sequence[float], up: Sequence[float], values: Sequence[Sequence[float]], level: float
) -> None:
    """A linha em que os valores são esse, escura sobre uma clara mais larga: vê-se em qualquer fundo."""
    for colour, width in (("white", 3.2), (THEMES["light"].outline, 1.6)):
        axes.contour(across, up, values, levels=[level], colors=colour, linewidths=width)


def _draw_classes(
    axes: Any, points: Sequence[Sequence[float]], targets: Sequence[float], classes: Sequence[float], lang: str
) -> list[Any]:
    """As amostras de cada classe, com a forma e a cor dela; dá o que entra na legenda."""
    colours, size = _colour_map(_SAMPLES), 60 if len(points) <= 60 else 22
    handles = []
    for place, label in enumerate(classes):
        marker = MARKERS[place % len(MARKERS)]
        colour = colours(place / max(1, len(classes) - 1))
        chosen = [point for point, target in zip(points, targets, strict=True) if target == label]
        _scatter(axes, chosen, size, marker, color=[colour] * len(chosen))
        handles.append(_marker_entry(sentence("plot.class", lang, label=number(label)), marker, colour))
    return handles


def _draw_numbers(axes: Any, points: Sequence[Sequence[float]], targets: Sequence[float], lang: str) -> Any:
    """As amostras, cada uma com a cor da sua saída desejada na escala do plano; dá o que entra na legenda."""
    norm = axes.images[0].norm
    _scatter(axes, points, 40, "o", color=[_colour_map(_PLANE)(norm(target)) for target in targets])
    return _marker_entry(sentence("plot.target", lang), "o", "white")


def _marker_entry(title: str, marker: str, colour: Any) -> Any:
    """Uma linha da legenda, com um marcador."""
    return _entry(title, linestyle="", marker=marker, color=colour, markeredgecolor="black", markersize=7)


def _entry(title: str, **look: Any) -> Any:
    """Uma linha da legenda."""
    from matplotlib.lines import Line2D

    return Line2D([], [], label=title, **look)


def _scatter(axes: Any, points: Sequence[Sequence[float]], size: float, marker: str, color: Any) -> None:
    """Marcadores de contorno preto, e por fora um branco: veem-se em qualquer fundo."""
    from matplotlib.patheffects import withStroke

    if points:
        xs, ys = zip(*points, strict=True)
        halo = [withStroke(linewidth=3, foreground="white")]
        axes.scatter(
            xs,
            ys,
            s=size,
            marker=marker,
            facecolors=color,
            edgecolors="black",
            linewidths=1,
            path_effects=halo,
            zorder=3,
        )


def _colour_map(colours: Sequence[str]) -> Any:
    """Do claro ao escuro: a ordem das cores se lê também em preto e branco."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("micrograd_pt", colours)


def _outputs_of(model: Any, point: Sequence[float]) -> Callable[[float, float], list[float]]:
    """As saídas da rede num ponto, como números; pelo programa compilado, se ela se deixa compilar.

    Onde a rede não está definida, a saída é NaN.
    """
    count = len(flat(model(list(point)), "a saída da rede")[0])

    def by_graph(a: float, b: float) -> list[float]:
        try:
            leaves = flat(model([a, b]), "a saída da rede")[0]
        except ArithmeticError:
            return [math.nan] * count
        return [float(leaf.data) if isinstance(leaf, Value) else float(leaf) for leaf in leaves]

    def one(a: Any, b: Any, place: int) -> Any:
        return flat(model([a, b]), "a saída da rede")[0][place]

    try:
        traced = [trace(lambda a, b, k=k: one(a, b, k), [0.0, 0.0], lambda leaves: leaves) for k in range(count)]
        programs = [(each.value_program.run, [leaf.data for leaf in each.captured]) for each in traced]
    except Exception:  # não se deixa compilar; um erro de verdade aparece pelo grafo
        return by_graph

    def by_program(a: float, b: float) -> list[float]:
        try:
            return [float(run((a, b), captured)[0]) for run, captured in programs]
        except (ArithmeticError, ValueError):  # um programa só faz contas
            return [math.nan] * count

    return by_program


def _checked_points(X: Any) -> list[list[float]]:
    """As amostras como pares de números finitos."""
    points = []
    for row in X:
        if isinstance(row, (str, Value)) or not hasattr(row, "__iter__"):
            raise TypeError(f"cada amostra é uma lista de dois números, como [0, 1], e foi dado {shorten(row)}")
        point = [float(as_number(entry, "uma amostra")) for entry in row]
        if len(point) != 2 or not all(map(math.isfinite, point)):
            raise ValueError(f"plot_decision desenha um plano: cada amostra tem dois números finitos, e esta é {point}")
        points.append(point)
    return points


def _label(target: Any) -> float:
    """A classe (ou o número) desejada; de uma lista, a posição do maior."""
    if hasattr(target, "__iter__") and not isinstance(target, str):
        entries = [as_number(entry, "uma saída desejada") for entry in target]
        if len(entries) == 1:
            return float(entries[0])
        return max(range(len(entries)), key=entries.__getitem__)
    return float(as_number(target, "uma saída desejada"))


def _spread(entries: Sequence[float], count: int) -> list[float]:
    """`count` números igualmente espaçados, que passam um pouco do menor e do maior."""
    low, high = min(entries), max(entries)
    margin = (high - low) * _MARGIN or max(1.0, abs(low) * _MARGIN)
    low, width = low - margin, high - low + 2 * margin
    return [low + width * place / (count - 1) for place in range(count)]

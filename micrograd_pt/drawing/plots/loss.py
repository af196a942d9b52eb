"""A perda ao longo das épocas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from micrograd_pt.drawing.palette import THEMES
from micrograd_pt.drawing.plots.canvas import new_axes
from micrograd_pt.words import sentence

_LEAST, _MOST = 1e-200, 1e200  # muito além destes o Matplotlib não calcula a escala


class Losses(Protocol):
    """O que aconteceu num treinamento: a perda de cada época."""

    @property
    def losses(self) -> Sequence[float]: ...


def plot_history(history: Losses, lang: str = "pt") -> Any:
    """A perda de cada época, em escala logarítmica.

    Uma perda que chega a 0, que a escala não tem, sai pelo pé do gráfico; se alguma perda é negativa, ou nenhuma é
    positiva, a escala é comum. Também se chama como `history.plot()`.

    Args:
        history: o que `train` devolveu.
        lang: a língua dos títulos dos eixos, `"pt"` ou `"en"`.

    Returns:
        A `matplotlib.figure.Figure`.

    Raises:
        ImportError: o Matplotlib não está instalado.
        ValueError: língua desconhecida.
    """
    titles = sentence("plot.epoch", lang), sentence("plot.loss", lang)
    axes, losses = new_axes(), history.losses
    epochs = range(1, len(losses) + 1)
    if losses and min(losses) >= 0 and max(losses) > 0:
        axes.set_yscale("log", nonpositive="clip")
        lowest = min([loss for loss in losses if loss > 0])
        axes.set_ylim(min(max(lowest / 2, _LEAST), _MOST / 10), max(min(max(losses) * 2, _MOST), _LEAST * 10))
    axes.plot(epochs, losses, color=THEMES["light"].positive, linewidth=1.6, marker="o" if len(losses) == 1 else "")
    if len(losses) > 1:
        axes.set_xlim(1, len(losses))
        axes.xaxis.get_major_locator().set_params(integer=True)
    else:
        axes.set_xlim(0.5, 1.5)
        axes.set_xticks([1])
    axes.set_xlabel(titles[0])
    axes.set_ylabel(titles[1])
    axes.grid(True, color=THEMES["light"].neutral, alpha=0.25, linewidth=0.6)
    return axes.figure

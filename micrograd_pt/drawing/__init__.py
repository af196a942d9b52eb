"""Figuras: o grafo de um valor (`draw`, e passo a passo `draw_steps`), a rede (`draw_network`) e os gráficos.

Uma figura é um objeto `Figure`, um `graphviz.Digraph` que já sabe se renderizar: em SVG e PNG com o programa que vem no
pacote `graphviz-pure`, e no que ele não escreve (PDF) com o `dot` do sistema. A biblioteca `graphviz` só é importada
quando se desenha a primeira figura, e os gráficos, quando alguém pede um.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from micrograd_pt.drawing.computation import arrows_of, draw
from micrograd_pt.drawing.dot import figure_of_sketch, figure_of_summary
from micrograd_pt.drawing.filmstrip import Steps, draw_steps
from micrograd_pt.drawing.network import draw_network
from micrograd_pt.drawing.neurons import cells
from micrograd_pt.drawing.palette import theme_named
from micrograd_pt.drawing.sketch import Reading, sketch_of
from micrograd_pt.drawing.summary import summary_of

if TYPE_CHECKING:
    from micrograd_pt.drawing.plots import plot_decision, plot_history
    from micrograd_pt.drawing.rendering import Figure

__all__ = [
    "Figure",
    "Reading",
    "Steps",
    "arrows_of",
    "cells",
    "draw",
    "draw_network",
    "draw_steps",
    "figure_of_sketch",
    "figure_of_summary",
    "plot_decision",
    "plot_history",
    "sketch_of",
    "summary_of",
    "theme_named",
]

_WHEN_ASKED = {"Figure": "rendering", "plot_decision": "plots", "plot_history": "plots"}


def __getattr__(name: str) -> Any:
    """Importa o que é caro só quando alguém o pede."""
    if name in _WHEN_ASKED:
        return getattr(import_module(f"{__name__}.{_WHEN_ASKED[name]}"), name)
    raise AttributeError(f"o módulo {__name__!r} não tem {name!r}")

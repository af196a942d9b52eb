"""Figuras: o grafo computacional de um valor (`draw`, e passo a passo `draw_steps`) e a rede (`draw_network`).

Uma figura é um objeto `Figure`, um `graphviz.Digraph` que já sabe se renderizar: em SVG e PNG com o programa que vem no
pacote `graphviz-pure`, e no que ele não escreve (PDF) com o `dot` do sistema. A biblioteca `graphviz` só é importada
quando se desenha a primeira figura.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from micrograd_pt.drawing.computation import draw
from micrograd_pt.drawing.network import draw_network
from micrograd_pt.drawing.steps import Steps, draw_steps

if TYPE_CHECKING:
    from micrograd_pt.drawing.rendering import Figure

__all__ = ["Figure", "Steps", "draw", "draw_network", "draw_steps"]


def __getattr__(name: str) -> Any:
    """Importa `Figure` (e com ela a biblioteca `graphviz`) só quando alguém a pede."""
    if name == "Figure":
        from micrograd_pt.drawing.rendering import Figure

        return Figure
    raise AttributeError(f"o módulo {__name__!r} não tem {name!r}")

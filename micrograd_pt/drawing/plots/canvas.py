"""A figura em que se desenha: do Matplotlib, sem janela, com as cores das outras figuras do pacote."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

from micrograd_pt.drawing.palette import THEMES

WIDTH, HEIGHT = 6.0, 4.0
"""O tamanho, em polegadas: cabe numa coluna de texto."""


def new_axes(width: float = WIDTH, height: float = HEIGHT) -> Any:
    """Os eixos de uma figura nova; a figura é `axes.figure`.

    Args:
        width, height: o tamanho, em polegadas.

    Raises:
        ImportError: o Matplotlib não está instalado; diz como instalá-lo.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(
            'os gráficos pedem o Matplotlib, que não está instalado: use  pip install "micrograd_pt[plot]"'
        ) from error
    figure: Any = Figure(figsize=(width, height), layout="constrained")
    figure._repr_png_ = partial(_png, figure)  # num caderno a figura se mostra, sem que se importe o pyplot
    axes = figure.add_subplot()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("bottom", "left"):
        axes.spines[side].set_color(THEMES["light"].outline)
    return axes


def _png(figure: Any) -> bytes:
    """A figura como PNG."""
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=120)
    return written.getvalue()

"""Gráficos de um treinamento: `history.plot()`, a perda por época, e `plot_decision`, o que a rede decide no plano.

Devolvem uma `Figure` do Matplotlib, que se grava com `figure.savefig("perda.png")` e se mostra sozinha num caderno.
Nada abre janelas nem mexe no estado do `pyplot`. O Matplotlib é um extra, importado quando se faz o primeiro gráfico.
"""

from micrograd_pt.drawing.plots.decision import plot_decision
from micrograd_pt.drawing.plots.loss import plot_history

__all__ = ["plot_decision", "plot_history"]

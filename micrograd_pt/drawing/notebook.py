"""Como um caderno Jupyter mostra cada objeto: o valor como grafo, a rede como rede.

Um objeto que não se pode desenhar (uma folha que mudou, um programa de desenho que falta, o Matplotlib que não está
instalado) aparece como texto, como em qualquer outro lugar: olhar para ele nunca é um erro.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from micrograd_pt.drawing import draw, draw_network
from micrograd_pt.engine import Value
from micrograd_pt.graph import Graph
from micrograd_pt.nn import MLP, Layer, Neuron

Bundle = dict[str, Any]
"""O que se mostra, por tipo: `image/svg+xml`, `text/plain`, …"""


MAX_NODES = 20_000
"""Um grafo maior aparece só como texto, para que uma célula responda logo; `draw` o resume."""


def _value(value: Value) -> Bundle:
    """O grafo de um valor calculado; uma folha é só o seu texto."""
    return {} if value.op is None else _graph(Graph(value))


def _graph(graph: Graph) -> Bundle:
    """O grafo, como o da sua saída."""
    return {"image/svg+xml": draw(graph.root.value).svg()} if len(graph) <= MAX_NODES else {}


def _network(model: MLP | Layer | Neuron) -> Bundle:
    """A rede, a camada ou o neurônio, com os seus pesos."""
    return {"image/svg+xml": draw_network(model).svg()}


def shown_as(picture: Callable[[Any], Bundle], words: Callable[[Any], str]) -> Callable[..., Bundle]:
    """O método com que o Jupyter pede as formas de um objeto.

    Args:
        picture: o que se mostra dele além do texto.
        words: o texto.
    """

    def bundle(self: Any, include: Any = None, exclude: Any = None) -> Bundle:
        try:
            return {"text/plain": words(self), **picture(self)}
        except (ValueError, ArithmeticError, RuntimeError, ImportError):
            return {"text/plain": words(self)}

    return bundle


_SHOWN: dict[type, Callable[[Any], Bundle]] = {
    Value: _value,
    Graph: _graph,
    MLP: _network,
    Layer: _network,
    Neuron: _network,
}
for _kind, _picture in _SHOWN.items():
    setattr(_kind, "_repr_mimebundle_", shown_as(_picture, repr))  # noqa: B010

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
from micrograd_pt.nn import MLP, Layer, Module, Neuron

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


def _network(model: Module) -> Bundle:
    """A rede, a camada ou o neurônio, com os seus pesos."""
    return {"image/svg+xml": draw_network(model).svg()}


_SHOWN: dict[type, Callable[[Any], Bundle]] = {
    Value: _value,
    Graph: _graph,
    MLP: _network,
    Layer: _network,
    Neuron: _network,
}


def shown(thing: Any) -> Bundle:
    """As formas de um objeto, como texto e como figura."""
    picture = next(_SHOWN[kind] for kind in type(thing).__mro__ if kind in _SHOWN)
    return bundle(picture, thing, repr(thing))


def bundle(picture: Callable[[Any], Bundle], thing: Any, words: str) -> Bundle:
    """As formas de um objeto; só o texto, se ele não se deixa desenhar.

    Args:
        picture: dá o que se mostra dele além do texto.
        thing: o objeto.
        words: o texto.
    """
    try:
        return {"text/plain": words, **picture(thing)}
    except (ValueError, ArithmeticError, RuntimeError, ImportError):
        return {"text/plain": words}

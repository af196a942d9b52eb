"""As figuras dentro da página: as de `draw` e `draw_network`, sem nada que uma página não precise."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

from micrograd_pt.drawing import (
    Reading,
    arrows_of,
    cells,
    draw_network,
    figure_of_sketch,
    figure_of_summary,
    sketch_of,
    summary_of,
    theme_named,
)
from micrograd_pt.graph import Graph
from micrograd_pt.nn import MLP
from micrograd_pt.words import sentence

GRAPH, NETWORK = "graph-", "network-"
"""Com que começa cada `id` das duas figuras."""

MOST_NODES, MOST_ARROWS = 250, 500
"""Até aqui a página, que se rola e se amplia, mostra cada nó; um grafo maior vem no resumo que `draw` faz."""

_WIDE = -0.08888888
"""Um gradiente tão largo como costumam ser: as caixas são feitas para ele, e a página escreve os verdadeiros."""


def graph_figure(graph: Graph, lang: str) -> str:
    """O grafo como SVG, com lugar nas caixas para os números que ainda virão; o de um grande demais é um resumo."""
    if len(graph) > MOST_NODES or arrows_of(graph) > MOST_ARROWS:
        notes = [sentence("figure.summarised", lang, nodes=MOST_NODES, arrows=MOST_ARROWS)]
        layers = summary_of(graph, cells(graph), "", notes, lang)
        return _inline(figure_of_summary(layers, theme_named("light"), GRAPH).pipe("svg", encoding="utf-8"))
    picture = sketch_of(Reading(graph, ("data", "grad"), lang, grads=[_WIDE] * len(graph)), title="")
    return _inline(figure_of_sketch(picture, theme_named("light"), GRAPH).pipe("svg", encoding="utf-8"))


def network_figure(model: MLP, inputs: Sequence[Any]) -> str:
    """A rede como SVG, com os valores de uma amostra."""
    return _inline(draw_network(model, inputs, prefix=NETWORK).pipe("svg", encoding="utf-8"))


def _inline(svg: str) -> str:
    """O SVG como parte de um HTML: sem prólogo, sem fundo, sem dicas nem ligações, e com as fontes da página."""
    root = ET.fromstring(svg)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for name in [name for name in element.attrib if "}" in name or name.startswith("font-family")]:
            del element.attrib[name]
    for parent in list(root.iter()):
        for child in list(parent):
            background = child.tag == "polygon" and parent.get("class") == "graph"
            if child.tag == "title" or background:
                parent.remove(child)
    _unwrap(root)
    for name in ("width", "height"):
        root.set(f"data-{name}", root.attrib.pop(name).removesuffix("pt"))
    root.set("aria-hidden", "true")
    for element in root.iter():
        element.tail = None
        if element.tag != "text":
            element.text = None
    return ET.tostring(root, encoding="unicode")


def _unwrap(root: ET.Element) -> None:
    """Tira cada `<g><a>` que só servia para uma dica, e deixa o que há dentro."""
    for parent in list(root.iter()):
        children: list[ET.Element] = []
        for child in parent:
            inner = child.find("a") if child.tag == "g" and child.get("id", "").startswith("a_") else None
            children += [child] if inner is None else list(inner)
        parent[:] = children

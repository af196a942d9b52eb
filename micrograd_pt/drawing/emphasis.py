"""O destaque: que nós e que setas de um grafo são realçados, e que os outros ficam em segundo plano."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from micrograd_pt.engine import Value
from micrograd_pt.given import shorten
from micrograd_pt.graph import Graph, Node


@dataclass(frozen=True, slots=True)
class Emphasis:
    """O que está em destaque.

    Attributes:
        nodes: os nós, pela posição no grafo.
        arrows: as setas, por (nó, quem o usa, em que argumento).
        dims: verdadeiro se o resto fica em segundo plano.
    """

    nodes: frozenset[int]
    arrows: frozenset[tuple[int, int, int]]
    dims: bool = True


def emphasis(graph: Graph, highlight: Any, downstream: Any) -> Emphasis | None:
    """O destaque pedido; None se não se pediu nenhum.

    Args:
        graph: o grafo.
        highlight: um nó ou vários; entre dois seguidos, também as setas que os ligam (um caminho).
        downstream: um nó: ele, tudo o que depende dele e as setas por que se chega lá.

    Raises:
        ValueError: um nó não está no grafo.
        TypeError: não é um `Value`, um `Node` nem um nome.
    """
    if highlight is None and downstream is None:
        return None
    nodes: set[int] = set()
    arrows: set[tuple[int, int, int]] = set()
    if highlight is not None:
        chosen = [node_of(graph, item) for item in _listed(highlight)]
        nodes.update(node.index for node in chosen)
        for before, after in pairwise(chosen):
            arrows.update(_between(before, after))
            arrows.update(_between(after, before))
    if downstream is not None:
        reached = {node_of(graph, downstream).index}
        for source, user, position in graph.edges:
            if source.index in reached:
                reached.add(user.index)
                arrows.add((source.index, user.index, position))
        nodes |= reached
    return Emphasis(frozenset(nodes), frozenset(arrows))


def node_of(graph: Graph, item: Any) -> Node:
    """O nó do grafo que é este `Value`, este `Node` ou que tem este nome.

    Raises:
        ValueError: não está no grafo.
        TypeError: não é nada disso.
    """
    if not isinstance(item, (Value, Node, str)):
        raise TypeError(f"o destaque espera um Value ou o nome de um nó, e recebeu {shorten(item)}")
    value = item.value if isinstance(item, Node) else item
    for node in graph.nodes:
        if node.name == item if isinstance(item, str) else node.value is value:
            return node
    known = ", ".join([node.name for node in graph.nodes[:12]])
    shown = repr(item) if isinstance(item, str) else repr(value.label or shorten(value))  # type: ignore[union-attr]
    raise ValueError(f"o destaque pede {shown}, que não está no grafo; há {known}{' …' if len(graph) > 12 else ''}")


def _listed(highlight: Any) -> list[Any]:
    if isinstance(highlight, (Value, Node, str)) or not isinstance(highlight, Iterable):
        return [highlight]
    return list(highlight)


def _between(source: Node, user: Node) -> list[tuple[int, int, int]]:
    return [(source.index, user.index, place) for place, arg in enumerate(user.inputs) if arg is source]

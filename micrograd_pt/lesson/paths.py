"""Os caminhos da saída até um parâmetro: cada um é um produto de derivadas locais, e a soma deles, o gradiente."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from typing import Any

from micrograd_pt import ops
from micrograd_pt.engine import Value
from micrograd_pt.given import shorten, whole
from micrograd_pt.graph import Graph, Node
from micrograd_pt.lesson.document import Document
from micrograd_pt.lesson.formula import ONE, Derivative, Formula, Letter, Number, in_numbers, product, total
from micrograd_pt.lesson.outline import Line, Section
from micrograd_pt.lesson.path_search import Edge, PathSearch
from micrograd_pt.lesson.slopes import Slopes
from micrograd_pt.words import number, sentence, shown_name, subscripts, typeset_name


@dataclass(frozen=True)
class Path:
    """Um caminho da saída até o parâmetro.

    Attributes:
        edges: os usos por que ele passa, a partir da saída.
        product: o produto das derivadas locais.
        slopes: as derivadas locais da lição, já escritas.
        places: de cada uso, que lugar o nó usado tem na conta de quem o usa; 0 onde não há outro caminho entre os dois,
            e a derivada local é a derivada inteira.
    """

    edges: tuple[Edge, ...]
    product: Any
    slopes: Slopes = field(repr=False)
    places: tuple[int, ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Os nós do caminho, da saída ao parâmetro."""
        return (*[edge.user for edge in self.edges], *[edge.node for edge in self.edges[-1:]])

    @property
    def derivatives(self) -> Formula:
        """O produto, com cada derivada local pelo nome: ∂E/∂o · ∂o/∂z_o · ∂z_o/∂w."""
        return product(self._named(), chain=True)

    def _named(self) -> list[Derivative]:
        return [
            Derivative(edge.user, edge.node, edge.local, place)
            for edge, place in zip(self.edges, self.places, strict=True)
        ]

    @property
    def formula(self) -> Formula:
        """O produto, com cada derivada local em símbolos."""
        return product(
            [local for edge in self.edges if (local := self.slopes.of(edge.user)[edge.position])], chain=True
        )

    @property
    def numbers(self) -> Formula:
        """O produto, com cada derivada local pelo seu número."""
        locals_ = [self.slopes.of(edge.user)[edge.position] for edge in self.edges]
        numbers = [Number(named.value, named) for named in self._named()]
        return product([one for one, local in zip(numbers, locals_, strict=True) if local != ONE], chain=True)


@dataclass(frozen=True, repr=False)
class Paths(Document):
    """Os caminhos da saída até um parâmetro; `print` os mostra como texto, e um caderno Jupyter, com fórmulas.

    Attributes:
        root: o nó de que se parte.
        parameter: o nó a que se chega.
        count: quantos caminhos há, um inteiro exato.
        paths: os que se listam, o de maior produto (em módulo) primeiro.
        total: a soma do produto de todos, listados ou não.
        gradient: o gradiente do parâmetro, calculado pelo passo para trás.
        lang: a língua do texto.
        digits: algarismos significativos.
    """

    root: Node
    parameter: Node
    count: int
    paths: tuple[Path, ...]
    total: Any
    gradient: Any
    letter: str
    lang: str
    digits: int

    @property
    def rest(self) -> Any:
        """A soma dos caminhos que não se listam."""
        return 0 if self.count == len(self.paths) else self.total - _sum([path.product for path in self.paths])

    def title(self) -> str:
        """O título do documento."""
        root, parameter = (shown_name(node.name) for node in (self.root, self.parameter))
        return sentence("paths.title", self.lang, root=root, parameter=parameter)

    def outline(self) -> list[Section]:
        """Uma seção só: um caminho por linha, e a soma deles ao lado do gradiente."""
        intro = self._intro()
        letters = [Letter(f"{self.letter}{place}", path.product) for place, path in enumerate(self.paths, start=1)]
        lines = [
            Line(letter, (path.derivatives, path.formula, path.numbers, Number(path.product)))
            for letter, path in zip(letters, self.paths, strict=True)
        ]
        left = Derivative(self.root, self.parameter, self.gradient)
        if not self.paths:
            return [Section(self.title(), intro, (Line(left, (Number(0),)),))]
        terms: list[Formula] = [*letters]
        if self.count > len(self.paths):
            terms.append(Letter("R", self.rest))
        whole = total(terms)
        lines.append(Line(left, (whole, in_numbers(whole), Number(self.total)), note=self._check()))
        return [Section(self.title(), intro, tuple(lines))]

    def _intro(self) -> str:
        """Quantos caminhos há, e o que quer dizer o primeiro fator que só conta um dos lugares de um nó."""
        intro = sentence(f"paths.{self._case()}", self.lang, count=number(self.count), shown=len(self.paths))
        for path in self.paths:
            for edge, place in zip(path.edges, path.places, strict=True):
                if place:
                    user, name = (subscripts(shown_name(node.name)) for node in (edge.user, edge.node))
                    example = sentence("lesson.place", self.lang, name=name, place=place)
                    said = {"intro": intro, "example": example, "place": place, "name": name, "user": user}
                    return sentence("paths.places", self.lang, **said)
        return intro

    def _case(self) -> str:
        """Que frase diz quantos caminhos há."""
        if self.count < 2:
            return ("none", "one")[self.count]
        return "all" if self.count == len(self.paths) else "some"

    def _check(self) -> str:
        """O que se diz da soma ao lado do gradiente do passo para trás."""
        return sentence("paths.check", self.lang, gradient=number(self.gradient, self.digits))

    def __repr__(self) -> str:
        return f"<Paths de {self.root.name} a {self.parameter.name}: {number(self.count)}; mostre-os com print>"


def find_paths(graph: Graph, parameter: Value | str, most: int, lang: str, digits: int) -> Paths:
    """Os caminhos da raiz do grafo até um nó.

    Args:
        graph: o grafo.
        parameter: o nó vivo, ou o nome dele.
        most: quantos caminhos se listam, os de maior produto (em módulo) primeiro.
        lang: a língua do texto.
        digits: algarismos significativos.

    Raises:
        KeyError: não há nó com esse nome.
        ValueError: o nó não está no grafo, ou `most` não é um inteiro maior que 0.
        TypeError: o parâmetro não é um `Value` nem um nome.
    """
    most, node = whole(most, "most"), _node(graph, parameter)
    found = PathSearch(graph, node)
    slopes = Slopes(graph)
    ways = _Ways(graph)
    listed = tuple(
        [Path(edges, _product(edges), slopes, tuple(map(ways.place, edges))) for edges in islice(found, most)]
    )
    sum_of_all = _sum([path.product for path in listed]) if found.count == len(listed) else found.total
    gradient = graph.contributions()[1][node.index]
    return Paths(graph.root, node, found.count, listed, sum_of_all, gradient, _letter(graph, lang), lang, digits)


def _node(graph: Graph, parameter: Value | str) -> Node:
    if isinstance(parameter, str):
        return graph[parameter]
    if not isinstance(parameter, Value):
        raise TypeError(f"paths espera um Value ou o nome de um nó, e recebeu {shorten(parameter)}")
    for node in graph.nodes:
        if node.value is parameter:
            return node
    raise ValueError(f"o parâmetro {parameter!r} não está no grafo: o valor explicado não depende dele")


class _Ways:
    """Entre que nós de um grafo há mais de um caminho."""

    def __init__(self, graph: Graph) -> None:
        self._uses = Counter([source.index for source, _, _ in graph.edges])
        self._places: dict[tuple[int, int], int] = {}

    def place(self, edge: Edge) -> int:
        """Que lugar, a partir de 1, esse uso tem entre os do mesmo nó na mesma conta; 0 se ele é o único caminho."""
        key = edge.user.index, edge.position
        if key not in self._places:
            self._places[key] = _place(edge) if self._uses[edge.node.index] > 1 and _is_one_of_many(edge) else 0
        return self._places[key]


def _place(edge: Edge) -> int:
    """O lugar de um uso, na ordem em que a conta se lê; a de um produto escalar é w₁·x₁ + w₂·x₂."""
    inputs, positions = edge.user.inputs, list(range(len(edge.user.inputs)))
    if edge.user.op is ops.weighted_sum:
        half = len(inputs) // 2
        positions.sort(key=lambda position: (position % half, position))
    return [position for position in positions if inputs[position] is edge.node].index(edge.position) + 1


def _is_one_of_many(edge: Edge) -> bool:
    """Verdadeiro se de quem usa ao nó usado se chega também por outro uso."""
    others = [arg for position, arg in enumerate(edge.user.inputs) if position != edge.position]
    seen: set[int] = set()
    while others:
        node = others.pop()
        if node is edge.node:
            return True
        if isinstance(node, Node) and node.index > edge.node.index and node.index not in seen:
            seen.add(node.index)
            others += node.inputs
    return False


def _product(edges: Sequence[Edge]) -> Any:
    whole: Any = 1
    for edge in edges:
        whole = whole * edge.local
    return whole


def _sum(terms: Sequence[Any]) -> Any:
    """A soma, exata entre inteiros e frações, e arredondada uma vez só entre floats finitos."""
    if all(isinstance(term, int | Fraction) for term in terms):
        return sum(terms)
    numbers = [float(term) for term in terms]
    return math.fsum(numbers) if all(map(math.isfinite, numbers)) else sum(numbers)


def _letter(graph: Graph, lang: str) -> str:
    """A letra dos caminhos, C₁, C₂, …: a primeira que não começa o nome de nenhum nó."""
    letters = sentence("paths.letters", lang)
    stems = {typeset.stem for node in graph.nodes if (typeset := typeset_name(node.name)) is not None}
    return next((letter for letter in letters if letter not in stems), letters[0])

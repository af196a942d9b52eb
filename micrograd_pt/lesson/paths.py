"""Os caminhos da saída até um parâmetro: cada um é um produto de derivadas locais, e a soma deles, o gradiente."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from typing import Any

from micrograd_pt.catalog import sentence
from micrograd_pt.engine import Value
from micrograd_pt.graph import Edge, Graph, Node
from micrograd_pt.lesson.document import Document
from micrograd_pt.lesson.formula import ONE, Derivative, Formula, Letter, Number, in_numbers, product, total
from micrograd_pt.lesson.outline import Line, Section
from micrograd_pt.lesson.slopes import Slopes
from micrograd_pt.notation import number, shown_name, typeset_name
from micrograd_pt.ops import shorten


@dataclass(frozen=True)
class Path:
    """Um caminho da saída até o parâmetro.

    Attributes:
        edges: os usos por que ele passa, a partir da saída.
        product: o produto das derivadas locais.
        slopes: as derivadas locais da lição, já escritas.
    """

    edges: tuple[Edge, ...]
    product: Any
    slopes: Slopes = field(repr=False)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Os nós do caminho, da saída ao parâmetro."""
        return (*[edge.user for edge in self.edges], *[edge.node for edge in self.edges[-1:]])

    @property
    def derivatives(self) -> Formula:
        """O produto, com cada derivada local pelo nome: ∂E/∂o · ∂o/∂z_o · ∂z_o/∂w."""
        return product([Derivative(edge.user, edge.node, edge.local) for edge in self.edges], chain=True)

    @property
    def formula(self) -> Formula:
        """O produto, com cada derivada local em símbolos."""
        return product(
            [local for edge in self.edges if (local := self.slopes.of(edge.user)[edge.position])], chain=True
        )

    @property
    def numbers(self) -> Formula:
        """O produto, com cada derivada local pelo seu número."""
        written = [(edge, self.slopes.of(edge.user)[edge.position]) for edge in self.edges]
        return product(
            [
                Number(edge.local, Derivative(edge.user, edge.node, edge.local))
                for edge, local in written
                if local != ONE
            ],
            chain=True,
        )


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
        intro = sentence(f"paths.{self._case()}", self.lang, count=number(self.count), shown=len(self.paths))
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
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        raise ValueError(f"most espera um inteiro maior que 0, e recebeu {shorten(most)}")
    node = _node(graph, parameter)
    found = graph.paths(node)
    slopes = Slopes(graph)
    listed = tuple([Path(edges, _product(edges), slopes) for edges in islice(found, most)])
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

"""O plano de um programa: o que cada nó do grafo vale e recebe, escrito em expressões, e sob que condições.

O grafo é percorrido uma vez. O passo para frente dá a cada nó uma expressão; o passo para trás, a cada uso, a derivada
local escrita pela regra da tabela. Um uso atrás de um ramo que pode fechar fica numa região: o que só serve ali só é
calculado quando a condição vale.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from micrograd_pt.compiler.arguments import require_leaf
from micrograd_pt.compiler.naming import Names
from micrograd_pt.engine import Value
from micrograd_pt.graph import Graph, Node
from micrograd_pt.written import Book, Written, opened

_DEEPEST = 40  # condições umas dentro das outras; o Python aceita 100 níveis de recuo, e `closed` dobra alguns

Region = tuple[Any, ...]
"""As condições que têm de valer, de fora para dentro."""

Edge = tuple[int, Region, Any]
"""O que um uso entrega no passo para trás: quem usa, onde isso vale, e o gradiente × a derivada local."""


class Push(NamedTuple):
    """Uma parcela de gradiente que se soma a uma variável.

    Attributes:
        target: a variável.
        region: onde a parcela existe.
        part: a parcela.
        after: verdadeiro se ela vem de um nó que não muda de uma linha de dados para outra: vale uma vez, depois do
            laço.
        turn: a vez dela: as de turno maior são escritas antes.
    """

    target: Written
    region: Region
    part: Written
    after: bool
    turn: int


@dataclass
class Plan:
    """Tudo o que falta para escrever um programa.

    Attributes:
        book: as expressões.
        inputs: os nomes das entradas.
        parameters: os nomes dos parâmetros.
        output: o valor do último nó.
        values: as expressões que são valores de nós do grafo, com o nó de cada uma.
        pushes: o passo para trás, em ordem.
        sums: as variáveis em que as parcelas se somam, com o nó de cada uma.
        results: a variável com o gradiente de cada folha pedida.
        varying: as expressões que mudam de uma linha de dados para outra.
        homes: a região fora da qual nenhuma dessas variáveis é usada.
        gates: a condição sem a qual o que elas somam não serve para nada.
        adjoints: as expressões que são gradientes de nós, com o nó de cada uma.
    """

    book: Book
    names: Names
    inputs: list[str]
    parameters: list[str]
    output: Written
    values: dict[Written, Node]
    varying: set[Written]
    pushes: list[Push] = field(default_factory=list)
    sums: dict[Written, Node] = field(default_factory=dict)
    homes: dict[Written, Region] = field(default_factory=dict)
    gates: dict[Written, Written] = field(default_factory=dict)
    adjoints: dict[Written, Node] = field(default_factory=dict)
    results: list[Written] = field(default_factory=list)


def make_plan(
    graph: Graph, inputs: Sequence[Value], parameters: Sequence[Value], wanted: Sequence[Value], looped: bool
) -> Plan:
    """O plano do passo para frente e do passo para trás de um grafo.

    Args:
        graph: o grafo da perda.
        inputs: as folhas que recebem números a cada chamada (a cada linha de dados, se `looped`).
        parameters: as folhas que recebem números a cada chamada e são iguais para todas as linhas.
        wanted: as folhas cujo gradiente se quer, na ordem.
        looped: verdadeiro para um programa que soma sobre muitas linhas.

    Raises:
        CompileError: uma operação não se pode escrever.
    """
    return _Planner(graph, inputs, parameters, wanted, looped).plan


class _Planner:
    def __init__(
        self, graph: Graph, inputs: Sequence[Value], parameters: Sequence[Value], wanted: Sequence[Value], looped: bool
    ) -> None:
        self.graph, self.looped = graph, looped
        self.book, self.names = Book(), Names()
        by_value = {node.value: node for node in graph.nodes}
        self.values: dict[Written, Node] = {}
        self.data: list[Any] = [None] * len(graph)
        self.moves = [False] * len(graph)
        input_names = [self._leaf(value, by_value, "x") for value in inputs]
        parameter_names = [self._leaf(value, by_value, "p") for value in parameters]
        for value in inputs:
            if value in by_value:
                self.moves[by_value[value].index] = looped
        self._forward()
        # As entradas, de onde vem tudo o que muda de uma linha para outra; o resto se descobre delas.
        varying = {self.book.name(name) for name in input_names} if looped else set[Written]()
        self.plan = Plan(self.book, self.names, input_names, parameter_names, self.data[-1], self.values, varying)
        self.changing: dict[Written, bool] = {}
        self.received: list[Any] = [None] * len(graph)
        self.doubts: list[Any] = [None] * len(graph)
        self.plan.results = self._backward(wanted, by_value)

    def _leaf(self, value: Value, by_value: dict[Value, Node], stem: str) -> str:
        """Dá nome a uma folha que recebe um número a cada chamada."""
        node = by_value.get(value)
        name = self.names.new(value.label or stem)
        require_leaf(value)
        if node is not None:
            self.data[node.index] = self.book.name(name)
        return name

    def _forward(self) -> None:
        """A expressão de cada nó."""
        for node in self.graph.nodes:
            if node.op is None:
                if self.data[node.index] is None:
                    self.data[node.index] = self.book.lift(node.data)
                continue
            value = self.data[node.index] = self.book.apply(node.op, self._args(node))
            if self.looped:
                self.moves[node.index] = _any_of(self.moves, node)
            if value.kind not in ("const", "name") and value not in self.values:
                self.values[value] = node

    def _args(self, node: Node) -> list[Any]:
        return [self.data[arg.index] if type(arg) is Node else self.book.lift(arg) for arg in node.inputs]

    def _backward(self, wanted: Sequence[Value], by_value: dict[Value, Node]) -> list[Written]:
        """As parcelas de gradiente, da saída para as folhas pedidas."""
        book, graph = self.book, self.graph
        needed = [False] * len(graph)
        for value in wanted:
            if value in by_value:
                needed[by_value[value].index] = True
        for node in graph.nodes:
            needed[node.index] = needed[node.index] or _any_of(needed, node)
        leaves = {by_value[value].index for value in wanted if value in by_value}
        waiting: dict[int, list[Edge]] = {}
        regions: list[Region] = [()] * len(graph)
        rows = book.name("rows_count")
        for node in reversed(graph.nodes):
            place = node.index
            if not needed[place]:
                continue
            if node is graph.root:
                by_row = self.moves[place] and node.op is not None  # o de uma folha é o de todas as linhas
                self.received[place] = book.constant(1.0) if by_row or not self.looped else rows
            elif edges := waiting.pop(place, None):
                regions[place] = common([region for _, region, _ in edges])
                deep = len(regions[place]) >= _DEEPEST
                self._receive(node, edges, regions[place], place in leaves, deep)
                self.doubts[place] = None if deep else self._doubt(node, edges, regions[place])
                if deep:
                    regions[place] = (self._arrived(self.received[place]),)
                if self.looped and not self.moves[place]:
                    regions[place] = self._lasting(regions[place], self.received[place])
            received = self.received[place]
            if received is None or node.op is None:
                continue
            wanted_args = [type(arg) is Node and needed[arg.index] for arg in node.inputs]
            slopes = book.slopes(node.op, self.data[place], self._args(node), wanted_args)
            conditions = self._send(node, slopes, regions[place], waiting)
            if len(conditions) == 1 and True not in conditions and self.plan.sums.get(received) is node:
                self.plan.gates[received] = conditions.pop()
        self.plan.pushes.sort(key=lambda push: -push.turn)
        return [self._result(value, by_value) for value in wanted]

    def _send(self, node: Node, slopes: list[Any], region: Region, waiting: dict[int, list[Edge]]) -> set[Any]:
        """Entrega a cada argumento a sua parcela, onde ela existe; devolve as condições disso."""
        place, conditions = node.index, set()
        received, doubt = self.received[place], self.doubts[place]
        for arg, slope in zip(node.inputs, slopes, strict=True):
            condition, slope = opened(slope)
            if slope is None:
                continue
            where = region
            if doubt is not None and not (slope.number is not None and math.isfinite(slope.number)):
                where = (*where, doubt)
            if condition is not True and condition not in where:
                where = (*where, condition)
            conditions.add(condition)
            waiting.setdefault(arg.index, []).append((place, where, self.book.chain(received, slope)))
        return conditions

    def _lasting(self, region: Region, received: Written) -> Region:
        """A região de um nó que não muda de linha para linha, depois do laço, quando a última linha já nada decide.

        Das condições só ficam as que também não mudam. No lugar das outras: se chegou algum gradiente.
        """
        kept = tuple(condition for condition in region if not self._changes(condition))
        return region if kept == region else (*kept, self._arrived(received))

    def _doubt(self, node: Node, edges: list[Edge], region: Region) -> Any:
        """A condição sem a qual nada chega a um nó, embora a região dele valha; None se algo sempre chega.

        Um nó usado em dois ramos, quando os dois se fecham, não recebe um 0: não recebe nada.
        """
        for user, where, _ in edges:
            if self.doubts[user] is None and where == region:
                return None
        doubt = self.doubts[edges[0][0]]
        settled = self.looped and not self.moves[node.index]  # depois do laço, o que a última linha diz não serve
        if not settled and all([self.doubts[user] is doubt and where == region for user, where, _ in edges]):
            return doubt
        return self._arrived(self.received[node.index])

    def _arrived(self, received: Written) -> Any:
        """A condição de que chegou algum gradiente a uma variável que começa em 0; NaN também é algum."""
        return received

    def _changes(self, condition: Written) -> bool:
        """Verdadeiro se a condição depende de algo que muda de uma linha de dados para outra."""
        stack = [condition]
        while stack:
            expression = stack[-1]
            waiting = [part for part in expression.parts if part not in self.changing]
            if expression in self.changing or not waiting:
                stack.pop()
                known = expression in self.plan.varying or any(self.changing[part] for part in expression.parts)
                self.changing.setdefault(expression, known)
            stack += waiting
        return self.changing[condition]

    def _receive(self, node: Node, edges: list[Edge], region: Region, leaf: bool, deep: bool) -> None:
        """O gradiente de um nó: uma expressão, ou uma variável a que cada região soma a sua parcela.

        Fundo demais, é sempre uma variável de fora de todas as regiões: delas basta então saber se algo chegou.
        """
        settled = self.looped and not self.moves[node.index]
        accumulates = settled and (region != () or any(self.moves[user] for user, _, _ in edges))
        if not (leaf or accumulates or deep) and (len(edges) == 1 or all(where == region for _, where, _ in edges)):
            (_, _, total), *others = edges
            for _, _, part in others:
                total = self.book.add(total, part)
            self.received[node.index] = total
            self.plan.adjoints.setdefault(total, node)
            return
        variable = self.book.name(self.names.new(f"g_{node.name}"))
        self.plan.sums[variable] = node
        self.plan.homes[variable] = () if leaf or settled or deep else region
        grouped: dict[tuple[Region, bool], tuple[Any, int]] = {}
        for user, where, part in edges:
            after = self.looped and not self.moves[user]
            key = (where, after)
            if key in grouped:
                part = self.book.add(grouped[key][0], part)
            grouped[key] = part, user  # o último usuário é o que chega por último
        for (where, after), (part, turn) in grouped.items():
            self.plan.pushes.append(Push(variable, where, part, after, turn))
        self.received[node.index] = variable
        if self.looped and not settled and not leaf:
            self.plan.varying.add(variable)

    def _result(self, value: Value, by_value: dict[Value, Node]) -> Written:
        """A variável com o gradiente de uma folha pedida; 0 se nada chega a ela."""
        node = by_value.get(value)
        received = None if node is None else self.received[node.index]
        return self.book.constant(0.0) if received is None else received


def _any_of(marks: Sequence[bool], node: Node) -> bool:
    """Verdadeiro se algum argumento do nó tem a marca."""
    return any([type(arg) is Node and marks[arg.index] for arg in node.inputs])


def common(regions: Sequence[Region]) -> Region:
    """O começo que todas as regiões têm em comum."""
    first = regions[0]
    if len(regions) == 1 or not first:
        return first
    size = min(map(len, regions))
    while any(region[:size] != first[:size] for region in regions):
        size -= 1
    return first[:size]

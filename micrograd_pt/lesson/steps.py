"""Os passos da lição como dados, e a lição que os reúne."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from micrograd_pt.engine import Value
from micrograd_pt.given import maker, positive, whole
from micrograd_pt.graph import Contribution, Graph, Node
from micrograd_pt.lesson.closures import BEHIND, CLOSED, COMPARED, KINK, closure
from micrograd_pt.lesson.document import Document
from micrograd_pt.lesson.formula import (
    ONE,
    Derivative,
    Formula,
    Letter,
    Negative,
    Number,
    Sum,
    Symbol,
    forward_formula,
    in_numbers,
    product,
    total,
)
from micrograd_pt.lesson.outline import Line, Section
from micrograd_pt.lesson.paths import Paths, find_paths
from micrograd_pt.lesson.plain import PlainWriter
from micrograd_pt.lesson.rules import Rule, rules_of
from micrograd_pt.lesson.slopes import Slopes
from micrograd_pt.words import DIGITS, number, sentence, shown_name, subscripts

MOST_STEPS = 400
"""Quantos passos de cada seção se mostram de um grafo grande."""


@dataclass(frozen=True)
class ForwardStep:
    """Um nó calculado.

    Attributes:
        node: o nó; `node.op` é a operação.
        result: o valor.
        printed: o que um livro imprime ao lado deste valor, se imprime algo.
    """

    node: Node
    result: Any
    printed: str | None = None

    @property
    def formula(self) -> Formula:
        """A operação em símbolos: σ(z_h1)."""
        return forward_formula(self.node)

    @property
    def numbers(self) -> Formula:
        """A mesma, com números."""
        return in_numbers(self.formula)


@dataclass(frozen=True)
class Part:
    """O que chega a um nó por um dos seus usos.

    Attributes:
        contribution: de onde vem, com o gradiente que vem de cima, a derivada local e o produto.
        upstream: o gradiente que vem de cima, em símbolos: ∂E/∂h1.
        slopes: as derivadas locais da lição, já escritas.
    """

    contribution: Contribution
    upstream: Derivative
    slopes: Slopes = field(repr=False)

    @property
    def local_formula(self) -> Formula | None:
        """A derivada local em símbolos; None num ramo fechado."""
        if self.contribution.local is None:
            return None
        return self.slopes.of(self.contribution.user)[self.contribution.position]

    @property
    def local_numbers(self) -> Formula | None:
        """A mesma, com números."""
        local = self.local_formula
        return None if local is None else in_numbers(local)

    @property
    def formula(self) -> Formula | None:
        """O gradiente que vem de cima vezes a derivada local, em símbolos; None num ramo fechado."""
        local = self.local_formula
        return None if local is None else product([self.upstream, local], chain=True)

    @property
    def term(self) -> Formula:
        """A parcela deste uso: a fórmula, ou 0, se dele nada chega."""
        formula = self.formula
        return Number(0) if formula is None else formula

    @property
    def closure(self) -> str:
        """Por que daqui não vem gradiente: `"closed"`, `"kink"`, `"compared"` ou `"behind"`; vazio se vem."""
        part = self.contribution
        return "" if part.local is not None else closure(part.user, part.position)


@dataclass(frozen=True)
class BackwardStep:
    """O gradiente de um nó: a soma do que chega por todos os seus usos.

    Attributes:
        node: o nó.
        parts: um por uso; vazio na raiz, de onde se parte.
        gradient: a soma.
    """

    node: Node
    parts: tuple[Part, ...]
    gradient: Any

    @property
    def open_parts(self) -> tuple[Part, ...]:
        """Os usos por que passa gradiente: os que não são ramos fechados."""
        return tuple([part for part in self.parts if part.contribution.local is not None])

    @property
    def added_parts(self) -> tuple[Part, ...]:
        """Os usos que se escrevem na soma: todos, menos os que só comparam, e um uso sozinho de que nada chega."""
        added = tuple([part for part in self.parts if part.closure != COMPARED])
        return added if len(added) > 1 else self.open_parts

    @property
    def closures(self) -> dict[str, list[Node]]:
        """Por que razão, de cada nó que usa este, nada chega."""
        found: dict[str, list[Node]] = {}
        for part in self.parts:
            users = found.setdefault(part.closure, []) if part.closure else []
            if part.contribution.user not in users:
                users.append(part.contribution.user)
        return found

    @property
    def formula(self) -> Formula:
        """A soma, sobre os usos, do gradiente que vem de cima vezes a derivada local, em símbolos."""
        return total([part.term for part in self.added_parts]) if self.parts else ONE

    @property
    def numbers(self) -> Formula:
        """A mesma, com números."""
        return in_numbers(self.formula)


@dataclass(frozen=True)
class UpdateStep:
    """A atualização de um parâmetro: novo = antigo − taxa × gradiente.

    Attributes:
        node: o parâmetro.
        gradient: a derivada da perda em relação a ele.
        learning_rate: a taxa de aprendizado.
        result: o valor novo (o parâmetro mesmo não é tocado).
        loss: o nó de que se partiu.
    """

    node: Node
    gradient: Any
    learning_rate: float
    result: Any
    loss: Node

    @property
    def formula(self) -> Formula:
        """A conta em símbolos: w - α · ∂E/∂w."""
        change = product([Letter("α", self.learning_rate), Derivative(self.loss, self.node, self.gradient)], chain=True)
        return Sum((Symbol(self.node), Negative(change)))

    @property
    def numbers(self) -> Formula:
        """A mesma, com números."""
        return in_numbers(self.formula)


@dataclass(frozen=True, repr=False)
class Lesson(Document):
    """A lição inteira; `print` a mostra como texto, e um caderno Jupyter, com fórmulas.

    Attributes:
        graph: o grafo explicado.
        forward: os nós calculados, na ordem.
        backward: os gradientes, da saída para as folhas.
        updates: as atualizações, se se deu uma taxa de aprendizado.
        lang: a língua do texto.
        digits: algarismos significativos.
    """

    graph: Graph
    forward: tuple[ForwardStep, ...]
    backward: tuple[BackwardStep, ...]
    updates: tuple[UpdateStep, ...]
    lang: str = "pt"
    digits: int = DIGITS

    def nodes(self, *names: str) -> Lesson:
        """Só os passos desses nós.

        Raises:
            KeyError: não há nó com esse nome.
        """
        wanted = {self.graph[name].index for name in names}
        return Lesson(
            self.graph,
            tuple(step for step in self.forward if step.node.index in wanted),
            tuple(step for step in self.backward if step.node.index in wanted),
            tuple(step for step in self.updates if step.node.index in wanted),
            self.lang,
            self.digits,
        )

    def paths(self, parameter: Value | str, most: int = 12) -> Paths:
        """Todos os caminhos da saída até um parâmetro: cada um é um produto de derivadas locais, e a soma, o gradiente.

        Args:
            parameter: o nó, ou o nome dele.
            most: quantos caminhos se listam; se há mais, os que mais contribuem.

        Raises:
            KeyError: não há nó com esse nome.
            ValueError: o nó não está no grafo, ou `most` não é um inteiro maior que 0.
        """
        return find_paths(self.graph, parameter, most, self.lang, self.digits)

    def gradient(self, name: str) -> Any:
        """O gradiente do nó com esse nome.

        Raises:
            KeyError: a lição não tem passo para trás desse nó.
        """
        for step in self.backward:
            if step.node.name == name:
                return step.gradient
        raise KeyError(f"a lição não tem passo para trás de {name!r}")

    def html(self) -> str:
        """A página viva desta lição, como texto.

        Raises:
            CompileError: uma operação que não se pode escrever em JavaScript.
        """
        text: str = maker("lesson_html")(self)
        return text

    def save_html(self, path: str | os.PathLike[str]) -> Path:
        """Grava a página viva desta lição.

        Args:
            path: o arquivo, como `"aula.html"`.

        Returns:
            O caminho dele.

        Raises:
            CompileError: uma operação que não se pode escrever em JavaScript.
            OSError: não foi possível gravar.
        """
        saved: Path = maker("save_lesson_html")(self, path)
        return saved

    def __repr__(self) -> str:
        counts = f"{len(self.forward)} para frente, {len(self.backward)} para trás, {len(self.updates)} de atualização"
        return f"<Lesson de {self.graph.root.name}: passos {counts}; mostre-a com print>"

    def title(self) -> str:
        """O título do documento."""
        return sentence("lesson.title", self.lang)

    def outline(self) -> list[Section]:
        """O aviso de que há mais do que se mostra, o passo para frente, o passo para trás e a atualização."""
        sections = []
        if max(len(self.forward), len(self.backward), len(self.updates)) > MOST_STEPS:
            notice = sentence("lesson.large", self.lang, nodes=len(self.graph), shown=MOST_STEPS)
            sections.append(Section("", notice))
        if self.forward:
            sections.append(self.forward_section())
        if self.backward:
            sections.append(self.backward_section())
        if self.updates:
            sections.append(self.update_section())
        return sections

    def forward_section(self) -> Section:
        """O passo para frente: cada nó em símbolos, depois em números, depois o resultado."""
        lines = [
            Line(
                Symbol(step.node),
                (step.formula, step.numbers, Number(step.result)),
                note=sentence("forward.printed", self.lang, value=step.printed) if step.printed else "",
            )
            for step in self.forward[-MOST_STEPS:]
        ]
        return Section(sentence("forward.title", self.lang), sentence("forward.how", self.lang), tuple(lines))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """As derivadas locais que o passo para trás usa: de cada operação, a regra com letras gerais."""
        users = {part.contribution.user.index for step in self.backward for part in step.open_parts}
        return rules_of([self.graph.nodes[index] for index in sorted(users)], [node.name for node in self.graph.nodes])

    def rules_section(self) -> Section:
        """As derivadas locais: de cada operação, a derivada do resultado em relação a cada argumento."""
        writer, rules = PlainWriter(self.digits, self.lang), self.rules
        lines = [
            Line(
                Derivative(rule.result, rule.argument, None),
                (rule.derivative,),
                note=f"{writer.name(rule.result)} = {writer.formula(rule.formula)}",
            )
            for rule in rules
        ]
        name = rules[0].result.name if rules else ""
        return Section(sentence("rules.title", self.lang), sentence("rules.how", self.lang, name=name), tuple(lines))

    def backward_section(self) -> Section:
        """O passo para trás: o gradiente que vem de cima vezes a derivada local, somado sobre os usos."""
        lines = [self._backward_line(step) for step in self.backward[:MOST_STEPS]]
        return Section(sentence("backward.title", self.lang), sentence("backward.how", self.lang), tuple(lines))

    def _backward_line(self, step: BackwardStep) -> Line:
        left, result = Derivative(self.graph.root, step.node, step.gradient), Number(step.gradient)
        if not step.parts:
            return Line(left, (result,), note=sentence("backward.start", self.lang))
        products = [Number(part.contribution.product) for part in step.added_parts]
        return Line(left, (step.formula, step.numbers, total(products), result), note=self._closures(step))

    def _closures(self, step: BackwardStep) -> str:
        """Por onde não passa gradiente, e por quê."""
        closures, said = step.closures, []
        for reason in (KINK, CLOSED, BEHIND) if closures.keys() - {COMPARED} else (COMPARED,):
            users = closures.get(reason, [])
            names = ", ".join([*[subscripts(shown_name(user.name)) for user in users[:3]], *["…"] * (len(users) > 3)])
            at = number(step.node.data, self.digits)
            said += [sentence(f"backward.{reason}", self.lang, users=names, at=at)] if users else []
        return "; ".join(said)

    def update_section(self) -> Section:
        """A atualização de cada parâmetro."""
        lines = [
            Line(Symbol(step.node), (step.formula, step.numbers, Number(step.result)), "←") for step in self.updates
        ]
        rate = number(self.updates[0].learning_rate, self.digits) if self.updates else ""
        title = sentence("update.title", self.lang, rate=rate)
        return Section(title, sentence("update.how", self.lang), tuple(lines[:MOST_STEPS]))


def explain(
    loss: Value,
    parameters: Iterable[Value] | None = None,
    *,
    learning_rate: float | None = None,
    printed: Mapping[str, str] | None = None,
    lang: str = "pt",
    digits: int = DIGITS,
) -> Lesson:
    """Explica um grafo: o passo para frente, o passo para trás e, dada uma taxa, a atualização. Nenhum `grad` muda.

    Args:
        loss: o valor de que se parte (a perda, ou qualquer outro).
        parameters: as folhas cujo gradiente interessa; sem indicação, todas as que têm rótulo.
        learning_rate: a taxa de aprendizado, para mostrar a atualização de pesos.
        printed: o que um livro imprime ao lado do valor de um nó, pelo nome dele, como `chapter15.printed(loss)`.
        lang: a língua do texto, `"pt"` ou `"en"`.
        digits: algarismos significativos, de 1 a 17.

    Raises:
        TypeError: `loss` não é um `Value`.
        ValueError: um parâmetro não está no grafo, língua desconhecida ou número de algarismos fora de 1 a 17.
        ChangedLeafError: uma folha mudou desde o passo para frente.
        DomainError: uma derivada de que se precisa não existe.
    """
    sentence("forward.title", lang)
    digits = whole(digits, "digits", 1, 17)
    if isinstance(parameters, Value):
        raise TypeError("parameters espera uma lista de Values, como [w], e recebeu um Value só")
    graph = Graph(loss)
    wanted = _wanted(graph, parameters)
    rate = None if learning_rate is None else positive(learning_rate, "learning_rate")
    printed = printed or {}
    parts, totals = graph.contributions()
    slopes = Slopes(graph)
    upstream = [Derivative(graph.root, node, gradient) for node, gradient in zip(graph.nodes, totals, strict=True)]

    forward = [ForwardStep(node, node.data, printed.get(node.name)) for node in graph.nodes if node.op is not None]
    backward = [
        BackwardStep(
            node,
            tuple([Part(part, upstream[part.user.index], slopes) for part in parts[node.index]]),
            totals[node.index],
        )
        for node in _from_the_output(graph)
        if node.index in wanted
    ]
    updates = [
        UpdateStep(node, totals[node.index], rate, node.data - rate * totals[node.index], graph.root)
        for node in graph.leaves
        if node.index in wanted and rate is not None
    ]
    return Lesson(graph, tuple(forward), tuple(backward), tuple(updates), lang, digits)


def _from_the_output(graph: Graph) -> list[Node]:
    """Os nós camada por camada a partir da saída: cada um depois de todos os que o usam."""
    distance = [0] * len(graph)
    for user in reversed(graph.nodes):
        for arg in user.inputs:
            if isinstance(arg, Node):
                distance[arg.index] = max(distance[arg.index], distance[user.index] + 1)
    return sorted(graph.nodes, key=lambda node: (distance[node.index], node.index))


def _wanted(graph: Graph, parameters: Iterable[Value] | None) -> set[int]:
    """Os nós cujo gradiente se mostra: os parâmetros pedidos e tudo o que está no caminho até eles."""
    if parameters is None:
        chosen = [node for node in graph.leaves if node.value.label] or list(graph.leaves)
    else:
        by_id = {id(node.value): node for node in graph.nodes}
        chosen = []
        for parameter in parameters:
            if id(parameter) not in by_id:
                raise ValueError(f"o parâmetro {parameter!r} não está no grafo: o valor explicado não depende dele")
            chosen.append(by_id[id(parameter)])
    wanted = {node.index for node in chosen}
    for node in graph.nodes:
        if any(isinstance(arg, Node) and arg.index in wanted for arg in node.inputs):
            wanted.add(node.index)
    return wanted

"""Os passos da lição como dados, e a lição que os reúne."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd_pt.catalog import sentence
from micrograd_pt.engine import Value
from micrograd_pt.graph import Contribution, Graph, Node
from micrograd_pt.lesson.formula import Show, formula, local_formula
from micrograd_pt.notation import DIGITS, number
from micrograd_pt.ops import as_number


@dataclass(frozen=True)
class ForwardStep:
    """Um nó calculado.

    Attributes:
        node: o nó.
        formula: a operação em símbolos (`"σ(z_h1)"`).
        numbers: a mesma, com números.
        result: o valor.
    """

    node: Node
    formula: str
    numbers: str
    result: Any


@dataclass(frozen=True)
class Part:
    """O que chega a um nó por um dos seus usos.

    Attributes:
        contribution: de onde vem, com o gradiente que vem de cima, a derivada local e o produto.
        local_formula: a derivada local em símbolos; None num ramo fechado.
        local_numbers: a mesma, com números.
    """

    contribution: Contribution
    local_formula: str | None
    local_numbers: str | None


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


@dataclass(frozen=True)
class UpdateStep:
    """A atualização de um parâmetro: novo = antigo − taxa × gradiente.

    Attributes:
        node: o parâmetro.
        gradient: a derivada da perda em relação a ele.
        learning_rate: a taxa de aprendizado.
        result: o valor novo (o parâmetro mesmo não é tocado).
    """

    node: Node
    gradient: Any
    learning_rate: float
    result: Any


@dataclass(frozen=True, repr=False)
class Lesson:
    """A lição inteira; `str()` e `print` a mostram como texto.

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

    def __repr__(self) -> str:
        counts = f"{len(self.forward)} para frente, {len(self.backward)} para trás, {len(self.updates)} de atualização"
        return f"<Lesson de {self.graph.root.name}: passos {counts}; mostre-a com print>"

    def gradient(self, name: str) -> Any:
        """O gradiente do nó com esse nome.

        Raises:
            KeyError: a lição não tem passo para trás desse nó.
        """
        for step in self.backward:
            if step.node.name == name:
                return step.gradient
        raise KeyError(f"a lição não tem passo para trás de {name!r}")


def explain(
    loss: Value,
    parameters: Iterable[Value] | None = None,
    *,
    learning_rate: float | None = None,
    lang: str = "pt",
    digits: int = DIGITS,
) -> Lesson:
    """Explica um grafo: o passo para frente, o passo para trás e, dada uma taxa, a atualização. Nenhum `grad` muda.

    Args:
        loss: o valor de que se parte (a perda, ou qualquer outro).
        parameters: as folhas cujo gradiente interessa; sem indicação, todas as que têm rótulo.
        learning_rate: a taxa de aprendizado, para mostrar a atualização de pesos.
        lang: a língua do texto, `"pt"` ou `"en"`.
        digits: algarismos significativos, de 1 a 17.

    Raises:
        TypeError: `loss` não é um `Value`.
        ValueError: um parâmetro não está no grafo, língua desconhecida ou número de algarismos fora de 1 a 17.
        ChangedLeafError: uma folha mudou desde o passo para frente.
        DomainError: uma derivada de que se precisa não existe.
    """
    sentence("forward.title", lang)
    if not isinstance(digits, int) or not 1 <= digits <= 17:
        raise ValueError(f"digits espera um inteiro de 1 a 17, e recebeu {digits!r}")
    if isinstance(parameters, Value):
        raise TypeError("parameters espera uma lista de Values, como [w], e recebeu um Value só")
    graph = Graph(loss)
    wanted = _wanted(graph, parameters)
    parts, totals = graph.contributions()
    names = [Value(node.data, node.name) for node in graph.nodes]
    symbols, numbers, slopes = _name, _numeral(digits), _Slopes(names)

    forward = [_forward_step(node, names, symbols, numbers) for node in graph.nodes if node.op is not None]
    backward = [
        _backward_step(node, parts[node.index], totals[node.index], slopes, symbols, numbers)
        for node in _from_the_output(graph)
        if node.index in wanted
    ]
    updates = []
    if learning_rate is not None:
        rate = as_number(learning_rate, "learning_rate")
        if not (math.isfinite(rate) and rate > 0):
            raise ValueError(f"learning_rate espera um número finito maior que 0, e recebeu {learning_rate!r}")
        updates = [
            UpdateStep(node, totals[node.index], rate, node.data - rate * totals[node.index])
            for node in graph.leaves
            if node.index in wanted
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


def _forward_step(node: Node, names: Sequence[Value], symbols: Show, numbers: Show) -> ForwardStep:
    assert node.op is not None
    args = _named(node.inputs, names)
    return ForwardStep(node, formula(node.op, args, symbols), formula(node.op, args, numbers), node.data)


def _backward_step(
    node: Node, parts: Sequence[Contribution], gradient: Any, slopes: _Slopes, symbols: Show, numbers: Show
) -> BackwardStep:
    written = []
    for part in parts:
        if part.local is None:
            written.append(Part(part, None, None))
        else:
            slope = slopes.of(part.user)[part.position]
            written.append(Part(part, local_formula(slope, symbols), local_formula(slope, numbers)))
    return BackwardStep(node, tuple(written), gradient)


class _Slopes:
    """As derivadas locais escritas: cada regra é chamada uma vez por nó, com folhas no lugar dos argumentos."""

    def __init__(self, names: Sequence[Value]) -> None:
        self.names = names
        self._written: dict[int, list[Any]] = {}

    def of(self, user: Node) -> list[Any]:
        """As derivadas de `user` em relação a cada argumento."""
        if user.index not in self._written:
            assert user.op is not None
            wanted = [isinstance(arg, Node) for arg in user.inputs]
            args = _named(user.inputs, self.names)
            self._written[user.index] = user.op.derivatives(self.names[user.index], args, wanted=wanted)
        return self._written[user.index]


def _named(inputs: Sequence[Any], names: Sequence[Value]) -> list[Any]:
    """Os argumentos com uma folha de mesmo nome no lugar de cada nó."""
    return [names[arg.index] if isinstance(arg, Node) else arg for arg in inputs]


def _name(leaf: Any) -> str:
    """Uma folha pelo seu nome, uma constante pelo seu número."""
    return leaf.label if isinstance(leaf, Value) else number(leaf)


def _numeral(digits: int) -> Show:
    """Mostra folhas e constantes como números."""
    return lambda leaf: number(leaf.data if isinstance(leaf, Value) else leaf, digits)

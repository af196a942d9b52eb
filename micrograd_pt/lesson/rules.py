"""As derivadas locais que uma lição usa, como a tabela as escreve: de cada operação, a regra com letras gerais."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from micrograd_pt.engine import Value
from micrograd_pt.graph import Graph, Node
from micrograd_pt.lesson.formula import Formula, forward_formula
from micrograd_pt.lesson.slopes import Slopes
from micrograd_pt.threads import recording

_RESULTS, _ARGUMENTS = "yrsu", "abcdpqkm"
_SHOWN_PAIRS = 2


@dataclass(frozen=True)
class Rule:
    """A regra de uma operação: y = σ(a) e ∂y/∂a = y·(1 − y).

    Attributes:
        result: y, um nó só da regra.
        argument: a.
        derivative: ∂y/∂a em símbolos.
    """

    result: Node
    argument: Node
    derivative: Formula

    @property
    def formula(self) -> Formula:
        """A operação em símbolos: σ(a)."""
        return forward_formula(self.result)


def rules_of(users: Iterable[Node], taken: Iterable[str]) -> tuple[Rule, ...]:
    """As regras das operações destes nós, cada uma uma vez, na ordem em que aparecem.

    Uma constante fica como está: de v², a regra é a do quadrado. De uma operação com muitos argumentos, como uma soma
    ponderada, basta o começo.

    Args:
        users: nós calculados.
        taken: os nomes que a lição já usa, e que as letras das regras evitam.
    """
    used = set(taken)
    result = next((letter for letter in _RESULTS if letter not in used), _RESULTS[0])
    letters = [letter for letter in _ARGUMENTS if letter not in used] or list(_ARGUMENTS)
    seen: set[tuple[str, tuple[bool, ...]]] = set()
    found: list[Rule] = []
    for user in users:
        kept = list(_kept(user))
        key = "" if user.op is None else user.op.name, tuple([isinstance(user.inputs[place], Node) for place in kept])
        if user.op is None or key in seen or len(kept) > len(letters):
            continue
        seen.add(key)
        found += _written(user, kept, result, letters)
    return tuple(found)


def _kept(user: Node) -> Iterator[int]:
    """Os argumentos que a regra mostra: todos; de uma soma, os dois primeiros; de um dot, os dois primeiros pares."""
    count = len(user.inputs)
    if user.op is None or user.op.arity is not None:
        yield from range(count)
        return
    half = count // 2 if user.op.name == "dot" else count
    for start in range(0, count, half):
        yield from range(start, start + min(half, _SHOWN_PAIRS))


def _written(user: Node, kept: list[int], result: str, letters: list[str]) -> Iterator[Rule]:
    """A regra de um nó, com letras no lugar dos argumentos; nenhuma, se ali ela não existe."""
    assert user.op is not None
    spare = iter(letters)
    args = [user.inputs[place] for place in kept]
    leaves = [Value(arg.data, next(spare)) if isinstance(arg, Node) else arg for arg in args]
    try:
        value = recording(Value.record)(user.op, *leaves)
        value.label = result
        graph = Graph(value)
        slopes = Slopes(graph).of(graph.root)
    except (ValueError, OverflowError):
        return
    for argument, slope in zip(graph.root.inputs, slopes, strict=True):
        if isinstance(argument, Node) and slope is not None:
            yield Rule(graph.root, argument, slope)

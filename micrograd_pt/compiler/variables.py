"""O que se escreve de um plano, o que disso ganha variável, e onde ela nasce; o resto fica na linha de quem o usa."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from micrograd_pt.compiler.closed import rest_of
from micrograd_pt.compiler.expressions import COMPARISONS, Expression
from micrograd_pt.compiler.plan import Plan, Push, Region, common

_index = attrgetter("index")
_DEEPEST = 60  # partes dentro de partes numa linha; o analisador do Python é recursivo
_LONG = 3  # partes dentro de partes a partir das quais uma conta repetida em blocos irmãos é escrita antes deles

_CONDITIONS = frozenset(("and", "or", "not", *COMPARISONS))
_INLINE = _CONDITIONS | {"const", "name"}  # nunca ganham variável
_SAFE = _INLINE | {"+", "-", "*", "neg", "choose"}  # não falham


class Variables:
    """As expressões de um plano, medidas.

    Args:
        plan: o plano.

    Attributes:
        pushes: as parcelas de gradiente que algum resultado usa.
        order: todas as expressões, em ordem de criação: as partes antes.
        kept: as que ganham variável: usadas duas vezes, ou fundas demais para uma linha.
        blocks: as escolhas em que um dos lados precisa de variáveis: um bloco `if` para cada lado.
        clipped: os relus cujo argumento só serve para eles: a variável do relu começa como ele, e é cortada em 0.
        homes: para o que se usa em blocos irmãos, a região mais funda que contém todos eles.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.roots: list[Any] = [plan.output, *plan.results]
        self.pushes, self.order = self._useful()
        for push in self.pushes:
            self.roots += [push.part, *push.region]
        self.counts, self.strict = self._counts()
        varying = plan.varying
        if varying:
            for expression in self.order:
                if not varying.isdisjoint(expression.parts):
                    varying.add(expression)
        self.clipped = self._clipped()
        self.kept: set[Expression] = set()
        self.blocks: set[Expression] = set()
        long = self._keep()
        self.homes = self._homes(long)

    def _useful(self) -> tuple[list[Push], list[Expression]]:
        """As parcelas que algum resultado usa, e tudo o que se usa."""
        every = [found for push in self.plan.pushes for found in (push.part, *push.region)]
        seen = _reached([*self.roots, *every], set())
        if all([push.target in seen for push in self.plan.pushes]):
            return self.plan.pushes, sorted(seen, key=_index)
        seen, useful = _reached(self.roots, set()), []
        for push in reversed(self.plan.pushes):  # quem lê uma variável vem depois de quem soma a ela
            if push.target in seen:
                useful.append(push)
                _reached([push.part, *push.region], seen)
        return useful[::-1], sorted(seen, key=_index)

    def _counts(self) -> tuple[dict[Expression, int], set[Expression]]:
        """Quantas vezes cada uma é usada, e as que são sempre calculadas, e não só de um lado de uma escolha."""
        counts = dict.fromkeys(self.order, 0)
        strict = {expression for expression in self.order if expression in self.plan.values}
        for root in self.roots:
            if isinstance(root, Expression):
                counts[root] += 1
                strict.add(root)
        for expression in reversed(self.order):
            parts = expression.parts
            for part in parts:
                counts[part] += 1
            if expression in strict:
                strict.update(parts[:1] if expression.kind == "choose" else parts)
        return counts, strict

    def _clipped(self) -> dict[Expression, Expression]:
        counts = self.counts
        found = {value: rest for value in self.order if (rest := rest_of(value)) is not None}
        return {
            value: rest
            for value, rest in found.items()
            if counts[value] > 1 and counts[rest] == 2 and counts[value.args[0]] == 1 and value in self.plan.values
        }

    def _keep(self) -> list[Expression]:
        """Decide o que ganha variável; devolve o que, repetido, seria longo."""
        kept, counts, strict, inside = self.kept, self.counts, self.strict, set(self.clipped.values())
        depth: dict[Expression, int] = {}
        lazy: set[Expression] = set()  # de um lado de uma escolha, o que precisa de variáveis
        long = []
        for expression in self.order:
            deep = 0
            for part in expression.parts:
                below = depth[part]
                if below >= deep:
                    deep = below + 1
            certain = expression in strict
            split = deep > _DEEPEST or (certain and counts[expression] > 1)
            if lazy and not lazy.isdisjoint(expression.parts):
                if not certain:
                    lazy.add(expression)
                if expression.kind == "choose":
                    self.blocks.add(expression)
                    split = True
            if split and expression.kind not in _INLINE and expression not in inside:
                kept.add(expression)
                if deep > _LONG:
                    long.append(expression)
                if not certain:
                    lazy.add(expression)
                deep = 0
            depth[expression] = deep
        return long

    def _homes(self, long: list[Expression]) -> dict[Expression, Region]:
        homes: dict[Expression, Region] = {}
        if not any(push.region for push in self.pushes):
            return homes
        for push in self.pushes:
            before = homes.get(push.part)
            homes[push.part] = push.region if before is None else common([before, push.region])
        for expression in reversed(self.order):
            region = homes.get(expression)
            if region is None:
                continue
            for part in expression.parts:
                before = homes.get(part)
                if before is None:
                    homes[part] = region
                elif before is not region and before:
                    homes[part] = common([before, region])
        safe: set[Expression] = set()
        shared = [*self.plan.adjoints, *[expression for expression in long if self._is_safe(expression, safe)]]
        return {expression: homes[expression] for expression in shared if expression in homes}

    def _is_safe(self, expression: Expression, safe: set[Expression]) -> bool:
        """Verdadeiro se a conta não pode falhar: pode-se fazê-la antes de saber se serve."""
        stack, seen = [expression], set[Expression]()
        while stack:
            found = stack.pop()
            written = found in self.kept and found in self.plan.values
            if found in safe or found in seen or written:
                continue
            if found.kind not in _SAFE:
                return False
            seen.add(found)
            stack += found.parts
        safe |= seen
        return True


def _reached(roots: Iterable[Any], seen: set[Expression]) -> set[Expression]:
    """As raízes e tudo o que elas usam, junto com o que já se alcançou."""
    stack = [root for root in roots if type(root) is Expression and root not in seen]
    seen.update(stack)
    while stack:
        for part in stack.pop().parts:
            if part not in seen:
                seen.add(part)
                stack.append(part)
    return seen

"""O que se escreve de um plano, o que disso ganha variável, e onde ela nasce; o resto fica na linha de quem o usa."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from micrograd_pt.compiler.closed import rest_of
from micrograd_pt.compiler.plan import Plan, Push, Region, common
from micrograd_pt.written import COMPARISONS, Written

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
        self.pushes: list[Push] = plan.pushes
        self.counts: list[int]
        self.strict: bytearray
        self.order: list[Written]
        self.counts, self.strict, self.order = self._counts()
        if not all([self.counts[push.target.index] for push in self.pushes]):
            self.pushes = _useful(plan)
            self.counts, self.strict, self.order = self._counts()
        varying = plan.varying
        if varying:
            for expression in self.order:
                if not varying.isdisjoint(expression.parts):
                    varying.add(expression)
        self.clipped: dict[Written, Written] = self._clipped()
        self.kept: set[Written] = set()
        self.blocks: set[Written] = set()
        long = self._keep()
        self.homes: dict[Written, Region] = self._homes(long)

    def _counts(self) -> tuple[list[int], bytearray, list[Written]]:
        """Quantas vezes cada expressão é usada; se é sempre calculada, e não só de um lado de uma escolha; e as usadas.

        As duas primeiras, pelo lugar da expressão na ordem de criação.
        """
        made, values, order = self.plan.book.made, self.plan.values, list[Written]()
        counts, strict = [0] * len(made), bytearray(len(made))
        for root in (self.plan.output, *self.plan.results, *_read(self.pushes)):
            counts[root.index] += 1
            strict[root.index] = True
        for expression in reversed(made):  # quem usa vem antes do que é usado
            place = expression.index
            if not counts[place]:
                continue
            order.append(expression)
            parts = expression.parts
            for part in parts:
                counts[part.index] += 1
            if strict[place] or expression in values:
                strict[place] = True
                for part in parts[:1] if expression.kind == "choose" else parts:
                    strict[part.index] = True
        return counts, strict, order[::-1]

    def _clipped(self) -> dict[Written, Written]:
        counts = self.counts
        found = {value: rest for value in self.plan.values if (rest := rest_of(value)) is not None}
        return {
            value: rest
            for value, rest in found.items()
            if counts[value.index] > 1 and counts[rest.index] == 2 and counts[value.args[0].index] == 1
        }

    def _keep(self) -> list[Written]:
        """Decide o que ganha variável; devolve o que, repetido, seria longo."""
        kept, counts, strict, inside = self.kept, self.counts, self.strict, set(self.clipped.values())
        depth = [0] * len(counts)
        lazy: set[Written] = set()  # de um lado de uma escolha, o que precisa de variáveis
        long = []
        for expression in self.order:
            deep = 0
            for part in expression.parts:
                below = depth[part.index]
                if below >= deep:
                    deep = below + 1
            place = expression.index
            certain = strict[place]
            split = deep > _DEEPEST or (certain and counts[place] > 1)
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
            depth[place] = deep
        return long

    def _homes(self, long: list[Written]) -> dict[Written, Region]:
        if not any(push.region for push in self.pushes):
            return {}
        homes: list[Region | None] = [None] * len(self.counts)
        for push in self.pushes:
            place = push.part.index
            before = homes[place]
            homes[place] = push.region if before is None else common([before, push.region])
        for expression in reversed(self.order):
            region = homes[expression.index]
            if region is None:
                continue
            for part in expression.parts:
                before = homes[part.index]
                if before is None:
                    homes[part.index] = region
                elif before is not region and before:
                    homes[part.index] = common([before, region])
        safe: set[Written] = set()
        shared = [*self.plan.adjoints, *[expression for expression in long if self._is_safe(expression, safe)]]
        places = [(expression, homes[expression.index]) for expression in shared]
        return {expression: region for expression, region in places if region is not None}

    def _is_safe(self, expression: Written, safe: set[Written]) -> bool:
        """Verdadeiro se a conta não pode falhar: pode-se fazê-la antes de saber se serve."""
        stack, seen = [expression], set[Written]()
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


def _read(pushes: Iterable[Push]) -> Iterator[Written]:
    """As expressões que as parcelas usam."""
    for push in pushes:
        yield push.part
        yield from push.region


def _useful(plan: Plan) -> list[Push]:
    """As parcelas que algum resultado usa."""
    seen, useful = _reached([plan.output, *plan.results], bytearray(len(plan.book.made))), []
    for push in reversed(plan.pushes):  # quem lê uma variável vem depois de quem soma a ela
        if seen[push.target.index]:
            useful.append(push)
            _reached(_read([push]), seen)
    return useful[::-1]


def _reached(roots: Iterable[Written], seen: bytearray) -> bytearray:
    """Marca, por ordem de criação, as raízes e tudo o que elas usam."""
    stack = [root for root in roots if not seen[root.index]]
    while stack:
        expression = stack.pop()
        if not seen[expression.index]:
            seen[expression.index] = True
            stack += expression.parts
    return seen

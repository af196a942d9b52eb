"""O corpo de uma função, linha a linha: o que ganha variável, quando ela é escrita, e em que bloco."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from micrograd_pt.compiler.block import Block
from micrograd_pt.compiler.naming import comment
from micrograd_pt.compiler.plan import Plan, Push, Region, common
from micrograd_pt.compiler.variables import Variables
from micrograd_pt.graph import Node
from micrograd_pt.written import ARITHMETIC, CHOICE, FACTOR, PythonInfix, Written

_index = attrgetter("index")
_LONGEST = 12  # variáveis numa atribuição


class ProgramWriter:
    """Escreve o corpo de uma função.

    Uma expressão usada duas vezes ganha uma variável; as outras entram na linha de quem as usa. Dentro de um bloco
    `if`, o que é escrito só vale até o fim dele.

    Args:
        plan: o plano.

    Attributes:
        infix: como se escrevem as expressões.
        text: uma expressão como texto.
        open: os blocos abertos, de fora para dentro; o primeiro é o corpo da função.
        leading: as variáveis com que começa uma linha que lhes atribui ou soma algo.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.found: Variables = Variables(plan)
        self.kept: set[Written] = self.found.kept
        self.homes: dict[Written, Region] = self.found.homes
        self.clipped: dict[Written, Written] = self.found.clipped
        self.order: list[Written] = self.found.order
        self.pushes: list[Push] = self.found.pushes
        self.results: frozenset[Written] = frozenset(plan.results)
        self.arrivals: Counter[Written] = Counter([push.target for push in self.pushes])
        together = Counter([push.part for push in self.pushes])
        self.portions: dict[Written, Node] = {
            push.part: plan.sums[push.target] for push in self.pushes if together[push.part] == 1
        }
        self.names: dict[Any, str] = {
            expression: expression.args[0] for expression in self.order if expression.kind == "name"
        }
        self.infix: PythonInfix = PythonInfix(self.names)
        self.text: Callable[..., str] = self.infix.text
        self.open: list[Block] = [Block()]
        self.leading: set[str] = set()

    def hoist(self) -> None:
        """Escreve antes do laço o que não muda de uma linha de dados para outra, e que toda linha calcularia."""
        sure = self._sure()
        varying, values = self.plan.varying, self.plan.values
        settled: set[Written] = set()
        for expression in self.order:
            if expression in varying:
                for part in expression.parts:
                    if part not in varying and part.kind in (*ARITHMETIC, "neg", "call", "choose"):
                        settled.add(part)
        for expression in sorted(settled, key=_index):
            if expression in sure and (expression in values or expression.kind in ("+", "-", "*", "neg")):
                self.kept.add(expression)
                self.need([expression])

    def _sure(self) -> set[Written]:
        """O que se calcula seja qual for a escolha, e o que não pode falhar: só somas e produtos."""
        sure = {self.plan.output, *[push.part for push in self.pushes if not push.region]}
        for expression in reversed(self.order):
            if expression in sure:
                sure.update(expression.parts[:1] if expression.kind == "choose" else expression.parts)
        for expression in self.order:
            if expression.kind in ("const", "name", "+", "-", "*", "neg") and sure.issuperset(expression.parts):
                sure.add(expression)
        return sure

    def forward(self, moving: bool | None = None) -> None:
        """Escreve os valores dos nós que ganham variável."""
        for expression in self.plan.values:
            if expression in self.kept and (moving is None or (expression in self.plan.varying) == moving):
                self.need([expression])

    def backward(self, pushes: Sequence[Push], started: set[Written], factor: Written | None = None) -> None:
        """Escreve as parcelas de gradiente, cada uma vezes o fator, juntando num bloco as seguidas da mesma região."""
        waiting: dict[Region, dict[Written, None]] = {}
        for push in pushes:
            home = self.plan.homes[push.target]
            if push.target not in started and push.region != home:
                waiting.setdefault(home, {})[push.target] = None
        self.zero(waiting.pop((), ()), started)
        here: Region = ()
        for region, group in groupby(pushes, key=lambda push: push.region):
            together = list(group)
            shared = len(common([here, region]))
            for _ in here[shared:]:
                self.leave()
            for depth in range(shared, len(region)):
                self._enter(region[: depth + 1], together)
                self.zero(waiting.pop(region[: depth + 1], ()), started)
            here = region
            for push in together:
                self._push(push, started, factor)
        for _ in here:
            self.leave()

    def zero(self, targets: Iterable[Written], started: set[Written], *names: str) -> None:
        """Começa em 0 as variáveis a que se vai somar, depois das que têm esses nomes."""
        self.infix.uses.update(names)
        names = (*names, *[self.text(target) for target in targets])
        self.leading.update(names[::_LONGEST])
        for text in zeroed(names):
            self.line(text)
        started.update(targets)

    def _push(self, push: Push, started: set[Written], factor: Written | None) -> None:
        alone = factor is None and self._alone(push, started)
        self.need(push.part.parts if alone else [push.part])
        sign, part = "+=" if push.target in started else "=", push.part
        if sign == "+=" and part.kind == "neg" and part not in self.names:
            sign, part = "-=", part.args[0]
        if factor is not None:
            text = f"{self.text(factor)} * {self.text(part, FACTOR)}"
        else:
            text = self.text(part, FACTOR if sign == "-=" else CHOICE)
        if sign != "-=":
            self.leading.add(self.names[push.target])
        started.add(push.target)
        node = comment(self.plan.sums[push.target].name)
        self.line(f"{self.text(push.target)} {sign} {text}  # gradiente de {node}")
        if alone:  # a variável do gradiente serve a quem mais usa a parcela
            self._call(push.part, self.names[push.target])

    def _alone(self, push: Push, started: set[Written]) -> bool:
        """Verdadeiro se a parcela, que mais alguém usa e ainda não tem nome, é tudo o que a variável recebe."""
        part, target = push.part, push.target
        fresh = part in self.kept and part not in self.names and target not in started and self.arrivals[target] == 1
        return fresh and part not in self.plan.values and part not in self.plan.adjoints

    def _enter(self, region: Region, pushes: Sequence[Push]) -> None:
        """Abre o bloco da última condição da região; o que serve também a blocos irmãos é escrito antes dele."""
        used = self._missing(push.part for push in pushes)
        shared = [found for found in used if self.homes.get(found) == region[:-1]]
        growing = {push.target for push in pushes} - self.results
        self.need([found for found in shared if not growing or not self._reads(found, growing)])
        self.need([region[-1]])
        self.enter(f"if {self.text(region[-1])}:", region[-1])

    def _reads(self, expression: Written, variables: set[Written]) -> bool:
        """Verdadeiro se a expressão, que ainda não está escrita, lê uma dessas variáveis."""
        stack, seen = [expression], set[Written]()
        while stack:
            for part in stack.pop().parts:
                if part in variables:
                    return True
                if part not in seen and part not in self.names:
                    seen.add(part)
                    stack.append(part)
        return False

    def enter(self, header: str, condition: Written | None = None) -> None:
        """Abre um bloco."""
        self.open.append(Block(header, condition))

    def leave(self) -> None:
        """Fecha um bloco; de um `if v:` em que só há um `if v > 0.0:` fica este."""
        block = self.open.pop()
        for expression in block.named:
            del self.names[expression]
        inner = block.repeated() if block.condition in self.names else None
        if inner is not None:
            self.infix.uses[self.names[block.condition]] -= 1
        self.open[-1].body.append(inner or block)

    def line(self, text: str) -> None:
        """Escreve uma linha."""
        self.open[-1].body.append(text)

    def assign(self, name: str, text: str) -> None:
        """Escreve uma atribuição."""
        self.infix.uses[name] += 1
        self.leading.add(name)
        self.line(f"{name} = {text}")

    def need(self, expressions: Iterable[Written]) -> None:
        """Escreve as variáveis de que essas expressões precisam e que ainda não existem aqui."""
        for expression in self._missing(expressions):
            self._assign(expression)

    def _missing(self, expressions: Iterable[Written]) -> list[Written]:
        """As variáveis de que essas expressões precisam e que ainda não existem aqui, as partes antes."""
        names, kept, blocks = self.names, self.kept, self.found.blocks
        seen = {expression for expression in expressions if expression not in names}
        stack = list(seen)
        missing = []
        while stack:
            expression = stack.pop()
            if expression in kept:
                missing.append(expression)
            for part in expression.parts[:1] if expression in blocks else expression.parts:
                if part not in seen and part not in names:
                    seen.add(part)
                    stack.append(part)
        return sorted(missing, key=_index) if len(missing) > 1 else missing

    def _assign(self, expression: Written) -> None:
        if expression in self.clipped:
            self._clip(expression)
            return
        node, adjoint = self.plan.values.get(expression), self.plan.adjoints.get(expression)
        title, about = "t", ""
        if node is not None and node.op is not None:
            title, about = node.name, f"  # {comment(node.name)}: {comment(node.op.symbol)}"
        elif adjoint is not None:
            title, about = f"g_{adjoint.name}", f"  # gradiente de {comment(adjoint.name)}"
        elif expression in self.portions:
            about = f"  # parcela do gradiente de {comment(self.portions[expression].name)}"
        if expression in self.found.blocks:
            name = self.plan.names.new(title)
            self._choose(expression, name, about)
        else:
            text = self.text(expression, CHOICE)
            name = self.plan.names.new(title)
            self.assign(name, f"{text}{about}")
        self._call(expression, name)

    def _call(self, expression: Written, name: str) -> None:
        """Dá nome a uma expressão, até o fim do bloco."""
        self.names[expression] = name
        self.open[-1].named.append(expression)

    def _choose(self, expression: Written, name: str, about: str) -> None:
        """Uma escolha em que um dos lados precisa de variáveis: um bloco para cada lado."""
        condition, *sides = expression.args
        for header, side in zip((f"if {self.text(condition)}:", "else:"), sides, strict=True):
            self.enter(header)
            self.need([side])
            self.assign(name, f"{self.text(side, CHOICE)}{about}")
            self.leave()

    def _clip(self, expression: Written) -> None:
        """Um relu: a conta, e 0 no lugar dela se é negativa."""
        node = self.plan.values[expression]
        assert node.op is not None
        text = self.text(self.clipped[expression], CHOICE)
        self._call(expression, self.plan.names.new(node.name))
        name = self.names[expression]
        self.assign(name, f"{text}  # {comment(node.name)}: {comment(node.op.symbol)}")
        self.enter(f"if {self.text(expression)} < 0.0:")
        self.assign(name, "0.0")
        self.leave()


def zeroed(names: Sequence[str]) -> list[str]:
    """As atribuições que põem 0 em todas essas variáveis."""
    groups = [names[start : start + _LONGEST] for start in range(0, len(names), _LONGEST)]
    return [f"{' = '.join(group)} = 0.0" for group in groups]

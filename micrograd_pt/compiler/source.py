"""Do plano ao texto: Python em linha reta, que se lê, se copia e roda em qualquer lugar com `math`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from micrograd_pt.compiler.closed import narrowed
from micrograd_pt.compiler.naming import comment
from micrograd_pt.compiler.plan import Plan, Push, Region, common
from micrograd_pt.compiler.polish import frequent_first, merged, zeroed
from micrograd_pt.compiler.variables import Variables
from micrograd_pt.written import ARITHMETIC, COMPARISONS, Written, without_factor

_index = attrgetter("index")
_OR, _AND, _NOT, _COMPARE, _TERM, _FACTOR, _UNARY, _ATOM = range(1, 9)
_STRENGTH = {"or": _OR, "and": _AND, "not": _NOT, "+": _TERM, "-": _TERM, "*": _FACTOR, "/": _FACTOR, "neg": _UNARY}


class ProgramWriter:
    """Escreve o corpo de uma função.

    Uma expressão usada duas vezes ganha uma variável; as outras entram na linha de quem as usa. Dentro de um bloco
    `if`, o que é escrito só vale até o fim dele.

    Attributes:
        functions: as funções de `math` que o texto usa.
    """

    def __init__(self, plan: Plan, functions: set[str]) -> None:
        self.plan, self.functions = plan, functions
        self.lines: list[str] = []
        self.indent = 1
        self.found = Variables(plan)
        self.kept, self.homes, self.clipped = self.found.kept, self.found.homes, self.found.clipped
        self.order, self.pushes = self.found.order, self.found.pushes
        self.results = frozenset(plan.results)
        self.arrivals = Counter([push.target for push in self.pushes])
        together = Counter([push.part for push in self.pushes])
        self.portions = {push.part: plan.sums[push.target] for push in self.pushes if together[push.part] == 1}
        self.names: dict[Written, str] = {
            expression: expression.args[0] for expression in self.order if expression.kind == "name"
        }
        self.scopes: list[list[Written]] = [[]]

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

    def backward(self, pushes: Sequence[Push], started: set[Written], factor: str = "") -> None:
        """Escreve as parcelas de gradiente, juntando num bloco as seguidas da mesma região."""
        waiting: dict[Region, dict[Written, None]] = {}
        for push in pushes:
            home = self.plan.homes[push.target]
            if push.target not in started and push.region != home:
                waiting.setdefault(home, {})[push.target] = None
        self._zero(waiting.pop((), ()), started)
        here: Region = ()
        for region, group in groupby(pushes, key=lambda push: push.region):
            together = list(group)
            shared = len(common([here, region]))
            self._leave(len(here) - shared)
            for depth in range(shared, len(region)):
                self._enter(region[: depth + 1], together)
                self._zero(waiting.pop(region[: depth + 1], ()), started)
            here = region
            for push in together:
                self._push(push, started, factor)
        self._leave(len(here))

    def _zero(self, targets: Iterable[Written], started: set[Written]) -> None:
        """Começa em 0 as variáveis a que se vai somar."""
        for text in zeroed([self.text(target) for target in targets]):
            self.line(text)
        started.update(targets)

    def _push(self, push: Push, started: set[Written], factor: str) -> None:
        alone = self._alone(push, started) and not factor
        self.need(push.part.parts if alone else [push.part])
        if push.target in started and push.part.kind == "neg" and push.part not in self.names:
            sign, part = "-=", self.text(push.part.args[0], _FACTOR)
        else:
            sign, part = "+=" if push.target in started else "=", self.text(push.part, _FACTOR if factor else 0)
        started.add(push.target)
        node = comment(self.plan.sums[push.target].name)
        self.line(f"{self.text(push.target)} {sign} {factor}{part}  # gradiente de {node}")
        if alone:  # a variável do gradiente serve a quem mais usa a parcela
            self.names[push.part] = self.text(push.target)
            self.scopes[-1].append(push.part)

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
        self.line(f"if {self.text(region[-1])}:")
        self._open()

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

    def _open(self) -> None:
        self.indent += 1
        self.scopes.append([])

    def _leave(self, blocks: int) -> None:
        for _ in range(blocks):
            self.indent -= 1
            for expression in self.scopes.pop():
                del self.names[expression]

    def line(self, text: str) -> None:
        self.lines.append("    " * self.indent + text)

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
            text = self.text(expression, 0)
            name = self.plan.names.new(title)
            self.line(f"{name} = {text}{about}")
        self.names[expression] = name
        self.scopes[-1].append(expression)

    def _choose(self, expression: Written, name: str, about: str) -> None:
        """Uma escolha em que um dos lados precisa de variáveis: um bloco para cada lado."""
        condition, *sides = expression.args
        for header, side in zip((f"if {self.text(condition)}:", "else:"), sides, strict=True):
            self.line(header)
            self._open()
            self.need([side])
            self.line(f"{name} = {self.text(side, 0)}{about}")
            self._leave(1)

    def _clip(self, expression: Written) -> None:
        """Um relu: a conta, e 0 no lugar dela se é negativa."""
        node = self.plan.values[expression]
        text = self.text(self.clipped[expression], 0)
        name = self.names[expression] = self.plan.names.new(node.name)
        self.scopes[-1].append(expression)
        assert node.op is not None
        self.line(f"{name} = {text}  # {comment(node.name)}: {comment(node.op.symbol)}")
        self.line(f"if {name} < 0.0:")
        self.line(f"    {name} = 0.0")

    def text(self, expression: Written, needed: int = _OR) -> str:
        """A expressão como texto, entre parênteses se sozinha não se manteria junto."""
        name = self.names.get(expression)
        if name is not None:
            return name
        kind = expression.kind
        if kind in ARITHMETIC:
            # O lado direito é sempre um passo mais forte: a ordem das contas fica a do grafo.
            strength, (left, right) = _STRENGTH[kind], expression.args
            text = f"{self.text(left, strength)} {kind} {self.text(right, strength + 1)}"
        else:
            text, strength = self._spelled(expression)
        return text if strength >= needed else f"({text})"

    def _spelled(self, expression: Written) -> tuple[str, int]:
        kind, args = expression.kind, expression.args
        if kind == "const":
            return self._constant(args[0])
        if kind == "call":
            self.functions.add(args[0])
            return f"{args[0]}({', '.join(self.text(arg, 0) for arg in args[1:])})", _ATOM
        if kind == "choose":
            condition, a, b = args
            return f"{self.text(a)} if {self.text(condition)} else {self.text(b, 0)}", 0
        if kind in COMPARISONS:
            return f"{self.text(args[0], _TERM)} {kind} {self.text(args[1], _TERM)}", _COMPARE
        if kind == "neg":
            return f"-{self.text(args[0], _UNARY)}", _UNARY
        if kind == "not":
            return f"not {self.text(args[0], _COMPARE)}", _NOT
        strength = _STRENGTH[kind]
        return f"{self.text(args[0], strength)} {kind} {self.text(args[1], strength + 1)}", strength

    def _constant(self, number: float) -> tuple[str, int]:
        if number != number:
            self.functions.add("nan")
            return "nan", _ATOM
        if number in (float("inf"), float("-inf")):
            self.functions.add("inf")
            return ("inf", _ATOM) if number > 0 else ("-inf", _UNARY)
        return repr(number), _UNARY if repr(number).startswith("-") else _ATOM


def write_single(plan: Plan) -> str:
    """O texto da função `program`, para uma linha de dados.

    Args:
        plan: o plano de uma chamada.
    """
    functions: set[str] = set()
    return _module(_single(narrowed(plan), functions), functions)


def write_looped(plan: Plan) -> str:
    """O texto da função `batch`, para muitas linhas de dados.

    Args:
        plan: o plano de um laço sobre linhas.
    """
    functions: set[str] = set()
    return _module(_looped(narrowed(plan), functions), functions)


def _module(lines: Sequence[str], functions: set[str]) -> str:
    head = [f"from math import {', '.join(sorted(functions))}", "", ""] if functions else []
    return "\n".join([*head, *lines, ""])


def _single(plan: Plan, functions: set[str]) -> list[str]:
    writer = ProgramWriter(plan, functions)
    lines = ["def program(inputs, parameters):", '    """O valor e os gradientes, para uma linha de dados."""']
    lines += _unpacked(plan.inputs, "inputs") + _unpacked(plan.parameters, "parameters")
    started: set[Written] = set()
    writer.forward()
    writer.backward(writer.pushes, started)
    writer.need([plan.output, *plan.results])
    gradients = [_final(writer, result, started) for result in plan.results]
    return [*lines, *merged(writer.lines), f"    return {writer.text(plan.output)}, {_tuple(gradients)}"]


def _looped(plan: Plan, functions: set[str]) -> list[str]:
    factor, output = without_factor(plan.output)
    plan = replace(plan, output=output)
    writer = ProgramWriter(plan, functions)
    lines = ["", '    """A soma dos valores e dos gradientes sobre muitas linhas."""']
    inside = [push for push in writer.pushes if not push.after and _moves(push, plan)]
    constant = [push for push in writer.pushes if not push.after and not _moves(push, plan)]
    outside = [push for push in writer.pushes if push.after]
    started: set[Written] = set()
    moving = plan.output in plan.varying
    if not moving or constant or plan.book.name("rows_count") in writer.order:
        writer.line("rows_count = float(len(rows))")
    writer.hoist()
    zero = dict.fromkeys(push.target for push in inside if push.target not in plan.varying)
    for text in zeroed([*["total"] * moving, *[writer.text(target) for target in zero]]):
        writer.line(text)
    started.update(zero)
    if moving or inside:
        writer.line(f"for {_target(plan.inputs)} in rows:")
        writer._open()
        writer.forward(moving=True)
        if moving:
            writer.need([output])
            writer.line(f"total += {writer.text(output)}")
        here = set(started)
        writer.backward(inside, here)
        writer._leave(1)
    writer.backward(constant, started, factor="rows_count * ")
    writer.forward(moving=False)
    writer.backward(outside, started)
    if not moving:
        writer.need([output])
        writer.line(f"total = rows_count * {writer.text(output, _FACTOR)}")
    writer.need(plan.results)
    gradients = [_final(writer, result, started) for result in plan.results]
    body = merged(writer.lines)
    lines[0] = f"def batch({', '.join(['rows', 'parameters', *[f'{name}={name}' for name in sorted(functions)]])}):"
    lines += [*frequent_first(body, plan), *_unpacked(plan.parameters, "parameters"), *body]
    total = "total" if factor == 1 else f"{factor!r} * total"
    return [*lines, f"    return {total}, {_tuple(gradients)}"]


def _moves(push: Push, plan: Plan) -> bool:
    """Verdadeiro se a parcela, ou a condição ou a variável dela, muda de uma linha de dados para outra."""
    return any(expression in plan.varying for expression in (push.part, push.target, *push.region))


def _final(writer: ProgramWriter, result: Written, started: set[Written]) -> str:
    return "0.0" if result in writer.plan.sums and result not in started else writer.text(result)


def _unpacked(names: Sequence[str], source: str) -> list[str]:
    return [f"    {_target(names)} = {source}"] if names else []


def _target(names: Sequence[str]) -> str:
    return f"({names[0]},)" if len(names) == 1 else ", ".join(names) or "()"


def _tuple(texts: Sequence[str]) -> str:
    return f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"

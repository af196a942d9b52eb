"""A árvore de cada parte conferida contra a lista do que se permite, e posta em ordem de cálculo."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from micrograd_pt.parsing.errors import ExpressionError, Span
from micrograd_pt.parsing.grammar import Clause, ClauseReader
from micrograd_pt.parsing.tokens import NUMBER as A_NUMERAL
from micrograd_pt.parsing.tokens import Token
from micrograd_pt.parsing.vocabulary import BINARY, CONDITION, CONSTANTS, LIST, NEGATIVE, NUMBER, Function, called

PUSH, LOAD, COLLECT, COMPARE, APPLY, STORE = "push", "load", "collect", "compare", "apply", "store"
"""O que um passo faz: põe um número, busca um nome, junta uma lista, compara, aplica uma função, nomeia o resultado."""

_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


@dataclass(frozen=True, slots=True)
class StackStep:
    """Um passo da conta, sobre uma pilha.

    Attributes:
        does: `PUSH`, `LOAD`, `COLLECT`, `COMPARE`, `APPLY` ou `STORE`.
        what: o número, o nome, o sinal ou a função.
        count: quantos resultados anteriores ele toma.
        span: o trecho da expressão de que vem.
    """

    does: str
    what: Any
    count: int
    span: Span


@dataclass(frozen=True, slots=True)
class Statements:
    """Uma expressão pronta para ser calculada.

    Attributes:
        steps: os passos, na ordem.
        free: os nomes que precisam de valor, na ordem em que aparecem: como o Python os escreve, e o primeiro pedaço
            em que estão.
        assigned: os nomes que recebem uma parte, como `z` em `z = w*x`, do mesmo modo.
        parts: o trecho de cada parte.
        doubtful: os trechos como `1,5` em que a vírgula separa argumentos, mas podia ser decimal.
    """

    steps: tuple[StackStep, ...]
    free: dict[str, Span]
    assigned: dict[str, Span]
    parts: tuple[Span, ...]
    doubtful: tuple[Span, ...]


def statements(expression: str) -> Statements:
    """Lê uma expressão.

    Args:
        expression: o texto.

    Raises:
        ExpressionError: o texto não é uma expressão das permitidas.
    """
    reader = ClauseReader(expression)
    reader.read()
    names = _Names(expression)
    steps: list[StackStep] = []
    for part in reader.parts:
        computed = _Translation(expression, part, reader.separated).steps()
        names.use(computed)
        steps += computed
        if part.target is not None:
            names.assign(part.target)
            steps.append(StackStep(STORE, part.target.text, 1, part.target.span))
    for part in reader.parts[:-1]:
        names.check_used(part)
    spans = tuple(part.whole for part in reader.parts)
    return Statements(tuple(steps), names.free, names.assigned, spans, tuple(reader.doubtful))


class _Names:
    """Quais nomes precisam de valor e quais recebem uma parte."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.free: dict[str, Span] = {}
        self.assigned: dict[str, Span] = {}
        self._used: set[str] = set()

    def use(self, steps: list[StackStep]) -> None:
        """Anota os nomes que esses passos buscam."""
        for step in steps:
            if step.does == LOAD and step.what in self.assigned:
                self._used.add(step.what)
            elif step.does == LOAD:
                self.free.setdefault(step.what, step.span)

    def assign(self, target: Token) -> None:
        """Anota o nome que uma parte recebe: um nome novo."""
        name = target.text
        if name in self.free:
            raise ExpressionError("later", {"name": self._text(target.span)}, self.expression, self.free[name])
        if name in self.assigned:
            raise ExpressionError("twice", {"name": self._text(target.span)}, self.expression, target.span)
        self.assigned[name] = target.span

    def check_used(self, part: Clause) -> None:
        """Uma parte que não é a última tem de servir para alguma coisa."""
        if part.target is None:
            raise ExpressionError("part.unnamed", {}, self.expression, part.whole)
        if part.target.text not in self._used:
            name = self._text(part.target.span)
            raise ExpressionError("part.unused", {"name": name}, self.expression, part.target.span)

    def _text(self, span: Span) -> str:
        return self.expression[slice(*span)]


class _Translation:
    """Uma árvore como passos; cada ramo tem de ser o que o seu lugar pede: um número, uma lista, uma comparação."""

    def __init__(self, expression: str, part: Clause, separated: list[Span]) -> None:
        self.expression = expression
        self.part = part
        self.separated = separated

    def steps(self) -> list[StackStep]:
        """Os passos, os argumentos antes de quem os usa; sem recursão."""
        reverse: list[StackStep] = []
        stack = [(self.part.tree, NUMBER)]
        while stack:
            node, wanted = stack.pop()
            step, given, branches = self._read(node)
            if given != wanted:
                raise self._misplaced(node, given, wanted)
            if step is not None:
                reverse.append(step)
            stack += branches
        return reverse[::-1]

    def _read(self, node: ast.expr) -> tuple[StackStep | None, str, list[tuple[ast.expr, str]]]:
        """O passo de um ramo, o que ele dá, e os ramos abaixo com o que cada um tem de dar."""
        span = self.part.span(node)
        match node:
            case ast.Name():
                return self._leaf(self.part.token(node)), NUMBER, []
            case ast.BinOp(left, operator, right) if type(operator) in _SIGNS:
                step = StackStep(APPLY, BINARY[_SIGNS[type(operator)]], 2, span)
                return step, NUMBER, [(left, NUMBER), (right, NUMBER)]
            case ast.UnaryOp(ast.USub(), operand):
                return StackStep(APPLY, NEGATIVE, 1, span), NUMBER, [(operand, NUMBER)]
            case ast.UnaryOp(ast.UAdd(), operand):
                return None, NUMBER, [(operand, NUMBER)]
            case ast.List(items):
                return StackStep(COLLECT, None, len(items), span), LIST, [(item, NUMBER) for item in items]
            case ast.Compare(left, [sign], [right]) if type(sign) in _SIGNS:
                return StackStep(COMPARE, _SIGNS[type(sign)], 2, span), CONDITION, [(left, NUMBER), (right, NUMBER)]
            case ast.Call(ast.Name() as name, arguments, []):
                applied = called(self.part.token(name).text)
                if applied is not None:
                    self._check_count(applied, len(arguments), span)
                    wants = applied.wants or (NUMBER,) * len(arguments)
                    branches = list(zip(arguments, wants, strict=True))
                    return StackStep(APPLY, applied, len(arguments), span), applied.gives, branches
            case ast.Compare():
                raise self._error("chained", span)
        raise self._error("forbidden", span)

    def _leaf(self, token: Token) -> StackStep:
        if token.kind == A_NUMERAL:
            return StackStep(PUSH, float(token.text), 0, token.span)
        if token.text in CONSTANTS:
            return StackStep(PUSH, CONSTANTS[token.text], 0, token.span)
        return StackStep(LOAD, token.text, 0, token.span)

    def _check_count(self, applied: Function, count: int, span: Span) -> None:
        """Uma função recebe os argumentos que pede; se há vírgula entre algarismos, ela pode ser o engano."""
        wanted = 1 if applied.wants is None else len(applied.wants)
        if count == wanted or (applied.wants is None and count > wanted):
            return
        comma = next((place for place in self.separated if span[0] <= place[0] and place[1] <= span[1]), None)
        if comma is not None:
            number = self.expression[slice(*comma)]
            values = {"name": applied.name, "wanted": wanted, "count": count, "number": number}
            raise self._error("count.comma", comma, **values, instead=number.replace(",", "."))
        key = "count.least" if applied.wants is None else "count"
        raise self._error(key, span, name=applied.name, wanted=wanted, count=count)

    def _misplaced(self, node: ast.expr, given: str, wanted: str) -> ExpressionError:
        """O erro de um ramo que dá uma coisa onde se pede outra."""
        span = self.part.span(node)
        if wanted == LIST:
            return self._error("list.wanted", span, given=self.expression[slice(*span)])
        if wanted == CONDITION:
            return self._error("condition.wanted", span)
        if given == CONDITION:
            return self._error("condition.here", span)
        return self._error("list.given" if isinstance(node, ast.Call) else "list.here", span)

    def _error(self, key: str, span: Span, **values: object) -> ExpressionError:
        return ExpressionError(key, values, self.expression, span)

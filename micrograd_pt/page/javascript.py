"""Expressões escritas como JavaScript: as regras da tabela, para que o navegador refaça as contas de um grafo.

Cada regra (uma operação com um número de argumentos) vira duas funções: o valor, a partir da lista `a` dos argumentos,
e as derivadas parciais, a partir do resultado `y` e de `a`. Nenhuma fórmula está escrita aqui: o texto sai das regras
da tabela, executadas com expressões no lugar de números.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from micrograd_pt.ops import Operation
from micrograd_pt.written import COMPARISONS, Book, CompileError, Written

FUNCTIONS = frozenset(
    {
        *("acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "erf", "erfc", "exp"),
        *(
            "exp2",
            "expm1",
            "fabs",
            "hypot",
            "log",
            "log10",
            "log1p",
            "log2",
            "pow",
            "sin",
            "sinh",
            "sqrt",
            "tan",
            "tanh",
        ),
    }
)
"""As funções de `math` que a página tem, com os mesmos nomes e erros de domínio (`static/functions.js`)."""

_LONGEST = 120  # um trecho repetido maior do que isto ganha nome
_DEEPEST = 40  # e um mais fundo também: há navegadores que leem parênteses com recursão

_CHOICE, _OR, _AND, _COMPARE, _TERM, _FACTOR, _UNARY, _ATOM = range(8)
_SPELLED = {"or": "||", "and": "&&", "+": "+", "-": "-", "*": "*"}
_STRENGTH = {"or": _OR, "and": _AND, "+": _TERM, "-": _TERM, "*": _FACTOR}


def rule_key(operation: Operation, arity: int) -> str:
    """O nome de uma regra na página: a operação e quantos argumentos."""
    return f"{operation.name}/{arity}"


def write_rule(operation: Operation, arity: int) -> str:
    """Uma regra da tabela como objeto JavaScript `{value, slopes}`.

    `slopes` é uma lista com uma função por argumento; numa operação com qualquer número de argumentos, uma função só,
    que dá a lista inteira. Um ramo fechado é `null`.

    Args:
        operation: a linha da tabela.
        arity: com quantos argumentos.

    Raises:
        CompileError: a regra usa algo que não se pode escrever.
    """
    book = Book()
    args = [book.name(f"a[{place}]") for place in range(arity)]
    result = book.name("y")
    value = write_function("(a)", [book.apply(operation, args)], operation)
    slopes = book.slopes(operation, result, args, [True] * arity)
    if isinstance(operation.partials, tuple):
        written = f"[{', '.join(write_function('(y, a)', [slope], operation) for slope in slopes)}]"
    else:
        written = write_function("(y, a)", slopes, operation, listed=True)
    return f"{{value: {value}, slopes: {written}}}"


def write_function(parameters: str, results: Sequence[Any], operation: Operation, listed: bool = False) -> str:
    """Uma função JavaScript que dá expressões.

    Args:
        parameters: os parâmetros, entre parênteses.
        results: as expressões; None é um ramo fechado.
        operation: a operação, para mensagens.
        listed: verdadeiro para que a função dê a lista delas, e não a única.

    Raises:
        CompileError: uma expressão usa uma função que a página não tem.
    """
    lines, texts = _written(results, operation)
    text = f"[{', '.join(texts)}]" if listed else texts[0]
    if lines:
        return f"{parameters} => {{ {' '.join(lines)} return {text}; }}"
    return f"{parameters} => {text}"


def _written(results: Sequence[Any], operation: Operation) -> tuple[list[str], list[str]]:
    """As linhas que dão nome ao que se repete, e o texto de cada resultado.

    O que está de um lado só de uma escolha não pode ser calculado fora dela (a conta pode não estar definida ali): um
    trecho desses que se repete vira uma função sem argumentos em vez de uma constante.
    """
    order = _parts_first(results)
    uses = dict.fromkeys(order, 0)
    always = {result for result in results if result is not None}
    for result in always:
        uses[result] += 1
    for expression in reversed(order):
        for place, part in enumerate(_parts(expression)):
            uses[part] += 1
            lazy = place > 0 and expression.kind in ("choose", "and", "or")
            if expression in always and not lazy:
                always.add(part)
    lines: list[str] = []
    texts: dict[Written, tuple[str, int]] = {}
    depth: dict[Written, int] = {}
    for expression in order:
        text, strength = _text(expression, texts, operation)
        deep = 1 + max((depth[part] for part in _parts(expression)), default=-1)
        repeated = uses[expression] > 1 and (expression in always or len(text) > _LONGEST)
        if expression.kind not in ("const", "name", *COMPARISONS) and (repeated or deep > _DEEPEST):
            name = f"t{len(lines)}"
            called = expression not in always
            lines.append(f"const {name} = {'() => ' if called else ''}{text};")
            text, strength, deep = f"{name}()" if called else name, _ATOM, 0
        texts[expression], depth[expression] = (text, strength), deep
    return lines, ["null" if result is None else texts[result][0] for result in results]


def _parts(expression: Written) -> list[Written]:
    """As partes de uma expressão; o lado fechado de uma escolha não é uma delas."""
    return [part for part in expression.parts if part is not None]


def _parts_first(results: Sequence[Any]) -> list[Written]:
    """Tudo o que os resultados usam, as partes antes; sem recursão."""
    stack = [result for result in results if result is not None]
    seen = set(stack)
    while stack:
        for part in _parts(stack.pop()):
            if part not in seen:
                seen.add(part)
                stack.append(part)
    return sorted(seen, key=attrgetter("index"))


def _text(expression: Written, texts: dict[Written, tuple[str, int]], operation: Operation) -> tuple[str, int]:
    """O texto de uma expressão, a partir dos textos das partes, e com que força ele se mantém junto."""
    kind, args = expression.kind, expression.args

    def held(part: Any, needed: int) -> str:
        if part is None:
            return "null"
        text, strength = texts[part]
        return text if strength >= needed else f"({text})"

    if kind == "const":
        return _constant(args[0])
    if kind == "name":
        return args[0], _ATOM
    if kind == "call":
        if args[0] not in FUNCTIONS:
            raise CompileError(
                f"a operação {operation.name} usa math.{args[0]}, que a página não tem; escreva-a só com aritmética e "
                "funções de micrograd_pt"
            )
        return f"{args[0]}({', '.join(held(arg, _CHOICE) for arg in args[1:])})", _ATOM
    if kind == "choose":
        return f"{held(args[0], _OR)} ? {held(args[1], _CHOICE)} : {held(args[2], _CHOICE)}", _CHOICE
    if kind in COMPARISONS:
        return f"{held(args[0], _TERM)} {kind} {held(args[1], _TERM)}", _COMPARE
    if kind == "neg":
        text = held(args[0], _UNARY)
        return f"-({text})" if text.startswith("-") else f"-{text}", _UNARY
    if kind == "not":
        return f"!{held(args[0], _ATOM)}", _UNARY
    if kind == "/":
        if args[1].number:  # uma constante diferente de 0
            return f"{held(args[0], _FACTOR)} / {held(args[1], _UNARY)}", _FACTOR
        return f"divide({held(args[0], _CHOICE)}, {held(args[1], _CHOICE)})", _ATOM
    strength = _STRENGTH[kind]
    # O lado direito é um passo mais forte: a ordem das contas fica a da regra.
    right = held(args[1], strength + 1)
    return f"{held(args[0], strength)} {_SPELLED[kind]} {right}", strength


def _constant(number: float) -> tuple[str, int]:
    if math.isnan(number):
        return "NaN", _ATOM
    text = json.dumps(number)  # o menor texto que volta ao mesmo float; Infinity também é JavaScript
    return text.removesuffix(".0"), _UNARY if text.startswith("-") else _ATOM

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
from micrograd_pt.written import ATOM, CHOICE, COMPARISONS, UNARY, Book, CompileError, Infix, Written, signs

FUNCTIONS = frozenset(
    {
        *("acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cos", "cosh", "sin", "sinh", "tan", "tanh"),
        *("exp", "exp2", "expm1", "log", "log10", "log1p", "log2"),
        *("cbrt", "erf", "erfc", "fabs", "hypot", "pow", "sqrt"),
    }
)
"""As funções de `math` que a página tem, com os mesmos nomes e erros de domínio (`static/functions.js`)."""

_LONGEST = 120  # um trecho repetido maior do que isto ganha nome
_DEEPEST = 40  # e um mais fundo também: há navegadores que leem parênteses com recursão


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
    script = _Script(order, operation)
    depth: dict[Written, int] = {}
    for expression in order:
        depth[expression] = 1 + max((depth[part] for part in _parts(expression)), default=-1)
        if expression.kind in ("const", "name", *COMPARISONS):
            continue
        text, _ = script.spelled(expression)
        repeated = uses[expression] > 1 and (expression in always or len(text) > _LONGEST)
        if repeated or depth[expression] > _DEEPEST:
            called = expression not in always
            name = f"t{len(lines)}"
            lines.append(f"const {name} = {'() => ' if called else ''}{text};")
            script.names[expression], depth[expression] = f"{name}()" if called else name, 0
    return lines, [script.text(result, CHOICE) for result in results]


class _Script(Infix):
    """Escreve expressões em JavaScript, a partir dos textos já escritos das partes.

    Args:
        order: o que se vai escrever, as partes antes.
        operation: a operação de que se trata, para mensagens.
    """

    signs = signs("||", "&&")
    opposite = ("!", UNARY, ATOM)

    def __init__(self, order: Sequence[Written], operation: Operation) -> None:
        super().__init__({expression: expression.args[0] for expression in order if expression.kind == "name"})
        self.names[None] = "null"  # o lado fechado de uma escolha
        self.operation = operation
        self.known: dict[Written, tuple[str, int]] = {}

    def spelled(self, expression: Written) -> tuple[str, int]:
        """Uma expressão por extenso, escrita uma vez só; uma divisão que pode ser por 0 é uma função."""
        if expression not in self.known:
            if expression.kind == "/" and not expression.args[1].number:
                args = [self.text(arg, CHOICE) for arg in expression.args]
                self.known[expression] = f"divide({', '.join(args)})", ATOM
            else:
                self.known[expression] = super().spelled(expression)
        return self.known[expression]

    def constant(self, number: float) -> tuple[str, int]:
        """O menor texto que volta ao mesmo float."""
        if math.isnan(number):
            return "NaN", ATOM
        text = json.dumps(number)  # Infinity também é JavaScript
        return text.removesuffix(".0"), UNARY if text.startswith("-") else ATOM

    def choice(self, condition: Any, a: Any, b: Any) -> str:
        """`condição ? a : b`."""
        return f"{self.text(condition)} ? {self.text(a, CHOICE)} : {self.text(b, CHOICE)}"

    def call(self, function: str, args: list[str]) -> str:
        """Uma função de `static/functions.js`."""
        if function not in FUNCTIONS:
            raise CompileError(
                f"a operação {self.operation.name} usa math.{function}, que a página não tem; escreva-a só com "
                "aritmética e funções de micrograd_pt"
            )
        return f"{function}({', '.join(args)})"


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

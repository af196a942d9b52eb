"""As funções e constantes que uma expressão pode usar: as linhas da tabela, as funções de listas e `where`, e `pi`."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from micrograd_pt import functions, ops
from micrograd_pt.words import LANGUAGES

NUMBER, LIST, CONDITION = "number", "list", "condition"
"""O que uma parte da expressão pode ser."""


@dataclass(frozen=True, slots=True)
class Function:
    """O que se pode aplicar numa expressão.

    Attributes:
        name: como se escreve.
        apply: o que se chama, com os argumentos já calculados.
        wants: o que é cada argumento; None para um ou mais números.
        gives: o que é o resultado.
    """

    name: str
    apply: Callable[..., Any]
    wants: tuple[str, ...] | None
    gives: str = NUMBER


BINARY = {
    "+": Function("+", ops.add, (NUMBER, NUMBER)),
    "-": Function("-", ops.sub, (NUMBER, NUMBER)),
    "*": Function("*", ops.mul, (NUMBER, NUMBER)),
    "/": Function("/", ops.div, (NUMBER, NUMBER)),
    "**": Function("**", ops.power, (NUMBER, NUMBER)),
}
"""Os sinais entre dois números."""

NEGATIVE = Function("-", ops.neg, (NUMBER,))
"""O sinal de menos antes de um número."""

CONSTANTS = {"pi": math.pi, "π": math.pi}

_OWN = {
    "sum": Function("sum", functions.sum, (LIST,)),
    "mean": Function("mean", functions.mean, (LIST,)),
    "logsumexp": Function("logsumexp", functions.logsumexp, (LIST,)),
    "softmax": Function("softmax", functions.softmax, (LIST,), LIST),
    "dot": Function("dot", functions.dot, (LIST, LIST)),
    "where": Function("where", functions.where, (CONDITION, NUMBER, NUMBER)),
}

# Linhas que se escrevem com um sinal ou com `where`, e a que só dá nome a outra coisa.
_WITHOUT_NAME = frozenset(["add", "sub", "mul", "div", "pow", "neg", "identity", "where_less", "where_less_equal"])

# Outros nomes por que se procura uma função, além dos símbolos da tabela (sen, arcsen, média, σ …).
_OTHER_NAMES = {
    "arccosh": "acosh",
    "arcsin": "asin",
    "arcsinh": "asinh",
    "arctanh": "atanh",
    "arctg": "atan",
    "arcsenh": "asinh",
    "arctgh": "atanh",
    "degrau": "where",
    "elevado": "**",
    "escalar": "dot",
    "exponencial": "exp",
    "if": "where",
    "lg": "log10",
    "ln": "log",
    "logaritmo": "log",
    "logistic": "sigmoid",
    "maior": "maximum",
    "menor": "minimum",
    "modulo": "abs",
    "módulo": "abs",
    "media": "mean",
    "pot": "**",
    "potencia": "**",
    "potência": "**",
    "pow": "**",
    "quadrado": "square",
    "raiz": "sqrt",
    "se": "where",
    "seno": "sin",
    "sigmoide": "sigmoid",
    "soma": "sum",
    "somatorio": "sum",
    "step": "where",
    "swish": "silu",
    "tangente": "tan",
    "tg": "tan",
    "tgh": "tanh",
}


def called(name: str) -> Function | None:
    """A função que se chama por esse nome: o dela, ou aquele com que a lição a escreve (`sen`, `arcsen`, `σ`, `max`).

    Só vale antes de um parêntese: sem ele, `σ` e `max` continuam a ser nomes como outros.
    """
    found = function(name)
    if found is None and name in _printed():
        row = ops.TABLE[_printed()[name]]
        found = Function(name, row, None if row.arity is None else (NUMBER,) * row.arity)
    return found


@cache
def _printed() -> dict[str, str]:
    """Os nomes que a lição dá às linhas da tabela, nas línguas todas, e os das linhas."""
    names = [name for name in ops.BUILT_IN if name not in _WITHOUT_NAME and name not in _OWN]
    spelled = {
        words.get(f"lesson.function.{name}", ops.TABLE[name].symbol): name
        for words in LANGUAGES.values()
        for name in names
    }
    return {spelling: name for spelling, name in spelled.items() if spelling.isidentifier()}


def function(name: str) -> Function | None:
    """A função com esse nome, ou None. Uma linha que alguém acrescentou à tabela também serve."""
    if name in _OWN:
        return _OWN[name]
    row = ops.TABLE.get(name)
    if row is None or name in _WITHOUT_NAME:
        return None
    return Function(name, row, None if row.arity is None else (NUMBER,) * row.arity)


def function_names() -> list[str]:
    """Os nomes de todas as funções, em ordem alfabética."""
    return sorted({*_OWN, *ops.TABLE} - _WITHOUT_NAME)


def nearest_function(name: str) -> str | None:
    """O que provavelmente se quis escrever no lugar do nome de uma função desconhecida, ou None."""
    known = {row.symbol: row.name for row in ops.TABLE.values() if function(row.name) is not None}
    known |= _OTHER_NAMES | {name: name for name in function_names()}
    wanted = name if name in known else name.lower()
    if wanted in known:
        return known[wanted]
    close = difflib.get_close_matches(wanted, known, n=1, cutoff=0.6) if len(wanted) > 2 else []
    return known[close[0]] if close else None

"""Do texto à função: o texto escrito é executado uma vez, e fica à mão para as mensagens de erro."""

from __future__ import annotations

import linecache
import weakref
from collections.abc import Callable
from itertools import count
from typing import Any

from micrograd_pt.written import CompileError

_serial = count(1)
PLACE = "<programa "
"""Como começa o nome do arquivo de um texto."""


def defined(source: str, name: str, **helpers: Callable[..., Any]) -> Callable[..., Any]:
    """A função desse nome, definida pelo texto.

    Args:
        source: o texto.
        name: a função.
        helpers: o que o texto chama por um nome começado por um traço, que nenhum rótulo dá.

    Raises:
        CompileError: o texto passa do que o Python aceita.
    """
    place = f"{PLACE}{next(_serial)}>"
    linecache.cache[place] = (len(source), None, source.splitlines(keepends=True), place)
    names: dict[str, Any] = {"__name__": "micrograd_pt.compiled"}
    names |= {f"_{helper}": function for helper, function in helpers.items()}
    try:
        exec(compile(source, place, "exec"), names)  # o texto é nosso: nenhum rótulo chega a ele sem virar nome
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise CompileError(
            f"o programa passa do que o Python compila ({error}): use o grafo, com backward()"
        ) from error
    function: Callable[..., Any] = names[name]
    weakref.finalize(function, linecache.cache.pop, place, None)
    return function


def guarded(source: str) -> str:
    """O texto da função `batch` com o que ela não faz sozinha: refazer a conta de um array, e explicar um erro.

    Enquanto não há erro, um `try` não custa nada; uma função em volta custaria mais uma chamada. O texto chama
    `_again`, se o total não é um `float`, e `_refuse`.
    """
    lines = source.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("def batch")) + 1
    check = ["    if type(total) is not float:", "        return _again(rows, parameters)"]
    body = [*lines[start + 1 : -1], *check, lines[-1]]  # a linha start é a docstring, e a última o return
    refusal = [
        "    except (ArithmeticError, ValueError, TypeError) as error:",
        "        _refuse(error, rows, parameters)",
        "        raise",
        "",
    ]
    return "\n".join([*lines[:start], "    try:", *[f"    {line}" for line in body], *refusal])

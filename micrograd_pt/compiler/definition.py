"""Do texto à função: o texto escrito é executado uma vez, e fica à mão para as mensagens de erro."""

from __future__ import annotations

import linecache
import weakref
from collections.abc import Callable
from itertools import count
from typing import Any

from micrograd_pt.compiler.expressions import CompileError

_serial = count(1)
_REFUSE = "_refuse"  # os nomes que vêm de rótulos não começam com um traço


def defined(source: str, name: str, refuse: Callable[..., None] | None = None) -> Callable[..., Any]:
    """A função desse nome, definida pelo texto.

    Args:
        source: o texto.
        name: a função.
        refuse: o que explica um erro, num texto de `guarded`.

    Raises:
        CompileError: o texto passa do que o Python aceita.
    """
    place = f"<programa {next(_serial)}>"
    linecache.cache[place] = (len(source), None, source.splitlines(keepends=True), place)
    names: dict[str, Any] = {"__name__": "micrograd_pt.compiled", _REFUSE: refuse}
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
    """O mesmo texto, linha por linha, com um `try` em volta do corpo da função `batch`, no lugar da docstring.

    Enquanto não há erro, um `try` não custa nada; uma função em volta custaria mais uma chamada.
    """
    lines = source.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("def batch")) + 1
    return "\n".join(
        [
            *lines[:start],
            "    try:",
            *[f"    {line}" for line in lines[start + 1 :]],
            "    except (ArithmeticError, ValueError, TypeError) as error:",
            f"        {_REFUSE}(error, rows, parameters)",
            "        raise",
            "",
        ]
    )

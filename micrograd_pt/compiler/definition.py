"""Do texto à função: o texto escrito é executado uma vez, e fica à mão para as mensagens de erro."""

from __future__ import annotations

import linecache
import weakref
from collections.abc import Callable
from itertools import count
from typing import Any

from micrograd_pt.compiler.expressions import CompileError

_serial = count(1)


def defined(source: str, name: str) -> Callable[..., Any]:
    """A função desse nome, definida pelo texto.

    Raises:
        CompileError: o texto passa do que o Python aceita.
    """
    place = f"<programa {next(_serial)}>"
    linecache.cache[place] = (len(source), None, source.splitlines(keepends=True), place)
    names: dict[str, Any] = {"__name__": "micrograd_pt.compiled"}
    try:
        exec(compile(source, place, "exec"), names)  # o texto é nosso: nenhum rótulo chega a ele sem virar nome
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise CompileError(
            f"o programa passa do que o Python compila ({error}): use o grafo, com backward()"
        ) from error
    function: Callable[..., Any] = names[name]
    weakref.finalize(function, linecache.cache.pop, place, None)
    return function

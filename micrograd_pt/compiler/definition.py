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
    # Sem `__name__`: o `torch.compile` o procuraria entre os módulos que se importam.
    names: dict[str, Any] = {f"_{helper}": function for helper, function in helpers.items()}
    try:
        exec(compile(source, place, "exec"), names)  # o texto é nosso: nenhum rótulo chega a ele sem virar nome
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise CompileError(
            f"o programa passa do que o Python compila ({error}): use o grafo, com backward()"
        ) from error
    function: Callable[..., Any] = names[name]
    weakref.finalize(function, linecache.cache.pop, place, None)
    return function

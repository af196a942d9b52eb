"""O que se dá a um programa: as folhas e os números, o que se confere quando algo dá errado, e como se diz o quê."""

from __future__ import annotations

import linecache
from typing import Any

from micrograd_pt.compiler.definition import PLACE
from micrograd_pt.engine import Value
from micrograd_pt.given import as_number, shorten
from micrograd_pt.ops import DomainError
from micrograd_pt.written import CompileError


def listed(values: Any) -> Any:
    """Uma lista ou uma tupla como está; o resto como lista, e um array como lista de números do Python.

    Raises:
        TypeError: não é uma fila de coisas.
    """
    if type(values) is list or type(values) is tuple:
        return values
    found = values.tolist() if hasattr(values, "tolist") else values
    if isinstance(found, (str, bytes, dict)) or not hasattr(found, "__iter__"):
        raise TypeError(f"o programa espera uma lista, e recebeu {shorten(values)}")
    return list(found)


def plain(values: Any) -> list[Any]:
    """Números do Python no lugar dos de um array, que não dão erro onde uma conta não se faz.

    Raises:
        TypeError: não são números.
    """
    return [as_number(number, "o programa") for number in listed(values)]


def require_sizes(sizes: tuple[int, int], rows: Any, parameters: Any) -> None:
    """Confere quantos números há em cada linha e nos parâmetros.

    Args:
        sizes: quantas entradas e quantos parâmetros se esperam.
        rows: as linhas.
        parameters: os parâmetros.

    Raises:
        TypeError: as linhas, ou uma delas, não são uma lista.
        ValueError: há números de mais ou de menos.
    """
    for numbers, expected, what in (
        (parameters, sizes[1], "parâmetro(s)"),
        (rows, None, "linhas"),
        *[(row, sizes[0], "entrada(s)") for row in (rows if hasattr(rows, "__len__") else ())],
    ):
        if not hasattr(numbers, "__len__"):
            raise TypeError(f"o programa espera uma lista de {what}, e recebeu {shorten(numbers)}: passe list(…)")
        if expected is not None and len(numbers) != expected:
            raise ValueError(f"o programa espera {expected} {what}, e recebeu {len(numbers)}")


def explain(error: Exception, sizes: tuple[int, int], rows: Any, parameters: Any) -> None:
    """Diz o que houve num erro que o texto de um programa deu; um erro que veio de outro lugar fica como é.

    Args:
        error: o erro.
        sizes: quantas entradas e quantos parâmetros se esperam.
        rows: as linhas.
        parameters: os parâmetros.

    Raises:
        TypeError: o que foi dado não são listas de números.
        ValueError: há números de mais ou de menos.
        DomainError: uma conta fora do domínio.
        OverflowError: um resultado que não cabe num `float`.
    """
    line = _line_of(error)
    if not line:
        return
    if isinstance(error, TypeError) or "unpack" in str(error):
        require_sizes(sizes, rows, parameters)
        for numbers in (parameters, *rows):
            plain(numbers)
    elif isinstance(error, OverflowError):
        raise OverflowError(f"o resultado passa do maior float: {line}") from error
    else:
        raise DomainError(f"conta fora do domínio: {line} ({error})") from error


def require_leaf(leaf: Value) -> None:
    """Recusa uma entrada ou um parâmetro que não é folha.

    Raises:
        CompileError: o nó foi calculado.
    """
    if leaf.op is not None:
        name = leaf.label or f"o resultado de {leaf.op.name}"
        raise CompileError(f"{name} não é uma folha: entradas e parâmetros são Values criados diretamente")


def _line_of(error: Exception) -> str:
    """A linha do texto em que o erro aconteceu, nele ou numa conta entre frações; vazio se não foi ali."""
    trace, line = error.__traceback__, ""
    while trace is not None:
        place = trace.tb_frame.f_code.co_filename
        if place.startswith(PLACE):
            line = linecache.getline(place, trace.tb_lineno).strip()
        elif trace.tb_frame.f_globals.get("__name__") != "fractions":
            line = ""
        trace = trace.tb_next
    return line

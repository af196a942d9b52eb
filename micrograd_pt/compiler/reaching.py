"""Por onde uma função alcança objetos de fora: o que cada um guarda."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from functools import partial
from types import BuiltinFunctionType, CodeType, FunctionType, MappingProxyType, MethodType, ModuleType
from typing import Any

from micrograd_pt.engine import Value

_OURS = __name__.partition(".")[0]


def parts(item: Any) -> Iterator[Any]:
    """O que um objeto guarda."""
    if isinstance(item, (list, tuple, set, frozenset, deque)):
        yield from item
    elif isinstance(item, (dict, MappingProxyType)):
        yield from item.values()
    elif isinstance(item, BuiltinFunctionType):
        yield item.__self__  # de quem é um método como d.get
    elif isinstance(item, FunctionType):
        if is_ours(item):
            return  # o que é deste pacote só escreve
        yield from (item.__defaults__, item.__kwdefaults__)
        yield from cells(item).values()
        yield from [item.__globals__[name] for name in global_names(item)]
    elif isinstance(item, MethodType):
        yield from (item.__func__, item.__self__)
    elif isinstance(item, partial):
        yield from (item.func, *item.args, *item.keywords.values())
    elif holds_objects(item):
        yield from item.flat
    elif isinstance(item, Value):
        yield from vars(item).values() if item.op is None else ()
    elif not isinstance(item, (type, ModuleType)):
        yield from fields(item).values()


def is_ours(item: Any) -> bool:
    """Verdadeiro para uma função ou classe deste pacote."""
    return str(item.__module__).partition(".")[0] == _OURS


def is_foreign(item: Any) -> bool:
    """Verdadeiro para uma função ou classe deste pacote, da biblioteca padrão ou de um pacote instalado."""
    top = str(item.__module__).partition(".")[0]
    if top in (_OURS, "builtins") or (top in sys.stdlib_module_names and top != "__main__"):
        return True
    return "-packages" in str(getattr(sys.modules.get(top), "__file__", None))


def holds_objects(item: Any) -> bool:
    """Verdadeiro para um array de objetos."""
    return hasattr(type(item), "flat") and str(getattr(item, "dtype", "")) == "object"


def fields(item: Any) -> dict[str, Any]:
    """Os campos de um objeto, de dicionário ou fixos; de uma função já compilada, só a que se compilou."""
    if hasattr(item, "value_and_gradients"):
        return {"_f": item._f}
    fixed = [name for kind in type(item).__mro__ for name in vars(kind).get("__slots__", ())]
    return {name: getattr(item, name) for name in fixed if hasattr(item, name)} | getattr(item, "__dict__", {})


def cells(item: FunctionType) -> dict[str, Any]:
    """O que uma função traz da função em que foi escrita."""
    found = {}
    for name, cell in zip(item.__code__.co_freevars, item.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # ainda vazia
            continue
    return found


def global_names(item: FunctionType) -> list[str]:
    """Os nomes globais que uma função usa, e que existem."""
    return [name for name in names_in(item.__code__) if name in item.__globals__]


def names_in(code: CodeType) -> set[str]:
    """Os nomes de fora que um código usa, com os das funções escritas dentro dele; também os de atributos."""
    inner = [names_in(part) for part in code.co_consts if isinstance(part, CodeType)]
    return set(code.co_names).union(*inner)

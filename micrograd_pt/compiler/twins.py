"""O gêmeo de uma função: a mesma, sobre cópias de tudo por onde ela alcança `Value`s de fora.

Serve para chamar a função com outros números nesses `Value`s sem tocar nos de verdade, que podem estar em uso noutra
linha de execução. O que não leva a nenhum `Value` continua a ser o próprio, e não uma cópia.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Sequence
from functools import partial
from types import CellType, FunctionType, MethodType
from typing import Any

from micrograd_pt.compiler.reaching import fields, global_names, holds_objects, parts
from micrograd_pt.engine import Value

_KEEPERS = (list, dict, set, deque)


def twin_of(f: Any, only: Sequence[Value] | None = None) -> tuple[Any, list[Any]]:
    """O gêmeo de uma função, ou do que a guarda, e as folhas copiadas que ele alcança; sem nenhuma, o próprio.

    Args:
        f: a função.
        only: as folhas que se copiam; sem indicação, todas.
    """
    try:
        leading, leaves = _leading_to_leaves(f, only)
        copies: dict[int, Any] = {id(leaf): copy.copy(leaf) for leaf in leaves}
        for leaf in leaves:
            copied = copies[id(leaf)]
            copied.data = copied.grad = 0
            vars(copied).update({name: _copied(held, leading, copies) for name, held in vars(copied).items()})
        return _copied(f, leading, copies), [copies[id(leaf)] for leaf in leaves]
    except Exception:  # um objeto de quem chama que não se deixa percorrer ou copiar
        return f, []


def _leading_to_leaves(f: Any, only: Sequence[Value] | None) -> tuple[set[int], list[Value]]:
    """Os objetos por onde se chega de `f` a uma folha, e as folhas."""
    holders: dict[int, list[int]] = {}  # por objeto, quem o guarda
    seen = {id(f): f}  # o próprio objeto fica guardado: o id dele não pode passar para outro
    waiting, leaves = [f], []
    while waiting:
        item = waiting.pop()
        if isinstance(item, Value) and item.op is None:
            leaves.append(item)
        for part in parts(item):
            holders.setdefault(id(part), []).append(id(item))
            if id(part) not in seen and not isinstance(part, (int, float, str)):
                seen[id(part)] = part
                waiting.append(part)
    if only is not None:
        leaves = [leaf for leaf in only if id(leaf) in seen]
    leading: set[int] = set()
    back = [id(leaf) for leaf in leaves]
    while back:
        place = back.pop()
        if place not in leading:
            leading.add(place)
            back += holders.get(place, ())
    return leading, leaves


def _copied(item: Any, leading: set[int], copies: dict[int, Any]) -> Any:
    """A cópia de um objeto que leva a uma folha; o que não leva fica como está."""
    if id(item) in copies:
        return copies[id(item)]
    if id(item) not in leading:
        return item

    def again(part: Any) -> Any:
        if type(part) in _KEEPERS and id(part) not in leading:
            return copies.setdefault(id(part), copy.copy(part))  # o gêmeo pode guardar nela o que calcula
        return _copied(part, leading, copies)

    made: Any
    if isinstance(item, FunctionType):
        return _function(item, leading, copies)
    if isinstance(item, MethodType):
        made = MethodType(again(item.__func__), again(item.__self__))
    elif isinstance(item, partial):
        made = partial(again(item.func), *map(again, item.args), **{k: again(v) for k, v in item.keywords.items()})
    elif isinstance(item, tuple):
        made = getattr(type(item), "_make", type(item))(map(again, item))
    elif isinstance(item, (set, frozenset)):
        made = type(item)(map(again, item))
    elif isinstance(item, (list, dict, deque)):
        made = copies[id(item)] = _another(item)
        for key in item if isinstance(item, dict) else range(len(item)):
            made[key] = again(item[key])
    elif holds_objects(item):
        made = item.copy()
        made.flat = [again(part) for part in item.flat]
    else:
        made = copies[id(item)] = _another(item)
        own = getattr(made, "__dict__", {})
        for name, part in fields(item).items():
            if name in own:
                own[name] = again(part)  # por dentro: um atributo pode ser uma propriedade, que faz mais do que guardar
            else:
                object.__setattr__(made, name, again(part))
    copies[id(item)] = made
    return made


def _another(item: Any) -> Any:
    """Outro objeto com as mesmas partes.

    Raises:
        TypeError: a cópia é o próprio, ou partilha com ele os seus campos.
    """
    made = copy.copy(item)
    fields = getattr(made, "__dict__", None)
    if made is item or (fields is not None and fields is getattr(item, "__dict__", None)):
        raise TypeError(f"{type(item).__name__} não se deixa copiar")
    return made


def _function(item: FunctionType, leading: set[int], copies: dict[int, Any]) -> FunctionType:
    """A mesma função sobre cópias do que ela traz de fora; ela pode chamar a si mesma."""
    world, cells = dict(item.__globals__), [CellType() for _ in item.__closure__ or ()]
    made = FunctionType(item.__code__, world, item.__name__, None, tuple(cells) or None)
    copies[id(item)] = made
    for cell, before in zip(cells, item.__closure__ or (), strict=True):
        cell.cell_contents = _copied(before.cell_contents, leading, copies)
    for name in global_names(item):
        world[name] = _copied(world[name], leading, copies)
    made.__defaults__ = _copied(item.__defaults__, leading, copies)
    made.__kwdefaults__ = _copied(item.__kwdefaults__, leading, copies)
    return made

"""Os números comuns que um modelo ou uma função lê de fora, e que um programa guarda como eram: mudaram?

Um programa lê de novo o número de cada `Value`; o resto, um coeficiente, um item de uma lista, uma variável global, o
nome de uma ativação, e que `Value` está em que lugar, fica escrito nele como era quando foi traçado. Aqui se anota onde
cada um está e quanto valia.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from fractions import Fraction
from functools import partial
from operator import attrgetter, call, itemgetter
from random import Random
from types import FunctionType, MappingProxyType, ModuleType
from typing import Any

from micrograd_pt.compiler.reaching import cells, fields, global_names, holds_objects, is_foreign, names_in, parts
from micrograd_pt.engine import Value

_PLAIN = (int, float, complex, str, bytes, Fraction, type(None))
_MOST = 5_000  # números que se comparam, os mais perto primeiro
_LARGEST = 1_000  # um recipiente maior são dados, e não se percorre

_LISTED = (str, bytes, Value)
"""O que numa lista não se compara: rótulos, e os parâmetros, que são muitos."""

Reading = tuple[Callable[[], Any], Any, tuple[str, ...]]
"""Como se leem os números de um objeto, o que valiam, e como se chamam."""


class Watch:
    """Os números comuns e as folhas que se alcançam a partir de uma função, e o que valiam.

    Um recipiente de muitos itens não se percorre, e há um limite para o todo: o que fica de fora não se vê.

    Args:
        roots: as funções, ou os objetos que se chamam.

    Attributes:
        flows: verdadeiro se também se alcança um iterador (um gerador, um arquivo), que muda ao ser lido.
    """

    def __init__(self, *roots: Any) -> None:
        self.readings: list[Reading] = []
        self.flows: bool = False
        seen, waiting, left = {id(root): root for root in roots}, deque(roots), _MOST
        while waiting and left > 0 and len(seen) < 2 * _MOST:
            item = waiting.popleft()
            if isinstance(item, (list, tuple, dict, set, frozenset, deque)) and len(item) > _LARGEST:
                continue
            self.flows = self.flows or isinstance(item, Iterator)
            found = [*_readings(item)]
            self.readings += found
            left -= sum([len(names) for _, _, names in found])
            for part in (*parts(item), *_methods(item)):
                if id(part) not in seen and not isinstance(part, _PLAIN):
                    seen[id(part)] = part
                    waiting.append(part)
        self._reads = [read for read, _, _ in self.readings]
        self._before = [before for _, before, _ in self.readings]

    def changed(self) -> str:
        """O nome do primeiro número que já não vale o que valia; vazio se nenhum mudou."""
        try:
            if list(map(call, self._reads)) == self._before:
                return ""
        except (AttributeError, LookupError, TypeError, ValueError):  # já não está lá
            pass
        for read, before, names in self.readings:
            try:
                now = read()
            except (AttributeError, LookupError, TypeError, ValueError):
                return names[0]
            if len(names) == 1:
                now, before = (now,), (before,)
            for name, a, b in zip(names, now, before, strict=True):
                if a is not b and a != b and not _is_first_result(a, b):
                    return name
        return ""


def _is_first_result(now: Any, before: Any) -> bool:
    """Verdadeiro se onde não havia nada um modelo pôs o que calculou, para quem o queira ver."""
    return before is None and isinstance(now, Value) and now.op is not None


def _readings(item: Any) -> Iterator[Reading]:
    """Como ler os números que um objeto guarda."""
    if isinstance(item, dict):
        yield partial(len, item), len(item), ("o tamanho de um dicionário",)
        yield from _read_items(item, item)
    elif isinstance(item, MappingProxyType):
        yield from _read_items(item, item)
    elif isinstance(item, (bytearray, array)):
        yield partial(bytes, item), bytes(item), ("um array",)
    elif isinstance(item, (list, deque)):
        yield partial(len, item), len(item), ("o tamanho de uma lista",)
        yield from _read_items(item, {place: held for place, held in enumerate(item) if not isinstance(held, _LISTED)})
    elif isinstance(item, set):
        yield item.copy, item.copy(), ("um conjunto",)
    elif isinstance(item, FunctionType):
        if not is_foreign(item):
            yield from _read_function(item)
    elif hasattr(type(item), "tobytes") and getattr(item, "size", _LARGEST) < _LARGEST and not holds_objects(item):
        yield item.tobytes, item.tobytes(), ("um array",)
    elif isinstance(item, Value):
        if item.op is None:
            yield from _read_items(vars(item), vars(item))
    elif isinstance(item, Random):
        yield item.getstate, item.getstate(), ("um gerador de números",)
    elif isinstance(item, type):
        yield from _read_attributes(item, vars(item))
    elif not isinstance(item, (tuple, frozenset, ModuleType)):
        own = getattr(item, "__dict__", {})
        yield from _read_items(own, own)
        # O que é da classe se lê pelo objeto, que pode vir a ter o seu.
        shared = [vars(kind) for kind in reversed(type(item).__mro__) if not is_foreign(kind)]
        others = {name: held for names in (*shared, fields(item)) for name, held in names.items() if name not in own}
        yield from _read_attributes(item, others)


def _read_items(holder: Any, held: Mapping[Any, Any]) -> Iterator[Reading]:
    keys = [key for key, number in held.items() if _is_watched(number)]
    if keys:
        read = itemgetter(*keys)
        yield partial(read, holder), read(holder), tuple(map(str, keys))


def _read_attributes(holder: Any, held: Mapping[str, Any]) -> Iterator[Reading]:
    names = [name for name, number in held.items() if _is_watched(number) and name[:2] != "__"]
    if names:
        read = attrgetter(*names)
        yield partial(read, holder), read(holder), tuple(names)


def _read_function(item: FunctionType) -> Iterator[Reading]:
    """Os atributos e valores usuais de uma função, as variáveis globais que ela usa, e as da função de fora."""
    yield from _read_items(vars(item), vars(item))
    read = attrgetter("__defaults__", "__kwdefaults__", "__code__")
    yield partial(read, item), read(item), ("os valores usuais de um argumento",) * 3
    world, names = item.__globals__, global_names(item)
    yield from _read_items(world, {name: world[name] for name in names})
    inner = names_in(item.__code__)
    for module in [world[name] for name in names if isinstance(world[name], ModuleType)]:
        yield from _read_items(vars(module), {name: vars(module)[name] for name in inner & vars(module).keys()})
    found = cells(item)
    for name, cell in zip(item.__code__.co_freevars, item.__closure__ or (), strict=True):
        if name in found and _is_watched(found[name]):
            yield partial(getattr, cell, "cell_contents"), found[name], (name,)


def _methods(item: Any) -> Iterable[Any]:
    """A classe de um objeto, se é de quem chama, e as funções dela; de uma classe, só as suas."""
    kinds: Iterable[type] = item.__mro__ if isinstance(item, type) else [type(item)]
    for kind in kinds:
        if isinstance(item, type) and not is_foreign(kind):
            for held in vars(kind).values():
                found = getattr(held, "fget", getattr(held, "__func__", held))
                if isinstance(found, FunctionType):
                    yield found
        if kind is not item and not is_foreign(kind):
            yield kind


def _is_watched(number: Any) -> bool:
    """Verdadeiro para um número, também do NumPy, um texto, None, uma folha, um `Enum` ou o que se chama."""
    if isinstance(number, Value):
        return number.op is None
    if isinstance(number, (*_PLAIN, Enum)) or callable(number):
        return True
    return hasattr(type(number), "dtype") and getattr(number, "shape", None) == ()

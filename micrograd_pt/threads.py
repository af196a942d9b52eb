"""O que há entre linhas de execução: as pausas do registro, de cada uma, e a entrega dos gradientes, de todas.

`no_grad()` e `enable_grad()` valem para a linha (ou tarefa) que os abriu. Um passo para trás junta os gradientes onde
ninguém mais os vê e os entrega no fim, de uma vez: nem outra linha nem Ctrl-C encontra uns novos e outros velhos.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ContextDecorator, suppress
from contextvars import ContextVar
from functools import wraps
from io import BytesIO
from itertools import chain, repeat
from operator import add, attrgetter, is_
from typing import Any, ParamSpec, TypeVar

Params = ParamSpec("Params")
Result = TypeVar("Result")

PAUSES: list[_Recording] = []
"""Os `no_grad()` abertos, seja de quem for: enquanto está vazia, ninguém precisa perguntar mais nada."""


class _Recording(ContextDecorator, BytesIO):
    """Um `no_grad()` ou `enable_grad()`; está aberto desde que se entra até que `close` o fecha, onde quer que seja.

    É um arquivo em memória porque o `__exit__` de um é código em C: um Ctrl-C vem antes, e fica para dentro do `with`,
    ou vem depois, e não há um instante em que se saiu sem que o registro tenha voltado ao que era.

    Args:
        on: se dentro dele se registra.
    """

    def __init__(self, on: bool) -> None:
        super().__init__()
        self.on: bool = on

    def __enter__(self) -> None:  # type: ignore[override]
        if self.closed or self in _around.get():
            raise RuntimeError("um no_grad() ou enable_grad() só se abre uma vez: chame-o de novo, with no_grad():")
        try:
            _around.set((*[outer for outer in _around.get() if not outer.closed], self))
            if not self.on:
                PAUSES.append(self)
        except BaseException:
            self.close()
            raise

    def _recreate_cm(self) -> _Recording:
        return _Recording(self.on)


_around: ContextVar[tuple[_Recording, ...]] = ContextVar("_around", default=())


def is_recording() -> bool:
    """Verdadeiro se as operações de quem pergunta fazem nós do grafo."""
    if PAUSES:
        for ended in [pause for pause in PAUSES if pause.closed]:
            with suppress(ValueError):  # outra linha já o tirou
                PAUSES.remove(ended)
        for inner in reversed(_around.get()):
            if not inner.closed:
                return inner.on
    return True


def no_grad() -> AbstractContextManager[None]:
    """Dentro do `with`, as operações dão folhas: só o número, sem o caminho de volta.

    Serve para avaliar um modelo já treinado sem construir o grafo. Vale para a linha de execução (ou tarefa) que o
    abriu; as outras continuam a registrar.
    """
    return _Recording(on=False)


def enable_grad() -> AbstractContextManager[None]:
    """Dentro do `with`, as operações registram o grafo, também no meio de um `no_grad()`."""
    return _Recording(on=True)


def recording(f: Callable[Params, Result]) -> Callable[Params, Result]:
    """A função, que constrói um grafo só dela: ela o registra também dentro de um `no_grad()` de quem a chama."""

    @wraps(f)
    def inside(*args: Params.args, **options: Params.kwargs) -> Result:
        with enable_grad():
            return f(*args, **options)

    return inside


def assign(nodes: Iterable[Any], field: str, values: Iterable[Any]) -> None:
    """Escreve um campo de muitos nós numa chamada só a código em C: um Ctrl-C vem antes ou depois.

    Args:
        nodes: os nós.
        field: o campo.
        values: o que cada um recebe.
    """
    deque(map(setattr, nodes, repeat(field), values), maxlen=0)


_delivering = threading.RLock()


def _unlock() -> None:
    """Num processo filho, a trava de quem ficou no pai."""
    global _delivering
    _delivering = threading.RLock()


if hasattr(os, "register_at_fork"):  # o Windows não o tem
    os.register_at_fork(after_in_child=_unlock)

_COMMON = frozenset((float, int))
_grad_of = attrgetter("grad")


class _Mark:
    """O que se escreve junto com as folhas, e diz que elas já foram escritas."""

    grad = False


def deliver(received: dict[Any, Any]) -> None:
    """Escreve os gradientes de um passo para trás: numa folha se soma ao que havia, num nó calculado fica o desta vez.

    O que outra linha atribui ao `grad` de uma folha vem antes, e se soma a isso, ou vem depois, e fica. Um Ctrl-C
    espera que tudo esteja escrito.

    Args:
        received: o gradiente de cada nó, que é gasto.

    Raises:
        TypeError: o `grad` de uma folha não é um número a que se some. Todo `grad` fica como estava.
    """
    leaves, mark = [node for node in received if node.op is None], _Mark()
    arrived = [received.pop(leaf) for leaf in leaves]
    with _delivering:
        try:
            _write(leaves, arrived, received, mark)
        except BaseException:
            _write(leaves, arrived, received, mark)
            raise


def _write(leaves: list[Any], arrived: list[Any], inner: dict[Any, Any], mark: _Mark) -> None:
    """Escreve o que falta; pode ser interrompida em qualquer ponto e chamada outra vez."""
    while not mark.grad:
        before = list(map(_grad_of, leaves))
        sums = [*map(add if _COMMON.issuperset(map(type, before)) else _added, before, arrived), True]
        # As folhas ainda têm o grad a que se somou? Então todas recebem a soma; senão, nenhuma. Isto é uma chamada só a
        # código em C, no meio da qual o Python não passa a outra linha nem atende a um Ctrl-C.
        same = map(all, [map(is_, map(_grad_of, leaves), before)])
        nodes = chain.from_iterable(map({True: [*leaves, mark], False: ()}.__getitem__, same))
        deque(map(setattr, nodes, repeat("grad"), sums), maxlen=0)
    for node, grad in inner.items():
        node.grad = grad


def _added(before: Any, arrived: Any) -> Any:
    """O gradiente de uma folha depois de mais uma passada; o que se pode derivar não é somado a um zero à toa."""
    if before is None or (type(before) is int and before == 0 and hasattr(type(arrived), "record")):
        return arrived
    return before + arrived

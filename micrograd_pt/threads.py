"""O que há entre linhas de execução: as pausas do registro, de cada uma, e a entrega dos gradientes, de todas.

`no_grad()` e `enable_grad()` valem para a linha (ou tarefa) que os abriu. Um passo para trás junta os gradientes onde
ninguém mais os vê e os entrega no fim, de uma vez: nem outra linha nem Ctrl-C encontra uns novos e outros velhos.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import wraps
from itertools import chain, repeat
from operator import add, attrgetter, is_
from typing import Any, ParamSpec, TypeVar

Params = ParamSpec("Params")
Result = TypeVar("Result")

PAUSES: list[None] = []
"""Um item por `no_grad()` aberto, seja de quem for: enquanto está vazia, ninguém precisa perguntar mais nada."""

_recording = ContextVar("_recording", default=True)


def is_recording() -> bool:
    """Verdadeiro se as operações de quem pergunta fazem nós do grafo."""
    return not PAUSES or _recording.get()


def no_grad() -> AbstractContextManager[None]:
    """Dentro do `with`, as operações dão folhas: só o número, sem o caminho de volta.

    Serve para avaliar um modelo já treinado sem construir o grafo. Vale para a linha de execução (ou tarefa) que o
    abriu; as outras continuam a registrar.
    """
    return _recorded(False)


def enable_grad() -> AbstractContextManager[None]:
    """Dentro do `with`, as operações registram o grafo, também no meio de um `no_grad()`."""
    return _recorded(True)


def recording(f: Callable[Params, Result]) -> Callable[Params, Result]:
    """A função, que constrói um grafo só dela: ela o registra também dentro de um `no_grad()` de quem a chama."""

    @wraps(f)
    def inside(*args: Params.args, **options: Params.kwargs) -> Result:
        with enable_grad():
            return f(*args, **options)

    return inside


@contextmanager
def _recorded(on: bool) -> Iterator[None]:
    token = _recording.set(on)
    if not on:
        PAUSES.append(None)
    try:
        yield
    finally:
        if not on:
            PAUSES.pop()
        _recording.reset(token)


_delivering = threading.RLock()
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

"""Treinamento: repetir passo para frente, passo para trás e atualização de pesos."""

from __future__ import annotations

import math
import random
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from micrograd_pt.engine import Value
from micrograd_pt.given import as_number, one_of, shorten, whole
from micrograd_pt.nn import Module, half_squared_error
from micrograd_pt.ops import DomainError
from micrograd_pt.training.history import DivergenceError, History
from micrograd_pt.training.optimizers import SGD, Optimizer
from micrograd_pt.training.schedules import Schedule
from micrograd_pt.training.stepping import ByGraph, ByProgram, Sample, chosen_step

__all__ = ["DivergenceError", "History", "evaluate", "train"]


def train(
    model: Module | Any,
    X: Sequence[Sequence[Any]],
    y: Sequence[Any],
    *,
    loss: Callable[[Any, Any], Any] = half_squared_error,
    learning_rate: float | Schedule | None = None,
    epochs: int = 20_000,
    batch_size: int | None = 1,
    reduction: str = "sum",
    shuffle: bool = False,
    progress: bool = True,
    optimizer: Optimizer | None = None,
    compiled: bool = True,
) -> History:
    """Treina por descida do gradiente: w ← w − taxa × ∂E/∂w.

    O modelo e a perda são compilados uma vez, se isso é possível; os resultados são os mesmos, a menos dos últimos
    algarismos. Um modelo que decide algo pelo valor de um nó, que lê o `data` de um parâmetro ou que muda por ser
    chamado (um sorteio, um contador) é treinado pelo grafo, e `history.not_compiled` diz por quê. Ele é chamado algumas
    vezes antes da primeira época, que um contador ou um gerador só dele também conta. Antes de cada atualização se
    comparam os números comuns que o modelo e a perda alcançam (atributos, itens, variáveis globais e de fora): se um
    mudou, tudo é traçado outra vez. O que não se alcança assim (um arquivo, o relógio, uma lista de mais de mil itens)
    é conferido de tempos em tempos.

    Args:
        model: a rede: chamada com uma amostra dá a saída; tem `parameters()`.
        X: as amostras, cada uma uma lista de números.
        y: as saídas desejadas, uma por amostra (um número, ou uma lista deles).
        loss: a perda de uma amostra, a partir da saída e da saída desejada (veja `losses`).
        learning_rate: a taxa de aprendizado: um número maior que 0, ou uma função do número da atualização (veja
            `schedules`); sem indicação, 0.5. Com `optimizer` não se dá: ele tem a sua.
        epochs: quantas vezes passar por todas as amostras.
        batch_size: amostras por atualização: 1 é o modo online do capítulo, None o lote inteiro.
        reduction: a perda de um lote é a soma sobre as amostras (`"sum"`, como no capítulo) ou a média (`"mean"`); a de
            uma época também.
        shuffle: embaralhar as amostras a cada época.
        optimizer: como usar o gradiente (veja `optimizers`); sem indicação, a descida simples com `learning_rate`.
        compiled: False treina sempre pelo grafo, chamando o modelo e a perda a cada amostra.
        progress: mostrar uma barra num terminal ou caderno; sem terminal não se mostra nada.

    Returns:
        A história: perda por época e segundos. Ctrl-C devolve a história até ali, e deixa no modelo a última
        atualização completa.

    Raises:
        DivergenceError: a perda, ou um parâmetro, deixou de ser finito; diz em que época.
        DomainError: uma conta fora do domínio; diz em que nó.
        ValueError: um argumento fora do esperado.
        TypeError: uma entrada que não é número, ou um modelo, uma perda ou um otimizador que não serve.
        CompileError: o modelo mudou durante o treinamento por onde não se vê; peça `compiled=False`.
    """
    samples = _checked_samples(X, y)
    epochs = whole(epochs, "epochs", 0)
    batches = _batches(len(samples), _size(batch_size, len(samples)), shuffle)
    mean = one_of(reduction, "reduction", ("sum", "mean")) == "mean"
    _require_callable(model, loss)
    stepper: ByGraph | ByProgram
    stepper = by_graph = ByGraph(model, loss, _checked_optimizer(optimizer, learning_rate), mean, samples)
    history = History()
    started = time.perf_counter()
    try:
        if epochs:
            stepper, history.not_compiled = chosen_step(by_graph, compiled)
        for epoch in _counted(epochs, progress, history):
            total = _epoch(stepper, next(batches))
            if not math.isfinite(total):
                raise _diverged(epoch, history)
            history.losses.append(total / len(samples) if mean else total)
        if not all(map(math.isfinite, stepper.values)):
            raise _diverged(epochs, history)
        stepper.confirm()
    except OverflowError as error:
        raise _diverged(len(history.losses) + 1, history) from error
    except DomainError as error:
        error.add_note(f"aconteceu no treinamento, na época {len(history.losses) + 1}")
        raise
    except KeyboardInterrupt:
        history.interrupted = True
    finally:
        try:
            stepper.finish()
        except KeyboardInterrupt:
            stepper.finish()
            history.interrupted = True
        history.not_compiled = history.not_compiled or stepper.why
        history.seconds = time.perf_counter() - started
    return history


def evaluate(
    model: Any, X: Sequence[Any], y: Sequence[Any], *, loss: Callable[[Any, Any], Any] = half_squared_error
) -> float:
    """A perda total do modelo sobre as amostras, sem treinar.

    Args:
        model, X, y, loss: como em `train`.

    Returns:
        A soma das perdas das amostras.
    """
    losses = [loss(model(x), target) for x, target in _checked_samples(X, y)]
    return float(sum([one.data if isinstance(one, Value) else as_number(one, "a perda") for one in losses]))


def _size(batch_size: int | None, count: int) -> int:
    """Quantas amostras tem um lote."""
    return count if batch_size is None else whole(batch_size, "batch_size", otherwise=", ou None (o lote inteiro)")


def _epoch(stepper: ByGraph | ByProgram, batches: list[list[int]]) -> float:
    """Uma época: um passo por lote; devolve a soma das perdas, na ordem."""
    total = 0.0
    for batch in batches:
        total += stepper.step(batch)
    return total


def _batches(count: int, size: int, shuffle: bool) -> Iterator[list[list[int]]]:
    """Os lotes de cada época, como números de amostras; sem embaralhar, sempre os mesmos."""
    places = list(range(count))
    batches = [places[start : start + size] for start in range(0, count, size)]
    while True:
        if shuffle:
            order = random.sample(places, count)
            batches = [order[start : start + size] for start in range(0, count, size)]
        yield batches


def _counted(epochs: int, progress: bool, history: History) -> Iterator[int]:
    """As épocas, a partir de 1, com uma barra de progresso onde há quem a veja."""
    numbers: Iterable[int] = range(1, epochs + 1)
    if progress and _someone_watches():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # num caderno sem ipywidgets a barra é de texto, e isso basta
            from tqdm.auto import tqdm

        with tqdm(numbers, desc="treinando", unit="época", leave=False) as bar:
            for epoch in bar:
                yield epoch
                if epoch % 100 == 0:
                    bar.set_postfix_str(f"perda {history.losses[-1]:.6f}", refresh=False)
    else:
        yield from numbers


def _someone_watches() -> bool:
    """Verdadeiro num terminal e num caderno Jupyter."""
    import sys

    return "ipykernel" in sys.modules or bool(sys.stderr is not None and sys.stderr.isatty())


def _diverged(epoch: int, history: History) -> DivergenceError:
    return DivergenceError(
        f"na época {epoch} a perda deixou de ser um número finito: tente uma taxa de aprendizado menor, "
        "ou entradas e pesos iniciais menores",
        history,
    )


def _checked_samples(X: Any, y: Any) -> list[Sample]:
    """Cada amostra com a sua saída desejada."""
    for given, name in ((X, "X"), (y, "y")):
        if isinstance(given, _NOT_ROWS):
            raise TypeError(f"{name} espera uma lista, e recebeu {shorten(given)}")
    rows, targets = list(X), list(y)
    if not rows or len(rows) != len(targets):
        raise ValueError(
            f"train espera ao menos uma amostra e uma saída desejada para cada uma, e recebeu {len(rows)} amostra(s) "
            f"e {len(targets)} saída(s) desejada(s)"
        )
    return [(_listed(row), _unpacked(target)) for row, target in zip(rows, targets, strict=True)]


_NOT_ROWS = (str, bytes, bytearray, dict, set, frozenset)
"""O que se percorre, mas não são números numa ordem."""


def _listed(row: Any) -> list[Any]:
    """Uma amostra como lista.

    Raises:
        TypeError: não é uma lista.
    """
    if isinstance(row, (*_NOT_ROWS, Value)) or not hasattr(row, "__iter__"):
        raise TypeError(f"cada amostra é uma lista de números, como [0, 1], e foi dado {shorten(row)}")
    return list(_unpacked(row))


def _unpacked(given: Any) -> Any:
    """Um array como listas de números; o resto como está."""
    return given.tolist() if hasattr(given, "__array__") and hasattr(given, "tolist") else given


def _checked_optimizer(optimizer: Any, learning_rate: Any) -> Optimizer:
    """O otimizador dado, ou a descida simples com essa taxa."""
    if optimizer is None:
        return SGD(0.5 if learning_rate is None else learning_rate)
    if not isinstance(optimizer, Optimizer):
        given = f"a classe {optimizer.__name__}" if isinstance(optimizer, type) else shorten(optimizer)
        raise TypeError(f"optimizer espera um otimizador, como Adam(0.01), e recebeu {given}")
    if learning_rate is not None:
        raise ValueError("dê learning_rate ou optimizer, e não os dois: o otimizador já tem a sua taxa")
    return optimizer


def _require_callable(model: Any, loss: Any) -> None:
    if not callable(model) or isinstance(model, type) or not callable(getattr(model, "parameters", None)):
        raise TypeError(f"model espera uma rede, que se chama e tem parameters(), e recebeu {shorten(model)}")
    if not callable(loss):
        raise TypeError(f"loss espera uma função da saída e da saída desejada, e recebeu {shorten(loss)}")

"""Treinamento: repetir passo para frente, passo para trás e atualização de pesos."""

from __future__ import annotations

import math
import random
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from micrograd_pt.losses import half_squared_error
from micrograd_pt.nn import Module
from micrograd_pt.ops import as_number, shorten


@dataclass
class History:
    """O que aconteceu num treinamento.

    Attributes:
        losses: a perda de cada época: a soma (ou a média) das perdas das amostras, medidas antes de cada atualização.
        seconds: quanto tempo levou.
        interrupted: verdadeiro se Ctrl-C encerrou o treinamento antes da última época.
    """

    losses: list[float] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False

    def __repr__(self) -> str:
        last = f", última perda {self.losses[-1]:.6g}" if self.losses else ""
        stopped = ", interrompido" if self.interrupted else ""
        return f"<History: {len(self.losses)} época(s){last}, {self.seconds:.2f} s{stopped}>"


class DivergenceError(ArithmeticError):
    """A perda deixou de ser um número finito; `history` guarda as épocas até ali."""

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history


def train(
    model: Module | Any,
    X: Sequence[Sequence[Any]],
    y: Sequence[Any],
    *,
    loss: Callable[[Any, Any], Any] = half_squared_error,
    learning_rate: float = 0.5,
    epochs: int = 20_000,
    batch_size: int | None = 1,
    reduction: str = "sum",
    shuffle: bool = False,
    progress: bool = True,
) -> History:
    """Treina por descida do gradiente: w ← w − taxa × ∂E/∂w.

    Args:
        model: a rede: chamada com uma amostra dá a saída; tem `parameters()`.
        X: as amostras, cada uma uma lista de números.
        y: as saídas desejadas, uma por amostra (um número, ou uma lista deles).
        loss: a perda de uma amostra, a partir da saída e da saída desejada.
        learning_rate: a taxa de aprendizado, maior que 0.
        epochs: quantas vezes passar por todas as amostras.
        batch_size: amostras por atualização: 1 é o modo online do capítulo, None o lote inteiro.
        reduction: a perda de um lote é a soma sobre as amostras (`"sum"`, como no capítulo) ou a média (`"mean"`).
        shuffle: embaralhar as amostras a cada época.
        progress: mostrar uma barra num terminal ou caderno; sem terminal não se mostra nada.

    Returns:
        A história: perda por época e segundos. Ctrl-C devolve a história até ali.

    Raises:
        DivergenceError: a perda deixou de ser finita; diz em que época.
        ValueError: um argumento fora do esperado.
        TypeError: uma entrada que não é número.
    """
    samples = _checked_samples(X, y)
    rate = _checked_rate(learning_rate)
    _require(isinstance(epochs, int) and epochs >= 0, "epochs espera um inteiro maior ou igual a 0", epochs)
    whole = batch_size is None or (isinstance(batch_size, int) and batch_size >= 1)
    _require(whole, "batch_size espera um inteiro maior que 0, ou None (o lote inteiro)", batch_size)
    _require(reduction in ("sum", "mean"), 'reduction espera "sum" ou "mean"', reduction)
    parameters = list(model.parameters())
    size = batch_size or len(samples)
    history = History()
    started = time.perf_counter()
    try:
        for epoch in _counted(epochs, progress, history):
            order = random.sample(samples, len(samples)) if shuffle else samples
            total = 0.0
            for start in range(0, len(order), size):
                batch = order[start : start + size]
                share = 1 / len(batch) if reduction == "mean" else 1
                try:
                    total += _step(model, parameters, batch, loss, rate, share)
                except OverflowError as error:
                    raise _diverged(epoch, history) from error
            if not math.isfinite(total):
                raise _diverged(epoch, history)
            history.losses.append(total)
    except KeyboardInterrupt:
        history.interrupted = True
    finally:
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
    return float(sum(loss(model(x), target).data for x, target in _checked_samples(X, y)))


def _step(model: Any, parameters: list[Any], batch: Sequence[Any], loss: Any, rate: float, share: float) -> float:
    """Um lote: passo para frente, passo para trás, atualização. Devolve a perda do lote antes da atualização."""
    total: Any = None
    for x, target in batch:
        term = loss(model(x), target)
        total = term if total is None else total + term
    if share != 1:
        total = total * share
    for parameter in parameters:
        parameter.grad = 0
    total.backward()
    for parameter in parameters:
        parameter.data = parameter.data - rate * parameter.grad
    return float(total.data)


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


def _checked_samples(X: Any, y: Any) -> list[tuple[Any, Any]]:
    """Cada amostra com a sua saída desejada."""
    rows, targets = list(X), list(y)
    if not rows or len(rows) != len(targets):
        raise ValueError(
            f"train espera ao menos uma amostra e uma saída desejada para cada uma, e recebeu {len(rows)} amostra(s) "
            f"e {len(targets)} saída(s) desejada(s)"
        )
    return [(list(row), target) for row, target in zip(rows, targets, strict=True)]


def _checked_rate(learning_rate: Any) -> float:
    rate = float(as_number(learning_rate, "learning_rate"))
    _require(math.isfinite(rate) and rate > 0, "learning_rate espera um número maior que 0", learning_rate)
    return rate


def _require(condition: bool, expected: str, given: Any) -> None:
    if not condition:
        raise ValueError(f"{expected}, e recebeu {shorten(given)}")

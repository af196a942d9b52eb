"""Treinamento: repetir passo para frente, passo para trás e atualização de pesos."""

from __future__ import annotations

import math
import random
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from micrograd_pt.compiler.program import Program, program_of
from micrograd_pt.compiler.tracing import trace
from micrograd_pt.derivatives import flat
from micrograd_pt.losses import half_squared_error
from micrograd_pt.nn import Module
from micrograd_pt.ops import as_number, shorten
from micrograd_pt.optimizers import SGD, Optimizer

Sample = tuple[Sequence[Any], Any]


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
    optimizer: Optimizer | None = None,
    compiled: bool = True,
) -> History:
    """Treina por descida do gradiente: w ← w − taxa × ∂E/∂w.

    O modelo e a perda são compilados uma vez, se isso é possível; os resultados são os mesmos, a menos dos últimos
    algarismos. Um modelo que decide algo pelo valor de um nó, ou que sorteia, é treinado pelo grafo. Um que muda de uma
    chamada para outra por outro motivo (um contador, por exemplo) pede `compiled=False`.

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
        optimizer: como usar o gradiente; sem indicação, a descida simples com `learning_rate`.
        compiled: False treina sempre pelo grafo, chamando o modelo e a perda a cada amostra.
        progress: mostrar uma barra num terminal ou caderno; sem terminal não se mostra nada.

    Returns:
        A história: perda por época e segundos. Ctrl-C devolve a história até ali.

    Raises:
        DivergenceError: a perda deixou de ser finita; diz em que época.
        ValueError: um argumento fora do esperado.
        TypeError: uma entrada que não é número.
    """
    samples = _checked_samples(X, y)
    _require(isinstance(epochs, int) and epochs >= 0, "epochs espera um inteiro maior ou igual a 0", epochs)
    whole = batch_size is None or (isinstance(batch_size, int) and batch_size >= 1)
    _require(whole, "batch_size espera um inteiro maior que 0, ou None (o lote inteiro)", batch_size)
    _require(reduction in ("sum", "mean"), 'reduction espera "sum" ou "mean"', reduction)
    optimizer = SGD(_checked_rate(learning_rate)) if optimizer is None else optimizer
    size = batch_size or len(samples)
    history = History()
    eager = _Eager(model, loss, optimizer, reduction == "mean")
    stepper: _Eager | _Compiled = eager
    started = time.perf_counter()
    try:
        stepper = _compiled(eager, samples) if compiled else eager
        for epoch in _counted(epochs, progress, history):
            order = random.sample(samples, len(samples)) if shuffle else samples
            total = 0.0
            try:
                for start in range(0, len(order), size):
                    total += stepper.step(order[start : start + size])
            except OverflowError as error:
                raise _diverged(epoch, history) from error
            if not math.isfinite(total):
                raise _diverged(epoch, history)
            history.losses.append(total)
    except KeyboardInterrupt:
        history.interrupted = True
    finally:
        stepper.finish()
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


class _Eager:
    """Um passo de treinamento pelo grafo: para frente, para trás, atualização."""

    def __init__(self, model: Any, loss: Any, optimizer: Optimizer, mean: bool) -> None:
        self.model, self.loss, self.optimizer, self.mean = model, loss, optimizer, mean
        self.parameters = list(model.parameters())

    def step(self, batch: Sequence[Sample]) -> float:
        """Treina com um lote, e devolve a perda dele antes da atualização."""
        total: Any = None
        for x, target in batch:
            term = self.loss(self.model(x), target)
            total = term if total is None else total + term
        if self.mean and len(batch) > 1:
            total = total * (1 / len(batch))
        for parameter in self.parameters:
            parameter.grad = 0
        total.backward()
        self.optimizer.step(self.parameters)
        return float(total.data)

    def finish(self) -> None:
        """Nada falta: os parâmetros já estão no modelo."""


class _Compiled:
    """O mesmo passo pelo programa do modelo e da perda; os parâmetros voltam ao modelo no fim."""

    def __init__(self, eager: _Eager, program: Program, rows: Mapping[int, Sequence[float]]) -> None:
        self.eager, self.program, self.rows = eager, program, rows
        self.values = [parameter.data for parameter in eager.parameters]
        self.gradients: Sequence[float] = [0] * len(self.values)

    def step(self, batch: Sequence[Sample]) -> float:
        """Como em `_Eager`; um erro é repetido pelo grafo, que sabe dizer em que nó ele está."""
        try:
            if len(batch) == 1:
                total, gradients = self.program.run(self.rows[id(batch[0])], self.values)
            else:
                rows = [self.rows[id(sample)] for sample in batch]
                total, gradients = self.program.run_batch(rows, self.values)
                if self.eager.mean:
                    share = 1 / len(batch)
                    total, gradients = total * share, [gradient * share for gradient in gradients]
        except (ArithmeticError, ValueError):
            self.finish()
            return self.eager.step(batch)
        self.values = self.eager.optimizer.update(self.values, gradients)
        self.gradients = gradients
        return float(total)

    def finish(self) -> None:
        """Põe no modelo os parâmetros e os últimos gradientes."""
        for parameter, value, gradient in zip(self.eager.parameters, self.values, self.gradients, strict=True):
            parameter.data, parameter.grad = value, gradient


def _compiled(eager: _Eager, samples: Sequence[Sample]) -> _Eager | _Compiled:
    """O passo compilado, se o modelo e a perda se deixam compilar; senão o passo pelo grafo."""
    flats = [flat([list(x), target], "uma amostra") for x, target in samples]
    rows = {id(sample): leaves for sample, (leaves, _) in zip(samples, flats, strict=True)}
    if len({len(leaves) for leaves in rows.values()}) > 1 or len(rows) != len(samples):
        return eager
    chance = random.getstate()
    try:
        traced = trace(lambda x, target: eager.loss(eager.model(x), target), *flats[0])
        if random.getstate() != chance or traced.graph is None:
            random.setstate(chance)  # o modelo sorteia: cada passo é outro
            return eager
        program = program_of(traced.graph, traced.inputs, eager.parameters, eager.parameters)
    except Exception:  # não se deixa compilar; se há mesmo um erro, o passo pelo grafo o mostra
        random.setstate(chance)
        return eager
    return _Compiled(eager, program, rows)


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

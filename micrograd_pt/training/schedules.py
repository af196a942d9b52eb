"""A taxa de aprendizado ao longo do treinamento: funções do número da atualização, contado a partir de 0.

Um otimizador aceita uma delas no lugar do número: `SGD(CosineDecay(0.5, steps=1000))`. Uma época tem tantas
atualizações quantos lotes: no modo online, uma por amostra. Qualquer função de um inteiro que dá uma taxa serve do
mesmo modo.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from micrograd_pt.given import as_number, positive, whole

Schedule = Callable[[int], float]
"""Do número da atualização à taxa de aprendizado."""


@dataclass(frozen=True)
class StepDecay:
    """Taxa em degraus: a cada `every` atualizações, a taxa é multiplicada por `factor`.

    taxa · fatorᵏ, com k = ⌊t / every⌋ (Krizhevsky, Sutskever e Hinton, 2012, seção 5, com fator 0.1).

    Args:
        learning_rate: a taxa inicial, maior que 0.
        every: quantas atualizações dura um degrau.
        factor: por quanto a taxa é multiplicada, maior que 0.

    Raises:
        ValueError: um número fora do esperado.
    """

    learning_rate: float
    every: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        positive(self.learning_rate, "learning_rate")
        _require_steps(self.every, "every")
        positive(self.factor, "factor")

    def __call__(self, step: int) -> float:
        return self.learning_rate * self.factor ** (step // self.every)


@dataclass(frozen=True)
class ExponentialDecay:
    """Taxa que cai (ou cresce) na mesma proporção a cada atualização: taxa · fatorᵗ (Senior e outros, 2013).

    Args:
        learning_rate: a taxa inicial, maior que 0.
        factor: por quanto a taxa é multiplicada a cada atualização, maior que 0; 0.999, por exemplo.

    Raises:
        ValueError: um número fora do esperado.
    """

    learning_rate: float
    factor: float

    def __post_init__(self) -> None:
        positive(self.learning_rate, "learning_rate")
        positive(self.factor, "factor")

    def __call__(self, step: int) -> float:
        return self.learning_rate * self.factor**step


@dataclass(frozen=True)
class CosineDecay:
    """Taxa que desce por meia volta de cosseno, devagar no começo e no fim (Loshchilov e Hutter, 2017, eq. 5).

    mínima + ½ · (taxa − mínima) · (1 + cos(π · t / steps)); depois de `steps` atualizações, a mínima.

    Args:
        learning_rate: a taxa inicial, maior que 0.
        steps: em quantas atualizações se chega à mínima.
        minimum: a taxa final, de 0 à inicial.

    Raises:
        ValueError: um número fora do esperado.
    """

    learning_rate: float
    steps: int
    minimum: float = 0.0

    def __post_init__(self) -> None:
        positive(self.learning_rate, "learning_rate")
        _require_steps(self.steps, "steps")
        if not 0 <= as_number(self.minimum, "minimum") <= self.learning_rate:
            raise ValueError(f"minimum vai de 0 à taxa inicial, {self.learning_rate!r}, e recebeu {self.minimum!r}")

    def __call__(self, step: int) -> float:
        if step >= self.steps:
            return self.minimum
        turn = math.cos(math.pi * step / self.steps)
        return self.minimum + 0.5 * (self.learning_rate - self.minimum) * (1 + turn)


@dataclass(frozen=True)
class Warmup:
    """Aquecimento: a taxa cresce em linha reta por `steps` atualizações, e só então segue o que foi dado.

    A atualização t usa (t + 1) / steps da taxa (Goyal e outros, 2017, seção 2.2).

    Args:
        after: a taxa de depois: um número, ou outra destas funções, que começa a contar quando o aquecimento acaba.
        steps: quantas atualizações dura o aquecimento.

    Raises:
        ValueError, TypeError: um argumento fora do esperado.
    """

    after: float | Schedule
    steps: int

    def __post_init__(self) -> None:
        checked_rate(self.after, "after")
        _require_steps(self.steps, "steps")

    def __call__(self, step: int) -> float:
        if step < self.steps:
            return rate_at(self.after, 0) * (step + 1) / self.steps
        return rate_at(self.after, step - self.steps)


def rate_at(rate: float | Schedule, step: int) -> float:
    """A taxa numa atualização: o próprio número, ou o que a função dá.

    Raises:
        ValueError: a função dá uma taxa que não é um número finito de 0 para cima.
    """
    if not callable(rate):
        return rate
    found = as_number(rate(step), "a taxa de aprendizado")
    if not (math.isfinite(found) and found >= 0):
        raise ValueError(f"na atualização {step} a taxa de aprendizado seria {found!r}: ela é finita e não negativa")
    return float(found)


def checked_rate(rate: Any, name: str = "learning_rate") -> Any:
    """A taxa dada: um número maior que 0, como float, ou uma função do número da atualização.

    Raises:
        ValueError: um número que não é maior que 0 ou não é finito.
        TypeError: nem número nem função de uma atualização.
    """
    if isinstance(rate, type):
        raise TypeError(f"{name} espera um número ou uma função, e recebeu a classe {rate.__name__}: faltam os números")
    if callable(rate):
        return rate
    return float(positive(rate, name))


def _require_steps(given: Any, name: str) -> None:
    whole(given, name, kind="um número inteiro de atualizações")

"""Inicializadores: de onde vem cada peso de uma rede, antes de treinar.

Com pesos grandes demais o sinal estoura ou satura de camada em camada, com pequenos demais ele some: as receitas de
Glorot, He e LeCun escolhem a variância pelo número de entradas (`fan_in`) e de saídas (`fan_out`) da camada. Dão-se a
uma rede pelo nome, `MLP(2, [4, 1], init="he_normal")`, ou como função: `MLP(2, [4, 1], init=Normal(0.01))`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from micrograd_pt.given import as_number, shorten


class Generator(Protocol):
    """De onde vêm os números sorteados: o módulo `random`, ou um `random.Random`."""

    def uniform(self, a: float, b: float) -> float: ...

    def gauss(self, mu: float, sigma: float) -> float: ...


Initializer = Callable[[Generator, int, int], float]
"""Um peso, a partir do gerador, do número de entradas da camada e do de saídas."""


@dataclass(frozen=True)
class Uniform:
    """Uniforme entre `low` e `high`; sem indicação, entre −1 e 1, como no micrograd.

    Args:
        low: o menor peso.
        high: o maior; não menor que `low`.

    Raises:
        ValueError: limites que não são finitos, ou estão trocados.
    """

    low: float = -1.0
    high: float = 1.0

    def __post_init__(self) -> None:
        width = as_number(self.high, "high") - as_number(self.low, "low")
        if not (math.isfinite(width) and width >= 0):
            raise ValueError(f"Uniform espera low menor ou igual a high, e recebeu {self.low!r} e {self.high!r}")

    def __call__(self, generator: Generator, fan_in: int, fan_out: int) -> float:
        return generator.uniform(self.low, self.high)


@dataclass(frozen=True)
class Normal:
    """Normal, com média 0 e o desvio padrão dado.

    Args:
        deviation: o desvio padrão, de 0 para cima; sem indicação, 1.

    Raises:
        ValueError: um desvio negativo ou que não é finito.
    """

    deviation: float = 1.0

    def __post_init__(self) -> None:
        deviation = as_number(self.deviation, "deviation")
        if not (math.isfinite(deviation) and deviation >= 0):
            raise ValueError(f"Normal espera um desvio padrão de 0 para cima, e recebeu {self.deviation!r}")

    def __call__(self, generator: Generator, fan_in: int, fan_out: int) -> float:
        return generator.gauss(0.0, self.deviation)


def xavier_uniform(generator: Generator, fan_in: int, fan_out: int) -> float:
    """Uniforme entre ±√(6 / (fan_in + fan_out)) (Glorot e Bengio, 2010, eq. 16), para tanh e sigmoide."""
    return _uniform(generator, 2 / (fan_in + fan_out))


def xavier_normal(generator: Generator, fan_in: int, fan_out: int) -> float:
    """Normal de variância 2 / (fan_in + fan_out) (Glorot e Bengio, 2010, eq. 12)."""
    return _normal(generator, 2 / (fan_in + fan_out))


def he_uniform(generator: Generator, fan_in: int, fan_out: int) -> float:
    """Uniforme entre ±√(6 / fan_in), que tem a variância de `he_normal`."""
    return _uniform(generator, 2 / fan_in)


def he_normal(generator: Generator, fan_in: int, fan_out: int) -> float:
    """Normal de variância 2 / fan_in, para relu (He e outros, 2015, eq. 10)."""
    return _normal(generator, 2 / fan_in)


def lecun_uniform(generator: Generator, fan_in: int, fan_out: int) -> float:
    """Uniforme entre ±√(3 / fan_in), que tem a variância de `lecun_normal`."""
    return _uniform(generator, 1 / fan_in)


def lecun_normal(generator: Generator, fan_in: int, fan_out: int) -> float:
    """Normal de variância 1 / fan_in (LeCun, Bottou, Orr e Müller, 1998, eq. 16)."""
    return _normal(generator, 1 / fan_in)


def zeros(generator: Generator, fan_in: int, fan_out: int) -> float:
    """Zero em todo peso: um ponto de sela, de que a rede não sai, porque os neurônios de uma camada ficam iguais."""
    return 0.0


INITIALIZERS: dict[str, Initializer] = {
    "uniform": Uniform(),
    "normal": Normal(),
    "xavier_uniform": xavier_uniform,
    "xavier_normal": xavier_normal,
    "glorot_uniform": xavier_uniform,
    "glorot_normal": xavier_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
    "lecun_uniform": lecun_uniform,
    "lecun_normal": lecun_normal,
    "zeros": zeros,
}
"""Os inicializadores, pelo nome."""


def initializer(given: Any) -> Initializer:
    """O inicializador com esse nome, ou a própria função que foi dada.

    Raises:
        ValueError: um nome desconhecido, ou algo que não é nome nem função.
    """
    if isinstance(given, str) and given in INITIALIZERS:
        return INITIALIZERS[given]
    if callable(given) and not isinstance(given, type):
        found: Initializer = given
        return found
    raise ValueError(f"inicializador desconhecido: {shorten(given)}; os conhecidos são {', '.join(INITIALIZERS)}")


def _uniform(generator: Generator, variance: float) -> float:
    """Uniforme em torno de 0 com essa variância: a de uma uniforme entre ±a é a² / 3."""
    limit = math.sqrt(3 * variance)
    return generator.uniform(-limit, limit)


def _normal(generator: Generator, variance: float) -> float:
    return generator.gauss(0.0, math.sqrt(variance))

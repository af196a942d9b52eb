"""Otimizadores: como o gradiente muda os parâmetros.

Todos andam do mesmo modo, w ← w − taxa × direção; o que muda de um para outro é a direção que tiram do gradiente.
Servem em `train(..., optimizer=Adam(0.01))` e num laço escrito à mão, com `optimizer.step(model.parameters())`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field, fields
from typing import Any

from micrograd_pt.engine import Value
from micrograd_pt.given import as_number, is_finite, positive, shorten
from micrograd_pt.threads import assign
from micrograd_pt.training.schedules import Schedule, checked_rate, rate_at

Numbers = Sequence[float]


def _from_zero(given: Any, name: str) -> float:
    number = as_number(given, name)
    if not (is_finite(number) and number >= 0):
        raise ValueError(f"{name} espera um número de 0 para cima, e recebeu {shorten(given)}")
    return float(number)


def _below_one(given: Any, name: str) -> float:
    number = as_number(given, name)
    if not 0 <= number < 1:
        raise ValueError(f"{name} espera de 0 a menos que 1, e recebeu {shorten(given)}")
    return float(number)


def _two_below_one(given: Any, name: str) -> tuple[float, float]:
    if not isinstance(given, Sequence) or len(given) != 2:
        raise ValueError(f"{name} espera dois números, como (0.9, 0.999), e recebeu {shorten(given)}")
    return _below_one(given[0], name), _below_one(given[1], name)


def _positive_or_none(given: Any, name: str) -> Any:
    return None if given is None else positive(given, name)


# O que um campo declara além do tipo e do valor usual: quem o confere, e dá o número que fica.
_RATE = {"checked": checked_rate}
_POSITIVE = {"checked": positive}
_POSITIVE_OR_NONE = {"checked": _positive_or_none}
_FROM_ZERO = {"checked": _from_zero}
_BELOW_ONE = {"checked": _below_one}
_TWO_BELOW_ONE = {"checked": _two_below_one}


@dataclass(eq=False, repr=False)
class Optimizer:
    """A base dos otimizadores; uma subclasse define `directions`, ou `update` por inteiro.

    A memória de um otimizador (médias, velocidades, o número da atualização) é dos parâmetros com que ele trabalha:
    continua de um treinamento do mesmo modelo para o outro, e recomeça se lhe dão outros parâmetros. Ela se guarda com
    pickle.

    Args:
        learning_rate: a taxa de aprendizado: um número maior que 0, ou uma função do número da atualização, a partir de
            0 (veja `schedules`).
        weight_decay: λ, o decaimento dos pesos. Em todos menos `AdamW` é a penalidade L2: λ · w entra no gradiente,
            como se a perda tivesse mais ½ · λ · w² por parâmetro (Krogh e Hertz, 1992).
        clip_norm: a maior norma do gradiente (de todos os parâmetros juntos); um maior é encolhido até ela, na mesma
            direção (Pascanu, Mikolov e Bengio, 2013, algoritmo 1). O corte vem antes do decaimento.

    Attributes:
        updates: quantas atualizações foram feitas.

    Raises:
        ValueError, TypeError: um argumento fora do esperado.
    """

    learning_rate: float | Schedule = field(metadata=_RATE)
    _: KW_ONLY
    weight_decay: float = field(default=0.0, metadata=_FROM_ZERO)
    clip_norm: float | None = field(default=None, metadata=_POSITIVE_OR_NONE)
    # A memória: os campos que quem cria o otimizador não dá.
    updates: int = field(default=0, init=False)
    _count: int | None = field(default=None, init=False)
    _parameters: list[Value] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        for one in fields(self):
            if "checked" in one.metadata:
                setattr(self, one.name, one.metadata["checked"](getattr(self, one.name), one.name))

    def step(self, parameters: Sequence[Value]) -> None:
        """Atualiza os parâmetros a partir dos seus gradientes, já calculados por `backward()`.

        Args:
            parameters: os parâmetros, sempre na mesma ordem, como `model.parameters()` os dá.
        """
        parameters, before, memory = list(parameters), list[Any](), dict(self.__dict__)
        try:
            self.attend(parameters)
            gradients = [as_number(p.grad, f"o gradiente de {p.label or 'um parâmetro'}") for p in parameters]
            before = [p.data for p in parameters]
            values = self.update(before, gradients)
            assign(parameters, "data", [value for value, _ in zip(values, parameters, strict=True)])
        except BaseException:
            self.__dict__ = memory
            assign(parameters, "data", before)
            raise

    def attend(self, parameters: Sequence[Value]) -> list[Value]:
        """Anota com que parâmetros se trabalha; se são outros que até agora, a memória recomeça.

        Returns:
            Os parâmetros, como lista.
        """
        given = list(parameters)
        for parameter in given:
            if not isinstance(parameter, Value):
                raise TypeError(f"parameters() dá Values, e deu {shorten(parameter)}")
        known = given if self._parameters is None else self._parameters
        if self._count not in (None, len(given)) or any(a is not b for a, b in zip(known, given, strict=False)):
            self.reset()
        self._count, self._parameters = len(given), given
        return given

    def update(self, values: Numbers, gradients: Numbers) -> list[float]:
        """Os valores novos dos parâmetros, a partir de números: é o que `step` e `train` chamam.

        Args:
            values: os valores de agora.
            gradients: o gradiente de cada um.
        """
        rate = rate_at(self.learning_rate, self.updates)
        if self.clip_norm is not None:
            gradients = clipped(gradients, self.clip_norm)
        directions = self.directions(values, gradients)
        self.updates += 1
        return [value - rate * direction for value, direction in zip(values, directions, strict=True)]

    def directions(self, values: Numbers, gradients: Numbers) -> Numbers:
        """A direção de cada parâmetro, a partir do valor de agora e do gradiente.

        Args:
            values: os valores de agora.
            gradients: o gradiente de cada um, já cortado.
        """
        raise TypeError(
            f"{type(self).__name__} precisa dizer como atualizar: defina directions(values, gradients), ou "
            "update(values, gradients)"
        )

    def penalized(self, values: Numbers, gradients: Numbers) -> Numbers:
        """O gradiente com a penalidade L2, g + λ · w."""
        decay = self.weight_decay
        return [g + decay * w for w, g in zip(values, gradients, strict=True)] if decay else gradients

    def reset(self) -> None:
        """Esquece as atualizações feitas, com toda a memória: a próxima é a primeira."""
        for one in fields(self):
            if not one.init:
                setattr(self, one.name, one.default)

    def __getstate__(self) -> dict[str, Any]:
        """A memória sem os parâmetros: um otimizador lido de um arquivo adota os primeiros que lhe derem."""
        return {name: held for name, held in self.__dict__.items() if name != "_parameters"}

    def __repr__(self) -> str:
        held = {name: held for name, held in self.__dict__.items() if not name.startswith("_") and name != "updates"}
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in held.items())})"


@dataclass(eq=False, repr=False)
class SGD(Optimizer):
    """Descida do gradiente (Robbins e Monro, 1951), w ← w − taxa × g, e com momento.

    Com momento μ, a direção é a velocidade v ← μ · v + g (Polyak, 1964); com `nesterov`, g + μ · v, a velocidade de um
    passo à frente (Nesterov, 1983, na forma de Sutskever e outros, 2013, eq. 3 e 4). Aqui a taxa fica fora de v.

    Args:
        learning_rate, weight_decay, clip_norm: como em `Optimizer`.
        momentum: μ, de 0 (sem memória) a menos que 1; 0.9 é o usual.
        nesterov: verdadeiro para o momento de Nesterov; pede `momentum` maior que 0.

    Raises:
        ValueError, TypeError: um argumento fora do esperado.
    """

    _: KW_ONLY
    momentum: float = field(default=0.0, metadata=_BELOW_ONE)
    nesterov: bool = False
    _velocity: Numbers = field(default=(), init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.nesterov and not self.momentum:
            raise ValueError("o momento de Nesterov pede momentum maior que 0, como momentum=0.9")

    def directions(self, values: Numbers, gradients: Numbers) -> Numbers:
        """O gradiente; com momento, a velocidade."""
        gradients = self.penalized(values, gradients)
        if not self.momentum:
            return gradients
        momentum, before = self.momentum, self._velocity or [0.0] * len(gradients)
        self._velocity = velocity = [momentum * v + g for v, g in zip(before, gradients, strict=True)]
        return [g + momentum * v for v, g in zip(velocity, gradients, strict=True)] if self.nesterov else velocity


@dataclass(eq=False, repr=False)
class RMSProp(Optimizer):
    """RMSProp (Tieleman e Hinton, 2012, aula 6.5): o gradiente dividido pela raiz da média recente dos seus quadrados.

    s ← ρ · s + (1 − ρ) · g²; direção g / (√s + ε).

    Args:
        learning_rate, weight_decay, clip_norm: como em `Optimizer`.
        rho: ρ, quanto da média anterior fica, de 0 a menos que 1.
        epsilon: ε, maior que 0, para não dividir por 0.

    Raises:
        ValueError, TypeError: um argumento fora do esperado.
    """

    learning_rate: float | Schedule = field(default=0.001, metadata=_RATE)
    _: KW_ONLY
    rho: float = field(default=0.9, metadata=_BELOW_ONE)
    epsilon: float = field(default=1e-8, metadata=_POSITIVE)
    _squares: Numbers = field(default=(), init=False)

    def directions(self, values: Numbers, gradients: Numbers) -> Numbers:
        """g / (√s + ε)."""
        gradients = self.penalized(values, gradients)
        rho, epsilon = self.rho, self.epsilon
        before = self._squares or [0.0] * len(gradients)
        self._squares = squares = [rho * s + (1 - rho) * g * g for s, g in zip(before, gradients, strict=True)]
        return [g / (math.sqrt(s) + epsilon) for s, g in zip(squares, gradients, strict=True)]


@dataclass(eq=False, repr=False)
class Adam(Optimizer):
    """Adam (Kingma e Ba, 2015, algoritmo 1): a média do gradiente, dividida pela raiz da média dos seus quadrados.

    m ← β₁ · m + (1 − β₁) · g; s ← β₂ · s + (1 − β₂) · g²; direção m̂ / (√ŝ + ε), com as médias corrigidas por terem
    começado em 0: m̂ = m / (1 − β₁ᵗ), ŝ = s / (1 − β₂ᵗ).

    Args:
        learning_rate, weight_decay, clip_norm: como em `Optimizer`.
        betas: β₁ e β₂, de 0 a menos que 1.
        epsilon: ε, maior que 0, para não dividir por 0.

    Raises:
        ValueError, TypeError: um argumento fora do esperado.
    """

    learning_rate: float | Schedule = field(default=0.001, metadata=_RATE)
    _: KW_ONLY
    betas: tuple[float, float] = field(default=(0.9, 0.999), metadata=_TWO_BELOW_ONE)
    epsilon: float = field(default=1e-8, metadata=_POSITIVE)
    _means: Numbers = field(default=(), init=False)
    _squares: Numbers = field(default=(), init=False)

    def directions(self, values: Numbers, gradients: Numbers) -> Numbers:
        """m̂ / (√ŝ + ε)."""
        return self._moments(self.penalized(values, gradients))

    def _moments(self, gradients: Numbers) -> Numbers:
        (first, second), epsilon = self.betas, self.epsilon
        zeros = [0.0] * len(gradients)
        means = [first * m + (1 - first) * g for m, g in zip(self._means or zeros, gradients, strict=True)]
        squares = [second * s + (1 - second) * g * g for s, g in zip(self._squares or zeros, gradients, strict=True)]
        self._means, self._squares = means, squares
        unbiased, scale = 1 / (1 - first ** (self.updates + 1)), 1 / (1 - second ** (self.updates + 1))
        return [m * unbiased / (math.sqrt(s * scale) + epsilon) for m, s in zip(means, squares, strict=True)]


@dataclass(eq=False, repr=False)
class AdamW(Adam):
    """Adam com o decaimento dos pesos fora do gradiente (Loshchilov e Hutter, 2019, algoritmo 2).

    w ← w − taxa × (direção do Adam + λ · w): as médias não veem o decaimento, que assim é o mesmo para todo peso.

    Args:
        learning_rate, betas, epsilon, clip_norm: como em `Adam`.
        weight_decay: λ, o decaimento desacoplado.

    Raises:
        ValueError, TypeError: um argumento fora do esperado.
    """

    _: KW_ONLY
    weight_decay: float = field(default=0.01, metadata=_FROM_ZERO)

    def directions(self, values: Numbers, gradients: Numbers) -> Numbers:
        """A direção do Adam, mais λ · w."""
        decay = self.weight_decay
        return [d + decay * w for w, d in zip(values, self._moments(gradients), strict=True)]


def clipped(gradients: Numbers, norm: float) -> Numbers:
    """O gradiente, encolhido até essa norma se é maior.

    Args:
        gradients: as componentes.
        norm: a maior norma.
    """
    length = math.hypot(*gradients)
    if length <= norm:
        return gradients
    share = norm / length
    return [share * gradient for gradient in gradients]

"""Otimizadores: como o gradiente muda os parâmetros.

Todos andam do mesmo modo, w ← w − taxa × direção; o que muda de um para outro é a direção que tiram do gradiente.
Servem em `train(..., optimizer=Adam(0.01))` e num laço escrito à mão, com `optimizer.step(model.parameters())`; ou como
no PyTorch, `optimizer = Adam(model.parameters(), lr=0.01)`, e depois `optimizer.zero_grad()` e `optimizer.step()`.
"""

from __future__ import annotations

import math
from abc import ABCMeta
from collections.abc import Iterable, Sequence
from dataclasses import KW_ONLY, MISSING, Field, dataclass, field, fields
from inspect import Signature, signature
from itertools import repeat
from operator import is_
from typing import TYPE_CHECKING, Any

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
_POSITIVE = {"checked": positive}
_POSITIVE_OR_NONE = {"checked": _positive_or_none}
_FROM_ZERO = {"checked": _from_zero}
_BELOW_ONE = {"checked": _below_one}
_TWO_BELOW_ONE = {"checked": _two_below_one}


class _Rate:
    """Um campo com a taxa de aprendizado, conferida sempre que se escreve.

    Args:
        usual: a taxa de quem não dá uma; None se é preciso dá-la.
    """

    def __init__(self, usual: float | None = None) -> None:
        self.usual: float | None = usual

    def __get__(self, optimizer: Any, owner: Any = None) -> float | Schedule:
        if optimizer is not None:
            return optimizer.__dict__["learning_rate"]  # type: ignore[no-any-return]
        if self.usual is None:  # é assim que `dataclass` entende que não há um valor usual
            raise AttributeError("learning_rate")
        return self.usual

    # O tipo é também o do primeiro argumento de quem cria o otimizador, de onde `_Maker` tira os parâmetros.
    def __set__(self, optimizer: Any, given: float | Schedule | Iterable[Value]) -> None:
        optimizer.__dict__["learning_rate"] = checked_rate(given)


class _Maker(ABCMeta):
    """Cria um otimizador também como no PyTorch: `SGD(parâmetros, lr=0.1)`, além de `SGD(0.1)`.

    Uma subclasse pode ser uma ABC; se escreve um `__init__` que não começa por `learning_rate`, ele é que decide.
    """

    @property
    def __signature__(cls) -> Signature:
        shown = signature(cls.__init__)  # type: ignore[misc]
        return shown.replace(parameters=[*shown.parameters.values()][1:])

    if not TYPE_CHECKING:  # os tipos estão nos campos

        def __call__(cls, *args: Any, **options: Any) -> Any:
            expected, name, own = cls.__signature__.parameters, cls.__name__, None
            if next(iter(expected), "") != "learning_rate":
                return super().__call__(*args, **options)
            if args and _are_parameters(args[0]):
                own, args = _listed(args[0]), args[1:]
                if not own:
                    raise ValueError(f"{name} recebeu uma lista de parâmetros vazia: um gerador já percorrido?")
            if "lr" in options and "lr" not in expected:
                if args and isinstance(args[0], Value):
                    raise TypeError(f"{name} espera uma lista de parâmetros: {name}([w, b], lr=0.1)")
                if args or "learning_rate" in options:
                    raise TypeError("dê lr ou learning_rate, e não os dois: são a mesma taxa")
                options["learning_rate"] = options.pop("lr")
            if not args and "learning_rate" not in options and expected["learning_rate"].default is Signature.empty:
                raise TypeError(
                    f"{name} precisa da taxa de aprendizado: {name}(0.1), ou {name}(rede.parameters(), lr=0.1)"
                )
            made = super().__call__(*args, **options)
            if own:
                made._own = own
            return made


def _are_parameters(given: Any) -> bool:
    """Verdadeiro se são parâmetros, e não uma taxa."""
    if callable(getattr(given, "parameters", None)):
        raise TypeError(f"dê os parâmetros da rede, com rede.parameters(), e não {shorten(given)}")
    one = callable(given) or isinstance(given, str) or getattr(given, "shape", None) == ()
    return isinstance(given, Iterable) and not one


def _listed(parameters: Any) -> list[Value]:
    """Os parâmetros, como lista."""
    if not hasattr(parameters, "__iter__"):
        raise TypeError(f"espera-se uma lista de parâmetros, como rede.parameters(), e veio {shorten(parameters)}")
    given = list(parameters)
    if not {Value}.issuperset(map(type, given)) and not all(isinstance(one, Value) for one in given):
        stray = next(one for one in given if not isinstance(one, Value))
        raise TypeError(f"parameters() dá Values, e deu {shorten(stray)}")
    return given


@dataclass(eq=False, repr=False)
class Optimizer(metaclass=_Maker):
    """A base dos otimizadores; uma subclasse define `directions`, ou `update` por inteiro.

    Cada parâmetro tem a sua memória (médias, velocidade, quantas vezes foi atualizado), que o segue: `step` com só
    alguns deles, noutra ordem ou com novos não a perde. Um parâmetro com `grad` None não recebeu gradiente, e fica
    como está. `train` com um modelo de que não se conhece parâmetro algum recomeça do zero. A memória se guarda com
    pickle, sem os parâmetros: um otimizador lido de um arquivo adota os primeiros que lhe derem.

    Numa subclasse, um campo `field(default=(), init=False)`, em que `directions` põe uma lista nova a cada vez, com um
    número por parâmetro, é memória do mesmo modo: a de um parâmetro novo é 0.

    Args:
        learning_rate: a taxa de aprendizado: um número maior que 0, ou uma função do número da atualização, a partir de
            0 (veja `schedules`). Também se chama `lr`; com esse nome, o primeiro argumento pode ser os parâmetros, de
            `step()` e `zero_grad()`, e `train` então só aceita o modelo que os tem.
        weight_decay: λ, o decaimento dos pesos. Em todos menos `AdamW` é a penalidade L2: λ · w entra no gradiente,
            como se a perda tivesse mais ½ · λ · w² por parâmetro (Krogh e Hertz, 1992).
        clip_norm: a maior norma do gradiente (de todos os parâmetros juntos); um maior é encolhido até ela, na mesma
            direção (Pascanu, Mikolov e Bengio, 2013, algoritmo 1). O corte vem antes do decaimento.

    Attributes:
        updates: quantas atualizações foram feitas.

    Raises:
        ValueError, TypeError: um argumento fora do esperado.
    """

    learning_rate: _Rate = _Rate()
    _: KW_ONLY
    if TYPE_CHECKING:
        lr: _Rate = _Rate()
    else:
        lr = _Rate()  # outro nome do mesmo campo
    weight_decay: float = field(default=0.0, metadata=_FROM_ZERO)
    clip_norm: float | None = field(default=None, metadata=_POSITIVE_OR_NONE)
    # A memória: os campos que quem cria o otimizador não dá. A dos parâmetros em uso está em filas, na ordem deles; a
    # dos outros, em _kept: de cada fila, o número de cada parâmetro.
    updates: int = field(default=0, init=False)
    _lags: Sequence[int] = field(default=(), init=False)  # de quantas atualizações cada um não participou, se de alguma
    _count: int | None = field(default=None, init=False)
    _parameters: list[Value] | None = field(default=None, init=False)
    _kept: dict[str, dict[Value, float]] | None = field(default=None, init=False)
    _own: list[Value] | None = field(default=None, init=False)  # os dados ao criá-lo

    def __post_init__(self) -> None:
        for one in fields(self):
            if "checked" in one.metadata:
                setattr(self, one.name, one.metadata["checked"](getattr(self, one.name), one.name))

    def step(self, parameters: Iterable[Value] | None = None) -> None:
        """Atualiza os parâmetros a partir dos seus gradientes, já calculados por `backward()`.

        Args:
            parameters: os parâmetros, como `model.parameters()` os dá; sem indicação, os dados ao criar o otimizador,
                ou os do último `step`.
        """
        given, before, memory = self._known(parameters), list[Any](), dict(self.__dict__)
        moved = [p for p in given if p.grad is not None]
        try:
            self._use(given)
            if len(moved) < len(given):
                self._use(moved)
            gradients = [as_number(p.grad, f"o gradiente de {p.label or 'um parâmetro'}") for p in moved]
            before = [p.data for p in moved]
            values = self.update(before, gradients)
            assign(moved, "data", [value for value, _ in zip(values, moved, strict=True)])
            self._use(given)
        except BaseException:
            self.__dict__ = memory
            assign(moved, "data", before)
            raise

    def zero_grad(self, set_to_none: bool = False) -> None:
        """Zera o gradiente dos parâmetros dados ao criar o otimizador, ou dos do último `step`.

        Args:
            set_to_none: pôr None no lugar de 0: `step` pula quem não receber um gradiente até lá.
        """
        assign(self._known(), "grad", repeat(None if set_to_none else 0))

    def attend(self, parameters: Iterable[Value]) -> list[Value]:
        """Começa um treinamento destes parâmetros: se não conhece nenhum deles, com a memória vazia.

        Returns:
            Os parâmetros, como lista.

        Raises:
            ValueError: o otimizador foi criado com outros parâmetros.
        """
        given = _listed(parameters)
        if self._own is not None and set(self._own) != set(given):
            raise ValueError(
                "o otimizador foi criado com parâmetros que não são os do modelo: crie-o só com a taxa, como "
                f"{type(self).__name__}(0.01), ou com todos os do modelo, que são os que train atualiza"
            )
        known = [*(self._parameters or ()), *(self._kept or {}).get("updates", ())]
        if known and set(known).isdisjoint(given):
            self.reset()
        self._use(given)
        return given

    def _known(self, parameters: Iterable[Value] | None = None) -> list[Value]:
        """Os parâmetros dados ou, sem eles, os que já se conhecem."""
        if parameters is not None:
            return _listed(parameters)
        known = self._parameters if self._own is None else self._own
        if known is None:
            raise ValueError(
                "o otimizador não sabe de que parâmetros se trata: dê-os em step(rede.parameters()), ou ao criá-lo, "
                f"como {type(self).__name__}(rede.parameters(), lr=0.01)"
            )
        return known

    def _use(self, given: list[Value]) -> None:
        """Passa a usar estes parâmetros, com a memória de cada um; a dos que estavam em uso fica guardada."""
        used = self._parameters
        if used is None:  # a memória, se há, veio de um arquivo: é destes, se são tantos quantos eram
            if self._count not in (None, len(given)):
                self.reset()
            self.__dict__.update(_count=len(given), _parameters=given)
        elif len(used) != len(given) or not all(map(is_, used, given)):
            self.__dict__.update(self._laid_out(used, given), _count=len(given), _parameters=given)

    def _laid_out(self, used: list[Value], given: list[Value]) -> dict[str, Any]:
        """As filas destes parâmetros, e o que se guarda dos que estavam em uso."""
        rows = {"updates": [self.updates - lag for lag in self._lags or [0] * len(used)], **self._rows(len(used))}
        kept = dict(self._kept or {})
        for name, row in rows.items():
            kept[name] = {**kept.get(name, {}), **dict(zip(used, row, strict=True))}
        found = {name: [known.get(p, 0.0) for p in given] for name, known in kept.items() if name != "updates"}
        lags = [self.updates - kept["updates"].get(p, 0) for p in given]
        return {**found, "_lags": lags if any(lags) else (), "_kept": kept}

    def _rows(self, count: int) -> dict[str, Numbers]:
        """O que as subclasses lembram de cada um dos parâmetros em uso."""
        own = [one for one in fields(self) if not one.init and not hasattr(Optimizer, one.name)]
        held = {one.name: getattr(self, one.name) for one in own if one.default in ((), None)}
        return {name: row for name, row in held.items() if isinstance(row, (list, tuple)) and len(row) == count}

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
        self.__dict__.update({one.name: _first(one) for one in fields(self) if not one.init and one.name != "_own"})

    def __getstate__(self) -> dict[str, Any]:
        """A memória sem os parâmetros: um otimizador lido de um arquivo adota os primeiros que lhe derem."""
        return {name: held for name, held in self.__dict__.items() if name not in ("_parameters", "_kept", "_own")}

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

    learning_rate: _Rate = _Rate(0.001)
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

    learning_rate: _Rate = _Rate(0.001)
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
        self._means, self._squares, time = means, squares, self.updates + 1
        if self._lags:
            return [
                m * (1 / (1 - first ** (time - lag))) / (math.sqrt(s * (1 / (1 - second ** (time - lag)))) + epsilon)
                for m, s, lag in zip(means, squares, self._lags, strict=True)
            ]
        unbiased, scale = 1 / (1 - first**time), 1 / (1 - second**time)
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


def _first(one: Field[Any]) -> Any:
    """O que um campo da memória vale antes da primeira atualização."""
    return one.default if one.default_factory is MISSING else one.default_factory()


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

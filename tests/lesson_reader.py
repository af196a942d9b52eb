"""Um leitor do texto da lição que não conhece o pacote: lê cada linha de volta e refaz cada conta.

Sabe só o que um aluno sabe: os sinais, as funções pelo nome, e o que as linhas de cima já disseram.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath

TOLERANCE = 1e-13
_SMALLEST = 1e-300  # abaixo disto um float já não tem todos os algarismos

_TOKEN = re.compile(
    r"""
      (?P<space>  \s+ )
    | (?P<number> [0-9]+ (?:\.[0-9]*)? (?:e[+-]?[0-9]+)? )
    | (?P<power>  [⁻⁰¹²³⁴-⁹]+ )
    | (?P<slope>  ∂[^\W²³¹⁰⁴-⁹]+/∂[^\W²³¹⁰⁴-⁹]+ )
    | (?P<name>   [^\W\d²³¹⁰⁴-⁹][^\W²³¹⁰⁴-⁹]* )
    | (?P<sign>   [-+·/^()|,;<≤√∛] )
    """,
    re.VERBOSE,
)
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def _functions(m: Any, number: Callable[[Any], Any]) -> dict[str, Callable[..., Any]]:
    """As funções do texto, pelo nome, sobre os números e a biblioteca dados."""

    def sigmoid(x: Any) -> Any:
        return 1 / (1 + m.exp(-x))

    return {
        **{"exp": m.exp, "log": m.log, "log₂": lambda x: m.log(x) / m.log(number(2)), "cos": m.cos, "tan": m.tan},
        **{"log₁₀": lambda x: m.log(x) / m.log(number(10)), "sen": m.sin, "arcsen": m.asin, "arccos": m.acos},
        **{"arctan": m.atan, "senh": m.sinh, "cosh": m.cosh, "tanh": m.tanh, "arsenh": m.asinh, "arcosh": m.acosh},
        **{"artanh": m.atanh, "atan2": m.atan2, "erf": m.erf, "erfc": m.erfc, "max": max, "min": min, "σ": sigmoid},
        "relu": lambda x: max(x, number(0)),
        "leaky_relu": lambda x: x if x > 0 else x / 100,
        "elu": lambda x: x if x > 0 else m.expm1(x),
        "softplus": lambda x: m.log(1 + m.exp(x)),
        "silu": lambda x: x * sigmoid(x),
        "gelu": lambda x: x * (1 + m.erf(x / m.sqrt(number(2)))) / 2,
        "√": m.sqrt,
        "∛": lambda x: (-1 if x < 0 else 1) * abs(x) ** (number(1) / 3),
    }


def read(number: Any) -> float:
    """Um número do texto, que pode ser uma fração."""
    return float(Fraction(number))


_EXACT = mpmath.MPContext()
_EXACT.dps = 400
_WAYS = ((read, _functions(math, float)), (_EXACT.mpf, _functions(_EXACT, _EXACT.mpf)))
"""Com floats, como o pacote calcula; e com 400 algarismos, o que a conta escrita dá de verdade."""


class WrongNumberError(AssertionError):
    """Um número do texto não é o que a fórmula ao lado dele dá."""


@dataclass
class _Formula:
    """Uma fórmula sendo lida: os pedaços, o lugar, e com que números se calcula."""

    pieces: list[tuple[str, str]]
    known: Mapping[str, str]
    number: Callable[[Any], Any]
    functions: Mapping[str, Callable[..., Any]]
    place: int = 0

    def whole(self) -> Any:
        value = self.sum()
        assert self.next == ("end", ""), f"sobrou {self.next} em {self.pieces}"
        return value

    @property
    def next(self) -> tuple[str, str]:
        return self.pieces[self.place]

    def took(self, *signs: str) -> str:
        kind, text = self.next
        if kind != "sign" or text not in signs:
            return ""
        self.place += 1
        return text

    def demand(self, *signs: str) -> str:
        sign = self.took(*signs)
        assert sign, f"esperava {signs}, e veio {self.next} em {self.pieces}"
        return sign

    def sum(self) -> Any:
        value = -self.product() if self.took("-") else self.product()
        while sign := self.took("+", "-"):
            term = self.product()
            value = value + term if sign == "+" else value - term
        return value

    def product(self) -> Any:
        value = self.power()
        while sign := self.took("·", "/"):
            factor = -self.power() if self.took("-") else self.power()
            value = value * factor if sign == "·" else value / factor
        return value

    def power(self) -> Any:
        base = self.atom()
        kind, text = self.next
        if kind == "power":
            self.place += 1
            return base ** int(text.translate(_SUPERSCRIPTS))
        return base ** self.atom() if self.took("^") else base

    def atom(self) -> Any:
        if self.took("("):
            value = self.sum()
            self.demand(")")
            return value
        if self.took("|"):
            value = self.sum()
            self.demand("|")
            return abs(value)
        kind, text = self.next
        self.place += 1
        if kind == "number":
            return self.number(text)
        if self.took("("):
            return self.choice() if text == "se" else self.call(text)
        if text == "π":
            return self.number(math.pi)
        return self.number(self.known[text])

    def call(self, name: str) -> Any:
        args = [self.sum()]
        while self.demand(",", ")") == ",":
            args.append(self.sum())
        return self.functions[name](*args) if len(args) > 1 or name not in ("max", "min") else args[0]

    def choice(self) -> Any:
        left, sign, right = self.sum(), self.demand("<", "≤"), self.sum()
        self.demand(";")
        yes = self.sum()
        self.demand(";")
        no = self.sum()
        self.demand(")")
        return yes if (left < right if sign == "<" else left <= right) else no


def _pieces(text: str) -> list[tuple[str, str]]:
    pieces, place = [], 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        assert found is not None, f"não sei ler {text[place:]!r} em {text!r}"
        place = found.end()
        if found.lastgroup != "space":
            pieces.append((str(found.lastgroup if found[0] not in "√∛" else "name"), found[0]))
    return [*pieces, ("end", "")]


def results(text: str, known: Mapping[str, str]) -> list[Any]:
    """O que a conta escrita dá: com floats, se eles chegam, e com 400 algarismos.

    Args:
        text: a fórmula.
        known: o que cada nome e cada ∂a/∂b vale, como foi escrito.
    """
    pieces, found = _pieces(text), []
    for number, functions in _WAYS:
        try:
            found.append(_Formula(pieces, known, number, functions).whole())
        except (OverflowError, ZeroDivisionError, ValueError):
            continue
    return [value for value in found if not isinstance(value, complex | _EXACT.mpc)]


def precise(number: float) -> Any:
    """Um float como número de 400 algarismos."""
    return _EXACT.mpf(number)


def exactly(text: str, known: Mapping[str, Any]) -> Any:
    """O que a conta escrita dá, com 400 algarismos.

    Args:
        text: a fórmula.
        known: o que cada nome vale, um número.
    """
    number, functions = _WAYS[1]
    return _Formula(_pieces(text), known, number, functions).whole()


def slopes_beside(text: str, known: Mapping[str, Any], name: str) -> tuple[Any, Any]:
    """As inclinações de uma conta à esquerda e à direita, pela definição de derivada, com um passo minúsculo.

    Args:
        text: a fórmula.
        known: o que cada nome vale.
        name: o nome que muda.
    """
    step = _EXACT.mpf(10) ** -100
    here = exactly(text, known)
    before, after = (exactly(text, {**known, name: known[name] + sign * step}) for sign in (-1, 1))
    return (here - before) / step, (after - here) / step


def check(text: str, known: Mapping[str, str], printed: str, scale: float = 0.0) -> None:
    """Confere uma fórmula com o número escrito ao lado dela.

    Args:
        text: a fórmula.
        known: o que cada nome e cada ∂a/∂b vale.
        printed: o número.
        scale: o tamanho das parcelas, numa soma em que elas podem se cancelar.

    Raises:
        WrongNumberError: nem com floats nem com 400 algarismos a conta dá esse número.
    """
    wanted = _EXACT.mpf(printed)
    for value in results(text, known):
        if abs(_EXACT.mpf(value) - wanted) <= max(TOLERANCE * max(abs(wanted), scale), _SMALLEST):
            return
    raise WrongNumberError(f"{text} dá {results(text, known)}, e está escrito {printed}")


_PLACE = re.compile(r"\(\dº (\S+)\)")
_NOTE = re.compile(r"   \((?P<note>[^()]*)\)$")


class LessonReader:
    """Lê as linhas de uma lição, na ordem, e confere cada número com o que já leu.

    Args:
        leaves: o que valem as folhas, pelo nome que têm no texto.
        rate: a taxa de aprendizado, se há uma.

    Attributes:
        known: o que as linhas lidas já disseram de cada nome e de cada ∂a/∂b.
        numbers: quantos números foram recalculados.
    """

    def __init__(self, leaves: Mapping[str, float], rate: float | None = None) -> None:
        self.known = {name: f"{value!r}" for name, value in leaves.items()}
        if rate is not None:
            self.known["α"] = repr(rate)
        self.numbers = 0

    def read(self, line: str) -> str:
        """Lê uma linha `nome = lado = … = resultado`, confere cada lado, e dá o nome."""
        name, sign, sides = _parts(line)
        self._check(sides)
        if sign == "=":  # o valor novo de um peso não entra em nenhuma outra conta
            self._learn(name, sides[-1])
        return name

    def read_path(self, line: str) -> str:
        """Lê a linha de um caminho: o primeiro lado só dá nome às derivadas locais, que formam uma corrente."""
        name, _, (derivatives, *sides) = _parts(line)
        steps = [_PLACE.sub(r"\1", step).split("/∂") for step in derivatives.removeprefix("∂").split(" · ∂")]
        assert all(before[1] == after[0] for before, after in pairwise(steps)), line
        self._check(sides)
        self._learn(name, sides[-1])
        return name

    def _check(self, sides: Sequence[str]) -> None:
        for side in sides[:-1]:
            check(side, self.known, sides[-1])
            self.numbers += 1

    def _learn(self, name: str, result: str) -> None:
        assert name not in self.known, f"{name} é dito duas vezes"
        self.known[name] = result


def _parts(line: str) -> tuple[str, str, list[str]]:
    """O nome, o sinal e os lados de uma linha, sem a nota no fim."""
    line = _NOTE.sub("", line.strip())
    sign = "←" if " ← " in line else "="
    name, _, rest = line.partition(f" {sign} ")
    return name, sign, rest.split(" = ")

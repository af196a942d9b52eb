"""A derivada de uma função de um número vista só pelos valores dela, e uma regra julgada por essa prova.

O passo h é uma potência de 2, de modo que x ± h é exato, e cresce de quase nada até a escala do número. Em cada h a
função é vista em x, x ± h, x ± 2h, x ± 4h e x ± 8h; as quatro diferenças centrais, extrapoladas (Richardson, 1911),
dão uma estimativa, e o quanto as extrapolações discordam, mais o arredondamento dos valores dividido por h, é o erro
dela. Uma regra é julgada em relação ao tamanho da própria derivada e a esse erro, e só onde a função é lisa.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

TOLERANCE = 1e-6
"""Diferença, em relação à derivada, a partir da qual uma regra não é dada por certa."""

Curve = Callable[[float], Any]


@dataclass(frozen=True)
class Judgement:
    """O que as diferenças dizem de uma regra.

    Attributes:
        verdict: `"ok"`, `"wrong"`, `"kink"` (bico), `"jump"` (salto) ou `"unreliable"` (sem prova).
        expected: a melhor estimativa da derivada; NaN se não há nenhuma.
    """

    verdict: str
    expected: float


def judge(curve: Curve, x: float, found: float, noise: float = 0.0) -> Judgement:
    """Compara a derivada que uma regra dá com os valores da função.

    Do menor passo ao maior, o primeiro que chega a uma conclusão decide se há bico ou salto, e o primeiro que concorda
    com a regra a dá por certa. Se nenhum concorda, a estimativa mais precisa a acusa, se outro passo a confirma e a
    regra está longe dela mais de dez vezes o seu erro.

    Args:
        curve: a função.
        x: o ponto.
        found: o que a regra dá; NaN se ela não dá número nenhum.
        noise: o arredondamento que os valores da função trazem de dentro, se é conhecido.
    """
    samples: list[_Sample] = []
    settled = False
    for h in _steps(x):
        sample = _sampled(curve, x, h, noise)
        if sample is None:
            continue
        broken = "" if settled else sample.broken
        if broken:
            return Judgement(broken, sample.slope)
        if sample.agrees_with(found):
            return Judgement("ok", sample.slope)
        settled = settled or sample.settled
        samples.append(sample)
    if not samples:
        return Judgement("unreliable", math.nan)
    best = min(samples, key=lambda sample: sample.relative_error)
    confirmed = any(sample.confirms(best) for sample in samples if sample is not best)
    return Judgement("wrong" if confirmed and best.accuses(found) else "unreliable", best.slope)


class _Sample:
    """A função em torno de um ponto, e a derivada que se vê ali.

    Args:
        h: o passo.
        middle: o valor em x.
        right, left: os valores em x ± h, ± 2h, ± 4h, ± 8h.
        noise: o arredondamento de um valor.

    Attributes:
        slope: a derivada estimada.
        error: o erro dela.
    """

    def __init__(self, h: float, middle: float, right: list[float], left: list[float], noise: float) -> None:
        self.h, self.middle, self.right, self.left, self.noise = h, middle, right, left, noise
        self.steps = [h, 2 * h, 4 * h, 8 * h]
        first = [(a - b) / (2 * step) for a, b, step in zip(right, left, self.steps, strict=True)]
        second = [a + (a - b) / 3 for a, b in pairwise(first)]
        third = [a + (a - b) / 15 for a, b in pairwise(second)]
        self.slope = third[0] + (third[0] - third[1]) / 63
        self.error = max(abs(self.slope - other) for other in (*third, second[0])) + 4 * noise / h

    @property
    def steepest(self) -> float:
        """A maior inclinação de um lado só: a escala com que se mede uma derivada que é zero."""
        return max(abs(self.right[0] - self.middle), abs(self.middle - self.left[0])) / self.h

    @property
    def is_flat(self) -> bool:
        """Verdadeiro se todos os valores são o mesmo."""
        return all(value == self.middle for value in (*self.right, *self.left))

    @property
    def scale(self) -> float:
        """O tamanho em relação ao qual se mede o erro."""
        if self.is_flat:
            return max(1.0, abs(self.middle))
        return abs(self.slope) if abs(self.slope) > 10 * self.error else max(abs(self.slope), self.steepest)

    @property
    def relative_error(self) -> float:
        """O erro em relação à escala; sem escala nenhuma, infinito."""
        return self.error / self.scale if self.scale else math.inf

    @property
    def settled(self) -> bool:
        """Verdadeiro se a estimativa já chegou à tolerância."""
        return self.relative_error <= TOLERANCE

    def agrees_with(self, found: float) -> bool:
        """Verdadeiro se a estimativa é precisa e a regra dá o mesmo."""
        if not self.settled or not math.isfinite(found) or (self.is_flat and found != 0):
            return False
        return abs(found - self.slope) <= TOLERANCE * max(self.scale, abs(found))

    def accuses(self, found: float) -> bool:
        """Verdadeiro se a regra dá outra coisa, ou não dá número nenhum."""
        return not abs(found - self.slope) <= 10 * self.error

    def confirms(self, best: _Sample) -> bool:
        """Verdadeiro se as duas estimativas são boas e dizem o mesmo: uma só pode acertar dois valores por acaso."""
        together = abs(self.slope - best.slope) <= 10 * (self.error + best.error)
        return together and max(self.relative_error, best.relative_error) <= 1e-2

    @property
    def broken(self) -> str:
        """`"kink"` se, com o passo a diminuir, as inclinações dos dois lados continuam a diferir do mesmo tanto;
        `"jump"` se são os valores que continuam a diferir; vazio se a função parece lisa, ou não se vê."""
        rises = [abs(a - self.middle - (self.middle - b)) for a, b in zip(self.right, self.left, strict=True)]
        if min(rises) <= 10 * self.noise:
            return ""
        gaps = [rise / step for rise, step in zip(rises, self.steps, strict=True)]
        if max(gaps) <= 1.3 * min(gaps):
            return "kink"
        jumps = [a - b for a, b in zip(self.right, self.left, strict=True)]
        wander = max(abs(side[0] - value) for side in (self.right, self.left) for value in side)
        return "jump" if wander <= 0.1 * min(map(abs, jumps)) else ""


def _steps(x: float) -> Iterator[float]:
    """Os passos, do menor ao maior: potências de 2 de uns poucos intervalos entre floats até 1/16 de |x| e de 1."""
    if not math.isfinite(x):
        return
    size = math.frexp(x)[1] if x else 0
    finest = max(size - 51, -1000)
    exponents = {size - k for k in range(4, 52, 6)} | {-k for k in (*range(4, 52, 6), 70, 100)}
    for exponent in sorted(exponents):
        if (exponent >= finest or not x) and exponent <= max(size, 0) - 4:
            yield math.ldexp(1.0, exponent)


def _sampled(curve: Curve, x: float, h: float, noise: float) -> _Sample | None:
    """A função em torno de x; None se algum valor falta ou não é finito."""
    try:
        middle = float(curve(x))
        right = [float(curve(x + step)) for step in (h, 2 * h, 4 * h, 8 * h)]
        left = [float(curve(x - step)) for step in (h, 2 * h, 4 * h, 8 * h)]
    except (ArithmeticError, ValueError):
        return None
    largest = max(map(abs, (middle, *right, *left)))
    if not all(map(math.isfinite, (middle, *right, *left))):
        return None
    return _Sample(h, middle, right, left, max(noise, sys.float_info.epsilon * largest, sys.float_info.min))

"""A verificação do gradiente: cada derivada da tabela contra diferenças centrais, com um relato que ensina.

A derivada por diferenças é a de Ridders (1982): o passo diminui e o erro extrapolado, e fica-se com a melhor
estimativa. Onde a derivada à esquerda e à direita não combinam há um bico; onde as estimativas não se acertam a
diferença não serve de prova, e o relato diz isso em vez de acusar a regra.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd_pt import ops
from micrograd_pt.catalog import sentence
from micrograd_pt.derivatives import flat, value_and_grad
from micrograd_pt.engine import Value
from micrograd_pt.graph import Graph, Node
from micrograd_pt.ops import DomainError, Operation

TOLERANCE = 1e-6
"""Diferença relativa (à derivada, ou a 1 se ela é menor) a partir da qual uma regra é acusada."""

_VERDICTS = ("ok", "wrong", "kink", "jump", "undefined", "unreliable")

Curve = Callable[[float], Any]


@dataclass(frozen=True)
class Subject:
    """O que foi comparado; `told` o diz numa língua.

    Attributes:
        kind: `"node"`, `"point"`, `"second"` ou `"whole"`, conforme a frase que o diz.
        parts: o que entra nas lacunas da frase: a operação, o argumento, o nó, os números.
    """

    kind: str
    parts: tuple[tuple[str, Any], ...]

    def told(self, lang: str) -> str:
        """A frase, em `"pt"` ou `"en"`."""
        return sentence(f"check.{self.kind}", lang, **dict(self.parts))


def _subject(kind: str, **parts: Any) -> Subject:
    return Subject(kind, tuple(parts.items()))


@dataclass(frozen=True)
class Finding:
    """Uma derivada comparada.

    Attributes:
        what: o que foi comparado: a operação e o nó, ou o argumento da função.
        verdict: `"ok"`, `"wrong"`, `"kink"` (bico), `"jump"` (salto), `"undefined"` (sem
            derivada) ou `"unreliable"` (a diferença não serve de prova ali).
        expected: o que as diferenças centrais dão.
        found: o que a tabela dá; None num ramo fechado.
    """

    what: Subject
    verdict: str
    expected: float
    found: Any

    @property
    def distance(self) -> float:
        """O quanto as duas se afastam, em relação à maior delas ou a 1."""
        found = 0.0 if self.found is None else float(self.found)
        return abs(found - self.expected) / max(1.0, abs(found), abs(self.expected))

    def told(self, lang: str = "pt") -> str:
        """Uma linha que diz o que se comparou e o que se viu, em `"pt"` ou `"en"`."""
        found = f"{0 if self.found is None else float(self.found):.9g}"
        given = sentence("check.closed", lang) if self.found is None else sentence("check.given", lang, found=found)
        numbers = {"expected": f"{self.expected:.9g}", "found": found, "distance": f"{self.distance:.1e}"}
        return sentence(f"check.{self.verdict}", lang, what=self.what.told(lang), given=given, **numbers)

    def __str__(self) -> str:
        return self.told()


@dataclass(frozen=True)
class Report:
    """O resultado de uma verificação; verdadeiro se nenhuma derivada está errada, e `print` o conta.

    Attributes:
        findings: tudo o que foi comparado.
        lang: a língua em que `print` o conta, `"pt"` ou `"en"`.
    """

    findings: tuple[Finding, ...]
    lang: str = "pt"

    def __bool__(self) -> bool:
        return not self.wrong

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """As derivadas erradas."""
        return tuple(finding for finding in self.findings if finding.verdict == "wrong")

    def __str__(self) -> str:
        counts = {verdict: sum(f.verdict == verdict for f in self.findings) for verdict in _VERDICTS}
        head = sentence("check.summary", self.lang, total=len(self.findings), **counts)
        return "\n".join([head, *[f"  {f.told(self.lang)}" for f in self.findings if f.verdict != "ok"]])


def check_gradients(f: Callable[..., Any], *args: Any, lang: str = "pt") -> Report:
    """Compara cada derivada local e o gradiente inteiro de `f` com diferenças centrais.

    Args:
        f: função que devolve um número.
        args: os argumentos: números, ou listas, tuplas e dicionários deles.
        lang: a língua do relato, `"pt"` ou `"en"`.

    Returns:
        O relato: `print(check_gradients(f, 2.0))`; vale como verdadeiro se nada está errado.

    Raises:
        TypeError: como em `value_and_grad`.
    """
    findings: list[Finding] = []
    numbers, rebuild = flat(list(args), "o argumento")
    leaves = [Value(number, f"x{place + 1}") for place, number in enumerate(numbers)]
    output = f(*rebuild(leaves))
    if type(output) is Value:
        for node in Graph(output).nodes:
            if node.op is not None:
                findings += _check_node(node, node.op)
    try:
        _, gradient = value_and_grad(f, tuple(range(len(args))))(*args) if args else (None, ())
    except DomainError:
        return Report(tuple(findings), lang)  # um dos nós acima não tem derivada
    slopes = flat(list(gradient), "o gradiente")[0]
    for place, slope in enumerate(slopes):

        def moved(number: float, place: int = place) -> Any:
            value = f(*rebuild([Value(given) for given in (*numbers[:place], number, *numbers[place + 1 :])]))
            return value.data if type(value) is Value else value

        findings.append(_compare(_subject("whole", place=place + 1), moved, numbers[place], slope))
    return Report(tuple(findings), lang)


def check_table(
    operations: Sequence[Operation] | None = None, *, points: int = 20, seed: int = 0, lang: str = "pt"
) -> Report:
    """Percorre a tabela: cada derivada, e cada derivada da derivada, em pontos sorteados do domínio.

    Args:
        operations: as linhas; sem indicação, todas.
        points: pontos por operação.
        seed: semente do sorteio.
        lang: a língua do relato, `"pt"` ou `"en"`.
    """
    draw = random.Random(seed)
    findings: list[Finding] = []
    for operation in operations if operations is not None else list(ops.TABLE.values()):
        size, accepted = operation.arity or 4, 0
        for _ in range(50 * points):
            numbers = [draw.uniform(-3, 3) for _ in range(size)]
            try:
                found = _check_operation(operation, numbers)
            except (ArithmeticError, ValueError):
                continue  # fora do domínio
            findings += found
            accepted += 1
            if accepted == points:
                break
    return Report(tuple(findings), lang)


def _check_node(node: Node, operation: Operation) -> list[Finding]:
    """As derivadas locais de um nó, contra o valor da própria operação."""
    numbers = list(node.numbers)
    findings = []
    for place, arg in enumerate(node.inputs):
        if isinstance(arg, Node):
            what = _subject("node", name=operation.name, place=place + 1, node=node.name)
            try:
                slope = operation.derivative(place, node.data, numbers)
            except DomainError:
                findings.append(Finding(what, "undefined", math.nan, None))
                continue
            findings.append(_compare(what, _along(operation, numbers, place), numbers[place], slope))
    return findings


def _check_operation(operation: Operation, numbers: list[Any]) -> list[Finding]:
    """As derivadas da operação num ponto, e as derivadas delas."""
    result = operation.evaluate(*numbers)
    findings = []
    for place in range(len(numbers)):
        what = _subject("point", name=operation.name, place=place + 1, where=ops.describe(numbers))
        slope = operation.derivative(place, result, numbers)
        findings.append(_compare(what, _along(operation, numbers, place), numbers[place], slope))
        if slope is None:
            continue

        def first(number: Any, place: int = place, other: int = 0) -> Any:
            args = [*numbers[:other], number, *numbers[other + 1 :]]
            return operation.derivative(place, operation(*args), args)

        for other in range(len(numbers)):
            _, second = value_and_grad(lambda number, o=other, p=place: first(number, p, o))(numbers[other])
            what = _subject(
                "second", name=operation.name, place=place + 1, other=other + 1, where=ops.describe(numbers)
            )
            curve = lambda number, o=other, p=place: first(number, p, o) or 0  # noqa: E731
            findings.append(_compare(what, curve, numbers[other], second))
    return findings


def _along(operation: Operation, numbers: Sequence[Any], place: int) -> Curve:
    """O valor da operação quando só um argumento se move."""
    return lambda number: operation.evaluate(*numbers[:place], number, *numbers[place + 1 :])


def _compare(what: Subject, curve: Curve, x: Any, found: Any) -> Finding:
    """Uma derivada contra a de Ridders, com a procura de bicos."""
    x = float(x)
    expected, error = _best_difference(curve, x)
    finding = Finding(what, "ok", expected, found)
    if not math.isfinite(expected) or not math.isfinite(float(found or 0)):
        return Finding(what, "unreliable", expected, found)
    broken = _break(curve, x)
    if broken:
        return Finding(what, broken, expected, found)
    if finding.distance <= TOLERANCE:
        return finding
    reliable = error <= 0.1 * TOLERANCE * max(1.0, abs(expected)) and _holds_close_by(curve, x, expected)
    return Finding(what, "wrong" if reliable else "unreliable", expected, found)


def _best_difference(curve: Curve, x: float) -> tuple[float, float]:
    """A derivada por diferenças e o seu erro, com o primeiro passo que serve ao número.

    O passo acompanha o tamanho do número; perto da borda do domínio (log em 1e-200) ou do maior float (exp em 700) ele
    levaria para fora, e tenta-se um menor.
    """
    best, size = (math.nan, math.inf), max(1.0, abs(x))
    for scale in dict.fromkeys((size, 1.0, abs(x), 1e-3 * size, 1e-5 * size)):
        try:
            expected, error = _ridders(curve, x, 0.02 * scale)
        except (ArithmeticError, ValueError):
            continue
        if math.isfinite(expected) and error <= 0.1 * TOLERANCE * max(1.0, abs(expected)):
            return expected, error
        if not best[1] <= error:
            best = expected, error
    return best


def _ridders(curve: Curve, x: float, step: float) -> tuple[float, float]:
    """A derivada por diferenças centrais com extrapolação, e uma estimativa do seu erro (Ridders, 1982)."""
    shrink = 1.6
    best, error = math.nan, math.inf
    previous: list[float] = []
    for _ in range(14):
        high, low = x + step, x - step
        if high == low:
            break
        row = [(float(curve(high)) - float(curve(low))) / (high - low)]
        factor = shrink * shrink
        for before in previous:
            row.append(row[-1] + (row[-1] - before) / (factor - 1))
            factor *= shrink * shrink
        for place in range(1, len(row)):
            guess = max(abs(row[place] - row[place - 1]), abs(row[place] - previous[place - 1]))
            if guess <= error:
                best, error = row[place], guess
        if previous and abs(row[-1] - previous[-1]) > 4 * error:
            break
        previous, step = row, step / shrink
    return best, error


def _holds_close_by(curve: Curve, x: float, slope: float) -> bool:
    """Verdadeiro se um passo muito menor dá a mesma derivada, até onde o arredondamento deixa ver."""
    h = 1e-8 * max(1.0, abs(x))
    high, low = float(curve(x + h)), float(curve(x - h))
    rounding = 1e-15 * (abs(high) + abs(low)) / h
    return abs((high - low) / (2 * h) - slope) <= rounding + 1e-3 * max(1.0, abs(slope))


def _break(curve: Curve, x: float) -> str:
    """`"kink"` se as derivadas de um lado e do outro não se aproximam quando o passo diminui; `"jump"` se elas se
    afastam como numa função que salta; vazio se a função é lisa ali."""
    try:
        gaps = []
        for step in (1e-3, 1e-4, 1e-5):
            h = step * max(1.0, abs(x))
            middle, right, left = (float(curve(number)) for number in (x, x + h, x - h))
            gaps.append(abs((right - middle) / h - (middle - left) / h))
    except (ArithmeticError, ValueError):
        return ""
    if gaps[2] <= 1e-4 * max(1.0, abs(float(curve(x)))) or gaps[2] <= 0.5 * gaps[0]:
        return ""
    return "jump" if gaps[2] > 20 * gaps[0] else "kink"

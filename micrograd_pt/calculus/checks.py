"""A verificação do gradiente: cada derivada da tabela contra diferenças centrais, com um relato que ensina.

Onde a função é lisa, uma regra que dá outra coisa que as diferenças, que dá NaN ou que falha está errada, e é dita pelo
nome. Onde as derivadas à esquerda e à direita não combinam há um bico; e onde as diferenças não se acertam elas não
servem de prova, e o relato diz isso em vez de acusar a regra.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd_pt import ops
from micrograd_pt.calculus.derivatives import flat, grad, one_number, value_and_grad
from micrograd_pt.calculus.differences import Curve, judge
from micrograd_pt.engine import Value
from micrograd_pt.given import describe
from micrograd_pt.graph import Graph, Node
from micrograd_pt.ops import Operation
from micrograd_pt.threads import recording
from micrograd_pt.words import sentence

_VERDICTS = ("ok", "wrong", "kink", "jump", "undefined", "unreliable")


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
        found: o que a tabela dá; None num ramo fechado; o erro, se a regra falha.
    """

    what: Subject
    verdict: str
    expected: float
    found: Any

    @property
    def slope(self) -> float:
        """O que a tabela dá, como número: 0 num ramo fechado, NaN se a regra falha."""
        return math.nan if isinstance(self.found, Exception) else float(self.found or 0)

    @property
    def distance(self) -> float:
        """O quanto as duas se afastam, em relação à maior delas; infinito se a regra não dá um número finito."""
        if not math.isfinite(self.slope):
            return math.inf
        largest = max(abs(self.slope), abs(self.expected))
        return abs(self.slope - self.expected) / largest if largest else 0.0

    def told(self, lang: str = "pt") -> str:
        """Uma linha que diz o que se comparou e o que se viu, em `"pt"` ou `"en"`."""
        found, verdict = f"{self.slope:.9g}", self.verdict
        given = sentence("check.closed", lang) if self.found is None else sentence("check.given", lang, found=found)
        if verdict == "wrong" and isinstance(self.found, Exception):
            verdict, given = "failed", str(self.found)
        numbers = {"expected": f"{self.expected:.9g}", "found": found, "distance": f"{self.distance:.1e}"}
        return sentence(f"check.{verdict}", lang, what=self.what.told(lang), given=given, **numbers)

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


@recording
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
    output = one_number(f(*rebuild([Value(number, f"x{place + 1}") for place, number in enumerate(numbers)])), f)
    if isinstance(output, Value):
        for node in Graph(output).nodes:
            if node.op is not None:
                findings += _check_node(node, node.op)
    try:
        _, gradient = value_and_grad(f, tuple(range(len(args))))(*args) if args else (None, ())
        noise = _rounding(output)
    except (ArithmeticError, ValueError, TypeError):
        return Report(tuple(findings), lang)  # um dos nós acima não tem derivada, e já foi dito qual
    slopes = flat(list(gradient), "o gradiente")[0]
    for place, slope in enumerate(slopes):

        def moved(number: float, place: int = place) -> Any:
            value = f(*rebuild([Value(given) for given in (*numbers[:place], number, *numbers[place + 1 :])]))
            return value.data if isinstance(value, Value) else value

        findings.append(_compared(_subject("whole", place=place + 1), moved, numbers[place], slope, noise))
    return Report(tuple(findings), lang)


@recording
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
                result = operation.evaluate(*numbers)
            except (ArithmeticError, ValueError):
                continue  # fora do domínio
            findings += _check_operation(operation, numbers, result)
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
            slope = _tried(operation.derivative, place, node.data, numbers)
            findings.append(_compared(what, _along(operation, numbers, place), numbers[place], slope))
    return findings


def _check_operation(operation: Operation, numbers: list[Any], result: Any) -> list[Finding]:
    """As derivadas da operação num ponto, e as derivadas delas."""
    findings = []
    for place in range(len(numbers)):
        what = _subject("point", name=operation.name, place=place + 1, where=describe(numbers))
        slope = _tried(operation.derivative, place, result, numbers)
        findings.append(_compared(what, _along(operation, numbers, place), numbers[place], slope))
        if slope is None or isinstance(slope, Exception):
            continue

        def first(number: Any, place: int = place, other: int = 0) -> Any:
            args = [*numbers[:other], number, *numbers[other + 1 :]]
            return operation.derivative(place, operation(*args), args)

        for other in range(len(numbers)):
            second = _tried(grad(lambda number, o=other, p=place: first(number, p, o)), numbers[other])
            what = _subject("second", name=operation.name, place=place + 1, other=other + 1, where=describe(numbers))
            curve = lambda number, o=other, p=place: first(number, p, o) or 0  # noqa: E731
            findings.append(_compared(what, curve, numbers[other], second))
    return findings


def _along(operation: Operation, numbers: Sequence[Any], place: int) -> Curve:
    """O valor da operação quando só um argumento se move."""
    return lambda number: operation.evaluate(*numbers[:place], number, *numbers[place + 1 :])


def _tried(rule: Callable[..., Any], *args: Any) -> Any:
    """O que a regra dá; o erro, se ela falha."""
    try:
        return rule(*args)
    except (ArithmeticError, ValueError, TypeError) as error:
        return error


def _compared(what: Subject, curve: Curve, x: Any, found: Any, noise: float = 0.0) -> Finding:
    """Uma derivada contra as diferenças; onde elas nada provam, uma regra que falha só não tem derivada."""
    finding = Finding(what, "undefined", math.nan, found)
    judgement = judge(curve, float(x), finding.slope, noise)
    failed = isinstance(found, Exception) and judgement.verdict != "wrong"
    return Finding(what, "undefined" if failed else judgement.verdict, judgement.expected, found)


def _rounding(output: Any) -> float:
    """O quanto o arredondamento de cada nó pode mudar o resultado: ε · Σ |∂resultado/∂nó| · |nó| (Linnainmaa, 1976)."""
    if not isinstance(output, Value):
        return 0.0
    graph = Graph(output)
    _, totals = graph.contributions()
    parts = [abs(float(totals[node.index]) * float(node.data)) for node in graph.nodes if not node.is_leaf]
    noise = sys.float_info.epsilon * sum(parts)
    return noise if math.isfinite(noise) else 0.0

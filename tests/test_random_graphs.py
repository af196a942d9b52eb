"""Grafos sorteados, com todas as operações e nós compartilhados, contra um motor independente (HIPS autograd)."""

import math
import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import autograd
import autograd.numpy as anp
import pytest
from autograd.extend import defvjp, primitive
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import micrograd_pt as mpt
from micrograd_pt import Graph, Value, jvp, ops, value_and_grad

Pair = tuple[Callable[..., Any], Callable[..., Any]]

# O autograd não tem erf sem o SciPy: aqui ela ganha uma regra escrita à parte.
anp_erf = primitive(math.erf)
anp_erfc = primitive(math.erfc)
defvjp(anp_erf, lambda y, x: lambda g: g * 2 / math.sqrt(math.pi) * anp.exp(-(x**2)))
defvjp(anp_erfc, lambda y, x: lambda g: -g * 2 / math.sqrt(math.pi) * anp.exp(-(x**2)))


def inside(f: Callable[..., Any], squash: Callable[[Any], Any]) -> Callable[..., Any]:
    """A função com o argumento levado antes para o domínio dela."""
    return lambda *args: f(*[squash(arg) for arg in args])


def small(namespace: Any) -> Callable[[Any], Any]:
    return lambda x: 0.9 * namespace.tanh(x)


def positive(namespace: Any) -> Callable[[Any], Any]:
    return lambda x: 1.5 + namespace.sin(x)


def both(ours: Callable[..., Any], theirs: Callable[..., Any], squash: Any = None) -> Pair:
    if squash is None:
        return ours, theirs
    return inside(ours, squash(mpt)), inside(theirs, squash(anp))


def anp_where(condition: Any, a: Any, b: Any) -> Any:
    return a if condition else b


def anp_logsumexp(*args: Any) -> Any:
    return anp.log(sum(anp.exp(arg) for arg in args))


UNARY: dict[str, Pair] = {
    "neg": both(lambda x: -x, lambda x: -x),
    "identity": both(ops.identity, lambda x: 1 * x),
    "abs": both(mpt.abs, anp.abs),
    "square": both(mpt.square, anp.square, small),
    "reciprocal": both(mpt.reciprocal, anp.reciprocal, positive),
    "exp": both(mpt.exp, anp.exp, small),
    "exp2": both(mpt.exp2, anp.exp2, small),
    "expm1": both(mpt.expm1, anp.expm1, small),
    "log": both(mpt.log, anp.log, positive),
    "log2": both(mpt.log2, anp.log2, positive),
    "log10": both(mpt.log10, anp.log10, positive),
    "log1p": both(mpt.log1p, anp.log1p, small),
    "sqrt": both(mpt.sqrt, anp.sqrt, positive),
    "cbrt": both(mpt.cbrt, lambda x: x ** (1 / 3), positive),
    "sin": both(mpt.sin, anp.sin),
    "cos": both(mpt.cos, anp.cos),
    "tan": both(mpt.tan, anp.tan, small),
    "asin": both(mpt.asin, anp.arcsin, small),
    "acos": both(mpt.acos, anp.arccos, small),
    "atan": both(mpt.atan, anp.arctan),
    "sinh": both(mpt.sinh, anp.sinh, small),
    "cosh": both(mpt.cosh, anp.cosh, small),
    "tanh": both(mpt.tanh, anp.tanh),
    "asinh": both(mpt.asinh, anp.arcsinh),
    "acosh": both(lambda x: mpt.acosh(x + 1), lambda x: anp.arccosh(x + 1), positive),
    "atanh": both(mpt.atanh, anp.arctanh, small),
    "sigmoid": both(mpt.sigmoid, lambda x: 1 / (1 + anp.exp(-x))),
    "relu": both(mpt.relu, lambda x: anp_where(x > 0, x, 0 * x)),
    "leaky_relu": both(mpt.leaky_relu, lambda x: anp_where(x > 0, x, 0.01 * x)),
    "elu": both(mpt.elu, lambda x: x if x > 0 else anp.expm1(x)),
    "softplus": both(mpt.softplus, lambda x: anp.logaddexp(0, x)),
    "logsigmoid": both(mpt.logsigmoid, lambda x: -anp.logaddexp(0, -x)),
    "silu": both(mpt.silu, lambda x: x / (1 + anp.exp(-x))),
    "gelu": both(mpt.gelu, lambda x: 0.5 * x * anp_erfc(-x / math.sqrt(2))),
    "erf": both(mpt.erf, anp_erf),
    "erfc": both(mpt.erfc, anp_erfc),
}
BINARY: dict[str, Pair] = {
    "add": both(lambda a, b: a + b, lambda a, b: a + b),
    "sub": both(lambda a, b: a - b, lambda a, b: a - b),
    "mul": both(lambda a, b: a * b, lambda a, b: a * b, small),
    "div": both(lambda a, b: a / b, lambda a, b: a / b, positive),
    "pow": both(lambda a, b: a**b, lambda a, b: a**b, positive),
    "atan2": both(mpt.atan2, anp.arctan2, positive),
    "hypot": both(mpt.hypot, lambda a, b: anp.sqrt(a * a + b * b), positive),
}
MANY: dict[str, Pair] = {
    "sum": both(lambda *args: mpt.sum(args), lambda *args: sum(args)),
    "mean": both(lambda *args: mpt.mean(args), lambda *args: sum(args) / len(args)),
    "maximum": both(mpt.maximum, lambda *args: max(args)),
    "minimum": both(mpt.minimum, lambda *args: min(args)),
    "logsumexp": both(lambda *args: mpt.logsumexp(args), anp_logsumexp),
    "dot": both(lambda a, b, c, d: mpt.dot([a, b], [c, d]), lambda a, b, c, d: a * c + b * d, small),
    "where_less": both(lambda a, b, c, d: mpt.where(a < b, c, d), lambda a, b, c, d: anp_where(a < b, c, d)),
    "where_less_equal": both(lambda a, b, c, d: mpt.where(a >= b, c, d), lambda a, b, c, d: anp_where(a >= b, c, d)),
}
Step = tuple[Pair, tuple[int, ...]]


def drawn(seed: int) -> tuple[list[Step], list[float]]:
    """Um programa: cada passo aplica uma operação a nós anteriores, que podem ser usados de novo."""
    draw = random.Random(seed)
    leaves = [draw.uniform(-2, 2) for _ in range(draw.randint(1, 4))]
    steps: list[Step] = []
    for _ in range(draw.randint(1, 30)):
        group, arity = draw.choice([(UNARY, 1), (UNARY, 1), (BINARY, 2), (MANY, 4)])
        available = len(leaves) + len(steps)
        # O último nó entra quase sempre: o grafo fica fundo, até 30 operações em fila.
        if arity == 4:
            places = draw.sample(range(available), arity) if available >= arity else None
        else:
            places = [available - 1 if draw.random() < 0.8 else draw.randrange(available) for _ in range(arity)]
        if places is not None:
            steps.append((draw.choice(list(group.values())), tuple(places)))
    return steps, leaves


def run(steps: list[Step], which: int, leaves: Any) -> Any:
    nodes = list(leaves)
    for pair, places in steps:
        nodes.append(pair[which](*[nodes[place] for place in places]))
    return nodes[-1] + 0.1 * sum(nodes[1:], nodes[0])


def close(a: float, b: float, tolerance: float) -> bool:
    return abs(a - b) <= tolerance * max(1.0, abs(a), abs(b))


def near_a_switch(steps: list[Step], leaves: list[float]) -> bool:
    """Verdadeiro se alguma escolha se decide pelo último algarismo, que os dois motores podem arredondar diferente."""
    output = run(steps, 0, [Value(leaf) for leaf in leaves])
    for node in Graph(output).nodes:
        name = node.op.name if node.op else ""
        if name in ("maximum", "minimum"):
            ranked = sorted(node.numbers)
            gaps = [high - low for low, high in pairwise(ranked)]
        elif name.startswith("where"):
            gaps = [abs(node.numbers[0] - node.numbers[1])]
        else:
            gaps = [abs(node.numbers[0])] if name in ("abs", "relu", "leaky_relu", "elu") else []
        if any(gap < 1e-9 for gap in gaps):
            return True
    return False


def agree(seed: int) -> None:
    steps, leaves = drawn(seed)
    assume(not near_a_switch(steps, leaves))
    value, gradient = value_and_grad(lambda xs: run(steps, 0, xs))(leaves)
    true_value, true_gradient = autograd.value_and_grad(lambda xs: run(steps, 1, xs))(leaves)
    assert close(value, float(true_value), 1e-9)
    for found, true in zip(gradient, true_gradient, strict=True):
        assert close(found, float(true), 1e-9), (seed, gradient, true_gradient)
    direction = [random.Random(seed + 1).uniform(-1, 1) for _ in leaves]
    forward = jvp(lambda xs: run(steps, 0, xs))(leaves, direction)[1]
    parts = [slope * along for slope, along in zip(gradient, direction, strict=True)]
    assert abs(forward - math.fsum(parts)) <= 1e-12 * max(1.0, sum(map(abs, parts)))


def test_every_operation_takes_part() -> None:
    assert set(UNARY) | set(BINARY) | set(MANY) == set(ops.BUILT_IN)


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**40))
def test_random_graphs_agree_with_an_independent_engine(seed: int) -> None:
    agree(seed)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**40))
def test_ten_thousand_random_graphs_agree_with_an_independent_engine(seed: int) -> None:
    agree(seed)


def test_the_eager_engine_gives_what_the_functions_give() -> None:
    for seed in range(50):
        steps, leaves = drawn(seed)
        nodes = [Value(leaf) for leaf in leaves]
        output = run(steps, 0, nodes)
        output.backward()
        assert [node.grad for node in nodes] == value_and_grad(lambda xs, s=steps: run(s, 0, xs))(leaves)[1]

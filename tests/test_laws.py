"""Leis do cálculo que valem para qualquer função: cada uma é testada em pontos e funções sorteados."""

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import pytest

import micrograd_pt as mpt
from micrograd_pt import derivative, grad, hessian, jacobian, jvp, softmax
from tests.test_random_graphs import drawn, run

Scalar = Callable[[Any], Any]
FUNCTIONS: list[Scalar] = [mpt.tanh, mpt.silu, mpt.gelu, mpt.atan, mpt.softplus, lambda x: mpt.exp(-x * x) + x]
POINTS = [-1.7, -0.3, 0.2, 1.1]


@pytest.mark.parametrize("x", POINTS)
@pytest.mark.parametrize("f", FUNCTIONS)
@pytest.mark.parametrize("g", FUNCTIONS)
def test_linearity_product_and_chain_rule(f: Scalar, g: Scalar, x: float) -> None:
    df, dg = grad(f)(x), grad(g)(x)
    assert grad(lambda t: 3 * f(t) - 2 * g(t))(x) == pytest.approx(3 * df - 2 * dg, rel=1e-12, abs=1e-14)
    assert grad(lambda t: f(t) * g(t))(x) == pytest.approx(df * g(x) + f(x) * dg, rel=1e-12, abs=1e-14)
    assert grad(lambda t: f(t) / (2 + g(t) * g(t)))(x) == pytest.approx(
        (df * (2 + g(x) ** 2) - f(x) * 2 * g(x) * dg) / (2 + g(x) ** 2) ** 2, rel=1e-11, abs=1e-14
    )
    assert grad(lambda t: f(g(t)))(x) == pytest.approx(grad(f)(g(x)) * dg, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("seed", range(40))
def test_the_hessian_is_symmetric(seed: int) -> None:
    steps, leaves = drawn(seed)
    matrix = hessian(lambda xs: run(steps, 0, xs))(leaves)
    for i in range(len(leaves)):
        for j in range(i):
            assert matrix[i][j] == pytest.approx(matrix[j][i], rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("seed", range(40))
def test_hessian_times_vector_is_the_derivative_of_the_gradient_along_it(seed: int) -> None:
    steps, leaves = drawn(seed)

    def f(xs: Sequence[Any]) -> Any:
        return run(steps, 0, xs)

    direction = [random.Random(seed).uniform(-1, 1) for _ in leaves]
    matrix = hessian(f)(leaves)
    products = [sum(row[j] * direction[j] for j in range(len(leaves))) for row in matrix]
    assert jvp(grad(f))(leaves, direction)[1] == pytest.approx(products, rel=1e-8, abs=1e-8)
    assert grad(lambda xs: jvp(f)(xs, direction)[1])(leaves) == pytest.approx(products, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("shift", [-700.0, -1.5, 3.0, 900.0])
def test_softmax_does_not_notice_a_shift(shift: float) -> None:
    scores = [0.3, -1.2, 2.0, 0.0]
    moved = [score + shift for score in scores]
    assert softmax(moved) == pytest.approx(softmax(scores), rel=1e-12)
    assert sum(softmax(moved)) == pytest.approx(1, rel=1e-12)
    for row in jacobian(softmax)(moved):
        assert sum(row) == pytest.approx(0, abs=1e-13)


@pytest.mark.parametrize(
    ("f", "degree"),
    [
        (lambda v: mpt.hypot(v[0], v[1]), 1),
        (lambda v: v[0] ** 2 * v[1] - v[1] ** 3, 3),
        (lambda v: mpt.atan2(v[0], v[1]), 0),
        (lambda v: mpt.sqrt(v[0] * v[1]), 1),
        (lambda v: mpt.maximum(v[0], v[1], 2 * v[0] - v[1]), 1),
        (lambda v: mpt.dot(v, v) ** 1.5, 3),
    ],
)
def test_eulers_theorem_for_homogeneous_functions(f: Callable[[Any], Any], degree: int) -> None:
    for point in ([1.2, 0.7], [0.4, 2.5], [3.0, 1.0]):
        slopes = grad(f)(point)
        assert sum(x * slope for x, slope in zip(point, slopes, strict=True)) == pytest.approx(degree * f(point))


def test_polynomials_are_differentiated_exactly_in_fractions() -> None:
    def p(x: Any) -> Any:
        return (3 * x**4 - x / 7 + 5) / (x + 1)

    x = Fraction(2, 3)
    slope = derivative(p)(x)
    exact = ((12 * x**3 - Fraction(1, 7)) * (x + 1) - (3 * x**4 - x / 7 + 5)) / (x + 1) ** 2
    assert slope == exact and isinstance(slope, Fraction)
    assert derivative(lambda t: t**5, 5)(7) == 120


def test_high_orders_of_known_series() -> None:
    assert derivative(mpt.sin, 7)(0.4) == pytest.approx(-float(mpt.cos(0.4)), rel=1e-12)
    assert derivative(lambda x: mpt.exp(2 * x), 6)(0.1) == pytest.approx(64 * mpt.exp(0.2), rel=1e-12)
    assert derivative(mpt.log, 5)(2.0) == pytest.approx(24 / 2**5, rel=1e-12)

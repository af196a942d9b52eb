"""A verificação julga em relação ao tamanho da derivada: não acusa a regra certa nem deixa passar a errada."""

import math
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import micrograd_pt as mpt
from micrograd_pt import check_gradients, check_table, operation, ops


@pytest.fixture
def row() -> Iterator[Callable[..., Any]]:
    """Faz uma linha de teste na tabela, que some depois."""
    yield lambda value, *partials: operation("row_under_test", "t", value, *partials)
    ops.TABLE.pop("row_under_test", None)


def verdicts(f: Any, *args: Any) -> list[str]:
    return [finding.verdict for finding in check_gradients(f, *args).findings]


@pytest.mark.parametrize("scale", [1e-290, 1e-12, 1e-7, 1.0, 1e9, 1e200])
@pytest.mark.parametrize("x", [1e-9, 2.0, -3e5])
def test_the_tolerance_is_relative_to_the_derivative(row: Any, scale: float, x: float) -> None:
    right, turned, doubled = ((lambda y, t, k=k: k * scale) for k in (1, -1, 2))
    assert verdicts(row(lambda t: t * scale, right), x) == ["ok", "ok"]
    for wrong in (turned, doubled):
        assert verdicts(row(lambda t: t * scale, wrong), x) == ["wrong", "wrong"]
    assert not check_table([row(lambda t: t * scale, turned)], points=2)


def test_the_relative_difference_shown_is_that_of_the_two_numbers(row: Any) -> None:
    finding = check_gradients(row(lambda t: t * 1e-7, lambda y, t: -1e-7), 2.0).wrong[0]
    assert finding.distance == pytest.approx(2, rel=1e-6)
    assert "diferença relativa 2.0e+00" in str(finding)


SMOOTH = ("sin", "exp", "tanh", "sigmoid", "logsigmoid", "softplus", "elu", "silu", "gelu", "erf", "atan", "asinh")
SMOOTH += ("expm1", "sinh", "cosh", "square", "cbrt", "asin", "atanh", "leaky_relu", "relu", "abs", "reciprocal")


@pytest.mark.parametrize("name", SMOOTH)
def test_a_right_row_is_never_accused_and_a_turned_sign_never_passes(row: Any, name: str) -> None:
    original, draw = ops.TABLE[name], random.Random(name)
    partials: Any = original.partials
    turned = row(original.value, lambda y, x: None if (slope := partials[0](y, x)) is None else -slope)
    proved = 0
    for _ in range(100):
        x = draw.choice([-1, 1]) * 10 ** draw.uniform(-9, -0.01 if name in ("asin", "atanh") else 1.3)
        right = verdicts(original, x)
        assert set(right) <= {"ok", "unreliable"}, (x, right)
        proved += right[0] == "ok"
        if original.derivative(0, original(x), [x]):
            assert verdicts(turned, x)[0] in (["wrong"] if right[0] == "ok" else ["wrong", "unreliable"]), x
    assert proved >= (50 if name == "cosh" else 80)  # perto de 0 o cosseno hiperbólico só varia no último algarismo


@pytest.mark.parametrize("f", [mpt.sin, mpt.cos, mpt.tan])
@pytest.mark.parametrize("x", [1e6, 1e7, 1e8, 1e9, 1e10, 1e12, 1e14, 1e16, 1e20])
def test_far_out_a_wave_is_right_or_without_proof_but_neither_broken_nor_wrong(f: Any, x: float) -> None:
    assert set(verdicts(f, x)) == ({"ok"} if x <= 1e12 else {"ok"} & set(verdicts(f, x)) or {"unreliable"})


def test_what_rounding_hides_is_without_proof() -> None:
    assert verdicts(lambda a: (a + 1e16) - 1e16, 1.0) == ["unreliable", "ok", "unreliable"]
    assert verdicts(lambda a: mpt.sin(a**2 * 1e6) + a, 1e3)[-1] == "unreliable"
    assert verdicts(mpt.erf, 6.0) == ["unreliable", "unreliable"]
    assert verdicts(mpt.sin, math.nan) == ["unreliable", "unreliable"]


@pytest.mark.parametrize("x", [-3.6e-5, -1e-12, 3e-9, 9.4e-4])
def test_the_step_does_not_cross_a_kink_that_is_near(x: float) -> None:
    for f in (mpt.elu, mpt.relu, mpt.abs):
        assert verdicts(f, x) == ["ok", "ok"]


def test_kinks_and_jumps_are_those_at_the_point() -> None:
    assert verdicts(lambda x: 1 + abs(x - 3), 3.0) == ["ok", "kink", "ok", "kink"]
    assert verdicts(lambda x: mpt.where(x > 2, x, 7 * x), 2.0)[-1] == "jump"
    assert verdicts(lambda x: mpt.where(x > 2, x, 7 * x), 2.001)[-1] == "ok"


def test_a_derivative_that_is_zero_is_right_without_a_number_to_divide_by() -> None:
    for f, x in ((mpt.cos, 0.0), (mpt.square, 0.0), (mpt.sin, math.pi / 2), (lambda t: t * 0 + 3, 5.0)):
        assert set(verdicts(f, x)) == {"ok"}


BAD_RULES = {
    "nan": lambda y, x: math.nan,
    "inf": lambda y, x: -math.inf,
    "fechada": lambda y, x: None,
    "divide por zero": lambda y, x: 1 / 0,
    "fora do domínio": lambda y, x: math.sqrt(-1),
    "estoura": lambda y, x: math.exp(1e4),
    "soma texto": lambda y, x: x + "a",
}


@pytest.mark.parametrize("rule", BAD_RULES.values(), ids=BAD_RULES.keys())
def test_a_rule_that_gives_no_number_is_wrong_and_named(row: Any, rule: Any) -> None:
    broken = row(lambda x: x * x, rule)
    report = check_gradients(lambda x: broken(x) * 3, 2.0)
    assert not report and dict(report.wrong[0].what.parts)["name"] == "row_under_test"
    assert "ERRADA: row_under_test, argumento 1" in str(report) and "esperado 4" in str(report)
    assert not check_table([broken], points=2)


def test_where_the_derivative_does_not_exist_the_rule_is_not_to_blame() -> None:
    assert verdicts(mpt.sqrt, 0.0) == verdicts(mpt.cbrt, 0.0) == ["undefined"]
    assert verdicts(mpt.asin, 1.0) == ["undefined"]
    assert verdicts(mpt.atan2, 0.0, 0.0)[-1] == "undefined"
    assert set(verdicts(mpt.hypot, 0.0, 0.0)) == {"kink"}  # como |x| em 0: a derivada escolhida é 0

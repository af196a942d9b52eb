"""A tabela contra o mpmath com 50 algarismos: valor, primeira e segunda derivadas, em 50 pontos do domínio (ou 200).

O erro permitido é 1e-12 em relação ao valor verdadeiro. Em três casos a própria conta em float não deixa tanto, e ali o
erro é medido em relação a uma escala maior, dita na linha da operação:

- funções do tipo sigmoide saturam: 1 − y perde os algarismos que a derivada teria, e a escala é 1e-3;
- onde uma derivada passa por zero como diferença de termos grandes (silu, gelu, as segundas de hypot, atan2 e pow), a
  escala é o tamanho desses termos;
- as derivadas de logsumexp são exponenciais de x − y, e o arredondamento de y, que é grande, passa para elas.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import mpmath
import pytest

from micrograd_pt import DomainError, Value, derivative, grad, hessian, ops

POINTS, MANY = 50, 200
mp = mpmath.mp.clone()
mp.dps = 50

Draw = Callable[[random.Random], float]


def between(low: float, high: float) -> Draw:
    return lambda draw: draw.uniform(low, high)


def spread(low: float, high: float) -> Draw:
    """Positivos espalhados por muitas ordens de grandeza."""
    return lambda draw: 10 ** draw.uniform(low, high)


def both_signs(low: float, high: float) -> Draw:
    return lambda draw: draw.choice([-1, 1]) * 10 ** draw.uniform(low, high)


@dataclass(frozen=True)
class Row:
    """Como conferir uma linha: a função do mpmath, o domínio de cada argumento e a escala do erro."""

    truth: Callable[..., Any]
    domain: tuple[Draw, ...]
    scale: Callable[..., float] = lambda *args: 0.0
    first_scale: Callable[..., float] = lambda *args: 0.0


SATURATES = lambda *args: 1e-3  # noqa: E731
wide, narrow = between(-30, 30), between(-3, 3)


def largest_term(*args: float) -> float:
    """O tamanho dos termos que se cancelam nas segundas derivadas de hypot e atan2."""
    size = sum(arg * arg for arg in args)
    return 1 / size + 1 / size**0.5


def rounding_of_the_result(*args: float) -> float:
    """O que o arredondamento do resultado y deixa na diferença x − y, de que as derivadas de logsumexp são feitas."""
    return 1e-3 * max(1, *map(abs, args))


ROWS: dict[str, Row] = {
    "add": Row(lambda a, b: a + b, (between(0.1, 9), between(0.1, 9))),
    "sub": Row(lambda a, b: a - b, (between(5, 9), between(-9, 4))),
    "mul": Row(lambda a, b: a * b, (wide, wide)),
    "div": Row(lambda a, b: a / b, (wide, both_signs(-3, 3))),
    "pow": Row(lambda a, b: a**b, (spread(-2, 2), narrow), lambda a, b: 1e-3 * a ** (b - 2)),
    "neg": Row(lambda x: -x, (wide,)),
    "identity": Row(lambda x: x, (wide,)),
    "square": Row(lambda x: x * x, (wide,)),
    "reciprocal": Row(lambda x: 1 / x, (both_signs(-5, 5),)),
    "abs": Row(abs, (both_signs(-5, 5),)),
    "exp": Row(mp.exp, (between(-700, 700),)),
    "exp2": Row(lambda x: mp.mpf(2) ** x, (between(-1000, 1000),)),
    "expm1": Row(mp.expm1, (both_signs(-18, 2),)),
    "log": Row(mp.log, (spread(-150, 150),)),
    "log2": Row(lambda x: mp.log(x, 2), (spread(-150, 150),)),
    "log10": Row(mp.log10, (spread(-150, 150),)),
    "log1p": Row(mp.log1p, (lambda draw: draw.choice([spread(-18, 5), between(-0.99, 0)])(draw),)),
    "sqrt": Row(mp.sqrt, (spread(-100, 100),)),
    "cbrt": Row(lambda x: mp.sign(x) * mp.cbrt(abs(x)), (both_signs(-50, 50),)),
    "sin": Row(mp.sin, (wide,)),
    "cos": Row(mp.cos, (wide,)),
    "tan": Row(mp.tan, (wide,)),
    "asin": Row(mp.asin, (between(-1, 1),)),
    "acos": Row(mp.acos, (between(-1, 1),)),
    "atan": Row(mp.atan, (both_signs(-3, 3),)),
    "sinh": Row(mp.sinh, (both_signs(-9, 2),)),
    "cosh": Row(mp.cosh, (both_signs(-9, 2),)),
    "tanh": Row(mp.tanh, (wide,), SATURATES, SATURATES),
    "asinh": Row(mp.asinh, (both_signs(-9, 9),)),
    "acosh": Row(mp.acosh, (lambda draw: 1 + 10 ** draw.uniform(-3, 6),)),
    "atanh": Row(mp.atanh, (between(-0.999, 0.999),)),
    "atan2": Row(lambda a, b: mp.atan2(a, b), (both_signs(-2, 2), both_signs(-2, 2)), largest_term),
    "hypot": Row(lambda a, b: mp.sqrt(a * a + b * b), (both_signs(-2, 2), both_signs(-2, 2)), largest_term),
    "sigmoid": Row(lambda x: 1 / (1 + mp.exp(-x)), (wide,), SATURATES, SATURATES),
    "relu": Row(lambda x: x if x > 0 else mp.mpf(0), (both_signs(-9, 9),)),
    "leaky_relu": Row(lambda x: x if x > 0 else x * mp.mpf(0.01), (both_signs(-9, 9),)),
    "elu": Row(lambda x: x if x > 0 else mp.expm1(x), (both_signs(-9, 2),)),
    "softplus": Row(lambda x: mp.log1p(mp.exp(x)), (wide,), SATURATES, SATURATES),
    "logsigmoid": Row(lambda x: -mp.log1p(mp.exp(-x)), (wide,), SATURATES, SATURATES),
    "silu": Row(lambda x: x / (1 + mp.exp(-x)), (wide,), SATURATES, SATURATES),
    "gelu": Row(lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2, (between(-20, 20),), SATURATES, SATURATES),
    "erf": Row(mp.erf, (between(-5, 5),), SATURATES, SATURATES),
    "erfc": Row(mp.erfc, (between(-5, 20),), SATURATES, SATURATES),
    "sum": Row(lambda *args: sum(args), (between(0.1, 9),) * 4),
    "mean": Row(lambda *args: sum(args) / len(args), (between(0.1, 9),) * 4),
    "maximum": Row(lambda *args: max(args), (wide,) * 3),
    "minimum": Row(lambda *args: min(args), (wide,) * 3),
    "logsumexp": Row(
        lambda *args: mp.log(sum(map(mp.exp, args))), (wide,) * 3, rounding_of_the_result, rounding_of_the_result
    ),
    "dot": Row(lambda a, b, x, y: a * x + b * y, (between(0.1, 9),) * 4),
    "where_less": Row(lambda c, d, a, b: a if c < d else b, (wide,) * 4),
    "where_less_equal": Row(lambda c, d, a, b: a if c <= d else b, (wide,) * 4),
}


def test_every_row_has_a_truth_to_be_held_against() -> None:
    assert set(ROWS) == set(ops.BUILT_IN)


def near(found: Any, true: Any, scale: float) -> bool:
    return float(found) == float(true) or bool(
        abs(mp.mpf(float(found)) - true) <= mp.mpf("1e-12") * max(abs(true), scale)
    )


def true_derivative(truth: Callable[..., Any], point: list[float], orders: tuple[int, ...]) -> Any:
    """A derivada com 50 algarismos; o passo acompanha o tamanho de cada argumento."""
    exact = [mp.mpf(number) for number in point]

    def scaled(*steps: Any) -> Any:
        return truth(*[number * (1 + step) for number, step in zip(exact, steps, strict=True)])

    size = mp.mpf(1)
    for number, order in zip(exact, orders, strict=True):
        size *= number**order
    slope = mp.diff(scaled, (0,) * len(point), orders) / size
    return mp.mpf(0) if abs(slope * size) < mp.mpf(10) ** (5 - mp.dps) * abs(truth(*exact)) else slope


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(ROWS))
def test_value_and_derivatives_agree_in_many_points(name: str) -> None:
    test_value_and_derivatives_agree_with_fifty_digits(name, MANY)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_value_and_derivatives_agree_with_fifty_digits(name: str, points: int = POINTS) -> None:
    row, operation, draw = ROWS[name], ops.TABLE[name], random.Random(name)
    size = len(row.domain)
    for _ in range(points):
        point = [take(draw) for take in row.domain]
        exact = [mp.mpf(number) for number in point]
        assert near(operation(*point), row.truth(*exact), 0), (name, point)
        first = grad(operation, tuple(range(size)))(*point)
        second = hessian(lambda args: operation(*args))(list(point))
        for place in range(size):
            orders = tuple(int(other == place) for other in range(size))
            true = true_derivative(row.truth, point, orders)
            assert near(first[place], true, row.first_scale(*point)), (name, point, place, first[place], true)
        for a, b in combinations_with_replacement(range(size), 2):
            orders = tuple(int(other == a) + int(other == b) for other in range(size))
            true = true_derivative(row.truth, point, orders)
            assert near(second[a][b], true, row.scale(*point)), (name, point, a, b, second[a][b], true)
            assert second[a][b] == pytest.approx(second[b][a], rel=1e-9, abs=1e-12 * max(1, row.scale(*point)))


BOTH_SIDES_OF_ZERO = sorted(
    {name for name, row in ROWS.items() if len(row.domain) == 1} - {"log", "log2", "log10", "sqrt", "acosh"}
)


@pytest.mark.parametrize("name", BOTH_SIDES_OF_ZERO)
def test_near_zero_no_order_loses_its_digits(name: str) -> None:
    row, operation, draw = ROWS[name], ops.TABLE[name], random.Random(name)
    scales = (0.0, row.first_scale(), row.scale())
    with mp.workdps(160):
        for _ in range(60):
            x = draw.choice([-1, 1]) * 10 ** draw.uniform(-18, -0.5)
            for order in (0, 1, 2):
                true = true_derivative(row.truth, [x], (order,)) if order else row.truth(mp.mpf(x))
                found = derivative(operation, order)(x)
                assert near(found, true, scales[order]), (name, x, order, found, true)


@pytest.mark.parametrize("x", [1.5, 1e20, 1e155, 1e300])
def test_acosh_is_as_steep_as_one_over_x_far_out(x: float) -> None:
    assert near(grad(ops.acosh)(x), 1 / mp.sqrt(mp.mpf(x) ** 2 - 1), 0)


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "logsigmoid", "tanh"])
@pytest.mark.parametrize("x", [-1000.0, 1000.0])
def test_saturation_is_exact_far_out(name: str, x: float) -> None:
    operation = ops.TABLE[name]
    assert near(operation(x), ROWS[name].truth(mp.mpf(x)), 0)
    assert near(grad(operation)(x), true_derivative(ROWS[name].truth, [x], (1,)), 1e-3)


def test_small_numbers_survive_where_the_textbook_loses_them() -> None:
    assert ops.log1p(1e-18) == 1e-18
    assert ops.expm1(1e-18) == 1e-18
    assert ops.hypot(3e200, 4e200) == pytest.approx(5e200, rel=1e-15)
    assert grad(ops.hypot, (0, 1))(3e200, 4e200) == pytest.approx((0.6, 0.8))
    assert ops.log_sum_exp(1000.0, 1000.0) == pytest.approx(1000 + float(mp.log(2)), rel=1e-15)
    assert ops.log_sum_exp(-1000.0, -1000.0, -1000.0) == pytest.approx(-1000 + float(mp.log(3)), rel=1e-15)


def test_powers_at_their_edges_are_documented_values_or_clear_errors() -> None:
    assert (Value(0.0) ** 0).data == 1 and grad(lambda x: x**0)(0.0) == 0
    assert (Value(0) ** Value(0)).data == 1
    assert (Value(-2.0) ** 3).data == -8 and grad(lambda x: x**3)(-2.0) == 12
    assert (Value(0.0) ** 0.5).data == 0
    for bad in (lambda: Value(0.0) ** -1, lambda: Value(-1.0) ** 0.5, lambda: grad(lambda x: x**0.5)(0.0)):
        with pytest.raises(DomainError, match="pow"):
            bad()
    assert derivative(lambda x: x**2, 3)(0.0) == 0
    assert derivative(lambda x: x**3, 2)(0.0) == 0

"""Que números entram, e o que se diz do que não é número."""

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import micrograd_pt as mpt
from micrograd_pt import MLP, Value, dot, train

WRONG = ["1", None, 1j, [1.0], (1, 2), {"a": 1}, np.array([1.0, 2.0]), object(), Decimal("1.5")]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: type(wrong).__name__)
def test_what_is_not_a_number_is_refused_in_portuguese(wrong: Any) -> None:
    for attempt in (lambda: Value(wrong), lambda: mpt.tanh(wrong), lambda: mpt.maximum(Value(1.0), wrong)):
        with pytest.raises(TypeError, match="espera um número real"):
            attempt()
    if not isinstance(wrong, np.ndarray):
        with pytest.raises(TypeError, match="espera um número real"):
            Value(1.0) + wrong
        with pytest.raises(TypeError, match="espera um número real"):
            wrong * Value(1.0)
        with pytest.raises(TypeError, match="espera um número real"):
            _ = Value(1.0) < wrong


@pytest.mark.parametrize(
    ("attempt", "instead"),
    [
        (lambda v: math.exp(v), "v.exp()"),
        (lambda v: float(v), "v.data"),
        (lambda v: int(v), "v.data"),
        (lambda v: bool(v), "v > 0"),
        (lambda v: Value(v), "detach"),
        (lambda v: Value("3"), "float(...)"),
        (lambda v: v + np.array, "número real"),
        (lambda v: v ** "2", "float(...)"),
        (lambda v: dot(3, [v]), "lista"),
        (lambda v: mpt.sum(v), "lista"),
        (lambda v: mpt.tanh(v, v), "argumento"),
        (lambda v: round(v), "round(v.data)"),
        (lambda v: round(v, 2), "round(v.data)"),
        (lambda v: v // 2, "v.data"),
        (lambda v: 7 % v, "v.data"),
        (lambda v: divmod(v, 2), "v.data"),
        (lambda v: v + None, "return esquecido"),
        (lambda v: v * Decimal("1.5"), "float(...)"),
        (lambda v: mpt.where(True, v, "a"), "where espera um número real"),
        (lambda v: mpt.where(v > 0, v, "a"), "where espera um número real"),
    ],
)
def test_a_wrong_use_says_what_to_write_instead(attempt: Any, instead: str) -> None:
    with pytest.raises(TypeError) as error:
        attempt(Value(1.0, "v"))
    assert instead in str(error.value)


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64, np.int32, np.uint8, np.bool_])
def test_numpy_scalars_are_numbers_on_either_side(kind: Any) -> None:
    number, x = kind(1), Value(3.0, "x")
    for y in (x * number, number * x, x + number, number + x, x**number, number / x, x - number):
        assert type(y) is Value
    assert (number / x).data == pytest.approx(1 / 3)
    assert type(Value(number).data) in (int, float)


@pytest.mark.parametrize(
    "name", ["arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh", "log2", "expm1", "cbrt"]
)
def test_numpy_finds_its_own_names_on_the_elements(name: str) -> None:
    x = 1.5 if name == "arccosh" else 0.25
    (found,) = getattr(np, name)(np.array([Value(x)]))
    assert found.data == pytest.approx(getattr(np, name)(x), rel=1e-15)


def test_numpy_pairs_and_comparisons_reach_each_element() -> None:
    a, b = Value(3.0), Value(4.0)
    (length,), (angle,) = np.hypot(np.array([a]), np.array([b])), np.arctan2(np.array([a]), np.array([b]))
    (length + angle).backward()
    assert (length.data, angle.data, a.grad) == (5.0, np.arctan2(3.0, 4.0), 3 / 5 + 4 / 25)
    array = np.array([1.0, 4.0, 9.0])
    assert list(b < array) == [False, False, True]
    assert list(b >= array) == [True, True, False]
    assert list(array > b) == [False, False, True]


def test_object_arrays_of_values_work_with_numpy() -> None:
    xs = np.array([Value(0.5), Value(-1.5), Value(2.0)])
    weights = np.array([[Value(0.1 * (i + j)) for j in range(3)] for i in range(2)])
    for name in ("exp", "tanh", "sin", "cos", "sqrt", "log", "exp2", "expm1", "log1p", "cbrt", "square"):
        ours, theirs = getattr(np, name), np.array([0.5, 0.7, 2.0])
        found = ours(np.array([Value(float(x)) for x in theirs]))
        assert [v.data for v in found] == pytest.approx(list(ours(theirs)))
    loss = np.tanh(weights @ xs).sum() + np.dot(xs, xs)
    assert type(loss) is Value
    loss.backward()
    plain = np.array([0.5, -1.5, 2.0])
    matrix = np.array([[v.data for v in row] for row in weights])
    slope = 1 - np.tanh(matrix @ plain) ** 2
    assert [x.grad for x in xs] == pytest.approx(list(matrix.T @ slope + 2 * plain))


@pytest.mark.parametrize("operate", [lambda a, b: a * b, lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a / b])
def test_a_value_and_an_array_give_an_array_of_values(operate: Any) -> None:
    v, array = Value(2.0), np.array([1.0, 4.0])
    for left, right in ((v, array), (array, v)):
        found = operate(left, right)
        assert isinstance(found, np.ndarray) and all(type(item) is Value for item in found)
        expected = operate(2.0, array) if left is v else operate(array, 2.0)
        assert [item.data for item in found] == list(expected)


def test_networks_and_training_take_arrays() -> None:
    X, y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    model = MLP(2, [3, 1], activation="tanh", seed=1)
    before = sum((model(x).data - t) ** 2 for x, t in zip(X, y, strict=True))
    history = train(model, X, y, learning_rate=0.1, epochs=50)
    assert history.losses[-1] < before


def test_nan_and_infinity_flow_as_in_math() -> None:
    nan, inf = Value(math.nan), Value(math.inf)
    for f in (mpt.tanh, mpt.relu, mpt.exp, mpt.abs, mpt.sigmoid, mpt.softplus, mpt.gelu, lambda v: v * 0, mpt.sqrt):
        assert math.isnan(f(nan).data)
    assert math.isnan(mpt.maximum(Value(1.0), nan).data)
    assert mpt.tanh(inf).data == 1 and mpt.exp(-inf).data == 0 and (inf + 1).data == math.inf
    assert math.isnan((inf - inf).data)
    assert mpt.logsumexp([inf, Value(1.0)]).data == math.inf


def test_an_array_without_axes_that_holds_a_value_is_that_value() -> None:
    x = Value(3.0, "x")
    held = np.array(x)
    for product in (x * held, held * x, mpt.sum([held, x]) * 1.5):
        assert type(product) is Value and product.data == 9.0
    (x * held).backward()
    assert x.grad == 6
    x.grad = 0
    np.polyval([1, 2, 3], x).backward()
    assert x.grad == 2 * 3 + 2
    assert mpt.sin(held).data == math.sin(3.0)


@pytest.mark.parametrize(
    "use",
    [
        lambda w: w * 2,
        lambda w: 2 - w,
        lambda w: w.exp(),
        lambda w: w > 0,
        lambda w: dot([w], [1.0]),
        lambda w: mpt.tanh(w),
        lambda w: Value(1.0) + w,
    ],
)
def test_a_value_put_in_the_data_of_another_is_refused_at_the_next_use(use: Any) -> None:
    w = Value(2.0, "w")
    (w * w).backward(create_graph=True)
    w.data -= 0.1 * w.grad
    with pytest.raises(TypeError, match=r"o data de w é um Value.* w\.grad\.data"):
        use(w)


def test_an_empty_softmax_speaks_of_softmax() -> None:
    with pytest.raises(mpt.DomainError, match="softmax"):
        mpt.softmax([])

"""Derivadas como funções: formas, ordens, aninhamento, e a verificação que ensina."""

import math
import pickle
from fractions import Fraction
from typing import Any

import pytest

import micrograd_pt as mpt
from micrograd_pt import (
    ChangedLeafError,
    DomainError,
    Value,
    check_gradients,
    check_table,
    derivative,
    find_nonfinite,
    grad,
    hessian,
    jacobian,
    jvp,
    operation,
    ops,
    value_and_grad,
    where,
)


def test_plain_numbers_go_in_and_come_out() -> None:
    value, slope = value_and_grad(lambda x: mpt.tanh(x) * x)(0.5)
    assert type(value) is float and type(slope) is float
    assert type(hessian(lambda v: v[0] * v[1])([1.0, 2.0])[0][1]) in (int, float)


def test_the_gradient_has_the_shape_of_the_argument() -> None:
    def f(tree: Any) -> Any:
        return tree["a"] * tree["b"][0] ** 2 + mpt.sin(tree["b"][1][0])

    tree = {"a": 2.0, "b": (3.0, [1.0])}
    assert grad(f)(tree) == {"a": 9.0, "b": (12.0, [math.cos(1.0)])}
    assert jacobian(lambda x: {"dobro": 2 * x, "par": (x, x * x)})(3.0) == {"dobro": 2, "par": (1, 6.0)}


def test_argnums_choose_among_the_arguments() -> None:
    def f(a: Any, b: Any, *, c: float) -> Any:
        return a * a * b * c

    assert grad(f)(2.0, 3.0, c=5.0) == 60
    assert grad(f, 1)(2.0, 3.0, c=5.0) == 20
    assert grad(f, (1, 0))(2.0, 3.0, c=5.0) == (20, 60)
    assert grad(f, -1)(2.0, 3.0, c=5.0) == 20
    with pytest.raises(ValueError, match="argnums"):
        grad(f, 2)(2.0, 3.0, c=5.0)


def test_an_inner_derivative_keeps_its_variable_apart_from_the_outer_one() -> None:
    assert grad(lambda x: x * grad(lambda y: x + y)(x))(2.0) == 1
    assert grad(lambda x: grad(lambda y: x * y * y)(3.0))(2.0) == 6
    assert grad(lambda x: jvp(lambda y: x * y * y)(3.0, 1.0)[1])(2.0) == 6
    assert jvp(lambda x: grad(lambda y: x * x * y)(1.0))(3.0, 1.0) == (9, 6)


def test_what_is_captured_is_not_touched() -> None:
    w = Value(3.0, "w")
    w.grad = 7.0
    assert grad(lambda x: w * x * x)(2.0) == 12
    assert w.grad == 7.0


def test_a_derivative_that_nobody_asked_for_may_be_missing() -> None:
    three, zero = Value(3.0), Value(0.0)
    assert grad(lambda v: v**three)(-2.0) == 12.0 == jvp(lambda v: v**three)(-2.0, 1.0)[1]
    assert derivative(lambda v: v**three, 2)(-2.0) == -12.0
    assert grad(lambda v: mpt.sin(v * mpt.sqrt(zero)) + v * v)(2.0) == 4.0
    assert grad(lambda v: grad(lambda t: v * t**three)(-2.0))(5.0) == 12.0


def test_a_missing_derivative_says_the_right_reason() -> None:
    base = Value(-2.0, "base")
    with pytest.raises(DomainError, match=r"derivada de pow .*base = -2\.0.*logaritmo pede um argumento maior que 0"):
        (base ** Value(3.0)).backward()
    with pytest.raises(DomainError, match=r"derivada de pow .*a = 0 não aceita o expoente -0\.5"):
        grad(lambda x: x**0.5)(0.0)


def test_a_constant_function_has_gradient_zero() -> None:
    assert grad(lambda x: 3.0)(1.0) == 0
    assert grad(lambda v: v[0])([1.0, 2.0]) == [1, 0]
    assert jvp(lambda x: 3.0)(1.0, 1.0) == (3.0, 0)


def test_wrong_uses_are_explained() -> None:
    with pytest.raises(TypeError, match="jacobian"):
        grad(lambda x: [x, x])(1.0)
    with pytest.raises(TypeError, match="converta o texto"):
        grad(lambda x: x)("1")
    with pytest.raises(ValueError, match="direção"):
        jvp(lambda v: v[0])([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="order"):
        derivative(mpt.sin, -1)


def test_backward_with_create_graph_gives_gradients_that_are_values() -> None:
    x, y = Value(2.0, "x"), Value(3.0, "y")
    (x**3 * y).backward(create_graph=True)
    assert x.grad.data == 36 and y.grad.data == 8
    slope = x.grad
    x.grad = y.grad = 0
    slope.backward()
    assert x.grad == 36 and y.grad == 12


def test_create_graph_notices_a_leaf_that_has_changed() -> None:
    w, x = Value(2.0, "w"), Value(0.0, "x")
    y = w * x
    w.data = 5.0  # o produto continua 0, mas a derivada já não é a mesma
    with pytest.raises(ChangedLeafError, match=r"w valia 2\.0"):
        y.backward(create_graph=True)
    y.backward()
    assert x.grad == 2.0


def test_a_closed_branch_passes_nothing_in_any_mode() -> None:
    def closed(x: Any) -> Any:
        return mpt.relu(mpt.sqrt(x) - 1) + x

    assert grad(closed)(0.0) == 1
    assert jvp(closed)(0.0, 1.0) == (0.0, 1.0)
    assert derivative(closed, 2)(0.0) == 0
    assert grad(lambda x: where(x > 1, mpt.sqrt(x), 3 * x))(0.0) == 3
    assert grad(lambda x: mpt.maximum(mpt.sqrt(x), 1 + x))(0.0) == 1
    with pytest.raises(DomainError, match="sqrt"):
        grad(lambda x: mpt.sqrt(x) * 0)(0.0)
    with pytest.raises(DomainError, match="sqrt"):
        jvp(lambda x: mpt.sqrt(x) * 0)(0.0, 1.0)


def test_ties_share_and_where_follows_its_condition() -> None:
    assert grad(mpt.maximum, (0, 1, 2))(3.0, 3.0, 1.0) == (0.5, 0.5, 0)
    assert grad(mpt.minimum, (0, 1))(3.0, 3.0) == (0.5, 0.5)
    a, b = Value(2.0), Value(3.0)
    for condition, chosen in ((a < b, a), (a <= b, a), (a > b, b), (a >= b, b), (a >= a, a), (a < a, b)):
        node = where(condition, a, b)
        assert node.data == chosen.data and len(node.args) == 4
    assert where(True, a, b) is a and where(False, a, 4) == 4
    with pytest.raises(TypeError, match="comparação"):
        where(a, 1, 2)


@pytest.mark.parametrize("side", [0, 1])
def test_a_choice_by_a_comparison_that_no_longer_holds_is_refused(side: int) -> None:
    pair = (Value(2.0, "a"), Value(3.0, "b"))
    condition = pair[0] < pair[1]
    assert where(condition, 1, 0).data == 1
    pair[side].data = 2.5
    with pytest.raises(ChangedLeafError, match=r"valia .* na comparação e agora vale 2\.5"):
        where(condition, 1, 0)


# A verificação.


def test_the_check_passes_what_is_right() -> None:
    report = check_gradients(lambda x, v: mpt.tanh(x * v[0]) / mpt.exp(v[1]), 0.7, [1.5, -0.2])
    assert report and len(report.findings) == 2 + 1 + 1 + 2 + 3


def test_the_check_names_a_wrong_rule_and_says_how_far() -> None:
    wrong = operation("wrong_cube", "³", lambda x: x**3, lambda y, x: 2 * x * x)
    report = check_gradients(lambda x: wrong(x) + x, 2.0)
    assert not report
    text = str(report)
    assert "ERRADA: wrong_cube" in text and "esperado 12" in text and "encontrado 8" in text
    second = operation("wrong_second", "²", lambda x: x * x, lambda y, x: 2 * ops.identity(x) if x > 0 else 2 * x)
    assert check_table([second])
    del ops.TABLE["wrong_cube"], ops.TABLE["wrong_second"]


@pytest.mark.parametrize("f", [mpt.relu, mpt.abs, lambda x: mpt.maximum(x, 0), lambda x: mpt.leaky_relu(x)])
def test_the_check_recognises_a_kink(f: Any) -> None:
    report = check_gradients(f, 0.0)
    assert report and {finding.verdict for finding in report.findings} == {"kink"}


def test_the_check_says_where_differences_prove_nothing() -> None:
    report = check_gradients(lambda x: 1e-9 * mpt.sin(1e9 * x), 0.5)
    assert report
    assert "sem prova" in str(report)


@pytest.mark.parametrize("x", [1e-8, 1e6, -3e4])
def test_the_step_fits_the_number(x: float) -> None:
    report = check_gradients(lambda t: t * t + 3 * t, x)
    assert report and all(finding.verdict == "ok" for finding in report.findings)


@pytest.mark.parametrize(
    ("f", "x"), [(mpt.log, 1e-200), (mpt.log, 1e-8), (mpt.exp, 700.0), (mpt.exp, 709.0), (mpt.asin, 1 - 1e-6)]
)
def test_the_step_stays_inside_the_domain_and_below_the_largest_float(f: Any, x: float) -> None:
    report = check_gradients(f, x)
    assert [finding.verdict for finding in report.findings] == ["ok", "ok"], str(report)


def test_the_report_is_told_in_english_too() -> None:
    report = check_gradients(mpt.relu, 0.0, lang="en")
    assert "at kinks: 2" in str(report) and "kink: relu, argument 1, at node v1" in str(report)
    assert "bico: relu, argumento 1, no nó v1" in str(check_gradients(mpt.relu, 0.0))
    assert str(find_nonfinite(Value(math.inf, "x") + 1, lang="en")) == "the value of x is inf: it is a leaf"


def test_an_array_where_nested_lists_belong_is_explained() -> None:
    import numpy as np

    with pytest.raises(TypeError, match=r"tolist\(\)"):
        grad(lambda x: x[0])(np.array([1.0, 2.0]))


def test_the_whole_table_holds_to_second_order() -> None:
    report = check_table(points=6)
    assert report, str(report)
    assert {dict(finding.what.parts)["name"] for finding in report.findings} == set(ops.TABLE)
    assert {finding.what.kind for finding in report.findings} == {"point", "second"}
    assert sum(finding.verdict == "ok" for finding in report.findings) > 0.97 * len(report.findings)


# Linhas novas na tabela.


def test_a_new_row_gets_everything() -> None:
    softsign = operation(
        "softsign", "ss", lambda x: x / (1 + abs(x)), lambda y, x: 1 / (1 + mpt.abs(x)) ** 2, title="sinal suave"
    )
    try:
        x = Value(0.5, "x")
        y = softsign(x)
        y.label = "y"
        y.backward()
        assert x.grad == pytest.approx(1 / 2.25)
        assert derivative(softsign, 3)(0.5) == pytest.approx(6 / 1.5**4)
        assert check_gradients(softsign, 0.5) and check_table([softsign])
        assert "y = ss(x) = ss(0.5)" in str(mpt.explain(y)) and "ss" in mpt.draw(y).source
        assert softsign(0.5) == pytest.approx(1 / 3)
    finally:
        del ops.TABLE["softsign"]


def test_a_new_row_written_with_where_is_compiled() -> None:
    bent = operation("bent", "b", lambda x: where(x > 0, x, -2 * x), lambda y, x: where(x > 0, 1, -2))
    try:
        program = mpt.compiled(lambda x: bent(x) * x)
        for x in (3.0, -3.0):
            assert program(x) == bent(x) * x
            assert value_and_grad(program)(x) == value_and_grad(lambda x: bent(x) * x)(x)
    finally:
        del ops.TABLE["bent"]


def test_the_value_of_a_new_row_is_a_plain_number_or_is_refused_by_name() -> None:
    import numpy as np

    try:
        forgot = operation("forgot", "f", lambda x: None, lambda y, x: 1)
        with pytest.raises(TypeError, match="o valor de forgot espera um número real, e recebeu None"):
            forgot(Value(1.0))
        step = operation("step_row", "s", lambda x: x > 0, lambda y, x: None)
        assert type(step(Value(1.0)).data) is int and step(2.0) == 1
        array = operation("array_row", "a", lambda x: np.float64(x), lambda y, x: np.float64(1))
        x = Value(2.0)
        (array(x) * 3).backward()
        assert type(array(x).data) is float and type(x.grad) is float
    finally:
        for name in ("forgot", "step_row", "array_row"):
            ops.TABLE.pop(name, None)


def test_what_was_pickled_with_a_row_that_is_missing_says_which_to_define() -> None:
    double = operation("double_row", "2·", lambda x: 2 * x, lambda y, x: 2)
    try:
        kept = pickle.dumps(double(Value(3.0)))
    finally:
        del ops.TABLE["double_row"]
    with pytest.raises(KeyError, match=r"double_row.*operation\(\.\.\.\) antes"):
        pickle.loads(kept)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("sin", "s", abs, abs), ValueError),
        (("não é nome", "s", abs, abs), ValueError),
        (("nova", "s", abs), ValueError),
        (("nova", "s", 3, abs), TypeError),
        (("nova", "s", lambda a, b: a, lambda y, a: 1), ValueError),
        (("nova", "s", lambda a: a, lambda a: 1), ValueError),
        (("nova", "s", lambda a: a, lambda y, a: 1, lambda y, a: 1), ValueError),
    ],
)
def test_a_bad_row_is_refused(arguments: tuple[Any, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        operation(*arguments)
    assert set(ops.TABLE) == ops.BUILT_IN


# O primeiro número que deixa de ser finito.


def test_find_nonfinite_names_the_first_node() -> None:
    x = Value(1e200, "x")
    square = x * x
    square.label = "quadrado"
    found = find_nonfinite(square * 0 + x)
    assert found is not None and (found.name, found.where) == ("quadrado", "data")
    assert "quadrado" in str(found)

    y = Value(1e-200, "y")
    steep = 1 / y
    steep.label = "inverso"
    gradient = find_nonfinite(steep * Value(1e100, "k"))
    assert gradient is not None and gradient.where == "grad" and gradient.name == "y"
    assert find_nonfinite(Value(2.0) * 3) is None


def test_exact_numbers_stay_exact_both_ways() -> None:
    a, b = Value(Fraction(1, 3), "a"), Value(Fraction(2), "b")
    y = (a * b + 1) ** 2 / b - 7 / b**-2
    y.backward()
    assert y.data == Fraction(25, 18) - 28
    assert a.grad == Fraction(10, 3)
    assert b.grad == Fraction(5, 9) - Fraction(25, 36) - 28
    assert all(isinstance(number, (int, Fraction)) for number in (y.data, a.grad, b.grad))

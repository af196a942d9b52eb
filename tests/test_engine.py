"""O motor: aritmética, regra da cadeia e as promessas que `Value` faz a quem o usa."""

import copy
import math
import operator
import pickle
import threading
from fractions import Fraction

import numpy as np
import pytest

import micrograd_pt as m
from micrograd_pt import DomainError, Value, dot, ops

# Cada sinal com o seu valor e as suas duas derivadas em (a, b), escritos à mão.
SIGNS = {
    "+": (operator.add, lambda a, b: (a + b, 1, 1)),
    "-": (operator.sub, lambda a, b: (a - b, 1, -1)),
    "*": (operator.mul, lambda a, b: (a * b, b, a)),
    "/": (operator.truediv, lambda a, b: (a / b, 1 / b, -a / b**2)),
    "**": (operator.pow, lambda a, b: (a**b, b * a ** (b - 1), a**b * math.log(a))),
}

# Cada função com o seu valor e a sua derivada em x > 0, escritos à mão.
FUNCTIONS = {
    "exp": (math.exp, math.exp),
    "log": (math.log, lambda x: 1 / x),
    "sqrt": (math.sqrt, lambda x: 0.5 / math.sqrt(x)),
    "tanh": (math.tanh, lambda x: 1 / math.cosh(x) ** 2),
    "sigmoid": (lambda x: 1 / (1 + math.exp(-x)), lambda x: 1 / (2 + math.exp(x) + math.exp(-x))),
    "relu": (lambda x: x, lambda x: 1),
    "sin": (math.sin, math.cos),
    "cos": (math.cos, lambda x: -math.sin(x)),
    "abs": (abs, lambda x: 1),
}


def close(expected):
    return pytest.approx(expected, rel=1e-14, abs=1e-300)


# Aritmética


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize(("a", "b"), [(2.0, 3.0), (0.7, -1.3), (5, 2), (2.5, 0.5)])
def test_two_values_receive_both_partial_derivatives(sign, a, b):
    apply, expected = SIGNS[sign]
    value, by_a, by_b = expected(a, b)
    x, y = Value(a), Value(b)
    out = apply(x, y)
    out.backward()
    assert (out.data, x.grad, y.grad) == (close(value), close(by_a), close(by_b))


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("kind", [int, float, Fraction, np.float64, np.float32, np.int64])
def test_a_number_may_stand_on_either_side(sign, kind):
    apply, expected = SIGNS[sign]
    value, by_a, by_b = expected(2, 3)
    x = Value(2.0)
    out = apply(x, kind(3))
    out.backward()
    assert (out.data, x.grad) == (close(value), close(by_a))
    y = Value(3.0)
    out = apply(kind(2), y)
    out.backward()
    assert (out.data, y.grad) == (close(value), close(by_b))


@pytest.mark.parametrize("sign", SIGNS)
def test_a_constant_is_recorded_as_an_argument(sign):
    apply, _ = SIGNS[sign]
    x = Value(2.0)
    assert apply(x, 3).args == (x, 3)
    assert apply(3, x).args == (3, x)


def test_minus_and_plus_signs():
    x = Value(2.0)
    out = -x + +x * 3
    out.backward()
    assert (out.data, x.grad) == (4.0, 2)


def test_python_sum_starts_from_the_number_zero():
    terms = [Value(1.0), Value(2.0), Value(3.0)]
    total = sum(terms)
    total.backward()
    assert total.data == 6.0
    assert [term.grad for term in terms] == [1, 1, 1]


def test_fractions_stay_exact_also_beside_integers():
    x, y = Value(Fraction(3)), Value(Fraction(1, 7))
    out = (x / 2 + y) ** 2 / x
    out.backward()
    inner = Fraction(3, 2) + Fraction(1, 7)
    assert out.data == inner**2 / 3
    assert x.grad == 2 * inner * Fraction(1, 2) / 3 - inner**2 / 9
    assert y.grad == 2 * inner / 3
    assert not any(isinstance(number, float) for number in (out.data, x.grad, y.grad))
    out.backward(create_graph=True)
    assert y.grad.data == 2 * (2 * inner / 3) and type(y.grad.data) is Fraction


def test_an_integer_divided_by_an_integer_is_a_float_as_in_python():
    x, n = Value(7), Value(2)
    for out, expected in ((x / n, 3.5), (x / 7, 1.0), (1 / n, 0.5), (n**-1, 0.5), (2**-n, 0.25)):
        assert (out.data, type(out.data)) == (expected, float)
    assert type(m.mean([Value(1), Value(3)]).data) is float
    out = x / n
    out.backward()
    assert (x.grad, n.grad) == (0.5, -1.75) and type(x.grad) is type(n.grad) is float
    assert type((x * n + 1).data) is int


def test_newton_from_integers_takes_no_time_and_prints():
    """√2 por Newton a partir de inteiros: se fossem frações exatas, os algarismos dobrariam a cada volta."""
    a, root = Value(2), Value(1)
    for _ in range(18):
        root = (root + a / root) / 2
    root.backward()
    assert root.data == close(math.sqrt(2)) and a.grad == close(1 / (2 * math.sqrt(2)))
    assert type(root.data) is float and len(repr(root)) < 100


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("x", [0.3, 1.0, 2.5])
def test_every_function_is_a_method_and_a_function_of_the_package(name, x):
    value, slope = FUNCTIONS[name]
    function = getattr(m, name)
    as_function, as_method = Value(x), Value(x)
    for out in (function(as_function), getattr(as_method, name)()):
        out.backward()
        assert out.data == close(value(x))
    assert as_function.grad == as_method.grad == close(slope(x))
    assert function(x) == close(value(x))
    assert not isinstance(function(x), Value)


def test_the_left_half_of_the_odd_and_even_functions():
    for name, value, slope in [("tanh", -math.tanh(2), 1 - math.tanh(2) ** 2), ("abs", 2, -1), ("relu", 0, 0)]:
        x = Value(-2.0)
        out = getattr(x, name)()
        out.backward()
        assert (out.data, x.grad) == (close(value), close(slope)), name


def test_python_abs_is_the_same_operation():
    assert abs(Value(-2.0)).op is ops.absolute


# A regra da cadeia


def test_a_value_used_twice_receives_from_both_uses():
    x = Value(3.0)
    double = x + x
    double.backward()
    assert double.args == (x, x)
    assert x.grad == 2
    y = Value(3.0)
    (y * y * y).backward()
    assert y.grad == 27


def test_a_diamond_sums_over_its_paths():
    # y = u·v com u = sen x, v = eˣ: y' = eˣ (sen x + cos x).
    x = Value(0.8)
    (x.sin() * x.exp()).backward()
    assert x.grad == close(math.exp(0.8) * (math.sin(0.8) + math.cos(0.8)))


def test_a_stack_of_forty_diamonds_is_walked_once_per_node():
    # 2⁴⁰ caminhos: só quem visita cada nó uma vez chega ao fim.
    x = Value(1.0)
    y = x
    for _ in range(40):
        y = y + y
    y.backward()
    assert x.grad == 2**40


def test_two_backward_passes_give_exactly_twice_on_the_leaves():
    x, w = Value(0.3), Value(-1.7)
    hidden = (w * x).tanh()
    out = hidden * hidden.exp()
    out.backward()
    once = x.grad, w.grad
    assert all(once)
    out.backward()
    assert (x.grad, w.grad) == (2 * once[0], 2 * once[1])


def test_an_intermediate_gradient_is_that_of_the_last_pass():
    x = Value(2.0)
    hidden = x * 3
    out = hidden * 5
    out.backward()
    out.backward()
    assert (out.grad, hidden.grad, x.grad) == (1, 5, 30)
    (hidden * 7).backward()
    assert (hidden.grad, x.grad) == (7, 51)


def test_two_losses_add_their_gradients_on_a_shared_leaf():
    w = Value(2.0)
    (w * 3).backward()
    (w**2).backward()
    assert w.grad == 3 + 4


def test_backward_starts_from_the_given_gradient():
    x = Value(2.0)
    out = x * x
    out.backward(-0.5)
    assert (out.grad, x.grad) == (-0.5, -2.0)
    out.backward(np.float32(0.5))
    assert x.grad == 0.0


def test_backward_from_a_leaf_is_the_identity():
    x = Value(2.0)
    x.backward()
    x.backward()
    assert x.grad == 2


def test_changing_a_leaf_after_the_forward_pass_does_not_change_its_gradient():
    def gradients(change):
        x, w, b = Value(0.4), Value(1.5), Value(-0.2)
        out = dot([w, b], [x, 1]).sigmoid() * x / w + w**x
        if change:
            x.data, w.data, b.data = 100.0, -7.0, math.inf
        out.backward()
        return x.grad, w.grad, b.grad

    assert gradients(change=True) == gradients(change=False)
    assert all(gradients(change=False))


def test_detach_is_a_new_leaf_with_the_same_number_and_label():
    x = Value(3.0, "x")
    hidden = x * 2
    hidden.label = "h"
    apart = hidden.detach()
    assert (apart.data, apart.label, apart.op, apart.args) == (6.0, "h", None, ())
    (apart * x).backward()
    assert x.grad == 6.0
    assert apart.grad == 3.0


def test_dot_is_one_node_and_each_factor_is_the_others_derivative():
    w = [Value(0.5), Value(-2.0), Value(3.0)]
    x = [Value(4.0), 0.25, Value(-1.0)]
    out = dot(w, x)
    assert out.args == (*w, *x)
    assert out.op is ops.weighted_sum
    out.backward()
    assert out.data == 0.5 * 4 - 2 * 0.25 - 3
    assert [v.grad for v in w] == [4.0, 0.25, -1.0]
    assert (x[0].grad, x[2].grad) == (0.5, 3.0)


def test_dot_of_a_vector_with_itself_counts_both_uses():
    w = [Value(2.0), Value(-3.0)]
    dot(w, w).backward()
    assert [v.grad for v in w] == [4.0, -6.0]


def test_dot_takes_any_iterable_and_plain_numbers():
    w = [Value(2.0), Value(3.0)]
    assert dot((v for v in w), np.array([10.0, 1.0])).data == 23.0
    assert dot([1, 2], [3, 4]) == 11
    assert dot([], []) == 0


def test_dot_of_different_lengths_says_both():
    with pytest.raises(ValueError, match=r"1 peso\(s\) e 2 entrada\(s\)"):
        dot([Value(1.0)], [1, 2])


# Comparações


def test_floats_have_float_gradients_even_where_a_local_derivative_is_an_exact_fraction():
    x, y, z = Value(3.0), Value(1), Value(2.0)
    out = x / 2 + m.mean([y, z, x]) / 3 + x**-1
    out.backward()
    assert [type(v.grad) for v in (x, y, z)] == [float] * 3
    assert x.grad == pytest.approx(1 / 2 + 1 / 9 - 1 / 9, rel=1e-15)
    assert m.grad(m.mean)([1.0, 2.0, 4.0]) == [1 / 3] * 3
    assert all(type(slope) is float for slope in m.grad(m.mean)([1.0, 2.0, 4.0]))
    assert repr(m.jvp(lambda t: t / 2)(3.0, 1)) == "(1.5, 0.5)"
    assert all(type(total) is float for total in m.Graph(out).contributions()[1])
    out.backward(create_graph=True)
    assert type(x.grad.data) is float


def test_an_exact_value_is_formatted_as_a_decimal_number():
    assert f"{Value(3) / 2:.4f} {Value(3):.1f} {Value(3):d} {Value(1.25):6.1f}" == "1.5000 3.0 3    1.2"


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
@pytest.mark.parametrize(("a", "b"), [(1.0, 2.0), (2.0, 1.0), (1.0, 1.0)])
def test_a_comparison_is_as_true_as_that_of_the_numbers(compare, a, b):
    assert bool(compare(Value(a), Value(b))) is compare(a, b)
    assert bool(compare(Value(a), b)) is compare(a, b)
    assert bool(compare(a, Value(b))) is compare(a, b)
    assert bool(compare(np.float64(a), Value(b))) is compare(a, b)


def test_a_condition_remembers_what_it_compared():
    a, b = Value(1.0), Value(2.0)
    condition = a < b
    assert (condition.sign, condition.left, condition.right) == ("<", a, b)
    a.data = 5.0
    assert condition


def test_conditions_choose_sort_and_chain():
    a, b = Value(1.0, "a"), Value(2.0, "b")
    assert max(a, b) is b
    assert min(b, a) is a
    assert sorted([b, a]) == [a, b]
    assert not (0 < a < b < 1.5)
    assert 0 < a < b < 2.5


def test_a_condition_is_equal_to_its_truth_and_counts_like_it():
    yes, no = Value(1.0) > 0, Value(1.0) > 2
    assert yes == True and yes == True and no == False and yes != no and yes == (Value(5.0) < 6)  # noqa: E712
    assert {yes: "sim"}[True] == "sim" and yes in [False, True]
    assert sum(v > 0 for v in [Value(1.0), Value(-1.0), Value(2.0)]) == 2
    assert ["a", "b"][yes] == "b" and int(yes) == 1 and float(no) == 0.0
    assert (yes & no, yes | no, ~yes, True & yes, False | no) == (False, True, False, True, False)
    assert 3 * yes + no == 3
    with pytest.raises(TypeError, match=r"espera um número real.*where"):
        m.sin(yes)


def test_equality_is_identity_so_values_live_in_sets_and_keys():
    a, b = Value(1.0), Value(1.0)
    assert a == a
    assert a != b
    assert a != 1.0
    assert len({a, b, a}) == 2
    assert {a: "a", b: "b"}[b] == "b"
    before = hash(a)
    a.data = 2.0
    assert hash(a) == before


def test_nan_compares_false_and_flows():
    x = Value(math.nan)
    assert not x < 1
    assert not x >= 1
    w = Value(2.0)
    out = (w * x).tanh() + 1
    out.backward()
    assert math.isnan(out.data)
    assert math.isnan(w.grad)
    assert math.isnan(Value(math.nan).relu().data)


def test_infinity_flows():
    x = Value(math.inf)
    assert (x * 2).data == math.inf
    assert (1 / x).data == 0
    assert x.tanh().data == 1
    assert math.isnan((x - x).data)


# Bicos, domínios e ramos fechados


@pytest.mark.parametrize("zero", [0, 0.0, -0.0])
def test_the_derivative_of_relu_and_abs_at_zero_is_zero(zero):
    for function in (m.relu, m.absolute):
        x = Value(zero)
        function(x).backward()
        assert x.grad == 0


def test_a_tie_of_maximum_gives_half_to_each():
    a, b = Value(2.0), Value(2.0)
    m.maximum(a, b).backward()
    assert (a.grad, b.grad) == (0.5, 0.5)


@pytest.mark.parametrize(
    ("compute", "operation", "argument"),
    [
        (lambda x: x.log(), "log", "custo = -2.0"),
        (lambda x: m.log(x), "log", "custo = -2.0"),
        (lambda x: x.sqrt(), "sqrt", "custo = -2.0"),
        (lambda x: x**0.5, "pow", "custo = -2.0, 0.5"),
        (lambda x: x ** Value(0.5, "p"), "pow", "custo = -2.0, p = 0.5"),
        (lambda x: 1 / (x + 2), "div", "1, 0.0"),
        (lambda x: x / 0, "div", "custo = -2.0, 0"),
        (lambda x: x / Value(0.0, "n"), "div", "custo = -2.0, n = 0.0"),
        (lambda x: (x + 2) ** -1, "pow", "0.0, -1"),
        (lambda x: 0**x, "pow", "0, custo = -2.0"),
        (lambda x: (x - math.inf).sin(), "sin", "-inf"),
    ],
)
def test_outside_the_domain_the_error_names_operation_argument_and_label(compute, operation, argument):
    with pytest.raises(DomainError) as caught:
        compute(Value(-2.0, "custo"))
    message = str(caught.value)
    assert message.startswith(f"{operation} ")
    assert f"({argument})" in message
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, ZeroDivisionError)


def test_an_overflow_names_operation_and_argument():
    with pytest.raises(OverflowError, match=r"^exp .*\(z = 1000\.0\)"):
        Value(1000.0, "z").exp()


@pytest.mark.parametrize(
    ("compute", "x", "value", "name"),
    [
        (lambda x: x.sqrt(), 0.0, 0, "sqrt"),
        (lambda x: x**0.5, 0.0, 0, "pow"),
        (lambda x: x.asin(), 1.0, math.pi / 2, "asin"),
        (lambda x: Value(-2.0) ** x, 3, -8, "pow"),
    ],
)
def test_where_only_the_derivative_is_missing_the_forward_pass_goes_on(compute, x, value, name):
    leaf = Value(x, "folha")
    out = compute(leaf)
    assert out.data == value
    with pytest.raises(DomainError, match=rf"^a derivada de {name} não existe em .*folha = ") as plain:
        (out * 3).backward()
    with pytest.raises(DomainError) as recorded:  # com nós, a conta de uma derivada falha de outro modo
        (out * 3).backward(create_graph=True)
    assert str(recorded.value) == str(plain.value)


def test_a_missing_derivative_does_not_matter_where_it_is_not_needed():
    base, x = Value(-2.0), Value(0.0)
    (base ** Value(3).data).backward()  # o expoente é um número: só a derivada pela base é precisa
    assert base.grad == 12
    closed = (x.sqrt() - 1).relu() + x * 4
    closed.backward()
    assert x.grad == 4


def test_a_closed_relu_passes_nothing_back_not_even_zero_times_infinity():
    x = Value(1e-320)
    steep = x.log() / x  # 0 < x mínimo: as derivadas passam do maior float
    out = steep.relu() + x
    assert steep.data == -math.inf
    out.backward()
    assert x.grad == 1
    assert steep.grad == 0


def test_the_losing_side_and_the_untaken_side_are_closed():
    x = Value(0.0)
    (m.maximum(x.sqrt(), 1) + m.where(x > 0, x.sqrt(), 2.0) + x).backward()
    assert x.grad == 1


@pytest.mark.parametrize(
    ("partial", "error"),
    [
        (lambda y, x: 1 / (x - x), DomainError),
        (lambda y, x: 10.0**400, OverflowError),
        (lambda y, x: int("a"), DomainError),
        (lambda y, x: {}["a"], KeyError),
    ],
)
def test_a_failing_backward_leaves_every_gradient_as_it_was(partial, error):
    broken = m.operation("broken_rule", "!", lambda x: x, partial)
    try:
        x, w = Value(2.0), Value(3.0)
        hidden = x * w
        hidden.backward()
        before = x.grad, w.grad, hidden.grad
        assert before == (3, 2, 1)
        with pytest.raises(error):
            (broken(x) + hidden * w).backward()
        assert (x.grad, w.grad, hidden.grad) == before
    finally:
        ops.TABLE.pop("broken_rule")


def test_ctrl_c_in_the_middle_of_backward_leaves_every_gradient_as_it_was():
    def interrupt(y, x):
        raise KeyboardInterrupt

    slow = m.operation("interrupted_rule", "!", lambda x: x, interrupt)
    try:
        x, w = Value(2.0), Value(3.0)
        out = slow(x) * w
        with pytest.raises(KeyboardInterrupt):
            out.backward()
        assert (x.grad, w.grad, out.grad) == (0, 0, 0)
    finally:
        ops.TABLE.pop("interrupted_rule")


def test_a_gradient_that_does_not_fit_leaves_the_other_leaves_alone():
    # A soma 10⁴⁰⁰ + 1.5 falha na última folha, quando as outras já teriam recebido o seu.
    first, last = Value(1.0), Value(2.0)
    out = first * 2 + last * 1.5
    last.grad = 10**400
    with pytest.raises(OverflowError):
        out.backward()
    assert (first.grad, last.grad) == (0, 10**400)


def test_a_derivative_that_overflows_is_named():
    x = Value(1e-200, "x")
    with pytest.raises(OverflowError, match=r"a derivada de pow .*x = 1e-200"):
        (x**-1.0).backward()
    assert x.grad == 0


# Entradas ruins


@pytest.mark.parametrize("bad", ["2", None, 1j, [1], (1,), {}, np.array([1.0, 2.0]), object(), Value(1.0)])
def test_a_value_holds_a_real_number_and_nothing_else(bad):
    with pytest.raises(TypeError, match="Value espera um número"):
        Value(bad)


@pytest.mark.parametrize(
    ("bad", "advice"), [("3", "float"), (3j, "complexos"), ([3], "um elemento de cada vez"), (None, "None")]
)
@pytest.mark.parametrize(
    "attempt",
    [
        lambda x, bad: x + bad,
        lambda x, bad: bad * x,
        lambda x, bad: x < bad,
        lambda x, bad: dot([x], [bad]),
        lambda x, bad: m.exp(bad),
    ],
)
def test_a_bad_argument_is_answered_with_what_to_write(attempt, bad, advice):
    with pytest.raises(TypeError, match=f"espera um número real.*{advice}"):
        attempt(Value(2.0), bad)


@pytest.mark.parametrize("label", [None, 3, b"x"])
def test_a_label_is_text(label):
    with pytest.raises(TypeError, match="label espera um texto"):
        Value(1.0, label)


@pytest.mark.parametrize(
    ("attempt", "advice"),
    [
        (float, r"v\.data.*v\.exp\(\)"),
        (math.exp, r"v\.exp\(\)"),
        (lambda v: math.atan2(v, 1), r"v\.data"),
        (int, r"int\(v\.data\)"),
        (bool, r"v > 0"),
        (lambda v: 1 if v else 0, r"v > 0"),
        (lambda v: v and 1, r"v > 0"),
        (lambda v: np.array([v], dtype=float), r"v\.data"),
    ],
)
def test_nothing_is_silently_detached(attempt, advice):
    with pytest.raises(TypeError, match=advice):
        attempt(Value(2.0))


@pytest.mark.parametrize("gradient", ["1", None, 1j, [1.0]])
def test_backward_refuses_what_is_not_a_number(gradient):
    x = Value(1.0)
    with pytest.raises(TypeError, match="backward espera um número real"):
        (x * 2).backward(gradient)
    assert x.grad == 0


def test_a_wrong_number_of_arguments_says_how_many():
    with pytest.raises(TypeError, match=r"exp recebe 1 argumento\(s\), e recebeu 2"):
        m.exp(Value(1.0), 2)
    with pytest.raises(TypeError, match=r"exp recebe 1 argumento\(s\), e recebeu 2"):
        Value(1.0).exp(2)


# NumPy


@pytest.mark.parametrize(
    "number", [np.float64(0.5), np.float32(0.5), np.float16(0.5), np.int8(3), np.uint64(3), np.True_, np.array(0.5)]
)
def test_numpy_scalars_are_numbers_and_become_pythons(number):
    assert type(Value(number).data).__module__ == "builtins"
    assert Value(number).data == number
    x = Value(2.0)
    for out in (x * number, number * x, dot([x], [number])):
        assert type(out.data) is float
        assert out.data == 2.0 * number


def test_a_value_times_an_array_is_an_array_of_values():
    x = Value(3.0)
    for product in (x * np.array([1.0, 2.0]), np.array([1.0, 2.0]) * x):
        assert isinstance(product, np.ndarray)
        assert [v.data for v in product] == [3.0, 6.0]
    (x ** np.array([1.0, 2.0])).sum().backward()
    assert x.grad == 1 + 6


def test_arrays_of_values_take_numpys_functions():
    w = np.array([Value(0.5), Value(-1.0)])
    out = np.tanh(w @ np.array([2.0, 3.0])) + np.exp(w).sum()
    out.backward()
    slope = 1 - math.tanh(-2) ** 2
    assert [v.grad for v in w] == [close(2 * slope + math.exp(0.5)), close(3 * slope + math.exp(-1))]


# O que o micrograd mostra de um nó


def test_micrograds_prev_and_op_are_there():
    a, b = Value(2.0), Value(3.0)
    assert ((a * b)._prev, (a + a)._prev, a._prev) == ({a, b}, {a}, set())
    assert [(a + b)._op, (a - b)._op, (a * b)._op, a.tanh()._op, a._op] == ["+", "+", "*", "tanh", ""]


def test_repr_shows_number_gradient_and_label():
    x = Value(2.0, "x")
    (x * 3).backward()
    assert repr(x) == "Value(data=2.0, grad=3.0, label='x')"
    assert repr(Value(1)) == "Value(data=1, grad=0)"


def test_a_number_too_long_to_write_can_still_be_shown():
    huge = Value(3) ** 10_000
    assert "milhares de algarismos" in repr(huge)
    with pytest.raises(OverflowError, match=r"^add .*milhares de algarismos>, 1\.0"):
        huge + 1.0


# Cópias, linhas de execução


def test_a_shallow_copy_shares_the_ancestors():
    x = Value(2.0, "x")
    out = copy.copy(x * 3)
    out.backward()
    assert x.grad == 3


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_what_is_pickled_together_stays_connected(protocol, order):
    leaf = Value(2.0, "w")
    hidden = leaf * leaf
    loss = hidden + leaf.exp() + dot([hidden, leaf], [1, leaf])
    loss.backward()
    together = [leaf, hidden, loss]
    arrived = pickle.loads(pickle.dumps([together[i] for i in order], protocol))
    leaf2, hidden2, loss2 = (arrived[order.index(i)] for i in range(3))
    assert (leaf2.grad, leaf2.label, hidden2.grad) == (leaf.grad, "w", hidden.grad)
    assert loss2.op is loss.op
    leaf2.grad = hidden2.grad = 0
    loss2.backward()
    assert (leaf2.grad, hidden2.grad) == (leaf.grad, hidden.grad)


def test_a_pickle_inside_a_pickle():
    class Envelope:
        """Guarda um pickle já feito: gravá-lo acontece enquanto outro grafo está sendo gravado."""

        def __init__(self, value):
            self.value = value

        def __reduce__(self):
            return pickle.loads, (pickle.dumps(self.value),)

    x = Value(2.0)
    out = x * x
    outer, inner = pickle.loads(pickle.dumps([out * 3, Envelope(out)]))
    inner.backward()
    assert (outer.data, inner.data) == (12.0, 4.0)
    assert next(iter(inner._prev)).grad == 4.0


def test_a_pickle_that_fails_half_way_does_not_spoil_the_next():
    class Full:
        def write(self, data):
            raise OSError("disco cheio")

    x = Value(1.0)
    out = x
    for _ in range(20_000):
        out = out + 1
    try:
        pickle._Pickler(Full()).dump(out)
    except OSError:
        arrived = pickle.loads(pickle.dumps(out))
    assert arrived.data == 20_001


def test_independent_graphs_in_several_threads():
    results = [None] * 4

    def work(place):
        w = Value(float(place))
        out = w
        for _ in range(2000):
            out = out * 0.999 + w
        copied, leaf = pickle.loads(pickle.dumps((out, w)))
        copied.backward()
        results[place] = leaf.grad

    threads = [threading.Thread(target=work, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # out = w · (Σ₀ⁿ⁻¹ rᵏ + rⁿ), uma série geométrica
    assert results == [pytest.approx(1000 * (1 - 0.999**2000) + 0.999**2000, rel=1e-12)] * 4


def test_an_error_says_of_which_operation_and_of_which_argument_it_is():
    x, y = Value(-1.0, "x"), Value(0.0, "y")
    with pytest.raises(DomainError) as caught:
        x.log()
    assert (caught.value.operation, caught.value.argument, caught.value.label) == (ops.log, None, "x")
    with pytest.raises(DomainError) as caught:
        (x**2 / y).backward()
    assert (caught.value.operation, caught.value.argument, caught.value.label) == (ops.div, None, "y")
    with pytest.raises(DomainError) as caught:
        (x + y.sqrt()).backward()
    assert (caught.value.operation, caught.value.argument, caught.value.label) == (ops.sqrt, 0, "y")
    with pytest.raises(OverflowError) as large:
        Value(1000.0, "z").exp()
    assert (large.value.operation, large.value.argument, large.value.label) == (ops.exp, None, "z")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.operation, again.argument, again.label, str(again)) == (ops.sqrt, 0, "y", str(caught.value))

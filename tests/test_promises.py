"""O que se prometeu e um ataque achou falso, decidido uma vez para todos os leitores."""

import copy
import itertools
import math
import operator
import pickle
import random
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from micrograd_pt import (
    MLP,
    ChangedLeafError,
    CompileError,
    DomainError,
    Value,
    atan2,
    compile_graph,
    compiled,
    cross_entropy,
    dot,
    draw,
    draw_network,
    draw_steps,
    exp,
    explain,
    grad,
    hypot,
    jvp,
    live_page,
    operation,
    ops,
    sigmoid,
    sqrt,
    tanh,
    train,
    value_and_grad,
    where,
)
from micrograd_pt import sum as sum_of
from micrograd_pt.training.optimizers import SGD

SIGNS: dict[str, Callable[[Any, Any], Any]] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def test_the_sign_of_a_zero_does_not_turn_an_angle() -> None:
    w, x = Value(-1.0, "w"), Value(0.0, "x")
    angle = atan2(dot([w], [x]), -1.0)
    assert angle.data == compile_graph(angle, [x], [w])([0.0], [-1.0])[0] == math.pi
    quick = compiled(lambda w, x: atan2(dot([w], [x]), -1.0))
    assert [quick(-1.0, number) for number in (1e-300, 0.0, -0.0)] == [-math.pi, math.pi, math.pi]
    for a, b in itertools.product((0.0, -0.0), (2.0, 0.0, -0.0, -2.0, math.inf, -math.inf)):
        expected = math.pi if b < 0 else 0
        assert atan2(a, b) == atan2(Value(a), b).data == compiled(atan2)(a, b) == expected
        assert atan2(1.0, a) == atan2(1.0, Value(a)).data == math.pi / 2
    assert math.isnan(atan2(0.0, math.nan)) and math.isnan(atan2(math.nan, -1.0))


@pytest.mark.parametrize("exact", [Fraction(1, 3), Fraction(2, 3), Fraction(-1, 3), 2**53 + 1, Fraction(10**25, 3)])
def test_a_comparison_with_a_fraction_is_exact_in_a_program_too(exact: Any) -> None:
    near = float(exact)
    numbers = [near, math.nextafter(near, -math.inf), math.nextafter(near, math.inf), 0.0]
    x = Value(0.5, "x")
    for compare in SIGNS.values():
        for turned in (False, True):

            def f(number: Any, compare: Any = compare, turned: bool = turned) -> Any:
                return where(compare(exact, number) if turned else compare(number, exact), number * 0 + 1, number * 0)

            program, quick = compile_graph(f(x), [x], []), compiled(f)
            for number in numbers:
                assert f(number) == f(Value(number)).data == program([number], [])[0] == quick(number)


def test_a_fraction_divided_by_zero_is_explained() -> None:
    a, b = Value(1.0, "a"), Value(2.0, "b")
    program = compile_graph(a / b, [a], [b])
    for run in (program, lambda row, numbers: program.batch([row], numbers)):
        with pytest.raises(DomainError, match="a / b"):
            run([Fraction(1)], [Fraction(0)])
        assert run([Fraction(1, 3)], [Fraction(2, 3)]) == (Fraction(1, 2), (Fraction(-3, 4),))


def test_a_constant_zero_hides_no_missing_derivative() -> None:
    for f in (lambda x: sqrt(x) * 0.0, lambda x: sqrt(x) * 0, lambda x: (x**0.5) * 0.0):
        assert f(0.0) == compiled(f)(0.0) == 0
        for derived in (grad(f), grad(compiled(f)), value_and_grad(compiled(f))):
            with pytest.raises(DomainError):
                derived(0.0)


def test_a_constant_zero_times_an_infinite_gradient_is_not_a_number() -> None:
    x = Value(1e200, "x")
    loss = (0 * x + 1e-200) * 1e200 * 1e200
    loss.backward()
    assert math.isnan(x.grad)
    program = compile_graph(loss, [], [x])
    assert math.isnan(program([], [1e200])[1][0]) and math.isnan(program.batch([[]], [1e200])[1][0])


def test_the_distance_to_the_origin_chooses_zero_there() -> None:
    assert grad(hypot, (0, 1))(0.0, 0.0) == (0, 0) == value_and_grad(compiled(hypot), (0, 1))(0.0, 0.0)[1]
    assert jvp(hypot, (0, 1))(0.0, 0.0, (1.0, 1.0)) == (0, 0)
    a, w = Value(0.0, "a"), Value(2.0, "w")
    (hypot(a, a) + 3 * w).backward()
    assert (a.grad, w.grad) == (0, 3)
    assert all(map(math.isnan, grad(hypot, (0, 1))(math.nan, 1.0)))


def overwritten() -> dict[str, Value]:
    """De cada operação da tabela um nó cujo `data` alguém mudou."""
    found = {}
    for name, row in ops.TABLE.items():
        args = [Value(start, f"x{place}") for place, start in enumerate((1.5, 2.5, 3.5, 4.5)[: row.arity or 4])]
        if name in ("asin", "acos", "atanh"):
            args = [Value(0.5, "x0")]
        found[name] = row(*args)
        found[name].label = "y"
    return found


@pytest.mark.parametrize("name", overwritten())
def test_a_result_that_was_overwritten_is_refused_or_not_needed(name: str) -> None:
    node, other = overwritten()[name], overwritten()[name]
    node.backward()
    other.data += 5.5
    for output in (other, other * 2):
        try:
            output.backward(1 / (1 if output is other else 2))
        except ChangedLeafError as error:
            assert "y vale" in str(error) and name in str(error)
            assert all(arg.grad == 0 for arg in other.args)
            continue
        assert [arg.grad for arg in other.args] == [arg.grad for arg in node.args]
        for arg in other.args:
            arg.grad = 0


def test_the_same_number_written_again_changes_nothing() -> None:
    for copied in (lambda y: y, copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))):
        y = copied(exp(Value(1.2, "x")))
        y.data = float(repr(y.data))
        y.backward()
        assert y.args[0].grad == math.exp(1.2)


def test_an_overwritten_exponential_is_refused_by_name() -> None:
    y = exp(Value(1.2, "x"))
    y.label, y.data = "y", 0.0
    with pytest.raises(ChangedLeafError, match=r"y vale 0\.0, mas exp dá 3\.3201"):
        y.backward()


def test_even_a_small_change_of_a_result_is_refused() -> None:
    for f, number in ((tanh, 11.5), (sigmoid, 25.0)):
        y = f(Value(number, "x"))
        y.data = 1.0
        with pytest.raises(ChangedLeafError):
            y.backward()


def test_an_operation_that_draws_its_value_is_not_taken_for_a_change() -> None:
    draw = random.Random(0)
    noisy = operation("noisy", "~", lambda x, s: x + s * draw.random(), lambda y, x, s: 1, lambda y, x, s: (y - x) / s)
    try:
        x, s = Value(1.0), Value(2.0)
        y = noisy(x, s) * 3
        y.backward()
        assert x.grad == 3 and s.grad == pytest.approx((y.data / 3 - 1) / 2 * 3)
        z = noisy(x, s)
        z.data += 1
        with pytest.raises(ChangedLeafError, match="noisy"):
            z.backward()
    finally:
        del ops.TABLE["noisy"]


def test_infinite_constants_add_up_in_an_array_program() -> None:
    x, w = Value(2.0, "x"), Value(3.0, "w")
    for first, second, expected in (
        (math.inf, 1.0, math.inf),
        (math.inf, -math.inf, math.nan),
        (1e308, 1e308, math.inf),
    ):
        program = compile_graph(sum_of([x * w, first, w * x, second]), [x], [w], target="numpy")
        assert program([[2.0]], [3.0])[0] == pytest.approx(expected, nan_ok=True)


# Miudezas


@pytest.mark.parametrize("label", ["\x07", "\x1b[31m", "\x00", "\x0b", "\uffff", "\ufffe", "\ud800", "a\x85b"])
def test_no_label_spoils_a_document(label: str, tmp_path: Path) -> None:
    x, model = Value(2.0, label), MLP(2, [2, 1], seed=0)
    y = (x * Value(3.0, f"w{label}")).tanh()
    y.label = f"y{label}"
    y.backward()
    for parameter in model.parameters():
        parameter.label = label
    figures = [draw(y).svg(), str(draw_steps(y).animation()), draw_network(model, [Value(1.0, label), 2.0]).svg()]
    pages = [explain(y).save_html(tmp_path / "a.html"), live_page(model, [[0, 1]], [1]).save_html(tmp_path / "b.html")]
    for figure in figures:
        ElementTree.fromstring(figure)
    for page in pages:
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]", page.read_text("utf-8"))


def test_what_is_no_list_of_numbers_is_no_sample() -> None:
    model = MLP(2, [1], seed=0)
    for row in ({0: 1, 5: 2}, {1.0, 2.0}, frozenset((1, 2)), b"ab", bytearray(b"ab"), "ab"):
        with pytest.raises(TypeError, match="cada amostra é uma lista"):
            train(model, [row], [1], epochs=1, progress=False)
        for X, y in ((row, [1, 2]), ([[1, 2], [1, 2]], row)):
            with pytest.raises(TypeError, match="espera uma lista"):
                train(model, X, y, epochs=1, progress=False)


def test_what_is_no_leaf_is_no_parameter() -> None:
    x, w = Value(2.0, "x"), Value(3.0, "w")
    for target in ("python", "numpy"):
        for inputs, parameters in (([x], [w, Value(1.0) * 2]), ([x * 1], [w])):
            with pytest.raises(CompileError, match="não é uma folha"):
                compile_graph(x * w, inputs, parameters, target=target)
    with pytest.raises(TypeError, match=r"parameters\(\) dá Values, e deu 3\.0"):
        SGD(0.1).step([w, 3.0])  # type: ignore[list-item]


def test_a_number_too_large_is_said_in_the_reader_s_language() -> None:
    x = Value(2.0)
    with pytest.raises(OverflowError, match="o gradiente de onde se parte passa do maior float"):
        (x * x).backward(10**400)
    for wrong in (lambda: SGD(10**400), lambda: SGD(0.1, weight_decay=10**400), lambda: SGD(0.1, clip_norm=10**400)):
        with pytest.raises(ValueError, match="recebeu 1000"):
            wrong()
    with pytest.raises(CompileError, match="passa do maior float"):
        compile_graph(where(x < 10**400, x, 1.0), [x], [])


def test_a_class_with_no_chance_does_not_count() -> None:
    expected = cross_entropy([1.0, -math.inf, 2.0], 0)
    assert cross_entropy([1.0, -math.inf, 2.0], [1, 0, 0]) == expected == pytest.approx(1.3132616875)
    scores = [Value(1.0), Value(-math.inf), Value(2.0)]
    loss = cross_entropy(scores, [1, 0, 0])
    loss.backward()
    assert loss.data == expected and scores[1].grad == 0 and scores[0].grad == pytest.approx(-0.7310585786)


def test_a_power_of_three_arguments_names_the_method() -> None:
    with pytest.raises(TypeError, match=r"Value\.__pow__"):
        pow(Value(2.0), 2, 5)


def test_a_gradient_that_did_not_arrive_is_not_multiplied_by_infinity() -> None:
    x, p = Value(1.0, "x"), Value(-1.0, "p")
    infinite = math.inf * p
    output = where(x > 2, infinite + x, x) + (infinite * x).relu()
    output.backward()
    program = compile_graph(output, [x], [p])
    arrays = compile_graph(output, [x], [p], target="numpy")
    found = [p.grad, program([1.0], [-1.0])[1][0], program.batch([[1.0]], [-1.0])[1][0], arrays([1.0], [-1.0])[1][0]]
    assert found == [0, 0, 0, 0]

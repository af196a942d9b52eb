"""O programa compilado dá o mesmo que o motor, roda fora do pacote e não deixa um rótulo chegar ao código."""

import ast
import copy
import math
import pickle
import random
import re
import subprocess
import sys
import threading
from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import micrograd_pt as mpt
from micrograd_pt import (
    MLP,
    CompileError,
    DomainError,
    Value,
    chapter15,
    compile_graph,
    compiled,
    grad,
    half_squared_error,
    hessian,
    no_grad,
    operation,
    ops,
    value_and_grad,
    where,
)
from tests.test_random_graphs import drawn, run


def against_the_engine(seed: int) -> None:
    """Um grafo sorteado, compilado: o mesmo valor, os mesmos gradientes, também somados sobre linhas."""
    steps, leaves = drawn(seed)
    nodes = [Value(leaf, f"x{place}") for place, leaf in enumerate(leaves)]
    loss = run(steps, 0, nodes)
    loss.backward()
    half = len(nodes) // 2
    program = compile_graph(loss, nodes[:half], nodes[half:], input_gradients=True)
    value, gradients = program(leaves[:half], leaves[half:])
    assert value == loss.data
    found = [*gradients[len(nodes) - half :], *gradients[: len(nodes) - half]]
    size = max(1.0, *(abs(node.grad) for node in nodes))
    for slope, node in zip(found, nodes, strict=True):
        assert abs(slope - node.grad) <= 1e-12 * size, (seed, slope, node.grad)
    draw = random.Random(seed)
    rows = [[leaf + draw.uniform(-3, 3) for leaf in leaves[:half]] for _ in range(5)]
    total, sums = program.batch(rows, leaves[half:])
    each = [program(row, leaves[half:]) for row in rows]
    assert total == pytest.approx(sum(value for value, _ in each), rel=1e-12, abs=1e-12)
    for place, slope in enumerate(sums):
        parts = [gradients[place] for _, gradients in each]
        assert abs(slope - sum(parts)) <= 1e-11 * max(1.0, *map(abs, parts)), (seed, place)


@pytest.mark.parametrize("kind", ["entrada", "parâmetro", "constante"])
def test_a_leaf_alone_has_the_gradient_of_every_row(kind: str) -> None:
    x, w, c = Value(1.0, "x"), Value(2.0, "w"), Value(3.0, "c")
    leaf = {"entrada": x, "parâmetro": w, "constante": c}[kind]
    total, gradients = compile_graph(leaf, [x], [w], input_gradients=True).batch([[1.0], [2.0], [4.0]], [2.0])
    expected = {"entrada": (7.0, (0.0, 3.0)), "parâmetro": (6.0, (3.0, 0.0)), "constante": (9.0, (0.0, 0.0))}[kind]
    assert (total, gradients) == expected


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**40))
def test_random_graphs_give_the_same_compiled(seed: int) -> None:
    against_the_engine(seed)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**40))
def test_many_random_graphs_give_the_same_compiled(seed: int) -> None:
    against_the_engine(seed)


CONSTANTS = (0.0, 1.0, -1.0, 2.0, 0.5)
BRANCHY: list[tuple[Any, int]] = [
    (mpt.relu, 1),
    (mpt.relu, 1),
    (mpt.abs, 1),
    (mpt.sigmoid, 1),
    (lambda a, b: a + b, 2),
    (lambda a, b: a + b, 2),
    (lambda a, b: a - b, 2),
    (lambda a, b: a * b, 2),
    (lambda a, b: a * b, 2),
    (lambda *args: mpt.maximum(*args), 2),
    (lambda *args: mpt.minimum(*args), 3),
    (lambda *args: mpt.sum(args), 3),
    (lambda a, b, c, d: mpt.dot([a, b], [c, d]), 4),
    (lambda a, b, c, d: where(a < b, c, d), 4),
    (lambda a, b, c, d: where(a >= b, c, d), 4),
]


def branchy(seed: int) -> tuple[Any, int]:
    """Uma conta em que quase tudo pode fechar, com constantes que somem ao simplificar, e quantas folhas ela tem.

    Nem todo nó chega à saída por fora dos ramos: o que se perde num deles não é coberto por outro caminho.
    """
    draw = random.Random(seed)
    leaves = draw.randint(2, 4)
    steps: list[tuple[Any, list[Any]]] = []
    for _ in range(draw.randint(3, 14)):
        available = leaves + len(steps)
        operation, arity = draw.choice(BRANCHY)
        chosen: list[Any] = []
        for _ in range(arity):
            near = max(0, available - 1 - draw.randrange(3))
            chosen.append(draw.choice([near, near, near, draw.randrange(available), draw.choice(CONSTANTS)]))
        steps.append((operation, chosen))

    def loss(values: Any) -> Any:
        nodes = list(values)
        for operation, chosen in steps:
            nodes.append(operation(*[nodes[arg] if type(arg) is int else arg for arg in chosen]))
        return nodes[-1] + nodes[-2] * values[0]

    return loss, leaves


def branches_against_the_engine(seed: int) -> None:
    loss, size = branchy(seed)
    draw = random.Random(-seed - 1)
    rows = [
        [draw.choice([*CONSTANTS, draw.uniform(-2, 2), draw.uniform(-2, 2)]) for _ in range(size)] for _ in range(4)
    ]
    nodes = [Value(number, f"x{place}") for place, number in enumerate(rows[0])]
    half = draw.randint(0, size)
    program = compile_graph(loss(nodes), nodes[:half], nodes[half:], input_gradients=True)
    total = [0.0] * (size + 1)
    for row in rows:
        row[half:] = rows[0][half:]
        leaves = [Value(number) for number in row]
        result = loss(leaves)
        result.backward()
        value, gradients = program(row[:half], row[half:])
        expected = [leaf.grad for leaf in (*leaves[half:], *leaves[:half])]
        assert value == result.data, seed
        assert gradients == pytest.approx(expected, rel=1e-12, abs=1e-12), seed
        total = [a + b for a, b in zip(total, (value, *gradients), strict=True)]
    value, gradients = program.batch([row[:half] for row in rows], rows[0][half:])
    assert (value, *gradients) == pytest.approx(total, rel=1e-12, abs=1e-12), seed


@settings(max_examples=1_000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**40))
def test_random_branches_give_the_same_compiled(seed: int) -> None:
    branches_against_the_engine(seed)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**40))
def test_many_random_branches_give_the_same_compiled(seed: int) -> None:
    branches_against_the_engine(seed)


def test_a_relu_does_not_close_what_is_added_to_it() -> None:
    def residual(a: Any, b: Any, x: Any) -> Any:
        h = a * x + mpt.relu(b * x)
        return h + mpt.relu(3.0 * h)

    assert value_and_grad(compiled(residual), (0, 1, 2))(0.5, -2.0, 1.0) == (2.0, (4.0, 0.0, 2.0))


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "linear"])
@pytest.mark.parametrize("bias", ["variable", "column", None])
def test_a_network_gives_the_same_bits(activation: str, bias: str | None) -> None:
    model = MLP(3, [4, 5, 2], activation=activation, bias=bias, seed=3)
    x, t = [Value(0.3, "a"), Value(-0.7, "b"), Value(1.1, "c")], [Value(0.2), Value(-1.0)]
    loss = half_squared_error(model(x), t)
    loss.backward()
    program = compile_graph(loss, [*x, *t], model.parameters())
    value, gradients = program([v.data for v in (*x, *t)], [p.data for p in model.parameters()])
    assert value == loss.data
    assert list(gradients) == pytest.approx([p.grad for p in model.parameters()], rel=1e-14, abs=1e-300)


def chapter_program() -> tuple[Any, list[float], list[tuple[float, ...]]]:
    model = chapter15.network("variable")
    x, t = [Value(0.0, "x1"), Value(1.0, "x2")], Value(1.0, "t")
    program = compile_graph(half_squared_error(model(x), t), [*x, t], model.parameters())
    rows = [(*sample, target) for sample, target in zip(chapter15.X, chapter15.y, strict=True)]
    return program, [p.data for p in model.parameters()], rows


def test_the_text_runs_alone_with_nothing_but_math(tmp_path: Any) -> None:
    program, values, rows = chapter_program()
    file = tmp_path / "sozinho.py"
    file.write_text(f"{program.source}\nprint(repr(program({rows[1]!r}, {values!r})))\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", str(file)], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert ast.literal_eval(done.stdout) == program(rows[1], values)
    modules = {node.module for node in ast.walk(ast.parse(program.source)) if isinstance(node, ast.ImportFrom)}
    assert modules <= {"math"} and "import micrograd" not in program.source


def test_the_text_is_what_a_student_would_write() -> None:
    program, _, _ = chapter_program()
    assert "z_h1 = w_x1_h1 * x1 + w_x2_h1 * x2 + b_h1  # z_h1" in program.source
    assert "# gradiente de w_x1_h1" in program.source
    for silly in ("* 1.0", "1.0 *", "+ 0.0", "0.0 +", "* 0.0"):
        assert silly not in program.source.replace("= 0.0", "")


def test_what_no_result_needs_is_not_computed() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    _ = mpt.exp(b)
    program = compile_graph(a * a + mpt.sin(b), [], [a])
    assert "cos" not in program.source and "exp" not in program.source


def test_a_closed_branch_is_skipped_and_passes_nothing() -> None:
    x = Value(4.0, "x")
    program = compile_graph(mpt.relu(mpt.sqrt(x) - 1) + x, [], [x])
    assert "if " in program.source
    assert program([], [0.0]) == (0.0, (1.0,))  # a derivada da raiz em 0 não existe, e não é pedida
    assert program([], [4.0]) == (5.0, (1.25,))
    y = Value(2.0, "y")
    program = compile_graph(where(y > 1, mpt.log(mpt.maximum(y, 1e-300)), 3 * y), [], [y])
    assert program([], [0.5])[1] == (3.0,) and program([], [2.0])[1] == (0.5,)


def relu_network(p: Any, row: Any) -> Any:
    """A perda de uma amostra em duas camadas de relus: muitos ramos, um dentro do outro."""
    x1, x2, target = row
    start, entries = 0, [x1, x2]
    for size in (4, 3, 1):
        count = len(entries)
        outputs = []
        for _ in range(size):
            z = mpt.dot(p[start : start + count], entries) + p[start + count]
            start += count + 1
            outputs.append(z if size == 1 else mpt.relu(z))
        entries = outputs
    return mpt.relu(1 - target * entries[0]) + 0.001 * mpt.dot(p[:start], p[:start])


def test_what_a_resting_relu_would_only_multiply_by_zero_is_skipped() -> None:
    draw = random.Random(3)
    numbers = [draw.uniform(-1, 1) for _ in range(31)]
    p, row = [Value(number, f"p{i}") for i, number in enumerate(numbers)], [Value(0.5), Value(-1.5), Value(1.0)]
    loss = relu_network(p, row)
    program = compile_graph(loss, row, p)
    tests = re.findall(r"^ +if (\w+):$", program.source, re.MULTILINE)
    assert len(tests) >= 12  # um por peso da segunda camada, ao menos
    assert not re.search(r"if (\w+):\n +if \1 > 0.0:\n", program.source)  # onde só um serve, só um fica
    rows = [(a / 3, b / 3, t) for a in range(-6, 7) for b in range(-6, 7) for t in (-1.0, 1.0)]
    total = [0.0] * len(p)
    for each in rows:
        value, slopes = value_and_grad(relu_network)(numbers, each)
        found = program(each, numbers)
        assert found[0] == value and found[1] == pytest.approx(slopes, rel=1e-13, abs=1e-15)
        total = [a + b for a, b in zip(total, slopes, strict=True)]
    assert program.batch(rows, numbers)[1] == pytest.approx(total, rel=1e-12, abs=1e-12)


def test_nan_goes_through_a_relu_in_both_passes() -> None:
    w, x = Value(1.0, "w"), Value(1.0, "x")
    program = compile_graph(mpt.relu(x) * w, [x], [w], input_gradients=True)
    value, (slope, closed) = program([math.nan], [2.0])
    assert math.isnan(value) and math.isnan(slope) and closed == 0


def test_with_many_variables_the_frequent_ones_come_first() -> None:
    x, p = Value(0.5, "x"), [Value(1.0, f"p{i}") for i in range(300)]
    often = mpt.tanh(x)
    many = compile_graph(mpt.sum([often * q for q in p]) + often * often, [x], p)
    few = compile_graph(often * p[0], [x], p[:1])
    assert re.search(r"\) *:\n    \"\"\".*\n    (\w+ = )+0\.0\n", many.source.partition("def batch")[2])
    assert "= 0.0" not in few.source.partition("def batch")[2].partition("= parameters")[0]
    assert many.batch([(0.5,), (0.5,)], [1.0] * 300)[0] == pytest.approx(2 * many((0.5,), [1.0] * 300)[0], rel=1e-13)


def test_the_last_row_does_not_decide_for_the_others() -> None:
    x, w = Value(1.0, "x"), Value(0.5, "w")
    program = compile_graph(mpt.relu(x - w * w), [x], [w])
    for rows in ([[1.0], [2.0], [-5.0]], [[-5.0], [2.0], [1.0]]):
        assert program.batch(rows, [0.5]) == (2.5, (-2.0,))
    program = compile_graph(mpt.relu(x - mpt.sqrt(w)), [x], [w])
    assert program.batch([[-1.0], [-2.0]], [0.0]) == (0.0, (0.0,))  # ninguém pede a derivada da raiz em 0
    assert program.batch([[-1.0], [2.0]], [0.25]) == (1.5, (-1.0,))


HOSTILE = [
    '"""',
    "x\nimport os",
    "# fim",
    "import os; os.system('x')",
    "ação₁",
    "class",
    "print",
    "1a",
    "",
    "\x00",
    "a" * 500,
]


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_no_label_reaches_the_code(label: str) -> None:
    a, b = Value(2.0, label), Value(3.0, label)
    c = mpt.sin(a * b)
    c.label = label
    program = compile_graph(c * c + a, [a], [b], input_gradients=True)
    _ = program.source
    c_slope = 2 * math.sin(6) * math.cos(6)
    assert program([2.0], [3.0])[1] == pytest.approx((c_slope * 2, c_slope * 3 + 1))
    names = {node.id for node in ast.walk(ast.parse(program.source)) if isinstance(node, ast.Name)}
    assert all(name.isidentifier() and name.isascii() for name in names)
    assert not any(isinstance(node, ast.Import) for node in ast.walk(ast.parse(program.source)))


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan, -3.5, -0.0, 1e-300, 5e-324, 1.7976931348623157e308])
def test_special_constants_survive_the_trip(number: float) -> None:
    x = Value(1.5, "x")
    loss = x * number + (x - number) * 0.25
    loss.backward()
    value, (slope,) = compile_graph(loss, [], [x])([], [1.5])
    assert repr(value) == repr(loss.data) and repr(slope) == repr(x.grad)


def test_a_program_can_be_saved_and_shared_between_threads() -> None:
    program, values, rows = chapter_program()
    copy = pickle.loads(pickle.dumps(program))
    assert copy.source == program.source and copy.batch(rows, values) == program.batch(rows, values)
    expected, results = program.batch(rows, values), []

    def work() -> None:
        results.extend(program.batch(rows, values) for _ in range(200))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 800


def test_a_long_sum_and_a_deep_chain_compile() -> None:
    xs = [Value(0.001 * i, f"x{i}") for i in range(5000)]
    loss = mpt.sum([x * x for x in xs])
    program = compile_graph(loss, [], xs)
    values = [x.data for x in xs]
    assert program([], values)[0] == loss.data
    assert program([], values)[1] == tuple(2 * value for value in values)
    y = x = Value(0.5, "x")
    for _ in range(20_000):
        y = mpt.sin(y) + x
    y.backward()
    value, (slope,) = compile_graph(y, [], [x])([], [0.5])
    assert (value, slope) == (y.data, pytest.approx(x.grad, rel=1e-12))


@pytest.mark.parametrize("name", ["logsumexp", "maximum", "softmax", "both"])
def test_operations_of_a_thousand_arguments_are_written_in_a_text_of_their_size(name: str) -> None:
    def loss(xs: list[Any]) -> Any:
        if name == "maximum":
            return mpt.maximum(*xs)
        if name == "both":
            return mpt.logsumexp(xs) * mpt.relu(mpt.sum(xs)) + mpt.maximum(*xs[:500])
        return mpt.logsumexp(xs) if name == "logsumexp" else mpt.softmax(xs)[0]

    draw = random.Random(0)
    numbers = [draw.uniform(-2, 2) for _ in range(1000)]
    xs = [Value(number, f"x{place}") for place, number in enumerate(numbers)]
    result = loss(xs)
    result.backward()
    program = compile_graph(result, xs[:1], xs[1:], input_gradients=True)
    value, gradients = program(numbers[:1], numbers[1:])
    assert value == result.data
    assert gradients == pytest.approx([x.grad for x in (*xs[1:], xs[0])], rel=1e-12, abs=1e-15)
    assert program.batch([numbers[:1]] * 2, numbers[1:])[1] == pytest.approx([2 * slope for slope in gradients])
    few = compile_graph(loss(xs[:100]), xs[:1], xs[1:100], input_gradients=True)
    assert len(program.source) < 15 * len(few.source)


def test_errors_are_explained() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    program = compile_graph(mpt.log(a) / b, [a], [b])
    with pytest.raises(ValueError, match="1 entrada"):
        program([1.0, 2.0], [3.0])
    with pytest.raises(ValueError, match="1 parâmetro"):
        program([1.0], [])
    with pytest.raises(DomainError, match=r"log\(a\)"):
        program([-1.0], [3.0])
    with pytest.raises(OverflowError, match="exp"):
        compile_graph(mpt.exp(a), [], [a])([], [1000.0])
    with pytest.raises(CompileError, match="folha"):
        compile_graph((c := a * b) + 1, [c], [b])
    with pytest.raises(ValueError, match="duas vezes"):
        compile_graph(a * b, [a], [a])
    with pytest.raises(TypeError, match="Values"):
        compile_graph(a * b, [1.0], [a])  # type: ignore[list-item]


def test_a_row_that_cannot_be_written_is_refused_by_name() -> None:
    opaque = operation("opaque", "?", lambda x: math.sin(x) ** 2, lambda y, x: math.sin(2 * x))
    try:
        x = Value(1.0, "x")
        with pytest.raises(CompileError, match="opaque"):
            compile_graph(opaque(x), [], [x])
    finally:
        del ops.TABLE["opaque"]


# Funções comuns, traçadas.


def test_a_compiled_function_gives_what_the_function_gives() -> None:
    def f(tree: Any, k: Any) -> Any:
        return mpt.tanh(tree["a"] * k) + where(tree["b"][0] > 0, mpt.exp(-tree["b"][0]), 1 - tree["b"][1])

    fast = compiled(f)
    for args in (({"a": 0.5, "b": (1.0, 2.0)}, 3), ({"a": -0.5, "b": (-1.0, 2.0)}, 0.1)):
        assert fast(*args) == f(*args)
        assert value_and_grad(fast)(*args) == value_and_grad(f)(*args)
        assert grad(fast, (1, 0))(*args) == grad(f, (1, 0))(*args)
    assert hessian(compiled(lambda v: v[0] * v[1]))([1.0, 2.0]) == [[0, 1], [1, 0]]
    assert compiled(lambda x: 7)(1.0) == 7 and grad(compiled(lambda x: 7))(1.0) == 0


def test_what_is_captured_is_read_anew() -> None:
    w = Value(2.0, "w")
    fast = compiled(lambda x: w * x * x)
    assert fast(3.0) == 18
    w.data = 5.0
    assert fast(3.0) == 45 and grad(fast)(3.0) == 30
    assert w.grad == 0


OUTSIDE = {"w": Value(3.0, "w"), "many": [Value(2.0), Value(4.0)], "model": MLP(1, [2, 1], seed=1)}


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * OUTSIDE["w"].data,
        lambda x: x * OUTSIDE["w"] + math.exp(OUTSIDE["many"][1].data),
        lambda x: x if OUTSIDE["model"].parameters()[0].data > 0 else -x,
    ],
)
def test_the_number_of_a_captured_value_is_never_frozen(f: Any) -> None:
    before = [OUTSIDE["w"].data, *[v.data for v in (*OUTSIDE["many"], *OUTSIDE["model"].parameters())]]
    with pytest.raises(CompileError, match=r"v\.data|where"):
        compiled(f)(1.0)
    assert before == [OUTSIDE["w"].data, *[v.data for v in (*OUTSIDE["many"], *OUTSIDE["model"].parameters())]]


def test_a_node_computed_before_is_captured_with_all_that_leads_to_it() -> None:
    w = Value(2.0, "w")
    fast = compiled(lambda x, h=w * w: x * h + w)
    assert fast(3.0) == 14
    w.data = 3.0
    assert fast(3.0) == 30


def test_each_shape_is_traced_once_and_the_cache_is_bounded() -> None:
    calls = 0

    def f(xs: list[Any]) -> Any:
        nonlocal calls
        calls += 1
        return mpt.sum([x * x for x in xs])

    fast = compiled(f)
    for size in (1, 2, 3):
        assert fast([2.0] * size) == 4 * size
    traced = calls
    for size in (2, 1, 3):
        assert fast([2.0] * size) == 4 * size
    assert calls == traced == 6  # por forma, uma vez para traçar e uma para conferir
    for size in range(1, 200):
        fast([1.0] * size)
    assert len(fast._traced) <= 64


def without_graph(x: Any) -> Any:
    with no_grad():
        return x * 2


@pytest.mark.parametrize(
    ("f", "instead"),
    [
        (lambda x: x if x > 0 else -x, "where"),
        (lambda x: max(x, 1 - x), "maximum"),
        (lambda x: sorted([x, 2 * x])[0], "where"),
        (lambda x: math.exp(x.data) * x, "v.exp()"),
        (lambda x: x * x.data, "próprio valor"),
        (lambda x: Value(x.data), "próprio valor"),
        (lambda x: mpt.sum([x for _ in range(x)]), "range"),
        (lambda x: [x, x], "um número só"),
        (lambda x: 10 * x if x == 1 else x, "where"),
        (lambda x: 10 * x if x in (1.0, 2.0) else x, "where"),
        (lambda x: {1.0: 5.0}.get(x, 0.0) * x, "um dicionário"),
        (lambda x: len(str(x)) * x, "str"),
        (lambda x: x if isinstance(x, float) else 2 * x, "isinstance"),
        (lambda x: without_graph(x) * x, "no_grad"),
        (lambda x: copy.copy(x).detach() * x, "próprio valor"),
        (lambda x: x * random.random(), "um sorteio"),
    ],
)
def test_what_cannot_be_frozen_is_refused_with_what_to_write(f: Any, instead: str) -> None:
    with pytest.raises(TypeError) as error:
        compiled(f)(1.0)
    assert instead in str(error.value)


def test_compiling_in_many_threads_leaves_the_weights_alone() -> None:
    network = MLP(2, [4, 1], activation="tanh", seed=0)
    expected, weights = network([1.0, 2.0]).data, [p.data for p in network.parameters()]
    found: list[Any] = []
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)

    def work() -> None:
        for _ in range(10):
            found.append(compiled(lambda x: network(x))([1.0, 2.0]))
            found.append(network([1.0, 2.0]).data)

    try:
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert found == [expected] * 80
    assert [p.data for p in network.parameters()] == weights


def test_inside_no_grad_a_program_is_the_same() -> None:
    with no_grad():
        fast = compiled(lambda x: x * x)
        assert fast(3.0) == 9 and grad(fast)(3.0) == 6


def _relus(y: Any, w: Any, x: Any, step: int) -> Any:
    return (y * w).relu() + (0.001 * x if step % 7 == 0 else 0)


def _maxima(y: Any, w: Any, x: Any, step: int) -> Any:
    return mpt.maximum(y * w, x - 2)


def _choices(y: Any, w: Any, x: Any, step: int) -> Any:
    return where(y > 0.1, y * w, x * 0.5) + 0.01 * mpt.relu(y - 0.8)


@pytest.mark.parametrize("step", [_relus, _maxima, _choices])
@pytest.mark.parametrize("depth", [40, 100, 1000])
def test_branches_may_lie_inside_each_other_deeper_than_python_nests_blocks(step: Any, depth: int) -> None:
    def chain(x: Any, w: Any) -> Any:
        y = x
        for place in range(depth):
            y = step(y, w, x, place)
        return y

    x, w = Value(0.7, "x"), Value(1.003, "w")
    program = compile_graph(chain(x, w), [x], [w], input_gradients=True)
    rows = [(0.7,), (-0.3,), (2.0,), (0.0,)]
    total = [0.0] * 3
    for (number,) in rows:
        x, w = Value(number), Value(1.003)
        loss = chain(x, w)
        loss.backward()
        value, gradients = program((number,), (1.003,))
        assert value == loss.data and gradients == pytest.approx((w.grad, x.grad), rel=1e-12)
        total = [a + b for a, b in zip(total, (value, *gradients), strict=True)]
    value, gradients = program.batch(rows, (1.003,))
    assert (value, *gradients) == pytest.approx(total, rel=1e-12)


def test_what_a_deep_closed_branch_hides_is_not_computed() -> None:
    x = y = Value(1.0, "x")
    y = mpt.sqrt(y)
    for _ in range(100):
        y = (y - 0.001).relu()
    program = compile_graph(y, [], [x])
    assert program([], [0.0]) == (0.0, (0.0,))  # a derivada da raiz em 0 não existe, e ninguém a pede


def test_what_two_closed_branches_share_receives_nothing() -> None:
    def loss(x: Any, w: Any) -> Any:
        root = mpt.sqrt(x)
        return where(w > 0, 2 * root, 0) + where(w > 1, root, 0)

    x, w = Value(0.0, "x"), Value(-1.0, "w")
    loss(x, w).backward()
    program = compile_graph(loss(x, w), [x], [w], input_gradients=True)
    assert program([0.0], [-1.0]) == program.batch([[0.0], [0.0]], [-1.0]) == (0.0, (0.0, 0.0))
    assert (w.grad, x.grad) == (0, 0)
    assert program([4.0], [0.5])[1] == (0.0, 0.5)
    with pytest.raises(DomainError):
        program([0.0], [0.5])


class Scaled:
    """Um objeto qualquer, que guarda um peso."""

    def __init__(self, weight: Value) -> None:
        self.weight, self.itself = weight, self

    def frozen(self, x: Any) -> Any:
        return x * self.weight.data

    def live(self, x: Any) -> Any:
        return x * self.weight

    __call__ = frozen


@pytest.mark.parametrize(
    "way", ["função", "se", "parcial", "objeto", "método", "padrão", "conjunto", "gerador", "dentro"]
)
def test_a_number_read_through_any_way_in_is_not_frozen(way: str) -> None:
    w = Value(2.0, "w")
    held, bag = Scaled(w), {w}

    def helper(x: Any) -> Any:
        return x * w.data

    def asking(x: Any) -> Any:
        return x * w if w > 0 else -x

    ways: dict[str, Any] = {
        "função": lambda x: helper(x),
        "se": lambda x: asking(x),
        "parcial": partial(lambda v, x: x * v.data, w),
        "objeto": held,
        "método": held.frozen,
        "padrão": lambda x, v=w: x * v.data,
        "conjunto": lambda x: sum(x * v.data for v in bag),
        "gerador": lambda x: sum(w.data * each for each in (x, x)),
        "dentro": lambda x: (lambda y: held.frozen(y))(x),
    }
    with pytest.raises(CompileError):
        compiled(ways[way])(3.0)


GAIN = Value(2.0, "gain")
TABLE = [[float(row), 1.0] for row in range(60_000)]


def test_a_global_weight_read_inside_an_inner_function_is_not_frozen() -> None:
    with pytest.raises(CompileError):
        compiled(lambda x: (lambda y: y * GAIN.data)(x))(3.0)


def test_a_weight_given_as_a_named_default_is_not_frozen() -> None:
    def scaled_by(x: Any, *, weight: Value = GAIN) -> Any:
        return x * weight.data

    with pytest.raises(CompileError):
        compiled(scaled_by)(3.0)


def test_a_weight_given_by_name_to_partial_is_not_frozen() -> None:
    with pytest.raises(CompileError):
        compiled(partial(lambda x, v: x * v.data, v=GAIN))(3.0)


def test_a_weight_in_an_array_of_objects_is_not_frozen() -> None:
    np = pytest.importorskip("numpy", reason="o NumPy não está instalado")
    weights = np.array([Value(2.0), Value(3.0)], dtype=object)
    with pytest.raises(CompileError):
        compiled(lambda x: x * weights[1].data)(3.0)


def test_a_weight_beside_a_large_table_of_data_is_not_frozen() -> None:
    held = {"weight": Value(2.0), "table": TABLE}
    with pytest.raises(CompileError):
        compiled(lambda x: x * held["weight"].data + held["table"][0][0])(3.0)


def test_what_only_uses_the_values_is_compiled_through_any_way_in() -> None:
    w = Value(2.0, "w")

    def power(x: Any, times: int) -> Any:
        return x if times == 0 else power(x * w, times - 1)

    functions = [
        compiled(lambda x: power(x, 1)),
        compiled(partial(lambda v, x: x * v, w)),
        compiled(Scaled(w).live),
        compiled(lambda x, v=w: x * v),
    ]
    assert [f(3.0) for f in functions] == [6.0] * 4
    w.data = 5.0
    assert [f(3.0) for f in functions] == [15.0] * 4


class Named(NamedTuple):
    """Uma tupla com nomes que guarda um peso."""

    weight: Value


@dataclass(frozen=True, slots=True)
class Fixed:
    """Um objeto de campos fixos que guarda um peso."""

    weight: Value


@pytest.mark.parametrize("holder", [Named, Fixed, lambda v: deque([v]), lambda v: [{"w": (v,)}]])
def test_a_number_is_not_frozen_wherever_its_value_is_kept(holder: Any) -> None:
    w = Value(2.0, "w")
    held = holder(w)

    def found() -> Value:
        if isinstance(held, list):
            return held[0]["w"][0]
        return held[0] if isinstance(held, (tuple, deque)) else held.weight

    with pytest.raises(CompileError):
        compiled(lambda x: x * found().data)(3.0)
    live = compiled(lambda x: x * found())
    assert live(3.0) == 6.0
    w.data = 5.0
    assert live(3.0) == 15.0


def scaled(x: Any, factor: float = 2.0) -> Any:
    return x * factor


def test_a_compiled_function_takes_names_and_can_be_saved() -> None:
    f = compiled(scaled)
    assert f(3.0) == f(x=3.0) == 6.0 and f(3.0, factor=4.0) == 12.0
    assert pickle.loads(pickle.dumps(f))(3.0) == 6.0
    with pytest.raises(TypeError, match="factor"):
        compiled(lambda x, *, factor: x * factor)(3.0, factor=2.0)


def test_a_call_that_says_little_is_checked_again() -> None:
    f = compiled(lambda x: x * (2 if isinstance(x, Value) else 3))
    assert f(0.0) == 0
    with pytest.raises(CompileError):
        f(1.0)


def test_a_batch_says_what_is_wrong_with_what_it_was_given() -> None:
    np = pytest.importorskip("numpy", reason="o NumPy não está instalado")
    x, w = Value(1.0, "x"), Value(2.0, "w")
    cube, inverse = compile_graph(x * x * x * w, [x], [w]), compile_graph(w / x, [x], [w])
    for rows, numbers, error, said in (
        ([[1.0, 2.0]], [1.0], ValueError, "1 entrada"),
        ([[1.0]], [1.0, 2.0], ValueError, "1 parâmetro"),
        ([[1.0], ["2"]], [1.0], TypeError, "'2'"),
        ([[1]], [[3]], TypeError, r"\[3\]"),
        ([1.0], [1.0], TypeError, "1.0"),
        (3, [1.0], TypeError, "3"),
        (iter([[1.0, 2.0]]), [1.0], TypeError, "list"),
    ):
        with pytest.raises(error, match=said):
            cube.batch(rows, numbers)
    for zeros in ([[0.0]], np.array([[0.0]]), [[np.float64(0.0)]], iter([[0.0]])):
        with pytest.raises(DomainError, match="w / x"), np.errstate(all="ignore"):
            inverse.batch(zeros, [1.0])
    with np.errstate(all="ignore"):
        assert cube.batch(np.array([[100_000]], dtype=np.int32), [2]) == (2e15, (1e15,))
        assert cube(np.array([100_000], dtype=np.int32), np.array([2])) == (2 * 10**15, (10**15,))
    assert cube.batch(iter([[1.0], [2.0]]), [1.0]) == cube.batch(((1.0,), (2.0,)), (1.0,)) == (9.0, (9.0,))

    with pytest.raises(TypeError, match="list"):
        cube.batch(iter(np.array([[1.0], [2.0]])), [1.0])
    with pytest.raises(DomainError, match="/ x"), np.errstate(all="ignore"):
        inverse([np.float64(0.0)], [1.0])

    def broken() -> Any:
        yield [1.0]
        raise ValueError("a linha 2 do arquivo")

    with pytest.raises(ValueError, match=r"^a linha 2"):
        cube.batch(broken(), [1.0])


def test_rows_are_counted_even_where_nothing_reads_them() -> None:
    x, w = Value(1.0, "x"), Value(2.0, "w")
    double, square = compile_graph(2 * x, [x], []), compile_graph(w * w, [x], [w])
    assert double.batch(iter([[1.0], [2.0]]), []) == (6.0, ())
    assert square.batch(iter([[1.0], [2.0]]), [2.0]) == (8.0, (8.0,))
    with pytest.raises(ValueError, match="1 entrada"):
        square.batch([[1.0, 2.0]], [2.0])


def test_a_batch_computes_before_the_loop_only_what_every_row_needs() -> None:
    x, w = Value(2.0, "x"), Value(3.0, "w")
    program = compile_graph(where(x > 0, x, mpt.log(w)), [x], [w])
    assert program((1.0,), (-1.0,)) == program.batch([(1.0,)], (-1.0,)) == (1.0, (0.0,))
    with pytest.raises(DomainError):
        program.batch([(1.0,), (-1.0,)], (-1.0,))
    assert "log" in compile_graph(x * mpt.log(w), [x], [w]).source.partition("def batch")[2].partition("for ")[0]


@mpt.compiled
def _squares(xs: list[float]) -> Any:
    return xs[0] ** 2 + _squares(xs[1:]) if xs else 0


@mpt.compiled
def _even(xs: list[float]) -> Any:
    return xs[0] * _odd(xs[1:]) if xs else 1


@mpt.compiled
def _odd(xs: list[float]) -> Any:
    return xs[0] + _even(xs[1:]) if xs else 2


def test_a_compiled_function_may_call_itself() -> None:
    assert _squares([1.0, 2.0, 3.0]) == 14
    assert mpt.value_and_grad(_squares)([1.0, 2.0, 3.0]) == (14, [2, 4, 6])
    assert _squares([1.0] * 70) == 70  # mais do que as formas que se guardam


def test_two_compiled_functions_may_call_each_other_in_two_threads() -> None:
    found: dict[str, Any] = {}
    for _ in range(5):
        functions = {"even": mpt.compiled(_even.__wrapped__), "odd": mpt.compiled(_odd.__wrapped__)}  # type: ignore[attr-defined]
        workers = [
            threading.Thread(target=lambda name=name, f=f: found.update({name: f([1.0, 2.0, 3.0, 4.0])}), daemon=True)
            for name, f in functions.items()
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(30)
    assert found == {"even": 17, "odd": 1 + 2 * (3 + 4 * 2)}

"""O programa para arrays dá o mesmo que o escalar, somado sobre as amostras, em qualquer módulo que segue o padrão."""

import ast
import importlib
import itertools
import math
import pickle
import random
import subprocess
import sys
import warnings
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import micrograd_pt as mpt
from micrograd_pt import MLP, CompileError, Value, compile_graph, hinge, operation, ops, where
from tests.test_compiler import HOSTILE
from tests.test_random_graphs import BINARY, MANY, UNARY, drawn, run

NAMESPACES = ("numpy", "array_api_strict", "torch", "jax.numpy", "dask.array")
NOT_IN_THE_STANDARD = {"cbrt": {"cbrt"}, "erf": {"erf"}, "erfc": {"erfc"}, "gelu": {"erfc"}, "exp2": {"exp2"}}


def namespace(name: str) -> Any:
    """O módulo de arrays, se está instalado; o JAX, com 64 bits."""
    xp = pytest.importorskip(name, reason=f"{name} não está instalado")
    if name == "jax.numpy":
        importlib.import_module("jax").config.update("jax_enable_x64", True)
    if name in ("torch", "dask.array"):
        pytest.importorskip("array_api_compat", reason="o extra arrays não está instalado")
    return xp


def numbers(array: Any) -> Any:
    """O resultado de qualquer módulo como array do NumPy."""
    return np.asarray(array)


def same(found: Any, expected: Any, tolerance: float = 1e-12) -> None:
    """O mesmo valor e os mesmos gradientes; infinitos e NaN, no mesmo lugar."""
    value, gradients = (
        float(found[0]),
        np.concatenate([numbers(found[1]), *[numbers(t).sum(axis=0) for t in found[2:]]]),
    )
    assert value == pytest.approx(expected[0], rel=tolerance, abs=tolerance, nan_ok=True)
    finite = [abs(slope) for slope in expected[1] if math.isfinite(slope)]
    assert gradients.shape == (len(expected[1]),)
    assert gradients == pytest.approx(expected[1], rel=tolerance, abs=tolerance * max(1.0, *finite, 0.0), nan_ok=True)


def moons(samples: int, hidden: list[int] | None = None) -> tuple[Value, list[Value], list[Value], Any, list[float]]:
    """A perda de uma rede, as suas entradas e parâmetros, e amostras (uma linha por entrada)."""
    model = MLP(2, [*(hidden or [16, 16]), 1], seed=3)
    x, t = [Value(0.1, "x1"), Value(0.2, "x2")], Value(1.0, "t")
    parameters = model.parameters()
    loss = hinge(model(x), t) + 1e-4 * mpt.sum([p * p for p in parameters])
    draw = np.random.default_rng(0)
    columns = draw.normal(size=(3, samples))
    columns[2] = np.where(columns[2] > 0, 1.0, -1.0)
    return loss, [*x, t], parameters, columns, [p.data for p in parameters]


def against_the_scalar_program(seed: int, target: Any = np) -> None:
    steps, leaves = drawn(seed)
    nodes = [Value(leaf, f"x{place}") for place, leaf in enumerate(leaves)]
    loss = run(steps, 0, nodes)
    half = len(nodes) // 2
    draw = random.Random(seed)
    rows = [[leaf + draw.uniform(-3, 3) for leaf in leaves[:half]] for _ in range(6 if half else 1)]
    inputs, parameters = nodes[:half], nodes[half:]
    expected = compile_graph(loss, inputs, parameters, input_gradients=True).batch(rows, leaves[half:])
    program = compile_graph(loss, inputs, parameters, input_gradients=True, target=target)
    same(program(target.asarray(rows, dtype=target.float64), leaves[half:]), expected)


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**40))
def test_random_graphs_give_the_same_in_arrays(seed: int) -> None:
    pytest.importorskip("scipy", reason="o SciPy, que dá erf ao NumPy, não está instalado")
    against_the_scalar_program(seed)


@pytest.mark.long
@settings(max_examples=3_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**40))
def test_many_random_graphs_give_the_same_in_arrays(seed: int) -> None:
    pytest.importorskip("scipy", reason="o SciPy, que dá erf ao NumPy, não está instalado")
    against_the_scalar_program(seed)


def network(seed: int) -> tuple[Value, list[Value], list[Value], Any]:
    """Uma árvore de módulos sorteada: a forma, as ativações, o que se repete, a perda, a ordem dos parâmetros."""
    draw = random.Random(seed)
    sizes = [draw.randint(1, 5) for _ in range(draw.randint(2, 4))]
    inputs = [Value(draw.uniform(-1, 1), f"x{place}") for place in range(sizes[0])]
    activations = ["relu", "tanh", "sigmoid", "linear"]
    layers = [
        mpt.Layer(nin, nout, activation=draw.choice(activations), bias=draw.random() < 0.7)
        for nin, nout in itertools.pairwise(sizes)
    ]
    parameters = [parameter for layer in layers for parameter in layer.parameters()]
    for parameter in parameters:
        parameter.data = draw.uniform(-1, 1)
    outputs: list[Any] = list(inputs)
    for layer in layers:
        before = outputs
        if draw.random() < 0.4:  # como num programa do micrograd: soma e produto, um a um
            outputs = [
                sum((w * x for w, x in zip(neuron.w, before, strict=True)), neuron.b if neuron.b is not None else 0.0)
                for neuron in layer.neurons
            ]
        else:
            for _ in range(draw.choice([1, 2]) if len(before) == len(layer.neurons) else 1):
                found: Any = layer(outputs)
                outputs = found if isinstance(found, list) else [found]
        if len(before) == len(outputs) and draw.random() < 0.5:
            outputs = [a + b for a, b in zip(before, outputs, strict=True)]  # uma ligação que pula a camada
            if draw.random() < 0.3 and len(before) > 1:
                outputs = mpt.softmax(outputs)
    losses: list[Callable[[list[Any]], Any]] = [
        lambda out: mpt.cross_entropy(out, len(out) - 1) if len(out) > 1 else mpt.square(out[0]),
        lambda out: mpt.mean([(o - 0.5) ** 2 for o in out]),
        lambda out: mpt.maximum(*out, 0.1) * out[0],
        lambda out: mpt.sum([mpt.relu(1 - o) for o in out]) + 0.01 * mpt.sum([p * p for p in parameters]),
        lambda out: mpt.sum([o * x for o, x in zip(out, inputs, strict=False)]),
    ]
    loss = draw.choice(losses)(outputs)
    kept = [p for p in parameters if draw.random() < 0.8] if draw.random() < 0.3 else list(parameters)
    order = draw.randrange(4)
    if order == 1:
        kept.reverse()
    elif order == 2:
        draw.shuffle(kept)
    elif order == 3:
        kept.sort(key=lambda p: p.label.startswith("b"))
    rows = [[draw.uniform(-2, 2) for _ in inputs] for _ in range(draw.choice([1, 2, 7]))]
    return loss, inputs, kept, rows


def network_against_the_scalar_program(seed: int, target: Any = np) -> None:
    loss, inputs, parameters, rows = network(seed)
    values = [parameter.data for parameter in parameters]
    expected = compile_graph(loss, inputs, parameters, input_gradients=True).batch(rows, values)
    program = compile_graph(loss, inputs, parameters, input_gradients=True, target=target)
    same(program(target.asarray(rows, dtype=target.float64), values), expected)


@pytest.mark.parametrize("seed", range(60))
def test_random_networks_give_the_same_in_arrays(seed: int) -> None:
    network_against_the_scalar_program(seed)


@pytest.mark.parametrize("name", NAMESPACES)
def test_random_networks_give_the_same_in_every_module(name: str) -> None:
    xp = namespace(name)
    for seed in range(1000, 1006):
        network_against_the_scalar_program(seed, xp)


@pytest.mark.parametrize("name", NAMESPACES)
@pytest.mark.parametrize("row", [*UNARY, *BINARY, *MANY])
def test_every_operation_runs_in_arrays_or_is_refused_by_name(row: str, name: str) -> None:
    xp = namespace(name)
    f = (UNARY | BINARY | MANY)[row][0]
    arity = 1 if row in UNARY else 2 if row in BINARY else 4
    leaves = [Value(0.3 + 0.2 * place, f"x{place}") for place in range(arity)]
    loss = f(*leaves) * f(*leaves[::-1])
    inputs, parameters = leaves[: (arity + 1) // 2], leaves[(arity + 1) // 2 :]
    draw = random.Random(row)
    rows = [[draw.uniform(-1.4, 1.4) for _ in inputs] for _ in range(6)]
    values = [leaf.data for leaf in parameters]
    expected = compile_graph(loss, inputs, parameters, input_gradients=True).batch(rows, values)
    try:
        program = compile_graph(loss, inputs, parameters, input_gradients=True, target=xp)
    except CompileError as error:
        assert any(missing in str(error) for missing in NOT_IN_THE_STANDARD[row]) and name.split(".")[0] in str(error)
        return
    columns = [xp.asarray(column, dtype=xp.float64) for column in zip(*rows, strict=True)]
    same(program(columns, values), expected)


@pytest.mark.parametrize("name", NAMESPACES)
def test_a_network_gives_the_same_everywhere(name: str) -> None:
    xp = namespace(name)
    loss, inputs, parameters, columns, values = moons(300)
    expected = compile_graph(loss, inputs, parameters).batch(columns.T.tolist(), values)
    program: Callable[..., Any] = compile_graph(loss, inputs, parameters, target=xp)
    if name == "jax.numpy":
        program = importlib.import_module("jax").jit(program)
    arrays = [xp.asarray(column.tolist(), dtype=xp.float64) for column in columns]
    found = program(arrays, xp.asarray(values, dtype=xp.float64))
    assert type(found[1]).__module__.split(".")[0].strip("_") in {name.split(".")[0], "jaxlib"}
    assert str(found[1].dtype).endswith("float64")
    same(found, expected)


ODD: dict[str, Callable[[Value, Value, Value, Value], Any]] = {
    "uma entrada só": lambda x, y, w, b: x,
    "um parâmetro só": lambda x, y, w, b: w,
    "a mesma coluna muitas vezes": lambda x, y, w, b: mpt.sum([x] * 7) + mpt.maximum(*[x] * 5) + mpt.logsumexp([x] * 4),
    "o mesmo peso e a mesma coluna": lambda x, y, w, b: mpt.dot([w, b, w], [x, x, y]) + w,
    "constantes no produto": lambda x, y, w, b: mpt.dot([2, 3, 5, 6], [x, y, 1, 7]),
    "de tudo no produto": lambda x, y, w, b: mpt.dot([2, w, x, 5, b], [x, y, y, 1, w]),
    "subtrações": lambda x, y, w, b: 1 - mpt.dot([w, b], [x, y]) - (b * y) - w + 2 - x,
    "empates": lambda x, y, w, b: mpt.maximum(x, y, x, w, 3) + mpt.minimum(x, x, y, 1.0),
    "escolhas por 0": lambda x, y, w, b: where(x > y, w * x, 0) + where(x <= w, 0, b) + where(y > 0, 0, 0 * x),
    "potências": lambda x, y, w, b: x**w + x**2 + y**3 + x**-1 + 2**y,
    "muitas somas": lambda x, y, w, b: mpt.sum([x * place for place in range(300)]) * w,
    "produtos de entradas": lambda x, y, w, b: mpt.sum([a * c for a in (x, y) for c in (x, y, w)]),
}


@pytest.mark.parametrize("name", NAMESPACES)
@pytest.mark.parametrize("case", ODD)
def test_odd_graphs_give_the_same_in_arrays(case: str, name: str) -> None:
    xp = namespace(name)
    x, y, w, b = Value(0.5, "x"), Value(2.0, "y"), Value(3.0, "w"), Value(0.1, "b")
    loss = ODD[case](x, y, w, b)
    rows = [[1.0, 2.0], [3.0, 3.0], [0.25, 5.0]]
    expected = compile_graph(loss, [x, y], [w, b], input_gradients=True).batch(rows, [3.0, 0.25])
    program = compile_graph(loss, [x, y], [w, b], input_gradients=True, target=xp)
    same(program(xp.asarray(rows, dtype=xp.float64), [3.0, 0.25]), expected)


def test_a_layer_is_one_matrix_product_whatever_its_width() -> None:
    narrow, wide = (compile_graph(*moons(1, [width, width])[:3], target=np).source for width in (5, 40))
    for call in (" @ ", "xp.where(", " = ", "\n"):
        assert narrow.count(call) == wide.count(call)
    assert abs(len(narrow) - len(wide)) < 100
    assert wide.count(" @ ") == 7  # três camadas; três vezes dW = dz·hᵀ; uma vez dh = Wᵀ·dz


@pytest.mark.parametrize("name", NAMESPACES)
def test_sums_of_different_terms_are_one_sum_of_rows(name: str) -> None:
    xp = namespace(name)
    x = [[Value(0.1, f"x{row}_{column}") for column in range(5)] for row in range(6)]
    w = [Value(0.1 * row, f"w{row}") for row in range(6)]
    lengths = [
        mpt.sum([entry * entry for entry in row]) - 2 * row[0] + weight for row, weight in zip(x, w, strict=True)
    ]
    loss = mpt.sum([mpt.tanh(length) * weight for length, weight in zip(lengths, w, strict=True)])
    inputs = [entry for row in x for entry in row]
    program = compile_graph(loss, inputs, w, input_gradients=True, target=xp)
    assert program.source.count("xp.tanh(") == 1
    columns = np.random.default_rng(1).normal(size=(30, 4))
    values = [weight.data for weight in w]
    expected = compile_graph(loss, inputs, w, input_gradients=True).batch(columns.T.tolist(), values)
    same(program(xp.asarray(columns.T.tolist(), dtype=xp.float64), values), expected)
    same(program([xp.asarray([], dtype=xp.float64)] * 30, values), (0.0, [0.0] * 36))


def test_many_samples_are_taken_in_blocks() -> None:
    loss, inputs, parameters, columns, values = moons(10_000, [4])
    program = compile_graph(loss, inputs, parameters, target=np)
    parts = [program(list(columns[:, start : start + 500]), values) for start in range(0, 10_000, 500)]
    whole = sum(float(value) for value, _ in parts), sum(slopes for _, slopes in parts)
    same(program(list(columns), values), whole)


CLOSED: list[tuple[Callable[..., Any], list[float], float]] = [
    (lambda x, w: mpt.relu(mpt.sqrt(x) - w) + x, [0.0, 4.0], 1.0),
    (lambda x, w: where(x > 0, mpt.log(mpt.maximum(x, 1e-300)) * w, 3 * w), [0.5, -1.0, 0.0], 2.0),
    (lambda x, w: where(x > w, mpt.sqrt(mpt.maximum(x, w)), x * w + w), [0.0, 1.0], 0.0),
    (lambda x, w: mpt.relu(w * x), [-math.inf, 1.0, 2.0], 1.0),
    (lambda x, w: mpt.maximum(w * x, w - 1, -w), [-math.inf, 1.0, 2.0], 0.25),
    (lambda x, w: mpt.relu(x - mpt.sqrt(w)), [-1.0, -2.0], 0.0),
    (lambda x, w: mpt.relu(x - w * w), [1.0, 2.0, -5.0], 0.5),
    (lambda x, w: mpt.relu(where(x < 1, mpt.exp(x), w) - 2) * x, [-math.inf, 0.9, 3.0], 4.0),
    (lambda x, w: where(mpt.tanh(w * x) + mpt.tanh(3 * x) > 0, mpt.tanh(w * x), w), [1.0, math.nan], 0.5),
    (lambda x, w: where(mpt.maximum(mpt.tanh(w * x), mpt.tanh(3 * x)) > 0, mpt.tanh(3 * x), w), [1.0, math.nan], 0.5),
]


@pytest.mark.parametrize("name", NAMESPACES)
@pytest.mark.parametrize("place", range(len(CLOSED)))
def test_a_closed_branch_passes_nothing(place: int, name: str) -> None:
    xp = namespace(name)
    f, column, weight = CLOSED[place]
    x, w = Value(2.0, "x"), Value(1.5, "w")
    program = compile_graph(f(x, w), [x], [w], target=xp)
    expected = compile_graph(f(x, w), [x], [w]).batch([[entry] for entry in column], [weight])
    assert math.isfinite(expected[1][0])
    same(program([xp.asarray(column, dtype=xp.float64)], [weight]), expected)


@pytest.mark.parametrize("name", NAMESPACES)
def test_a_neuron_that_only_decides_receives_nothing(name: str) -> None:
    xp = namespace(name)
    x, w, u = Value(1.0, "x"), Value(0.5, "w"), Value(0.7, "u")
    first, second = mpt.tanh(w * x), mpt.tanh(u * x)
    loss = where(first + second > 0, first, u)
    expected = compile_graph(loss, [x], [w, u]).batch([[1.0], [math.nan]], [0.5, 0.7])
    assert all(map(math.isfinite, expected[1]))
    same(
        compile_graph(loss, [x], [w, u], target=xp)(xp.asarray([[1.0], [math.nan]], dtype=xp.float64), [0.5, 0.7]),
        expected,
    )


@pytest.mark.parametrize("name", NAMESPACES)
def test_an_infinite_sample_leaves_no_trace_behind_a_closed_neuron(name: str) -> None:
    xp = namespace(name)
    loss, inputs, parameters, columns, values = moons(30, [6, 5])
    values = [*values[:18], *map(abs, values[18:])]
    columns[0, 3], columns[2, 3] = math.inf, -1.0  # uns neurônios se fecham; os outros levam o infinito adiante
    expected = compile_graph(loss, inputs, parameters).batch(columns.T.tolist(), values)
    assert not all(map(math.isfinite, expected[1])) and any(map(math.isfinite, expected[1]))
    program = compile_graph(loss, inputs, parameters, target=xp)
    same(program([xp.asarray(column.tolist(), dtype=xp.float64) for column in columns], values), expected)


def test_outside_the_domain_the_result_is_nan_without_a_warning() -> None:
    x = Value(1.0, "x")
    program = compile_graph(mpt.log(x) / x, [], [x], target=np)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value, gradients = program([], [-1.0])
        assert math.isnan(value) and math.isnan(gradients[0])
        assert program([], [0.0])[0] == -math.inf


@pytest.mark.parametrize("name", NAMESPACES)
def test_no_samples_and_numbers_among_the_arrays(name: str) -> None:
    xp = namespace(name)
    loss, inputs, parameters, columns, values = moons(7, [4])
    program = compile_graph(loss, inputs, parameters, input_gradients=True, target=xp)
    scalar = compile_graph(loss, inputs, parameters, input_gradients=True)
    empty = xp.asarray([], dtype=xp.float64)
    same(program([empty, empty, 1.0], values), (0.0, [0.0] * 20))
    column = xp.asarray(columns[0].tolist(), dtype=xp.float64)
    rows = [[entry, 0.5, -1.0] for entry in columns[0].tolist()]
    same(program([column, 0.5, -1], values), scalar.batch(rows, values))
    table = xp.asarray(columns.T.tolist(), dtype=xp.float64)
    same(program(table, values), scalar.batch(columns.T.tolist(), values))
    same(program([0.25, 0.5, -1.0], values), scalar.batch([[0.25, 0.5, -1.0]], values))


def test_what_no_sample_changes_is_counted_once_per_sample() -> None:
    x, a, b = Value(1.0, "x"), Value(2.0, "a"), Value(3.0, "b")
    column = np.array([1.0, -2.0, 0.5])
    for loss in (a * b, mpt.sin(a) + x * b * b, mpt.relu(a - b) + 2, a + 0 * x):
        expected = compile_graph(loss, [x], [a, b]).batch(column[:, None].tolist(), [2.0, 3.0])
        same(compile_graph(loss, [x], [a, b], target=np)([column], [2.0, 3.0]), expected)
    same(compile_graph(a * b, [], [a, b], target=np)([], [2.0, 3.0]), (6.0, [3.0, 2.0]))
    assert compile_graph(x * x, [x], [], target=np)([column], [])[1].shape == (0,)


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan, -3.5, -0.0, 1e-300, 5e-324, 1.7976931348623157e308])
def test_special_constants_survive_the_trip(number: float) -> None:
    x, w = Value(1.5, "x"), Value(0.5, "w")
    loss = (
        x * number + (w - number) * 0.25 + number**2 * mpt.atan2(x, number) if abs(number) < 1e300 else x * number + w
    )
    expected = compile_graph(loss, [x], [w], input_gradients=True).batch([[1.5], [2.5]], [0.5])
    program = compile_graph(loss, [x], [w], input_gradients=True, target=np)
    same(program([np.array([1.5, 2.5])], [0.5]), expected)


@pytest.mark.parametrize("label", [*HOSTILE, "xp", "p", "x", "samples", "_rows_1", "special", "careful"])
def test_no_label_reaches_the_code(label: str) -> None:
    a, b, d = Value(2.0, label), Value(3.0, label), Value(0.5, label)
    c = mpt.sin(a * b) + mpt.atan2(d, 1)
    c.label = label
    loss = c * c + a
    source = compile_graph(loss, [a], [b, d], input_gradients=True, target=np).source
    names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    assert all(name.isidentifier() and name.isascii() for name in names)
    assert [line for line in source.splitlines() if "import" in line and not line.startswith(" ")] == [
        "import numpy as xp"
    ]
    program = compile_graph(loss, [a], [b, d], input_gradients=True, target=np)
    expected = compile_graph(loss, [a], [b, d], input_gradients=True).batch([[2.0], [1.0]], [3.0, 0.5])
    same(program([np.array([2.0, 1.0])], [3.0, 0.5]), expected)


def test_the_text_runs_alone_with_nothing_but_the_namespace(tmp_path: Any) -> None:
    loss, inputs, parameters, columns, values = moons(20, [4])
    program = compile_graph(loss, inputs, parameters, target=np)
    value, gradients = program(list(columns), values)
    file = tmp_path / "sozinho.py"
    given = f"xp.asarray({columns.T.tolist()!r}), xp.asarray({values!r})"
    call = f"value, gradients = program({given})\nprint(repr((float(value), gradients.tolist())))"
    file.write_text(f"{program.source}\n{call}\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", str(file)], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert ast.literal_eval(done.stdout) == (float(value), gradients.tolist())
    assert "z_h = x[:, :2] @ " in program.source and "# z_h1, z_h2, z_h3, z_h4: (n, 4)" in program.source


@pytest.mark.parametrize("name", NAMESPACES)
def test_a_program_can_be_saved(name: str) -> None:
    xp = namespace(name)
    x, w = Value(1.0, "x"), Value(2.0, "w")
    program = compile_graph(mpt.tanh(w * x), [x], [w], target=xp)
    copy = pickle.loads(pickle.dumps(program))
    assert copy.source == program.source
    with pytest.raises(CompileError, match=r"versão anterior.*compile de novo"):
        mpt.ArrayProgram(program.source, 1, 1, name)
    column = xp.asarray([1.0, 2.0], dtype=xp.float64)
    assert float(copy([column], [2.0])[0]) == float(program([column], [2.0])[0])


def test_a_long_sum_and_a_deep_chain_compile() -> None:
    xs = [Value(0.001 * place, f"x{place}") for place in range(3000)]
    values = [x.data for x in xs]
    program = compile_graph(mpt.sum([x * x for x in xs]), [], xs, target=np)
    same(program([], values), (math.fsum(value * value for value in values), [2 * value for value in values]))
    a = Value(0.5, "a")
    closed = mpt.sum([mpt.relu(a - x) * x for x in xs[:300]])
    expected = compile_graph(closed, [a], xs[:300]).batch([[0.1], [0.2]], values[:300])
    same(compile_graph(closed, [a], xs[:300], target=np)([np.array([0.1, 0.2])], values[:300]), expected)
    y = x = Value(0.5, "x")
    for _ in range(5000):
        y = mpt.sin(y) + x
    expected = compile_graph(y, [x], [], input_gradients=True).batch([[0.5], [0.1]], [])
    same(compile_graph(y, [x], [], input_gradients=True, target=np)([np.array([0.5, 0.1])], []), expected)


def test_a_network_of_the_size_of_mnist_is_a_short_text() -> None:
    model = MLP(784, [50, 10], seed=1)
    inputs = [Value(0.1, f"x{place}") for place in range(784)]
    loss = mpt.cross_entropy(model(inputs), 3)
    source = compile_graph(loss, inputs, model.parameters(), target=np).source
    assert len(source) <= 3000 and "xp.take" not in source and "asarray" not in source
    assert max(map(len, source.splitlines())) <= 120


ORDERS: dict[str, Callable[[MLP], list[Value]]] = {
    "neurônio por neurônio": lambda model: model.parameters(),
    "camadas ao contrário": lambda model: [p for layer in model.layers[::-1] for p in layer.parameters()],
    "pesos antes dos vieses": lambda model: sorted(model.parameters(), key=lambda p: p.label.startswith("b")),
    "viés antes dos pesos": lambda model: [
        p for layer in model.layers for n in layer.neurons for p in [b for b in [n.b] if b is not None] + n.w
    ],
    "por entrada": lambda model: (
        [
            p
            for layer in model.layers
            for column in zip(*[neuron.w for neuron in layer.neurons], strict=True)
            for p in column
        ]
        + [n.b for layer in model.layers for n in layer.neurons if n.b is not None]
    ),
    "neurônios ao contrário": lambda model: [
        p for layer in model.layers for n in layer.neurons[::-1] for p in n.parameters()
    ],
    "sem a primeira camada": lambda model: [p for layer in model.layers[1:] for p in layer.parameters()],
}


@pytest.mark.parametrize("order", ORDERS)
def test_weights_are_views_in_any_order(order: str) -> None:
    model = MLP(3, [5, 4, 2], seed=2)
    inputs = [Value(0.1, f"x{place}") for place in range(3)]
    outputs: Any = model(inputs)
    loss = outputs[0] * outputs[1]
    parameters = ORDERS[order](model)
    program = compile_graph(loss, inputs, parameters, target=np)
    assert "xp.take(p" not in program.source
    rows = np.random.default_rng(3).normal(size=(9, 3))
    values = [parameter.data for parameter in parameters]
    same(program(rows, values), compile_graph(loss, inputs, parameters).batch(rows.tolist(), values))


def test_a_table_is_samples_by_inputs_and_so_are_its_gradients() -> None:
    a, b, w = Value(1.0, "a"), Value(2.0, "b"), Value(3.0, "w")
    program = compile_graph(a * a * w + b, [a, b], [w], input_gradients=True, target=np)
    table = np.array([[1.0, 5.0], [2.0, 7.0], [-3.0, 0.5]])
    value, gradients, slopes = program(table, [3.0])
    assert value == 3 * 14 + 12.5 and gradients.tolist() == [14.0]
    assert slopes.tolist() == [[6.0, 1.0], [12.0, 1.0], [-18.0, 1.0]]
    for same_table in (
        table.astype("float32"),
        np.asfortranarray(table),
        list(table.T),
        table.T.tolist(),
    ):
        assert program(same_table, [3.0])[2].tolist() == slopes.tolist()
    many = np.tile(table, (40_000, 1))
    assert program(many, [3.0])[2].shape == (120_000, 2)


@pytest.mark.parametrize("name", NAMESPACES)
def test_float32_on_request(name: str) -> None:
    xp = namespace(name)
    loss, inputs, parameters, columns, values = moons(40, [4])
    program = compile_graph(loss, inputs, parameters, target=xp, dtype="float32", input_gradients=True)
    found = program(xp.asarray(columns.T.tolist(), dtype=xp.float64), values)
    assert all(str(array.dtype).endswith("float32") for array in found)
    same(found, compile_graph(loss, inputs, parameters, input_gradients=True).batch(columns.T.tolist(), values), 1e-4)
    with pytest.raises(ValueError, match="'float64' ou 'float32'"):
        compile_graph(loss, inputs, parameters, target=xp, dtype="float16")  # type: ignore[call-overload]


def test_the_old_name_of_target_still_works() -> None:
    x, w = Value(1.0, "x"), Value(2.0, "w")
    with pytest.warns(DeprecationWarning, match="namespace agora se chama target"):
        program = compile_graph(w * x, [x], [w], namespace=np)
    assert program(np.array([[1.0], [2.0]]), [2.0])[0] == 6.0
    with pytest.raises(ValueError, match="dê também o módulo"):
        compile_graph(w * x, [x], [w], dtype="float32")  # type: ignore[call-overload]


def curve(x: Any, weights: Any) -> Any:
    return mpt.tanh(x * weights[0]) + weights[1] * x * x


@pytest.mark.parametrize("name", NAMESPACES)
def test_a_function_compiled_for_arrays_gives_each_sample_its_own(name: str) -> None:
    xp = namespace(name)
    points = [-1.0, 0.25, 2.0]
    column = xp.asarray(points, dtype=xp.float64)
    scale = Value(3.0, "escala")
    fast = mpt.compiled(lambda x, weights: scale * curve(x, weights), target=xp)
    for factor in (3.0, 0.5):
        scale.data = factor
        slow = [mpt.value_and_grad(lambda x: factor * curve(x, [2.0, -0.5]))(point) for point in points]  # noqa: B023
        values, slopes = mpt.value_and_grad(fast)(column, [2.0, -0.5])
        assert numbers(fast(column, [2.0, -0.5])) == pytest.approx([value for value, _ in slow], rel=1e-12)
        assert numbers(values) == pytest.approx([value for value, _ in slow], rel=1e-12)
        assert numbers(slopes) == pytest.approx([slope for _, slope in slow], rel=1e-12)
    first, second = mpt.grad(fast, 1)(column, [2.0, column])
    assert numbers(second) == pytest.approx([0.5 * point * point for point in points])
    assert numbers(first).shape == (3,)
    again = pickle.loads(pickle.dumps(mpt.compiled(curve, target=xp)))
    assert float(again(0.5, [1.0, 1.0])[0]) == pytest.approx(math.tanh(0.5) + 0.25)
    with pytest.raises(CompileError, match="where"):
        mpt.compiled(lambda x: x if x > 0 else -x, target=xp)(column)


@pytest.mark.parametrize("name", NAMESPACES)
def test_a_compiled_function_takes_any_samples(name: str) -> None:
    xp = namespace(name)

    def array(*points: float) -> Any:
        return xp.asarray(points, dtype=xp.float64)

    fast = mpt.compiled(lambda x, w: where(x > 0, mpt.log(mpt.maximum(x, 1e-9)) * w, x * w), target=xp)
    assert numbers(fast(array(), 2.0)).shape == (0,)
    assert numbers(fast(array(-1.0, 1.0), 2.0)).tolist() == [-2.0, 0.0]
    outside = mpt.compiled(lambda x: where(x > 0, mpt.log(x), x), target=xp)  # a função pede o log de −1, e não o usa
    assert numbers(outside(array(-1.0, 1.0))).tolist() == [-1.0, 0.0]
    assert numbers(outside(array(1.0, -1.0))).tolist() == [0.0, -1.0]
    value, slope = mpt.value_and_grad(mpt.compiled(lambda x: 3.0, target=xp))(array(1.0, 2.0))
    assert numbers(value).tolist() == [3.0, 3.0] and numbers(slope).tolist() == [0.0, 0.0]
    with pytest.raises(ValueError, match=r"a forma \(2, 2\), e devia ter um eixo só"):
        mpt.compiled(curve, target=xp)(xp.reshape(array(1.0, 2.0, 3.0, 4.0), (2, 2)), [2.0, 1.0])
    with pytest.raises(ValueError, match=r"a forma \(2, 2\), e devia ter um eixo só"):
        fast(xp.reshape(array(1.0, 2.0, 3.0, 4.0), (2, 2)), 2.0)


def test_jax_transforms_go_over_a_program() -> None:
    xp, jax = namespace("jax.numpy"), importlib.import_module("jax")
    loss, inputs, parameters, columns, values = moons(20, [4, 3])
    program = compile_graph(loss, inputs, parameters, target=xp, input_gradients=True)
    rows, p = xp.asarray(columns.T.tolist()), xp.asarray(values)
    value, gradients, table = program(rows, p)
    assert jax.grad(lambda q: program(rows, q)[0])(p) == pytest.approx(numbers(gradients), rel=1e-10, abs=1e-12)
    assert jax.grad(lambda x: program(x, p)[0])(rows) == pytest.approx(numbers(table), rel=1e-10, abs=1e-12)
    mapped = jax.vmap(program, in_axes=(None, 0))(rows, xp.stack([p, 2 * p]))
    assert mapped[1][0] == pytest.approx(numbers(gradients), rel=1e-12) and mapped[2].shape == (2, 20, 3)
    assert jax.jit(program)(rows, p)[0] == pytest.approx(float(value), rel=1e-12)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", NAMESPACES)
def test_logsumexp_holds_at_the_ends_of_the_numbers(name: str, dtype: str) -> None:
    xp, ends = namespace(name), [-math.inf, -1e38, -3.0, 0.0, 1e38, math.inf, math.nan]
    if dtype == "float64":
        ends += [-1.7e308, 1.7e308]
    leaves = [Value(0.1, f"x{place}") for place in range(2)]
    program = compile_graph(mpt.logsumexp(leaves), leaves, [], target=xp, dtype=dtype)
    for row in itertools.product(ends, repeat=len(leaves)):
        expected = mpt.logsumexp([Value(number) for number in row]).data
        found = program(xp.asarray([row], dtype=getattr(xp, dtype)), [])[0]
        assert float(found) == pytest.approx(expected, rel=1e-6, nan_ok=True), row


def test_torch_compile_goes_around_a_program() -> None:
    xp = namespace("torch")
    loss, inputs, parameters, columns, values = moons(20, [4, 3])
    program = compile_graph(loss, inputs, parameters, target=xp)
    rows, p = xp.asarray(columns.T.tolist(), dtype=xp.float64), xp.asarray(values, dtype=xp.float64)
    around = xp.compile(program, backend="aot_eager")(rows, p)
    assert numbers(around[1]) == pytest.approx(numbers(program(rows, p)[1]), rel=1e-12)


def on_one_device(device: str, seeds: range) -> None:
    """Nada se mistura com arrays de outro dispositivo; no dispositivo `meta` do PyTorch nada vale, e tudo tem lugar."""
    xp = namespace("torch")
    for seed in seeds:
        loss, inputs, parameters, rows = network(seed)
        program = compile_graph(loss, inputs, parameters, target=xp, input_gradients=True)
        values = [parameter.data for parameter in parameters]
        x = xp.asarray(rows, dtype=xp.float64, device=device)
        if device == "meta":
            found = program._run(x, xp.asarray(values, dtype=xp.float64, device=device))
        else:
            found = program(x, values)
            expected = compile_graph(loss, inputs, parameters, input_gradients=True).batch(rows, values)
            same([array.cpu() for array in found], expected, 1e-10)
            by_columns = program([*x.cpu().T.tolist()[:-1], x[:, -1]], values)
            assert by_columns[1].device.type == x.device.type
        assert all(array.device.type == device for array in found)


def test_constants_live_where_the_inputs_live() -> None:
    on_one_device("meta", range(3000, 3040))


def test_nothing_leaves_the_gpu() -> None:
    if not namespace("torch").cuda.is_available():
        pytest.skip("não há GPU nesta máquina")
    on_one_device("cuda", range(3000, 3020))


def test_nothing_waits_for_the_gpu() -> None:
    xp = namespace("torch")
    if not xp.cuda.is_available():
        pytest.skip("não há GPU nesta máquina")
    for seed in range(3000, 3020):
        loss, inputs, parameters, rows = network(seed)
        program = compile_graph(loss, inputs, parameters, target=xp, input_gradients=True)
        x, p = [
            xp.asarray(numbers, dtype=xp.float64, device="cuda")
            for numbers in (rows, [parameter.data for parameter in parameters])
        ]
        program(x, p)  # as constantes chegam ao dispositivo
        xp.cuda.set_sync_debug_mode("error")
        try:
            program._run(x, p)
        finally:
            xp.cuda.set_sync_debug_mode("default")


def test_wrong_shapes_are_explained() -> None:
    a, b, c = Value(2.0, "a"), Value(3.0, "b"), Value(1.0, "c")
    program = compile_graph(a * b + c, [a, b], [c], target=np)
    for inputs, parameters, message in (
        ([np.ones(3)], [1.0], r"2 entrada\(s\), e recebeu 1"),
        ([np.ones(3), np.ones(4)], [1.0], r"entrada 1 tem 3 amostra\(s\), e a entrada 2 tem 4"),
        ([np.ones((3, 2)), 1.0], [1.0], r"entrada 1 tem a forma \(3, 2\)"),
        (np.array(3.0), [1.0], "uma lista com um array ou um número por entrada"),
        (3.0, [1.0], "uma lista com um array ou um número por entrada"),
        (np.ones((3, 4)), [1.0], r"a forma \(3, 4\), e devia ter 2 coluna\(s\).*entrada$"),
        (np.ones((2, 3)), [1.0], r"a forma \(2, 3\), e devia ter 2 coluna\(s\).*até a versão 0.1.*passe a transposta"),
        (np.ones((2, 2, 2)), [1.0], "a entrada 1 tem a forma"),
        ([np.ones(3), 1.0], [], r"1 parâmetro\(s\), e recebeu 0"),
        ([np.ones(3), 1.0], [np.ones(3)], r"forma \(1, 3\)"),
        ([np.ones(3), 1.0], 1.0, r"um eixo só"),
        ([np.ones(3), "dois"], [1.0], "'dois'"),
        ([np.ones(3), 1.0], ["um"], "lista de números"),
        ([[1.0, 2.0], [3.0, 4.0]], [1.0], "tanto pode ser de linhas como de colunas"),
        ([None, 1.0], [1.0], "só servem números reais"),
        (["1", 1.0], [1.0], "só servem números reais"),
        ([{1.0, 2.0}, 1.0], [1.0], "só servem números reais"),
        (np.array([[1j, 2.0]]), [1.0], "só servem números reais"),
        (np.ma.array([[1.0, 2.0]], mask=[[False, True]]), [1.0], "só servem números reais"),
        ([np.ma.array([1.0, 2.0], mask=[False, True]), 1.0], [1.0], "só servem números reais"),
        ([10**400, 1.0], [1.0], "too large"),
    ):
        with pytest.raises(ValueError, match=message):
            program(inputs, parameters)


def test_integers_and_fractions_are_numbers_too() -> None:
    a, b, c = Value(2.0, "a"), Value(3.0, "b"), Value(1.0, "c")
    program = compile_graph(a * b + c, [a, b], [c], target=np)
    assert program([[1, 10**30], Fraction(1, 4)], [True])[0] == 0.25 * (1 + 1e30) + 2
    assert program(np.array([[1, 2], [3, 4]], dtype=np.int8), [Fraction(1, 2)])[0] == 15


def test_what_a_namespace_lacks_is_refused_by_name() -> None:
    strict = namespace("array_api_strict")
    x = Value(1.0, "x")
    with pytest.raises(CompileError, match=r"array_api_strict não tem a operação erfc.*sigmoid\(1.702"):
        compile_graph(mpt.gelu(x), [x], [], target=strict)
    custom = operation("gamma_function", "Γ", math.gamma, lambda y, x: y)
    try:
        with pytest.raises(CompileError, match="numpy não tem a operação gamma"):
            compile_graph(custom(x), [x], [], target=np)
    finally:
        del ops.TABLE["gamma_function"]
    assert compile_graph(x * x, [x], [], target="numpy")([[2.0]], [])[0] == 4.0
    for given_instead in ("numpyy", "", "math", np.array([1.0]), math):
        with pytest.raises(TypeError, match="módulo de arrays"):
            compile_graph(x * x, [x], [], target=given_instead)


def test_jax_without_64_bits_is_refused_with_what_to_do() -> None:
    xp, jax, x = namespace("jax.numpy"), importlib.import_module("jax"), Value(1.0, "x")
    jax.config.update("jax_enable_x64", False)
    try:
        with pytest.raises(CompileError, match="jax_enable_x64"):
            compile_graph(x * x, [x], [], target=xp)
    finally:
        jax.config.update("jax_enable_x64", True)

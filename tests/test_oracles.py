"""O motor contra quem não depende dele: diferenças centrais e o próprio micrograd, do PyPI."""

import math
import random
import warnings
from dataclasses import dataclass
from fractions import Fraction
from numbers import Real

import micrograd.engine
import micrograd.nn
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import micrograd_pt as m
from micrograd_pt import MLP, Value, dot
from micrograd_pt.nn.layers import Layer, Neuron

# Programas aleatórios: uma lista de instruções, cada uma aplicada a resultados anteriores, que assim são partilhados.


@dataclass(frozen=True)
class Program:
    """Instruções (operação, posições dos argumentos, constante); as primeiras posições são as entradas."""

    inputs: tuple[Real, ...]
    steps: tuple[tuple[str, int, int, Real], ...]

    def run(self, inputs, operations):
        """O último resultado, calculado com o tipo de número das entradas."""
        values = list(inputs)
        for name, i, j, constant in self.steps:
            values.append(operations[name](values[i % len(values)], values[j % len(values)], constant))
        return values[-1]


DECIMALS = st.floats(-2, 2).map(lambda x: round(x, 6))
RATIONALS = st.fractions(-3, 3, max_denominator=8)


def programs(names, numbers, longest):
    step = st.tuples(st.sampled_from(sorted(names)), st.integers(0, 30), st.integers(0, 30), numbers)
    inputs = st.lists(numbers, min_size=2, max_size=4).map(tuple)
    return st.builds(Program, inputs, st.lists(step, min_size=1, max_size=longest).map(tuple))


def gradient_of(program, operations, number):
    """Valor e gradiente com um motor que tem `number(x)`, `.data`, `.grad` e `.backward()`."""
    leaves = [number(x) for x in program.inputs]
    out = program.run(leaves, operations)
    out.backward()
    return out.data, [leaf.grad for leaf in leaves]


# Contra diferenças centrais

SMOOTH = {
    "add": lambda a, b, c: a + b,
    "sub": lambda a, b, c: c - a - b,
    "mul": lambda a, b, c: a * b,
    "div": lambda a, b, c: a / (b * b + 1.5),
    "pow": lambda a, b, c: (a * a + 0.5) ** b,
    "pow_number": lambda a, b, c: (a * a + 0.5) ** c,
    "number_pow": lambda a, b, c: (abs(c) + 0.5) ** a,
    "dot": lambda a, b, c: dot([a, c, b], [b, a, b]),
    "exp": lambda a, b, c: m.exp(0.3 * a),
    "log": lambda a, b, c: m.log(a * a + 0.5),
    "sqrt": lambda a, b, c: m.sqrt(a * a + 0.5),
    "tanh": lambda a, b, c: m.tanh(a),
    "sigmoid": lambda a, b, c: m.sigmoid(a),
    "sin": lambda a, b, c: m.sin(a),
    "cos": lambda a, b, c: m.cos(a),
}
BENT = {"relu": lambda a, b, c: m.relu(a + c), "abs": lambda a, b, c: m.abs(a + c)}


def sides_of(signs):
    """As operações com bico, que anotam em `signs` de que lado do bico se está."""

    def noted(bent):
        def compute(a, b, c):
            signs.append((a + c > 0) - (a + c < 0))
            return bent(a, b, c)

        return compute

    return {name: noted(bent) for name, bent in BENT.items()}


@settings(max_examples=400, deadline=None)
@given(programs(SMOOTH.keys() | BENT, DECIMALS, longest=12))
def test_the_gradient_is_the_limit_of_central_differences(program):
    """Duas diferenças centrais e a extrapolação de Richardson (1911): erro da ordem de h⁴."""

    def value(place, shift):
        moved = [x + shift if i == place else x for i, x in enumerate(program.inputs)]
        side = []
        out = program.run(moved, SMOOTH | sides_of(side))
        sides.add(tuple(side))
        return out

    def slope(place, h):
        return (value(place, h) - value(place, -h)) / (2 * h)

    sides = set()
    try:
        out, gradient = gradient_of(program, SMOOTH | BENT, Value)
        assume(math.isfinite(out) and abs(out) < 1e6 and max(map(abs, gradient)) < 1e6)
        coarse, fine = ([slope(i, h) for i in range(len(gradient))] for h in (2e-4, 1e-4))
    except OverflowError:
        assume(False)
    assume(len(sides) == 1 and 0 not in next(iter(sides)))  # nenhum bico entre os pontos comparados
    scale = 1 + abs(out) + max(map(abs, gradient))
    for found, wide, narrow in zip(gradient, coarse, fine, strict=True):
        assume(abs(wide - narrow) < 1e-6 * scale)  # senão a função é curva demais para um passo deste tamanho
        assert found == pytest.approx((4 * narrow - wide) / 3, abs=1e-8 * scale)


# Contra o micrograd

ONE, THREE = Fraction(1), Fraction(3)  # um inteiro elevado a −1 daria um float ao micrograd

MICROGRAD = {
    "add": lambda a, b, c: a + b,
    "add_number": lambda a, b, c: c + a,
    "sub": lambda a, b, c: a - b,
    "sub_number": lambda a, b, c: c - a,
    "mul": lambda a, b, c: a * b,
    "mul_number": lambda a, b, c: c * a * 2,
    "div": lambda a, b, c: a / (b**2 + ONE),
    "div_number": lambda a, b, c: c / (a**2 + ONE) + a / THREE,
    "pow": lambda a, b, c: a**2 + a**3,
    "reciprocal": lambda a, b, c: (a**2 + ONE) ** -1,
    "relu": lambda a, b, c: (a + c).relu(),
    "neg": lambda a, b, c: -a,
    "twice": lambda a, b, c: a + a * a,
}


@settings(max_examples=300, deadline=None)
@given(programs(MICROGRAD, RATIONALS, longest=6))
def test_random_rational_expressions_agree_with_micrograd_exactly(program):
    """Com frações os dois motores calculam sem erro nenhum, e cada algarismo tem de ser o mesmo, até nos bicos."""
    assert gradient_of(program, MICROGRAD, Value) == gradient_of(program, MICROGRAD, micrograd.engine.Value)


@settings(max_examples=300, deadline=None)
@given(programs(MICROGRAD.keys() - {"relu"}, RATIONALS, longest=6))
def test_random_float_expressions_agree_with_micrograd(program):
    exact, exact_gradient = gradient_of(program, MICROGRAD, micrograd.engine.Value)
    floats = Program(tuple(map(float, program.inputs)), tuple((*step[:3], float(step[3])) for step in program.steps))
    try:
        out, gradient = gradient_of(floats, MICROGRAD, micrograd.engine.Value)
    except OverflowError:
        assume(False)
    scale = max(1.0, abs(exact), *map(abs, exact_gradient))
    for theirs, true in zip([out, *gradient], [exact, *exact_gradient], strict=True):
        assume(abs(theirs - true) < 1e-13 * scale)  # senão termos grandes se cancelaram, e sobra arredondamento
    found, found_gradient = gradient_of(floats, MICROGRAD, Value)
    assert [found, *found_gradient] == pytest.approx([out, *gradient], rel=1e-12, abs=1e-12 * float(scale))


@pytest.mark.parametrize("exponent", [0.5, -0.5, 2.5, -3, 0, 1])
def test_powers_agree_with_micrograd(exponent):
    ours, theirs = Value(1.7), micrograd.engine.Value(1.7)
    for x in (ours, theirs):
        (x**exponent * 3).backward()
    assert (ours**exponent).data == (theirs**exponent).data
    assert ours.grad == pytest.approx(theirs.grad, rel=1e-14)


def readme_example(number):
    """O exemplo do README do micrograd, tal qual (Karpathy, 2020)."""
    a = number(-4.0)
    b = number(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    return f"{g.data:.4f}", f"{a.grad:.4f}", f"{b.grad:.4f}"


def test_micrograds_readme_prints_what_it_says():
    assert readme_example(Value) == ("24.7041", "138.8338", "645.5773")
    assert readme_example(micrograd.engine.Value) == readme_example(Value)


def sanity_example(number):
    """O primeiro teste do micrograd, `test_sanity_check`."""
    x = number(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    return x.data, y.data, x.grad


def test_micrograds_own_tests():
    # y = z² + z·x + z·x², com z = 3x + 2 e relu(z) fechado em x = −4
    assert sanity_example(Value) == sanity_example(micrograd.engine.Value) == (-4.0, -20.0, 46.0)


def both_engines(build, seed):
    """O mesmo feito com os dois pacotes, os dois a partir da mesma semente do módulo `random`."""
    made = []
    for engine in (m, micrograd.nn):
        random.seed(seed)
        made.append(build(engine))
    return made


@pytest.mark.parametrize("shape", [(2, [1]), (3, [4, 4, 1]), (2, [16, 16, 1]), (3, [5, 2]), (1, [3, 1])])
@pytest.mark.parametrize("seed", [0, 1337])
def test_a_network_draws_the_weights_that_micrograd_draws(shape, seed):
    ours, theirs = both_engines(lambda engine: engine.MLP(*shape), seed)
    assert [p.data for p in ours.parameters()] == [p.data for p in theirs.parameters()]
    assert repr(ours) == repr(theirs)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    sizes=st.lists(st.integers(2, 5), min_size=1, max_size=4),
    x=st.lists(st.floats(-3, 3), min_size=3, max_size=3),
)
def test_a_network_gives_micrograds_outputs_and_gradients(seed, sizes, x):
    results = []
    for model in both_engines(lambda engine: engine.MLP(3, sizes), seed):
        loss = sum((out - 1) ** 2 for out in model(x))
        loss.backward()
        results.append((loss.data, [p.grad for p in model.parameters()]))
    (ours, ours_grad), (theirs, theirs_grad) = results
    scale = max(1, *map(abs, theirs_grad))
    assert ours == pytest.approx(theirs, rel=1e-12)
    assert ours_grad == pytest.approx(theirs_grad, rel=1e-12, abs=1e-12 * scale)
    assert any(theirs_grad)


@pytest.mark.parametrize("nonlin", [True, False])
def test_neuron_and_layer_are_called_as_micrograds(nonlin):
    for build, width in [(lambda e: e.Neuron(3, nonlin=nonlin), 1), (lambda e: e.Layer(3, 2, nonlin=nonlin), 2)]:
        ours, theirs = both_engines(build, seed=5)
        assert repr(ours) == repr(theirs)
        mine, its = ours([1.0, -2.0, 0.5]), theirs([1.0, -2.0, 0.5])
        assert [out.data for out in (mine if width > 1 else [mine])] == pytest.approx(
            [out.data for out in (its if width > 1 else [its])], rel=1e-12
        )
    assert isinstance(Neuron(2).b, Value)
    assert isinstance(Layer(2, 1)([1, 2]), Value)


def moons(count, draw):
    """Duas luas entrelaçadas, como as do caderno do micrograd: pontos de dois semicírculos, classes ±1."""
    points, classes = [], []
    for i in range(count):
        angle, upper = math.pi * i / count, i % 2 == 0
        x, y = (math.cos(angle), math.sin(angle)) if upper else (1 - math.cos(angle), 0.5 - math.sin(angle))
        points.append((x + draw.gauss(0, 0.1), y + draw.gauss(0, 0.1)))
        classes.append(1 if upper else -1)
    return np.array(points), np.array(classes)


def micrograds_notebook(engine, number, steps):
    """O treinamento de demo.ipynb do micrograd, linha por linha, com vetores do NumPy."""
    random.seed(1337)
    X, y = moons(20, random.Random(7))
    model = engine.MLP(2, [8, 8, 1])
    trace = []
    for k in range(steps):
        inputs = [list(map(number, xrow)) for xrow in X]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(y, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        alpha = 1e-4
        reg_loss = alpha * sum(p * p for p in model.parameters())
        total_loss = data_loss + reg_loss
        accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(y, scores, strict=True)]
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        trace.append((float(total_loss.data), sum(accuracy) / len(accuracy)))
    return trace, [float(p.data) for p in model.parameters()]


def test_micrograds_notebook_trains_the_same_network():
    trace, weights = micrograds_notebook(m, Value, steps=10)
    expected, expected_weights = micrograds_notebook(micrograd.nn, micrograd.engine.Value, steps=10)
    assert [loss for loss, _ in trace] == pytest.approx([loss for loss, _ in expected], rel=1e-10)
    assert [accuracy for _, accuracy in trace] == [accuracy for _, accuracy in expected]
    assert weights == pytest.approx(expected_weights, rel=1e-9, abs=1e-12)
    assert trace[-1][0] < trace[0][0]


# Contra o autograd (HIPS)


def test_the_gradient_of_a_network_agrees_with_hips_autograd():
    autograd = pytest.importorskip("autograd")
    anp = pytest.importorskip("autograd.numpy")
    model = MLP(3, [5, 4, 1], activation="tanh", output_activation="sigmoid", seed=3)
    x = [0.3, -1.2, 0.8]

    def loss(flat):
        signal, start = anp.array(x), 0
        for layer in model.layers:
            out, size = len(layer.neurons), len(layer.neurons[0].w) + 1
            block = anp.reshape(flat[start : start + out * size], (out, size))
            net, start = anp.dot(block[:, :-1], signal) + block[:, -1], start + out * size
            signal = anp.tanh(net) if layer is not model.layers[-1] else 1 / (1 + anp.exp(-net))
        return 0.5 * (signal[0] - 1) ** 2

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = autograd.grad(loss)(np.array([p.data for p in model.parameters()]))
    m.half_squared_error(model(x), 1).backward()
    assert [p.grad for p in model.parameters()] == pytest.approx(list(expected), rel=1e-12, abs=1e-16)
    assert all(expected)

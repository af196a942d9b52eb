"""Treinamento: lotes, soma e média, interrupção, divergência, barra de progresso."""

import math
import os
import random
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import micrograd_pt as m
from micrograd_pt import MLP, DivergenceError, Value, chapter15, evaluate, half_squared_error, train
from micrograd_pt.training.optimizers import SGD

X, Y = chapter15.X, chapter15.y


class Line:
    """y = a·x: um parâmetro só, e as contas se fazem à mão."""

    def __init__(self, a=1.0):
        self.a = Value(a, "a")

    def __call__(self, x):
        return self.a * x[0]

    def parameters(self):
        return [self.a]


# Amostras (1, 0), (2, 0) e (3, 0): E = ½(a·x)², ∂E/∂a = a·x², e cada passo multiplica a por 1 − taxa · Σx².
POINTS, ZEROS, RATE = [[1.0], [2.0], [3.0]], [0.0, 0.0, 0.0], 0.01


@pytest.mark.parametrize(
    ("batch_size", "reduction", "factor"),
    [
        (1, "sum", 0.99 * 0.96 * 0.91),
        (1, "mean", 0.99 * 0.96 * 0.91),
        (2, "sum", 0.95 * 0.91),
        (2, "mean", 0.975 * 0.91),
        (3, "sum", 0.86),
        (None, "sum", 0.86),
        (None, "mean", 1 - 0.14 / 3),
        (100, "sum", 0.86),
    ],
)
def test_the_batch_decides_what_is_added_before_each_update(batch_size, reduction, factor):
    model = Line()
    train(
        model, POINTS, ZEROS, learning_rate=RATE, epochs=2, batch_size=batch_size, reduction=reduction, progress=False
    )
    assert model.a.data == pytest.approx(factor**2, rel=1e-14)


@pytest.mark.parametrize(("reduction", "loss"), [("sum", 7.0), ("mean", 7 / 3)])
def test_the_loss_of_an_epoch_is_measured_before_its_updates(reduction, loss):
    history = train(
        Line(), POINTS, ZEROS, learning_rate=RATE, epochs=1, batch_size=None, reduction=reduction, progress=False
    )
    assert history.losses == [pytest.approx(loss, rel=1e-15)]


def test_one_online_epoch_is_the_loop_written_by_hand():
    trained, by_hand = chapter15.network(), chapter15.network()
    history = train(trained, X, Y, learning_rate=0.3, epochs=1, progress=False)
    total = 0
    for x, target in zip(X, Y, strict=True):
        loss = half_squared_error(by_hand(x), target)
        by_hand.zero_grad()
        loss.backward()
        for p in by_hand.parameters():
            p.data -= 0.3 * p.grad
        total += loss.data
    assert [p.data for p in trained.parameters()] == [p.data for p in by_hand.parameters()]
    assert history.losses == [total]


def test_one_full_batch_is_one_step_along_the_gradient_of_the_total_loss():
    trained, by_hand = chapter15.network(), chapter15.network()
    train(trained, X, Y, learning_rate=0.3, epochs=1, batch_size=None, progress=False)
    sum(half_squared_error(by_hand(x), target) for x, target in zip(X, Y, strict=True)).backward()
    assert [p.data for p in trained.parameters()] == pytest.approx(
        [p.data - 0.3 * p.grad for p in by_hand.parameters()], rel=1e-15
    )


def test_gradients_left_over_from_before_are_not_used():
    clean, dirty = Line(), Line()
    dirty.a.grad = 1e9
    for model in (clean, dirty):
        train(model, POINTS, ZEROS, learning_rate=RATE, epochs=1, progress=False)
    assert clean.a.data == dirty.a.data


def test_another_loss_can_be_given():
    model = Line(2.0)
    train(model, [[1.0]], [0.0], loss=lambda o, t: abs(o - t), learning_rate=0.25, epochs=3, progress=False)
    assert model.a.data == 2 - 3 * 0.25


def test_several_outputs_are_summed():
    loss = half_squared_error([Value(1.0), Value(3.0)], [0.0, 1.0])
    assert loss.data == 0.5 + 2
    model = MLP(1, [3, 2], activation="tanh", seed=0)
    history = train(model, [[0.0], [1.0]], [[0.2, 0.8], [0.9, 0.1]], learning_rate=0.1, epochs=200, progress=False)
    assert history.losses[-1] < history.losses[0] / 100


def test_half_squared_error_has_the_derivative_output_minus_target():
    out = Value(0.3)
    half_squared_error(out, 1.0).backward()
    assert out.grad == pytest.approx(-0.7, rel=1e-15)


@pytest.mark.parametrize("target", [[1.0], [1.0, 2.0, 3.0], 1.0, []])
def test_output_and_target_of_different_sizes_are_refused(target):
    with pytest.raises(ValueError, match=r"a rede deu 2 saída\(s\), e a saída desejada tem"):
        half_squared_error([Value(1.0), Value(2.0)], target)


def test_numpy_samples_train_like_lists():
    first, second = chapter15.network(), chapter15.network()
    train(first, X, Y, epochs=3, progress=False)
    train(second, np.array(X), np.array(Y), epochs=3, progress=False)
    assert [p.data for p in first.parameters()] == [p.data for p in second.parameters()]


def test_zero_epochs_change_nothing():
    model = chapter15.network()
    before = [p.data for p in model.parameters()]
    assert train(model, X, Y, epochs=0, progress=False).losses == []
    assert [p.data for p in model.parameters()] == before


def test_parameters_may_come_from_a_generator():
    class Lazy(Line):
        def parameters(self):
            yield self.a

    model = Lazy()
    train(model, POINTS, ZEROS, learning_rate=RATE, epochs=1, progress=False)
    assert model.a.data != 1.0


# A ordem das amostras


class Noted(Line):
    """Anota as amostras na ordem em que as vê."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def __call__(self, x):
        self.seen.append(x[0])
        return super().__call__(x)


def seen_in(epochs, **options):
    model = Noted()
    train(
        model, [[float(i)] for i in range(8)], [0.0] * 8, learning_rate=1e-6, epochs=epochs, compiled=False, **options
    )
    return [model.seen[i : i + 8] for i in range(0, 8 * epochs, 8)]


def test_samples_come_in_table_order():
    assert seen_in(2, progress=False) == [[0, 1, 2, 3, 4, 5, 6, 7]] * 2


def test_shuffle_gives_each_sample_once_per_epoch_in_an_order_of_its_own():
    random.seed(1)
    orders = seen_in(6, shuffle=True, progress=False)
    assert all(sorted(order) == list(range(8)) for order in orders)
    assert len({tuple(order) for order in orders}) == 6
    random.seed(1)
    assert seen_in(6, shuffle=True, progress=False) == orders


def test_shuffle_leaves_the_given_lists_alone():
    samples, targets = [list(x) for x in X], list(Y)
    train(chapter15.network(), samples, targets, epochs=3, shuffle=True, progress=False)
    assert samples == [list(x) for x in X]
    assert targets == list(Y)


# Interrupção e divergência


@pytest.mark.parametrize("place", [0, 1, 5, 14])
def test_ctrl_c_hands_back_the_history_so_far_and_a_usable_model(place):
    calls = 0

    def loss(output, target):
        nonlocal calls
        calls += 1
        if calls == place + 1:
            raise KeyboardInterrupt
        return half_squared_error(output, target)

    model, complete = chapter15.network(), chapter15.network()
    history = train(model, X, Y, loss=loss, epochs=100, progress=False, compiled=False)
    assert history.interrupted
    assert len(history.losses) == place // 4
    assert history.seconds > 0
    assert "interrompido" in repr(history)
    whole = train(complete, X, Y, epochs=place // 4, progress=False)
    assert history.losses == whole.losses
    assert not whole.interrupted
    again = train(model, X, Y, epochs=5, progress=False)
    assert len(again.losses) == 5
    assert all(map(math.isfinite, again.losses))


@pytest.mark.parametrize("place", [0, 1, 5, 14])
def test_ctrl_c_in_the_compiled_path_puts_the_parameters_back(place):
    class Interrupted(SGD):
        calls = 0

        def update(self, values, gradients):
            self.calls += 1
            if self.calls == place + 1:
                raise KeyboardInterrupt
            return super().update(values, gradients)

    model, complete = chapter15.network(), chapter15.network()
    history = train(model, X, Y, optimizer=Interrupted(0.5), epochs=100, progress=False)
    assert history.interrupted and len(history.losses) == place // 4
    samples = list(zip(X, Y, strict=True))
    for step in range(place):
        x, y = samples[step % 4]
        train(complete, [x], [y], epochs=1, progress=False)
    assert [p.data for p in model.parameters()] == [p.data for p in complete.parameters()]


def test_compiled_and_eager_training_give_the_same():
    for options in ({}, {"batch_size": None}, {"batch_size": 3, "reduction": "mean"}):
        compiled, eager = chapter15.network(), chapter15.network()
        fast = train(compiled, X, Y, epochs=60, progress=False, **options)
        slow = train(eager, X, Y, epochs=60, progress=False, compiled=False, **options)
        assert fast.losses == pytest.approx(slow.losses, rel=1e-12)
        assert [p.data for p in compiled.parameters()] == pytest.approx([p.data for p in eager.parameters()], rel=1e-11)
        assert [p.grad for p in compiled.parameters()] == pytest.approx([p.grad for p in eager.parameters()], rel=1e-9)


def test_a_model_that_draws_is_trained_through_the_graph():
    class Noisy(Line):
        def __call__(self, x):
            return super().__call__(x) * random.choice([0.0, 1.0])

    random.seed(0)
    model = Noisy()
    history = train(model, POINTS, ZEROS, learning_rate=1e-6, epochs=8, progress=False)
    assert len(set(history.losses)) > 4


def test_divergence_names_the_epoch_and_what_to_try():
    # a ← a · (1 − 100 · 14): cresce por um fator de −1399 por época, e a² passa de 1e308 depois de algumas dezenas.
    with pytest.raises(DivergenceError) as caught:
        train(Line(), POINTS, ZEROS, learning_rate=100, epochs=1000, batch_size=None, progress=False)
    epoch = next(
        n for n in range(1, 1000) if 2 * (n - 1) * math.log10(1399) + math.log10(9) > math.log10(sys.float_info.max)
    )
    message = str(caught.value)
    assert f"na época {epoch} " in message
    assert "taxa de aprendizado menor" in message
    assert len(caught.value.history.losses) == epoch - 1
    assert all(map(math.isfinite, caught.value.history.losses))


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_stops_in_the_epoch_where_it_appears(number):
    calls = 0

    def loss(output, target):
        nonlocal calls
        calls += 1
        return half_squared_error(output, target) + (number if calls == 10 else 0)

    with pytest.raises(DivergenceError, match="na época 3 a perda") as caught:
        train(chapter15.network(), X, Y, loss=loss, epochs=9, progress=False, compiled=False)
    assert len(caught.value.history.losses) == 2


def test_the_history_shows_itself():
    history = train(chapter15.network(), X, Y, epochs=2, progress=False)
    assert repr(history).startswith(f"<History: 2 época(s), última perda {history.losses[-1]:.6g}, ")


def test_evaluate_is_the_total_loss_without_training():
    model = chapter15.network()
    before = [(p.data, p.grad) for p in model.parameters()]
    expected = sum(0.5 * (model(x).data - target) ** 2 for x, target in zip(X, Y, strict=True))
    assert evaluate(model, X, Y) == pytest.approx(expected, rel=1e-15)
    assert [(p.data, p.grad) for p in model.parameters()] == before


# O que se responde a quem erra


@pytest.mark.parametrize(
    ("option", "bad", "expected"),
    [
        ("learning_rate", 0, "learning_rate espera um número maior que 0"),
        ("learning_rate", -0.5, "learning_rate espera um número maior que 0"),
        ("learning_rate", math.nan, "learning_rate espera um número maior que 0"),
        ("learning_rate", math.inf, "learning_rate espera um número maior que 0"),
        ("epochs", -1, "epochs espera um inteiro maior ou igual a 0"),
        ("epochs", 2.5, "epochs espera um inteiro maior ou igual a 0"),
        ("batch_size", 0, "batch_size espera um inteiro maior que 0, ou None"),
        ("batch_size", "4", "batch_size espera um inteiro maior que 0, ou None"),
        ("reduction", "soma", 'reduction espera "sum" ou "mean", e recebeu \'soma\''),
    ],
)
def test_a_bad_option_is_answered_with_what_was_expected(option, bad, expected):
    model = chapter15.network()
    before = [p.data for p in model.parameters()]
    with pytest.raises(ValueError, match=expected):
        train(model, X, Y, **{"progress": False, option: bad})
    assert [p.data for p in model.parameters()] == before


def test_a_learning_rate_that_is_no_number_is_refused():
    with pytest.raises(TypeError, match="learning_rate espera um número real"):
        train(chapter15.network(), X, Y, learning_rate="0.5", progress=False)


@pytest.mark.parametrize(("samples", "targets"), [([], []), (X, Y[:3]), (X[:1], Y)])
def test_each_sample_has_its_target(samples, targets):
    with pytest.raises(ValueError, match=rf"{len(samples)} amostra\(s\) e {len(targets)} saída\(s\) desejada\(s\)"):
        train(chapter15.network(), samples, targets, progress=False)


# A barra de progresso

TRAIN = """
from micrograd_pt import chapter15, train
history = train(chapter15.network(), chapter15.X, chapter15.y, epochs=300)
assert len(history.losses) == 300
"""


def test_nothing_is_shown_when_piped():
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", TRAIN], capture_output=True, text=True, env=environment, check=True)
    assert (done.stdout, done.stderr) == ("", "")


class Terminal:
    """Um stderr que diz ser um terminal, e guarda o que recebe."""

    encoding = "utf-8"

    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text

    def flush(self):
        pass

    def isatty(self):
        return True


def test_a_terminal_sees_a_bar(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    train(chapter15.network(), X, Y, epochs=50)
    assert "treinando" in terminal.text
    assert "/50" in terminal.text


def test_a_terminal_sees_nothing_when_told_so(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    train(chapter15.network(), X, Y, epochs=50, progress=False)
    assert terminal.text == ""


# O programa compilado serve a todas as perdas, otimizadores e lotes

PLANE = [[0.1, 0.9], [0.8, 0.2], [-0.5, 0.4], [0.3, -0.7], [0.6, 0.6], [-0.2, -0.4], [0.9, -0.1]]
LOSS_CASES = [
    (m.half_squared_error, 1, "linear", [0.1, 1, -1, 0.5, 2, 0, 1]),
    (m.half_squared_error, 2, "linear", [[0.1, 1], [1, 0], [0, 0], [1, 1], [0.2, 0.3], [0, 1], [1, 2]]),
    (m.mean_squared_error, 2, "linear", np.linspace(0, 1, 14).reshape(7, 2)),
    (m.binary_cross_entropy, 1, "sigmoid", [0, 1, 1, 0, 0.5, 1, 0]),
    (m.binary_cross_entropy_with_logits, 1, "linear", [0, 1, 1, 0, 0.5, 1, 0]),
    (m.cross_entropy, 3, "linear", [0, 2, 1, 1, 0, 2, 2]),
    (m.cross_entropy, 3, "linear", [[0.2, 0.3, 0.5]] * 3 + [[1, 0, 0]] * 4),
    (m.hinge, 1, "linear", [-1, 1, 1, -1, 1, -1, 1]),
]
OPTIMIZERS = [
    lambda: m.SGD(0.05),
    lambda: m.SGD(m.CosineDecay(0.05, 20), momentum=0.9, nesterov=True, clip_norm=1.0),
    lambda: m.RMSProp(0.01, weight_decay=0.01),
    lambda: m.Adam(0.01),
    lambda: m.AdamW(m.Warmup(0.01, 5)),
]


def both_ways(loss, outputs, activation, targets, **options):
    """O mesmo treinamento, compilado e pelo grafo."""
    found = []
    for compiled in (True, False):
        random.seed(9)
        model = MLP(2, [4, outputs], activation="tanh", output_activation=activation, seed=2)
        given = {key: option() if key == "optimizer" else option for key, option in options.items()}
        history = train(model, PLANE, targets, loss=loss, epochs=6, progress=False, compiled=compiled, **given)
        assert (history.not_compiled == "") == compiled, history.not_compiled
        found.append((history.losses, [p.data for p in model.parameters()]))
    return found


@pytest.mark.parametrize(("loss", "outputs", "activation", "targets"), LOSS_CASES)
@pytest.mark.parametrize("batch_size", [1, 3, None])
def test_every_loss_is_compiled_in_every_batch(loss, outputs, activation, targets, batch_size):
    fast, slow = both_ways(loss, outputs, activation, targets, batch_size=batch_size, learning_rate=0.05)
    assert fast[0] == pytest.approx(slow[0], rel=1e-12)
    assert fast[1] == pytest.approx(slow[1], rel=1e-10, abs=1e-13)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_every_optimizer_is_compiled(optimizer, reduction):
    options = {"batch_size": 3, "reduction": reduction, "shuffle": True, "optimizer": optimizer}
    fast, slow = both_ways(*LOSS_CASES[5], **options)
    assert fast[0] == pytest.approx(slow[0], rel=1e-12)
    assert fast[1] == pytest.approx(slow[1], rel=1e-10, abs=1e-13)


def test_the_mean_of_an_epoch_is_over_its_samples():
    history = train(
        Line(), POINTS, ZEROS, learning_rate=1e-300, epochs=1, batch_size=2, reduction="mean", progress=False
    )
    assert history.losses == [pytest.approx(7 / 3, rel=1e-15)]


def test_training_twice_with_one_optimizer_is_training_longer():
    once, twice = chapter15.network(), chapter15.network()
    train(once, X, Y, epochs=30, optimizer=m.Adam(0.01), progress=False)
    optimizer = m.Adam(0.01)
    for _ in range(2):
        train(twice, X, Y, epochs=15, optimizer=optimizer, progress=False)
    assert [p.data for p in twice.parameters()] == [p.data for p in once.parameters()]
    other = chapter15.network()
    train(other, X, Y, epochs=30, optimizer=optimizer, progress=False)
    assert [p.data for p in other.parameters()] == [p.data for p in once.parameters()]


def test_a_step_redone_through_the_graph_is_not_lost():
    """p = 1 com t = 1: o programa calcula log1p(−1) e para; o grafo não precisa dele, e o treinamento continua."""
    models = [Line(1.0), Line(1.0)]
    for model, compiled in zip(models, (True, False), strict=True):
        train(
            model, [[0.5], [1.0]], [1, 1], loss=m.binary_cross_entropy, learning_rate=0.01, epochs=1,
            batch_size=2, progress=False, compiled=compiled,
        )  # fmt: skip
    assert models[0].a.data == models[1].a.data != 1.0


class ReadsData(Line):
    def __call__(self, x):
        return self.a * x[0] + 0.1 * self.a.data


class Counts(Line):
    calls = 0

    def __call__(self, x):
        self.calls += 1
        return self.a * x[0] * (1 + self.calls)


class Replaces(Line):
    def __call__(self, x):
        self.a = Value(self.a.data)
        return self.a * x[0]


class Decides(Line):
    def __call__(self, x):
        return self.a * x[0] if self.a > 0 else self.a


@pytest.mark.parametrize(
    ("kind", "why"),
    [(ReadsData, "data"), (Counts, "um contador"), (Replaces, "troca os seus parâmetros"), (Decides, "if")],
)
def test_what_a_program_would_freeze_is_trained_through_the_graph(kind, why):
    model = kind()
    history = train(model, POINTS, ZEROS, learning_rate=RATE, epochs=3, progress=False)
    assert history.not_compiled and why in history.not_compiled
    assert model.a.data != 1.0 and type(model.a.data) is float


def test_a_bad_target_is_refused_in_the_compiled_path_too():
    with pytest.raises(ValueError, match="a classe certa é um inteiro de 0 a 1, e foi dado 2"):
        train(MLP(2, [2]), X, [0, 1, 2, 0], loss=m.cross_entropy, epochs=2, progress=False)


def test_a_parameter_that_is_not_finite_after_the_last_update_is_a_divergence():
    with pytest.raises(DivergenceError, match="na época 1 "):
        train(Line(1e200), [[1e100]], [0.0], loss=lambda o, t: o, learning_rate=1e300, epochs=1, progress=False)


def test_learning_rate_and_optimizer_are_not_given_together():
    with pytest.raises(ValueError, match="dê learning_rate ou optimizer, e não os dois"):
        train(chapter15.network(), X, Y, learning_rate=0.5, optimizer=m.Adam(0.1), progress=False)
    for bad in (m.Adam, "adam"):
        with pytest.raises(TypeError, match="optimizer espera um otimizador, como Adam"):
            train(chapter15.network(), X, Y, optimizer=bad, progress=False)
    with pytest.raises(TypeError, match="loss espera uma função"):
        train(chapter15.network(), X, Y, loss="mse", progress=False)


def test_ctrl_c_in_the_middle_of_an_update_leaves_the_last_complete_one():
    """Um otimizador com o seu próprio step vai pelo grafo, e uma atualização pela metade é desfeita."""

    class Halfway(SGD):
        calls = 0

        def step(self, parameters):
            self.calls += 1
            if self.calls == 6:
                parameters[0].data = 99.0
                raise KeyboardInterrupt
            super().step(parameters)

    model, complete = chapter15.network(), chapter15.network()
    history = train(model, X, Y, optimizer=Halfway(0.5), epochs=9, progress=False)
    assert history.interrupted and history.not_compiled == "Halfway define o seu próprio step"
    train(complete, X, Y, learning_rate=0.5, epochs=1, progress=False, compiled=False)
    train(complete, X[:1], Y[:1], learning_rate=0.5, epochs=1, progress=False, compiled=False)
    assert [p.data for p in model.parameters()] == [p.data for p in complete.parameters()]


@pytest.mark.parametrize(
    "loss",
    [
        lambda o, t: -m.log(o) if t == 1 else -m.log(1 - o),
        lambda o, t: (o - t) ** 2 * {0: 1.0, 1: 4.0}.get(t, 99.0),
        lambda o, t: (o - t) ** 2 * (3 if isinstance(t, int) else 1),
    ],
)
def test_a_loss_that_looks_at_the_numbers_is_trained_by_the_graph(loss: Any) -> None:
    found = []
    for compiled in (True, False):
        model = MLP(2, [4, 1], activation="tanh", output_activation="sigmoid", seed=0)
        data = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
        history = train(model, *data, loss=loss, learning_rate=0.2, epochs=5, progress=False, compiled=compiled)
        found.append((history.losses, [p.data for p in model.parameters()]))
        assert history.not_compiled or not compiled
    assert found[0] == found[1]


def test_a_loss_written_with_methods_is_compiled() -> None:
    history = train(MLP(2, [1], seed=0), [[0, 1], [1, 1]], [1, 0], loss=lambda o, t: (o - t).square(), epochs=2)
    assert history.not_compiled == ""


def test_training_inside_no_grad_trains_all_the_same() -> None:
    for compiled in (True, False):
        inside, outside = MLP(2, [2, 1], seed=0), MLP(2, [2, 1], seed=0)
        with m.no_grad():
            train(inside, [[0, 1]], [1], epochs=3, compiled=compiled, progress=False)
        train(outside, [[0, 1]], [1], epochs=3, compiled=compiled, progress=False)
        assert [p.data for p in inside.parameters()] == [p.data for p in outside.parameters()]


def test_a_program_with_other_gradients_than_the_graph_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*args: Any) -> Any:
        program = stepping_program(*args)
        right = program.run
        program.run = lambda row, numbers: (right(row, numbers)[0], tuple([2 * g for g in right(row, numbers)[1]]))
        return program

    stepping_program = m.training.stepping.program_of
    monkeypatch.setattr(m.training.stepping, "program_of", wrong)
    history = train(MLP(2, [2, 1], seed=0), [[0, 1]], [1], epochs=1, progress=False)
    assert "traçada daria" in history.not_compiled


def test_a_network_of_more_layers_than_python_nests_blocks_is_compiled() -> None:
    history = train(MLP(1, [1] * 110, seed=0), [[1.0]], [1.0], epochs=1, learning_rate=1e-9, progress=False)
    assert history.not_compiled == ""


# O que, compilado sem conferir, daria outro resultado sem avisar


class RareDropout(Line):
    def __call__(self, x):
        return self.a * x[0] * (0 if random.random() < 0.01 else 1)


class Swapped(Line):
    """Troca o seu parâmetro por outro objeto a cada chamada."""

    def __init__(self):
        super().__init__()
        self.other = Value(2.0, "b")

    def __call__(self, x):
        self.a, self.other = self.other, self.a
        return self.a * x[0]


class Pinned(Line):
    """Segura o parâmetro no seu valor de começo, escrevendo-o a cada chamada."""

    def __call__(self, x):
        self.a.data = 1.0
        return self.a * x[0]


class KeptAbove(SGD):
    def step(self, parameters):
        super().step(parameters)
        for p in parameters:
            p.data = max(p.data, 1.1)


LONG = [[i / 100] for i in range(200)]


def test_a_dropout_that_seldom_drops_goes_on_dropping() -> None:
    random.seed(0)
    history = train(RareDropout(), [[1.0]], [0.0], learning_rate=1e-9, epochs=2000, progress=False)
    assert min(history.losses) == 0 and "sorteia" in history.not_compiled


def test_a_model_that_swaps_its_parameters_is_trained_through_the_graph() -> None:
    history = train(Swapped(), LONG, [0.0] * 200, learning_rate=RATE, epochs=1, progress=False)
    assert "troca os seus parâmetros" in history.not_compiled


def summed(model, samples):
    return train(model, samples, [0.0] * len(samples), learning_rate=RATE, epochs=1, progress=False)


class FirstGroup(Line):
    """A soma do primeiro de dois grupos de números; cada amostra os separa onde quer."""

    def __call__(self, x):
        return self.a * sum(x[0])


def test_samples_of_other_shapes_are_not_read_as_if_they_were_alike() -> None:
    samples = [[[0.1 * i, 0.2], [0.3]] for i in range(200)]
    samples[1] = [[0.1], [50.0, 0.3]]  # tantos números quantos as outras, separados de outro modo
    by_graph, chosen = FirstGroup(), FirstGroup()
    train(by_graph, samples, [0.0] * 200, learning_rate=RATE, epochs=1, progress=False, compiled=False)
    history = summed(chosen, samples)
    assert chosen.a.data == by_graph.a.data and "mesma forma" in history.not_compiled


def test_a_model_that_pins_a_weight_goes_on_pinning_it() -> None:
    history = train(Pinned(), [[1.0]], [0.0], learning_rate=RATE, epochs=3, progress=False)
    assert history.losses == [0.5] * 3


def test_an_optimizer_that_bounds_the_weights_after_each_step_bounds_them() -> None:
    model = Line()
    train(model, POINTS, ZEROS, optimizer=KeptAbove(RATE), epochs=2, progress=False)
    assert model.a.data == 1.1


def test_one_impossible_class_among_many_samples_is_refused() -> None:
    targets = [0, 2] + [i % 2 for i in range(198)]
    with pytest.raises(ValueError, match="foi dado 2"):
        train(MLP(1, [2], seed=0), LONG, targets, loss=m.cross_entropy, epochs=1, progress=False)


def test_one_value_among_many_samples_is_trained_as_it_is() -> None:
    samples = [LONG[0], [Value(0.5)], *LONG[2:]]
    models = Line(), Line()
    for model, compiled in zip(models, (True, False), strict=True):
        train(model, samples, [1.0] * 200, learning_rate=RATE, epochs=2, progress=False, compiled=compiled)
    assert models[0].a.data == models[1].a.data


class Elsewhere:
    """Onde a perda lê um parâmetro sem que se veja."""

    weight: Any = None


def test_a_number_read_where_a_copy_does_not_reach_is_not_frozen() -> None:
    found = []
    for compiled in (True, False):
        model = Line()
        Elsewhere.weight = model.a
        options: dict[str, Any] = {"loss": lambda o, t: (o - t) ** 2 * Elsewhere.weight.data, "learning_rate": RATE}
        history = train(model, POINTS, ZEROS, **options, epochs=3, progress=False, compiled=compiled)
        assert ("traçada daria" in history.not_compiled) == compiled
        found.append([*history.losses, model.a.data])
    assert found[0] == pytest.approx(found[1], rel=1e-12)


def test_a_model_in_use_never_holds_an_expression() -> None:
    """Enquanto uma linha treina, outra chama o modelo: cada resultado é um número."""
    model, strange, done = MLP(2, [4, 1], seed=0), [], threading.Event()

    def use() -> None:
        while not done.is_set():
            out = model([0.5, 1.0])
            if type(out.data) is not float:
                strange.append(out)

    users = [threading.Thread(target=use) for _ in range(3)]
    for user in users:
        user.start()
    for _ in range(30):
        history = train(model, [[0, 1], [1, 1]], [1, 0], learning_rate=0.1, epochs=2, progress=False)
        assert history.not_compiled == ""
    done.set()
    for user in users:
        user.join()
    assert not strange


def test_two_trainings_of_one_model_at_a_time() -> None:
    model, errors = MLP(2, [4, 1], seed=0), []

    def work() -> None:
        try:
            for _ in range(20):
                train(model, [[0, 1], [1, 1]], [1, 0], learning_rate=0.01, epochs=2, progress=False)
        except Exception as error:
            errors.append(error)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not errors and all(type(p.data) is float for p in model.parameters())


class Itself(Line):
    """Cuja cópia é ele mesmo."""

    def __copy__(self):
        return self


class Shared(Line):
    """Cujas cópias partilham os campos."""

    fields: ClassVar[dict[str, Any]] = {}

    def __new__(cls):
        made = object.__new__(cls)
        made.__dict__ = cls.fields
        return made


class Announced(Line):
    """Que anuncia fora de si o parâmetro que lhe dão."""

    seen: ClassVar[list[Any]] = []

    @property
    def a(self):
        return self.__dict__["a"]

    @a.setter
    def a(self, value):
        self.__dict__["a"] = value
        Announced.seen.append(value)


class Remembers(Line):
    """Que guarda o que calcula."""

    def __init__(self):
        super().__init__()
        self.kept: list[Any] = []

    def __call__(self, x):
        self.kept.append(super().__call__(x))
        return self.kept[-1]


@pytest.mark.parametrize("kind", [Itself, Shared, Announced, Remembers])
def test_a_model_that_is_hard_to_copy_is_left_whole(kind: Any) -> None:
    model, other = kind(), Line()
    kept, seen = model.a, len(Announced.seen)
    for one in (model, other):
        train(one, POINTS, ZEROS, learning_rate=RATE, epochs=3, progress=False)
    assert model.a is kept and model.a.data == pytest.approx(other.a.data) and len(Announced.seen) == seen
    assert all(type(out.data) is float for out in getattr(model, "kept", []))

"""Otimizadores e taxas: as sequências do PyTorch, as fechadas, a memória, o corte e o que é recusado."""

import copy
import inspect
import math
import pickle
import random
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace

import pytest

from micrograd_pt import (
    MLP,
    SGD,
    Adam,
    AdamW,
    CosineDecay,
    ExponentialDecay,
    Optimizer,
    RMSProp,
    StepDecay,
    Value,
    Warmup,
    train,
)
from micrograd_pt.training.optimizers import clipped

MAKERS = {
    "sgd": lambda: SGD(0.1),
    "momentum": lambda: SGD(0.1, momentum=0.9),
    "nesterov": lambda: SGD(0.1, momentum=0.9, nesterov=True),
    "sgd_l2": lambda: SGD(0.1, momentum=0.5, weight_decay=0.3),
    "rmsprop": lambda: RMSProp(0.01),
    "rmsprop_l2": lambda: RMSProp(0.01, rho=0.95, epsilon=1e-6, weight_decay=0.2),
    "adam": lambda: Adam(0.1),
    "adam_l2": lambda: Adam(0.1, betas=(0.8, 0.99), epsilon=1e-6, weight_decay=0.2),
    "adamw": lambda: AdamW(0.1, weight_decay=0.2),
    "clipped": lambda: SGD(0.1, momentum=0.9, clip_norm=0.5),
}

# Cinco passos a partir de (1, -2, 0.5), dados pelo PyTorch 2.13.0 em float64 com os mesmos números.
BY_PYTORCH = {
    "sgd": [0.6144232711909361, -1.609260155783764, 0.7139873283075185],
    "momentum": [0.17624306679875384, -1.0131151764275919, 1.0482037163619564],
    "nesterov": [0.3773518971563884, -0.9384104461260354, 1.1421246191337808],
    "sgd_l2": [0.3943304908317949, -1.0771065863791076, 0.6937695426186985],
    "rmsprop": [0.8981580899138882, -1.895706453370887, 0.6045408316699975],
    "rmsprop_l2": [0.8612689068004096, -1.8561603175690684, 0.6403809757210618],
    "adam": [0.534877756969878, -1.5089262989155718, 0.9928889317888355],
    "adam_l2": [0.5419224077911295, -1.5113330998902945, 0.9712635386704757],
    "adamw": [0.4707939904663305, -1.342098013506773, 0.924686293238272],
}


def start():
    return [Value(1.0, "a"), Value(-2.0, "b"), Value(0.5, "c")]


def walk(optimizer, steps=5, weights=None):
    """Alguns passos sobre ½·Σ aᵢ·(wᵢ − bᵢ)² + 0.1·w₁·w₂·w₃."""
    weights = start() if weights is None else weights
    for _ in range(steps):
        for w in weights:
            w.grad = 0
        pieces = zip(weights, (3.0, 1.0, 0.2), (0.5, -1.0, 2.0), strict=True)
        loss = sum(0.5 * a * (w - b) ** 2 for w, a, b in pieces) + 0.1 * (weights[0] * weights[1] * weights[2])
        loss.backward()
        optimizer.step(weights)
    return [w.data for w in weights]


@pytest.mark.parametrize("name", BY_PYTORCH)
def test_an_optimizer_walks_where_pytorch_does(name):
    assert walk(MAKERS[name]()) == pytest.approx(BY_PYTORCH[name], rel=1e-14)


def moved(optimizer, gradients, value=0.0):
    """Onde um parâmetro que vale `value` vai parar, com esses gradientes em seguida."""
    for gradient in gradients:
        (value,) = optimizer.update([value], [gradient])
    return value


def test_momentum_under_a_constant_gradient_adds_a_geometric_series():
    """vₜ = g · (1 − μᵗ) / (1 − μ)."""
    expected = -0.1 * sum(2 * (1 - 0.9**t) / (1 - 0.9) for t in range(1, 21))
    assert moved(SGD(0.1, momentum=0.9), [2.0] * 20) == pytest.approx(expected, rel=1e-13)
    ahead = -0.1 * sum(2 + 0.9 * 2 * (1 - 0.9**t) / (1 - 0.9) for t in range(1, 21))
    assert moved(SGD(0.1, momentum=0.9, nesterov=True), [2.0] * 20) == pytest.approx(ahead, rel=1e-13)


def test_adam_under_a_constant_gradient_takes_steps_of_the_learning_rate():
    """m̂ = g e ŝ = g², seja qual for g."""
    for g in (1e-3, 5.0, -1e6):
        assert moved(Adam(0.1), [g] * 10) == pytest.approx(-math.copysign(1.0, g), rel=1e-4)


def test_the_first_step_of_rmsprop_has_one_over_the_root_of_one_minus_rho():
    assert moved(RMSProp(0.1, rho=0.75), [3.0]) == pytest.approx(-0.2, rel=1e-7)


def test_l2_enters_the_gradient_and_decoupled_decay_does_not():
    """Com gradiente 0: SGD encolhe o peso por λ; Adam o leva à taxa inteira; AdamW o encolhe por taxa · λ."""
    assert moved(SGD(0.1, weight_decay=0.5), [0.0], 2.0) == pytest.approx(2 * (1 - 0.1 * 0.5), rel=1e-15)
    assert moved(Adam(0.1, weight_decay=0.5), [0.0], 2.0) == pytest.approx(2 - 0.1, rel=1e-7)
    assert moved(AdamW(0.1, weight_decay=0.5), [0.0], 2.0) == pytest.approx(2 * (1 - 0.1 * 0.5), rel=1e-15)
    assert walk(AdamW(0.1, weight_decay=0)) == walk(Adam(0.1))


# O corte


def test_a_long_gradient_is_shrunk_to_the_norm_in_its_own_direction():
    assert clipped([3.0, -4.0], 1.0) == pytest.approx([0.6, -0.8], rel=1e-15)
    assert clipped([3e200, -4e200], 5.0) == pytest.approx([3.0, -4.0], rel=1e-15)
    assert clipped([3.0, -4.0], 5.0) == [3.0, -4.0]
    assert clipped([], 1.0) == []


def test_the_clip_looks_at_all_parameters_and_comes_before_the_decay():
    assert SGD(1.0, clip_norm=1.0).update([0.0, 0.0], [3.0, -4.0]) == pytest.approx([-0.6, 0.8], rel=1e-15)
    assert SGD(1.0, clip_norm=1.0, weight_decay=10.0).update([1.0], [5.0]) == pytest.approx([1 - 1 - 10], rel=1e-15)


# As taxas


def test_the_schedules_of_pytorch():
    """StepLR, ExponentialLR, CosineAnnealingLR e LinearLR do PyTorch 2.13.0."""
    tenth = [0.5, 0.5, 0.5, 0.05, 0.05, 0.05, 0.005, 0.005]
    assert [StepDecay(0.5, every=3)(t) for t in range(8)] == pytest.approx(tenth, rel=1e-14)
    falling = [0.5, 0.4, 0.32, 0.256, 0.2048, 0.16384]
    assert [ExponentialDecay(0.5, 0.8)(t) for t in range(6)] == pytest.approx(falling, rel=1e-14)
    half_turn = [0.5, 0.4698557158514987, 0.3875, 0.275, 0.1625, 0.0801442841485013, 0.05, 0.05, 0.05]
    assert [CosineDecay(0.5, 6, 0.05)(t) for t in range(9)] == pytest.approx(half_turn, rel=1e-13)
    assert [Warmup(0.5, 4)(t) for t in range(6)] == [0.125, 0.25, 0.375, 0.5, 0.5, 0.5]


def test_after_the_warmup_the_other_schedule_begins():
    warm = Warmup(CosineDecay(0.5, 6), steps=2)
    assert [warm(t) for t in range(10)] == [0.25, 0.5, *[CosineDecay(0.5, 6)(t) for t in range(8)]]


def test_an_optimizer_asks_its_schedule_at_every_update():
    asked = []

    def schedule(step):
        asked.append(step)
        return 1.0 / (step + 1)

    assert moved(SGD(schedule), [1.0] * 4) == pytest.approx(-(1 + 1 / 2 + 1 / 3 + 1 / 4), rel=1e-15)
    assert asked == [0, 1, 2, 3]


def test_a_schedule_that_gives_no_rate_is_refused():
    for bad in (-1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="na atualização 0 a taxa de aprendizado seria"):
            SGD(lambda _, bad=bad: bad).update([1.0], [1.0])
    with pytest.raises(TypeError, match="a taxa de aprendizado espera um número real"):
        SGD(lambda _: "0.1").update([1.0], [1.0])


# A memória


@pytest.mark.parametrize("name", MAKERS)
def test_two_walks_of_the_same_parameters_are_one_longer_walk(name):
    optimizer, weights = MAKERS[name](), start()
    walk(optimizer, 3, weights)
    assert walk(optimizer, 4, weights) == walk(MAKERS[name](), 7)
    assert optimizer.updates == 7


@pytest.mark.parametrize("name", MAKERS)
def test_other_parameters_begin_with_no_memory_and_the_updates_go_on(name):
    optimizer = MAKERS[name]()
    walk(optimizer, 3)
    assert walk(optimizer, 4) == walk(MAKERS[name](), 4)
    optimizer.step([Value(1.0)])
    assert optimizer.updates == 8


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("copied", [lambda o: pickle.loads(pickle.dumps(o)), copy.deepcopy])
def test_a_copy_goes_on_where_the_original_was(name, copied):
    optimizer, weights = MAKERS[name](), start()
    walk(optimizer, 3, weights)
    other, others = copied(optimizer), [Value(w.data) for w in weights]
    assert walk(other, 4, others) == walk(optimizer, 4, weights)
    assert walk(copied(optimizer), 2, [*start()][:3]) != walk(MAKERS[name](), 2) or name in ("sgd", "clipped")


def test_a_memory_of_another_size_begins_again():
    optimizer = Adam(0.1)
    optimizer.step([Value(1.0)])
    other = pickle.loads(pickle.dumps(optimizer))
    assert walk(other) == walk(Adam(0.1))


@pytest.mark.parametrize("name", MAKERS)
def test_reset_forgets(name):
    optimizer, weights = MAKERS[name](), start()
    walk(optimizer, 3, weights)
    optimizer.reset()
    assert optimizer.updates == 0
    again = [Value(w.data) for w in weights]
    assert walk(optimizer, 2, weights) == walk(MAKERS[name](), 2, again)


def test_the_loop_of_micrograd_is_plain_descent():
    """`for p in model.parameters(): p.data -= lr * p.grad` e `SGD(lr).step(...)` dão o mesmo."""
    by_hand, by_step = MLP(2, [3, 1], seed=4), MLP(2, [3, 1], seed=4)
    optimizer = SGD(0.05)
    for _ in range(5):
        for model in (by_hand, by_step):
            model.zero_grad()
            ((model([0.5, -1.0]) - 1) ** 2).backward()
        for p in by_hand.parameters():
            p.data -= 0.05 * p.grad
        optimizer.step(by_step.parameters())
    assert [p.data for p in by_step.parameters()] == [p.data for p in by_hand.parameters()]


def test_parameters_may_come_from_a_generator():
    w = Value(1.0)
    w.grad = 2.0
    SGD(0.5).step(p for p in [w])
    assert w.data == 0


def test_an_optimizer_of_ones_own_says_only_its_direction():
    class Sign(Optimizer):
        def directions(self, values, gradients):
            return [math.copysign(1, g) for g in gradients]

    assert moved(Sign(0.25, clip_norm=1.0), [5.0, -7.0, -0.1]) == 0.25
    with pytest.raises(TypeError, match="Optimizer precisa dizer como atualizar"):
        Optimizer(0.1).update([1.0], [1.0])


def test_an_optimizer_shows_its_options():
    shown = "Adam(learning_rate=0.01, weight_decay=0.0, clip_norm=None, betas=(0.9, 0.999), epsilon=1e-08)"
    optimizer = Adam(0.01)
    walk(optimizer, 2)
    assert repr(optimizer) == shown


# A memória é de cada parâmetro

ROUNDS = ["abc", "abc", "ab", "cb", "a", "dcba", "b", "cad", "abcd"]
"""Quem é atualizado em cada passo, e em que ordem."""

# O PyTorch 2.13.0 em float64, com `grad` None em quem não é atualizado.
BY_ROUNDS = {
    "momentum": [0.3168436, -0.5643496000000002, 1.000000546304, 2.2609539999999995],
    "nesterov": [0.48058392945833506, -0.6488597179260099, 1.0925414501193316, 2.004733126],
    "sgd_l2": [0.42101768395558004, -0.8620887549905599, 0.6285179796875001, 2.1122],
    "rmsprop_l2": [0.8278345007071023, -1.8204456249110454, 0.6558765013822111, 2.8975176019338447],
    "adam": [0.39021113300027366, -1.3234207086788707, 1.0923637510056248, 2.7006233934683843],
    "adam_l2": [0.4079527344677737, -1.3298116419653536, 1.0277402723803277, 2.7010069620591404],
    "adamw": [0.33234736989139335, -1.1168721545108444, 1.0075290786942135, 2.5306743507442],
}
PULLS = {"a": (3.0, 0.5), "b": (1.0, -1.0), "c": (0.2, 2.0), "d": (0.7, 1.0)}


def four():
    return {label: Value(value, label) for label, value in zip("abcd", (1.0, -2.0, 0.5, 3.0), strict=True)}


def pull(weights, moved):
    """Os gradientes de ½·a·(w − b)² em quem é atualizado, e None nos outros."""
    for label, w in weights.items():
        a, b = PULLS[label]
        w.grad = a * (w.data - b) if label in moved else None


@pytest.mark.parametrize("name", BY_ROUNDS)
@pytest.mark.parametrize("listed", ["moved", "all", "own", "mixed"])
def test_the_memory_follows_each_parameter_as_in_pytorch(name, listed):
    """Com listas que mudam, ou com `grad` None nos que ficam: dá no mesmo."""
    weights, optimizer, order = four(), MAKERS[name](), random.Random(0)
    if listed == "own":
        optimizer._own = [*weights.values()]
    for moved in ROUNDS:
        pull(weights, moved)
        given = {"moved": moved, "all": "abcd", "own": ""}.get(listed, "".join(order.sample("abcd", 4)))
        optimizer.step([weights[label] for label in given] or None)
    assert [w.data for w in weights.values()] == pytest.approx(BY_ROUNDS[name], rel=1e-13)
    assert optimizer.updates == len(ROUNDS)


@pytest.mark.parametrize("name", MAKERS)
def test_two_halves_in_turns_are_two_optimizers(name):
    weights, others, one = four(), four(), MAKERS[name]()
    two = {half: MAKERS[name]() for half in ("ab", "dc")}
    for _ in range(5):
        for half, its_own in two.items():
            for ws, optimizer in ((weights, one), (others, its_own)):
                pull(ws, "abcd")
                optimizer.step([ws[label] for label in half])
    assert [w.data for w in weights.values()] == [w.data for w in others.values()]


@pytest.mark.parametrize("name", MAKERS)
def test_a_parameter_without_gradient_stays_and_so_does_its_memory(name):
    optimizer, weights = MAKERS[name](), four()
    for moved in ("abcd", "abc", "", "ab"):
        pull(weights, moved)
        before = {label: w.data for label, w in weights.items()}
        optimizer.step([*weights.values()])
        assert {label for label, w in weights.items() if w.data != before[label]} == set(moved)
    assert optimizer.updates == 4


def test_after_an_empty_step_a_parameter_is_as_new():
    weights, optimizer, other = four(), Adam(0.1), four()
    optimizer.step([])
    for ws, adam in ((weights, optimizer), (other, Adam(0.1))):
        pull(ws, "abcd")
        adam.step([*ws.values()])
    assert [w.data for w in weights.values()] == [w.data for w in other.values()]


@pytest.mark.parametrize("copied", [lambda o: pickle.loads(pickle.dumps(o)), copy.deepcopy])
@pytest.mark.parametrize("name", BY_ROUNDS)
def test_a_copy_holds_what_the_parameters_of_the_last_list_had(name, copied):
    optimizer, weights = MAKERS[name](), four()
    for moved in ROUNDS:
        pull(weights, moved)
        optimizer.step([weights[label] for label in "dcba"])
    other, others = copied(optimizer), {label: Value(w.data, label) for label, w in weights.items()}
    assert other._parameters is other._own is other._kept is None
    for moved in ("ad", "abcd", "c"):
        for ws, one in ((weights, optimizer), (others, other)):
            pull(ws, moved)
            one.step([ws[label] for label in "dcba"])
    assert [w.data for w in others.values()] == [w.data for w in weights.values()]


def test_an_optimizer_written_before_this_is_read():
    adam, weights, others = Adam(0.1), four(), four()
    for _ in range(3):
        pull(weights, "abcd")
        adam.step([*weights.values()])
    old = Adam.__new__(Adam)
    held = ("learning_rate", "weight_decay", "clip_norm", "betas", "epsilon", "updates", "_count", "_means", "_squares")
    old.__dict__.update({name: adam.__dict__[name] for name in held})
    for label, w in weights.items():
        others[label].data = w.data
    for moved in ("abcd", "ac"):
        for ws, one in ((weights, adam), (others, old)):
            pull(ws, moved)
            one.step([*ws.values()])
    assert [w.data for w in others.values()] == [w.data for w in weights.values()]


class Stop(BaseException):
    pass


def test_a_step_that_is_stopped_leaves_every_memory_as_it_was():
    class Stopping(Adam):
        stops = False

        def directions(self, values, gradients):
            found = super().directions(values, gradients)
            if self.stops:
                raise Stop
            return found

    weights, optimizer = four(), Stopping(0.1)
    for moved in ROUNDS:
        pull(weights, moved)
        memory, kept = dict(vars(optimizer)), {name: dict(row) for name, row in (optimizer._kept or {}).items()}
        Stopping.stops = True
        for given in ("abcd", moved[::-1]):
            with pytest.raises(Stop):
                optimizer.step([weights[label] for label in given])
            assert vars(optimizer) == memory and (optimizer._kept or {}) == kept
        Stopping.stops = False
        optimizer.step([weights[label] for label in moved])
    assert [w.data for w in weights.values()] == pytest.approx(BY_ROUNDS["adam"], rel=1e-13)


def test_reset_forgets_the_parameters_out_of_use_too():
    weights, optimizer, others = four(), Adam(0.1), four()
    for moved in ROUNDS:
        pull(weights, moved)
        optimizer.step([weights[label] for label in moved])
    optimizer.reset()
    for label, w in weights.items():
        others[label].data = w.data
    for ws, adam in ((weights, optimizer), (others, Adam(0.1))):
        pull(ws, "abcd")
        adam.step([*ws.values()])
    assert [w.data for w in others.values()] == [w.data for w in weights.values()]


def test_the_rate_of_a_schedule_is_that_of_the_optimizer_for_new_parameters_too():
    optimizer, w = SGD(lambda step: 1.0 / (step + 1)), Value(0.0)
    optimizer.step([Value(1.0)])
    w.grad = 1.0
    optimizer.step([w])
    assert w.data == -0.5


def test_training_another_model_begins_anew_and_a_grown_one_does_not():
    X, y = [[0.0, 1.0], [1.0, 0.5]], [0, 1]
    optimizer = Adam(CosineDecay(0.1, 100))
    first, second, fresh = MLP(2, [2, 1], seed=1), MLP(2, [3, 1], seed=2), MLP(2, [3, 1], seed=2)
    train(first, X, y, epochs=5, optimizer=optimizer, progress=False)
    train(second, X, y, epochs=5, optimizer=optimizer, progress=False)
    train(fresh, X, y, epochs=5, optimizer=Adam(CosineDecay(0.1, 100)), progress=False)
    assert [p.data for p in second.parameters()] == [p.data for p in fresh.parameters()]
    assert optimizer.updates == 10 and optimizer._kept is None
    optimizer.step(second.layers[0].parameters())
    train(second, X, y, epochs=1, optimizer=optimizer, progress=False)
    assert optimizer.updates == 13


def test_the_memory_of_an_optimizer_of_ones_own_follows_the_parameters_too():
    @dataclass(eq=False, repr=False)
    class Mine(Optimizer):
        mu: float
        _speed: list = field(default=(), init=False)
        calls: int = field(default=0, init=False)

        def directions(self, values, gradients):
            self.calls += 1
            before = self._speed or [0.0] * len(values)
            self._speed = [self.mu * v + g for v, g in zip(before, gradients, strict=True)]
            return self._speed

    weights, optimizer = four(), Mine(0.1, 0.9)
    for moved in ROUNDS:
        pull(weights, moved)
        optimizer.step([weights[label] for label in moved])
    assert [w.data for w in weights.values()] == pytest.approx(BY_ROUNDS["momentum"], rel=1e-13)
    assert optimizer.calls == len(ROUNDS)
    assert Mine([*weights.values()], lr=0.2, mu=0.5).lr == 0.2


# Como no PyTorch


def loop(optimizer, weights, steps=5):
    """O laço de `walk`, com o otimizador que conhece os parâmetros."""
    for _ in range(steps):
        optimizer.zero_grad()
        pieces = zip(weights, (3.0, 1.0, 0.2), (0.5, -1.0, 2.0), strict=True)
        loss = sum(0.5 * a * (w - b) ** 2 for w, a, b in pieces) + 0.1 * (weights[0] * weights[1] * weights[2])
        loss.backward()
        optimizer.step()
    return [w.data for w in weights]


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda ws: SGD(ws, lr=0.1), "sgd"),
        (lambda ws: SGD(ws, 0.1, momentum=0.9), "momentum"),
        (lambda ws: SGD(ws, learning_rate=0.1, momentum=0.9), "momentum"),
        (lambda ws: Adam((w for w in ws), lr=0.1), "adam"),
        (lambda ws: Adam(tuple(ws), lr=0.1, betas=(0.8, 0.99), epsilon=1e-6, weight_decay=0.2), "adam_l2"),
        (lambda ws: RMSProp(ws, lr=0.01), "rmsprop"),
    ],
)
def test_the_loop_of_pytorch(make, name):
    weights = start()
    assert loop(make(weights), weights) == pytest.approx(BY_PYTORCH[name], rel=1e-14)


def test_the_rate_has_two_names_and_is_always_checked():
    optimizer = Adam(start())
    assert optimizer.lr == optimizer.learning_rate == Adam().lr == 0.001
    assert SGD(lr=0.1).learning_rate == Adam(lr=0.1).lr == 0.1
    optimizer.lr = 1
    assert optimizer.learning_rate == 1.0
    optimizer.learning_rate = schedule = CosineDecay(0.5, 10)
    assert optimizer.lr is schedule and SGD(lr=schedule).lr is schedule
    for name in ("lr", "learning_rate"):
        for bad in (-1, 0, math.nan):
            with pytest.raises(ValueError, match="espera um número maior que 0"):
                setattr(optimizer, name, bad)
        with pytest.raises(TypeError, match="espera um número real"):
            setattr(optimizer, name, [0.1])
    assert optimizer.lr is schedule
    assert "learning_rate=0.2" in repr(SGD(start(), lr=0.2)) and "lr=" not in repr(SGD(lr=0.2))
    assert replace(SGD(lr=0.2), momentum=0.5).lr == 0.2
    assert [*inspect.signature(Adam).parameters][:2] == ["learning_rate", "weight_decay"]


def test_without_a_list_step_and_zero_grad_are_about_the_last_one_or_ones_own():
    weights, optimizer = four(), SGD(1.0)
    for refused in (optimizer.step, optimizer.zero_grad, copy.deepcopy(SGD([*weights.values()], lr=0.1)).step):
        with pytest.raises(ValueError, match=r"não sabe de que parâmetros .* step\(rede\.parameters\(\)\)"):
            refused()
    pull(weights, "abcd")
    optimizer.step([weights["a"], weights["b"]])
    optimizer.zero_grad()
    assert [w.grad for w in weights.values()][:2] == [0, 0] and weights["c"].grad and weights["d"].grad
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    assert weights["a"].grad is weights["b"].grad is None and optimizer.updates == 2
    own = SGD([*weights.values()], lr=0.1)
    own.step([weights["a"]])
    own.reset()
    own.zero_grad()
    assert [w.grad for w in weights.values()] == [0] * 4


def test_train_refuses_an_optimizer_of_other_parameters():
    model, X, y = MLP(2, [2, 1], seed=1), [[0.0, 1.0], [1.0, 0.5]], [0, 1]
    for own in (model.layers[1].parameters(), MLP(2, [2, 1]).parameters(), [*model.parameters(), Value(1.0)]):
        before = [p.data for p in model.parameters()]
        with pytest.raises(ValueError, match=r"parâmetros que não são os do modelo: crie-o só com a taxa, como Adam"):
            train(model, X, y, epochs=1, optimizer=Adam(own), progress=False)
        assert [p.data for p in model.parameters()] == before
    optimizer = Adam(model.parameters()[::-1], lr=0.1)
    train(model, X, y, epochs=3, optimizer=optimizer, progress=False)
    optimizer.step()
    assert optimizer.updates == 7
    adopting = pickle.loads(pickle.dumps(optimizer))
    train(MLP(2, [2, 1]), X, y, epochs=1, optimizer=adopting, progress=False)
    assert adopting.updates == 9


@pytest.mark.parametrize(
    ("make", "error", "expected"),
    [
        (lambda: SGD(), TypeError, r"SGD precisa da taxa de aprendizado: SGD\(0\.1\), ou SGD\(rede"),
        (lambda: SGD(start()), TypeError, "SGD precisa da taxa de aprendizado"),
        (lambda: SGD(0.1, lr=0.1), TypeError, "dê lr ou learning_rate, e não os dois"),
        (lambda: Adam(learning_rate=0.1, lr=0.2), TypeError, "dê lr ou learning_rate, e não os dois"),
        (lambda: SGD(start(), 0.1, lr=0.1), TypeError, "dê lr ou learning_rate, e não os dois"),
        (lambda: SGD([1, 2], lr=0.1), TypeError, r"parameters\(\) dá Values, e deu 1"),
        (lambda: SGD([{"params": start()}], lr=0.1), TypeError, r"parameters\(\) dá Values, e deu {"),
        (lambda: SGD([], lr=0.1), ValueError, "SGD recebeu uma lista de parâmetros vazia"),
        (lambda: SGD("abc"), TypeError, "learning_rate espera um número real"),
        (lambda: SGD(lr="abc"), TypeError, "learning_rate espera um número real"),
        (lambda: SGD(start(), lr=-0.1), ValueError, "learning_rate espera um número maior que 0"),
        (lambda: Adam(MLP(2, [1])), TypeError, r"dê os parâmetros da rede, com rede\.parameters\(\)"),
        (lambda: SGD(0.1).step(MLP(2, [1])), TypeError, r"uma lista de parâmetros, como rede\.parameters\(\)"),
        (lambda: SGD(0.1).step("a"), TypeError, r"parameters\(\) dá Values, e deu 'a'"),
    ],
)
def test_a_call_that_is_not_understood_is_answered_with_what_to_write(make, error, expected):
    with pytest.raises(error, match=expected):
        make()


def test_an_init_of_ones_own_decides_what_it_receives():
    class Listed(SGD):
        def __init__(self, parameters, lr):
            super().__init__(lr, momentum=0.9)
            self.given = list(parameters)

    class Abstract(Optimizer, ABC):
        @abstractmethod
        def directions(self, values, gradients): ...

    class Sign(Abstract):
        def directions(self, values, gradients):
            return [math.copysign(1, g) for g in gradients]

    weights = start()
    assert Listed(weights, lr=0.1).given == weights and Listed(weights, 0.1).learning_rate == 0.1
    weights[0].grad = 5.0
    Sign(weights, lr=0.25).step()
    assert weights[0].data == 0.75
    with pytest.raises(TypeError, match="abstract"):
        Abstract(0.1)


# O que se responde a quem erra


@pytest.mark.parametrize("make", [SGD, RMSProp, Adam, AdamW])
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"learning_rate": 0}, "learning_rate espera um número maior que 0"),
        ({"learning_rate": -1}, "learning_rate espera um número maior que 0"),
        ({"learning_rate": math.nan}, "learning_rate espera um número maior que 0"),
        ({"weight_decay": -0.1}, "weight_decay espera um número de 0 para cima"),
        ({"weight_decay": math.inf}, "weight_decay espera um número de 0 para cima"),
        ({"clip_norm": 0}, "clip_norm espera um número maior que 0"),
    ],
)
def test_a_bad_option_is_answered_with_what_was_expected(make, options, expected):
    with pytest.raises(ValueError, match=expected):
        make(**{"learning_rate": 0.1, **options})


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: SGD(0.1, momentum=1), "momentum espera de 0 a menos que 1"),
        (lambda: SGD(0.1, nesterov=True), "Nesterov pede momentum maior que 0"),
        (lambda: RMSProp(0.1, rho=-0.1), "rho espera de 0 a menos que 1"),
        (lambda: RMSProp(0.1, epsilon=0), "epsilon espera um número maior que 0"),
        (lambda: Adam(0.1, betas=(0.9, 1.0)), "betas espera de 0 a menos que 1"),
        (lambda: Adam(0.1, betas=0.9), "betas espera dois números"),
        (lambda: StepDecay(0.1, 0), "every espera um número inteiro de atualizações"),
        (lambda: StepDecay(0.1, 3, 0), "factor espera um número maior que 0"),
        (lambda: ExponentialDecay(-1, 0.9), "learning_rate espera um número maior que 0"),
        (lambda: CosineDecay(0.1, 2.5), "steps espera um número inteiro de atualizações"),
        (lambda: CosineDecay(0.1, 10, 0.2), "minimum vai de 0 à taxa inicial, 0.1"),
        (lambda: Warmup(0, 10), "after espera um número maior que 0"),
        (lambda: Warmup(0.1, True), "steps espera um número inteiro de atualizações"),
    ],
)
def test_a_number_out_of_range_is_shown(make, expected):
    with pytest.raises(ValueError, match=expected):
        make()


def test_a_rate_that_is_no_number_is_refused():
    with pytest.raises(TypeError, match="learning_rate espera um número real"):
        Adam("0.1")
    with pytest.raises(TypeError, match="recebeu a classe CosineDecay: faltam os números"):
        SGD(CosineDecay)


def test_a_gradient_that_is_no_number_names_the_parameter():
    w = Value(1.0, "w")
    (w * w).backward(create_graph=True)
    with pytest.raises(TypeError, match="o gradiente de w espera um número real"):
        SGD(0.1).step([w])

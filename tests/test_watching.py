"""O que um programa congelaria: `train` e `compiled` veem a mudança, ou param e dizem o que escrever."""

import array
import enum
import itertools
import math
import threading
import types
from typing import Any

import numpy as np
import pytest

from micrograd_pt import MLP, SGD, CompileError, Module, Value, compiled, half_squared_error, train
from micrograd_pt.compiler import Watch
from micrograd_pt.training import stepping

SAMPLES, TARGETS = [[1.0], [2.0], [-0.5]], [1.0, 3.0, 0.25]
SCALE = 2.0
SETTINGS = types.ModuleType("settings")


class Line(Module):
    """w · x · (o que `factor` diz)."""

    rate = 1.0

    def __init__(self, factor: Any = 1.0) -> None:
        self.w, self.factor, self.held = Value(0.3, "w"), factor, [1.0, {"a": 2.0}]

    def parameters(self) -> list[Value]:
        return [self.w]

    def __call__(self, x: Any) -> Any:
        return self.w * x[0] * self.factor


class Items(Line):
    def __call__(self, x: Any) -> Any:
        return self.w * x[0] * self.held[1]["a"] + self.held[0]


class Global(Line):
    def __call__(self, x: Any) -> Any:
        return self.w * x[0] * SCALE


class OfTheClass(Line):
    def __call__(self, x: Any) -> Any:
        return self.w * x[0] * type(self).rate


class OfAModule(Line):
    def __call__(self, x: Any) -> Any:
        return self.w * x[0] * SETTINGS.scale


class Masked(Line):
    """Um atributo de um parâmetro, um array e uma ativação pelo nome."""

    def __init__(self) -> None:
        super().__init__()
        self.mask, self.mode = np.array([1.0, 2.0]), "dobro"
        self.w.gain = 1.0  # type: ignore[attr-defined]

    def __call__(self, x: Any) -> Any:
        return self.w * x[0] * self.w.gain * float(self.mask[1]) * (2 if self.mode == "dobro" else 3)  # type: ignore[attr-defined]


class Mode(enum.Enum):
    ONE, TWO = 1.0, 2.0


class Varied(Line):
    """O que se lê por caminhos menos comuns."""

    def __init__(self) -> None:
        super().__init__()
        self.mode, self.bytes, self.numbers = Mode.ONE, bytearray([1]), array.array("d", [1.0])
        self.table = {"act": lambda v: v}
        self.view, self.get = types.MappingProxyType(self.table), self.table.get
        self.inner = Line()

    def __call__(self, x: Any) -> Any:
        out = self.w * x[0] * self.mode.value * self.bytes[0] * self.numbers[0] * half(1.0)
        act: Any = self.get("act")
        return act(self.view["act"](out)) * self.inner.factor * half.extra  # type: ignore[attr-defined]


def half(x: float, share: float = 1.0) -> float:
    return x * share


half.extra = 1.0  # type: ignore[attr-defined]


def closed(factor: float) -> Any:
    def loss(output: Any, target: Any) -> Any:
        return half_squared_error(output, target) * factor

    def change(number: float) -> None:
        nonlocal factor
        factor = number

    loss.change = change  # type: ignore[attr-defined]
    return loss


def set_global(model: Any, loss: Any) -> None:
    globals()["SCALE"] = 3.5


def replace_the_weight(model: Any, loss: Any) -> None:
    model.w = Value(0.7, "w2")


CHANGES: dict[str, tuple[Any, Any]] = {
    "attribute": (Line, lambda model, loss: setattr(model, "factor", 0.5)),
    "entry of a list": (Items, lambda model, loss: model.held.__setitem__(0, 0.0)),
    "entry of a dictionary": (Items, lambda model, loss: model.held[1].__setitem__("a", -1.0)),
    "global": (Global, set_global),
    "of the class": (OfTheClass, lambda model, loss: setattr(OfTheClass, "rate", 0.25)),
    "of a module": (OfAModule, lambda model, loss: setattr(SETTINGS, "scale", 5.0)),
    "closure": (Line, lambda model, loss: loss.change(0.1)),
    "of a parameter": (Masked, lambda model, loss: setattr(model.w, "gain", -1.0)),
    "in an array": (Masked, lambda model, loss: model.mask.__setitem__(1, 0.5)),
    "text": (Masked, lambda model, loss: setattr(model, "mode", "triplo")),
    "another parameter": (Line, replace_the_weight),
    "enum": (Varied, lambda model, loss: setattr(model, "mode", Mode.TWO)),
    "bytes": (Varied, lambda model, loss: model.bytes.__setitem__(0, 3)),
    "array of numbers": (Varied, lambda model, loss: model.numbers.__setitem__(0, 0.5)),
    "function in a dictionary": (Varied, lambda model, loss: model.table.__setitem__("act", lambda v: v * 2)),
    "usual value of an argument": (Varied, lambda model, loss: setattr(half, "__defaults__", (0.5,))),
    "attribute of a function": (Varied, lambda model, loss: setattr(half, "extra", 0.5)),
    "another inner model": (Varied, lambda model, loss: setattr(model, "inner", Line(0.25))),
    "method of the class": (Varied, lambda model, loss: setattr(Varied, "parameters", lambda self: [self.w])),
}


@pytest.fixture(autouse=True)
def as_it_was() -> Any:
    yield
    globals()["SCALE"], OfTheClass.rate = 2.0, 1.0
    SETTINGS.scale = 2.0  # type: ignore[attr-defined]
    half.__defaults__, half.extra = (1.0,), 1.0  # type: ignore[attr-defined]


SETTINGS.scale = 2.0  # type: ignore[attr-defined]


@pytest.mark.parametrize("what", CHANGES)
def test_a_number_that_changes_during_the_training_is_seen(what: str) -> None:
    """A taxa, que se pergunta a cada atualização, muda o que o modelo lê na décima."""
    kind, change = CHANGES[what]
    found = []
    for by_program in (False, True):
        globals()["SCALE"], OfTheClass.rate, SETTINGS.scale = 2.0, 1.0, 2.0  # type: ignore[attr-defined]
        half.__defaults__, half.extra = (1.0,), 1.0  # type: ignore[attr-defined]
        model, loss = kind(), closed(1.0)

        def rate(update: int, model: Any = model, loss: Any = loss) -> float:
            if update == 9:
                change(model, loss)
            return 0.02

        history = train(
            model, SAMPLES, TARGETS, loss=loss, learning_rate=rate, epochs=8, progress=False, compiled=by_program
        )
        found.append((history.losses, model.w.data))
        if by_program:
            assert (history.not_compiled == "") == (what != "another parameter"), history.not_compiled
    assert found[1][0] == pytest.approx(found[0][0], rel=1e-11)
    assert found[1][1] == pytest.approx(found[0][1], rel=1e-11)


def test_a_change_by_another_thread_is_seen() -> None:
    model, go, done = Line(), threading.Event(), threading.Event()

    def other() -> None:
        go.wait(60)
        model.factor = 0.0
        done.set()
        threading.Event().wait(0.05)

    thread = threading.Thread(target=other)
    thread.start()

    class Waiting(SGD):
        def directions(self, values: Any, gradients: Any) -> Any:
            if self.updates == 5:
                go.set()
                assert done.wait(60)
            return super().directions(values, gradients)

    history = train(model, SAMPLES[:1], [1.0], optimizer=Waiting(0.1), epochs=12, progress=False)
    thread.join()
    assert history.not_compiled == "" and history.losses[-1] == 0.5 and history.losses[3] < 0.4


def test_a_coefficient_that_the_model_changes_by_itself_is_trained_through_the_graph() -> None:
    class Counting(Line):
        calls = 0

        def __call__(self, x: Any) -> Any:
            self.calls += 1
            return self.w * x[0] * (1.0 if self.calls < 4 * len(SAMPLES) else 0.0)

    model = Counting()
    history = train(model, SAMPLES, TARGETS, learning_rate=0.01, epochs=40, progress=False)
    assert "muda calls ao ser chamado" in history.not_compiled
    assert history.losses[-1] == pytest.approx(0.5 * sum(t * t for t in TARGETS))


def test_a_model_that_keeps_its_outputs_by_input_is_trained_through_the_graph() -> None:
    class Keeping(Line):
        def __init__(self) -> None:
            super().__init__()
            self.kept: dict[Any, Any] = {}

        def __call__(self, x: Any) -> Any:
            key = str(x)
            if key not in self.kept:
                self.kept[key] = self.w * x[0]
            return self.kept[key]

    assert train(Keeping(), SAMPLES, TARGETS, learning_rate=0.01, epochs=9, progress=False).not_compiled


def test_a_table_of_data_that_the_loss_reaches_is_not_walked() -> None:
    data = [[float(n)] * 50 for n in range(20_000)]

    def loss(output: Any, target: Any) -> Any:
        return half_squared_error(output, target) * data[1][0]

    watch = Watch(loss)
    assert len(watch.readings) < 20 and watch.changed() == ""


def test_a_count_that_begins_with_the_first_call_is_seen() -> None:
    class Counting(Line):
        def __call__(self, x: Any) -> Any:
            self.n = getattr(self, "n", 0) + 1
            return self.w * x[0] * (1.0 if self.n < 30 else 0.0)

    history = train(Counting(), SAMPLES, TARGETS, learning_rate=0.01, epochs=40, progress=False)
    assert "muda n ao ser chamado" in history.not_compiled


def test_what_a_model_keeps_to_be_looked_at_does_not_stop_the_program() -> None:
    class Keeping(Line):
        out: Any = None

        def __init__(self) -> None:
            super().__init__()
            self.out = None

        def __call__(self, x: Any) -> Any:
            self.out = self.w * x[0]
            return self.out

    assert train(Keeping(), SAMPLES, TARGETS, learning_rate=0.01, epochs=9, progress=False).not_compiled == ""


@pytest.mark.parametrize("late", [3, 70, 200])
def test_what_is_not_seen_stops_the_training_and_says_what_to_write(late: int, tmp_path: Any) -> None:
    """O modelo lê um arquivo, que muda no meio: a conferência seguinte, ou a do fim, o percebe."""
    place = tmp_path / "factor.txt"
    place.write_text("1.0")

    class FromAFile(Line):
        def __call__(self, x: Any) -> Any:
            return self.w * x[0] * float(place.read_text())

    def rate(update: int) -> float:
        if update == late:
            place.write_text("0.5")
        return 0.001

    with pytest.raises(CompileError, match=r"na atualização \d+ .*compiled=False"):
        train(FromAFile(), SAMPLES, TARGETS, learning_rate=rate, epochs=70, progress=False)
    place.write_text("1.0")
    kept = train(FromAFile(), SAMPLES, TARGETS, learning_rate=rate, epochs=70, progress=False, compiled=False)
    assert len(kept.losses) == 70


def test_a_model_that_reads_a_generator_is_trained_through_the_graph() -> None:
    factors = itertools.chain(itertools.repeat(1.0, 40), itertools.repeat(2.0))

    class Drawn(Line):
        def __call__(self, x: Any) -> Any:
            return self.w * x[0] * next(factors)

    assert "iterador" in train(Drawn(), SAMPLES, TARGETS, learning_rate=0.001, epochs=20, progress=False).not_compiled


def test_a_difference_of_rounding_at_a_kink_does_not_stop_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """Onde o grafo e o programa caem de lados diferentes de uma quina: traçado outra vez, o programa é o mesmo."""
    plain, asked = stepping._require_the_same, []

    def differing(eager: Any, *rest: Any) -> None:
        asked.append(eager)
        if len(asked) > 4:
            raise CompileError("de lados diferentes")
        plain(eager, *rest)

    monkeypatch.setattr(stepping, "_require_the_same", differing)
    model = MLP(2, [4, 1], activation="relu", seed=3)
    history = train(model, [[0.0, 0.0], [1.0, -1.0]], [0.0, 1.0], learning_rate=0.05, epochs=300, progress=False)
    assert history.not_compiled == "" and history.losses[-1] < history.losses[0] and len(asked) > 8


@pytest.mark.parametrize("what", [name for name in CHANGES if name != "closure"])
def test_a_compiled_function_sees_what_changes_too(what: str) -> None:
    kind, change = CHANGES[what]
    model = kind()
    fast = compiled(lambda x: model([x]))
    assert fast(1.5) == pytest.approx(model([1.5]).data)
    change(model, None)
    assert fast(1.5) == pytest.approx(model([1.5]).data)
    assert fast(-4.0) == pytest.approx(model([-4.0]).data)


def test_a_compiled_function_that_counts_its_calls_is_traced_once() -> None:
    calls = [0]

    def f(x: Any) -> Any:
        calls[0] += 1
        return x * x

    fast = compiled(f)
    fast(1.0)
    before = calls[0]
    assert [fast(float(n)) for n in range(5)] == [0.0, 1.0, 4.0, 9.0, 16.0] and calls[0] == before


def test_a_number_that_is_not_a_number_has_not_changed() -> None:
    model = Line(math.nan)
    model.held.append(math.nan)

    def loss(output: Any, target: Any) -> Any:
        return half_squared_error(model.w * 1.0, target)

    def rate(update: int) -> float:
        return 0.1

    history = train(model, SAMPLES, TARGETS, loss=loss, learning_rate=rate, epochs=4, progress=False)
    assert history.not_compiled == ""

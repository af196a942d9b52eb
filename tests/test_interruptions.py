"""Um Ctrl-C num momento qualquer deixa tudo como era ou tudo novo, nada trancado, e o registro como estava."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import micrograd_pt as mpt
from micrograd_pt import MLP, Value, compile_graph, compiled, enable_grad, explain, grad, no_grad, threads, train
from micrograd_pt.training.optimizers import SGD, Adam, AdamW, Optimizer, RMSProp

pytestmark = [
    pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="o Windows não tem setitimer"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # a que chega num __del__
]

MOMENTS = 500


def interrupted(act: Callable[[], Any], delay: float) -> bool:
    """Verdadeiro se o Ctrl-C, que vem depois de tantos segundos, chegou a tempo."""
    try:
        signal.setitimer(signal.ITIMER_REAL, delay)
        result = act()
        signal.setitimer(signal.ITIMER_REAL, 0)
    except KeyboardInterrupt:
        return True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return getattr(result, "interrupted", False)


@pytest.fixture
def alarms() -> Iterator[Callable[..., int]]:
    """Interrompe uma conta em muitos momentos, e depois de cada um confere; dá quantas vezes chegou a tempo."""

    def interrupt(signum: int, frame: Any) -> None:
        raise KeyboardInterrupt

    def many(act: Callable[[], Any], check: Callable[[], Any], moments: int = MOMENTS) -> int:
        draw, count, times = random.Random(0), 0, []
        for _ in range(5):
            start = time.perf_counter()
            act()
            times.append(time.perf_counter() - start)
            check()
        typical = min(times)
        for _ in range(moments):
            count += interrupted(act, max(1e-6, draw.uniform(0, typical)))
            assert threads.is_recording() and not threads.PAUSES
            check()
        assert count > moments / 20
        return count

    before = signal.signal(signal.SIGALRM, interrupt)
    yield many
    signal.signal(signal.SIGALRM, before)


def test_backward_leaves_every_grad_old_or_every_grad_new(alarms: Callable[..., int]) -> None:
    model = MLP(6, [20, 20, 1], activation="tanh")
    leaves = model.parameters()
    loss = model([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]) ** 2
    loss.backward()
    once, times = [leaf.grad for leaf in leaves], 1.0

    def check() -> None:
        nonlocal times
        now = [leaf.grad for leaf in leaves]
        added = now[0] / once[0]
        assert round(added) in (times, times + 1)
        times = round(added)
        assert now == pytest.approx([times * number for number in once], rel=1e-9)
        if times > 50:
            model.zero_grad()
            loss.backward()
            times = 1.0

    alarms(loss.backward, check)


def test_looking_at_a_derivative_leaves_no_trace(alarms: Callable[..., int]) -> None:
    w = Value(0.5, "w")
    f = lambda x: mpt.sum([mpt.tanh(x * w + place) for place in range(20)])  # noqa: E731
    expected = grad(f)(0.3)

    def check() -> None:
        assert w.grad == 0 and w.data == 0.5 and (w * 2).op is not None

    alarms(lambda: grad(f)(0.3), check)
    assert grad(f)(0.3) == expected


X, Y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]

OPTIMIZERS: dict[str, Callable[[], Optimizer]] = {
    "sgd": lambda: SGD(0.1),
    "momento": lambda: SGD(0.1, momentum=0.9),
    "nesterov": lambda: SGD(0.1, momentum=0.9, nesterov=True),
    "rmsprop": lambda: RMSProp(0.01),
    "adam": lambda: Adam(0.01),
    "adamw": lambda: AdamW(0.01),
}


def memory(optimizer: Optimizer) -> dict[str, Any]:
    return {name: held for name, held in vars(optimizer).items() if name != "_parameters"}


@pytest.mark.parametrize("compiled_step", [True, False])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_stops_between_two_updates(name: str, compiled_step: bool, alarms: Callable[..., int]) -> None:
    def start() -> tuple[MLP, Optimizer]:
        return MLP(2, [3, 1], activation="tanh", seed=0), OPTIMIZERS[name]()

    options: dict[str, Any] = {"epochs": 6, "progress": False, "compiled": compiled_step}
    model, optimizer = start()
    states = {0: ([p.data for p in model.parameters()], memory(optimizer))}
    for _ in range(options["epochs"]):
        for x, y in zip(X, Y, strict=True):
            train(model, [x], [y], optimizer=optimizer, epochs=1, progress=False, compiled=compiled_step)
            states[optimizer.updates] = [p.data for p in model.parameters()], memory(optimizer)
    trained: list[Any] = []

    def act() -> Any:
        trained[:] = start()
        return train(trained[0], X, Y, optimizer=trained[1], **options)

    def check() -> None:
        if len(trained) < 2:
            return
        network, used = trained
        values, held = states[used.updates]
        assert [p.data for p in network.parameters()] == pytest.approx(values, rel=1e-9)
        for field, expected in memory(used).items():
            if isinstance(expected, list):
                assert held[field] == pytest.approx(expected, rel=1e-9)
            else:
                assert field == "_count" or held[field] == expected

    alarms(act, check, MOMENTS // 2)


def test_a_pause_ends_however_it_is_left(alarms: Callable[..., int]) -> None:
    def act() -> None:
        for _ in range(100):
            with no_grad():
                with enable_grad():
                    assert threads.is_recording()
                assert not threads.is_recording()
            assert threads.is_recording()

    alarms(act, lambda: None, 2 * MOMENTS)


def test_compiling_can_begin_again(alarms: Callable[..., int]) -> None:
    model = MLP(2, [4, 1], activation="tanh")
    inputs = [Value(0.5, "a"), Value(0.25, "b")]
    loss = model(inputs) ** 2
    source = compile_graph(loss, inputs, model.parameters()).source
    quick: Any = None

    def act() -> None:
        nonlocal quick
        quick = compiled(lambda a, b: model([a, b]) ** 2)
        quick(0.5, 0.25)
        compile_graph(loss, inputs, model.parameters())

    def check() -> None:
        assert all(type(p.data) is float and p.grad == 0 for p in model.parameters())

    alarms(act, check)
    assert quick(0.5, 0.25) == pytest.approx(loss.data)
    assert compile_graph(loss, inputs, model.parameters()).source == source


def test_a_file_is_old_or_new(alarms: Callable[..., int], tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    lesson, texts = explain((Value(2.0, "a") * 3).tanh()), {"o que havia"}
    lesson.save_html(path)
    texts.add(path.read_text())

    def check() -> None:
        assert path.read_text() in texts and [*tmp_path.iterdir()] == [path]
        path.write_text("o que havia")

    alarms(lambda: lesson.save_html(path), check)


# O registro, deixado de modos menos comuns


def test_generators_that_interleave_leave_the_record_as_it_was() -> None:
    def paused(context: Callable[[], Any]) -> Iterator[bool]:
        with context():
            yield threads.is_recording()

    first, second, third = paused(no_grad), paused(enable_grad), paused(no_grad)
    assert [next(first), next(second), next(third)] == [False, True, False]
    first.close()  # type: ignore[attr-defined]
    assert not threads.is_recording()
    third.close()  # type: ignore[attr-defined]
    assert threads.is_recording()
    second.close()  # type: ignore[attr-defined]
    assert (Value(1.0) + 1).op is not None and not threads.PAUSES


def test_a_pause_left_in_another_thread_is_left() -> None:
    pause = no_grad()
    pause.__enter__()
    assert (Value(1.0) + 1).op is None
    leaver = threading.Thread(target=lambda: pause.__exit__(None, None, None))
    leaver.start()
    leaver.join()
    assert (Value(1.0) + 1).op is not None


def test_a_pause_is_opened_once_and_serves_as_a_decorator() -> None:
    pause = no_grad()
    with pause, pytest.raises(RuntimeError, match="uma vez"), pause:
        pass
    with pytest.raises(RuntimeError, match="uma vez"), pause:
        pass

    @no_grad()  # type: ignore[operator]
    def evaluate() -> Any:
        return (Value(1.0) + 1).op

    assert evaluate() is evaluate() is None and threads.is_recording()


def test_a_task_does_not_pause_another() -> None:
    async def paused() -> bool:
        with no_grad():
            await asyncio.sleep(0.01)
            return threads.is_recording()

    async def both() -> list[bool]:
        async def other() -> bool:
            await asyncio.sleep(0.005)
            return threads.is_recording()

        return await asyncio.gather(paused(), other())

    assert asyncio.run(both()) == [False, True]


ABANDONED = """
import asyncio
from micrograd_pt import no_grad

async def rows():
    with no_grad():
        yield 1
        yield 2

async def main():
    async for row in rows():
        break

asyncio.run(main())
"""


def test_an_abandoned_asynchronous_generator_is_silent() -> None:
    run = subprocess.run([sys.executable, "-c", ABANDONED], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="o Windows não tem fork")
def test_a_child_process_does_not_wait_for_a_thread_of_its_parent() -> None:
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with threads._delivering:
            held.set()
            done.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
    if child == 0:
        signal.alarm(20)
        x = Value(3.0)
        (x * x).backward()
        os._exit(0 if x.grad == 6 else 1)
    done.set()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    holder.join()


WHILE_LOADING = """
import sys

class Interrupter:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupter())
"""


@pytest.mark.parametrize("module", ["micrograd_pt.ops", "micrograd_pt.cli", "micrograd_pt.cli.chapter"])
def test_an_early_interruption_of_the_command_prints_no_traceback(module: str, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WHILE_LOADING.format(module=module))
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    for options in ([], ["-X", "utf8"]):
        command = [sys.executable, *options, "-m", "micrograd_pt"]
        run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)
        assert run.returncode in (130, -signal.SIGINT) and "Traceback" not in run.stderr


def test_the_package_is_imported_where_there_are_no_arguments() -> None:
    script = "import sys; sys.argv = []; import micrograd_pt; print(micrograd_pt.Value(1.0).data)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("1.0\n", "")

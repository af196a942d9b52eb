"""Nós enxutos: pouca memória, nenhum ciclo, nada para o coletor de lixo; e `no_grad()`, que não constrói grafo."""

import gc
import threading
import tracemalloc
from collections.abc import Iterator

import pytest

from micrograd_pt import MLP, Value, dot, maximum, no_grad, tanh


@pytest.fixture
def collector_off() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def chain(length: int) -> Value:
    node = Value(0.5)
    for _ in range(length // 2):
        node = (node * 0.999).tanh()
    return node


def test_a_graph_and_its_backward_leave_nothing_to_the_collector(collector_off: None) -> None:
    model = MLP(2, [3, 1], activation="sigmoid", seed=1)
    for left in (None, 0):  # a primeira vez escreve os métodos, o que se faz uma vez por processo
        gc.collect()
        loss = (model([0.5, -1.0]) - 1) ** 2 + maximum(*model.parameters()) * 0.1
        loss.backward()
        del loss
        assert gc.collect() == left or left is None


def test_a_node_takes_at_most_250_bytes_before_and_after_backward() -> None:
    length = 20_000
    tracemalloc.start()
    try:
        node = chain(length)
        built = tracemalloc.get_traced_memory()[0]
        node.backward()
        finished = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert built / length <= 250
    assert finished / length <= 250


def test_a_node_has_fixed_fields_and_an_empty_dict() -> None:
    node = Value(1.0) + 2
    assert vars(node) == {}
    assert not any(
        isinstance(getattr(node, name), (dict, set, list)) or callable(getattr(node, name))
        for name in Value.__slots__
        if name not in ("op", "__dict__")
    )


def test_no_grad_gives_the_same_numbers_and_no_graph() -> None:
    model = MLP(3, [4, 2], seed=2)
    with_graph = model([1.0, -2.0, 0.5])
    with no_grad():
        without = model([1.0, -2.0, 0.5])
        a = Value(2.0, "a")
        leaves = [a + 1, 1 - a, a * a, -a, a.tanh(), tanh(a), dot([a], [3.0]), abs(a), a**2]
    assert [node.data for node in without] == [node.data for node in with_graph]
    assert all(node.op is None and node.args == () for node in [*without, *leaves])
    assert (a * 3).args == (a, 3)


def test_no_grad_ends_with_its_block_even_by_an_error_and_may_be_nested() -> None:
    a = Value(2.0)
    with pytest.raises(ZeroDivisionError), no_grad():
        with no_grad():
            assert (a * a).op is None
        assert (a * a).op is None
        a / 0
    assert (a * a).op is not None


def test_no_grad_is_of_one_thread_only() -> None:
    inside, done, found = threading.Event(), threading.Event(), []

    def other() -> None:
        inside.wait()
        found.append(Value(2.0) * Value(3.0))
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    with no_grad():
        inside.set()
        done.wait()
    thread.join()
    assert found[0].op is not None


def test_threads_that_share_parameters_lose_no_gradient() -> None:
    w = Value(3.0)

    def work() -> None:
        for _ in range(300):
            loss = Value(0.0)
            for _ in range(20):
                loss = loss + w * 2.0
            loss.backward()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert w.grad == 4 * 300 * 20 * 2.0

"""Um `Value` é um objeto aberto: atributos e subclasses, que vão junto em cópias, e o grafo que o micrograd mostra."""

import copy
import itertools
import pickle
import random
import subprocess
import sys
import threading
from typing import Any

import micrograd.engine
import micrograd.nn
import numpy as np
import pytest

import micrograd_pt.nn
from micrograd_pt import (
    MLP,
    SGD,
    Graph,
    Neuron,
    Value,
    compile_graph,
    compiled,
    draw,
    explain,
    grad,
    hessian,
    jvp,
    leaky_relu,
    mean,
    softmax,
    train,
)
from micrograd_pt import sum as total

Theirs = micrograd.engine.Value


class Word(Value):
    """Uma subclasse como as dos exercícios: métodos feitos de operações, e um `__init__` seu."""

    def __init__(self, data: Any, _children: Any = (), _op: str = "", label: str = "") -> None:
        super().__init__(data, _children, _op)
        self.label, self.origin = label, "exercício"

    def doubled(self) -> Any:
        return self * 2 + 1


class Fixed(Value):
    __slots__ = ("count",)


class Rebuilt(Value):
    """Que diz o que se grava dela, e refaz o resto."""

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.held = "dado"

    def __getstate__(self) -> Any:
        return {"held": "gravado"}

    def __setstate__(self, state: Any) -> None:
        assert state == {"held": "gravado"}
        self.held = "refeito"


class Reduced(Value):
    def __reduce__(self) -> Any:
        return Reduced, (self.data + 1,)


# Subclasses.


@pytest.mark.parametrize("both", [(Word, Value), (Value, Word), (Word, Word)])
def test_a_subclass_is_a_node_on_either_side_of_every_sign(both: Any) -> None:
    def tangle(a: Any, b: Any) -> Any:
        c = a + b * 2 - 1 - a * b
        return (c / b) ** 2 + (a**3 - b).relu() + 3 / a - (-b) * 0.5 + total([a, b, c])

    ours, plain = [kind(number) for kind, number in zip(both, (1.5, -2.0), strict=True)], [Value(1.5), Value(-2.0)]
    found, expected = tangle(*ours), tangle(*plain)
    found.backward()
    expected.backward()
    assert (found.data, [v.grad for v in ours]) == (expected.data, [v.grad for v in plain])
    assert type(found) is Value
    found.backward(create_graph=True)
    assert [len(Graph(found).leaves), grad(lambda x: tangle(x, plain[1]))(1.5)] == [2, plain[0].grad]


def test_every_reader_takes_a_subclass_for_a_node() -> None:
    w, x = Word(0.5, label="w"), Word(2.0, label="x")
    y = (w.doubled() * x).tanh()
    y.label = "y"
    y.backward()
    program = compile_graph(y, inputs=[x], parameters=[w])
    assert program([2.0], [0.5]) == (y.data, (w.grad,))
    assert "∂y/∂w" in str(explain(y, [w])) and "w" in draw(y).source
    assert compiled(lambda a: w.doubled() * a)(3.0) == 6.0
    assert jvp(lambda a: w.doubled() * a)(3.0, 1.0)[1] == 2.0
    assert hessian(lambda v: v[0] * v[0] * w)([2.0]) == [[1.0]]


def test_a_neuron_whose_weights_are_of_a_subclass_is_trained_compiled() -> None:
    models = [Neuron(2, False), Neuron(2, False)]
    for model, kind in zip(models, (Word, Value), strict=True):
        model.w, model.b = [kind(0.25), kind(-0.5)], kind(0.0)
    histories = [
        train(model, [[1, 2], [3, -1]], [1, 0], epochs=20, learning_rate=0.05, progress=False) for model in models
    ]
    assert histories[0].losses == histories[1].losses and histories[0].not_compiled == ""
    assert all(type(w) is Word for w in models[0].w)


def test_a_subclass_elsewhere_does_not_change_a_plain_network() -> None:
    """Também uma que troca o produto: só conta onde é um operando."""
    model = MLP(2, [3, 1], seed=1)
    before = len(Graph(model([1.0, 2.0])))

    class Loud(Value):
        def __mul__(self, other: Any) -> Any:
            return super().__mul__(other) * 10

    assert len(Graph(model([1.0, 2.0]))) == before
    model.layers[1].neurons[0].w[0] = Loud(0.0)
    assert len(Graph(model([1.0, 2.0]))) > before
    assert (Loud(2.0) * 3).data == 60 and (Loud(2.0) / 4).data == 5 and (3 * Loud(2.0)).data == 60


def test_a_subclass_with_an_init_of_its_own_is_a_whole_leaf() -> None:
    class Own(Value):
        def __init__(self, data: float) -> None:
            self.data = data

    leaf = Own(3.0)
    (leaf * leaf).backward()
    assert (leaf.grad, leaf.label, leaf._op, leaf._prev) == (6.0, "", "", set())


def test_a_subclass_that_compares_by_number_keeps_its_nodes_apart() -> None:
    class ByNumber(Value):
        def __eq__(self, other: object) -> bool:
            return isinstance(other, Value) and self.data == other.data

    a, b, c = ByNumber(2.0), ByNumber(2.0), ByNumber(3.0)
    (a * b + c * a).backward()
    assert (a.grad, b.grad, c.grad, a == b, a != c) == (5.0, 2.0, 2.0, True, True)
    with pytest.raises(TypeError, match=r"deixe o de Value, __hash__ = Value\.__hash__"):
        type("Merged", (Value,), {"__eq__": ByNumber.__eq__, "__hash__": lambda self: hash(self.data)})


@pytest.mark.parametrize("engine", [Theirs, Value])
def test_a_sign_replaced_in_a_subclass_counts_also_to_the_right_of_a_plain_node(engine: Any) -> None:
    class Odd(engine):  # type: ignore[misc]
        def __neg__(self) -> Any:
            return engine(100.0)

        def __pow__(self, other: Any) -> Any:
            return engine(7.0)

    class Seventy(engine):  # type: ignore[misc]
        def __mul__(self, other: Any) -> Any:
            return engine(70.0)

    assert [(engine(1.0) - Odd(2.0)).data, (engine(3.0) / Odd(2.0)).data, (1 / Odd(2.0)).data] == [101.0, 21.0, 7.0]
    assert [(engine(1.0) - Seventy(2.0)).data, (1 - Seventy(2.0)).data, (engine(2.0) * Seventy(3.0)).data] == [
        71.0,
        71.0,
        6.0,
    ]


# Atributos.


def test_an_optimizer_may_keep_its_moments_on_the_parameters() -> None:
    model = MLP(2, [3, 1], seed=2)
    for p in model.parameters():
        p.velocity = 0.0  # type: ignore[attr-defined]
    assert all(vars(p) == {"velocity": 0.0} for p in model.parameters())
    assert train(model, [[0, 1]], [1], epochs=3, progress=False).not_compiled == ""


@pytest.mark.parametrize("make", [lambda: Word(2.0, label="a"), lambda: Value(2.0) * 3], ids=["leaf", "result"])
@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))])
def test_attributes_and_class_go_along_in_copies(make: Any, how: Any) -> None:
    node = make()
    node.mark, node._op = [1, 2], "sinal"
    assert node._prev is node._prev
    other = how(node)
    assert type(other) is type(node) and other.data == node.data and other is not node
    assert vars(other) == {name: held for name, held in vars(node).items() if name != "_as_in_micrograd"}
    assert (other.mark is node.mark) == (how is copy.copy)


def test_a_fixed_field_of_a_subclass_goes_along_too() -> None:
    node = Fixed(2.0)
    node.count = 3
    for other in (copy.copy(node), copy.deepcopy(node), pickle.loads(pickle.dumps(node))):
        assert (type(other), other.count, other.data) == (Fixed, 3, 2.0)


def test_an_attribute_that_is_a_node_stays_connected() -> None:
    x = Value(2.0)
    y = x * x
    y.of, x.user = x, y  # type: ignore[attr-defined]
    for other in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert other.of is other.args[0] and other.of.user is other
        other.backward()
        assert (other.of.grad, x.grad) == (4.0, 0)


def test_what_a_subclass_says_of_its_own_copies_is_done() -> None:
    for other in (copy.deepcopy(Rebuilt(2.0)), pickle.loads(pickle.dumps(Rebuilt(2.0))), copy.copy(Rebuilt(2.0))):
        assert (type(other), other.data, other.held) == (Rebuilt, 2.0, "refeito")
    for other in (copy.copy(Reduced(1.0)), copy.deepcopy(Reduced(1.0)), pickle.loads(pickle.dumps(Reduced(1.0)))):
        assert (type(other), other.data) == (Reduced, 2.0)


def test_a_long_chain_of_attributes_of_nodes_is_pickled() -> None:
    nodes = [Value(float(n)) for n in range(3000)]
    for before, after in itertools.pairwise(nodes):
        after.previous = before  # type: ignore[attr-defined]
    node = pickle.loads(pickle.dumps(nodes[-1]))
    for number in range(2999, -1, -1):
        assert node.data == number
        node = getattr(node, "previous", None)


# O grafo como lá.


ANYWHERE = [
    lambda a, b, k: a + b,
    lambda a, b, k: a - b,
    lambda a, b, k: a * b,
    lambda a, b, k: -a,
    lambda a, b, k: a.relu(),
    lambda a, b, k: a + k,
    lambda a, b, k: k + a,
    lambda a, b, k: k - a,
    lambda a, b, k: a - k,
    lambda a, b, k: k * a,
    lambda a, b, k: a / k,
    lambda a, b, k: sum([a, b]),
]
POSITIVE = [lambda a, b, k: a / b, lambda a, b, k: a**k, lambda a, b, k: a**-1, lambda a, b, k: k / a]


def drawn(Value: Any, seed: int) -> Any:
    """Uma conta ao acaso com o que o micrograd tem, constantes e usos repetidos."""
    draw = random.Random(seed)
    nodes = [Value(draw.uniform(0.5, 2.0)) for _ in range(3)]
    for _ in range(draw.randrange(3, 12)):
        a, b, k = draw.choice(nodes), draw.choice(nodes), draw.choice([2, 3.0, 0.5])
        makers = [*ANYWHERE, *(POSITIVE if a.data > 0 and b.data > 0 else [])]
        nodes.append(draw.choice(makers)(a, b, k))
    return nodes[-1]


def order(root: Any) -> list[Any]:
    found: list[Any] = []
    seen = set()

    def build(node: Any) -> None:
        if node not in seen:
            seen.add(node)
            for child in sorted(node._prev, key=lambda v: (v._op, v.data)):
                build(child)
            found.append(node)

    build(root)
    return found


@pytest.mark.parametrize("seed", range(150))
def test_the_graph_is_micrograds_node_for_node_and_its_own_sweep_gives_the_gradients(seed: int) -> None:
    theirs, ours = order(drawn(Theirs, seed)), order(drawn(Value, seed))
    assert sorted((v._op, len(v._prev)) for v in ours) == sorted((v._op, len(v._prev)) for v in theirs)
    assert sorted(v.data for v in ours) == pytest.approx(sorted(v.data for v in theirs), rel=1e-12)
    for swept in (theirs, ours):
        swept[-1].grad = 1
        for node in reversed(swept):
            node._backward()
    expected = sorted(v.grad for v in theirs)
    assert sorted(v.grad for v in ours) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    for node in ours:
        node.grad = 0
    ours[-1].backward()
    assert sorted(v.grad for v in ours) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert order(ours[-1]) == ours


def test_a_weighted_sum_is_shown_as_the_sum_of_products_that_it_is() -> None:
    neuron = Neuron(2)
    net = order(neuron([1.5, -0.5]))
    assert sorted(node._op for node in net) == ["", "", "", "", "", "*", "*", "+", "+", "ReLU"]
    assert mean([Value(1.0), Value(2.0)])._op == "*" and Value(2.0).square()._op == "**2"
    many = total([Value(float(n)) for n in range(2000)])
    assert many._op == "+" and sum(1 for _ in walked(many)) == 2000 + 1999


def walked(root: Any) -> Any:
    seen, waiting = {root}, [root]
    while waiting:
        node = waiting.pop()
        yield node
        new = node._prev - seen
        seen |= new
        waiting += new


def test_a_node_that_is_only_shown_is_a_node_of_the_graph() -> None:
    """Quem o usa numa conta deriva até as folhas."""
    a, b = Value(2.0), Value(3.0)
    (minus_b,) = (a - b)._prev - {a}
    assert (minus_b._op, minus_b.data, minus_b._prev >= {b}) == ("*", -3.0, True)
    (minus_b * a).backward()
    assert (a.grad, b.grad) == (-3.0, -2.0)
    assert copy.deepcopy(minus_b).data == -3.0


def test_a_rule_is_applied_once_by_each_call() -> None:
    x = Value(3.0)
    y = x * x
    y.grad = 2.0
    y._backward()
    y._backward()
    assert x.grad == 24.0
    x._backward()
    z = x.tanh()
    z.grad = 1.0
    z._backward()
    assert x.grad == pytest.approx(24.0 + 1 - z.data**2)


def test_the_nodes_before_one_are_not_changed_in_place() -> None:
    y = Value(2.0) * 3
    for change in (y._prev.clear, y._prev.pop, lambda: y._prev.add(Value(1.0)), lambda: y._prev.update([y])):
        with pytest.raises(TypeError, match=r"operation\("):
            change()
    assert len(y._prev) == 2 and isinstance(y._prev, set) and y._prev | {y} == {*y._prev, y}


def test_an_input_of_1_is_a_product_like_another() -> None:
    for numbers in ([1.0, 1.0], [1, 1], [2, 1]):
        counts = []
        for nn in (micrograd.nn, micrograd_pt.nn):
            counts.append(len(order(nn.Neuron(2)(numbers))))
        assert counts[0] == counts[1]


def test_two_threads_that_look_at_once_see_the_same_nodes() -> None:
    nodes, seen = [Value(1.0) - n for n in range(300)], []
    threads = [threading.Thread(target=lambda: seen.append([[*n._prev] for n in nodes])) for _ in range(4)]
    old = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(old)
    assert all({*map(id, a)} == {*map(id, b)} for one in seen[1:] for a, b in zip(seen[0], one, strict=True))


# Convenções.


def test_what_other_libraries_call_the_same() -> None:
    x = Value(2.0, name="x")
    assert (x.label, Value(2.0, (), "", "y").label, x.item(), x.pow(3).data, x.ln().data) == (
        "x",
        "y",
        2.0,
        8.0,
        x.log().data,
    )
    scores = [Value(1.0), Value(2.0), Value(0.5)]
    assert [p.data for p in softmax(*scores)] == [p.data for p in softmax(scores)]
    assert mean(*scores).data == mean(scores).data
    with pytest.raises(TypeError, match=r"escreva where\(x > 0, x, 0\.1 \* x\)"):
        leaky_relu(x, 0.1)
    for given in (np.array([2.0]), np.array([[2.0]]), np.float32(2.0), np.array(2.0)):
        assert Value(given).data == 2.0
    with pytest.raises(TypeError, match="espera um número real"):
        Value(np.array([1.0, 2.0]))


def test_numpy_takes_variances_of_nodes() -> None:
    numbers = [1.0, 2.5, -0.5, 4.0]
    nodes = np.array([Value(n) for n in numbers], dtype=object)
    assert np.var(nodes).data == pytest.approx(np.var(numbers)) and np.std(nodes).data == pytest.approx(np.std(numbers))
    np.std(nodes).backward()
    slopes = [(n - np.mean(numbers)) / (4 * np.std(numbers)) for n in numbers]
    assert [node.grad for node in nodes] == pytest.approx(slopes)


def test_an_op_that_is_no_row_of_the_table_is_told() -> None:
    y = Value(2.0) * 3
    y.op = "+"  # type: ignore[assignment]
    with pytest.raises(TypeError, match=r"o op de um nó é a linha da tabela"):
        y.backward()


def test_a_method_patched_before_its_first_use_stays_and_may_call_the_old_one() -> None:
    code = (
        "from micrograd_pt import Value, MLP\n"
        "old = Value.tanh\n"
        "Value.tanh = lambda self: old(self) * 2\n"
        "assert Value(0.5).tanh().data == 2 * Value(0.5).sigmoid().data * 0 + 2 * old(Value(0.5)).data\n"
        "x = Value(0.5); Value.__add__(x, other=x)\n"
        "assert Value(0.5).tanh().data == 2 * old(Value(0.5)).data\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_attributes_cost_at_most_32_bytes_a_node() -> None:
    """Num processo novo: o CPython 3.11 reserva em cada nó o lugar dos atributos cujos nomes já viu."""
    code = """
import tracemalloc
from micrograd_pt import Value
count = 20_000
lean = 16 + object.__basicsize__ + 8 * (len(Value.__slots__) - 1)  # o coletor, o objeto, e um campo para cada slot
[object.__new__(Value) for _ in range(100)]
tracemalloc.start()
kept = [None] * count
before = tracemalloc.get_traced_memory()[0]
for place in range(count):
    kept[place] = object.__new__(Value)
size = (tracemalloc.get_traced_memory()[0] - before) / count
assert size <= lean + 32.5, (size, lean)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_sgd_reaches_a_subclass() -> None:
    w = Word(1.0)
    (w * w).backward()
    SGD(0.25).step([w])
    assert w.data == 0.5 and w.origin == "exercício"

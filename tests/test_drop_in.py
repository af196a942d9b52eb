"""Programas escritos para o micrograd rodam aqui trocando o import, e dão os mesmos números."""

import math
import random
import sys
from pathlib import Path
from typing import Any

import micrograd.engine
import micrograd.nn
import pytest

import micrograd_pt.engine
import micrograd_pt.nn

sys.path.insert(0, str(Path(__file__).parents[1] / "demos"))
import gpt_escalar

ENGINES = [micrograd.engine.Value, micrograd_pt.engine.Value]


class Extended(micrograd.engine.Value):  # type: ignore[misc]
    """O Value do micrograd com exp e log, que ele não tem."""

    def exp(self) -> Any:
        out = lifted(math.exp(self.data), self)
        out._backward = lambda: add_gradient(self, out.data * out.grad)
        return out

    def log(self) -> Any:
        out = lifted(math.log(self.data), self)
        out._backward = lambda: add_gradient(self, out.grad / self.data)
        return out


def lifted(data: float, child: Any) -> Any:
    return micrograd.engine.Value(data, (child,))


def add_gradient(node: Any, part: float) -> None:
    node.grad += part


# As operações do micrograd devolvem sempre o Value dele: exp e log entram nele mesmo.
for method in ("exp", "log"):
    setattr(micrograd.engine.Value, method, getattr(Extended, method))


def tangle(Value: Any) -> tuple[Any, list[Any]]:
    """Uma conta com todas as operações do micrograd, em todas as misturas de nó e número."""
    a, b = Value(-3.0), Value(1.5)
    c = a + b * 2 - 1
    d = (a * b + b**3).relu() + 2.0 * a
    c += c + 1 - a
    d += d / 2 + (b - a).relu()
    e = 3 - c * d**2 / (1 + b) - d**-1
    f = -e + 10.0 / (e * e + 1)
    return f * 0.5 + sum([a, b, c, d]), [a, b]


def test_a_tangle_of_operations_gives_the_same() -> None:
    results = []
    for Value in ENGINES:
        out, leaves = tangle(Value)
        out.backward()
        results.append([out.data] + [leaf.grad for leaf in leaves])
    assert results[1] == pytest.approx(results[0], rel=1e-12)


@pytest.mark.parametrize("shape", [(2, [16, 16, 1]), (3, [4, 2]), (1, [1])])
def test_a_network_with_the_same_seed_is_the_same_network(shape: tuple[int, list[int]]) -> None:
    found = []
    for nn in (micrograd.nn, micrograd_pt.nn):
        random.seed(1337)
        model = nn.MLP(*shape)
        out = model([0.3 * (i + 1) for i in range(shape[0])])
        total = sum(out) if isinstance(out, list) else out
        model.zero_grad()
        (total * total).backward()
        found.append(([p.data for p in model.parameters()], total.data, [p.grad for p in model.parameters()]))
        assert repr(model) == repr(nn.MLP(*shape))
    assert found[1][0] == found[0][0]
    assert found[1][1] == pytest.approx(found[0][1], rel=1e-12)
    assert found[1][2] == pytest.approx(found[0][2], rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("nn", [micrograd.nn, micrograd_pt.nn])
def test_neurons_and_layers_are_built_the_same_way(nn: Any) -> None:
    random.seed(7)
    neuron, linear, layer = nn.Neuron(3), nn.Neuron(2, nonlin=False), nn.Layer(2, 3, nonlin=False)
    assert (repr(neuron), repr(linear)) == ("ReLUNeuron(3)", "LinearNeuron(2)")
    assert len(neuron.parameters()) == 4 and neuron.b.data == 0 and neuron.nonlin and not linear.nonlin
    assert len(layer([1.0, 2.0])) == 3
    assert isinstance(nn.Layer(2, 1)([1.0, 2.0]).data, (int, float))


def moons_steps(engine: Any, nn: Any) -> list[float]:
    """O caderno de demonstração do micrograd, em pequeno: perda de margem com regularização, taxa que diminui."""
    import numpy as np

    random.seed(3)
    draw = np.random.default_rng(5)
    angles = draw.uniform(0, math.pi, 20)
    X = np.array([[math.cos(t) + (i % 2), (1 - 2 * (i % 2)) * math.sin(t)] for i, t in enumerate(angles)])
    y = np.array([1 - 2 * (i % 2) for i in range(20)])
    model = nn.MLP(2, [8, 8, 1])
    seen = []
    for k in range(5):
        inputs = [list(map(engine.Value, row)) for row in X]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * score).relu() for yi, score in zip(y, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        total = data_loss + 1e-4 * sum(p * p for p in model.parameters())
        accuracy = [(yi > 0) == (score.data > 0) for yi, score in zip(y, scores, strict=True)]
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= (1.0 - 0.9 * k / 100) * p.grad
        seen += [float(total.data), sum(accuracy) / len(accuracy)]
    return seen


def test_the_demonstration_notebook_gives_the_same_losses() -> None:
    theirs = moons_steps(micrograd.engine, micrograd.nn)
    assert moons_steps(micrograd_pt.engine, micrograd_pt.nn) == pytest.approx(theirs, rel=1e-9)


def trace(root: Any) -> tuple[set[Any], set[Any]]:
    """A travessia do caderno que desenha o grafo: usa _prev e _op."""
    nodes, edges = set(), set()

    def build(v: Any) -> None:
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(root)
    return nodes, edges


def test_the_notebook_that_draws_the_graph_can_walk_it() -> None:
    shapes = []
    for Value in ENGINES:
        x, y = Value(1.0), Value(2.0)
        nodes, edges = trace((x * y + x).relu())
        shapes.append((len(nodes), len(edges), sorted(bool(node._op) for node in nodes)))
    assert shapes[0] == shapes[1]


def test_a_gpt_in_scalars_gives_the_same_loss_and_gradients() -> None:
    found = []
    for Value in ENGINES:
        weights = gpt_escalar.new_weights(Value, seed=4)
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(100_000)  # o backward do micrograd é recursivo
        try:
            loss = gpt_escalar.text_loss(weights, "aba")
            loss.backward()
        finally:
            sys.setrecursionlimit(limit)
        found.append((loss.data, [w.grad for w in gpt_escalar.parameters(weights)]))
    assert found[1][0] == pytest.approx(found[0][0], rel=1e-12)
    assert found[1][1] == pytest.approx(found[0][1], rel=1e-9, abs=1e-12)
    assert sum(g != 0 for g in found[1][1]) > 2500

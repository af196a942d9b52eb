"""O que constrói um grafo só seu constrói-o também dentro de `no_grad()`: o mesmo resultado, dentro e fora."""

from collections.abc import Callable
from typing import Any

import pytest

import micrograd_pt as mpt
from micrograd_pt import MLP, Graph, Value, chapter15, no_grad

X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]


def model() -> MLP:
    return MLP(2, [2, 1], activation="tanh", seed=0)


def trained() -> Any:
    network = model()
    history = mpt.train(network, X, Y, epochs=3)
    return history.losses, [parameter.data for parameter in network.parameters()]


def trained_by_the_graph() -> Any:
    network = model()
    history = mpt.train(network, X, Y, epochs=3, loss=lambda out, target: (out - target) ** 2 if out.data < 9 else out)
    assert history.not_compiled
    return history.losses, [parameter.data for parameter in network.parameters()]


x, w = Value(3.0, "x"), Value(2.0, "w")
y = (x * w).tanh() + x * x
y.label = "y"


def second_derivative() -> Any:
    cube = Value(2.0, "c")
    with mpt.enable_grad():
        loss = cube * cube * cube
    loss.backward(create_graph=True)
    return [node.data for node in Graph(cube.grad).nodes]


BUILDERS: dict[str, Callable[[], Any]] = {
    "grad": lambda: mpt.grad(lambda a: a * a)(3.0),
    "grad de grad": lambda: mpt.grad(mpt.grad(lambda a: a * a * a))(3.0),
    "value_and_grad": lambda: mpt.value_and_grad(lambda a: a * a)(3.0),
    "derivative": lambda: mpt.derivative(lambda a: a**3, 2)(2.0),
    "jvp": lambda: mpt.jvp(lambda a: a * a)(3.0, 1.0),
    "jacobian": lambda: mpt.jacobian(lambda v: [v[0] * v[1]])([1.0, 2.0]),
    "hessian": lambda: mpt.hessian(lambda v: v[0] * v[1])([1.0, 2.0]),
    "check_gradients": lambda: mpt.check_gradients(lambda a, b: a * b, 2.0, 3.0).wrong,
    "check_table": lambda: mpt.check_table().wrong,
    "create_graph": second_derivative,
    "parse": lambda: len(Graph(mpt.parse("a*b + 1", a=2, b=3))),
    "explain": lambda: str(mpt.explain(y, [w], learning_rate=0.1)),
    "html": lambda: mpt.explain(y, [w]).html(),
    "latex": lambda: mpt.explain(y, [w]).latex(),
    "markdown": lambda: mpt.explain(y, [w]).markdown(),
    "caminhos": lambda: str(mpt.explain(y).paths(x)),
    "contributions": lambda: [[part.product for part in parts] for parts in Graph(y).contributions()[0]],
    "find_nonfinite": lambda: mpt.find_nonfinite(y),
    "draw": lambda: str(mpt.draw(y)),
    "draw_network": lambda: str(mpt.draw_network(chapter15.network(), [0, 1], "gradients", target=1)),
    "compile_graph": lambda: mpt.compile_graph(y, [x], [w]).source,
    "compiled": lambda: mpt.value_and_grad(mpt.compiled(lambda a: a * a))(3.0),
    "live_page": lambda: mpt.live_page(model(), X, Y).html(),
    "chapter_page": lambda: mpt.chapter_page().html(),
    "train": trained,
    "train pelo grafo": trained_by_the_graph,
}


@pytest.mark.parametrize("name", BUILDERS)
def test_what_builds_its_own_graph_does_so_inside_no_grad(name: str) -> None:
    outside = BUILDERS[name]()
    with no_grad():
        inside = BUILDERS[name]()
        assert (w * x).op is None
    assert inside == outside


def test_the_steps_and_the_decision_are_drawn_the_same() -> None:
    pytest.importorskip("matplotlib", reason="o extra plot não está instalado")
    steps = [(scene.caption, str(scene.figure)) for scene in mpt.draw_steps(y)]
    with no_grad():
        assert [(scene.caption, str(scene.figure)) for scene in mpt.draw_steps(y)] == steps
        assert mpt.plot_decision(model(), X, Y) is not None

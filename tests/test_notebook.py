"""Num caderno Jupyter tudo se mostra sozinho; o que não se pode desenhar é texto, e nada muda por se olhar."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from micrograd_pt import MLP, History, Neuron, Value, chapter15, draw, draw_network, draw_steps, explain, train
from micrograd_pt.graph import Graph

SVG, PNG, MARKDOWN, HTML, LATEX = "image/svg+xml", "image/png", "text/markdown", "text/html", "text/latex"


@pytest.fixture(scope="module")
def shown() -> Any:
    """O que o IPython mostraria de um objeto: as formas, pelo tipo."""
    formatter = InteractiveShell.instance().display_formatter
    formatter.active_types = formatter.format_types  # como num caderno: um terminal só pede texto
    return lambda thing: formatter.format(thing)[0]


def square() -> Value:
    x = Value(3.0, "x")
    y = x * x
    y.label = "y"
    return y


def words(svg: str) -> list[str]:
    """Os textos de um desenho."""
    return ["".join(text.itertext()).strip() for text in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def trained() -> History:
    return train(chapter15.network(), chapter15.X, chapter15.y, learning_rate=0.5, epochs=20)


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (square, SVG),
        (lambda: Graph(square()), SVG),
        (chapter15.network, SVG),
        (lambda: chapter15.network().layers[1], SVG),
        (lambda: Neuron(2), SVG),
        (lambda: draw(square()), SVG),
        (lambda: draw_network(chapter15.network()), SVG),
        (lambda: draw_steps(square()).animation(), SVG),
        (lambda: draw_steps(square()), HTML),
        (lambda: explain(square()), MARKDOWN),
        (lambda: explain(square()).paths("x"), MARKDOWN),
        (lambda: explain(square()).backward[1].formula, LATEX),
        (trained, PNG),
        (lambda: trained().plot(), PNG),  # type: ignore[attr-defined]
    ],
)
def test_everything_shows_itself(make: Any, kind: str, shown: Any) -> None:
    thing = make()
    forms = shown(thing)
    assert kind in forms and "text/plain" in forms
    if kind == SVG:
        ET.fromstring(forms[SVG])


def test_a_value_is_its_graph_and_a_network_its_weights(shown: Any) -> None:
    assert {"x", "y", "3", "9"} <= set(words(shown(square())[SVG]))
    drawn = words(shown(chapter15.network())[SVG])
    assert {"h₁", "o", "+1.076", "−0.327"} <= set(drawn)
    layer = words(shown(chapter15.network().layers[1])[SVG])
    assert {"h₁", "h₂", "h₃", "o", "−0.327"} <= set(layer) and "x₁" not in layer
    assert {"x₁", "x₂", "o₁"} <= set(words(shown(Neuron(2))[SVG]))


def test_a_leaf_is_a_line_of_text(shown: Any) -> None:
    assert shown(Value(3.0, "x")) == {"text/plain": "Value(data=3.0, grad=0, label='x')"}


def test_a_history_says_in_words_what_it_plots(shown: Any) -> None:
    assert shown(trained())["text/plain"].startswith("20 épocas")
    assert shown(History()) == {"text/plain": "nenhuma época"}


def test_what_can_not_be_drawn_is_text_and_not_an_error(shown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    x = Value(3.0, "x")
    y = x * x
    x.data = 4.0
    assert set(shown(y)) == {"text/plain"}
    for module in ("matplotlib", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, module, None)
    history = History([1.0, 0.5])
    assert set(shown(history)) == {"text/plain"} and "perda 1" in shown(history)["text/plain"]


def test_a_huge_graph_answers_at_once(shown: Any) -> None:
    y = Value(1.0, "x")
    for _ in range(30_000):
        y = y + 1
    assert set(shown(y)) == {"text/plain"}
    assert SVG in shown(MLP(2, [16, 16, 1], seed=1)([Value(1.0), Value(2.0)]))


def test_looking_changes_nothing(shown: Any) -> None:
    y, network = square(), chapter15.network()
    y.backward()
    state, grads = random.getstate(), [node.value.grad for node in Graph(y).nodes]
    for thing in (y, network, network.layers[0], network.layers[0].neurons[0], explain(y)):
        shown(thing)
    assert [node.value.grad for node in Graph(y).nodes] == grads
    assert random.getstate() == state


def test_no_system_program_is_needed(tmp_path: Path) -> None:
    code = "import micrograd_pt as m; x = m.Value(2.0, 'x'); print((x * x)._repr_mimebundle_()['image/svg+xml'])"
    environment = {**os.environ, "PATH": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=True)
    ET.fromstring(done.stdout.decode("utf-8"))

"""O que se pode ver numa figura: números nas setas, destaques, grupos, neurônios fechados, resumos, passos, temas."""

from __future__ import annotations

import itertools
import math
import re
import time
import xml.etree.ElementTree as ET
from functools import cache
from typing import Any

import pytest

from micrograd_pt import MLP, Value, chapter15, dot, draw, draw_network, draw_steps, half_squared_error
from micrograd_pt.drawing import Figure, Reading, rendering, sketch_of
from micrograd_pt.drawing.neurons import cells
from micrograd_pt.drawing.quoting import shown, signed, text_width
from micrograd_pt.graph import Graph
from micrograd_pt.words import en, pt

SVG = "{http://www.w3.org/2000/svg}"

pytestmark = pytest.mark.skipif(
    rendering.bundled_executable() is None, reason="as figuras são conferidas com o graphviz-pure"
)


def chapter_loss(bias: str = "column") -> Value:
    loss = half_squared_error(chapter15.network(bias)([Value(0.0, "x1"), Value(1.0, "x2")]), 1.0)
    loss.label = "E"
    assert isinstance(loss, Value)
    return loss


def shared_expression() -> Value:
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    c = a * b
    c.label = "c"
    d = c + a
    d.label = "d"
    e = d * c
    e.label = "e"
    return e


def parts(figure: Figure) -> dict[str, ET.Element]:
    return {group.get("id", ""): group for group in ET.fromstring(figure.svg()).iter(f"{SVG}g")}


def written(group: ET.Element, kind: str) -> list[str]:
    """Os textos de uma parte que são disto: `data`, `flow`, …"""
    return ["".join(text.itertext()).strip() for text in group.iter(f"{SVG}text") if text.get("class") == kind]


# Números nas setas.


def test_arrows_carry_local_derivatives_and_gradients_that_add_up_in_each_node() -> None:
    e = shared_expression()
    graph, seen = Graph(e), parts(draw(e, ("data", "grad", "local", "flow")))
    _, totals = graph.contributions()
    for source, user, position in graph.edges:
        arrow = seen[f"edge-{source.index}-{user.index}-{position}"]
        assert written(arrow, "local") == [f"×{shown(graph.locals(user)[position])}"]
        assert written(arrow, "flow") == [f"←{shown(totals[user.index] * graph.locals(user)[position])}"]
    for node in graph.nodes:
        assert written(seen[f"node-{node.index}"], "grad") == [shown(totals[node.index])]
    assert [node.value.grad for node in graph.nodes] == [0] * len(graph)


def test_gradients_given_as_data_are_the_ones_shown_and_none_is_stored() -> None:
    graph = Graph(shared_expression())
    stored, given = (sketch_of(Reading(graph, ["grad"], grads=grads), title="") for grads in (None, range(len(graph))))
    assert [row.text for box in stored.boxes for row in box.rows] == ["0"] * len(graph)
    assert [row.text for box in given.boxes for row in box.rows] == [str(place) for place in range(len(graph))]
    assert [node.value.grad for node in graph.nodes] == [0] * len(graph)


def test_a_closed_branch_says_so() -> None:
    x = Value(-1.0, "x")
    seen = parts(draw(x.relu(), ("local", "flow")))
    assert written(seen["edge-0-1-0"], "local") == ["ramo fechado"]
    assert written(seen["edge-0-1-0"], "flow") == ["←0"]


def test_only_what_is_asked_for_is_shown() -> None:
    node = parts(draw(Value(1.0, "x"), ["data"]))["node-0"]
    assert written(node, "data") == ["1"] and not written(node, "grad")
    with pytest.raises(ValueError, match=r"show.*data.*peso"):
        draw(Value(1.0), ["peso"])


# Destaque.


def strong(figure: Figure, kind: str) -> set[str]:
    return {
        name for name, group in parts(figure).items() if name.startswith(kind) and "strong" in group.get("class", "")
    }


def test_a_path_is_highlighted_node_by_node_and_arrow_by_arrow() -> None:
    loss = chapter_loss()
    names = ["w_x2_h1", "z_h1", "h1", "z_o", "o"]
    for path in (names, names[::-1], [Graph(loss)[name].value for name in names], [Graph(loss)[n] for n in names]):
        figure = draw(loss, highlight=path)
        graph = Graph(loss)
        assert strong(figure, "node") == {f"node-{graph[name].index}" for name in names}
        assert len(strong(figure, "edge")) == len(names) - 1


def test_downstream_is_exactly_what_depends_on_a_parameter() -> None:
    e = shared_expression()
    assert strong(draw(e, downstream="b"), "node") == {f"node-{Graph(e)[name].index}" for name in ("b", "c", "d", "e")}
    assert len(strong(draw(e, downstream="b"), "edge")) == 4
    assert len(strong(draw(e, downstream="a"), "edge")) == 5


def test_a_highlight_is_told_by_width_and_not_by_colour_alone() -> None:
    seen = parts(draw(shared_expression(), highlight="c"))
    widths = {
        name: float(group.find(f".//{SVG}path").get("stroke-width", "1"))  # type: ignore[union-attr]
        for name, group in seen.items()
        if name.startswith("node")
    }
    graph = Graph(shared_expression())
    assert widths.pop(f"node-{graph['c'].index}") > 2 * max(widths.values())


def test_what_is_not_in_the_graph_can_not_be_highlighted() -> None:
    for wrong in ("zz", Value(1.0, "zz")):
        with pytest.raises(ValueError, match="zz"):
            draw(shared_expression(), highlight=wrong)
    with pytest.raises(TypeError, match="destaque"):
        draw(shared_expression(), downstream=3)


# Neurônios.


@pytest.mark.parametrize("bias", ["variable", "column", None])
@pytest.mark.parametrize("activation", ["tanh", "relu", "linear"])
def test_the_neurons_of_a_network_are_found_in_its_graph(bias: str | None, activation: str) -> None:
    model = MLP(2, [3, 2, 1], activation=activation, bias=bias, seed=1)
    found = cells(Graph(model([Value(1.0, "x1"), Value(2.0, "x2")]))).found
    names = [[neuron.name for neuron in layer.neurons] for layer in model.layers]
    by_layer = [[cell.output.name for cell in found if cell.layer == depth] for depth in (1, 2, 3)]
    assert [sorted(layer) for layer in by_layer] == [sorted(layer) for layer in names]


def test_a_neuron_written_by_hand_is_found_too() -> None:
    w1, w2, b, x1, x2 = [Value(1.0 + i, name) for i, name in enumerate(("w1", "w2", "b", "x1", "x2"))]
    (cell,) = cells(Graph((x1 * w1 + w2 * x2 + b).tanh())).found
    assert {term.weight.name for term in cell.terms} == {"w1", "w2", "b"}
    assert {term.signal.name for term in cell.terms if not term.is_bias} == {"x1", "x2"}
    assert not cells(Graph((x1 * x2).tanh())).found


def test_a_closed_neuron_is_one_box_with_its_weights_on_the_arrows_and_opens_again() -> None:
    loss = chapter_loss()
    graph = Graph(loss)
    closed, one_open = parts(draw(loss, collapse=True)), parts(draw(loss, collapse=True, expand=["h2"]))
    assert f"node-{graph['z_h1'].index}" not in closed and f"node-{graph['w_x1_h1'].index}" not in closed
    assert "neuron" in closed[f"node-{graph['h1'].index}"].get("class", "")
    arrow = next(g for n, g in closed.items() if n.startswith(f"edge-{graph['x2'].index}-{graph['z_h1'].index}-"))
    assert written(arrow, "weight") == ["+1.076"]
    assert f"node-{graph['z_h2'].index}" in one_open and f"node-{graph['z_h1'].index}" not in one_open
    assert set(parts(draw(loss, collapse=["h1", "h3"]))) - set(closed)
    with pytest.raises(ValueError, match=r"zz.*h1"):
        draw(loss, collapse=["zz"])


def test_groups_are_layers_with_their_neurons() -> None:
    seen = parts(draw(chapter_loss(), group=True))
    titles = {
        "".join(text.itertext())
        for name, group in seen.items()
        if name.startswith("group-")
        for text in group.findall(f"{SVG}text")
    }
    assert titles == {"camada oculta 1", "camada de saída", "neurônio h1", "neurônio h2", "neurônio h3", "neurônio o"}


# Grafos grandes.


def test_a_large_network_is_summarised_by_layer() -> None:
    figure = draw(MLP(2, [16, 16, 1], seed=1)([Value(1.0), Value(2.0)]))
    said = [
        text
        for group in parts(figure).values()
        for text in ("".join(t.itertext()) for t in group.findall(f".//{SVG}text"))
    ]
    assert {"camada oculta 1", "camada oculta 2", "camada de saída", "16 neurônios", "256"} <= set(said)
    assert any("404 nós e 706 setas" in text for text in said)


def test_the_summary_counts_every_node_and_every_arrow_between_boxes() -> None:
    model = MLP(3, [9] * 12 + [2], seed=1)
    out = model([Value(1.0), Value(2.0), Value(3.0)])
    figure = draw(out[0] + out[1])
    counts = [int(number) for number in re.findall(r">(\d+) nós?<", figure.source)]
    assert sum(counts) == len(Graph(out[0] + out[1]))
    assert len(counts) <= 7


def test_a_hundred_thousand_nodes_answer_within_seconds() -> None:
    x = y = Value(1.0, "x")
    for _ in range(50_000):
        y = (y * 0.5).tanh()
    start = time.perf_counter()
    draw(y, ("data", "local", "flow"), collapse=True, group=True, downstream=x).svg()
    assert time.perf_counter() - start < 10


# Passos.


def test_steps_go_forward_and_back_and_show_what_is_known_so_far() -> None:
    e = shared_expression()
    steps = draw_steps(e)
    assert [step.caption for step in steps] == [
        "c = a·b = 2·(−3) = −6",
        "d = c + a = −6 + 2 = −4",
        "e = d·c = −4·(−6) = 24",
        "∂e/∂e = 1   (é daqui que se parte)",
        "∂e/∂d = ∂e/∂e · c = 1 · (−6) = −6",
        "∂e/∂c = ∂e/∂e · d + ∂e/∂d = 1 · (−4) − 6 = −4 − 6 = −10",
        "∂e/∂b = ∂e/∂c · a = −10 · 2 = −20",
        "∂e/∂a = ∂e/∂d + ∂e/∂c · b = −6 − 10 · (−3) = −6 + 30 = 24",
    ]
    assert (len(steps.forward), len(steps.backward)) == (3, 5)
    graph = Graph(e)
    for known, step in enumerate(steps.forward, start=1):
        seen = parts(step.figure)
        filled = [node for node in graph.nodes if written(seen[f"node-{node.index}"], "data") != [""]]
        assert len(filled) == 2 + known
        assert all(written(seen[f"node-{node.index}"], "grad") == [""] for node in graph.nodes)
    assert all(node.value.grad == 0 for node in graph.nodes)


def test_a_long_caption_keeps_its_result() -> None:
    weights = [Value(float(i), f"w{i}") for i in range(30)]
    caption = draw_steps(dot(weights, weights))[0].caption
    assert len(caption) <= 150 and caption.endswith(" = 8555")
    assert "fechado" in draw_steps(Value(-1.0, "x").relu())[-1].caption
    assert "starts" in draw_steps(shared_expression(), lang="en").backward[0].caption


def test_an_input_that_happens_to_be_one_is_not_a_bias() -> None:
    loss = half_squared_error(chapter15.network()([0, 1]), 1.0)
    seen, graph = parts(draw(loss, ("data", "flow"), collapse=True, expand=["h2"])), Graph(loss)
    box = seen[f"node-{graph['h1'].index}"]
    assert (written(box, "b-title"), written(box, "b")) == (["w_x3_h1"], ["+1.116"])
    arrows = [group for name, group in seen.items() if name.startswith(f"constant-edge-{graph['z_h1'].index}-")]
    assert ["".join(arrow.itertext()).split()[-1] for arrow in arrows] == ["+0.351", "+1.076"]
    variable = half_squared_error(chapter15.network("variable")([0, 1]), 1.0)
    (cell, *_) = cells(Graph(variable)).found
    assert [(term.weight.name, term.is_bias, term.title) for term in cell.terms] == [
        ("w_x1_h1", False, "w_x1_h1"),
        ("w_x2_h1", False, "w_x2_h1"),
        ("b_h1", True, "b"),
    ]


def test_crowded_weights_are_in_the_boxes_and_not_on_the_arrows() -> None:
    model = MLP(2, [4, 4, 1], activation="tanh", seed=1)
    out = model([Value(1.0, "x1"), Value(-2.0, "x2")])
    seen, graph = parts(draw(out, ("data", "flow"), collapse=True)), Graph(out)
    for layer in model.layers:
        for neuron in layer.neurons:
            node = graph[neuron.name]
            box = written(seen[f"node-{node.index}"], "weight")
            assert [text.split(" ")[0] for text in box] == [signed(weight.data) for weight in neuron.w]
            assert all("←" in text for text in box)
    assert not [name for name, group in seen.items() if name.startswith("edge") and written(group, "weight")]


def test_every_step_has_the_same_layout() -> None:
    def places(figure: Figure) -> list[float]:
        paths = [group.find(f".//{SVG}path") for name, group in sorted(parts(figure).items()) if name[:4] == "node"]
        xs = [[float(n) for n in re.findall(r"-?[\d.]+", path.get("d", ""))] for path in paths if path is not None]
        left = min(number for path in xs for number in path[::2])
        return [number for path in xs for number in (path[0] - left, path[1])]

    steps = draw_steps(chapter_loss())
    first = places(steps[0].figure)
    for step in (steps.backward[0], steps[-1]):
        assert places(step.figure) == pytest.approx(first, abs=0.2)


def test_steps_are_written_to_numbered_files(tmp_path: Any) -> None:
    paths = draw_steps(Value(2.0, "x") * 3).render(tmp_path / "passos")
    assert [path.name for path in paths] == ["forward-01.svg", "backward-01.svg", "backward-02.svg"]
    assert all(ET.parse(path).getroot().tag == f"{SVG}svg" for path in paths)


def test_the_animation_moves_only_for_those_who_accept_it_and_stands_still_complete() -> None:
    steps = draw_steps(shared_expression())
    code = str(steps.animation(1.5))
    root = ET.fromstring(code)
    (style,) = root.iter(f"{SVG}style")
    assert style.text is not None
    moves, _, rules = style.text.partition("@media (prefers-reduced-motion:no-preference){")
    assert "animation:" not in moves and rules.count("animation:") == 2 * len(steps) + 1
    assert "15s" in rules  # oito passos e dois parados
    still = {"".join(t.itertext()).strip() for t in root.iter(f"{SVG}text") if t.get("opacity") is None}
    assert {"24", "−10", "←30", "8 passos"} - still == {"8 passos"}
    assert "<script" not in code
    assert steps._repr_html_().startswith("<svg")
    for wrong in (0, -1, math.nan, math.inf):
        with pytest.raises(ValueError, match="seconds"):
            steps.animation(wrong)


def test_steps_of_a_large_graph_say_what_to_do() -> None:
    with pytest.raises(ValueError, match=r"404 nós.*draw"):
        draw_steps(MLP(2, [16, 16, 1], seed=1)([Value(1.0), Value(2.0)]))


def test_hostile_labels_in_steps_are_text() -> None:
    for label in ('"', "<b>", "\x00", "\\N", "]]>", "\ud800", "</svg>", "a\nb"):
        x = Value(2.0, label)
        steps = draw_steps(x * x)
        ET.fromstring(str(steps.animation()))
        ET.fromstring(steps[-1].figure.svg())
        ET.fromstring(draw(x * x, highlight=x, group=True).svg())


# A rede.


def test_gradients_of_a_sample_are_those_of_the_chapter_and_nothing_is_touched() -> None:
    model = chapter15.network()
    seen = parts(draw_network(model, [0, 1], "gradients", target=1))
    texts = {name: "".join(group.find(f".//{SVG}text").itertext()) for name, group in seen.items() if "label" in name}  # type: ignore[union-attr]
    assert [texts[f"weight-label-2-{row}-0"] for row in range(3)] == ["−0.110958", "−0.0731660", "−0.0466863"]
    assert [texts[f"weight-label-1-0-{row}"] for row in range(3)] == ["0", "0", "0"]
    notes = ["".join(seen[f"bias-1-{row}"].find(f".//{SVG}text").itertext()) for row in range(3)]  # type: ignore[union-attr]
    assert notes == ["∂E/∂z = −0.00426973", "∂E/∂z = +0.00973402", "∂E/∂z = +0.00954640"]
    assert all(parameter.grad == 0 for parameter in model.parameters())


def test_an_update_shows_before_and_after_of_the_chapter() -> None:
    model = chapter15.network()
    seen = parts(draw_network(model, [0, 1], "update", target=1, learning_rate=0.5))
    texts = ["".join(seen[f"weight-label-2-{row}-0"].find(f".//{SVG}text").itertext()) for row in range(3)]  # type: ignore[union-attr]
    assert texts == ["0.383 → 0.438479", "−0.327 → −0.290417", "−0.329 → −0.305657"]
    assert [weight.data for weight in model.layers[1].neurons[0].w] == list(chapter15.OUTPUT_WEIGHTS)


def test_without_a_target_the_stored_gradients_are_shown() -> None:
    model = chapter15.network()
    assert "todos 0" in draw_network(model, show="gradients").source
    half_squared_error(model([0, 1]), 1).backward()
    source = draw_network(model, show="gradients").source
    assert "−0.110958" in source and "guardados nos parâmetros" in source


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"show": "pesos"}, "weights"),
        ({"target": 1}, "inputs"),
        ({"show": "update"}, "learning_rate"),
        ({"learning_rate": 0.1}, "update"),
        ({"show": "update", "learning_rate": -1}, "maior que 0"),
        ({"inputs": [0, 1], "target": [1, 2]}, "saída"),
        ({"theme": "azul"}, "light"),
        ({"lang": "xx"}, "xx"),
    ],
)
def test_options_that_do_not_fit_are_explained(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        draw_network(chapter15.network(), **options)


# Temas e línguas.


def test_themes_change_colours_and_nothing_else() -> None:
    for light, dark in (
        (draw(chapter_loss()), draw(chapter_loss(), theme="dark")),
        (draw_network(chapter15.network()), draw_network(chapter15.network(), theme="dark")),
    ):
        colour = re.compile(r"#[0-9A-F]{6}")
        assert light.source != dark.source
        assert colour.sub("", light.source) == colour.sub("", dark.source)


def test_every_sentence_of_a_figure_exists_in_both_languages() -> None:
    keys = {key for key in pt.SENTENCES if key.startswith("figure.")}
    assert keys == {key for key in en.SENTENCES if key.startswith("figure.")}
    for key in keys:
        assert re.findall(r"{\w+}", pt.SENTENCES[key]) == re.findall(r"{\w+}", en.SENTENCES[key])
    assert "hidden layer (sigmoid)" in draw_network(chapter15.network(), lang="en").source
    assert "hidden layer 1" in draw(chapter_loss(), group=True, lang="en").source


def test_an_inline_figure_has_a_title_and_no_declaration() -> None:
    code = draw(chapter_loss()).svg()
    assert code.startswith("<svg") and 'role="img"' in code
    assert ET.fromstring(code)[0].text == "Grafo computacional de E"
    assert draw(chapter_loss()).copy().svg() == code


# Nada se sobrepõe.


@cache
def figures() -> dict[str, Figure]:
    loss, chapter = chapter_loss(), chapter15.network()
    deep = MLP(2, [4, 4, 1], activation="tanh", seed=1)
    out = deep([Value(1.0, "x1"), Value(-2.0, "x2")])
    everything = ("data", "grad", "local", "flow")
    return {
        "grafo": draw(loss),
        "derivadas": draw(loss, everything),
        "caminho": draw(loss, highlight=["w_x2_h1", "z_h1"]),
        "grupos": draw(loss, group=True),
        "fechados": draw(loss, collapse=True),
        "um aberto": draw(loss, everything, collapse=True, expand=["h2"]),
        "grupos fechados": draw(loss, collapse=True, group=True),
        "grupos, um aberto": draw(loss, ("data", "grad", "flow"), collapse=True, group=True, expand=["h2"]),
        "grupos e derivadas": draw(loss, everything, group=True),
        "expressão": draw(shared_expression(), everything),
        "tanh 4-4-1": draw(out),
        "tanh 4-4-1 fechada": draw(out, everything, collapse=True, group=True),
        "resumo": draw(MLP(2, [16, 16, 1], seed=1)([1, 2])),
        "resumo profundo": draw(MLP(2, [8] * 30 + [1], seed=1)([1, 2])),
        "passo": draw_steps(loss).backward[5].figure,
        **{
            f"rede {show} {bias}": draw_network(
                chapter15.network(bias), [0, 1], show, target=1, learning_rate=0.5 if show == "update" else None
            )
            for show in ("weights", "gradients", "update")
            for bias in ("column", "variable")
        },
        "rede 4-4-1": draw_network(deep, [1, -2], "update", target=1, learning_rate=0.1),
        "rede 16-16-1": draw_network(MLP(2, [16, 16, 1], seed=1), [1, 2], "gradients", target=1),
        "rede em inglês": draw_network(chapter, [0, 1], "update", target=1, learning_rate=0.5, lang="en", theme="dark"),
    }


def text_boxes(root: ET.Element) -> list[tuple[str, float, float, float, float]]:
    """O retângulo de cada texto, pelo desenho: (texto, esquerda, alto, direita, baixo)."""
    boxes = []
    for text in root.iter(f"{SVG}text"):
        shown_text, letter = "".join(text.itertext()).strip("\xa0 "), float(text.get("font-size", "0"))
        if not shown_text:
            continue
        lead = len("".join(text.itertext())) - len("".join(text.itertext()).lstrip("\xa0 "))
        width = 0.85 * text_width(shown_text, letter)  # a estimativa é folgada
        x, y = float(text.get("x", "0")) + 0.28 * letter * lead, float(text.get("y", "0"))
        left = x if text.get("text-anchor") == "start" else x - width / 2
        boxes.append((shown_text, left, y - 0.7 * letter, left + width, y))
    return boxes


@pytest.mark.parametrize("name", list(figures()) if rendering.bundled_executable() else [])
def test_no_text_lies_on_another(name: str) -> None:
    boxes = text_boxes(ET.fromstring(figures()[name].svg()))
    assert len(boxes) > 5
    for (one, a, b, c, d), (other, e, f, g, h) in itertools.combinations(boxes, 2):
        overlap = min(c, g) - max(a, e), min(d, h) - max(b, f)
        assert min(overlap) <= 0.5, (one, other)


Rectangle = tuple[float, float, float, float]


def numbers_in(path: ET.Element) -> list[tuple[float, float]]:
    """Os pontos de um traço."""
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", path.get("d") or path.get("points") or "")]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def curve(points: list[tuple[float, float]], steps: int = 12) -> list[tuple[float, float]]:
    """Pontos ao longo de uma curva de Bézier cúbica, dada pelos pontos do traço."""
    found = []
    for start in range(0, len(points) - 3, 3):
        for step in range(steps + 1):
            t = step / steps
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            corners = points[start : start + 4]
            found.append(
                (
                    sum(w * x for w, (x, _) in zip(weights, corners, strict=True)),
                    sum(w * y for w, (_, y) in zip(weights, corners, strict=True)),
                )
            )
    return found


def around(points: list[tuple[float, float]]) -> Rectangle:
    """O retângulo que contém os pontos."""
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def crossed_by_border(text: Rectangle, border: Rectangle) -> bool:
    """Verdadeiro se o contorno de uma caixa passa por cima do texto."""
    a, b, c, d = text
    e, f, g, h = border
    apart = c <= e or g <= a or d <= f or h <= b
    inside = e <= a and c <= g and f <= b and d <= h
    return not apart and not inside


@pytest.mark.parametrize("name", [n for n in figures() if "rede" not in n] if rendering.bundled_executable() else [])
def test_no_border_and_no_arrow_lies_on_a_text(name: str) -> None:
    root = ET.fromstring(figures()[name].svg())
    texts = [(word, (a + 1, b + 1, c - 1, d - 1)) for word, a, b, c, d in text_boxes(root)]
    for group in root.iter(f"{SVG}g"):
        kind = (group.get("id") or "").split("-")[0]
        outlines = [shape for tag in ("path", "polygon", "polyline") for shape in group.findall(f".//{SVG}{tag}")]
        if kind in ("node", "group", "band"):
            own = [shape for shape in group.findall(f"./{SVG}path") + group.findall(f"./{SVG}a/{SVG}path")]
            for shape in own or outlines[:1]:
                for word, box in texts:
                    assert not crossed_by_border(box, around(numbers_in(shape))), (word, group.get("id"))
        elif kind in ("edge", "constant"):
            for shape in group.findall(f".//{SVG}path"):
                for x, y in curve(numbers_in(shape)):
                    for word, (a, b, c, d) in texts:
                        assert not (a < x < c and b < y < d), (word, group.get("id"))

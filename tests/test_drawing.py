"""As figuras: o que mostram, o que não mudam, e que nenhum rótulo consegue escrever nelas senão texto."""

from __future__ import annotations

import copy
import importlib.util
import json
import math
import os
import pickle
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import graphviz
import pytest
from graphviz.backend import dot_command

from micrograd_pt import MLP, ChangedLeafError, Neuron, Value, chapter15, dot, half_squared_error
from micrograd_pt.drawing import Figure, draw, draw_network, rendering
from micrograd_pt.drawing.quoting import indexed, quoted, shown, signed
from micrograd_pt.graph import Graph, Node

SVG = "{http://www.w3.org/2000/svg}"

pytestmark = pytest.mark.skipif(
    rendering.bundled_executable() is None, reason="as figuras são conferidas com o graphviz-pure"
)

HOSTILE = [
    '"',
    "\\",
    "a\\",
    '\\"',
    "<b>x</b>",
    "<x>",
    "</TD>",
    "<!-- -->",
    "]]>",
    "{a|b}",
    "linha\nnova",
    "]; evil [",
    '" ]; n9 -> n8; "',
    "n0 -> n1",
    "a:b:c",
    "\\N \\G \\E \\L",
    "&lt;&amp;&bogus;&#0;",
    "d'água",
    "😀 ação",
    "שלום",
    "\x00\x07\x1b",
    "\ud800",
    "\ufffe\uffff",
    "\u202eabc",
    " ",
    "node",
    "m" * 5000,
]


def structure(figure: Figure) -> dict[str, Any]:
    """O grafo como o programa que o desenha o entendeu."""
    parsed: dict[str, Any] = json.loads(figure.pipe("json"))
    return parsed


def texts(figure: Figure) -> list[str]:
    """Cada texto visível da figura em SVG."""
    return ["".join(text.itertext()) for text in ET.fromstring(figure.pipe()).iter(f"{SVG}text")]


def boxes(figure: Figure, prefix: str) -> list[tuple[float, ...]]:
    """O retângulo de cada nó cujo identificador começa assim: centro, largura e altura, em pontos."""
    nodes = [node for node in structure(figure)["objects"] if node["name"].startswith(prefix)]
    return [
        (*map(float, node["pos"].split(",")), 72 * float(node["width"]), 72 * float(node["height"])) for node in nodes
    ]


def chapter_loss() -> Value:
    model = chapter15.network()
    loss = half_squared_error(model([Value(0.0, "x1"), Value(1.0, "x2")]), 1.0)
    loss.label = "E"
    assert isinstance(loss, Value)
    return loss


# O grafo computacional.


def test_each_use_of_a_node_is_an_arrow() -> None:
    x = Value(3.0, "x")
    assert len(structure(draw(x + x))["edges"]) == 2
    assert len(structure(draw(x + x))["objects"]) == 2


def test_graph_of_the_chapter_has_every_node_every_arrow_and_its_numbers() -> None:
    loss = chapter_loss()
    loss.backward()
    figure = draw(loss)
    # 12 pesos, 2 entradas, 4 somas ponderadas, 4 sigmoides, 3 contas da perda; e as constantes: o 1 de cada soma
    # ponderada oculta, o alvo, o expoente e o ½
    parsed = structure(figure)
    assert len(parsed["objects"]) == (12 + 2 + 4 + 4 + 3) + (3 + 1 + 1 + 1)
    assert len(parsed["edges"]) == 4 * 6 + 4 + 3 * 2
    seen = texts(figure)
    # os valores e gradientes do capítulo conferido
    expected = ["0.899529", "0.593149", "0.378481", "0.506509", "0.121766", "−0.110958", "−0.00426973", "−0.123352"]
    for text in expected:
        assert any(text in line for line in seen), text
    assert {"σ", "Σ", "−", "×", "E", "x1", "w_x1_h1"} <= set(seen)


def test_arrows_go_from_arguments_to_results() -> None:
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    figure = draw(a * b + a)
    parsed = structure(figure)
    names = {node["_gvid"]: node["tooltip"] for node in parsed["objects"]}
    arrows = Counter((names[edge["tail"]], names[edge["head"]]) for edge in parsed["edges"])
    assert arrows == Counter({("a", "v1"): 1, ("b", "v1"): 1, ("v1", "v2"): 1, ("a", "v2"): 1})


def test_order_of_arguments_is_marked_only_where_it_matters() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    assert [edge["headlabel"] for edge in structure(draw(a - b))["edges"]] == ["1º", "2º"]
    assert [edge.get("headlabel", "") for edge in structure(draw(a + b))["edges"]] == ["", ""]


def test_looking_changes_no_gradient() -> None:
    loss = chapter_loss()
    loss.backward()
    model = chapter15.network()
    model([0, 1]).backward()
    before = [parameter.grad for parameter in model.parameters()]
    grad = loss.grad
    draw(loss).pipe()
    draw_network(model, [0, 1]).pipe()
    assert loss.grad == grad
    assert [parameter.grad for parameter in model.parameters()] == before


def test_shows_the_gradient_that_is_stored() -> None:
    x = Value(3.0, "x")
    y = x * x
    assert "grad 6" not in " ".join(texts(draw(y))).replace("\xa0", " ")
    y.backward()
    y.backward()
    assert "12" in " ".join(texts(draw(y))).split("data")[1]


def test_a_changed_leaf_is_an_error_that_names_it() -> None:
    x = Value(3.0, "entrada")
    y = x * 2
    x.data = 4.0
    with pytest.raises(ChangedLeafError, match="entrada"):
        draw(y)


def test_minus_zero_is_never_shown() -> None:
    x = Value(-0.0, "x")
    y = x * -1.0
    y.backward()
    x.grad = -0.0
    assert not [text for text in texts(draw(y)) if "−0" in text or "-0" in text]


def test_hundreds_of_thousands_of_nodes_are_summarised_instead_of_drawn() -> None:
    x = y = Value(1.0, "x")
    for _ in range(200_000):
        y = y + x
    figure = draw(y)
    assert len(structure(figure)["objects"]) <= 7
    said = " ".join(texts(figure))
    assert "200001" in said and "400000" in said and "grande demais" in said


def test_one_node_with_too_many_arguments_is_summarised_as_well() -> None:
    assert "grande demais" in draw(dot([Value(1.0)] * 2000, [2.0] * 2000)).source


@pytest.mark.parametrize("label", HOSTILE, ids=lambda label: ascii(label[:20]))
def test_no_label_changes_the_graph(label: str) -> None:
    left, right = Value(1.0, label), Value(2.0, label)
    out = left * right
    out.label = label
    figure = draw(out)
    parsed = structure(figure)
    assert len(parsed["objects"]) == 3
    assert [(edge["tail"], edge["head"]) for edge in parsed["edges"]] == [(0, 2), (1, 2)]
    tags = Counter(element.tag for element in ET.fromstring(figure.pipe()).iter())
    assert tags == Counter(
        element.tag for element in ET.fromstring(draw(Value(1.0, "a") * Value(2.0, "b")).pipe()).iter()
    )


@pytest.mark.parametrize(
    "label",
    [label for label in HOSTILE if label.isprintable() and label.strip() and len(label) < 30],
    ids=lambda label: ascii(label),
)
def test_a_printable_label_is_shown_as_it_is(label: str) -> None:
    assert texts(draw(Value(1.0, label)))[0] == label


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name[:20]))
def test_no_name_of_a_neuron_changes_the_network(name: str) -> None:
    model = MLP(2, [1], seed=0)
    plain = structure(draw_network(model, [1, 2]))
    model.layers[0].neurons[0].name = name
    named = structure(draw_network(model, [1, 2]))
    assert [node["name"] for node in named["objects"]] == [node["name"] for node in plain["objects"]]
    assert len(named["edges"]) == len(plain["edges"])
    ET.fromstring(draw_network(model).pipe())


def test_a_long_label_is_cut_and_says_so() -> None:
    assert quoted("m" * 500) == "m" * 31 + "…"


def test_draw_refuses_what_is_not_a_value() -> None:
    with pytest.raises(TypeError, match="Value"):
        draw(3.0)  # type: ignore[arg-type]


# Números e nomes.


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.8995288043924039, "0.899529"),
        (-0.097, "−0.097"),
        (-0.0, "0"),
        (0, "0"),
        (1e-7 / 3, "3.33333e−08"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "NaN"),
        (Fraction(-1, 3), "−1/3"),
        (Fraction(123456789, 1000), "123457."),
        (10**400, "1.00000e+400"),
        (-(10**5000), "−1.00000e+5000"),
        (Value(2.5), "2.5"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_numbers_have_six_digits_and_a_true_minus(number: Any, text: str) -> None:
    assert shown(number) == text.removesuffix(".")


def test_sign_is_written_except_at_zero() -> None:
    assert [signed(number) for number in (0.351, -0.165, 0.0, -0.0)] == ["+0.351", "−0.165", "0", "0"]


def test_names_get_indices_and_other_names_stay() -> None:
    assert [indexed(name) for name in ("h1", "x12", "o", "h1_2", "h10_3", "erro_2", "h_1", "")] == [
        "h₁",
        "x₁₂",
        "o",
        "h⁽¹⁾₂",
        "h⁽¹⁰⁾₃",
        "erro_2",
        "h_1",
        "",
    ]


# A rede.


def test_every_weight_of_the_chapter_is_on_the_figure() -> None:
    seen = Counter(texts(draw_network(chapter15.network())))
    weights = [weight for row in (*chapter15.HIDDEN_WEIGHTS, chapter15.OUTPUT_WEIGHTS) for weight in row]
    assert len(weights) == 12
    wanted = Counter(f"+{weight}" if weight > 0 else f"−{-weight}" for weight in weights)
    assert wanted == Counter({text: count for text, count in seen.items() if text in wanted})


def test_a_weight_is_written_on_its_own_arrow() -> None:
    model = chapter15.network()
    parsed = structure(draw_network(model))
    place = {node["name"]: [float(part) for part in node["pos"].split(",")] for node in parsed["objects"]}
    label = {node["name"]: node["label"] for node in parsed["objects"]}
    for i in range(3):
        for j in range(3):
            (x0, y0), (x1, y1), (x, y) = place[f"n0_{i}"], place[f"n1_{j}"], place[f"w0_{i}_{j}"]
            assert math.isclose(y, y0 + (x - x0) / (x1 - x0) * (y1 - y0), abs_tol=0.1)
            assert label[f"w0_{i}_{j}"] == signed(model.layers[0].neurons[j].w[i].data)


def test_sign_is_told_by_colour_and_by_dash_and_size_by_width() -> None:
    parsed = structure(draw_network(chapter15.network()))
    names = [node["name"] for node in parsed["objects"]]
    arrow = {(names[edge["tail"]], names[edge["head"]]): edge for edge in parsed["edges"]}
    positive, negative = arrow["n0_0", "n1_0"], arrow["n0_0", "n1_1"]  # 0.351 e −0.097
    assert (positive["color"], positive["style"]) == ("#0B5CAD", "solid")
    assert (negative["color"], negative["style"]) == ("#C2410C", "dashed")
    assert float(arrow["n0_2", "n1_0"]["penwidth"]) > float(positive["penwidth"]) > float(negative["penwidth"])


def test_forward_values_appear_only_with_inputs() -> None:
    model = chapter15.network()
    values = {"0.899529", "0.593149", "0.378481", "0.506509"}
    assert values <= set(texts(draw_network(model, [0, 1])))
    assert not values & set(texts(draw_network(model)))


@pytest.mark.parametrize("bias", ["variable", "column", None])
@pytest.mark.parametrize("activation", ["tanh", "relu", "linear"])
def test_values_are_those_of_the_forward_pass(bias: str | None, activation: str) -> None:
    model = MLP(2, [3, 2, 2], activation=activation, output_activation="sigmoid", bias=bias, seed=4)
    signal: list[Any] = [0.5, -1.25, *([1] if bias == "column" else [])]
    expected = [shown(number) for number in (0.5, -1.25)]
    for layer in model.layers:
        signal = [neuron(signal) for neuron in layer.neurons]
        expected += [shown(number) for number in signal]
    figure = draw_network(model, [0.5, -1.25])
    assert [node["label"] for node in structure(figure)["objects"] if node["name"].startswith("v")] == expected


def test_bias_as_a_column_is_a_node_and_as_a_variable_a_note() -> None:
    column, variable = texts(draw_network(chapter15.network())), texts(draw_network(chapter15.network("variable")))
    assert "1" in column and "viés" in column and "h₃" in column
    assert "1" not in variable and "h₃" not in variable
    assert {"b = +1.116", "b = +0.542", "b = −0.329"} <= set(variable)


def test_an_input_has_the_name_that_its_neuron_was_given_whatever_its_weight_is_called() -> None:
    assert {"altura (m)", "idade"} <= set(texts(draw_network(Neuron(2, sources=["altura (m)", "idade"]))))
    layer = MLP(2, [3, 1], seed=1).layers[1]
    for neuron in layer.neurons:
        neuron.name = "saída"
        for weight in neuron.w:
            weight.label = "w_errado_saída"
    for seen in (layer, copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert {"h₁", "h₂", "h₃", "saída"} <= set(texts(draw_network(seen)))


def test_an_edited_neuron_and_one_without_names_count_their_inputs() -> None:
    edited, old = (Neuron(2, bias=False, sources=["a", "b"]) for _ in range(2))
    edited.w = [Value(0.5), Value(-0.5), Value(1.5)]
    del old.sources  # como num pickle de antes de haver nomes
    assert [name for name in texts(draw_network(edited)) if name[0] in "xab"] == ["x₁", "x₂", "x₃"]
    assert {"x₁", "x₂"} <= set(texts(draw_network(old)))


def test_columns_have_captions() -> None:
    assert {"entrada", "camada oculta (sigmoide)", "saída (sigmoide)"} <= set(texts(draw_network(chapter15.network())))
    deep = texts(draw_network(MLP(2, [2, 2, 1], activation="tanh", seed=0)))
    assert {
        "camada oculta 1 (tangente hiperbólica)",
        "camada oculta 2 (tangente hiperbólica)",
        "saída (linear)",
    } <= set(deep)


@pytest.mark.parametrize(
    ("nin", "nouts"), [(2, [2, 1]), (3, [4, 4, 2]), (2, [16, 16, 1]), (1, [1]), (6, [6, 6]), (1, [16]), (10, [5, 1])]
)
def test_nothing_overlaps(nin: int, nouts: list[int]) -> None:
    figure = draw_network(MLP(nin, nouts, seed=1), [0.123456789] * nin)
    shapes = [box for prefix in ("n", "w", "b", "t", "s", "k") for box in boxes(figure, prefix)]
    for index, (x, y, width, height) in enumerate(shapes):
        for other_x, other_y, other_width, other_height in shapes[:index]:
            apart_x = abs(x - other_x) >= (width + other_width) / 2 - 0.5
            apart_y = abs(y - other_y) >= (height + other_height) / 2 - 0.5
            assert apart_x or apart_y


def test_labels_of_one_gap_form_an_evenly_spaced_column() -> None:
    pills = boxes(draw_network(MLP(3, [4, 4, 2], seed=1)), "w1_")
    assert len(pills) == 16 and len({x for x, *_ in pills}) == 1
    heights = sorted(y for _, y, *_ in pills)
    steps = [after - before for before, after in pairwise(heights)]
    assert max(steps) - min(steps) < 0.1


def test_too_many_weights_vanish_and_a_note_says_so() -> None:
    figure = draw_network(MLP(2, [16, 7, 1], seed=1))
    names = [node["name"] for node in structure(figure)["objects"]]
    written = Counter(name.split("_")[0] for name in names if name.startswith("w"))
    assert written == {"w0": 32, "w2": 7}
    assert any("números não estão escritos" in text for text in texts(figure))
    middle = [node["name"].split("_")[0] for node in structure(draw_network(MLP(2, [8, 6, 1], seed=1)))["objects"]]
    assert (middle.count("w0"), middle.count("w1"), middle.count("w2")) == (16, 0, 6)
    assert not any("números não estão escritos" in text for text in texts(draw_network(chapter15.network())))


def test_large_networks_show_some_neurons_and_some_layers() -> None:
    wide = draw_network(MLP(100, [300, 4], seed=1))
    assert {"x₁", "x₁₀₀", "100 no total", "h₃₀₀", "300 no total"} <= set(texts(wide))
    assert "x₅₀" not in texts(wide)
    assert len(structure(wide)["edges"]) == 9 * 9 + 9 * 4
    deep = draw_network(MLP(2, [2] * 50, seed=1), [1, 2])
    assert "três pontos: as camadas ocultas de 6 a 48, que não foram desenhadas" in texts(deep)


def test_a_network_of_many_arrows_is_summarised_by_layer_and_never_a_hairball() -> None:
    model = MLP(50, [100, 100, 10], seed=1)
    figure = draw_network(model)
    weights = [weight.data for neuron in model.layers[0].neurons for weight in neuron.w]
    said = set(texts(figure))
    assert {"50 entradas", "100 neurônios", "10 neurônios", "5000 pesos", "10000 pesos", "1000 pesos"} <= said
    assert f"pesos de {signed(min(weights))} a {signed(max(weights))}" in said
    assert any("rede grande demais" in text and f"{len(model.parameters())} parâmetros" in text for text in said)
    assert len(structure(figure)["edges"]) == 3
    for sizes in ([16, 16, 1], [12] * 30, [40, 40]):
        assert len(structure(draw_network(MLP(3, sizes, seed=1), [1, 2, 3], lang="en"))["edges"]) <= 160


@pytest.mark.parametrize("weight", [0.0, math.nan, math.inf, -math.inf, 10**400, Fraction(1, 3), 5e-324])
def test_any_weight_can_be_drawn(weight: Any) -> None:
    model = MLP(2, [1], seed=0)
    model.layers[0].neurons[0].w[0].data = weight
    assert signed(weight) in texts(draw_network(model))


def test_draw_network_says_what_it_draws() -> None:
    with pytest.raises(TypeError, match=r"MLP.*Neuron"):
        draw_network([Neuron(2)])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="draw"):
        draw_network(Value(1.0))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="2 entrada"):
        draw_network(chapter15.network(), [1, 2, 3])


# A renderização.


def test_figure_is_a_digraph_in_svg() -> None:
    figure = draw(Value(1.0))
    assert isinstance(figure, graphviz.Digraph) and isinstance(figure, Figure)
    assert figure.format == "svg"
    assert figure.copy().format == "svg" and type(figure.copy()) is Figure
    assert figure.pipe().startswith(b"<?xml")
    assert figure.pipe("png").startswith(b"\x89PNG\r\n\x1a\n")


def test_figure_is_written_to_files(tmp_path: Path) -> None:
    figure = draw_network(chapter15.network())
    assert ET.parse(figure.render("rede", directory=tmp_path)).getroot().tag == f"{SVG}svg"
    assert (tmp_path / "rede").read_text(encoding="utf-8") == figure.source
    figure.render(outfile=tmp_path / "fig.png", cleanup=True)
    assert (tmp_path / "fig.png").read_bytes().startswith(b"\x89PNG")
    assert not (tmp_path / "fig.gv").exists()
    assert Path(figure.save("fonte.gv", directory=tmp_path)).read_text(encoding="utf-8") == figure.source


def test_figure_shows_itself_in_a_notebook() -> None:
    figure = draw(Value(1.0, "x"))
    (kind,) = figure._repr_mimebundle_()
    assert kind == "image/svg+xml"
    assert ET.fromstring(figure._repr_svg_()).tag == f"{SVG}svg"


def test_rendering_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    draw(chapter_loss()).pipe()
    assert capfd.readouterr().err == ""


def test_other_uses_of_graphviz_keep_their_program(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Path("meu-dot")
    monkeypatch.setattr(dot_command, "DOT_BINARY", mine)
    draw(Value(1.0)).pipe()
    assert dot_command.DOT_BINARY is mine
    with pytest.raises(graphviz.ExecutableNotFound, match="meu-dot"):
        graphviz.Digraph().pipe("svg")


def test_program_is_restored_after_an_error() -> None:
    figure = draw(Value(1.0))
    before = dot_command.DOT_BINARY
    figure.body.append("isto não é DOT [[")
    with pytest.raises(graphviz.CalledProcessError):
        figure.pipe()
    assert dot_command.DOT_BINARY is before


def test_pdf_without_dot_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dot_command, "DOT_BINARY", Path("dot-que-nao-existe"))
    figure = draw(Value(1.0))
    with pytest.raises(graphviz.ExecutableNotFound, match=r"pdf.*Graphviz do sistema.*svg"):
        figure.pipe("pdf")
    with pytest.raises(rendering.RendererNotFoundError, match="pdf"):
        figure.render(outfile=tmp_path / "figura.pdf")


def test_without_any_renderer_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "bundled_executable", lambda: None)
    monkeypatch.setattr(dot_command, "DOT_BINARY", Path("dot-que-nao-existe"))
    with pytest.raises(rendering.RendererNotFoundError, match="pip install graphviz-pure"):
        draw(Value(1.0)).pipe()


def test_without_graphviz_pure_the_system_dot_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    system = rendering.bundled_executable()
    monkeypatch.setattr(rendering, "bundled_executable", lambda: None)
    monkeypatch.setattr(dot_command, "DOT_BINARY", system)
    assert draw(Value(1.0)).pipe().startswith(b"<?xml")


def test_renderer_is_found_outside_an_active_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert draw(Value(1.0)).pipe().startswith(b"<?xml")


def test_graphviz_is_imported_only_when_something_is_drawn() -> None:
    code = """
import sys, micrograd_pt
assert "graphviz" not in sys.modules
micrograd_pt.draw(micrograd_pt.Value(1.0))
assert "graphviz" in sys.modules
"""
    root = Path(str(importlib.util.find_spec("micrograd_pt").origin)).parent.parent  # type: ignore[union-attr]
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(root)})


def test_the_drawings_alone_load_no_compiler_and_no_library_of_figures() -> None:
    code = """
import importlib, importlib.util, sys, types
package = types.ModuleType("micrograd_pt")  # sem a fachada, que importa tudo
package.__path__ = importlib.util.find_spec("micrograd_pt").submodule_search_locations
sys.modules["micrograd_pt"] = package
importlib.import_module("micrograd_pt.drawing")
found = {"graphviz", "matplotlib", "micrograd_pt.compiler", "micrograd_pt.drawing.plots"} & set(sys.modules)
assert not found, found
"""
    root = Path(str(importlib.util.find_spec("micrograd_pt").origin)).parent.parent  # type: ignore[union-attr]
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(root)})


# Os endereços.


def identified(svg: bytes) -> dict[str, ET.Element]:
    return {element.get("id", ""): element for element in ET.fromstring(svg).iter(f"{SVG}g")}


def by_system_dot(figure: Figure) -> bytes:
    """O SVG que o Graphviz do sistema faz da mesma figura."""
    return graphviz.Source(figure.source, engine=figure.engine).pipe("svg", quiet=True)


RENDERERS = [
    pytest.param(lambda figure: figure.pipe("svg"), id="graphviz-pure"),
    pytest.param(
        by_system_dot, id="dot", marks=pytest.mark.skipif(not shutil.which("dot"), reason="sem Graphviz no sistema")
    ),
]


@pytest.mark.parametrize("render", RENDERERS)
def test_every_part_of_a_graph_has_an_address(render: Callable[[Figure], bytes]) -> None:
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    out = a * b + a * 5
    parts = identified(render(draw(out, prefix="um-")))
    graph = Graph(out)
    for node in graph.nodes:
        kinds = parts[f"um-node-{node.index}"].get("class", "").split()
        assert ("leaf" in kinds) == node.is_leaf and ("operation" in kinds) != node.is_leaf
        assert ("output" in kinds) == (node is graph.root)
        for position, arg in enumerate(node.inputs):
            if isinstance(arg, Node):
                assert f"um-edge-{arg.index}-{node.index}-{position}" in parts
            else:
                assert {f"um-constant-{node.index}-{position}", f"um-constant-edge-{node.index}-{position}"} <= set(
                    parts
                )
    seen = ["".join(text.itertext()).strip() for text in parts[f"um-node-{graph['a'].index}"].iter(f"{SVG}text")]
    assert seen == ["a", "data", "2", "grad", "0"]


@pytest.mark.parametrize("render", RENDERERS)
def test_every_part_of_a_network_has_an_address(render: Callable[[Figure], bytes]) -> None:
    model = MLP(2, [3, 1], seed=0)
    parts = identified(render(draw_network(model, [1, 2], prefix="dois-")))
    assert {
        f"dois-{kind}-{layer}-{row}"
        for layer, row in ((1, 0), (1, 1), (1, 2), (2, 0))
        for kind in ("unit", "bias", "value")
    } <= set(parts)
    assert {f"dois-unit-0-{row}" for row in (0, 1)} <= set(parts)
    for layer, size_before, size in ((1, 2, 3), (2, 3, 1)):
        for source in range(size_before):
            for target in range(size):
                assert f"dois-weight-{layer}-{source}-{target}" in parts
                label = parts[f"dois-weight-label-{layer}-{source}-{target}"]
                weight = model.layers[layer - 1].neurons[target].w[source].data
                assert "".join(label.find(f".//{SVG}text").itertext()) == signed(weight)  # type: ignore[union-attr]


def test_two_figures_of_one_page_share_no_address() -> None:
    x = Value(1.0, "x")
    first, second = (set(identified(draw(x * 2, prefix=prefix).pipe())) for prefix in ("a-", "b-"))
    assert not first & second


@pytest.mark.parametrize("prefix", ['"', "1", "a b", "<", "á", None, 3, "x\n"])
def test_a_prefix_that_no_address_can_start_with_is_refused(prefix: Any) -> None:
    for figure in (lambda: draw(Value(1.0), prefix=prefix), lambda: draw_network(MLP(1, [1]), prefix=prefix)):
        with pytest.raises(ValueError, match="prefix"):
            figure()

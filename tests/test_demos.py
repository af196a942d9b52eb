"""As demonstrações rodam como estão gravadas, e mostram o que prometem."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import nbclient
import nbformat
import pytest

ROOT = Path(__file__).parents[1]
DEMOS = ROOT / "demos"


@pytest.fixture(scope="module")
def saved():
    return nbformat.read(DEMOS / "capitulo15.ipynb", as_version=4)


@pytest.fixture(scope="module")
def executed():
    notebook = nbformat.read(DEMOS / "capitulo15.ipynb", as_version=4)
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(ROOT)
    try:
        client = nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(DEMOS)}})
        return client.execute()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


def outputs_of(notebook, *, with_source):
    return [
        output
        for cell in notebook.cells
        if cell.cell_type == "code" and with_source in cell.source
        for output in cell.outputs
    ]


def printed_by(notebook, *, with_source):
    return "".join(
        output.text for output in outputs_of(notebook, with_source=with_source) if output.get("name") == "stdout"
    )


def test_the_notebook_is_saved_without_outputs(saved):
    nbformat.validate(saved)
    code = [cell for cell in saved.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)


def test_every_code_cell_of_the_notebook_is_introduced_in_words(saved):
    kinds = [cell.cell_type for cell in saved.cells]
    assert kinds[0] == "markdown"
    assert "code code code" not in " ".join(kinds)


def test_the_notebook_asks_the_reader_to_try_things(saved):
    text = "\n".join(cell.source for cell in saved.cells if cell.cell_type == "markdown")
    assert text.count("**Experimente.**") >= 5


def test_the_pictures_of_the_notebook_are_inline_svg(executed):
    for source in ("draw_network(network", "draw(E)"):
        pictures = [
            output.data["image/svg+xml"]
            for output in outputs_of(executed, with_source=source)
            if output.output_type == "execute_result"
        ]
        assert len(pictures) >= 2
        for picture in pictures:
            assert ElementTree.fromstring(picture.encode()).tag.endswith("svg")


def test_the_forward_pass_of_the_notebook_gives_the_numbers_of_the_chapter(executed):
    assert "0.8995288043924039" in printed_by(executed, with_source="z1 = ")
    assert "0.121766445" in printed_by(executed, with_source="half_squared_error(o, target)")
    assert re.findall(r": (\d)", printed_by(executed, with_source="threshold=0")) == ["1", "1"]


def test_the_gradients_of_the_notebook_agree_with_the_derivation_by_hand(executed):
    lines = printed_by(executed, with_source="delta_o =").splitlines()
    assert len(lines) == 12
    for line in lines:
        engine, by_hand = re.findall(r"-?\d+\.\d+", line)
        assert engine == by_hand
    assert "-0.110958" in lines[-3]


def test_the_update_in_the_notebook_moves_the_output_towards_1(executed):
    text = printed_by(executed, with_source="parameter.data -= 0.5")
    assert "0.506509 -> 0.526978" in text
    assert "0.121766 -> 0.111875" in text


def test_the_trained_network_of_the_notebook_decides_xor(executed):
    text = printed_by(executed, with_source="output = network(x)")
    assert re.findall(r"classe (\d)", text) == ["0", "1", "1", "0"]
    assert float(text.rsplit(":", 1)[1]) < 0.002


def test_the_lost_signs_change_the_class_in_the_notebook(executed):
    assert "saída 0.4803, classe 0" in printed_by(executed, with_source="network_as_printed")


def test_the_notebook_warns_of_nothing(executed):
    complaints = [output.text for output in outputs_of(executed, with_source="") if output.get("name") == "stderr"]
    assert "Warning" not in "".join(complaints)


def test_the_shortest_program_shows_the_chain_rule():
    path = DEMOS / "regra_da_cadeia.py"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 20
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run([sys.executable, path], env=environment, capture_output=True, encoding="utf-8", check=True)
    assert not run.stderr

    # y = z·tanh z, com z = wx + b: dy/dz = tanh z + z (1 − tanh² z).
    w, x, b = 0.5, 2.0, -0.25
    z = w * x + b
    slope = math.tanh(z) + z * (1 - math.tanh(z) ** 2)
    assert f"w.grad = {slope * x:.6g}, x.grad = {slope * w:.6g}, b.grad = {slope:.6g}" in run.stdout
    assert f"∂y/∂w = ∂y/∂v₁ · x = {slope:.6g} · 2 = {slope * x:.6g}" in run.stdout
    assert re.search(r"∂y/∂z = ∂y/∂y · v₂ \+ ∂y/∂v₂ · ", run.stdout), "os dois caminhos de z até y"

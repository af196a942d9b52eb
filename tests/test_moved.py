"""Os lugares de antes: os nomes antigos dos módulos, e os pickles gravados quando eles valiam."""

import base64
import importlib
import json
import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import micrograd_pt
from micrograd_pt import MLP, Adam, CosineDecay, History, Program

PICKLES = json.loads((Path(__file__).parent / "pickles_0_1_0.json").read_text(encoding="ascii"))
"""Objetos gravados pela versão 0.1.0, em base64."""


def read(name: str) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return pickle.loads(base64.b64decode(PICKLES[name]))


@pytest.mark.parametrize("old", sorted(micrograd_pt.MOVED_MODULES))
def test_an_old_name_gives_the_same_module_and_one_warning(old: str) -> None:
    new = f"micrograd_pt.{micrograd_pt.MOVED_MODULES[old]}"
    code = (
        "import importlib, micrograd_pt, sys, warnings\n"
        "warnings.simplefilter('always')\n"
        "with warnings.catch_warnings(record=True) as seen:\n"
        f"    found = importlib.import_module('micrograd_pt.{old}')\n"
        f"    again = importlib.import_module('micrograd_pt.{old}')\n"
        f"assert found is again is importlib.import_module('{new}')\n"
        "ours = [w for w in seen if w.category is DeprecationWarning]\n"
        f"assert len(ours) == 1 and 'agora é {new}:' in str(ours[0].message), ours\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_warning_points_at_the_import_of_whoever_wrote_it(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("from micrograd_pt.losses import hinge\n", encoding="utf-8")
    command = [sys.executable, "-W", "always", "-c", "import mine"]
    path = f"{tmp_path}:{Path(micrograd_pt.__file__).parents[1]}"
    done = subprocess.run(command, env={"PYTHONPATH": path}, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[0].startswith(f"{tmp_path}/mine.py:1: DeprecationWarning")


def test_an_old_name_is_still_an_attribute_of_the_package() -> None:
    code = "import micrograd_pt as m; print(m.losses.hinge is m.hinge, m.optimizers.Adam is m.Adam)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]


def test_a_name_that_never_was_is_still_missing() -> None:
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("micrograd_pt.lossy")
    with pytest.raises(AttributeError, match="lossy"):
        micrograd_pt.lossy  # type: ignore[attr-defined]


def test_nothing_of_the_package_asks_for_an_old_name() -> None:
    code = "import micrograd_pt, micrograd_pt.page, micrograd_pt.cli.chapter"
    subprocess.run([sys.executable, "-W", "error::DeprecationWarning:micrograd_pt", "-c", code], check=True)


@pytest.mark.parametrize("name", sorted(PICKLES))
def test_pickles_of_before_are_read(name: str) -> None:
    assert read(name) is not None


def test_what_the_pickles_of_before_hold() -> None:
    z, w = read("value")
    z.backward()
    assert (z.data, w.data, w.label) == (0.7615941559557649, 0.5, "w") and w.grad > 0
    assert isinstance(model := read("model"), MLP) and len(model.parameters()) == 9
    adam, history, program = read("optimizer"), read("history"), read("program")
    assert isinstance(adam, Adam) and adam.updates == 12 and isinstance(adam.learning_rate, CosineDecay)
    assert isinstance(history, History) and len(history.losses) == 3
    assert isinstance(program, Program) and program([2.0], [0.5])[0] == z.data
    assert read("expression")(w=0.0, x=1.0).data == 0.5
    assert str(read("paths")) and str(read("lesson"))


def test_a_program_of_which_only_the_text_was_kept_sums_rows_and_explains_errors() -> None:
    program = read("program")
    total, slopes = program.batch([[2.0], [1.0]], [0.5])
    each = [program([x], [0.5]) for x in (2.0, 1.0)]
    assert total == pytest.approx(sum(value for value, _ in each), rel=1e-15)
    assert slopes == pytest.approx([sum(pair) for pair in zip(*[slopes for _, slopes in each], strict=True)], rel=1e-15)
    with pytest.raises(ValueError, match="espera 1 entrada"):
        program.batch([[2.0, 3.0]], [0.5])
    with pytest.raises(TypeError, match="número"):
        program.batch([["a"]], [0.5])
    again = pickle.loads(pickle.dumps(program))
    assert again.batch([[2.0], [1.0]], [0.5]) == (total, slopes) and again.source == program.source

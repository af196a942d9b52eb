"""A face do pacote: leve ao importar, e com tudo à mão antes de qualquer nome ser usado."""

import ast
import builtins
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import micrograd_pt as mpt
from micrograd_pt import Value

FACE = Path(mpt.__file__)


def alone(program: str) -> str:
    """O que um programa escreve num Python que acaba de abrir."""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=FACE.parents[1])
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def shown_to_type_checkers() -> set[str]:
    """Os nomes que a face importa só para quem confere tipos."""
    body = ast.parse(FACE.read_text("utf-8")).body
    (guarded,) = [node for node in body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    names = {"abs"}
    for node in ast.walk(guarded):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("micrograd_pt"):
            names |= {alias.asname or alias.name for alias in node.names}
    return names


def test_importing_loads_the_engine_and_nothing_else() -> None:
    loaded = alone("import micrograd_pt, sys; print(*sorted(n for n in sys.modules if n.startswith('micrograd_pt.')))")
    assert {name.split(".")[1] for name in loaded.split()} == {
        "conditions",
        "interop",
        "engine",
        "given",
        "ops",
        "threads",
        "written",
    }


@pytest.mark.parametrize("module", ["inspect", "graphviz", "dataclasses", "numpy", "tqdm", "asyncio", "json"])
def test_importing_loads_nothing_that_only_some_need(module: str) -> None:
    before, after = (alone(f"{program}\nimport sys; print(*sys.modules)") for program in ("", "import micrograd_pt"))
    assert module not in set(after.split()) - set(before.split())


def test_what_type_checkers_see_is_what_a_program_finds() -> None:
    assert shown_to_type_checkers() == set(mpt._PLACES) | {"chapter15"}
    for name, (module, inner) in mpt._PLACES.items():
        assert getattr(mpt, name) is getattr(sys.modules[f"micrograd_pt.{module}"], inner)


def test_everything_is_listed_before_it_is_used() -> None:
    listed = set(alone("import micrograd_pt; print(*dir(micrograd_pt))").split())
    assert listed >= set(mpt._PLACES) | set(mpt.__all__) | {"drawing", "lesson", "nn", "ops", "__version__"}


def test_a_name_that_there_is_not() -> None:
    with pytest.raises(AttributeError, match="o módulo 'micrograd_pt' não tem 'tanhh'") as raised:
        mpt.tanhh
    assert (raised.value.name, raised.value.obj) == ("tanhh", mpt)
    with pytest.raises(ImportError, match="cannot import name 'tanhh'"):
        from micrograd_pt import tanhh  # noqa: F401


def test_a_module_is_reached_by_its_name_without_an_import_of_its_own() -> None:
    assert alone("import micrograd_pt as m; print(m.nn.losses.hinge.__name__, m.chapter15.network()([0, 1]).data)")


def test_the_star_gives_every_name_and_leaves_sum_and_abs_to_python() -> None:
    names: dict[str, object] = {}
    exec("from micrograd_pt import *", names)
    assert names.keys() - {"__builtins__"} == set(mpt._PLACES) - {"sum", "abs", "absolute"} | {"chapter15"}
    assert not [name for name in names if name != "__builtins__" and hasattr(builtins, name)]
    assert mpt.sum([Value(1.0), 2]).data == 3 and mpt.abs(-3) == 3


def test_what_was_pickled_is_read_before_any_name_is_used(tmp_path: Path) -> None:
    w = Value(2.0, "w")
    things = [w, w * w, mpt.MLP(2, [2, 1]), mpt.explain((w * w).tanh()), mpt.tanh, mpt.mean_squared_error]
    path = tmp_path / "things.pickle"
    path.write_bytes(pickle.dumps(things))
    read = f"import pickle; t = pickle.load(open({str(path)!r}, 'rb'))"
    assert alone(f"{read}; t[1].backward(); print(t[0].grad, len(t[2].parameters()), t[4](0))") == "4.0 9 0.0"


def test_copying_and_the_notebook_display_work_before_any_name_is_used() -> None:
    begin = "import micrograd_pt.engine as e; x = e.Value(2.0, 'x'); y = x * 3"
    assert (
        alone(f"{begin}; import copy; c = copy.deepcopy([x, y]); c[1].backward(); print(c[0].grad, x.grad)") == "3.0 0"
    )
    assert alone(f"{begin}; print(*sorted(y._repr_mimebundle_()))") == "image/svg+xml text/plain"
    network = "import micrograd_pt.nn as nn; n = nn.MLP(2, [2, 1])"
    assert alone(f"{network}; print(*sorted(n._repr_mimebundle_()))") == "image/svg+xml text/plain"


def test_a_lesson_is_saved_as_a_page_before_the_page_is_used(tmp_path: Path) -> None:
    path = tmp_path / "aula.html"
    begin = "from micrograd_pt.engine import Value; from micrograd_pt.lesson import explain"
    lesson = f"{begin}; t = explain(Value(2.0) * 3)"
    assert alone(f"{lesson}; print(t.save_html({str(path)!r}) and '</html>' in t.html())") == "True"
    assert "</html>" in path.read_text("utf-8")

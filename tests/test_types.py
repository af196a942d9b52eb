"""Os tipos: o que o `mypy --strict` e o `pyright` veem num programa de um usuário, e o arquivo de tipos do motor."""

import ast
import inspect
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from micrograd_pt import engine
from micrograd_pt.engine import Value

from .needs import unavailable

UNTYPED = {f"__{name}__" for name in ("dict", "doc", "module", "slots", "annotations", "init_subclass", "repr")}
COPIED = {"__copy__", "__deepcopy__", "__reduce_ex__"}
PROGRAM = Path(__file__).parent / "typed" / "program.py"
STUB = ast.parse(Path(engine.__file__).with_suffix(".pyi").read_text("utf-8"))


def checked(*command: str, folder: Path) -> str:
    """O que um verificador diz do programa, fora desta pasta, com o pacote desta pasta."""
    shutil.copy(PROGRAM, folder)
    root = str(PROGRAM.parents[2])
    (folder / "pyrightconfig.json").write_text(f'{{"extraPaths": ["{root}"]}}')
    environment = {**os.environ, "MYPYPATH": root}
    run = subprocess.run([*command, PROGRAM.name], cwd=folder, env=environment, capture_output=True, text=True)
    return run.stdout + run.stderr


def test_mypy_sees_the_types_of_a_users_program(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    mypy = (
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--follow-imports=silent",
        "--disable-error-code=overload-overlap",
    )
    assert checked(*mypy, folder=tmp_path).startswith("Success: no issues found in 1 source file")


def test_pyright_sees_the_types_of_a_users_program(tmp_path: Path) -> None:
    given = os.environ.get("MICROGRAD_NPM", "")
    pyright = shutil.which("pyright", path=f"{given}/node_modules/.bin" if given else None)
    if pyright is None:
        unavailable("não há pyright: instale-o com npm install pyright")
    assert checked(pyright, "--pythonpath", sys.executable, folder=tmp_path).startswith("0 errors, 0 warnings")


def declared(scope: ast.Module | ast.ClassDef) -> Iterator[tuple[str, ast.stmt]]:
    """O que um arquivo de tipos declara, com os nomes."""
    for node in scope.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node


def test_the_types_of_the_engine_name_what_the_engine_has() -> None:
    (value,) = (node for node in STUB.body if isinstance(node, ast.ClassDef))
    runtime = {name for name in vars(Value) if not name.startswith("_") or name.startswith("__")} - UNTYPED - COPIED
    named = {name for name, _ in declared(value)}
    assert runtime <= named
    assert [name for name in named if not hasattr(Value, name)] == []
    assert {name for name, _ in declared(STUB)} == {
        *("Value", "ancestors", "chain_rule", "shortcut", "is_node", "like_the_result"),
    }


@pytest.mark.parametrize(
    "function", [Value.__init__, Value.backward, Value.record, engine.ancestors, engine.chain_rule]
)
def test_the_types_of_the_engine_name_the_same_arguments(function) -> None:  # type: ignore[no-untyped-def]
    place = STUB if function.__qualname__ == function.__name__ else dict(declared(STUB))["Value"]
    stub = dict(declared(place))[function.__name__]  # type: ignore[arg-type]
    written = inspect.signature(eval(f"lambda {ast.unparse(bare(stub))}: 0")).parameters
    real = inspect.signature(getattr(function, "__func__", function)).parameters
    assert {n: (p.kind, p.default) for n, p in written.items()} == {n: (p.kind, p.default) for n, p in real.items()}


def bare(function: ast.stmt) -> ast.arguments:
    """Os argumentos de uma função, sem os tipos."""
    assert isinstance(function, ast.FunctionDef)
    for argument in ast.walk(function.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    return function.args

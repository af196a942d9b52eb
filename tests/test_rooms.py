"""A planta do pacote: cada módulo só importa o que está abaixo dele, e dois módulos nunca importam um ao outro."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "micrograd_pt"

FLOORS = (
    ("catalog", "differences", "notation"),
    ("ops", "conditions"),
    ("engine",),
    ("copying", "functions", "graph"),
    ("derivatives", "parsing"),
    ("checks", "losses", "schedules", "optimizers", "initializers", "nn"),
    ("chapter15", "compiler", "lesson", "drawing"),
    ("history", "stepping", "training", "plots"),
    ("notebook", "page"),
    ("cli",),
    ("__init__", "__main__"),
)
"""De baixo para cima; num andar, os módulos só se conhecem na ordem em que estão escritos."""

ORDER = {room: (floor, place) for floor, rooms in enumerate(FLOORS) for place, room in enumerate(rooms)}
MODULES = sorted(PACKAGE.rglob("*.py"))


def named(path: Path) -> str:
    """O nome do módulo dentro do pacote, com pontos: `compiler.plan`."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def room(module: str) -> str:
    return module.partition(".")[0]


NAMES = {named(path) for path in MODULES}


def imported(path: Path) -> Iterator[str]:
    """Os módulos do pacote que um arquivo importa, também dentro de funções."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("micrograd_pt"):
            base = node.module.removeprefix("micrograd_pt").lstrip(".")
            for alias in node.names:
                inner = f"{base}.{alias.name}".lstrip(".")
                yield inner if inner in NAMES else base or "__init__"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("micrograd_pt"):
                    yield alias.name.removeprefix("micrograd_pt").lstrip(".") or "__init__"


def test_every_module_has_its_floor() -> None:
    assert {room(name) for name in NAMES} == set(ORDER)


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_imports_point_down(path: Path) -> None:
    own = room(named(path))
    for module in imported(path):
        assert room(module) == own or ORDER[room(module)] < ORDER[own], f"{named(path)} importa {module}"


def test_no_two_files_import_each_other() -> None:
    pairs = {(named(path), module) for path in MODULES for module in imported(path)}
    assert not [(a, b) for a, b in pairs if a < b and (b, a) in pairs]

"""A planta do pacote: cada cômodo só importa o que está abaixo, pela porta, e nenhum nome quer dizer duas coisas."""

import ast
import importlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "micrograd_pt"

FLOORS = (
    ("given", "words"),
    ("ops", "conditions", "threads"),
    ("engine",),
    ("written", "functions", "interop"),
    ("graph",),
    ("nn",),
    ("chapter15", "calculus", "parsing"),
    ("compiler", "lesson", "drawing"),
    ("training",),
    ("page",),
    ("cli",),
    ("__init__", "__main__"),
)
"""De baixo para cima; num andar, os cômodos só se conhecem na ordem em que estão escritos."""

ORDER = {room: (floor, place) for floor, rooms in enumerate(FLOORS) for place, room in enumerate(rooms)}
MODULES = sorted(PACKAGE.rglob("*.py"))
INNER = {("training.history", "drawing.notebook")}
"""Quem importa um módulo de dentro de outro cômodo."""


def named(path: Path) -> str:
    """O nome do módulo dentro do pacote, com pontos: `compiler.plan`."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def room(module: str) -> str:
    return module.partition(".")[0]


NAMES = {named(path) for path in MODULES}


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """O que um arquivo importa do pacote, também dentro de funções: o módulo, e o nome tirado dele (ou vazio)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("micrograd_pt"):
            base = node.module.removeprefix("micrograd_pt").lstrip(".")
            for alias in node.names:
                inner = f"{base}.{alias.name}".lstrip(".")
                yield (inner, "") if inner in NAMES else (base or "__init__", alias.name)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("micrograd_pt"):
                    yield alias.name.removeprefix("micrograd_pt").lstrip(".") or "__init__", ""


def classes(path: Path) -> list[str]:
    return [node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ClassDef)]


def repeated(names: list[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def test_every_module_has_its_floor() -> None:
    assert {room(name) for name in NAMES} == set(ORDER)
    assert len(ORDER) <= 22


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_imports_point_down(path: Path) -> None:
    own = room(named(path))
    for module, _ in imports(path):
        assert room(module) == own or ORDER[room(module)] < ORDER[own], f"{named(path)} importa {module}"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_another_room_is_entered_by_its_face(path: Path) -> None:
    for module, name in imports(path):
        if room(module) != room(named(path)) and (named(path), module) not in INNER:
            assert "." not in module, f"{named(path)} importa {name or module} de dentro de {room(module)}"


def test_a_face_shows_what_other_rooms_use_and_nothing_else() -> None:
    """Além do que usam os outros cômodos, só os tipos do que as funções devolvem, que um usuário pode querer nomear."""
    used = {pair for path in MODULES for pair in imports(path) if room(pair[0]) != room(named(path))}
    for path in MODULES:
        if path.name == "__init__.py" and path.parent.parent == PACKAGE and named(path) != "cli":
            face = importlib.import_module(f"micrograd_pt.{named(path)}")
            unused = [name for name in face.__all__ if (named(path), name) not in used]
            assert [name for name in unused if not isinstance(getattr(face, name), type)] == [], named(path)


def test_no_two_files_import_each_other() -> None:
    pairs = {(named(path), module) for path in MODULES for module, _ in imports(path)}
    assert not [(a, b) for a, b in pairs if a < b and (b, a) in pairs]


def test_no_two_classes_share_a_name() -> None:
    assert repeated([name for path in MODULES for name in classes(path)]) == []


def test_no_two_files_share_a_name() -> None:
    assert repeated([path.stem for path in MODULES if path.name != "__init__.py"]) == []

"""Os lugares de antes: um módulo que mudou de pasta ainda se importa pelo nome antigo, com um aviso que diz o novo.

Serve também a um pickle gravado antes da mudança. O módulo é um só: o nome antigo dá o mesmo objeto que o novo.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

PLACES = {
    "catalog": "words",
    "checks": "calculus.checks",
    "compiler.expressions": "written.expressions",
    "derivatives": "calculus.derivatives",
    "differences": "calculus.differences",
    "drawing.steps": "drawing.filmstrip",
    "history": "training.history",
    "initializers": "nn.initializers",
    "losses": "nn.losses",
    "notation": "words.notation",
    "notebook": "drawing.notebook",
    "optimizers": "training.optimizers",
    "page.document": "page.html",
    "page.network": "page.network_contents",
    "page.rules": "page.operations",
    "parsing.program": "parsing.statements",
    "plots": "drawing.plots",
    "schedules": "training.schedules",
    "stepping": "training.stepping",
}
"""De cada nome antigo, o novo; os dois dentro do pacote."""

CLASSES = {"parsing.statements": {"Program": "Statements", "Step": "StackStep"}}
"""De cada módulo, pelo nome novo, as classes que mudaram de nome e que um pickle antigo pode pedir."""

_PACKAGE = f"{__name__.partition('.')[0]}."


class MovedFinder(MetaPathFinder, Loader):
    """Acha um módulo pelo nome antigo e dá no lugar dele o do nome novo."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """O que importar, se o nome é um dos antigos ou está dentro de um deles."""
        return None if new_name(name) is None else ModuleSpec(name, self)

    def exec_module(self, module: ModuleType) -> None:
        """Põe o módulo do nome novo no lugar do que está sendo importado, e avisa."""
        new = new_name(module.__name__)
        assert new is not None
        warnings.warn(f"{module.__name__} agora é {new}: troque o nome no import", DeprecationWarning, stacklevel=2)
        found = sys.modules[module.__name__] = import_module(new)
        for before, after in CLASSES.get(new.removeprefix(_PACKAGE), {}).items():
            setattr(found, before, getattr(found, after))


def new_name(name: str) -> str | None:
    """O nome novo de um módulo, por inteiro; None se o que foi dado não é um nome antigo."""
    inner = name.removeprefix(_PACKAGE)
    if inner == name:
        return None
    for old, new in PLACES.items():
        if inner == old or inner.startswith(f"{old}."):
            return f"{_PACKAGE}{new}{inner[len(old) :]}"
    return None


sys.meta_path.insert(0, MovedFinder())

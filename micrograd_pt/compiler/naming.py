"""Nomes para o programa escrito: os rótulos viram identificadores, e nada de um rótulo chega ao código sem isso."""

from __future__ import annotations

import builtins
import keyword
import math
import re
import unicodedata

RESERVED = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *dir(math)}
    | {"inputs", "parameters", "rows", "row", "rows_count", "total", "program", "batch", "math", "xp"}
    | {"cache", "device", "special"}
)


class Names:
    """Os nomes já usados num programa."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def new(self, label: str) -> str:
        """Um identificador novo que lembra o rótulo: `z_h1`; h₁ vira h1, e o que não serve vira `_`."""
        stem = identifier(label)
        count = self._used.get(stem, 0)
        name = stem if count == 0 and stem not in RESERVED else f"{stem}_{count + 1}"
        while name in self._used:
            count += 1
            name = f"{stem}_{count + 1}"
        self._used[stem] = count + 1
        self._used.setdefault(name, 1)
        return name


def identifier(label: str) -> str:
    """O rótulo como identificador em ASCII."""
    plain = unicodedata.normalize("NFKD", label[:60]).encode("ascii", "ignore").decode("ascii")
    name = re.sub(r"\W+", "_", plain).strip("_")
    if not name:
        return "v"
    return f"v{name}" if name[0].isdigit() else name


def comment(label: str) -> str:
    """O rótulo como parte de um comentário de uma linha."""
    shown = "".join(sign if sign.isprintable() else " " for sign in label[:60])
    return " ".join(shown.split())

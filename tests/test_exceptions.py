"""As tabelas de exceções ao micrograd: cada linha, nas quatro, é o que acontece."""

import re
from pathlib import Path

import pytest

from tests.micrograd_rows import outcome

ROOT = Path(__file__).parents[1]
PAGES = ("docs/vindo-do-micrograd.md", "docs/from-micrograd.md")
READMES = ("README.md", "README.en.md")
_ABSENT = ("não há", "not there")


def bare(cell: str) -> str:
    """O que há numa célula, sem os acentos graves."""
    return re.sub(r"^(`+)\s?(.*?)\s?\1$", r"\2", cell.strip())


def rows(page: str) -> list[list[str]]:
    """As células de cada linha da tabela de exceções."""
    text = (ROOT / page).read_text(encoding="utf-8")
    (start,) = [place.start() for place in re.finditer(r"^\| (?:código|code) \|", text, re.MULTILINE)]
    lines = text[start:].split("\n\n")[0].splitlines()[2:]
    return [[bare(cell) for cell in line.strip("| ").split(" | ")] for line in lines]


def fits(found: str, told: str) -> bool:
    """Verdadeiro se a tabela diz o que aconteceu, por inteiro ou até as reticências."""
    told = {"nada": "None", "nothing": "None"}.get(told, told)
    found = {"nada": "None"}.get(found, found)
    return found.startswith(told[:-1].rstrip()) if told.endswith("…") else found == told


@pytest.mark.parametrize("row", rows(PAGES[0]), ids=lambda row: row[0])
def test_each_exception_is_what_the_table_says(row: list[str]) -> None:
    code, there, here, _ = row
    ours = outcome("micrograd_pt", code)
    assert fits(ours, here), ours
    if there not in _ABSENT:
        theirs = outcome("micrograd", code)
        assert fits(theirs, there), theirs
        assert theirs != ours


@pytest.mark.parametrize("page", [PAGES[1], *READMES])
def test_every_table_has_the_same_exceptions(page: str) -> None:
    expected = [(code, here) for code, _, here, _ in rows(PAGES[0])]
    assert [(row[0], row[-2]) for row in rows(page)] == expected
    assert all(row[-1] for row in rows(page))

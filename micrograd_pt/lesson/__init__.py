"""A lição: a regra da cadeia num grafo qualquer, passo a passo, como dados, texto, Markdown e LaTeX."""

from micrograd_pt.lesson.formula import Formula
from micrograd_pt.lesson.paths import Path, Paths
from micrograd_pt.lesson.plain import PlainWriter
from micrograd_pt.lesson.rules import Rule
from micrograd_pt.lesson.steps import BackwardStep, ForwardStep, Lesson, Part, UpdateStep, explain
from micrograd_pt.lesson.tex import TexWriter

__all__ = [
    "BackwardStep",
    "Formula",
    "ForwardStep",
    "Lesson",
    "Part",
    "Path",
    "Paths",
    "PlainWriter",
    "Rule",
    "UpdateStep",
    "explain",
]


def _shown(formula: Formula) -> str:
    """A fórmula como texto."""
    return PlainWriter().formula(formula)


def _latex(formula: Formula) -> str:
    """A fórmula como um caderno Jupyter a mostra."""
    return f"${TexWriter().formula(formula)}$"


setattr(Formula, "__str__", _shown)  # noqa: B010
setattr(Formula, "_repr_latex_", _latex)  # noqa: B010

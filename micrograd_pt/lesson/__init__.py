"""A lição: a regra da cadeia num grafo qualquer, passo a passo, como dados, texto, Markdown e LaTeX."""

from micrograd_pt.lesson.formula import Formula
from micrograd_pt.lesson.paths import Path, Paths
from micrograd_pt.lesson.plain import PlainWriter
from micrograd_pt.lesson.steps import BackwardStep, ForwardStep, Lesson, Part, UpdateStep, explain

__all__ = [
    "BackwardStep",
    "Formula",
    "ForwardStep",
    "Lesson",
    "Part",
    "Path",
    "Paths",
    "PlainWriter",
    "UpdateStep",
    "explain",
]


def _shown(formula: Formula) -> str:
    """A fórmula como texto."""
    return PlainWriter().formula(formula)


setattr(Formula, "__str__", _shown)  # noqa: B010

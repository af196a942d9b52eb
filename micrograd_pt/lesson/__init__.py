"""A lição: a regra da cadeia num grafo qualquer, passo a passo, como dados, texto, Markdown e LaTeX."""

from micrograd_pt.lesson.closures import closure
from micrograd_pt.lesson.formula import (
    Derivative,
    Formula,
    Negative,
    Number,
    Parenthesized,
    Product,
    Sum,
    Symbol,
    changed,
    forward_formula,
    in_numbers,
    product,
    slope_formula,
)
from micrograd_pt.lesson.latex import article, render_latex
from micrograd_pt.lesson.layout import laid_out
from micrograd_pt.lesson.markdown import render_markdown
from micrograd_pt.lesson.outline import Line, Section
from micrograd_pt.lesson.paths import Path, Paths
from micrograd_pt.lesson.plain import PlainWriter
from micrograd_pt.lesson.rules import Rule
from micrograd_pt.lesson.steps import BackwardStep, ForwardStep, Lesson, Part, UpdateStep, explain
from micrograd_pt.lesson.tex import MarkdownTexWriter, TexWriter
from micrograd_pt.lesson.text import heading, render_section, unrepeated
from micrograd_pt.lesson.writing import FormulaWriter

__all__ = [
    "BackwardStep",
    "Derivative",
    "Formula",
    "FormulaWriter",
    "ForwardStep",
    "Lesson",
    "Line",
    "MarkdownTexWriter",
    "Negative",
    "Number",
    "Parenthesized",
    "Part",
    "Path",
    "Paths",
    "PlainWriter",
    "Product",
    "Rule",
    "Section",
    "Sum",
    "Symbol",
    "TexWriter",
    "UpdateStep",
    "article",
    "changed",
    "closure",
    "explain",
    "forward_formula",
    "heading",
    "in_numbers",
    "laid_out",
    "product",
    "render_latex",
    "render_markdown",
    "render_section",
    "slope_formula",
    "unrepeated",
]


def _shown(formula: Formula) -> str:
    """A fórmula como texto."""
    return PlainWriter().formula(formula)


def _latex(formula: Formula) -> str:
    """A fórmula como um caderno Jupyter a mostra."""
    return f"${TexWriter().formula(formula)}$"


setattr(Formula, "__str__", _shown)  # noqa: B010
setattr(Formula, "_repr_latex_", _latex)  # noqa: B010

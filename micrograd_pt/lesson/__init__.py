"""A lição: a regra da cadeia num grafo qualquer, passo a passo, como dados e como texto."""

from micrograd_pt.lesson.steps import BackwardStep, ForwardStep, Lesson, Part, UpdateStep, explain
from micrograd_pt.lesson.text import render
from micrograd_pt.notation import printable

__all__ = ["BackwardStep", "ForwardStep", "Lesson", "Part", "UpdateStep", "explain"]


def _shown(lesson: Lesson) -> str:
    """A lição como texto que a saída deste programa sabe escrever."""
    return printable(render(lesson))


setattr(Lesson, "__str__", _shown)  # noqa: B010

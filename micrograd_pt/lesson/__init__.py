"""A lição: a regra da cadeia num grafo qualquer, passo a passo, como dados e como texto."""

from micrograd_pt.lesson.steps import BackwardStep, ForwardStep, Lesson, Part, UpdateStep, explain

__all__ = ["BackwardStep", "ForwardStep", "Lesson", "Part", "UpdateStep", "explain"]

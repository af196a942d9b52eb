"""Rótulos hostis, números de borda e lições enormes: o que se mostra continua a ser texto, fórmulas e números."""

from __future__ import annotations

import math
import time
import unicodedata
from pathlib import Path

import pytest

from micrograd_pt import Value, explain, sin
from micrograd_pt.lesson import Lesson
from tests.latex import compiled

HOSTILE = (
    *("a_b", "_", "__", "a__b", "x^2", "$x$", "$$", "\\", "\\\\", "\\input{x}", "\\end{align*}", "\\text{"),
    *("^^41", "%", "#", "&", "{", "}", "{}", "~", "a b", "\n", "a\nb", "\r", "\t", "\x00", "\x1b[2J", "\u200b"),
    *("\u202e", "\ud800", "é", "ção", "名", "🙂", "θ₁", "α", "₁", "²", "x²", "-", "-1", "1", "1e5", "a-b", "a + b"),
    *("(x)", "[x](y)", "<b>", "<script>", "]]>", '"', "'", "`", "``", "|", "||", "*", "**", "![](x)", "&amp;"),
    *("\\N", "%s", "{0}", "x_1_2_3_4", "∂", "½", "…", "\xad", "ﬁ", "ŋ", "Ł", "Ħ", "ĸ", "ª", "«x»", "–", "—", "−"),
    *("“x”", "İ", "ſ", "þ", "d" * 40),
)


def hostile_lesson(label: str) -> Lesson:
    x, w = Value(2.0, label), Value(-0.5, "w")
    y = (x * w + sin(x)) ** 2
    y.label = label
    return explain(y, learning_rate=0.1)


def test_hostile_labels_are_text_in_one_latex_document(tmp_path: Path) -> None:
    lessons = [hostile_lesson(label) for label in HOSTILE if len(label) < 30]
    assert compiled([part.latex() for one in lessons for part in (one, one.paths(one.graph.leaves[0].value))], tmp_path)


@pytest.mark.parametrize("label", [*HOSTILE, "a" * 300, "w_" + "1" * 50])
def test_hostile_labels_are_text_in_the_terminal_and_in_markdown(label: str) -> None:
    lesson = hostile_lesson(label)
    for part in (lesson, lesson.paths(lesson.graph.leaves[0].value)):
        text, markdown = part.text(), part.markdown()
        assert max(map(len, text.splitlines())) <= 100
        assert not [sign for sign in text if unicodedata.category(sign) in ("Cc", "Cs") and sign != "\n"]
        assert [line for line in markdown.splitlines() if "$$" in line] == ["$$"] * markdown.count("$$")
        assert markdown.count("$$") % 2 == 0
        assert markdown.count(r"\begin{aligned}") == markdown.count(r"\end{aligned}") == markdown.count("$$") // 2
        assert "<script" not in markdown.replace(r"\<", "")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 5e-324, -0.0, 1e308])
def test_values_at_the_edge_are_written_and_compile(value: float, tmp_path: Path) -> None:
    lesson = explain(Value(value, "x") * 2.0, learning_rate=0.1)
    assert "-0 " not in str(lesson) and len(lesson.forward) + len(lesson.backward) + len(lesson.updates) == 4
    assert compiled([lesson.latex()], tmp_path) == 1


def test_a_lesson_of_ten_thousand_nodes_answers_at_once() -> None:
    y = Value(1.0, "x")
    for _ in range(5000):
        y = (y * 0.5).tanh()
    start = time.perf_counter()
    lesson = explain(y)
    written = [lesson.text(), lesson.markdown(), lesson.latex()]
    assert time.perf_counter() - start < 10
    assert all("10001" in text for text in written)

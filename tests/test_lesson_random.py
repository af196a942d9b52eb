"""Lições de expressões sorteadas: lidas de volta, número por número, e compiladas pelo pdflatex."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest

from micrograd_pt import Value, chapter15, explain, half_squared_error, ops
from micrograd_pt.graph import Node
from micrograd_pt.lesson import Lesson, Paths, PlainWriter
from micrograd_pt.parsing import Expression
from micrograd_pt.words.notation import subscripts
from tests.fuzzed_expressions import drawn
from tests.latex import compiled
from tests.lesson_reader import LessonReader, WrongNumberError, check, exactly, precise, read, slopes_beside

RATE = 0.1
ROWS = frozenset(ops.TABLE)
WIDE = 10**6  # colunas em que nenhuma linha é dobrada


@dataclass(frozen=True)
class Sample:
    """Uma expressão sorteada, a sua lição e os caminhos até cada folha com nome."""

    text: str
    lesson: Lesson
    paths: tuple[Paths, ...]
    leaves: dict[str, float]


def samples(seed: int, digits: int = 17) -> Iterator[Sample]:
    """Expressões sorteadas que têm valor e derivadas finitas, sem fim."""
    draw = random.Random(seed)
    while True:
        expression = drawn(draw)
        try:
            evaluation = Expression(expression.text).evaluate(expression.values)
            root = evaluation.value
            root.label = root.label or "f"
            lesson = explain(root, learning_rate=RATE, digits=digits)
        except (ValueError, OverflowError):
            continue
        numbers = [*(step.gradient for step in lesson.backward), *(step.result for step in lesson.updates)]
        if root.op is None or not all(map(math.isfinite, numbers)):
            continue
        named = [node for node in lesson.graph.leaves if node.value.label]
        leaves = {subscripts(node.name): node.data for node in lesson.graph.leaves}
        yield Sample(expression.text, lesson, tuple([lesson.paths(node.value, most=3) for node in named]), leaves)


def lines(document: Lesson | Paths) -> list[str]:
    """As linhas de fórmulas do texto, sem os títulos e as frases."""
    blocks = document.text(width=WIDE).split("\n\n")
    assert all(set(title.splitlines()[1]) == {"-"} for title in blocks[::2])
    return "\n".join(blocks[1::2]).splitlines()


def read_back(sample: Sample) -> LessonReader:
    """Confere cada número da lição e dos caminhos com a fórmula escrita ao lado dele."""
    lesson = sample.lesson
    reader = LessonReader(sample.leaves, RATE)
    names = [reader.read(line) for line in lines(lesson)]
    assert len(names) == len(lesson.forward) + len(lesson.backward) + len(lesson.updates)
    folded, wide = lesson.text(), lesson.text(width=WIDE)
    assert max(map(len, folded.splitlines())) <= 100
    assert re.sub(r"\s|-{4,}", "", folded) == re.sub(r"\s|-{4,}", "", wide)
    assert not re.search(r"(?<![\d.]e)-0(?:\.0*)?(?![.\d])|[+-] -|\bnan\b|\binf\b", wide)
    for paths in sample.paths:
        check_paths(paths, reader)
    return reader


def check_paths(paths: Paths, reader: LessonReader) -> None:
    """Confere cada caminho, e a soma deles com o gradiente."""
    products = LessonReader(values_in(reader))
    *listed, whole = lines(paths)
    for line in listed:
        products.read_path(line)
    if paths.count > len(paths.paths):
        products.known["R"] = repr(paths.rest)
    derivative, _, sides = whole.strip().partition("   (")[0].partition(" = ")
    *terms, total = sides.split(" = ")
    scale = float(max([abs(paths.gradient), *(abs(path.product) for path in paths.paths)]))
    for side in terms:
        check(side, products.known, total, scale)
    if len(listed) > 1:
        assert not any(f" = {derivative} = " in line for line in listed), "uma parte com o nome do todo"
    for path in paths.paths:
        for edge, place in zip(path.edges, path.places, strict=True):
            assert (place == 0) == (ways_between(edge.user, edge.node) == 1)
    reader.numbers += products.numbers + len(terms)
    assert derivative == f"∂{subscripts(paths.root.name)}/∂{subscripts(paths.parameter.name)}"
    assert read(reader.known[derivative]) == read(paths.gradient)
    assert abs(read(total) - paths.gradient) <= 1e-12 * scale


def ways_between(user: Node, node: Node) -> int:
    """De quantas formas se chega de um nó a outro, contadas uso por uso."""
    counts = {node.index: 1}

    def count(at: Node) -> int:
        if at.index not in counts:
            counts[at.index] = sum([count(arg) for arg in at.inputs if isinstance(arg, Node)])
        return counts[at.index]

    return count(user)


def values_in(reader: LessonReader) -> dict[str, float]:
    """O que a lição já disse dos nós, sem as derivadas, que nos caminhos são as locais."""
    return {name: read(value) for name, value in reader.known.items() if "∂" not in name and name != "α"}


def read_all(count: int, seed: int) -> None:
    """Confere tantas lições, e que elas passam por toda a tabela."""
    chosen = list(islice(samples(seed), count))
    numbers = sum([read_back(sample).numbers for sample in chosen])
    assert numbers > 30 * count
    used = {step.node.op.name for sample in chosen for step in sample.lesson.forward if step.node.op}
    assert used == ROWS
    assert any(paths.count > len(paths.paths) for sample in chosen for paths in sample.paths)


def test_every_number_is_recomputed_from_the_formula_beside_it() -> None:
    read_all(200, seed=15)


@pytest.mark.long
def test_every_number_of_a_thousand_lessons_is_recomputed() -> None:
    read_all(1000, seed=2024)


def test_every_rule_is_the_slope_of_the_formula_beside_it() -> None:
    seen = set()
    for sample in islice(samples(31), 150):
        for rule, line in zip(sample.lesson.rules, sample.lesson.rules_section().lines, strict=True):
            formula = line.note.partition(" = ")[2]
            known = {node.name: precise(node.data) for node in rule.result.inputs if isinstance(node, Node)}
            left, right = slopes_beside(formula, known, rule.argument.name)
            if abs(left - right) > 1e-50 * (1 + abs(left)):
                continue  # um bico: a derivada é a que a tabela escolhe
            whole = {**known, rule.result.name: exactly(formula, known)}
            slope = exactly(PlainWriter(17).formula(rule.derivative), whole)
            assert abs(slope - left) <= 1e-12 * max(1, abs(left)), (line.note, slope, left)
            seen.add(rule.result.op)
    assert len(seen) >= 40


def test_the_chapter_shows_the_slope_of_its_sigmoid() -> None:
    loss = half_squared_error(chapter15.network()([0, 1]), 1.0)
    shown = [str(PlainWriter().formula(rule.derivative)) for rule in explain(loss).rules]
    assert "y·(1 - y)" in shown and "2·a" in shown
    y, a = Value(2.0, "y"), Value(3.0, "a")
    assert {rule.result.name for rule in explain(y * a).rules} == {"r"}


def test_a_number_with_one_wrong_digit_is_noticed() -> None:
    draw = random.Random(7)
    noticed = 0
    for sample in islice(samples(7), 60):
        whole = lines(sample.lesson)
        place = draw.choice([place for place, line in enumerate(whole) if line.count(" = ") > 1])
        start, _, result = whole[place].partition("   (")[0].rpartition(" = ")
        digits = [at for at, sign in enumerate(result.partition("e")[0]) if sign.isdigit()]
        at = draw.choice(digits[:12])
        wrong = f"{result[:at]}{(int(result[at]) + draw.randint(1, 9)) % 10}{result[at + 1 :]}"
        reader = LessonReader(sample.leaves, RATE)
        with pytest.raises(WrongNumberError):
            for line in [*whole[:place], f"{start} = {wrong}"]:
                reader.read(line)
        noticed += 1
    assert noticed == 60


def compile_all(count: int, seed: int, folder: Path) -> None:
    """Compila tantas lições, com os caminhos, num documento só."""
    drawn_samples = list(islice(samples(seed, digits=6), count))
    documents = [part.latex() for sample in drawn_samples for part in (sample.lesson, *sample.paths)]
    assert compiled(documents, folder) >= count


def test_the_latex_of_random_lessons_compiles(tmp_path: Path) -> None:
    compile_all(40, 15, tmp_path)


@pytest.mark.long
def test_the_latex_of_a_thousand_random_lessons_compiles_in_one_document(tmp_path: Path) -> None:
    compile_all(1000, 2024, tmp_path)

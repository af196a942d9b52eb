"""A lição diz o que aconteceu: fórmulas, números e somas sobre caminhos, sem tocar em nada."""

import io
import re
import sys
import unicodedata
from fractions import Fraction
from typing import Any

import pytest

import micrograd_pt as mpt
from micrograd_pt import ChangedLeafError, Value, chapter15, explain, half_squared_error, where
from micrograd_pt.lesson import PlainWriter
from micrograd_pt.words.notation import number, plain, subscripts


@pytest.fixture
def chapter() -> Any:
    model = chapter15.network()
    loss = half_squared_error(model([Value(0.0, "x1"), Value(1.0, "x2")]), 1.0)
    loss.label = "E"
    return explain(loss, model.parameters(), learning_rate=0.5, printed=mpt.chapter15.printed(loss))


def lines_of(lesson: Any) -> list[str]:
    return [line.strip() for line in str(lesson).splitlines()]


@pytest.mark.parametrize(
    "line",
    [
        "z_h₁ = w_x₁_h₁·x₁ + w_x₂_h₁·x₂ + w_x₃_h₁ = 0.351·0 + 1.076·1 + 1.116 = 2.192",
        "h₁ = σ(z_h₁) = σ(2.192) = 0.899529   (o capítulo imprime 0.899, truncado)",
        "o = σ(z_o) = σ(0.0260394) = 0.506509   (o capítulo imprime 0.506, truncado)",
        "∂E/∂E = 1   (é daqui que se parte)",
        "∂E/∂z_o = ∂E/∂o · o·(1 - o) = -0.493491 · 0.506509·(1 - 0.506509) = -0.123352",
        "∂E/∂w_h₁_o = ∂E/∂z_o · h₁ = -0.123352 · 0.899529 = -0.110958",
        "∂E/∂h₂ = ∂E/∂z_o · w_h₂_o = -0.123352 · (-0.327) = 0.0403360",
        "∂E/∂w_x₁_h₁ = ∂E/∂z_h₁ · x₁ = -0.00426973 · 0 = 0",
        "w_h₁_o ← w_h₁_o - α · ∂E/∂w_h₁_o = 0.383 - 0.5 · (-0.110958) = 0.438479",
    ],
)
def test_the_chapters_lines_are_there(chapter: Any, line: str) -> None:
    assert line in lines_of(chapter)


def test_every_parameter_has_a_gradient_and_an_update(chapter: Any) -> None:
    model = chapter15.network()
    loss = half_squared_error(model([0.0, 1.0]), 1.0)
    loss.backward()
    for parameter in model.parameters():
        assert chapter.gradient(parameter.label) == parameter.grad
    updated = {step.node.name: step.result for step in chapter.updates}
    assert updated == {p.label: p.data - 0.5 * p.grad for p in model.parameters()}


def test_it_fits_the_terminal_and_has_no_ugly_signs(chapter: Any) -> None:
    text = str(chapter)
    assert max(map(len, text.splitlines())) <= 100
    assert not re.search(r"-0(?:\.0*)?(?![.\d])|[+-] -|(?<![\w.])1·", text)


def test_paths_are_summed_and_the_sum_is_the_gradient() -> None:
    x = Value(3.0, "x")
    y = x * x + mpt.sin(x) * 2
    y.label = "y"
    lesson = explain(y)
    (step,) = [step for step in lesson.backward if step.node.name == "x"]
    assert len(step.parts) == 3
    assert sum(part.contribution.product for part in step.parts) == pytest.approx(step.gradient, rel=1e-15)
    for part in step.parts:
        assert part.contribution.product == part.contribution.upstream * part.contribution.local
    y.backward()
    assert step.gradient == x.grad


def test_looking_changes_nothing() -> None:
    x = Value(3.0, "x")
    y = x * x
    y.backward()
    before = (x.grad, y.grad)
    str(explain(y))
    assert (x.grad, y.grad) == before


def test_a_changed_leaf_is_named() -> None:
    x = Value(3.0, "x")
    y = x * x
    x.data = 4.0
    with pytest.raises(ChangedLeafError, match=r"x valia 3\.0 .* agora vale 4\.0"):
        explain(y)


def test_fractions_are_written_as_on_paper() -> None:
    a, b = Value(Fraction(1, 2), "a"), Value(Fraction(3, 4), "b")
    lines = lines_of(explain((a / b) ** 2 + b**-2))
    assert "v₁ = a / b = 1/2 / (3/4) = 2/3" in lines
    assert "v₂ = v₁² = (2/3)² = 4/9" in lines
    assert "v₃ = b⁻² = (3/4)⁻² = 16/9" in lines


def evaluated(text: str, names: dict[str, Any]) -> float:
    """O número que uma fórmula da lição dá."""
    python = text.translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789"))
    python = re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: f"**({unicodedata.normalize('NFKC', found[0])})", python)
    python = (
        python.replace("−", "-").replace("·", "*").replace("^", "**").replace("σ", "sigmoid").replace("sen(", "sin(")
    )
    python = re.sub(r"\|([^|]*)\|", r"abs(\1)", python)
    functions = {name: getattr(mpt, name) for name in ("sigmoid", "sin", "cos", "tanh", "exp", "log", "relu", "abs")}
    return float(eval(python, {"__builtins__": {}}, {**functions, **names}))


@pytest.mark.parametrize("seed", range(40))
def test_the_numbers_follow_from_the_formulas_beside_them(seed: int) -> None:
    import random

    draw = random.Random(seed)
    nodes = [Value(draw.uniform(-2, 2), name) for name in "abc"]
    for _ in range(8):
        p, q = draw.choice(nodes), draw.choice(nodes)
        makers = [
            lambda p, q: p * q,
            lambda p, q: p - q,
            lambda p, q: -p + 2 * q,
            lambda p, q: mpt.tanh(p) / (1.5 + mpt.sin(q)),
            lambda p, q: mpt.sigmoid(p - q) ** 2,
            lambda p, q: mpt.exp(-mpt.abs(p)) * q,
            lambda p, q: mpt.dot([p, q, 2.0], [q, -1.0, p]),
        ]
        nodes.append(draw.choice(makers)(p, q))
    lesson = explain(nodes[-1], digits=17)
    for step in lesson.forward:
        assert evaluated(PlainWriter(17).formula(step.numbers), {}) == pytest.approx(step.result, rel=1e-12)
        names = {node.name: node.data for node in lesson.graph.nodes}
        assert evaluated(PlainWriter(17).formula(step.formula), names) == pytest.approx(step.result, rel=1e-12)
    for back in lesson.backward:
        for part in back.parts:
            assert part.local_formula is not None and part.local_numbers is not None
            for text, values in ((part.local_formula, names), (part.local_numbers, {})):
                assert evaluated(PlainWriter(17).formula(text), values) == pytest.approx(
                    part.contribution.local, rel=1e-9, abs=1e-12
                )


def test_a_closed_branch_and_a_choice_are_said() -> None:
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    lines = lines_of(explain(mpt.relu(b) + where(a > b, mpt.sin(a), b)))
    assert any(line.startswith("v₂ = sen(a)") or "se(b < a; " in line for line in lines)
    assert any("ramo fechado" in line and "∂b = 0" in line for line in lines)


def test_every_use_is_shown_and_a_kink_is_not_a_closed_branch() -> None:
    x = Value(0.0, "x")
    (line,) = [line for line in lines_of(explain(mpt.relu(x) + abs(x))) if "∂x = " in line]
    assert "∂x = 0 + 0 = 0" in line and "a derivada combinada em 0 é 0" in line and "fechado" not in line
    y = Value(-1.0, "y")
    (line,) = [line for line in lines_of(explain(mpt.relu(y) + y)) if "∂y = " in line]
    assert " + 0 = 1 + 0 = 1 " in line and "ramo fechado: por v₁ não passa" in line and "bico" not in line
    (line,) = [line for line in lines_of(explain(where(y < 0, Value(1.0, "a"), 2.0))) if "∂y = " in line]
    assert "∂y = 0 " in line and "só entra na comparação" in line and "fechado" not in line
    (line,) = [line for line in lines_of(explain(where(mpt.exp(y) < 0, y, Value(2.0, "a")))) if "∂y = " in line]
    assert "∂y = 0 + 0 = 0 " in line and "a v₁ não chega gradiente" in line and "bico" not in line
    assert "ramo fechado: por v₂" in line


def test_a_label_longer_than_the_page_does_not_hang_it() -> None:
    x, w = Value(2.0, "w" * 300), Value(3.0, "w")
    text = str(explain(x * w + x))
    assert max(map(len, text.splitlines())) <= 100 and "w" * 20 in text


def test_a_wide_sum_and_a_long_chain_are_explained_in_part() -> None:
    terms = [Value(float(i)) for i in range(3000)]
    assert len(explain(mpt.dot(terms, terms)).backward) == 3001
    x = Value(1.0, "x")
    for _ in range(3000):
        x = x + 1
    text = str(explain(x))
    assert "3001 nós" in text and len(text.splitlines()) < 1000


def test_one_part_can_be_shown_alone(chapter: Any) -> None:
    part = chapter.nodes("h1", "w_x2_h1")
    assert [step.node.name for step in part.forward] == ["h1"]
    assert {step.node.name for step in part.backward} == {"h1", "w_x2_h1"}
    with pytest.raises(KeyError, match="nada"):
        chapter.nodes("nada")
    with pytest.raises(KeyError, match="x1"):
        chapter.gradient("x1")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"digits": 0}, "de 1 a 17"),
        ({"lang": "fr"}, "língua"),
        ({"learning_rate": float("nan")}, "finito"),
        ({"learning_rate": 0}, "maior que 0"),
        ({"parameters": [Value(1.0, "fora")]}, "não está no grafo"),
    ],
)
def test_wrong_options_are_explained(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        explain(Value(2.0, "x") * 3, **options)


def test_english_has_its_own_sentences(chapter: Any) -> None:
    x = Value(2.0, "x")
    text = str(explain(mpt.tanh(x), lang="en", learning_rate=0.1))
    assert "Forward pass" in text and "Weight update" in text and "Passo" not in text


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_print_works_on_any_terminal(encoding: str, chapter: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    print(chapter)
    sys.stdout.flush()
    shown = raw.getvalue().decode(encoding)
    assert ("∂E/∂o" in shown) == (encoding == "utf-8") and ("dE/do" in shown) == (encoding != "utf-8")
    titles = [place for place, line in enumerate(shown.splitlines()) if set(line) == {"-"}]
    for place in titles:
        assert len(shown.splitlines()[place]) == len(shown.splitlines()[place - 1])


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.8995288043924039, "0.899529"),
        (0.990430043, "0.990430"),
        (0.351, "0.351"),
        (-0.0, "0"),
        (2.0, "2"),
        (1e-12, "1e-12"),
        (123456789.0, "1.23457e+08"),
        (100000.4, "100000"),
        (7, "7"),
        (Fraction(-2, 6), "-1/3"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
    ],
)
def test_numbers_are_shown_with_six_digits_and_no_negative_zero(value: Any, shown: str) -> None:
    assert number(value) == shown


def test_plain_spellings() -> None:
    assert plain("∂E/∂w₁₁ = σ(z)·½ – ação", "ascii") == "dE/dw11 = sigmoid(z)*1/2 - acao"
    assert plain("ação · ∂", "cp1252") == "ação · d"
    assert subscripts("w_x1_h12") == "w_x₁_h₁₂" and subscripts("1a") == "1a"

"""Expressões como texto: o que se lê é o que o Python calcula, o resto é recusado no lugar certo, e nada escapa."""

from __future__ import annotations

import inspect
import math
import pickle
import random
import sys
import warnings
from collections import Counter
from fractions import Fraction

import pytest

import micrograd_pt
from micrograd_pt import Expression, ExpressionError, Graph, Operation, Value, explain, ops, parse
from micrograd_pt.parsing import ExpressionDomainError, ExpressionOverflowError
from micrograd_pt.parsing.errors import pointed
from micrograd_pt.parsing.vocabulary import function, function_names
from tests.fuzzed_expressions import Drawn, drawn, soup, spoiled


def refused(text: str, **values: float) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        parse(text, **values)
    return caught.value


def marked(error: ExpressionError) -> str:
    """O trecho apontado."""
    assert error.span is not None
    return error.expression[slice(*error.span)]


def test_a_neuron_is_the_graph_that_the_operators_build() -> None:
    output = parse("sigmoid(w1*x1 + w2*x2 + b)", w1=2, w2=-3, b=-3, x1=-1, x2=-2)
    assert output.data == micrograd_pt.sigmoid(2 * -1 + -3 * -2 + -3.0)
    graph = Graph(output)
    assert [node.name for node in graph.leaves] == ["w1", "x1", "w2", "x2", "b"]
    output.backward()
    slope = output.data * (1 - output.data)
    gradients = {node.name: node.value.grad for node in graph.leaves}
    assert gradients == pytest.approx({"w1": -slope, "x1": 2 * slope, "w2": -2 * slope, "x2": -3 * slope, "b": slope})


def test_parts_give_names_to_intermediate_results() -> None:
    loss = parse("z = w*x + b; a = tanh(z); E = (a - y)**2", w=0.5, x=2, b=-1, y=1)
    assert loss.label == "E"
    graph = Graph(loss)
    assert graph["z"].data == 0 and graph["a"].data == 0 and loss.data == 1
    assert [step.node.name for step in explain(loss).forward][-3:] == ["a", graph.nodes[-2].name, "E"]
    unnamed = parse("z = w*x; z**2", w=2, x=3)
    assert unnamed.label == "" and unnamed.args[0].label == "z"


def test_a_part_that_is_only_a_name_or_a_number_is_a_node_of_its_own() -> None:
    result = parse("a = x; y = 1; (a - y)**2", x=3)
    graph = Graph(result)
    assert graph["a"].op is ops.identity and graph["x"].is_leaf and graph["y"].is_leaf
    assert graph["y"].value.label == "y" and graph["x"].value.label == "x"
    result.backward()
    assert graph["x"].value.grad == 4 and graph["y"].value.grad == -4


def test_values_enter_as_they_are() -> None:
    w, hidden = Value(0.5, "peso"), (Value(2.0, "p") * 3).tanh()
    result = parse("w*h", w=w, h=hidden)
    assert result.args == (w, hidden)
    assert w.label == "peso" and hidden.label == ""
    named = parse("a = h; a*2", h=hidden)
    assert hidden.label == "" and Graph(named)["a"].inputs[0].value is hidden
    result.backward()
    assert w.grad == hidden.data


@pytest.mark.parametrize("number", [2, 2.0, True, Fraction(1, 2), pytest.importorskip("numpy").float32(0.25)])
def test_any_real_number_is_a_leaf_in_floats(number: float) -> None:
    leaf = parse("x", x=number)
    assert type(leaf.data) is float and leaf.data == float(number) and leaf.label == "x"


def test_a_value_that_is_no_number_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match=r"w espera um número real, e recebeu '2'.*float"):
        parse("w*x", w="2", x=1)
    with pytest.raises(TypeError, match="complexos"):
        parse("w", w=1j)
    with pytest.raises(TypeError, match="tem de ser um texto"):
        parse(3)  # type: ignore[arg-type]
    with pytest.raises(ExpressionOverflowError, match="valor de w"):
        parse("w", w=10**400)


def test_an_expression_is_read_once_and_computed_often() -> None:
    line = Expression("w*x + b")
    assert line.names == ("w", "x", "b")
    assert [line(w=2, x=x, b=1).data for x in (0, 1, 2)] == [1, 3, 5]
    assert repr(line) == "Expression('w*x + b')"
    assert pickle.loads(pickle.dumps(line))(w=2, x=3, b=1).data == 7
    assert Expression("expression + self + text")(expression=1, self=2, text=3).data == 6


def test_every_public_operation_of_the_package_can_be_written() -> None:
    written = set(function_names())
    public = {name for name in micrograd_pt.__all__ if isinstance(getattr(micrograd_pt, name), Operation)} | {"abs"}
    assert public | {"sum", "mean", "dot", "logsumexp", "softmax", "where"} == written
    for name in public:
        count = len(function(name).wants or (1, 1, 1))
        arguments = [0.25 + 0.5 * place for place in range(count)]
        arguments = [1 + argument for argument in arguments] if name == "acosh" else arguments
        names = [f"p{place}" for place in range(count)]
        result = parse(f"{name}({', '.join(names)})", **dict(zip(names, arguments, strict=True)))
        assert result.data == getattr(micrograd_pt, name)(*arguments), name
        assert result.op is getattr(micrograd_pt, name)


def test_a_row_added_to_the_table_can_be_written() -> None:
    cube = micrograd_pt.operation("cubo_de_teste", "³", lambda x: x * x * x, lambda y, x: 3 * x * x)
    try:
        result = parse("cubo_de_teste(x) + 1", x=2)
        result.backward()
        assert result.data == 9 and result.args[0].args[0].grad == 12
    finally:
        del ops.TABLE[cube.name]
    assert "cubo_de_teste" in str(refused("cubo_de_teste(x)", x=2))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-2**2", -4),
        ("2**3**2", 512),
        ("2**-1", 0.5),
        ("-x**2", -9),
        ("8/4/2", 1),
        ("2 - 3 - 4", -5),
        ("--x", 3),
        ("+x", 3),
        ("3/4", 0.75),
        ("1e3 + .5 + 2.", 1002.5),
        ("007", 7),
        ("2 × x − 1 ÷ 4 · x", 5.25),
        ("π/pi", 1),
        ("sum([1, x, 2])", 6),
        ("mean([1, x])", 2),
        ("dot([x, 2], [1, x])", 9),
        ("sum(softmax([x, x, x]))", 1),
        ("dot(softmax([x, x]), [1, 0])", 0.5),
        ("logsumexp([x])", 3),
        ("sum([])", 0),
        ("where(x < 4, 1, 2)", 1),
        ("where(x ≥ 4, 1, 2)", 2),
        ("where(1 <= 2, x, 0)", 3),
        ("maximum(x, 1, 2)", 3),
        ("abs(-x)", 3),
        ("a = x\n\nb = a*(\n  2\n)\n b + a;", 9),
    ],
)
def test_what_is_written_is_what_is_computed(text: str, expected: float) -> None:
    values = {"x": 3} if "x" in Expression(text).names else {}
    assert parse(text, **values).data == pytest.approx(expected, abs=1e-15)


def test_a_decimal_comma_is_understood_where_it_can_mean_nothing_else() -> None:
    assert parse("0,5*x + 1,25", x=1).data == 1.75
    assert parse("sigmoid((0,5 + x)*2)", x=-0.5).data == 0.5
    assert parse("sqrt(2,25)").data == 1.5
    assert parse("1,5e1").data == 15
    assert Expression("0,5*x").doubtful == ()


def test_a_comma_that_can_separate_two_arguments_does_and_is_reported() -> None:
    text = "maximum(1,5) + sum([2,5, 1])"
    expression = Expression(text)
    assert expression().data == 5 + 8
    assert [text[slice(*span)] for span in expression.doubtful] == ["1,5", "2,5"]
    assert Expression("hypot(3,4)").doubtful == ()  # com um argumento só não haveria conta
    error = refused("where(x < 0,5, 1, 2)", x=1)
    assert marked(error) == "0,5" and "0.5" in error.message()


@pytest.mark.parametrize("text", ["1, 5", "x,5", "1 ,5", "1,234,567", "1.234,56", "(1, 2)", "1,5,2"])
def test_any_other_comma_is_explained(text: str) -> None:
    assert "vírgula" in refused(text).message() and "1.5" in refused(text).message()
    assert marked(refused(text)) == ","


def test_names_are_shown_as_they_are_written_and_compared_as_python_does() -> None:
    result = parse("w₁*x + θ", **{"w1": 2, "x": 1, "θ": 0})
    assert Graph(result)["w₁"].data == 2
    assert parse("w1 + w₁", **{"w₁": 2}).data == 4
    assert parse("não + e\u0301", **{"não": 1, "é": 2}).data == 3
    with pytest.raises(ExpressionError, match="dois valores"):
        parse("w1", **{"w1": 1, "w₁": 1})


# O que se recusa: a expressão, o trecho apontado, algo que a mensagem diz.
REFUSED = [
    ("", "", "vazia"),
    (" \n;", "", "vazia"),
    ("w*x +", "+", "faltou um número"),
    ("w* /x", "/", "antes de /"),
    ("2x", "2x", "2*x"),
    ("2 (x + 1)", "2 (", "2*("),
    ("x(y + 1)", "x", "x*(...)"),
    ("(x)(y)", ")(", ")*("),
    ("1 000", "1 000", "um número só"),
    ("0x10", "0x10", "0*x10"),
    ("1_000", "1_000", "1*_000"),
    ("1j", "1j", "1*j"),
    ("x^2", "^", "**"),
    ("x²", "²", "**2"),
    ("x⁻¹²", "⁻¹²", "**-12"),
    ("x//2", "//", "escreva /"),
    ("√x", "√", "sqrt(...)"),
    ("|x|", "|", "abs(...)"),
    ("x % 2", "%", "sinal %"),
    ("x.real", ".", "atributos"),
    ("...", ".", "ponto"),
    ("'x'", "'", "aspas"),
    ("x\\", "\\", "sinal \\"),
    ("x\0", "\0", "U+0000"),
    ("x\ud800", "\ud800", "U+D800"),
    ("x\u200b", "\u200b", "U+200B"),
    ("x # nota", "#", "sinal #"),
    ("½", "½", "não é um nome"),
    ("{x}", "{", "escreva ("),
    ("lambda*x", "lambda", "lambda_"),
    ("1 if x else 2", "if", "where(a < b, x, y)"),
    ("x and y", "and", "where(a < b, x, y)"),
    ("None", "None", "reservada"),
    ("import os", "import", "reservada"),
    ("__import__('os')", "'", "aspas"),
    ("__import__(os)", "__import__", "__import__*(...)"),
    ("eval(x)", "eval", "função chamada eval"),
    ("[y for y in x]", "for", "reservada"),
    ("seno(x)", "seno", "escreva sin"),
    ("tg(x)", "tg", "escreva tan"),
    ("raiz(x)", "raiz", "escreva sqrt"),
    ("ln(x)", "ln", "escreva log"),
    ("média([x])", "média", "escreva mean"),
    ("maior(x, 1)", "maior", "escreva maximum"),
    ("pow(x, 2)", "pow", "escreva **"),
    ("sigmod(x)", "sigmod", "escreva sigmoid"),
    ("Tanh(x)", "Tanh", "escreva tanh"),
    ("identity(x)", "identity", "função chamada identity"),
    ("add(x, 1)", "add", "função chamada add"),
    ("tanh + 1", "tanh", "tanh(...)"),
    ("tanh = 1", "tanh", "escolha outro nome"),
    ("pi = 3", "pi", "escolha outro nome"),
    ("tanh(x", "(", "faltou )"),
    ("tanh(", "(", "faltou )"),
    ("sum([x, 1", "[", "faltou ]"),
    ("x)", ")", "não foi aberto"),
    ("sum([x)", ")", "se esperava ]"),
    ("()", ")", "antes de )"),
    ("tanh(x,)", ")", "antes de )"),
    ("tanh()", "tanh()", "recebe 1 argumento(s), e recebeu 0"),
    ("tanh(x, 1)", "tanh(x, 1)", "recebe 1 argumento(s), e recebeu 2"),
    ("atan2(x)", "atan2(x)", "recebe 2"),
    ("maximum()", "maximum()", "ao menos 1"),
    ("tanh(*x)", "*", "antes de *"),
    ("tanh(x=1)", "=", "= não serve"),
    ("x = y = 1", "=", "= não serve"),
    ("2 = x", "=", "= não serve"),
    ("x == 1", "==", "where"),
    ("x != 1", "!=", "where"),
    ("(y := 1)", ":=", "escreva ="),
    ("x < 1", "x < 1", "dentro de where"),
    ("where(x, 1, 2)", "x", "comparação, como a < b"),
    ("where(0 < x < 1, 1, 2)", "0 < x < 1", "dois números de cada vez"),
    ("where(x < 1, 1 < 2, 2)", "1 < 2", "dentro de where"),
    ("x[0]", "[", "colchetes"),
    ("[x]", "[x]", "uma lista só serve"),
    ("sum(x)", "x", "[x]"),
    ("tanh([x])", "[x]", "uma lista só serve"),
    ("sum([[x]])", "[x]", "uma lista só serve"),
    ("softmax([x])", "softmax([x])", "dot(softmax([a, b]), [1, 0])"),
    ("dot([x], [1, 2])", "dot([x], [1, 2])", "1 peso(s) e 2 entrada(s)"),
    ("(x; 1)", ";", "entre parênteses"),
    ("a = b*2; b = 1; a", "b", "depois"),
    ("a = a + 1", "a", "depois"),
    ("a = 1; a = 2; a", "a", "outro nome"),
    ("a = 1; 2*x", "a", "não o usa"),
    ("x; 2", "x", "não tem nome"),
    ("1e999", "1e999", "1.8e308"),
]


@pytest.mark.parametrize(("text", "where", "said"), REFUSED)
def test_what_is_not_allowed_is_refused_at_its_place(text: str, where: str, said: str) -> None:
    error = refused(text, **({"x": 1.0} if "x" in text else {}))
    assert marked(error) == where
    assert said in error.message()
    assert error.position == error.span[0]  # type: ignore[index]
    assert str(error) == f"{error.message()}\n{pointed(text, error.span)}"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "values", "where", "said"),
    [
        ("log(x)", {"x": -1}, "log(x)", "x = -1.0"),
        ("1 + 2/(w - w)", {"w": 3}, "2/(w - w)", "divisor"),
        ("0**-1", {}, "0**-1", "expoente negativo"),
        ("(0 - 8)**0.5", {}, "(0 - 8)**0.5", "fracionário"),
        ("mean([])", {}, "mean([])", "ao menos um número"),
    ],
)
def test_an_error_of_domain_points_at_the_operation(text: str, values: dict[str, float], where: str, said: str) -> None:
    error = refused(text, **values)
    assert isinstance(error, ExpressionDomainError) and isinstance(error, micrograd_pt.DomainError)
    assert marked(error) == where and said in error.message()


@pytest.mark.parametrize("text", ["9**9**9", "exp(1000)", "1e308*10", "10**1000000", "sum([1e308, 1e308])", "sinh(x)"])
def test_what_does_not_fit_a_float_is_an_error_and_never_a_long_wait(text: str) -> None:
    error = refused(text, **({"x": 1000.0} if "x)" in text and "sinh" in text else {}))
    assert isinstance(error, ExpressionOverflowError) and isinstance(error, OverflowError)
    assert error.span is not None and "maior float" in error.message()


@pytest.mark.parametrize("text", ["x**x**x", "a=x*x;" + "".join(f"{b}={a}*{a};" for a, b in zip("abcdefghijklm", "bcdefghijklmn", strict=True)) + "n"])  # fmt: skip  # noqa: E501
@pytest.mark.parametrize("number", [9, 123456789, Fraction(10**9, 7)])
def test_exact_values_have_the_same_limit(text: str, number: int) -> None:
    with pytest.raises(ExpressionOverflowError):
        parse(text, x=Value(number))


def test_infinities_and_nan_that_were_given_go_on() -> None:
    assert parse("x + 1", x=math.inf).data == math.inf
    assert math.isnan(parse("x*2", x=math.nan).data)


def test_a_missing_value_is_named_with_what_to_give() -> None:
    error = refused("w*x + b", w=1)
    assert marked(error) == "x" and "x, b" in error.message() and "x=1 b=1" in error.message()
    assert "W" in refused("W*x", w=1, x=1).message() and "mesmo nome" in refused("W*x", w=1, x=1).message()
    assert "mesmo nome" in refused("peso*x", pesos=1, x=1).message()
    assert "exp(1)" in refused("e**x", x=1).message()


def test_a_value_too_many_is_named() -> None:
    error = refused("w*x", w=1, x=1, b=3)
    assert error.span is None and "não usa b" in error.message() and "w, x" in error.message()
    assert "não usa b" in refused("2 + 3", b=3).message()
    assert "escolha outro nome" in refused("w*2", w=1, tanh=3).message()
    error = refused("z = x; z*2", x=1, z=2)
    assert "já recebe valor" in error.message() and marked(error) == "z"


def test_length_and_depth_are_bounded() -> None:
    assert parse("+".join(["1"] * 1000)).data == 1000
    assert parse("-" * 1900 + "1").data == 1
    assert parse("1**" * 600 + "1").data == 1
    assert parse("(" * 100 + "x" + ")" * 100, x=2).data == 2
    assert "limite é 100" in refused("(" * 101 + "x" + ")" * 101).message()
    assert "limite é 2000" in refused("x+" * 1000 + "x").message()


def test_a_call_near_the_bottom_of_the_stack_is_no_crash() -> None:
    left = sys.getrecursionlimit() - len(inspect.stack(0)) - 80

    def deeper(left: int) -> str:
        return deeper(left - 1) if left else outcome("+".join(["x"] * 900), {"x": 1})[0]

    assert deeper(left) in ("ok", "deep")  # conforme a versão do Python, o `ast` ainda cabe ou já não


def test_the_caret_stays_under_its_sign() -> None:
    assert pointed("a + ?", (4, 5)) == "    a + ?\n        ^"
    assert pointed("名 + ?", (4, 5)) == "    名 + ?\n         ^"  # um ideograma ocupa duas colunas
    assert pointed("e\u0301 + ?", (5, 6)) == "    e\u0301 + ?\n        ^"  # e um acento, nenhuma
    assert pointed("a\tb\0?", (4, 5)) == "    a b\ufffd?\n        ^"
    assert pointed("a = 1\nb = ?\nb", (10, 11)) == "    b = ?\n        ^"
    long = pointed("x" * 300 + "?" + "y" * 300, (300, 301)).splitlines()
    assert all(len(line) <= 84 for line in long)
    assert long[0][long[1].index("^")] == "?"


def test_errors_speak_english_too_and_can_be_pickled() -> None:
    for text, _, _ in REFUSED:
        error = refused(text, **({"x": 1.0} if "x" in text else {}))
        assert error.message("en") != error.message("pt")
        assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_no_warning_is_given() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for text in ("1if 2else 3", "1or x", "0x1for x", "'\\d'", "2(x)", "[1](2)", "1 is 1", "()()"):
            refused(text)


def outcome(text: str, values: dict[str, float]) -> tuple[str, float]:
    """O nome do que aconteceu, `ok` ou a frase do erro, e o número. Qualquer outra exceção escapa, e o teste falha."""
    try:
        result = Expression(text)(**values)
    except ExpressionError as error:
        assert error.span is None or 0 <= error.span[0] <= error.span[1] <= len(text)
        assert len(error.message()) > 20
        if error.span is not None:
            assert "^" in str(error).splitlines()[-1]
        return error.key, math.nan
    assert type(result) is Value and math.isfinite(result.data)
    return "ok", result.data


def agrees(expression: Drawn) -> str:
    """Como `outcome`, para uma expressão bem formada; o número tem de ser o que o Python calcula."""
    key, data = outcome(expression.text, expression.values)
    if key == "ok":
        assert data == expression.computed(), expression
    elif key in ("engine", "domain") and "**" not in expression.text:  # o Python faria de (-8)**0.5 um número complexo
        with pytest.raises((ValueError, TypeError, ArithmeticError)):
            expression.computed()
    else:
        assert key in ("engine", "domain", "overflow"), (key, expression)
    return key


def fuzz(count: int, seed: int) -> Counter[str]:
    """Tantos textos, seis décimos deles bem formados; conta o que aconteceu."""
    draw = random.Random(seed)
    found: Counter[str] = Counter()
    for _ in range(count):
        kind = draw.random()
        if kind < 0.6:
            found[agrees(drawn(draw, 3))] += 1
        elif kind < 0.9:
            base = drawn(draw, 2)
            found[outcome(spoiled(draw, base.text), base.values)[0]] += 1
        elif kind < 0.95:
            base = drawn(draw, 2)
            given = {draw.choice([name, "outro", f"{name}1", "tanh", "z0"]): x for name, x in base.values.items()}
            found[outcome(base.text, given)[0]] += 1
        else:
            found[outcome(soup(draw), {})[0]] += 1
    return found


def test_nothing_but_results_and_clear_errors() -> None:
    found = fuzz(4000, seed=15)
    assert found["ok"] >= 4000 / 3
    assert len(found) > 30  # quase todos os erros aparecem


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1986, 1990))  # um milhão ao todo, em partes que vários processos repartem
def test_hundreds_of_thousands_of_inputs_in_one_process_give_nothing_but_results_and_clear_errors(seed: int) -> None:
    count = 250_000
    found = fuzz(count, seed=seed)
    print(found.most_common())
    assert found["ok"] >= count / 3
    assert len(found) > 40

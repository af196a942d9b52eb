"""O comando `explica`: a lição de uma expressão qualquer, os arquivos pedidos, e erros que apontam o lugar."""

from __future__ import annotations

import math
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from micrograd_pt.cli import main
from micrograd_pt.parsing import parse
from tests.fuzzed_expressions import drawn, soup, spoiled

ROOT = Path(__file__).parents[1]
NEURON = ("sigmoid(w1*x1 + w2*x2 + b)", "w1=2", "w2=-3", "b=-3", "x1=-1", "x2=-2")
LOSS = ("z = w*x + b; a = tanh(z); (a - y)**2", "w=0.5", "x=2", "b=-1.25", "y=0.75")


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """O código de saída, o que se imprimiu e o que se reclamou."""
    try:
        status = main(["explica", *arguments])
    except SystemExit as ended:
        status = int(str(ended.code or 0))
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def spawn(*arguments: str, encoding: str = "utf-8") -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "micrograd_pt", "explica", *arguments]
    return subprocess.run(command, capture_output=True, env=environment, check=False)


def test_a_neuron_is_explained_to_the_last_weight(capsys: pytest.CaptureFixture[str]) -> None:
    status, text, errors = call(capsys, *NEURON)
    assert (status, errors) == (0, "")
    assert text.startswith("f = sigmoid(w1*x1 + w2*x2 + b)\nw1 = 2; x1 = -1; w2 = -3; x2 = -2; b = -3\n")
    value = 1 / (1 + math.exp(-1))
    slope = value * (1 - value)
    for name, gradient in {"w₁": -slope, "x₁": 2 * slope, "w₂": -2 * slope, "x₂": -3 * slope, "b": slope}.items():
        line = next(line for line in text.splitlines() if line.startswith(f"  ∂f/∂{name} = "))
        assert line.endswith(f" = {gradient:.6g}"), line
    assert "Atualização" not in text
    assert max(map(len, text.splitlines())) <= 100


def test_intermediate_results_keep_their_names_and_parameters_are_updated(capsys: pytest.CaptureFixture[str]) -> None:
    status, text, _ = call(capsys, *LOSS, "--taxa", "0,1", "--parametros", "w,b")
    assert status == 0
    assert text.startswith("z = w*x + b\na = tanh(z)\nf = (a - y)**2\n")
    assert "∂f/∂z = " in text and "∂f/∂y" not in text
    a = math.tanh(-0.25)
    slope = 2 * (a - 0.75) * (1 - a * a)
    assert f"= {0.5 - 0.1 * slope * 2:.6g}" in text and f"= {-1.25 - 0.1 * slope:.6g}" in text


def test_every_path_to_a_parameter_is_shown_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    _, without, _ = call(capsys, "x*sin(x)", "x=pi/2")
    _, text, _ = call(capsys, "x*sin(x)", "x=pi/2", "--caminhos", "x")
    assert text.startswith(without) and "Caminhos de f a x" in text and "há 2 caminhos" in text


def test_the_result_takes_a_name_that_is_free(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "f*x", "f=1", "x=2")[1].startswith("E = f*x\n")
    assert call(capsys, "f*E*L", "f=1", "E=2", "L=3")[1].startswith("f1 = f*E*L\n")
    assert call(capsys, "perda = x*x", "x=2")[1].startswith("perda = x*x\n")


def test_digits_and_language(capsys: pytest.CaptureFixture[str]) -> None:
    _, text, _ = call(capsys, *NEURON, "--digitos", "12", "--lingua", "en")
    assert "0.731058578630" in text and "Forward pass" in text
    assert not re.search("[ãõçé]", text)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("x=-2", "x = -2"),
        ("x=0,5", "x = 0.5"),
        ("x=−1,5e-3", "x = -0.0015"),
        ("x=3/4", "x = 0.75"),
        ("x = 2", "x = 2"),
        ("x=sqrt(2)/2", "x = 0.707107"),
        ("x=-0.0", "x = 0\n"),
    ],
)
def test_a_value_may_be_written_as_people_write_numbers(
    capsys: pytest.CaptureFixture[str], given: str, expected: str
) -> None:
    status, text, errors = call(capsys, "x + 1", given)
    assert (status, errors) == (0, "")
    assert expected in text


def test_an_expression_may_begin_with_a_minus_and_values_may_follow_options(capsys: pytest.CaptureFixture[str]) -> None:
    status, text, _ = call(capsys, "-x**2", "--digitos", "3", "x=3")
    assert status == 0 and text.startswith("f = -x**2\nx = 3\n") and "= -9" in text
    assert call(capsys, "-(w*x)", "w=1", "--taxa", "0.5", "x=3")[0] == 0


def test_pictures_and_documents_are_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    files = {kind: tmp_path / f"lição.{kind}" for kind in ("svg", "png", "markdown", "latex")}
    options = [piece for kind, path in files.items() for piece in (f"--{kind}", str(path))]
    status, text, errors = call(capsys, *LOSS, "--caminhos", "w", *options)
    assert (status, errors) == (0, "")
    assert text.count("gravado: ") == 4 and all(str(path) in text for path in files.values())
    picture = " ".join(ElementTree.parse(files["svg"]).getroot().itertext())
    gradient = 4 * (math.tanh(-0.25) - 0.75) * (1 - math.tanh(-0.25) ** 2)
    assert f"{abs(gradient):.6g}" in picture  # uma vez só: o passo para trás não se acumula de uma figura à outra
    assert files["png"].read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    markdown, latex = (files[kind].read_text(encoding="utf-8") for kind in ("markdown", "latex"))
    for document in (markdown, latex):
        assert r"\partial" in document and "Caminhos de" in document and f"{gradient:.6g}" in document
        assert "a = tanh(z)" in document and "w = 0.5; x = 2" in document
    assert r"\documentclass" in latex and latex.count(r"\begin{document}") == 1


@pytest.mark.skipif(not hasattr(__import__("micrograd_pt").Lesson, "save_html"), reason="sem a página")
def test_a_page_is_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = tmp_path / "lição.html"
    assert call(capsys, *NEURON, "--html", str(page))[0] == 0
    assert "<html" in page.read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="sem pdflatex")
def test_the_article_compiles(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert call(capsys, *LOSS, "--caminhos", "w,b", "--taxa", "0.1", "--latex", str(tmp_path / "a.tex"))[0] == 0
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


def test_a_file_that_cannot_be_written_loses_nothing_else(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    bad, good = tmp_path / "não há" / "a.svg", tmp_path / "a.md"
    status, text, errors = call(capsys, *NEURON, "--svg", str(bad), "--markdown", str(good))
    assert status == 1 and "0.731059" in text and good.is_file()
    assert str(bad) in errors.replace("\n", " ") and "não foi possível gravar" in errors
    assert "a pasta não existe" in errors.replace("\n", " ")


# O que se escreve errado: os argumentos, o que a mensagem diz, o que os acentos circunflexos sublinham.
MISTAKES: list[tuple[list[str], str, str]] = [
    (["w*x + b", "w=1", "x=2"], "falta valor para b: dê um, como em b=1", "b"),
    (["W*x", "w=1", "x=2"], "W, e w recebeu um que não se usa", "W"),
    (["w*x", "w=1", "x=2", "b=3"], "não usa b; os nomes dela são w, x", ""),
    (["seno(x)", "x=1"], "não há uma função chamada seno; escreva sin", "seno"),
    (["x^2", "x=1"], "escreva **", "^"),
    (["lambda*x", "x=1"], "lambda_", "lambda"),
    (["log(x)", "x=-1"], "log não está definida em (x = -1.0)", "log(x)"),
    (["z = x - 2; 1/z", "x=2"], "(1.0, z = 0.0)", "1/z"),
    (["1 + sqrt(x)", "x=0"], "a derivada de sqrt não existe", "sqrt(x)"),
    (["exp(x)*2", "x=1000"], "exp passa do maior float", "exp(x)"),
    (["x/y", "x=1", "y=0"], "a operação / não está definida", "x/y"),
    (["x ÷ y", "x=1", "y=0"], "a operação ÷ não está definida", "x ÷ y"),
    (["x × y", "x=1e200", "y=1e200"], "a operação × passa do maior float", "x × y"),
    (
        ["x**y", "x=-1", "y=2"],
        "da operação ** em relação a y não existe em (x = -1.0, y = 2.0): log não",
        "x**y",
    ),
    (["x**y", "x=0", "y=0"], "em relação a y não existe em (x = 0.0, y = 0.0): log não", "x**y"),
    (["x**0.5", "x=0"], "a = 0 não aceita o expoente -0.5", "x**0.5"),
    (["arcsen(x)", "x=1"], "a derivada de arcsen não existe", "arcsen(x)"),
    (["x", "x=1.234,5"], "em 1.234,5 o ponto separa milhares: escreva 1234,5", ""),
    (["x", "x=-1,234.5"], "em -1,234.5 a vírgula separa milhares: escreva -1234.5", ""),
    (["1/x", "x=1e-200"], "não cabe num float", ""),
    (["9**9**9*x", "x=1"], "maior float", "9**9**9"),
    (["2 + 3"], "só tem números e vale 5", ""),
    ([""], "está vazia", ""),
    (["w*x", "w=2x", "x=1"], "valor de w: faltou um sinal", "2x"),
    (["x", "x=1/0"], "valor de x: a operação / não está definida", "1/0"),
    (["x", "x=nan"], "tem de ser um número, e nele há o nome nan", ""),
    (["x", "x=inf"], "há o nome inf", ""),
    (["x", "x="], "veio 'x='", ""),
    (["x", "2"], "esperava um nome e o seu valor, como w=2, e veio '2'", ""),
    (["w*x", "+", "b", "w=1"], "entre aspas", ""),
    (["x", "x=1", "x=2"], "x recebeu dois valores", ""),
    (["w1", "w1=1", "w₁=2"], "recebeu dois valores", ""),
    (["pi*x", "x=1", "pi=3"], "escolha outro nome", ""),
    (["w*x", "w=1", "x=1", "--parametros", "z"], "não tem o nome 'z'; os nomes dela são w, x", ""),
    (["where(1 < 2, x, y)", "x=1", "y=1", "--parametros", "y"], "não depende de y", ""),
    (["x", "x=1", "--caminhos", "k"], "não tem o nome 'k'", ""),
]


@pytest.mark.parametrize(("arguments", "said", "marked"), MISTAKES)
def test_a_mistake_is_explained_at_its_place_with_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str, marked: str
) -> None:
    status, text, errors = call(capsys, *arguments)
    assert (status, text) == (2, "")
    message = errors.split("\n    ")[0].replace("\n", " ")
    assert message.startswith("micrograd-pt explica: ") and said in message
    assert max(map(len, errors.splitlines())) <= 100
    if marked:
        line, carets = errors.splitlines()[-2:]
        assert line[carets.index("^") : carets.rindex("^") + 1] == marked


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "falta a expressão, entre aspas"),
        (["x", "x=1", "--taxa", "-1"], "maior que 0, e recebeu '-1'"),
        (["x", "x=1", "--digitos", "0"], "de 1 a 17"),
        (["x", "x=1", "--svg"], "falta o valor"),
        (["x", "x=1", "--nada"], "opção desconhecida: --nada (veja"),
        (["x", "--nada", "x=1"], "opção desconhecida: --nada (veja"),
        (["x", "x=1", "--svg", "o.png"], "o.png termina em .png, e não em .svg: mude o nome, ou use --png"),
        (["x", "x=1", "--markdown", "o.tex"], "ou use --latex"),
        (["x", "x=1", "--caminhos", "w,,b"], "separados por vírgula"),
    ],
)
def test_a_wrong_option_is_said_and_nothing_else(
    capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    status, text, errors = call(capsys, *options)
    assert (status, text) == (2, "") and said in errors.replace("\n", " ")
    assert errors.count("\n") <= 2 and max(map(len, errors.splitlines())) <= 100


def test_a_comma_that_may_be_decimal_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    status, text, errors = call(capsys, "x*maximum(1,5)", "x=1")
    assert status == 0 and "= 5" in text
    assert "escreva 1.5" in errors and "          ^^^" in errors
    assert call(capsys, "x*maximum(1, 5)", "x=1")[2] == ""
    assert call(capsys, "0,5*x", "x=1")[2] == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["seno(x)", "x=1"], "there is no function called seno; write sin"),
        (["log(x)", "x=-1"], "log is not defined at (x = -1.0)"),
        (["1 + sqrt(x)", "x=0"], "the derivative of sqrt does not exist at (x = 0.0)"),
        (["exp(x)*2", "x=1000"], "exp exceeds the largest float"),
        (["w*x", "w=1", "x=1", "--caminhos", "k"], "doesn't have the name 'k'"),
        (["x", "x=1", "--taxa", "0"], "option --taxa: expects a finite number greater than 0, and got '0'"),
        (["x", "x=1", "--digitos"], "option --digitos: its value is missing"),
        (["x", "x=1", "--nada"], "unknown option: --nada (see micrograd-pt explica --help)"),
        ([], "the expression is missing, in quotes"),
    ],
)
def test_errors_speak_english_too(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    for language in (["--lingua", "en"], ["--lingua=en"]):
        status, text, errors = call(capsys, *language, *arguments)
        assert (status, text) == (2, "") and said in errors.replace("\n", " ")
        assert not re.search("[ãõçéê]|não|veja", errors)


@pytest.mark.parametrize("command", ["explicar", "explain", "explique"])
def test_a_command_that_does_not_exist_is_told_the_one_that_does(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert main([command, "x", "x=1"]) == 2
    said = capsys.readouterr().err
    assert command in said and "micrograd-pt explica" in said and max(map(len, said.splitlines())) <= 100


def test_what_the_lesson_prints_is_understood(capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "sen(x) + arcsen(x) + senh(x) + arsenh(x) + artanh(x) + arctan(x) + σ(x) + max(x, y) + min(x, y) + √(x) + ∛(x)"
    )
    rows = "sin(x) + asin(x) + sinh(x) + asinh(x) + atanh(x) + atan(x) + sigmoid(x) + maximum(x, y) + minimum(x, y)"
    values = {"x": 0.5, "y": 0.25}
    assert parse(text, **values).data == parse(f"{rows} + sqrt(x) + cbrt(x)", **values).data
    assert parse("σ*max", σ=2, max=3).data == 6
    status, shown, _ = call(capsys, "sen(x)·√(x)", "x=0.5")
    assert status == 0 and "= sen(x) = " in shown and "= √(x) = " in shown


def test_the_last_language_given_counts(capsys: pytest.CaptureFixture[str]) -> None:
    errors = call(capsys, "x", "x=1", "--taxa", "0", "--lingua", "en", "--lingua", "pt")[2]
    assert "espera um número finito" in errors
    assert "espera pt ou en" in call(capsys, "x", "x=1", "--lingua", "fr")[2]


def test_help_speaks_english_too(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["explica", "--help", "--lingua", "en"], ["--help", "--lingua", "en"]):
        with pytest.raises(SystemExit):
            main(arguments)
        text = capsys.readouterr().out
        assert text.startswith("usage: micrograd-pt") and not re.search("[ãõçéê]", text)


def test_help_is_portuguese_and_its_examples_run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, text, _ = call(capsys, "--help")
    assert status == 0 and text.startswith("uso: micrograd-pt explica") and "usage" not in text
    for option in ("--taxa", "--parametros", "--caminhos", "--digitos", "--lingua", "--svg", "--latex", "--html"):
        assert option in text
    examples = re.findall(r"^  micrograd-pt explica (.*)$", text, re.MULTILINE)
    assert len(examples) == 3
    for example in examples:
        arguments = shlex.split(example.replace("grafo.svg", str(tmp_path / "grafo.svg")))
        assert call(capsys, *arguments)[0] == 0, example
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "micrograd-pt explica" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii"])
def test_any_terminal_will_do(encoding: str) -> None:
    done = spawn("z = θ₁*x; σz = sigmoid(z); σz*2", "θ₁=1", "x=2", encoding=encoding)
    assert done.returncode == 0, done.stderr
    assert b"0.880797" in done.stdout
    wrong = spawn("θ₁*x?", encoding=encoding)
    line, carets = wrong.stderr.decode(encoding).splitlines()[-2:]
    assert wrong.returncode == 2 and line[carets.index("^")] == "?"


def test_bytes_that_are_no_text_are_refused() -> None:
    command = [sys.executable, "-m", "micrograd_pt", "explica", b"x\xff", b"x\xff=1"]
    done = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == 2 and b"U+DCFF" in done.stderr and b"Traceback" not in done.stderr


def test_explaining_a_neuron_loads_nothing_heavy() -> None:
    code = f"import sys; from micrograd_pt.cli import main; main(['explica', *{list(NEURON)!r}]); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "micrograd_pt.parsing.statements" in loaded
    heavy = {"numpy", "matplotlib", "graphviz", "tqdm", "asyncio", "IPython"}
    assert loaded & heavy == set()


def arguments(draw: random.Random) -> list[str]:
    """Os argumentos de uma chamada: bem formados, estragados na expressão ou nos valores, ou sem nexo."""
    base = drawn(draw, 3)
    values = [f"{name}={value!r}" for name, value in base.values.items()]
    kind = draw.random()
    if kind < 0.5:
        given = [base.text, *values]
    elif kind < 0.75:
        given = [spoiled(draw, base.text), *values]
    elif kind < 0.9:
        given = [base.text, *(spoiled(draw, value) for value in values)]
    else:
        given = [soup(draw) for _ in range(draw.randint(0, 4))]
    for option in ("--taxa", "--digitos", "--lingua", "--parametros", "--caminhos"):
        if draw.random() < 0.1:
            right = {"--taxa": "0,1", "--digitos": "9", "--lingua": "en"}.get(option, "x")
            given += [option, right if draw.random() < 0.7 else soup(draw)]
    return given


def is_result_or_clear_error(status: int, text: str, errors: str, given: list[str]) -> str:
    assert "Traceback" not in errors, given
    if status == 0:
        assert text, given
        return "ok"
    assert status == 2 and text == "", (status, given)
    assert errors.startswith("micrograd-pt explica: ") and len(errors) > 40, given
    return "erro"


def fuzz(capsys: pytest.CaptureFixture[str], count: int, seed: int) -> None:
    draw = random.Random(seed)
    found = []
    for _ in range(count):
        given = arguments(draw)
        if "-h" not in given and "--help" not in given:
            found.append(is_result_or_clear_error(*call(capsys, *given), given))
    assert found.count("ok") >= count / 4 and found.count("erro") >= count / 4


def test_the_command_gives_nothing_but_results_and_clear_errors(capsys: pytest.CaptureFixture[str]) -> None:
    fuzz(capsys, 150, seed=5)


@pytest.mark.long
def test_thousands_of_calls_give_nothing_but_results_and_clear_errors(capsys: pytest.CaptureFixture[str]) -> None:
    fuzz(capsys, 5000, seed=1989)


@pytest.mark.long
def test_hundreds_of_processes_give_nothing_but_results_and_clear_errors() -> None:
    draw = random.Random(6)
    for _ in range(200):
        given = [text.replace("\0", "") for text in arguments(draw)]  # o sistema não passa um nulo a um processo
        given = [text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape") for text in given]
        if "-h" not in given and "--help" not in given:
            done = spawn(*given)
            text, errors = (stream.decode("utf-8") for stream in (done.stdout, done.stderr))
            is_result_or_clear_error(done.returncode, text, errors, given)

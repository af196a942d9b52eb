"""O comando: cada número do capítulo aparece, em qualquer codificação, e uma opção errada é explicada numa linha."""

import argparse
import contextlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from micrograd_pt.cli import main
from micrograd_pt.cli.options import Parser
from micrograd_pt.words import notation

# Os números de que o leitor precisa, calculados em float64 e conferidos por diferenças centrais (chapter15.md).
FORWARD = [2.192, 0.377, -0.496, 0.8995288043924039, 0.5931493361286236, 0.378481143072389]
FORWARD += [0.02603940309741476, 0.5065094829653212, 0.12176644520157733]
BACKWARD = [-0.12335171840315208, -0.11095842377493588, -0.07316598988115458, -0.046686299381168445]
BACKWARD += [-0.004269732066271014, 0.009734015518797007, 0.00954640067501057]
UPDATE = [0.43847921188746797, -0.2904170050594227, -0.3056568503094158, 0.5269777736710353, 0.11187501330060518]
BEFORE = [0.4860579504054513, 0.5065094829653212, 0.4842767564858953, 0.5018864241584255]
ONLINE = [0.000266272, 0.0125129, 0.990430, 0.987707, 0.0115439]
BATCH = [0.000248982, 0.0117487, 0.986095, 0.993817, 0.0113292]


def run(*options: str, encoding: str = "utf-8", cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(Path(__file__).parents[1])}
    return subprocess.run(
        [sys.executable, "-m", "micrograd_pt", *options],
        capture_output=True,
        encoding=encoding,
        env=environment,
        cwd=cwd,
        check=False,
    )


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """O comando sem opção nenhuma, uma vez."""
    folder = tmp_path_factory.mktemp("principal")
    done = run(cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout, folder / "saida"


def numbers_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?", text))


@pytest.mark.parametrize("expected", FORWARD + BACKWARD + UPDATE + BEFORE + ONLINE + BATCH)
def test_every_number_of_the_chapter_is_printed_with_its_sign(whole_run: tuple[str, Path], expected: float) -> None:
    shown = {value for value in map(float, numbers_in(whole_run[0])) if f"{value:.6g}" == f"{expected:.6g}"}
    assert shown, f"{expected:.6g} não aparece"


def test_three_pictures_and_the_live_page_are_written(whole_run: tuple[str, Path]) -> None:
    text, folder = whole_run
    assert sorted(path.name for path in folder.iterdir()) == ["capitulo15.html", "grafo.svg", "rede.png", "rede.svg"]
    assert (folder / "rede.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert all(str(path.name) in text for path in folder.iterdir())


def widest(text: str) -> int:
    """Quantas colunas tem a linha mais larga, fora as do caminho de um arquivo, que não se parte."""
    return max([len(line) for line in text.splitlines() if not re.search(r"/\S{50}", line)])


def test_the_text_keeps_to_a_terminal_and_has_no_negative_zero(whole_run: tuple[str, Path]) -> None:
    text, _ = whole_run
    assert widest(text) <= 100
    assert not re.search(r"-0(?:\.0*)?(?![.\d])", text)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_poor_encoding_loses_no_number(encoding: str, tmp_path: Path) -> None:
    rich = run("--epocas", "3", cwd=tmp_path)
    poor = run("--epocas", "3", encoding=encoding, cwd=tmp_path)
    assert poor.returncode == 0, poor.stderr
    assert "?" not in poor.stdout
    assert numbers_in(notation.plain(rich.stdout, "ascii")) - numbers_in(poor.stdout) <= {"0.0", "0.1"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--amostra", "2,0"], "0,0 0,1 1,0 ou 1,1"),
        (["--vies", "nada"], "coluna ou variavel"),
        (["--taxa", "0"], "finito maior que 0"),
        (["--taxa=-1"], "maior que 0"),
        (["--taxa", "nan"], "maior que 0"),
        (["--epocas", "1.5"], "um inteiro"),
        (["--digitos", "18"], "de 1 a 17"),
        (["--lingua", "fr"], "pt ou en"),
        (["--taxa"], "falta o valor"),
        (["--nada"], "opção desconhecida"),
        (["sobra"], "opção desconhecida"),
    ],
)
def test_a_wrong_option_is_said_in_100_columns_with_status_2(
    options: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(options)
    assert stopped.value.code == 2
    message = capsys.readouterr().err
    assert message.count("\n") <= 2 and max(map(len, message.splitlines())) <= 100
    assert expected in message.replace("\n", " ")


def test_an_unwritable_folder_loses_nothing_that_was_printed(tmp_path: Path) -> None:
    blocked = tmp_path / "arquivo"
    blocked.write_text("não sou uma pasta", encoding="utf-8")
    done = run("--epocas", "2", "--saida", str(blocked / "dentro"), cwd=tmp_path)
    assert done.returncode == 1
    assert "0.506509" in done.stdout and "Erratas" in done.stdout
    assert "--saida" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("lang", ["pt", "en"])
def test_no_line_passes_100_columns_with_every_digit(
    lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--digitos", "17", "--epocas", "1", "--lingua", lang]) == 0
    assert widest(capsys.readouterr().out) <= 100


def test_the_other_bias_gives_its_own_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--vies", "variavel", "--epocas", "2", "--saida", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert widest(text) <= 100
    assert "0.455508" in text and "0.148236" in text and "9 parâmetros" in text


def test_an_unsolved_run_is_not_reported_as_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--epocas", "2", "--saida", str(tmp_path)]) == 0
    assert "NÃO foi aprendido" in capsys.readouterr().out


def test_english_is_complete(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lingua", "en", "--epocas", "2", "--saida", str(tmp_path), "--digitos", "9"]) == 0
    text = capsys.readouterr().out
    assert "Forward pass" in text and "0.899528804" in text
    assert not re.search(r"[ãõçé]", text)


def test_both_catalogues_have_the_same_sentences_with_the_same_gaps() -> None:
    from micrograd_pt.words import en, pt

    def gaps(sentences: dict[str, str]) -> dict[str, list[str]]:
        return {key: sorted(re.findall(r"\{(\w+)\}", text)) for key, text in sentences.items()}

    assert gaps(pt.SENTENCES) == gaps(en.SENTENCES)


def test_reading_options_leaves_argparse_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    before = vars(argparse)["_"]
    parser = Parser("pt", prog="teste")
    parser.add_argument("--n", type=int, choices=(1, 2))
    for arguments, said in ((["--n"], "opção --n: falta o valor"), (["--n", "7"], "opção --n: invalid choice")):
        with pytest.raises(SystemExit):
            parser.read(arguments)
        assert said in capsys.readouterr().err  # o que o catálogo não tem fica em inglês
    assert parser.read(["--n", "1"]).n == 1
    assert vars(argparse)["_"] is before


# Num terminal: aos poucos, e a página aberta no fim.

PART = "[Enter: a próxima parte; s e Enter: tudo o que falta]"


def in_a_terminal(answers: str, *options: str, cwd: Path) -> tuple[str, int]:
    """O que o programa mostra num terminal em que se digita isso, e o código de saída."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "TERM": "dumb"}
    command = [sys.executable, "-m", "micrograd_pt", "--epocas", "0", *options]
    running = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd, env=environment)
    os.close(theirs)
    os.write(ours, answers.encode())
    shown = b""
    with contextlib.suppress(OSError):  # o terminal fecha com o programa
        while piece := os.read(ours, 65536):
            shown += piece
    os.close(ours)
    return shown.decode(), running.wait()


def test_in_a_terminal_the_chapter_comes_in_parts(tmp_path: Path) -> None:
    shown, status = in_a_terminal("\n" * 6, cwd=tmp_path)
    assert status == 0 and shown.count(PART) == 6
    titles = [
        "Passo para frente",
        "Derivadas locais",
        "Passo para trás",
        "Atualização",
        "Antes do treinamento",
        "Erratas",
    ]
    for part, title in zip(shown.split(PART)[1:], titles, strict=True):
        assert title in part
    whole = run("--epocas", "0", cwd=tmp_path).stdout
    shown, whole = (re.sub(r"\d+\.\d s", "", text) for text in (shown.replace(PART, ""), whole))
    assert shown.split() == whole.split()


@pytest.mark.parametrize(("answers", "options", "waits"), [("s\n", (), 1), ("\x04", (), 1), ("", ("--sem-pausa",), 0)])
def test_who_wants_it_whole_gets_it_whole(tmp_path: Path, answers: str, options: tuple[str, ...], waits: int) -> None:
    shown, status = in_a_terminal(answers, *options, cwd=tmp_path)
    assert (status, shown.count(PART)) == (0, waits)
    assert "Erratas do capítulo" in shown


def test_it_never_waits_where_nobody_reads(tmp_path: Path) -> None:
    piped = run("--epocas", "0", cwd=tmp_path)
    assert piped.returncode == 0 and PART not in piped.stdout + piped.stderr


def test_the_last_lines_say_what_was_made_and_how_to_open_it(tmp_path: Path) -> None:
    *_, page, _, invitation, address = run("--epocas", "0", cwd=tmp_path).stdout.rstrip("\n").split("\n")
    assert page == "  gravada: saida/capitulo15.html (a página: anda pelos passos, treina, faz perguntas)"
    assert invitation == "  Agora abra a página num navegador (ou rode de novo com --abrir):"
    assert address.strip() == (tmp_path / "saida" / "capitulo15.html").resolve().as_uri()


def test_an_address_is_never_broken_in_two(tmp_path: Path) -> None:
    far = tmp_path / ("pasta" * 20)
    far.mkdir()
    *_, address = run("--epocas", "0", cwd=far).stdout.rstrip("\n").split("\n")
    assert address.strip() == (far / "saida" / "capitulo15.html").resolve().as_uri()


@pytest.mark.parametrize("found", [True, False])
def test_the_page_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], found: bool
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or found)
    status = main(["--abrir", "--epocas", "0", "--saida", str(tmp_path)])
    assert opened == [(tmp_path / "capitulo15.html").resolve().as_uri()]
    errors = capsys.readouterr().err
    assert (status, errors) == ((0, "") if found else (1, f"não achei um navegador; abra você mesmo {opened[0]}\n"))

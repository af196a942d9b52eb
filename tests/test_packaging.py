"""O que se instala, e o que os README prometem a quem instala."""

from __future__ import annotations

import configparser
import contextlib
import importlib
import io
import os
import pkgutil
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import micrograd_pt
from micrograd_pt import ops

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.en.md")


@pytest.fixture(scope="module")
def setup():
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return config


def requirements(text):
    return [Requirement(line) for line in text.splitlines() if line.strip() and not line.startswith("#")]


def blocks(readme, language):
    text = (ROOT / readme).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def run_console(line, folder):
    """O que um comando de um README escreve, com o Python dos testes no lugar do do ambiente."""
    python, *words = shlex.split(line.removeprefix("$ "))
    assert python == ".venv/bin/python"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "COLUMNS": "100"}
    run = subprocess.run(
        [sys.executable, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        cwd=folder,
        env=environment,
    )
    return run.stdout


@pytest.mark.parametrize("readme", READMES)
def test_every_block_of_the_readme_gives_what_it_says(readme, tmp_path, monkeypatch):
    """Os programas em Python, um depois do outro, e os comandos; o de preparar o ambiente roda noutro lugar."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(ops.TABLE, "softsign", None)  # a linha que o README acrescenta; no fim, ela sai
    found = re.findall(r"^```(\w+)\n(.*?)^```$", (ROOT / readme).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert {language for language, _ in found} == {"bash", "powershell", "python", "text", "console"}
    names: dict[str, object] = {}
    expected = ""
    for language, block in found:
        if language == "text":
            assert block.rstrip() == expected
            expected = ""
            continue
        assert expected == "", "o que um programa escreve vem logo depois dele"
        if language == "python":
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(block, readme, "exec"), names)
            expected = printed.getvalue().rstrip()
        elif language == "console":
            line, _, shown = block.partition("\n")
            assert run_console(line, tmp_path).rstrip() == shown.rstrip()
    assert {path.suffix for path in tmp_path.iterdir()} >= {".svg", ".png"}


def test_both_readmes_give_the_same_commands_and_programs():
    for language, count in (("bash", 2), ("powershell", 2), ("python", 6), ("console", 2)):
        portuguese, english = (blocks(readme, language) for readme in READMES)
        assert len(portuguese) == len(english) == count
        if language in ("bash", "powershell"):
            assert portuguese == english


def test_both_readmes_have_the_same_parts_links_and_figures():
    portuguese, english = ((ROOT / readme).read_text(encoding="utf-8") for readme in READMES)
    for pattern in (r"^(#+) ", r"^(?:\| (`\w+`) )?", r"!\[.*?\]\((.*?)\)", r"\]\(((?:demos|micrograd_pt)/.*?)\)"):
        first, second = (re.findall(pattern, text, re.MULTILINE) for text in (portuguese, english))
        assert [item for item in first if item] == [item for item in second if item], pattern


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "README.en.md",
        "docs/velocidade.md",
        "docs/speed.md",
        "docs/concordancia.md",
        "docs/agreement.md",
        "CONTRIBUTING.md",
    ],
)
def test_every_part_that_a_page_links_to_exists(page):
    """As âncoras, como o GitHub as faz do título: minúsculas, sem pontuação, com traços."""
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", (ROOT / page).read_text(encoding="utf-8")):
        text = ((ROOT / page).parent / target if target else ROOT / page).read_text(encoding="utf-8")
        titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        assert anchor in [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]


@pytest.mark.parametrize("page", [*READMES, "docs/velocidade.md", "docs/speed.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_what_a_page_links_to_exists(page):
    links = re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", (ROOT / page).read_text(encoding="utf-8"))
    assert "demos/rede.svg" in links or page not in READMES
    for link in links:
        assert ((ROOT / page).parent / link).is_file(), link


@pytest.mark.parametrize("readme", READMES)
def test_the_table_of_the_readme_lists_every_module(readme):
    rows = re.findall(r"^\| (`[^|]+) \|", (ROOT / readme).read_text(encoding="utf-8"), re.MULTILINE)
    listed = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert listed == {module.name for module in pkgutil.iter_modules(micrograd_pt.__path__)} - {"__main__"}


def test_the_picture_of_the_readme_shows_the_chapter_network():
    picture = (ROOT / "demos" / "rede.svg").read_text(encoding="utf-8")
    for weight in ("0.351", "1.076", "1.116", "0.097", "0.165", "0.542", "0.457", "0.331", "0.383", "0.327", "0.329"):
        assert weight in picture
    assert "0.506509" in picture


def test_the_version_is_written_once(setup):
    assert setup["metadata"]["version"] == "attr: micrograd_pt.__version__"
    assert re.fullmatch(r"\d+\.\d+\.\d+", micrograd_pt.__version__)


def test_python_3_11_is_the_oldest_that_serves(setup):
    supported = SpecifierSet(setup["options"]["python_requires"])
    assert "3.11.0" in supported
    assert "3.10.9" not in supported


def test_the_extra_all_is_every_other_extra(setup):
    extras = setup["options.extras_require"]
    joined = {extra for requirement in requirements(extras["all"]) for extra in requirement.extras}
    assert joined == set(extras) - {"all"}
    assert {"test", "plot", "notebook"} <= joined


WITH_WHEEL = [
    ("linux", "x86_64"),
    ("linux", "aarch64"),
    ("darwin", "x86_64"),
    ("darwin", "arm64"),
    ("win32", "AMD64"),
    ("win32", "ARM64"),
]
WITHOUT_WHEEL = [
    ("linux", "armv7l"),
    ("linux", "riscv64"),
    ("win32", "x86"),
    ("freebsd14", "amd64"),
    ("emscripten", "wasm32"),
]


@pytest.mark.parametrize(("system", "machine"), WITH_WHEEL + WITHOUT_WHEEL)
def test_the_bundled_renderer_is_asked_for_only_where_it_has_a_wheel(setup, system, machine):
    found = [r for r in requirements(setup["options"]["install_requires"]) if r.name == "graphviz-pure"]
    assert [str(requirement.specifier) for requirement in found] == ["==0.2.2"]
    asked = found[0].marker.evaluate({"sys_platform": system, "platform_machine": machine})
    assert asked == ((system, machine) in WITH_WHEEL)


def test_the_command_is_the_function_main_of_cli(setup):
    command, target = setup["options.entry_points"]["console_scripts"].strip().split(" = ")
    module, function = target.split(":")
    assert command == "micrograd-pt"
    with contextlib.redirect_stdout(io.StringIO()) as shown, pytest.raises(SystemExit) as ended:
        getattr(importlib.import_module(module), function)(["--help"])
    assert ended.value.code == 0
    assert "--saida" in shown.getvalue()


def test_importing_the_package_is_cheap():
    source = "import sys, micrograd_pt; print(*sys.modules, sep='\\n')"
    run = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True)
    imported = {name.partition(".")[0] for name in run.stdout.split()}
    assert "micrograd_pt" in imported
    assert not imported & {"graphviz", "tqdm", "matplotlib", "numpy", "IPython"}


def test_the_engine_imports_the_standard_library_alone():
    source = "import sys, micrograd_pt.engine; print(*sys.modules, sep='\\n')"
    run = subprocess.run([sys.executable, "-S", "-c", source], cwd=ROOT, capture_output=True, text=True, check=True)
    imported = {name.partition(".")[0] for name in run.stdout.split()} - {"__main__"}
    assert imported - set(sys.stdlib_module_names) == {"micrograd_pt"}


def test_the_package_says_that_it_is_typed():
    assert (ROOT / "micrograd_pt" / "py.typed").is_file()


def test_the_citation_is_of_this_package(setup):
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    fields = dict(re.findall(r"^([\w-]+): (.+)$", citation, re.MULTILINE))
    assert {"cff-version", "message", "title"} <= fields.keys() and "authors:" in citation
    assert fields["version"] == micrograd_pt.__version__
    assert fields["license"] == setup["metadata"]["license"]
    assert setup["metadata"]["author"] in citation


def test_the_changes_speak_of_this_version():
    assert f"## {micrograd_pt.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

"""Quem grava um arquivo troca-o inteiro, ou deixa-o como estava: disco cheio, pasta proibida, Ctrl-C, texto hostil."""

import errno
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import micrograd_pt as mpt
from micrograd_pt import MLP, Value, draw, draw_network, draw_steps, explain, words

resource = pytest.importorskip("resource")  # o Windows não tem um limite para o tamanho de um arquivo

OLD = b"o que havia"
SMALL = 4096


def picture() -> Any:
    a = Value(2.0, "a")
    return draw((a * a + 1).tanh())


def lesson() -> Any:
    return explain((Value(2.0, "a") * 3).tanh())


WRITERS: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "save_file": ("a.txt", lambda path: words.save_file(path, "x" * 10 * SMALL)),
    "Figure.save": ("a.gv", lambda path: draw_network(MLP(4, [8, 8, 1])).save(path)),
    "Figure.render": ("a.svg", lambda path: picture().render(outfile=path)),
    "Figure.render png": ("a.png", lambda path: picture().render(outfile=path)),
    "Steps.render": ("forward-01.svg", lambda path: draw_steps((Value(2.0, "a") * 3).tanh()).render(path.parent)),
    "Animation.save": ("a.svg", lambda path: draw_steps((Value(2.0, "a") * 3).tanh()).animation().save(path)),
    "lesson": ("a.html", lambda path: lesson().save_html(path)),
    "page": ("a.html", lambda path: mpt.live_page(MLP(2, [2, 1]), [[0, 1]], [1]).save_html(path)),
    "chapter": ("a.html", lambda path: mpt.chapter_page(epochs=1).save_html(path)),
}


@pytest.fixture(params=WRITERS)
def writer(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Callable[[Path], Any]]:
    name, write = WRITERS[request.param]
    return tmp_path / name, write


def limited(limit: int, act: Callable[[], Any]) -> Any:
    """Com um limite para o tamanho de um arquivo, que vale como um disco cheio; o do processo que desenha também."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        return act()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_a_full_disk_leaves_the_old_file_as_it_was(writer: tuple[Path, Callable[[Path], Any]]) -> None:
    path, write = writer
    path.write_bytes(OLD)
    limit = 100
    with pytest.raises((OSError, subprocess.CalledProcessError)):
        limited(limit, lambda: write(path))
    assert path.read_bytes() == OLD
    assert [left.name for left in path.parent.iterdir() if left.suffix != ".gv"] == [path.name] * (path.suffix != ".gv")


def test_a_file_is_replaced_whole(writer: tuple[Path, Callable[[Path], Any]]) -> None:
    path, write = writer
    path.write_bytes(OLD)
    path.chmod(0o600)
    os.umask(before := os.umask(0o022))
    write(path)
    assert path.stat().st_size > 200 and stat.S_IMODE(path.stat().st_mode) == 0o666 & ~before
    assert not [left for left in path.parent.iterdir() if left.name.startswith(".")]


def test_a_symbolic_link_stays_one(writer: tuple[Path, Callable[[Path], Any]], tmp_path: Path) -> None:
    path, write = writer
    (tmp_path / "longe").mkdir()
    kept = tmp_path / "longe" / "guardado"
    kept.write_bytes(OLD)
    path.symlink_to(kept)
    write(path)
    assert path.is_symlink() and kept.stat().st_size > 200


def test_a_forbidden_folder_is_said_with_the_name_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:

    def refused(*args: Any, **options: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "/onde/.temporario")

    path = tmp_path / "a.html"
    path.write_bytes(OLD)
    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(PermissionError) as caught:
        lesson().save_html(path)
    assert caught.value.filename == str(path) and path.read_bytes() == OLD


def test_an_interruption_leaves_the_old_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupted(self: Path, data: bytes) -> None:
        with self.open("wb") as file:
            file.write(data[:5])
        raise KeyboardInterrupt

    path = tmp_path / "a.html"
    path.write_bytes(OLD)
    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        lesson().save_html(path)
    assert path.read_bytes() == OLD and [*tmp_path.iterdir()] == [path]


def test_half_a_surrogate_pair_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(OLD)
    with pytest.raises(UnicodeEncodeError):
        words.save_file(path, "\ud800")
    assert path.read_bytes() == OLD and [*tmp_path.iterdir()] == [path]


def test_what_is_not_a_common_file_is_written_to(tmp_path: Path) -> None:
    words.save_file("/dev/null", "x")
    with pytest.raises(IsADirectoryError):
        words.save_file(tmp_path, "x")
    with pytest.raises(FileNotFoundError) as caught:
        words.save_file(tmp_path / "não há" / "a.txt", "x")
    assert caught.value.filename == str(tmp_path / "não há" / "a.txt")


def test_a_link_that_leads_to_itself_is_an_error(tmp_path: Path) -> None:
    first, second = tmp_path / "um", tmp_path / "dois"
    first.symlink_to(second)
    second.symlink_to(first)
    with pytest.raises(OSError):
        words.save_file(first, "x")
    assert first.is_symlink() and second.is_symlink()


def test_the_command_writes_to_the_standard_output(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "micrograd_pt", "explica", "x*x", "x=3", "--markdown", "/dev/stdout"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert run.returncode == 0 and "x" in run.stdout and not [*tmp_path.iterdir()]


@pytest.mark.parametrize("option", ["svg", "png", "html", "markdown", "latex"])
def test_the_command_leaves_the_old_file_on_a_full_disk(option: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{ {'markdown': 'md', 'latex': 'tex'}.get(option, option) }"
    path.write_bytes(OLD)
    command = [sys.executable, "-m", "micrograd_pt", "explica", "sin(x)*x", "x=3", f"--{option}", str(path)]
    run = limited(100, lambda: subprocess.run(command, capture_output=True, text=True, check=False))
    assert run.returncode == 1 and path.read_bytes() == OLD and [*tmp_path.iterdir()] == [path]
    assert "Traceback" not in run.stderr

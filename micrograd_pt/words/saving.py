"""Um arquivo que se grava toma inteiro o lugar do que havia, ou deixa-o como estava."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_STREAMS = (("dev", "stdout"), ("dev", "stderr"), ("dev", "fd"))
"""O que é um arquivo comum quando a saída o é, e mesmo então se escreve diretamente."""


def save_file(path: str | os.PathLike[str], contents: str | bytes) -> Path:
    """Grava um texto, em UTF-8, ou bytes.

    Args:
        path: onde.
        contents: o que se grava.

    Returns:
        O caminho dado.

    Raises:
        OSError: não se pôde gravar. O arquivo que havia fica como estava, e nada sobra ao lado dele.
        UnicodeEncodeError: o texto tem metade de um par substituto. O mesmo vale.
    """
    written = contents.encode() if isinstance(contents, str) else contents
    with replacing(path) as place:
        place.write_bytes(written)
    return Path(path)


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Um lugar em que escrever; ao fim do `with`, o que ali está toma o lugar do arquivo.

    Um link simbólico continua a sê-lo, e o que não é um arquivo comum (`/dev/stdout`) é escrito diretamente.

    Args:
        path: o arquivo.

    Raises:
        OSError: não se pôde gravar, com o nome do arquivo pedido.
    """
    given = Path(path)
    with suppress(FileNotFoundError):
        given.stat()  # um link que leva a si mesmo é um erro
    if given.exists() and (not given.is_file() or given.absolute().parts[1:3] in _STREAMS):
        yield given
        return
    from secrets import token_hex

    target = Path(os.path.realpath(given))
    folder = target.with_name(f".{token_hex(8)}")
    place = folder / given.name
    try:
        folder.mkdir()
        yield place
        with place.open("rb+") as written:
            os.fsync(written.fileno())
        place.replace(target)
    except OSError as error:
        error.filename, error.filename2 = os.fspath(path), None
        raise
    finally:
        try:
            _clear(folder, place)
        except KeyboardInterrupt:
            _clear(folder, place)
            raise


def _clear(folder: Path, place: Path) -> None:
    """Apaga o que sobrou da pasta ao lado."""
    for remove in (place.unlink, folder.rmdir):
        with suppress(OSError):
            remove()

"""`Figure`: um `graphviz.Digraph` que se renderiza sem que o Graphviz esteja instalado no sistema."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

import graphviz
from graphviz.backend import dot_command
from graphviz.backend.rendering import get_outfile

from micrograd_pt.words import replacing, save_file

BUNDLED_FORMATS = frozenset(
    [
        "canon",
        "dot",
        "dot_json",
        "gv",
        "jpe",
        "jpeg",
        "jpg",
        "json",
        "json0",
        "plain",
        "plain-ext",
        "png",
        "svg",
        "xdot",
        "xdot1.2",
        "xdot1.4",
        "xdot_json",
    ]
)
"""Os formatos que o `graphviz-pure` escreve."""

_lock = threading.RLock()


def _unlock() -> None:
    """Num processo filho, a trava de quem ficou no pai."""
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):  # o Windows não o tem
    os.register_at_fork(after_in_child=_unlock)


class RendererNotFoundError(graphviz.ExecutableNotFound):  # type: ignore[misc]
    """Não há programa que escreva a figura no formato pedido; a mensagem diz o que instalar."""

    def __init__(self, format: str) -> None:
        RuntimeError.__init__(self, _what_to_install(format))


class Figure(graphviz.Digraph):  # type: ignore[misc]
    """Uma figura: um `graphviz.Digraph` cujo formato, se não se pede outro, é SVG.

    `render`, `pipe`, `view` e a exibição no Jupyter usam o `graphviz-pure` onde ele serve, para que a figura saia igual
    em toda parte, e senão o `dot` do sistema. Os avisos do renderizador ficam calados (`quiet=False` os mostra).

    Args:
        name: o nome do grafo, e do arquivo em que ele é gravado.
        comment: um comentário na primeira linha do código DOT.
        title: do que é a figura, para quem não a vê.
        options: o resto, como em `graphviz.Digraph`.

    Attributes:
        title: do que é a figura.
        parts: por `id`, o que é cada texto dessa parte, na ordem em que o SVG os traz.
    """

    def __init__(self, name: str | None = None, comment: str | None = None, *, title: str = "", **options: Any) -> None:
        options["format"] = options.get("format") or "svg"
        super().__init__(name, comment=comment, **options)
        self.title = title
        self.parts: dict[str, tuple[str, ...]] = {}

    def copy(self) -> Figure:
        """Uma cópia da figura."""
        copied: Figure = super().copy()
        copied.title, copied.parts = self.title, dict(self.parts)
        return copied

    def svg(self) -> str:
        """A figura como um elemento `<svg>` para pôr dentro de uma página, sem declaração XML.

        Cada texto traz a classe do que é (`name`, `data`, `grad`, `local`, `flow`, `weight`, …), e o elemento diz a um
        leitor de tela do que é a figura.

        Raises:
            RendererNotFoundError: não há programa que a desenhe.
        """
        from micrograd_pt.drawing.markup import annotated, written

        return written(annotated(self.pipe("svg", encoding="utf-8"), self.parts, self.title))

    def render(
        self,
        filename: Any = None,
        directory: Any = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        **options: Any,
    ) -> str:
        """Grava o código DOT e a figura em arquivos, como `graphviz.Digraph.render`.

        Args:
            filename: onde gravar o código DOT; a figura fica ao lado, com o formato acrescentado ao nome.
            directory: a pasta dos dois arquivos.
            view: True abre a figura depois.
            cleanup: True apaga o código DOT depois, e fica só a figura.
            format: `"svg"`, `"png"`, `"pdf"`…; sem indicação, o da figura.
            options: o resto, como em `graphviz.Digraph.render`; por exemplo `outfile="rede.png"`.

        Returns:
            O caminho da figura.

        Raises:
            RendererNotFoundError: não há programa que escreva esse formato.
        """
        options.setdefault("quiet", True)
        outfile = options.get("outfile")
        wanted = format or (Path(outfile).suffix[1:] if outfile is not None else "") or self.format
        with _renderer(wanted, options):
            path = super().render(filename, directory=directory, view=view, cleanup=cleanup, format=format, **options)
        return str(path)

    def save(self, filename: Any = None, directory: Any = None, *, skip_existing: bool | None = False) -> str:
        """Grava o código DOT, como `graphviz.Digraph.save`.

        Args:
            filename: onde.
            directory: a pasta; é criada se não existe.
            skip_existing: verdadeiro deixa como está um arquivo que já existe.

        Returns:
            O caminho do arquivo.
        """
        if filename is not None:
            self.filename = os.fspath(filename)
        if directory is not None:
            self.directory = os.fspath(directory)
        path = Path(self.filepath)
        if not (skip_existing and path.exists()):
            path.parent.mkdir(parents=True, exist_ok=True)
            save_file(path, "".join(self).encode(self.encoding))
        return str(self.filepath)

    @property
    def _render(self) -> Any:
        """O que a biblioteca chama para gravar a figura."""
        return _rendered

    def pipe(self, format: str | None = None, **options: Any) -> Any:
        """A figura renderizada, sem gravar arquivo nenhum, como `graphviz.Digraph.pipe`.

        Args:
            format: `"svg"`, `"png"`, `"pdf"`…; sem indicação, o da figura.
            options: como em `graphviz.Digraph.pipe`; `encoding="utf-8"` dá um texto em vez de bytes.

        Returns:
            Os bytes da figura, ou um texto se há `encoding`.

        Raises:
            RendererNotFoundError: não há programa que escreva esse formato.
        """
        options.setdefault("quiet", True)
        with _renderer(format or self.format, options):
            return super().pipe(format, **options)

    def _repr_svg_(self) -> str:
        """A figura como SVG, para cadernos que não pedem o conjunto de formatos."""
        return str(self.pipe("svg", encoding="utf-8"))


def _rendered(engine: str, format: str | None, filepath: Any, *, outfile: Any = None, **options: Any) -> str:
    """`graphviz.render`, que troca inteiro o arquivo que havia, ou o deixa como estava."""
    own = {name: options.get(name) for name in ("renderer", "formatter")}
    target = Path(outfile) if outfile is not None else get_outfile(filepath, format=format, **own)
    exists = options.pop("raise_if_result_exists", False) and target.exists()
    if exists or target.resolve() == Path(filepath).resolve():  # a biblioteca o recusa, ou escreve por cima
        found: str = graphviz.render(engine, format, filepath, outfile=target, raise_if_result_exists=exists, **options)
        return found
    with replacing(target) as place:
        graphviz.render(engine, format, filepath, outfile=place, **options)
    return str(target)


def bundled_executable() -> Path | None:
    """O programa que vem no pacote `graphviz-pure`, mesmo num ambiente não ativado; None se não está instalado."""
    try:
        files = metadata.files("graphviz-pure") or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name in ("graphviz-pure", "graphviz-pure.exe"):
            path = Path(str(file.locate())).resolve()
            if path.is_file():
                return path
    found = shutil.which("graphviz-pure")
    return Path(found) if found else None


@contextmanager
def _renderer(format: str, options: dict[str, Any]) -> Iterator[None]:
    """Escolhe o programa para esse formato, só durante o bloco: outros usos da biblioteca não mudam."""
    asks_for_system = options.get("renderer") or options.get("formatter") or format.lower() not in BUNDLED_FORMATS
    executable = None if asks_for_system else bundled_executable()
    with _lock:
        before = dot_command.DOT_BINARY
        if executable is not None:
            dot_command.DOT_BINARY = executable
        try:
            yield
        except graphviz.ExecutableNotFound as error:
            raise RendererNotFoundError(format) from error
        finally:
            dot_command.DOT_BINARY = before


def _what_to_install(format: str) -> str:
    """A mensagem de erro quando falta o programa."""
    system = "o Graphviz do sistema (apt install graphviz, brew install graphviz, winget install graphviz)"
    if format.lower() in BUNDLED_FORMATS:
        return f"falta um programa para desenhar em {format}: instale com pip install graphviz-pure, ou {system}"
    return (
        f"o formato {format} pede o programa dot, que não foi encontrado: instale {system}, ou peça a figura em svg "
        'ou png, como em figure.render(format="svg")'
    )

"""A página viva: um arquivo HTML que mostra um grafo, o percorre, refaz as contas e faz perguntas sobre ele."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from micrograd_pt import chapter15
from micrograd_pt.given import shorten, whole
from micrograd_pt.lesson import Lesson, explain
from micrograd_pt.nn import Module, half_squared_error, stacked
from micrograd_pt.threads import recording
from micrograd_pt.words import DIGITS, LANGUAGES, save_file, sentence

_EPOCHS = 1000


class LivePage:
    """Uma página pronta; num caderno ou num programa, grave-a com `save_html` e abra-a no navegador.

    Args:
        text: o HTML.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def html(self) -> str:
        """A página como texto."""
        return self._text

    def save_html(self, path: str | os.PathLike[str]) -> Path:
        """Grava a página num arquivo.

        Args:
            path: o arquivo, como `"aula.html"`.

        Returns:
            O caminho dele.

        Raises:
            OSError: não foi possível gravar.
        """
        return _saved(self._text, path)

    def __repr__(self) -> str:
        return f"<LivePage: {len(self._text) // 1000} kB; grave-a com save_html>"


def lesson_html(lesson: Lesson) -> str:
    """A lição como página: `lesson.html()`.

    Args:
        lesson: o que `explain` devolveu.

    Raises:
        CompileError: uma operação que não se pode escrever em JavaScript.
    """
    rate = lesson.updates[0].learning_rate if lesson.updates else None
    titles = _titles("page.title", name=lesson.graph.root.name)
    return _html(lesson, {"learning_rate": rate, "epochs": _EPOCHS}, None, titles)


def save_lesson_html(lesson: Lesson, path: str | os.PathLike[str]) -> Path:
    """Grava a lição como página: `lesson.save_html("aula.html")`.

    Args:
        lesson: o que `explain` devolveu.
        path: o arquivo.

    Returns:
        O caminho dele.

    Raises:
        CompileError: uma operação que não se pode escrever em JavaScript.
        OSError: não foi possível gravar.
    """
    return _saved(lesson_html(lesson), path)


@recording
def live_page(
    model: Any,
    X: Sequence[Sequence[Any]],
    y: Sequence[Any],
    *,
    loss: Callable[[Any, Any], Any] = half_squared_error,
    learning_rate: float = 0.5,
    epochs: int = _EPOCHS,
    sample: int = 0,
    threshold: float | None = None,
    title: str | dict[str, str] | None = None,
    lang: str = "pt",
    digits: int = DIGITS,
) -> LivePage:
    """A página de uma rede com os seus dados: os passos de uma amostra, o treinamento com todas, a figura e o mapa.

    Args:
        model: a rede: chamada com uma amostra dá a saída (ou uma lista delas); tem `parameters()`. Se é um `MLP`, ou
            um módulo que `draw_network` desenha, a página mostra também a figura da rede; senão, um aviso diz por quê.
        X: as amostras, cada uma uma lista com o mesmo número de entradas.
        y: a saída desejada de cada uma: um número, ou uma lista deles.
        loss: a perda de uma amostra, a partir da saída e da saída desejada.
        learning_rate: a taxa de aprendizado com que a página abre, maior que 0.
        epochs: quantas épocas o botão de treinar propõe.
        sample: a amostra com que a página abre, a partir de 0.
        threshold: a saída a partir da qual a classe é a maior das duas; sem indicação, o meio entre as saídas
            desejadas, se são só duas. Com várias saídas, a classe é a da maior.
        title: o título da página, ou um por língua: `{"pt": "Uma rede", "en": "A network"}`.
        lang: a língua em que ela abre, `"pt"` ou `"en"`.
        digits: algarismos significativos, de 1 a 17.

    Raises:
        ValueError: um argumento fora do esperado, ou um grafo que muda de uma amostra para outra.
        CompileError: uma operação que não se pode escrever em JavaScript.

    Warns:
        UserWarning: o módulo não se desenha como rede, e a página vai sem essa figura.
    """
    opening = _Opening(learning_rate, epochs, sample, threshold, title, lang, digits)
    return LivePage(_network_html(model, X, y, loss, opening, {}))


@dataclass(frozen=True)
class _Opening:
    """Como a página de uma rede abre; cada campo é o argumento de `live_page` com esse nome."""

    learning_rate: float
    epochs: int
    sample: int
    threshold: float | None
    title: str | dict[str, str] | None
    lang: str
    digits: int


def _network_html(
    model: Any,
    X: Sequence[Sequence[Any]],
    y: Sequence[Any],
    loss: Callable[[Any, Any], Any],
    opening: _Opening,
    more: dict[str, Any],
) -> str:
    """O HTML de uma rede com os seus dados; `more` é o que só essa página sabe."""
    from micrograd_pt.page.figures import network_figure
    from micrograd_pt.page.network_contents import SampleGraph, linked

    title, epochs = opening.title, opening.epochs
    if isinstance(title, dict) and set(title) != set(LANGUAGES):
        raise ValueError(
            f"title espera um texto, ou um por língua ({', '.join(LANGUAGES)}), e recebeu {shorten(title)}"
        )
    if not callable(model) or not callable(getattr(model, "parameters", None)):
        raise TypeError(f"live_page espera uma rede, que se chama e tem parameters(), e recebeu {shorten(model)}")
    epochs = whole(epochs, "epochs")
    built = SampleGraph(model, X, y, loss, opening.sample)
    in_graph = {id(node.value) for node in built.graph.nodes}
    parameters = [value for value in model.parameters() if id(value) in in_graph]
    root, rate = built.graph.root.value, opening.learning_rate
    lesson = explain(root, parameters, learning_rate=rate, lang=opening.lang, digits=opening.digits)
    extra: dict[str, Any] = {
        "learning_rate": float(rate),
        "epochs": epochs,
        "samples": built.contents(opening.threshold),
        **more,
    }
    figure = None
    if isinstance(model, Module):
        try:
            inputs = built.rows[opening.sample][0]
            network = stacked(model, inputs)
            figure = network_figure(network, inputs)
            extra["links"] = linked(network, built.graph, built.inputs)
        except ValueError as error:  # a página vai sem a figura da rede
            warnings.warn(str(error), stacklevel=4)
    titles = dict.fromkeys(LANGUAGES, title) if isinstance(title, str) else title or _titles("page.title.network")
    return _html(lesson, extra, figure, titles)


@recording
def chapter_page(
    *,
    bias: str = "column",
    sample: tuple[float, float] = (0.0, 1.0),
    learning_rate: float = chapter15.LEARNING_RATE,
    epochs: int = chapter15.EPOCHS,
    lang: str = "pt",
    digits: int = DIGITS,
) -> LivePage:
    """A página do capítulo 15: o XOR, com os pesos da figura.

    Args:
        bias: `"column"` ou `"variable"`, como em `chapter15.network`.
        sample: a amostra com que a página abre, uma das quatro de `chapter15.X`.
        learning_rate, epochs, lang, digits: como em `live_page`.

    Raises:
        ValueError: um argumento fora do esperado.
    """
    if tuple(sample) not in chapter15.X:
        raise ValueError(f"sample espera uma das amostras de chapter15.X, e recebeu {shorten(sample)}")
    place = chapter15.X.index(tuple(sample))
    opening = _Opening(learning_rate, epochs, place, None, _titles("page.title.chapter"), lang, digits)
    more = {"mistakes": {"truncated": "page.mistake.truncated.chapter"}}
    html = _network_html(chapter15.network(bias), chapter15.X, chapter15.y, half_squared_error, opening, more)
    return LivePage(html)


@recording
def _html(lesson: Lesson, extra: dict[str, Any], network: str | None, titles: dict[str, str]) -> str:
    # O que escreve a página só é importado quando se faz uma.
    from micrograd_pt.page.contents import graph_contents
    from micrograd_pt.page.figures import graph_figure
    from micrograd_pt.page.html import assemble
    from micrograd_pt.page.operations import Rules

    rules = Rules()
    contents = {**graph_contents(lesson, rules), **extra, "digits": lesson.digits}
    figures = {"graph": graph_figure(lesson.graph, lesson.lang), "network": network}
    return assemble(contents, rules.source(), figures, lesson.lang, titles)


def _titles(key: str, **values: str) -> dict[str, str]:
    """O título em cada língua."""
    return {lang: sentence(key, lang, **values) for lang in LANGUAGES}


def _saved(text: str, path: str | os.PathLike[str]) -> Path:
    return save_file(path, text)

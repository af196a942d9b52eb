"""O que se pode fazer com uma lição ou com uma parte dela: mostrá-la como texto, Markdown ou LaTeX."""

from __future__ import annotations

from abc import ABC, abstractmethod

from micrograd_pt.lesson.latex import article, render_latex
from micrograd_pt.lesson.markdown import render_markdown
from micrograd_pt.lesson.outline import Section
from micrograd_pt.lesson.plain import PlainWriter
from micrograd_pt.lesson.tex import MarkdownTexWriter, TexWriter
from micrograd_pt.lesson.text import WIDTH, render
from micrograd_pt.words import printable


class Document(ABC):
    """Um esboço que se mostra de várias formas; quem herda diz o título e o esboço, a língua e os algarismos."""

    lang: str
    digits: int

    @abstractmethod
    def title(self) -> str:
        """O título do documento."""

    @abstractmethod
    def outline(self) -> list[Section]:
        """As seções, com as suas fórmulas."""

    def text(self, color: bool = False, width: int = WIDTH) -> str:
        """Como texto para um terminal.

        Args:
            color: verdadeiro para cores ANSI; `notation.has_colors()` diz se o terminal as tem.
            width: colunas, ao menos 40.

        Raises:
            ValueError: `width` não é um inteiro de 40 para cima.
        """
        return render(self.outline(), PlainWriter(self.digits, self.lang), color=color, width=width)

    def markdown(self) -> str:
        """Como Markdown com fórmulas em LaTeX, que o GitHub e o Jupyter mostram."""
        return render_markdown(self.outline(), MarkdownTexWriter(self.digits, self.lang))

    def latex(self, document: bool = False) -> str:
        """Como LaTeX.

        Args:
            document: verdadeiro para um artigo completo, que o pdflatex compila; falso para um trecho, que pede o
                pacote amsmath.
        """
        writer = TexWriter(self.digits, self.lang)
        fragment = render_latex(self.outline(), writer)
        return article(self.title(), fragment, self.lang) if document else fragment

    def __str__(self) -> str:
        """Como texto que a saída deste programa sabe escrever."""
        return render(self.outline(), PlainWriter(self.digits, self.lang), spell=printable)

    def _repr_markdown_(self) -> str:
        """O que um caderno Jupyter mostra."""
        return self.markdown()

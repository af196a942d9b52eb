"""O comando `explica`: uma expressão qualquer vira uma lição, e a lição, figuras e documentos."""

from __future__ import annotations

import argparse
import itertools
import math
import re
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from micrograd_pt.cli.options import WIDTH, OptionReader, Parser, chosen_language
from micrograd_pt.cli.reasons import reason
from micrograd_pt.engine import Value
from micrograd_pt.given import describe, labels, shorten
from micrograd_pt.graph import Graph, Node
from micrograd_pt.lesson import (
    Lesson,
    MarkdownTexWriter,
    Paths,
    Section,
    TexWriter,
    article,
    explain,
    render_latex,
    render_markdown,
)
from micrograd_pt.ops import OperationError
from micrograd_pt.parsing import Evaluation, Expression, ExpressionError, pointed, written_operation
from micrograd_pt.words import has_colors, number, printable, save_file, sentence

PROGRAM = "micrograd-pt explica"


def run(arguments: Sequence[str]) -> int:
    """Explica a expressão dada nas opções, ou diz o que há de errado nela."""
    parser = _parser(chosen_language(arguments))
    explanation = Explanation(parser.read(_shielded(arguments), intermixed=True))
    try:
        return explanation.run()
    except _Mistake as mistake:
        explanation.complain(str(mistake), mistake.place)
        return 2


class _Mistake(Exception):
    """Um engano de quem escreveu o comando: a mensagem, e as linhas que apontam o lugar."""

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(message)
        self.place = place


class Explanation:
    """Uma expressão explicada, com as opções escolhidas.

    Args:
        options: o que o analisador de opções devolveu.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.lang: str = options.lingua
        self.digits: int = options.digitos

    def run(self) -> int:
        """Calcula, mostra a lição e os caminhos pedidos, e grava os arquivos pedidos."""
        expression = self.expression()
        evaluation = self.evaluated(expression)
        lesson = self.explained(evaluation)
        paths = [lesson.paths(self.node(evaluation, name)) for name in self.options.caminhos]
        given = self.given(expression, evaluation)
        self.say(
            "\n".join([piece for line in given for piece in textwrap.wrap(line, _width(), subsequent_indent="    ")])
        )
        for part in (lesson, *paths):
            self.say(printable(part.text(color=has_colors(), width=_width())))
        return self.save(evaluation.value, _Written(lesson, paths, given))

    def expression(self) -> Expression:
        """A expressão, lida.

        Raises:
            _Mistake: ela está errada.
        """
        try:
            expression = Expression(self.options.expressao.strip())
        except ExpressionError as error:
            raise self.mistake(error) from error
        self.note_doubtful_commas(expression)
        return expression

    def evaluated(self, expression: Expression) -> Evaluation:
        """A expressão calculada com os valores dados; o resultado recebe um nome.

        Raises:
            _Mistake: um valor está errado, ou a conta não se pode fazer.
        """
        try:
            evaluation = expression.evaluate(self.values())
        except ExpressionError as error:
            raise self.mistake(error) from error
        root = evaluation.value
        if root.op is None and not root.label:
            raise _Mistake(self.text("constant", value=number(root.data, self.digits)))
        if not root.label:
            root.label = next(name for name in _root_names() if name not in evaluation.named)
        return evaluation

    def values(self) -> dict[str, float]:
        """Os valores dados como `nome=valor`."""
        values: dict[str, float] = {}
        for given in self.options.valores:
            name, _, text = (piece.strip() for piece in given.partition("="))
            if not text or not unicodedata.normalize("NFKC", name).isidentifier():
                raise _Mistake(self.text("value.form", given=shorten(given.strip())))
            if name in values:
                raise ExpressionError("given.twice", {"name": name})
            values[name] = self.value(name, text)
        return values

    def value(self, name: str, text: str) -> float:
        """Um valor: um número, ou uma conta de números como 3/4 ou pi/2."""
        try:
            expression = Expression(text)
            if expression.names:
                raise _Mistake(self.text("value.names", name=name, other=expression.names[0]))
            return float(expression().data)
        except ExpressionError as error:
            self.refuse_thousands(name, text)
            mistake = self.mistake(error)
            raise _Mistake(self.text("value", name=name, message=mistake), mistake.place) from error

    def refuse_thousands(self, name: str, text: str) -> None:
        """Recusa 1.234,5 e 1,234.5, dizendo qual dos dois sinais sobra.

        Raises:
            _Mistake: o texto é um desses.
        """
        for sign, point, key in ((".", ",", "dot"), (",", ".", "comma")):
            if re.fullmatch(rf"[+-]?\d{{1,3}}(\{sign}\d{{3}})+\{point}\d+", text, re.ASCII):
                said = self.text(f"value.thousands.{key}", given=text, instead=text.replace(sign, ""))
                raise _Mistake(self.text("value", name=name, message=said))

    def explained(self, evaluation: Evaluation) -> Lesson:
        """A lição.

        Raises:
            _Mistake: um parâmetro não existe, ou uma derivada não existe ou não cabe num float.
        """
        parameters = [self.node(evaluation, name) for name in self.options.parametros]
        options = {"learning_rate": self.options.taxa, "lang": self.lang, "digits": self.digits}
        try:
            lesson = explain(evaluation.value, parameters or None, **options)
        except OperationError as error:
            raise self.slope_mistake(error, evaluation) from error
        for name, result in _results(lesson):
            if not math.isfinite(result):
                raise _Mistake(self.text("infinite", root=lesson.graph.root.name, name=name))
        return lesson

    def slope_mistake(self, error: OperationError, evaluation: Evaluation) -> _Mistake:
        """O erro de uma derivada que não existe: em relação a que argumento, por quê, e o lugar na expressão."""
        place, operation = error.argument, error.operation
        for node in Graph(evaluation.value).nodes:
            if node.op is None or node.op is not operation or place is None:
                continue
            arg = node.inputs[place]
            if not isinstance(arg, Node) or arg.name != error.label:
                continue
            expression, span = self.options.expressao.strip(), evaluation.places[node.value]
            sign, name = written_operation(node.op, expression[slice(*span)])
            key = "slope.overflow" if isinstance(error, OverflowError) else "slope.domain"
            several = sum([isinstance(other, Node) for other in node.inputs]) > 1 and node.op.arity is not None
            message = self.text(
                key,
                of=self.text("slope.operation", sign=sign) if sign else self.text("slope.function", name=name),
                by=self.text("slope.by", by=arg.name) if several else "",
                where=describe(node.numbers, labels([getattr(other, "value", other) for other in node.inputs])),
                why=f": {error.reason}" if self.lang == "pt" and key == "slope.domain" else "",
            )
            return _Mistake(message, pointed(expression, span))
        return _Mistake(str(error))

    def node(self, evaluation: Evaluation, name: str) -> Value:
        """O nó com esse nome na expressão.

        Raises:
            _Mistake: não há nó com esse nome, ou o resultado não depende dele.
        """
        found = evaluation.named.get(unicodedata.normalize("NFKC", name))
        if found is None:
            known = ", ".join(value.label for value in evaluation.named.values())
            raise _Mistake(self.text("node", name=shorten(name), known=known))
        if all(node.value is not found for node in Graph(evaluation.value).nodes):
            raise _Mistake(self.text("unreached", name=name))
        return found

    def given(self, expression: Expression, evaluation: Evaluation) -> list[str]:
        """A expressão, uma parte por linha, e os valores dados."""
        *parts, last = expression.parts
        root = evaluation.value
        if root not in evaluation.named.values():
            last = f"{root.label} = {last}"
        given = [
            f"{node.label} = {number(node.data, self.digits)}" for node in evaluation.named.values() if not node.op
        ]
        return [*parts, last, "; ".join(given)]

    def save(self, value: Value, written: _Written) -> int:
        """Grava os arquivos pedidos e diz onde; devolve 1 se algum não pôde ser gravado."""
        status = 0
        if self.options.svg or self.options.png:
            value.backward()  # a figura mostra os gradientes guardados nos nós
        for option, render in _FILES.items():
            path = getattr(self.options, option)
            if path is None:
                continue
            try:
                render(path, value, written)
            except (OSError, ValueError) as error:
                self.complain(self.text("unsaved.file", path=path, reason=reason(error, self.lang)))
                status = 1
            except RuntimeError as error:
                self.complain(self.text("undrawn", reason=error))
                status = 1
            else:
                self.say(self.text("saved.file", path=path), gap="")
        return status

    def note_doubtful_commas(self, expression: Expression) -> None:
        """Diz que `1,5` entre argumentos são dois números, se alguém o escreveu assim."""
        for span in expression.doubtful[:1]:
            given = expression.text[slice(*span)]
            note = self.text("comma", given=given, point=given.replace(",", "."), space=given.replace(",", ", "))
            self.complain(note, pointed(expression.text, span))

    def mistake(self, error: ExpressionError) -> _Mistake:
        """O erro de uma expressão, na língua escolhida."""
        place = "" if error.span is None else pointed(error.expression, error.span)
        return _Mistake(error.message(self.lang), place)

    def text(self, key: str, **values: Any) -> str:
        """Uma frase da linha de comando, na língua escolhida."""
        return sentence(f"cli.{key}", self.lang, **values)

    def say(self, text: str, gap: str = "\n") -> None:
        """Imprime um texto, com uma linha vazia depois."""
        print(text, end=f"\n{gap}")

    def complain(self, message: str, place: str = "") -> None:
        """Imprime um aviso na saída de erros, dobrado a 100 colunas, depois de tudo o que já foi dito."""
        sys.stdout.flush()
        lines = textwrap.wrap(f"{PROGRAM}: {message}", WIDTH, break_on_hyphens=False)
        print("\n".join([*lines, *([place] if place else [])]), file=sys.stderr)


def _root_names() -> Iterator[str]:
    """Os nomes que o resultado pode receber, se a expressão não lhe dá um: o primeiro que ela não usa."""
    yield from ("f", "E", "L")
    yield from (f"f{place}" for place in itertools.count(1))


def _results(lesson: Lesson) -> Iterator[tuple[str, Any]]:
    """Os números que a lição mostra além do passo para frente, com os nomes dos nós."""
    for step in lesson.backward:
        yield step.node.name, step.gradient
    for update in lesson.updates:
        yield update.node.name, update.result


class _Written:
    """O que se escreve num documento: a expressão com os seus valores, a lição e, depois dela, os caminhos.

    Args:
        lesson: a lição.
        paths: os caminhos pedidos.
        given: a expressão e os valores, uma linha cada.
    """

    def __init__(self, lesson: Lesson, paths: Sequence[Paths], given: Sequence[str]) -> None:
        self.lesson = lesson
        self.sections: list[Section] = [Section("", line) for line in given]
        for part in (lesson, *paths):
            self.sections += part.outline()

    def markdown(self) -> str:
        """Como Markdown."""
        return render_markdown(self.sections, MarkdownTexWriter(self.lesson.digits, self.lesson.lang))

    def latex(self) -> str:
        """Como artigo completo."""
        fragment = render_latex(self.sections, TexWriter(self.lesson.digits, self.lesson.lang))
        return article(self.lesson.title(), fragment, self.lesson.lang)


def _save_picture(path: Path, value: Value, format: str) -> None:
    from micrograd_pt.drawing import draw

    save_file(path, draw(value).pipe(format=format))


_FILES: dict[str, Callable[[Path, Value, _Written], object]] = {
    "svg": lambda path, value, written: _save_picture(path, value, "svg"),
    "png": lambda path, value, written: _save_picture(path, value, "png"),
    "markdown": lambda path, value, written: save_file(path, written.markdown()),
    "latex": lambda path, value, written: save_file(path, written.latex()),
    "html": lambda path, value, written: written.lesson.save_html(path),
}
"""O que cada opção grava."""

_ENDINGS = {
    "svg": (".svg",),
    "png": (".png",),
    "markdown": (".md", ".markdown"),
    "latex": (".tex", ".latex"),
    "html": (".html", ".htm"),
}
"""Como acabam os nomes dos arquivos de cada opção."""


def _width() -> int:
    """As colunas do texto: as do terminal, até 100."""
    return max(40, min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns))


def _shielded(arguments: Sequence[str]) -> list[str]:
    """Os argumentos com um espaço antes de uma expressão que começa por menos, para que não pareça uma opção."""
    return [f" {text}" if _is_expression(text) else text for text in arguments]


def _is_expression(text: str) -> bool:
    looks_like_option = re.fullmatch(r"-|-h|--|--[A-Za-z][\w-]*(=.*)?", text, re.DOTALL)
    return text.startswith("-") and looks_like_option is None


def _parser(lang: str) -> Parser:
    parser, read = Parser(lang, prog=PROGRAM), OptionReader(lang)
    text = parser.text
    expression, values, names, file = (text(f"metavar.{key}") for key in ("expression", "values", "names", "file"))
    parser.usage = f"{PROGRAM} {expression} [{values} ...] [{text('metavar.options')}]"
    parser.description = text("explica")
    parser.epilog = f"{text('examples')}:\n{_EXAMPLES}"
    what = parser.add_argument_group(text("group.what"))
    what.add_argument("expressao", metavar=expression, help=text("expression"))
    what.add_argument("valores", nargs="*", metavar=values, help=text("values"))
    lesson = parser.add_argument_group(text("group.lesson"))
    lesson.add_argument("--taxa", type=read.positive, metavar="α", help=text("rate"))
    for option in ("parametros", "caminhos"):
        lesson.add_argument(f"--{option}", type=read.names, default=[], metavar=names, help=text(option))
    files = parser.add_argument_group(text("group.files"))
    for option in _FILES:
        files.add_argument(f"--{option}", type=read.file(option, _ENDINGS), metavar=file, help=text(option))
    parser.add_common(parser.add_argument_group(text("metavar.options")))
    return parser


_EXAMPLES = """  micrograd-pt explica "sigmoid(w1*x1 + w2*x2 + b)" w1=2 w2=-3 b=-3 x1=-1 x2=-2
  micrograd-pt explica "z = w*x + b; a = tanh(z); (a - y)**2" w=0.5 x=2 b=-1 y=1 --taxa 0.1 --parametros w,b
  micrograd-pt explica "x*sin(x)" x=pi/3 --caminhos x --svg grafo.svg"""

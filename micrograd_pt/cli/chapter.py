"""O capítulo na linha de comando: mostra cada número, treina e grava as figuras."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from micrograd_pt import chapter15
from micrograd_pt.cli.options import WIDTH, OptionReader, Parser, chosen_language
from micrograd_pt.cli.reasons import reason
from micrograd_pt.engine import Value
from micrograd_pt.lesson import Lesson, explain, heading, render_section
from micrograd_pt.nn import MLP, half_squared_error
from micrograd_pt.training import DivergenceError, evaluate, train
from micrograd_pt.words import number, save_file, sentence

BIASES = {"coluna": "column", "variavel": "variable", "variável": "variable"}


def run(arguments: Sequence[str]) -> int:
    """Percorre o capítulo com as opções dadas."""
    return Chapter(_parser(chosen_language(arguments)).read(arguments)).run()


class Chapter:
    """O capítulo, com as opções escolhidas.

    Args:
        options: o que o analisador de opções devolveu.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self.lang: str = options.lingua
        self.digits: int = options.digitos
        self.rate: float = options.taxa
        self.epochs: int = options.epocas
        self.bias: str = options.vies
        self.folder: Path = options.saida
        self.opening: bool = options.abrir
        self.pausing: bool = not options.sem_pausa and _in_a_terminal()
        self.sample: tuple[float, float] = options.amostra
        self.target: float = chapter15.y[chapter15.X.index(self.sample)]

    def run(self) -> int:
        """Mostra tudo, na ordem do capítulo, e grava as figuras por último."""
        self.say(f"{self.text('title')}\n{'=' * len(self.text('title'))}")
        self.show_problem()
        self.pause()
        lesson = self.show_sample()
        self.pause()
        self.show_update(lesson)
        self.pause()
        status = self.show_training()
        self.pause()
        self.show_errata()
        return self.save_pictures() or status

    def show_problem(self) -> None:
        """A tabela do XOR e a rede."""
        rows = [(*x, y) for x, y in zip(chapter15.X, chapter15.y, strict=True)]
        self.say(heading(self.text("xor")), self.table(("x1", "x2", "target"), rows))
        self.say(self.text(f"network.{self.bias}"), self.text("names"))

    def show_sample(self) -> Lesson:
        """Passo para frente, classe e passo para trás na amostra escolhida."""
        x1, x2 = self.sample
        model = chapter15.network(self.bias)
        output = model([Value(x1, "x1"), Value(x2, "x2")])
        loss = half_squared_error(output, Value(self.target, "t"))
        loss.label = "E"
        lesson = explain(
            loss,
            model.parameters(),
            learning_rate=self.rate,
            printed=chapter15.printed(loss),
            lang=self.lang,
            digits=self.digits,
        )
        self.say(heading(self.text("sample", x1=number(x1), x2=number(x2), target=number(self.target))))
        self.say(render_section(lesson.forward_section(), lesson.digits, lesson.lang))
        if self.bias == "column" and self.sample == (0.0, 1.0):
            self.say(self.text("printed", values=", ".join(f"{k} = {v}" for k, v in chapter15.PRINTED.items())))
        predicted, target = chapter15.step(output.data), number(self.target)
        line = self.text("class.line", output=self.number(output.data), predicted=predicted, target=target)
        self.say(heading(self.text("class")), f"  {line}")
        self.pause()
        self.say(render_section(lesson.rules_section(), lesson.digits, lesson.lang))
        self.pause()
        self.say(render_section(lesson.backward_section(), lesson.digits, lesson.lang))
        return lesson

    def show_update(self, lesson: Lesson) -> None:
        """A atualização de todos os pesos e o que ela muda na amostra."""
        model = chapter15.network(self.bias)
        before = model(self.sample)
        loss_before = half_squared_error(before, self.target)
        loss_before.backward()
        for parameter in model.parameters():
            parameter.data -= self.rate * parameter.grad
        after = model(self.sample)
        lines = self.text(
            "after.lines",
            before=self.number(before.data),
            after=self.number(after.data),
            loss_before=self.number(loss_before.data),
            loss_after=self.number(half_squared_error(after, self.target).data),
        )
        self.say(render_section(lesson.update_section(), lesson.digits, lesson.lang))
        self.say(heading(self.text("after")), _indented(lines))

    def show_training(self) -> int:
        """Os dois modos de treinamento, com as saídas e classes antes e depois."""
        self.say(heading(self.text("before_training")), self.outputs(chapter15.network(self.bias)))
        self.say(heading(self.text("training", epochs=self.epochs, rate=self.number(self.rate))))
        status = 0
        for mode, batch_size in (("online", 1), ("batch", None)):
            status = self.train(mode, batch_size) or status
            if status == 130:  # Ctrl-C vale para os dois treinamentos
                break
        return status

    def train(self, mode: str, batch_size: int | None) -> int:
        """Um treinamento a partir dos pesos da figura."""
        model = chapter15.network(self.bias)
        data = chapter15.X, chapter15.y
        self.say(f"  {self.text(mode)}", gap="")
        try:
            history = train(model, *data, learning_rate=self.rate, epochs=self.epochs, batch_size=batch_size)
        except DivergenceError as error:
            self.complain(str(error))
            return 1
        loss, seconds = self.number(evaluate(model, *data)), f"{history.seconds:.1f}"
        classes = [chapter15.step(model(x)) for x in chapter15.X]
        verdict = "solved" if classes == list(chapter15.y) else "unsolved"
        self.say(
            _indented(self.text("loss", loss=loss, epochs=len(history.losses), seconds=seconds)),
            *([_indented(self.text("interrupted"))] if history.interrupted else []),
            self.outputs(model),
            _indented(self.text(verdict)),
        )
        return 130 if history.interrupted else 0

    def show_errata(self) -> None:
        """As erratas, e o que os sinais perdidos fariam."""
        printed, held = chapter15.network_as_printed(), chapter15.network("variable")
        sample = chapter15.X[1]
        hidden = ", ".join(self.number(neuron([*sample, 1]).data) for neuron in printed.layers[0].neurons)
        output = printed(sample).data
        numbers = {"output": self.number(output), "held": self.number(held(sample).data)}
        self.say(
            heading(self.text("errata")),
            "\n".join(f"  {i}. {_wrapped(text)}" for i, text in enumerate(chapter15.ERRATA[self.lang], start=1)),
            _indented(self.text("signs", hidden=hidden, predicted=chapter15.step(output), **numbers)),
        )

    def save_pictures(self) -> int:
        """Grava as figuras e a página viva; uma falha é dita, e nada do que foi mostrado se perde."""
        self.say(heading(self.text("pictures")))
        sys.stdout.flush()
        from micrograd_pt.drawing import draw, draw_network
        from micrograd_pt.page import chapter_page

        model = chapter15.network(self.bias)
        loss = half_squared_error(model([Value(self.sample[0], "x1"), Value(self.sample[1], "x2")]), self.target)
        loss.label = "E"
        loss.backward()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            network = draw_network(model, self.sample)
            for name, figure in (("rede.svg", network), ("rede.png", network), ("grafo.svg", draw(loss))):
                path = self.folder / name
                save_file(path, figure.pipe(format=path.suffix[1:]))
                self.say_saved(path)
            page = chapter_page(
                bias=self.bias,
                sample=self.sample,
                learning_rate=self.rate,
                epochs=max(1, self.epochs),
                lang=self.lang,
                digits=self.digits,
            )
            path = page.save_html(self.folder / "capitulo15.html")
            self.say_saved(path)
        except OSError as error:
            self.complain(self.text("unsaved", path=self.folder, reason=reason(error, self.lang)))
            return 1
        except RuntimeError as error:
            self.complain(self.text("undrawn", reason=error))
            return 1
        return self.show_page(path)

    def show_page(self, path: Path) -> int:
        """Abre a página no navegador, ou diz como a abrir."""
        import webbrowser

        address = path.resolve().as_uri()
        if not self.opening:
            self.say("", _indented(self.text("invitation", address=address)), gap="")
        elif not webbrowser.open(address):
            self.complain(self.text("unopened", address=address))
            return 1
        return 0

    def say_saved(self, path: Path) -> None:
        """Diz que um arquivo foi gravado, e o que há nele."""
        self.say(f"  {self.text('saved', path=path, what=self.text(f'saved.{path.stem}'))}", gap="")

    def outputs(self, model: MLP) -> str:
        """A tabela de saídas e classes do modelo para as quatro amostras."""
        rows = [
            (*x, y, self.number(model(x).data), chapter15.step(model(x)))
            for x, y in zip(chapter15.X, chapter15.y, strict=True)
        ]
        return self.table(("x1", "x2", "target", "output", "class"), rows)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
        """Uma tabela de texto."""
        titles = [sentence(f"table.{column}", self.lang) for column in columns]
        cells = [[cell if isinstance(cell, str) else number(cell) for cell in row] for row in rows]
        widths = [max(map(len, column)) for column in zip(titles, *cells, strict=True)]
        pairs = [zip(row, widths, strict=True) for row in (titles, *cells)]
        lines = [" | ".join(cell.rjust(width) for cell, width in row) for row in pairs]
        lines.insert(1, "-+-".join("-" * width for width in widths))
        return _indented("\n".join(lines))

    def number(self, value: Any) -> str:
        """Um número com os algarismos escolhidos."""
        return number(value, self.digits)

    def text(self, key: str, **values: Any) -> str:
        """Uma frase da linha de comando, na língua escolhida."""
        return sentence(f"cli.{key}", self.lang, **values)

    def say(self, *parts: str, gap: str = "\n") -> None:
        """Imprime as partes, dobradas a 100 colunas, com uma linha vazia depois."""
        print("\n".join([_folded(line) for part in parts for line in part.split("\n")]), end=f"\n{gap}")

    def pause(self) -> None:
        """Num terminal, espera por Enter antes da parte seguinte; uma letra antes dele dispensa as outras esperas."""
        if self.pausing:
            print(self.text("pause"), end=" ", flush=True)
            try:
                self.pausing = input() == ""
            except EOFError:  # Ctrl-D
                self.pausing = False
            print()

    def complain(self, message: str) -> None:
        """Imprime um aviso na saída de erros, depois de tudo o que já foi dito."""
        sys.stdout.flush()
        print(message, file=sys.stderr)


def _parser(lang: str) -> Parser:
    parser, read = Parser(lang, prog="micrograd-pt"), OptionReader(lang)
    text = parser.text
    parser.description = text("chapter")
    parser.epilog = f"{text('explica.how')}:\n" + text(
        "explica.example", example='micrograd-pt explica "tanh(w*x + b)" w=0.5 x=2 b=-1'
    )
    options = parser.add_argument_group(text("metavar.options"))
    options.add_argument(
        "--amostra",
        type=read.one_of(list(_SAMPLES), _SAMPLES),
        default=(0.0, 1.0),
        metavar="X1,X2",
        help=text("sample"),
    )
    options.add_argument(
        "--vies",
        type=read.one_of(["coluna", "variavel"], BIASES),
        default="coluna",
        metavar=text("metavar.form"),
        help=text("bias"),
    )
    options.add_argument("--taxa", type=read.positive, default=0.5, metavar="α", help=text("rate.chapter"))
    options.add_argument(
        "--epocas",
        type=read.integer(0, 10_000_000),
        default=chapter15.EPOCHS,
        metavar="N",
        help=text("epochs", default=chapter15.EPOCHS),
    )
    options.add_argument(
        "--saida", type=Path, default=Path("saida"), metavar=text("metavar.folder"), help=text("folder")
    )
    options.add_argument("--abrir", action="store_true", help=text("open"))
    options.add_argument("--sem-pausa", action="store_true", help=text("no_pause"))
    parser.add_common(options)
    return parser


def _in_a_terminal() -> bool:
    """Verdadeiro se alguém lê e escreve num terminal; não, se a saída vai para um arquivo ou outro programa."""
    return all([stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)])


_SAMPLES = {",".join([f"{x:g}" for x in sample]): sample for sample in chapter15.X}


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def _folded(line: str) -> str:
    """Uma linha, dobrada a 100 colunas com o seu recuo; um endereço não se parte."""
    import textwrap

    text = line.lstrip()
    if len(line) <= WIDTH or " " not in text:
        return line
    indent = line[: len(line) - len(text)]
    return textwrap.fill(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _wrapped(text: str) -> str:
    """Um item de lista, dobrado a 100 colunas."""
    import textwrap

    return "\n".join(textwrap.wrap(text, 94, subsequent_indent="     ", break_on_hyphens=False))

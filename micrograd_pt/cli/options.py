"""O que os comandos têm em comum: o argparse na língua escolhida, e a leitura de números e escolhas."""

from __future__ import annotations

import argparse
import math
import re
import textwrap
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from micrograd_pt.words import DIGITS, LANGUAGES, sentence

WIDTH = 100
"""As colunas de uma mensagem."""


def chosen_language(arguments: Sequence[str]) -> str:
    """A língua pedida nas opções, sabida antes de as ler: também a ajuda e os erros delas são escritos nessa língua."""
    chosen = "pt"
    for place, text in enumerate(arguments):
        wanted = text.removeprefix("--lingua=")
        if text == "--lingua":
            wanted = arguments[place + 1] if place + 1 < len(arguments) else ""
        elif wanted == text:
            continue
        chosen = wanted if wanted in LANGUAGES else chosen
    return chosen


class Parser(argparse.ArgumentParser):
    """argparse, com a ajuda e as mensagens numa língua, e cada mensagem numa linha só.

    Args:
        lang: a língua.
        options: o resto, como em `argparse.ArgumentParser`.
    """

    def __init__(self, lang: str, **options: Any) -> None:
        formatter = argparse.RawDescriptionHelpFormatter  # os exemplos ficam linha por linha
        super().__init__(formatter_class=formatter, add_help=False, allow_abbrev=False, **options)
        self.lang = lang

    def text(self, key: str, **values: Any) -> str:
        """Uma frase da ajuda."""
        return sentence(f"help.{key}", self.lang, **values)

    def read(self, arguments: Sequence[str], intermixed: bool = False) -> argparse.Namespace:
        """As opções lidas; o que está errado nelas encerra o programa, com código 2.

        Args:
            arguments: o que se escreveu.
            intermixed: verdadeiro se as opções podem vir entre os outros argumentos.
        """
        with _translated(self.lang):
            read = self.parse_known_intermixed_args if intermixed else self.parse_known_args
            options, unknown = read(arguments)
            if unknown:  # só as opções: o que vem depois pode ser de outra
                words = [word for word in unknown if word.startswith("-")]
                self.error(sentence("option.unknown", self.lang, given=" ".join(words or unknown)))
        return options

    def error(self, message: str) -> NoReturn:
        see = sentence("option.see", self.lang, command=f"{self.prog} --help")
        lines = textwrap.wrap(f"{self.prog}: {message} ({see})", WIDTH, break_on_hyphens=False)
        self.exit(2, "\n".join([*lines, ""]))

    def add_common(self, options: Any) -> None:
        """Acrescenta a um grupo as opções que todo comando tem: a ajuda, os algarismos e a língua."""
        read = OptionReader(self.lang)
        options.add_argument("-h", "--help", action="help", help=self.text("help"))
        options.add_argument(
            "--digitos",
            type=read.integer(1, 17),
            default=DIGITS,
            metavar="N",
            help=self.text("digits", default=DIGITS),
        )
        options.add_argument(
            "--lingua",
            type=read.one_of(list(LANGUAGES), {lang: lang for lang in LANGUAGES}),
            default="pt",
            metavar=self.text("metavar.language"),
            help=self.text("language"),
        )


_asking = threading.RLock()


@contextmanager
def _translated(lang: str) -> Iterator[None]:
    """Enquanto dura, o argparse pede as suas frases a este catálogo; depois, volta a pedi-las a quem pedia.

    Ele as pede pelo gettext, a frase em inglês como chave; uma que o catálogo não tem fica em inglês.
    """
    given = partial(sentence, lang=lang)
    phrases = {
        "usage: ": f"{given('help.usage')}: ",
        "argument %(argument_name)s: %(message)s": f"{given('option.named', option='%(argument_name)s')}%(message)s",
        "expected one argument": given("option.no_value"),
        "ignored explicit argument %r": given("option.takes_none", given="%r"),
        "the following arguments are required: %s": f"{given('option.no_expression')}%.0s",
    }
    with _asking:
        before = vars(argparse)["_"]
        setattr(argparse, "_", lambda phrase: phrases.get(phrase) or before(phrase))  # noqa: B010
        try:
            yield
        finally:
            setattr(argparse, "_", before)  # noqa: B010


class OptionReader:
    """Lê o que se escreveu numa opção; o que não serve é dito na língua escolhida.

    Args:
        lang: a língua.
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def one_of(self, expected: Sequence[str], known: Mapping[str, Any]) -> Callable[[str], Any]:
        """Lê uma palavra de uma lista, e dá o que ela quer dizer."""

        def read(text: str) -> Any:
            word = "".join(text.split())
            if word not in known:
                *first, last = expected
                listed = sentence("option.or", self.lang, first=" ".join(first), last=last)
                raise self.refused("one_of", text, expected=listed)
            return known[word]

        return read

    def integer(self, least: int, most: int) -> Callable[[str], int]:
        """Lê um inteiro entre dois limites."""

        def read(text: str) -> int:
            if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not least <= int(text) <= most:
                raise self.refused("integer", text, least=least, most=most)
            return int(text)

        return read

    def positive(self, text: str) -> float:
        """Lê um número maior que 0, com ponto ou vírgula."""
        try:
            rate = float(text.replace(",", "."))
        except ValueError:
            rate = math.nan
        if not (math.isfinite(rate) and rate > 0):
            raise self.refused("positive", text.strip())
        return rate

    def file(self, option: str, endings: Mapping[str, Sequence[str]]) -> Callable[[str], Path]:
        """Lê o nome de um arquivo; o que acaba como os de outra opção é recusado.

        Args:
            option: a opção, sem os traços.
            endings: como acabam os nomes dos arquivos de cada uma.
        """

        def read(text: str) -> Path:
            path = Path(text.strip())
            ending = path.suffix.lower()
            for other, known in endings.items():
                if ending in known and other != option:
                    said = {"ending": ending, "expected": endings[option][0], "other": f"--{other}"}
                    message = sentence("option.ending", self.lang, given=path.name, **said)
                    raise argparse.ArgumentTypeError(message)
            return path

        return read

    def names(self, text: str) -> list[str]:
        """Lê nomes separados por vírgula."""
        names = [name.strip() for name in text.split(",")]
        if not all(names):
            raise self.refused("names", text)
        return names

    def refused(self, key: str, given: str, **values: Any) -> argparse.ArgumentTypeError:
        """O erro de uma opção que não se entende."""
        return argparse.ArgumentTypeError(sentence(f"option.{key}", self.lang, given=repr(given), **values))

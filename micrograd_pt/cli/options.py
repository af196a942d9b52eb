"""O que os comandos têm em comum: o argparse na língua escolhida, e a leitura de números e escolhas."""

from __future__ import annotations

import argparse
import math
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
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
        super().__init__(formatter_class=partial(_Help, lang), add_help=False, allow_abbrev=False, **options)
        self.lang = lang

    def text(self, key: str, **values: Any) -> str:
        """Uma frase da ajuda."""
        return sentence(f"help.{key}", self.lang, **values)

    def error(self, message: str) -> NoReturn:
        for pattern, key in _MESSAGES:
            if found := re.search(pattern, message):
                values = found.groupdict()
                if key == "option.unknown":  # só as opções: o que vem depois pode ser de outra
                    words = [word for word in values["given"].split() if word.startswith("-")]
                    values["given"] = " ".join(words) or values["given"]
                said = sentence(key, self.lang, **values)
                message = f"{message[: found.start()]}{said}{message[found.end() :]}"
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


_MESSAGES = (
    (r"^argument (?:-\w, ?)?(?P<option>--\w+)(?:, ?-\w)?: ", "option.named"),
    (r"expected one argument", "option.no_value"),
    (r"ignored explicit argument (?P<given>.*)", "option.takes_none"),
    (r"unrecognized arguments: (?P<given>.*)", "option.unknown"),
    (r"the following arguments are required: .*", "option.no_expression"),
)
"""As mensagens do argparse, e o nome da frase que toma o lugar de cada uma."""


class _Help(argparse.RawDescriptionHelpFormatter):
    """A ajuda numa língua, com os exemplos linha por linha."""

    def __init__(self, lang: str, prog: str, **options: Any) -> None:
        super().__init__(prog, **options)
        self.lang = lang

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, f"{sentence('help.usage', self.lang)}: ")


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

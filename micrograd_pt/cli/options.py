"""O que os comandos têm em comum: o argparse em português, e a leitura de números e escolhas."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from micrograd_pt.catalog import LANGUAGES
from micrograd_pt.notation import DIGITS


class Parser(argparse.ArgumentParser):
    """argparse, com as suas mensagens em português e numa linha só."""

    def error(self, message: str) -> NoReturn:
        for pattern, translation in _TRANSLATIONS:
            message = re.sub(pattern, translation, message)
        self.exit(2, f"{self.prog}: {message} (veja {self.prog} --help)\n")


_TRANSLATIONS = (
    (r"^argument (?:-\w, ?)?(--\w+)(?:, ?-\w)?: ", r"opção \1: "),
    (r"expected one argument", "falta o valor"),
    (r"ignored explicit argument (.*)", r"não recebe valor, e recebeu \1"),
    (r"unrecognized arguments: (.*)", r"opção desconhecida: \1"),
    (r"the following arguments are required: EXPRESSÃO.*", "falta a expressão, entre aspas"),
)


class Help(argparse.RawDescriptionHelpFormatter):
    """A ajuda com a palavra uso em português, e os exemplos linha por linha."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "uso: ")


def one_of(expected: str, known: Mapping[str, str]) -> Callable[[str], str]:
    """Lê uma palavra de uma lista, e dá o que ela quer dizer."""

    def read(text: str) -> str:
        if text not in known:
            raise argparse.ArgumentTypeError(f"espera {expected}, e recebeu {text!r}")
        return known[text]

    return read


def integer(least: int, most: int) -> Callable[[str], int]:
    """Lê um inteiro entre dois limites."""

    def read(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"espera um inteiro de {least} a {most}, e recebeu {text!r}")
        return int(text)

    return read


def positive(text: str) -> float:
    """Lê um número maior que 0, com ponto ou vírgula."""
    try:
        rate = float(text.replace(",", "."))
    except ValueError:
        rate = math.nan
    if not (math.isfinite(rate) and rate > 0):
        raise argparse.ArgumentTypeError(f"espera um número finito maior que 0, e recebeu {text.strip()!r}")
    return rate


def add_common(options: Any) -> None:
    """Acrescenta as opções que todo comando tem: a ajuda, os algarismos e a língua."""
    options.add_argument("-h", "--help", action="help", help="mostra esta ajuda")
    options.add_argument(
        "--digitos",
        type=integer(1, 17),
        default=DIGITS,
        metavar="N",
        help="algarismos significativos, de 1 a 17 (padrão: 6)",
    )
    options.add_argument(
        "--lingua",
        type=one_of("pt ou en", {lang: lang for lang in LANGUAGES}),
        default="pt",
        metavar="LÍNGUA",
        help="pt ou en (padrão: pt)",
    )

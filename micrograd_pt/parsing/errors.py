"""O que deu errado numa expressão, e em que lugar dela."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from micrograd_pt.ops import DomainError
from micrograd_pt.words import printable, sentence

Span = tuple[int, int]
"""Um trecho da expressão: onde começa e onde acaba, em caracteres."""

_WIDEST = 76  # colunas mostradas de uma expressão comprida
_INDENT = "    "


class ExpressionError(ValueError):
    """Uma expressão que não se pode ler ou calcular; `str()` diz o que se esperava e aponta o lugar.

    Args:
        key: o nome da frase no catálogo, sem `parse.`.
        values: o que entra nas lacunas da frase.
        expression: a expressão inteira.
        span: o trecho apontado; None se o erro não está num lugar dela.

    Attributes:
        key, values, expression, span: os argumentos.
    """

    def __init__(
        self, key: str, values: Mapping[str, Any] | None = None, expression: str = "", span: Span | None = None
    ) -> None:
        super().__init__(key, values, expression, span)
        self.key = key
        self.values: dict[str, Any] = dict(values or {})
        self.expression = expression
        self.span = span

    @property
    def position(self) -> int | None:
        """O lugar do erro: o índice do primeiro caractere apontado, ou None."""
        return None if self.span is None else self.span[0]

    def message(self, lang: str = "pt") -> str:
        """O que se esperava, numa frase."""
        return sentence(f"parse.{self.key}", lang, **self._named(lang))

    def _named(self, lang: str) -> dict[str, Any]:
        """O que entra nas lacunas, com a operação que se escreve com um sinal chamada por ele."""
        sign = self.values.get("sign") if self.key in ("domain", "overflow") else None
        return {**self.values, "name": sentence("parse.operation", lang, sign=sign)} if sign else self.values

    def shown(self, lang: str = "pt") -> str:
        """A frase e, embaixo dela, a expressão com o lugar apontado."""
        message = self.message(lang)
        return message if self.span is None else f"{message}\n{pointed(self.expression, self.span)}"

    def __str__(self) -> str:
        return self.shown()


class ExpressionDomainError(ExpressionError, DomainError):
    """Uma operação da expressão não está definida nos números dados."""

    def message(self, lang: str = "pt") -> str:
        """A operação e os números; em português, também o que a tabela diz do domínio dela."""
        why = f": {self.values['why']}" if lang == "pt" else ""
        return sentence(f"parse.{self.key}", lang, **{**self._named(lang), "why": why})


class ExpressionOverflowError(ExpressionError, OverflowError):
    """Uma operação da expressão dá um número que não cabe num `float`."""


def pointed(expression: str, span: Span) -> str:
    """A linha da expressão em que está o trecho e, embaixo dela, acentos circunflexos que o sublinham.

    Args:
        expression: a expressão inteira; uma linha comprida é mostrada em parte.
        span: o trecho.
    """
    start, end = span
    first = expression.rfind("\n", 0, start) + 1
    last = expression.find("\n", start)
    last = len(expression) if last < 0 else last
    end = max(start + 1, min(end, last))
    before, marked, after = (
        _clean(part) for part in (expression[first:start], expression[start:end], expression[end:last])
    )
    if len(before) > _WIDEST // 2:
        before = "…" + before[-_WIDEST // 2 :]
    if len(marked) > _WIDEST // 2:
        marked, after = marked[: _WIDEST // 2] + "…", ""
    room = max(0, _WIDEST - len(before) - len(marked))
    if len(after) > room:
        after = after[:room] + "…"
    before, marked = printable(before), printable(marked)
    carets = " " * _columns(before) + "^" * max(1, _columns(marked))
    return f"{_INDENT}{before}{marked}{printable(after)}\n{_INDENT}{carets}"


def visible(sign: str) -> str:
    """Um sinal como se pode mostrá-lo: ele mesmo, ou o seu código se é invisível."""
    return sign if sign.isprintable() and not sign.isspace() else f"U+{ord(sign):04X}"


def _clean(text: str) -> str:
    """O texto sem o que desalinharia a linha: tabulações, sinais de controle, metades de caractere."""
    spaced = "".join(" " if sign.isspace() else sign for sign in text)
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(sign)[0] == "C" else sign for sign in spaced)


def _columns(text: str) -> int:
    """Quantas colunas o texto ocupa num terminal."""
    return sum(_column_count(sign) for sign in text)


def _column_count(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1

"""O texto de uma expressão cortado em nomes, números e sinais; tudo o que não é um deles é recusado aqui."""

from __future__ import annotations

import keyword
import math
import re
import unicodedata
from dataclasses import dataclass

from micrograd_pt.parsing.errors import ExpressionError, Span, visible

NAME, NUMBER, SIGN, END = "name", "number", "sign", "end"

MAX_LENGTH = 2000
"""O maior tamanho de uma expressão, em caracteres."""

# Um algarismo sobrescrito não faz parte de um nome: x² é uma potência. Um subscrito faz: w₁.
_TOKEN = re.compile(
    r"""
      (?P<space>   [^\S\n]+ )
    | (?P<number>  (?: [0-9]+ (?:\.[0-9]*)? | \.[0-9]+ ) (?: [eE][+-]?[0-9]+ )? )
    | (?P<name>    [^\W\d²³¹⁰⁴-⁹] [^\W²³¹⁰⁴-⁹\u0300-\u036f]* (?: [\u0300-\u036f] [^\W²³¹⁰⁴-⁹]* )*
                 | [√∛](?=\s*\() )
    | (?P<wrong>   == | != | <> | // | := | && | \|\| | [⁻⁺]?[²³¹⁰⁴-⁹]+ )
    | (?P<sign>    \*\* | <= | >= | [-+*/()\[\],;=<>\n−–·⋅×÷≤≥] )
    """,
    re.VERBOSE,
)

SAME_SIGN = {"−": "-", "–": "-", "·": "*", "⋅": "*", "×": "*", "÷": "/", "≤": "<=", "≥": ">="}

_ROOTS = {"√": "sqrt", "∛": "cbrt"}
"""As raízes como a lição as escreve, antes de um parêntese."""

# O que se escreve no lugar de um sinal que não serve.
_INSTEAD = {
    "^": "**",
    "//": "/",
    "√": "sqrt(...)",
    "∛": "cbrt(...)",
    "|": "abs(...)",
    "{": "(",
    "}": ")",
    "Σ": "sum([...])",
    "∑": "sum([...])",
    "∞": "1e308",
    ":=": "=",
}
_SUPERSCRIPTS = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789")
_EQUALITY = ("==", "!=", "<>", "≠")
_QUOTES = "\"'`“”‘’«»"


@dataclass(frozen=True, slots=True)
class Token:
    """Um pedaço da expressão.

    Attributes:
        kind: `NAME`, `NUMBER`, `SIGN` ou `END` (o fim do texto).
        text: como o Python o escreveria: `w1` para w₁, `*` para ×.
        span: o trecho do texto.
    """

    kind: str
    text: str
    span: Span


def tokenize(expression: str) -> list[Token]:
    """Os pedaços de uma expressão, o último deles o fim.

    Raises:
        ExpressionError: o texto é comprido demais, ou tem algo que não é nome, número nem sinal de conta.
    """
    if len(expression) > MAX_LENGTH:
        raise ExpressionError("long", {"length": len(expression), "limit": MAX_LENGTH})
    tokens = []
    place = 0
    while place < len(expression):
        found = _TOKEN.match(expression, place)
        if found is None or found.lastgroup == "wrong":
            raise _wrong(expression, place, found.end() if found else place + 1)
        place = found.end()
        if found.lastgroup != "space":
            tokens.append(_token(str(found.lastgroup), expression, found.span()))
    return [*tokens, Token(END, "", (place, place))]


def _token(kind: str, expression: str, span: Span) -> Token:
    text = expression[slice(*span)]
    if kind == SIGN:
        text = SAME_SIGN.get(text, text)
    elif kind == NUMBER:
        if not math.isfinite(float(text)):
            raise ExpressionError("number.large", {}, expression, span)
    else:
        text = _ROOTS.get(text) or unicodedata.normalize("NFKC", text)
        if not text.isidentifier():
            raise ExpressionError("name", {}, expression, span)
        if keyword.iskeyword(text):
            raise _reserved(text, expression, span)
    return Token(kind, text, span)


def _reserved(word: str, expression: str, span: Span) -> ExpressionError:
    """O erro de uma palavra do Python usada como nome."""
    key = "keyword.choice" if word in ("if", "else", "and", "or", "not", "elif") else "keyword"
    return ExpressionError(key, {"word": word}, expression, span)


def _wrong(expression: str, start: int, end: int) -> ExpressionError:
    """O erro de um sinal que não serve, com o que escrever no lugar quando isso se sabe."""
    sign = expression[start:end]
    plain = sign.translate(_SUPERSCRIPTS)
    if plain != sign:
        return ExpressionError("sign.instead", {"sign": sign, "instead": f"**{plain}"}, expression, (start, end))
    if sign in _INSTEAD:
        return ExpressionError("sign.instead", {"sign": sign, "instead": _INSTEAD[sign]}, expression, (start, end))
    if sign in _EQUALITY:
        return ExpressionError("equality", {"sign": sign}, expression, (start, end))
    if sign == ".":
        return ExpressionError("attribute", {}, expression, (start, end))
    if sign in _QUOTES:
        return ExpressionError("quotes", {}, expression, (start, end))
    return ExpressionError("sign", {"sign": visible(sign)}, expression, (start, end))

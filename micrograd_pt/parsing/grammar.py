"""A gramática: os pedaços de uma expressão viram partes (`z = w*x + b`), e cada parte, uma árvore do `ast`.

O `ast` só recebe nomes inventados aqui e sinais que passaram por aqui: ele diz o que se calcula antes de quê, e nada do
que o leitor escreveu chega a ele como texto.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import accumulate

from micrograd_pt.parsing.errors import ExpressionError, Span
from micrograd_pt.parsing.tokens import END, NAME, NUMBER, Token, tokenize
from micrograd_pt.parsing.vocabulary import CONSTANTS, Function, called, function, nearest_function
from micrograd_pt.parsing.vocabulary import NUMBER as A_NUMBER

MAX_DEPTH = 100
"""Quantos parênteses podem estar um dentro do outro."""

_BETWEEN = frozenset(["+", "-", "*", "/", "**", "<", "<=", ">", ">="])
_CLOSING = {"(": ")", "[": "]"}


@dataclass(frozen=True, slots=True)
class Clause:
    """Uma parte da expressão: uma conta, com o nome que ela recebe.

    Attributes:
        target: o nome antes de `=`, ou None.
        tree: a conta; cada nome nela é `t` e o número de um pedaço.
        tokens: os pedaços da conta.
        starts: onde cada pedaço começa no texto que o `ast` recebeu; e, por último, onde esse texto acaba.
    """

    target: Token | None
    tree: ast.expr
    tokens: tuple[Token, ...]
    starts: tuple[int, ...]

    @property
    def whole(self) -> Span:
        """O trecho da parte inteira, com o nome que ela recebe."""
        return (self.target or self.tokens[0]).span[0], self.tokens[-1].span[1]

    def token(self, node: ast.Name) -> Token:
        """O pedaço que está no lugar desse nome da árvore."""
        return self.tokens[int(node.id[1:])]

    def span(self, node: ast.expr) -> Span:
        """O trecho da expressão de que vem esse ramo da árvore."""
        first = bisect_left(self.starts, node.col_offset)
        last = bisect_left(self.starts, node.end_col_offset or 0) - 1
        return self.tokens[first].span[0], self.tokens[last].span[1]


@dataclass(frozen=True, slots=True)
class _Bracket:
    """Um parêntese ou colchete aberto; `function` é a função chamada, se é uma chamada."""

    token: Token
    function: Function | None = None


@dataclass
class ClauseReader:
    """Lê os pedaços um por um, sabendo se o que vem a seguir é um operando ou um sinal entre dois.

    Args:
        expression: o texto.

    Attributes:
        parts: as partes lidas.
        separated: os trechos como `1,5` em que a vírgula separa argumentos.
        doubtful: os deles em que ela podia também ser decimal: a função aceita um argumento a menos.
    """

    expression: str
    parts: list[Clause] = field(default_factory=list)
    separated: list[Span] = field(default_factory=list)
    doubtful: list[Span] = field(default_factory=list)
    _tokens: list[Token] = field(default_factory=list)
    _target: Token | None = None
    _brackets: list[_Bracket] = field(default_factory=list)

    def read(self) -> None:
        """Lê a expressão inteira.

        Raises:
            ExpressionError: ela não segue a gramática.
        """
        tokens = tokenize(self.expression)
        wants_operand = True
        place = 0
        while place < len(tokens):
            token, after = tokens[place], tokens[min(place + 1, len(tokens) - 1)]
            if token.text == "\n" and self._brackets:
                pass
            elif wants_operand:
                wants_operand = self._operand(token, after)
            elif token.text == "," and self._is_decimal(token, after):
                place += 1
                whole = self._tokens.pop()
                text = f"{whole.text}.{after.text}"
                self._tokens.append(Token(NUMBER, text, (whole.span[0], after.span[1])))
            else:
                wants_operand = self._between(token, after)
            place += 1
        if not self.parts:
            raise ExpressionError("empty", {}, self.expression, (0, 0))

    def _operand(self, token: Token, after: Token) -> bool:
        """Onde se espera um operando; devolve se ainda se espera um."""
        if token.kind in (NAME, NUMBER):
            if token.kind == NAME:
                self._check_name(token, after)
            self._tokens.append(token)
            return False
        if token.text in ("+", "-"):
            self._tokens.append(token)
            return True
        if token.text in _CLOSING:
            self._open(_Bracket(token))
            return True
        empty = self._brackets and self._tokens[-1] == self._brackets[-1].token
        if token.text in (")", "]") and empty and not self._is_group(self._brackets[-1]):
            self._close(token)
            return False
        if self._ends_part(token) and not self._tokens and self._target is None:
            return True
        raise self._missing_operand(token)

    def _between(self, token: Token, after: Token) -> bool:
        """Depois de um operando; devolve se agora se espera outro."""
        if token.text in _BETWEEN:
            self._tokens.append(token)
            return True
        if token.text == "(" and self._tokens[-1].kind == NAME:
            self._open(_Bracket(token, self._called(self._tokens[-1])))
            return True
        if token.text in (")", "]"):
            self._close(token)
            return False
        if token.text == ",":
            self._separate(token, after)
            return True
        if token.text == "=":
            self._assign(token)
            return True
        if self._ends_part(token):
            self._finish()
            return True
        raise self._missing_sign(token)

    def _check_name(self, token: Token, after: Token) -> None:
        """Um nome de função tem de ser chamado, e só ele."""
        if after.text == "(" or after.text == "=":
            return
        if function(token.text) is not None:
            raise self._error("bare", token.span, name=token.text)

    def _called(self, name: Token) -> Function:
        """A função que se chama.

        Raises:
            ExpressionError: não há função com esse nome.
        """
        found = called(name.text)
        if found is not None:
            return found
        near = nearest_function(name.text)
        shown = self._text(name)
        if near is not None:
            raise self._error("function.near", name.span, name=shown, near=near)
        raise self._error("function", name.span, name=shown)

    def _open(self, bracket: _Bracket) -> None:
        if len(self._brackets) == MAX_DEPTH:
            raise self._error("deep", bracket.token.span, limit=MAX_DEPTH)
        self._brackets.append(bracket)
        self._tokens.append(bracket.token)

    def _close(self, token: Token) -> None:
        if not self._brackets:
            raise self._error("unopened", token.span, sign=token.text)
        opening = self._brackets.pop().token
        if _CLOSING[opening.text] != token.text:
            raise self._error("mismatched", token.span, sign=token.text, expected=_CLOSING[opening.text])
        self._tokens.append(token)

    def _separate(self, token: Token, after: Token) -> None:
        """Uma vírgula que separa argumentos ou itens."""
        if not self._brackets or self._is_group(self._brackets[-1]):
            raise self._error("comma", token.span)
        if self._between_digits(token, after):
            span = self._tokens[-1].span[0], after.span[1]
            self.separated.append(span)
            called = self._brackets[-1].function
            if called is None or called.wants is None:
                self.doubtful.append(span)
        self._tokens.append(token)

    def _is_decimal(self, token: Token, after: Token) -> bool:
        """Se a vírgula entre dois algarismos só pode ser decimal: ali não há argumentos a separar."""
        if not self._between_digits(token, after):
            return False
        if not self._brackets:
            return True
        called = self._brackets[-1].function
        return self._is_group(self._brackets[-1]) or (called is not None and called.wants == (A_NUMBER,))

    def _between_digits(self, token: Token, after: Token) -> bool:
        before = self._tokens[-1]
        together = before.span[1] == token.span[0] and token.span[1] == after.span[0]
        return together and before.text.isdigit() and after.kind == NUMBER and "." not in after.text

    @staticmethod
    def _is_group(bracket: _Bracket) -> bool:
        return bracket.token.text == "(" and bracket.function is None

    def _assign(self, token: Token) -> None:
        """O `=` depois do nome que uma parte recebe."""
        if self._target is not None or len(self._tokens) != 1 or self._tokens[0].kind != NAME:
            raise self._error("assignment", token.span)
        target = self._tokens.pop()
        if function(target.text) is not None or target.text in CONSTANTS:
            raise self._error("taken", target.span, name=self._text(target))
        self._target = target

    def _ends_part(self, token: Token) -> bool:
        return token.kind == END or (token.text in (";", "\n") and not self._brackets)

    def _finish(self) -> None:
        """Fecha a parte: o `ast` diz em que ordem ela se calcula."""
        if self._brackets:
            raise self._unclosed()
        tokens = tuple(self._tokens)
        written = [f"t{place}" if token.kind in (NAME, NUMBER) else token.text for place, token in enumerate(tokens)]
        try:
            tree = ast.parse("".join(written), mode="eval").body
        except (RecursionError, MemoryError) as error:
            raise self._error("deep", (tokens[0].span[0], tokens[-1].span[1]), limit=MAX_DEPTH) from error
        self.parts.append(Clause(self._target, tree, tokens, tuple(accumulate(map(len, written), initial=0))))
        self._tokens, self._target = [], None

    def _missing_operand(self, token: Token) -> ExpressionError:
        if token.kind == END:
            if self._brackets and self._tokens[-1] == self._brackets[-1].token:
                return self._unclosed()
            return self._error("operand.end", (max(0, token.span[0] - 1), token.span[1]))
        if token.text in ("\n", ";"):
            return self._error("operand.end", token.span)
        return self._error("operand", token.span, sign=token.text)

    def _missing_sign(self, token: Token) -> ExpressionError:
        left = self._tokens[-1]
        if token.text == "[":
            return self._error("index", token.span)
        if token.text == ";":
            return self._error("semicolon", token.span)
        span = left.span[0], token.span[1]
        if left.kind == NUMBER and token.kind == NUMBER:
            return self._error("numbers", span)
        return self._error("juxtaposed", span, left=self._text(left), right=self._text(token))

    def _unclosed(self) -> ExpressionError:
        opening = self._brackets[-1].token
        return self._error("unclosed", opening.span, sign=opening.text, expected=_CLOSING[opening.text])

    def _text(self, token: Token) -> str:
        """O pedaço como o leitor o escreveu."""
        return self.expression[slice(*token.span)]

    def _error(self, key: str, span: Span, **values: object) -> ExpressionError:
        return ExpressionError(key, values, self.expression, span)

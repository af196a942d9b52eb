"""A aritmética por extenso: uma expressão como texto, com os parênteses sem os quais não se manteria junta.

O que muda de uma língua para outra (uma constante, uma chamada, uma escolha, "e", "ou", "não") é de cada uma.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from typing import Any, ClassVar

from micrograd_pt.written.expressions import COMPARISONS, Written

CHOICE, OR, AND, NOT, COMPARE, TERM, FACTOR, UNARY, ATOM = range(9)
"""Com que força um texto se mantém junto, do mais fraco ao mais forte."""

Spelled = tuple[str, int]
"""Um texto, e com que força ele se mantém junto."""


def signs(either: str, both: str) -> dict[str, tuple[str, int, int, int]]:
    """Cada conta de dois lados: o sinal, a força dela, e a de que precisam o lado esquerdo e o direito.

    O lado direito é um passo mais forte: a ordem das contas fica a da expressão.

    Args:
        either: como se escreve "ou".
        both: como se escreve "e".
    """
    return {
        "or": (either, OR, OR, AND),
        "and": (both, AND, AND, NOT),
        **{sign: (sign, COMPARE, TERM, TERM) for sign in COMPARISONS},
        **{sign: (sign, TERM, TERM, FACTOR) for sign in ("+", "-")},
        **{sign: (sign, FACTOR, FACTOR, UNARY) for sign in ("*", "/")},
    }


class Infix(ABC):
    """Escreve expressões numa língua.

    Args:
        names: os nomes das que já estão escritas noutro lugar.

    Attributes:
        uses: quantas vezes cada nome foi escrito.
        signs: as contas de dois lados da língua, como `signs` as dá.
        opposite: o que se escreve antes do contrário de uma condição, a força disso, e a de que precisa a condição.
    """

    signs: ClassVar[dict[str, tuple[str, int, int, int]]]
    opposite: ClassVar[tuple[str, int, int]]

    def __init__(self, names: dict[Any, str]) -> None:
        self.names = names
        self.uses: Counter[str] = Counter()

    def text(self, expression: Any, needed: int = OR) -> str:
        """A expressão como texto, entre parênteses se é mais fraca do que se precisa."""
        name = self.names.get(expression)
        if name is not None:
            self.uses[name] += 1
            return name
        text, strength = self.spelled(expression)
        return text if strength >= needed else f"({text})"

    def spelled(self, expression: Written) -> Spelled:
        """Uma expressão sem nome por extenso."""
        kind, args = expression.kind, expression.args
        sign = self.signs.get(kind)
        if sign is not None:
            text, strength, left, right = sign
            return f"{self.text(args[0], left)} {text} {self.text(args[1], right)}", strength
        if kind == "const":
            return self.constant(args[0])
        if kind == "neg":
            return f"-{self.text(args[0], UNARY)}", UNARY
        if kind == "not":
            word, strength, needed = self.opposite
            return f"{word}{self.text(args[0], needed)}", strength
        if kind == "choose":
            return self.choice(*args), CHOICE
        return self.call(args[0], [self.text(arg, CHOICE) for arg in args[1:]]), ATOM

    @abstractmethod
    def constant(self, number: float) -> Spelled:
        """Uma constante."""

    @abstractmethod
    def choice(self, condition: Any, a: Any, b: Any) -> str:
        """`a` onde a condição vale, `b` onde não."""

    @abstractmethod
    def call(self, function: str, args: list[str]) -> str:
        """Uma função de `math` aplicada a argumentos já escritos."""


class PythonInfix(Infix):
    """Escreve expressões em Python.

    Attributes:
        functions: os nomes de `math` que o texto usa.
    """

    signs: ClassVar[dict[str, tuple[str, int, int, int]]] = signs("or", "and")
    opposite: ClassVar[tuple[str, int, int]] = ("not ", NOT, COMPARE)

    def __init__(self, names: dict[Any, str]) -> None:
        super().__init__(names)
        self.functions: set[str] = set()

    def constant(self, number: float) -> Spelled:
        """Uma constante; a que não tem algarismos é um nome de `math`."""
        text = repr(number)
        if text.endswith(("nan", "inf")):
            self.functions.add(text[-3:])
        return text, UNARY if text.startswith("-") else ATOM

    def choice(self, condition: Any, a: Any, b: Any) -> str:
        """`a if condição else b`."""
        return f"{self.text(a)} if {self.text(condition)} else {self.text(b, CHOICE)}"

    def call(self, function: str, args: list[str]) -> str:
        """A função pelo nome dela em `math`."""
        self.functions.add(function)
        return f"{function}({', '.join(args)})"


class TableInfix(PythonInfix):
    """Escreve expressões em Python como a tabela as tem: um número inteiro é um `int`, que não faz de uma fração um
    `float`."""

    def constant(self, number: float) -> Spelled:
        """Uma constante; 0 e 1 em vez de 0.0 e 1.0."""
        whole = number.is_integer() and repr(abs(number)) == repr(number)
        return (str(int(number)), ATOM) if whole else super().constant(number)

    def call(self, function: str, args: list[str]) -> str:
        """A função pelo nome; a potência, pelo sinal, que serve também a números exatos."""
        return f"(({args[0]}) ** ({args[1]}))" if function == "pow" else super().call(function, args)


def spelled(expression: Written) -> str:
    """Uma expressão sozinha em Python, como a tabela a tem; os nomes de `math` estão à mão."""
    names: dict[Any, str] = {}
    stack = [expression]
    while stack:
        part = stack.pop()
        if part.kind == "name":
            names[part] = part.args[0]
        stack += part.parts
    return TableInfix(names).text(expression, CHOICE)

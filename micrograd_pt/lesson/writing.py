"""O que todas as escritas de uma fórmula têm em comum: percorrer a árvore disposta, sem decidir nada."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from micrograd_pt.graph import Node
from micrograd_pt.lesson.formula import (
    Absolute,
    Call,
    Choice,
    Constant,
    Derivative,
    Dots,
    Formula,
    Letter,
    Negative,
    Number,
    Parenthesized,
    Power,
    Product,
    Quotient,
    Root,
    Sum,
    Symbol,
)
from micrograd_pt.lesson.layout import laid_out
from micrograd_pt.ops import Operation
from micrograd_pt.words import DIGITS, LANGUAGES, sentence


class FormulaWriter(ABC):
    """Escreve fórmulas; cada forma de escrita diz como é cada tipo.

    Args:
        digits: algarismos significativos dos números.
        lang: a língua dos nomes das funções: `sen` ou `sin`.
    """

    stacked: bool
    """Verdadeiro se frações e potências se escrevem em duas dimensões."""

    def __init__(self, digits: int = DIGITS, lang: str = "pt") -> None:
        self.digits: int = digits
        self.lang: str = lang

    def formula(self, formula: Formula) -> str:
        """A fórmula escrita."""
        return self.written(laid_out(formula, stacked=self.stacked, digits=self.digits))

    def written(self, formula: Formula) -> str:
        """Uma fórmula já disposta, escrita."""
        match formula:
            case Number(value):
                return self.number(value)
            case Symbol(node):
                return self.name(node)
            case Letter(letter):
                return self.letter(letter)
            case Derivative(of, by, _, 0):
                return self.derivative(of, by)
            case Derivative(of, by, _, place):
                return self.partial(of, by, place)
            case Constant(spelling):
                return self.written(laid_out(spelling, stacked=self.stacked))
            case Dots():
                return self.dots
            case Parenthesized(inner, when_negative):
                text = self.written(inner)
                return text if when_negative and not text.startswith("-") else self.group(text)
            case Negative(inner):
                return f"-{self.written(inner)}"
            case Sum(terms):
                return self.sum(terms)
            case Product(factors, chain):
                return (self.far_times if chain else self.times).join([self.written(factor) for factor in factors])
            case Quotient(numerator, denominator):
                return self.quotient(self.written(numerator), self.written(denominator))
            case Power(base, exponent):
                return self.power(self.written(base), self.written(exponent))
            case Root(degree, radicand):
                return self.root(degree, self.written(radicand))
            case Absolute(inner):
                return self.absolute(self.written(inner))
            case Call(operation, args):
                return self.call(operation, [self.written(arg) for arg in args])
            case Choice(operation, left, sign, right, yes, no):
                condition = f"{self.written(left)} {self.sign(sign)} {self.written(right)}"
                return self.choice(self.function(operation), condition, self.written(yes), self.written(no))
        raise TypeError(f"esperava uma fórmula, e recebi {formula!r}")

    def sum(self, terms: Sequence[Formula]) -> str:
        """As parcelas, com o sinal de cada uma."""
        text = self.written(terms[0])
        for term in terms[1:]:
            text += f" - {self.written(term.inner)}" if isinstance(term, Negative) else f" + {self.written(term)}"
        return text

    def function(self, operation: Operation) -> str:
        """O nome da função nesta língua; sem um na lista de frases, o símbolo da tabela."""
        return LANGUAGES[self.lang].get(f"lesson.function.{operation.name}", operation.symbol)

    times: str
    far_times: str
    dots: str

    @abstractmethod
    def number(self, value: Any) -> str:
        """Um número."""

    @abstractmethod
    def name(self, node: Node) -> str:
        """O nome de um nó."""

    @abstractmethod
    def letter(self, letter: str) -> str:
        """Uma letra grega."""

    @abstractmethod
    def derivative(self, of: Node, by: Node) -> str:
        """∂of/∂by."""

    @abstractmethod
    def partial(self, of: Node, by: Node, place: int) -> str:
        """∂of/∂(1º by): a derivada que só conta um dos lugares em que `by` está na conta de `of`."""

    def placed(self, place: int) -> tuple[str, str]:
        """O que se escreve antes e depois de um nome para dizer em que lugar da conta ele está."""
        before, _, after = sentence("lesson.place", self.lang, name="\0", place=place).partition("\0")
        return before, after

    @abstractmethod
    def sign(self, sign: str) -> str:
        """Um sinal de comparação."""

    @abstractmethod
    def group(self, inner: str) -> str:
        """Parênteses."""

    @abstractmethod
    def quotient(self, numerator: str, denominator: str) -> str:
        """Uma fração."""

    @abstractmethod
    def power(self, base: str, exponent: str) -> str:
        """Uma potência."""

    @abstractmethod
    def root(self, degree: int, radicand: str) -> str:
        """Uma raiz."""

    @abstractmethod
    def absolute(self, inner: str) -> str:
        """Um valor absoluto."""

    @abstractmethod
    def call(self, operation: Operation, args: Sequence[str]) -> str:
        """Uma função aplicada."""

    @abstractmethod
    def choice(self, name: str, condition: str, yes: str, no: str) -> str:
        """Uma escolha."""

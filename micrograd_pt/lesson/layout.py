"""A disposição de uma fórmula: onde vão parênteses, que sinal cada parcela tem e o que se deixa de fora.

Só aqui se decide isso. Quem escreve a fórmula, como texto, LaTeX ou MathML, percorre a árvore disposta e não põe nem
tira nada.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, TypeGuard

from micrograd_pt import ops
from micrograd_pt.graph import Node
from micrograd_pt.lesson.formula import (
    Call,
    Choice,
    Constant,
    Derivative,
    Dots,
    Formula,
    Negative,
    Number,
    Parenthesized,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    changed,
)
from micrograd_pt.words import DIGITS, is_simple_name, number

MOST_TERMS = 40
"""Quantas parcelas, fatores ou argumentos se mostram; de mais do que isso, os primeiros e os últimos."""

_SIGNED, _SUM, _PRODUCT, _POWER, _ATOM = 0, 1, 2, 3, 4


def laid_out(formula: Formula, *, stacked: bool, digits: int = DIGITS, live: bool = False) -> Formula:
    """A fórmula pronta para ser escrita.

    Args:
        formula: em símbolos ou em números.
        stacked: verdadeiro se frações, potências e raízes se escrevem em duas dimensões (LaTeX, MathML), e por isso
            se mantêm juntas sem parênteses; falso numa linha de texto.
        digits: os algarismos com que os números serão escritos: `1e-12` pede parênteses numa potência.
        live: verdadeiro se os números vão mudar depois: os sinais ficam onde estão, e um número que só pede parênteses
            quando é negativo vem num `Parenthesized` que o diz (`when_negative`).

    Returns:
        A mesma fórmula com um `Parenthesized` onde vão parênteses; uma parcela `Negative` se escreve com o sinal de
        menos no lugar do de mais.
    """
    return _Layout(stacked, digits, live).of(formula)


class _Layout:
    """As escolhas de uma disposição."""

    def __init__(self, stacked: bool, digits: int, live: bool) -> None:
        self.stacked, self.digits, self.live = stacked, digits, live

    def of(self, formula: Formula) -> Formula:
        """A fórmula disposta."""
        match formula:
            case Negative(inner):
                opposite = self.negative(self.of(inner))
                return opposite.inner if self.is_opposite_of_zero(opposite) else opposite
            case Sum(terms):
                first, *others = _elided(terms)
                return self.sum([self.of(first), *[self.term(other) for other in others]])
            case Product(factors, chain):
                return self.product([self.of(factor) for factor in _elided(factors)], chain)
            case Quotient(numerator, denominator):
                return self.quotient(self.of(numerator), self.of(denominator))
            case Power(base, exponent):
                exponent = self.of(exponent)
                return Power(self.kept(self.of(base), _ATOM), exponent if self.stacked else self.kept(exponent, _ATOM))
            case Call(operation, args):
                return Call(operation, tuple([self.of(arg) for arg in _elided(args)]))
        return changed(formula, self.of)

    def term(self, term: Formula) -> Formula:
        """Uma parcela que não é a primeira: ali o sinal de menos é o da subtração, também antes de um zero."""
        return self.negative(self.of(term.inner)) if isinstance(term, Negative) else self.of(term)

    def is_opposite_of_zero(self, formula: Formula) -> TypeGuard[Negative]:
        """Verdadeiro se a fórmula se escreveria -0: o zero não tem sinal."""
        return isinstance(formula, Negative) and not self.live and self.starts_with_zero(formula.inner)

    def starts_with_zero(self, formula: Formula) -> bool:
        """Verdadeiro se o que se escreve primeiro é um número, e ele é 0."""
        match formula:
            case Number(value):
                return bool(value == 0)
            case Product((first, *_)) | Quotient(first) | Power(first):
                return self.starts_with_zero(first)
        return False

    def negative(self, inner: Formula) -> Formula:
        """O oposto; o de um número que não muda é só o número oposto."""
        if isinstance(inner, Number) and inner.stands_for is None and not _below_zero(inner):
            return Number(-inner.value)
        if self.live and self.is_signed(inner):
            return Negative(self.first_grouped(inner))
        return Negative(self.kept(inner, _PRODUCT))

    def sum(self, terms: list[Formula]) -> Formula:
        """Uma soma; o sinal de menos que começa uma parcela toma o lugar do de mais."""
        placed: list[Formula] = []
        for term in terms:
            if isinstance(term, Sum):
                placed += term.terms
            elif isinstance(term, Negative) or not placed:
                placed.append(term if self.strength(term) <= _SIGNED else self.kept(term, _PRODUCT))
            else:
                placed.append(self.added(term))
        return Sum(tuple(placed))

    def added(self, term: Formula) -> Formula:
        """Uma parcela depois da primeira."""
        if self.live and self.is_signed(term):
            return self.first_grouped(term)
        opposite = _opposite(term)
        return self.kept(term, _PRODUCT) if opposite is None else Negative(opposite)

    def first_grouped(self, term: Formula) -> Formula:
        """Uma parcela cujo primeiro número, se for negativo, vai entre parênteses."""
        if isinstance(term, Number):
            return Parenthesized(term, when_negative=term.stands_for is not None)
        if isinstance(term, Product):
            return Product((self.first_grouped(term.factors[0]), *term.factors[1:]), term.chain)
        return self.kept(term, _PRODUCT)

    def product(self, factors: list[Formula], chain: bool) -> Formula:
        """Um produto; só o primeiro fator pode começar por um sinal sem parênteses."""
        first, *others = factors
        if isinstance(first, Negative):
            return self.negative(self.product([first.inner, *others], chain))
        kept = [first if self.is_signed(first) else self.factor(first)]
        return Product((*kept, *[self.factor(other) for other in others]), chain)

    def factor(self, formula: Formula) -> Formula:
        """Um fator: numa linha de texto, uma fração dentro de um produto vai entre parênteses."""
        spelled = formula.spelling if isinstance(formula, Constant) else formula
        if isinstance(spelled, Quotient) and not self.stacked:
            return Parenthesized(formula)
        if self.live and isinstance(formula, Product) and self.is_signed(formula):
            return self.first_grouped(formula)
        return self.kept(formula, _PRODUCT)

    def quotient(self, numerator: Formula, denominator: Formula) -> Formula:
        """Uma fração; o sinal de menos do numerador vem para a frente dela."""
        if isinstance(numerator, Negative):
            return self.negative(self.quotient(numerator.inner, denominator))
        if self.stacked:
            return Quotient(numerator, denominator)
        if not (isinstance(numerator, Number) and self.is_signed(numerator)):
            numerator = self.factor(numerator)
        return Quotient(numerator, self.kept(denominator, _POWER))

    def kept(self, formula: Formula, needed: int) -> Formula:
        """A fórmula, entre parênteses se sozinha não se manteria junta."""
        if isinstance(formula, Number) and formula.stands_for is not None and self.live:
            inner_strength = self.strength(Number(abs(formula.value), formula.stands_for))
            return Parenthesized(formula, when_negative=inner_strength >= needed)
        return formula if self.strength(formula) >= needed else Parenthesized(formula)

    def is_signed(self, formula: Formula) -> bool:
        """Verdadeiro se a fórmula começa por um número negativo, ou por um que pode vir a ser."""
        if isinstance(formula, Product):
            return self.is_signed(formula.factors[0])
        if isinstance(formula, Quotient):
            return not self.stacked and self.is_signed(formula.numerator)
        return isinstance(formula, Number) and (_below_zero(formula) or (self.live and formula.stands_for is not None))

    def strength(self, formula: Formula) -> int:
        """Com que força a fórmula se mantém junta."""
        match formula:
            case Number():
                return _SIGNED if _below_zero(formula) else self.size_strength(formula.value)
            case Symbol(node):
                return _ATOM if _is_simple(node) else _SUM
            case Derivative(of, by):
                return _ATOM if self.stacked or (_is_simple(of) and _is_simple(by)) else _PRODUCT
            case Constant(spelling):
                return self.strength(spelling)
            case Negative():
                return _SIGNED
            case Sum():
                return _SUM
            case Product():
                return _SIGNED if self.is_signed(formula) else _PRODUCT
            case Quotient():
                return _SIGNED if self.is_signed(formula) else _PRODUCT
            case Power():
                return _POWER
            case Call(operation) if operation is ops.exp and self.stacked:  # escrita como potência de e
                return _POWER
            case Choice() if self.stacked:  # escrita em duas linhas
                return _SUM
        return _ATOM

    def size_strength(self, value: Any) -> int:
        """A força de um número positivo: uma fração é um quociente, e um múltiplo de potência de 10, um produto."""
        if isinstance(value, Fraction) and value.denominator != 1:
            return _PRODUCT
        return _PRODUCT if "e" in number(value, self.digits) and self.stacked else _ATOM


def _is_simple(node: Node) -> bool:
    return is_simple_name(node.name)


def _below_zero(formula: Number) -> bool:
    return bool(formula.value < 0)


def _opposite(term: Formula) -> Formula | None:
    """A parcela sem o sinal do número negativo que a começa; None se ela não começa assim."""
    match term:
        case Number(value, stands_for) if _below_zero(term):
            return Number(-value, stands_for)
        case Product((first, *others), chain):
            opposite = _opposite(first)
            return None if opposite is None else Product((opposite, *others), chain)
        case Quotient(numerator, denominator) if isinstance(numerator, Number):
            opposite = _opposite(numerator)
            return None if opposite is None else Quotient(opposite, denominator)
    return None


def _elided(parts: tuple[Formula, ...]) -> tuple[Formula, ...]:
    """As partes, com reticências no meio quando são muitas."""
    if len(parts) <= MOST_TERMS:
        return parts
    half = MOST_TERMS // 4
    return (*parts[:half], Dots(), *parts[-half:])

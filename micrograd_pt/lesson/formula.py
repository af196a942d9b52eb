"""Fórmulas como dados: uma árvore pequena, que se escreve em símbolos ou em números, como texto ou como LaTeX.

A fórmula de uma derivada local não está escrita em lugar nenhum: a regra da tabela recebe folhas no lugar dos
argumentos, o que ela devolve é um grafo, e aqui esse grafo vira árvore. Cada folha sabe o que representa — um nó, uma
derivada, uma letra — e quanto vale; `in_numbers` troca cada uma pelo seu número, que continua a saber de onde veio.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from micrograd_pt import ops
from micrograd_pt.engine import Value, ancestors
from micrograd_pt.graph import Node
from micrograd_pt.ops import Operation

_LARGEST_RULE = 200  # sinais de uma derivada local que ainda se escreve


@dataclass(frozen=True, slots=True)
class Formula:
    """Uma fórmula: um dos tipos abaixo. `str()` a escreve como texto."""


@dataclass(frozen=True, slots=True)
class Number(Formula):
    """Um número.

    Attributes:
        value: o número.
        stands_for: a folha em cujo lugar ele está; None numa constante.
    """

    value: Any
    stands_for: Symbol | Derivative | Letter | Constant | None = None


@dataclass(frozen=True, slots=True)
class Symbol(Formula):
    """O valor de um nó, pelo nome dele."""

    node: Node

    @property
    def value(self) -> Any:
        """O número no passo para frente."""
        return self.node.data


@dataclass(frozen=True, slots=True)
class Derivative(Formula):
    """A derivada de um nó em relação a outro, ∂of/∂by.

    Attributes:
        of: o nó derivado.
        by: em relação a que nó.
        value: quanto vale.
        place: 0 na derivada inteira; 1 na que só conta o primeiro `by` que se lê na conta de `of`, e assim por diante.
    """

    of: Node
    by: Node
    value: Any
    place: int = 0


@dataclass(frozen=True, slots=True)
class Letter(Formula):
    """Uma letra que não é um nó: α, π."""

    letter: str
    value: Any


@dataclass(frozen=True, slots=True)
class Constant(Formula):
    """Um número que se escreve por extenso: log 2, √(2π).

    Attributes:
        spelling: como se escreve.
        value: quanto vale.
    """

    spelling: Formula
    value: Any


@dataclass(frozen=True, slots=True)
class Dots(Formula):
    """As reticências no lugar de termos que não se mostram."""


@dataclass(frozen=True, slots=True)
class Negative(Formula):
    """O oposto, -inner."""

    inner: Formula


@dataclass(frozen=True, slots=True)
class Sum(Formula):
    """Uma soma; uma parcela que se subtrai é um `Negative`."""

    terms: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Product(Formula):
    """Um produto.

    Attributes:
        factors: os fatores.
        chain: verdadeiro entre as derivadas da regra da cadeia, que se escrevem mais afastadas.
    """

    factors: tuple[Formula, ...]
    chain: bool = False


@dataclass(frozen=True, slots=True)
class Quotient(Formula):
    """Uma fração."""

    numerator: Formula
    denominator: Formula


@dataclass(frozen=True, slots=True)
class Power(Formula):
    """Uma potência."""

    base: Formula
    exponent: Formula


@dataclass(frozen=True, slots=True)
class Root(Formula):
    """Uma raiz, quadrada (2) ou cúbica (3)."""

    degree: int
    radicand: Formula


@dataclass(frozen=True, slots=True)
class Absolute(Formula):
    """Um valor absoluto."""

    inner: Formula


@dataclass(frozen=True, slots=True)
class Call(Formula):
    """Uma função da tabela aplicada aos seus argumentos."""

    operation: Operation
    args: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Choice(Formula):
    """Uma escolha: `yes` se `left` `sign` `right`, senão `no`."""

    operation: Operation
    left: Formula
    sign: str
    right: Formula
    yes: Formula
    no: Formula


@dataclass(frozen=True, slots=True)
class Parenthesized(Formula):
    """Parênteses; só a disposição (`layout`) os põe.

    Attributes:
        inner: o que está entre eles.
        when_negative: verdadeiro onde só um número negativo os pede.
    """

    inner: Formula
    when_negative: bool = False


Leaf = Symbol | Derivative | Letter | Constant
ONE = Number(1)


def forward_formula(node: Node) -> Formula:
    """A conta de um nó calculado, em símbolos."""
    assert node.op is not None
    return applied(node.op, [Symbol(arg) if isinstance(arg, Node) else Number(arg) for arg in node.inputs])


def slope_formula(slope: Any, leaves: Mapping[int, Node]) -> Formula:
    """Uma derivada local, que a regra da tabela escreveu com folhas, em símbolos.

    Args:
        slope: o que a regra devolveu: um grafo pequeno, uma folha ou um número.
        leaves: a que nó corresponde cada folha, pelo `id` dela.

    Returns:
        A árvore; ou só o número, se a regra é comprida demais para se ler.
    """
    if not isinstance(slope, Value):
        return _famous(slope)
    written: dict[int, Formula] = {}
    sizes: dict[int, int] = {}
    for value in ancestors(slope):
        if id(value) in leaves:
            written[id(value)], sizes[id(value)] = Symbol(leaves[id(value)]), 1
            continue
        sizes[id(value)] = 1 + sum(sizes.get(id(arg), 1) for arg in value.args)
        if value.op is None or sizes[id(value)] > _LARGEST_RULE:
            written[id(value)] = Number(value.data)
        else:
            parts = [written[id(arg)] if id(arg) in written else _famous(arg) for arg in value.args]
            written[id(value)] = _shorter(applied(value.op, parts))
    return written[id(slope)]


def in_numbers(formula: Formula) -> Formula:
    """A mesma fórmula com o número de cada folha no lugar dela."""
    if isinstance(formula, Symbol | Derivative | Letter | Constant):
        return Number(formula.value, formula)
    return changed(formula, in_numbers)


def changed(formula: Formula, change: Callable[[Formula], Formula]) -> Formula:
    """A fórmula com cada uma das suas partes imediatas trocada."""
    match formula:
        case Negative(inner):
            return Negative(change(inner))
        case Sum(terms):
            return Sum(tuple([change(term) for term in terms]))
        case Product(factors, chain):
            return Product(tuple([change(factor) for factor in factors]), chain)
        case Quotient(numerator, denominator):
            return Quotient(change(numerator), change(denominator))
        case Power(base, exponent):
            return Power(change(base), change(exponent))
        case Root(degree, radicand):
            return Root(degree, change(radicand))
        case Absolute(inner):
            return Absolute(change(inner))
        case Call(operation, args):
            return Call(operation, tuple([change(arg) for arg in args]))
        case Choice(operation, left, sign, right, yes, no):
            return Choice(operation, change(left), sign, change(right), change(yes), change(no))
        case Parenthesized(inner, when_negative):
            return Parenthesized(change(inner), when_negative)
    return formula


def applied(operation: Operation, parts: Sequence[Formula]) -> Formula:
    """Uma operação da tabela aplicada a essas partes, como se escreve num livro."""
    spell = _SPELLINGS.get(operation.name)
    return Call(operation, tuple(parts)) if spell is None else spell(operation, parts)


def total(terms: Sequence[Formula]) -> Formula:
    """A soma dos termos; a de um só é ele mesmo, e a de nenhum é 0."""
    return Sum(tuple(terms)) if len(terms) > 1 else terms[0] if terms else Number(0)


def product(factors: Sequence[Formula], chain: bool = False) -> Formula:
    """O produto dos fatores; constantes iguais a 1 não se escrevem, e um -1 vira sinal."""
    kept = [factor for factor in factors if not _is_constant(factor, 1)]
    negative = bool(kept) and _is_constant(kept[0], -1) and len(kept) > 1
    kept = kept[negative:]
    whole = Product(tuple(kept), chain) if len(kept) > 1 else kept[0] if kept else ONE
    return Negative(whole) if negative else whole


def _is_constant(formula: Formula, value: int) -> bool:
    return isinstance(formula, Number) and formula.stands_for is None and bool(formula.value == value)


def _squared(part: Formula) -> Formula:
    return ONE if _is_constant(part, 1) else Power(part, Number(2))


def _weighted(parts: Sequence[Formula]) -> Formula:
    half = len(parts) // 2
    return total([product(pair) for pair in zip(parts[:half], parts[half:], strict=True)])


_SPELLINGS: dict[str, Callable[[Operation, Sequence[Formula]], Formula]] = {
    "add": lambda _, p: Sum((p[0], p[1])),
    "sub": lambda _, p: Sum((p[0], Negative(p[1]))),
    "neg": lambda _, p: Negative(p[0]),
    "mul": lambda _, p: product(p),
    "div": lambda _, p: Quotient(p[0], p[1]),
    "pow": lambda _, p: Power(p[0], p[1]),
    "identity": lambda _, p: p[0],
    "square": lambda _, p: Power(p[0], Number(2)),
    "reciprocal": lambda _, p: Quotient(ONE, p[0]),
    "abs": lambda _, p: Absolute(p[0]),
    "exp2": lambda _, p: Power(Number(2), p[0]),
    "expm1": lambda _, p: Sum((Call(ops.exp, (p[0],)), Negative(ONE))),
    "log1p": lambda _, p: Call(ops.log, (Sum((ONE, p[0])),)),
    "sqrt": lambda _, p: Root(2, p[0]),
    "cbrt": lambda _, p: Root(3, p[0]),
    "hypot": lambda _, p: Root(2, Sum((_squared(p[0]), _squared(p[1])))),
    "logsigmoid": lambda _, p: Call(ops.log, (Call(ops.sigmoid, (p[0],)),)),
    "sum": lambda _, p: total(p),
    "mean": lambda _, p: Quotient(total(p), Number(len(p))) if len(p) > 1 else p[0],
    "logsumexp": lambda _, p: Call(ops.log, (total([Call(ops.exp, (part,)) for part in p]),)),
    "dot": lambda _, p: _weighted(p),
    "where_less": lambda row, p: Choice(row, p[0], "<", p[1], p[2], p[3]),
    "where_less_equal": lambda row, p: Choice(row, p[0], "≤", p[1], p[2], p[3]),
}
"""As operações que um livro não escreve como nome(argumentos)."""


def _shorter(formula: Formula) -> Formula:
    """Uma parte de derivada local como um aluno a deixaria: nada elevado a 1, nem um fator repetido."""
    match formula:
        case Power(base, Number(1)):
            return base
        case Power(Root(2, radicand), Number(2)):
            return radicand
        case Product((*before, left, right)) if left == right and isinstance(left, Symbol):
            return product([*before, Power(left, Number(2))])
        case Product((Product(inner), last)):
            return _shorter(Product((*inner, last)))
        case Product((Negative(inner), *others)):
            return Negative(_shorter(product([inner, *others])))
        case Quotient(Negative(inner), denominator):
            return Negative(Quotient(inner, denominator))
        case Quotient(Quotient(numerator, first), second) if first == second:
            return Quotient(numerator, _shorter(Power(first, Number(2))))
    return formula


def _famous(value: Any) -> Formula:
    """Um número de uma regra; os conhecidos, por extenso."""
    if not isinstance(value, float) or abs(value) not in _FAMOUS:
        return Number(value)
    constant = Constant(_FAMOUS[abs(value)], abs(value))
    return Negative(constant) if value < 0 else constant


_PI = Letter("π", math.pi)
_FAMOUS: dict[float, Formula] = {
    math.log(2): Call(ops.log, (Number(2),)),
    math.log(10): Call(ops.log, (Number(10),)),
    math.sqrt(0.5): Root(2, Number(Fraction(1, 2))),
    math.sqrt(2 * math.pi): Root(2, Product((Number(2), _PI))),
    2 / math.sqrt(math.pi): Quotient(Number(2), Root(2, _PI)),
}
"""Os números com que as regras da tabela são escritas, e como um livro os escreve."""

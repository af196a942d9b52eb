"""Fórmulas em MathML, que os navegadores desenham sem ajuda, com lacunas onde os números mudam na página.

Um número que está no lugar de um nó, de um gradiente ou de uma derivada local é uma lacuna: um `<mn>` vazio cujo
atributo diz o que o preenche. `data-v="3"` é o valor do nó 3, `data-d="3"` o gradiente dele, `data-l=""` a derivada
local de que a fórmula fala. Parênteses que só um número negativo pede ficam num `<mrow data-p="">`, e `data-t` é a
frase da lista que o texto é, para que a página a troque com a língua.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from html import escape
from typing import Any

from micrograd_pt import ops
from micrograd_pt.graph import Node
from micrograd_pt.lesson import (
    Derivative,
    Formula,
    FormulaWriter,
    Negative,
    Number,
    Parenthesized,
    Product,
    Sum,
    Symbol,
    in_numbers,
    laid_out,
)
from micrograd_pt.ops import Operation
from micrograd_pt.words import LANGUAGES, TypesetName, number, sentence, shown_name, typeset_name


class MathWriter(FormulaWriter):
    """Escreve fórmulas em MathML.

    Args:
        root: o nó de que se partem os gradientes.
        digits: algarismos significativos das constantes.
        lang: a língua dos nomes das funções.
    """

    stacked = True
    times: str = "<mo>·</mo>"
    far_times: str = '<mo lspace="0.35em" rspace="0.35em">·</mo>'
    dots = "<mo>⋯</mo>"

    def __init__(self, root: Node, digits: int, lang: str) -> None:
        super().__init__(digits, lang)
        self.output = root

    def symbols(self, formula: Formula) -> str:
        """A fórmula em símbolos."""
        return self.written(laid_out(formula, stacked=True, digits=self.digits))

    def numbers(self, formula: Formula) -> str:
        """A fórmula em números, com as lacunas."""
        return self.written(laid_out(in_numbers(formula), stacked=True, digits=self.digits, live=True))

    def term(self, formula: Formula) -> str:
        """Uma parcela de uma soma em números, como se escreve depois da primeira, com as lacunas."""
        (_, term) = _terms(laid_out(Sum((Number(1), in_numbers(formula))), stacked=True, digits=self.digits, live=True))
        return self.written(term)

    def written(self, formula: Formula) -> str:
        match formula:
            case Number(_, Symbol(node)):
                return f'<mn data-v="{node.index}"></mn>'
            case Number(_, Derivative(of, by)) if of is self.output:
                return f'<mn data-d="{by.index}"></mn>'
            case Number(_, Derivative()):
                return '<mn data-l=""></mn>'
            case Parenthesized(inner, True):
                return f'<mrow data-p=""><mo>(</mo>{self.written(inner)}<mo>)</mo></mrow>'
            case Negative(inner):
                return f"<mrow><mo>−</mo>{self.written(inner)}</mrow>"
            case Product():
                return f"<mrow>{super().written(formula)}</mrow>"
        return super().written(formula)

    def sum(self, terms: Sequence[Formula]) -> str:
        text = self.written(terms[0])
        for term in terms[1:]:
            negative = isinstance(term, Negative)
            inner = self.written(term.inner) if isinstance(term, Negative) else self.written(term)
            text += f"<mo>{'−' if negative else '+'}</mo>{inner}"
        return f"<mrow>{text}</mrow>"

    def number(self, value: Any) -> str:
        text = number(value, self.digits)
        sign = "<mo>−</mo>" if text.startswith("-") else ""
        text = text.removeprefix("-")
        if isinstance(value, Fraction) and "/" in text:
            top, bottom = text.split("/")
            text = f"<mfrac><mn>{top}</mn><mn>{bottom}</mn></mfrac>"
        elif "e" in text:
            mantissa, exponent = text.split("e")
            power = f"{int(exponent)}".replace("-", "−")
            text = f"<mn>{mantissa}</mn><mo>·</mo><msup><mn>10</mn><mn>{power}</mn></msup>"
        else:
            text = f"<mn>{text}</mn>"
        return f"<mrow>{sign}{text}</mrow>" if sign or "<mo>" in text else text

    def name(self, node: Node) -> str:
        shown = shown_name(node.name)
        typeset = typeset_name(shown)
        return f"<mtext>{escape(shown)}</mtext>" if typeset is None else self._typeset(typeset)

    def _typeset(self, name: TypesetName) -> str:
        if not name.subscripts:
            return self.letter(name.stem)
        indices = "<mo>,</mo>".join([self._typeset(index) for index in name.subscripts])
        return f"<msub>{self.letter(name.stem)}<mrow>{indices}</mrow></msub>"

    def letter(self, letter: str) -> str:
        tag = "mn" if letter.isdigit() else "mi"
        return f"<{tag}>{escape(letter)}</{tag}>"

    def derivative(self, of: Node, by: Node) -> str:
        top, bottom = (f"<mrow><mo>∂</mo>{self.name(node)}</mrow>" for node in (of, by))
        return f"<mfrac>{top}{bottom}</mfrac>"

    def partial(self, of: Node, by: Node, place: int) -> str:
        before, after = (f"<mtext>{escape(text)}</mtext>" if text else "" for text in self.placed(place))
        top = f"<mrow><mo>∂</mo>{self.name(of)}</mrow>"
        return f"<mfrac>{top}<mrow><mo>∂</mo>{self.group(before + self.name(by) + after)}</mrow></mfrac>"

    def sign(self, sign: str) -> str:
        return f"<mo>{escape(sign)}</mo>"

    def group(self, inner: str) -> str:
        return f"<mrow><mo>(</mo>{inner}<mo>)</mo></mrow>"

    def quotient(self, numerator: str, denominator: str) -> str:
        return f"<mfrac><mrow>{numerator}</mrow><mrow>{denominator}</mrow></mfrac>"

    def power(self, base: str, exponent: str) -> str:
        return f"<msup><mrow>{base}</mrow><mrow>{exponent}</mrow></msup>"

    def root(self, degree: int, radicand: str) -> str:
        if degree == 2:
            return f"<msqrt>{radicand}</msqrt>"
        return f"<mroot><mrow>{radicand}</mrow><mn>{degree}</mn></mroot>"

    def absolute(self, inner: str) -> str:
        return f"<mrow><mo>|</mo>{inner}<mo>|</mo></mrow>"

    def call(self, operation: Operation, args: Sequence[str]) -> str:
        if operation is ops.exp:
            return self.power("<mi>e</mi>", args[0])
        key = f"lesson.function.{operation.name}"
        translated = f' data-t="{key}"' if key in LANGUAGES[self.lang] else ""
        name = f"<mi{translated}>{escape(self.function(operation))}</mi>"
        return f"<mrow>{name}{self.group('<mo>,</mo>'.join(args))}</mrow>"

    def choice(self, name: str, condition: str, yes: str, no: str) -> str:
        if_word, otherwise = (self._word(f"lesson.{key}") for key in ("if", "otherwise"))
        first = f"<mtr><mtd>{yes}</mtd><mtd>{if_word}<mspace width='0.4em'/>{condition}</mtd></mtr>"
        second = f"<mtr><mtd>{no}</mtd><mtd>{otherwise}</mtd></mtr>"
        return f"<mrow><mo>{{</mo><mtable>{first}{second}</mtable></mrow>"

    def _word(self, key: str) -> str:
        return f'<mtext data-t="{key}">{escape(sentence(key, self.lang))}</mtext>'


def _terms(formula: Formula) -> tuple[Formula, ...]:
    assert isinstance(formula, Sum)
    return formula.terms

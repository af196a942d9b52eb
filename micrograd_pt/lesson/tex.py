"""Fórmulas em LaTeX: só o que o amsmath, o MathJax e o KaTeX entendem, e qualquer rótulo como texto."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from micrograd_pt import ops
from micrograd_pt.graph import Node
from micrograd_pt.lesson.writing import FormulaWriter
from micrograd_pt.ops import Operation
from micrograd_pt.words import TypesetName, number, sentence, shown_name, typeset_name

_GREEK = {
    **{"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ζ": "zeta", "η": "eta"},
    **{"θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi"},
    **{"ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "varphi", "χ": "chi", "ψ": "psi", "ω": "omega"},
    **{"Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi"},
    **{"Ψ": "Psi", "Ω": "Omega"},
}
_GREEK_WORDS = {*_GREEK.values(), "epsilon", "phi"}
_KNOWN = {"sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "log", "max", "min"}
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "`": r"\textasciigrave{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"{''}",
    "-": r"{-}",
    "…": r"\dots{}",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "−": r"$-$",
    "—": r"---",
    "–": r"--",
}


_MARKDOWN = "\\`*_{}[]<>#|~$&"


class TexWriter(FormulaWriter):
    """Escreve fórmulas em LaTeX, para o pdflatex."""

    stacked = True
    times: str = r" \cdot "
    far_times: str = r" \cdot "
    dots: str = r"\cdots"
    row = r"\\"
    """O que separa duas linhas de um alinhamento."""

    def number(self, value: Any) -> str:
        text = number(value, self.digits)
        if isinstance(value, Fraction) and "/" in text:
            top, bottom = text.removeprefix("-").split("/")
            return f"{'-' * text.startswith('-')}\\frac{{{top}}}{{{bottom}}}"
        if "e" in text:
            mantissa, exponent = text.split("e")
            return f"{mantissa} \\times 10^{{{int(exponent)}}}"
        return text.replace("inf", r"\infty").replace("nan", r"\mathrm{NaN}")

    def name(self, node: Node) -> str:
        return self._named(shown_name(node.name))

    def _named(self, name: str) -> str:
        typeset = typeset_name(name)
        return self.literal(name) if typeset is None else self._typeset(typeset)

    def _typeset(self, name: TypesetName) -> str:
        indices = ",".join([self._typeset(index) for index in name.subscripts])
        return f"{self._stem(name.stem)}_{{{indices}}}" if indices else self._stem(name.stem)

    def letter(self, letter: str) -> str:
        return self._named(letter)

    def _stem(self, stem: str) -> str:
        """Uma letra em itálico, uma palavra em redondo, uma letra grega pelo comando dela."""
        if stem in _GREEK:
            return f"\\{_GREEK[stem]}"
        if stem in _GREEK_WORDS:
            return f"\\{stem}"
        if stem.isascii() and stem.isalnum():
            return stem if len(stem) == 1 or stem.isdigit() else f"\\mathrm{{{stem}}}"
        return self.literal(stem)

    def literal(self, text: str) -> str:
        """Um texto qualquer, sem que nada nele seja interpretado."""
        return f"\\text{{{''.join(map(_escaped, text))}}}"

    def words(self, text: str) -> str:
        """Uma frase fora das fórmulas."""
        return "".join(map(_escaped, text))

    def derivative(self, of: Node, by: Node) -> str:
        return f"\\frac{{\\partial {self.name(of)}}}{{\\partial {self.name(by)}}}"

    def partial(self, of: Node, by: Node, place: int) -> str:
        before, after = (self.literal(text) if text else "" for text in self.placed(place))
        return f"\\frac{{\\partial {self.name(of)}}}{{\\partial ({before}{self.name(by)}{after})}}"

    def sign(self, sign: str) -> str:
        return r"\le" if sign == "≤" else sign

    def group(self, inner: str) -> str:
        return self._between("(", inner, ")")

    def quotient(self, numerator: str, denominator: str) -> str:
        return f"\\frac{{{numerator}}}{{{denominator}}}"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{{{exponent}}}"

    def root(self, degree: int, radicand: str) -> str:
        return f"\\sqrt{'' if degree == 2 else f'[{degree}]'}{{{radicand}}}"

    def absolute(self, inner: str) -> str:
        return self._between(r"\lvert ", inner, r" \rvert")

    def call(self, operation: Operation, args: Sequence[str]) -> str:
        if operation is ops.exp:
            return f"e^{{{args[0]}}}"
        return f"{self._function_name(operation)}{self.group(', '.join(args))}"

    def choice(self, name: str, condition: str, yes: str, no: str) -> str:
        if_word, otherwise = (self.literal(sentence(f"lesson.{key}", self.lang)) for key in ("if", "otherwise"))
        return f"\\begin{{cases}} {yes} & {if_word}\\ {condition} {self.row} {no} & {otherwise} \\end{{cases}}"

    def _function_name(self, operation: Operation) -> str:
        name = self.function(operation)
        if name in _KNOWN:
            return f"\\{name}"
        if name in ("log₂", "log₁₀"):
            return f"\\log_{{{operation.name[3:]}}}"
        if name in _GREEK:
            return f"\\{_GREEK[name]}"
        if re.fullmatch("[A-Za-z][A-Za-z0-9_]*", name):
            return f"\\operatorname{{{name.replace('_', '-')}}}"
        return self.literal(shown_name(name))

    def _between(self, left: str, inner: str, right: str) -> str:
        """Delimitadores da altura do que está dentro; os de altura comum deixam a linha ser quebrada entre eles."""
        tall = r"\frac" in inner or r"\begin" in inner
        return f"\\left{left}{inner}\\right{right.strip()}" if tall else f"{left}{inner}{right}"


class MarkdownTexWriter(TexWriter):
    """Escreve LaTeX que atravessa um texto Markdown: sem nenhuma barra antes de pontuação, que o GitHub comeria.

    Os sinais que ali teriam sentido próprio, vindos de um rótulo, aparecem na sua forma larga, que não tem nenhum.
    """

    row = r"\cr"

    def literal(self, text: str) -> str:
        return f"\\text{{{''.join(map(_widened, text))}}}"

    def words(self, text: str) -> str:
        return "".join([f"\\{sign}" if sign in _MARKDOWN else sign for sign in text])

    def choice(self, name: str, condition: str, yes: str, no: str) -> str:
        return super().choice(name, condition, yes, no).replace("\\ ", "~")


def _escaped(sign: str) -> str:
    """Um caractere como texto do pdflatex."""
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    if sign.isascii() and sign.isprintable():
        return sign
    if sign in _GREEK:
        return f"$\\{_GREEK[sign]}$"
    if sign in "₀₁₂₃₄₅₆₇₈₉":
        return f"$_{{{'₀₁₂₃₄₅₆₇₈₉'.index(sign)}}}$"
    return sign if ("À" <= sign <= "ſ" and sign not in "×÷ĦħĿŀŉŦŧĸſ") or sign in "ªº²³¹" else f"U+{ord(sign):04X}"


def _widened(sign: str) -> str:
    """Um caractere como texto de uma fórmula em Markdown."""
    if sign.isascii() and not sign.isalnum() and sign not in " ,.:;()=+-/'":
        return chr(ord(sign) + 0xFEE0)
    return sign

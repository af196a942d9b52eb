"""Fórmulas numa linha de texto, com os sinais e índices do Unicode."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from micrograd_pt.graph import Node
from micrograd_pt.lesson.writing import FormulaWriter
from micrograd_pt.ops import Operation
from micrograd_pt.words import is_simple_name, number, shown_name, subscripts, superscripts

_ROOTS = {2: "√", 3: "∛"}


class PlainWriter(FormulaWriter):
    """Escreve fórmulas como texto: `∂E/∂z_o · o·(1 - o)`."""

    stacked = False
    times: str = "·"
    far_times: str = " · "
    dots: str = "…"

    def number(self, value: Any) -> str:
        return number(value, self.digits)

    def name(self, node: Node) -> str:
        return subscripts(shown_name(node.name))

    def letter(self, letter: str) -> str:
        return subscripts(letter)

    def derivative(self, of: Node, by: Node) -> str:
        return "/".join([f"∂{self._under(node)}" for node in (of, by)])

    def partial(self, of: Node, by: Node, place: int) -> str:
        before, after = self.placed(place)
        return f"∂{self._under(of)}/∂({before}{self.name(by)}{after})"

    def _under(self, node: Node) -> str:
        return self.name(node) if is_simple_name(node.name) else f"({self.name(node)})"

    def sign(self, sign: str) -> str:
        return sign

    def group(self, inner: str) -> str:
        return f"({inner})"

    def quotient(self, numerator: str, denominator: str) -> str:
        return f"{numerator} / {denominator}"

    def power(self, base: str, exponent: str) -> str:
        bare = exponent.removeprefix("(").removesuffix(")")
        return base + superscripts(bare) if re.fullmatch(r"-?\d", bare) else f"{base}^{exponent}"

    def root(self, degree: int, radicand: str) -> str:
        return f"{_ROOTS[degree]}({radicand})"

    def absolute(self, inner: str) -> str:
        return f"|{inner}|"

    def call(self, operation: Operation, args: Sequence[str]) -> str:
        return f"{self.function(operation)}({', '.join(args)})"

    def choice(self, name: str, condition: str, yes: str, no: str) -> str:
        return f"{name}({condition}; {yes}; {no})"

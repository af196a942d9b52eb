"""As regras da tabela para a página: as contas, como JavaScript, e as derivadas locais por extenso, com escolhas.

A derivada local de um relu é 1 ou nada; a fórmula que a página mostra depende do número, que o aluno pode mudar. Por
isso cada regra é seguida por todos os caminhos dos seus `if`s: o que cada um escreve é uma variante, e uma função diz
qual delas vale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from micrograd_pt.engine import Value
from micrograd_pt.graph import Node
from micrograd_pt.ops import Operation
from micrograd_pt.page.javascript import rule_key, write_function, write_rule
from micrograd_pt.written import Book, Written

_MOST_VARIANTS = 16


class _TooManyVariantsError(Exception):
    """A regra responde de tantas maneiras que não se escrevem todas."""


@dataclass(frozen=True)
class WrittenSlopes:
    """As derivadas locais de uma operação, por extenso.

    Attributes:
        pick: o número da função que diz qual variante vale; None se só há uma.
        result: a folha que está no lugar do resultado.
        args: a folha no lugar de cada argumento; None onde ele é uma constante.
        variants: cada variante: uma derivada por argumento, que é um grafo pequeno sobre aquelas folhas, um número ou
            None (um ramo fechado, ou uma constante). Vazio se há variantes demais para se escreverem.
    """

    pick: int | None
    result: Value
    args: tuple[Value | None, ...]
    variants: tuple[tuple[Any, ...], ...]


class Rules:
    """As regras que um grafo usa, cada uma escrita uma vez.

    Attributes:
        written: o texto de cada regra, pelo nome dela.
        picks: as funções que escolhem variantes.
    """

    def __init__(self) -> None:
        self.written: dict[str, str] = {}
        self.picks: list[str] = []
        self._slopes: dict[Any, WrittenSlopes] = {}

    def key(self, node: Node) -> str:
        """O nome da regra de um nó, que fica escrita.

        Raises:
            CompileError: a regra usa algo que não se pode escrever.
        """
        assert node.op is not None
        key = rule_key(node.op, len(node.inputs))
        if key not in self.written:
            self.written[key] = write_rule(node.op, len(node.inputs))
        return key

    def slopes(self, node: Node) -> WrittenSlopes:
        """As derivadas locais de um nó, por extenso."""
        assert node.op is not None
        constants = tuple([None if isinstance(arg, Node) else (type(arg), repr(arg)) for arg in node.inputs])
        key = (node.op, constants)
        if key not in self._slopes:
            self._slopes[key] = self._followed(node.op, node.inputs)
        return self._slopes[key]

    def _followed(self, operation: Operation, inputs: Sequence[Any]) -> WrittenSlopes:
        """As derivadas por todos os caminhos: as folhas levam expressões, que perguntam em vez de responder."""
        book = Book()
        result = _leaf(book.name("y"))
        places = [
            _leaf(book.name(f"a[{place}]")) if isinstance(arg, Node) else None for place, arg in enumerate(inputs)
        ]
        args = [arg if place is None else place for place, arg in zip(places, inputs, strict=True)]
        wanted = [place is not None for place in places]
        found: list[tuple[Any, ...]] = []

        def variant() -> int:
            slopes = operation.derivatives(result, args, wanted=wanted)
            written = tuple([slope if want else None for slope, want in zip(slopes, wanted, strict=True)])
            if len(found) == _MOST_VARIANTS:
                raise _TooManyVariantsError
            found.append(written)
            return len(found) - 1

        try:
            chosen: Written = book.follow(variant, (), operation)
        except _TooManyVariantsError:
            return WrittenSlopes(None, result, tuple(places), ())
        pick = None
        if len(found) > 1:
            pick = len(self.picks)
            self.picks.append(write_function("(y, a)", [chosen], operation))
        return WrittenSlopes(pick, result, tuple(places), tuple(found))

    def source(self) -> str:
        """O texto das regras, como um trecho de módulo JavaScript."""
        rules = "\n".join([f'  "{key}": {text},' for key, text in self.written.items()])
        picks = "\n".join([f"  {text}," for text in self.picks])
        return f"const RULES = {{\n{rules}\n}};\nconst PICKS = [\n{picks}\n];\n"


def _leaf(expression: Written) -> Any:
    """Uma folha cujo número só se escreve."""
    leaf: Any = Value(0)
    leaf.data = expression
    return leaf

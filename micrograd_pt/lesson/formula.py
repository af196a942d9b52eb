"""Fórmulas: um grafo pequeno de `Value`s escrito como num livro, com nomes ou com números.

A fórmula de uma derivada local não está escrita em lugar nenhum: a regra da tabela recebe folhas com os nomes dos
argumentos, o que ela devolve é um grafo, e aqui esse grafo vira texto.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from micrograd_pt.engine import Value
from micrograd_pt.ops import Operation

Show = Callable[[Any], str]
"""Como mostrar uma folha (um `Value` com rótulo) ou um número."""

_FRACTION = re.compile(r"\d+/\d+")

_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4


def formula(operation: Operation, names: Sequence[Any], show: Show) -> str:
    """A operação aplicada a esses argumentos, em símbolos.

    Args:
        operation: a linha da tabela.
        names: os argumentos: folhas `Value`, e números onde há constantes.
        show: como mostrar cada um.
    """
    return _applied(operation, names, show)[0]


def local_formula(slope: Any, show: Show) -> str:
    """Uma derivada local, que a regra da tabela escreveu com folhas, em símbolos.

    Args:
        slope: o que a regra devolveu: um grafo pequeno, ou um número.
        show: como mostrar cada folha e cada número.
    """
    text, strength = _written(slope, show)
    return text if strength >= _PRODUCT and not text.startswith("-") else f"({text})"


def product(factors: Sequence[str]) -> str:
    """Os fatores multiplicados; um fator negativo depois do primeiro vai entre parênteses."""
    return " · ".join(f"({text})" if text.startswith("-") and place else text for place, text in enumerate(factors))


def total(terms: Sequence[str]) -> str:
    """Os termos somados; um termo negativo é subtraído, nunca `+ -3`."""
    text = terms[0]
    for term in terms[1:]:
        text += f" - {term[1:]}" if term.startswith("-") else f" + {term}"
    return text


def _written(node: Any, show: Show) -> tuple[str, int]:
    """O texto de um nó e com que força ele se mantém junto."""
    if isinstance(node, Value) and node.op is not None:
        return _applied(node.op, node.args, show)
    text = show(node)
    if text.startswith("-"):
        return text, _SUM
    return text, _PRODUCT if _FRACTION.fullmatch(text) else _ATOM


def _applied(operation: Operation, args: Sequence[Any], show: Show) -> tuple[str, int]:
    parts = [_written(arg, show) for arg in args]
    match operation.name:
        case "add":
            return total([text for text, _ in parts]), _SUM
        case "sub":
            return f"{parts[0][0]} - {_unsigned(parts[1])}", _SUM
        case "neg":
            return f"-{_unsigned(parts[0])}", _SUM
        case "mul":
            factors = [(arg, part) for arg, part in zip(args, parts, strict=True) if not _is_one(arg)]
            if len(factors) < 2:
                return factors[0][1] if factors else ("1", _ATOM)
            return "·".join(
                _kept(part, _PRODUCT, first=place == 0) for place, (_, part) in enumerate(factors)
            ), _PRODUCT
        case "div":
            return f"{_kept(parts[0], _PRODUCT, first=True)} / {_kept(parts[1], _POWER)}", _PRODUCT
        case "pow":
            if isinstance(args[1], (int, float)) and args[1] == 1:
                return parts[0]
            return f"{_kept(parts[0], _ATOM)}^{_kept(parts[1], _ATOM)}", _POWER
        case "dot":
            half = len(args) // 2
            pairs = [_applied_product(args[i], args[half + i], show) for i in range(half)]
            return (total(pairs), _SUM) if pairs else ("0", _ATOM)
        case "where_less" | "where_less_equal":
            sign = "<" if operation.name == "where_less" else "≤"
            condition = f"{parts[0][0]} {sign} {parts[1][0]}"
            return f"{operation.symbol}({condition}; {parts[2][0]}; {parts[3][0]})", _ATOM
        case "abs":
            return f"|{parts[0][0]}|", _ATOM
    return f"{operation.symbol}({', '.join(text for text, _ in parts)})", _ATOM


def _applied_product(weight: Any, entry: Any, show: Show) -> str:
    """Um termo da soma ponderada; o fator constante 1 não se escreve."""
    if _is_one(entry):
        return _written(weight, show)[0]
    return f"{_kept(_written(weight, show), _PRODUCT, first=True)}·{_kept(_written(entry, show), _PRODUCT)}"


def _is_one(arg: Any) -> bool:
    return not isinstance(arg, Value) and arg == 1


def _unsigned(part: tuple[str, int]) -> str:
    """O texto do que vem depois de um sinal de menos."""
    return f"({part[0]})" if part[0].startswith("-") else _kept(part, _PRODUCT)


def _kept(part: tuple[str, int], needed: int, first: bool = False) -> str:
    """O texto, entre parênteses se sozinho não se manteria junto."""
    text, strength = part
    negative_number = text.startswith("-") and text[1:2].isdigit() and " " not in text
    return text if strength >= needed or (first and negative_number) else f"({text})"

"""Funções de perda: quanto a previsão se afasta da saída desejada."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def half_squared_error(output: Any, target: Any) -> Any:
    """Metade do quadrado do erro, E = ½ · (o − t)², somada sobre as saídas da rede.

    O fator ½ faz com que ∂E/∂o seja simplesmente o − t (Rumelhart, Hinton e Williams, 1986, eq. 3).

    Args:
        output: a saída da rede: um `Value` (ou número), ou uma lista deles.
        target: a saída desejada, na mesma forma.

    Returns:
        A perda: um `Value` se a saída é um; sem unidade.

    Raises:
        ValueError: a saída e a saída desejada têm tamanhos diferentes.
    """
    total: Any = None
    for o, t in paired(output, target):
        term = 0.5 * (o - t) ** 2
        total = term if total is None else total + term
    return total


def paired(output: Any, target: Any) -> list[tuple[Any, Any]]:
    """Cada saída com a sua saída desejada.

    Raises:
        ValueError: os tamanhos não batem, ou não há saída nenhuma.
    """
    outputs = list(output) if _is_sequence(output) else [output]
    targets = list(target) if _is_sequence(target) else [target]
    if len(outputs) != len(targets) or not outputs:
        raise ValueError(f"a rede deu {len(outputs)} saída(s), e a saída desejada tem {len(targets)}")
    return list(zip(outputs, targets, strict=True))


def _is_sequence(given: Any) -> bool:
    return isinstance(given, Sequence) or (hasattr(given, "__array__") and getattr(given, "shape", ()) != ())

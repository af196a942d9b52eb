"""Troca o sinal de uma derivada da tabela de cada vez e mostra que os testes da tabela percebem.

Uso: python -m tests.mutate_table. Sai com 1 se alguma troca passa despercebida.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from micrograd_pt import ops
from tests import test_table


def turned(rule: Callable[..., Any], place: int | None = None) -> Callable[..., Any]:
    """A mesma regra com o sinal trocado; numa regra que dá todas as derivadas, só o da de número `place`."""

    def wrong(*args: Any) -> Any:
        slope = rule(*args)
        if place is not None:
            return [-s if i == place and s is not None else s for i, s in enumerate(slope)]
        return None if slope is None else -slope

    return wrong


def mutations(operation: ops.Operation) -> Iterator[tuple[int, Any]]:
    """As derivadas da operação com um sinal trocado, uma troca por vez."""
    partials = operation.partials
    for place in range(len(test_table.ROWS[operation.name].domain)):
        if isinstance(partials, tuple):
            yield place, (*partials[:place], turned(partials[place]), *partials[place + 1 :])
        else:
            yield place, turned(partials, place)


@contextmanager
def mutated(operation: ops.Operation, partials: Any) -> Iterator[None]:
    right = operation.partials
    operation.partials = partials
    try:
        yield
    finally:
        operation.partials = right


def noticed(name: str) -> bool:
    """Verdadeiro se o teste da linha falha."""
    try:
        test_table.test_value_and_derivatives_agree_with_fifty_digits(name)
    except (AssertionError, ArithmeticError, ValueError):
        return True
    return False


def survivors() -> list[str]:
    """As trocas que os testes não percebem; as que não mudam nada (a derivada é sempre fechada) não contam."""
    left = []
    for name in sorted(test_table.ROWS):
        operation = ops.TABLE[name]
        if noticed(name):
            left.append(f"{name} falha já sem troca nenhuma")
        for place, partials in mutations(operation):
            if name.startswith("where") and place < 2:
                continue
            with mutated(operation, partials):
                if not noticed(name):
                    left.append(f"{name}, argumento {place + 1}")
    return left


if __name__ == "__main__":
    unnoticed = survivors()
    print("\n".join(f"despercebida: {what}" for what in unnoticed) or "toda troca de sinal foi percebida")
    sys.exit(bool(unnoticed))

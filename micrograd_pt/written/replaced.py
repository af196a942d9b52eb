"""O produto e a soma são os do pacote, ou alguém pôs outros no lugar, em `Value` ou numa subclasse?

No micrograd um neurônio multiplica e soma nó por nó; aqui a soma ponderada é um nó só, enquanto isso dá o mesmo.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from micrograd_pt.engine import Value
from micrograd_pt.written.methods import OWN

SUBCLASSES: set[str] = set()
"""Os nomes das subclasses de `Value` que já houve; quase sempre, nenhuma."""

_RULES, _PRODUCTS = vars(Value), ("__add__", "__radd__", "__mul__", "__rmul__")
_product_and_sum, _found = itemgetter("__mul__", "__add__"), ()


def products_are_ours(operands: Sequence[Any] | None = None) -> bool:
    """Verdadeiro se ninguém pôs outras regras no lugar das do produto e da soma, em `Value` ou numa subclasse.

    Args:
        operands: o que se multiplica e soma; sem indicação, qualquer nó, de qualquer subclasse que exista.
    """
    global _found
    found = _product_and_sum(_RULES)
    if found != _found:
        if not OWN.issuperset(found):
            return False
        _found = found
    if operands is None and not SUBCLASSES:  # quase sempre
        return True
    kinds: Any = Value.__subclasses__() if operands is None else {*map(type, operands)}
    return not any([_has_products(kind, deep=operands is None) for kind in kinds if issubclass(kind, Value)])


def _has_products(kind: type, deep: bool) -> bool:
    """Verdadeiro se uma subclasse tem o seu produto ou a sua soma; com `deep`, ou uma das subclasses dela."""
    own = kind.__mro__[: kind.__mro__.index(Value)]
    found = any([not vars(base).keys().isdisjoint(_PRODUCTS) for base in own])
    below: list[type] = kind.__subclasses__() if deep else []
    return found or any([_has_products(one, deep) for one in below])

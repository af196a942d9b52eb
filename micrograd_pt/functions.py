"""As operações que recebem uma lista ou uma condição, como funções: `sum`, `mean`, `dot`, `softmax`, `where`, …

Cada uma faz um nó só (o `softmax`, um por resultado e o da normalização), e devolve um número se tudo são números.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar, overload

from micrograd_pt import ops
from micrograd_pt.conditions import Condition
from micrograd_pt.engine import Value
from micrograd_pt.given import Number, as_number, shorten
from micrograd_pt.ops import DomainError

Chosen = TypeVar("Chosen")


@overload
def dot(weights: Iterable[Number], inputs: Iterable[Number]) -> float: ...
@overload
def dot(weights: Iterable[Value | Number], inputs: Iterable[Value | Number]) -> Value: ...
def dot(weights: Iterable[Any], inputs: Iterable[Any]) -> Any:
    """Produto escalar, ou soma ponderada: w₁·x₁ + … + wₙ·xₙ, num nó só.

    Args:
        weights: os n pesos, números ou `Value`s.
        inputs: as n entradas, números ou `Value`s.

    Returns:
        Um número se tudo são números; senão um nó.

    Raises:
        ValueError: as duas listas não têm o mesmo tamanho.
        TypeError: algum elemento não é um número.
    """
    weights, inputs = _listed(weights, "dot"), _listed(inputs, "dot")
    if len(weights) != len(inputs):
        raise ValueError(
            f"dot espera tantos pesos quantas entradas, e recebeu {len(weights)} peso(s) e {len(inputs)} entrada(s)"
        )
    return ops.weighted_sum(*weights, *inputs)


@overload
def sum(terms: Iterable[Number], start: Number = 0) -> float: ...
@overload
def sum(terms: Iterable[Value | Number], start: Value | Number = 0) -> Value: ...
def sum(terms: Iterable[Any], start: Any = 0) -> Any:
    """A soma dos termos, da esquerda para a direita, num nó só.

    Args:
        terms: números ou `Value`s.
        start: de onde se parte, como na `sum` do Python; é a soma de nenhum termo.
    """
    first = [] if type(start) is int and start == 0 else [start]
    return ops.total(*first, *_listed(terms, "sum"))


@overload
def mean(terms: Iterable[Number] | Number, *more: Number) -> float: ...
@overload
def mean(terms: Iterable[Value | Number] | Value | Number, *more: Value | Number) -> Value: ...
def mean(terms: Any, *more: Any) -> Any:
    """A média aritmética dos termos, dados numa lista ou um a um, num nó só.

    Raises:
        DomainError: não há termo nenhum.
    """
    return ops.average(*_listed([terms, *more] if more else terms, "mean"))


@overload
def logsumexp(terms: Iterable[Number] | Number, *more: Number) -> float: ...
@overload
def logsumexp(terms: Iterable[Value | Number] | Value | Number, *more: Value | Number) -> Value: ...
def logsumexp(terms: Any, *more: Any) -> Any:
    """log(e^x₁ + … + e^xₙ), sem estourar, num nó só; os termos, numa lista ou um a um.

    Raises:
        DomainError: não há termo nenhum.
    """
    return ops.log_sum_exp(*_listed([terms, *more] if more else terms, "logsumexp"))


@overload
def softmax(scores: Iterable[Number] | Number, *more: Number) -> list[float]: ...
@overload
def softmax(scores: Iterable[Value | Number] | Value | Number, *more: Value | Number) -> list[Value]: ...
def softmax(scores: Any, *more: Any) -> list[Any]:
    """As probabilidades e^xᵢ / Σ e^xⱼ (Bridle, 1990), calculadas como e^(xᵢ − logsumexp), que não estoura.

    Args:
        scores: uma nota por classe, números ou `Value`s.
        more: as outras, se não vêm numa lista.

    Returns:
        Uma probabilidade por nota, na mesma ordem; somam 1.

    Raises:
        DomainError: não há nota nenhuma.
    """
    scores = _listed([scores, *more] if more else scores, "softmax")
    if not scores:
        raise DomainError("softmax não está definida em (): pede ao menos uma nota")
    normalizer = logsumexp(scores)
    return [ops.exp(score - normalizer) for score in scores]


@overload
def where(condition: Condition, a: Value | Number, b: Value | Number) -> Value: ...
@overload
def where(condition: bool, a: Chosen, b: Chosen) -> Chosen: ...
def where(condition: Condition | bool, a: Any, b: Any) -> Any:
    """`a` se a condição vale, senão `b`; pelo lado não escolhido não passa gradiente.

    Args:
        condition: uma comparação de `Value`s, que fica escrita no grafo e é refeita por quem o lê; ou um `bool` comum,
            que é uma constante.
        a: o que se quer se a condição vale, número ou `Value`.
        b: o que se quer se ela não vale.

    Raises:
        TypeError: a condição não é uma comparação nem um `bool`.
        ChangedLeafError: um dos números comparados mudou depois da comparação.
    """
    if isinstance(condition, Condition):
        condition.require_unchanged()
        a, b = _checked(a), _checked(b)
        left, right = condition.left, condition.right
        if condition.sign in (">", ">="):
            left, right = right, left
        choose = ops.where_less if condition.sign in ("<", ">") else ops.where_less_equal
        return choose(left, right, a, b)
    if isinstance(condition, bool) or type(condition).__name__ in ("bool_", "bool"):
        a, b = _checked(a), _checked(b)
        return a if condition else b
    if hasattr(condition, "choose"):  # uma comparação que se escreve, na regra de uma linha nova da tabela
        return ops.choose(condition, a, b)
    raise TypeError(f"where espera uma comparação, como a > 0, ou um bool, e recebeu {shorten(condition)}")


def _checked(item: Any) -> Any:
    """O que se escolhe num `where`: um nó ou um número."""
    return item if hasattr(type(item), "record") else as_number(item, "where")


def _listed(items: Any, who: str) -> list[Any]:
    """Os itens como lista.

    Raises:
        TypeError: não é uma lista.
    """
    if isinstance(items, str) or not hasattr(items, "__iter__"):
        raise TypeError(f"{who} espera uma lista de números, e recebeu {shorten(items)} ({type(items).__name__})")
    return list(items)

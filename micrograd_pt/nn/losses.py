"""Funções de perda: quanto a previsão se afasta da saída desejada.

Cada uma recebe a saída da rede e a saída desejada de uma amostra, números ou `Value`s, e é feita só de operações da
tabela: o gradiente vem daí. As que têm um logaritmo são escritas de modo que nada estoure nem se apague.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias, overload

from micrograd_pt import functions, ops
from micrograd_pt.engine import Value
from micrograd_pt.given import Number, as_number, is_array, shorten
from micrograd_pt.ops import DomainError

Numbers: TypeAlias = Number | Sequence[Number]
Nodes: TypeAlias = Value | Sequence[Value | Number]
Target: TypeAlias = Value | Number | Sequence[Value | Number]


@overload
def half_squared_error(output: Numbers, target: Numbers) -> float: ...
@overload
def half_squared_error(output: Nodes, target: Target) -> Value: ...
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
    return _added([0.5 * (o - t) ** 2 for o, t in paired(output, target)])


@overload
def mean_squared_error(output: Numbers, target: Numbers) -> float: ...
@overload
def mean_squared_error(output: Nodes, target: Target) -> Value: ...
def mean_squared_error(output: Any, target: Any) -> Any:
    """O quadrado do erro, (o − t)², em média sobre as saídas da rede (Legendre, 1805: os mínimos quadrados).

    Args:
        output: a saída da rede: um `Value` (ou número), ou uma lista deles.
        target: a saída desejada, na mesma forma.

    Returns:
        A perda: um `Value` se a saída é um; sem unidade.

    Raises:
        ValueError: a saída e a saída desejada têm tamanhos diferentes.
    """
    terms = [ops.square(o - t) for o, t in paired(output, target)]
    return terms[0] if len(terms) == 1 else functions.mean(terms)


@overload
def binary_cross_entropy(probability: Numbers, target: Numbers) -> float: ...
@overload
def binary_cross_entropy(probability: Nodes, target: Target) -> Value: ...
def binary_cross_entropy(probability: Any, target: Any) -> Any:
    """Entropia cruzada binária, −[t · log p + (1 − t) · log(1 − p)], somada sobre as saídas (Bishop, 2006, eq. 4.90).

    Uma parcela de peso 0 não é calculada: com p = 0 e t = 0 a perda é 0. Com p = 0 e t > 0, ou p = 1 e t < 1, ela
    seria infinita, e isso é um erro. Uma rede que dá notas em vez de probabilidades treina melhor com
    `binary_cross_entropy_with_logits`.

    Args:
        probability: a probabilidade da classe 1, de 0 a 1 (a saída de uma sigmoide), ou uma lista delas.
        target: a saída desejada, de 0 a 1, na mesma forma.

    Returns:
        A perda, em nats: um `Value` se a saída é um.

    Raises:
        ValueError: tamanhos diferentes, ou uma saída desejada fora de 0 a 1.
        DomainError: a perda é infinita, ou uma probabilidade está fora de 0 a 1.
    """
    terms: list[Any] = []
    for p, t in paired(probability, target):
        _require_probability(t)
        try:
            if not _may_be_probability(p):
                raise DomainError(f"uma probabilidade vai de 0 a 1, e esta é {_shown(p)}")
            if not _is(t, 0):
                terms.append(-t * ops.log(p))
            if not _is(t, 1):
                terms.append((t - 1) * ops.log1p(-p))
        except DomainError as error:
            raise DomainError(
                f"a entropia cruzada não é finita com a probabilidade {_shown(p)} e a saída desejada {_shown(t)}: "
                "use binary_cross_entropy_with_logits na soma ponderada, antes da sigmoide"
            ) from error
    return _added(terms)


@overload
def binary_cross_entropy_with_logits(logit: Numbers, target: Numbers) -> float: ...
@overload
def binary_cross_entropy_with_logits(logit: Nodes, target: Target) -> Value: ...
def binary_cross_entropy_with_logits(logit: Any, target: Any) -> Any:
    """Entropia cruzada binária da probabilidade σ(z), a partir da nota z (Bishop, 2006, eq. 4.90).

    t · softplus(−z) + (1 − t) · softplus(z) é a mesma conta, porque −log σ(z) = softplus(−z): nenhum z a estoura, e a
    perda pequena de uma previsão certa não se apaga.

    Args:
        logit: a nota da classe 1, qualquer número (a saída de um neurônio linear), ou uma lista delas.
        target: a saída desejada, de 0 a 1, na mesma forma.

    Returns:
        A perda, em nats: um `Value` se a saída é um.

    Raises:
        ValueError: tamanhos diferentes, ou uma saída desejada fora de 0 a 1.
    """
    terms: list[Any] = []
    for z, t in paired(logit, target):
        _require_probability(t)
        for weight, score in ((t, -z), (1 - t, z)):
            if not _is(weight, 0):
                surprise = ops.softplus(score)
                terms.append(surprise if _is(weight, 1) else weight * surprise)
    return _added(terms)


@overload
def cross_entropy(logits: Sequence[Number], target: Numbers) -> float: ...
@overload
def cross_entropy(logits: Sequence[Value | Number], target: Target) -> Value: ...
def cross_entropy(logits: Any, target: Any) -> Any:
    """Entropia cruzada do softmax das notas, log Σ exp(z) − Σ t · z (Bridle, 1990; Bishop, 2006, eq. 4.108).

    Args:
        logits: uma nota por classe, ao menos duas (as saídas de neurônios lineares).
        target: a classe certa, contada a partir de 0; ou uma lista com a probabilidade desejada de cada classe, que
            somam 1 (na codificação one-hot, 1 na classe certa e 0 nas outras).

    Returns:
        A perda, em nats: um `Value` se alguma nota é um.

    Raises:
        ValueError: menos de duas notas, uma classe que não existe, ou probabilidades que não são uma por classe, de 0
            a 1 e somando 1.
        TypeError: a classe não é um número.
    """
    scores = list(logits) if _is_sequence(logits) else [logits]
    if len(scores) < 2:
        raise ValueError(
            f"cross_entropy espera uma nota por classe, ao menos duas, e recebeu {len(scores)}; com uma saída só, use "
            "binary_cross_entropy_with_logits"
        )
    normalizer = functions.logsumexp(scores)
    if _is_sequence(target):
        chances = _distribution(target, len(scores))
        chosen = [(chance, score) for chance, score in zip(chances, scores, strict=True) if not _is(chance, 0)]
        return normalizer - functions.dot(*zip(*chosen, strict=True))  # 0 · −∞ não é um número
    if isinstance(target, Value):
        return normalizer - functions.dot(_one_hot(target, len(scores)), scores)
    return normalizer - scores[_class_index(target, len(scores))]


@overload
def hinge(output: Numbers, target: Numbers) -> float: ...
@overload
def hinge(output: Nodes, target: Target) -> Value: ...
def hinge(output: Any, target: Any) -> Any:
    """A perda de dobradiça, max(0, 1 − t · o), somada sobre as saídas (Cortes e Vapnik, 1995; Bishop, 2006, eq. 7.44).

    Args:
        output: a saída da rede, cujo sinal é a classe: um `Value` (ou número), ou uma lista deles.
        target: a saída desejada, −1 ou 1, na mesma forma.

    Returns:
        A perda: um `Value` se a saída é um; sem unidade.

    Raises:
        ValueError: tamanhos diferentes, ou uma saída desejada que não é −1 nem 1.
    """
    pairs = paired(output, target)
    for _, t in pairs:
        if _known(t) not in (None, -1, 1):
            raise ValueError(f"hinge espera -1 ou 1 como saída desejada, e recebeu {_shown(t)}; de 0 e 1, use 2·t - 1")
    return _added([ops.relu(1 - t * o) for o, t in pairs])


def paired(output: Any, target: Any) -> list[tuple[Any, Any]]:
    """Cada saída com a sua saída desejada.

    Raises:
        ValueError: os tamanhos não batem, ou não há saída nenhuma.
        TypeError: uma saída, ou uma saída desejada, não é um número.
    """
    outputs = list(output) if _is_sequence(output) else [output]
    targets = list(target) if _is_sequence(target) else [target]
    if len(outputs) != len(targets) or not outputs:
        raise ValueError(f"a rede deu {len(outputs)} saída(s), e a saída desejada tem {len(targets)}")
    return [
        (_number(o, "a saída da rede"), _number(t, "a saída desejada")) for o, t in zip(outputs, targets, strict=True)
    ]


def _added(terms: Sequence[Any]) -> Any:
    """A soma das parcelas, num nó só; uma parcela sozinha fica como está."""
    return terms[0] if len(terms) == 1 else functions.sum(terms)


def _require_probability(target: Any) -> None:
    if not _may_be_probability(target):
        raise ValueError(f"a entropia cruzada espera uma saída desejada de 0 a 1, e recebeu {_shown(target)}")


def _may_be_probability(given: Any) -> bool:
    """Verdadeiro se vai de 0 a 1, ou se é um nó que ainda não vale nada."""
    number = _known(given)
    return number is None or bool(0 <= number <= 1)


def _class_index(target: Any, classes: int) -> int:
    """A classe certa, conferida."""
    number = as_number(target, "a classe certa")
    if number not in range(classes):
        raise ValueError(f"a classe certa é um inteiro de 0 a {classes - 1}, e foi dado {shorten(target)}")
    return int(number)


def _distribution(target: Any, classes: int) -> list[Any]:
    """As probabilidades desejadas, conferidas; das que se traçam só se sabe quantas são."""
    chances = [_number(chance, "a probabilidade desejada") for chance in target]
    if len(chances) != classes:
        raise ValueError(f"a rede deu {classes} nota(s), e há {len(chances)} probabilidade(s) desejada(s)")
    numbers = [_known(chance) for chance in chances]
    if None not in numbers and (not all(0 <= number <= 1 for number in numbers) or abs(sum(numbers) - 1) > 1e-6):
        raise ValueError(f"as probabilidades desejadas vão de 0 a 1 e somam 1, e foram dadas {shorten(numbers)}")
    return chances


def _one_hot(target: Value, classes: int) -> list[Any]:
    """1 na classe certa e 0 nas outras, quando a classe é um nó: escrito com comparações, que se compilam."""
    number = _known(target)
    if number is not None:
        _class_index(number, classes)
    return [functions.where(target < k, 0, functions.where(target > k, 0, 1)) for k in range(classes)]


def _number(given: Any, what: str) -> Any:
    return given if isinstance(given, Value) else as_number(given, what)


def _is(given: Any, number: int) -> bool:
    """Verdadeiro se o que foi dado é esse número, e não um nó que agora vale isso."""
    return not isinstance(given, Value) and bool(given == number)


def _known(given: Any) -> Any:
    """O número que foi dado; None se é um nó que ainda não vale nada, porque a perda está sendo traçada."""
    number = given.data if isinstance(given, Value) else given
    return None if hasattr(type(number), "record") else number


def _shown(given: Any) -> str:
    return shorten(given.data if isinstance(given, Value) else given)


def _is_sequence(given: Any) -> bool:
    return isinstance(given, Sequence) or is_array(given)

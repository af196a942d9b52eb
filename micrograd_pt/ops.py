"""A tabela de derivadas: uma linha por operação, lida por todo o resto do pacote.

Cada linha diz o nome da operação, o símbolo desenhado para ela, o seu valor e as suas derivadas parciais. Valor e
derivadas são escritos uma única vez, em aritmética comum: nada aqui supõe que os argumentos sejam `float`. Quem lê a
tabela escolhe o tipo de número — `float` no passo para frente, `Value` quando se quer a derivada da derivada — e as
mesmas fórmulas servem.

Uma derivada parcial recebe primeiro o resultado `y` da operação e depois os argumentos, porque muitas ficam mais
curtas assim: a da sigmoide é `y * (1 - y)`. Ela devolve `None` onde o ramo está fechado (um relu em repouso): por ali
não passa gradiente nenhum, nem mesmo 0 · ∞.
"""

from __future__ import annotations

import math
import numbers
import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

Partial = Callable[..., Any]
"""Uma derivada parcial: recebe o resultado e os argumentos da operação e devolve um número, ou None (ramo fechado)."""

TABLE: dict[str, Operation] = {}
"""Todas as linhas, pelo nome da operação."""


class DomainError(ValueError, ZeroDivisionError):
    """Um argumento fora do domínio da operação: log de um número negativo, divisão por zero, 0 elevado a −1."""


class Operation:
    """Uma linha da tabela. Chamada com números devolve um número; com `Value`s, um nó do grafo.

    Args:
        name: nome da operação, em inglês, como se chama a função (`"tanh"`).
        symbol: o que se desenha no nó (`"σ"`).
        value: o valor, a partir dos argumentos.
        partials: uma derivada parcial por argumento; em operações com qualquer número de argumentos, uma única função
            que recebe o resultado e todos os argumentos e devolve a sequência das derivadas.
        title: o nome em português, para mensagens (`"tangente hiperbólica"`).
    """

    def __init__(
        self,
        name: str,
        symbol: str,
        value: Callable[..., Any],
        partials: tuple[Partial, ...] | Callable[..., Sequence[Any]],
        title: str,
    ) -> None:
        self.name = name
        self.symbol = symbol
        self.value = value
        self.partials = partials
        self.title = title
        self.__doc__ = f"{title}: valor e derivadas na tabela. Aceita números e `Value`s."
        TABLE[name] = self

    @property
    def arity(self) -> int | None:
        """Número de argumentos, ou None se a operação aceita qualquer número deles."""
        return len(self.partials) if isinstance(self.partials, tuple) else None

    def __call__(self, *args: Any) -> Any:
        """Aplica a operação: um número se todos os argumentos são números, um nó se algum deles é um nó."""
        if self.arity not in (None, len(args)):
            raise TypeError(f"{self.name} recebe {self.arity} argumento(s), e recebeu {len(args)}")
        for arg in args:
            record = getattr(type(arg), "record", None)
            if record is not None:
                return record(self, *args)
        return self.evaluate(*(as_number(arg, self.name) for arg in args))

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Como atributo de uma classe, a operação de um argumento é um método: `x.tanh()` é `tanh(x)`."""
        return self if instance is None else partial(self, instance)

    def __reduce__(self) -> tuple[Callable[[str], Operation], tuple[str]]:
        return operation_named, (self.name,)

    def __repr__(self) -> str:
        return f"<operação {self.name}>"

    def evaluate(self, *args: Any, labels: Sequence[str] = ()) -> Any:
        """Calcula o valor e explica os erros de domínio.

        Args:
            args: os argumentos, números puros.
            labels: rótulos dos argumentos, para a mensagem de erro.

        Raises:
            DomainError: os argumentos estão fora do domínio da operação.
            OverflowError: o resultado não cabe num `float`.
        """
        try:
            result = self.value(*args)
        except (ValueError, ZeroDivisionError) as error:
            raise DomainError(f"{self.name} não está definida em {describe(args, labels)}: {self.title}") from error
        except OverflowError as error:
            message = f"{self.name} passa do maior float em {describe(args, labels)}: diminua o argumento"
            raise OverflowError(message) from error
        if isinstance(result, complex):
            raise DomainError(f"{self.name} não tem valor real em {describe(args, labels)}: {self.title}")
        return result

    def derivatives(self, result: Any, args: Sequence[Any]) -> list[Any]:
        """As derivadas parciais em relação a cada argumento, na ordem deles; None nos ramos fechados."""
        return [self.derivative(index, result, args) for index in range(len(args))]

    def derivative(self, index: int, result: Any, args: Sequence[Any], labels: Sequence[str] = ()) -> Any:
        """A derivada parcial em relação ao argumento de número `index` (a partir de 0).

        Raises:
            DomainError: o valor existe ali, mas a derivada não (a da raiz quadrada em 0, por exemplo).
        """
        try:
            if isinstance(self.partials, tuple):
                slope = self.partials[index](result, *args)
            else:
                slope = self.partials(result, *args)[index]
        except (ValueError, ZeroDivisionError) as error:
            where = describe(args, labels)
            raise DomainError(f"a derivada de {self.name} não existe em {where}: {self.title}") from error
        if isinstance(slope, complex):
            raise DomainError(f"a derivada de {self.name} não é real em {describe(args, labels)}: {self.title}")
        return slope


def describe(args: Sequence[Any], labels: Sequence[str] = ()) -> str:
    """Os argumentos como a mensagem de erro os mostra: `(x = -1, 2)`."""
    labels = labels or [""] * len(args)
    shown = [f"{label} = {arg!r}" if label else repr(arg) for arg, label in zip(args, labels, strict=True)]
    return f"({', '.join(shown[:6])}{', …' if len(shown) > 6 else ''})"


def operation_named(name: str) -> Operation:
    """A linha da tabela com esse nome.

    Raises:
        KeyError: não há linha com esse nome.
    """
    return TABLE[name]


def as_number(number: Any, where: str) -> Any:
    """O número puro por trás do que foi dado: int, float e Fraction passam; escalares do NumPy são convertidos.

    Args:
        number: o que foi dado.
        where: quem o recebeu, para a mensagem de erro.

    Raises:
        TypeError: não é um número real.
    """
    kind = type(number)
    if kind is float or kind is int or kind is Fraction:
        return number
    if isinstance(number, numbers.Integral):
        return int(number)
    if isinstance(number, Fraction):
        return number
    if isinstance(number, numbers.Real):
        return float(number)
    raise TypeError(f"{where} espera um número real, e recebeu {shorten(number)} ({kind.__name__}){hint(number)}")


def shorten(given: Any) -> str:
    """O que foi dado, numa linha curta, para uma mensagem de erro."""
    text = repr(given)
    return text if len(text) <= 60 else text[:57] + "..."


def hint(given: Any) -> str:
    """O que escrever no lugar do que foi dado, quando isso se sabe."""
    if isinstance(given, str):
        return "; converta o texto com float(...)"
    if isinstance(given, complex):
        return "; números complexos não têm derivada aqui"
    if isinstance(given, (list, tuple)):
        return "; aplique a operação a um elemento de cada vez"
    if hasattr(given, "__array__"):
        return "; use um elemento do array, como array[0] ou array.item()"
    return ""


# As funções de que as fórmulas precisam e que dependem do tipo de número.


def gate(condition: Any, slope: Any) -> Any:
    """A derivada enquanto a condição vale; fora dela o ramo está fechado e não passa gradiente."""
    return slope if condition else None


def _divide(a: Any, b: Any) -> Any:
    """Quociente, exato entre inteiros e frações."""
    if type(a) is int and type(b) is int:
        return Fraction(a, b) if a % b else a // b
    return a / b


def _sigmoid(x: Any) -> Any:
    """1 / (1 + e⁻ˣ); muito à esquerda, onde e⁻ˣ não caberia num float, a sigmoide é o próprio eˣ."""
    return 1 / (1 + exp(-x)) if x > -700 else exp(x)


def _power(a: Any, b: Any) -> Any:
    """Potência; a de inteiros com expoente negativo é uma fração exata."""
    if type(a) is int and type(b) is int and b < 0:
        return Fraction(a) ** b
    return a**b


def _power_by_base(_: Any, a: Any, b: Any) -> Any:
    """b · aᵇ⁻¹ (e 0 para b = 0, também em a = 0)."""
    return b * a ** (b - 1) if b != 0 else 0


def _power_by_exponent(y: Any, a: Any, b: Any) -> Any:
    """aᵇ · log a; com a = 0 e b > 0 a potência é constante em b, e a derivada é 0."""
    return 0 if a == 0 and b > 0 else y * log(a)


def _dot(*args: Any) -> Any:
    """w₁·x₁ + … + wₙ·xₙ, da esquerda para a direita; os argumentos são w₁ … wₙ seguidos de x₁ … xₙ."""
    half = len(args) // 2
    total = 0
    for weight, entry in zip(args[:half], args[half:], strict=True):
        total = total + weight * entry
    return total


def _dot_partials(_: Any, *args: Any) -> Sequence[Any]:
    """A derivada em relação a cada peso é a sua entrada, e vice-versa."""
    half = len(args) // 2
    return args[half:] + args[:half]


# A tabela. Derivadas elementares: qualquer livro de cálculo (por exemplo Abramowitz e Stegun, 1964, capítulo 4).

add = Operation("add", "+", operator.add, (lambda y, a, b: 1, lambda y, a, b: 1), "soma")
sub = Operation("sub", "−", operator.sub, (lambda y, a, b: 1, lambda y, a, b: -1), "diferença")
mul = Operation("mul", "×", operator.mul, (lambda y, a, b: b, lambda y, a, b: a), "produto")
div = Operation(
    "div", "÷", _divide, (lambda y, a, b: _divide(1, b), lambda y, a, b: -_divide(y, b)), "o divisor não pode ser 0"
)
power = Operation(
    "pow",
    "^",
    _power,
    (_power_by_base, _power_by_exponent),
    "a base 0 não aceita expoente negativo, nem a base negativa um expoente fracionário",
)
neg = Operation("neg", "−", operator.neg, (lambda y, x: -1,), "oposto")
exp = Operation("exp", "exp", math.exp, (lambda y, x: y,), "exponencial")
log = Operation("log", "log", math.log, (lambda y, x: _divide(1, x),), "o logaritmo pede um argumento maior que 0")
sqrt = Operation(
    "sqrt",
    "√",
    math.sqrt,
    (lambda y, x: _divide(1, 2 * y),),
    "a raiz quadrada pede um argumento maior que 0 (em 0 só o valor existe)",
)
tanh = Operation("tanh", "tanh", math.tanh, (lambda y, x: 1 - y * y,), "tangente hiperbólica")
sigmoid = Operation("sigmoid", "σ", _sigmoid, (lambda y, x: y * (1 - y),), "sigmoide")
relu = Operation("relu", "relu", lambda x: 0 if x < 0 else x, (lambda y, x: gate(x > 0, 1),), "retificador linear")
sin: Operation = Operation("sin", "sen", math.sin, (lambda y, x: cos(x),), "o seno pede um argumento finito")
cos: Operation = Operation("cos", "cos", math.cos, (lambda y, x: -sin(x),), "o cosseno pede um argumento finito")
absolute = Operation("abs", "|·|", abs, (lambda y, x: gate(x != 0, _divide(x, y) if x != 0 else 0),), "valor absoluto")
weighted_sum = Operation("dot", "Σ", _dot, _dot_partials, "produto escalar")


def dot(weights: Sequence[Any], inputs: Sequence[Any]) -> Any:
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
    weights, inputs = tuple(weights), tuple(inputs)
    if len(weights) != len(inputs):
        raise ValueError(
            f"dot espera tantos pesos quantas entradas, e recebeu {len(weights)} peso(s) e {len(inputs)} entrada(s)"
        )
    return weighted_sum(*weights, *inputs)

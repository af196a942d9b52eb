"""A tabela de derivadas: uma linha por operação, lida por todo o resto do pacote.

Cada linha diz o nome da operação, o símbolo desenhado para ela, o seu valor e as suas derivadas parciais. Valor e
derivadas são escritos uma única vez, em aritmética comum: nada aqui supõe que os argumentos sejam `float`. Quem lê a
tabela escolhe o tipo de número — `float` no passo para frente, `Value` quando se quer a derivada da derivada — e as
mesmas fórmulas servem.

Uma derivada parcial recebe primeiro o resultado `y` da operação e depois os argumentos, porque muitas ficam mais
curtas assim: a da sigmoide é `y * (1 - y)`. Ela devolve `None` onde o ramo está fechado (um relu em repouso): por ali
não passa gradiente nenhum, nem mesmo 0 · ∞. Em NaN, em que toda comparação é falsa, o ramo de um relu ou de um máximo
está fechado, e o valor é NaN.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce, wraps
from typing import Any, Self, TypeVar, overload

from micrograd_pt.given import Attached, Number, as_number, describe, shorten

Partial = Callable[..., Any]
"""Uma derivada parcial: recebe o resultado e os argumentos da operação e devolve um número, ou None (ramo fechado)."""

Recorded = TypeVar("Recorded", bound=Attached)
"""Um nó do grafo, seja qual for a classe dele."""

TABLE: dict[str, Operation] = {}
"""Todas as linhas, pelo nome da operação."""


class OperationError(ArithmeticError):
    """Uma operação que não se pode calcular, ou a derivada dela.

    Attributes:
        operation: a linha da tabela; None se o erro não é de uma só.
        argument: de que argumento (a partir de 0) não há derivada; None se é o valor que não existe.
        label: o rótulo desse argumento; do valor, os rótulos todos, separados por vírgula.
        reason: o que se pede ao argumento, se a derivada não existe; senão, vazio.
    """

    operation: Operation | None = None
    argument: int | None = None
    label: str = ""
    reason: str = ""

    def about(self, operation: Operation, argument: int | None, labels: Sequence[str], reason: str = "") -> Self:
        """O mesmo erro, que sabe de que operação e de que argumento é, e por que motivo."""
        named = labels if argument is None else labels[argument : argument + 1]
        self.operation, self.argument, self.label = operation, argument, ", ".join(filter(None, named))
        self.reason = reason
        return self


class DomainError(OperationError, ValueError, ZeroDivisionError):
    """Um argumento fora do domínio da operação: log de um número negativo, divisão por zero, 0 elevado a −1."""


class TooLargeError(OperationError, OverflowError):
    """Um resultado, ou uma derivada, que não cabe num `float`."""


class Operation:
    """Uma linha da tabela. Chamada com números devolve um número; com `Value`s, um nó do grafo.

    Args:
        name: nome da operação, em inglês, como se chama a função (`"tanh"`).
        symbol: o que se desenha no nó (`"σ"`).
        value: o valor, a partir dos argumentos.
        partials: uma derivada parcial por argumento; em operações com qualquer número de argumentos, uma única função
            que recebe o resultado e todos os argumentos e devolve a sequência das derivadas.
        title: o nome em português, para mensagens (`"tangente hiperbólica"`).
        instead: o que escrever no lugar de uma chamada com mais argumentos.

    Attributes:
        arity: número de argumentos, ou None se a operação aceita qualquer número deles.
    """

    def __init__(
        self,
        name: str,
        symbol: str,
        value: Callable[..., Any],
        partials: tuple[Partial, ...] | Callable[..., Sequence[Any]],
        title: str,
        instead: str = "",
    ) -> None:
        self.name = name
        self.symbol = symbol
        self.value = value
        self.partials = partials
        self.title = title
        self.instead = instead
        self.arity: int | None = len(partials) if isinstance(partials, tuple) else None
        self.__doc__ = f"{title}: valor e derivadas na tabela. Aceita números e `Value`s."
        TABLE[name] = self

    @overload
    def __call__(self, *args: Number) -> float: ...
    @overload
    def __call__(self, *args: Recorded | Number) -> Recorded: ...
    def __call__(self, *args: Any) -> Any:
        """Aplica a operação: um número se todos os argumentos são números, um nó se algum deles é um nó."""
        if len(args) == 1 and type(args[0]) is float:  # o caso comum das fórmulas da tabela
            try:
                return self.value(args[0])
            except (ArithmeticError, ValueError, TypeError):
                pass  # explicado abaixo
        if self.arity not in (None, len(args)):
            raise TypeError(f"{self.name} recebe {self.arity} argumento(s), e recebeu {len(args)}{self.instead}")
        for arg in args:
            record = getattr(type(arg), "record", None)
            if record is not None:
                return record(self, *args)
        return self.evaluate(*(as_number(arg, self.name) for arg in args))

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
        for arg in args:
            record = getattr(type(arg), "record", None)
            if record is not None:  # um número que se escreve em vez de valer
                return record(self, *args)
        try:
            result = self.value(*args)
        except (ValueError, ZeroDivisionError) as error:
            message = f"{self.name} não está definida em {describe(args, labels)}: {self.title}"
            raise DomainError(message).about(self, None, labels) from error
        except OverflowError as error:
            message = f"{self.name} passa do maior float em {describe(args, labels)}: diminua o argumento"
            raise TooLargeError(message).about(self, None, labels) from error
        except TypeError as error:
            raise TypeError(f"a regra do valor de {self.name} falhou em {describe(args, labels)}: {error}") from error
        if isinstance(result, complex):
            message = f"{self.name} não tem valor real em {describe(args, labels)}: {self.title}"
            raise DomainError(message).about(self, None, labels)
        return result

    def derivatives(
        self, result: Any, args: Sequence[Any], labels: Sequence[str] = (), wanted: Sequence[bool] = ()
    ) -> list[Any]:
        """As derivadas parciais em relação a cada argumento, na ordem deles; None nos ramos fechados.

        Args:
            result: o valor da operação.
            args: os argumentos.
            labels: os rótulos deles, para mensagens de erro.
            wanted: quais derivadas se querem; as outras vêm como None.

        Raises:
            DomainError, OverflowError: como em `derivative`.
        """
        places = range(len(args))
        if not isinstance(self.partials, tuple):
            try:
                return list(self.partials(result, *args))
            except (ArithmeticError, ValueError, TypeError):
                for place in places:  # de novo, uma de cada vez, para dizer qual falta
                    if not wanted or wanted[place]:
                        self.derivative(place, result, args, labels)
                raise
        return [self.derivative(i, result, args, labels) if not wanted or wanted[i] else None for i in places]

    def derivative(self, index: int, result: Any, args: Sequence[Any], labels: Sequence[str] = ()) -> Any:
        """A derivada parcial em relação ao argumento de número `index` (a partir de 0).

        Raises:
            DomainError: o valor existe ali, mas a derivada não (a da raiz quadrada em 0, por exemplo).
            OverflowError: a derivada não cabe num `float`.
        """
        try:
            if isinstance(self.partials, tuple):
                slope = self.partials[index](result, *args)
            else:
                slope = self.partials(result, *args)[index]
        except (ValueError, ZeroDivisionError) as error:
            # Um DomainError diz o que se pede; o de uma divisão da fórmula, que só é um DomainError com nós, não.
            told = isinstance(error, DomainError) and error.operation not in (div, power)
            reason = str(error) if told else self.title
            message = f"a derivada de {self.name} não existe em {describe(args, labels)}: {reason}"
            raise DomainError(message).about(self, index, labels, reason) from error
        except OverflowError as error:
            where = describe(args, labels)
            message = f"a derivada de {self.name} passa do maior float em {where}"
            raise TooLargeError(message).about(self, index, labels) from error
        except TypeError as error:
            where = describe(args, labels)
            message = f"a regra da derivada {index + 1} de {self.name} falhou em {where}: {error}"
            raise TypeError(message) from error
        if isinstance(slope, complex):
            message = f"a derivada de {self.name} não é real em {describe(args, labels)}: {self.title}"
            raise DomainError(message).about(self, index, labels)
        return slope


def operation_named(name: str) -> Operation:
    """A linha da tabela com esse nome.

    Raises:
        KeyError: não há linha com esse nome.
    """
    if name not in TABLE:
        raise KeyError(
            f"a tabela não tem a operação {name!r}: acrescente-a com operation(...) antes de ler o que a usa"
        )
    return TABLE[name]


# As funções de que as fórmulas precisam e que dependem do tipo de número.

_LN2, _LN10 = math.log(2), math.log(10)
_ROOT_HALF, _ROOT_TWO_PI, _TWO_OVER_ROOT_PI = math.sqrt(0.5), math.sqrt(2 * math.pi), 2 / math.sqrt(math.pi)


def gate(condition: Any, slope: Any) -> Any:
    """A derivada enquanto a condição vale; fora dela o ramo está fechado e não passa gradiente."""
    return choose(condition, slope, None)


def choose(condition: Any, a: Any, b: Any) -> Any:
    """`a` se a condição vale, senão `b`; uma condição que se escreve (em vez de valer ou não) escreve a escolha."""
    written = getattr(condition, "choose", None)
    return (a if condition else b) if written is None else written(a, b)


def _is_zero(x: Any) -> bool:
    """Verdadeiro se o número é 0; vale também para `Value`s, em que `==` é identidade."""
    return bool(x >= 0) and bool(x <= 0)


def _one(y: Any) -> Any:
    """1, do tipo que dividido por um inteiro dá o de `y`: uma fração se ele é uma, ou um nó que vale uma."""
    return Fraction(1) if type(getattr(y, "data", y)) is Fraction else 1


def _power_by_base(_: Any, a: Any, b: Any) -> Any:
    """b · aᵇ⁻¹; e 0 para b = 0, também em a = 0."""
    if _is_zero(b) and _is_zero(a):
        return 0
    try:
        return b * a ** (b - 1)
    except ZeroDivisionError as error:
        raise DomainError(f"ela é b · a^(b − 1), e a = 0 não aceita o expoente {shorten(b - 1)}") from error


def _power_by_exponent(y: Any, a: Any, b: Any) -> Any:
    """aᵇ · log a; com a = 0 e b > 0 a potência é constante em b, e a derivada é 0."""
    return 0 if _is_zero(a) and b > 0 else y * log(a)


def _sigmoid(x: Any) -> Any:
    """1 / (1 + e⁻ˣ); muito à esquerda, onde e⁻ˣ não caberia num float, a sigmoide é o próprio eˣ."""
    return 1 / (1 + exp(-x)) if x > -700 else exp(x)


def _softplus(x: Any) -> Any:
    """log(1 + eˣ), sem que eˣ estoure à direita nem a soma com 1 apague o termo pequeno."""
    return x + log1p(exp(-x)) if x > 0 else log1p(exp(x))


def _logsigmoid(x: Any) -> Any:
    """log σ(x) = −log(1 + e⁻ˣ), pela mesma conta."""
    return -_softplus(-x)


def _gelu(x: Any) -> Any:
    """x · Φ(x), com a distribuição normal Φ escrita com erfc, exata também na cauda (Hendrycks e Gimpel, 2016)."""
    return 0.5 * x * erfc(-_ROOT_HALF * x)


def _gelu_partial(_: Any, x: Any) -> Any:
    """Φ(x) + x · φ(x)."""
    return 0.5 * erfc(-_ROOT_HALF * x) + x * exp(-0.5 * x * x) / _ROOT_TWO_PI


def _one_minus_square(x: Any) -> Any:
    """1 − x², escrito de modo que nem ele (perto de ±1) nem a sua derivada (perto de 0) perca algarismos."""
    return 1 - x * x if -0.5 < x < 0.5 else (1 - x) * (1 + x)


def _atan2(a: Any, b: Any) -> Any:
    """O ângulo de (b, a), de −π (sem ele) a π; o sinal de um zero não conta: ±0 é 0."""
    if _is_zero(a):
        return math.pi if b < 0 else 0.0 if b >= 0 else b
    written = getattr(a, "call", None)
    return math.atan2(a, b) if written is None else written("atan2", b)


def _atan2_partials(a: Any, b: Any) -> tuple[Any, Any]:
    """b / (a² + b²) e −a / (a² + b²), sem elevar ao quadrado o que poderia estourar."""
    length = hypot(a, b)
    return b / length / length, -a / length / length


def _total(*args: Any) -> Any:
    """A soma, da esquerda para a direita."""
    return reduce(operator.add, args, 0)


def _mean(*args: Any) -> Any:
    """A média; a de nenhum número não existe."""
    if not args:
        raise ValueError("média de nada")
    return _total(*args) / len(args)


def _mean_partials(y: Any, *args: Any) -> list[Any]:
    """1/n para cada um."""
    return [_one(y) / len(args)] * len(args)


def _logsumexp(*args: Any) -> Any:
    """log(Σ eˣ), com o maior argumento posto em evidência: nada estoura, e o termo pequeno não se apaga."""
    largest = maximum(*args)
    if not largest - largest >= 0:  # infinito ou NaN: é o próprio resultado
        return largest
    rest = _total(*[choose(arg < largest, exp(arg - largest), 0) for arg in args])
    ties = _total(*[choose(arg >= largest, 1, 0) for arg in args]) - 1
    return largest + log1p(rest + ties)


def _maximum(*args: Any) -> Any:
    """O maior; NaN, se algum argumento é NaN."""
    return _extreme(args, lambda a, b: a > b, lambda a, b: a <= b)


def _minimum(*args: Any) -> Any:
    """O menor; NaN, se algum argumento é NaN."""
    return _extreme(args, lambda a, b: a < b, lambda a, b: a >= b)


def _extreme(args: Sequence[Any], beats: Callable[..., Any], loses: Callable[..., Any]) -> Any:
    """O melhor até aqui, argumento por argumento; quem não ganha nem perde é NaN, e a soma o leva adiante."""
    if not args:
        raise ValueError("extremo de nada")
    best = args[0]
    for arg in args[1:]:
        best = choose(beats(arg, best), arg, choose(loses(arg, best), best, arg + best))
    return best


def _maximum_partials(y: Any, *args: Any) -> list[Any]:
    """1 para quem é o maior, dividido entre os que empatam; os outros estão fechados."""
    return _shared([arg >= y for arg in args])


def _minimum_partials(y: Any, *args: Any) -> list[Any]:
    """1 para quem é o menor, dividido entre os que empatam; os outros estão fechados."""
    return _shared([arg <= y for arg in args])


def _shared(wins: Sequence[Any]) -> list[Any]:
    """Uma parte igual para cada vencedor."""
    count = _total(*[choose(won, 1, 0) for won in wins])
    share = 1 if type(count) is int and count == 1 else 1 / choose(count > 0, count, 1)
    return [gate(won, share) for won in wins]


def _dot(*args: Any) -> Any:
    """w₁·x₁ + … + wₙ·xₙ, da esquerda para a direita; os argumentos são w₁ … wₙ seguidos de x₁ … xₙ."""
    half, odd = divmod(len(args), 2)
    if odd:
        raise ValueError("pesos e entradas não são tantos uns quantos as outras")
    return reduce(operator.add, map(operator.mul, args[:half], args[half:]), 0)


def _dot_partials(_: Any, *args: Any) -> Sequence[Any]:
    """A derivada em relação a cada peso é a sua entrada, e vice-versa."""
    half = len(args) // 2
    return args[half:] + args[:half]


# A tabela. Derivadas elementares: Abramowitz e Stegun, Handbook of Mathematical Functions, 1964, capítulos 3, 4 e 7.

add: Operation = Operation("add", "+", operator.add, (lambda y, a, b: 1, lambda y, a, b: 1), "soma")
sub: Operation = Operation("sub", "−", operator.sub, (lambda y, a, b: 1, lambda y, a, b: -1), "diferença")
mul: Operation = Operation("mul", "×", operator.mul, (lambda y, a, b: b, lambda y, a, b: a), "produto")
div: Operation = Operation(
    "div", "÷", operator.truediv, (lambda y, a, b: _one(y) / b, lambda y, a, b: -(y / b)), "o divisor não pode ser 0"
)
power: Operation = Operation(
    "pow",
    "^",
    operator.pow,
    (_power_by_base, _power_by_exponent),
    "a base 0 não aceita expoente negativo, nem a base negativa um expoente fracionário",
)
neg: Operation = Operation("neg", "−", operator.neg, (lambda y, x: -1,), "oposto")
identity: Operation = Operation("identity", "=", lambda x: x, (lambda y, x: 1,), "o próprio número")
square: Operation = Operation("square", "²", lambda x: x * x, (lambda y, x: 2 * x,), "quadrado")
reciprocal: Operation = Operation(
    "reciprocal", "1/·", lambda x: 1 / x, (lambda y, x: -y * y,), "o inverso de 0 não existe"
)
absolute: Operation = Operation("abs", "|·|", abs, (lambda y, x: 1 if x > 0 else gate(x < 0, -1),), "valor absoluto")

# Exponenciais, logaritmos e raízes.

exp: Operation = Operation("exp", "exp", math.exp, (lambda y, x: y,), "exponencial")
exp2: Operation = Operation("exp2", "2^", math.exp2, (lambda y, x: y * _LN2,), "potência de 2")
expm1: Operation = Operation("expm1", "expm1", math.expm1, (lambda y, x: exp(x),), "exponencial menos 1")
log: Operation = Operation("log", "log", math.log, (lambda y, x: 1 / x,), "o logaritmo pede um argumento maior que 0")
log2: Operation = Operation(
    "log2", "log₂", math.log2, (lambda y, x: 1 / (x * _LN2),), "o logaritmo pede um argumento maior que 0"
)
log10: Operation = Operation(
    "log10", "log₁₀", math.log10, (lambda y, x: 1 / (x * _LN10),), "o logaritmo pede um argumento maior que 0"
)
log1p: Operation = Operation(
    "log1p", "log1p", math.log1p, (lambda y, x: 1 / (1 + x),), "log(1 + x) pede um argumento maior que -1"
)
sqrt: Operation = Operation(
    "sqrt",
    "√",
    math.sqrt,
    (lambda y, x: 1 / (2 * y),),
    "a raiz quadrada pede um argumento maior que 0 (em 0 só o valor existe)",
)
cbrt: Operation = Operation(
    "cbrt",
    "∛",
    math.cbrt,
    (lambda y, x: 1 / (3 * y * y),),
    "a raiz cúbica tem tangente vertical em 0: ali só há o valor",
)

# Trigonométricas e hiperbólicas.

sin: Operation = Operation("sin", "sen", math.sin, (lambda y, x: cos(x),), "o seno pede um argumento finito")
cos: Operation = Operation("cos", "cos", math.cos, (lambda y, x: -sin(x),), "o cosseno pede um argumento finito")
tan: Operation = Operation("tan", "tan", math.tan, (lambda y, x: 1 + y * y,), "a tangente pede um argumento finito")
asin: Operation = Operation(
    "asin",
    "arcsen",
    math.asin,
    (lambda y, x: 1 / sqrt(_one_minus_square(x)),),
    "o arco-seno pede -1 < x < 1 (em ±1 só o valor existe)",
)
acos: Operation = Operation(
    "acos",
    "arccos",
    math.acos,
    (lambda y, x: -1 / sqrt(_one_minus_square(x)),),
    "o arco-cosseno pede -1 < x < 1 (em ±1 só o valor existe)",
)
atan: Operation = Operation("atan", "arctan", math.atan, (lambda y, x: 1 / (1 + x * x),), "arco-tangente")
sinh: Operation = Operation("sinh", "senh", math.sinh, (lambda y, x: cosh(x),), "seno hiperbólico")
cosh: Operation = Operation("cosh", "cosh", math.cosh, (lambda y, x: sinh(x),), "cosseno hiperbólico")
tanh: Operation = Operation("tanh", "tanh", math.tanh, (lambda y, x: 1 - y * y,), "tangente hiperbólica")
asinh: Operation = Operation("asinh", "arsenh", math.asinh, (lambda y, x: 1 / hypot(x, 1),), "arco-seno hiperbólico")
acosh: Operation = Operation(
    "acosh",
    "arcosh",
    math.acosh,
    (lambda y, x: 1 / (sqrt(x - 1) * sqrt(x + 1)),),
    "o arco-cosseno hiperbólico pede x > 1 (em 1 só o valor existe)",
)
atanh: Operation = Operation(
    "atanh",
    "artanh",
    math.atanh,
    (lambda y, x: 1 / _one_minus_square(x),),
    "o arco-tangente hiperbólico pede -1 < x < 1",
)
atan2: Operation = Operation(
    "atan2",
    "atan2",
    _atan2,
    (lambda y, a, b: _atan2_partials(a, b)[0], lambda y, a, b: _atan2_partials(a, b)[1]),
    "o ângulo não tem derivada na origem",
)
hypot: Operation = Operation(
    "hypot",
    "hypot",
    math.hypot,
    (lambda y, a, b: None if y <= 0 else a / y, lambda y, a, b: None if y <= 0 else b / y),
    "distância à origem",
)

# Ativações e funções de erro.

sigmoid: Operation = Operation("sigmoid", "σ", _sigmoid, (lambda y, x: y * (1 - y),), "sigmoide")
relu: Operation = Operation(
    "relu", "relu", lambda x: choose(x < 0, 0, x), (lambda y, x: gate(x > 0, 1),), "retificador linear"
)
leaky_relu: Operation = Operation(
    "leaky_relu",
    "leaky_relu",
    lambda x: x if x > 0 else 0.01 * x,
    (lambda y, x: 1 if x > 0 else 0.01,),
    "retificador com inclinação 0.01 à esquerda",
    "; para outra inclinação, escreva where(x > 0, x, 0.1 * x)",
)
elu: Operation = Operation(
    "elu",
    "elu",
    lambda x: x if x > 0 else expm1(x),
    (lambda y, x: 1 if x > 0 else exp(x),),
    "unidade exponencial linear",
)
softplus: Operation = Operation("softplus", "softplus", _softplus, (lambda y, x: sigmoid(x),), "retificador suave")
logsigmoid: Operation = Operation(
    "logsigmoid", "log σ", _logsigmoid, (lambda y, x: sigmoid(-x),), "logaritmo da sigmoide"
)
silu: Operation = Operation(
    "silu", "silu", lambda x: x * sigmoid(x), (lambda y, x: sigmoid(x) * (1 + x * sigmoid(-x)),), "x · σ(x)"
)
gelu: Operation = Operation("gelu", "gelu", _gelu, (_gelu_partial,), "x · Φ(x), com a distribuição normal Φ")
erf: Operation = Operation("erf", "erf", math.erf, (lambda y, x: _TWO_OVER_ROOT_PI * exp(-x * x),), "função de erro")
erfc: Operation = Operation(
    "erfc", "erfc", math.erfc, (lambda y, x: -_TWO_OVER_ROOT_PI * exp(-x * x),), "função de erro complementar"
)

# Com qualquer número de argumentos.

total: Operation = Operation("sum", "Σ", _total, lambda y, *args: [1] * len(args), "soma")
average: Operation = Operation("mean", "média", _mean, _mean_partials, "a média pede ao menos um número")
maximum: Operation = Operation("maximum", "max", _maximum, _maximum_partials, "o maior pede ao menos um número")
minimum: Operation = Operation("minimum", "min", _minimum, _minimum_partials, "o menor pede ao menos um número")
log_sum_exp: Operation = Operation(
    "logsumexp",
    "logsumexp",
    _logsumexp,
    lambda y, *args: [exp(arg - y) for arg in args],
    "log da soma das exponenciais, que pede ao menos um número",
)
weighted_sum: Operation = Operation(
    "dot", "Σ", _dot, _dot_partials, "produto escalar, que pede tantos pesos quantas entradas"
)

# A escolha `where`: os dois primeiros argumentos são comparados, e deles não vem gradiente.

where_less: Operation = Operation(
    "where_less",
    "se",
    lambda left, right, a, b: choose(left < right, a, b),
    (
        lambda y, left, right, a, b: None,
        lambda y, left, right, a, b: None,
        lambda y, left, right, a, b: gate(left < right, 1),
        lambda y, left, right, a, b: choose(left < right, None, 1),
    ),
    "escolha por comparação",
)
where_less_equal: Operation = Operation(
    "where_less_equal",
    "se",
    lambda left, right, a, b: choose(left <= right, a, b),
    (
        lambda y, left, right, a, b: None,
        lambda y, left, right, a, b: None,
        lambda y, left, right, a, b: gate(left <= right, 1),
        lambda y, left, right, a, b: choose(left <= right, None, 1),
    ),
    "escolha por comparação",
)


def operation(name: str, symbol: str, value: Callable[..., Any], *partials: Partial, title: str = "") -> Operation:
    """Acrescenta uma linha à tabela: a operação ganha gradientes de toda ordem, verificação, figura e explicação.

    Args:
        name: o nome, um identificador (`"cube"`).
        symbol: o que se desenha no nó (`"³"`).
        value: o valor, a partir dos argumentos, que são números.
        partials: uma derivada por argumento, cada uma a partir do resultado e dos argumentos; escreva-as só com
            aritmética e funções deste pacote, e elas se podem derivar de novo.
        title: o nome por extenso, para mensagens.

    Returns:
        A operação: chame-a com números ou `Value`s.

    Raises:
        ValueError: o nome não é um identificador, já é o de uma linha do pacote, ou não há uma derivada por argumento.
        TypeError: o valor ou uma derivada não é uma função.
    """
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"name espera um identificador, como 'cube', e recebeu {shorten(name)}")
    if name in BUILT_IN:
        raise ValueError(f"a tabela já tem {name!r}; escolha outro nome")
    if not partials:
        raise ValueError(f"{name} precisa de uma derivada para cada argumento, e não recebeu nenhuma")
    for rule in (value, *partials):
        if not callable(rule):
            raise TypeError(f"{name} espera funções para o valor e as derivadas, e recebeu {shorten(rule)}")
    _require_arguments(value, len(partials), f"o valor de {name} com {len(partials)} derivada(s)")
    for place, rule in enumerate(partials):
        _require_arguments(rule, len(partials) + 1, f"a derivada {place + 1} de {name}")
    rules = [_giving_numbers(rule, f"a derivada {place + 1} de {name}") for place, rule in enumerate(partials)]
    return Operation(
        name, symbol, _giving_numbers(value, f"o valor de {name}", closes=False), tuple(rules), title or name
    )


def _require_arguments(rule: Callable[..., Any], count: int, what: str) -> None:
    """Recusa uma regra que não aceita esse número de argumentos; as que não dizem quantos aceitam passam.

    Raises:
        ValueError: a regra não os aceita.
    """
    import inspect  # só quem acrescenta uma operação precisa dele

    try:
        signature = inspect.signature(rule)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*range(count))
    except TypeError as error:
        raise ValueError(f"{what} é uma função de {count} argumento(s), e recebi {rule.__name__}{signature}") from error


def _giving_numbers(rule: Callable[..., Any], what: str, closes: bool = True) -> Callable[..., Any]:
    """A regra, recusando um resultado que não é número; numa derivada, None é um ramo fechado."""

    @wraps(rule)
    def checked(*args: Any) -> Any:
        result = rule(*args)
        if type(result) in (float, int, Fraction) or hasattr(type(result), "record"):
            return result
        return None if result is None and closes else as_number(result, what)

    return checked


BUILT_IN = frozenset(TABLE)
"""Os nomes das linhas que vêm com o pacote."""

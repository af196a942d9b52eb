"""Expressões que se escrevem: o tipo de número com que as regras da tabela, em vez de calcular, viram texto.

Uma `Written` responde às operações da aritmética com outra expressão, já simplificada como um bom aluno faria: nada
vezes 1, nada mais 0, constantes calculadas, a mesma subexpressão uma vez só. Onde uma regra pergunta se uma condição
vale (`if x > 0`), ela é executada uma vez para cada resposta, e as duas ficam escritas como escolha.
"""

from __future__ import annotations

import math
import operator
from collections import defaultdict
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from micrograd_pt.given import shorten
from micrograd_pt.ops import Operation

ARITHMETIC = ("+", "-", "*", "/")
COMPARISONS = ("<", "<=", ">", ">=")


class CompileError(TypeError):
    """Algo que não se pode escrever de antemão; a mensagem diz o que escrever no lugar."""


class Written:
    """Um nó do que está sendo escrito.

    Attributes:
        book: onde as expressões de um mesmo programa são guardadas.
        kind: `"const"`, `"name"`, um sinal, `"neg"`, `"**"`, `"call"`, `"choose"`, uma comparação, `"and"`, `"or"`,
            `"not"`.
        args: as partes; numa constante, o número; num nome, o texto; numa chamada, a função e depois as expressões.
        parts: as expressões de que esta é feita.
        number: o número de uma constante; None se não é constante.
        index: a ordem de criação: as partes vêm sempre antes.
    """

    __slots__ = ("args", "book", "index", "kind", "number", "parts")

    def __init__(
        self, book: Book, kind: str, args: tuple[Any, ...], parts: tuple[Any, ...], number: float | None, index: int
    ) -> None:
        self.book: Book = book
        self.kind: str = kind
        self.args: tuple[Any, ...] = args
        self.index: int = index
        self.parts: tuple[Written, ...] = parts
        self.number: Any = number

    def __add__(self, other: Any) -> Any:
        return self.book.add(self, self.book.lift(other))

    def __radd__(self, other: Any) -> Any:
        return self.book.add(self.book.lift(other), self)

    def __sub__(self, other: Any) -> Any:
        return self.book.subtract(self, self.book.lift(other))

    def __rsub__(self, other: Any) -> Any:
        return self.book.subtract(self.book.lift(other), self)

    def __mul__(self, other: Any) -> Any:
        return self.book.multiply(self, self.book.lift(other))

    def __rmul__(self, other: Any) -> Any:
        return self.book.multiply(self.book.lift(other), self)

    def __truediv__(self, other: Any) -> Any:
        return self.book.divide(self, self.book.lift(other))

    def __rtruediv__(self, other: Any) -> Any:
        return self.book.divide(self.book.lift(other), self)

    def __pow__(self, other: Any) -> Any:
        return self.book.power(self, self.book.lift(other))

    def __rpow__(self, other: Any) -> Any:
        return self.book.power(self.book.lift(other), self)

    def __neg__(self) -> Any:
        return self.book.negative(self)

    def __abs__(self) -> Any:
        return self.book.call("fabs", self)

    def __lt__(self, other: Any) -> Any:
        return self.book.compare("<", self, other)

    def __le__(self, other: Any) -> Any:
        return self.book.compare("<=", self, other)

    def __gt__(self, other: Any) -> Any:
        return self.book.compare(">", self, other)

    def __ge__(self, other: Any) -> Any:
        return self.book.compare(">=", self, other)

    def choose(self, a: Any, b: Any) -> Any:
        """`a` onde esta condição vale, `b` onde não; None de um lado é um ramo fechado."""
        return self.book.choice(self, a, b)

    def call(self, function: str, *others: Any) -> Any:
        """Uma função de `math`, desta expressão e de outras."""
        return self.book.call(function, self, *map(self.book.lift, others))

    def __bool__(self) -> bool:
        return self.book.decide(self)

    def __float__(self) -> float:
        raise CompileError(f"o número de um valor que muda a cada chamada não se conhece de antemão{self.hint}")

    def __int__(self) -> int:
        return int(float(self))

    def __index__(self) -> int:
        return int(float(self))

    hint = ": em vez de v.data, math.f(v) ou range(v), escreva a conta com o próprio valor (v.exp(), where, …)"

    @classmethod
    def record(cls, operation: Operation, *args: Any) -> Any:
        """Aplica uma linha da tabela, escrevendo-a."""
        book = next(arg.book for arg in args if type(arg) is Written)
        return book.apply(operation, args)

    def __repr__(self) -> str:
        return f"<expressão {self.kind} {self.index}>"


class Book:
    """As expressões de um programa: cada uma existe uma vez só.

    Attributes:
        made: todas, em ordem de criação: as partes antes.
        gaps: as escolhas em que um lado é um ramo fechado, ou outra delas.
    """

    def __init__(self) -> None:
        self.made: list[Written] = []
        self.gaps: set[Written] = set()
        self._found: defaultdict[str, dict[Any, Written]] = defaultdict(dict)
        self._answers: list[bool] | None = None
        self._asked: list[Written] = []
        self._rules: dict[Any, Any] = {}
        self._exact: dict[Written, Any] = {}

    def name(self, text: str) -> Written:
        """A expressão que é só um nome."""
        found = self._found["name"].get(text)
        return self._new("name", (text,), text) if found is None else found

    def lift(self, number: Any) -> Any:
        """Um número como expressão; inteiros e frações viram floats, e só uma comparação sabe quanto valiam."""
        if type(number) is Written:
            return number
        if isinstance(number, (int, Fraction)):
            exact, number = number, _as_float(number)
            if number != exact:
                return self._inexact(exact, number)
        if hasattr(type(number), "record"):
            raise CompileError(f"o número de um valor que muda a cada chamada encontrou um Value{Written.hint}")
        if not isinstance(number, float):
            raise CompileError(f"só números entram num programa compilado, e apareceu {number!r}")
        key = (number, math.copysign(1, number)) if number == number else "nan"
        found = self._found["const"].get(key)
        return self._new("const", (number,), key, number=number) if found is None else found

    def _inexact(self, exact: Any, number: float) -> Written:
        """Um número que não cabe exatamente num float."""
        found = self._found["const"].get(exact)
        if found is None:
            found = self._new("const", (number,), exact, number=number)
            self._exact[found] = exact
        return found

    def add(self, a: Written, b: Written) -> Written:
        """a + b."""
        x, y = a.number, b.number
        if x == 0:
            return b
        if y == 0:
            return a
        if x is not None and y is not None:
            return self.constant(x + y)
        if a is b:
            return self.multiply(self.constant(2.0), a)
        if b.kind == "neg":
            return self._made("-", (a, b.args[0]))
        if y is not None and y < 0:
            return self._made("-", (a, self.constant(-y)))
        return self._made("+", (a, b))

    def subtract(self, a: Written, b: Written) -> Written:
        """a - b."""
        x, y = a.number, b.number
        if y == 0:
            return a
        if x == 0:
            return self.negative(b)
        if x is not None and y is not None:
            return self.constant(x - y)
        if b.kind == "neg":
            return self._made("+", (a, b.args[0]))
        return self._made("-", (a, b))

    def multiply(self, a: Written, b: Written) -> Written:
        """a * b."""
        x, y = a.number, b.number
        if x is None and y is None and a.kind != "neg" and b.kind != "neg":  # quase sempre
            return self._made("*", (a, b))
        if x == 1:
            return b
        if y == 1:
            return a
        if x == -1:
            return self.negative(b)
        if y == -1:
            return self.negative(a)
        if x is not None and y is not None:
            return self.constant(x * y)
        if y is not None:  # a constante vem na frente, e o mesmo produto é escrito de um modo só
            return self.multiply(b, a)
        if x is not None and b.kind == "*" and _is_power_of_two(x) and b.args[0].kind == "const":
            folded = x * b.args[0].number
            if folded / x == b.args[0].number:  # só o expoente mudou
                return self.multiply(self.constant(folded), b.args[1])
        if a.kind == "neg" and b.kind == "neg":
            return self._made("*", (a.args[0], b.args[0]))
        if a.kind == "neg":
            return self.negative(self._made("*", (a.args[0], b)))
        if b.kind == "neg":
            return self.negative(self._made("*", (a, b.args[0])))
        return self._made("*", (a, b))

    def chain(self, received: Written, slope: Written) -> Written:
        """Gradiente × derivada local.

        De g·w × y·(1 − y), onde g·y já está escrito (é a parcela de w, quando a conta é w·y), fica (g·y)·w·(1 − y):
        um produto a menos. Só na sigmoide, que fica entre 0 e 1: noutras, um produto do meio poderia estourar.
        """
        if received.kind == slope.kind == "*":
            (upstream, other), (own, rest) = received.args, slope.args
            shared = self._found["*"].get((upstream, own))
            if shared is not None and rest.kind == "-" and rest.args == (self.constant(1.0), own):
                return self.multiply(self.multiply(shared, other), rest)
        return self.multiply(received, slope)

    def divide(self, a: Written, b: Written) -> Written:
        """a / b."""
        x, y = a.number, b.number
        if y == 1:
            return a
        if x is not None and y is not None and y != 0:
            return self.constant(x / y)
        return self._made("/", (a, b))

    def power(self, a: Written, b: Written) -> Written:
        """a ** b."""
        x, y = a.number, b.number
        if y == 0:
            return self.constant(1.0)
        if y == 1:
            return a
        if y == 2:
            return self._made("*", (a, a))
        if y == -1:
            return self.divide(self.constant(1.0), a)
        if x is not None and y is not None and x > 0:
            return self.constant(x**y)
        return self.called("pow", (a, b))

    def negative(self, a: Written) -> Written:
        """-a."""
        if a.kind == "neg":
            inner: Written = a.args[0]
            return inner
        if a.kind == "const":
            return self.constant(-a.number)
        if a.kind == "*" and a.args[0].kind == "const":
            return self.multiply(self.constant(-a.args[0].number), a.args[1])
        return self._made("neg", (a,))

    def constant(self, number: float) -> Written:
        """Uma constante."""
        lifted: Written = self.lift(number)
        return lifted

    def call(self, function: str, *args: Written) -> Written:
        """Uma função de `math`."""
        numbers = [arg.number for arg in args]
        if None not in numbers:
            try:
                return self.constant(float(getattr(math, function)(*numbers)))
            except (ArithmeticError, ValueError):
                pass  # o erro fica para quando o programa for executado
        return self.called(function, args)

    def compare(self, sign: str, left: Written, right: Any) -> Any:
        """Uma comparação; verdadeira ou falsa de uma vez se os dois lados são constantes.

        O Python compara exatamente: nenhum float está entre a fração 1/3 e o float logo abaixo, e x ≥ 1/3 é x > ele.
        """
        right = self.lift(right)
        x, y = left.number, right.number
        if x is not None and y is not None:
            x, y = self._exact.get(left, x), self._exact.get(right, y)
            return {"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[sign]
        for side, number, open_sign in ((right, y, ">"), (left, x, "<")):
            if side in self._exact:
                below = number < self._exact[side]
                sign = sign[0] if below == (sign[0] == open_sign) else f"{sign[0]}="
        return self._made(sign, (left, right))

    def choice(self, condition: Any, a: Any, b: Any) -> Any:
        """`a` se a condição vale, senão `b`; None é um ramo fechado."""
        if isinstance(condition, bool):
            return a if condition else b
        if a is None and b is None:
            return None
        a = a if a is None else self.lift(a)
        b = b if b is None else self.lift(b)
        if a is b:
            return a
        made = self._made("choose", (condition, a, b))
        if a is None or b is None or a in self.gaps or b in self.gaps:
            self.gaps.add(made)
        return made

    def negation(self, condition: Any) -> Any:
        """A condição contrária."""
        if isinstance(condition, bool):
            return not condition
        return condition.args[0] if condition.kind == "not" else self._made("not", (condition,))

    def either(self, a: Any, b: Any) -> Any:
        """Uma condição ou outra."""
        if isinstance(a, bool):
            return a or b
        if isinstance(b, bool):
            return b or a
        return self._made("or", (a, b))

    def both(self, a: Any, b: Any) -> Any:
        """Uma condição e outra."""
        if isinstance(a, bool):
            return a and b
        if isinstance(b, bool):
            return b and a
        return self._made("and", (a, b))

    def apply(self, operation: Operation, args: Sequence[Any]) -> Any:
        """O valor de uma operação, escrito.

        Raises:
            CompileError: o valor não se pode escrever.
        """
        args = [arg if type(arg) is Written else self.lift(arg) for arg in args]
        rule: Any = operation.value
        sign = _SIGNS.get(rule)
        if sign is not None:
            return sign(self, *args)
        if rule.__module__ == "math":
            return self.call(rule.__name__, *args)
        return self.follow(rule, args, operation)

    def slopes(self, operation: Operation, result: Written, args: Sequence[Any], wanted: Sequence[bool]) -> list[Any]:
        """As derivadas parciais, escritas; None nas que não se querem e num ramo sempre fechado.

        Raises:
            CompileError: uma derivada não se pode escrever.
        """
        partials, given = operation.partials, (result, *args)
        if not isinstance(partials, tuple):
            found = zip(partials(*given), wanted, strict=True)
            return [self.lift(slope) if need and slope is not None else None for slope, need in found]
        slopes: list[Any] = []
        for rule, need in zip(partials, wanted, strict=True):
            known = self._known(rule, len(given)) if need else None
            if type(known) is int:
                slopes.append(given[known])
            elif known is None and need:
                slopes.append(self.follow(rule, given, operation))
            else:
                slopes.append(known)
        return slopes

    def _known(self, rule: Callable[..., Any], count: int) -> Any:
        """O que uma regra dá sempre: qual dos seus argumentos (int), ou que constante; None se é preciso segui-la.

        Numa soma ou num produto, que são quase todos os nós, as derivadas são isso.
        """
        if rule not in self._rules:
            scratch = Book()
            marks = [scratch.name(f"a{place}") for place in range(count)]
            try:
                found = rule(*marks)
            except (ArithmeticError, ValueError, TypeError, AttributeError):
                found = None
            if type(found) in (int, float):
                found = self.lift(found)
            elif found is not None:
                found = next((place for place, mark in enumerate(marks) if found is mark), None)
            self._rules[rule] = found
        return self._rules[rule]

    def decide(self, condition: Written) -> bool:
        """A resposta a uma condição que uma regra perguntou; fora de uma regra não há resposta.

        Raises:
            CompileError: a pergunta não veio de uma regra.
        """
        if self._answers is None:
            raise CompileError(
                "um `if` (ou ==, in, max, min, sorted) sobre um valor que muda a cada chamada não se pode compilar: "
                "escreva where(condição, a, b), maximum(...) ou minimum(...)"
            )
        self._asked.append(condition)
        if len(self._asked) > len(self._answers):
            self._answers.append(True)
        return self._answers[len(self._asked) - 1]

    def follow(
        self, rule: Callable[..., Any], args: Sequence[Any], operation: Operation, prefix: Sequence[bool] = ()
    ) -> Any:
        """Uma função que faz perguntas (`if`), escrita como a escolha entre tudo o que ela responde.

        Args:
            rule: a função, que devolve expressões, números ou None.
            args: os argumentos dela.
            operation: a operação de que se trata, para mensagens.
            prefix: as respostas já dadas às primeiras perguntas.

        Raises:
            CompileError: o resultado não se pode escrever.
        """
        answers_before, asked_before = self._answers, self._asked
        answers, asked = [*prefix], []  # type: list[bool], list[Written]
        self._answers, self._asked = answers, asked
        try:
            result = rule(*args)
        except (TypeError, AttributeError) as error:
            raise CompileError(
                f"a operação {operation.name} não se pode compilar: escreva o valor e as derivadas dela só com "
                f"aritmética e funções de micrograd_pt ({error})"
            ) from error
        finally:
            self._answers, self._asked = answers_before, asked_before
        if result is not None and type(result) is not Written:
            result = self.lift(result)
        if not asked:  # quase sempre
            return result
        for place in range(len(asked) - 1, len(prefix) - 1, -1):
            other = self.follow(rule, args, operation, [*answers[:place], False])
            result = self.choice(asked[place], result, other)
        return result

    def _made(self, kind: str, args: tuple[Any, ...]) -> Written:
        table = self._found[kind]
        found = table.get(args)
        if found is None:
            found = table[args] = Written(self, kind, args, args, None, len(self.made))
            self.made.append(found)
        return found

    def called(self, function: Any, parts: tuple[Written, ...]) -> Written:
        """Uma chamada, escrita como está: a função é de `math`, ou é só de quem vai escrever o texto."""
        args = (function, *parts)
        found = self._found["call"].get(args)
        return self._new("call", args, args, parts) if found is None else found

    def _new(
        self, kind: str, args: tuple[Any, ...], key: Any, parts: tuple[Any, ...] = (), number: float | None = None
    ) -> Written:
        made = self._found[kind][key] = Written(self, kind, args, parts, number, len(self.made))
        self.made.append(made)
        return made


_SIGNS: dict[Any, Callable[..., Written]] = {
    operator.add: Book.add,
    operator.sub: Book.subtract,
    operator.mul: Book.multiply,
    operator.neg: Book.negative,
}
"""Os sinais, que não têm escolhas a seguir."""


def _as_float(number: Any) -> float:
    """O float mais perto de um inteiro ou de uma fração.

    Raises:
        CompileError: não há um.
    """
    try:
        return float(number)
    except OverflowError:
        raise CompileError(f"{shorten(number)} passa do maior float, e não cabe num programa compilado") from None


def _is_power_of_two(number: float) -> bool:
    return math.isfinite(number) and abs(math.frexp(number)[0]) == 0.5


def without_factor(product: Written) -> tuple[float, Written]:
    """Um produto que começa por uma potência de 2, como (potência, resto); (1, o produto) se não começa.

    Numa soma de muitas parcelas a potência de 2 sai em evidência sem mudar algarismo nenhum: só o expoente muda.
    """
    rest, factors = product, []
    while rest.kind == "*":
        rest, factor = rest.args
        factors.append(factor)
    if not factors or rest.number is None or not _is_power_of_two(rest.number):
        return 1.0, product
    found = factors.pop()
    while factors:
        found = found * factors.pop()
    return rest.number, found


def opened(slope: Any) -> tuple[Any, Any]:
    """Uma derivada com ramos fechados como (condição de estar aberta, derivada); a condição é True se está sempre."""
    if slope is None:
        return False, None
    book = slope.book
    if slope not in book.gaps:
        return True, slope
    condition, a, b = slope.args
    (open_a, a), (open_b, b) = opened(a), opened(b)
    if a is None:
        return book.both(book.negation(condition), open_b), b
    if b is None:
        return book.both(condition, open_a), a
    left, right = book.both(condition, open_a), book.both(book.negation(condition), open_b)
    return book.either(left, right), book.choice(condition, a, b)

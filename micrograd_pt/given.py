"""O que um chamador deu: o número por trás disso, as conferências que se repetem, e como uma mensagem o mostra.

Quem recebe algo de fora pergunta aqui se serve, e a mensagem de erro diz sempre o mesmo do mesmo modo: o que se
esperava, o que veio, e o que escrever no lugar.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Collection, Sequence
from fractions import Fraction
from importlib import import_module
from typing import Any, Protocol, TypeAlias


class Scalar(Protocol):
    """Um escalar do NumPy; um `Value` não é um."""

    def is_integer(self) -> bool:
        """Verdadeiro se o número é inteiro."""

    def __float__(self) -> float: ...


Number: TypeAlias = int | float | Fraction | Scalar
"""O tipo do que serve de número: int, float, Fraction e os escalares do NumPy."""

MAKERS: dict[str, tuple[str, str]] = {}
"""O que um cômodo de cima faz para um método de baixo: de cada nome, o módulo e a função. É a face que o diz."""


def as_number(number: Any, where: str) -> Any:
    """O número puro por trás do que foi dado: int, float e Fraction passam; escalares do NumPy, e arrays de um elemento
    só, são convertidos.

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
    if hasattr(number, "__array__") and math.prod(getattr(number, "shape", (0,))) == 1:
        item = number.item()
        return item if hasattr(type(item), "record") else as_number(item, where)  # um array pode conter um nó
    raise TypeError(f"{where} espera um número real, e recebeu {shorten(number)} ({kind.__name__}){hint(number)}")


def is_array(given: Any) -> bool:
    """Verdadeiro se é um array com eixos, que responde ele mesmo, elemento por elemento."""
    return hasattr(given, "__array__") and getattr(given, "shape", ()) != ()


def whole(
    given: Any, where: str, least: int = 1, most: int | None = None, *, kind: str = "um inteiro", otherwise: str = ""
) -> int:
    """Um número inteiro entre dois limites; um inteiro do NumPy vira `int`, e um `bool` não é um número.

    Args:
        given: o que foi dado.
        where: quem o recebeu, para a mensagem de erro.
        least: o menor que serve.
        most: o maior que serve; sem indicação, não há um.
        kind: o que se espera, para a mensagem.
        otherwise: o que mais serviria, para a mensagem.

    Raises:
        ValueError: não é um inteiro, ou está fora dos limites.
    """
    fits = isinstance(given, numbers.Integral) and not isinstance(given, bool)
    if not fits or int(given) < least or (most is not None and int(given) > most):
        bound = "maior que 0" if least == 1 else f"maior ou igual a {least}"
        bound = bound if most is None else f"de {least} a {most}"
        raise ValueError(f"{where} espera {kind} {bound}{otherwise}, e recebeu {shorten(given)}")
    return int(given)


def is_finite(number: Any) -> bool:
    """Verdadeiro se o número cabe num `float` e é finito."""
    try:
        return math.isfinite(number)
    except OverflowError:
        return False


def as_float(number: Any, where: str) -> float:
    """O número como `float`.

    Args:
        number: o número.
        where: o que ele é, para a mensagem de erro.

    Raises:
        OverflowError: não cabe.
    """
    try:
        return float(number)
    except OverflowError:
        raise OverflowError(f"{where} passa do maior float: {shorten(number)}") from None


def positive(given: Any, where: str) -> Any:
    """Um número finito maior que 0.

    Args:
        given: o que foi dado.
        where: quem o recebeu, para a mensagem de erro.

    Raises:
        TypeError: não é um número real.
        ValueError: não é maior que 0, ou não é finito.
    """
    number = as_number(given, where)
    if not (is_finite(number) and number > 0):
        raise ValueError(f"{where} espera um número maior que 0 e finito, e recebeu {shorten(given)}")
    return number


def one_of(given: Any, where: str, names: Collection[Any]) -> Any:
    """Um destes nomes.

    Args:
        given: o que foi dado.
        where: quem o recebeu, para a mensagem de erro.
        names: os que servem.

    Raises:
        ValueError: é outra coisa.
    """
    if not any(given is name or (isinstance(given, str) and given == name) for name in names):
        *rest, last = [f'"{name}"' if isinstance(name, str) else repr(name) for name in names]
        expected = f"{', '.join(rest)} ou {last}" if rest else last
        raise ValueError(f"{where} espera {expected}, e recebeu {shorten(given)}")
    return given


def describe(args: Sequence[Any], labels: Sequence[str] = ()) -> str:
    """Os argumentos como a mensagem de erro os mostra: `(x = -1, 2)`."""
    labels = labels or [""] * len(args)
    args = [arg.data if hasattr(type(arg), "record") and hasattr(arg, "data") else arg for arg in args]
    shown = [f"{label} = {shorten(arg)}" if label else shorten(arg) for arg, label in zip(args, labels, strict=True)]
    return f"({', '.join(shown[:6])}{', …' if len(shown) > 6 else ''})"


def shorten(given: Any, limit: int = 60) -> str:
    """O que foi dado, numa linha de no máximo `limit` caracteres, para uma mensagem."""
    try:
        text = repr(given)
    except ValueError:  # o Python não escreve inteiros de mais de alguns milhares de algarismos
        return f"<{type(given).__name__} com milhares de algarismos>"
    return text if len(text) <= limit else text[: limit - 3] + "..."


def hint(given: Any) -> str:
    """O que escrever no lugar do que foi dado, quando isso se sabe."""
    if hasattr(given, "hint"):
        return str(given.hint)
    if isinstance(given, str):
        return "; converta o texto com float(...)"
    if isinstance(given, complex):
        return "; números complexos não têm derivada aqui"
    if isinstance(given, (list, tuple)):
        return "; aplique a operação a um elemento de cada vez"
    if given is None:
        return "; falta um número: um return esquecido?"
    if hasattr(given, "__array__"):
        return "; use um elemento do array, como array[0] ou array.item()"
    if hasattr(given, "__float__"):
        return "; converta-o com float(...)"
    return ""


def labels(args: Sequence[Any]) -> list[str]:
    """O rótulo de cada argumento, para uma mensagem; vazio num número."""
    return [getattr(arg, "label", "") for arg in args]


def maker(name: str) -> Callable[..., Any]:
    """A função que a face deu com esse nome; o módulo dela só é importado agora."""
    module, function = MAKERS[name]
    made: Callable[..., Any] = getattr(import_module(module), function)
    return made


class Shown:
    """O que um caderno Jupyter mostra como figura."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """As formas deste objeto, por tipo: `text/plain` e, se ele se deixa desenhar, `image/svg+xml`."""
        shown: dict[str, Any] = maker("shown")(self)
        return shown


class Attached:
    """Um número que não se deixa desligar do grafo: o que daria só o número dele é recusado, com o que escrever."""

    __slots__ = ()

    def __float__(self) -> float:
        raise TypeError("float(v) e math.f(v) desligariam o nó do grafo: use v.data, ou as funções v.exp(), v.sin() …")

    def __int__(self) -> int:
        raise TypeError("int(v) e range(v) desligariam o nó do grafo: use int(v.data)")

    def __index__(self) -> int:
        return int(self)

    def __round__(self, *_: Any) -> Any:
        raise TypeError("round(v), v // n e v % n têm derivada 0 ou nenhuma: use v.data, como em round(v.data)")

    __floordiv__: Callable[..., Any] = __round__
    __rfloordiv__: Callable[..., Any] = __round__
    __mod__: Callable[..., Any] = __round__
    __rmod__: Callable[..., Any] = __round__
    __divmod__: Callable[..., Any] = __round__
    __rdivmod__: Callable[..., Any] = __round__

    def __bool__(self) -> bool:
        raise TypeError("um Value não é verdadeiro nem falso: compare-o, como em `if v > 0`, ou use v.data")

"""Derivadas como funções: `grad`, `jvp`, `jacobian`, `hessian` — números entram, números saem, de qualquer ordem.

Uma função é traçada com `Value`s no lugar dos números; o grafo que resulta é lido para trás (modo reverso) ou para
frente (modo de avanço), pela mesma tabela. Dentro de outra derivada tudo continua a ser `Value`, e por isso
`grad(grad(f))` é a segunda derivada. Nenhum `grad` de nó é tocado.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar, overload

from micrograd_pt import ops
from micrograd_pt.conditions import require_unchanged
from micrograd_pt.engine import Value, ancestors, chain_rule, like_the_result
from micrograd_pt.given import Number, as_number, describe, labels, shorten, whole
from micrograd_pt.graph import Graph
from micrograd_pt.ops import DomainError
from micrograd_pt.threads import recording
from micrograd_pt.words import sentence

Function = Callable[..., Any]
Which = int | Sequence[int]
Shape = TypeVar("Shape", float, Value, list[float], list[Value], tuple[float, ...], dict[str, float])
"""As formas de um argumento que os tipos conhecem; o gradiente tem a mesma."""


class Gradient(Protocol):
    """O gradiente de uma função em relação ao primeiro argumento: tem a forma dele."""

    def __call__(self, x: Shape, /, *rest: Any, **options: Any) -> Shape: ...


class ValueAndGradient(Protocol):
    """O valor de uma função e o seu gradiente em relação ao primeiro argumento."""

    @overload
    def __call__(self, x: Value | list[Value], /, *rest: Any, **options: Any) -> tuple[Value, Any]: ...
    @overload
    def __call__(self, x: Shape, /, *rest: Any, **options: Any) -> tuple[float, Shape]: ...


class OfOneNumber(Protocol):
    """Uma função de um número, que aceita também um nó."""

    @overload
    def __call__(self, x: Number, /) -> float: ...
    @overload
    def __call__(self, x: Value, /) -> Value: ...


@overload
def value_and_grad(f: Function, argnums: Literal[0] = 0) -> ValueAndGradient: ...
@overload
def value_and_grad(f: Function, argnums: Which) -> Function: ...
def value_and_grad(f: Function, argnums: Which = 0) -> Function:
    """A função que devolve o valor de `f` e o seu gradiente, num passo para frente e um para trás.

    Args:
        f: função que devolve um número; os argumentos são números, ou listas, tuplas e dicionários deles.
        argnums: em relação a qual argumento (a partir de 0), ou a quais; os outros passam como estão.

    Returns:
        Uma função com os argumentos de `f` que devolve o par (valor, gradiente). O gradiente tem a forma do argumento;
        com vários `argnums`, é uma tupla.

    Raises:
        TypeError: `f` não devolve um número, ou um argumento não é feito de números (ao chamar).
        ValueError: `argnums` não é um argumento (ao chamar).
    """

    @recording
    def derived(*args: Any, **options: Any) -> tuple[Any, Any]:
        trace = _Trace(f, args, options, argnums)
        output = one_number(trace.output, f)
        return trace.outward(output), trace.gradient(output)

    def from_program(*args: Any, **options: Any) -> tuple[Any, Any]:
        leaves = flat(list(args), "o argumento", arrays=f.arrays)[0]  # type: ignore[attr-defined]
        if options or _tracing.depth or any(isinstance(leaf, Value) for leaf in leaves):
            return derived(*args, **options)
        value, slopes = f.value_and_gradients(args)  # type: ignore[attr-defined]
        return value, _chosen(args, slopes, argnums)

    compiled = hasattr(f, "value_and_gradients")
    return _named_after(f, from_program if compiled else derived, "value_and_grad")


@overload
def grad(f: Function, argnums: Literal[0] = 0) -> Gradient: ...
@overload
def grad(f: Function, argnums: Which) -> Function: ...
def grad(f: Function, argnums: Which = 0) -> Function:
    """A função que devolve o gradiente de `f`; `grad(grad(f))` é a segunda derivada.

    Args:
        f, argnums: como em `value_and_grad`.
    """
    both = value_and_grad(f, argnums)

    def derived(*args: Any, **options: Any) -> Any:
        return both(*args, **options)[1]

    return _named_after(f, derived, "grad")


def jvp(f: Function, argnums: Which = 0) -> Function:
    """A derivada direcional de `f`, em modo de avanço (Wengert, 1964): quanto o resultado muda numa direção.

    Args:
        f: como em `value_and_grad`; pode devolver também listas, tuplas e dicionários de números.
        argnums: como em `value_and_grad`.

    Returns:
        Uma função com os argumentos de `f` e mais um, a direção, na forma do argumento derivado (com vários `argnums`,
        uma tupla delas); devolve o par (valor, derivada direcional).

    Raises:
        ValueError: a direção não tem a forma do argumento (ao chamar).
    """

    @recording
    def derived(*args_and_direction: Any, **options: Any) -> tuple[Any, Any]:
        *args, direction = args_and_direction
        trace = _Trace(f, args, options, argnums)
        directions = flat(direction, "a direção")[0]
        derived_args = args[argnums] if isinstance(argnums, int) else tuple([args[place] for place in argnums])
        if shape(direction) != shape(derived_args):
            raise ValueError(f"a direção tem outra forma que o argumento derivado: {shorten(direction)}")
        outputs, rebuild = flat(trace.output, "o resultado de f")
        tangents = dict(zip(trace.inputs, directions, strict=True))
        slopes = [trace.outward(_forward_mode(output, tangents, trace.inside)) for output in outputs]
        return rebuild([trace.outward(output) for output in outputs]), rebuild(slopes)

    return _named_after(f, derived, "jvp")


def jacobian(f: Function, argnums: Which = 0) -> Function:
    """As derivadas de cada resultado de `f` em relação a cada número do argumento, em modo reverso.

    Args:
        f: função que devolve um número, ou listas, tuplas e dicionários deles.
        argnums: como em `value_and_grad`.

    Returns:
        Uma função com os argumentos de `f`: a forma do resultado, com um gradiente (na forma do argumento) no lugar de
        cada número.
    """

    @recording
    def derived(*args: Any, **options: Any) -> Any:
        trace = _Trace(f, args, options, argnums)
        outputs, rebuild = flat(trace.output, "o resultado de f")
        return rebuild([trace.gradient(output) for output in outputs])

    return _named_after(f, derived, "jacobian")


def hessian(f: Function, argnums: Which = 0) -> Function:
    """As segundas derivadas de `f`: a jacobiana do gradiente.

    Args:
        f, argnums: como em `value_and_grad`.

    Returns:
        Uma função com os argumentos de `f`: o gradiente, com um gradiente no lugar de cada número. Para uma lista de n
        números, n listas de n.
    """
    return _named_after(f, jacobian(grad(f, argnums), argnums), "hessian")


def derivative(f: Function, order: int = 1) -> OfOneNumber:
    """A derivada de ordem `order` de uma função de um número.

    Args:
        f: função de um número que devolve um número.
        order: a ordem; 0 é a própria função.

    Raises:
        ValueError: `order` não é um inteiro maior ou igual a 0.
    """
    for _ in range(whole(order, "order", 0)):
        f = grad(f)
    return f


@dataclass(frozen=True)
class NonFinite:
    """Onde um número deixou de ser finito; `str()` o conta.

    Attributes:
        name: o nome do nó.
        where: `"data"` se foi no passo para frente, `"grad"` no passo para trás.
        number: o número que apareceu.
        reason: de onde veio, na língua pedida.
        lang: a língua, `"pt"` ou `"en"`.
    """

    name: str
    where: str
    number: Any
    reason: str
    lang: str = "pt"

    def __str__(self) -> str:
        return sentence(f"nonfinite.{self.where}", self.lang, name=self.name, number=self.number, reason=self.reason)


def find_nonfinite(loss: Value, lang: str = "pt") -> NonFinite | None:
    """O primeiro nó em que um valor ou um gradiente deixou de ser finito; None se todos são.

    Args:
        loss: o valor de que se parte; nenhum `grad` muda.
        lang: a língua em que se conta o que foi achado, `"pt"` ou `"en"`.

    Raises:
        ChangedLeafError: uma folha mudou desde o passo para frente.
        DomainError: uma derivada de que se precisa não existe.
    """
    graph = Graph(loss)
    for node in graph.nodes:
        if not _finite(node.data):
            made = f"{node.op.name}{describe(node.numbers)}" if node.op else sentence("nonfinite.leaf", lang)
            return NonFinite(node.name, "data", node.data, made, lang)
    parts, totals = graph.contributions()
    for node in reversed(graph.nodes):
        if not _finite(totals[node.index]):
            reason = sentence("nonfinite.sum", lang)
            for part in parts[node.index]:
                if not _finite(part.product):
                    factors = {"upstream": part.upstream, "local": part.local}
                    reason = sentence("nonfinite.product", lang, user=part.user.name, **factors)
                    break
            return NonFinite(node.name, "grad", totals[node.index], reason, lang)
    return None


class _Depth(threading.local):
    """Quantas derivadas estão sendo traçadas, uma dentro da outra."""

    def __init__(self) -> None:
        self.depth = 0


_tracing = _Depth()


@contextmanager
def _one_deeper() -> Iterator[None]:
    _tracing.depth += 1
    try:
        yield
    finally:
        _tracing.depth -= 1


class _Trace:
    """Uma chamada de `f` com nós novos no lugar dos números dos argumentos derivados.

    Attributes:
        inputs: os nós novos.
        output: o que `f` devolveu.
        inside: verdadeiro se isto acontece dentro de outra derivada: então os resultados continuam a ser `Value`s.
    """

    def __init__(self, f: Function, args: Sequence[Any], options: dict[str, Any], argnums: Which) -> None:
        self.single = isinstance(argnums, int)
        chosen = [argnums] if isinstance(argnums, int) else list(argnums)
        for place in chosen:
            _require_place(place, len(args))
        if len({place % len(args) for place in chosen}) < len(chosen):
            raise ValueError(f"argnums repete um argumento: {argnums!r}")
        traced = list(args)
        self.inputs: list[Value] = []
        self.rebuilds: list[tuple[int, Function]] = []
        self.inside = _tracing.depth > 0
        for place in chosen:
            numbers, rebuild = flat(args[place], f"o argumento {place}")
            self.inside = self.inside or any(isinstance(number, Value) for number in numbers)
            nodes = [ops.identity(number) if isinstance(number, Value) else Value(number) for number in numbers]
            traced[place] = rebuild(nodes)
            self.inputs += nodes
            self.rebuilds.append((len(nodes), rebuild))
        with _one_deeper():
            self.output = f(*traced, **options)

    def gradient(self, output: Any) -> Any:
        """O gradiente de um resultado, na forma dos argumentos."""
        received: dict[Value, Any] = {}
        if isinstance(output, Value):
            try:
                received = gradients_of(output, create_graph=self.inside)
            except DomainError:  # talvez só falte uma derivada que ninguém pediu, a de um Value trazido de fora
                received = chain_rule(ancestors(output), 1, self.inside, self.inputs)
        slopes = [received.get(node, 0) for node in self.inputs]
        shaped, start = [], 0
        for size, rebuild in self.rebuilds:
            shaped.append(rebuild(slopes[start : start + size]))
            start += size
        return shaped[0] if self.single else tuple(shaped)

    def outward(self, number: Any) -> Any:
        """O número como sai daqui: `Value` dentro de outra derivada, número puro fora."""
        return number.data if isinstance(number, Value) and not self.inside else number


def gradients_of(output: Value, *, create_graph: bool = False) -> dict[Value, Any]:
    """O gradiente de cada nó que levou a um resultado, sem tocar em nenhum `grad`; 0 onde nenhum chegou.

    Args:
        output: o resultado.
        create_graph: os gradientes são `Value`s em vez de números.

    Raises:
        DomainError: uma derivada de que se precisa não existe.
        OverflowError: uma derivada ou um gradiente não cabe num `float`.
    """
    return chain_rule(ancestors(output), 1, create_graph)


def _chosen(args: Sequence[Any], slopes: Sequence[Any], argnums: Which) -> Any:
    """De um gradiente em fila, a parte dos argumentos pedidos, na forma deles."""
    shaped, start = [], 0
    for arg in args:
        leaves, rebuild = flat(arg, "o argumento", arrays=True)
        shaped.append(rebuild(slopes[start : start + len(leaves)]))
        start += len(leaves)
    places = [argnums] if isinstance(argnums, int) else list(argnums)
    for place in places:
        _require_place(place, len(args))
    return shaped[places[0]] if isinstance(argnums, int) else tuple([shaped[place] for place in places])


def _require_place(place: Any, count: int) -> None:
    if not isinstance(place, int) or not -count <= place < count:
        raise ValueError(f"argnums pede o argumento {shorten(place)}, e a função recebeu {count}")


def _forward_mode(output: Any, tangents: dict[Value, Any], create_graph: bool) -> Any:
    """A derivada de um resultado na direção dada por `tangents`, do começo para o fim do grafo.

    Por um ramo fechado não passa nada, nem a derivada que atrás dele não existe: o erro dela anda pelo grafo no lugar
    do número, e só é um erro se chega ao resultado.
    """
    if not isinstance(output, Value):
        return 0
    order = ancestors(output)
    if create_graph:
        require_unchanged(list(order))
    moving = {node: like_the_result(output.data, tangent) for node, tangent in tangents.items()}
    for node in order:
        if node in moving or node.op is None:
            continue
        wanted = [isinstance(arg, Value) and arg in moving for arg in node.args]
        numbers = (node, node.args) if create_graph else (node.data, node.args_data)
        try:
            slopes = node.op.derivatives(numbers[0], numbers[1], labels(node.args), wanted)
            for arg, slope in zip(node.args, slopes, strict=True):
                if slope is None or not isinstance(arg, Value) or arg not in moving:
                    continue
                if isinstance(moving[arg], Exception):
                    raise moving[arg]
                part = moving[arg] * slope
                moving[node] = moving[node] + part if node in moving else part
        except (ArithmeticError, ValueError, TypeError) as error:
            moving[node] = error
    found = moving.get(output, 0)
    if isinstance(found, Exception):
        raise found
    return found


def flat(tree: Any, what: str, *, arrays: bool = False) -> tuple[list[Any], Function]:
    """Os números de listas, tuplas e dicionários aninhados, e a função que os põe de volta na mesma forma.

    Args:
        tree: o que os guarda.
        what: o que eles são, para mensagens.
        arrays: se um array, com um número por amostra, vale por um número.
    """
    if isinstance(tree, dict):
        keys = list(tree)
        leaves, rebuild = flat([tree[key] for key in keys], what, arrays=arrays)
        return leaves, lambda numbers: dict(zip(keys, rebuild(numbers), strict=True))
    if isinstance(tree, (list, tuple)):
        pieces = [flat(item, what, arrays=arrays) for item in tree]
        sizes = [len(leaves) for leaves, _ in pieces]

        def rebuild_all(numbers: Sequence[Any]) -> Any:
            items, start = [], 0
            for size, (_, rebuild) in zip(sizes, pieces, strict=True):
                items.append(rebuild(numbers[start : start + size]))
                start += size
            if isinstance(tree, list):
                return items
            return type(tree)(*items) if hasattr(tree, "_fields") else tuple(items)

        return [leaf for leaves, _ in pieces for leaf in leaves], rebuild_all
    if getattr(tree, "shape", ()) != ():
        if arrays:
            return [tree], lambda numbers: numbers[0]
        raise TypeError(f"{what} espera números em listas, tuplas ou dicionários, e recebeu um array; use .tolist()")
    number = tree if isinstance(tree, Value) else as_number(tree, what)
    return [number], lambda numbers: numbers[0]


def shape(tree: Any) -> Any:
    """A forma de listas, tuplas e dicionários aninhados, sem os números; formas iguais são iguais."""
    if isinstance(tree, dict):
        return (dict, tuple([(key, shape(item)) for key, item in tree.items()]))
    if isinstance(tree, (list, tuple)):
        return (type(tree), tuple([shape(item) for item in tree]))
    return None


def one_number(output: Any, f: Function) -> Any:
    """O resultado de `f`, que deve ser um número só.

    Raises:
        TypeError: não é.
    """
    if isinstance(output, Value):
        return output
    name = getattr(f, "__name__", "a função")
    if isinstance(output, (list, tuple, dict)):
        raise TypeError(f"o gradiente é de um número só, e {name} devolveu {shorten(output)}; use jacobian")
    return as_number(output, f"o resultado de {name}")


def _finite(number: Any) -> bool:
    return bool(number - number == 0)


def _named_after(f: Function, derived: Function, kind: str) -> Function:
    derived.__name__ = f"{kind}({getattr(f, '__name__', 'f')})"
    derived.__doc__ = getattr(f, "__doc__", None)
    return derived

"""`compiled(f)`: uma função comum, traçada na primeira chamada e daí em diante executada como programa."""

from __future__ import annotations

import inspect
import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, update_wrapper
from typing import Any, overload

from micrograd_pt.calculus import flat, shape
from micrograd_pt.compiler.arrays import ArrayProgram, array_program_of
from micrograd_pt.compiler.program import Program, program_of
from micrograd_pt.compiler.twins import twin_of
from micrograd_pt.compiler.watching import Watch
from micrograd_pt.engine import Value, enable_grad
from micrograd_pt.given import Number, as_number, shorten
from micrograd_pt.graph import Graph
from micrograd_pt.written import Book, CompileError, Written

_MOST_SHAPES = 64


@dataclass
class Traced:
    """O grafo que uma função construiu com argumentos de uma forma.

    Attributes:
        graph: o grafo; None se o resultado não depende de nada e é o número `constant`.
        inputs: as folhas dos argumentos.
        captured: as folhas que a função trouxe de fora, lidas de novo a cada chamada.
        constant: o resultado, se não há grafo.
        checked: verdadeiro depois de dar o mesmo que a função, num número que não seja 0, infinito nem NaN.
        target: como em `compile_graph`; um programa para arrays dá o resultado de cada amostra.
    """

    graph: Graph | None
    inputs: list[Value]
    captured: list[Value]
    constant: Any = None
    checked: bool = False
    target: Any = "python"

    @cached_property
    def value_program(self) -> Any:
        """O programa que só calcula o valor."""
        return self._program([])

    @cached_property
    def gradient_program(self) -> Any:
        """O programa que calcula também o gradiente em relação aos argumentos."""
        return self._program(self.inputs)

    def _program(self, wanted: list[Value]) -> Program | ArrayProgram:
        assert self.graph is not None
        if self.target == "python":
            return program_of(self.graph, self.inputs, self.captured, wanted)
        leaves = ["inputs"] if wanted else []
        return array_program_of(self.graph, self.inputs, self.captured, self.target, "float64", leaves, summed=False)


def trace(
    f: Callable[..., Any],
    numbers: Sequence[Any],
    rebuild: Callable[..., Any],
    outside: Sequence[Value] = (),
    *,
    target: Any = "python",
) -> Traced:
    """Chama `f` uma vez com números que só se escrevem, e guarda o grafo.

    Args:
        f: a função.
        numbers: os números dos argumentos; só importa quantos são.
        rebuild: põe os números na forma dos argumentos de `f`.
        outside: folhas de fora cujos números também só se escrevem.
        target: como em `compile_graph`.

    Raises:
        CompileError: `f` pede o valor de algo que muda a cada chamada, ou não devolve um número.
    """
    book = Book()
    inputs = [_symbolic(book.name(f"x{place + 1}"), f"x{place + 1}") for place in range(len(numbers))]
    with enable_grad():
        output = f(*rebuild(inputs))
    if not isinstance(output, Value):
        if isinstance(output, (list, tuple, dict, Written)):
            raise CompileError(f"a função compilada devolve um número só, e devolveu {shorten(output)}")
        number = as_number(output, "o resultado da função compilada")
        if target == "python":
            return Traced(None, inputs, [], number)
        output = Value(number)  # também ele um por amostra
    graph = Graph(output)
    given = {id(leaf) for leaf in inputs}
    captured = [node.value for node in graph.leaves if id(node.value) not in given]
    known = {id(leaf) for leaf in outside}
    if any(isinstance(leaf.data, Written) and id(leaf) not in known for leaf in captured):
        raise CompileError(
            "um valor que muda a cada chamada perdeu o seu grafo (em no_grad, copy ou pickle): use o próprio valor"
        )
    return Traced(graph, inputs, captured, target=target)


def refuse_frozen(f: Callable[..., Any], numbers: Sequence[Any], rebuild: Callable[..., Any]) -> None:
    """Traça `f` mais uma vez, com os números dos `Value`s que ela alcança também só escritos: ler o `data` não passa.

    Quem muda são cópias deles; os de verdade podem estar em uso noutra linha de execução.

    Raises:
        CompileError: `f` lê o número de um `Value` de fora, que ficaria congelado no programa.
    """
    twin, leaves = twin_of(f)
    book = Book()
    for place, leaf in enumerate(leaves):
        leaf.data = book.name(f"c{place + 1}")
    if not leaves:
        return
    try:
        trace(twin, numbers, rebuild, leaves)
    except CompileError:
        raise
    except TypeError as error:
        raise CompileError(f"a função compilada lê o data de um Value que traz de fora{Written.hint}") from error


def require_same(expected: Any, found: Any, tolerance: float = 0.0) -> None:
    """Confere o programa com a função chamada como está.

    Args:
        expected: o que a função deu, com os mesmos números.
        found: o que o programa deu.
        tolerance: quanto podem diferir, se é mais do que os últimos algarismos.

    Raises:
        CompileError: não é o mesmo.
    """
    number = expected.data if isinstance(expected, Value) else expected
    if math.isfinite(number) and not math.isclose(number, found, rel_tol=1e-9, abs_tol=max(1e-12, tolerance)):
        raise CompileError(
            f"a função dá {shorten(number)}, e traçada daria {shorten(found)}: ela decide por algo que o traço não "
            "mostra (isinstance, um dicionário, um sorteio, um contador, um try); escreva-a com os próprios valores"
        )


def compiled(f: Callable[..., Any], *, target: Any = "python") -> Compiled:
    """A função `f`, compilada para cada forma de argumentos com que é chamada.

    A primeira chamada traça `f`, e a confere com o que `f` dá; as seguintes, com argumentos da mesma forma, executam o
    programa. O que não é argumento nem o número de um `Value` fica congelado nele: um coeficiente, um item de lista,
    uma variável global, um atributo. A cada chamada se compara o que disso se alcança a partir de `f`, e uma mudança
    faz traçá-la de novo; o que não se alcança (um arquivo, o relógio, um sorteio, um gerador, o que `f` só muda por ser
    chamada, o interior de um pacote instalado, uma lista de mais de mil itens) continua como era.

    Os números dos `Value`s que `f` traz de fora (os parâmetros de um modelo) são lidos a cada chamada. O `data` que `f`
    lê de um deles é recusado, também numa função que ela chama; o de um que não se alcança fica congelado. Chamada com
    `Value`s, `f` é executada como está.

    Args:
        f: função de números, ou listas, tuplas e dicionários deles, que devolve um número.
        target: `"python"`, ou um módulo de arrays, como em `compile_graph`: no lugar de cada número pode então vir um
            array com um por amostra, e vêm o resultado e o gradiente de cada amostra.

    Returns:
        Uma função com os argumentos de `f`; `value_and_grad(compiled(f))` dá também o gradiente.

    Raises:
        CompileError: `f` decide algo por um valor que muda a cada chamada: a mensagem diz o que escrever no lugar (ao
            chamar).
    """
    return Compiled(f, target)


class Compiled:
    """Veja `compiled`."""

    def __init__(self, f: Callable[..., Any], target: Any = "python") -> None:
        update_wrapper(self, f)
        self._f, self._target = f, target
        self.arrays: bool = target != "python"
        self._traced: OrderedDict[Any, Traced] = OrderedDict()
        self._watch: Watch | None = None  # o que `f` lê e não é o número de um `Value`, como era

    @overload
    def __call__(self, *args: Number, **named: Number) -> float: ...
    @overload
    def __call__(self, *args: Any, **named: Any) -> Any: ...
    def __call__(self, *args: Any, **named: Any) -> Any:
        if named:
            bound = inspect.signature(self._f).bind(*args, **named)
            bound.apply_defaults()
            if bound.kwargs:
                raise TypeError(f"{', '.join(bound.kwargs)}: uma função compilada só recebe argumentos que têm lugar")
            args = bound.args
        numbers, rebuild = flat(list(args), "o argumento", arrays=self.arrays)
        if any(isinstance(number, Value) for number in numbers):
            return self._f(*args)
        return _value(self._for(args, numbers, rebuild), numbers)

    def value_and_gradients(self, args: Sequence[Any]) -> tuple[Any, list[Any]]:
        """O valor, e o gradiente em relação a cada número dos argumentos, em fila."""
        numbers, rebuild = flat(list(args), "o argumento", arrays=self.arrays)
        traced = self._for(args, numbers, rebuild)
        if traced.graph is None:
            return traced.constant, [0] * len(numbers)
        found: Any = traced.gradient_program(numbers, [leaf.data for leaf in traced.captured])
        value, gradients = found
        return value, [gradients[:, place] for place in range(len(numbers))] if self.arrays else list(gradients)

    def _for(self, args: Sequence[Any], numbers: Sequence[Any], rebuild: Callable[..., Any]) -> Traced:
        """O que foi traçado para argumentos desta forma; guardam-se as formas usadas por último.

        Ninguém espera enquanto `f` executa: ela pode chamar a si mesma, ou a outra que a chama.
        """
        form = shape(list(args))
        traced = self._traced.get(form)
        if self._watch is not None and self._watch.changed():
            self._traced.clear()
            traced = None
        if traced is None:
            traced = trace(self._f, numbers, rebuild, target=self._target)
            refuse_frozen(self._f, numbers, rebuild)
        if not traced.checked:
            self._check(traced, args, numbers, rebuild)
            self._watch = Watch(self._f)
        traced = self._traced.setdefault(form, traced)
        with suppress(KeyError):  # outra linha acaba de a tirar
            self._traced.move_to_end(form)
            if len(self._traced) > _MOST_SHAPES:
                self._traced.popitem(last=False)
        return traced

    def _check(self, traced: Traced, args: Sequence[Any], numbers: Sequence[Any], rebuild: Callable[..., Any]) -> None:
        """Confere o programa com a função; onde ela dá 0, infinito ou NaN, a próxima chamada confere de novo.

        Um programa para arrays é conferido na primeira amostra, se há uma, e se ali a função existe: ele calcula também
        o ramo que ela não toma.
        """
        if self.arrays:
            numbers = [_first(number) for number in numbers]
            if None in numbers:
                return
            args = rebuild(numbers)
        try:
            expected = self._f(*args)
        except ArithmeticError:
            if self.arrays:
                return
            raise
        found = _first(_value(traced, numbers))
        require_same(expected, found)
        traced.checked = math.isfinite(found) and found != 0

    def __reduce__(self) -> tuple[Any, ...]:
        return Compiled, (self._f, getattr(self._target, "__name__", self._target))


def _value(traced: Traced, numbers: Sequence[Any]) -> Any:
    """O valor, pelo programa."""
    if traced.graph is None:
        return traced.constant
    return traced.value_program(numbers, [leaf.data for leaf in traced.captured])[0]


def _first(number: Any) -> Any:
    """O número da primeira amostra, ou None se não há uma que sirva; de um número, ele mesmo."""
    shape = getattr(number, "shape", ())
    return number if not shape else float(number[0]) if len(shape) == 1 and shape[0] else None


def _symbolic(expression: Written, label: str) -> Any:
    """Uma folha cujo número só se escreve."""
    leaf: Any = Value(0, label)
    leaf.data = expression
    return leaf

"""O programa para arrays: o valor e os gradientes de muitas amostras de uma vez, em operações de matrizes."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from importlib import import_module
from typing import Any

from micrograd_pt.compiler.arrays.array_plan import ArrayPlan
from micrograd_pt.compiler.arrays.array_text import write_arrays
from micrograd_pt.compiler.arrays.careful import Careful, numbers_of
from micrograd_pt.compiler.arrays.namespaces import Namespace
from micrograd_pt.compiler.arrays.stacks import Stacks
from micrograd_pt.compiler.definition import defined
from micrograd_pt.engine import Value
from micrograd_pt.given import shorten
from micrograd_pt.graph import Graph
from micrograd_pt.written import CompileError

_CACHE = 2**20  # números de cada vez, no NumPy: o que um bloco de amostras ocupa cabe então no cache do processador


class ArrayProgram:
    """Um grafo compilado para arrays; guarda-se com pickle e pode ser usado por várias threads ao mesmo tempo.

    Fora do domínio de uma operação, o resultado é o que o módulo de arrays dá (NaN ou infinito), e não um erro. As
    somas são as mesmas que as do motor a menos do arredondamento: um empate que ele decide pode cair no outro ramo.

    Args:
        source: o texto.
        inputs: quantas entradas há.
        parameters: quantos parâmetros há.
        namespace: o nome do módulo de arrays que o texto importa.
        dtype: o tipo dos números, `"float64"` ou `"float32"`.
        width: quantos números o programa guarda por amostra.
        by_sample: dos resultados, quais têm uma linha por amostra; os outros se somam.

    Raises:
        CompileError: um programa gravado por uma versão anterior.

    Attributes:
        source: o texto: Python que se lê, e que roda sozinho com o módulo de arrays.
    """

    def __init__(
        self,
        source: str,
        inputs: int,
        parameters: int,
        namespace: str,
        dtype: str = "float64",
        width: int = 1,
        by_sample: Sequence[bool] = (),
    ) -> None:
        if not by_sample:
            raise CompileError(
                "este programa foi gravado por uma versão anterior, e o seu texto é outro: compile de novo"
            )
        self.source: str = source
        self.inputs: int = inputs
        self.parameters: int = parameters
        self.dtype: str = dtype
        self._width, self._by_sample = width, tuple(by_sample)
        self._namespace = Namespace(namespace, dtype)
        self._rows = sys.maxsize
        if self._namespace.blocks:
            self._rows = max(1, _CACHE // width)
            # A glibc, depois de um array grande, deixa de devolver ao sistema a memória dos menores a cada chamada.
            self._namespace.xp.empty(_CACHE)
        self._run = self._namespace.jitted(defined(source, "program"))

    def __call__(self, input_values: Any, parameter_values: Any) -> Any:
        """O valor e os gradientes, somados sobre as amostras.

        Args:
            input_values: uma tabela de forma (n, entradas), uma linha por amostra; ou uma lista com, por entrada, um
                array de forma (n,), ou um número, que vale para todas as amostras.
            parameter_values: um número por parâmetro, numa lista ou num array de forma (p,).

        Returns:
            (valor, gradientes): um array sem eixo e um de forma (p,), na ordem dos parâmetros dada a `compile_graph`;
            com `input_gradients=True`, também (valor, gradientes, tabela), os das entradas numa tabela como a dada.

        Raises:
            ValueError: número errado de entradas ou de parâmetros, uma forma que não serve, ou arrays de tamanhos
                diferentes.
        """
        namespace = self._namespace
        place = namespace.place(input_values, parameter_values) if namespace.placed else {}
        x, p = self._table(input_values, place), self._parameters(parameter_values, place)
        if namespace.lazy:
            return self._careful(x, p)
        with nullcontext() if namespace.placed else _quiet():
            found = self._in_blocks(self._run, x, p)
            total = self._total(found)
            if namespace.is_traced(total):  # o JAX ainda não sabe quanto vale
                lost = total != total
                return import_module("jax").lax.cond(lost, lambda: self._careful(x, p), lambda: tuple(found))
            return self._in_blocks(self._careful, x, p) if math.isnan(total) else found

    def _total(self, found: Any) -> Any:
        """A soma de todos os gradientes: NaN, se algum o é."""
        total, *others = [self._namespace.xp.sum(gradients) for gradients in found[1:]] or [0.0]
        return sum(others, total)

    def _in_blocks(self, run: Callable[..., Any], x: Any, p: Any) -> Any:
        """O programa, executado sobre algumas amostras de cada vez."""
        rows = self._rows
        if x.shape[0] <= rows:
            return run(x, p)
        totals = [[found] for found in run(x[:rows, :], p)]
        for start in range(rows, x.shape[0], rows):
            for total, more, rowwise in zip(totals, run(x[start : start + rows, :], p), self._by_sample, strict=True):
                if rowwise:
                    total.append(more)
                else:
                    total[0] = total[0] + more
        return tuple([self._namespace.xp.concat(total, axis=0) if len(total) > 1 else total[0] for total in totals])

    @cached_property
    def _careful(self) -> Callable[..., Any]:
        """O mesmo texto, com gradientes que lembram se chegaram: para quando o resultado é NaN."""
        run = defined(self.source, "program")
        run.__globals__["xp"] = Careful(self._namespace.xp)

        def careful(x: Any, p: Any) -> Any:
            return tuple(map(numbers_of, run(x, p)))

        return self._namespace.jitted(careful)

    def _table(self, given: Any, place: dict[str, Any]) -> Any:
        """As entradas como tabela, conferida: uma linha por amostra, uma coluna por entrada."""
        xp = self._namespace.xp
        if getattr(given, "ndim", 1) == 2:
            table = self._array(given, "as entradas são uma tabela de números", place)
            if table.shape[1] != self.inputs:
                turned = " (até a versão 0.1 era uma linha por entrada: passe a transposta)"
                raise ValueError(
                    f"a tabela tem a forma {tuple(table.shape)}, e devia ter {self.inputs} coluna(s): é uma linha por "
                    f"amostra e uma coluna por entrada{turned if table.shape[0] == self.inputs else ''}"
                )
            return table
        if getattr(given, "shape", None) == () or not hasattr(given, "__iter__"):
            raise ValueError(
                "as entradas são uma tabela (amostras × entradas), ou uma lista com um array ou um número por entrada, "
                f"e recebi {shorten(given)}"
            )
        given = list(given)
        if len(given) != self.inputs:
            raise ValueError(
                f"o programa espera {self.inputs} entrada(s), e recebeu {len(given)}: numa lista, cada item é a coluna "
                "de uma entrada; linhas de amostras se dão num array de duas dimensões"
            )
        if len(given) > 1 and all(isinstance(item, (list, tuple)) and len(item) == len(given) for item in given):
            raise ValueError(
                f"uma lista de {len(given)} listas de {len(given)} números tanto pode ser de linhas como de colunas: "
                "passe uma tabela, um array de duas dimensões com uma linha por amostra"
            )
        if not given:
            return xp.zeros((1, 0), dtype=self._namespace.kind, **place)
        columns = [self._array(values, "cada entrada é um número ou um array de números", place) for values in given]
        sizes: dict[int, int] = {}
        for number, column in enumerate(columns, 1):
            if column.ndim > 1:
                raise ValueError(
                    f"a entrada {number} tem a forma {tuple(column.shape)}, e devia ter um eixo só, o das amostras: "
                    "passe uma coluna por entrada, ou uma tabela só"
                )
            if column.ndim:
                sizes.setdefault(column.shape[0], number)
        if len(sizes) > 1:
            (size, first), (other, later) = list(sizes.items())[:2]
            raise ValueError(f"a entrada {first} tem {size} amostra(s), e a entrada {later} tem {other}")
        samples = next(iter(sizes), 1)
        return xp.stack([xp.broadcast_to(column, (samples,)) for column in columns], axis=1)

    def _parameters(self, given: Any, place: dict[str, Any]) -> Any:
        array = self._array(given, "os parâmetros são uma lista de números", place)
        if array.ndim != 1:
            shape = tuple(array.shape)
            raise ValueError(f"os parâmetros são uma lista de números, um eixo só, e os dados têm a forma {shape}")
        if array.shape[0] != self.parameters:
            raise ValueError(f"o programa espera {self.parameters} parâmetro(s), e recebeu {array.shape[0]}")
        return array

    def _array(self, given: Any, expected: str, place: dict[str, Any]) -> Any:
        try:
            return self._namespace.array(given, place)
        except (TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"{expected}, e foi dado {shorten(given)}: {error}") from error

    def __reduce__(self) -> tuple[Any, ...]:
        rest = self._namespace.name, self.dtype, self._width, self._by_sample
        return ArrayProgram, (self.source, self.inputs, self.parameters, *rest)

    def __repr__(self) -> str:
        return f"<ArrayProgram ({self._namespace.name}): {self.inputs} entrada(s), {self.parameters} parâmetro(s)>"


def _quiet() -> AbstractContextManager[Any]:
    """O NumPy avisa de cada conta que dá infinito, mesmo na amostra em que ninguém a usa; aqui, não."""
    numpy = sys.modules.get("numpy")
    quiet: AbstractContextManager[Any] = nullcontext() if numpy is None else numpy.errstate(all="ignore")
    return quiet


def array_program_of(
    graph: Graph,
    inputs: Sequence[Value],
    parameters: Sequence[Value],
    module: Any,
    dtype: str,
    wanted: Sequence[str] = ("parameters",),
    *,
    summed: bool = True,
) -> ArrayProgram:
    """O programa de um grafo já congelado, para os arrays de um módulo.

    Args:
        graph: o grafo.
        inputs: as folhas que recebem uma coluna de números.
        parameters: as folhas que recebem um número.
        module: o módulo de arrays.
        dtype: o tipo dos números.
        wanted: de que se quer o gradiente, na ordem: `"parameters"`, `"inputs"`.
        summed: se falso, dá um valor por amostra, em vez da soma.

    Raises:
        TypeError: não é um módulo de arrays.
        CompileError: uma operação falta nesse módulo, ou uma entrada não é folha.
    """
    namespace = Namespace(module, dtype)
    stacks = Stacks(graph, inputs, parameters)
    source = write_arrays(ArrayPlan(stacks, wanted, summed=summed), namespace)
    width = len(inputs) + sum([2 * stack.width for stack in stacks.ordered])
    by_sample = [not summed, *[name == "inputs" for name in wanted]]
    return ArrayProgram(source, len(inputs), len(parameters), namespace.name, dtype, max(1, width), by_sample)

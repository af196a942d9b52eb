"""O programa para arrays: o valor e os gradientes de muitas amostras de uma vez, em operações de matrizes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from importlib import import_module
from typing import Any

from micrograd_pt.compiler.array_source import write_arrays
from micrograd_pt.compiler.cells import Sheet
from micrograd_pt.compiler.definition import defined
from micrograd_pt.compiler.namespaces import Namespace
from micrograd_pt.compiler.plan import Plan
from micrograd_pt.given import shorten

_BLOCK = 4096  # amostras de cada vez: as matrizes de uma rede pequena cabem então no cache do processador


class ArrayProgram:
    """Um grafo compilado para arrays; guarda-se com pickle e pode ser usado por várias threads ao mesmo tempo.

    Fora do domínio de uma operação, o resultado é o que o módulo de arrays dá (NaN ou infinito), e não um erro.

    Args:
        source: o texto.
        inputs: quantas entradas há.
        parameters: quantos parâmetros há.
        namespace: o nome do módulo de arrays que o texto importa.

    Attributes:
        source: o texto: Python que se lê, e que roda sozinho com o módulo de arrays.
    """

    def __init__(self, source: str, inputs: int, parameters: int, namespace: str) -> None:
        self.source: str = source
        self.inputs: int = inputs
        self.parameters: int = parameters
        self._namespace = Namespace(import_module(namespace))
        self._run = defined(source, "program")
        self._careful: Callable[..., Any] | None = self._run.__globals__.get("careful")

    def __call__(self, input_values: Any, parameter_values: Any) -> Any:
        """O valor e os gradientes, somados sobre as amostras.

        Args:
            input_values: uma lista (ou um array, uma linha por entrada) com, por entrada, um array de forma (n,), ou um
                número, que vale para todas as amostras.
            parameter_values: um número por parâmetro, numa lista ou num array de forma (p,).

        Returns:
            (valor, gradientes): um array sem eixo e um de forma (p,), na ordem dos parâmetros dada a `compile_graph`,
            seguidos dos das entradas se o programa foi feito com `input_gradients=True`.

        Raises:
            ValueError: número errado de entradas ou de parâmetros, uma forma que não serve, ou arrays de tamanhos
                diferentes.
        """
        arrays, samples = self._inputs(input_values)
        parameters = self._parameters(parameter_values)
        namespace = self._namespace
        if namespace.lazy:
            return (self._careful or self._run)(arrays, parameters)
        if namespace.traced:
            return self._jitted(arrays, parameters)
        with _quiet():
            value, gradients = self._in_blocks(arrays, samples, parameters, self._run)
            if self._careful and bool(namespace.xp.any(namespace.xp.isnan(gradients))):
                value, gradients = self._in_blocks(arrays, samples, parameters, self._careful)
        return value, gradients

    def _in_blocks(self, arrays: list[Any], samples: int, parameters: Any, run: Callable[..., Any]) -> Any:
        """O programa executado sobre algumas amostras de cada vez."""
        if samples <= _BLOCK:
            return run(arrays, parameters)
        value, gradients = 0.0, 0.0
        for start in range(0, samples, _BLOCK):
            block = slice(start, min(start + _BLOCK, samples))
            more, slopes = run([array[block] if array.ndim else array for array in arrays], parameters)
            value, gradients = value + more, gradients + slopes
        return value, gradients

    @cached_property
    def _jitted(self) -> Callable[..., Any]:
        """O programa sob `jax.jit`, que o traça uma vez por forma das entradas."""
        jitted: Callable[..., Any] = import_module("jax").jit(self._traced)
        return jitted

    def _traced(self, arrays: list[Any], parameters: Any) -> Any:
        """O programa como o JAX o traça: a escolha entre as duas funções é feita lá dentro."""
        value, gradients = self._run(arrays, parameters)
        careful = self._careful
        if careful is None:
            return value, gradients
        jax = import_module("jax")
        lost = self._namespace.xp.any(self._namespace.xp.isnan(gradients))
        return jax.lax.cond(lost, lambda: careful(arrays, parameters), lambda: (value, gradients))

    def _inputs(self, given: Any) -> tuple[list[Any], int]:
        """As entradas como arrays, conferidas, e quantas são as amostras."""
        if getattr(given, "shape", None) == () or not (hasattr(given, "__iter__") or hasattr(given, "shape")):
            raise ValueError(
                f"as entradas são uma lista, com um array ou um número por entrada, e recebi {shorten(given)}"
            )
        given = [given[place, ...] for place in range(given.shape[0])] if hasattr(given, "shape") else list(given)
        if len(given) != self.inputs:
            raise ValueError(f"o programa espera {self.inputs} entrada(s), e recebeu {len(given)}")
        arrays = [self._array(values, "cada entrada é um número ou um array de números") for values in given]
        sizes: dict[int, int] = {}
        for place, array in enumerate(arrays):
            if array.ndim > 1:
                raise ValueError(
                    f"a entrada {place + 1} tem a forma {tuple(array.shape)}, e devia ter um eixo só, o das amostras: "
                    "passe cada coluna como uma entrada"
                )
            if array.ndim:
                sizes.setdefault(array.shape[0], place + 1)
        if len(sizes) > 1:
            (size, place), (other, later) = list(sizes.items())[:2]
            raise ValueError(f"a entrada {place} tem {size} amostra(s), e a entrada {later} tem {other}")
        return arrays, next(iter(sizes), 1)

    def _parameters(self, given: Any) -> Any:
        array = self._array(given, "os parâmetros são uma lista de números")
        if array.ndim != 1:
            shape = tuple(array.shape)
            raise ValueError(f"os parâmetros são uma lista de números, um eixo só, e os dados têm a forma {shape}")
        if array.shape[0] != self.parameters:
            raise ValueError(f"o programa espera {self.parameters} parâmetro(s), e recebeu {array.shape[0]}")
        return array

    def _array(self, given: Any, expected: str) -> Any:
        try:
            return self._namespace.xp.asarray(given, dtype=self._namespace.xp.float64)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{expected}, e foi dado {shorten(given)}: {error}") from error

    def __reduce__(self) -> tuple[Any, ...]:
        return ArrayProgram, (self.source, self.inputs, self.parameters, self._namespace.name)

    def __repr__(self) -> str:
        return f"<ArrayProgram ({self._namespace.name}): {self.inputs} entrada(s), {self.parameters} parâmetro(s)>"


def _quiet() -> AbstractContextManager[Any]:
    """O NumPy avisa de cada conta que dá infinito, mesmo na amostra em que ninguém a usa; aqui, não."""
    numpy = sys.modules.get("numpy")
    quiet: AbstractContextManager[Any] = nullcontext() if numpy is None else numpy.errstate(all="ignore")
    return quiet


def array_program(plan: Plan, module: Any) -> ArrayProgram:
    """O programa de um plano, para os arrays de um módulo.

    Args:
        plan: o plano de um laço sobre amostras.
        module: o módulo de arrays.

    Raises:
        TypeError: não é um módulo de arrays.
        CompileError: uma operação falta nesse módulo.
    """
    namespace = Namespace(module)
    sheet = Sheet(plan)
    functions, imports = {}, {f"import {namespace.name} as xp": None}
    for function in sheet.functions:
        functions[function], line = namespace.spelled(function)
        if line:
            imports[line] = None
    source = write_arrays(sheet, functions, sorted(imports))
    return ArrayProgram(source, len(plan.inputs), len(plan.parameters), namespace.name)

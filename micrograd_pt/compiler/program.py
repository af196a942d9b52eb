"""O programa compilado: os dois passos de um grafo, para frente e para trás, como Python em linha reta."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import cached_property
from types import ModuleType
from typing import Any, Literal, TypeAlias, overload

from micrograd_pt.compiler.arguments import explain, listed, plain, require_sizes
from micrograd_pt.compiler.arrays import ArrayProgram, array_program_of
from micrograd_pt.compiler.batch_text import BatchText, guarded
from micrograd_pt.compiler.definition import defined
from micrograd_pt.compiler.plan import make_plan
from micrograd_pt.compiler.source import write_looped, write_single
from micrograd_pt.engine import Value
from micrograd_pt.given import Number, shorten
from micrograd_pt.graph import Graph

Outcome: TypeAlias = tuple[float, tuple[float, ...]]
"""O valor e os gradientes."""

_Looped: TypeAlias = "BatchText | str | Callable[[], BatchText]"


class Program:
    """Um grafo compilado; guarda-se com pickle e pode ser usado por várias threads ao mesmo tempo.

    Args:
        single: o texto da função `program`, para uma linha de dados.
        looped: a função `batch`, para muitas, em pedaços, ou a função que os dá quando for preciso; os programas
            guardados antes com pickle têm só o texto dela.
        inputs: quantas entradas há.
        parameters: quantos parâmetros há.

    Attributes:
        run: a função `program` do texto, sem conferir nada: (entradas, parâmetros) → (valor, gradientes).
    """

    def __init__(self, single: str, looped: _Looped, inputs: int, parameters: int) -> None:
        self._single, self._looped = single, looped
        self.inputs: int = inputs
        self.parameters: int = parameters
        self.run: Callable[..., Outcome] = defined(single, "program")

    @property
    def source(self) -> str:
        """O texto das duas funções, `program` e `batch`: Python que se lê, e que roda sozinho com `math`."""
        return f"{self._single}\n\n{self._batch_text}"

    @property
    def _batch_text(self) -> BatchText | str:
        if not isinstance(self._looped, (BatchText, str)):
            self._looped = self._looped()
        return self._looped

    def __call__(self, input_values: Sequence[Number], parameter_values: Sequence[Number]) -> Outcome:
        """O valor e os gradientes.

        Args:
            input_values: um número por entrada.
            parameter_values: um número por parâmetro.

        Returns:
            (valor, gradientes): os gradientes são uma tupla na ordem dos parâmetros dada a `compile_graph`, seguidos
            dos das entradas se o programa foi feito com `input_gradients=True`.

        Raises:
            TypeError: o que foi dado não é uma lista de números.
            ValueError: número errado de entradas ou de parâmetros.
            DomainError: uma conta fora do domínio.
            OverflowError: um resultado que não cabe num `float`.
        """
        sizes = self.inputs, self.parameters
        inputs, parameters = listed(input_values), listed(parameter_values)
        if (len(inputs), len(parameters)) != sizes:
            require_sizes(sizes, [inputs], parameters)
        try:
            if all([type(numbers[0]) is float for numbers in (inputs, parameters) if numbers]):
                return self.run(inputs, parameters)
            return self.run(plain(inputs), plain(parameters))
        except (ArithmeticError, ValueError, TypeError) as error:
            explain(error, sizes, [inputs], parameters)
            raise

    @cached_property
    def batch(self) -> Callable[[Sequence[Sequence[Number]], Sequence[Number]], Outcome]:
        """A soma dos valores e dos gradientes sobre muitas linhas de entradas: `program.batch(linhas, parâmetros)`.

        É a própria função `batch` do texto, para não custar mais do que ela: quem explica um erro está dentro dela.

        Args:
            rows: uma lista de linhas, cada uma com um número por entrada.
            parameters: um número por parâmetro.

        Returns:
            (soma dos valores, tupla com a soma dos gradientes).

        Raises:
            TypeError, ValueError, DomainError, OverflowError: como ao chamar o programa.
        """
        sizes = self.inputs, self.parameters

        def refuse(error: Exception, rows: Any, parameters: Any) -> None:
            explain(error, sizes, rows, parameters)

        def again(rows: Any, parameters: Any) -> Any:
            if not hasattr(rows, "__len__"):  # um iterador já foi percorrido
                require_sizes(sizes, rows, parameters)
            return run([plain(row) for row in listed(rows)], plain(parameters))

        def checked(rows: Any, parameters: Any) -> Any:
            rows, parameters = listed(rows), listed(parameters)
            require_sizes(sizes, rows, parameters)
            return run(rows, parameters)

        text = self._batch_text
        run = defined(guarded(text), "batch", again=again, refuse=refuse)
        run.__doc__ = checked.__doc__ = Program.batch.__doc__
        # Quem não desempacota nada não nota um número a mais.
        return run if all(sizes) and isinstance(text, BatchText) and text.loops else checked

    def __reduce__(self) -> tuple[Any, ...]:
        return Program, (self._single, self._batch_text, self.inputs, self.parameters)

    def __repr__(self) -> str:
        lines = self._single.count("\n")
        return f"<Program: {self.inputs} entrada(s), {self.parameters} parâmetro(s), {lines} linhas>"


@overload
def compile_graph(
    loss: Value,
    inputs: Sequence[Value],
    parameters: Sequence[Value],
    *,
    target: Literal["python"] = "python",
    input_gradients: bool = False,
) -> Program: ...


@overload
def compile_graph(
    loss: Value,
    inputs: Sequence[Value],
    parameters: Sequence[Value],
    *,
    target: ModuleType | str,
    input_gradients: bool = False,
    dtype: Literal["float64", "float32"] = "float64",
) -> ArrayProgram: ...


@overload
def compile_graph(
    loss: Value,
    inputs: Sequence[Value],
    parameters: Sequence[Value],
    *,
    namespace: ModuleType,
    input_gradients: bool = False,
) -> ArrayProgram: ...


def compile_graph(
    loss: Value,
    inputs: Sequence[Value],
    parameters: Sequence[Value],
    *,
    target: ModuleType | str = "python",
    input_gradients: bool = False,
    dtype: Literal["float64", "float32"] = "float64",
    namespace: Any = None,
) -> Program | ArrayProgram:
    """Escreve o passo para frente e o passo para trás de um grafo como Python em linha reta, e o compila.

    O texto é o que um aluno derivaria à mão: cada derivada vem da tabela, nada é multiplicado por 1 nem calculado à
    toa, e o que está atrás de um ramo fechado é pulado. As folhas que não são entrada nem parâmetro entram como
    constantes, com o número que têm agora.

    Args:
        loss: o valor a calcular.
        inputs: as folhas que recebem um número novo a cada chamada (ou linha, em `batch`).
        parameters: as folhas cujos gradientes se querem.
        target: para que se escreve: `"python"`, um texto de números; ou um módulo de arrays, ou o nome dele (`numpy`,
            `torch`, `jax.numpy`, `dask.array`, …), um texto de matrizes, que recebe uma tabela, uma linha por amostra,
            e soma o valor e os gradientes sobre as amostras.
        input_gradients: se verdadeiro, dá também os gradientes das entradas: depois dos outros, na mesma tupla; num
            programa para arrays, numa tabela à parte, uma linha por amostra.
        dtype: o tipo dos números de um programa para arrays.
        namespace: o nome antigo de `target`.

    Returns:
        O programa.

    Raises:
        TypeError: `loss` não é um `Value`, ou uma entrada ou um parâmetro não é.
        ValueError: uma folha aparece duas vezes, ou um `dtype` que não serve.
        CompileError: uma operação que não se pode escrever, ou que falta no módulo de arrays, ou uma entrada que não
            é folha.
        ChangedLeafError: uma folha mudou desde o passo para frente.
    """
    if namespace is not None:
        warnings.warn("namespace agora se chama target", DeprecationWarning, stacklevel=2)
        target = namespace
    inputs, parameters = list(inputs), list(parameters)
    for leaf in (*inputs, *parameters):
        if not isinstance(leaf, Value):
            raise TypeError(f"entradas e parâmetros são Values, e recebi {shorten(leaf)}")
    if len({id(leaf) for leaf in (*inputs, *parameters)}) != len(inputs) + len(parameters):
        raise ValueError("uma mesma folha aparece duas vezes entre as entradas e os parâmetros")
    graph = Graph(loss)
    if target == "python" and dtype != "float64":
        raise ValueError("dtype vale para um programa de arrays: dê também o módulo, como em target=numpy")
    if target != "python":
        leaves = ("parameters", "inputs") if input_gradients else ("parameters",)
        return array_program_of(graph, inputs, parameters, target, dtype, leaves)
    return program_of(graph, inputs, parameters, [*parameters, *inputs] if input_gradients else parameters)


def program_of(graph: Graph, inputs: list[Value], parameters: list[Value], wanted: list[Value]) -> Program:
    """O programa de um grafo já congelado, com os gradientes das folhas de `wanted`, nessa ordem."""
    single = write_single(make_plan(graph, inputs, parameters, wanted, looped=False))

    def looped() -> BatchText:
        return write_looped(make_plan(graph, inputs, parameters, wanted, looped=True))

    return Program(single, looped, len(inputs), len(parameters))

"""Os motores medidos: cada um dá, para uma conta, um passo que devolve a perda e os gradientes.

Um motor que não está instalado, ou que não sabe fazer uma conta, diz por quê; o resto do banco de provas segue.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

from tests.benchmarks import batches, by_hand, tuples, workloads
from tests.benchmarks.workloads import MOONS_SIZES, WORKLOADS, XOR_ROWS

Result = tuple[float, Sequence[float]]
Step = Callable[[], Result]


@dataclass(frozen=True)
class Engine:
    """Um motor.

    Attributes:
        title: como aparece na tabela.
        module: o que precisa estar instalado; vazio, se nada.
        build: da conta ao passo.
        workloads: as contas que faz.
    """

    title: str
    module: str
    build: Callable[[str], Step]
    workloads: tuple[str, ...] = ("xor", "moons", "gpt")

    @property
    def installed(self) -> bool:
        return not self.module or importlib.util.find_spec(self.module) is not None


def micrograd_value() -> Any:
    """O `Value` do micrograd, com o `exp` e o `log` que lhe faltam."""
    from micrograd.engine import Value

    def exp(self: Any) -> Any:
        out = Value(math.exp(self.data), (self,), "exp")

        def backward() -> None:
            self.grad += out.data * out.grad

        out._backward = backward
        return out

    def log(self: Any) -> Any:
        out = Value(math.log(self.data), (self,), "log")

        def backward() -> None:
            self.grad += out.grad / self.data

        out._backward = backward
        return out

    Value.exp, Value.log = exp, log
    return Value


def in_nodes(value: Callable[[], Any]) -> Callable[[str], Step]:
    """Um motor de nós, com as mesmas operações escalares: constrói o grafo e volta por ele a cada passo."""

    def build(name: str) -> Step:
        Value, work = value(), WORKLOADS[name]
        parameters = [Value(number) for number in work.parameters]

        def step() -> Result:
            loss = work.loss(parameters)
            for parameter in parameters:
                parameter.grad = 0.0
            loss.backward()
            return loss.data, [parameter.grad for parameter in parameters]

        return step

    return build


def our_value() -> Any:
    from micrograd_pt import Value

    return Value


def own_network(name: str) -> Step:
    """O `MLP` deste pacote, com um nó por soma ponderada."""
    from micrograd_pt import MLP, dot, mean

    if name == "xor":
        model = MLP(2, [2, 1], activation="sigmoid", output_activation="sigmoid")
    else:
        model = MLP(MOONS_SIZES[0], MOONS_SIZES[1:])
    parameters = model.parameters()
    for parameter, number in zip(parameters, WORKLOADS[name].parameters, strict=True):
        parameter.data = number
    rows = workloads.moons_rows(100)

    def xor_loss() -> Any:
        total: Any = 0
        for x1, x2, target in XOR_ROWS:
            error = model([x1, x2]) - target
            total = total + 0.5 * error * error
        return total

    def moons_loss() -> Any:
        margins = [(1 - model([x1, x2]) * label).relu() for x1, x2, label in rows]
        return mean(margins) + workloads.DECAY * dot(parameters, parameters)

    def step() -> Result:
        loss = xor_loss() if name == "xor" else moons_loss()
        model.zero_grad()
        loss.backward()
        return loss.data, [parameter.grad for parameter in parameters]

    return step


def compiled(name: str) -> Step:
    """O programa compilado, com o laço sobre as amostras dentro dele."""
    program, rows = compiled_program(name)
    numbers = WORKLOADS[name].parameters
    run = program.run if name == "gpt" else program.batch
    return lambda: run(rows, numbers)


def compiled_program(name: str, target: Any = "python", samples: int = 100) -> tuple[Any, Sequence[Any]]:
    """O programa de uma conta e as linhas de dados dele; nas luas, a perda de cada amostra já vem dividida por elas."""
    from micrograd_pt import Value, compile_graph

    work = WORKLOADS[name]
    parameters = [Value(number, f"p{place}") for place, number in enumerate(work.parameters)]
    rows: Sequence[Any] = ()
    inputs = [Value(0.5, "x1"), Value(-0.5, "x2"), Value(1.0, "t")]
    if name == "gpt":
        inputs, loss = [], work.loss(parameters)
    elif name == "xor":
        rows, loss = XOR_ROWS, workloads.xor_loss(parameters, [inputs])
    else:
        rows, loss = workloads.moons_rows(samples), workloads.moons_loss(parameters, [inputs], samples)
    return compile_graph(loss, inputs, parameters, target=target), rows


def python_by_hand(name: str) -> Step:
    numbers = WORKLOADS[name].parameters
    step, rows = (by_hand.xor_step, XOR_ROWS) if name == "xor" else (by_hand.moons_step(), workloads.moons_rows(100))
    return lambda: step(numbers, rows)


def numpy_by_hand(name: str) -> Step:
    import numpy as np

    matrices = by_hand.xor_matrices if name == "xor" else by_hand.moons_matrices
    rows = np.array(XOR_ROWS if name == "xor" else workloads.moons_rows(100))
    numbers = np.array(WORKLOADS[name].parameters)
    return lambda: matrices(np, numbers, rows)


class Boxed:
    """Um escalar de outro motor, com os métodos que as contas usam."""

    data = 0.0  # o maior de uma lista só serve para que exp não estoure, e aqui não estoura

    def __init__(self, inner: Any, module: Any) -> None:
        self.inner, self.module = inner, module

    def _new(self, inner: Any) -> Boxed:
        return Boxed(inner, self.module)

    def __add__(self, other: Any) -> Boxed:
        return self._new(self.inner + getattr(other, "inner", other))

    def __mul__(self, other: Any) -> Boxed:
        return self._new(self.inner * getattr(other, "inner", other))

    def __sub__(self, other: Any) -> Boxed:
        return self._new(self.inner - getattr(other, "inner", other))

    def __rsub__(self, other: Any) -> Boxed:
        return self._new(other - self.inner)

    def __truediv__(self, other: Any) -> Boxed:
        return self._new(self.inner / getattr(other, "inner", other))

    def __rtruediv__(self, other: Any) -> Boxed:
        return self._new(other / self.inner)

    def __pow__(self, power: float) -> Boxed:
        return self._new(self.inner**power)

    def __neg__(self) -> Boxed:
        return self._new(-self.inner)

    __radd__, __rmul__ = __add__, __mul__

    def exp(self) -> Boxed:
        return self._new(self.module.exp(self.inner))

    def log(self) -> Boxed:
        return self._new(self.module.log(self.inner))

    def relu(self) -> Boxed:
        return self._new(self.module.relu(self.inner))


def hips_autograd(name: str) -> Step:
    """HIPS autograd, sobre os mesmos escalares."""
    import autograd
    import autograd.numpy as np

    work = WORKLOADS[name]
    numbers = np.array(work.parameters)
    functions = SimpleNamespace(exp=np.exp, log=np.log, relu=lambda x: np.maximum(x, 0.0))
    both = autograd.value_and_grad(lambda p: work.loss([Boxed(q, functions) for q in p]).inner)
    return lambda: both(numbers)


def torch_scalars(name: str) -> Step:
    """PyTorch, com um tensor de dimensão 0 por número."""
    import torch

    torch.set_num_threads(1)
    work = WORKLOADS[name]
    leaves = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in work.parameters]

    def step() -> Result:
        loss = work.loss([Boxed(leaf, torch) for leaf in leaves]).inner
        gradients = torch.autograd.grad(loss, leaves, allow_unused=True)
        return loss.item(), [0.0 if gradient is None else gradient.item() for gradient in gradients]

    return step


def casadi_function(name: str) -> Step:
    """casadi: o grafo simbólico, construído uma vez, e executado em C++."""
    import casadi

    work = WORKLOADS[name]
    functions = SimpleNamespace(exp=casadi.exp, log=casadi.log, relu=lambda x: casadi.fmax(x, 0))
    p = casadi.SX.sym("p", len(work.parameters))
    loss = work.loss([Boxed(p[place], functions) for place in range(len(work.parameters))]).inner
    function = casadi.Function("step", [p], [loss, casadi.gradient(loss, p)])
    numbers = casadi.DM(work.parameters)

    def step() -> Result:
        value, gradient = function(numbers)
        return float(value), gradient.nonzeros()

    return step


MANY = 10_000


def _table(np: Any) -> Any:
    """As entradas de muitas luas: uma linha por amostra."""
    return np.asarray(workloads.moons_rows(MANY))


def compiled_rows(_: str) -> Step:
    """O programa escalar, linha por linha."""
    program, rows = compiled_program("moons", samples=MANY)
    numbers = WORKLOADS["moons"].parameters
    run = program.batch
    return lambda: run(rows, numbers)


def compiled_numpy(_: str) -> Step:
    import numpy as np

    program, _ = compiled_program("moons", np, MANY)
    rows, numbers = _table(np), np.array(WORKLOADS["moons"].parameters)
    return lambda: program(rows, numbers)


def compiled_torch(_: str) -> Step:
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    program, _ = compiled_program("moons", torch, MANY)
    rows, numbers = _table(torch), torch.tensor(WORKLOADS["moons"].parameters)
    return lambda: program(rows, numbers)


def compiled_jax(_: str) -> Step:
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as np

    program, _ = compiled_program("moons", np, MANY)
    rows, numbers = _table(np), np.array(WORKLOADS["moons"].parameters)

    def step() -> Result:
        value, gradients = program(rows, numbers)
        return value.block_until_ready(), gradients

    return step


def compiled_dask(_: str) -> Step:
    import dask
    import dask.array as da

    program, _ = compiled_program("moons", da, MANY)
    rows, numbers = _table(da), da.asarray(WORKLOADS["moons"].parameters)
    return lambda: dask.compute(*program(rows, numbers), scheduler="single-threaded")


def numpy_many(_: str) -> Step:
    import numpy as np

    rows, numbers = np.array(workloads.moons_rows(MANY)), np.array(WORKLOADS["moons"].parameters)
    return lambda: by_hand.moons_matrices(np, numbers, rows)


def jax_jitted(name: str) -> Step:
    """JAX, com a conta por matrizes compilada."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as np

    matrices = by_hand.xor_matrices if name == "xor" else by_hand.moons_matrices
    rows = np.array(XOR_ROWS if name == "xor" else workloads.moons_rows(100))
    numbers = np.array(WORKLOADS[name].parameters)
    both = jax.jit(jax.value_and_grad(lambda p: matrices(np, p, rows)[0]))

    def step() -> Result:
        value, gradient = both(numbers)
        return value.block_until_ready(), gradient.block_until_ready()

    return step


SMALL = ("xor", "moons")
BATCHES = tuple(f"{name}:{size}" for name in batches.NETWORKS for size in batches.SIZES)
DEVICE_BATCHES = tuple(f"{name}:{size}" for name, sizes in batches.ON_DEVICE.items() for size in sizes)

ENGINES = {
    "micrograd": Engine("micrograd", "micrograd", in_nodes(micrograd_value)),
    "tuples": Engine("derivadas locais em tuplas", "", in_nodes(lambda: tuples.Value)),
    "nodes": Engine("**micrograd_pt**, as mesmas operações", "", in_nodes(our_value)),
    "network": Engine("**micrograd_pt**, com o seu `MLP`", "", own_network, SMALL),
    "compiled": Engine("**micrograd_pt**, compilado", "", compiled),
    "hand": Engine("Python à mão, em linha reta", "", python_by_hand, SMALL),
    "numpy": Engine("NumPy à mão, por matrizes", "numpy", numpy_by_hand, SMALL),
    "casadi": Engine("casadi (C++)", "casadi", casadi_function),
    "autograd": Engine("HIPS autograd", "autograd", hips_autograd),
    "torch": Engine("PyTorch, escalares", "torch", torch_scalars),
    "jax": Engine("JAX, por matrizes, `jit`", "jax", jax_jitted, SMALL),
    "rows": Engine("**micrograd_pt**, compilado, linha por linha", "", compiled_rows, ("many",)),
    "arrays": Engine("**micrograd_pt**, compilado para NumPy", "array_api_compat", compiled_numpy, ("many",)),
    "arrays-jax": Engine("**micrograd_pt**, compilado para JAX, `jit`", "jax", compiled_jax, ("many",)),
    "arrays-torch": Engine("**micrograd_pt**, compilado para PyTorch", "torch", compiled_torch, ("many",)),
    "arrays-dask": Engine("**micrograd_pt**, compilado para Dask", "dask", compiled_dask, ("many",)),
    "matrices": Engine("NumPy à mão, por matrizes", "numpy", numpy_many, ("many",)),
    "lote-mao": Engine("NumPy à mão", "numpy", partial(batches.hand, module="numpy"), BATCHES),
    "lote": Engine("**micrograd_pt**, para NumPy", "numpy", partial(batches.ours, module="numpy"), BATCHES),
    "torch-mao": Engine("PyTorch à mão", "torch", partial(batches.hand, module="torch"), DEVICE_BATCHES),
    "torch-lote": Engine(
        "**micrograd_pt**, para PyTorch", "torch", partial(batches.ours, module="torch"), DEVICE_BATCHES
    ),
}

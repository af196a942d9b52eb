"""Programas para arrays contra o que se escreveria à mão, em lotes de uma amostra a milhões.

Três redes: as luas num `MLP`, as mesmas luas escritas em somas e produtos de escalares, e um `MLP` do tamanho do MNIST.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any

from tests.benchmarks import by_hand, workloads
from tests.benchmarks.workloads import DECAY, MOONS_SIZES, WORKLOADS

NETWORKS = {
    "luas": "luas, `MLP(2, [16, 16, 1])`",
    "escalares": "luas, em escalares",
    "digitos": "tamanho do MNIST, `MLP(784, [50, 10])`",
}
SIZES = (1, 32, 1000)
ON_DEVICE = {"luas": (4_000_000,), "digitos": (60_000,)}
"""Num dispositivo, quantas amostras de cada rede."""
DEVICE = "MICROGRAD_PT_DISPOSITIVO"
"""A variável de ambiente que diz a um motor onde trabalhar."""
PIXELS, CLASSES = 784, 10

Step = Callable[[], Any]


def parsed(workload: str) -> tuple[str, int]:
    """De `luas:32`, a rede e quantas são as amostras."""
    name, _, samples = workload.partition(":")
    return name, int(samples)


def rows_of(name: str, samples: int) -> Any:
    """A tabela das amostras."""
    import numpy as np

    if name != "digitos":
        if samples <= 10_000:
            return np.array(workloads.moons_rows(samples))
        return np.tile(workloads.moons_rows(10_000), (samples // 10_000, 1))
    draw = np.random.default_rng(15)
    return np.concatenate([draw.random((samples, PIXELS)), np.eye(CLASSES)[draw.integers(0, CLASSES, samples)]], axis=1)


def network(name: str, samples: int) -> tuple[Any, list[Any], list[Any]]:
    """A perda de uma amostra dividida por quantas são, as entradas e os parâmetros."""
    from micrograd_pt import MLP, Value, dot, hinge, logsumexp

    if name == "escalares":
        inputs = [Value(0.5, "x1"), Value(-0.5, "x2"), Value(1.0, "t")]
        parameters = [Value(number, f"p{place}") for place, number in enumerate(WORKLOADS["moons"].parameters)]
        return workloads.moons_loss(parameters, [inputs], samples), inputs, parameters
    if name == "luas":
        model = MLP(MOONS_SIZES[0], MOONS_SIZES[1:])
        parameters = model.parameters()
        for parameter, number in zip(parameters, WORKLOADS["moons"].parameters, strict=True):
            parameter.data = number
        inputs = [Value(0.5, "x1"), Value(-0.5, "x2"), Value(1.0, "t")]
        loss = hinge(model(inputs[:2]), inputs[2]) + DECAY * dot(parameters, parameters)
        return loss * (1.0 / samples), inputs, parameters
    digits = MLP(PIXELS, [50, CLASSES])
    draw = random.Random(15)
    for parameter in digits.parameters():
        parameter.data = draw.uniform(-0.05, 0.05)
    inputs = [Value(0.5, f"x{place}") for place in range(PIXELS)]
    targets = [Value(float(place == 3), f"t{place}") for place in range(CLASSES)]
    scores: Any = digits(inputs)
    return (logsumexp(scores) - dot(scores, targets)) * (1.0 / samples), [*inputs, *targets], digits.parameters()


def ours(workload: str, module: str) -> Step:
    """O programa compilado, num módulo de arrays."""
    import importlib

    from micrograd_pt import compile_graph

    xp = importlib.import_module(module)
    name, samples = parsed(workload)
    loss, inputs, parameters = network(name, samples)
    program = compile_graph(loss, inputs, parameters, target=xp)
    rows, numbers, finish = _placed(xp, rows_of(name, samples), [parameter.data for parameter in parameters])
    return lambda: finish(program(rows, numbers))


def hand(workload: str, module: str) -> Step:
    """O mesmo, escrito à mão."""
    import importlib

    xp = importlib.import_module(module)
    name, samples = parsed(workload)
    parameters = [parameter.data for parameter in network(name, samples)[2]]
    rows, numbers, finish = _placed(xp, rows_of(name, samples), parameters)
    relu = xp.relu if hasattr(xp, "relu") else None
    step = by_hand.digits_matrices if name == "digitos" else by_hand.moons_matrices
    return lambda: finish(step(xp, numbers, rows, relu))


def _placed(xp: Any, rows: Any, numbers: Any) -> tuple[Any, Any, Callable[[Any], Any]]:
    """Os números onde se trabalha, e o que espera que a conta acabe."""
    if not hasattr(xp, "cuda"):
        return xp.asarray(rows), xp.asarray(numbers), lambda found: found
    device = os.environ.get(DEVICE, "cpu")
    if device == "cpu":
        xp.set_num_threads(1)

    def finish(found: Any) -> Any:
        if device.startswith("cuda"):
            xp.cuda.synchronize()
        return found

    rows = xp.asarray(rows, dtype=xp.float64, device=device)
    return rows, xp.asarray(numbers, dtype=xp.float64, device=device), finish

"""Uma convolução de uma dimensão, em escalares, com agrupamento pelo maior, treinada a achar degraus."""

import random
from typing import Any

from tests.programs import Micro

SIGNALS = [
    ([0, 0, 0, 1, 1, 1, 1, 1], 1),
    ([1, 1, 1, 1, 1, 0, 0, 0], -1),
    ([0, 0, 0, 0, 0, 0, 1, 1], 1),
    ([1, 1, 0, 0, 0, 0, 0, 0], -1),
]


def convolve(signal: list[Any], kernel: list[Any], bias: Any) -> list[Any]:
    width = len(kernel)
    return [
        sum((k * s for k, s in zip(kernel, signal[i : i + width], strict=True)), bias)
        for i in range(len(signal) - width + 1)
    ]


def larger(a: Any, b: Any) -> Any:
    """O maior dos dois nós: o gradiente vai só para ele."""
    return a if a.data > b.data else b


def larger_by_relu(a: Any, b: Any) -> Any:
    """O mesmo, por uma conta: b + relu(a − b)."""
    return b + (a - b).relu()


def pool(row: list[Any], choose: Any, size: int = 2) -> list[Any]:
    pooled = []
    for i in range(0, len(row), size):
        best = row[i]
        for other in row[i + 1 : i + size]:
            best = choose(best, other)
        pooled.append(best)
    return pooled


def train(micro: Micro, choose: Any) -> list[float]:
    random.seed(8)
    kernels = [[micro.Value(random.uniform(-1, 1)) for _ in range(3)] for _ in range(2)]
    biases = [micro.Value(0.0) for _ in range(2)]
    readout = micro.Neuron(6, nonlin=False)
    parameters = [w for kernel in kernels for w in kernel] + biases + readout.parameters()
    seen = []
    for _ in range(6):
        total = micro.Value(0)
        hits = 0
        for signal, target in SIGNALS:
            features = []
            for kernel, bias in zip(kernels, biases, strict=True):
                features += [unit.relu() for unit in pool(convolve(signal, kernel, bias), choose)]
            score = readout(features)
            hits += (score.data > 0) == (target > 0)
            total += (1 - target * score).relu() + 0.5 * (score - target) ** 2
        total /= len(SIGNALS)
        for p in parameters:
            p.grad = 0.0
        total.backward()
        for p in parameters:
            p.data += -0.1 * p.grad
        seen += [total.data, hits]
    assert seen[-2] < seen[0]
    return seen + [p.data for p in parameters] + [p.grad for p in parameters]


def max_pooling_by_choice(micro: Micro) -> list[float]:
    return train(micro, larger)


def max_pooling_by_relu(micro: Micro) -> list[float]:
    return train(micro, larger_by_relu)


def the_gradient_of_the_signal(micro: Micro) -> list[float]:
    """Um mapa de saliência: a entrada também é feita de nós, e é o gradiente dela que se olha."""
    signal = [micro.Value(s) for s in SIGNALS[0][0]]
    first = convolve(signal, [-1, 0, 1], 0)
    second = convolve([node.relu() for node in first], [micro.Value(0.5), micro.Value(-0.25)], micro.Value(0.125))
    best = second[0]
    for node in second[1:]:
        best = larger(best, node)
    best.backward()
    places = [i for i, node in enumerate(second) if node is best]
    return places + [best.data] + [s.data for s in signal] + [s.grad for s in signal]

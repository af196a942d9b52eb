"""Uma máquina de vetores de suporte nas duas luas: perda de margem, L2, e uma taxa que diminui."""

import math
import random
from typing import Any

from tests.programs import Micro


def moons(count: int, noise: float) -> tuple[list[list[float]], list[int]]:
    """Duas meias-luas encaixadas, com ruído."""
    points, labels = [], []
    for i in range(count):
        angle = math.pi * (i // 2) / (count // 2 - 1)
        if i % 2:
            x, y, label = 1 - math.cos(angle), 0.5 - math.sin(angle), 1
        else:
            x, y, label = math.cos(angle), math.sin(angle), -1
        points.append([x + random.gauss(0, noise), y + random.gauss(0, noise)])
        labels.append(label)
    return points, labels


def train(micro: Micro, model: Any, points: list[list[float]], labels: list[int], batch: int) -> list[float]:
    seen = []

    def loss_and_accuracy(chosen: list[int]) -> tuple[Any, float]:
        scores = [model([micro.Value(c) for c in points[i]]) for i in chosen]
        margins = [(1 + -labels[i] * score).relu() for i, score in zip(chosen, scores, strict=True)]
        data_loss = sum(margins) * (1.0 / len(margins))
        alpha = 1e-4
        penalty = alpha * sum(p * p for p in model.parameters())
        right = [(labels[i] > 0) == (score.data > 0) for i, score in zip(chosen, scores, strict=True)]
        return data_loss + penalty, sum(right) / len(right)

    rounds = 6
    for k in range(rounds):
        loss, accuracy = loss_and_accuracy(random.sample(range(len(points)), batch))
        model.zero_grad()
        loss.backward()
        rate = 1.0 - 0.9 * k / rounds
        for p in model.parameters():
            p.data -= rate * p.grad
        seen += [loss.data, accuracy]
    loss, accuracy = loss_and_accuracy(list(range(len(points))))
    assert accuracy > 0.7
    return [*seen, loss.data, accuracy, *(p.data for p in model.parameters()), *(p.grad for p in model.parameters())]


def with_a_network(micro: Micro) -> list[float]:
    random.seed(1337)
    points, labels = moons(24, 0.05)
    return train(micro, micro.MLP(2, [6, 6, 1]), points, labels, 16)


def linear(micro: Micro) -> list[float]:
    """Só um neurônio linear: a máquina de vetores de suporte de verdade."""
    random.seed(7)
    points, labels = moons(20, 0.1)
    return train(micro, micro.Neuron(2, nonlin=False), points, labels, 20)


def the_boundary(micro: Micro) -> list[int]:
    """O desenho da fronteira, sobre uma grade, como o caderno o faz: só o sinal de cada ponto, sem treino."""
    random.seed(4)
    model = micro.MLP(2, [5, 5, 1])
    grid = [[x / 2, y / 2] for x in range(-3, 4) for y in range(-3, 4)]
    scores = [model(list(map(micro.Value, point))) for point in grid]
    return [int(s.data > 0) for s in scores] + [int(model(point).data > 0) for point in grid]

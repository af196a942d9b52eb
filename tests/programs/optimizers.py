"""Otimizadores escritos por quem usa o micrograd: a memória de cada parâmetro é guardada nele, como atributo."""

import copy
import random
from typing import Any

from tests.programs import Micro

SAMPLES = [(-1.0, 1.0), (-0.5, 0.25), (0.0, 0.0), (0.5, 0.25), (1.0, 1.0)]


def parabola_error(model: Any) -> Any:
    return sum((model([x]) - y) ** 2 for x, y in SAMPLES) * (1 / len(SAMPLES))


def numbers(model: Any) -> list[float]:
    return [p.data for p in model.parameters()] + [p.grad for p in model.parameters()]


def momentum(micro: Micro) -> list[float]:
    """A velocidade nasce na primeira atualização em que se precisa dela."""
    random.seed(31)
    model = micro.MLP(1, [4, 1])
    losses = []
    for _ in range(8):
        loss = parabola_error(model)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            if not hasattr(p, "velocity"):
                p.velocity = 0.0
            p.velocity = 0.9 * p.velocity - 0.02 * p.grad
            p.data += p.velocity
        losses.append(loss.data)
    assert min(losses) < losses[0]
    return losses + [p.velocity for p in model.parameters()] + numbers(model)


class Adam:
    """Os momentos ficam em `p.m` e `p.v`, e o tempo em `p.t`."""

    def __init__(self, parameters: list[Any], lr: float = 0.05, betas: tuple[float, float] = (0.9, 0.99)) -> None:
        self.parameters, self.lr, self.betas = parameters, lr, betas
        for p in self.parameters:
            p.m = p.v = 0.0
            p.t = 0

    def zero_grad(self) -> None:
        for p in self.parameters:
            p.grad = 0

    def step(self) -> None:
        first, second = self.betas
        for p in self.parameters:
            p.t += 1
            p.m = first * p.m + (1 - first) * p.grad
            p.v = second * p.v + (1 - second) * p.grad**2
            p.data -= self.lr * (p.m / (1 - first**p.t)) / ((p.v / (1 - second**p.t)) ** 0.5 + 1e-8)


def adam(micro: Micro) -> list[float]:
    """Adam, e no fim uma cópia da melhor rede; os atributos vão com ela."""
    random.seed(32)
    model = micro.MLP(1, [5, 1])
    optimizer, losses, best = Adam(model.parameters()), [], model
    for _ in range(10):
        loss = parabola_error(model)
        if not losses or loss.data < min(losses):
            best = copy.deepcopy(model)
        losses.append(loss.data)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert best is not model and best.parameters()[0] is not model.parameters()[0]
    kept = [(p.m, p.v, p.t) for p in best.parameters()]
    again = parabola_error(best)
    best.zero_grad()
    again.backward()
    return losses + [again.data] + [n for memory in kept for n in memory] + numbers(best) + numbers(model)


def rmsprop_and_averages(micro: Micro) -> list[float]:
    """Médias móveis com nomes quaisquer, lidas com `getattr` e `vars`, apagadas com `del`; parâmetros congelados."""
    random.seed(33)
    model = micro.MLP(1, [4, 1])
    for i, p in enumerate(model.parameters()):
        p.name, p.index, p.frozen = f"p{i}", i, i % 4 == 3
        p.history = []
    losses = []
    for _ in range(6):
        loss = parabola_error(model)
        losses.append(loss.data)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            if p.frozen:
                continue
            p.squared = 0.9 * getattr(p, "squared", 0.0) + 0.1 * p.grad**2
            p.data -= 0.01 * p.grad / (p.squared + 1e-6) ** 0.5
            p.average = 0.5 * getattr(p, "average", p.data) + 0.5 * p.data
            p.history.append(p.data)
    moved = [p for p in model.parameters() if "average" in vars(p)]
    for p in moved:
        p.data, p.grad = p.average, 0
        del p.average
    seen = [len(moved), sum(hasattr(p, "average") for p in model.parameters()), parabola_error(model).data]
    seen += [n for p in model.parameters() for n in p.history] + [p.index for p in model.parameters()]
    return losses + seen + numbers(model) + [len(p.name) for p in model.parameters()]

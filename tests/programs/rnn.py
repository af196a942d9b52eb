"""Uma rede recorrente que adivinha o próximo caractere, desenrolada no tempo, sem exp nem log."""

import random
from itertools import pairwise
from typing import Any

from tests.programs import Micro

TEXT = "abacaba"
ALPHABET = sorted(set(TEXT))


def one_hot(character: str) -> list[int]:
    return [int(character == other) for other in ALPHABET]


def rational(h: Any) -> Any:
    """Um lugar-tenente da tangente hiperbólica: h / (1 + |h|), com o módulo feito de relus."""
    return h / (1 + h.relu() + (-h).relu())


def pade(h: Any) -> Any:
    """A tangente hiperbólica pelo aproximante de Padé: h (27 + h²) / (27 + 9 h²)."""
    return h * (27 + h**2) / (27 + 9 * h**2)


def margin(scores: list[Any], target: int) -> Any:
    """A perda de margem de várias classes."""
    return sum((s - scores[target] + 1).relu() for j, s in enumerate(scores) if j != target)


def squares(scores: list[Any], target: int) -> Any:
    return sum((s - int(j == target)) ** 2 for j, s in enumerate(scores))


def train(micro: Micro, activation: Any, loss_of: Any, rate: float) -> list[float]:
    class RNN(micro.Module):
        def __init__(self, vocabulary, hidden):
            def matrix(rows, columns):
                return [[micro.Value(random.gauss(0, 0.5)) for _ in range(columns)] for _ in range(rows)]

            self.wxh, self.whh, self.why = (
                matrix(hidden, vocabulary),
                matrix(hidden, hidden),
                matrix(vocabulary, hidden),
            )
            self.bh, self.by = [micro.Value(0) for _ in range(hidden)], [micro.Value(0) for _ in range(vocabulary)]

        def __call__(self, x, h):
            h = [
                activation(
                    sum(w * xi for w, xi in zip(wx, x, strict=True))
                    + sum(w * hi for w, hi in zip(wh, h, strict=True))
                    + b
                )
                for wx, wh, b in zip(self.wxh, self.whh, self.bh, strict=True)
            ]
            return [
                sum((w * hi for w, hi in zip(row, h, strict=True)), b) for row, b in zip(self.why, self.by, strict=True)
            ], h

        def parameters(self):
            weights = [w for matrix in (self.wxh, self.whh, self.why) for row in matrix for w in row]
            return weights + self.bh + self.by

    random.seed(2)
    model = RNN(len(ALPHABET), 3)
    seen = []
    for _ in range(4):
        h, loss = [0] * 3, 0
        for now, after in pairwise(TEXT):
            scores, h = model(one_hot(now), h)
            loss += loss_of(scores, ALPHABET.index(after))
        loss = loss * (1 / (len(TEXT) - 1))
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.grad = max(-1.0, min(1.0, p.grad))
            p.data -= rate * p.grad
        seen.append(loss.data)
    assert seen[-1] < seen[0]

    # O texto que a rede continua sozinha, como posições no alfabeto.
    h, character = [0] * 3, TEXT[0]
    for _ in range(5):
        scores, h = model(one_hot(character), h)
        best = max(scores, key=lambda s: s.data)
        character = ALPHABET[scores.index(best)]
        seen.append(ALPHABET.index(character))
    return seen + [p.data for p in model.parameters()] + [p.grad for p in model.parameters()]


def with_relu_and_margin(micro: Micro) -> list[float]:
    return train(micro, lambda h: h.relu(), margin, 0.1)


def with_a_rational_and_squares(micro: Micro) -> list[float]:
    return train(micro, rational, squares, 0.2)


def with_pade_and_margin(micro: Micro) -> list[float]:
    return train(micro, pade, margin, 0.1)

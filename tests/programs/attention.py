"""Uma cabeça de atenção, como a de um GPT minúsculo, só com + − × ÷ ** e relu."""

import random
from typing import Any

from tests.programs import Micro

Vector = list[Any]
TEXT = [0, 2, 1, 2]
TARGETS = [2, 1, 2, 0]


def dot(a: Vector, b: Vector) -> Any:
    return sum(x * y for x, y in zip(a, b, strict=True))


def times(matrix: list[Vector], vector: Vector) -> Vector:
    return [dot(row, vector) for row in matrix]


def normalized(vector: Vector) -> Vector:
    """RMSNorm: dividido pela raiz da média dos quadrados."""
    scale = (sum(x * x for x in vector) / len(vector) + 1e-3) ** -0.5
    return [x * scale for x in vector]


def shares(scores: Vector) -> Vector:
    """No lugar do softmax: relus divididas pela soma delas."""
    parts = [s.relu() + 0.01 for s in scores]
    total = sum(parts)
    return [p / total for p in parts]


def rational_shares(scores: Vector) -> Vector:
    """No lugar do softmax: uma curva positiva e crescente, (1 + s / (1 + |s|)) / 2, dividida pela soma."""
    parts = [(1 + s / (1 + s.relu() + (-s).relu())) / 2 for s in scores]
    total = sum(parts)
    return [p / total for p in parts]


def train(micro: Micro, weigh: Any) -> list[float]:
    size, vocabulary = 3, 3

    def matrix(rows: int, columns: int) -> list[Vector]:
        return [[micro.Value(random.gauss(0, 0.6)) for _ in range(columns)] for _ in range(rows)]

    class Head(micro.Module):
        def __init__(self):
            self.query, self.key, self.value = (matrix(size, size) for _ in range(3))

        def __call__(self, xs):
            queries, keys, values = ([times(m, x) for x in xs] for m in (self.query, self.key, self.value))
            outs = []
            for t, query in enumerate(queries):  # cada posição vê só as anteriores e ela mesma
                weights = weigh([dot(query, keys[s]) / size**0.5 for s in range(t + 1)])
                outs.append([sum(w * values[s][i] for s, w in enumerate(weights)) for i in range(size)])
            return outs

        def parameters(self):
            return [w for m in (self.query, self.key, self.value) for row in m for w in row]

    class Model(micro.Module):
        def __init__(self):
            self.tokens, self.positions = matrix(vocabulary, size), matrix(len(TEXT), size)
            self.head = Head()
            self.feed = micro.MLP(size, [4, size])
            self.unembed = micro.Layer(size, vocabulary, nonlin=False)

        def __call__(self, text):
            xs = [[a + b for a, b in zip(self.tokens[c], self.positions[t], strict=True)] for t, c in enumerate(text)]
            attended = self.head([normalized(x) for x in xs])
            xs = [[a + b for a, b in zip(x, y, strict=True)] for x, y in zip(xs, attended, strict=True)]
            xs = [[a + b for a, b in zip(x, self.feed(normalized(x)), strict=True)] for x in xs]
            return [self.unembed(normalized(x)) for x in xs]

        def parameters(self):
            tables = [w for table in (self.tokens, self.positions) for row in table for w in row]
            return tables + self.head.parameters() + self.feed.parameters() + self.unembed.parameters()

    random.seed(2)
    model = Model()
    losses = []
    for _ in range(4):
        loss = 0
        for scores, target in zip(model(TEXT), TARGETS, strict=True):
            guesses = weigh(scores)
            loss += (1 - guesses[target]) ** 2 + sum(g**2 for j, g in enumerate(guesses) if j != target)
        loss /= len(TEXT)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.05 * p.grad
        losses.append(loss.data)
    assert losses[-1] < losses[0]
    return [*losses, *(p.data for p in model.parameters()), *(p.grad for p in model.parameters())]


def with_relu_shares(micro: Micro) -> list[float]:
    return train(micro, shares)


def with_rational_shares(micro: Micro) -> list[float]:
    return train(micro, rational_shares)

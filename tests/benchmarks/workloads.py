"""As quatro contas medidas, escritas uma vez para qualquer `Value`: XOR, luas, cadeia e GPT.

Uma conta é uma função do tipo de número: recebe os parâmetros e devolve a perda, só com as operações que o micrograd
tem (e `exp` e `log`, que se acrescentam a ele).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from demos import gpt_escalar

XOR_ROWS = [(0.0, 0.0, 0.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0)]
MOONS_SIZES = (2, 16, 16, 1)
DECAY = 1e-4
TEXT = "graviola"
"""Oito símbolos, e o ponto que os separa antes e depois: nove previsões."""


@dataclass(frozen=True)
class Workload:
    """Uma conta a medir.

    Attributes:
        name: o nome, como na tabela.
        parameters: os números de onde os parâmetros partem.
        loss: a perda, a partir dos parâmetros como `Value`s.
    """

    name: str
    parameters: tuple[float, ...]
    loss: Callable[[Sequence[Any]], Any]


def xor_parameters() -> tuple[float, ...]:
    """2-2-1 com viés: por neurônio, os dois pesos e o viés."""
    draw = random.Random(15)
    return tuple([draw.uniform(-1, 1) for _ in range(9)])


def xor_loss(p: Sequence[Any], rows: Sequence[Sequence[Any]] = XOR_ROWS) -> Any:
    """A soma de ½(saída − alvo)² sobre as quatro amostras, com a sigmoide."""

    def sigmoid(z: Any) -> Any:
        return z.sigmoid() if hasattr(z, "sigmoid") else 1 / (1 + (-z).exp())

    total: Any = 0
    for x1, x2, target in rows:
        h1 = sigmoid(p[0] * x1 + p[1] * x2 + p[2])
        h2 = sigmoid(p[3] * x1 + p[4] * x2 + p[5])
        error = sigmoid(p[6] * h1 + p[7] * h2 + p[8]) - target
        total = total + 0.5 * error * error
    return total


def moons_rows(count: int) -> list[tuple[float, float, float]]:
    """Duas luas que se encaixam, com ruído: (x, y, classe ±1)."""
    draw = random.Random(1)
    rows = []
    for place in range(count):
        angle = math.pi * draw.random()
        upper = place % 2 == 0
        x, y = (math.cos(angle), math.sin(angle)) if upper else (1 - math.cos(angle), 0.5 - math.sin(angle))
        rows.append((x + draw.gauss(0, 0.1), y + draw.gauss(0, 0.1), 1.0 if upper else -1.0))
    return rows


def moons_parameters() -> tuple[float, ...]:
    """Por neurônio, os pesos das entradas e o viés: 337 ao todo."""
    draw = random.Random(2)
    return tuple(
        [
            0.0 if place == size else draw.uniform(-1, 1)
            for size, neurons in pairwise(MOONS_SIZES)
            for _ in range(neurons)
            for place in range(size + 1)
        ]
    )


def moons_score(p: Sequence[Any], x: Sequence[Any]) -> Any:
    """A saída de MLP(2, [16, 16, 1]) com relu, cada soma e cada produto um nó."""
    start, entries = 0, list(x)
    for size, neurons in pairwise(MOONS_SIZES):
        outputs = []
        for _ in range(neurons):
            z = p[start + size]
            for weight, entry in zip(p[start : start + size], entries, strict=True):
                z = z + weight * entry
            outputs.append(z if neurons == 1 else z.relu())
            start += size + 1
        entries = outputs
    return entries[0]


def moons_loss(p: Sequence[Any], rows: Sequence[Sequence[Any]] = (), samples: int = 100) -> Any:
    """A parte dessas linhas na média de relu(1 − y · saída) sobre as amostras, mais 10⁻⁴ Σ p².

    Args:
        p: os parâmetros.
        rows: as linhas; sem indicação, todas as amostras.
        samples: quantas amostras há ao todo.
    """
    rows = rows or moons_rows(samples)
    losses = [(1 + -label * moons_score(p, (x1, x2))).relu() for x1, x2, label in rows]
    return sum(losses) * (1.0 / samples) + (DECAY * len(rows) / samples) * sum(q * q for q in p)


def chain(start: Any, length: int) -> Any:
    """Uma cadeia de `length` nós: soma e produto, um depois do outro."""
    node = start
    for _ in range(length // 2):
        node = node * 0.999 + 0.001
    return node


def gpt_parameters() -> tuple[float, ...]:
    """Os 4.192 pesos do GPT escalar."""
    return tuple(gpt_escalar.parameters(gpt_escalar.new_weights(float)))


def gpt_loss(p: Sequence[Any]) -> Any:
    """A perda do GPT escalar num texto de oito símbolos."""
    return gpt_escalar.text_loss(gpt_escalar.arranged(p), TEXT)


WORKLOADS = {
    "xor": Workload("xor", xor_parameters(), xor_loss),
    "moons": Workload("moons", moons_parameters(), moons_loss),
    "gpt": Workload("gpt", gpt_parameters(), gpt_loss),
}

"""O que se escreveria à mão, sem motor nenhum: a retropropagação em Python em linha reta, e em NumPy por matrizes.

Tão segura quanto o motor (a sigmoide não estoura) e escrita para ser rápida: o que está atrás de um relu fechado é
pulado, e a derivada reaproveita o valor. Os pesos das luas são 337; o texto que os usa um por um é escrito por um laço,
como se faria com um editor.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from tests.benchmarks.workloads import DECAY, MOONS_SIZES, XOR_ROWS

Step = Callable[[Sequence[float]], tuple[float, Any]]


def xor_step(p: Sequence[float], rows: Sequence[tuple[float, float, float]] = XOR_ROWS, exp: Any = math.exp) -> Any:
    """Um passo do XOR: a perda e os nove gradientes, somados sobre as amostras."""
    w11, w12, b1, w21, w22, b2, v1, v2, c = p
    total = gw11 = gw12 = gb1 = gw21 = gw22 = gb2 = gv1 = gv2 = gc = 0.0
    for x1, x2, target in rows:
        z = w11 * x1 + w12 * x2 + b1
        h1 = 1.0 / (1.0 + exp(-z)) if z > -700.0 else exp(z)
        z = w21 * x1 + w22 * x2 + b2
        h2 = 1.0 / (1.0 + exp(-z)) if z > -700.0 else exp(z)
        z = v1 * h1 + v2 * h2 + c
        o = 1.0 / (1.0 + exp(-z)) if z > -700.0 else exp(z)
        e = o - target
        total += 0.5 * e * e
        d = e * o * (1.0 - o)
        gv1 += d * h1
        gv2 += d * h2
        gc += d
        d1 = d * v1 * h1 * (1.0 - h1)
        gw11 += d1 * x1
        gw12 += d1 * x2
        gb1 += d1
        d2 = d * v2 * h2 * (1.0 - h2)
        gw21 += d2 * x1
        gw22 += d2 * x2
        gb2 += d2
    return total, (gw11, gw12, gb1, gw21, gw22, gb2, gv1, gv2, gc)


def moons_source() -> str:
    """O texto de `step(p, rows)`: um passo das luas em linha reta."""
    numbers = count()
    nin, first, second, _ = MOONS_SIZES
    one = [[next(numbers) for _ in range(nin + 1)] for _ in range(first)]
    two = [[next(numbers) for _ in range(first + 1)] for _ in range(second)]
    out = [next(numbers) for _ in range(second + 1)]
    size = next(numbers)
    write: list[str] = ["def step(p, rows):", f"    {', '.join(f'p{i}' for i in range(size))} = p"]
    write += [f"    {' = '.join(f'g{i}' for i in range(size))} = 0.0", "    total = 0.0", "    part = 1.0 / len(rows)"]
    write += ["    for x0, x1, label in rows:"]
    for j, row in enumerate(one):
        write.append(f"        h{j} = p{row[0]} * x0 + p{row[1]} * x1 + p{row[2]}")
        write += [f"        if not h{j} > 0.0:", f"            h{j} = 0.0"]
    for k, row in enumerate(two):
        terms = " + ".join(f"p{row[j]} * h{j}" for j in range(first))
        write += [f"        k{k} = {terms} + p{row[-1]}", f"        if not k{k} > 0.0:", f"            k{k} = 0.0"]
    terms = " + ".join(f"p{out[k]} * k{k}" for k in range(second))
    write += [f"        margin = 1.0 - label * ({terms} + p{out[-1]})", "        if margin > 0.0:"]
    write += ["            total += margin", "            d = -label * part", f"            g{out[-1]} += d"]
    write += [f"            {' = '.join(f'd{j}' for j in range(first))} = 0.0"]
    for k, row in enumerate(two):
        write += [f"            if k{k} > 0.0:", f"                g{out[k]} += d * k{k}"]
        write += [f"                e = d * p{out[k]}", f"                g{row[-1]} += e"]
        for j in range(first):
            write += [f"                if h{j}:", f"                    g{row[j]} += e * h{j}"]
            write += [f"                    d{j} += e * p{row[j]}"]
    for j, row in enumerate(one):
        write += [f"            if h{j} > 0.0:"]
        write += [f"                g{row[0]} += d{j} * x0", f"                g{row[1]} += d{j} * x1"]
        write += [f"                g{row[2]} += d{j}"]
    squares = " + ".join(f"p{i} * p{i}" for i in range(size))
    gradients = ", ".join(f"g{i} + {2 * DECAY} * p{i}" for i in range(size))
    write += [f"    return total * part + {DECAY} * ({squares}), ({gradients})"]
    return "\n".join(write)


def moons_step() -> Callable[..., Any]:
    """A função daquele texto."""
    names: dict[str, Any] = {}
    exec(moons_source(), names)
    step: Callable[..., Any] = names["step"]
    return step


def moons_matrices(np: Any, p: Any, rows: Any, relu: Any = None) -> tuple[Any, Any]:
    """O mesmo passo por matrizes, com todas as amostras de uma vez; no PyTorch, `relu` é o dele."""
    relu = relu or (lambda z: np.maximum(z, 0))
    x, label = rows[:, :2], rows[:, 2]
    nin, first, second, _ = MOONS_SIZES
    cut = first * (nin + 1)
    one = p[:cut].reshape(first, nin + 1)
    two = p[cut : cut + second * (first + 1)].reshape(second, first + 1)
    out = p[cut + second * (first + 1) :]
    h = relu(x @ one[:, :-1].T + one[:, -1])
    k = relu(h @ two[:, :-1].T + two[:, -1])
    margin = relu(1 - label * (k @ out[:-1] + out[-1]))
    d = np.where(margin > 0, -label / len(rows), 0)
    dk = np.where(k > 0, d[:, None] * out[:-1], 0)
    dh = np.where(h > 0, dk @ two[:, :-1], 0)
    gradient = np.concatenate(
        [
            np.concatenate([dh.T @ x, dh.sum(axis=0)[:, None]], axis=1).ravel(),
            np.concatenate([dk.T @ h, dk.sum(axis=0)[:, None]], axis=1).ravel(),
            k.T @ d,
            d.sum()[None],
        ]
    )
    return margin.mean() + DECAY * (p @ p), gradient + 2 * DECAY * p


def digits_matrices(np: Any, p: Any, rows: Any, relu: Any = None) -> tuple[Any, Any]:
    """A média da entropia cruzada em `MLP(784, [50, 10])`; em cada linha, os pontos e depois a classe."""
    relu = relu or (lambda z: np.maximum(z, 0))
    x, target = rows[:, :784], rows[:, 784:]
    one, two = p[: 50 * 785].reshape(50, 785), p[50 * 785 :].reshape(10, 51)
    h = relu(x @ one[:, :-1].T + one[:, -1])
    scores = h @ two[:, :-1].T + two[:, -1]
    shifted = scores - np.amax(scores, 1)[:, None]
    powers = np.exp(shifted)
    sums = powers.sum(axis=1)
    d = (powers / sums[:, None] - target) / len(rows)
    dh = np.where(h > 0, d @ two[:, :-1], 0)
    gradient = np.concatenate(
        [
            np.concatenate([dh.T @ x, dh.sum(axis=0)[:, None]], axis=1).ravel(),
            np.concatenate([d.T @ h, d.sum(axis=0)[:, None]], axis=1).ravel(),
        ]
    )
    return (np.log(sums).sum() - (shifted * target).sum()) / len(rows), gradient


def xor_matrices(np: Any, p: Any, rows: Any) -> tuple[Any, Any]:
    """O XOR por matrizes, com as quatro amostras de uma vez."""
    x, target = rows[:, :2], rows[:, 2]
    hidden, out = p[:6].reshape(2, 3), p[6:]
    h = 1 / (1 + np.exp(-(x @ hidden[:, :2].T + hidden[:, 2])))
    o = 1 / (1 + np.exp(-(h @ out[:2] + out[2])))
    d = (o - target) * o * (1 - o)
    dh = d[:, None] * out[:2] * h * (1 - h)
    first = np.concatenate([dh.T @ x, dh.sum(axis=0)[:, None]], axis=1).ravel()
    return 0.5 * ((o - target) ** 2).sum(), np.concatenate([first, h.T @ d, d.sum()[None]])

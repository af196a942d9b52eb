"""Inteiros por toda a parte: a raiz de dois pelo método de Newton, e as funções do Python sobre nós."""

from typing import Any

from tests.programs import Micro


def with_type(number: Any) -> list[float]:
    """O número, e se é inteiro ou não."""
    return [number, isinstance(number, int)]


def square_root_of_two(micro: Micro) -> list[float]:
    """Dezoito voltas a partir de inteiros; a derivada do resultado é 1 / (2 √2)."""
    a, start = micro.Value(2), micro.Value(1)
    x, seen = start, []
    for _ in range(18):
        x = (x + a / x) / 2
        seen.append(x.data)
    x.backward()
    assert abs(x.data - 2**0.5) < 1e-15 and abs(a.grad - 0.5 / 2**0.5) < 1e-15
    return [*seen, a.grad, start.grad, *with_type(a.data), *with_type(start.data)]


def root_of_a_polynomial(micro: Micro) -> list[float]:
    """Newton com a derivada pedida a `backward()` em cada volta: x³ − 2x − 5."""
    guess, seen = 2, []
    for _ in range(6):
        x = micro.Value(guess)
        y = x**3 - 2 * x - 5
        y.backward()
        guess = guess - y.data / x.grad
        seen += [*with_type(y.data), x.grad, guess]
    assert abs(guess - 2.0945514815423265) < 1e-14
    return seen


def integers(micro: Micro) -> list[float]:
    """Cada operação sobre inteiros: o resultado é inteiro ou não como no Python."""
    Value = micro.Value
    programs = [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a * b,
        lambda a, b: a / b,
        lambda a, b: b / a,
        lambda a, b: a / 2,
        lambda a, b: 6 / b,
        lambda a, b: a**-1 + b,
        lambda a, b: a**2 + b**3,
        lambda a, b: a**1 + b**0,
        lambda a, b: a**0.5 * b,
        lambda a, b: -a - 1,
        lambda a, b: (a - b).relu() + (b - a).relu(),
        lambda a, b: a + True,
        lambda a, b: a * False + b,
        lambda a, b: (a + b + a * b) * 2 - 3,
    ]
    seen = []
    for program in programs:
        a, b = Value(6), Value(3)
        out = program(a, b)
        out.backward()
        seen += [*with_type(out.data), a.grad, b.grad]
    return seen


def one_over_two(micro: Micro) -> list[float]:
    two = micro.Value(2)
    half = two**-1
    half.backward()
    zero = micro.Value(0)
    (zero**1 + zero**2).backward()
    return [*with_type(half.data), two.grad, zero.grad]


def functions_of_python(micro: Micro) -> list[float]:
    """`sum`, `max`, `min`, `sorted`, `set`, `in` e `index` sobre nós; a soma vazia é o 0 do Python."""
    Value = micro.Value
    nodes = [Value(n) for n in (3, -1, 4, 1, -5, 9, 2)]
    total = sum(nodes)
    mean = sum(nodes) / len(nodes)
    largest, smallest = max(nodes, key=lambda v: v.data), min(nodes, key=lambda v: v.data)
    ranked = sorted(nodes, key=lambda v: v.data, reverse=True)
    median = ranked[len(ranked) // 2]
    variance = sum((v - mean) ** 2 for v in nodes) / len(nodes)
    spread = (largest - smallest) / (variance + median * 2 + total)
    spread.backward()
    places = [nodes.index(v) for v in ranked]
    kept = {v: i for i, v in enumerate(nodes)}
    unique = len({*nodes, *nodes, Value(3)})
    same = [nodes[0] in nodes, Value(3) in nodes, nodes[0] == nodes[0], Value(3) == Value(3), nodes[0] != nodes[1]]
    seen = [*with_type(total.data), *with_type(mean.data), *with_type(sum([])), *with_type(spread.data)]
    return [*seen, *places, *(kept[v] for v in ranked), unique, *same, *(v.grad for v in nodes)]

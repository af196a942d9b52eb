"""Grafos ao acaso que partilham o que fecham: portas dentro de portas, constantes que estouram, ±0, ∞ e frações.

O motor, o programa compilado, o `batch` e o programa para NumPy dão o mesmo valor, o mesmo gradiente e a mesma recusa.
Onde não dão, é por uma de três razões, e cada grafo é classificado:

- `borda`: há números de mais de 1e150, de menos de 1e-150, infinitos ou NaN: a ordem das contas decide o que estoura e
  o que se apaga, e um programa não faz a conta de 0 vezes o gradiente que chega a um relu em repouso;
- `adiante`: o motor, que anda nó a nó, recusa uma derivada que só serviria a um ramo fechado mais atrás;
- `arrays`: um programa para arrays não recusa nada, e dá o que o módulo dá.
"""

import math
import random
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import micrograd_pt as mpt
from micrograd_pt import Value, compile_graph, where

NUMBERS = [0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 1e160, -1e160, 1e-160, -1e-160, 1e308, -1e308, 5e-324]
NUMBERS += [math.inf, -math.inf, 3, 0, -2, Fraction(1, 3), Fraction(-7, 2)]
UNARY: list[Callable[[Any], Any]] = [mpt.tanh, mpt.sigmoid, mpt.exp, mpt.sqrt, mpt.log, mpt.abs, mpt.sin, mpt.softplus]
EDGE = 1e150


def drawn(seed: int) -> tuple[Any, list[Value], list[Value]]:
    """Um grafo, as suas entradas e os seus parâmetros."""
    draw = random.Random(seed)
    strange = draw.random() < 0.5

    def number() -> Any:
        return draw.choice(NUMBERS) if draw.random() < 0.35 else draw.uniform(-2, 2)

    def leaf(name: str) -> Value:
        return Value(float(number()) if strange else draw.uniform(-2, 2), name)

    inputs, parameters = [leaf("x0"), leaf("x1")], [leaf("p0"), leaf("p1"), leaf("p2")]
    nodes: list[Any] = [*inputs, *parameters]

    def node() -> Any:
        late = nodes[-1 - min(int(draw.expovariate(0.4)), len(nodes) - 1)]
        return late if draw.random() < 0.75 else draw.choice(nodes)

    def arg() -> Any:
        return node() if draw.random() < 0.85 else number()

    def chosen() -> Any:
        shared = node()
        return where(node() > arg(), shared * arg(), draw.choice([node(), shared, number()]))

    def extreme() -> Any:
        shared = node()
        others = [shared * arg() if draw.random() < 0.5 else shared, *([arg()] if draw.random() < 0.3 else [])]
        return draw.choice([mpt.minimum, mpt.maximum])(arg(), *others)

    makers: list[tuple[int, Callable[[], Any]]] = [
        (15, chosen),
        (12, extreme),
        (10, lambda: mpt.relu(node())),
        (15, lambda: node() * arg()),
        (12, lambda: node() + arg()),
        (5, lambda: node() - arg()),
        (8, lambda: arg() / node() if draw.random() < 0.5 else node() / arg()),
        (8, lambda: draw.choice(UNARY)(node())),
        (5, lambda: draw.choice([mpt.hypot, mpt.atan2])(node(), arg())),
        (5, lambda: draw.choice([mpt.logsumexp, mpt.sum, mpt.mean])([arg(), arg(), node()])),
        (5, lambda: mpt.dot([node(), arg()], [arg(), node()])),
    ]
    weights, kinds = zip(*makers, strict=True)
    for _ in range(draw.randint(3, 14)):
        try:
            made = draw.choices(kinds, weights)[0]()
        except (ArithmeticError, ValueError):
            continue
        if isinstance(made, Value):
            nodes.append(made)
    output = nodes[-1]
    for extra in nodes[-4:-1]:
        if draw.random() < 0.5:
            output = output + extra * draw.choice([1, 0.5, 3])
    return output, inputs, parameters


def tried(run: Callable[[], list[float]]) -> Any:
    """Os números; ou o tipo do erro."""
    try:
        return run()
    except (ArithmeticError, ValueError) as error:
        return type(error)


def same(a: Any, b: Any) -> bool:
    """O mesmo, a menos do arredondamento de números do tamanho de 1: parcelas que se cancelam deixam o resto delas."""
    if isinstance(a, type) or isinstance(b, type):
        return isinstance(a, type) and isinstance(b, type)
    rest = 1e-12 * max([1.0, *[abs(x) for x in a if math.isfinite(x)]])
    return len(a) == len(b) and all(
        (x != x and y != y) or x == y or math.isclose(x, y, rel_tol=1e-9, abs_tol=rest)
        for x, y in zip(a, b, strict=True)
    )


def verdicts(seed: int) -> dict[str, str]:
    """De cada leitor, `igual` ou a razão por que não; um grafo que nada explica é `DIFERENTE`."""
    output, inputs, parameters = drawn(seed)
    program = compile_graph(output, inputs, parameters, input_gradients=True)
    arrays = compile_graph(output, inputs, parameters, input_gradients=True, target=np)
    x, p = [leaf.data for leaf in inputs], [leaf.data for leaf in parameters]

    def eager() -> list[float]:
        output.backward()
        return [float(output.data), *[float(leaf.grad) for leaf in (*parameters, *inputs)]]

    def flat(found: Any) -> list[float]:
        value, *rest = found
        return [float(value), *[float(number) for part in rest for number in np.ravel(part)]]

    readers: dict[str, Callable[[], Any]] = {
        "program": lambda: flat(program(x, p)),
        "batch": lambda: flat(program.batch([x], p)),
        "numpy": lambda: flat(arrays(np.array([x]), p)),
    }
    expected = tried(eager)
    edge = extreme_numbers(output) or (not isinstance(expected, type) and not all(map(common, expected)))
    found = {}
    for name, reader in readers.items():
        answer = tried(reader)
        edge_here = edge or (not isinstance(answer, type) and not all(map(common, answer)))
        if same(expected, answer):
            found[name] = "igual"
        elif isinstance(expected, type) and name == "numpy":
            found[name] = "arrays"
        elif isinstance(expected, type) and not isinstance(answer, type):
            found[name] = "adiante" if refuses_a_derivative(output) else "DIFERENTE"
        else:
            found[name] = "borda" if edge_here else "DIFERENTE"
    return found


def common(number: float) -> bool:
    """Verdadeiro para um número cujas contas com os outros não estouram nem se apagam."""
    return number == 0 or 1 / EDGE < abs(number) < EDGE


def extreme_numbers(output: Any) -> bool:
    """Verdadeiro se algum número do passo para frente é infinito, NaN, ou está longe demais dos outros."""
    return any(not common(float(number)) for node in mpt.Graph(output).nodes for number in (node.data, *node.numbers))


def refuses_a_derivative(output: Any) -> bool:
    try:
        output.backward()
    except (ArithmeticError, ValueError) as error:
        return "a derivada de" in str(error)
    return False


def tally(seeds: range) -> Counter[str]:
    found: Counter[str] = Counter()
    for seed in seeds:
        for name, verdict in verdicts(seed).items():
            assert verdict != "DIFERENTE", f"{name}, grafo {seed}"
            found[verdict] += 1
    return found


def test_graphs_that_share_what_they_close_agree() -> None:
    found = tally(range(400))
    assert found["igual"] > 0.97 * found.total()


@pytest.mark.long
def test_many_graphs_that_share_what_they_close_agree() -> None:
    found = tally(range(400, 15_000))
    assert found["igual"] > 0.97 * found.total()

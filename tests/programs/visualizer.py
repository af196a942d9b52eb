"""Visualizadores: andam por `_prev`, decidem por `_op`, marcam os nós, e até fazem a volta por conta própria."""

import random
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

from tests.programs import Micro

COLORS = {"+": 1, "*": 2, "ReLU": 3, "**": 4, "": 5}
"""A cor de cada espécie de nó, como número."""


def graphs(micro: Micro) -> list[tuple[Any, list[Any]]]:
    """Resultados e folhas: cada sinal, com constantes dos dois lados, nós repetidos, ramos partilhados, uma rede."""
    Value = micro.Value

    def made(build: Callable[..., Any], *data: float) -> tuple[Any, list[Any]]:
        leaves = [Value(number) for number in data]
        return build(*leaves), leaves

    random.seed(17)
    model = micro.MLP(2, [3, 1])
    x = [Value(0.75), Value(-0.5)]
    linear = micro.Layer(2, 2, nonlin=False)
    pair = linear(x)
    return [
        made(lambda a: a, 4.0),
        made(lambda a, b: a + b, 2.0, 3.0),
        made(lambda a, b: a * b, 2.0, -3.0),
        made(lambda a, b: a - b, 2.0, 3.5),
        made(lambda a, b: a / b, 2.0, 8.0),
        made(lambda a: -a, 2.5),
        made(lambda a: a**2, 3.0),
        made(lambda a: a**-1, 4.0),
        made(lambda a: a**0.5, 2.25),
        made(lambda a: a**3.0, 2),
        made(lambda a: a.relu(), 3.0),
        made(lambda a: a.relu(), -3.0),
        made(lambda a: a + 1, 2.0),
        made(lambda a: 1 + a, 2.0),
        made(lambda a: a - 1, 2.0),
        made(lambda a: 1 - a, 2.5),
        made(lambda a: 3 * a, 2.0),
        made(lambda a: a * 3.0, 2.0),
        made(lambda a: a / 4, 2.0),
        made(lambda a: 4 / a, 8.0),
        made(lambda a: a + a, 1.5),
        made(lambda a: a * a, 1.5),
        made(lambda a: a - a, 1.5),
        made(lambda a: a / a, 1.5),
        made(lambda a, b: (a + b) * (a + b), 1.5, 2.0),
        made(lambda a, b: sum([a, b, a * b, 2]), 1.5, 2.0),
        made(lambda a, b: ((a - b / 3) ** 2 + (2 - a).relu() * b - 5) / (a * a + 1), 1.25, -2.0),
        (model(x), [*x, *model.parameters()]),
        (pair[0] * pair[1], [*x, *linear.parameters()]),
    ]


def kind(node: Any) -> str:
    """A espécie do nó, pela grafia de `_op`."""
    if node._op in ("+", "*", "ReLU", ""):
        return node._op
    if node._op.startswith("**"):
        float(node._op[2:])  # o expoente
        return "**"
    raise ValueError(f"não sei desenhar {node._op!r}")


def in_order(node: Any) -> list[Any]:
    """Os filhos, numa ordem que não depende do endereço deles."""
    return sorted(node._prev, key=lambda child: (child.data, child._op, len(child._prev)))


def recomputed(node: Any) -> float:
    """O número do nó, refeito dos filhos. Em `_prev`, que é um conjunto, um filho repetido aparece uma vez só."""
    data = [child.data for child in node._prev]
    if node._op == "+":
        return sum(data) if len(data) == 2 else 2 * data[0]
    if node._op == "*":
        return data[0] * data[-1]
    if node._op == "ReLU":
        return max(data[0], 0)
    if node._op:
        return data[0] ** float(node._op[2:])
    return node.data


def reached(root: Any) -> list[Any]:
    """Os nós, recursivamente, cada um depois dos filhos; o que foi visto fica marcado no próprio nó."""
    nodes: list[Any] = []

    def walk(node: Any) -> None:
        if getattr(node, "_visited", False):
            return
        node._visited = True
        for child in in_order(node):
            walk(child)
        nodes.append(node)

    walk(root)
    for node in nodes:
        del node._visited
    return nodes


def counts(micro: Micro) -> list[int]:
    """Quantos nós e arestas há de cada espécie, e as cores e camadas que o visualizador escreve nos nós."""
    found = []
    for root, leaves in graphs(micro):
        nodes = reached(root)
        for node in nodes:
            node._vis_color = COLORS[kind(node)]
            node._layer = 1 + max((child._layer for child in node._prev), default=-1)
        edges = Counter((parent._vis_color, child._vis_color) for parent in nodes for child in parent._prev)
        painted = Counter(node._vis_color for node in nodes)
        found += [len(nodes), sum(edges.values()), root._layer, sum(node._layer for node in nodes)]
        found += [painted[color] for color in COLORS.values()]
        found += [edges[a, b] for a in COLORS.values() for b in COLORS.values()]
        found += [sum(leaf in nodes for leaf in leaves), sum(len(node._prev) == 1 for node in nodes)]
    return found


def spellings(micro: Micro) -> list[str]:
    """`_op` de cada nó, por extenso, em ordem."""
    return [node._op for root, _ in graphs(micro) for node in sorted(reached(root), key=lambda n: (n._op, n.data))]


def data_remade(micro: Micro) -> list[float]:
    """O número de cada nó confere com o que se refaz dos filhos."""
    found = []
    for root, _ in graphs(micro):
        nodes = sorted(reached(root), key=lambda node: (kind(node), node.data))
        assert all(abs(node.data - recomputed(node)) <= 1e-12 * (1 + abs(node.data)) for node in nodes)
        found += [recomputed(node) for node in nodes]
    return found


def a_picture(micro: Micro) -> list[str]:
    """O desenho em texto, como o caderno o faz para o Graphviz, com números no lugar dos endereços."""
    lines = []
    for root, _ in graphs(micro):
        names = {node: f"n{i}" for i, node in enumerate(reached(root))}
        for node, name in names.items():
            lines.append(f"{name} [{node.data:.4f} | {node.grad:.4f}]")
            if node._op:
                lines.append(f"{name}{node._op} -> {name}")
                lines += [f"{names[child]} -> {name}{node._op}" for child in in_order(node)]
    return lines


def gradients_in_the_picture(micro: Micro) -> list[float]:
    """Depois de `backward()`, o gradiente de todos os nós que se veem, e não só das folhas."""
    found = []
    for root, leaves in graphs(micro):
        root.backward()
        nodes = sorted(reached(root), key=lambda node: (kind(node), node.grad))
        found += [node.grad for node in nodes] + [leaf.grad for leaf in leaves]
    return found


def own_topological_sort(micro: Micro) -> list[float]:
    """A volta sem `backward()`: uma ordem própria, gradientes zerados, e `_backward()` de cada nó, do fim ao começo."""
    found = []
    for root, leaves in graphs(micro):
        order, seen = [], set()

        def visit(node: Any, order: list[Any] = order, seen: set[Any] = seen) -> None:
            if node not in seen:
                seen.add(node)
                for child in node._prev:
                    visit(child)
                order.append(node)

        visit(root)
        for node in order:
            node.grad = 0
        root.grad = 1
        for node in reversed(order):
            node._backward()
        found += [leaf.grad for leaf in leaves]
        by_hand = [leaf.grad for leaf in leaves]
        for node in order:
            node.grad = 0
        root.backward()
        assert all(abs(leaf.grad - g) <= 1e-9 * (1 + abs(g)) for leaf, g in zip(leaves, by_hand, strict=True))
    return found


def own_queue_of_ready_nodes(micro: Micro) -> list[float]:
    """A mesma volta por outra ordem: um nó entrega o que recebeu quando todos os que dependem dele já entregaram."""
    found = []
    for root, leaves in graphs(micro):
        nodes = reached(root)
        waiting = Counter(child for node in nodes for child in node._prev)
        for node in nodes:
            node.grad = 0
        root.grad = 2.0  # a derivada de duas vezes o resultado
        ready, delivered = deque([root]), 0
        while ready:
            node = ready.popleft()
            node._backward()
            delivered += 1
            for child in in_order(node):
                waiting[child] -= 1
                if not waiting[child]:
                    ready.append(child)
        found += [delivered] + [leaf.grad for leaf in leaves]
    return found

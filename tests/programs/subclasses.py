"""Tarefas que herdam de `Value`, com métodos feitos das operações que já há."""

import random
from typing import Any

from tests.programs import Micro


def extended(micro: Micro) -> Any:
    """A classe da tarefa: um rótulo, e métodos a mais; o resultado de uma operação é um `Value` comum."""

    class Value2(micro.Value):
        def __init__(self, data, _children=(), _op="", label=""):
            super().__init__(data, _children, _op)
            self.label = label

        def square(self):
            return self * self

        def mse(self, target):
            return (self - target) ** 2

        def sigmoid(self):
            """Uma sigmoide racional: (1 + x / (1 + |x|)) / 2."""
            return (1 + self / (1 + self.magnitude())) / 2

        def magnitude(self):
            return self.relu() + (-self).relu()

        @property
        def item(self):
            return float(self.data)

        @classmethod
        def drawn(cls, label):
            return cls(random.uniform(-1, 1), label=label)

        def __repr__(self):
            return f"Value2({self.label}: {self.data})"

    return Value2


def methods_of_homework(micro: Micro) -> list[float]:
    Value2 = extended(micro)
    a, b, c = Value2(2.0, label="a"), Value2(-3.0, (), "", "b"), Value2(data=0.5, _children=(), _op="", label="c")
    out = a.square() * 0.25 + b.sigmoid() - c.mse(2) * b.magnitude() + a.mse(b)
    out.backward()
    assert [a.label, b.label, c.label, repr(b)] == ["a", "b", "c", "Value2(b: -3.0)"]
    leaves = [a, b, c]
    kinds = [type(a) is Value2, isinstance(a, micro.Value), isinstance(out, micro.Value), isinstance(out, Value2)]
    return [out.data, *(v.grad for v in leaves), *(v.item for v in leaves), *kinds]


def operators_of_two_classes(micro: Micro) -> list[float]:
    """A subclasse de um lado e de outro de cada sinal, com nós comuns, com números, consigo mesma."""
    Value, Value2 = micro.Value, extended(micro)
    seen = []
    for sign in (
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a * b,
        lambda a, b: a / b,
        lambda a, b: (a + b).relu() * a,
    ):
        for left, right in ((Value2, Value), (Value, Value2), (Value2, Value2), (Value2, float), (float, Value2)):
            a, b = left(1.5), right(4.0)
            out = sign(a, b)
            out.backward()
            seen += [out.data, *(v.grad for v in (a, b) if not isinstance(v, float)), isinstance(out, Value)]
            seen += [sum(child in (a, b) for child in out._prev), len(out._prev)]
    x = Value2(2.0)
    out = x**3 + x**-1 - (-x) + x * x + sum([x, x, 1])
    x += 1  # o nome passa a ser de um nó comum; a folha continua onde estava
    out.backward()
    return [*seen, out.data, x.data, isinstance(x, Value2)]


def weights_of_the_subclass(micro: Micro) -> list[float]:
    """Folhas da subclasse no lugar dos pesos: de um neurônio, e de uma rede inteira."""
    Value2 = extended(micro)
    random.seed(6)
    neuron = micro.Neuron(2, nonlin=False)
    neuron.w = [Value2.drawn("w1"), Value2.drawn("w2")]
    neuron.b = Value2(0, label="b")
    model = micro.MLP(2, [3, 1])
    for i, layer in enumerate(model.layers):
        for j, n in enumerate(layer.neurons):
            n.w = [Value2(wi.data, label=f"w{i}{j}{k}") for k, wi in enumerate(n.w)]
            n.b = Value2(n.b.data, label=f"b{i}{j}")
    parameters = neuron.parameters() + model.parameters()
    assert all(type(p) is Value2 for p in parameters)
    seen = []
    for _ in range(3):
        x = [Value2(0.5, label="x1"), micro.Value(-1.25)]
        out = neuron([model(x), x[0]])
        loss = (out - 1) ** 2 + 0.01 * sum(p.square() for p in parameters)
        for p in parameters:
            p.grad = 0
        loss.backward()
        for p in parameters:
            p.data -= 0.05 * p.grad
        seen += [loss.data, *(xi.grad for xi in x)]
    assert seen[-3] < seen[0]
    return seen + [p.data for p in parameters] + [p.grad for p in parameters] + [len(p.label) for p in parameters]


def a_label_in_the_place_of_the_operation(micro: Micro) -> list[str]:
    """Uma folha sem filhos com o nome em `_op`, para o desenho."""
    x, y = micro.Value(2.0, (), "x"), micro.Value(3.0, _op="y")
    out = x * y
    out.backward()
    return [x._op, y._op, out._op, *sorted(child._op for child in out._prev), str(x.grad), str(y.grad)]


def counting(micro: Micro) -> tuple[type, dict[str, int]]:
    """Uma subclasse que conta as suas somas e produtos, e as contas; não é ela mesma um programa."""
    counts = {"+": 0, "*": 0}

    class Counted(micro.Value):
        def __add__(self, other):
            counts["+"] += 1
            return super().__add__(other)

        def __mul__(self, other):
            counts["*"] += 1
            return super().__mul__(other)

    return Counted, counts


def counted_operations(micro: Micro) -> list[float]:
    """Uma subclasse que conta as suas somas e produtos, redefinindo só `__add__` e `__mul__`."""
    Counted, counts = counting(micro)
    x, y = Counted(2.0), Counted(-3.0)
    out = (x + y) * (x * y) + x * 3 + y + 1
    out.backward()
    return [out.data, x.grad, y.grad, counts["+"], counts["*"]]


def counted_operations_behind_the_others(micro: Micro) -> list[float]:
    """O mesmo com os sinais que no micrograd são feitos dessas duas: números à esquerda, diferenças, quocientes."""
    Counted, counts = counting(micro)
    x, y = Counted(2.0), Counted(-3.0)
    seen = []
    for operation in (
        lambda: 1 + x,
        lambda: 2 * x,
        lambda: x - y,
        lambda: 1 - x,
        lambda: -x,
        lambda: x / y,
        lambda: 1 / x,
    ):
        counts.update({"+": 0, "*": 0})
        seen += [operation().data, counts["+"], counts["*"]]
    return [*seen, sum([x, y]).data, counts["+"]]


def what_homework_adds_to_compare(micro: Micro) -> list[float]:
    """Comparações, conversões e um `backward` próprio, numa subclasse; servem a `max`, `sorted`, `if` e `float`."""

    class Compared(micro.Value):
        def __lt__(self, other):
            return self.data < getattr(other, "data", other)

        def __gt__(self, other):
            return self.data > getattr(other, "data", other)

        def __bool__(self):
            return self.data != 0

        def __float__(self):
            return float(self.data)

        def __len__(self):
            return 1

        def __call__(self, scale):
            return self * scale

        def backward(self):
            self.called = True
            self.grad = 0
            super().backward()

    nodes = [Compared(n) for n in (2, -0.5, 0, 3.5)]
    largest = max(nodes)
    seen = [
        nodes.index(largest),
        *(float(v) for v in sorted(nodes)),
        sum(1 for v in nodes if v),
        nodes[0] > 1,
        len(nodes[0]),
    ]
    out = largest(3) + min(nodes) ** 2 + nodes[0] * nodes[2]
    out.backward()
    largest.backward()
    return [*seen, out.data, *(v.grad for v in nodes), largest.called, hasattr(nodes[0], "called")]


def saturating_arithmetic(micro: Micro) -> list[float]:
    """Uma subclasse cujos produtos são outros: limitados por relus; a diferença e o quociente acompanham."""

    class Clipped(micro.Value):
        def __mul__(self, other):
            return 4 - (4 - super().__mul__(other)).relu()

    x = Clipped(3.0)
    out = x * 2 + x * 1 - x / 0.5
    out.backward()
    return [out.data, x.grad]

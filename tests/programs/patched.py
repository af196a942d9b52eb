"""Redes mexidas por fora: métodos trocados, camadas acrescentadas, pesos e ativações editados depois de prontos.

O que se troca numa classe volta ao que era no fim de cada programa.
"""

import random
from typing import Any
from unittest.mock import patch

from tests.programs import Micro

POINTS = [([0.5, -1.0], 1.0), ([-1.5, 0.25], -1.0), ([1.0, 1.0], 0.5)]


def small_model(micro: Micro, seed: int = 41) -> Any:
    random.seed(seed)
    return micro.MLP(2, [3, 2, 1])


def one_pass(model: Any, parameters: list[Any], points: Any = POINTS) -> list[float]:
    """A perda, a saída de cada ponto e os gradientes, sem `model.zero_grad()`, que nem toda rede mexida aceita."""
    outs = [model(x) for x, _ in points]
    loss = sum((out - y) ** 2 for out, (_, y) in zip(outs, points, strict=True))
    for p in parameters:
        p.grad = 0
    loss.backward()
    return [loss.data, *(out.data for out in outs), *(p.grad for p in parameters)]


def another_call_of_neuron(micro: Micro) -> list[float]:
    """Todo neurônio passa a ter outra ativação, h / (1 + |h|), porque se trocou `Neuron.__call__`."""

    def squashed(self, x):
        act = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
        return act / (1 + act.relu() + (-act).relu()) if self.nonlin else act

    model = small_model(micro)
    before = one_pass(model, model.parameters())
    with patch.object(micro.Neuron, "__call__", squashed):
        during = [*one_pass(model, model.parameters()), model.layers[0].neurons[0]([1.0, 2.0]).data]
    assert during[0] != before[0] and one_pass(model, model.parameters())[0] == before[0]
    return before + during


def another_call_around_the_first(micro: Micro) -> list[float]:
    """O `__call__` trocado chama o de antes, e guarda as ativações que vê passar."""
    first, activations = micro.Neuron.__call__, []

    def recording(self, x):
        out = first(self, x)
        activations.append(out)
        return out

    model = small_model(micro)
    with patch.object(micro.Neuron, "__call__", recording):
        seen = one_pass(model, model.parameters())
    return [*seen, len(activations), *(a.data for a in activations), *(a.grad for a in activations)]


def leaky_relu(micro: Micro) -> list[float]:
    """`Value.relu` trocada por uma que deixa passar um décimo do que é negativo, em contas e nas redes."""
    plain = micro.Value.relu

    def leaky(self):
        return plain(self) - 0.1 * plain(-self)

    model = small_model(micro)
    before = one_pass(model, model.parameters())
    with patch.object(micro.Value, "relu", leaky):
        x = micro.Value(-2.0)
        out = x.relu()
        out.backward()
        during = [out.data, x.grad, *one_pass(model, model.parameters())]
    assert during[2] != before[0] and one_pass(model, model.parameters())[0] == before[0]
    return before + during


def identity_relu(micro: Micro) -> list[float]:
    """`Value.relu` trocada por uma que conta as vezes e não cria nó algum."""
    times = []

    def nothing(self):
        times.append(self.data)
        return self

    model = small_model(micro)
    with patch.object(micro.Value, "relu", nothing):
        seen = one_pass(model, model.parameters())
    return [*seen, len(times), *times]


def another_call_of_layer(micro: Micro) -> list[float]:
    """Cada camada normaliza o que dá, menos a última."""
    first = micro.Layer.__call__

    def normalized(self, x):
        out = first(self, x)
        if not isinstance(out, list):
            return out
        scale = (sum(o * o for o in out) / len(out) + 1) ** -0.5
        return [o * scale for o in out]

    model = small_model(micro)
    with patch.object(micro.Layer, "__call__", normalized):
        return one_pass(model, model.parameters())


def another_call_of_mlp(micro: Micro) -> list[float]:
    """A rede guarda o que sai de cada camada, e soma a entrada à saída."""

    def traced(self, x):
        self.trace, given = [], x
        for layer in self.layers:
            x = layer(x)
            self.trace.append(x)
        return x + sum(given)

    model = small_model(micro)
    with patch.object(micro.MLP, "__call__", traced):
        seen = one_pass(model, model.parameters())
    return seen + [o.data for out in model.trace[:-1] for o in out] + [o.grad for out in model.trace[:-1] for o in out]


def functions_among_the_layers(micro: Micro) -> list[float]:
    """Funções no lugar de camadas: não têm parâmetros, e a rede as chama como às outras."""
    model = small_model(micro)
    model.layers.insert(1, lambda h: [hi / 2 for hi in h] + [h[0] * h[1]])
    model.layers[2].neurons = [micro.Neuron(4) for _ in range(2)]
    parameters = [p for layer in model.layers if isinstance(layer, micro.Module) for p in layer.parameters()]
    model.layers.append(lambda o: o / (1 + o.relu() + (-o).relu()))
    model.layers.append(lambda o: 2 * o - 1)
    return one_pass(model, parameters)


def a_softmax_at_the_end(micro: Micro) -> list[float]:
    """A última função recebe uma lista e dá uma lista."""
    random.seed(9)
    model = micro.MLP(2, [3, 3])
    parameters = model.parameters()

    def shares(outs):
        parts = [o * o + 0.01 for o in outs]
        return [p / sum(parts) for p in parts]

    model.layers.append(shares)
    outs = model([0.5, -0.25])
    loss = (1 - outs[1]) ** 2
    loss.backward()
    return [loss.data, *(o.data for o in outs), *(p.grad for p in parameters)]


def activations_turned_off(micro: Micro) -> list[float]:
    """`nonlin` mudado depois de pronta a rede."""
    model = small_model(micro)
    for n in model.layers[0].neurons:
        n.nonlin = False
    model.layers[-1].neurons[0].nonlin = True
    words = repr(model)
    assert words.count("LinearNeuron(2)") == 3 and words.endswith("Layer of [ReLUNeuron(2)]]")
    seen = one_pass(model, model.parameters())
    model.layers[0].neurons[1].nonlin = 1
    model.layers[-1].neurons[0].nonlin = 0
    seen += one_pass(model, model.parameters())
    return seen + [bool(n.nonlin) for layer in model.layers for n in layer.neurons]


def other_weights(micro: Micro) -> list[float]:
    """Pesos trocados, partilhados, acrescentados, e feitos de outros nós."""
    Value = micro.Value
    model = small_model(micro)
    first, second = model.layers[0].neurons[:2]
    first.w[0] = Value(0.75)
    first.w[1] = first.w[0]  # o mesmo peso duas vezes
    second.w = first.w  # a lista inteira é dos dois
    second.b = Value(0.25)
    model.layers[0].neurons[2] = first  # o mesmo neurônio duas vezes
    seen = [*one_pass(model, model.parameters()), len(model.parameters()), len(set(model.parameters()))]

    source = [Value(0.5), Value(-0.25)]
    last = model.layers[-1].neurons[0]
    last.w = [source[0] * 2, source[0] - source[1]]  # pesos calculados: o gradiente segue até às fontes
    last.b = source[1] ** 2
    seen += one_pass(model, model.parameters() + source)

    neuron = micro.Neuron(1, nonlin=False)
    neuron.w.append(Value(0.125))
    neuron.w += [Value(2), Value(3)]
    out = neuron([1.0, 2.0, 3.0, Value(4.0)])
    out.backward()
    return [*seen, out.data - neuron.w[0].data, *(p.grad for p in neuron.parameters()), len(neuron.parameters())]


def a_wider_entrance(micro: Micro) -> list[float]:
    """Uma característica a mais, acrescentada à primeira camada de uma rede que já existe."""
    model = small_model(micro)
    for n in model.layers[0].neurons:
        n.w.append(micro.Value(0.5))
    wider = [([*x, x[0] * x[1]], y) for x, y in POINTS]
    return one_pass(model, model.parameters(), wider)


def more_neurons_and_layers(micro: Micro) -> list[float]:
    """A rede cresce depois de pronta: mais um neurônio, mais uma camada, uma camada a menos."""
    model = small_model(micro)
    model.layers[0].neurons.append(micro.Neuron(2))
    for n in model.layers[1].neurons:
        n.w.append(micro.Value(-0.5))
    seen = [*one_pass(model, model.parameters()), len(model.parameters())]
    model.layers[-1:] = [micro.Layer(2, 2), micro.Layer(2, 1, nonlin=False)]
    seen += [*one_pass(model, model.parameters()), len(model.parameters())]
    del model.layers[2:]
    outs = model(POINTS[0][0])
    return [*seen, len(outs), *(o.data for o in outs), len(model.parameters())]


def numbers_for_weights(micro: Micro) -> list[float]:
    """Pesos e viés congelados como números comuns: fora dos parâmetros, dentro da conta."""
    model = small_model(micro)
    for n in model.layers[0].neurons:
        n.b = 0.0
    model.layers[1].neurons[0].b = 1
    model.layers[1].neurons[1].w = [0.5, model.layers[1].neurons[1].w[1], -1]
    parameters = [p for p in model.parameters() if isinstance(p, micro.Value)]
    frozen = [p for p in model.parameters() if not isinstance(p, micro.Value)]
    return [*one_pass(model, parameters), len(parameters), *frozen]


def a_neuron_that_starts_alone(micro: Micro) -> list[float]:
    """Subclasses cujo `__init__` não chama o de cima: só têm o que escreveram."""

    class Own(micro.Neuron):
        def __init__(self, weights, bias=0.5):
            self.w = [micro.Value(w) for w in weights]
            self.b = micro.Value(bias)
            self.nonlin = True

    class OwnLayer(micro.Layer):
        def __init__(self, rows, cls):
            self.neurons = [cls(row) for row in rows]

    class OwnMLP(micro.MLP):
        def __init__(self, *layers):
            self.layers = list(layers)

    neuron = Own([1.0, -2.0])
    model = OwnMLP(OwnLayer([[0.5, 1.0], [-1.0, 0.25], [1.0, 1.0]], Own), micro.Layer(3, 2), OwnLayer([[1, -1]], Own))
    for i, p in enumerate(model.parameters()):
        p.data = (i * 7 % 5 - 2) / 2
    model.layers[-1].neurons[0].nonlin = False
    assert repr(neuron) == "ReLUNeuron(2)"
    assert repr(model.layers[0]) == "Layer of [ReLUNeuron(2), ReLUNeuron(2), ReLUNeuron(2)]"
    assert repr(model).startswith("MLP of [Layer of [ReLUNeuron(2), ")
    seen = [neuron([3.0, 1.0]).data, len(neuron.parameters())]
    model.zero_grad()
    return seen + one_pass(model, model.parameters())


def a_neuron_of_another_kind(micro: Micro) -> list[float]:
    """Herda de `Neuron` sem ser um: o seu `__call__` é outro, e não há `nonlin`."""

    class Quadratic(micro.Neuron):
        def __init__(self, nin):
            self.w = [micro.Value(0.25 * (i + 1)) for i in range(nin)]
            self.b = micro.Value(-0.5)
            self.q = micro.Value(0.125)

        def __call__(self, x):
            net = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
            return net + self.q * net**2

        def parameters(self):
            return [*super().parameters(), self.q]

    model = small_model(micro)
    model.layers[1].neurons[0] = Quadratic(3)
    model.layers[0].neurons[2] = Quadratic(2)
    return [*one_pass(model, model.parameters()), len(model.parameters())]


def counted_operations(micro: Micro) -> list[float]:
    """Quantas somas e produtos faz uma rede, contados por `__add__` e `__mul__` trocados."""
    counts = {"__add__": 0, "__mul__": 0}

    def counting(name):
        first = getattr(micro.Value, name)

        def method(self, other):
            counts[name] += 1
            return first(self, other)

        return method

    model = small_model(micro)
    with (
        patch.object(micro.Value, "__add__", counting("__add__")),
        patch.object(micro.Value, "__mul__", counting("__mul__")),
    ):
        out = model([micro.Value(0.5), micro.Value(-1.0)])
    return [out.data, counts["__add__"], counts["__mul__"]]


def comparisons_from_outside(micro: Micro) -> list[float]:
    """`Value.__lt__` e `Value.__gt__`, que o micrograd não tem, postos por fora: servem a `max`, `min` e `sorted`."""
    with (
        patch.object(micro.Value, "__lt__", lambda self, other: self.data < other.data),
        patch.object(micro.Value, "__gt__", lambda self, other: self.data > other.data),
    ):
        nodes = [micro.Value(n) for n in (0.5, 3, -2.0, 1)]
        out = max(nodes) * min(nodes) + sorted(nodes)[1] ** 2
        out.backward()
        return [out.data, *(v.grad for v in nodes), *(v.data for v in sorted(nodes, reverse=True)), nodes[0] < nodes[1]]


def methods_from_outside(micro: Micro) -> list[float]:
    """Métodos postos na classe, com nomes que outro pacote pode já ter; os neurônios usam um deles."""

    def neuron_call(self, x):
        act = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
        return act.tanh() if self.nonlin else act

    methods = {
        "tanh": lambda self: self * (27 + self**2) / (27 + 9 * self**2),
        "sigmoid": lambda self: (1 + (self / 2).tanh()) / 2,
        "abs": lambda self: self.relu() + (-self).relu(),
        "__abs__": lambda self: self.abs(),
        "exp": lambda self: 1 + self + self**2 / 2 + self**3 / 6,
        "maximum": lambda self, other: self + (other - self).relu(),
        "square": lambda self: self**2,
        "__float__": lambda self: float(self.data),
        "__bool__": lambda self: self.data != 0,
        "numel": 1,
    }
    patches = [patch.object(micro.Value, name, method, create=True) for name, method in methods.items()]
    patches.append(patch.object(micro.Neuron, "__call__", neuron_call))
    for one in patches:
        one.start()
    try:
        x, y = micro.Value(0.75), micro.Value(-1.5)
        out = x.tanh() * y.sigmoid() + abs(y) * x.exp() - x.maximum(y) / y.square() + x.numel
        out.backward()
        model = small_model(micro)
        seen = [out.data, x.grad, y.grad, float(x), bool(y), bool(micro.Value(0))]
        return seen + one_pass(model, model.parameters())
    finally:
        for one in reversed(patches):
            one.stop()


def attributes_of_their_own(micro: Micro) -> list[float]:
    """Módulos com atributos que o micrograd não tem, e outro pacote pode ter: `activation`, `bias`, `name`, `nin`."""

    class Activated(micro.Neuron):
        def __init__(self, nin, activation):
            super().__init__(nin)
            self.activation = activation
            self.name, self.sources = 7, None

        def __call__(self, x):
            return self.activation(sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b))

    class Biased(micro.MLP):
        def __init__(self, nin, nouts):
            super().__init__(nin, nouts)
            self.nin, self.nouts = [nin], None
            self.bias = micro.Value(0.25)

        def __call__(self, x):
            return super().__call__(x) + self.bias

        def parameters(self):
            return [*super().parameters(), self.bias]

    random.seed(12)
    model = Biased(2, [3, 1])
    model.name = ["rede"]
    model.layers[0].neurons = [Activated(2, lambda h: h * h), Activated(2, lambda h: h / 2), micro.Neuron(2)]
    return [*one_pass(model, model.parameters()), model.layers[0].neurons[0].name, *model.nin]


def words_of_an_edited_network(micro: Micro) -> list[str]:
    """Como se escreve uma rede com peças que herdam, trocam a ativação ou são de outra espécie."""

    class Activated(micro.Neuron):
        def __init__(self, nin, activation, **kwargs):
            super().__init__(nin, **kwargs)
            self.activation = activation

    class Named(micro.Module):
        def __repr__(self):
            return "Named"

    model = small_model(micro)
    model.layers[0].neurons = [Activated(2, lambda h: h * h), Activated(2, abs, nonlin=False)]
    model.layers[1].neurons.append(Named())
    model.layers.append(Named())
    return [repr(model), str(model.layers[0]), f"{model.layers[1]}"]


def functions_among_the_neurons(micro: Micro) -> list[float]:
    """Funções e módulos à parte no lugar de neurônios."""

    class Product(micro.Module):
        def __call__(self, x):
            return x[0] * x[1]

    model = small_model(micro)
    parameters = model.parameters()
    model.layers[0].neurons[0] = Product()
    model.layers[0].neurons[1] = lambda x: (x[0] - x[1]) ** 2
    return one_pass(model, parameters)


def another_backward(micro: Micro) -> list[float]:
    """`Value.backward` trocado por um que zera antes, e chama o de antes."""
    first = micro.Value.backward

    def fresh(self):
        seen, stack = set(), [self]
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                node.grad = 0
                stack += node._prev
        first(self)

    a, b = micro.Value(2.0), micro.Value(-1.5)
    out = (a * b + a) ** 2
    with patch.object(micro.Value, "backward", fresh):
        out.backward()
        out.backward()
    return [a.grad, b.grad, out.grad]


def another_zero_grad(micro: Micro) -> list[float]:
    """`Module.zero_grad` trocado: em vez de zerar, encolhe, e o gradiente guarda um pouco dos passos de antes."""

    def shrink(self):
        for p in self.parameters():
            p.grad *= 0.5

    model = small_model(micro)
    with patch.object(micro.Module, "zero_grad", shrink):
        for x, y in POINTS:
            model.zero_grad()
            ((model(x) - y) ** 2).backward()
    return [p.grad for p in model.parameters()]

"""Redes esparsas: máscaras em listas, em módulos que herdam dos do micrograd e entram em `MLP.layers`."""

import random
from typing import Any

from tests.programs import Micro

SAMPLES = [([0.5, -1.0, 0.25], 1.0), ([-0.75, 0.5, 1.0], -1.0), ([1.0, 0.75, -0.5], 0.5), ([-0.25, -0.5, -1.0], -0.5)]


def squared_error(model: Any) -> Any:
    return sum((model(x) - y) ** 2 for x, y in SAMPLES) / len(SAMPLES)


def descend(model: Any, steps: int, rate: float) -> list[float]:
    """Alguns passos de descida; devolve as perdas."""
    losses = []
    for _ in range(steps):
        loss = squared_error(model)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= rate * p.grad
        losses.append(loss.data)
    assert losses[-1] < losses[0]
    return losses


def masked_layers(micro: Micro) -> list[float]:
    """Neurônios que veem só algumas entradas, e um corte das ligações mais fracas a meio do treino."""

    class MaskedNeuron(micro.Neuron):
        def __init__(self, nin, mask, nonlin=True):
            super().__init__(nin, nonlin)
            self.mask = list(mask)

        def __call__(self, x):
            act = self.b
            for kept, wi, xi in zip(self.mask, self.w, x, strict=True):
                if kept:
                    act = act + wi * xi
            return act.relu() if self.nonlin else act

        def parameters(self):
            return [wi for kept, wi in zip(self.mask, self.w, strict=True) if kept] + [self.b]

        def prune(self, threshold):
            self.mask = [kept and abs(wi.data) >= threshold for kept, wi in zip(self.mask, self.w, strict=True)]

        def __repr__(self):
            return f"Masked{super().__repr__()}"

    class MaskedLayer(micro.Layer):
        def __init__(self, nin, masks, **kwargs):
            super().__init__(nin, len(masks), **kwargs)
            self.neurons = [MaskedNeuron(nin, mask, **kwargs) for mask in masks]

    random.seed(11)
    model = micro.MLP(3, [4, 2, 1])
    model.layers[0] = MaskedLayer(3, [[1, 1, 0], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    model.layers[1] = MaskedLayer(4, [[True, False, True, True], [False, True, True, False]], nonlin=True)
    assert repr(model.layers[1]) == "Layer of [MaskedReLUNeuron(4), MaskedReLUNeuron(4)]"
    seen = [len(model.parameters()), *descend(model, 4, 0.05)]
    for layer in model.layers[:2]:
        for neuron in layer.neurons:
            neuron.prune(0.3)
    seen += [len(model.parameters()), *descend(model, 4, 0.05)]
    return seen + [p.data for p in model.parameters()] + [p.grad for p in model.parameters()]


def masks_that_multiply(micro: Micro) -> list[float]:
    """A máscara multiplica os pesos, como número ou como booleano; a rede inteira é de classes herdadas."""

    class SparseNeuron(micro.Neuron):
        def __init__(self, nin, density=0.5, **kwargs):
            micro.Neuron.__init__(self, nin, **kwargs)
            self.mask = [random.random() < density for _ in range(nin)]

        def __call__(self, x):
            return super().__call__([xi * kept for kept, xi in zip(self.mask, x, strict=True)])

    class SparseLayer(micro.Layer):
        def __init__(self, nin, nout, **kwargs):
            self.neurons = [SparseNeuron(nin, 0.7, **kwargs) for _ in range(nout)]

    class SparseMLP(micro.MLP):
        def __init__(self, nin, nouts):
            super().__init__(nin, nouts)
            sizes = [nin, *nouts]
            self.layers = [SparseLayer(sizes[i], size, nonlin=i < len(nouts) - 1) for i, size in enumerate(nouts)]

        def density(self):
            masks = [n.mask for layer in self.layers for n in layer.neurons]
            return sum(map(sum, masks)) / sum(map(len, masks))

    random.seed(5)
    model = SparseMLP(3, [5, 1])
    return [
        model.density(),
        *descend(model, 4, 0.03),
        *(p.data for p in model.parameters()),
        *(p.grad for p in model.parameters()),
    ]


def a_module_between_the_layers(micro: Micro) -> list[float]:
    """Um módulo escrito à mão, com parâmetros seus, entre as camadas: uma ligação que salta, e uma escala."""

    class Skip(micro.Module):
        def __init__(self, inner):
            self.inner = inner

        def __call__(self, x):
            return [a + b for a, b in zip(x, self.inner(x), strict=True)]

        def parameters(self):
            return self.inner.parameters()

    class Scale(micro.Module):
        def __init__(self, size):
            self.gain, self.shift = [micro.Value(1) for _ in range(size)], [micro.Value(0) for _ in range(size)]

        def __call__(self, x):
            return [g * xi + s for g, xi, s in zip(self.gain, x, self.shift, strict=True)]

        def parameters(self):
            return self.gain + self.shift

    class Nothing(micro.Module):
        """Sem `parameters`: herda a lista vazia."""

        def __call__(self, x):
            return x

    random.seed(23)
    model = micro.MLP(3, [4, 1])
    model.layers.insert(1, Skip(micro.Layer(4, 4)))
    model.layers.insert(2, Scale(4))
    model.layers.insert(3, Nothing())
    assert Nothing().parameters() == []
    losses = descend(model, 4, 0.02)
    return [*losses, *(p.data for p in model.parameters()), *(p.grad for p in model.parameters())]

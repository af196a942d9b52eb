"""Modelos editados, herdados e trocados: chamados, treinados, desenhados, na página e explicados, os mesmos números."""

import itertools
import random
import re
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import micrograd.nn
import numpy as np
import pytest

import micrograd_pt.nn
from micrograd_pt import (
    MLP,
    Layer,
    Module,
    Neuron,
    Value,
    draw,
    draw_network,
    explain,
    half_squared_error,
    live_page,
    ops,
    train,
)

X, Y = [[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0]], [0.5, -1.0, 2.0]


# Aninhado: módulos em módulos, listas e dicionários, funções, e neurônios trocados.


def nested(nn: Any, seed: int = 3) -> Any:
    """Três andares: módulos em módulos, com uma lista, um dicionário, uma função e neurônios que trocam a chamada."""

    class Louder(nn.Neuron):  # type: ignore[misc]
        def __call__(self, x: Any) -> Any:
            return super().__call__(x) * 10 + 1

    class Twist(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            self.layer = nn.Layer(2, 2)
            self.layer.neurons[1] = Louder(2)

        def __call__(self, x: Any) -> Any:
            return [a - b for a, b in zip(self.layer(x), x, strict=True)]

        def parameters(self) -> list[Any]:
            return list(self.layer.parameters())

    class Floor(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            self.rooms = {"a": [Twist()], "b": [Twist(), lambda x: [v * 0.5 for v in x]]}

        def __call__(self, x: Any) -> Any:
            for room in itertools.chain(*self.rooms.values()):
                x = room(x)
            return x

        def parameters(self) -> list[Any]:
            rooms = itertools.chain(*self.rooms.values())
            return [p for room in rooms if hasattr(room, "parameters") for p in room.parameters()]

    class House(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            self.floors, self.roof = [Floor()], nn.MLP(2, [3, 1])
            self.roof.layers[0].neurons[2] = Louder(2)

        def __call__(self, x: Any) -> Any:
            for floor in self.floors:
                x = floor(x)
            return self.roof(x)

        def parameters(self) -> list[Any]:
            return [p for part in (*self.floors, self.roof) for p in part.parameters()]

    random.seed(seed)
    return House()


def test_a_nested_module_gives_micrograds_numbers() -> None:
    found = []
    for nn in (micrograd.nn, micrograd_pt.nn):
        model = nested(nn)
        outputs = [model(x) for x in X]
        loss = sum((o - t) ** 2 for o, t in zip(outputs, Y, strict=True))
        loss.backward()  # type: ignore[union-attr]
        found.append(([o.data for o in outputs], [p.grad for p in model.parameters()]))
    assert found[1][0] == pytest.approx(found[0][0], rel=1e-12)
    assert found[1][1] == pytest.approx(found[0][1], rel=1e-9)
    assert len(found[0][1]) == 12 + 13


def test_a_nested_module_is_trained_the_same_both_ways() -> None:
    models = [nested(micrograd_pt.nn) for _ in range(2)]
    graph, program = (
        train(model, X, Y, learning_rate=1e-4, epochs=30, progress=False, compiled=compiled)
        for model, compiled in zip(models, (False, True), strict=True)
    )
    assert program.not_compiled == "" and program.losses == pytest.approx(graph.losses, rel=1e-10)
    weights = [[p.data for p in model.parameters()] for model in models]
    assert weights[1] == pytest.approx(weights[0], rel=1e-10) and program.losses[-1] < program.losses[0]


def test_a_nested_module_is_explained_and_drawn_by_its_graph_and_on_the_page() -> None:
    model = nested(micrograd_pt.nn)
    loss = half_squared_error(model(X[0]), Y[0])
    loss.backward()
    lesson = explain(loss, model.parameters(), digits=12)
    shown = {step.node.value: step.gradient for step in lesson.backward}
    for parameter in model.parameters():
        assert shown.get(parameter, 0) == pytest.approx(parameter.grad, rel=1e-12)
    draw(loss)
    with pytest.raises(ValueError, match=r"House não se desenha como rede: .* \(Louder\) calcula o que o seu próprio"):
        draw_network(model, X[0])
    with pytest.warns(UserWarning, match="House não se desenha como rede") as heard:
        page = live_page(model, X, Y)
    assert heard[0].filename == __file__
    assert "<svg" in page.html()


# Chamar é a interface.


class Times10(Neuron):
    def __call__(self, x: Any) -> Any:
        return super().__call__(x) * 10


def test_a_neuron_that_overrides_its_call_counts_in_a_layer_and_a_network() -> None:
    plain, changed = MLP(2, [2, 1], seed=0), MLP(2, [2, 1], seed=0)
    changed.layers[0].neurons[0] = loud = Times10(2)
    loud.w, loud.b = plain.layers[0].neurons[0].w, plain.layers[0].neurons[0].b
    before, after = plain.layers[0](X[0]), changed.layers[0](X[0])
    assert [after[0].data, after[1].data] == [before[0].data * 10, before[1].data]
    assert changed(X[1]).data == changed.layers[1](changed.layers[0](X[1])).data


def test_a_call_put_in_place_of_the_packages_counts_everywhere() -> None:
    model = MLP(2, [3, 1], activation="tanh", seed=1)
    before = Neuron.__call__
    with patch.object(Neuron, "__call__", lambda self, x: before(self, x) * 2):
        assert model(X[0]).data == model.layers[1](model.layers[0](X[0])).data
        doubled = [neuron(X[0]).data for neuron in model.layers[0].neurons]
        assert [v.data for v in model.layers[0](X[0])] == doubled
        with pytest.raises(ValueError, match=r"calcula o que o seu próprio __call__ diz"):
            draw_network(model, X[0])
        assert train(model, X, Y, learning_rate=1e-3, epochs=2, progress=False).losses[0] > 0
    assert [v.data * 2 for v in model.layers[0](X[0])] != doubled or doubled == [0.0] * 3


def test_an_activation_put_in_place_of_the_tables_is_called_and_not_drawn_as_if_it_were() -> None:
    model = MLP(2, [3, 1], seed=1)
    with patch.object(Value, "relu", lambda self: self * 0.5 + 0.25):
        expected = [n.w[0] * X[0][0] + n.w[1] * X[0][1] + n.b for n in model.layers[0].neurons]
        assert [v.data for v in model.layers[0](X[0])] == pytest.approx([v.data * 0.5 + 0.25 for v in expected])
        with pytest.raises(ValueError, match=r"relu já não é a da tabela"):
            draw_network(model, X[0], "gradients", target=1.0)
    draw_network(model, X[0], "gradients", target=1.0)


def test_a_function_among_the_layers_is_called_and_has_no_parameters() -> None:
    model = MLP(2, [2, 1], seed=0)
    count = len(model.parameters())
    model.layers.append(lambda o: (o - 1).relu())  # type: ignore[arg-type]
    assert model(X[0]).data == max(0.0, model.layers[1](model.layers[0](X[0])).data - 1)
    assert len(model.parameters()) == count
    with pytest.raises(ValueError, match="entre as camadas há <function"):
        draw_network(model)


def plain_neuron(nn: Any) -> Any:
    class Plain(nn.Module):  # type: ignore[misc]
        def __init__(self, nin: int, nonlin: bool = True) -> None:
            self.w, self.nonlin = [nn.Value(0.5) for _ in range(nin)], nonlin

        def __call__(self, x: Any) -> Any:
            out = sum(w * v for w, v in zip(self.w, x, strict=True))
            return out.relu() if self.nonlin else out  # type: ignore[union-attr]

        def parameters(self) -> list[Any]:
            return self.w

    return Plain


@pytest.mark.parametrize("nn", [micrograd.nn, micrograd_pt.nn])
def test_a_class_put_in_place_of_the_packages_is_the_one_that_is_made(nn: Any) -> None:
    """Como quem escreve `nn.Neuron = MeuNeuronio`: recebe o que lá receberia."""
    kind = plain_neuron(nn)
    with patch.object(nn, "Neuron", kind):
        model = nn.MLP(2, [3, 1])
    assert [type(n) for layer in model.layers for n in layer.neurons] == [kind] * 4
    assert model([1.0, 2.0]).data == 2.25 and len(model.parameters()) == 9
    assert [n.nonlin for layer in model.layers for n in layer.neurons] == [True] * 3 + [False]
    with patch.object(nn, "Layer", lambda nin, nout, **given: lambda x: (nin, nout, given)):
        assert nn.MLP(2, [1])([1.0, 2.0]) == (2, 1, {"nonlin": False})


# Editado.


def edited(weights: list[float], bias: float) -> Layer:
    layer = Layer(2, 2)
    layer.neurons[1].w, layer.neurons[1].b = [Value(w) for w in weights], Value(bias)
    return layer


@pytest.mark.parametrize("weights", [[1.0], [1.0, 2.0, 3.0]])
def test_an_edited_neuron_of_another_length_is_refused_by_name(weights: list[float]) -> None:
    message = rf"o neurônio ReLUNeuron\({len(weights)}\) tem {len(weights)} peso\(s\), e recebeu 2 entrada\(s\)"
    with pytest.raises(ValueError, match=message):
        edited(weights, 10.0)([3.0, 7.0])
    model = MLP(2, [2, 1])
    for place, name in enumerate(("h1", "h2")):
        kept = model.layers[0].neurons[place].w
        model.layers[0].neurons[place].w = [Value(w) for w in weights]
        with pytest.raises(ValueError, match=rf"o neurônio {name} tem {len(weights)} peso\(s\)"):
            model([3.0, 7.0])
        with pytest.raises(ValueError, match=r"o neurônio h\d tem \d peso\(s\), e recebe"):
            draw_network(model)
        model.layers[0].neurons[place].w = kept


def test_an_edited_neuron_of_the_right_length_gives_what_it_says() -> None:
    assert edited([1.0, 2.0], 10.0)([3.0, 7.0])[1].data == 27.0
    layer = edited([1.0, 2.0], 10.0)
    layer.neurons[1].b = 0.5  # type: ignore[assignment]
    layer.neurons[1].w[0] = 2.0  # type: ignore[call-overload]
    assert layer([3.0, 7.0])[1].data == 20.5


@pytest.mark.parametrize("count", [1, 3, 5])
def test_a_weighted_sum_of_an_odd_number_is_refused(count: int) -> None:
    for args in ([Value(1.0)] * count, [1.0] * count):
        with pytest.raises(ValueError, match="tantos pesos quantas entradas"):
            ops.weighted_sum(*args)


@pytest.mark.parametrize("bias", [True, False])
def test_a_list_of_parameters_belongs_to_who_asked_for_it(bias: bool) -> None:
    first, second = Neuron(2, bias=bias), Neuron(2)
    kept = [*first.w]
    parameters = first.parameters()
    parameters += second.parameters()
    assert first.w == kept


def test_nonlin_is_set_as_in_micrograd() -> None:
    neuron = Neuron(2)
    neuron.nonlin = False
    assert (neuron.activation, repr(neuron), neuron.nonlin) == ("linear", "LinearNeuron(2)", False)
    neuron.nonlin = True
    assert (neuron.activation, repr(neuron)) == ("relu", "ReLUNeuron(2)")
    smooth = Neuron(2, activation="tanh")
    smooth.nonlin = True
    assert smooth.activation == "tanh"


@pytest.mark.parametrize("activation", ["Tanh", "", None, abs, ["tanh"]])
def test_an_unknown_activation_is_answered_when_called(activation: Any) -> None:
    neuron = Neuron(2)
    neuron.activation = activation
    with pytest.raises(ValueError, match="as conhecidas são linear, sigmoid, tanh, relu"):
        neuron([1.0, 2.0])
    assert "Neuron(2)" in repr(neuron)


@pytest.mark.parametrize("make", [np.int64, np.int32, np.uint8])
def test_sizes_come_from_numpy_too(make: Callable[[int], Any]) -> None:
    model = MLP(make(2), np.array([3, 1], dtype=make))
    assert (model.nin, model.nouts, len(Layer(make(2), make(4)).neurons), len(Neuron(make(3)).w)) == (2, [3, 1], 4, 3)
    assert isinstance(MLP(2, (make(3), 1))(X[0]), Value)


def test_a_subclass_with_its_own_init_has_what_the_readers_ask_for() -> None:
    class Own(Neuron):
        def __init__(self, nin: int) -> None:
            self.w, self.b = [Value(0.5 * place) for place in range(nin)], Value(0.25)

    class Net(MLP):
        def __init__(self) -> None:
            self.layers = [Layer(2, 3, activation="tanh"), Layer(3, 1)]
            self.layers[0].neurons[2] = Own(2)

    model = Net()
    assert (model.nin, model.nouts, model.bias, Own(2)([1.0, 2.0]).data) == (2, [3, 1], "variable", 1.25)
    draw_network(model, X[0], "gradients", target=1.0)
    assert train(model, X, Y, learning_rate=1e-3, epochs=3, progress=False).not_compiled == ""
    model.layers.pop(0)
    assert model.nin == 3
    model.nin = 7
    assert model.nin == 7


# Desenhado.


def test_a_module_made_of_layers_is_drawn() -> None:
    class Pair(Module):
        def __init__(self) -> None:
            self.first = Layer(2, 3, activation="tanh", names=["u1", "u2", "u3"])
            self.rest = {"last": [Layer(3, 1, False, names=["saida"])]}

        def __call__(self, x: Any) -> Any:
            return self.rest["last"][0](self.first(x))

        def parameters(self) -> list[Value]:
            return [*self.first.parameters(), *self.rest["last"][0].parameters()]

    random.seed(5)
    model = Pair()
    state = random.getstate()
    source = draw_network(model, X[0]).source
    assert random.getstate() == state
    assert f"{abs(model(X[0]).data):.6f}"[:5] in source and "saida" in source and "tangente" in source


def test_neurons_without_a_name_are_called_as_in_a_network() -> None:
    class Nameless(Module):
        def __init__(self) -> None:
            self.first, self.last = Layer(2, 2), Layer(2, 1)

        def __call__(self, x: Any) -> Any:
            return self.last(self.first(x))

    source = draw_network(Nameless()).source
    assert all(source.count(name) == 1 for name in ("h₁", "h₂", "o₁")) and "o₂" not in source


def test_a_module_that_does_more_than_its_layers_is_not_drawn() -> None:
    class Plus(Module):
        def __init__(self) -> None:
            self.layer = Layer(2, 1, False)

        def __call__(self, x: Any) -> Any:
            return self.layer(x) + 1e-3

    class Empty(Module):
        pass

    class Of3(Plus):
        def __call__(self, x: Any) -> Any:
            return self.layer(x[:2]) + x[2]

    class SubclassOfMLP(MLP):
        def __call__(self, x: Any) -> Any:
            return super().__call__(x) * 2  # type: ignore[operator]

    class Choosing(Plus):
        def __call__(self, x: Any) -> Any:
            return self.layer(x) * (3 if x[0] == 1000 else 1)

    draw_network(Choosing())
    with pytest.raises(ValueError, match="e as suas camadas"):
        draw_network(Choosing(), [1000, 0])
    with pytest.raises(TypeError, match="live_page espera uma rede"):
        live_page(lambda x: x[0], X, Y)
    for model, why in (
        (Plus(), "e as suas camadas"),
        (Empty(), "não guarda camada nenhuma"),
        (Of3(), "chamado com 2 número"),
        (SubclassOfMLP(2, [1]), "e as suas camadas"),
    ):
        with pytest.raises(ValueError, match=re.escape(why)):
            draw_network(model)

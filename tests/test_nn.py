"""Redes: tamanhos, rótulos, as duas maneiras de incluir o viés, e o que se responde a quem erra."""

import math
import random
from itertools import pairwise

import numpy as np
import pytest

from micrograd_pt import MLP, Layer, Module, Neuron, Value
from micrograd_pt.nn.layers import ACTIVATIONS


@pytest.mark.parametrize(("bias", "count"), [("variable", 9), ("column", 12), (None, 6)])
def test_the_chapters_network_has_9_parameters_or_12(bias, count):
    assert len(MLP(2, [2, 1], bias=bias).parameters()) == count


@pytest.mark.parametrize("sizes", [(2, 2, 1), (3, 4, 5, 2), (1, 1), (2, 7, 1, 3)])
def test_the_column_form_has_matrices_one_larger_on_each_side_but_the_last(sizes):
    """(nₖ + 1) × (nₖ₊₁ + 1), e a última (n_{L−1} + 1) × n_L (capítulo 15)."""
    model = MLP(sizes[0], sizes[1:], bias="column")
    matrices = [(len(layer.neurons[0].w), len(layer.neurons)) for layer in model.layers]
    last = len(sizes) - 2
    assert matrices == [(sizes[k] + 1, sizes[k + 1] + (k < last)) for k in range(last + 1)]
    assert all(neuron.b is None for layer in model.layers for neuron in layer.neurons)


@pytest.mark.parametrize("sizes", [(2, 2, 1), (3, 4, 5, 2)])
def test_the_variable_form_has_a_bias_per_neuron_that_starts_at_zero(sizes):
    model = MLP(sizes[0], sizes[1:], bias="variable")
    assert len(model.parameters()) == sum((n + 1) * m for n, m in pairwise(sizes))
    assert [neuron.b.data for layer in model.layers for neuron in layer.neurons] == [0] * sum(sizes[1:])


def test_labels_say_layer_neuron_and_origin():
    labels = [p.label for p in MLP(2, [2, 1]).parameters()]
    assert labels == ["w_x1_h1", "w_x2_h1", "b_h1", "w_x1_h2", "w_x2_h2", "b_h2", "w_h1_o", "w_h2_o", "b_o"]
    labels = [p.label for p in MLP(1, [1, 1, 2], bias="column").parameters()]
    assert labels == [
        *("w_x1_h1_1", "w_x2_h1_1", "w_x1_h1_2", "w_x2_h1_2"),
        *("w_h1_1_h2_1", "w_h1_2_h2_1", "w_h1_1_h2_2", "w_h1_2_h2_2"),
        *("w_h2_1_o1", "w_h2_2_o1", "w_h2_1_o2", "w_h2_2_o2"),
    ]
    assert len(set(labels)) == len(labels)


def test_hidden_values_and_weighted_sums_have_labels():
    out = MLP(2, [2, 1], activation="tanh", output_activation="sigmoid")([1, 2])
    (net,) = out.args
    assert (out.label, net.label) == ("o", "z_o")
    hidden = net.args[3:5]
    assert [h.label for h in hidden] == ["h1", "h2"]
    assert [h.args[0].label for h in hidden] == ["z_h1", "z_h2"]
    assert MLP(2, [2, 1])([1, 2]).label == "o"


def neuron_with(activation, weights, bias):
    neuron = Neuron(len(weights), activation=activation)
    for parameter, number in zip(neuron.parameters(), [*weights, bias], strict=True):
        parameter.data = number
    return neuron


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        ("linear", lambda z: z),
        ("sigmoid", lambda z: 1 / (1 + math.exp(-z))),
        ("tanh", math.tanh),
        ("relu", lambda z: max(z, 0)),
    ],
)
@pytest.mark.parametrize("bias", [0.75, -3.0])
def test_a_neuron_is_a_weighted_sum_and_an_activation(activation, expected, bias):
    out = neuron_with(activation, [0.5, -2.0], bias)([3.0, 0.25])
    assert out.data == pytest.approx(expected(0.5 * 3 - 2 * 0.25 + bias), rel=1e-15)


def test_the_known_activations_are_these():
    assert set(ACTIVATIONS) >= {"linear", "sigmoid", "tanh", "relu"}


def test_a_neuron_is_two_nodes():
    out = Neuron(50, activation="sigmoid")([0.1] * 50)
    (net,) = out.args
    assert all(arg.op is None for arg in net.args if isinstance(arg, Value))


def test_the_column_of_ones_enters_last_and_the_extra_node_is_computed():
    model = MLP(1, [1, 1], bias="column", activation="tanh")
    for parameter, number in zip(model.parameters(), [0.5, -0.25, 2.0, 1.5, 3.0, -4.0], strict=True):
        parameter.data = number
    h1, h2 = math.tanh(0.5 * 7 - 0.25), math.tanh(2 * 7 + 1.5)
    assert model([7]).data == pytest.approx(3 * h1 - 4 * h2, rel=1e-15)


def test_inputs_may_be_values_and_receive_gradients():
    x = [Value(0.5), Value(-1.0)]
    model = MLP(2, [3, 1], activation="tanh", seed=1)
    model(x).backward()
    h = 1e-6
    for i in range(2):
        plus, minus = ([v.data + sign * h * (j == i) for j, v in enumerate(x)] for sign in (1, -1))
        assert x[i].grad == pytest.approx((model(plus).data - model(minus).data) / (2 * h), rel=1e-8)


@pytest.mark.parametrize("x", [(1, 2), [1.0, 2], np.array([1.0, 2.0]), np.array([1, 2]), iter([1, 2])])
def test_inputs_may_be_any_list_of_numbers(x):
    assert MLP(2, [2, 1], seed=4)(x).data == MLP(2, [2, 1], seed=4)([1.0, 2.0]).data


def test_one_output_is_a_value_and_several_are_a_list():
    assert isinstance(MLP(2, [2, 1])([1, 2]), Value)
    assert isinstance(Layer(2, 1)([1, 2]), Value)
    assert [type(out) for out in MLP(2, [2, 3])([1, 2])] == [Value] * 3
    assert [out.label for out in MLP(2, [2, 3])([1, 2])] == ["o1", "o2", "o3"]


def test_a_seed_repeats_the_weights_and_leaves_the_random_module_alone():
    state = random.getstate()
    first, again, other = (MLP(3, [4, 2], seed=seed) for seed in (7, 7, 8))
    assert random.getstate() == state
    assert [p.data for p in first.parameters()] == [p.data for p in again.parameters()]
    assert [p.data for p in first.parameters()] != [p.data for p in other.parameters()]
    random.seed(7)
    assert [p.data for p in MLP(3, [4, 2]).parameters()] == [p.data for p in first.parameters()]


def test_weights_start_between_minus_one_and_one():
    weights = [neuron_weight.data for neuron_weight in Neuron(2000, bias=False).parameters()]
    assert -1 <= min(weights) < -0.9 < 0.9 < max(weights) <= 1


def test_zero_grad_zeroes_every_parameter():
    model = MLP(2, [3, 2], activation="tanh")
    sum(model([1, 2])).backward()
    assert all(p.grad != 0 for p in model.parameters())
    model.zero_grad()
    assert all(p.grad == 0 for p in model.parameters())


def test_parameters_come_in_the_same_order_and_are_the_same_nodes():
    model = MLP(2, [3, 1])
    assert model.parameters() == model.parameters()
    assert model.parameters()[:3] == model.layers[0].neurons[0].parameters()


def test_a_module_of_ones_own_has_zero_grad():
    class Line(Module):
        """y = a·x, com um parâmetro."""

        def __init__(self):
            self.a = Value(2.0)

        def parameters(self):
            return [self.a]

    line = Line()
    (line.a * 3).backward()
    line.zero_grad()
    assert line.a.grad == 0
    assert Module().parameters() == []


def test_repr_is_micrograds():
    assert repr(MLP(2, [2, 1])) == ("MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(2)]]")
    assert repr(Neuron(3, activation="sigmoid")) == "SigmoidNeuron(3)"
    assert Neuron(3).nonlin
    assert not Neuron(3, nonlin=False).nonlin


# O que se responde a quem erra


@pytest.mark.parametrize("x", [[], [1], [1, 2, 3], np.zeros(3)])
@pytest.mark.parametrize("bias", ["variable", "column"])
def test_a_wrong_number_of_inputs_says_how_many_were_expected(x, bias):
    with pytest.raises(ValueError, match=rf"a rede espera 2 entrada\(s\), e recebeu {len(x)}"):
        MLP(2, [2, 1], bias=bias)(x)
    with pytest.raises(ValueError, match=r"o neurônio espera 2 entrada\(s\)"):
        Neuron(2)(x)


@pytest.mark.parametrize("bad", ["1", None, 1j, [1.0], np.zeros(2)])
def test_an_input_that_is_not_a_number_is_shown(bad):
    with pytest.raises(TypeError, match="cada entrada da rede espera um número real, e recebeu"):
        MLP(2, [2, 1])([1.0, bad])


@pytest.mark.parametrize("bad", [3, None, "ab", Value(1.0)])
def test_inputs_that_are_no_list_are_shown(bad):
    with pytest.raises(TypeError, match=r"a rede espera uma lista com 2 número\(s\), e recebeu"):
        MLP(2, [2, 1])(bad)


@pytest.mark.parametrize("option", ["activation", "output_activation"])
@pytest.mark.parametrize("bad", ["sigmoide", "ReLU", "", None])
def test_an_unknown_activation_is_answered_with_the_known_ones(option, bad):
    with pytest.raises(ValueError, match=r"ativação desconhecida: .*linear, sigmoid, tanh, relu"):
        MLP(2, [2, 1], **{option: bad})


@pytest.mark.parametrize("bad", ["coluna", True, False, 1, ""])
def test_an_unknown_bias_is_answered_with_the_known_ones(bad):
    with pytest.raises(ValueError, match='bias espera "variable", "column" ou None'):
        MLP(2, [2, 1], bias=bad)


@pytest.mark.parametrize("bad", [0, -1, 2.0, "2", None, True])
def test_a_size_is_a_whole_number_above_zero(bad):
    with pytest.raises(ValueError, match="nin espera um inteiro maior que 0"):
        MLP(bad, [2, 1])
    with pytest.raises(ValueError, match="nouts espera um inteiro maior que 0"):
        MLP(2, [bad, 1])
    with pytest.raises(ValueError, match="nin espera um inteiro maior que 0"):
        Neuron(bad)
    with pytest.raises(ValueError, match="nout espera um inteiro maior que 0"):
        Layer(2, bad)


@pytest.mark.parametrize("bad", [[], 3, "21", None])
def test_the_layers_are_a_list_with_at_least_one(bad):
    with pytest.raises(ValueError, match="nouts espera uma lista com o tamanho de cada camada"):
        MLP(2, bad)

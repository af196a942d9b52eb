"""Inicializadores: a distribuição de cada receita, as sementes, a sela dos zeros e o que é recusado."""

import math
import random
import statistics

import pytest

from micrograd_pt import MLP, Adam, Layer, chapter15, train
from micrograd_pt.nn.initializers import INITIALIZERS, Normal, Uniform

# A variância de cada receita, com 30 entradas e 50 saídas, e se a distribuição é uniforme.
RECIPES = {
    "uniform": (1 / 3, True),
    "normal": (1.0, False),
    "xavier_uniform": (2 / 80, True),
    "xavier_normal": (2 / 80, False),
    "glorot_uniform": (2 / 80, True),
    "glorot_normal": (2 / 80, False),
    "he_uniform": (2 / 30, True),
    "he_normal": (2 / 30, False),
    "lecun_uniform": (1 / 30, True),
    "lecun_normal": (1 / 30, False),
    "zeros": (0.0, False),
}


def weights_of(model):
    return [w.data for layer in model.layers for neuron in layer.neurons for w in neuron.w]


def test_every_recipe_is_in_this_test():
    assert set(RECIPES) == set(INITIALIZERS)


@pytest.mark.parametrize("name", RECIPES)
def test_the_weights_have_the_variance_of_the_recipe(name):
    """Com 12.000 pesos, a variância da amostra erra menos de 6 %, e a média menos de 4 desvios dela."""
    variance, uniform = RECIPES[name]
    draws = [w for seed in range(8) for w in weights_of(MLP(30, [50], init=name, seed=seed))]
    assert len(draws) == 12_000
    assert statistics.pvariance(draws) == pytest.approx(variance, rel=0.06)
    assert abs(statistics.fmean(draws)) <= 4 * math.sqrt(variance / len(draws))
    if uniform:
        limit = math.sqrt(3 * variance)
        assert 0.99 * limit < max(map(abs, draws)) <= limit
    elif variance:
        assert max(map(abs, draws)) > 3 * math.sqrt(variance)


@pytest.mark.parametrize("name", RECIPES)
def test_biases_begin_at_zero(name):
    model = MLP(2, [3, 1], init=name, seed=0)
    assert all(neuron.b.data == 0 for layer in model.layers for neuron in layer.neurons)


def test_each_layer_has_its_own_fans():
    seen = []

    def noted(generator, fan_in, fan_out):
        seen.append((fan_in, fan_out))
        return 0.5

    model = MLP(2, [4, 3], init=noted)
    assert seen == [(2, 4)] * 8 + [(4, 3)] * 12
    assert set(weights_of(model)) == {0.5}
    seen.clear()
    MLP(2, [4, 3], init=noted, bias="column")
    assert seen == [(3, 5)] * 15 + [(5, 3)] * 15


@pytest.mark.parametrize("name", RECIPES)
def test_a_seed_gives_the_same_weights_again_and_leaves_random_alone(name):
    random.seed(3)
    before = random.getstate()
    first = weights_of(MLP(2, [3, 1], init=name, seed=7))
    assert random.getstate() == before
    assert weights_of(MLP(2, [3, 1], init=name, seed=7)) == first
    assert name == "zeros" or weights_of(MLP(2, [3, 1], init=name, seed=8)) != first


def test_without_a_seed_the_weights_come_from_the_module_random():
    random.seed(11)
    first = weights_of(MLP(2, [3, 1], init="he_normal"))
    random.seed(11)
    assert weights_of(MLP(2, [3, 1], init="he_normal")) == first


def test_without_an_initializer_the_weights_are_those_of_micrograd():
    """random.uniform(-1, 1), neurônio por neurônio."""
    random.seed(5)
    expected = [random.uniform(-1, 1) for _ in range(3 * 4 + 4 * 2)]
    random.seed(5)
    assert weights_of(MLP(3, [4, 2])) == expected
    random.seed(5)
    assert weights_of(MLP(3, [4, 2], init="uniform")) == expected


def test_the_numbers_of_a_recipe_can_be_given():
    assert all(0.1 <= w <= 0.2 for w in weights_of(MLP(5, [20], init=Uniform(0.1, 0.2), seed=0)))
    draws = weights_of(MLP(50, [100], init=Normal(0.01), seed=0))
    assert statistics.pstdev(draws) == pytest.approx(0.01, rel=0.05)
    assert set(weights_of(MLP(2, [2], init=Normal(0)))) == {0.0}


def test_a_layer_takes_an_initializer_too():
    layer = Layer(2, 3, init="zeros", activation="tanh")
    assert [p.data for p in layer.parameters()] == [0] * 9


# A sela


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
@pytest.mark.parametrize("bias", ["variable", "column"])
@pytest.mark.parametrize("options", [{"learning_rate": 0.5}, {"optimizer": Adam(0.05)}])
def test_a_net_of_zeros_never_leaves_the_saddle(activation, bias, options):
    """Os neurônios de uma camada recebem sempre o mesmo gradiente, ficam iguais, e o XOR não se aprende."""
    model = MLP(2, [3, 1], activation=activation, output_activation="sigmoid", bias=bias, init="zeros")
    history = train(model, chapter15.X, chapter15.y, epochs=500, batch_size=None, progress=False, **options)
    first, *others = [[p.data for p in neuron.parameters()] for neuron in model.layers[0].neurons]
    assert all(other == first for other in others)
    assert history.losses[-1] == pytest.approx(0.5, abs=1e-3)
    assert [chapter15.step(model(x)) for x in chapter15.X] != list(chapter15.y)


def test_random_weights_do_leave_it():
    model = MLP(2, [3, 1], activation="tanh", output_activation="sigmoid", init="xavier_normal", seed=1)
    history = train(model, chapter15.X, chapter15.y, epochs=500, optimizer=Adam(0.05), progress=False)
    assert history.losses[-1] < 0.01


# O que se responde a quem erra


@pytest.mark.parametrize("bad", ["xavier", "", None, 3, [], Normal])
def test_an_unknown_initializer_is_answered_with_the_known_ones(bad):
    with pytest.raises(ValueError, match=r"inicializador desconhecido: .*uniform, normal, xavier_uniform"):
        MLP(2, [2, 1], init=bad)
    with pytest.raises(ValueError, match="inicializador desconhecido"):
        Layer(2, 1, init=bad)


@pytest.mark.parametrize(("low", "high"), [(1, 0), (math.nan, 1), (-math.inf, 0)])
def test_limits_are_in_order(low, high):
    with pytest.raises(ValueError, match="Uniform espera low menor ou igual a high"):
        Uniform(low, high)


@pytest.mark.parametrize("bad", [-1, math.nan, math.inf])
def test_a_deviation_is_not_negative(bad):
    with pytest.raises(ValueError, match="Normal espera um desvio padrão de 0 para cima"):
        Normal(bad)


def test_a_recipe_that_gives_no_number_is_refused():
    with pytest.raises(TypeError, match="Value espera um número real"):
        MLP(2, [1], init=lambda generator, fan_in, fan_out: "0")

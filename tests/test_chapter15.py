"""Cada número do capítulo 15: o que ele imprime, o que as suas contas dão, e aonde o treinamento chega."""

import math

import pytest

from micrograd_pt import MLP, Graph, chapter15, half_squared_error, step, train

# Calculados em float64 e conferidos com diferenças centrais (erro menor que 3.5e-11).
NETS = (2.192, 0.377, -0.496)
HIDDEN = (0.8995288043924039, 0.5931493361286236, 0.378481143072389)
OUTPUT_NET, OUTPUT, LOSS = 0.02603940309741476, 0.5065094829653212, 0.12176644520157733
BY_OUTPUT_NET = -0.12335171840315208
BY_OUTPUT_WEIGHTS = (-0.11095842377493588, -0.07316598988115458, -0.046686299381168445)
BY_NETS = (-0.004269732066271014, 0.009734015518797007, 0.00954640067501057)
UPDATED_OUTPUT_WEIGHTS = (0.43847921188746797, -0.2904170050594227, -0.3056568503094158)
UPDATED_OUTPUT, UPDATED_LOSS = 0.5269777736710353, 0.11187501330060518
BEFORE_TRAINING = (0.4860579504054513, 0.5065094829653212, 0.4842767564858953, 0.5018864241584255)


def exactly(expected):
    """Até o último algarismo: só sobra espaço para outra ordem de somar."""
    return pytest.approx(expected, rel=4e-15)


@pytest.fixture
def sample():
    """A amostra da figura, (0, 1, 1) com saída desejada 1: rede, perda e grafo, depois do passo para trás."""
    model = chapter15.network()
    loss = half_squared_error(model(chapter15.X[1]), chapter15.y[1])
    loss.backward()
    return model, loss, Graph(loss)


def test_the_table_is_the_xor():
    assert chapter15.X == ((0, 0), (0, 1), (1, 0), (1, 1))
    assert chapter15.y == tuple(x1 != x2 for x1, x2 in chapter15.X)


def test_the_network_of_the_figure_is_3_3_1_with_the_figures_weights():
    model = chapter15.network()
    assert [p.data for p in model.parameters()] == [
        *(0.351, 1.076, 1.116),
        *(-0.097, -0.165, 0.542),
        *(0.457, -0.165, -0.331),
        *(0.383, -0.327, -0.329),
    ]
    assert [(len(layer.neurons), len(layer.neurons[0].w)) for layer in model.layers] == [(3, 3), (1, 3)]
    assert model.parameters()[5].label == "w_x3_h2"


def test_the_forward_pass(sample):
    _, loss, graph = sample
    assert [graph[f"z_h{i}"].data for i in (1, 2, 3)] == exactly(NETS)
    assert [graph[f"h{i}"].data for i in (1, 2, 3)] == exactly(HIDDEN)
    assert (graph["z_o"].data, graph["o"].data, loss.data) == exactly((OUTPUT_NET, OUTPUT, LOSS))


def test_the_chapter_truncates_and_does_not_round(sample):
    _, _, graph = sample
    for name, printed in chapter15.PRINTED.items():
        assert f"{math.floor(graph[name].data * 1000) / 1000:.3f}" == printed
    assert f"{graph['h1'].data:.3f}" == "0.900"
    assert f"{graph['o'].data:.3f}" == "0.507"


def test_the_backward_pass(sample):
    _, _, graph = sample
    assert graph["z_o"].value.grad == exactly(BY_OUTPUT_NET)
    assert [graph[f"w_h{i}_o"].value.grad for i in (1, 2, 3)] == exactly(BY_OUTPUT_WEIGHTS)
    assert [graph[f"z_h{i}"].value.grad for i in (1, 2, 3)] == exactly(BY_NETS)
    for i in (1, 2, 3):
        # A entrada é (0, 1, 1): nada chega aos pesos de x₁, e aos outros dois chega ∂E/∂zᵢ.
        assert graph[f"w_x1_h{i}"].value.grad == 0
        assert graph[f"w_x2_h{i}"].value.grad == graph[f"w_x3_h{i}"].value.grad == graph[f"z_h{i}"].value.grad


def test_the_backward_pass_is_confirmed_by_central_differences(sample):
    model, _, _ = sample
    h = 1e-5
    for parameter in model.parameters():
        weight, losses = parameter.data, []
        for parameter.data in (weight + h, weight - h):
            losses.append(half_squared_error(model((0, 1)), 1).data)
        parameter.data = weight
        assert parameter.grad == pytest.approx((losses[0] - losses[1]) / (2 * h), abs=3.5e-11)


def test_the_weight_update(sample):
    model, _, _ = sample
    for p in model.parameters():
        p.data -= chapter15.LEARNING_RATE * p.grad
    assert [p.data for p in model.parameters()[9:]] == exactly(UPDATED_OUTPUT_WEIGHTS)
    out = model((0, 1))
    assert (out.data, half_squared_error(out, 1).data) == exactly((UPDATED_OUTPUT, UPDATED_LOSS))


def test_the_outputs_before_training():
    model = chapter15.network()
    assert [model(x).data for x in chapter15.X] == exactly(BEFORE_TRAINING)


# Erratas


def test_with_the_signs_as_printed_the_class_flips():
    """Errata 1: o texto perdeu quatro sinais de menos."""
    model, figure = chapter15.network_as_printed(), chapter15.network()
    changed = [
        (p.data, q.data) for p, q in zip(model.parameters(), figure.parameters(), strict=True) if p.data != q.data
    ]
    assert changed == [(0.097, -0.097), (0.165, -0.165), (0.165, -0.165), (0.331, -0.331)]
    graph = Graph(model((0, 1)))
    shown = [f"{graph[name].data:.4f}" for name in ("h1", "h2", "h3", "o")]
    assert shown == ["0.8995", "0.6697", "0.6215", "0.4803"]
    assert step(graph.root.value) == 0
    assert step(figure((0, 1))) == 1


def test_the_third_hidden_node_held_at_one_gives_another_output():
    """Errata 3: calculado, o terceiro nó só em parte faz o papel do viés da saída."""
    held = 1 / (1 + math.exp(-(0.383 * HIDDEN[0] - 0.327 * HIDDEN[1] - 0.329 * 1)))
    assert f"{held:.4f}" == "0.4555"
    assert chapter15.network("variable")((0, 1)).data == exactly(held)


def test_a_step_at_zero_does_not_classify_a_sigmoid():
    """Errata 4: acima de 0 está tudo; o limiar que faz sentido é 0.5."""
    outputs = [chapter15.network()(x) for x in chapter15.X]
    assert [step(o, threshold=0) for o in outputs] == [1, 1, 1, 1]
    assert [step(o) for o in outputs] == [0, 1, 0, 1]


def test_the_step_reaches_one_at_its_threshold():
    assert [step(x) for x in (0.4999, 0.5, 0.5001, -3, 7)] == [0, 1, 1, 0, 1]
    assert [step(x, threshold=2) for x in (1.9, 2)] == [0, 1]


@pytest.mark.parametrize("lang", ["pt", "en"])
def test_the_five_errata_are_told(lang):
    errata = chapter15.ERRATA[lang]
    assert len(errata) == 5
    for number in chapter15.LOST_SIGNS:
        assert f"-{number}" in errata[0]
    assert "3-3-1" in errata[2]
    assert "0.5" in errata[3]


# O viés como variável


def test_the_variable_form_takes_the_column_as_biases():
    model = chapter15.network("variable")
    assert {p.label: p.data for p in model.parameters()} == {
        **{"w_x1_h1": 0.351, "w_x2_h1": 1.076, "b_h1": 1.116},
        **{"w_x1_h2": -0.097, "w_x2_h2": -0.165, "b_h2": 0.542},
        **{"w_h1_o": 0.383, "w_h2_o": -0.327, "b_o": -0.329},
    }


def test_the_variable_forms_forward_pass():
    out = chapter15.network("variable")((0, 1))
    assert (out.data, half_squared_error(out, 1).data) == exactly((0.45550791800238943, 0.14823581367904634))


@pytest.mark.parametrize("bad", ["coluna", None, 1])
def test_another_bias_is_refused(bad):
    with pytest.raises(ValueError, match='bias espera "column" ou "variable"'):
        chapter15.network(bad)


def test_each_call_gives_a_network_of_its_own():
    first, second = chapter15.network(), chapter15.network()
    first.parameters()[0].data = 99
    assert isinstance(first, MLP)
    assert second.parameters()[0].data == 0.351


# Treinamento: 20 000 épocas, taxa 0.5


@pytest.mark.parametrize(
    ("bias", "batch_size", "loss", "outputs"),
    [
        ("column", 1, "0.000266272", ("0.0125129", "0.990430", "0.987707", "0.0115439")),
        ("column", None, "0.000248982", ("0.0117487", "0.986095", "0.993817", "0.0113292")),
        ("variable", 1, "0.0002758", ("0.0130", "0.9888", "0.9888", "0.0115")),
    ],
    ids=["online", "lote inteiro", "viés como variável"],
)
def test_twenty_thousand_epochs_solve_the_xor(bias, batch_size, loss, outputs):
    model = chapter15.network(bias)
    history = train(
        model, chapter15.X, chapter15.y, learning_rate=0.5, epochs=20_000, batch_size=batch_size, progress=False
    )
    found = [model(x) for x in chapter15.X]
    total = sum(half_squared_error(o, t).data for o, t in zip(found, chapter15.y, strict=True))
    assert same_digits(total, loss)
    assert all(same_digits(o.data, shown) for o, shown in zip(found, outputs, strict=True))
    assert [step(o) for o in found] == list(chapter15.y)
    assert len(history.losses) == 20_000


def same_digits(number, shown):
    """O número, arredondado para tantas casas quantas há em `shown`, é `shown`."""
    return f"{number:.{len(shown.split('.')[1])}f}" == shown

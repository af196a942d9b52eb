"""As perdas: as fórmulas, contra 50 algarismos e contra o PyTorch; os extremos; o gradiente; e o que é recusado."""

import math
import random
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from micrograd_pt import (
    DomainError,
    Graph,
    Value,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    check_gradients,
    compile_graph,
    compiled,
    cross_entropy,
    half_squared_error,
    hinge,
    mean_squared_error,
    sigmoid,
    softmax,
)

LOSSES = [
    half_squared_error,
    mean_squared_error,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    hinge,
]
draw = random.Random(5)


def exact(name, outputs, target):
    """A perda com 50 algarismos, escrita pela definição."""
    with mpmath.workdps(50):
        o, t = [mpmath.mpf(x) for x in outputs], target if isinstance(target, int) else [mpmath.mpf(x) for x in target]
        if name == "cross_entropy":
            total = sum(mpmath.e**x for x in o)
            chances = [mpmath.e**x / total for x in o]
            wanted = [k == t for k in range(len(o))] if isinstance(t, int) else t
            return float(-sum(w * mpmath.log(p) for w, p in zip(wanted, chances, strict=True)))
        if name == "binary_cross_entropy_with_logits":
            o = [1 / (1 + mpmath.e**-x) for x in o]
        by_name = {
            "half_squared_error": lambda p, w: (p - w) ** 2 / 2,
            "mean_squared_error": lambda p, w: (p - w) ** 2 / len(o),
            "hinge": lambda p, w: max(mpmath.mpf(0), 1 - w * p),
        }
        term = by_name.get(name, lambda p, w: -w * mpmath.log(p) - (1 - w) * mpmath.log(1 - p))
        return float(sum(term(p, w) for p, w in zip(o, t, strict=True)))


def samples_of(loss, count=40):
    """Saídas e saídas desejadas sorteadas, do domínio da perda."""
    for _ in range(count):
        size = draw.randint(2, 4)
        outputs = [draw.uniform(-6, 6) for _ in range(size)]
        if loss is binary_cross_entropy:
            outputs = [draw.uniform(0.01, 0.99) for _ in range(size)]
        if loss is hinge:
            yield outputs, [draw.choice([-1, 1]) for _ in range(size)]
        elif loss is cross_entropy:
            yield outputs, draw.randrange(size)
            raw = [draw.random() for _ in range(size)]
            yield outputs, [weight / sum(raw) for weight in raw]
        else:
            yield outputs, [draw.choice([0, 1, draw.random()]) for _ in range(size)]


@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_is_its_definition(loss):
    for outputs, target in samples_of(loss):
        expected = exact(loss.__name__, outputs, target)
        assert loss(outputs, target) == pytest.approx(expected, rel=1e-13, abs=1e-15)
        assert loss([Value(o) for o in outputs], target).data == loss(outputs, target)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_gradient_of_a_loss_is_that_of_central_differences(loss):
    for outputs, target in samples_of(loss, 5):
        report = check_gradients(lambda given, target=target: loss(given, target), outputs)
        assert report, str(report)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_compiled_loss_gives_the_same_with_a_traced_target(loss):
    program = compiled(loss)
    for outputs, target in samples_of(loss, 10):
        assert program(outputs, target) == pytest.approx(loss(outputs, target), rel=1e-14, abs=1e-15)


def test_the_numbers_of_pytorch():
    """Valores dados pelo PyTorch 2.13.0, em float64."""
    z = [0.3, -1.2, 2.5]
    indexed = [2.327096582800486, 3.827096582800486, 0.12709658280048583]
    assert [cross_entropy(z, k) for k in range(3)] == pytest.approx(indexed, rel=1e-14)
    assert cross_entropy(z, [0.2, 0.5, 0.3]) == pytest.approx(2.417096582800486, rel=1e-15)
    on_logits = [50.0, 0.048587351573742055, 0.6931471805599453, 0.4031860488854579, 40.0]
    pairs = zip([-50.0, -3.0, 0.0, 0.7, 40.0], [1, 0, 0.25, 1, 0], strict=True)
    assert [binary_cross_entropy_with_logits(a, t) for a, t in pairs] == pytest.approx(on_logits, rel=1e-14)
    on_chances = [2.3025850929940455, 0.6931471805599453, 2.302585092994046]
    pairs = zip([0.1, 0.5, 0.9], [1, 0.25, 0], strict=True)
    assert [binary_cross_entropy(p, t) for p, t in pairs] == pytest.approx(on_chances, rel=1e-15)


def test_the_three_cross_entropies_are_one():
    """Com duas classes, cross_entropy([0, z]) é a binária de z, e a binária de σ(z)."""
    for z in (-3.0, -0.2, 0.0, 1.5):
        for t in (0, 1):
            two = cross_entropy([0.0, z], t)
            assert binary_cross_entropy_with_logits(z, t) == pytest.approx(two, rel=1e-14)
            assert binary_cross_entropy(sigmoid(z), t) == pytest.approx(two, rel=1e-13)
        assert cross_entropy([0.0, z], [0.3, 0.7]) == pytest.approx(binary_cross_entropy_with_logits(z, 0.7), rel=1e-13)


def test_the_gradient_of_a_cross_entropy_is_the_error_of_the_probability():
    """∂E/∂z = p − t, nas duas formas (Bishop, 2006, eq. 4.109)."""
    scores = [Value(x) for x in (0.3, -1.2, 2.5)]
    cross_entropy(scores, 1).backward()
    errors = [p.data - (k == 1) for k, p in enumerate(softmax(scores))]
    assert [s.grad for s in scores] == pytest.approx(errors, rel=1e-14)
    z = Value(0.7)
    binary_cross_entropy_with_logits(z, 0.2).backward()
    assert z.grad == pytest.approx(sigmoid(0.7) - 0.2, rel=1e-14)


# Os extremos


@pytest.mark.parametrize(("z", "t", "expected"), [(1000, 0, 1000), (-1000, 1, 1000), (1e308, 0, 1e308), (1000, 1, 0)])
def test_no_score_overflows(z, t, expected):
    node = Value(float(z))
    loss = binary_cross_entropy_with_logits(node, t)
    loss.backward()
    assert loss.data == expected
    assert node.grad == pytest.approx(float(expected > 0) * (1 if t == 0 else -1), abs=1e-300)
    scores = [Value(float(z)), Value(0.0)]
    loss = cross_entropy(scores, 1 - t)
    loss.backward()
    assert loss.data == expected
    assert all(math.isfinite(score.grad) for score in scores)


def test_the_small_loss_of_a_right_prediction_is_not_lost():
    """log(1 + e⁻⁵⁰) e a sua derivada, que 1 − σ(50) daria como 0."""
    node = Value(50.0)
    loss = binary_cross_entropy_with_logits(node, 1)
    loss.backward()
    assert loss.data == pytest.approx(math.exp(-50), rel=1e-14)
    assert node.grad == pytest.approx(-math.exp(-50), rel=1e-14)


@pytest.mark.parametrize(("p", "slope"), [(0.0, 1.0), (1.0, -1.0)])
def test_a_certain_and_right_probability_costs_nothing(p, slope):
    node = Value(p)
    loss = binary_cross_entropy(node, int(p))
    loss.backward()
    assert (loss.data, node.grad) == (0, slope)
    assert binary_cross_entropy(p, int(p)) == 0


@pytest.mark.parametrize(("p", "t"), [(0.0, 1), (1.0, 0), (0.0, 0.5), (1.0, 0.5), (-0.1, 0), (1.5, 1), (math.nan, 1)])
def test_an_infinite_cross_entropy_says_what_to_use_instead(p, t):
    for given in (p, Value(p)):
        with pytest.raises(DomainError, match=rf"probabilidade {p!r} e a saída desejada {t!r}: use .*_with_logits"):
            binary_cross_entropy(given, t)


def test_hinge_is_closed_beyond_the_margin():
    for output, slope in [(2.0, 0), (1.0, 0), (0.5, -1), (-3.0, -1)]:
        node = Value(output)
        hinge(node, 1).backward()
        assert node.grad == slope


# A forma


def test_one_output_may_come_alone_or_in_a_list():
    for loss, output, target in [
        (half_squared_error, 0.3, 1.0),
        (mean_squared_error, 0.3, 1.0),
        (binary_cross_entropy, 0.3, 1.0),
        (binary_cross_entropy_with_logits, 0.3, 1.0),
        (hinge, 0.3, 1.0),
    ]:
        assert loss(output, target) == loss([output], [target]) == loss((output,), target)


def test_several_outputs_are_summed_or_averaged():
    assert half_squared_error([1.0, 3.0], [0.0, 1.0]) == 2.5
    assert mean_squared_error([1.0, 3.0], [0.0, 1.0]) == 2.5
    assert mean_squared_error([Fraction(1), 2, 3], [0, 0, 0]) == Fraction(14, 3)
    assert hinge([0.5, 3.0, -1.0], [1, 1, 1]) == 2.5


def test_arrays_are_lists():
    assert cross_entropy(np.array([0.3, -1.2]), np.int64(1)) == cross_entropy([0.3, -1.2], 1)
    assert cross_entropy([0.3, -1.2], np.array([0.0, 1.0])) == cross_entropy([0.3, -1.2], 1)
    assert half_squared_error(np.array([1.0, 2.0]), np.zeros(2)) == 2.5


def test_a_class_may_be_given_as_index_or_as_probabilities():
    scores = [0.3, -1.2, 2.5]
    for k in range(3):
        expected = cross_entropy(scores, k)
        assert cross_entropy(scores, [float(j == k) for j in range(3)]) == expected
        assert cross_entropy(scores, float(k)) == expected
        assert cross_entropy(scores, Value(k)).data == expected


def test_a_class_index_that_is_an_input_of_a_program_chooses_at_every_call():
    scores, wanted = [Value(x) for x in (0.3, -1.2, 2.5)], Value(0)
    program = compile_graph(cross_entropy(scores, wanted), [wanted], scores)
    for k in range(3):
        value, slopes = program([k], [0.3, -1.2, 2.5])
        direct = [Value(x) for x in (0.3, -1.2, 2.5)]
        expected = cross_entropy(direct, k)
        expected.backward()
        assert value == pytest.approx(expected.data, rel=1e-15)
        assert list(slopes) == pytest.approx([score.grad for score in direct], rel=1e-14)


def test_a_loss_makes_few_nodes():
    scores = [Value(x) for x in (0.3, -1.2, 2.5, 0.1)]
    assert len(Graph(cross_entropy(scores, 2))) == 4 + 2
    assert len(Graph(cross_entropy(scores, [0, 0, 1, 0]))) == 4 + 3
    assert len(Graph(binary_cross_entropy_with_logits(Value(1.0), 0))) == 2
    assert len(Graph(mean_squared_error(scores, [0, 0, 0, 0]))) == 4 + 4 + 4 + 1


# O que se responde a quem erra


@pytest.mark.parametrize("loss", [loss for loss in LOSSES if loss is not cross_entropy])
@pytest.mark.parametrize("target", [[1.0], [1.0, 1.0, 1.0], 1.0, []])
def test_output_and_target_have_the_same_size(loss, target):
    with pytest.raises(ValueError, match=r"a rede deu 2 saída\(s\), e a saída desejada tem"):
        loss([0.5, 0.5], target)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("bad", ["1", None, 1j, "ab"])
def test_a_target_that_is_no_number_is_shown(loss, bad):
    with pytest.raises((TypeError, ValueError), match=r"espera um número real, e recebeu|a saída desejada tem|há 2 "):
        loss([0.5, 0.5] if loss is cross_entropy else 0.5, bad)


@pytest.mark.parametrize("loss", [binary_cross_entropy, binary_cross_entropy_with_logits])
@pytest.mark.parametrize("bad", [-1, 2, 1.0001, math.nan, Value(-1)])
def test_a_cross_entropy_wants_a_target_from_0_to_1(loss, bad):
    with pytest.raises(ValueError, match="espera uma saída desejada de 0 a 1, e recebeu"):
        loss(0.5, bad)


@pytest.mark.parametrize("bad", [0, 2, 0.5, math.nan, Value(0)])
def test_hinge_wants_minus_one_or_one(bad):
    with pytest.raises(ValueError, match=r"hinge espera -1 ou 1 .*; de 0 e 1, use 2·t - 1"):
        hinge(Value(0.5), bad)


@pytest.mark.parametrize("bad", [-1, 3, 1.5, math.nan, Value(3)])
def test_a_class_that_does_not_exist_is_refused(bad):
    with pytest.raises(ValueError, match="a classe certa é um inteiro de 0 a 2, e foi dado"):
        cross_entropy([0.1, 0.2, 0.3], bad)


@pytest.mark.parametrize("bad", [[0.5, 0.6, 0], [1.5, -0.5, 0], [0, 0, 0], [math.nan, 0, 1]])
def test_probabilities_go_from_0_to_1_and_add_to_1(bad):
    with pytest.raises(ValueError, match="vão de 0 a 1 e somam 1"):
        cross_entropy([0.1, 0.2, 0.3], bad)


def test_a_cross_entropy_wants_one_score_and_one_probability_per_class():
    with pytest.raises(ValueError, match="ao menos duas, e recebeu 1; com uma saída só, use binary_cross_entropy_with"):
        cross_entropy(Value(0.3), 0)
    with pytest.raises(ValueError, match=r"a rede deu 3 nota\(s\), e há 2 probabilidade\(s\)"):
        cross_entropy([0.1, 0.2, 0.3], [0, 1])

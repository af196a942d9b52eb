"""Programas inteiros escritos para o micrograd, com o que os seus usuários inventam, dão aqui os mesmos números."""

import gc
import inspect
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import micrograd.engine
import micrograd.nn
import pytest

import micrograd_pt.engine
import micrograd_pt.nn
from tests.programs import (
    Micro,
    attention,
    convolution,
    newton,
    optimizers,
    oscillator,
    patched,
    rnn,
    sparse_mlp,
    subclasses,
    svm_moons,
    visualizer,
)

Program = Callable[[Micro], list[Any]]


def classes(engine: ModuleType, nn: ModuleType) -> Micro:
    return Micro(engine.Value, nn.Module, nn.Neuron, nn.Layer, nn.MLP)


THEIRS = classes(micrograd.engine, micrograd.nn)
OURS = classes(micrograd_pt.engine, micrograd_pt.nn)

PROGRAMS: list[Program] = [
    sparse_mlp.masked_layers,
    sparse_mlp.masks_that_multiply,
    sparse_mlp.a_module_between_the_layers,
    convolution.max_pooling_by_choice,
    convolution.max_pooling_by_relu,
    convolution.the_gradient_of_the_signal,
    rnn.with_relu_and_margin,
    rnn.with_a_rational_and_squares,
    rnn.with_pade_and_margin,
    optimizers.momentum,
    optimizers.adam,
    optimizers.rmsprop_and_averages,
    visualizer.counts,
    visualizer.spellings,
    visualizer.data_remade,
    visualizer.a_picture,
    visualizer.gradients_in_the_picture,
    visualizer.own_topological_sort,
    visualizer.own_queue_of_ready_nodes,
    svm_moons.with_a_network,
    svm_moons.linear,
    svm_moons.the_boundary,
    oscillator.by_euler,
    oscillator.by_runge_kutta,
    subclasses.methods_of_homework,
    subclasses.operators_of_two_classes,
    subclasses.weights_of_the_subclass,
    subclasses.a_label_in_the_place_of_the_operation,
    subclasses.counted_operations,
    subclasses.counted_operations_behind_the_others,
    subclasses.saturating_arithmetic,
    subclasses.what_homework_adds_to_compare,
    patched.another_call_of_neuron,
    patched.another_call_around_the_first,
    patched.leaky_relu,
    patched.identity_relu,
    patched.another_call_of_layer,
    patched.another_call_of_mlp,
    patched.functions_among_the_layers,
    patched.a_softmax_at_the_end,
    patched.activations_turned_off,
    patched.other_weights,
    patched.a_wider_entrance,
    patched.more_neurons_and_layers,
    patched.numbers_for_weights,
    patched.a_neuron_that_starts_alone,
    patched.a_neuron_of_another_kind,
    patched.counted_operations,
    patched.comparisons_from_outside,
    patched.methods_from_outside,
    patched.attributes_of_their_own,
    patched.words_of_an_edited_network,
    patched.functions_among_the_neurons,
    patched.another_backward,
    patched.another_zero_grad,
    newton.square_root_of_two,
    newton.root_of_a_polynomial,
    newton.integers,
    newton.one_over_two,
    newton.functions_of_python,
    attention.with_relu_shares,
    attention.with_rational_shares,
]


def named(program: Program) -> str:
    return f"{program.__module__.rpartition('.')[2]}.{program.__name__}"


@pytest.fixture(autouse=True)
def deep_recursion() -> Iterator[None]:
    """O `backward()` do micrograd é recursivo."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    yield
    sys.setrecursionlimit(limit)


@pytest.fixture(scope="module", autouse=True)
def no_class_left_behind() -> Iterator[None]:
    """As subclasses que os programas fazem desaparecem antes de outros testes: uma classe está num ciclo."""
    yield
    gc.collect()


@pytest.mark.parametrize("program", PROGRAMS, ids=named)
def test_a_program_gives_the_same_numbers(program: Program) -> None:
    theirs = program(THEIRS)
    ours = program(OURS)
    if any(isinstance(found, str) for found in theirs):
        assert ours == theirs
    else:
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("program", [visualizer.counts, svm_moons.the_boundary, newton.one_over_two], ids=named)
def test_counts_and_signs_are_exactly_the_same(program: Program) -> None:
    assert program(OURS) == program(THEIRS)


def test_every_program_is_run() -> None:
    """Um programa é uma função cujo único argumento é `micro` e que devolve uma lista do que se compara."""
    modules = {inspect.getmodule(program) for program in PROGRAMS}
    found = {
        function
        for module in modules
        for _, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__.startswith("tests.programs.")
        and list(inspect.signature(function).parameters) == ["micro"]
        and function.__annotations__["return"] in (list[float], list[int], list[str])
    }
    assert found == set(PROGRAMS)


# A superfície: cada nome que se lê ou se escreve lá, lê-se e escreve-se aqui.


def leaf(micro: Micro) -> Any:
    return micro.Value(2.0)


def result(micro: Micro) -> Any:
    return micro.Value(2.0) * micro.Value(3.0)


def module(micro: Micro) -> Any:
    return micro.Module()


def neuron(micro: Micro) -> Any:
    return micro.Neuron(2)


def layer(micro: Micro) -> Any:
    return micro.Layer(2, 3)


def mlp(micro: Micro) -> Any:
    return micro.MLP(2, [3, 1])


MAKERS = [leaf, result, module, neuron, layer, mlp]


def names_of(made: Any) -> list[str]:
    """Todos os nomes; um `Value` não se refere por `weakref`, o que é uma das exceções."""
    return sorted({*dir(type(made)), *vars(made)} - {"__weakref__"})


SURFACE = [pytest.param(make, name, id=f"{make.__name__}-{name}") for make in MAKERS for name in names_of(make(THEIRS))]


def another(name: str, now: Any, micro: Micro) -> Any:
    """Outro valor para esse atributo, da mesma espécie."""
    if isinstance(now, bool):
        return not now
    if isinstance(now, (int, float)):
        return now + 0.5
    if name in ("_prev", "_backward", "neurons", "layers"):
        return {"_prev": {micro.Value(1.0)}, "_backward": lambda: None}.get(name, now[:0])
    if name in ("w", "b"):
        return [micro.Value(1.0), micro.Value(2.0)] if name == "w" else micro.Value(0.5)
    return "texto" if isinstance(now, str) else lambda *given: now


@pytest.mark.parametrize("make, name", SURFACE)
def test_a_name_that_is_read_there_is_read_here(make: Callable[[Micro], Any], name: str) -> None:
    theirs, ours = getattr(make(THEIRS), name), getattr(make(OURS), name)
    assert callable(ours) == callable(theirs)
    if name in ("data", "grad", "_op", "nonlin"):
        assert ours == theirs
    if isinstance(theirs, (set, list)):
        assert isinstance(ours, type(theirs)) and len(ours) == len(theirs)


@pytest.mark.parametrize("make, name", SURFACE)
def test_a_name_that_is_set_there_is_set_here(make: Callable[[Micro], Any], name: str) -> None:
    theirs, ours = make(THEIRS), make(OURS)
    try:
        setattr(theirs, name, another(name, getattr(theirs, name), THEIRS))
    except (AttributeError, TypeError):
        return  # lá também não se escreve
    given = another(name, getattr(ours, name), OURS)
    try:
        setattr(ours, name, given)
    except (AttributeError, TypeError) as refusal:
        assert name in ("_prev", "_backward"), refusal
        assert "operation(" in str(refusal)
    else:
        assert getattr(ours, name) is given or getattr(ours, name) == given


@pytest.mark.parametrize("make", MAKERS)
def test_any_other_attribute_is_kept(make: Callable[[Micro], Any]) -> None:
    for micro in (THEIRS, OURS):
        made = make(micro)
        for name in ("m", "v", "velocity", "name", "id", "shape", "requires_grad", "_visited", "_anything"):
            held = [name]
            setattr(made, name, held)
            assert getattr(made, name) is held and vars(made)[name] is held
            delattr(made, name)
            assert name not in vars(made)


@pytest.mark.parametrize("theirs, ours", [(micrograd.engine, micrograd_pt.engine), (micrograd.nn, micrograd_pt.nn)])
def test_a_module_gives_the_same_names(theirs: ModuleType, ours: ModuleType) -> None:
    """Como em `from micrograd.nn import Value, MLP`; os módulos da biblioteca padrão que lá se veem não contam."""
    public = {name for name, held in vars(theirs).items() if name[0] != "_" and not inspect.ismodule(held)}
    assert {name for name in public if not hasattr(ours, name)} == set()


def test_the_arguments_have_the_same_names() -> None:
    """Por posição e por nome, o que se dá lá para criar cada coisa se dá aqui."""
    for micro in (THEIRS, OURS):
        made = [
            micro.Value(data=1.5, _children=(), _op=""),
            micro.Value(1.5, (), ""),
            micro.Neuron(nin=2, nonlin=False),
            micro.Neuron(2, False),
            micro.Layer(nin=2, nout=1, nonlin=False),
            micro.MLP(nin=2, nouts=[1]),
        ]
        for call in made[2:]:
            assert call(x=[1.0, 2.0])._op in ("+", "ReLU")
        assert micro.Value.__add__(micro.Value(1.0), other=micro.Value(2.0)).data == 3.0
        assert micro.Value.__pow__(micro.Value(2.0), other=3).data == 8.0

"""Um módulo visto como uma pilha de camadas comuns, que é o que uma figura de rede mostra; ou por que ele não é uma."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from typing import Any

from micrograd_pt.engine import Value, no_grad
from micrograd_pt.given import shorten
from micrograd_pt.nn.layers import ACTIVATIONS, MLP, Layer, Module, Neuron, is_plain

_POINTS = 8  # entradas sorteadas em que o módulo é comparado com a pilha
_PLAIN_CALL = MLP.__call__


def stacked(model: Module, inputs: Sequence[Any] | None = None) -> MLP:
    """O módulo como uma rede das mesmas camadas, com os mesmos pesos.

    Um `MLP` é as suas camadas; de outro módulo tomam-se as que ele guarda, na ordem, também em módulos, listas e
    dicionários de dentro, e confere-se em algumas entradas que encadeá-las dá o que ele dá.

    Args:
        model: um `MLP`, um `Layer`, um `Neuron` ou outro `Module`.
        inputs: as entradas de uma amostra em que também se confere; sem indicação, só nas sorteadas.

    Raises:
        ValueError: o módulo calcula outra coisa; a mensagem diz onde.
    """
    network = MLP(1, [1], seed=0)  # com semente: o sorteio de quem chama não anda
    network.layers = [*_layers(model)]
    network.bias = getattr(model, "bias", "variable") if isinstance(model, MLP) else "variable"
    if not network.layers:
        raise _refusal(model, "não guarda camada nenhuma")
    width = None
    for layer in network.layers:
        width = _checked(model, layer, width)
    if type(model).__call__ is not _PLAIN_CALL and not is_plain(model):
        _compare(model, network, [] if inputs is None else [[*inputs]])
    return network


def _refusal(model: Any, why: str) -> ValueError:
    return ValueError(
        f"{type(model).__name__} não se desenha como rede: {why}; para ver as contas que ele faz, use draw(modelo(x))"
    )


def _layers(held: Any) -> Iterator[Any]:
    """As camadas que um módulo guarda, em ordem; um neurônio solto é uma camada de um só."""
    if isinstance(held, Layer):
        yield held
    elif isinstance(held, Neuron):
        layer = Layer(1, 1, generator=random.Random(0))
        layer.neurons = [held]
        yield layer
    elif isinstance(held, MLP):
        yield from held.layers
    elif isinstance(held, Module):
        fixed = [name for kind in type(held).__mro__ for name in vars(kind).get("__slots__", ())]
        for inner in (*[getattr(held, name) for name in fixed if hasattr(held, name)], *vars(held).values()):
            yield from _layers(inner)
    elif isinstance(held, dict):
        for inner in held.values():
            yield from _layers(inner)
    elif isinstance(held, (list, tuple)):
        for inner in held:
            yield from _layers(inner)


def _checked(model: Any, layer: Any, width: int | None) -> int:
    """Confere que uma camada é comum, e que recebe tantos números; devolve quantos ela dá."""
    if not isinstance(layer, Layer):
        raise _refusal(model, f"entre as camadas há {shorten(layer)}")
    if not is_plain(layer):
        other = next((neuron for neuron in layer.neurons if not is_plain(neuron)), layer)
        name = getattr(other, "name", "") or shorten(other)
        raise _refusal(model, f"{name} ({type(other).__name__}) calcula o que o seu próprio __call__ diz")
    for neuron in layer.neurons:
        name = neuron.name or repr(neuron)
        width = len(neuron.w) if width is None else width
        if len(neuron.w) != width:
            raise _refusal(model, f"o neurônio {name} tem {len(neuron.w)} peso(s), e recebe {width} número(s)")
        if not isinstance(neuron.activation, str) or neuron.activation not in ACTIVATIONS:
            raise _refusal(model, f"a ativação do neurônio {name} é {shorten(neuron.activation)}")
        for held in (*neuron.w, neuron.b):
            if not isinstance(held, Value) and held is not None:
                raise _refusal(model, f"o neurônio {name} tem o número {shorten(held)} onde cabe um Value")
    return len(layer.neurons)


def _compare(model: Any, network: MLP, given_points: list[list[Any]]) -> None:
    """Confere em algumas entradas que o módulo dá o que dão as suas camadas, uma depois da outra."""
    draw, chance = random.Random(0), random.getstate()
    points: list[list[Any]] = given_points + [
        [draw.uniform(-2, 2) for _ in network.layers[0].neurons[0].w] for _ in range(_POINTS)
    ]
    try:
        with no_grad():
            for point in points:
                given, expected = _numbers(model(point)), _numbers(network(point))
                if len(given) != len(expected) or not all(map(_close, given, expected)):
                    raise _refusal(model, f"em {shorten(point)} ele dá {shorten(given)}, e as suas camadas {expected}")
    except (TypeError, AttributeError, LookupError) as error:
        raise _refusal(model, f"chamado com {len(points[0])} número(s), ele falha ({error})") from error
    finally:
        random.setstate(chance)


def _numbers(output: Any) -> Sequence[Any]:
    outputs = output if isinstance(output, (list, tuple)) else [output]
    return [item.data if isinstance(item, Value) else item for item in outputs]


def _close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)

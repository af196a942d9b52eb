"""Uma amostra que atravessa a rede: o valor de cada nó e, com a saída desejada, os gradientes, ao lado de `grad`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from micrograd_pt.engine import Value
from micrograd_pt.graph import Graph
from micrograd_pt.nn import ACTIVATIONS, MLP, Neuron, half_squared_error, paired
from micrograd_pt.threads import recording


@dataclass(frozen=True, slots=True)
class Sample:
    """O que uma amostra faz na rede.

    Attributes:
        values: o valor de cada nó, por camada, a de entrada primeiro; vazio sem entradas.
        targets: as saídas desejadas; vazio se não se deu nenhuma.
        loss: a perda; None sem saída desejada.
        gradients: por `id` de cada parâmetro, a derivada da perda; None sem saída desejada.
        deltas: por camada, a derivada da perda em relação à soma ponderada de cada neurônio; vazio na de entrada e sem
            saída desejada.
    """

    values: tuple[tuple[Any, ...], ...] = ()
    targets: tuple[Any, ...] = ()
    loss: Any = None
    gradients: dict[int, Any] | None = None
    deltas: tuple[tuple[Any, ...], ...] = ()


@recording
def sample_of(model: MLP, inputs: Sequence[Any], target: Any = None) -> Sample:
    """A amostra calculada.

    Args:
        model: a rede.
        inputs: as entradas.
        target: a saída desejada, ou uma lista delas; None se só interessa o passo para frente.

    Raises:
        TypeError: uma entrada não é um número.
        ValueError: número errado de entradas ou de saídas desejadas.
    """
    model(inputs)  # recusa entradas erradas
    signal: list[Any] = [*inputs, 1] if model.bias == "column" else list(inputs)
    signals = [signal]
    for layer in model.layers:
        signal = [neuron(signal) for neuron in layer.neurons]
        signals.append(signal)
    values = tuple([tuple([_number(item) for item in column]) for column in signals])
    if target is None:
        return Sample(values)
    expected = target if len(signal) > 1 or isinstance(target, Sequence) else [target]
    loss = half_squared_error(signal, expected)
    graph = Graph(loss)
    _, totals = graph.contributions()
    received = {id(node.value): total for node, total in zip(graph.nodes, totals, strict=True)}
    gradients = {id(parameter): received.get(id(parameter), 0) for parameter in model.parameters()}
    deltas: list[tuple[Any, ...]] = [()]
    for layer, outputs in zip(model.layers, signals[1:], strict=True):
        nets = [net_of(neuron, output) for neuron, output in zip(layer.neurons, outputs, strict=True)]
        deltas.append(tuple([received.get(id(net), 0) for net in nets]))
    targets = tuple([_number(wanted) for _, wanted in paired(signal, expected)])
    return Sample(values, targets, loss.data, gradients, tuple(deltas))


def net_of(neuron: Neuron, output: Value) -> Value:
    """A soma ponderada de um neurônio, a partir da saída.

    Raises:
        ValueError: a ativação é outra, que alguém pôs no lugar da do pacote.
    """
    operation = ACTIVATIONS[neuron.activation]
    if operation is None:
        return output
    if output.op is not operation:
        name = neuron.activation
        raise ValueError(f"{name} já não é a da tabela (alguém trocou Value.{name}): use draw(modelo(x))")
    (net,) = output.args
    assert isinstance(net, Value)
    return net


def _number(item: Any) -> Any:
    return item.data if isinstance(item, Value) else item

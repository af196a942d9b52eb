"""Otimizadores: como o gradiente muda os parâmetros."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_pt.engine import Value


class Optimizer:
    """A base: `update` trabalha com números, `step` com os parâmetros de um modelo."""

    def update(self, values: Sequence[float], gradients: Sequence[float]) -> list[float]:
        """Os valores novos dos parâmetros.

        Args:
            values: os valores de agora.
            gradients: o gradiente de cada um.
        """
        raise TypeError(f"{type(self).__name__} precisa dizer como atualizar: defina update(values, gradients)")

    def step(self, parameters: Sequence[Value]) -> None:
        """Atualiza os parâmetros a partir dos seus gradientes."""
        values = self.update([p.data for p in parameters], [p.grad for p in parameters])
        for parameter, value in zip(parameters, values, strict=True):
            parameter.data = value


class SGD(Optimizer):
    """Descida do gradiente (Robbins e Monro, 1951): valor − taxa × gradiente.

    Args:
        learning_rate: a taxa de aprendizado.
    """

    def __init__(self, learning_rate: float) -> None:
        self.learning_rate = learning_rate

    def update(self, values: Sequence[float], gradients: Sequence[float]) -> list[float]:
        """Os valores novos dos parâmetros."""
        rate = self.learning_rate
        return [value - rate * gradient for value, gradient in zip(values, gradients, strict=True)]

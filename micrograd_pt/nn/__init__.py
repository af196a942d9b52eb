"""Redes neurais: `Neuron`, `Layer` e `MLP`, de onde vêm os seus pesos, e as funções de perda."""

from micrograd_pt.engine import Value
from micrograd_pt.nn.layers import ACTIVATIONS, MLP, Layer, Module, Neuron, unit_names
from micrograd_pt.nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    half_squared_error,
    hinge,
    mean_squared_error,
    paired,
)
from micrograd_pt.nn.stacking import stacked

__all__ = [
    "ACTIVATIONS",
    "MLP",
    "Layer",
    "Module",
    "Neuron",
    "Value",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "half_squared_error",
    "hinge",
    "mean_squared_error",
    "paired",
    "stacked",
    "unit_names",
]

"""micrograd_pt: diferenciação automática escalar, em Python puro, para ler junto com o capítulo 15.

Um `Value` é um número que lembra de onde veio; `backward()` aplica a regra da cadeia. Sobre ele estão redes
(`Neuron`, `Layer`, `MLP`), treinamento (`train`), lições passo a passo (`explain`) e figuras (`draw`, `draw_network`).
"""

from micrograd_pt import chapter15
from micrograd_pt.chapter15 import step
from micrograd_pt.drawing import draw, draw_network
from micrograd_pt.engine import ChangedLeafError, Condition, Value
from micrograd_pt.graph import Graph
from micrograd_pt.lesson import Lesson, explain
from micrograd_pt.losses import half_squared_error
from micrograd_pt.nn import MLP, Layer, Module, Neuron
from micrograd_pt.ops import DomainError, Operation, absolute, cos, dot, exp, log, relu, sigmoid, sin, sqrt, tanh
from micrograd_pt.training import DivergenceError, History, evaluate, train

abs = absolute

__all__ = [
    "MLP",
    "ChangedLeafError",
    "Condition",
    "DivergenceError",
    "DomainError",
    "Graph",
    "History",
    "Layer",
    "Lesson",
    "Module",
    "Neuron",
    "Operation",
    "Value",
    "abs",
    "chapter15",
    "cos",
    "dot",
    "draw",
    "draw_network",
    "evaluate",
    "exp",
    "explain",
    "half_squared_error",
    "log",
    "relu",
    "sigmoid",
    "sin",
    "sqrt",
    "step",
    "tanh",
    "train",
]

__version__ = "0.1.0"

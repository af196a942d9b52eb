"""O treinamento: o laço, o passo, os otimizadores, a taxa ao longo do tempo e o que aconteceu."""

from micrograd_pt.training.history import DivergenceError, History
from micrograd_pt.training.loop import evaluate, train
from micrograd_pt.training.optimizers import SGD, Adam, AdamW, Optimizer, RMSProp
from micrograd_pt.training.schedules import CosineDecay, ExponentialDecay, StepDecay, Warmup

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "CosineDecay",
    "DivergenceError",
    "ExponentialDecay",
    "History",
    "Optimizer",
    "RMSProp",
    "StepDecay",
    "Warmup",
    "evaluate",
    "train",
]

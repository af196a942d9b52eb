"""As linhas de código das tabelas de exceções, executadas com um motor e com o outro."""

import ast
import contextlib
import importlib
import random
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np


def outcome(package: str, code: str) -> str:
    """O que uma linha de código dá: `Tipo: mensagem`, se é um erro, ou o último valor, como `repr` o mostra."""
    engine, nn = (importlib.import_module(f"{package}.{name}") for name in ("engine", "nn"))
    Value = engine.Value
    random.seed(1)
    names: dict[str, Any] = {"Value": Value, "nn": nn, "np": np, "weakref": weakref, "noted": []}
    names |= {name: getattr(nn, name) for name in ("Neuron", "Layer", "MLP")}
    names |= {"a": Value(2.0), "b": Value(3.0), "neuron": nn.Neuron(2), "net": nn.MLP(2, [2, 1])}
    names |= {"seven": lambda self, other: Value(7.0), "Mine": type("Mine", (Value,), {})}
    names["Ten"] = type("Ten", (nn.Neuron,), {"__call__": lambda self, x: Value(10.0)})
    if package == "micrograd_pt":
        names |= {name: getattr(importlib.import_module(package), name) for name in ("ops", "leaky_relu")}
    plain = Value.__init__

    def noting(self: Any, *given: Any) -> None:
        names["noted"].append(given[0])
        plain(self, *given)

    names["noting"] = noting
    *steps, last = ast.parse(code).body
    with as_they_were(Value, nn):
        try:
            for step in steps:
                exec(compile(ast.Module([step], []), "<linha>", "exec"), names)
            if isinstance(last, ast.Expr):
                return repr(eval(compile(ast.Expression(last.value), "<linha>", "eval"), names))
            exec(compile(ast.Module([last], []), "<linha>", "exec"), names)
            return "nada"
        except Exception as error:
            return f"{type(error).__name__}: {error}"


@contextlib.contextmanager
def as_they_were(Value: Any, nn: Any) -> Iterator[None]:
    """O que a linha troca na classe ou no módulo volta ao que era."""
    before = {name: vars(Value)[name] for name in ("__mul__", "__init__")}
    held = nn.Value, nn.Neuron
    try:
        yield
    finally:
        nn.Value, nn.Neuron = held
        for name, method in before.items():
            setattr(Value, name, method)

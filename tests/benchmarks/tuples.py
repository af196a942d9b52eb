"""Um motor com as derivadas locais guardadas em tuplas, à maneira do microgpt (Karpathy, 2026): um par a medir."""

from __future__ import annotations

import math
from typing import Any


class Value:
    """Um número, os argumentos de que veio e as derivadas locais."""

    __slots__ = ("args", "data", "grad", "slopes")

    def __init__(self, data: float, args: tuple[Value, ...] = (), slopes: tuple[float, ...] = ()) -> None:
        self.data, self.grad, self.args, self.slopes = data, 0.0, args, slopes

    def __add__(self, other: Any) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Any) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, power: float) -> Value:
        return Value(self.data**power, (self,), (power * self.data ** (power - 1),))

    def exp(self) -> Value:
        power = math.exp(self.data)
        return Value(power, (self,), (power,))

    def log(self) -> Value:
        return Value(math.log(self.data), (self,), (1 / self.data,))

    def relu(self) -> Value:
        return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

    def __neg__(self) -> Value:
        return self * -1.0

    def __sub__(self, other: Any) -> Value:
        return self + (-other)

    def __rsub__(self, other: Any) -> Value:
        return other + (-self)

    def __truediv__(self, other: Any) -> Value:
        return self * other**-1.0

    def __rtruediv__(self, other: Any) -> Value:
        return other * self**-1.0

    __radd__, __rmul__ = __add__, __mul__

    def backward(self) -> None:
        order: list[Value] = []
        seen: set[Value] = set()

        def visit(node: Value) -> None:
            if node not in seen:
                seen.add(node)
                for arg in node.args:
                    visit(arg)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for arg, slope in zip(node.args, node.slopes, strict=True):
                arg.grad += slope * node.grad

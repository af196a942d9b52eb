"""O programa de um usuário, para o `mypy --strict` e o `pyright`: cada linha diz o tipo que os dois devem ver."""

# pyright: reportUnnecessaryTypeIgnoreComment=true
from fractions import Fraction
from pathlib import Path
from typing import Any, assert_type

import micrograd_pt as mpt
from micrograd_pt import MLP, Adam, Layer, Neuron, Value, explain, grad, tanh, train

x, w = Value(2.0, "x"), Value(Fraction(1, 2), label="w")
assert_type(x + 1, Value)
assert_type(2 * x - w / 3 + x**2 - 2**x, Value)
assert_type(-abs(x), Value)
assert_type(x.tanh().relu().exp(), Value)
assert_type(tanh(x), Value)
assert_type(tanh(0.5), float)
assert_type(mpt.hypot(x, 3), Value)
assert_type(x > 0, mpt.Condition)
assert_type(mpt.where(x > 0, x, 0), Value)
assert_type(mpt.sum([x, w, 1]), Value)
assert_type(mpt.mean([1, 2.5]), float)
assert_type(mpt.dot([x, w], [1, 2]), Value)
assert_type(mpt.softmax([x, w]), list[Value])
assert_type(max(x, w), Value)
assert_type(x.data, float)
x.data -= 0.1 * x.grad
_ = x + "a"  # type: ignore[operator]
_ = Value("a")  # type: ignore[arg-type]
_ = x.sine()  # type: ignore[attr-defined]
_ = mpt.tanhh  # type: ignore[attr-defined]

model = MLP(2, [4, 1], activation="tanh", seed=0)
assert_type(model.parameters(), list[Value])
assert_type(Neuron(2)([1.0, x]), Value)
assert_type(Layer(2, 3)([1.0, x])[0], Value)
loss = (model([1.0, 2.0]) - 1) ** 2 + mpt.cross_entropy(Layer(2, 3)([x, w]), 2)
assert_type(loss, Value)
loss.backward()
assert_type(mpt.half_squared_error(model([1.0, 2.0]), 1), Value)
assert_type(mpt.half_squared_error(0.5, 1), float)


def f(u: Value) -> Value:
    """Uma função de um número."""
    return u.sin() * u


assert_type(grad(f)(1.0), float)
assert_type(grad(grad(f))(x), Value)
assert_type(mpt.derivative(f, 2)(1.0), float)
assert_type(mpt.value_and_grad(f)(1.0), tuple[float, float])
assert_type(mpt.parse("x * y", x=1, y=2), Value)
program = mpt.compile_graph(x * w, inputs=[x], parameters=[w])
assert_type(mpt.compile_graph(x * w, [x], [w], target="numpy", dtype="float32"), mpt.ArrayProgram)
assert_type(program, mpt.Program)
assert_type(program([2.0], [0.5]), tuple[float, tuple[float, ...]])
assert_type(mpt.compiled(f)(1.0), float)
lesson = explain(x * w, [w])
assert_type(str(lesson), str)
assert_type(lesson.save_html("aula.html"), Path)
history = train(model, [[0.0, 1.0]], [1], optimizer=Adam(0.01), epochs=2)
assert_type(history.losses, list[float])
cube = mpt.operation("cube", "³", lambda u: u**3, lambda y, u: 3 * u * u)
assert_type(cube(x), Value)
assert_type(mpt.Graph(x * w).leaves[0].data, Any)
assert_type(bool(mpt.check_gradients(f, 1.0)), bool)
figure = mpt.draw(x * w)

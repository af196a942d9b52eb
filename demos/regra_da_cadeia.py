"""A regra da cadeia em ação: z chega a y por dois caminhos, e o gradiente volta pelos dois."""

from micrograd_pt import Value, explain

w = Value(0.5, "w")
x = Value(2.0, "x")
b = Value(-0.25, "b")

z = w * x + b
y = z * z.tanh()
z.label, y.label = "z", "y"

y.backward()
print(explain(y))
print(f"\nw.grad = {w.grad:.6g}, x.grad = {x.grad:.6g}, b.grad = {b.grad:.6g}")

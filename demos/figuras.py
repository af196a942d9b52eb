"""Grava nesta pasta as figuras do README: `python demos/figuras.py`."""

from pathlib import Path

from micrograd_pt import Value, chapter15, draw, draw_network, draw_steps, half_squared_error

folder = Path(__file__).parent
network = chapter15.network()
output = network([Value(0.0, "x1"), Value(1.0, "x2")])
loss = half_squared_error(output, 1.0)
loss.label = "E"
loss.backward()
a, b = Value(2.0, "a"), Value(-3.0, "b")
c = a * b
c.label = "c"
d = c + a
d.label = "d"
e = d * c
e.label = "e"

figures = {
    "rede": draw_network(network, [0, 1]),
    "gradientes": draw_network(network, [0, 1], "gradients", target=1),
    "atualizacao": draw_network(network, [0, 1], "update", target=1, learning_rate=0.5),
    "neuronios": draw(output, ("data", "grad", "flow"), collapse=True),
    "caminho": draw(loss, highlight=["w_x2_h1", "z_h1", "h1", "z_o", "o"]),
}
for name, figure in figures.items():
    (folder / f"{name}.svg").write_text(figure.svg() + "\n", encoding="utf-8")
draw_steps(e).animation().save(folder / "passos.svg")

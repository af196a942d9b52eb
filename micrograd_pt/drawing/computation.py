"""O grafo computacional de um valor, da esquerda para a direita: cada nó com nome, operação, valor e gradiente."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from micrograd_pt.drawing import palette
from micrograd_pt.drawing.quoting import quoted, shown
from micrograd_pt.engine import Value
from micrograd_pt.graph import Graph, Node

if TYPE_CHECKING:
    from micrograd_pt.drawing.rendering import Figure

MAX_NODES = 400
"""Acima deste número de nós, a figura diz o tamanho do grafo em vez de desenhá-lo."""

MAX_ARROWS = 1200
"""O mesmo, para as setas."""

_ANY_ORDER = frozenset({"add", "mul", "sum", "mean", "dot", "hypot", "maximum", "minimum", "logsumexp"})


def draw(value: Value) -> Figure:
    """Desenha o grafo computacional que levou a um valor.

    Cada nó mostra o nome, o símbolo da operação, `data` e o `grad` guardado nele; desenhar não muda nenhum. As folhas
    (entradas e pesos) são azuis, o que foi calculado é amarelo e a saída é verde. Há uma seta para cada uso: `x + x`
    tem duas. Onde a ordem dos argumentos importa, a ponta da seta diz se é o primeiro ou o segundo.

    Args:
        value: o valor cuja história se quer ver.

    Returns:
        A figura; um grafo com mais de 400 nós (ou 1200 setas) não é desenhado, e a figura diz o tamanho dele.

    Raises:
        ChangedLeafError: uma folha mudou desde o passo para frente.
        TypeError: `value` não é um `Value`.
    """
    from micrograd_pt.drawing.rendering import Figure

    graph = Graph(value)
    figure = Figure(
        "grafo",
        engine="dot",
        graph_attr={"rankdir": "LR", "pad": "0.15", "nodesep": "0.18", "ranksep": "0.55"},
        node_attr={"fontname": palette.FONT, "fontsize": "11", "color": palette.OUTLINE},
        edge_attr={
            "fontname": palette.FONT,
            "fontsize": "9",
            "color": palette.OUTLINE,
            "arrowsize": "0.6",
        },
    )
    arrows = sum([len(node.inputs) for node in graph.nodes])
    if len(graph) > MAX_NODES or arrows > MAX_ARROWS:
        figure.node("n0", _too_large(len(graph), arrows), shape="box", style="rounded,filled", fillcolor="white")
        return figure
    for node in graph.nodes:
        figure.node(
            f"n{node.index}",
            _label(node),
            shape="box",
            style="rounded,filled",
            fillcolor=_fill(node, graph),
            margin="0.06,0.03",
            width="0",
            height="0",
            tooltip=quoted(node.name),
        )
        _draw_arguments(figure, node)
    return figure


def _draw_arguments(figure: Figure, node: Node) -> None:
    """As setas que chegam a um nó; uma constante é um número pequeno, sem caixa."""
    for position, arg in enumerate(node.inputs):
        ending = _ending(node, position)
        if isinstance(arg, Node):
            # o que foi calculado segue em linha reta; folhas e constantes se arrumam em volta
            figure.edge(f"n{arg.index}", f"n{node.index}", weight="1" if arg.is_leaf else "2", **ending)
            continue
        constant = f"c{node.index}_{position}"
        figure.node(
            constant,
            quoted(shown(arg)),
            shape="plaintext",
            fontcolor=palette.NEUTRAL,
            fontsize="10",
            margin="0.04,0.02",
            width="0",
            height="0",
            tooltip="constante",
        )
        figure.edge(constant, f"n{node.index}", color="#999999", penwidth="0.7", **ending)


def _ending(node: Node, position: int) -> dict[str, str]:
    """O número do argumento na ponta da seta, onde a ordem deles importa."""
    if len(node.inputs) < 2 or node.op is None or node.op.name in _ANY_ORDER:
        return {}
    return {"headlabel": f"{position + 1}º", "labeldistance": "1.6", "labelangle": "-28", "fontcolor": palette.NEUTRAL}


def _fill(node: Node, graph: Graph) -> str:
    if node.is_leaf:
        return palette.INPUT
    return palette.OUTPUT if node is graph.root else palette.HIDDEN


def _label(node: Node) -> str:
    """O rótulo, como tabela: à esquerda a operação, à direita o nome e, embaixo dele, valor e gradiente."""
    symbol = ""
    if node.op is not None:
        sign = f'<FONT POINT-SIZE="15">{quoted(node.op.symbol, 12)}</FONT>'
        symbol = f'<TD ROWSPAN="3" CELLPADDING="5">{sign}</TD><VR/>'
    name = f'<TD ALIGN="LEFT"><B>{quoted(node.name)}</B></TD>'
    rows = f"{_row('data', node.data)}{_row('grad', node.value.grad)}"
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2" COLOR="#999999">'
    return f"<{table}<TR>{symbol}{name}</TR>{rows}</TABLE>>"


def _row(title: str, number: Any) -> str:
    return f'<TR><TD ALIGN="LEFT"><FONT COLOR="{palette.NEUTRAL}">{title}</FONT>&#160;{quoted(shown(number))}</TD></TR>'


def _too_large(nodes: int, arrows: int) -> str:
    """O que a figura diz no lugar de um grafo que ninguém conseguiria ler."""
    return (
        f"Grafo grande demais para desenhar:\\n{nodes} nós e {arrows} setas (o limite é {MAX_NODES} nós e {MAX_ARROWS} "
        "setas).\\nDesenhe uma parte dele: draw(v), com v um nó intermediário mais perto das entradas."
    )

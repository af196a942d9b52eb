"""O grafo computacional de um valor, da esquerda para a direita: cada nó com nome, operação, valor e gradiente."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from micrograd_pt.drawing.addresses import require_prefix
from micrograd_pt.drawing.dot import figure_of_sketch, figure_of_summary
from micrograd_pt.drawing.emphasis import emphasis
from micrograd_pt.drawing.neurons import Cells, NeuronCell, cells
from micrograd_pt.drawing.palette import theme_named
from micrograd_pt.drawing.sketch import Reading, flows_of, hidden_nodes, sketch_of
from micrograd_pt.drawing.summary import counted, summary_of
from micrograd_pt.engine import Value
from micrograd_pt.given import one_of, shorten
from micrograd_pt.graph import Graph
from micrograd_pt.words import sentence

if TYPE_CHECKING:
    from micrograd_pt.drawing.rendering import Figure

MAX_NODES = 80
"""Acima deste número de caixas, a figura resume o grafo por camada em vez de desenhar cada nó."""

MAX_ARROWS = 160
"""O mesmo, para as setas."""

MAX_NUMBERED_ARROWS = 60
"""Com mais setas do que isto, nenhum número é escrito nelas."""

SHOW = ("data", "grad", "local", "flow")
"""O que se pode mostrar."""


def draw(
    value: Value,
    show: Sequence[str] = ("data", "grad"),
    *,
    highlight: Any = None,
    downstream: Any = None,
    group: bool = False,
    collapse: bool | Iterable[str] = False,
    expand: Iterable[str] = (),
    theme: str = "light",
    lang: str = "pt",
    prefix: str = "",
) -> Figure:
    """Desenha o grafo computacional que levou a um valor; nenhum `grad` muda.

    Cada nó mostra o nome, o símbolo da operação e os números pedidos. As folhas (entradas e pesos) são azuis, o que foi
    calculado é amarelo e a saída, de contorno duplo, é verde. Há uma seta para cada uso: `x + x` tem duas. Onde a ordem
    dos argumentos importa, a ponta da seta diz se é o primeiro ou o segundo.

    Um grafo com mais de 80 caixas ou 160 setas é resumido por camada (de neurônios, ou de profundidade); com mais de 60
    setas, nenhum número é escrito nelas; uma nota diz o que ficou de fora. No SVG cada parte tem endereço
    (`drawing.addresses`).

    Args:
        value: o valor cuja história se quer ver.
        show: o que mostrar. Nos nós, `"data"` e `"grad"`; nas setas, `"local"` (a derivada de quem usa em relação ao
            usado, com ×) e `"flow"` (o gradiente que a seta leva de volta, com ←). O `grad` é o guardado em cada nó;
            com `"flow"`, o do passo para trás a partir de `value`, para que as setas que voltam a um nó somem nele.
        highlight: um nó (`Value`, `Node` ou nome) ou uma lista deles; de uma lista realçam-se também as setas entre nós
            seguidos: um caminho.
        downstream: um nó; realçam-se ele, tudo o que depende dele e as setas por que se chega lá.
        group: True cerca cada camada e cada neurônio.
        collapse: True mostra cada neurônio como uma caixa só, com os pesos nas setas; uma lista, só os neurônios com
            esses nomes.
        expand: os neurônios que, apesar de `collapse`, ficam abertos.
        theme: `"light"` ou `"dark"`.
        lang: a língua das legendas, `"pt"` ou `"en"`.
        prefix: o começo de cada `id` do SVG, para duas figuras na mesma página.

    Returns:
        A figura.

    Raises:
        ChangedLeafError: uma folha mudou desde o passo para frente.
        DomainError: uma derivada que se pediu não existe.
        TypeError: `value` não é um `Value`.
        ValueError: uma opção desconhecida, ou um nó ou neurônio que não está no grafo.
    """
    require_prefix(prefix)
    colours = theme_named(theme)
    shown = [one_of(kind, "show", SHOW) for kind in ([show] if isinstance(show, str) else show)]
    title = sentence("figure.title.graph", lang, name=getattr(value, "label", "") or "…")
    graph = Graph(value)
    neurons = cells(graph)
    closed = _closed(neurons, collapse, expand)
    marked = emphasis(graph, highlight, downstream)
    if not fits(graph, closed):
        small = not closed and neurons.found and fits(graph, neurons.found)
        notes = [
            counted("figure.graph_size", len(graph), lang, arrows=arrows_of(graph)),
            sentence("figure.summarised", lang, nodes=MAX_NODES, arrows=MAX_ARROWS),
            sentence("figure.try.collapse" if small else "figure.try.part", lang),
        ]
        return figure_of_summary(summary_of(graph, neurons, title, notes, lang), colours, prefix)
    parts, grads = graph.contributions() if "flow" in shown else ([], None)
    wants_numbers = bool(closed or {"local", "flow"} & set(shown))
    numbered = drawn_size(graph, closed)[1] <= MAX_NUMBERED_ARROWS or not wants_numbers
    reading = Reading(graph, shown, lang, closed, numbered=numbered, grads=grads, flows=flows_of(parts))
    notes = [sentence(f"figure.note.{kind}", lang) for kind in ("local", "flow") if kind in shown and numbered]
    if closed:
        place = "closed_inside" if reading.weights_inside else "closed" if numbered else "closed_box"
        notes.append(sentence(f"figure.note.{place}", lang))
    if not numbered:
        notes.append(sentence("figure.note.no_numbers", lang))
    picture = sketch_of(reading, title=title, neurons=neurons if group else None, notes=notes, emphasis=marked)
    return figure_of_sketch(picture, colours, prefix)


def drawn_size(graph: Graph, closed: Sequence[NeuronCell] = ()) -> tuple[int, int]:
    """Quantas caixas e quantas setas a figura teria."""
    hidden, outputs = hidden_nodes(graph, closed)
    boxes = len(graph) - len(hidden)
    arrows = sum([len(cell.terms) for cell in outputs.values()])
    for node in graph.nodes:
        if node.index not in hidden and node.index not in outputs:
            arrows += len(node.inputs)
    return boxes, arrows


def arrows_of(graph: Graph) -> int:
    """Quantas setas o grafo tem, constantes incluídas."""
    return sum([len(node.inputs) for node in graph.nodes])


def fits(graph: Graph, closed: Sequence[NeuronCell] = ()) -> bool:
    """Verdadeiro se a figura não teria caixas nem setas demais."""
    boxes, arrows = drawn_size(graph, closed)
    return boxes <= MAX_NODES and arrows <= MAX_ARROWS


def _closed(neurons: Cells, collapse: bool | Iterable[str], expand: Iterable[str]) -> tuple[NeuronCell, ...]:
    """Os neurônios que ficam fechados numa caixa."""
    opened = {neurons.named(name).output.index for name in _names(expand, "expand")}
    if isinstance(collapse, bool):
        chosen = neurons.found if collapse else ()
    else:
        chosen = tuple([neurons.named(name) for name in _names(collapse, "collapse")])
    return tuple([cell for cell in chosen if cell.output.index not in opened])


def _names(names: Any, what: str) -> list[str]:
    listed = [names] if isinstance(names, (str, Value)) else list(names)
    texts = [item.label if isinstance(item, Value) else item for item in listed]
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"{what} espera nomes de neurônios, como ['h1'], e recebeu {shorten(text)}")
    return texts

"""O que uma figura do grafo mostra, como dados: caixas, constantes, setas e grupos, antes de qualquer desenho."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from micrograd_pt.drawing.emphasis import Emphasis
from micrograd_pt.drawing.neurons import Cells, NeuronCell, WeightedInput
from micrograd_pt.drawing.quoting import shown, signed
from micrograd_pt.graph import Contribution, Graph, Node
from micrograd_pt.lesson import closure
from micrograd_pt.words import sentence

MAX_NUMBERED_INPUTS = 9
"""Com mais entradas do que isto numa camada de neurônios fechados, os pesos passam das setas para as caixas."""

_ANY_ORDER = frozenset({"add", "mul", "sum", "mean", "dot", "hypot", "maximum", "minimum", "logsumexp"})


@dataclass(frozen=True, slots=True)
class BoxRow:
    """Uma linha de uma caixa ou de uma seta.

    Attributes:
        kind: o que é, como `"data"`; numa caixa, também o título dela, se não se dá outro.
        text: o número.
        known: False deixa o lugar do número vazio.
        title: o título numa caixa.
    """

    kind: str
    text: str
    known: bool = True
    title: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """Um nó, ou um neurônio fechado.

    Attributes:
        index: a posição do nó no grafo.
        name: o nome.
        symbol: a operação; vazio numa folha.
        rows: as linhas.
        role: `"leaf"`, `"operation"` ou `"output"`, e `"neuron"` num neurônio fechado.
        group: a que grupo pertence; vazio, a nenhum.
    """

    index: int
    name: str
    symbol: str
    rows: tuple[BoxRow, ...]
    role: tuple[str, ...]
    group: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """Um uso de um nó ou de uma constante.

    Attributes:
        source: o nó usado, pela posição no grafo; None numa constante.
        target: o nó que o usa (ou a saída do neurônio fechado).
        user: o nó que o usa, também dentro de um neurônio fechado.
        position: em que argumento.
        order: "1º", "2º", onde a ordem dos argumentos importa.
        rows: o que se escreve na seta.
        constant: o número, se é uma constante.
        from_leaf: verdadeiro se sai de uma folha.
    """

    source: int | None
    target: int
    user: int
    position: int
    order: str = ""
    rows: tuple[BoxRow, ...] = ()
    constant: str = ""
    from_leaf: bool = False


@dataclass(frozen=True, slots=True)
class Cluster:
    """Uma camada, ou um neurônio dentro dela.

    Attributes:
        key: o nome interno.
        title: o que se escreve nele.
        parent: o grupo em que está; vazio, nenhum.
    """

    key: str
    title: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Sketch:
    """Uma figura do grafo.

    Attributes:
        title: do que ela é.
        boxes: as caixas.
        arrows: as setas.
        groups: os grupos, cada um depois daquele em que está.
        notes: o que se escreve embaixo.
        emphasis: o destaque; None se não há.
        steady: verdadeiro se cada número, também um que não se conhece ainda, guarda o seu lugar.
        spread: verdadeiro se as setas são muitas e precisam de espaço.
    """

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    groups: tuple[Cluster, ...] = ()
    notes: tuple[str, ...] = ()
    emphasis: Emphasis | None = None
    steady: bool = False
    spread: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """O que já se conhece num momento da lição.

    Attributes:
        data: os nós cujo valor se conhece.
        grad: os nós cujo gradiente se conhece.
        flow: os usos, (quem usa, em que argumento), por que um gradiente já voltou.
    """

    data: Collection[int]
    grad: Collection[int] = ()
    flow: Collection[tuple[int, int]] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """Um grafo com o que se quer ver nele.

    Attributes:
        graph: o grafo.
        show: quais de `"data"`, `"grad"`, `"local"` e `"flow"`.
        lang: a língua.
        closed: os neurônios fechados numa caixa só.
        moment: o que já se conhece; None, tudo.
        numbered: False deixa as setas sem números.
        grads: o gradiente de cada nó, na ordem do grafo; None: o guardado em `grad`.
        flows: o que cada uso, (quem usa, em que argumento), entrega ao nó usado; só se lê com `"flow"`.
        slopes: as derivadas locais já calculadas, por nó.
    """

    graph: Graph
    show: Collection[str]
    lang: str = "pt"
    closed: tuple[NeuronCell, ...] = ()
    moment: Moment | None = None
    numbered: bool = True
    grads: Sequence[Any] | None = None
    flows: Mapping[tuple[int, int], Any] = field(default_factory=dict)
    slopes: dict[int, list[Any]] = field(default_factory=dict)

    def grad(self, node: Node) -> Any:
        """O gradiente que se mostra num nó."""
        return node.value.grad if self.grads is None else self.grads[node.index]

    def local(self, user: Node, position: int) -> Any:
        """A derivada de um nó em relação a um argumento; None num ramo fechado."""
        if user.index not in self.slopes:
            self.slopes[user.index] = self.graph.locals(user)
        return self.slopes[user.index][position]

    def box(self, node: Node, group: str = "", cell: NeuronCell | None = None) -> Box:
        """A caixa de um nó, ou de um neurônio fechado que termina nele."""
        moment, rows = self.moment, []
        if cell is not None:
            if self.weights_inside:
                rows += self.weight_rows(cell)
            rows += [BoxRow("b", signed(term.weight.data), title=term.title) for term in cell.terms if term.is_bias]
            if cell.net is not node:
                rows.append(BoxRow("z", shown(cell.net.data)))
        if "data" in self.show:
            rows.append(BoxRow("data", shown(node.data), moment is None or node.index in moment.data))
        if "grad" in self.show:
            rows.append(BoxRow("grad", shown(self.grad(node)), moment is None or node.index in moment.grad))
        symbol = cell.symbol if cell is not None else "" if node.op is None else node.op.symbol
        role = ["leaf" if node.is_leaf else "operation"]
        role += ["output"] if node is self.graph.root else []
        role += ["neuron"] if cell is not None else []
        return Box(node.index, node.name, symbol, tuple(rows), tuple(role), group)

    def arrow(self, user: Node, position: int) -> Arrow:
        """A seta de um argumento ao nó que o usa."""
        arg = user.inputs[position]
        order = f"{position + 1}º" if _order_matters(user) else ""
        if not isinstance(arg, Node):
            return Arrow(None, user.index, user.index, position, order, constant=shown(arg))
        rows = []
        if "local" in self.show and self.numbered:
            local = self.local(user, position)
            closed = "" if local is not None else sentence(f"figure.{closure(user, position)}", self.lang)
            rows.append(BoxRow("local", closed or f"×{shown(local)}"))
        rows += self.flow_rows(user, position)
        return Arrow(arg.index, user.index, user.index, position, order, tuple(rows), from_leaf=arg.is_leaf)

    def flow_rows(self, user: Node, position: int) -> list[BoxRow]:
        """O gradiente que volta por uma seta, se foi pedido."""
        if "flow" not in self.show or not self.numbered:
            return []
        use = user.index, position
        return [BoxRow("flow", f"←{shown(self.flows[use])}", self.moment is None or use in self.moment.flow)]

    @property
    def weights_inside(self) -> bool:
        """Verdadeiro se os pesos dos neurônios fechados vão nas caixas: nas setas de uma camada não caberiam."""
        counts = Counter([cell.layer for cell in self.closed for term in cell.terms if not term.is_bias])
        return self.numbered and max(counts.values(), default=0) > MAX_NUMBERED_INPUTS

    def weight_rows(self, cell: NeuronCell) -> list[BoxRow]:
        """Os pesos de um neurônio fechado, um por linha da caixa, com o nome da entrada."""
        rows = []
        for term in cell.terms:
            if term.is_bias:
                continue
            is_node = isinstance(term.signal, Node)
            flows = self.flow_rows(term.user, term.position) if is_node else []
            numbers = [signed(term.weight.data), *(row.text for row in flows)]
            title = term.signal.name if is_node else term.title
            rows.append(BoxRow("weight", " ".join(numbers), title=title))
        return rows

    def closed_arrows(self, cell: NeuronCell) -> list[Arrow]:
        """As setas de um neurônio fechado: uma por entrada, com o seu peso; o viés fica na caixa."""
        on_arrows = self.numbered and not self.weights_inside
        return [self.closed_arrow(cell.output, term, on_arrows) for term in cell.terms if not term.is_bias]

    def closed_arrow(self, output: Node, term: WeightedInput, numbered: bool) -> Arrow:
        """A seta de uma entrada à caixa de um neurônio fechado."""
        signal, user, position = term.signal, term.user, term.position
        rows = [BoxRow("weight", signed(term.weight.data))] if numbered else []
        if not isinstance(signal, Node):
            return Arrow(None, output.index, user.index, position, rows=tuple(rows), constant=shown(signal))
        rows += self.flow_rows(user, position) if numbered else []
        return Arrow(signal.index, output.index, user.index, position, rows=tuple(rows), from_leaf=signal.is_leaf)


def flows_of(parts: Iterable[Iterable[Contribution]]) -> dict[tuple[int, int], Any]:
    """O que cada uso, (quem usa, em que argumento), entrega, a partir do que cada nó recebe."""
    return {(part.user.index, part.position): part.product for uses in parts for part in uses}


def sketch_of(
    reading: Reading,
    *,
    title: str,
    neurons: Cells | None = None,
    notes: Iterable[str] = (),
    emphasis: Emphasis | None = None,
) -> Sketch:
    """A figura de um grafo inteiro.

    Args:
        reading: o grafo e o que se quer ver nele.
        title: do que ela é.
        neurons: os neurônios, se as caixas vão agrupadas por camada e neurônio.
        notes: o que se escreve embaixo.
        emphasis: o destaque.
    """
    hidden, outputs = hidden_nodes(reading.graph, reading.closed)
    groups, homes = _groups(reading, neurons, hidden) if neurons is not None else ((), {})
    boxes, arrows = [], []
    for node in reading.graph.nodes:
        if node.index in hidden:
            continue
        cell = outputs.get(node.index)
        boxes.append(reading.box(node, homes.get(node.index, ""), cell))
        if cell is not None:
            arrows += reading.closed_arrows(cell)
        else:
            arrows += [reading.arrow(node, position) for position in range(len(node.inputs))]
    steady, spread = reading.moment is not None, not reading.numbered or reading.weights_inside
    return Sketch(title, tuple(boxes), tuple(arrows), groups, tuple(notes), emphasis, steady, spread)


def hidden_nodes(graph: Graph, closed: Iterable[NeuronCell]) -> tuple[set[int], dict[int, NeuronCell]]:
    """Os nós que os neurônios fechados escondem, e os neurônios pelo nó da sua saída."""
    outputs = {cell.output.index: cell for cell in closed}
    hidden = {index for cell in outputs.values() for index in cell.inner if index != cell.output.index}
    inside = {index for cell in outputs.values() for index in cell.inner}
    weights = {index for cell in outputs.values() for index in cell.unit}
    # um peso que alguém de fora também usa, ou que também é entrada, continua à vista
    signals = {t.signal.index for cell in outputs.values() for t in cell.terms if isinstance(t.signal, Node)}
    outside = {source.index for source, user, _ in graph.edges if user.index not in inside}
    return hidden | (weights - outside - signals), outputs


def _groups(reading: Reading, neurons: Cells, hidden: set[int]) -> tuple[tuple[Cluster, ...], dict[int, str]]:
    """Um grupo por camada e, dentro dela, um por neurônio que não está fechado."""
    closed = {cell.output.index for cell in reading.closed}
    groups: dict[str, Cluster] = {}
    homes: dict[int, str] = {}
    units: dict[tuple[int, ...], str] = {}
    last = max([cell.layer for cell in neurons.found], default=0)
    for index, cell in sorted(neurons.homes.items(), key=lambda item: (item[1].layer, item[0])):
        if index in hidden:
            continue
        layer = f"layer{cell.layer}"
        name = "figure.layer.output" if cell.layer == last else "figure.layer.hidden"
        groups.setdefault(layer, Cluster(layer, sentence(name, reading.lang, number=cell.layer)))
        if cell.output.index in closed:
            homes[index] = layer
            continue
        unit = units.setdefault(cell.unit, f"unit{cell.output.index}")
        title = sentence("figure.neuron", reading.lang, name=cell.output.name)
        groups.setdefault(unit, Cluster(unit, title, layer))
        homes[index] = unit
    return tuple(groups.values()), homes


def _order_matters(user: Node) -> bool:
    return len(user.inputs) > 1 and user.op is not None and user.op.name not in _ANY_ORDER

"""Uma cadeia de figuras numeradas: o passo para frente nó por nó e, de volta, o passo para trás."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from micrograd_pt.drawing.addresses import require_prefix
from micrograd_pt.drawing.animation import Animation, animation
from micrograd_pt.drawing.computation import MAX_ARROWS, MAX_NODES, MAX_NUMBERED_ARROWS, arrows_of, fits
from micrograd_pt.drawing.dot import figure_of_sketch
from micrograd_pt.drawing.emphasis import Emphasis
from micrograd_pt.drawing.palette import Theme, theme_named
from micrograd_pt.drawing.sketch import Moment, Reading, flows_of, sketch_of
from micrograd_pt.drawing.story import Scene, Story
from micrograd_pt.engine import Value
from micrograd_pt.graph import Graph, Node
from micrograd_pt.lesson import Line, PlainWriter, explain, unrepeated
from micrograd_pt.words import save_file, sentence

if TYPE_CHECKING:
    from micrograd_pt.drawing.rendering import Figure

_LONGEST_CAPTION = 150  # caracteres; uma conta maior fica sem os números, ou só com o resultado


class Steps(Story):
    """Os passos de um grafo, para a frente e de volta, cada um com a sua figura.

    Num caderno Jupyter mostra-se como animação; os argumentos são os de `Story`.
    """

    @property
    def forward(self) -> tuple[Scene, ...]:
        """Os passos para frente."""
        return tuple([step for step in self._steps if step.phase == "forward"])

    @property
    def backward(self) -> tuple[Scene, ...]:
        """Os passos para trás."""
        return tuple([step for step in self._steps if step.phase == "backward"])

    def animation(self, seconds: float = 2.0) -> Animation:
        """Os passos numa figura só, em movimento.

        Args:
            seconds: quanto dura cada passo, em segundos.

        Raises:
            ValueError: `seconds` não é um número finito maior que 0.
        """
        return animation(self, seconds)

    def render(self, directory: Any, format: str = "svg") -> list[Path]:
        """Grava as figuras: `forward-01.svg`, …, `backward-01.svg`, ….

        Args:
            directory: a pasta; é criada se não existe.
            format: o formato, como em `Figure.pipe`.

        Returns:
            Os arquivos, na ordem dos passos.

        Raises:
            RendererNotFoundError: não há programa que escreva esse formato.
        """
        folder = Path(directory)
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for step in self:
            path = folder / f"{step.phase}-{step.number:02d}.{format}"
            paths.append(save_file(path, step.figure.pipe(format)))
        return paths

    def __repr__(self) -> str:
        return f"<Steps: {len(self.forward)} passos para frente e {len(self.backward)} para trás>"

    def _repr_html_(self) -> str:
        return str(self.animation())


def draw_steps(value: Value, *, theme: str = "light", lang: str = "pt", prefix: str = "") -> Steps:
    """Desenha um grafo passo a passo: cada nó calculado para frente, cada gradiente de volta; nenhum `grad` muda.

    Todas as figuras têm a mesma disposição: o número que ainda não se conhece deixa o seu lugar vazio. O nó do passo e
    as setas por que ele se calcula têm traço grosso.

    Args:
        value: o valor de que se parte.
        theme: `"light"` ou `"dark"`.
        lang: a língua das legendas, `"pt"` ou `"en"`.
        prefix: o começo de cada `id` do SVG, para duas figuras na mesma página.

    Returns:
        Os passos.

    Raises:
        ChangedLeafError: uma folha mudou desde o passo para frente.
        DomainError: uma derivada de que se precisa não existe.
        TypeError: `value` não é um `Value`.
        ValueError: o grafo tem mais de 80 nós ou 160 setas, ou uma opção é desconhecida.
    """
    require_prefix(prefix)
    colours = theme_named(theme)
    title = sentence("figure.title.steps", lang, name=getattr(value, "label", "") or "…")
    graph = Graph(value)
    if not fits(graph):
        raise ValueError(
            f"o grafo tem {len(graph)} nós e {arrows_of(graph)} setas, demais para se desenhar passo a passo (até "
            f"{MAX_NODES} e {MAX_ARROWS}): parta de um nó mais perto das entradas, ou use draw(v), que resume o grafo"
        )
    return _Chain(graph, title, colours, lang, prefix).steps()


class _Chain:
    """Os passos de um grafo, em construção."""

    def __init__(self, graph: Graph, title: str, theme: Theme, lang: str, prefix: str) -> None:
        self.graph, self.title, self.theme, self.lang, self.prefix = graph, title, theme, lang, prefix
        self.parts, self.grads = graph.contributions()
        self.flows = flows_of(self.parts)
        lesson = explain(graph.root.value, [node.value for node in graph.nodes], lang=lang)
        self.captions = {
            "forward": self._captions([step.node for step in lesson.forward], lesson.forward_section().lines),
            "backward": self._captions([step.node for step in lesson.backward], lesson.backward_section().lines),
        }

    def steps(self) -> Steps:
        """Todos os passos."""
        data = {node.index for node in self.graph.nodes if node.is_leaf}
        grad: set[int] = set()
        flow: set[tuple[int, int]] = set()
        steps: list[Scene] = []
        computed = [node for node in self.graph.nodes if not node.is_leaf]
        for number, node in enumerate(computed, start=1):
            data.add(node.index)
            arrows = {(arg.index, node.index, i) for i, arg in enumerate(node.inputs) if isinstance(arg, Node)}
            steps.append(self._scene("forward", number, node, arrows, Moment(frozenset(data))))
        for number, node in enumerate(reversed(self.graph.nodes), start=1):
            grad.add(node.index)
            uses = self.parts[node.index]
            flow |= {(part.user.index, part.position) for part in uses}
            arrows = {(node.index, part.user.index, part.position) for part in uses}
            moment = Moment(frozenset(data), frozenset(grad), frozenset(flow))
            steps.append(self._scene("backward", number, node, arrows, moment))
        caption = sentence("figure.steps.whole", self.lang, forward=len(computed), backward=len(self.graph))
        return Steps(steps, self._figure(moment, None, ()), self.theme, caption)

    def _scene(self, phase: str, number: int, node: Node, arrows: set[tuple[int, int, int]], moment: Moment) -> Scene:
        captions = self.captions[phase]
        title, caption = (
            sentence(f"figure.step.{phase}", self.lang, number=number, count=len(captions)),
            captions[node.index],
        )
        current = Emphasis(frozenset({node.index}), frozenset(arrows), dims=False)
        figure = self._figure(moment, current, (title, caption))
        return Scene(phase, number, node.index, frozenset(arrows), title, caption, figure)

    def _figure(self, moment: Moment, current: Emphasis | None, notes: Sequence[str]) -> Figure:
        reading = Reading(
            self.graph,
            ("data", "grad", "flow"),
            self.lang,
            moment=moment,
            numbered=arrows_of(self.graph) <= MAX_NUMBERED_ARROWS,
            grads=self.grads,
            flows=self.flows,
        )
        picture = sketch_of(reading, title=self.title, notes=notes, emphasis=current)
        return figure_of_sketch(picture, self.theme, self.prefix)

    def _captions(self, nodes: Sequence[Node], lines: Sequence[Line]) -> dict[int, str]:
        """A conta de cada nó como a lição a escreve: em símbolos, em números e o resultado."""
        writer = PlainWriter(lang=self.lang)
        return {node.index: _caption(line, writer) for node, line in zip(nodes, lines, strict=True)}


def _caption(line: Line, writer: PlainWriter) -> str:
    """Uma linha da lição, com os lados que cabem, e o sinal de menos das figuras."""
    left, sides = writer.formula(line.left), unrepeated([writer.formula(side) for side in line.sides])
    note = f"   ({line.note})" if line.note else ""
    for kept in (sides, [sides[0], sides[-1]], sides[-1:]):
        text = f"{' = '.join([left, *kept])}{note}"
        if len(text) <= _LONGEST_CAPTION:
            break
    return re.sub(r"(?<!\w)-", "−", text)

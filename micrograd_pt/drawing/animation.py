"""Os passos numa figura em movimento: um SVG que se anima sozinho, sem script, e que parado mostra tudo."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from micrograd_pt.drawing.markup import FONTS, SVG, annotated, size, written
from micrograd_pt.drawing.palette import Theme
from micrograd_pt.drawing.quoting import text_width, visible
from micrograd_pt.drawing.story import Scene, Story
from micrograd_pt.given import positive
from micrograd_pt.words import save_file

_TITLE_SIZE, _CAPTION_SIZE, _CAPTION_HEIGHT, _MARGIN = 12.0, 11.0, 48.0, 12.0
_REST = 2
"""Por quantos passos a figura inteira fica parada no fim, antes de recomeçar."""


class Animation:
    """Um SVG animado; `str()` dá o código, e num caderno Jupyter ele se mostra.

    Quem pediu ao sistema menos movimento, e um programa que não anima, veem a figura inteira, parada.

    Args:
        code: o código SVG.
    """

    def __init__(self, code: str) -> None:
        self._code = code

    def save(self, path: Any) -> Path:
        """Grava o SVG.

        Args:
            path: onde.
        """
        return save_file(path, f'<?xml version="1.0" encoding="UTF-8"?>\n{self._code}\n')

    def __str__(self) -> str:
        return self._code

    def __repr__(self) -> str:
        return f"<Animation: SVG de {len(self._code)} caracteres; grave-o com save(caminho)>"

    def _repr_svg_(self) -> str:
        return self._code


def animation(steps: Story, seconds: float) -> Animation:
    """Os passos como um SVG animado.

    Args:
        steps: os passos.
        seconds: quanto dura cada um, em segundos.

    Raises:
        ValueError: `seconds` não é um número finito maior que 0.
    """
    duration = float(positive(seconds, "seconds"))
    source = steps.whole.pipe("svg", encoding="utf-8")
    root = annotated(source, steps.whole.parts, steps.whole.title)
    mark = "a" + hashlib.sha256(f"{duration} {source}".encode()).hexdigest()[:8]
    _Frames(root, steps, mark).animate(duration)
    return Animation(written(root))


class _Frames:
    """A figura inteira, com o momento em que cada parte aparece."""

    def __init__(self, root: ET.Element, steps: Story, mark: str) -> None:
        self.root, self.steps, self.mark = root, steps, mark
        self.prefix = steps.whole.graph_attr["id"].removesuffix("figure")
        self.groups = {group.get("id", ""): group for group in root.iter(f"{SVG}g")}

    def animate(self, seconds: float) -> None:
        """Marca cada parte e escreve os movimentos."""
        self._make_room()
        for place, step in enumerate(self.steps):
            for text in self._appearing(step):
                _add_class(text, f"{self.mark}from{place}")
            for outline in list(self._highlights(step)):
                _add_class(outline, f"{self.mark}only{place}")
            for line in self._caption(step.title, step.caption):
                _add_class(line, f"{self.mark}only{place}")
                line.set("opacity", "0")
        for line in self._caption(self.steps.whole.title, self.steps.caption):
            _add_class(line, f"{self.mark}still")
        style = ET.Element(f"{SVG}style")
        style.text = _motions(self.mark, len(self.steps), seconds)
        self.root.insert(1, style)

    def _appearing(self, step: Scene) -> Iterator[ET.Element]:
        """Os números que se conhecem a partir deste passo."""
        kind = "data" if step.phase == "forward" else "grad"
        yield from _texts(self.groups[f"{self.prefix}node-{step.node}"], kind)
        if step.phase == "backward":
            for arrow in step.arrows:
                yield from _texts(self._arrow(arrow), "flow")

    def _highlights(self, step: Scene) -> Iterator[ET.Element]:
        """O contorno do nó e das setas do passo, em traço grosso, por cima dos de sempre."""
        for group in [self._arrow(arrow) for arrow in step.arrows] + [self.groups[f"{self.prefix}node-{step.node}"]]:
            parent, shape = _outline(group)
            strong = copy.deepcopy(shape)
            strong.set("fill", "none")
            strong.set("stroke", self.steps.theme.accent)
            strong.set("stroke-width", "3")
            strong.set("opacity", "0")
            parent.insert(list(parent).index(shape) + 1, strong)
            yield strong

    def _arrow(self, arrow: tuple[int, int, int]) -> ET.Element:
        source, user, position = arrow
        return self.groups[f"{self.prefix}edge-{source}-{user}-{position}"]

    def _make_room(self) -> None:
        """Alarga a figura para que as legendas caibam embaixo."""
        width, height = size(self.root)
        captions = [(step.title, step.caption) for step in self.steps] + [(self.steps.whole.title, self.steps.caption)]
        widths = [
            max(text_width(title, _TITLE_SIZE), text_width(caption, _CAPTION_SIZE)) for title, caption in captions
        ]
        widest = max(widths) + 2 * _MARGIN
        self.middle, self.foot = max(width, widest) / 2, height
        self._resize(max(width, widest), height + _CAPTION_HEIGHT, (max(width, widest) - width) / 2)

    def _resize(self, width: float, height: float, shift: float) -> None:
        self.root.set("width", f"{width:.0f}pt")
        self.root.set("height", f"{height:.0f}pt")
        self.root.set("viewBox", f"0 0 {width:.2f} {height:.2f}")
        figure = self.root.find(f"{SVG}g")
        assert figure is not None
        figure.set("transform", f"translate({shift:.2f} 0) {figure.get('transform', '')}")
        paper = ET.Element(f"{SVG}rect", width="100%", height="100%", fill=self.steps.theme.background)
        self.root.insert(1, paper)

    def _caption(self, title: str, caption: str) -> Iterator[ET.Element]:
        """As duas linhas da legenda."""
        theme: Theme = self.steps.theme
        for text, letter, colour, below in (
            (title, _TITLE_SIZE, theme.neutral, 14),
            (caption, _CAPTION_SIZE, theme.text, 32),
        ):
            line = ET.SubElement(self.root, f"{SVG}text", x=f"{self.middle:.1f}", y=f"{self.foot + below:.1f}")
            line.set("text-anchor", "middle")
            line.set("font-family", FONTS)
            line.set("font-size", str(letter))
            line.set("fill", colour)
            line.text = "".join(map(visible, text))
            yield line


def _motions(mark: str, count: int, seconds: float) -> str:
    """As regras de estilo: quando cada parte aparece e some; só para quem aceita movimento."""
    total = count + _REST
    rules = [f".{mark}still{{opacity:0;animation:{mark}s {total * seconds:g}s step-end infinite}}"]
    moves = [f"@keyframes {mark}s{{0%{{opacity:0}}{100 * count / total:.3f}%{{opacity:1}}100%{{opacity:1}}}}"]
    for place in range(count):
        start, end = f"{100 * place / total:.3f}%", f"{100 * (place + 1) / total:.3f}%"
        before = "0%{opacity:0}" if place else ""
        moves.append(f"@keyframes {mark}f{place}{{{before}{start}{{opacity:1}}100%{{opacity:1}}}}")
        moves.append(f"@keyframes {mark}o{place}{{{before}{start}{{opacity:1}}{end}{{opacity:0}}100%{{opacity:0}}}}")
        clock = f"{total * seconds:g}s step-end infinite"
        rules.append(f".{mark}from{place}{{animation:{mark}f{place} {clock}}}")
        rules.append(f".{mark}only{place}{{animation:{mark}o{place} {clock}}}")
    return f"{''.join(moves)}@media (prefers-reduced-motion:no-preference){{{''.join(rules)}}}"


def _texts(group: ET.Element, kind: str) -> list[ET.Element]:
    return [text for text in group.iter(f"{SVG}text") if text.get("class", "").split()[:1] == [kind]]


def _outline(group: ET.Element) -> tuple[ET.Element, ET.Element]:
    """O traço de um nó ou de uma seta, e o elemento em que ele está."""
    for parent in group.iter():
        for child in parent:
            if child.tag == f"{SVG}path":
                return parent, child
    raise ValueError(f"a parte {group.get('id')} da figura não tem traço")


def _add_class(element: ET.Element, name: str) -> None:
    element.set("class", f"{element.get('class', '')} {name}".strip())

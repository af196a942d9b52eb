"""Os passos de um grafo como dados: de cada um, o que se calculou e a figura com o que se conhece depois dele."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from micrograd_pt.drawing.palette import Theme

if TYPE_CHECKING:
    from micrograd_pt.drawing.rendering import Figure


@dataclass(frozen=True, slots=True)
class Scene:
    """Um passo: o que se calculou nele, e a figura com o que se conhece depois dele.

    Attributes:
        phase: `"forward"` ou `"backward"`.
        number: o número do passo na sua fase, a partir de 1.
        node: o nó calculado, pela posição no grafo.
        arrows: as setas por que se calculou, por (nó, quem o usa, em que argumento).
        title: que passo é.
        caption: a conta.
        figure: a figura.
    """

    phase: str
    number: int
    node: int
    arrows: frozenset[tuple[int, int, int]]
    title: str
    caption: str
    figure: Figure


class Story(Sequence[Scene]):
    """Passos em ordem, e a figura em que todos terminam.

    Args:
        steps: os passos, na ordem.
        whole: a figura com tudo o que se conhece no fim.
        theme: as cores.
        caption: a legenda da figura inteira.
    """

    def __init__(self, steps: Sequence[Scene], whole: Figure, theme: Theme, caption: str) -> None:
        self._steps = tuple(steps)
        self.whole: Figure = whole
        self.theme: Theme = theme
        self.caption: str = caption

    @overload
    def __getitem__(self, index: int) -> Scene: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Scene, ...]: ...

    def __getitem__(self, index: int | slice) -> Scene | tuple[Scene, ...]:
        return self._steps[index]

    def __len__(self) -> int:
        return len(self._steps)

"""O que aconteceu num treinamento: a perda de cada época, e como ela se mostra num terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from micrograd_pt.drawing import plot_history
from micrograd_pt.drawing.notebook import bundle
from micrograd_pt.given import whole
from micrograd_pt.words import number, printable, sentence

_BLOCKS = "▁▂▃▄▅▆▇█"
_SIGNS = ".:-=+*#%"


def _curve(history: History) -> dict[str, Any]:
    """A curva da perda, para um caderno."""
    return {"image/png": history.plot()._repr_png_()} if history.losses else {}


@dataclass
class History:
    """O que aconteceu num treinamento; `print` a mostra com um gráfico de uma linha.

    Attributes:
        losses: a perda de cada época: a soma (ou a média) das perdas das amostras, medidas antes de cada atualização.
        seconds: quanto tempo levou.
        interrupted: verdadeiro se Ctrl-C encerrou o treinamento antes da última época.
        not_compiled: por que o treinamento foi pelo grafo em vez do programa compilado; vazio se foi compilado.
    """

    losses: list[float] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False
    not_compiled: str = ""

    def sparkline(self, width: int = 40, plain: bool = False) -> str:
        """A perda ao longo das épocas como uma linha de blocos, mais altos onde ela é maior.

        A altura é o logaritmo da perda, se toda perda é maior que 0 (as que são 0 ficam na altura mais baixa); se
        alguma é negativa, a própria perda. Cada bloco é a média de um trecho das épocas.

        Args:
            width: quantos blocos, no máximo.
            plain: usar sinais que todo terminal tem, de `.` (baixo) a `%` (alto).

        Returns:
            A linha; vazia se não houve época nenhuma.

        Raises:
            ValueError: `width` não é um inteiro maior que 0.
        """
        heights = _averaged(_heights(self.losses), whole(width, "width"))
        if not heights:
            return ""
        signs, low = _SIGNS if plain else _BLOCKS, min(heights)
        span = max(heights) - low
        steps = len(signs) - 1
        return "".join([signs[round((height - low) / span * steps) if span else 0] for height in heights])

    def summary(self, lang: str = "pt", plain: bool = False) -> str:
        """As épocas, a primeira e a última perda com a linha entre elas, e o tempo.

        Args:
            lang: `"pt"` ou `"en"`.
            plain: como em `sparkline`.

        Raises:
            ValueError: língua desconhecida.
        """
        if not self.losses:
            text = sentence("history.empty", lang)
        else:
            key = "history.one" if len(self.losses) == 1 else "history.many"
            text = sentence(
                key,
                lang,
                epochs=len(self.losses),
                first=number(self.losses[0]),
                line=self.sparkline(plain=plain),
                last=number(self.losses[-1]),
                seconds=f"{self.seconds:.2f}",
            )
        return text + (sentence("history.interrupted", lang) if self.interrupted else "")

    def plot(self, lang: str = "pt") -> Any:
        """A perda de cada época como figura do Matplotlib.

        Args:
            lang: a língua dos títulos dos eixos, `"pt"` ou `"en"`.

        Raises:
            ImportError: o Matplotlib não está instalado.
            ValueError: língua desconhecida.
        """
        return plot_history(self, lang)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """O resumo e, se o Matplotlib está instalado, a curva, como um caderno Jupyter os mostra."""
        return bundle(_curve, self, str(self))

    def __str__(self) -> str:
        """O resumo em português, com os sinais que a saída deste programa tem."""
        text = self.summary()
        return text if printable(_BLOCKS) == _BLOCKS else printable(self.summary(plain=True))

    def __repr__(self) -> str:
        last = f", última perda {self.losses[-1]:.6g}" if self.losses else ""
        stopped = ", interrompido" if self.interrupted else ""
        return f"<History: {len(self.losses)} época(s){last}, {self.seconds:.2f} s{stopped}>"


class DivergenceError(ArithmeticError):
    """A perda deixou de ser um número finito; `history` guarda as épocas até ali."""

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history


def _heights(losses: Sequence[float]) -> list[float]:
    """A altura de cada perda: o logaritmo; ou a própria perda, se alguma é negativa ou nenhuma é positiva."""
    positive = [loss for loss in losses if loss > 0]
    if not positive or min(losses) < 0:
        largest = max(map(abs, losses), default=0)
        return [loss / largest if largest else 0.0 for loss in losses]  # dividido, nada estoura
    lowest = min(positive)
    return [math.log(max(loss, lowest)) for loss in losses]


def _averaged(heights: Sequence[float], width: int) -> list[float]:
    """As alturas em no máximo `width` trechos, a média de cada um."""
    count = min(width, len(heights))
    edges = [len(heights) * place // count for place in range(count + 1)] if count else [0]
    return [sum(heights[a:b]) / (b - a) for a, b in pairwise(edges)]

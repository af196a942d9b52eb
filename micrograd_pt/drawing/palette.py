"""As cores das figuras, claras e escuras; nenhuma diz nada que um traço, uma espessura ou um sinal não diga também."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from micrograd_pt.given import one_of

FONT = "Helvetica"
"""A fonte: o renderizador conhece as suas medidas e os navegadores a substituem por uma de mesma largura."""


@dataclass(frozen=True, slots=True)
class Theme:
    """As cores de uma figura.

    Attributes:
        background: o fundo.
        text: nomes e números.
        neutral: legendas, notas, títulos de linhas e pesos iguais a zero.
        faint: o que o destaque deixa em segundo plano.
        outline: contorno dos nós e setas do grafo.
        positive: número positivo (seta cheia).
        negative: número negativo (seta tracejada).
        flow: o gradiente que uma seta leva de volta.
        accent: o que está em destaque (traço grosso).
        leaf: fundo das entradas e das folhas do grafo.
        operation: fundo dos neurônios ocultos e dos nós intermediários.
        output: fundo da saída.
        group: fundo de uma camada.
    """

    background: str
    text: str
    neutral: str
    faint: str
    outline: str
    positive: str
    negative: str
    flow: str
    accent: str
    leaf: str
    operation: str
    output: str
    group: str


THEMES = {
    "light": Theme(
        background="#FFFFFF",
        text="#000000",
        neutral="#555555",
        faint="#8C8C8C",
        outline="#333333",
        positive="#0B5CAD",
        negative="#C2410C",
        flow="#7A1F8F",
        accent="#A3123F",
        leaf="#E8F1FB",
        operation="#FFF7DB",
        output="#E7F6EC",
        group="#F6F6F6",
    ),
    "dark": Theme(
        background="#15181D",
        text="#F2F2F2",
        neutral="#B4B9C1",
        faint="#7D838C",
        outline="#C9CED6",
        positive="#7DB8F5",
        negative="#FFA066",
        flow="#DDA6EE",
        accent="#FF8FAB",
        leaf="#1C3148",
        operation="#3B3418",
        output="#1B3B29",
        group="#1D2127",
    ),
}
"""Os temas, pelo nome."""


def theme_named(name: Any) -> Theme:
    """O tema com esse nome.

    Raises:
        ValueError: não há tema com esse nome.
    """
    return THEMES[one_of(name, "theme", THEMES)]

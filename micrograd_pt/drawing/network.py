"""A rede como o capítulo a desenha: uma coluna por camada, e em cada seta o peso, o seu gradiente ou a sua mudança."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from micrograd_pt.drawing.addresses import require_prefix
from micrograd_pt.drawing.columns import NetworkReading, network_sketch, quantities_of
from micrograd_pt.drawing.dot import figure_of_summary
from micrograd_pt.drawing.network_dot import figure_of_network
from micrograd_pt.drawing.network_summary import MAX_LINKS, network_summary
from micrograd_pt.drawing.palette import theme_named
from micrograd_pt.drawing.sample import Sample, sample_of
from micrograd_pt.given import one_of, positive, shorten
from micrograd_pt.nn import Module, stacked

if TYPE_CHECKING:
    from micrograd_pt.drawing.rendering import Figure

SHOW = ("weights", "gradients", "update")
"""O que as setas podem mostrar."""


def draw_network(
    model: Module,
    inputs: Sequence[Any] | None = None,
    show: str = "weights",
    *,
    target: Any = None,
    learning_rate: float | None = None,
    theme: str = "light",
    lang: str = "pt",
    prefix: str = "",
) -> Figure:
    """Desenha a rede como no capítulo, com um número escrito em cada seta; nenhum peso e nenhum `grad` muda.

    Um número positivo é uma seta azul cheia, um negativo uma laranja tracejada, um zero uma pontilhada, e quanto maior
    o número, mais grossa ela é. Com o viés numa coluna de uns, a entrada extra é o nó "1"; com um viés por neurônio,
    ele está escrito embaixo do nó. Onde as setas são tantas que ninguém leria os números, eles somem e uma nota o diz;
    de uma camada muito grande se veem só alguns neurônios, e uma rede que ainda assim teria mais de 160 setas é
    resumida por camada. No SVG cada parte tem endereço (`drawing.addresses`).

    Args:
        model: a rede; uma camada ou um neurônio sozinho é uma rede de uma camada só, e outro módulo, as camadas que
            ele guarda, se encadeá-las dá o que ele dá.
        inputs: as entradas de uma amostra; com elas cada nó mostra o seu valor no passo para frente.
        show: o que as setas mostram. `"weights"`: os pesos. `"gradients"`: a derivada da perda em relação a cada peso.
            `"update"`: cada peso antes → depois de um passo da descida do gradiente, com a espessura e o sinal da
            mudança.
        target: a saída desejada da amostra. Com ela os gradientes são os de E = ½ · (o − t)² nessa amostra, calculados
            à parte; sem ela, os que estão guardados em `grad`.
        learning_rate: a taxa de aprendizado, para `"update"`.
        theme: `"light"` ou `"dark"`.
        lang: a língua das legendas, `"pt"` ou `"en"`.
        prefix: o começo de cada `id` do SVG, para duas figuras na mesma página.

    Returns:
        A figura.

    Raises:
        TypeError: `model` não é um módulo, ou uma entrada não é um número.
        ValueError: o módulo calcula mais do que as suas camadas (a mensagem diz onde), número errado de entradas ou de
            saídas desejadas, uma opção desconhecida, `target` sem `inputs`, `"update"` sem `learning_rate`.
    """
    if not isinstance(model, Module):
        raise TypeError(
            "draw_network desenha uma rede (MLP), uma camada (Layer), um neurônio (Neuron) ou um módulo feito deles, e "
            f"recebeu {shorten(model)} ({type(model).__name__}); para ver as contas que levaram a um Value, use "
            "draw(valor)"
        )
    network = stacked(model, inputs)
    require_prefix(prefix)
    colours = theme_named(theme)
    rate = _checked(show, inputs, target, learning_rate)
    sample = Sample() if inputs is None else sample_of(network, inputs, target)
    reading = NetworkReading(network, sample, show, rate, lang)
    sketch = network_sketch(reading)
    if len(quantities_of(sketch.gaps)) > MAX_LINKS:
        return figure_of_summary(network_summary(reading, sketch), colours, prefix)
    return figure_of_network(sketch, colours, prefix)


def _checked(show: Any, inputs: Any, target: Any, learning_rate: Any) -> float:
    """A taxa de aprendizado, depois de conferir que as opções combinam; 0 se não há."""
    one_of(show, "show", SHOW)
    if target is not None and inputs is None:
        raise ValueError(
            "target pede também inputs: a saída desejada é a de uma amostra, draw_network(rede, [0, 1], …)"
        )
    if show != "update":
        if learning_rate is not None:
            raise ValueError(f'learning_rate só serve com show="update", e show é "{show}"')
        return 0.0
    if learning_rate is None:
        raise ValueError('show="update" precisa da taxa de aprendizado: dê learning_rate=0.5, por exemplo')
    return float(positive(learning_rate, "learning_rate"))

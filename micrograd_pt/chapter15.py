"""O capítulo 15 do Deep Learning Book: os dados do XOR, os pesos da figura e as erratas.

Fonte: "Algoritmo Backpropagation Parte 2 – Treinamento de Redes Neurais", Deep Learning Book, capítulo 15.
"""

from __future__ import annotations

from typing import Any

from micrograd_pt.engine import Value
from micrograd_pt.given import one_of
from micrograd_pt.graph import Graph
from micrograd_pt.nn import MLP

X: tuple[tuple[float, float], ...] = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
"""Os quatro vetores de recursos (x₁, x₂) do XOR, na ordem da tabela."""

y: tuple[float, ...] = (0.0, 1.0, 1.0, 0.0)
"""A saída desejada de cada um."""

LEARNING_RATE = 0.5
"""A taxa de aprendizado usada na continuação do exemplo."""

EPOCHS = 20_000
"""As épocas usadas na continuação do exemplo."""

HIDDEN_WEIGHTS: tuple[tuple[float, float, float], ...] = (
    (0.351, 1.076, 1.116),
    (-0.097, -0.165, 0.542),
    (0.457, -0.165, -0.331),
)
"""Os pesos da figura para os neurônios ocultos 1, 2 e 3, na ordem x₁, x₂, 1."""

OUTPUT_WEIGHTS: tuple[float, float, float] = (0.383, -0.327, -0.329)
"""Os pesos da figura para a saída, na ordem h₁, h₂, h₃."""

PRINTED: dict[str, str] = {"h1": "0.899", "h2": "0.593", "h3": "0.378", "o": "0.506"}
"""O que o capítulo imprime para a amostra (0, 1): três casas, truncadas e não arredondadas."""

LOST_SIGNS: tuple[float, ...] = (0.097, 0.165, 0.165, 0.331)
"""Os quatro pesos que o texto do capítulo imprime sem o sinal de menos que a figura mostra."""

ERRATA: dict[str, tuple[str, ...]] = {
    "pt": (
        "O texto do capítulo perdeu quatro sinais de menos: imprime 0.097, 0.165, 0.165 e 0.331 onde a figura mostra "
        "-0.097, -0.165, -0.165 e -0.331.",
        'Os valores chamados de "entradas da camada oculta" são as saídas dos neurônios ocultos.',
        '"A camada de saída não precisa de viés": ela ganha com um. Na forma 3-3-1 ela não tem viés próprio, e o '
        "terceiro neurônio oculto, que é calculado, só em parte faz esse papel.",
        "Uma função degrau em 0 não serve para classificar a saída de uma sigmoide, que está sempre acima de 0. O "
        "limiar que faz sentido é 0.5.",
        "O texto confunde o passo para trás (calcular os gradientes) com a atualização de pesos (usá-los).",
    ),
    "en": (
        "The chapter's text lost four minus signs: it prints 0.097, 0.165, 0.165 and 0.331 where the figure has "
        "-0.097, -0.165, -0.165 and -0.331.",
        'The values called "inputs of the hidden layer" are the outputs of the hidden neurons.',
        '"The output layer needs no bias": it does profit from one. In the 3-3-1 form it has none of its own, and the '
        "third hidden neuron, which is computed, takes its place only in part.",
        "A step function at 0 can't classify the output of a sigmoid, which is always above 0. The threshold that "
        "makes sense is 0.5.",
        "The text mixes up the backward pass (computing the gradients) and the weight update (using them).",
    ),
}
"""O que um leitor do capítulo precisa saber, por língua."""


def network(bias: str = "column") -> MLP:
    """A rede do capítulo, com os pesos da figura e sigmoide em todos os neurônios.

    Args:
        bias: `"column"`, a forma 3-3-1 da figura, com 12 parâmetros; ou `"variable"`, a 2-2-1 com 9: os neurônios
            ocultos 1 e 2 tomam como viés o seu peso da coluna de uns, e a saída toma -0.329.

    Raises:
        ValueError: outro tratamento do viés.
    """
    one_of(bias, "bias", ("column", "variable"))
    model = MLP(2, [2, 1], activation="sigmoid", output_activation="sigmoid", bias=bias, seed=0)
    rows = [*(HIDDEN_WEIGHTS if bias == "column" else HIDDEN_WEIGHTS[:2]), OUTPUT_WEIGHTS]
    weights = [weight for row in rows for weight in row]
    for parameter, weight in zip(model.parameters(), weights, strict=True):
        parameter.data = weight
    return model


def network_as_printed() -> MLP:
    """A rede 3-3-1 com os pesos como o texto os imprime, sem os quatro sinais de menos (errata 1)."""
    model = network("column")
    for parameter in model.layers[0].parameters():
        if -parameter.data in LOST_SIGNS:
            parameter.data = -parameter.data
    return model


def printed(loss: Value) -> dict[str, str]:
    """O que o capítulo imprime ao lado de cada valor, se esses valores são os da conta dele: a amostra (0, 1).

    Args:
        loss: o nó a que a conta leva, como a perda que se dá a `explain`.

    Returns:
        O que o capítulo imprime, por nome; nada, se algum valor da conta falta ou é outro.
    """
    values = {node.name: node.data for node in Graph(loss).nodes}
    if not PRINTED.keys() <= values.keys():
        return {}
    sample = Graph(network()(X[1]))
    return dict(PRINTED) if all(values.get(node.name) == node.data for node in sample.nodes) else {}


def step(x: Any, threshold: float = 0.5) -> int:
    """A função de etapa (função degrau): 1 se `x` alcança o limiar, senão 0.

    Args:
        x: número ou `Value`.
        threshold: o limiar; 0.5 é o que faz sentido para a saída de uma sigmoide.
    """
    return 1 if x >= threshold else 0

"""Um GPT de uma camada em números soltos: cada soma e cada produto é um nó do grafo.

Embutimento de 16 números, 4 cabeças de atenção, contexto de 16 símbolos e alfabeto de 27: 4.192 parâmetros. O modelo só
usa `+ - * / **`, `exp`, `log` e `relu`, e por isso roda com qualquer `Value` que os tenha. A arquitetura é a do GPT-2
(Radford e outros, 2019), com normalização pela raiz da média dos quadrados e sem vieses.

Uso: python demos/gpt_escalar.py [passos]
"""

import itertools
import random
import sys
from collections.abc import Sequence
from typing import Any

WIDTH, HEADS, CONTEXT, SYMBOLS = 16, 4, 16, 27
HEAD = WIDTH // HEADS
ALPHABET = ".abcdefghijklmnopqrstuvwxyz"
TEXTS = ["amora", "banana", "caju", "figo", "goiaba", "jaca", "laranja", "manga", "pera", "uva"]

Vector = list[Any]
Matrix = list[Vector]


def shapes() -> dict[str, tuple[int, int]]:
    """O tamanho de cada matriz de pesos: linhas (saídas) por colunas (entradas)."""
    square = (WIDTH, WIDTH)
    return {
        "symbol": (SYMBOLS, WIDTH),
        "position": (CONTEXT, WIDTH),
        "query": square,
        "key": square,
        "value": square,
        "mix": square,
        "widen": (4 * WIDTH, WIDTH),
        "narrow": (WIDTH, 4 * WIDTH),
        "output": (SYMBOLS, WIDTH),
    }


def new_weights(make: Any, seed: int = 0) -> dict[str, Matrix]:
    """Os pesos, normais de desvio 0.08; `make` transforma um float no número com que se quer calcular."""
    draw = random.Random(seed)
    return {
        name: [[make(draw.gauss(0, 0.08)) for _ in range(columns)] for _ in range(rows)]
        for name, (rows, columns) in shapes().items()
    }


def arranged(numbers: Sequence[Any]) -> dict[str, Matrix]:
    """As matrizes de pesos, a partir dos números em fila, na ordem de `parameters`."""
    queue = iter(numbers)
    return {
        name: [[next(queue) for _ in range(columns)] for _ in range(rows)] for name, (rows, columns) in shapes().items()
    }


def parameters(weights: dict[str, Matrix]) -> Vector:
    """Todos os pesos em fila."""
    return [weight for matrix in weights.values() for row in matrix for weight in row]


def product(matrix: Matrix, vector: Vector) -> Vector:
    return [sum(weight * entry for weight, entry in zip(row, vector, strict=True)) for row in matrix]


def normalized(vector: Vector) -> Vector:
    scale = (sum(x * x for x in vector) / len(vector) + 1e-5) ** -0.5
    return [x * scale for x in vector]


def softmax(scores: Vector) -> Vector:
    largest = max(score.data for score in scores)
    powers = [(score - largest).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def attention(weights: dict[str, Matrix], x: Vector, keys: list[Vector], values: list[Vector]) -> Vector:
    """Cada cabeça mistura os valores já vistos, na proporção em que as chaves respondem à pergunta."""
    query = product(weights["query"], x)
    keys.append(product(weights["key"], x))
    values.append(product(weights["value"], x))
    mixed: Vector = []
    for start in range(0, WIDTH, HEAD):
        part = slice(start, start + HEAD)
        scores = [sum(q * k for q, k in zip(query[part], key[part], strict=True)) * HEAD**-0.5 for key in keys]
        shares = softmax(scores)
        for j in range(start, start + HEAD):
            mixed.append(sum(share * value[j] for share, value in zip(shares, values, strict=True)))
    return product(weights["mix"], mixed)


def text_loss(weights: dict[str, Matrix], text: str) -> Any:
    """A entropia cruzada média da previsão de cada símbolo do texto a partir dos anteriores."""
    symbols = [ALPHABET.index(letter) for letter in f".{text}."][: CONTEXT + 1]
    keys: list[Vector] = []
    values: list[Vector] = []
    losses: Vector = []
    for place, (symbol, target) in enumerate(itertools.pairwise(symbols)):
        embedded = zip(weights["symbol"][symbol], weights["position"][place], strict=True)
        x = normalized([a + b for a, b in embedded])
        x = [a + b for a, b in zip(x, attention(weights, normalized(x), keys, values), strict=True)]
        wide = [h.relu() for h in product(weights["widen"], normalized(x))]
        x = [a + b for a, b in zip(x, product(weights["narrow"], wide), strict=True)]
        shares = softmax(product(weights["output"], x))
        losses.append(-(shares[target].log()))
    return sum(losses) * (1 / len(losses))


def main(steps: int = 10) -> None:
    """Treina alguns passos e mostra a perda."""
    from micrograd_pt import Value

    weights = new_weights(Value)
    for step in range(steps):
        loss = text_loss(weights, TEXTS[step % len(TEXTS)])
        for weight in parameters(weights):
            weight.grad = 0
        loss.backward()
        for weight in parameters(weights):
            weight.data -= 0.5 * weight.grad
        print(f"passo {step + 1}: perda {loss.data:.4f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)

"""O texto da função `batch`, em pedaços: com eles se escreve o que se lê e o que se executa."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class BatchText:
    """A função `batch`, que soma sobre muitas linhas de dados; como texto, é a que se lê e roda sozinha.

    Attributes:
        functions: os nomes de `math` que ela usa.
        header: a linha `def`.
        body: as linhas do corpo.
        result: a linha `return`.
        loops: verdadeiro se há um laço sobre as linhas de dados.
    """

    functions: tuple[str, ...]
    header: str
    body: Sequence[str]
    result: str
    loops: bool

    def __str__(self) -> str:
        about = '    """A soma dos valores e dos gradientes sobre muitas linhas."""'
        return module(self.functions, [self.header, about, *self.body, self.result])


def guarded(text: BatchText | str) -> str:
    """O texto da função `batch` com o que ela não faz sozinha: refazer a conta de um array, e explicar um erro.

    Enquanto não há erro, um `try` não custa nada; uma função em volta custaria mais uma chamada. O texto chama
    `_again`, se o total não é um `float`, e `_refuse`.

    Args:
        text: os pedaços; ou só o texto, de que nada se sabe, e em volta do qual fica outra função.
    """
    check = ["    if type(total) is not float:", "        return _again(rows, parameters)"]
    refusal = [
        "    except (ArithmeticError, ValueError, TypeError) as error:",
        "        _refuse(error, rows, parameters)",
        "        raise",
    ]
    if isinstance(text, str):
        call = ["    total, gradients = _batch(rows, parameters)"]
        text = BatchText(
            (), f"{text}\n_batch = batch\n\n\ndef batch(rows, parameters):", call, "    return total, gradients", False
        )
    inside = [f"    {line}" for line in (*text.body, *check, text.result)]
    return module(text.functions, [text.header, "    try:", *inside, *refusal])


def module(functions: Iterable[str], lines: Sequence[str]) -> str:
    """As linhas como um módulo, com o `import` dessas funções de `math`, se as há."""
    names = ", ".join(sorted(functions))
    head = [f"from math import {names}", "", ""] if names else []
    return "\n".join([*head, *lines, ""])

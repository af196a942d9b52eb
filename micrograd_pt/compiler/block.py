"""Um texto em blocos, cada um com o seu recuo."""

from __future__ import annotations

from typing import Any

from micrograd_pt.written import Written


class Block:
    """Um bloco de um texto em Python.

    Args:
        header: a linha que o abre, como `if x > 0.0:`.
        condition: a condição sem a qual ele é pulado; None se o que o abre é outra coisa.

    Attributes:
        body: as linhas e os blocos que há nele.
        named: as expressões que ganharam nome nele; o nome só vale até o fim.
    """

    def __init__(self, header: str = "", condition: Written | None = None) -> None:
        self.header: str = header
        self.condition: Written | None = condition
        self.body: list[Any] = []
        self.named: list[Written] = []

    def lines(self, indent: str = "    ") -> list[str]:
        """As linhas do corpo, recuadas."""
        lines = []
        for part in self.body:
            if type(part) is Block:
                lines.append(indent + part.header)
                lines += part.lines(indent + "    ")
            else:
                lines.append(indent + part)
        return lines

    def repeated(self) -> Block | None:
        """O `if v > 0.0:` que é tudo o que há neste `if v:`, e que já diz o mesmo; None se não é o caso."""
        inner = self.body[0]
        if len(self.body) > 1 or type(inner) is not Block or inner.condition is None:
            return None
        same = inner.condition.kind == ">" and inner.condition.args[0] is self.condition
        return inner if same and inner.condition.args[1].number == 0 else None

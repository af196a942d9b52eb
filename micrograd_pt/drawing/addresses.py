"""O endereço de cada parte de uma figura no SVG: um `id` que diz o que ela é, e classes que dizem de que tipo.

No grafo (`draw`), com os números da ordem do `Graph`:

| `id` | o que é | classes |
|---|---|---|
| `node-3` | o nó 3; num neurônio fechado, o nó da sua saída | `leaf`, `operation`, `output`, `neuron` |
| `edge-1-3-0` | a seta do nó 1 ao nó 3, que o usa como argumento 0 | `use` |
| `constant-3-1` | a constante que é o argumento 1 do nó 3 | `constant` |
| `constant-edge-3-1` | a seta dela | `constant-use` |

Dentro de `node-3` os `<text>` vêm sempre na mesma ordem: o símbolo da operação (só se há uma), o nome, e para cada
linha o título e o número: `data`, 0.899529, `grad`, 0.

Na rede (`draw_network`), com a camada 0 nas entradas e as posições a partir de 0:

| `id` | o que é | classes |
|---|---|---|
| `unit-1-2` | o neurônio (ou a entrada) 2 da camada 1 | `input`, `neuron` |
| `value-1-2` | o valor escrito nele | `value` |
| `bias-1-2` | o que está escrito embaixo dele | `bias` |
| `weight-1-0-2` | a seta da posição 0 da camada anterior ao neurônio 2 da camada 1 | `weight` |
| `weight-label-1-0-2` | o número escrito nela | `weight-label` |
"""

from __future__ import annotations

import re
from typing import Any

from micrograd_pt.given import shorten


def addressed(prefix: str, classes: str, kind: str, *places: int) -> dict[str, str]:
    """Os atributos `id` e `class` de uma parte da figura.

    Args:
        prefix: o começo do `id`.
        classes: as classes, separadas por espaços.
        kind: o que a parte é, como `"node"`.
        places: onde ela está.
    """
    return {"id": "-".join([f"{prefix}{kind}", *map(str, places)]), "class": classes}


def require_prefix(prefix: Any) -> None:
    """Recusa um prefixo que não pode começar um `id`.

    Raises:
        ValueError: diz o que se espera.
    """
    if not isinstance(prefix, str) or not re.fullmatch(r"([A-Za-z][A-Za-z0-9_-]*)?", prefix, re.ASCII):
        raise ValueError(
            f'prefix espera uma letra seguida de letras, algarismos, "-" ou "_", como "antes-", e recebeu '
            f"{shorten(prefix)}"
        )

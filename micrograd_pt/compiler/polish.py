"""A revisão do texto gerado: o que torna o Python mais curto ou mais rápido sem mudar conta nenhuma."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from micrograd_pt.compiler.plan import Plan

_WORD = re.compile(r"[^\W\d]\w*")
_FEW = 256  # variáveis que o Python acha mais depressa
_LONGEST = 12  # variáveis numa atribuição


def zeroed(names: Sequence[str]) -> list[str]:
    """As atribuições que põem 0 em todas essas variáveis."""
    groups = [names[start : start + _LONGEST] for start in range(0, len(names), _LONGEST)]
    return [f"{' = '.join(group)} = 0.0" for group in groups]


def merged(lines: Sequence[str]) -> list[str]:
    """As mesmas linhas sem os `if v:` em que só há um `if v > 0.0:`, que já diz o mesmo."""
    merged: list[str] = []
    closing: list[int] = []  # até que linha cada bloco dispensado recua o texto um passo
    for place, line in enumerate(lines):
        while closing and closing[-1] <= place:
            closing.pop()
        indent = _indent(line)
        inner = lines[place + 1] if place + 1 < len(lines) else ""
        if line.endswith(":") and line.lstrip().startswith("if ") and inner.strip() == f"{line.strip()[:-1]} > 0.0:":
            end = next((i for i in range(place + 2, len(lines)) if _indent(lines[i]) <= indent), len(lines))
            if all(_indent(lines[i]) > indent + 4 for i in range(place + 2, end)):
                closing.append(end)
                continue
        merged.append(line[4 * len(closing) :])
    return merged


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def frequent_first(lines: Sequence[str], plan: Plan) -> list[str]:
    """Uma linha que põe entre as 256 primeiras variáveis as mais usadas no laço.

    O Python acha as 256 primeiras variáveis de uma função com uma instrução só, e as outras com duas; o que conta é a
    ordem em que aparecem no texto. Com poucas variáveis a linha não é preciso.
    """
    count = Counter(word for line in lines for word in _WORD.findall(line.partition("  #")[0]))
    ours = {*plan.inputs, *[line.split(None, 1)[0] for line in lines if " = " in line or " += " in line]}
    if len(ours) + len(plan.parameters) <= _FEW:
        return []
    often = [word for word, times in count.most_common() if word in ours and times > 4][: _FEW // 2]
    return [f"    {line}" for line in zeroed(often)]

"""O que um ramo fechado só multiplicaria por 0: parcelas de gradiente que esperam por um valor diferente de 0.

Um relu em repouso vale 0 e não deixa passar gradiente. O peso que o multiplica recebe então o gradiente vezes 0, e o
que chega ao próprio relu não segue adiante: as duas parcelas vão para dentro de um `if`, como faria quem escreve à mão.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from typing import Any

from micrograd_pt.compiler.plan import Plan, Push, Region
from micrograd_pt.written import Written


def narrowed(plan: Plan) -> Plan:
    """O mesmo plano, com cada parcela na menor região em que serve; as de uma mesma vez, juntas por região."""
    resting = {rest: value for value in plan.values if (rest := rest_of(value)) is not None}

    def within(region: Region) -> Region:
        """A mesma região, em que `x > 0` passa a ser: o relu de x não é 0, e é maior que 0."""
        found: Region = ()
        for condition in region:
            value = _waiting(condition, resting)
            pair = [condition] if value is None else [value, plan.book.compare(">", value, 0.0)]
            for part in pair:
                found = found if part in found else (*found, part)
        return found

    pushes = []
    for _, turn in groupby(plan.pushes, key=attrgetter("turn")):
        by_region: dict[Region, list[Push]] = {}
        for push in turn:
            value = _factor(push.part)
            if value is None:
                value = _waiting(plan.gates.get(push.target), resting)
            region = within(push.region if value is None else (*push.region, value))
            by_region.setdefault(region, []).append(push if region == push.region else push._replace(region=region))
        for group in by_region.values():
            pushes += group
    homes = {variable: within(region) for variable, region in plan.homes.items()}
    return replace(plan, pushes=pushes, homes=homes)


def rest_of(value: Written) -> Written | None:
    """O x de um valor que é x onde x > 0 e 0 onde x < 0 (`0 if x < 0 else x`); None se não é desse feitio."""
    if value.kind != "choose":
        return None
    condition, low, high = value.args
    if condition.kind == "<" and condition.args[0] is high and condition.args[1].number == low.number == 0:
        rest: Written = high
        return rest
    return None


def _factor(part: Written) -> Written | None:
    """O fator desse feitio de um produto."""
    part = part.args[0] if part.kind == "neg" else part
    factors = part.args if part.kind == "*" else ()
    return next((side for side in reversed(factors) if rest_of(side) is not None), None)


def _waiting(gate: Any, resting: dict[Written, Written]) -> Written | None:
    """O valor que é diferente de 0 sempre que a condição `x > 0` vale; None se a condição é outra."""
    if isinstance(gate, Written) and gate.kind == ">" and gate.args[1].number == 0:
        return resting.get(gate.args[0])
    return None

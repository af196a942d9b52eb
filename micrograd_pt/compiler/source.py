"""Do plano ao texto: Python em linha reta, que se lê, se copia e roda em qualquer lugar com `math`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from micrograd_pt.compiler.batch_text import BatchText, module
from micrograd_pt.compiler.closed import narrowed
from micrograd_pt.compiler.plan import Plan, Push
from micrograd_pt.compiler.program_writer import ProgramWriter, zeroed
from micrograd_pt.written import FACTOR, Written, without_factor

_FEW = 256  # variáveis que o Python acha mais depressa


def write_single(plan: Plan) -> str:
    """O texto da função `program`, para uma linha de dados.

    Args:
        plan: o plano de uma chamada.
    """
    writer = ProgramWriter(narrowed(plan))
    started: set[Written] = set()
    writer.forward()
    writer.backward(writer.pushes, started)
    writer.need([plan.output, *plan.results])
    lines = [
        "def program(inputs, parameters):",
        '    """O valor e os gradientes, para uma linha de dados."""',
        *_unpacked(plan.inputs, "inputs"),
        *_unpacked(plan.parameters, "parameters"),
        *writer.open[0].lines(),
        _result(writer, writer.text(plan.output), started),
    ]
    return module(writer.infix.functions, lines)


def write_looped(plan: Plan) -> BatchText:
    """O texto da função `batch`, para muitas linhas de dados.

    Args:
        plan: o plano de um laço sobre linhas.
    """
    factor, output = without_factor(plan.output)
    plan = replace(narrowed(plan), output=output)
    writer = ProgramWriter(plan)
    inside = [push for push in writer.pushes if not push.after and _moves(push, plan)]
    constant = [push for push in writer.pushes if not push.after and not _moves(push, plan)]
    outside = [push for push in writer.pushes if push.after]
    started: set[Written] = set()
    moving = output in plan.varying
    rows = plan.book.name("rows_count")
    if not moving or constant or rows in writer.names:
        writer.names[rows] = "rows_count"
        writer.assign("rows_count", "float(len(rows))")
    writer.hoist()
    zero = dict.fromkeys(push.target for push in inside if push.target not in plan.varying)
    writer.zero(zero, started, *["total"] * moving)
    loops = moving or bool(inside)
    if loops:
        _loop(writer, inside, started)
    writer.backward(constant, started, factor=rows)
    writer.forward(moving=False)
    writer.backward(outside, started)
    if not moving:
        writer.need([output])
        writer.assign("total", f"rows_count * {writer.text(output, FACTOR)}")
    writer.need(plan.results)
    body = [*_frequent_first(writer), *_unpacked(plan.parameters, "parameters"), *writer.open[0].lines()]
    result = _result(writer, "total" if factor == 1 else f"{factor!r} * total", started)
    functions = tuple(sorted(writer.infix.functions))
    header = f"def batch({', '.join(['rows', 'parameters', *[f'{name}={name}' for name in functions]])}):"
    return BatchText(functions, header, body, result, loops)


def _loop(writer: ProgramWriter, pushes: Sequence[Push], started: set[Written]) -> None:
    """Escreve o laço: o valor e as parcelas de gradiente que mudam de uma linha de dados para outra."""
    plan = writer.plan
    writer.enter(f"for {_target(plan.inputs)} in rows:")
    writer.infix.uses.update(plan.inputs)
    writer.forward(moving=True)
    if plan.output in plan.varying:
        writer.need([plan.output])
        writer.line(f"total += {writer.text(plan.output)}")
    writer.backward(pushes, {*started})
    writer.leave()


def _frequent_first(writer: ProgramWriter) -> list[str]:
    """As linhas que põem entre as 256 primeiras variáveis as mais usadas.

    O Python acha as 256 primeiras variáveis de uma função com uma instrução só, e as outras com duas; o que conta é a
    ordem em que aparecem no texto. Com poucas variáveis elas não são precisas.
    """
    ours = {*writer.plan.inputs, *writer.leading}
    if len(ours) + len(writer.plan.parameters) <= _FEW:
        return []
    often = [name for name, times in writer.infix.uses.most_common() if name in ours and times > 4][: _FEW // 2]
    return [f"    {line}" for line in zeroed(often)]


def _moves(push: Push, plan: Plan) -> bool:
    """Verdadeiro se a parcela, ou a condição ou a variável dela, muda de uma linha de dados para outra."""
    return any(expression in plan.varying for expression in (push.part, push.target, *push.region))


def _result(writer: ProgramWriter, value: str, started: set[Written]) -> str:
    """A linha que devolve o valor e os gradientes."""
    plan = writer.plan
    missing = {result for result in plan.results if result in plan.sums and result not in started}
    texts = ["0.0" if result in missing else writer.text(result) for result in plan.results]
    return f"    return {value}, {_tuple(texts)}"


def _unpacked(names: Sequence[str], source: str) -> list[str]:
    return [f"    {_target(names)} = {source}"] if names else []


def _target(names: Sequence[str]) -> str:
    return f"({names[0]},)" if len(names) == 1 else ", ".join(names) or "()"


def _tuple(texts: Sequence[str]) -> str:
    return f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"

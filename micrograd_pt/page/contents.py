"""O que a página sabe de um grafo, como dados: nós, contas, fórmulas com lacunas e a ordem dos passos."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from micrograd_pt.given import shorten
from micrograd_pt.graph import Node
from micrograd_pt.lesson import Derivative, Formula, Lesson, Number, changed, forward_formula, product, slope_formula
from micrograd_pt.page.mathml import MathWriter
from micrograd_pt.page.operations import Rules
from micrograd_pt.written import Written


def graph_contents(lesson: Lesson, rules: Rules) -> dict[str, Any]:
    """O grafo de uma lição, pronto para virar JSON.

    Args:
        lesson: a lição.
        rules: onde as regras que o grafo usa são escritas.

    Returns:
        `nodes`, na ordem do grafo; `backward`, os nós na ordem do passo para trás; `parameters`, as folhas que se
        treinam.

    Raises:
        CompileError: uma operação que não se pode escrever.
        ValueError: um número que não cabe num float.
    """
    graph = lesson.graph
    writer = MathWriter(graph.root, lesson.digits, lesson.lang)
    return {
        "nodes": [_node(node, writer, rules) for node in graph.nodes],
        "backward": [step.node.index for step in lesson.backward],
        "parameters": _parameters(lesson),
    }


def _parameters(lesson: Lesson) -> list[int]:
    """As folhas que se treinam: as atualizadas na lição; sem taxa de aprendizado, as que ela explica."""
    steps = lesson.updates or [step for step in lesson.backward if step.node.is_leaf]
    return sorted([step.node.index for step in steps])


def _node(node: Node, writer: MathWriter, rules: Rules) -> dict[str, Any]:
    contents: dict[str, Any] = {"name": node.name, "math": writer.name(node), "rule": None, "args": []}
    if node.op is None:
        return {**contents, "value": as_json(node.data, node.name)}
    formula = forward_formula(node)
    return {
        **contents,
        "rule": rules.key(node),
        "args": [arg.index if isinstance(arg, Node) else {"constant": as_json(arg, node.name)} for arg in node.inputs],
        "title": node.op.title,
        "symbol": node.op.symbol,
        "formula": [writer.symbols(formula), writer.numbers(formula)],
        **_slopes(node, writer, rules),
    }


def _slopes(node: Node, writer: MathWriter, rules: Rules) -> dict[str, Any]:
    """As derivadas locais de um nó: por variante e por argumento, a parcela da regra da cadeia e a derivada só."""
    slopes = rules.slopes(node)
    leaves: dict[int, Node] = {id(slopes.result): node}
    for leaf, arg in zip(slopes.args, node.inputs, strict=True):
        if leaf is not None:
            leaves[id(leaf)] = arg
    variants = [
        [
            None if slope is None or not isinstance(arg, Node) else _term(node, arg, _formula(slope, leaves), writer)
            for slope, arg in zip(variant, node.inputs, strict=True)
        ]
        for variant in slopes.variants
    ]
    unwritten = [_term(node, arg, None, writer) if isinstance(arg, Node) else None for arg in node.inputs]
    return {"pick": slopes.pick, "slopes": variants or [unwritten]}


def _term(user: Node, arg: Node, slope: Formula | None, writer: MathWriter) -> list[str]:
    """A parcela em símbolos e em números, e a derivada local em símbolos e em números.

    Uma derivada que não se escreve por extenso aparece como ∂user/∂arg.
    """
    upstream = Derivative(writer.output, user, 0)
    local = Derivative(user, arg, 0) if slope is None else slope
    term = product([upstream, local], chain=True)
    return [writer.symbols(term), writer.term(term), writer.symbols(local), writer.numbers(local)]


def _formula(slope: Any, leaves: Mapping[int, Node]) -> Formula | None:
    """A derivada por extenso; None se ela é comprida demais para se ler."""
    formula = slope_formula(slope, leaves)
    return None if _is_unreadable(formula) else formula


def _is_unreadable(formula: Formula) -> bool:
    """Verdadeiro se alguma parte ficou só como número, e esse número não se conhece."""
    found: list[bool] = []

    def look(part: Formula) -> Formula:
        if isinstance(part, Number) and isinstance(part.value, Written):
            found.append(True)
        return changed(part, look)

    look(formula)
    return bool(found)


def as_json(number: Any, name: str) -> float | str:
    """Um número como float; o que JSON não tem, como texto.

    Raises:
        ValueError: não cabe num float.
    """
    try:
        real = float(number)
    except OverflowError:
        raise ValueError(
            f"a página calcula com float, e {name} vale {shorten(number)}, que não cabe num: use um número menor"
        ) from None
    return real if math.isfinite(real) else str(real)

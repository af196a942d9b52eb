"""A lição como texto para um terminal de 100 colunas."""

from __future__ import annotations

from micrograd_pt.catalog import sentence
from micrograd_pt.lesson.formula import product, total
from micrograd_pt.lesson.steps import BackwardStep, ForwardStep, Lesson, Part, UpdateStep
from micrograd_pt.notation import number, printable

WIDTH = 100
_MOST = 400  # passos mostrados de um grafo grande


def render(lesson: Lesson) -> str:
    """A lição inteira: dados, passo para frente, passo para trás e atualização, os que ela tem."""
    sections = []
    if len(lesson.forward) > _MOST:
        sections.append(sentence("lesson.large", lesson.lang, nodes=len(lesson.graph), shown=_MOST))
    if lesson.forward:
        sections.append(render_forward(lesson))
    if lesson.backward:
        sections.append(render_backward(lesson))
    if lesson.updates:
        sections.append(render_updates(lesson))
    return "\n\n".join(sections)


def render_forward(lesson: Lesson) -> str:
    """O passo para frente: cada nó em símbolos, depois em números, depois o resultado."""
    lines = [heading(sentence("forward.title", lesson.lang))]
    lines += [_forward(step, lesson.digits) for step in lesson.forward[-_MOST:]]
    return "\n".join(lines)


def render_backward(lesson: Lesson) -> str:
    """O passo para trás: o gradiente que vem de cima vezes a derivada local, somado sobre os caminhos."""
    lines = [heading(sentence("backward.title", lesson.lang)), f"  {sentence('backward.how', lesson.lang)}", ""]
    lines += [_backward(step, lesson) for step in lesson.backward[:_MOST]]
    return "\n".join(lines)


def render_updates(lesson: Lesson) -> str:
    """A atualização de cada parâmetro."""
    rate = number(lesson.updates[0].learning_rate, lesson.digits)
    lines = [heading(sentence("update.title", lesson.lang, rate=rate))]
    lines += [_update(step, lesson) for step in lesson.updates]
    return "\n".join(lines)


def heading(text: str) -> str:
    """Um título sublinhado."""
    return f"{text}\n{'-' * len(printable(text))}"


def _forward(step: ForwardStep, digits: int) -> str:
    result = number(step.result, digits)
    return _chain(step.node.name, [step.formula, step.numbers, result])


def _backward(step: BackwardStep, lesson: Lesson) -> str:
    name = _gradient(lesson, step.node.name)
    value = number(step.gradient, lesson.digits)
    if not step.parts:
        return f"  {name} = {value}   ({sentence('backward.start', lesson.lang)})"
    live = [part for part in step.parts if part.local_formula is not None]
    if not live:
        return f"  {name} = {value}   ({sentence('backward.closed', lesson.lang)})"
    symbols = [_symbols(part, lesson) for part in live]
    numbers = [_numbers(part, lesson.digits) for part in live]
    products = [number(part.contribution.product, lesson.digits) for part in live]
    middle = [total(products)] if len(live) > 1 else []
    return _chain(name, [total(symbols), total(numbers), *middle, value])


def _symbols(part: Part, lesson: Lesson) -> str:
    upstream = _gradient(lesson, part.contribution.user.name)
    return upstream if part.local_formula == "1" else product([upstream, part.local_formula or ""])


def _numbers(part: Part, digits: int) -> str:
    upstream = number(part.contribution.upstream, digits)
    return upstream if part.local_formula == "1" else product([upstream, part.local_numbers or ""])


def _update(step: UpdateStep, lesson: Lesson) -> str:
    name = step.node.name
    rate, old = number(step.learning_rate, lesson.digits), number(step.node.data, lesson.digits)
    gradient = number(step.gradient, lesson.digits)
    symbols = f"{name} - α · {_gradient(lesson, name)}"
    return _chain(name, [symbols, f"{old} - {product([rate, gradient])}", number(step.result, lesson.digits)], "←")


def _gradient(lesson: Lesson, name: str) -> str:
    return f"∂{lesson.graph.root.name}/∂{name}"


def _chain(name: str, sides: list[str], sign: str = "=") -> str:
    """nome = lado = lado = …, numa linha se cabe, senão um lado por linha; lados iguais não se repetem."""
    different = [side for place, side in enumerate(sides) if place == 0 or side != sides[place - 1]]
    line = f"  {name} {sign} {' = '.join(different)}"
    if len(line) <= WIDTH:
        return line
    indent = " " * (len(name) + 3)
    lines = [f"  {name} {sign} {different[0]}", *(f"{indent}= {side}" for side in different[1:])]
    return "\n".join(piece for line in lines for piece in _folded(line, len(indent) + 2))


def _folded(line: str, indent: int) -> list[str]:
    """A linha cortada nos sinais de + e -, para caber na largura."""
    pieces = []
    start = indent
    while len(line) > WIDTH:
        cut = max(line.rfind(" + ", start, WIDTH), line.rfind(" - ", start, WIDTH))
        if cut < 0:
            cut = min((found for found in (line.find(" + ", start), line.find(" - ", start)) if found >= 0), default=-1)
        if cut < 0:
            break
        pieces.append(line[:cut])
        line = " " * (indent + 2) + line[cut + 1 :]
        start = indent + 4  # depois do sinal que agora começa a linha
    return [*pieces, line]

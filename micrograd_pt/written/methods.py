"""O que existe só pela velocidade: a tabela e a regra da cadeia outra vez, escritas por extenso.

De cada linha da tabela se escrevem em Python, na primeira vez em que servem, o método que faz o nó e a entrega do
gradiente aos argumentos, com as fórmulas dela. É um atalho para o caso comum, em que tudo é `float`: o resto, e todo
erro, fica com `engine`, e os dois dão o mesmo. Quem troca uma regra da tabela fica com `engine` para tudo.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache, partialmethod
from typing import Any

from micrograd_pt import engine, ops
from micrograd_pt.engine import Value
from micrograd_pt.ops import BUILT_IN, Operation
from micrograd_pt.threads import PAUSES
from micrograd_pt.written.expressions import Book, opened
from micrograd_pt.written.infix import spelled

PLAIN: dict[str, Any] = {name: method for name, method in vars(Value).items() if hasattr(method, "operation")}
OWN: set[Any] = set(PLAIN.values())
"""Os métodos do pacote, e não os que alguém pôs no lugar deles."""
_WIDEST, _ERRORS = 64, (ArithmeticError, ValueError, TypeError)  # 64 parcelas por extenso, no máximo
_WORLD = {"Value": Value, "ERRORS": _ERRORS, "PAUSES": PAUSES, "new": object.__new__}
_METHOD = """
def method(self, {others}):
    {own} = self.data
    {given}
    if {common} and not PAUSES:
        try:
            data = {value}
        except ERRORS:
            return plain(self, {others})
        if {real}:
            node = new(Value)
            node.data = data
            node.grad = 0
            node.label = ""
            node.op = operation
            node._first = {first}
            node._second = {second}
            node._first_data = x
            node._second_data = {y}
            return node
    return plain(self, {others})"""
_SWEEP = """
def sweep(received):
    for node, upstream in reversed(received.items()):
        operation = node.op
        if upstream is None:
            received[node] = 0
{common}
        elif operation is not None:
            operation.send(node, upstream, received)
    return received"""
_SUM = """
def weighted(nodes, numbers):
    {nodes}, = nodes
    {numbers}, = numbers
    own = {weights}, = {data},
    return own, 0 + {value}"""


@cache
def written_method(name: str) -> Any:
    """O método de `Value` com esse nome, com a fórmula da linha por extenso."""
    book, operation = Book(), PLAIN[name].operation
    value = spelled(book.apply(operation, [book.name(letter) for letter in "xy"[: operation.arity]]))
    holes = {"others": "*extra", "own": "x", "given": "", "common": "type(x) is float and not extra", "real": "True"}
    holes |= {"first": "self", "second": "None", "y": "data"}
    if operation.arity == 2:
        own, given = "yx" if name.startswith("__r") else "xy"
        holes |= {"others": "other", "own": own, "given": f"{given} = other.data if type(other) is Value else other"}
        holes |= {"common": f"type({own}) is float and (type({given}) is float or type({given}) is int)", "y": "y"}
        first, second = ("self", "other") if own == "x" else ("other", "self")
        holes |= {"real": "type(data) is float", "first": first, "second": second}
    made = _defined(_METHOD.format(value=value, **holes), "method", plain=PLAIN[name], operation=operation)
    made.__qualname__ = f"Value.{name}"
    OWN.add(made)
    return made


def written_sending(operation: Operation) -> list[str]:
    """As linhas que somam ao gradiente de cada argumento de `node` a parte que lhe cabe de `upstream`.

    Onde a derivada usa o resultado, confere-se antes que ele ainda é o do passo para frente.
    """
    book, lines = Book(), list[str]()
    upstream, result = book.name("upstream"), book.name("node.data")
    args = [book.name(f"node.{field}_data") for field in ("_first", "_second")[: operation.arity]]
    for place, slope in enumerate(book.slopes(operation, result, args, [True] * len(args))):
        condition, slope = opened(slope)
        if slope is None:
            continue
        part = book.multiply(upstream, slope)
        inner = [] if part is upstream else [f"part = {spelled(part)}"]
        name = "part" if inner else "upstream"
        inner += ["before = received[arg]", f"received[arg] = {name} if before is None else before + {name}"]
        if condition is not True:
            inner = _under(f"if {spelled(condition)}:", inner)
        lines.append(f"arg = node.{('_first', '_second')[place]}")
        uses_result = any("node.data" in line for line in inner)
        if uses_result:
            own = "node._second_data" if len(args) == 1 else spelled(book.apply(operation, args))
            inner = [f"if node.data is not {own} and node.data != {own}:", "    raise ValueError", *inner]
        lines += inner if len(args) == 1 else _under("if isinstance(arg, Value):", inner)
    return lines


@cache
def written_sweep() -> Any:
    """A regra da cadeia, com as linhas mais comuns por extenso."""
    rows = {row.name: row for row in (ops.mul, ops.add, ops.sub, ops.relu)}
    branches = [_under(f"elif operation is {name}:", written_sending(row), 8) for name, row in rows.items()]
    return _defined(_SWEEP.format(common="\n".join(map("\n".join, branches))), "sweep", **rows)


@cache
def written_sum(width: int) -> Any:
    """A função que dá os números dos pesos e a soma ponderada deles, com a fórmula da linha por extenso."""
    book = Book()
    nodes, weights, numbers = ([f"{letter}{place}" for place in range(width)] for letter in "vwx")
    holes = {"nodes": nodes, "weights": weights, "numbers": numbers, "data": [f"{node}.data" for node in nodes]}
    value = spelled(book.apply(ops.weighted_sum, [book.name(name) for name in (*weights, *numbers)]))
    return _defined(_SUM.format(value=value, **{hole: ", ".join(names) for hole, names in holes.items()}), "weighted")


def weighted_sum(weights: Sequence[Value], inputs: Sequence[Any], numbers: Sequence[Any]) -> Value:
    """O nó de w₁·x₁ + … + wₙ·xₙ, como `Value.record` o faria; `numbers` é o que as entradas valem, já separado.

    Raises:
        ValueError: não são tantos pesos quantas entradas.
    """
    if engine.shortcut is not None and not PAUSES and 0 < len(weights) <= _WIDEST:
        try:
            own, data = written_sum(len(weights))(weights, numbers)
        except (*_ERRORS, AttributeError):  # um peso pode ser um número
            data = None
        if type(data) is float:  # o resultado só é um float se todos são números comuns
            node = object.__new__(Value)
            node.data, node.grad, node.label, node.op = data, 0, "", ops.weighted_sum
            node._first, node._first_data = (*weights, *inputs), (*own, *numbers)
            node._second, node._second_data = None, data
            return node
    if len(weights) != len(inputs):
        raise ValueError(f"{len(weights)} pesos e {len(inputs)} entradas")
    return Value.record(ops.weighted_sum, *weights, *inputs)


def _send_products(node: Value, upstream: Any, received: dict[Value, Any]) -> None:
    """Numa soma ponderada, a derivada em relação a cada peso é a sua entrada, e vice-versa."""
    args, numbers = node._first, node._first_data
    half = len(args) // 2
    for arg, local in zip(args, numbers[half:] + numbers[:half], strict=True):
        if isinstance(arg, Value):
            before = received[arg]
            received[arg] = upstream * local if before is None else before + upstream * local


def _send(operation: Operation, node: Value, upstream: Any, received: dict[Value, Any]) -> None:
    """Entrega aos argumentos o que um nó recebeu; de uma linha do pacote, escreve por extenso como, para a próxima."""
    if operation.arity in (1, 2) and operation.name in BUILT_IN:
        lines = _under("def send(node, upstream, received):", written_sending(operation))
        operation.__dict__["send"] = send = _defined("\n".join(lines), "send")
        send(node, upstream, received)
        return
    rules, numbers = operation.partials, node.args_data
    own = node._second_data if operation.arity == 1 or type(node._first) is tuple else node.data
    if node.data is not own and node.data != own:
        raise ValueError  # quem compara com mais cuidado é `engine`
    slopes = [rule(node.data, *numbers) for rule in rules] if isinstance(rules, tuple) else rules(node.data, *numbers)
    for arg, local in zip(node.args, slopes, strict=True):
        if isinstance(arg, Value) and local is not None:
            part, before = upstream * local, received[arg]
            received[arg] = part if before is None else before + part


def _shortcut(order: dict[Any, Any], start: Any) -> Any:
    """O atalho da regra da cadeia; None onde os números não são `float`, e onde há um erro a explicar."""
    root = next(reversed(order))
    if type(start) is not float or not isinstance(root, Value):
        return None
    order[root] = start
    try:
        return written_sweep()(order)
    except (*_ERRORS, AttributeError):
        return None


def _at_first_use(self: Value, name: str, *others: Any, **named: Any) -> Any:
    """Um método que, da primeira vez, se escreve por extenso e fica no próprio lugar, se ninguém pôs ali outro."""
    method = PLAIN[name] if engine.shortcut is None else written_method(name)
    if vars(Value)[name] in OWN:
        setattr(Value, name, method)
    return method(self, *others, **named)


def _set_rule(operation: Operation, name: str, rule: Any) -> None:
    """Troca um campo de uma linha; se é uma regra do pacote, o que se escreveu dela já não vale."""
    if name in ("value", "partials") and hasattr(operation, name) and operation.name in BUILT_IN:
        engine.shortcut = None
        for method, plain in PLAIN.items():
            if vars(Value)[method] in OWN:
                setattr(Value, method, plain)
    object.__setattr__(operation, name, rule)


def _under(head: str, lines: Sequence[str], indent: int = 0) -> list[str]:
    return [f"{' ' * indent}{line}" for line in (head, *[f"    {line}" for line in lines])]


def _defined(text: str, name: str, **names: Any) -> Any:
    """A função desse nome, definida pelo texto; nele não entra nada de fora."""
    exec(text, world := {**vars(math), **_WORLD, **names})
    return world[name]


engine.shortcut = _shortcut
ops.weighted_sum.__dict__["send"] = _send_products
setattr(Operation, "send", _send)  # noqa: B010
setattr(Operation, "__setattr__", _set_rule)  # noqa: B010
for _name in PLAIN:
    OWN.add(_waiting := partialmethod(_at_first_use, _name))
    setattr(Value, _name, _waiting)

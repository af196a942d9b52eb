"""Um nó montado à mão, `Value(t, (self,), "sig")` com o seu `_backward`: por que não serve, e a linha que o substitui.

A regra já está escrita no método de quem chama: a conta do valor, e o que se soma a `self.grad`. Ela é lida ali e posta
na forma de uma linha da tabela, que a mensagem mostra pronta para copiar.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import keyword
import math
import re
import textwrap
from collections.abc import Collection, Sequence
from itertools import permutations
from types import FrameType
from typing import Any, NamedTuple

from micrograd_pt.engine import Value
from micrograd_pt.given import shorten
from micrograd_pt.ops import BUILT_IN, TABLE

_OURS = __name__.partition(".")[0]
_LETTERS = "xabcd"


def named_by_micrograd(node: Any, data: Any, label: Any, sign: Any, name: Any, children: Any) -> str:
    """O rótulo dado como no micrograd, `Value(2.0, (), "", "x")`; o sinal fica em `_op`.

    Args:
        node: o nó que se faz.
        data: o número dele.
        label: o segundo argumento: o rótulo, ou os filhos.
        sign: o que `_op` mostra.
        name: o rótulo, se o segundo argumento são os filhos.
        children: os filhos, dados pelo nome.

    Raises:
        TypeError: há filhos, ou um texto não é um.
    """
    if isinstance(label, (tuple, list, set, frozenset)):
        label, children = "", children or label
    for text, what in ((label, "label"), (sign, "_op"), (name, "name")):
        if not isinstance(text, str):
            raise TypeError(f"{what} espera um texto, e recebeu {shorten(text)} ({type(text).__name__})")
    if children:
        raise made_by_hand(sign, data, children)
    if sign:
        node._op = sign
    return str(label or name)


def made_by_hand(sign: str = "", data: Any = None, children: Collection[Any] = ()) -> TypeError:
    """O erro de quem monta um nó à mão, com a linha da tabela que faz o mesmo.

    Args:
        sign: o que o nó mostraria em `_op`; vazio se quem o monta o diz no seu texto.
        data: o número do nó, com que se confere a regra que se leu.
        children: os filhos.
    """
    sign, rule = _read_caller(sign, data, children)
    known = sign.lower()
    if known in BUILT_IN and hasattr(Value, known) and not keyword.iskeyword(known):
        what = f"a tabela já tem {known}: se é essa a conta, use x.{known}()"
        shown = f"from micrograd_pt import {known}\ny = {known}(x)"
    else:
        usable = sign.isidentifier() and not keyword.iskeyword(sign) and not hasattr(builtins, sign)
        name = sign if usable and sign not in BUILT_IN else "f"
        what = f"em vez de filhos e de um _backward, escreva a regra como uma linha da tabela, e use {name}(...)"
        shown = _row(name, sign or name, rule, len(children) or 1)
    return TypeError(
        "quem liga um nó aos seus filhos são as operações, porque só elas sabem a derivada; "
        f"{what}:\n\n{textwrap.indent(shown, '    ')}\n"
    )


class HandMade(NamedTuple):
    """O que se leu do método de quem chama: o sinal, o valor, as derivadas e os nomes dos argumentos."""

    sign: str
    value: str
    slopes: list[str]
    letters: str


def _row(name: str, sign: str, rule: HandMade | None, count: int) -> str:
    """A chamada a `operation` com essa regra; um exemplo com tantos argumentos, se não há uma."""
    letters = _LETTERS[:1] if count == 1 else _LETTERS[1 : 1 + count]
    value, slopes = ("x * x", ["2 * x"]) if count == 1 else (" + ".join(letters), ["1"] * count)
    if rule:
        value, slopes, letters = rule.value, rule.slopes, rule.letters
    rules = "".join([f", lambda y, {', '.join(letters)}: {slope}" for slope in slopes])
    made = f'{name} = operation("{name}", "{sign}", lambda {", ".join(letters)}: {value}{rules})'
    used = [row for row in BUILT_IN if re.search(rf"\b{row}\(", made)]
    made = f"from micrograd_pt import {', '.join(sorted([*used, 'operation']))}\n{made}"
    return made if rule else f"{made}  # aqui a sua conta, e cada derivada pelo resultado y e pelos argumentos"


def _read_caller(sign: str, data: Any, children: Collection[Any]) -> tuple[str, HandMade | None]:
    """O sinal e a regra do método de quem chama; None se ela não se deixa ler, ou não dá o que o método deu."""
    frame = inspect.currentframe()
    while frame is not None and _is_ours(frame):
        frame = frame.f_back
    try:
        rule = None if frame is None or frame.f_code.co_name == "<module>" else _rule(frame)
    except (OSError, TypeError, SyntaxError, ValueError, LookupError, RecursionError):  # sem o texto, ou de outra forma
        rule = None
    sign = sign or (rule.sign if rule else "")
    orders = permutations(children) if isinstance(children, (set, frozenset)) else [children]
    return sign, rule if rule is not None and any([_holds(rule, data, [*one]) for one in orders]) else None


def _holds(rule: HandMade, data: Any, children: Sequence[Any]) -> bool:
    """Verdadeiro se a regra lida dá o número que o método deu, e as derivadas são as dela, por diferenças."""
    names: dict[str, Any] = {name: TABLE[name] for name in BUILT_IN} | {"abs": abs, "__builtins__": {}}
    given = ", ".join(rule.letters)
    try:
        value = eval(f"lambda {given}: {rule.value}", names)
        slopes = [eval(f"lambda y, {given}: {slope}", names) for slope in rule.slopes]
        here = [float(child.data) for child in children]
        y = value(*here)
        if not (len(here) == len(slopes) and math.isclose(y, float(data), rel_tol=1e-9, abs_tol=1e-12)):
            return False
        for place, slope in enumerate(slopes):
            step = 1e-6 * max(1.0, abs(here[place]))
            ahead, behind = ([*here[:place], here[place] + side, *here[place + 1 :]] for side in (step, -step))
            measured = (value(*ahead) - value(*behind)) / (2 * step)
            if not math.isclose(slope(y, *here), measured, rel_tol=1e-4, abs_tol=1e-6):
                return False
    except Exception:  # a regra não se deixa calcular
        return False
    return True


def _is_ours(frame: FrameType) -> bool:
    """Verdadeiro no pacote, e no `__init__` de uma subclasse, que só passa adiante o que recebeu."""
    return frame.f_globals.get("__name__", "").partition(".")[0] == _OURS or frame.f_code.co_name == "__init__"


def _rule(frame: FrameType) -> HandMade | None:
    """A regra, do texto da função que está sendo executada."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(frame.f_code)))
    if not _is_straight(tree):
        return None
    made = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and _children(node.value)]
    if not made or not isinstance(made[0].targets[0], ast.Name):
        return None
    call = made[0].value
    assert isinstance(call, ast.Call)
    children, result = _children(call), made[0].targets[0].id
    letters = _LETTERS[: len(children)] if len(children) == 1 else _LETTERS[1 : 1 + len(children)]
    known: dict[str, ast.expr] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            known.setdefault(node.targets[0].id, node.value)
    known.pop(result)
    reader = _Reader(dict(zip(children, letters, strict=True)), result, known)
    value = call.args[0] if call.args else next(one.value for one in call.keywords if one.arg == "data")
    written = ast.unparse(reader.visit(value))
    if isinstance(value, ast.Name):  # t = …; out = Value(t, …): nas derivadas, t é o resultado
        known[value.id] = ast.Name("y")
    parts: dict[str, ast.expr] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.AugAssign):
            assert isinstance(node.target, ast.Attribute) and isinstance(node.target.value, ast.Name)
            name, part = node.target.value.id, node.value
            slope = _without_upstream(part, result)
            slope = ast.UnaryOp(ast.USub(), slope) if isinstance(node.op, ast.Sub) else slope
            parts[name] = ast.BinOp(parts[name], ast.Add(), slope) if name in parts else slope
    shown = [ast.unparse(reader.visit(parts[child])) for child in children]
    given = [
        one.value
        for one in (*call.args[2:3], *[key.value for key in call.keywords if key.arg == "_op"])
        if isinstance(one, ast.Constant)
    ]
    return HandMade(str(given[0]) if given else "", written, shown, letters)


_STRAIGHT = (ast.FunctionDef, ast.Assign, ast.AugAssign, ast.Return, ast.Assert, ast.Expr, ast.Import, ast.ImportFrom)


def _is_straight(tree: ast.Module) -> bool:
    """Verdadeiro se o método é só contas em fila: nenhum `if`, laço ou nome que se troca, e a cada grad só se soma."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not isinstance(node, _STRAIGHT):
            return False
        if isinstance(node, (ast.IfExp, ast.NamedExpr, ast.Lambda, ast.comprehension)):
            return False
        if isinstance(node, ast.AugAssign):
            grad = isinstance(node.target, ast.Attribute) and node.target.attr == "grad"
            if not (grad and isinstance(node.op, (ast.Add, ast.Sub)) and isinstance(node.target.value, ast.Name)):  # type: ignore[union-attr]
                return False
        if isinstance(node, ast.Assign):
            names += [name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)]
            if any(isinstance(target, ast.Attribute) and target.attr == "grad" for target in node.targets):
                return False
    stored = [name for name in names if name != "self"]
    return all(stored.count(name) == 1 or f"{name}._backward" in ast.unparse(tree) for name in stored)


def _children(call: ast.expr) -> list[str]:
    """Os nomes dos filhos, se isto é um `Value(..., (a, b), ...)`."""
    if not isinstance(call, ast.Call):
        return []
    given = call.args[1:2] + [one.value for one in call.keywords if one.arg == "_children"]
    held = given[0].elts if given and isinstance(given[0], (ast.Tuple, ast.List, ast.Set)) else []
    return [node.id for node in held if isinstance(node, ast.Name)]


def _without_upstream(part: ast.expr, result: str) -> ast.expr:
    """A derivada local: o que se soma ao gradiente, sem o fator `out.grad`.

    Raises:
        ValueError: o gradiente de cima não é um fator.
    """
    if _is_field(part, result, "grad"):
        return ast.Constant(1)
    if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult):
        for one, other, place in ((part.left, part.right, "right"), (part.right, part.left, "left")):
            if _is_field(one, result, "grad"):
                return other
            if isinstance(one, ast.BinOp) and _names_gradient(one, result):
                inner = _without_upstream(one, result)
                left, right = (inner, other) if place == "right" else (other, inner)
                return (
                    other
                    if isinstance(inner, ast.Constant) and inner.value == 1
                    else ast.BinOp(left, ast.Mult(), right)
                )
    if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div) and _names_gradient(part.left, result):
        return ast.BinOp(_without_upstream(part.left, result), ast.Div(), part.right)
    if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub):
        return ast.UnaryOp(ast.USub(), _without_upstream(part.operand, result))
    raise ValueError("o gradiente de cima não é um fator")


def _names_gradient(part: ast.expr, result: str) -> bool:
    return any(_is_field(node, result, "grad") for node in ast.walk(part))


def _is_field(node: ast.AST, name: str, field: str) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == field
        and isinstance(node.value, ast.Name)
        and node.value.id == name
    )


class _Reader(ast.NodeTransformer):
    """Troca `self.data` pelo argumento, `out.data` por y, um nome local pela conta dele, e `math.f` por `f`."""

    def __init__(self, letters: dict[str, str], result: str, known: dict[str, ast.expr]) -> None:
        self.letters, self.result, self.known = letters, result, known

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if isinstance(node.value, ast.Name):
            if node.attr == "data" and node.value.id in self.letters:
                return ast.Name(self.letters[node.value.id])
            if node.attr == "data" and node.value.id == self.result:
                return ast.Name("y")
            if node.value.id in ("math", "np", "numpy"):
                return ast.Name(node.attr)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self.known:
            return node
        known = self.known.pop(node.id)
        try:
            found: ast.expr = self.visit(known)
        finally:
            self.known[node.id] = known
        return found

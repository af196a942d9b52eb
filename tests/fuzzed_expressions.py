"""Expressões sorteadas: as bem formadas, com o que o próprio Python calcula, e as estragadas de mil maneiras."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Any

import micrograd_pt
from micrograd_pt.parsing.vocabulary import function, function_names

NAMES = ("w", "x", "b", "w1", "x2", "y_1", "θ", "é", "alfa")
NAMESPACE: dict[str, Any] = {
    **{name: getattr(micrograd_pt, name) for name in function_names() if hasattr(micrograd_pt, name)},
    "pi": math.pi,
    "__builtins__": {},
}
FUNCTIONS = tuple(name for name in NAMESPACE if function(name) is not None and name not in ("softmax", "where"))

# O que o Python escreve de um modo e o leitor pode escrever de outro.
_TYPOGRAPHIC = {"-": ("-", "-", "-", "−", "–"), "*": ("*", "*", "*", "·", "×"), "/": ("/", "/", "÷")}

# Sinais que um dedo, um processador de textos ou alguém mal-intencionado pode pôr no meio de uma expressão.
NOISE = [
    *"()[]{},;.=<>+-*/%^~!?@#$&|\\\"'`:_ \t\n\r\0",
    *"0123456789eEjxXabw",
    *"²³₁½πσ∂√∞−·×÷≤≥≠…“”«»º",
    "**", "//", "==", "!=", ":=", "<=", "->", "...", "lambda ", " if ", " else ", " for ", " in ", "not ", "import ",
    "__class__", "__import__('os')", "f''", "b''", "None", "True", "exec(", "eval(", "open(", "9**9**9", "1e999",
    "99999999999999999999", "\ud800", "\udfff", "\u200b", "\u202e", "\ufeff", "\x1b[2J", "e\u0301", "１", "٣", "ｘ",
    "𝐱", "名", "🙂", "sen(", "sigmoide(", "softmax(", "where(", "maximum(", "dot([", "mean([",
]  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """Uma expressão bem formada.

    Attributes:
        text: como um leitor a escreveria.
        python: como o Python a escreve; as partes com nome, e por último a conta.
        values: o valor de cada nome.
    """

    text: str
    python: tuple[str, ...]
    values: dict[str, float]

    def computed(self) -> float:
        """O que o Python calcula, com as funções do pacote aplicadas a números."""
        names = {**NAMESPACE, **self.values}
        for part in self.python[:-1]:
            exec(part, names)
        return float(eval(self.python[-1], names))


def drawn(draw: random.Random, depth: int = 4) -> Drawn:
    """Uma expressão bem formada, com até três partes com nome antes da conta."""
    used: set[str] = set()
    parts: list[tuple[str, str]] = []
    assigned: list[str] = []
    for place in range(draw.choice((0, 0, 0, 1, 2, 3))):
        text, python = _number(draw, depth - 1, assigned[-1:], used)
        if assigned:  # cada parte usa a anterior, e nenhuma fica sem uso
            text, python = f"{assigned[-1]} + {text}", f"{assigned[-1]} + {python}"
        assigned.append(f"z{place}")
        parts.append((f"z{place} = {text}", f"z{place} = {python}"))
    text, python = _number(draw, depth, assigned[-1:], used)
    if assigned:
        text, python = f"{assigned[-1]}*({text})", f"{assigned[-1]}*({python})"
    parts.append((text, python))
    separator = draw.choice(("; ", ";", "\n", " ; \n"))
    values = {name: draw.choice((draw.uniform(-3, 3), float(draw.randint(-3, 3)))) for name in sorted(used)}
    return Drawn(separator.join(part[0] for part in parts), tuple(part[1] for part in parts), values)


def _number(draw: random.Random, depth: int, locals_: list[str], used: set[str]) -> tuple[str, str]:
    """Uma conta, como o leitor e como o Python a escrevem."""
    kind = draw.random()
    if depth <= 0 or kind < 0.2:
        return _leaf(draw, locals_, used)

    def below() -> tuple[str, str]:
        return _number(draw, depth - 1, locals_, used)

    if kind < 0.55:
        (left, python_left), (right, python_right) = below(), below()
        sign = draw.choice(("+", "-", "*", "/", "**", "+", "-", "*"))
        space = draw.choice(("", " ", "  "))
        shown = draw.choice(_TYPOGRAPHIC.get(sign, (sign,)))
        return f"{left}{space}{shown}{space}{right}", f"{python_left}{sign}{python_right}"
    if kind < 0.62:
        text, python = below()
        sign = draw.choice("+-")
        return f"{sign}{text}", f"{sign}{python}"
    if kind < 0.75:
        text, python = below()
        return f"({text})", f"({python})"
    if kind < 0.80:
        parts = [below() for _ in range(4)]
        sign = draw.choice(("<", "<=", ">", ">="))
        text, python = (f"where({a} {sign} {b}, {c}, {d})" for a, b, c, d in zip(*parts, strict=True))
        return text, python
    name = draw.choice(FUNCTIONS)
    wants = function(name).wants  # type: ignore[union-attr]
    if wants is not None and "list" in wants:
        size = draw.randint(1, 3)
        lists = [[below() for _ in range(size)] for _ in wants]
        soft = draw.random() < 0.1
        written = [", ".join("[" + ", ".join(item[way] for item in items) + "]" for items in lists) for way in (0, 1)]
        if soft:
            written = [f"softmax({items})" if len(wants) == 1 else items for items in written]
        return f"{name}({written[0]})", f"{name}({written[1]})"
    arguments = [below() for _ in (wants or range(draw.randint(1, 3)))]
    return tuple(f"{name}(" + ", ".join(argument[way] for argument in arguments) + ")" for way in (0, 1))  # type: ignore[return-value]


def _leaf(draw: random.Random, locals_: list[str], used: set[str]) -> tuple[str, str]:
    kind = draw.random()
    if kind < 0.55:
        name = draw.choice(NAMES)
        used.add(name)
        return name, name
    if kind < 0.6 and locals_:
        return locals_[0], locals_[0]
    if kind < 0.65:
        return draw.choice((("pi", "pi"), ("π", "pi")))
    text = draw.choice((f"{draw.uniform(0, 3):.3g}", str(draw.randint(0, 9)), f"{draw.uniform(0, 9):.2e}", ".5", "2."))
    return text, f"({float(text)!r})"


def spoiled(draw: random.Random, text: str) -> str:
    """O texto com um a seis estragos: algo posto, tirado, trocado, repetido, cortado."""
    for _ in range(draw.randint(1, 6)):
        place = draw.randint(0, len(text))
        length = draw.randint(1, 6)
        kind = draw.randrange(7)
        if kind <= 1:
            text = text[:place] + draw.choice(NOISE) + text[place:]
        elif kind == 2:
            text = text[:place] + text[place + length :]
        elif kind == 3:
            text = text[:place] + draw.choice(NOISE) + text[place + 1 :]
        elif kind == 4:
            text = text[:place] + text[place : place + length] * draw.randint(2, 4) + text[place + length :]
        elif kind == 5:
            text = text[:place] if draw.random() < 0.5 else text[place:]
        else:
            text = text[:place] + chr(draw.randrange(draw.choice((0x80, 0x3000, 0x110000)))) + text[place:]
    return text


def soup(draw: random.Random) -> str:
    """Pedaços sem nexo, às vezes milhares deles."""
    pieces = [*NOISE, *NAMES, *function_names()]
    if draw.random() < 0.02:
        return draw.choice(pieces) * draw.choice((100, 1000, 3000))
    return "".join(draw.choices(pieces, k=draw.randint(0, 20)))

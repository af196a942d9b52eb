"""A matriz da concordância: cada linha da tabela, em cada leitor, em números comuns, bicos, fins de domínio e extremos.

Uma célula é uma linha, um argumento e um ponto. O motor diz o valor e a derivada, ou que não há; cada outro leitor dá o
mesmo, ou é uma das exceções, que têm a sua razão. Um leitor novo é mais uma linha em `READERS` ou em `HIGHER`.
"""

import json
import math
import random
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module, util
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from micrograd_pt import CompileError, Value, compile_graph, jvp, ops
from micrograd_pt.page.operations import write_rule
from tests.needs import unavailable

ENDS = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 1e160, -1e160, 1e-160, -1e-160, 1e308, -1e308, 5e-324, -5e-324]
ENDS += [math.inf, -math.inf, math.nan, math.nextafter(1.0, 0.0), math.nextafter(-1.0, 0.0)]
MORE = [30.0, -30.0, 40.0, -700.0, 709.0, 710.0, -745.0, -746.0, math.pi / 2, 1e-8, 3.0, -1.5, 0.3, 1e15, 2.0**53]

Point = tuple[float, ...]
Answer = tuple[Any, Any]
"""O valor e a derivada; onde não há, o nome da recusa."""
DOMAIN, OVERFLOW = "domain", "overflow"


def arity(row: ops.Operation) -> int:
    return row.arity or {"dot": 4}.get(row.name, 3)


@cache
def points(name: str) -> tuple[Point, ...]:
    """Os pontos de uma linha: todos os de um argumento; de dois, os pares; de mais, alguns ao acaso e os empates."""
    size, draw = arity(ops.TABLE[name]), random.Random(name)
    if size == 1:
        return tuple([(number,) for number in ENDS + MORE])
    if size == 2:
        return tuple([*product(ENDS, repeat=2), *[(draw.choice(MORE), draw.choice(MORE)) for _ in range(40)]])
    ties = [(number,) * size for number in ENDS]
    return tuple([*ties, *[tuple([draw.choice(ENDS + MORE) for _ in range(size)]) for _ in range(200)]])


def leaves_of(row: ops.Operation) -> list[Value]:
    """Folhas em que a operação existe."""
    return [Value(1.5 if row is ops.acosh else 0.5, f"a{place}") for place in range(arity(row))]


def tried(act: Callable[[], Any]) -> Any:
    """O que a conta dá, ou o nome da recusa, que no motor diz também de que operação e de que argumento é."""
    try:
        return act()
    except OverflowError:
        return OVERFLOW
    except (ArithmeticError, ValueError):
        return DOMAIN


def refused(answer: Any) -> bool:
    return isinstance(answer, str)


def engine(row: ops.Operation, place: int, where: Sequence[Point]) -> list[Answer]:
    found = []
    for point in where:
        args: list[Any] = list(point)
        leaf = args[place] = Value(point[place], "a")
        node = tried(lambda args=args: row(*args))  # type: ignore[misc]
        if refused(node):
            found.append((node, node))
            continue
        failure = tried(node.backward)
        found.append((node.data, failure if refused(failure) else leaf.grad))
    return found


def created(row: ops.Operation, place: int, where: Sequence[Point]) -> list[Answer]:
    return [higher_created(row, place, point, 1) for point in where]


def forward(row: ops.Operation, place: int, where: Sequence[Point]) -> list[Answer]:
    return [higher_forward(row, place, point, 1) for point in where]


def program(row: ops.Operation, place: int, where: Sequence[Point], batch: bool = False) -> list[Answer]:
    leaves = leaves_of(row)
    node = row(*leaves)
    others = [leaf for leaf in leaves if leaf is not leaves[place]]
    compiled = compile_graph(node, others, [leaves[place]])
    only_value = compile_graph(node, leaves, [])
    found = []
    for point in where:
        rest, own = [*point[:place], *point[place + 1 :]], [point[place]]
        run = (lambda a, b: compiled.batch([a], b)) if batch else compiled
        answer = tried(lambda run=run, rest=rest, own=own: run(rest, own))  # type: ignore[misc]
        value = tried(lambda point=point: only_value(point, [])[0])  # type: ignore[misc]
        found.append((value, answer if refused(answer) else answer[1][0]))
    return found


def batch(row: ops.Operation, place: int, where: Sequence[Point]) -> list[Answer]:
    return program(row, place, where, batch=True)


def arrays(module: str) -> Callable[..., list[Answer]]:
    def reader(row: ops.Operation, place: int, where: Sequence[Point]) -> list[Answer]:
        if util.find_spec(module.partition(".")[0]) is None:
            pytest.skip(f"{module} não está instalado")
        xp = import_module(module)
        if module == "jax.numpy":
            import_module("jax").config.update("jax_enable_x64", True)
        leaves = leaves_of(row)
        try:
            run = compile_graph(row(*leaves), leaves, [], target=xp, input_gradients=True)
        except CompileError as error:
            assert "não tem a operação" in str(error)
            return []
        found = []
        for point in where:
            value, _, table = run(xp.asarray([point], dtype=xp.float64), [])
            found.append((float(value), float(table[0, place])))
        return found

    return reader


SCRIPT = """
const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
const number = (text) => Number(text.replace("inf", "Infinity").replace("nan", "NaN"));
const shown = (x) => (Object.is(x, -0) ? "-0.0" : String(x).replace("Infinity", "inf").replace("NaN", "nan"));
const tried = (act) => { try { return act(); } catch (error) { return error.kind ?? String(error); } };
const answers = {};
for (const [name, places] of Object.entries(given)) {
  const rule = RULES[name];
  answers[name] = places.map((point) => {
    const a = point.map(number), y = tried(() => rule.value(a));
    if (typeof y === "string") return [y, a.map(() => y)];
    const slope = (place) => (Array.isArray(rule.slopes) ? rule.slopes[place](y, a) : rule.slopes(y, a)[place]);
    const answer = (s) => (typeof s === "string" ? s : shown(s ?? 0));
    return [shown(y), a.map((_, place) => answer(tried(() => slope(place))))];
  });
}
console.log(JSON.stringify(answers));
"""


@cache
def in_node() -> dict[str, Any]:
    """O que o JavaScript da página dá, para todas as linhas, num processo só."""
    node = shutil.which("node")
    if node is None:
        unavailable("falta o node")
    static = Path(str(import_module("micrograd_pt.page").__file__)).parent / "static"
    functions = re.sub(r"^export ", "", (static / "functions.js").read_text("utf-8"), flags=re.MULTILINE)
    rules = ",\n".join([f"{json.dumps(name)}: {write_rule(row, arity(row))}" for name, row in ROWS.items()])
    given = {name: [[repr(number) for number in point] for point in points(name)] for name in ROWS}
    run = subprocess.run(
        [node, "-e", f"{functions}\nconst RULES = {{{rules}}};\n{SCRIPT}"],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    answers: dict[str, Any] = json.loads(run.stdout)
    return answers


def javascript(row: ops.Operation, place: int, where: Sequence[Point]) -> list[Answer]:
    def number(text: str) -> Any:
        return text if text in (DOMAIN, OVERFLOW) else float(text)

    return [(number(value), number(slopes[place])) for value, slopes in in_node()[row.name]]


READERS: dict[str, Callable[..., list[Answer]]] = {
    "create_graph": created,
    "avanço": forward,
    "program": program,
    "batch": batch,
    "numpy": arrays("numpy"),
    "torch": arrays("torch"),
    "jax": arrays("jax.numpy"),
    "javascript": javascript,
}
EXACT = ("create_graph", "avanço", "program", "batch")
"""Os que fazem as mesmas contas, na mesma ordem, com os mesmos floats."""
ARRAYS = ("numpy", "torch", "jax")


def higher_created(row: ops.Operation, place: int, point: Point, order: int) -> Answer:
    args: list[Any] = list(point)
    leaf = args[place] = Value(point[place], "a")
    node = tried(lambda: row(*args))
    if refused(node):
        return node, node
    value, found = node.data, node
    for _ in range(order):
        leaf.grad = 0
        if type(found) is not Value:
            return value, 0
        failure = tried(lambda found=found: found.backward(create_graph=True))  # type: ignore[misc]
        if refused(failure):
            return value, failure
        found = leaf.grad
    return value, found.data if type(found) is Value else found


def higher_forward(row: ops.Operation, place: int, point: Point, order: int) -> Answer:
    def f(number: Any) -> Any:
        return row(*point[:place], number, *point[place + 1 :])

    value = tried(lambda: f(point[place]))
    derived: Callable[[Any], Any] = f
    for _ in range(order):
        derived = (lambda g: lambda number: jvp(g)(number, 1.0)[1])(derived)
    return value, value if refused(value) else tried(lambda: derived(point[place]))


HIGHER: dict[str, Callable[..., Answer]] = {"create_graph": higher_created, "avanço": higher_forward}

ROWS = {name: row for name, row in ops.TABLE.items() if name in ops.BUILT_IN}


def extreme(point: Point) -> bool:
    return any(abs(number) > 1e150 or 0 < abs(number) < 1e-150 for number in point)


def close(a: Any, b: Any, rest: float = 1e-300) -> bool:
    """O mesmo número, a menos dos últimos algarismos; o sinal de um zero não conta."""
    if refused(a) or refused(b):
        return bool(a == b)
    a, b = float(a), float(b)
    return (a != a and b != b) or a == b or math.isclose(a, b, rel_tol=1e-9, abs_tol=rest)


def identical(a: Any, b: Any) -> bool:
    """O mesmo float, até ao último bit; o sinal de um zero não conta."""
    return close(a, b) and (refused(a) or float(a) == float(b) or a != a)


def excepted(reader: str, row: ops.Operation, point: Point, expected: Answer, found: Answer) -> str:
    """A razão por que uma célula pode diferir; vazio se não há."""
    if row is ops.power and point[0] < 0 and refused(expected[1]) and refused(found[1]):
        return "de uma base negativa, a conta pode estourar antes de se ver que não existe"
    if reader in ARRAYS:
        if any(map(refused, expected)):
            return "um programa para arrays não recusa nada"
        if extreme(point) or not all(math.isfinite(float(number)) for number in (*point, *expected)):
            return "nos extremos um módulo de arrays arredonda e estoura a seu modo"
    return ""


def cells(reader: str) -> Counter[str]:
    """Quantas células concordam, e quantas são exceções, por razão.

    Raises:
        AssertionError: as células que diferem sem razão.
    """
    counts: Counter[str] = Counter()
    wrong = []
    for name, row in ROWS.items():
        for place in range(arity(row)):
            where = points(name)
            answers = READERS[reader](row, place, where)
            if not answers:
                counts["o módulo não tem a operação, e isso é dito"] += len(where)
                continue
            for point, expected, found in zip(where, engine(row, place, where), answers, strict=True):
                if all(map(identical if reader in EXACT else close, expected, found)):
                    counts["igual"] += 1
                elif reason := excepted(reader, row, point, expected, found):
                    counts[reason] += 1
                else:
                    wrong.append(f"{name}{point}, argumento {place + 1}: {expected} e {found}")
    assert not wrong, f"{len(wrong)} células de {reader}:\n" + "\n".join(wrong[:40])
    return counts


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_agrees_with_the_engine(reader: str) -> None:
    counts = cells(reader)
    assert counts["igual"] > 0.7 * counts.total()


@pytest.mark.parametrize("order", [2, 3])
def test_derivatives_of_derivatives_agree(order: int) -> None:
    """As duas maneiras de derivar de novo dão o mesmo, menos onde uma conta do meio estoura."""
    wrong, count = [], 0
    for name, row in ROWS.items():
        where = points(name)[:: 1 if arity(row) == 1 else 7]
        for place, point in product(range(arity(row)), where):
            answers = [reader(row, place, point, order) for reader in HIGHER.values()]
            count += 1
            slopes = [answer[1] for answer in answers]
            if extreme(point) and not all(refused(slope) or math.isfinite(slope) for slope in slopes):
                continue
            if not all(close(slopes[0], slope, rest=1e-15) for slope in slopes):
                wrong.append(f"{name}{point}, argumento {place + 1}: {answers}")
    assert not wrong, f"{len(wrong)} de {count} células:\n" + "\n".join(wrong[:40])

"""O que está escrito por extenso dá o mesmo que a regra comum: em cada linha da tabela e em grafos quaisquer."""

import itertools
import math
import operator
import random
import signal
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import pytest

from micrograd_pt import MLP, Value, dot, engine, maximum, no_grad, operation, ops, where
from micrograd_pt.engine import ancestors, chain_rule
from micrograd_pt.ops import TABLE
from micrograd_pt.written import methods
from tests import test_random_graphs as graphs

NUMBERS = (0.0, -0.0, 1.0, -1.0, 0.5, -0.3, 2.5, -3.0, 1e-300, 1e300, -800.0, 710.0, math.inf, -math.inf, math.nan)
SECOND = (*NUMBERS, 0, 1, 2, -3, Fraction(1, 3))
HUGE = 10**400
FIELDS = ("_first", "_second", "_first_data", "_second_data", "data", "grad", "label", "op")


def told(number: Any) -> Any:
    """Um número com tudo o que o distingue: o tipo, o sinal do zero, NaN."""
    return (type(number), repr(number)) if isinstance(number, (int, float, Fraction)) else number


def seen(act: Callable[[], Any]) -> Any:
    """O que uma conta deu: os campos do nó, ou o erro."""
    try:
        node = act()
    except (ArithmeticError, ValueError, TypeError) as error:
        return type(error), str(error)
    return tuple([told(getattr(node, name)) for name in FIELDS]) if isinstance(node, Value) else node


@pytest.fixture
def without_shortcut(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    yield lambda: monkeypatch.setattr(engine, "shortcut", None)


@pytest.mark.parametrize("name", sorted(methods.PLAIN))
def test_a_written_method_makes_the_node_that_the_plain_one_makes(name: str) -> None:
    plain, written = methods.PLAIN[name], methods.written_method(name)
    for x in (*NUMBERS, 3, Fraction(1, 7)):
        if plain.operation.arity == 1:
            a = Value(x, "a")
            assert seen(lambda a=a: written(a)) == seen(lambda a=a: plain(a)), x
            assert seen(lambda a=a: written(a, 1)) == seen(lambda a=a: plain(a, 1)), x
            continue
        for y in SECOND if "pow" in name else (*SECOND, HUGE):
            a = Value(x, "a")
            for b in (y, Value(y, "b")):
                assert seen(lambda a=a, b=b: written(a, b)) == seen(lambda a=a, b=b: plain(a, b)), (x, y)
        assert seen(lambda a=a: written(a, "texto")) == seen(lambda a=a: plain(a, "texto"))


def test_a_method_writes_itself_at_first_use_and_stays() -> None:
    Value(0.5).tanh()
    assert vars(Value)["tanh"] is not methods.PLAIN["tanh"] and vars(Value)["tanh"].__name__ == "method"
    Value(2.0) - 1
    assert vars(Value)["__sub__"].__code__.co_filename == "<string>"


def gradients(root: Value) -> Any:
    """O gradiente de cada nó, ou o erro; um 0 exato não tem sinal, e entre números exatos ele não conta."""
    exact = any(type(number) is not float for node in ancestors(root) for number in (node.data, *node.args_data))
    try:
        found = chain_rule(ancestors(root), 1.0).values()
        return [told(grad + 0.0 if exact else grad) for grad in found]
    except (ArithmeticError, ValueError, TypeError) as error:
        return type(error), str(error)


@pytest.mark.parametrize("name", sorted(ops.BUILT_IN))
def test_a_written_rule_sends_what_the_plain_one_sends(name: str, without_shortcut: Callable[[], None]) -> None:
    row, draw = TABLE[name], random.Random(name)
    arity = row.arity or 4
    roots = []
    for numbers in itertools.chain(
        itertools.product(NUMBERS, repeat=arity) if arity < 3 else [],
        [[draw.choice(SECOND) for _ in range(arity)] for _ in range(200)],
    ):
        for kinds in itertools.product((True, False), repeat=arity) if arity < 3 else [[True] * arity]:
            args = [
                Value(number, f"a{k}") if kind else number
                for k, (number, kind) in enumerate(zip(numbers, kinds, strict=True))
            ]
            try:
                node = row(*args)
            except (ArithmeticError, ValueError, TypeError):
                continue
            if isinstance(node, Value):
                roots += [node, node * -2.5, node * args[0]]
    assert roots
    quick = [gradients(root) for root in roots]
    without_shortcut()
    assert quick == [gradients(root) for root in roots]


def test_random_graphs_have_the_gradients_of_the_plain_rule(without_shortcut: Callable[[], None]) -> None:
    roots = []
    for seed in range(300):
        steps, leaves = graphs.drawn(seed)
        roots.append(graphs.run(steps, 0, [Value(number, f"x{place}") for place, number in enumerate(leaves)]))
    quick = [gradients(root) for root in roots]
    without_shortcut()
    assert quick == [gradients(root) for root in roots]


@pytest.mark.parametrize("width", [1, 2, 3, 17, 64, 65, 200])
def test_a_weighted_sum_is_the_node_of_the_table(width: int, without_shortcut: Callable[[], None]) -> None:
    draw = random.Random(width)
    for kinds in ((0.5, -0.0, 1e200), (0.5, 3, Fraction(1, 3)), (math.inf, 0.0), (HUGE, 0.5), (-0.0, 0.0)):
        weights = [Value(draw.choice(kinds), f"w{k}") for k in range(width)]
        inputs = [draw.choice([draw.choice(kinds), Value(draw.choice(kinds), f"x{k}")]) for k in range(width)]
        numbers = [item.data if isinstance(item, Value) else item for item in inputs]
        plain = seen(lambda w=weights, x=inputs: Value.record(ops.weighted_sum, *w, *x))
        assert seen(lambda w=weights, x=inputs, n=numbers: methods.weighted_sum(w, x, n)) == plain
    model = MLP(2, [3, 1], activation="tanh", seed=1)
    quick = gradients(model([0.5, -1.0]))
    without_shortcut()
    assert quick == gradients(model([0.5, -1.0]))


def test_inside_no_grad_a_weighted_sum_is_a_leaf() -> None:
    model = MLP(2, [3, 1], seed=1)
    with no_grad():
        assert model([0.5, -1.0]).op is None


def test_whoever_changes_a_rule_gets_the_changed_rule() -> None:
    code = (
        "from micrograd_pt import Value, ops\n"
        "x = Value(0.5); (x.tanh() * x + x).backward()\n"
        "ops.tanh.partials = (lambda y, x: 7.0,)\n"
        "x = Value(0.5); x.tanh().backward(); assert x.grad == 7.0, x\n"
        "ops.mul.partials = (lambda y, a, b: 100.0, lambda y, a, b: 0.0)\n"
        "x = Value(0.5); (x * 3).backward(); assert x.grad == 100.0, x\n"
        "ops.mul.value = lambda a, b: 11.0\n"
        "assert (x * 3).data == 11.0\n"
    )
    import subprocess
    import sys

    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_rule_of_the_user_is_asked_every_time() -> None:
    slopes = iter([2.0, 5.0])
    row = operation("vez_por_vez", "?", lambda x: x, lambda y, x: next(slopes))
    try:
        for expected in (2.0, 5.0):
            x = Value(1.0)
            row(x).backward()
            assert x.grad == expected
    finally:
        TABLE.pop("vez_por_vez", None)


# Linhas de execução e interrupções: nada se perde, e nada fica pela metade.


def collide(rounds: int) -> None:
    """Oito linhas com o seu grafo cada, sobre folhas comuns; outras leem e mudam o `grad` de folhas suas nos mesmos."""
    shared = [Value(0.5, f"w{place}") for place in range(6)]
    own = [Value(1.0, f"u{place}") for place in range(2)]
    foreign: list[Any] = []
    over = threading.Event()

    def work(seed: int) -> None:
        for _ in range(rounds // 8):
            loss = sum([w * 1.0 for w in shared], Value(0.0))
            for leaf in own:
                loss = loss + leaf * 4.0
            loss.backward()

    def meddle(place: int) -> None:
        leaf, step = own[place], 0
        while not over.is_set():
            step += 1
            mark = -1000.25 * step
            leaf.grad = mark  # daqui em diante, o que se lê é isto mais um número inteiro de parcelas de 4
            read = [leaf.grad for _ in range(20)]
            foreign.extend([found for found in read if found is None or (found - mark) % 4.0])

    workers = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    meddlers = [threading.Thread(target=meddle, args=(place,)) for place in range(2)]
    for thread in (*meddlers, *workers):
        thread.start()
    for thread in workers:
        thread.join()
    over.set()
    for thread in meddlers:
        thread.join()
    assert not foreign
    assert [w.grad for w in shared] == [rounds // 8 * 8 * 1.0] * 6


@pytest.fixture
def restless() -> Iterator[None]:
    import sys

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_no_share_is_lost_and_no_foreign_number_is_seen(restless: None) -> None:
    collide(800)


@pytest.mark.long
def test_no_share_is_lost_in_ten_thousand_rounds(restless: None) -> None:
    collide(10_000)


@pytest.mark.parametrize("exact", [False, True], ids=["floats", "fractions"])
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="o sistema não tem alarmes de microssegundos")
def test_an_interrupt_finds_every_grad_old_or_every_grad_new(exact: bool) -> None:
    one = Fraction(1) if exact else 1.0
    leaves = [Value(one, f"x{place}") for place in range(60)]
    root = leaves[0] * 1
    for leaf in leaves[1:]:
        root = root + leaf * 1
    inner = [node for node in ancestors(root) if node.op is not None]
    draw, caught = random.Random(1), 0

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        for _ in range(400):
            for leaf in leaves:
                leaf.grad = one
            for node in inner:
                node.grad = 0
            try:
                signal.setitimer(signal.ITIMER_REAL, draw.uniform(2e-5, 4e-4))
                root.backward()
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                caught += 1
            found = {leaf.grad for leaf in leaves}, {node.grad for node in inner}
            assert found in (({one}, {0}), ({one + 1}, {1})), found
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert caught > 20


def test_a_grad_that_is_no_number_leaves_every_grad_as_it_was() -> None:
    x, y = Value(2.0, "x"), Value(3.0, "y")
    z = x * y
    z.backward()
    y.grad = "texto"
    with pytest.raises(TypeError):
        z.backward()
    assert (x.grad, y.grad, z.grad) == (3.0, "texto", 1.0)


def test_the_operations_that_take_a_list_or_a_condition_agree_too(without_shortcut: Callable[[], None]) -> None:
    x, y = Value(0.5, "x"), Value(-1.5, "y")
    roots = [maximum(x, y, x * y), dot([x, y], [y, 2.0]), where(x > y, x * x, y.exp()), x**y, operator.pow(x, 3)]
    quick = [gradients(root) for root in roots]
    without_shortcut()
    assert quick == [gradients(root) for root in roots]

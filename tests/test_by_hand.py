"""Quem monta um nó à mão recebe a linha da tabela que o substitui, tirada do seu próprio método; e ela dá o mesmo."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import micrograd.engine
import pytest

from micrograd_pt import Value
from micrograd_pt.ops import BUILT_IN, TABLE

Theirs = micrograd.engine.Value


def sigmoid_of(engine: Any) -> Callable[..., Any]:
    class Node(engine):  # type: ignore[misc]
        def __init__(self, data: Any, _children: Any = (), _op: str = "", label: str = "") -> None:
            super().__init__(data, _children, _op)
            self.label = label

        def sig(self) -> Any:
            t = 1 / (1 + math.exp(-self.data))
            out = Node(t, (self,), "sig")

            def _backward() -> None:
                self.grad += t * (1 - t) * out.grad

            out._backward = _backward
            return out

    return lambda x: Node(x).sig()


def square_root(engine: Any) -> Callable[..., Any]:
    def root(self: Any) -> Any:
        out = engine(self.data**0.5, (self,), "root")

        def _backward() -> None:
            self.grad += out.grad * 0.5 / out.data

        out._backward = _backward
        return out

    return lambda x: root(engine(x))


def wave(engine: Any) -> Callable[..., Any]:
    def wave(self: Any) -> Any:
        x = self.data
        s, c = math.sin(x), 1.0
        out = engine(data=math.sin(2 * x), _children=[self], _op="wave")
        assert s and c

        def _backward() -> None:
            self.grad += 2 * math.cos(2 * x) * out.grad

        out._backward = _backward
        return out

    return lambda x: wave(engine(x))


def product(engine: Any) -> Callable[..., Any]:
    def times(self: Any, other: Any) -> Any:
        out = engine(self.data * other.data, (self, other), "@")

        def _backward() -> None:
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    return lambda x, y: times(engine(x), engine(y))


def minus(engine: Any) -> Callable[..., Any]:
    def minus(self: Any, other: Any) -> Any:
        out = engine(self.data - other.data, (self, other), "minus")

        def _backward() -> None:
            self.grad += out.grad
            other.grad += -out.grad

        out._backward = _backward
        return out

    return lambda x, y: minus(engine(x), engine(y))


RULES = {
    "sig": (sigmoid_of, (0.7,)),
    "root": (square_root, (2.25,)),
    "wave": (wave, (0.4,)),
    "f": (product, (1.5, -2.0)),
    "minus": (minus, (1.5, -2.0)),
}


@pytest.fixture(autouse=True)
def the_table_as_it_was() -> Iterator[None]:
    yield
    for name in set(TABLE) - BUILT_IN:
        del TABLE[name]


@pytest.mark.parametrize("name", RULES)
def test_the_row_in_the_message_gives_what_the_method_gives(name: str) -> None:
    make, numbers = RULES[name]
    theirs = make(Theirs)(*numbers)
    theirs.backward()
    with pytest.raises(TypeError, match=r"as operações, .* escreva a regra como uma linha da tabela") as refusal:
        make(Value)(*numbers)
    shown = str(refusal.value).split("\n\n")[1]
    names: dict[str, Any] = {}
    exec("\n".join(line.strip() for line in shown.splitlines()), names)
    leaves = [Value(number) for number in numbers]
    ours = names[name](*leaves)
    ours.backward()
    assert ours.data == pytest.approx(theirs.data, rel=1e-15)
    received = {child.data: child.grad for child in theirs._prev}
    assert [leaf.grad for leaf in leaves] == pytest.approx([received[number] for number in numbers], rel=1e-14)


def test_an_operation_that_the_table_has_is_named() -> None:
    def tanh(self: Any) -> Any:
        t = math.tanh(self.data)
        return Value(t, (self,), "tanh")

    with pytest.raises(TypeError, match=r"a tabela já tem tanh: se é essa a conta, use x\.tanh\(\)"):
        tanh(Value(0.5))


def opposite(engine: Any, self: Any) -> Any:
    out = engine(-self.data, (self,), "opposite")

    def _backward() -> None:
        self.grad -= out.grad

    out._backward = _backward
    return out


def twice(engine: Any, self: Any) -> Any:
    out = engine(self.data * self.data, (self,), "twice")

    def _backward() -> None:
        self.grad += self.data * out.grad
        self.grad += self.data * out.grad

    out._backward = _backward
    return out


def size(engine: Any, self: Any) -> Any:
    out = engine(abs(self.data), (self,), "size")

    def _backward() -> None:
        if self.data > 0:
            self.grad += out.grad
        else:
            self.grad -= out.grad

    out._backward = _backward
    return out


def cube(engine: Any, self: Any) -> Any:
    total = 1.0
    for _ in range(3):
        total *= self.data
    out = engine(total, (self,), "cube")

    def _backward() -> None:
        self.grad += 3 * self.data**2 * out.grad

    out._backward = _backward
    return out


def shifted(engine: Any, self: Any) -> Any:
    x = self.data
    x = x + 1
    x = x * x
    out = engine(x, (self,), "shifted")

    def _backward() -> None:
        self.grad += 2 * (self.data + 1) * out.grad

    out._backward = _backward
    return out


def scaled(engine: Any, self: Any, beta: float = 2.0) -> Any:
    out = engine(self.data * beta, (self,), "scaled")

    def _backward() -> None:
        self.grad += beta * out.grad

    out._backward = _backward
    return out


def mistaken(engine: Any, self: Any) -> Any:
    out = engine(self.data**3, (self,), "class")

    def _backward() -> None:
        self.grad += 2 * self.data * out.grad

    out._backward = _backward
    return out


@pytest.mark.parametrize("method", [opposite, twice, size, cube, shifted, scaled, mistaken])
def test_a_row_that_would_not_be_the_methods_is_not_shown_as_if_it_were(method: Any) -> None:
    """Ou ela dá o mesmo, também longe dali, ou é o exemplo, que diz que o é."""
    with pytest.raises(TypeError) as refusal:
        method(Value, Value(0.75))
    shown = str(refusal.value).split("\n\n")[1]
    names: dict[str, Any] = {}
    exec("\n".join(line.strip() for line in shown.splitlines()), names)
    if "# aqui a sua conta" in shown:
        assert method not in (opposite, twice)
        return
    for number in (0.75, -1.5, 2.0):
        theirs, ours = Theirs(number), Value(number)
        method(Theirs, theirs).backward()
        names[method.__name__](ours).backward()
        assert ours.grad == pytest.approx(theirs.grad)


def test_the_example_takes_as_many_arguments_as_there_are_children() -> None:
    nodes = [Value(1.0), Value(2.0), Value(3.0)]
    with pytest.raises(TypeError) as refusal:
        Value(6.0, tuple(nodes), "max")
    names: dict[str, Any] = {}
    exec("\n".join(line.strip() for line in str(refusal.value).split("\n\n")[1].splitlines()), names)
    assert "max" not in names and names["f"](*nodes).data == 6.0


@pytest.mark.parametrize("children", [(Value(1.0),), [Value(1.0)], {Value(1.0)}])
def test_a_rule_that_cannot_be_read_is_answered_with_an_example(children: Any) -> None:
    with pytest.raises(TypeError, match=r"operation\(\"q\", \"q\", lambda x: x \* x, lambda y, x: 2 \* x\)"):
        Value(1.0, children, "q")
    with pytest.raises(TypeError, match=r"operation\("):
        Value(1.0, _children=children)
    with pytest.raises(TypeError, match=r"operation\("):
        exec("Value(1.0, children)", {"Value": Value, "children": children})  # sem texto em arquivo nenhum


def test_a_leaf_may_say_that_it_is_one() -> None:
    leaf = Value(2.0, (), "", "x")
    leaf._prev, leaf._backward = set(), lambda: None  # type: ignore[misc]
    assert (leaf.label, leaf._prev, leaf._op) == ("x", set(), "")
    for field, given in (("_prev", {Value(1.0)}), ("_backward", lambda: print(leaf)), ("_backward", None)):
        with pytest.raises(TypeError, match=r"operation\("):
            setattr(leaf, field, given)
    node = leaf * 2
    for field, given in (("_prev", set()), ("_backward", lambda: None)):
        with pytest.raises(TypeError, match=r"operation\("):
            setattr(node, field, given)


@pytest.mark.parametrize("given", [(3, "", ""), ("", 3, ""), ("", "", 3), (None, "", "")])
def test_what_is_not_a_text_is_no_label(given: Any) -> None:
    with pytest.raises(TypeError, match="espera um texto"):
        Value(1.0, *given)

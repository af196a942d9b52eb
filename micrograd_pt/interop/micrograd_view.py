"""Um nó visto como o micrograd o mostra: `_prev`, `_op` e `_backward`.

O grafo de uma conta é aqui mais curto que lá: uma subtração é um nó, e lá são uma soma e um produto por −1; uma soma
ponderada é um nó, e uma constante nenhum. Quem percorre um grafo por `_prev` e decide por `_op` acha o de lá: os nós
que faltam são feitos quando alguém pergunta por eles, e ficam guardados no nó que mostram. `backward()` não passa por
eles; o `grad` deles se calcula do nó de que fazem parte.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from micrograd_pt import ops
from micrograd_pt.engine import Value
from micrograd_pt.given import maker

_MISSING = object()
VIEW = "_as_in_micrograd"
"""O atributo em que um nó guarda como se mostra."""


class Seen(NamedTuple):
    """Um nó como o micrograd o mostra.

    Attributes:
        sign: o que `_op` diz.
        children: os nós de que ele é feito, na ordem; `x + x` tem dois.
        numbers: o que eles valiam no passo para frente.
        previous: o conjunto que `_prev` dá.
    """

    sign: str
    children: tuple[Value, ...]
    numbers: tuple[Any, ...]
    previous: set[Value]


class Inner(Value):
    """Um nó que só se mostra: o oposto dentro de uma subtração, um produto dentro de uma soma ponderada, uma constante.

    Attributes:
        user: o nó de que faz parte, que é o único que o usa.
        place: que filho dele é este.
    """

    __slots__ = ("place", "user")

    user: Value
    place: int

    @property
    def grad(self) -> Any:
        """O gradiente: o que alguém pôs aqui desde que o de `user` mudou; senão, o de `user` vezes a derivada local."""
        put, above = self.put, self.user.grad
        if put is not None:
            return put
        slope = _slopes(self.user)[self.place]
        return 0 if slope is None or above is None else 0 + above * slope  # como lá se soma, nunca −0

    @grad.setter
    def grad(self, number: Any) -> None:
        vars(self)["grad"] = self.user.grad, number

    @property
    def put(self) -> Any:
        """O gradiente que alguém pôs aqui desde que o de `user` mudou; None se ninguém pôs."""
        above, number = vars(self).get("grad", (_MISSING, None))
        return number if above is self.user.grad else None


class Previous(set[Value]):
    """O que `_prev` dá: um conjunto que não se muda, porque `backward()` não o leria."""

    __slots__ = ()


def _unchanged(self: Previous, *_: Any) -> Any:
    raise maker("made_by_hand")()


for _name in ("add", "clear", "discard", "pop", "remove", "__ior__", "__iand__", "__isub__", "__ixor__"):
    setattr(Previous, _name, _unchanged)
for _name in ("update", "difference_update", "intersection_update", "symmetric_difference_update"):
    setattr(Previous, _name, _unchanged)


def seen(node: Value) -> Seen:
    """O nó como o micrograd o mostra; os mesmos objetos a cada vez."""
    found: Seen | None = vars(node).get(VIEW)
    if found is None:
        sign, pairs = _spelled(node)
        children = tuple([_child(node, place, *pair) for place, pair in enumerate(pairs)])
        made = Seen(sign, children, tuple([number for _, number in pairs]), Previous(children))
        found = vars(node).setdefault(VIEW, made)  # de duas linhas que perguntam ao mesmo tempo, vale a primeira
    return found


Pair = tuple[Any, Any]
"""Um argumento, e o que ele valia; o de um nó que falta é a operação dele e os seus próprios pares."""


class Missing(NamedTuple):
    """Um nó que o micrograd teria, por fazer."""

    operation: ops.Operation
    pairs: tuple[Pair, ...]


def _spelled(node: Value) -> tuple[str, Sequence[Pair]]:
    """O que `_op` diz, e os filhos."""
    operation, pairs = node.op, list(zip(node.args, node.args_data, strict=True))
    if operation is None:
        return "", ()
    spell = _SPELLINGS.get(operation)
    return (operation.name, pairs) if spell is None else spell(pairs)


def _made(operation: ops.Operation, *pairs: Pair) -> Pair:
    """Essa operação de filhos; de constantes, uma constante."""
    number = operation.value(*[number for _, number in pairs])
    if not any(isinstance(arg, (Value, Missing)) for arg, _ in pairs):
        return number, number
    return Missing(operation, pairs), number


def _sum(pairs: Sequence[Pair]) -> tuple[str, Sequence[Pair]]:
    """A soma de muitas parcelas: de duas em duas, da esquerda para a direita."""
    first, *rest = pairs
    if not rest:
        return "+", (first, (0, 0))
    for pair in rest[:-1]:
        first = _made(ops.add, first, pair)
    return "+", (first, rest[-1])


def _mean(pairs: Sequence[Pair]) -> tuple[str, Sequence[Pair]]:
    share = 1 / len(pairs)
    whole = _made(ops.add, *_sum(pairs)[1]) if len(pairs) > 1 else pairs[0]
    return "*", (whole, (share, share))


def _dot(pairs: Sequence[Pair]) -> tuple[str, Sequence[Pair]]:
    half = len(pairs) // 2
    terms = [_made(ops.mul, a, b) for a, b in zip(pairs[:half], pairs[half:], strict=True)]
    if type(pairs[-1][0]) is int and pairs[-1][0] == 1:  # o viés, que lá não se multiplica, e vem primeiro
        terms = [pairs[half - 1], *terms[:-1]]
    if len(terms) == 1 and isinstance(terms[0][0], Missing):
        return "*", terms[0][0].pairs
    return _sum(terms)


def _power(pairs: Sequence[Pair]) -> tuple[str, Sequence[Pair]]:
    base, (exponent, number) = pairs
    return ("**", pairs) if isinstance(exponent, Value) else (f"**{number}", (base,))


def _inverse(pair: Pair) -> Pair:
    return _made(ops.power, pair, (-1, -1))


_MINUS: Pair = (-1, -1)
_SPELLINGS: dict[ops.Operation, Callable[[Sequence[Pair]], tuple[str, Sequence[Pair]]]] = {
    ops.add: lambda pairs: ("+", pairs),
    ops.mul: lambda pairs: ("*", pairs),
    ops.sub: lambda pairs: ("+", (pairs[0], _made(ops.mul, pairs[1], _MINUS))),
    ops.neg: lambda pairs: ("*", (pairs[0], _MINUS)),
    ops.div: lambda pairs: ("*", (pairs[0], _inverse(pairs[1]))),
    ops.power: _power,
    ops.square: lambda pairs: ("**2", pairs),
    ops.reciprocal: lambda pairs: ("**-1", pairs),
    ops.identity: lambda pairs: ("+", (pairs[0], (0, 0))),
    ops.relu: lambda pairs: ("ReLU", pairs),
    ops.total: _sum,
    ops.average: _mean,
    ops.weighted_sum: _dot,
}
"""Como se mostra cada operação que o micrograd tem, ou faz de outras; as outras se mostram pelo nome."""


def _child(user: Value, place: int, arg: Any, number: Any) -> Value:
    """O filho: o próprio nó, ou o que falta, feito agora."""
    if isinstance(arg, Value):
        return arg
    top = child = _inner(user, place, number)
    waiting = [(child, arg)]
    while waiting:
        child, arg = waiting.pop()
        if not isinstance(arg, Missing):
            continue
        child.op = arg.operation
        args = [
            _inner(child, where, held) if isinstance(below, Missing) else below
            for where, (below, held) in enumerate(arg.pairs)
        ]
        child._first, child._second = args
        child._first_data, child._second_data = [held for _, held in arg.pairs]
        waiting += [
            (made, below) for made, (below, _) in zip(args, arg.pairs, strict=True) if isinstance(below, Missing)
        ]
    return top


def _inner(user: Value, place: int, number: Any) -> Inner:
    made = object.__new__(Inner)
    made.user, made.place, made.data, made.label, made.op = user, place, number, "", None
    made._first = made._second = made._first_data = made._second_data = None
    return made


def _slopes(node: Value) -> Sequence[Any]:
    """A derivada de um nó em relação a cada filho; None num ramo fechado."""
    view = seen(node)
    row, numbers = _ROWS.get(view.sign), view.numbers
    if row is None:
        row, numbers = node.op, node.args_data
    if row is None:
        return ()
    wanted = [place < len(view.children) for place in range(len(numbers))]
    return row.derivatives(node.data, numbers, (), wanted)[: len(view.children)]


_ROWS = {"+": ops.add, "*": ops.mul}
"""A linha da tabela do que se mostra como uma soma ou um produto, seja qual for a operação do nó."""


def _backward(node: Value) -> Callable[[], None]:
    """O que aplica a regra deste nó uma vez: soma ao `grad` de cada filho o de `node` vezes a derivada local."""

    def apply() -> None:
        for child, slope in zip(seen(node).children, _slopes(node), strict=True):
            if slope is not None:
                before = child.put if isinstance(child, Inner) else child.grad
                child.grad = (0 if before is None else before) + slope * node.grad

    return apply


def _set_previous(node: Value, given: Any) -> None:
    """`_prev` não se troca, porque `backward()` não o leria; só se pode dizer de uma folha que ela o é."""
    if node.op is not None or given:
        raise maker("made_by_hand")("", node.data, given)


def _set_backward(node: Value, given: Any) -> None:
    """`_backward` não se troca; só se pode dar a uma folha o que nada faz, `lambda: None`."""
    code, nothing = getattr(given, "__code__", None), (lambda: None).__code__
    if node.op is not None or code is None or (code.co_code, code.co_consts) != (nothing.co_code, nothing.co_consts):
        raise maker("made_by_hand")()


def _set_sign(node: Value, sign: str) -> None:
    vars(node)["_op"] = sign


for _name, _property in {
    "_prev": property(
        lambda node: seen(node).previous, _set_previous, None, "Os nós de que este depende, como no micrograd."
    ),
    "_op": property(
        lambda node: vars(node).get("_op", seen(node).sign), _set_sign, None, "O sinal, como no micrograd."
    ),
    "_backward": property(_backward, _set_backward, None, _backward.__doc__),
}.items():
    setattr(Value, _name, _property)

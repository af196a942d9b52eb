"""Nós que fazem a mesma conta com outros números, lado a lado: as colunas de uma matriz só.

Os dezesseis neurônios de uma camada, que veem as mesmas entradas, são um produto de matrizes; os seus dezesseis relus,
uma conta só. Um nó fica no nível seguinte ao mais alto dos seus argumentos; os de um nível com a mesma operação, sobre
colunas das mesmas pilhas, formam uma pilha. Uma soma de produtos escrita com `+` e `*` é antes lida como soma de
parcelas, e fica igual à de um `dot`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from micrograd_pt import ops
from micrograd_pt.compiler.arguments import require_leaf
from micrograd_pt.engine import Value
from micrograd_pt.graph import Graph, Node
from micrograd_pt.ops import Operation

_SIGNS: dict[Any, list[float]] = {op: op.derivatives(0, [0] * (op.arity or 0)) for op in (ops.add, ops.sub, ops.neg)}
"""Das somas, com que sinal entra cada parcela: a derivada dela, que não depende de número nenhum."""

_LONG = 4  # parcelas a partir das quais uma soma é feita de uma vez, e não par a par
_MANY = {ops.total, ops.average, ops.maximum, ops.minimum, ops.log_sum_exp, ops.weighted_sum}

Ref = Any
"""Uma coluna de uma pilha, como (pilha, coluna), ou um número."""

Extra = tuple[float, list[Ref], list[Ref] | None]
"""O que mais se soma: sinal × coluna (× coluna), por nó."""


class Stack:
    """Uma pilha.

    Attributes:
        kind: `"inputs"`, `"parameters"`; `"rule"`, uma operação coluna a coluna; `"linear"`, um produto de
            matrizes; `"many"`, uma operação sobre várias colunas de cada nó.
        op: a operação, em `"rule"` e em `"many"`.
        names: o nome de cada coluna.
        labelled: verdadeiro se a primeira coluna tem rótulo.
        varies: verdadeiro se cada amostra tem os seus números.
        operands: as colunas usadas: em `"rule"`, uma lista por argumento; em `"many"`, as de cada nó em fila, e os
            fatores delas, se há; em `"linear"`, as colunas e os pesos, nó por nó.
        extras: o que mais se soma a um produto de matrizes ou a uma soma.
    """

    def __init__(self, kind: str, op: Operation | None, varies: bool, names: Sequence[str] = ()) -> None:
        self.kind: str = kind
        self.op: Operation | None = op
        self.varies: bool = varies
        self.names: Sequence[str] = names
        self.labelled: bool = False
        self.operands: list[list[Ref]] = []
        self.extras: list[Extra] = []

    @property
    def width(self) -> int:
        """Quantas colunas há."""
        return len(self.names)

    @property
    def stem(self) -> str:
        """Como se chama o que há nela: o nome da coluna, ou o começo comum dos nomes."""
        return self.names[0].rstrip("0123456789") if self.width > 1 else self.names[0]

    def refs(self) -> Iterator[Ref]:
        """Todas as colunas de que ela é feita."""
        for refs in (*self.operands, *[refs for extra in self.extras for refs in extra[1:] if refs is not None]):
            yield from refs


def identity(ref: Ref) -> Any:
    """O que distingue uma coluna ou um número de outro: 0.0 não é -0.0, e NaN é NaN."""
    return ref if type(ref) is tuple else repr(ref)


def column_of(ref: Ref) -> int:
    """A coluna, na sua pilha; 0 para um número."""
    return int(ref[1]) if type(ref) is tuple else 0


def source_of(ref: Ref) -> Any:
    """A pilha de uma coluna; None para um número."""
    return ref[0] if type(ref) is tuple else None


class Form:
    """O que um nó calcula, já com as parcelas das somas que só ele usa.

    Attributes:
        kind, op: como em `Stack`.
        columns: os argumentos, nós ou números; em `"linear"`, as colunas que os pesos multiplicam.
        factors: os fatores das colunas, um por um; vazio se não há.
        extras: as outras parcelas de uma soma: (sinal, nó, fator ou None).
    """

    __slots__ = ("columns", "extras", "factors", "kind", "op")

    def __init__(
        self, kind: str, op: Operation | None, columns: Sequence[Any], factors: Sequence[Any] = (), extras: Any = ()
    ) -> None:
        self.kind: str = kind
        self.op: Operation | None = op
        self.columns: Sequence[Any] = columns
        self.factors: Sequence[Any] = factors
        self.extras: Sequence[tuple[float, Any, Any]] = extras


class Stacks:
    """As pilhas de um grafo, na ordem em que são calculadas.

    Args:
        graph: o grafo.
        inputs: as folhas que têm um número por amostra.
        parameters: as folhas que têm um número só.

    Attributes:
        inputs, parameters: as pilhas das folhas.
        ordered: as outras.
        root: onde está o último nó.

    Raises:
        CompileError: uma entrada ou um parâmetro não é folha.
    """

    def __init__(self, graph: Graph, inputs: Sequence[Value], parameters: Sequence[Value]) -> None:
        self.inputs: Stack = Stack("inputs", None, True, [leaf.label or f"x{i}" for i, leaf in enumerate(inputs, 1)])
        self.parameters: Stack = Stack(
            "parameters", None, False, [leaf.label or f"p{i}" for i, leaf in enumerate(parameters, 1)]
        )
        self.ordered: list[Stack] = []
        self._places: list[Ref] = [None] * len(graph)
        self._ranks = [0] * len(graph)  # 0: constante; 1: parâmetro; 2: não muda de amostra para amostra; 3: muda
        nodes = {node.value: node for node in graph.nodes}
        for leaves, stack, rank in ((parameters, self.parameters, 1), (inputs, self.inputs, 3)):
            for column, leaf in enumerate(leaves):
                node = nodes.get(leaf)
                require_leaf(leaf)
                if node is not None:
                    self._places[node.index], self._ranks[node.index] = (stack, column), rank
        self._uses = [0] * len(graph)
        for node in graph.nodes:
            if node.op is not None:
                ranks, uses = self._ranks, self._uses
                found = [arg.index for arg in node.inputs if type(arg) is Node]
                for place in found:
                    uses[place] += 1
                ranks[node.index] = 3 if 3 in [ranks[place] for place in found] else 2
            elif self._places[node.index] is None:
                self._places[node.index] = float(node.data)
        self._build(graph)
        self.root: Ref = self._places[-1]

    def _build(self, graph: Graph) -> None:
        hidden = bytearray(len(graph))
        forms: list[tuple[Node, Form]] = []
        for node in reversed(graph.nodes):
            if node.op is not None and not hidden[node.index]:
                forms.append((node, self._form(node, hidden)))
        levels, found = [0] * len(graph), dict[int, list[tuple[Node, Form]]]()
        for node, form in reversed(forms):
            level = 0
            for part in (*form.columns, *form.factors, *[arg for extra in form.extras for arg in extra[1:]]):
                if type(part) is Node and levels[part.index] > level:
                    level = levels[part.index]
            levels[node.index] = level + 1
            found.setdefault(level, []).append((node, form))
        for level in sorted(found):
            alike: dict[Any, list[tuple[Node, Form]]] = {}
            for node, form in found[level]:
                alike.setdefault((self._ranks[node.index], *self._key(form)), []).append((node, form))
            for group in alike.values():
                self._stack(group)

    def _form(self, node: Node, hidden: bytearray) -> Form:
        """O que um nó calcula; os nós que só ele usa e que entram na sua soma ficam marcados em `hidden`."""
        op, args = node.op, node.inputs
        columns: Sequence[Any]
        factors: Sequence[Any]
        if op in _SIGNS or op is ops.total or op is ops.weighted_sum:
            pairs, loose, inner, dotted = self._terms(node)
            weighed = list(map(self._weighed, pairs))
            weights = [pair for pair in weighed if pair is not None]
            others = [pair for pair, found in zip(pairs, weighed, strict=True) if found is None]
            own = dotted or any([type(factor) is Node and self._ranks[factor.index] > 0 for factor, _ in weights])
            if len(weights) > 1 and (own or len(weights) >= _LONG):
                extras = [*loose, *[(1.0, a, b) for a, b in others]]
                if sum(extra[1:] != (1.0, None) for extra in extras) < _LONG:
                    for place in inner:
                        hidden[place] = True
                    factors, columns = zip(*weights, strict=True)
                    return Form("linear", None, columns, factors, extras)
            if op is ops.weighted_sum or len(pairs) + len(loose) >= _LONG:
                for place in inner:
                    hidden[place] = True
                extras = loose if len(loose) < _LONG <= len(pairs) else []
                columns = [*[a for a, _ in pairs], *[a for _, a, _ in loose if not extras]]
                factors = [*[b for _, b in pairs], *[sign for sign, _, _ in loose if not extras]]
                return Form("many", ops.total, columns, () if set(factors) == {1.0} else factors, extras)
        if op in _MANY and (len(args) >= _LONG or op is ops.log_sum_exp):
            return Form("many", op, args)
        return Form("rule", op, args)

    def _terms(self, node: Node) -> tuple[list[tuple[Any, Any]], list[tuple[float, Any, Any]], list[int], bool]:
        """Uma soma, desfeita: os produtos, as outras parcelas com o sinal, os nós desfeitos, e se há um `dot`."""
        uses, dotted = self._uses, False
        pairs, loose, inner = list[Any](), list[Any](), list[int]()
        stack: list[tuple[float, Any]] = [(1.0, node)]
        while stack:
            sign, part = stack.pop()
            own = part is node
            if type(part) is not Node:
                loose.append((1.0, sign * part, None))
                continue
            if not own and (part.op is None or uses[part.index] != 1 or part.value.label):
                loose.append((sign, part, None))
                continue
            args, signs = part.inputs, _SIGNS.get(part.op)
            if signs is not None:
                stack += [(sign * other, arg) for other, arg in zip(reversed(signs), reversed(args), strict=True)]
            elif part.op is ops.total and own:
                stack += [(sign, arg) for arg in reversed(args)]
            elif part.op is ops.weighted_sum and sign > 0:
                dotted, half = True, len(args) // 2
                pairs += zip(args[:half], args[half:], strict=True)
            elif part.op is ops.mul and sign > 0:
                pairs.append(args)
            else:
                loose.append((sign, part, None))
                continue
            if not own:
                inner.append(part.index)
        plain = []
        for pair in pairs:  # um produto por 1 é uma parcela como as outras
            a, b = pair
            if type(b) is not Node and b == 1.0:
                loose.append((1.0, a, None))
            elif type(a) is not Node and a == 1.0:
                loose.append((1.0, b, None))
            else:
                plain.append(pair)
        number = sum([sign * a for sign, a, _ in loose if type(a) is not Node])
        loose = [term for term in loose if type(term[1]) is Node]
        if number:
            loose.append((1.0, number, None))
        return plain, loose, inner, dotted

    def _weighed(self, pair: tuple[Any, Any]) -> tuple[Any, Any] | None:
        """Um produto como (peso, coluna): o peso é um parâmetro, ou não muda de amostra para amostra; None se não é."""
        ranks, (a, b) = self._ranks, pair
        first = ranks[a.index] if type(a) is Node else 0
        second = ranks[b.index] if type(b) is Node else 0
        if first > second:
            a, b, first, second = b, a, second, first
        return (a, b) if second == 3 > first or second == 2 > first else None

    def _key(self, form: Form) -> tuple[Any, ...]:
        """O que nós da mesma pilha têm em comum."""
        if form.kind == "linear":
            return "linear", tuple(form.columns), self._extras(form)
        if form.kind == "many":
            return "many", form.op, len(form.columns), bool(form.factors), self._extras(form)
        literal = form.op is ops.power  # o expoente diz que conta é
        return "rule", form.op, *[self._source(arg, literal) for arg in form.columns]

    def _extras(self, form: Form) -> tuple[Any, ...]:
        return tuple([(sign, self._source(a), self._source(b)) for sign, a, b in form.extras])

    def _source(self, arg: Any, literal: bool = False) -> Any:
        """De que pilha vem um argumento; None se é um número, ou o próprio, se ele diz que conta é."""
        ref = self._ref(arg)
        source = source_of(ref)
        return repr(ref) if literal and source is None else source

    def _ref(self, arg: Any) -> Ref:
        return self._places[arg.index] if type(arg) is Node else arg

    def _refs(self, args: Sequence[Any]) -> list[Ref]:
        places = self._places
        return [places[arg.index] if type(arg) is Node else float(arg) for arg in args]

    def _stack(self, group: list[tuple[Node, Form]]) -> None:
        """Uma pilha de nós iguais na forma; dois com os mesmos argumentos são a mesma coluna."""
        if group[0][1].kind == "linear":  # os pesos na ordem em que estão na fila deles
            group.sort(key=lambda item: column_of(self._ref(item[1].factors[0])))
        rows: dict[Any, int] = {}
        kept, form = list[tuple[Node, Form]](), group[0][1]
        stack = Stack(form.kind, form.op, self._ranks[group[0][0].index] == 3)
        for node, own in group:
            same = tuple(map(identity, self._refs(own.columns))) if form.kind == "rule" else node
            column = rows.setdefault(same, len(kept))
            if column == len(kept):
                kept.append((node, own))
            self._places[node.index] = stack, column
        stack.names = [node.name for node, _ in kept]
        stack.labelled = bool(kept[0][0].value.label)
        forms = [own for _, own in kept]
        if form.kind == "rule":
            stack.operands = [self._refs(column) for column in zip(*[own.columns for own in forms], strict=True)]
        else:
            columns = forms[:1] if form.kind == "linear" else forms
            stack.operands = [self._refs([arg for own in columns for arg in own.columns])]
            if form.factors:
                stack.operands.append(self._refs([arg for own in forms for arg in own.factors]))
            for place, (sign, _, other) in enumerate(form.extras):
                firsts = self._refs([own.extras[place][1] for own in forms])
                seconds = None if other is None else self._refs([own.extras[place][2] for own in forms])
                stack.extras.append((sign, firsts, seconds))
        self.ordered.append(stack)

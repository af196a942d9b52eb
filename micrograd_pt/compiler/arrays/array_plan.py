"""O plano de um programa para arrays: o que cada pilha vale e o gradiente que recebe, escritos uma vez por pilha.

As regras da tabela se aplicam a uma pilha inteira como a um número.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, groupby
from typing import Any

from micrograd_pt import ops
from micrograd_pt.compiler.arrays.matrices import Hint, Matrices, Piece
from micrograd_pt.compiler.arrays.stacks import Ref, Stack, Stacks, column_of, identity, source_of
from micrograd_pt.written import Written, opened

_FEW = 4  # pedaços que se põem lado a lado; com mais, cada pilha entra uma vez só, e as colunas se escolhem depois
_EXTREMES: dict[Any, tuple[str, str]] = {ops.maximum: ("max", ">="), ops.minimum: ("min", "<=")}


class ArrayPlan(Matrices):
    """Tudo o que falta para escrever um programa para arrays.

    Args:
        stacks: as pilhas.
        wanted: de que folhas se quer o gradiente, na ordem: `"parameters"`, `"inputs"`.
        summed: se o valor é somado sobre as amostras.

    Attributes:
        numbers: as constantes que não são uma só para todas as colunas.
        results: o valor e os gradientes que se querem.
    """

    def __init__(self, stacks: Stacks, wanted: Sequence[str], *, summed: bool) -> None:
        super().__init__()
        self.stacks: Stacks = stacks
        self.summed: bool = summed
        self.numbers: list[float] = []
        self._known: dict[tuple[str, ...], int] = {}
        self._pieces: dict[Stack, dict[Piece, Written]] = {}
        self._values: dict[Stack, Written] = {
            stacks.inputs: self.name("x", True, stacks.inputs.width),
            stacks.parameters: self.name("p", False, stacks.parameters.width),
        }
        leaves: list[Stack] = [getattr(stacks, name) for name in wanted]
        self._wanted = set(leaves)
        for stack in stacks.ordered:
            hint = Hint(stack.stem, stack.names, kept=stack.labelled)
            self._values[stack] = self.named(self._value(stack), hint)
            if self._wants(stack.refs()):
                self._wanted.add(stack)
        self.results: list[Written] = [self._output(stacks.root)]
        for stack in reversed(stacks.ordered):
            if stack in self._pieces:
                received = self.whole(self._pieces.pop(stack), stack.varies, stack.width)
                self._send_back(stack, self.named(received, Hint(f"g_{stack.stem}")))
        for leaf in leaves:
            pieces = self._pieces.get(leaf)
            received = self.whole(pieces, leaf.varies, leaf.width) if pieces else self.zeros(leaf.varies, leaf.width)
            self.results.append(self.full(received, leaf.varies, leaf.width))

    def _wants(self, refs: Any) -> bool:
        """Verdadeiro se por alguma dessas colunas se chega a um gradiente que se quer."""
        return any([source_of(ref) in self._wanted for ref in refs])

    def _pick(self, refs: Sequence[Ref], *, spread: bool = False) -> Written:
        """Essas colunas, lado a lado; a mesma em todos os lugares é uma só, a menos de `spread`."""
        width = len(refs)
        if not spread and _all_same(refs):
            refs = refs[:1]
            if source_of(refs[0]) is None:
                return self.book.constant(refs[0])
        runs = [[*group] for _, group in groupby(refs, source_of)]
        mixed = len(runs) > _FEW
        if mixed:
            by_source: dict[Any, dict[Any, Ref]] = {}
            for ref in refs:
                by_source.setdefault(source_of(ref), {})[identity(ref)] = ref
            runs = [sorted(found.values(), key=column_of) for found in by_source.values()]
        picked = self.concat([self._run(run) for run in runs], [len(run) for run in runs])
        if mixed:
            places = {identity(ref): place for place, ref in enumerate(chain.from_iterable(runs))}
            picked = self.of(picked, [places[identity(ref)] for ref in refs])
        return self.full(picked, self.shape(picked)[0], width) if spread else picked

    def _run(self, refs: Sequence[Ref]) -> Written:
        """Colunas de uma pilha só, ou números."""
        source = source_of(refs[0])
        if source is not None:
            return self.of(self._values[source], [column for _, column in refs])
        start = self._known.setdefault(tuple(map(repr, refs)), len(self.numbers))
        if start == len(self.numbers):
            self.numbers += refs
        return self.make(("slice", start, start + len(refs), 1), (self.book.name("c"),), False, len(refs))

    def _matrix(self, refs: Sequence[Ref], count: int) -> tuple[Written, Piece | None, bool]:
        """Pesos como matriz, um nó por linha; que vista da fila deles ela é, se é uma, e se é transposta."""
        size, source = len(refs) // count, source_of(refs[0])
        if source is not None and all([type(ref) is tuple and ref[0] is source for ref in refs]):
            columns = [column for _, column in refs]
            start = columns[0]
            across = columns[1] - start if size > 1 else 1
            down = columns[size] - start if count > 1 else size if across == 1 else 1
            turned = across > 1 and down == 1
            step, rows, long = (across, size, count) if turned else (down, count, size)
            begin = min(start, source.width - rows * step)
            fits = (turned or across == 1) and begin >= 0 and start - begin + long <= step
            if fits and columns == [start + i * down + j * across for i in range(count) for j in range(size)]:
                view = self.make(("view", begin, rows, step, start - begin, long), (self._values[source],))
                matrix = self.make(("transposed",), (view,)) if turned else view
                return matrix, Piece(start, rows, step, long), turned
        return self.make(("reshape", count, size), (self._pick(refs, spread=True),)), None, False

    # Para frente.

    def _value(self, stack: Stack) -> Written:
        book, width = self.book, stack.width
        if stack.kind == "rule":
            assert stack.op is not None
            found: Written = book.apply(stack.op, [self._pick(refs) for refs in stack.operands])
            return found
        if stack.kind == "linear":
            atoms = self._pick(stack.operands[0], spread=True)
            hint = Hint(f"W_{stack.stem}", rows=(width, len(stack.operands[0])), kept=stack.labelled)
            weights = self.named(self._matrix(stack.operands[1], width)[0], hint)
            value = self.make(("matmul",), (atoms, weights), self.shape(atoms)[0], width)
        else:
            args, size = self._args(stack), len(stack.operands[0]) // width
            if stack.op is ops.log_sum_exp:
                largest = self.reduced("max", args, width, size)
                top = self.make(("finite",), (largest,), *self.shape(largest))
                powers = book.call("exp", book.subtract(args, self.repeat(top, width, size)))
                value = book.add(top, book.call("log", self.reduced("sum", powers, width, size)))
            else:
                value = self.reduced(_EXTREMES.get(stack.op, ("sum", ""))[0], args, width, size)
            if stack.op is ops.average:
                value = book.divide(value, book.constant(float(size)))
        for sign, a, b in stack.extras:
            extra = self._pick(a) if b is None else book.multiply(self._pick(a), self._pick(b))
            value = book.add(value, extra) if sign > 0 else book.subtract(value, extra)
        return value

    def _args(self, stack: Stack) -> Written:
        """As colunas que uma pilha reúne, vezes os fatores delas."""
        args, *factors = [self._pick(refs, spread=True) for refs in stack.operands]
        return self.book.multiply(args, factors[0]) if factors else args

    def _output(self, root: Ref) -> Written:
        """O valor; e o gradiente de onde se parte."""
        value, source = self._pick([root]), source_of(root)
        varies = self.shape(value)[0]
        if source in self._wanted:
            one = self.book.constant(1.0) if source.varies or not self.summed else self.count
            self._pieces[source] = {Piece(root[1], 1, 1, 1): one}
        if not self.summed:
            return self.make(("reshape", -1), (self.full(value, True, 1),), True, 1)
        return self.make(("all",), (value if varies else self.full(value, False, 1) * self.count,))

    # Para trás.

    def _send_back(self, stack: Stack, gradient: Written) -> None:
        """Entrega o gradiente de uma pilha às colunas de que ela é feita."""
        for sign, a, b in stack.extras:
            part = gradient if sign > 0 else self.book.negative(gradient)
            if b is None:
                self._send(a, part, stack.varies)
            else:
                self._send_product(part, (a, b), (self._pick(a), self._pick(b)), stack.varies)
        if stack.kind == "linear":
            self._send_linear(stack, gradient)
        elif stack.kind == "many":
            self._send_many(stack, gradient)
        else:
            assert stack.op is not None
            args = [self._pick(refs) for refs in stack.operands]
            wanted = [self._wants(refs) for refs in stack.operands]
            slopes = self.book.slopes(stack.op, self._values[stack], args, wanted)
            for refs, slope in zip(stack.operands, slopes, strict=True):
                condition, slope = opened(slope)
                if slope is not None:
                    self._send(refs, self._chained(gradient, condition, slope), stack.varies)

    def _send_product(self, gradient: Written, refs: Any, factors: tuple[Written, Written], varies: bool) -> None:
        """Entrega aos dois fatores de um produto, pela linha dele na tabela."""
        slopes = self.book.slopes(ops.mul, self.book.multiply(*factors), factors, (True, True))
        for own, slope in zip(refs, slopes, strict=True):
            self._send(own, self.book.multiply(gradient, slope), varies)

    def _chained(self, gradient: Written, condition: Any, slope: Written) -> Written:
        """Gradiente × derivada local, onde o ramo está aberto."""
        gate = gradient.parts if gradient.kind == "call" and gradient.args[0] == ("gate",) else ()
        if gate and gate[1].number is not None:  # o número entra na conta de dentro
            part = self.gate(gate[0], self.book.chain(gate[1], slope))
        else:
            part = self.book.chain(gradient, slope)
        return part if condition is True else self.gate(condition, part)

    def _send_linear(self, stack: Stack, gradient: Written) -> None:
        """O gradiente das colunas é g·W, e o dos pesos, gᵀ·colunas."""
        (columns, weights), width = stack.operands, stack.width
        matrix, view, turned = self._matrix(weights, width)
        atoms, varies = self._pick(columns, spread=True), self.shape(gradient)[0]
        if self._wants(columns):
            full = self.full(gradient, varies, width)
            self._send(columns, self.make(("send",), (full, matrix), varies, len(columns)), stack.varies)
        if not self._wants(weights):
            return
        if self.shape(atoms)[0]:
            outer = self.make(("outer", turned), (self.full(gradient, True, width), atoms))
        else:
            own = self.total(gradient) if stack.varies else gradient
            outer = self.make(("row_outer", turned), (self.full(own, False, width), atoms))
        self.named(outer, Hint(f"G_{stack.stem}", rows=(len(columns), width) if turned else (width, len(columns))))
        if view is None or view.times == 1:
            self._send(weights, self.flat(outer, len(weights)), varies=False)
        else:
            self._deliver(source_of(weights[0]), view, outer)

    def _send_many(self, stack: Stack, gradient: Written) -> None:
        """A derivada de uma operação sobre várias colunas, aplicada a todas como a uma."""
        book, width, op = self.book, stack.width, stack.op
        assert op is not None and callable(op.partials)
        size = len(stack.operands[0]) // width
        received = self.repeat(gradient, width, size)
        if len(stack.operands) == 2:
            first, second = [self._pick(refs, spread=True) for refs in stack.operands]
            self._send_product(received, stack.operands, (first, second), stack.varies)
            return
        args, value = self._args(stack), self.repeat(self._values[stack], width, size)
        if op in _EXTREMES:  # a regra da tabela conta os empates um por um; os testes prendem esta a ela
            wins = book.compare(_EXTREMES[op][1], args, value)
            winners = self.repeat(self.reduced("count", wins, width, size), width, size)
            part = self.gate(wins, book.divide(received, winners))
        else:
            part = book.chain(received, book.lift(op.partials(value, *[args] * size)[0]))
        self._send(stack.operands[0], part, stack.varies)

    def _send(self, refs: Sequence[Ref], part: Written, varies: bool) -> None:
        """Entrega a cada coluna o que é seu; `varies` diz se quem entrega tem uma linha por amostra."""
        if not self._wants(refs):
            return
        alone, place = _all_same(refs), 0
        for source, group in groupby(refs[:1] if alone else refs, source_of):
            found = [*group]
            if source in self._wanted:
                own = part if alone else self.of(part, range(place, place + len(found)))
                if varies and not source.varies:
                    own = self.total(own)
                if alone and len(refs) > 1:
                    own = self.joined(own, len(refs))
                self._deliver(source, *self.placed([column for _, column in found], own, source.varies))
            place += len(found)

    def _deliver(self, source: Stack, piece: Piece, part: Written) -> None:
        pieces = self._pieces.setdefault(source, {})
        pieces[piece] = self.book.add(pieces[piece], part) if piece in pieces else part
        self.shape(pieces[piece])


def _all_same(refs: Sequence[Ref]) -> bool:
    first = identity(refs[0])
    return all([identity(ref) == first for ref in refs])

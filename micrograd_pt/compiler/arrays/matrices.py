"""Colunas de matrizes, escritas: escolher, pôr lado a lado, repetir, somar; e de pedaços fazer um gradiente inteiro.

Uma amostra é uma linha e um nó é uma coluna. O que muda de amostra para amostra é uma matriz (n, colunas); o que não
muda é uma fila (colunas,), que o módulo de arrays repete por si, e o que é igual em todas as colunas fica uma só.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from micrograd_pt.written import Book, Written

Shape = tuple[bool, int]
"""Se há uma linha por amostra, e quantas colunas; nenhuma num número e numa matriz de pesos."""


class Piece(NamedTuple):
    """Que colunas um gradiente tem: `times` vezes, de `step` em `step`, `size` seguidas a partir de `start`."""

    start: int
    times: int
    step: int
    size: int


class Hint(NamedTuple):
    """Como chamar uma expressão.

    Attributes:
        name: o nome.
        columns: o que há em cada coluna.
        rows: numa matriz de pesos, quantas linhas e colunas ela tem.
        kept: verdadeiro se ela ganha nome mesmo usada uma vez só.
    """

    name: str
    columns: Sequence[str] = ()
    rows: tuple[int, int] | None = None
    kept: bool = False


class Matrices:
    """As expressões de um programa para arrays.

    Attributes:
        book: as expressões; além das contas de um número há chamadas cuja função é uma tupla, como `("repeat", 3)`.
        count: quantas são as amostras.
        hints: como se chamam as que têm como se chamar.
    """

    def __init__(self) -> None:
        self.book: Book = Book()
        self.count: Written = self.book.name("n")
        self.hints: dict[Written, Hint] = {}
        self._shapes: dict[Written, Shape] = {}

    def shape(self, expression: Written) -> Shape:
        """A forma de uma expressão: a que foi dada, ou a maior das suas partes."""
        found = self._shapes.get(expression)
        if found is None:
            shapes = [self.shape(part) for part in expression.parts]
            varies, width = any([shape[0] for shape in shapes]), max([0, *[shape[1] for shape in shapes]])
            found = self._shapes[expression] = varies, width
        return found

    def name(self, text: str, varies: bool, width: int) -> Written:
        """Um array que tem nome."""
        return self._shaped(self.book.name(text), varies, width)

    def make(
        self, function: tuple[Any, ...], parts: Sequence[Written], varies: bool = False, width: int = 0
    ) -> Written:
        """Uma operação de arrays, e a forma do que ela dá."""
        return self._shaped(self.book.called(function, tuple(parts)), varies, width)

    def named(self, expression: Written, hint: Hint) -> Written:
        """A expressão, que se vai chamar assim se ganhar nome; a sua forma fica já sabida, sem descer muito."""
        self.hints.setdefault(expression, hint)
        self.shape(expression)
        return expression

    def _shaped(self, expression: Written, varies: bool, width: int) -> Written:
        self._shapes[expression] = varies, width
        return expression

    def full(self, expression: Written, varies: bool, width: int) -> Written:
        """A expressão com todas as linhas e colunas, também as que só se repetem."""
        if self.shape(expression) == (varies, width):
            return expression
        return self.make(("full", varies, width), (expression,), varies, width)

    def zeros(self, varies: bool, width: int) -> Written:
        """Um gradiente que não chegou: zeros, que não são o mesmo que uma constante 0."""
        return self.make(("zeros", varies, width), (), varies, width)

    def of(self, source: Written, columns: Sequence[int]) -> Written:
        """Algumas colunas: todas, uma fatia, a mesma fatia com repetições, ou as de uma lista."""
        (varies, width), size = self.shape(source), len(columns)
        if width <= 1 or (size == width and _is_run(columns, 0)):
            return source
        start, stop, step = columns[0], columns[-1] + 1, columns[1] - columns[0] if size > 1 else 1
        if step > 0 and _is_run(columns, start, step):
            return self.make(("slice", start, stop, step), (source,), varies, size)
        times = size - columns.index(columns[-1])
        if step == 0 and list(columns) == [start + place // times for place in range(size)]:
            return self.repeat(self.of(source, range(start, stop)), stop - start, times)
        return self.make(("take", tuple(columns)), (source,), varies, size)

    def concat(self, parts: Sequence[Written], widths: Sequence[int]) -> Written:
        """Expressões lado a lado."""
        if len(parts) == 1:
            return parts[0]
        varies = any([self.shape(part)[0] for part in parts])
        full = [self.full(part, varies, width) for part, width in zip(parts, widths, strict=True)]
        return self.make(("concat", int(varies)), full, varies, sum(widths))

    def repeat(self, expression: Written, count: int, times: int) -> Written:
        """Cada uma de `count` colunas tantas vezes seguidas; uma só se repete sozinha."""
        if 1 in (count, times) or self.shape(expression)[1] <= 1:
            return expression
        return self.make(("repeat", times), (expression,), self.shape(expression)[0], count * times)

    def reduced(self, how: str, args: Written, count: int, size: int) -> Written:
        """De `size` em `size` colunas, uma: `"sum"`, `"max"`, `"min"`, ou `"count"`, de quantas são verdadeiras."""
        varies = self.shape(args)[0]
        full = self.full(args, varies, count * size)
        return full if size == 1 and how != "count" else self.make((how, count, size), (full,), varies, count)

    def total(self, part: Written) -> Written:
        """A soma sobre as amostras; o que não muda conta uma vez por amostra."""
        varies, width = self.shape(part)
        return self.make(("samples",), (part,), False, width) if varies else part * self.count

    def joined(self, part: Written, width: int) -> Written:
        """A soma de todas as colunas numa."""
        return part * float(width) if self.shape(part)[1] <= 1 else self.reduced("sum", part, 1, width)

    def gate(self, condition: Any, part: Written) -> Written:
        """A parcela onde a condição vale; fora dela o ramo está fechado, e nada passa."""
        return self.book.called(("gate",), (condition, part))

    def flat(self, matrix: Written, width: int) -> Written:
        """Uma matriz de pesos como fila."""
        return self.make(("reshape", -1), (matrix,), False, width)

    # De pedaços, um gradiente.

    def placed(self, columns: Sequence[int], part: Written, varies: bool) -> tuple[Piece, Written]:
        """O pedaço que é um gradiente para essas colunas, que podem repetir-se ou vir fora de ordem."""
        size, start = len(columns), columns[0]
        step = columns[1] - start if size > 1 else 1
        if step > 0 and _is_run(columns, start, step):
            if step == 1:
                return Piece(start, 1, size, size), part
            if not varies:
                return Piece(start, size, step, 1), self.make(("column",), (self.full(part, False, size),))
        return self.spread(columns, self.full(part, varies, size), varies)

    def spread(self, columns: Sequence[int], part: Written, varies: bool) -> tuple[Piece, Written]:
        """O mesmo gradiente, com as colunas em ordem: as repetidas se somam, e as que faltam recebem 0."""
        low, high, size = min(columns), max(columns) + 1, len(columns)
        arrivals: list[list[int]] = [[] for _ in range(low, high)]
        for place, column in enumerate(columns):
            arrivals[column - low].append(place)
        most = max(map(len, arrivals))
        index = [place for found in arrivals for place in (*found, *[size] * (most - len(found)))]
        if size in index:
            part = self.concat([part, self.zeros(varies, 1)], [size, 1])
        part = self.of(part, index)
        if most > 1:
            part = self.reduced("sum", part, high - low, most)
        return Piece(low, 1, high - low, high - low), part

    def whole(self, pieces: dict[Piece, Written], varies: bool, width: int) -> Written:
        """O gradiente de `width` colunas, a soma dos seus pedaços."""
        runs: list[tuple[int, int, Written]] = []
        tiles: dict[tuple[int, int], list[tuple[Piece, Written]]] = {}
        for piece, part in sorted(pieces.items()):
            if piece.times == 1:
                runs.append((piece.start, piece.size, part))
            else:
                tiles.setdefault((piece.times, piece.step), []).append((piece, part))
        for found in tiles.values():
            runs += self._tiled(found)
        layers: list[list[tuple[int, int, Written]]] = []
        for run in sorted(runs, key=lambda run: run[:2]):
            free = [layer for layer in layers if sum(layer[-1][:2]) <= run[0]]
            if free:
                free[0].append(run)
            else:
                layers.append([run])
        first, *others = [self._layer(layer, varies, width) for layer in layers]
        for other in others:
            first = self.book.add(first, other)
        return first

    def _tiled(self, found: list[tuple[Piece, Written]]) -> list[tuple[int, int, Written]]:
        """Pedaços de mesmo passo: os que, lado a lado, o enchem formam uma matriz inteira; os outros, um por um."""
        runs = []
        while found:
            times, step, tile = found[0][0].times, found[0][0].step, found[:1]
            for piece, part in found[1:]:
                end = tile[-1][0].start + tile[-1][0].size
                if piece.start == end and end + piece.size <= tile[0][0].start + step:
                    tile.append((piece, part))
            found = [item for item in found if item not in tile]
            parts = [part for _, part in tile]
            if sum([piece.size for piece, _ in tile]) == step:
                matrix = parts[0] if len(parts) == 1 else self.make(("concat", 1), parts)
                hint = next((self.hints[part] for part in parts if part in self.hints), Hint("t"))
                self.named(matrix, hint._replace(rows=(times, step)))
                runs.append((tile[0][0].start, times * step, self.flat(matrix, times * step)))
                continue
            for piece, part in tile:
                columns = [piece.start + row * step + column for row in range(times) for column in range(piece.size)]
                piece, part = self.spread(columns, self.flat(part, len(columns)), varies=False)
                runs.append((piece.start, piece.size, part))
        return runs

    def _layer(self, layer: Sequence[tuple[int, int, Written]], varies: bool, width: int) -> Written:
        """Pedaços que não se sobrepõem, com 0 entre eles."""
        parts, widths, end = [], [], 0
        for start, size, part in [*layer, (width, 0, self.count)]:
            if start > end:
                parts.append(self.zeros(varies, start - end))
                widths.append(start - end)
            if size:
                parts.append(part)
                widths.append(size)
            end = start + size
        return self.concat(parts, widths)


def _is_run(columns: Sequence[int], start: int, step: int = 1) -> bool:
    """Verdadeiro se as colunas vão de `step` em `step` a partir de `start`."""
    run = range(start, start + step * len(columns), step)
    return columns == run if type(columns) is range else columns[-1] == run[-1] and list(columns) == list(run)

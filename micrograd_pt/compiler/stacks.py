"""Células iguais na forma, empilhadas: uma conta só para muitas linhas de uma matriz.

Os dezesseis neurônios de uma camada fazem a mesma conta com outros números. Aqui as células são postas em níveis (os
argumentos sempre em níveis anteriores), e as de um nível que fazem a mesma conta com linhas das mesmas pilhas formam
uma pilha: uma matriz com uma linha por célula e uma coluna por amostra, ou uma coluna só, se a célula não muda de
amostra para amostra. Somas que têm as mesmas parcelas, a menos dos fatores, são um produto de matrizes; somas sobre as
amostras de todos os produtos entre duas pilhas, também.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from typing import Any

from micrograd_pt.compiler.cells import Cell, Sheet, Term

_WORTH_A_PRODUCT = 4  # parcelas a partir das quais uma soma sozinha é escrita como produto de matrizes


class Stack:
    """Uma pilha de células.

    Attributes:
        kind: o tipo das células; `"product"` é uma soma escrita como produto de matrizes, `"pairs"`, a soma sobre as
            amostras de um produto.
        cells: as células, na ordem das linhas.
        varies: verdadeiro se há uma coluna por amostra.
        left, right: numa matriz de produtos entre duas pilhas, as células das linhas e as das colunas.
        height: quantas linhas há.
    """

    def __init__(self, kind: str, cells: list[Cell], varies: bool) -> None:
        self.kind: str = kind
        self.cells: list[Cell] = cells
        self.varies: bool = varies
        self.left: list[Cell] = []
        self.right: list[Cell] = []
        self.height: int = len(cells)

    @property
    def first(self) -> Cell:
        """A célula da primeira linha: as outras têm a mesma forma."""
        return self.cells[0]


class Stacks:
    """As pilhas de um programa, na ordem em que são calculadas.

    Args:
        sheet: as células.
        exact: se verdadeiro, a máscara de uma parcela é aplicada ao produto inteiro, e não a um dos fatores: um fator
            infinito ou NaN atrás de um ramo fechado não deixa rastro.

    Attributes:
        ordered: as pilhas.
        places: a pilha e a linha de cada célula.
        output, results: as células que o programa devolve.
    """

    def __init__(self, sheet: Sheet, exact: bool) -> None:
        self.sheet: Sheet = sheet
        self._exact = exact
        self._lowered: dict[Cell, Cell] = {}
        self._alike = Counter(_shared(cell) for cell in _reached([sheet.output, *sheet.results]) if cell.kind == "sum")
        roots = [self._lower(cell) for cell in (sheet.output, *sheet.results)]
        self.output: Cell = roots[0]
        self.results: list[Cell] = roots[1:]
        self.ordered: list[Stack] = []
        self.places: dict[Cell, tuple[Stack, int]] = {}
        self._stack_all(roots)

    def _lower(self, root: Cell) -> Cell:
        """A célula, com as somas que valem a pena trocadas por produtos de matrizes; sem recursão."""
        for cell in _reached([root], self._lowered):
            self._lowered[cell] = self._lower_one(cell)
        return self._lowered[root]

    def _lower_one(self, cell: Cell) -> Cell:
        lowered = self._lowered
        if cell.kind == "sum":
            found = self._lower_sum(cell)
        elif cell.kind == "total" and not (self._exact and cell.detail):
            found = self._lower_total(cell)
        elif cell.args:
            found = self.sheet.make(
                cell.kind, cell.detail, tuple([lowered[arg] for arg in cell.args]), varies=cell.varies
            )
        else:
            found = cell
        found.label = found.label or cell.label
        return found

    def _lower_sum(self, cell: Cell) -> Cell:
        lowered, sheet = self._lowered, self.sheet
        terms = [
            Term(sign, factor and lowered[factor], mask and lowered[mask], lowered[atom])
            for sign, factor, mask, atom in cell.terms
        ]
        moving = [term for term in terms if _moves(term)]
        inside = moving or terms
        masked = any(term.mask is not None for term in inside)
        distinct = len({(term.mask, term.atom) for term in inside}) == len(inside)
        alike = self._alike[_shared(cell)]
        worth = len(inside) >= (2 if alike > 1 else _WORTH_A_PRODUCT) or (alike > 1 and bool(moving))
        if not worth or not distinct or (self._exact and masked):
            return sheet.make("sum", None, (), tuple(terms))
        rest = [term for term in terms if moving and not _moves(term)]
        args = [self._signed(term) for term in inside]
        args += [sheet.masked(term.mask, term.atom) for term in inside]
        args += [sheet.added(rest)] if rest else []
        return sheet.make("product", len(inside), tuple(args), varies=cell.varies)

    def _signed(self, term: Term) -> Cell:
        """O fator de uma parcela, com o sinal."""
        factor = term.factor
        if factor is None:
            return self.sheet.constant(term.sign)
        if factor.kind == "const":
            return self.sheet.constant(term.sign * factor.detail)
        return factor if term.sign == 1.0 else self.sheet.make("sum", None, (), (Term(-1.0, None, None, factor),))

    def _lower_total(self, cell: Cell) -> Cell:
        """A soma sobre as amostras: o que não muda sai para fora, e a máscara vai para o primeiro fator."""
        sheet = self.sheet
        args = [self._lowered[arg] for arg in cell.args]
        mask = args.pop(0) if cell.detail else None
        moving = [arg for arg in args if arg.varies]
        if not moving:
            return sheet.make("total", cell.detail, tuple(self._lowered[arg] for arg in cell.args), varies=False)
        moving[0] = sheet.masked(mask, moving[0])
        found = sheet.make("pairs" if len(moving) == 2 else "total", 0, tuple(moving), varies=False)
        for arg in args:
            if not arg.varies:
                found = sheet.times(arg, found)
        return found

    def _stack_all(self, roots: Sequence[Cell]) -> None:
        levels: dict[Cell, int] = {}
        for cell in _reached(roots):
            levels[cell] = 1 + max((levels[part] for part in _inside(cell)), default=-1)
        by_level: list[list[Cell]] = [[] for _ in range(1 + max(levels.values()))]
        for cell, level in levels.items():
            by_level[level].append(cell)
        for cells in by_level:
            groups: dict[Any, list[Cell]] = {}
            for cell in cells:
                if cell.kind != "const":
                    groups.setdefault(self._form(cell), []).append(cell)
            for group in self._joined(groups.values()):
                self._add(group)

    def _joined(self, groups: Iterable[list[Cell]]) -> Iterable[list[Cell]]:
        """Os grupos, reunidos os produtos de uma linha só que somam o mesmo tanto de linhas das mesmas pilhas."""
        alone: dict[Any, list[Cell]] = {}
        for group in groups:
            cell = group[0]
            if cell.kind == "product" and len(group) == 1:
                form = [sorted(map(str, map(self._of, cells))) for cells in (atoms(cell), bias(cell))]
                alone.setdefault((cell.varies, str(form)), []).append(cell)
            else:
                yield group
        yield from alone.values()

    def _form(self, cell: Cell) -> Any:
        """O que células empilhadas têm em comum."""
        if cell.kind in ("input", "parameter", "rows"):
            return cell.kind
        if cell.kind == "product":
            return "product", frozenset(atoms(cell)), tuple([self._of(arg) for arg in bias(cell)])
        if cell.kind == "sum":
            return "sum", tuple([(term.sign, *map(self._of, term[1:])) for term in cell.terms])
        return cell.kind, cell.detail, tuple([self._of(arg) for arg in cell.args])

    def _of(self, cell: Any) -> Any:
        """De que pilha a célula é; de uma constante, o número."""
        if cell is None:
            return None
        return ("const", repr(cell.detail)) if cell.kind == "const" else id(self.places[cell][0])

    def _add(self, group: list[Cell]) -> None:
        """Forma uma pilha; a ordem das linhas segue a dos argumentos, que assim se leem em fila."""
        if group[0].kind in ("input", "parameter", "rows"):
            group.sort(key=lambda cell: cell.detail)
        else:
            group.sort(key=lambda cell: [self._row(part) for part in _inside(cell)])
        stack = Stack(group[0].kind, group, group[0].varies)
        self.ordered.append(stack)
        given = {"input": self.sheet.plan.inputs, "parameter": self.sheet.plan.parameters}.get(stack.kind)
        if given is not None:
            stack.height = len(given)
        for row, cell in enumerate(group):
            self.places[cell] = stack, row if given is None else cell.detail
        if stack.kind == "pairs":
            self._pair(stack)

    def _pair(self, stack: Stack) -> None:
        """Os produtos entre duas pilhas: a matriz inteira, se se quer ao menos metade dela."""
        left = sorted({cell.args[0] for cell in stack.cells}, key=self._row)
        right = sorted({cell.args[1] for cell in stack.cells}, key=self._row)
        if len(stack.cells) < _WORTH_A_PRODUCT or 2 * len(stack.cells) < len(left) * len(right):
            return
        stack.left, stack.right, stack.height = left, right, len(left) * len(right)
        rows, columns = ({cell: row for row, cell in enumerate(cells)} for cells in (left, right))
        for cell in stack.cells:
            self.places[cell] = stack, rows[cell.args[0]] * len(right) + columns[cell.args[1]]

    def _row(self, cell: Cell) -> int:
        return -1 if cell.kind == "const" else self.places[cell][1]


def factors(product: Cell) -> tuple[Cell, ...]:
    """Os fatores de um produto de matrizes, um por parcela."""
    return product.args[: product.detail]


def atoms(product: Cell) -> tuple[Cell, ...]:
    """O que os fatores multiplicam."""
    return product.args[product.detail : 2 * product.detail]


def bias(product: Cell) -> tuple[Cell, ...]:
    """O que se soma ao produto: nada, ou uma célula que não muda de amostra para amostra."""
    return product.args[2 * product.detail :]


def _shared(cell: Cell) -> Any:
    """As parcelas de uma soma, a menos dos fatores."""
    moving = [(term.mask, term.atom) for term in cell.terms if _moves(term)]
    return frozenset(moving or [(term.mask, term.atom) for term in cell.terms])


def _moves(term: Term) -> bool:
    return term.atom.varies or (term.mask is not None and term.mask.varies)


def _inside(cell: Cell) -> list[Cell]:
    """As células de que esta é feita, uma por uso."""
    if cell.kind == "sum":
        return [part for term in cell.terms for part in term[1:] if part is not None]
    return list(cell.args)


def _reached(roots: Iterable[Cell], known: Container[Cell] = ()) -> list[Cell]:
    """As células de que as raízes são feitas, as partes antes, sem as já conhecidas."""
    ordered: dict[Cell, None] = {}
    stack = list(reversed(list(roots)))
    while stack:
        cell = stack[-1]
        missing = [] if cell in ordered else [p for p in _inside(cell) if p not in ordered and p not in known]
        if missing:
            stack += reversed(missing)
            continue
        stack.pop()
        if cell not in known:
            ordered[cell] = None
    return list(ordered)

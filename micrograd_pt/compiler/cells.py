"""Um plano como contas puras sobre amostras: cada conta é uma célula, sem blocos `if` nem variáveis que se acumulam.

O que o programa escalar faz com um bloco (`if z > 0:`) aqui é uma máscara; o que ele soma numa variável, uma célula só.
Uma célula vale um número por amostra, ou um número só, se não muda de amostra para amostra.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from micrograd_pt.compiler.plan import Plan, Push, Region
from micrograd_pt.written import Written


class Cell:
    """Uma conta.

    Attributes:
        kind: `"const"`, `"input"`, `"parameter"`, `"rows"`, `"sum"`, `"total"`, ou o tipo da expressão escrita.
        detail: o número, a posição ou a função.
        args: as células de que esta é feita.
        terms: as parcelas, numa soma.
        varies: verdadeiro se vale um número por amostra.
        label: o nó do grafo, ou o gradiente de nó, que ela é.
    """

    __slots__ = ("args", "detail", "kind", "label", "terms", "varies")

    def __init__(
        self, kind: str, detail: Any, args: tuple[Cell, ...], varies: bool, terms: tuple[Term, ...] = ()
    ) -> None:
        self.kind: str = kind
        self.detail: Any = detail
        self.args: tuple[Cell, ...] = args
        self.varies: bool = varies
        self.terms: tuple[Term, ...] = terms
        self.label: str = ""


class Term(NamedTuple):
    """Uma parcela: `sign · factor · atom` onde a máscara vale, e nada fora dela, por mais infinito que seja o resto.

    Attributes:
        sign: 1.0 ou -1.0.
        factor: um fator que não muda de amostra para amostra; None é 1.
        mask: a condição; None vale sempre.
        atom: o outro fator.
    """

    sign: float
    factor: Cell | None
    mask: Cell | None
    atom: Cell


class Sheet:
    """As células de um programa, cada uma uma vez só.

    Args:
        plan: o plano de um laço sobre amostras.

    Attributes:
        output: a soma do valor sobre as amostras.
        results: a soma de cada gradiente pedido.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._made: dict[Any, Cell] = {}
        self._cells: dict[Written, Cell] = {}
        self._places = {name: ("input", place) for place, name in enumerate(plan.inputs)}
        self._places |= {name: ("parameter", place) for place, name in enumerate(plan.parameters)}
        self._pushes: dict[Written, list[Push]] = {variable: [] for variable in plan.sums}
        for push in plan.pushes:
            self._pushes[push.target].append(push)
        self._survey([plan.output, *plan.results])
        self.output: Cell = self._totalled(plan.output)
        self.results: list[Cell] = [self.cell(result) for result in plan.results]

    def _survey(self, roots: Sequence[Written]) -> None:
        """Conta os usos de cada expressão, e separa as que mudam de amostra para amostra."""
        plan = self.plan
        self._uses: dict[Written, int] = {}
        for root in roots:
            self._uses[root] = self._uses.get(root, 0) + 1
        found = list(self._uses)
        for expression in found:  # a lista cresce enquanto é percorrida
            for part in self._all_parts(expression):
                if part not in self._uses:
                    self._uses[part] = 0
                    found.append(part)
                self._uses[part] += 1
        self._varying = set(plan.varying)
        for expression in sorted(found, key=lambda expression: expression.index):
            if any(part in self._varying for part in expression.parts):
                self._varying.add(expression)

    def _all_parts(self, expression: Written) -> list[Written]:
        pushes = self._pushes.get(expression, ())
        return [*expression.parts, *(found for push in pushes for found in (push.part, *_written(push.region)))]

    def make(
        self,
        kind: str,
        detail: Any,
        args: tuple[Cell, ...],
        terms: tuple[Term, ...] = (),
        *,
        varies: bool | None = None,
    ) -> Cell:
        """A célula com essa conta; se já existe, a mesma."""
        key = (kind, repr(detail), args, terms)
        cell = self._made.get(key)
        if cell is None:
            inside = (*args, *(part for term in terms for part in (term.factor, term.mask, term.atom)))
            changes = any(part.varies for part in inside if part is not None) if varies is None else varies
            cell = self._made[key] = Cell(kind, detail, args, changes, terms)
        return cell

    def constant(self, number: float) -> Cell:
        """Uma constante."""
        return self.make("const", number, ())

    @property
    def functions(self) -> list[str]:
        """As funções de `math` de que o programa precisa."""
        return sorted({cell.detail for cell in self._made.values() if cell.kind == "call" and cell.detail != "pow"})

    def masked(self, mask: Cell | None, cell: Cell) -> Cell:
        """A célula onde a máscara vale, 0 fora dela."""
        return cell if mask is None else self.make("choose", None, (mask, cell, self.constant(0.0)))

    def times(self, a: Cell | None, b: Cell) -> Cell:
        """O produto; None é 1."""
        return b if a is None else self.make("*", None, (a, b))

    def cell(self, expression: Written) -> Cell:
        """A célula de uma expressão; as de que ela é feita vêm antes, sem recursão."""
        stack = [expression]
        while stack:
            top = stack[-1]
            if top in self._cells:
                stack.pop()
                continue
            missing = [part for part in self._needed(top) if part not in self._cells]
            if missing:
                stack += missing
                continue
            stack.pop()
            cell = self._cells[top] = self._build(top)
            node = self.plan.values.get(top) or self.plan.sums.get(top)
            if not cell.label:
                adjoint = self.plan.adjoints.get(top)
                cell.label = node.name if top in self.plan.values and node else f"g_{adjoint.name}" if adjoint else ""
                if top in self.plan.sums and node:
                    cell.label = f"g_{node.name}"
        return self._cells[expression]

    def _needed(self, expression: Written) -> list[Written]:
        """As expressões que precisam de célula antes desta."""
        if expression in self._pushes:
            needed: list[Written] = []
            for push in self._pushes[expression]:
                needed += [part for term in self._terms(push.part, self._uses[push.part] == 1) for part in term[1:]]
                needed += _written(push.region)
            return needed
        if expression.kind in ("+", "-", "neg", "*"):
            terms = self._terms(expression)
            if len(terms) > 1 or terms[0][-1] is not expression:
                return [part for term in terms for part in term[1:]]
        return list(expression.parts)

    def _build(self, expression: Written) -> Cell:
        kind, cells = expression.kind, self._cells
        if expression in self._pushes:
            return self._received(expression)
        if kind == "const":
            return self.constant(expression.args[0])
        if kind == "name":
            source, place = self._places.get(expression.args[0], ("rows", 0))
            return self.make(source, place, (), varies=source == "input")
        if kind in ("+", "-", "neg", "*"):
            terms = self._terms(expression)
            if len(terms) > 1 or terms[0][-1] is not expression:
                return self.added([self._term(term) for term in terms])
        detail = expression.args[0] if kind == "call" else None
        return self.make(kind, detail, tuple([cells[part] for part in expression.parts]))

    def _terms(self, expression: Written, inside: bool = True) -> list[tuple[Any, ...]]:
        """As parcelas de uma soma: (sinal, fator que não muda, o outro fator) ou (sinal, o que é somado).

        Uma soma dentro da soma que ninguém mais usa é desfeita; `inside` diz se esta mesma se pode desfazer.
        """
        terms: list[tuple[Any, ...]] = []
        stack = [(1.0, expression, inside)]
        while stack:
            sign, found, opened = stack.pop()
            opened = opened or self._uses[found] == 1
            if opened and found.kind in ("+", "-"):
                a, b = found.args
                stack += [(sign if found.kind == "+" else -sign, b, False), (sign, a, False)]
            elif opened and found.kind == "neg":
                stack.append((-sign, found.args[0], False))
            else:
                split = self._split(found) if opened and found.kind == "*" else None
                terms.append((sign, *split) if split else (sign, found))
        return terms

    def _split(self, product: Written) -> tuple[Written, Written] | None:
        """Um produto como (fator que não muda, o outro); None se não é assim."""
        a, b = product.args
        moving = product in self._varying
        for factor, atom in ((a, b), (b, a)):
            if factor not in self._varying and (atom in self._varying if moving else factor.kind == "const"):
                return factor, atom
        return None

    def _term(self, term: tuple[Any, ...], mask: Cell | None = None) -> Term:
        sign, *factors = term
        factor = self._cells[factors[0]] if len(factors) == 2 else None
        return Term(sign, factor, mask, self._cells[factors[-1]])

    def added(self, terms: Iterable[Term]) -> Cell:
        """A soma das parcelas."""
        together = tuple(terms)
        if not together:
            return self.constant(0.0)
        first = together[0]
        if len(together) == 1 and first.sign == 1.0 and first.factor is None:
            return self.masked(first.mask, first.atom)
        return self.make("sum", None, (), together)

    def _received(self, variable: Written) -> Cell:
        """O gradiente que se soma numa variável."""
        terms: list[Term] = []
        for push in self._pushes[variable]:
            found = self._terms(push.part, self._uses[push.part] == 1)
            mask = self._mask(push.region)
            if variable in self._varying or push.after:
                terms += [self._term(term, mask) for term in found]
            else:
                terms += [self._total(term, mask) for term in found]
        return self.added(terms)

    def _mask(self, region: Region) -> Cell | None:
        """A condição de uma região; None se ela não tem nenhuma."""
        mask: Cell | None = None
        for condition in _written(region):
            found = self._cells[condition]
            mask = found if mask is None else self.make("and", None, (mask, found))
        return mask

    def _totalled(self, expression: Written) -> Cell:
        """A soma de uma expressão sobre as amostras."""
        terms = self._terms(expression, self._uses[expression] == 1)
        for term in terms:
            for part in term[1:]:
                self.cell(part)
        return self.added([self._total(term, None) for term in terms])

    def _total(self, term: tuple[Any, ...], mask: Cell | None) -> Term:
        """Uma parcela somada sobre as amostras; a que não muda é contada uma vez por amostra."""
        plain = self._term(term, mask)
        if not plain.atom.varies and (mask is None or not mask.varies):
            rows = self.make("rows", 0, (), varies=False)
            if plain.atom is self.constant(1.0):
                return plain._replace(atom=rows)
            return plain._replace(factor=self.times(plain.factor, rows))
        args = tuple([part for part in (plain.factor, *self._factors(plain.atom)) if part is not None])
        masks = () if mask is None else (mask,)
        return Term(plain.sign, None, None, self.make("total", len(masks), (*masks, *args), varies=False))

    def _factors(self, atom: Cell) -> tuple[Cell, ...]:
        """Os fatores de um produto de duas coisas que mudam; outra coisa é um fator só."""
        return atom.args if atom.kind == "*" and not atom.label else (atom,)


def _written(region: Region) -> list[Written]:
    """As condições de uma região que não se conhecem de antemão."""
    return [condition for condition in region if isinstance(condition, Written)]

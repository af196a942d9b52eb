"""Das pilhas ao texto: Python com operações de arrays, na forma do padrão Python array API."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from micrograd_pt.compiler.cells import Cell, Sheet
from micrograd_pt.compiler.naming import Names, comment
from micrograd_pt.compiler.stacks import Stack, Stacks, atoms, bias, factors
from micrograd_pt.written import COMPARISONS

_PIECE = 40  # parcelas por linha: o analisador do Python é recursivo
_SHORT = 60  # até quantas letras um resultado sem nome entra na linha de quem o usa
_WORD = re.compile(r"\b[A-Za-z_]\w*\b")
_CALL = re.compile(r"[\w.]+\([^()]*\)")
_SIGNS = {**{sign: sign for sign in ("*", "/", *COMPARISONS)}, "and": "&", "or": "|"}


class ArrayWriter:
    """Escreve uma função sobre arrays, e as constantes que ficam antes dela.

    Args:
        stacks: as pilhas.
        functions: como se escreve cada função de `math`.
        constants: os arrays que não mudam, já escritos, com o nome de cada um.
    """

    def __init__(self, stacks: Stacks, functions: dict[str, str], constants: dict[str, str]) -> None:
        self.stacks: Stacks = stacks
        self.functions: dict[str, str] = functions
        self.constants: dict[str, str] = constants
        self._lines: list[tuple[str, str, str]] = []
        self._passing: set[str] = set()  # os nomes que não dizem nada
        self.variables: Names = Names()
        self.names: dict[Stack, str] = {}
        self._serials = {stack: serial for serial, stack in enumerate(stacks.ordered)}
        for stack in stacks.ordered:
            self._write(stack)

    def lines(self) -> list[str]:
        """As linhas, a última devolvendo o valor e os gradientes; o que se usa uma vez entra na linha de quem usa."""
        total = self.rows([self.stacks.output])
        gradients = self.rows(self.stacks.results) if self.stacks.results else self._constant("[]")
        assigned = [*self._lines, ("", f"({total})[0, 0], xp.reshape({gradients}, (-1,))", "")]
        uses = Counter(word for _, text, _ in assigned for word in _WORD.findall(text))
        waiting: dict[str, str] = {}
        lines = []
        for name, text, about in assigned:
            full = _WORD.sub(lambda found: _put(found, waiting), text)
            if name in self._passing and uses[name] == 1 and len(full) <= _SHORT:
                waiting[name] = full
            else:
                lines.append(f"{name} = {full}{about}" if name else f"return {full}")
        return lines

    def _write(self, stack: Stack) -> None:
        kind = stack.kind
        if kind == "input":
            self._name(stack, "x")
            return
        if kind == "parameter":
            self._name(stack, "p")
            return
        if kind == "rows":
            text = "xp.asarray([[float(samples)]], dtype=xp.float64)"
        elif kind == "sum":
            text = self._sum(stack)
        elif kind == "product":
            text = self._product(stack)
        elif kind == "pairs" and stack.left:
            left, right = self.rows(stack.left), self.rows(stack.right)
            text = f"xp.reshape(xp.matmul({left}, xp.matrix_transpose({right})), (-1, 1))"
        elif kind in ("total", "pairs"):
            text = self._total(stack)
        else:
            text = self._elementwise(stack)
        name = self._name(stack, stack.first.label or "t")
        if not stack.first.label:
            self._passing.add(name)
        self._lines.append((name, text, _about(stack, name)))

    def _name(self, stack: Stack, label: str) -> str:
        name = self.names[stack] = self.variables.new(label)
        return name

    def _elementwise(self, stack: Stack) -> str:
        first = stack.first
        known = [arg.kind == "const" for arg in first.args]
        spelled = first.kind == "call" and first.detail != "pow"
        kept = first.kind == "choose" and known[1] and known[2]  # de dois números o tipo do array não se conheceria
        args = []
        for place in range(len(known)):
            literal = known[place] and not spelled and not (all(known) or (kept and place == 1))
            args.append(self._operand([cell.args[place] for cell in stack.cells], literal))
        if first.kind == "choose":
            return f"xp.where({', '.join(args)})"
        if first.kind == "not":
            return f"~{args[0]}"
        if spelled:
            return f"{self.functions[first.detail]}({', '.join(args)})"
        return f"{args[0]} {'**' if first.kind == 'call' else _SIGNS[first.kind]} {args[1]}"

    def _sum(self, stack: Stack) -> str:
        pieces = []
        for place, term in enumerate(stack.first.terms):
            columns = list(zip(*[cell.terms[place][1:] for cell in stack.cells], strict=True))
            known = stack.first.terms[place]
            alone = len(stack.first.terms) == 1 and known.factor is None and known.atom.kind == "const"
            text = self._operand(columns[2], literal=known.mask is None and not alone)
            if known.factor is not None:
                text = f"{self._operand(columns[0])} * {text}"
            if known.mask is not None:
                text = f"xp.where({self._operand(columns[1])}, {text}, 0.0)"
            sign = "-" if term.sign < 0 else "+"
            pieces.append(f" {sign} {text}")
        return self._added(pieces)

    def _added(self, pieces: list[str]) -> str:
        """As parcelas numa linha, ou em várias se são muitas."""
        while len(pieces) > _PIECE:
            name = self.variables.new("t")
            self._lines.append((name, _first("".join(pieces[:_PIECE])), ""))
            pieces = [f" + {name}", *pieces[_PIECE:]]
        return _first("".join(pieces))

    def _product(self, stack: Stack) -> str:
        cells = stack.cells
        if set(atoms(cells[-1])) != set(atoms(stack.first)):
            return self._with_bias(self._row_sums(stack), stack)
        order = sorted(atoms(stack.first), key=lambda cell: self._position(cell))
        rows = []
        for cell in cells:
            of = dict(zip(atoms(cell), factors(cell), strict=True))
            rows += [of[atom] for atom in order]
        ones = all(_is_one(factor) for factor in rows)
        values = self.rows(order)
        if ones and len(cells) == 1:
            text = f"xp.sum({values}, axis=0, keepdims=True)"
        elif len(order) == 1:
            text = f"{self._operand(rows, literal=False)} * {values}"
        else:
            text = f"xp.matmul({self._matrix(rows, len(order))}, {values})"
        return self._with_bias(text, stack)

    def _row_sums(self, stack: Stack) -> str:
        """Somas de parcelas que não são as mesmas: as de cada soma ficam lado a lado, e somam-se de uma vez."""
        width = stack.first.detail
        weights = [factor for cell in stack.cells for factor in factors(cell)]
        text = self.rows([atom for cell in stack.cells for atom in atoms(cell)])
        if not all(_is_one(weight) for weight in weights):
            text = f"{self._operand(weights, literal=False)} * {text}"
        shape = f"({len(stack.cells)}, {width}, {'samples' if stack.varies else 1})"
        return f"xp.sum(xp.reshape({text}, {shape}), axis=1)"

    def _with_bias(self, text: str, stack: Stack) -> str:
        """O produto, e o que se soma a ele."""
        if not bias(stack.first):
            return text
        return f"{text} + {self._operand([bias(cell)[0] for cell in stack.cells])}"

    def _position(self, cell: Cell) -> tuple[int, int]:
        if cell.kind == "const":
            return -1, 0
        stack, row = self.stacks.places[cell]
        return self._serials[stack], row

    def _matrix(self, cells: Sequence[Cell], width: int) -> str:
        """Células que não mudam de amostra para amostra, como matriz."""
        return f"xp.reshape({self.rows(cells)}, ({len(cells) // width}, {width}))"

    def _total(self, stack: Stack) -> str:
        first = stack.first
        columns = [self._operand([cell.args[place] for cell in stack.cells]) for place in range(len(first.args))]
        mask = columns.pop(0) if first.detail else None
        text = " * ".join(columns)
        if mask is not None:
            alone = len(columns) == 1 and first.args[1].kind == "const"
            other = self._constant("[[0.0]]") if alone else "0.0"
            text = f"xp.where({mask}, {text}, {other})"
        return f"xp.sum({text}, axis=1, keepdims=True)"

    def _operand(self, cells: Sequence[Cell], literal: bool = True) -> str:
        """Um argumento de uma conta por linhas: uma linha só se é a mesma em todas, um número se é constante."""
        first = cells[0]
        if literal and first.kind == "const":
            return _number(first.detail)
        return self.rows([first] if all(cell is first for cell in cells) else cells)

    def rows(self, cells: Sequence[Cell]) -> str:
        """Essas células, nessa ordem, como linhas de uma matriz."""
        sources: dict[Stack | None, list[Cell]] = {}  # None junta as constantes
        for cell in cells:
            sources.setdefault(None if cell.kind == "const" else self.stacks.places[cell][0], []).append(cell)
        if len(sources) == 1:
            return self._of_one(next(iter(sources)), cells)
        pieces: list[str] = []
        places: dict[Cell, int] = {}
        varies = any(cell.varies for cell in cells)
        for stack, found in sources.items():
            wanted = sorted(dict.fromkeys(found), key=self._position)
            places |= {cell: len(places) + place for place, cell in enumerate(wanted)}
            piece = self._of_one(stack, wanted)
            if varies and (stack is None or not stack.varies):
                piece = f"xp.broadcast_to({piece}, ({len(wanted)}, samples))"
            pieces.append(piece)
        return self._taken(f"xp.concat([{', '.join(pieces)}], axis=0)", len(places), [places[cell] for cell in cells])

    def _of_one(self, stack: Stack | None, cells: Sequence[Cell]) -> str:
        """Células de uma mesma pilha, ou constantes, como linhas de uma matriz."""
        if stack is None:
            return self._constant(f"[{', '.join(f'[{_number(cell.detail)}]' for cell in cells)}]")
        return self._taken(self.names[stack], stack.height, [self.stacks.places[cell][1] for cell in cells])

    def _taken(self, name: str, height: int, rows: list[int]) -> str:
        """Linhas de uma matriz: ela mesma, uma fatia dela, ou as de uma lista."""
        start, stop = rows[0], rows[-1] + 1
        if rows == list(range(height)):
            return name
        if len(rows) == 1:
            return f"{name}[{start}:{stop}, :]"
        step = rows[1] - rows[0]
        if step > 0 and rows == list(range(start, stop, step)):
            return f"{name}[{start}:{stop}, :]" if step == 1 else f"{name}[{start}:{stop}:{step}, :]"
        index = self._constant(str(rows), "xp.int64")
        return f"xp.take({name}, {index}, axis=0)"

    def _constant(self, text: str, kind: str = "xp.float64") -> str:
        """O nome de um array que não muda."""
        made = f"xp.asarray({text}, dtype={kind})"
        if made not in self.constants:
            self.constants[made] = f"{'_rows' if kind == 'xp.int64' else '_numbers'}_{len(self.constants) + 1}"
        return self.constants[made]


def _is_one(cell: Cell) -> bool:
    return cell.kind == "const" and cell.detail == 1.0


def _first(text: str) -> str:
    """Uma soma sem o sinal da frente, se é +."""
    return text[3:] if text.startswith(" + ") else f"-{text[3:]}"


def _number(number: float) -> str:
    text = repr(number) if number == number and abs(number) != float("inf") else f'float("{number!r}")'
    return f"({text})" if text.startswith("-") else text


def _about(stack: Stack, name: str) -> str:
    """O que as linhas de uma pilha são."""
    labels = [comment(cell.label) for cell in stack.cells if cell.label]
    return f"  # {_list(labels)}" if labels and labels != [name] else ""


def _put(found: re.Match[str], waiting: dict[str, str]) -> str:
    """O texto que espera por esse nome, entre parênteses se sozinho não se manteria junto."""
    text = waiting.pop(found[0], None)
    if text is None:
        return found[0]
    before, after = found.string[: found.start()], found.string[found.end() :]
    alone = before.endswith(("(", ", ")) and after.startswith((")", ","))
    return text if alone or _CALL.fullmatch(text) else f"({text})"


def _list(names: Sequence[str]) -> str:
    """Alguns nomes, ou o primeiro e o último de muitos."""
    return ", ".join(names) if len(names) < 5 else f"{names[0]}, {names[1]} … {names[-1]}"


def write_arrays(sheet: Sheet, functions: dict[str, str], heading: Sequence[str]) -> str:
    """O texto da função `program` e, se as duas não são a mesma, da função `careful`.

    Args:
        sheet: as células.
        functions: como se escreve cada função de `math`.
        heading: as linhas de `import`.
    """
    constants: dict[str, str] = {}
    fast = _function("program", Stacks(sheet, exact=False), functions, constants)
    careful = _function("careful", Stacks(sheet, exact=True), functions, constants)
    differ = fast[2:] != careful[2:]
    given = [f"{name} = {made}" for made, name in constants.items()]
    parts = [[*heading, *([""] if given else []), *given], fast, *([careful] if differ else [])]
    return "\n\n\n".join("\n".join(part) for part in parts) + "\n"


_ABOUT = {
    "program": "O valor e os gradientes, somados sobre as amostras: uma linha por nó, uma coluna por amostra.",
    "careful": "O mesmo, para quando `program` dá NaN: nenhum infinito atrás de um ramo fechado deixa rastro.",
}


def _function(name: str, stacks: Stacks, functions: dict[str, str], constants: dict[str, str]) -> list[str]:
    writer = ArrayWriter(stacks, functions, constants)
    lines = [f"def {name}(inputs, parameters):", f'    """{_ABOUT[name]}"""']
    count = len(stacks.sheet.plan.inputs)
    if count:
        lines += [
            "    arrays = xp.broadcast_arrays(*[xp.asarray(values, dtype=xp.float64) for values in inputs])",
            f"    x = xp.reshape(xp.stack(arrays), ({count}, -1))  # {_list(stacks.sheet.plan.inputs)}",
        ]
    lines.append(f"    samples = {'x.shape[1]' if count else 1}")
    if stacks.sheet.plan.parameters:
        names = _list(stacks.sheet.plan.parameters)
        lines.append(f"    p = xp.reshape(xp.asarray(parameters, dtype=xp.float64), (-1, 1))  # {names}")
    return [*lines, *(f"    {line}" for line in writer.lines())]

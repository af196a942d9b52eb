"""Do plano ao texto: o que um bom aluno escreveria em NumPy, na forma do padrão Python array API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from textwrap import wrap
from typing import Any, ClassVar

from micrograd_pt.compiler.arrays.array_plan import ArrayPlan
from micrograd_pt.compiler.arrays.matrices import Hint, Shape
from micrograd_pt.compiler.arrays.namespaces import Namespace
from micrograd_pt.compiler.naming import Names, comment
from micrograd_pt.written import ATOM, CHOICE, COMPARE, COMPARISONS, FACTOR, TERM, UNARY, Infix, Spelled, Written, signs

_WIDE = 112  # letras numa linha
_INDEXED = ("column", "slice", "transposed", "view")
_SHORT = 60  # até quantas letras um resultado sem rótulo entra na linha de quem o usa


class ArrayInfix(Infix):
    """Escreve expressões em operações de arrays.

    Args:
        plan: o plano.
        namespace: o módulo.
        names: os nomes das que já estão escritas noutro lugar.

    Attributes:
        imports: as linhas de `import` de que o texto precisa.
        constants: os arrays que não mudam, já escritos, com o nome de cada um.
    """

    signs: ClassVar[dict[str, tuple[str, int, int, int]]] = {
        **signs("|", "&"),
        "or": ("|", COMPARE, TERM, TERM),
        "and": ("&", COMPARE, TERM, TERM),
    }
    opposite: ClassVar[tuple[str, int, int]] = ("~", UNARY, ATOM)

    def __init__(self, plan: ArrayPlan, namespace: Namespace, names: dict[Any, str]) -> None:
        super().__init__(names)
        self.plan = plan
        self.namespace = namespace
        self.imports: set[str] = {f"import {namespace.name} as xp"}
        self.constants: dict[str, str] = {}

    def spelled(self, expression: Written) -> Spelled:
        """Uma expressão sem nome por extenso."""
        if expression.kind == "choose":
            return self.choice(*expression.args), ATOM
        if expression.kind == "+" and self.namespace.placed and self._is_layer(*expression.parts):
            (atoms, weights), bias = expression.parts[0].parts, expression.parts[1]
            return f"xp.addmm({self.text(bias)}, {self.text(atoms)}, {self._transposed(weights)})", ATOM
        if expression.kind != "call":
            return super().spelled(expression)
        function, parts = expression.args[0], expression.parts
        if function == "pow":
            return f"{self.text(parts[0], ATOM)} ** {self.text(parts[1], UNARY)}", UNARY
        if type(function) is tuple:
            return self._array(function, parts, self.plan.shape(expression))
        array = next((part for part in parts if not self._is_scalar(part)), parts[0])
        return self.call(function, [self._like(part, array) for part in parts]), ATOM

    def constant(self, number: float) -> Spelled:
        """Uma constante."""
        text = repr(number)
        return (f'float("{text}")', ATOM) if text[-1] in "nf" else (text, UNARY if text.startswith("-") else ATOM)

    def choice(self, condition: Any, a: Any, b: Any) -> str:
        """`xp.where`; de dois números, o tipo do array vem do que foi comparado."""
        sign = condition.kind if condition.parts[0] is b and condition.parts[-1] is a else ""
        if self.namespace.scalars and sign in ("<", ">") and a.number is not None:
            limited, limit, least = self.text(b, CHOICE), self.text(a, CHOICE), sign == "<"
            if self.namespace.placed:  # `maximum` levaria o número ao dispositivo, e esperaria que ele lá chegasse
                return f"xp.clip({limited}, {'min' if least else 'max'}={limit})"
            return f"xp.{'maximum' if least else 'minimum'}({limited}, {limit})"
        test = self.text(condition, CHOICE)
        if b.number == 0:  # `xp.where(…, …, 0.0)` é sempre um ramo que pode fechar
            test, a, b = f"~({test})", b, a
        first = self._like(a, self._compared(condition)) if self._is_scalar(b) else self.text(a, CHOICE)
        return f"xp.where({test}, {first}, {self.text(b, CHOICE)})"

    def call(self, function: str, args: list[str]) -> str:
        """A função pelo nome que o módulo lhe dá."""
        spelled, line = self.namespace.spelled(function)
        self.imports |= {line} - {""}  # a maior parte vem do próprio módulo
        return f"{spelled}({', '.join(args)})"

    def _like(self, part: Written, array: Written) -> str:
        """Uma parte; um número, como array do tipo de outra."""
        if not self._is_scalar(part) or self._is_scalar(array):
            return self.text(part, CHOICE)
        return f"xp.full_like({self.text(array, CHOICE)}, {self.text(part, CHOICE)})"

    def _is_scalar(self, part: Written) -> bool:
        """Verdadeiro para um número do Python: uma constante, ou uma vezes quantas são as amostras."""
        return self.plan.shape(part)[1] == 0

    def _compared(self, condition: Written) -> Written:
        """O primeiro array de uma condição."""
        while condition.kind in ("and", "or", "not", *COMPARISONS):
            condition = next(part for part in condition.parts if not self._is_scalar(part))
        return condition

    def _array(self, function: tuple[Any, ...], parts: Sequence[Written], shape: Shape) -> Spelled:
        """Uma operação de arrays."""
        kind, *details = function
        if kind in ("matmul", "send", "outer", "row_outer"):
            return self._product(kind, parts, *details)
        varies, axis = shape[0], 1 if shape[0] else 0
        args = [self.text(part, ATOM if kind in _INDEXED else CHOICE) for part in parts]
        source = args[0] if args else ""
        if kind == "gate":
            return f"xp.where({source}, {self._like(parts[1], self._compared(parts[0]))}, 0.0)", ATOM
        if kind in ("column", "transposed"):
            return f"{source}{'[:, None]' if kind == 'column' else '.T'}", ATOM
        if kind == "slice":
            return f"{source}[{':, ' * varies}{_slice(*details)}]", ATOM
        if kind == "view":
            return _view(source, *details), ATOM
        if kind == "take":
            made = f"[{', '.join(map(str, details[0]))}]"
            rows = self.constants.setdefault(made, f"_rows_{len(self.constants) + 1}")
            return f"xp.take({source}, {self.namespace.constant(rows)}, axis={axis})", ATOM
        if kind == "full" and self.plan.shape(parts[0])[1]:
            return f"xp.broadcast_to({source}, {self._shape(*shape)})", ATOM
        if kind == "full":
            return f"xp.full({self._shape(*shape)}, {source}, {self.namespace.like_x})", ATOM
        if kind == "finite":  # um infinito menos ele mesmo seria NaN
            return f"xp.clip({source}, -{self.namespace.largest}, {self.namespace.largest})", ATOM
        if kind == "zeros":
            return f"xp.zeros({self._shape(*shape)}, {self.namespace.like_x})", ATOM
        if kind == "concat":
            return f"xp.concat([{', '.join(args)}], axis={details[0]})", ATOM
        if kind == "reshape":
            return f"xp.reshape({source}, {_tuple(details)})", ATOM
        if kind == "repeat":
            return f"xp.repeat({source}, {details[0]}, axis={axis})", ATOM
        if kind in ("all", "samples"):
            return f"xp.sum({source}{', axis=0' * (kind == 'samples')})", ATOM
        if kind == "count":
            kind, source = "sum", f"xp.astype({source}, x.dtype)"
        if details[0] == 1:
            return f"xp.{kind}({source}, axis={axis}, keepdims=True)", ATOM
        return f"xp.{kind}(xp.reshape({source}, {self._shape(varies, *details)}), axis={axis + 1})", ATOM

    def _product(self, kind: str, parts: Sequence[Written], turned: bool = False) -> Spelled:
        """Um produto de matrizes; o gradiente vem sempre à esquerda."""
        if kind == "matmul":
            return f"{self.text(parts[0], FACTOR)} @ {self._transposed(parts[1])}", FACTOR
        if kind == "send":  # de uma coluna só, todas as linhas vezes a mesma linha
            sign = "*" if self.plan.shape(parts[0]) == (True, 1) else "@"
            return f"{self.text(parts[0], FACTOR)} {sign} {self.text(parts[1], UNARY)}", FACTOR
        rows, columns = [self.text(part, ATOM) for part in parts]
        text = f"{rows}.T @ {columns}" if kind == "outer" else f"{rows}[:, None] * {columns}[None, :]"
        return (f"({text}).T", ATOM) if turned else (text, FACTOR)

    def _transposed(self, matrix: Written) -> str:
        if matrix not in self.names and matrix.args[0] == ("transposed",):
            return self.text(matrix.parts[0], UNARY)
        return f"{self.text(matrix, ATOM)}.T"

    def _is_layer(self, product: Written, bias: Written) -> bool:
        """Verdadeiro para um produto de matrizes mais uma fila, que no PyTorch são uma conta só."""
        if product in self.names or product.kind != "call" or product.args[0] != ("matmul",):
            return False
        varies, width = self.plan.shape(bias)
        return self.plan.shape(product.parts[0])[0] and not varies and width > 0

    def _shape(self, varies: bool, *sizes: int) -> str:
        self.uses["n"] += varies
        return _tuple([*["n"] * varies, *sizes])


def _view(source: str, start: int, rows: int, step: int, skipped: int, size: int) -> str:
    """Uma parte de uma fila como matriz: de `step` em `step` números uma linha, e dela algumas colunas."""
    text = f"xp.reshape({source}[{_slice(start, start + rows * step)}], ({rows}, {step}))"
    if size < step:
        text += f"[:, {skipped or ''}:{skipped + size if skipped + size < step else ''}]"
    return text


def _slice(start: int, stop: int, step: int = 1) -> str:
    return f"{start or ''}:{stop}{f':{step}' if step > 1 else ''}"


def _tuple(parts: Sequence[Any]) -> str:
    return f"({', '.join(map(str, parts))}{',' * (len(parts) == 1)})"


class ArrayWriter:
    """Escreve a função de um plano.

    Args:
        plan: o plano.
        namespace: o módulo.
    """

    def __init__(self, plan: ArrayPlan, namespace: Namespace) -> None:
        self.plan = plan
        self.names: dict[Any, str] = {plan.book.name(name): name for name in ("x", "p", "c", "n")}
        self.variables: Names = Names()
        for name in self.names.values():
            self.variables.new(name)
        self.infix: ArrayInfix = ArrayInfix(plan, namespace, self.names)
        self.uses: Counter[Written] = Counter(plan.results)
        self.lines: list[str] = []
        value, *gradients = plan.results
        late: dict[Written, bool] = {}  # o que só serve ao valor vem depois: num dispositivo, nenhum gradiente o espera
        for last, found in ((False, gradients), (True, [value])):
            for expression in found:  # a lista cresce enquanto é percorrida
                if expression not in late:
                    late[expression] = last
                    self.uses.update(expression.parts)
                    found += expression.parts
        for expression in sorted(late, key=lambda expression: (late[expression], expression.index)):
            if expression.kind not in ("const", "name"):
                self._write(expression)

    def _write(self, expression: Written) -> None:
        """Dá nome a um resultado que o merece; os outros entram na linha de quem os usa."""
        hint = self.plan.hints.get(expression, Hint("t"))
        once = self.uses[expression] == 1
        function = expression.args[0] if expression.kind == "call" else ""
        if type(function) is tuple and function[0] == "slice" and expression.parts[0] in self.names:
            return
        if expression in self.plan.results or (once and not hint.kept):
            text, _ = self.infix.spelled(expression)
            if len(text) <= _SHORT or expression in self.plan.results:
                return
        self.assign(expression, hint)

    def assign(self, expression: Written, hint: Hint) -> None:
        """Uma linha, com o que há em cada coluna e a forma."""
        text = self.infix.spelled(expression)[0]
        name = self.names[expression] = self.variables.new(hint.name)
        varies, width = self.plan.shape(expression)
        shape = _tuple(hint.rows or [*["n"] * varies, width]) if hint.rows or width else ""
        listed = _listed(hint.columns)
        about = ": ".join(filter(None, ["" if listed == name else listed, shape]))
        line = f"{name} = {text}"
        wraps = len(line) > _WIDE and expression.kind == "call" and expression.args[0][0] == "concat"
        self.lines += wrap(line, _WIDE, subsequent_indent="    ") if wraps else [line]
        self.lines[-1] += f"{'  # ' * bool(about)}{about}"


def write_arrays(plan: ArrayPlan, namespace: Namespace) -> str:
    """O texto da função `program`.

    Args:
        plan: o plano.
        namespace: o módulo de arrays.
    """
    writer = ArrayWriter(plan, namespace)
    infix = writer.infix
    for result in plan.results:
        if result not in writer.names:
            name = "value" if result is plan.results[0] else "table" if plan.shape(result)[0] else "gradients"
            writer.assign(result, Hint(name))
    body = [
        *writer.lines,
        f"return {', '.join(writer.names[result] for result in plan.results)}{',' * (len(plan.results) == 1)}",
    ]
    if infix.uses["c"]:
        body.insert(0, f"c = {namespace.constant('_numbers')}")
        infix.constants[f"[{', '.join(infix.constant(number)[0] for number in plan.numbers)}]"] = "_numbers"
    if infix.uses["n"]:
        body.insert(0, "n = x.shape[0]")
    inputs, parameters = plan.stacks.inputs, plan.stacks.parameters
    header = [
        "def program(x, p):",
        f'    """O valor e os gradientes{", somados sobre as amostras" * plan.summed}."""',
        f"    # x: (n, {inputs.width}), uma linha por amostra{': ' * bool(inputs.width)}{_listed(inputs.names)}",
        f"    # p: ({parameters.width},){': ' * bool(parameters.width)}{_listed(parameters.names)}",
        "    # n: quantas amostras há; W_v: os pesos de v; g_v, G_v: os gradientes de v e dos seus pesos (e do viés)",
    ]
    if infix.constants:
        header.append("    # c: os números que não mudam; _rows_1, …: que colunas se tomam, e em que ordem")
    if infix.constants and namespace.placed:
        infix.imports.add("from functools import cache")
    constants = [line for made, name in infix.constants.items() for line in namespace.defined(name, made)]
    parts = [
        [*sorted(infix.imports), *([""] if constants else []), *constants],
        [*header, *[f"    {line}" for line in body]],
    ]
    return "\n\n\n".join("\n".join(part) for part in parts) + "\n"


def _listed(names: Sequence[str]) -> str:
    """Alguns nomes, ou os primeiros e o último de muitos."""
    if len(names) < 5:
        return ", ".join(map(comment, names))
    return f"{comment(names[0])}, {comment(names[1])} … {comment(names[-1])}"

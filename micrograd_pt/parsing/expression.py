"""`Expression`: uma expressão lida uma vez e calculada com os valores que se quiser; e `parse`, que faz os dois."""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from micrograd_pt import ops
from micrograd_pt.conditions import Condition
from micrograd_pt.engine import Value
from micrograd_pt.given import as_number, describe, shorten
from micrograd_pt.ops import DomainError, Operation
from micrograd_pt.parsing.errors import ExpressionDomainError, ExpressionError, ExpressionOverflowError, Span
from micrograd_pt.parsing.statements import APPLY, COLLECT, COMPARE, LOAD, PUSH, StackStep, Statements, statements
from micrograd_pt.parsing.tokens import SAME_SIGN
from micrograd_pt.parsing.vocabulary import BINARY, CONSTANTS, Function, called, function
from micrograd_pt.threads import recording

_MOST_BITS = 1020  # de um número exato; num float cabem 1024


def parse(expression: str, /, **values: Any) -> Value:
    """Lê uma expressão e a calcula: `parse("sigmoid(w*x + b)", w=2, x=-1, b=0.5)`.

    A expressão pode ter as operações do pacote, números, nomes, `pi`, + - * / ** e parênteses; listas onde uma função
    as pede, como em `dot([w1, w2], [x1, x2])`; e comparações dentro de `where`. Partes separadas por `;` dão nome a
    resultados intermediários: `"z = w*x + b; a = tanh(z); (a - y)**2"`.

    Args:
        expression: o texto.
        values: o valor de cada nome: um número, que vira uma folha com esse nome, ou um `Value`, que entra como está.

    Returns:
        O nó do resultado. As folhas se acham pelo nome, com `Graph(value)["w"].value`, ou são os `Value`s dados.

    Raises:
        ExpressionError: o texto não é uma expressão das permitidas, falta um valor ou sobra um; diz em que lugar.
        ExpressionDomainError, ExpressionOverflowError: uma operação não está definida nos números dados, ou o
            resultado não cabe num `float`.
        TypeError: a expressão não é um texto, ou um valor não é um número nem um `Value`.
    """
    return Expression(expression)(**values)


@dataclass(frozen=True)
class Evaluation:
    """Uma expressão calculada.

    Attributes:
        value: o nó do resultado.
        named: os nós que têm nome na expressão: as folhas e os resultados intermediários.
        places: de cada nó calculado, o trecho da expressão de que vem.
    """

    value: Value
    named: dict[str, Value]
    places: dict[Value, Span]


class Expression:
    """Uma expressão lida, que se calcula chamando: `Expression("w*x + b")(w=2, x=-1, b=0.5)`.

    Args:
        text: a expressão, como em `parse`.

    Attributes:
        text: a expressão.

    Raises:
        ExpressionError: o texto não é uma expressão das permitidas.
        TypeError: não é um texto.
    """

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise TypeError(f"a expressão tem de ser um texto, e veio {shorten(text)} ({type(text).__name__})")
        self.text = text
        self._program: Statements = statements(text)

    @property
    def names(self) -> tuple[str, ...]:
        """Os nomes que precisam de valor, como foram escritos, na ordem em que aparecem."""
        return tuple(self.text[slice(*span)] for span in self._program.free.values())

    @property
    def parts(self) -> tuple[str, ...]:
        """As partes, como foram escritas; a última é o resultado."""
        return tuple(self.text[slice(*span)] for span in self._program.parts)

    @property
    def doubtful(self) -> tuple[Span, ...]:
        """Os trechos como `1,5` em que a vírgula separa dois argumentos, mas podia ser decimal."""
        return self._program.doubtful

    @recording
    def __call__(self, /, **values: Any) -> Value:
        """Calcula a expressão.

        Args:
            values: o valor de cada nome, como em `parse`.

        Returns:
            O nó do resultado; folhas e partes com nome o têm como rótulo.
        """
        return self.evaluate(values).value

    def evaluate(self, values: Mapping[str, Any]) -> Evaluation:
        """Calcula a expressão, e diz de que trecho vem cada nó.

        Args:
            values: o valor de cada nome, como em `parse`.
        """
        given = self._given(values)
        named: dict[str, Value] = {}
        for name, span in self._program.free.items():
            named[name] = _leaf(given[name], self.text[slice(*span)])
        return _Run(self.text, named).through(self._program.steps)

    def _given(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Os valores, um para cada nome que precisa de um.

        Raises:
            ExpressionError: falta um valor, sobra um, ou um nome recebe dois.
        """
        given: dict[str, Any] = {}
        for written, value in values.items():
            name = unicodedata.normalize("NFKC", written)
            if name in given:
                raise ExpressionError("given.twice", {"name": written})
            if name in CONSTANTS or function(name) is not None:
                raise ExpressionError("taken", {"name": written})
            if name in self._program.assigned:
                raise self._error("given.assigned", self._program.assigned[name], name=written)
            given[name] = value
        missing = [name for name in self._program.free if name not in given]
        unused = [name for name in given if name not in self._program.free]
        if missing:
            raise self._missing(missing, unused)
        if unused:
            known = ", ".join(self.names)
            raise ExpressionError("unused" if known else "unused.all", {"names": ", ".join(unused), "known": known})
        return given

    def _missing(self, missing: list[str], unused: list[str]) -> ExpressionError:
        """O erro de valores que faltam; um nome parecido entre os que sobram é provavelmente o mesmo."""
        for name in missing:
            near = [other for other in unused if other.casefold() == name.casefold()]
            near = near or difflib.get_close_matches(name, unused, n=1, cutoff=0.6)
            if near:
                return self._error("missing.near", self._program.free[name], name=name, near=near[0])
        names, example = ", ".join(missing), " ".join(f"{name}=1" for name in missing)
        key = "missing.euler" if "e" in missing else "missing"
        return self._error(key, self._program.free[missing[0]], names=names, example=example)

    def _error(self, key: str, span: Span, **values: object) -> ExpressionError:
        return ExpressionError(key, values, self.text, span)

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


def _leaf(value: Any, label: str) -> Value:
    """Um valor dado, como folha."""
    if isinstance(value, Value):
        return value
    number = as_number(value, label)
    try:
        return Value(float(number), label)
    except OverflowError as error:
        raise ExpressionOverflowError("value.large", {"name": label}) from error


class _Run:
    """A conta em andamento, sobre uma pilha."""

    def __init__(self, expression: str, named: dict[str, Value]) -> None:
        self.expression = expression
        self.named = named
        self.places: dict[Value, Span] = {}
        self._stack: list[Any] = []

    def through(self, steps: Iterable[StackStep]) -> Evaluation:
        """Faz todos os passos."""
        result: Any = None
        for step in steps:
            result = self._done(step)
            self._stack.append(result)
        value = result if isinstance(result, Value) else Value(result)
        return Evaluation(value, self.named, self.places)

    def _done(self, step: StackStep) -> Any:
        """O resultado de um passo."""
        if step.does == PUSH:
            return step.what
        if step.does == LOAD:
            return self.named[step.what]
        first = len(self._stack) - step.count
        taken = self._stack[first:]
        del self._stack[first:]
        if step.does == APPLY:
            return self._applied(step, taken)
        if step.does == COLLECT:
            return taken
        if step.does == COMPARE:
            return _compared(step.what, *taken)
        return self._stored(step, *taken)

    def _stored(self, step: StackStep, result: Any) -> Value:
        """Um resultado com nome: um nó que já tem o seu não o perde, e um número vira folha."""
        label = self.expression[slice(*step.span)]
        if not isinstance(result, Value):
            result = Value(result, label)
        elif result.label or result not in self.places:
            result = ops.identity(result)
            self.places[result] = step.span
        node: Value = result
        node.label = label
        self.named[step.what] = node
        return node

    def _applied(self, step: StackStep, args: list[Any]) -> Any:
        """Uma função aplicada; um erro dela aponta o trecho.

        Raises:
            ExpressionDomainError: os argumentos estão fora do domínio.
            ExpressionOverflowError: o resultado não cabe num `float`.
        """
        try:
            if step.what is BINARY["**"]:
                _require_small_power(*args)
            result = step.what.apply(*args)
        except OverflowError as error:
            raise self._overflow(step, args) from error
        except DomainError as error:
            values = {**self._applied_to(step, args), "why": getattr(step.what.apply, "title", str(error))}
            raise ExpressionDomainError("domain", values, self.expression, step.span) from error
        except ValueError as error:
            raise ExpressionError("engine", {"reason": str(error)}, self.expression, step.span) from error
        for node in result if isinstance(result, list) else [result]:
            if not _fits(_number(node)) and all(_fits(_number(arg)) for arg in _flat(args)):
                raise self._overflow(step, args)
            if isinstance(node, Value):
                self.places.setdefault(node, step.span)
        return result

    def _overflow(self, step: StackStep, args: list[Any]) -> ExpressionOverflowError:
        return ExpressionOverflowError("overflow", self._applied_to(step, args), self.expression, step.span)

    def _applied_to(self, step: StackStep, args: list[Any]) -> dict[str, str]:
        """O que as mensagens dizem de uma conta: o nome da operação e os números dela."""
        flat = _flat(args)
        labels = [arg.label if isinstance(arg, Value) else "" for arg in flat]
        sign, name = written_operation(step.what, self.expression[slice(*step.span)])
        return {"name": name, "sign": sign, "where": describe([_number(arg) for arg in flat], labels)}


def written_operation(what: Function | Operation, text: str) -> tuple[str, str]:
    """Como se escreveu uma operação num trecho da expressão.

    Args:
        what: a operação, ou a função que a aplica.
        text: o trecho que a aplica.

    Returns:
        O sinal, `÷` ou `/`, vazio numa função; e o nome, `sen` ou `sin`.
    """
    row = what if isinstance(what, Operation) else what.apply
    for plain, binary in BINARY.items():
        if binary.apply is row:
            bare = text.replace("**", "") if plain == "*" else text
            other = next((sign for sign in SAME_SIGN if SAME_SIGN[sign] == plain and sign in bare), plain)
            return (plain if plain in bare else other), what.name
    name = re.match(r"\w+(?=\s*\()", text)
    applied = None if name is None else called(unicodedata.normalize("NFKC", name[0]))
    if name is not None and applied is not None and applied.apply is row:
        return "", name[0]
    return "", what.name


def _compared(sign: str, left: Any, right: Any) -> Any:
    """Uma comparação: lembrada, se há um nó nela; entre números, verdadeira ou falsa."""
    if isinstance(left, Value) or isinstance(right, Value):
        return Condition(sign, left, right)
    return Condition(sign, left, right).truth


def _flat(args: Iterable[Any]) -> list[Any]:
    """Os argumentos com listas e comparações desfeitas."""
    flat: list[Any] = []
    for arg in args:
        if isinstance(arg, list):
            flat += arg
        elif isinstance(arg, Condition):
            flat += [arg.left, arg.right]
        else:
            flat.append(arg)
    return flat


def _number(arg: Any) -> Any:
    return arg.data if isinstance(arg, Value) else arg


def _fits(number: Any) -> bool:
    """Se um número é finito e cabe num `float`. Um número exato não estoura sozinho, mas também tem limite."""
    return _bits(number) <= _MOST_BITS if isinstance(number, (int, Fraction)) else math.isfinite(number)


def _require_small_power(base: Any, exponent: Any) -> None:
    """Recusa, antes de calcular, uma potência exata que encheria a memória (os `Value`s dados podem ter inteiros).

    Raises:
        OverflowError: o resultado teria mais bits do que um `float` comporta.
    """
    base, exponent = _number(base), _number(exponent)
    exact = isinstance(base, (int, Fraction)) and isinstance(exponent, (int, Fraction))
    if exact and (_bits(base) - 1) * abs(exponent) > _MOST_BITS:
        raise OverflowError(f"{shorten(base)} elevado a {shorten(exponent)} não cabe num float")


def _bits(number: int | Fraction) -> int:
    return max(abs(number.numerator).bit_length(), number.denominator.bit_length())

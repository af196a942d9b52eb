"""O nó `Value`: um número que lembra de onde veio, e a regra da cadeia que volta por esse caminho.

Cada operação da tabela cria um nó com o resultado, os argumentos e os números que eles valiam naquele momento.
`backward()` percorre os nós da saída para as folhas: o gradiente que vem de cima vezes a derivada local, somado sobre
todos os caminhos.

É rápido por quatro razões. Um nó é um objeto só, de campos fixos, sem dicionário, função interna nem ciclo de
referências: o coletor de lixo não tem o que procurar. O método de cada sinal trata ele mesmo do caso comum, em que tudo
é `float`, e deixa o resto para `Value.record`. As derivadas locais só são calculadas na volta, só as que são precisas,
e somadas direto no `grad` de cada nó. E a ordem dos nós sai de uma pilha, sem recursão.

Para ler de uma vez: a classe `Value`, depois `ancestors` (a ordem) e `_send_back` (a regra da cadeia).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from fractions import Fraction
from itertools import filterfalse
from math import isclose
from typing import Any

from micrograd_pt import ops
from micrograd_pt.conditions import ChangedLeafError, Condition, differs, number_of
from micrograd_pt.given import as_number, is_array, shorten
from micrograd_pt.ops import Operation

_PLAIN = frozenset((float, int, Fraction))
_new = object.__new__
_one_at_a_time = threading.RLock()  # enquanto a regra da cadeia anda, o grad dos nós é dela
_recording = ContextVar("_recording", default=True)
_pauses = 0  # quantos no_grad() estão abertos, em qualquer linha de execução


def _unary(operation: Operation) -> Callable[..., Any]:
    """O método que aplica a um nó uma operação de um argumento."""

    def method(self: Value, *extra: Any) -> Any:
        x = self.data
        if type(x) is float and not (extra or _pauses):
            try:
                data = operation.value(x)
            except (ArithmeticError, ValueError, TypeError):
                pass  # quem explica o erro é `record`
            else:
                node = _new(Value)
                node.data, node.grad, node.label, node.op = data, 0, "", operation
                node._first, node._second, node._first_data, node._second_data = self, None, x, None
                return node
        return operation(self, *extra)

    return method


def _binary(operation: Operation) -> tuple[Callable[[Value, Any], Any], Callable[[Value, Any], Any]]:
    """Os métodos de um sinal, com o nó à esquerda e à direita; a um array, cabe a ele responder."""

    def method(self: Value, other: Any) -> Any:
        x = self.data
        y = other.data if type(other) is Value else other
        if type(x) is float and (type(y) is float or type(y) is int) and not _pauses:
            try:
                data = operation.value(x, y)
            except (ArithmeticError, ValueError, TypeError):
                pass  # quem explica o erro é `record`
            else:
                if type(data) is float:
                    node = _new(Value)
                    node.data, node.grad, node.label, node.op = data, 0, "", operation
                    node._first, node._second, node._first_data, node._second_data = self, other, x, y
                    return node
        return NotImplemented if is_array(other) else Value.record(operation, self, other)

    def reflected(self: Value, other: Any) -> Any:
        return NotImplemented if is_array(other) else Value.record(operation, other, self)

    return method, reflected


def _comparison(sign: str) -> Callable[[Value, Any], Any]:
    """O método de um sinal de comparação; a um array, cabe a ele responder."""

    def method(self: Value, other: Any) -> Any:
        return NotImplemented if is_array(other) else Condition(sign, self, other)

    return method


class Value:
    """Um número do grafo computacional.

    Args:
        data: o número: int, float, Fraction ou escalar do NumPy.
        label: o nome mostrado em figuras, lições e mensagens.

    Attributes:
        data: o valor do nó.
        grad: a derivada da saída em relação a este nó. Nas folhas ela se acumula de um `backward()` para o outro; nos
            nós intermediários vale a da última passada.
        label: o nome do nó.
        op: a linha da tabela que criou o nó; None numa folha.

    Raises:
        TypeError: `data` não é um número real; ou tentou-se criar uma subclasse, que ficaria fora do grafo.
    """

    __slots__ = ("_first", "_first_data", "_second", "_second_data", "data", "grad", "label", "op")

    # Um nó guarda os argumentos (números ou nós) e o que eles valiam no passo para frente. Com um ou dois argumentos
    # eles ficam em _first e _second; com qualquer número deles, em duas tuplas, _first e _first_data.
    data: Any
    grad: Any
    label: str
    op: Operation | None
    _first: Any
    _second: Any
    _first_data: Any
    _second_data: Any

    def __init__(self, data: Any, label: str = "") -> None:
        if not isinstance(label, str):
            raise TypeError(f"label espera um texto, e recebeu {shorten(label)} ({type(label).__name__})")
        self.data = data if isinstance(data, Value) else as_number(data, "Value")
        if isinstance(self.data, Value):
            raise TypeError("Value espera um número, e recebeu um Value; use o próprio nó, ou detach() para copiá-lo")
        self.grad = 0
        self.label = label
        self.op = self._first = self._second = self._first_data = self._second_data = None

    def __init_subclass__(cls) -> None:
        raise TypeError(f"{cls.__name__} não pode herdar de Value: guarde um Value num campo, ou acrescente à tabela")

    # Aritmética: cada sinal é uma linha da tabela.

    __add__, __radd__ = _binary(ops.add)
    __sub__, __rsub__ = _binary(ops.sub)
    __mul__, __rmul__ = _binary(ops.mul)
    __truediv__, __rtruediv__ = _binary(ops.div)
    __pow__, __rpow__ = _binary(ops.power)
    __neg__ = _unary(ops.neg)
    __abs__ = abs = _unary(ops.absolute)

    def __pos__(self) -> Value:
        return self

    # Funções de um argumento, como métodos: x.tanh() é tanh(x).

    square, reciprocal = _unary(ops.square), _unary(ops.reciprocal)
    sqrt, cbrt = _unary(ops.sqrt), _unary(ops.cbrt)
    exp, exp2, expm1 = _unary(ops.exp), _unary(ops.exp2), _unary(ops.expm1)
    log, log2, log10, log1p = _unary(ops.log), _unary(ops.log2), _unary(ops.log10), _unary(ops.log1p)
    sin, cos, tan = _unary(ops.sin), _unary(ops.cos), _unary(ops.tan)
    asin, acos, atan = _unary(ops.asin), _unary(ops.acos), _unary(ops.atan)
    sinh, cosh, tanh = _unary(ops.sinh), _unary(ops.cosh), _unary(ops.tanh)
    asinh, acosh, atanh = _unary(ops.asinh), _unary(ops.acosh), _unary(ops.atanh)
    sigmoid, logsigmoid, softplus = _unary(ops.sigmoid), _unary(ops.logsigmoid), _unary(ops.softplus)
    silu, gelu, elu = _unary(ops.silu), _unary(ops.gelu), _unary(ops.elu)
    relu, leaky_relu = _unary(ops.relu), _unary(ops.leaky_relu)
    erf, erfc = _unary(ops.erf), _unary(ops.erfc)

    # Os nomes que o NumPy procura nos elementos de um array.

    arcsin, arccos, arctan, arcsinh, arccosh, arctanh = asin, acos, atan, asinh, acosh, atanh

    def arctan2(self, other: Any) -> Any:
        return ops.atan2(self, other)

    def hypot(self, other: Any) -> Any:
        return ops.hypot(self, other)

    # Comparações dão uma condição; `==` continua a ser identidade.

    __lt__, __le__, __gt__, __ge__ = _comparison("<"), _comparison("<="), _comparison(">"), _comparison(">=")

    @property
    def args(self) -> tuple[Any, ...]:
        """Os argumentos da operação, na ordem: `Value`s, e números onde entraram constantes. Vazio numa folha."""
        return _pair(self, self._first, self._second)

    @property
    def args_data(self) -> tuple[Any, ...]:
        """Os números que os argumentos valiam quando este nó foi criado, na ordem de `args`."""
        return _pair(self, self._first_data, self._second_data)

    @property
    def _prev(self) -> set[Value]:
        """Os nós de que este depende, como no micrograd."""
        return {arg for arg in self.args if type(arg) is Value}

    @property
    def _op(self) -> str:
        """O símbolo da operação, como no micrograd; vazio numa folha."""
        return "" if self.op is None else self.op.symbol

    def backward(self, gradient: Any = 1, *, create_graph: bool = False) -> None:
        """Calcula a derivada deste nó em relação a todos os que levaram a ele, e a guarda em `grad`.

        Args:
            gradient: o gradiente de onde se parte; 1 dá a derivada deste nó.
            create_graph: se verdadeiro, cada `grad` é ele mesmo um `Value`, que se pode derivar de novo.

        Raises:
            DomainError: uma derivada de que se precisa não existe. Todo `grad` fica como estava.
            OverflowError: uma derivada ou um gradiente não cabe num `float`; também aqui todo `grad` fica como estava.
            TypeError: `gradient` não é um número real.
            ChangedLeafError: com `create_graph`, uma folha mudou depois do passo para frente.
        """
        order = ancestors(self)
        nothing = Value(0) if create_graph else 0
        with _one_at_a_time:
            grads = chain_rule(order, as_number(gradient, "backward"), create_graph)
            for place, node in enumerate(order):
                if grads[place] is None:
                    grads[place] = nothing
                if node.op is None:
                    grads[place] = _accumulated(node.grad, grads[place])
            for node, grad in zip(order, grads, strict=True):  # só agora, que nada mais pode falhar
                node.grad = grad

    def detach(self) -> Value:
        """Uma folha nova com o mesmo número e o mesmo rótulo, sem ligação com o grafo."""
        return Value(self.data, self.label)

    @classmethod
    def record(cls, operation: Operation, *args: Any) -> Value:
        """Aplica uma linha da tabela e registra o resultado como nó novo.

        Args:
            operation: a linha da tabela.
            args: os argumentos, `Value`s e números.

        Raises:
            TypeError: um argumento não é um número real.
            DomainError: os argumentos estão fora do domínio da operação.
            OverflowError: o resultado não cabe num `float`.
        """
        numbers = tuple([arg.data if type(arg) is Value else arg for arg in args])
        if not _PLAIN.issuperset(map(type, numbers)):
            args = tuple([arg if type(arg) is Value else as_number(arg, operation.name) for arg in args])
            numbers = tuple([number_of(arg) if type(arg) is Value else arg for arg in args])
        try:
            data = operation.value(*numbers)
        except (ArithmeticError, ValueError, TypeError):
            data = operation.evaluate(*numbers, labels=[_label(arg) for arg in args])
        if type(data) is complex:
            operation.evaluate(*numbers, labels=[_label(arg) for arg in args])
        node = _new(Value)
        node.data, node.grad, node.label, node.op = data, 0, "", operation
        if _pauses and not _recording.get():
            node.op = node._first = node._second = node._first_data = node._second_data = None
        elif operation.arity == 1:
            (node._first,), (node._first_data,) = args, numbers
            node._second = node._second_data = None
        elif operation.arity == 2:
            (node._first, node._second), (node._first_data, node._second_data) = args, numbers
        else:
            node._first, node._second, node._first_data, node._second_data = args, None, numbers, None
        return node

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={shorten(self.data, 400)}, grad={shorten(self.grad, 400)}{label})"

    def __format__(self, spec: str) -> str:
        if not spec:
            return repr(self)
        try:
            return format(self.data, spec)
        except TypeError:  # frações, até o Python 3.11
            return format(float(self.data), spec)

    # O que parece um número mas desligaria o nó do grafo é recusado, com o que escrever no lugar.

    def __float__(self) -> float:
        raise TypeError("float(v) e math.f(v) desligariam o nó do grafo: use v.data, ou as funções v.exp(), v.sin() …")

    def __int__(self) -> int:
        raise TypeError("int(v) e range(v) desligariam o nó do grafo: use int(v.data)")

    __index__ = __int__

    def __round__(self, *_: Any) -> Any:
        raise TypeError("round(v), v // n e v % n têm derivada 0 ou nenhuma: use v.data, como em round(v.data)")

    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __divmod__ = __rdivmod__ = __round__

    def __eq__(self, other: object) -> bool:
        """Identidade, como no micrograd; um número que só se escreve recusa a pergunta."""
        if self is not other and hasattr(type(self.data), "record"):
            bool(self.data)
        return self is other

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise TypeError("um Value não é verdadeiro nem falso: compare-o, como em `if v > 0`, ou use v.data")


def no_grad() -> AbstractContextManager[None]:
    """Dentro do `with`, as operações dão folhas: só o número, sem o caminho de volta.

    Serve para avaliar um modelo já treinado sem construir o grafo. Vale para a linha de execução (ou tarefa) que o
    abriu; as outras continuam a registrar.
    """
    return _recorded(False)


def enable_grad() -> AbstractContextManager[None]:
    """Dentro do `with`, as operações registram o grafo, também no meio de um `no_grad()`."""
    return _recorded(True)


@contextmanager
def _recorded(on: bool) -> Iterator[None]:
    global _pauses
    token = _recording.set(on)
    with _one_at_a_time:
        _pauses += not on
    try:
        yield
    finally:
        with _one_at_a_time:
            _pauses -= not on
        _recording.reset(token)


def ancestors(root: Value) -> list[Value]:
    """Todos os nós que levam a `root`, cada um depois dos seus argumentos e `root` por último; sem recursão."""
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[Value | None] = [root]
    push, pop, visited, is_seen = stack.append, stack.pop, seen.add, seen.__contains__
    while stack:
        node = pop()
        if node is None:  # o nó abaixo na pilha já tem todos os argumentos na lista
            order.append(pop())  # type: ignore[arg-type]
        elif node not in seen:
            visited(node)
            if node.op is None:
                order.append(node)
                continue
            push(node)
            push(None)
            first, second = node._first, node._second
            if type(second) is Value and second not in seen:
                push(second)
            if type(first) is Value:  # por cima na pilha: o primeiro argumento vem antes na ordem
                if first not in seen:
                    push(first)
            elif type(first) is tuple:
                stack.extend([arg for arg in filterfalse(is_seen, reversed(first)) if type(arg) is Value])
    return order


def chain_rule(order: list[Value], gradient: Any, create_graph: bool = False) -> list[Any]:
    """A regra da cadeia em modo reverso (Linnainmaa, 1970), sem tocar em nenhum `grad`.

    Do último nó para o primeiro, cada um entrega a cada argumento o gradiente que recebeu vezes a derivada local; o que
    chega a um nó por vários caminhos se soma. Um ramo fechado não entrega nada, e quem nada recebeu nada passa adiante.

    Args:
        order: os nós em ordem, como `ancestors` os dá; o último é aquele de onde se parte.
        gradient: o gradiente do último nó.
        create_graph: derivadas locais e gradientes são `Value`s em vez de números.

    Returns:
        O gradiente de cada nó, na mesma ordem; None onde nenhum chegou.

    Raises:
        DomainError: uma derivada de que se precisa não existe.
        OverflowError: uma derivada ou um gradiente não cabe num `float`.
        ChangedLeafError: com `create_graph`, uma folha mudou depois do passo para frente.
    """
    gradient = like_the_result(order[-1].data, gradient)
    if create_graph:
        require_unchanged(order)
        gradient = Value(gradient)
    with _one_at_a_time:
        before = [node.grad for node in order]
        try:
            for node in order:
                node.grad = None
            order[-1].grad = gradient
            _send_back(order, create_graph)
            return [node.grad for node in order]
        finally:
            for node, grad in zip(order, before, strict=True):
                node.grad = grad


def _send_back(order: list[Value], create_graph: bool) -> None:
    """Do último nó ao primeiro, soma ao `grad` de cada argumento a parte que lhe cabe.

    Um e dois argumentos, que são quase todos os nós, estão por extenso; é a mesma conta do laço que os segue.
    """
    for node in reversed(order):
        upstream, operation = node.grad, node.op
        if upstream is None or operation is None:
            continue
        arity = operation.arity
        partials: Any = operation.partials
        first, second, result, x, y = node._first, node._second, node.data, node._first_data, node._second_data
        if create_graph:
            result, x, y = node, first, second
        try:
            if arity == 2:
                if type(first) is Value:
                    slope = partials[0](result, x, y)
                    if slope is not None:
                        before = first.grad
                        first.grad = upstream * slope if before is None else before + upstream * slope
                if type(second) is Value:
                    slope = partials[1](result, x, y)
                    if slope is not None:
                        before = second.grad
                        second.grad = upstream * slope if before is None else before + upstream * slope
            elif arity == 1:
                slope = partials[0](result, x)
                if slope is not None:
                    before = first.grad
                    first.grad = upstream * slope if before is None else before + upstream * slope
            else:
                slopes = partials(result, *x) if arity is None else [partial(result, *x) for partial in partials]
                for arg, slope in zip(first, slopes, strict=True):
                    if type(arg) is Value and slope is not None:
                        before = arg.grad
                        arg.grad = upstream * slope if before is None else before + upstream * slope
        except (ArithmeticError, ValueError, TypeError):
            labels = [_label(arg) for arg in node.args]
            for position, arg in enumerate(node.args):  # de novo, uma derivada de cada vez, para dizer qual falta
                if type(arg) is Value:
                    operation.derivative(position, node.data, node.args_data, labels)
            raise


def like_the_result(result: Any, gradient: Any) -> Any:
    """O gradiente de onde se parte: um `float` se o resultado o é, e então as derivadas exatas viram floats com ele."""
    return gradient * 1.0 if type(result) is float and type(gradient) in _PLAIN else gradient


def _accumulated(before: Any, arrived: Any) -> Any:
    """O gradiente de uma folha depois de mais uma passada; um `Value` não é somado a um zero à toa."""
    if before is None or (type(arrived) is Value and type(before) is int and before == 0):
        return arrived
    return before + arrived


def require_unchanged(order: list[Value]) -> None:
    """Recusa nós que já não valem o que valiam no passo para frente.

    Raises:
        ChangedLeafError: diz qual mudou.
    """
    for node in order:
        operation, data, numbers = node.op, node.data, node.args_data
        if operation is None:
            continue
        for arg, before in zip(node.args, numbers, strict=True):
            if type(arg) is Value and differs(arg.data, before):
                raise ChangedLeafError(
                    f"{arg.label or 'um nó sem rótulo'} valia {before!r} no passo para frente e agora vale "
                    f"{arg.data!r}: refaça o passo para frente antes de olhar o grafo"
                )
        if type(data) is float or not hasattr(type(data), "record"):
            result = operation.value(*numbers)
            rounded = type(data) is type(result) is float and isclose(data, result)  # veio de outra máquina
            if not rounded and differs(data, result):
                raise ChangedLeafError(
                    f"{node.label or 'um nó sem rótulo'} vale {data!r}, mas {operation.name} dá {result!r}: alguém "
                    "mudou o data de um nó calculado; refaça o passo para frente antes de olhar o grafo"
                )


def _label(arg: Any) -> str:
    return arg.label if type(arg) is Value else ""


def _pair(node: Value, first: Any, second: Any) -> tuple[Any, ...]:
    """Um campo por argumento, como tupla."""
    if node.op is None:
        return ()
    if type(first) is tuple:
        return first
    return (first,) if node.op.arity == 1 else (first, second)

"""O nó `Value`: um número que lembra de onde veio, e a regra da cadeia que volta por esse caminho.

Cada operação da tabela cria um nó com o resultado, os argumentos e os números que eles valiam naquele momento.
`backward()` percorre os nós da saída para as folhas: o gradiente que vem de cima vezes a derivada local, somado. Leia a
classe `Value`, depois `ancestors` (a ordem) e `chain_rule` (a regra da cadeia). O que existe só para isto ser rápido
está em `written/methods`; as pausas e a entrega dos gradientes, em `threads`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from fractions import Fraction
from typing import Any

from micrograd_pt import ops
from micrograd_pt.conditions import Condition, number_of, require_result, require_unchanged
from micrograd_pt.given import Attached, Shown, as_float, as_number, is_array, labels, maker, shorten
from micrograd_pt.ops import BUILT_IN, Operation
from micrograd_pt.threads import deliver, enable_grad, is_recording, no_grad, recording

__all__ = ["Value", "ancestors", "chain_rule", "enable_grad", "is_node", "like_the_result", "no_grad"]

_PLAIN = frozenset((float, int, Fraction))


def _unary(operation: Operation) -> Callable[..., Any]:
    """O método que aplica a um nó uma operação de um argumento."""

    def method(self: Value, *extra: Any) -> Any:
        return operation(self, *extra)

    method.operation = operation  # type: ignore[attr-defined]
    return method


def _binary(operation: Operation) -> tuple[Callable[[Value, Any], Any], Callable[[Value, Any], Any]]:
    """Os métodos de um sinal, com o nó à esquerda e à direita; a um array, cabe a ele responder."""

    def method(self: Value, other: Any) -> Any:
        return NotImplemented if is_array(other) else Value.record(operation, self, other)

    def reflected(self: Value, other: Any) -> Any:
        return NotImplemented if is_array(other) else Value.record(operation, other, self)

    method.operation = reflected.operation = operation  # type: ignore[attr-defined]
    return method, reflected


def _comparison(sign: str) -> Callable[[Value, Any], Any]:
    """O método de um sinal de comparação; a um array, cabe a ele responder."""

    def method(self: Value, other: Any) -> Any:
        return NotImplemented if is_array(other) else Condition(sign, self, other)

    return method


class Value(Shown, Attached):
    """Um número do grafo computacional.

    Uma subclasse acrescenta métodos; o que as operações dão é um `Value`. Um nó aceita outros atributos.

    Args:
        data: o número: int, float, Fraction ou escalar do NumPy.
        label: o nome mostrado em figuras, lições e mensagens; em programas escritos para o micrograd, os filhos do nó,
            que são nenhum.
        _op: o símbolo que `_op` mostra, se há um.
        name: o mesmo que `label`.

    Attributes:
        data: o valor do nó.
        grad: a derivada da saída em relação a este nó. Nas folhas ela se acumula de um `backward()` para o outro; nos
            nós intermediários vale a da última passada.
        label: o nome do nó.
        op: a linha da tabela que criou o nó; None numa folha.

    Raises:
        TypeError: `data` não é um número real, `label` não é um texto, ou deram-se filhos: quem liga nós são as
            operações.
    """

    __slots__ = ("__dict__", "_first", "_first_data", "_second", "_second_data", "data", "grad", "label", "op")

    # Um nó guarda os argumentos (números ou nós) e o que eles valiam no passo para frente. Com um ou dois argumentos
    # eles ficam em _first e _second; com qualquer número deles, em duas tuplas, _first e _first_data; no lugar que
    # sobra fica o resultado, porque o `data` alguém pode mudar. Os atributos que alguém acrescenta ficam em __dict__.
    data: Any
    grad: Any
    label: str
    op: Operation | None
    _first: Any
    _second: Any
    _first_data: Any
    _second_data: Any

    def __init__(self, data: Any, label: Any = "", _op: str = "", name: str = "", *, _children: Any = ()) -> None:
        self.op = self._first = self._second = self._first_data = self._second_data = None
        if type(label) is not str or _op or name or _children:
            label = maker("named_by_micrograd")(self, data, label, _op, name, _children)
        if type(data) is not float and not isinstance(data, Value):
            data = as_number(data, "Value")
        if isinstance(data, Value):
            raise TypeError("Value espera um número, e recebeu um Value; use o próprio nó, ou detach() para copiá-lo")
        self.data = data
        self.grad = 0
        self.label = label

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

    def backward(self, gradient: Any = 1, *, create_graph: bool = False) -> None:
        """Calcula a derivada deste nó em relação a todos os que levaram a ele, e a guarda em `grad`.

        Args:
            gradient: o gradiente de onde se parte; 1 dá a derivada deste nó.
            create_graph: se verdadeiro, cada `grad` é ele mesmo um `Value`, que se pode derivar de novo.

        Raises:
            DomainError, OverflowError: uma derivada não existe ou não cabe num `float`. Todo `grad` fica como estava.
            TypeError: `gradient` não é um número real.
            ChangedLeafError: um `data` de que a derivada precisa já não é o do passo para frente.
        """
        if create_graph and not is_recording():
            return recording(self.backward)(gradient, create_graph=True)
        received = chain_rule(ancestors(self), as_number(gradient, "backward"), create_graph)
        if create_graph:
            received = {node: grad if isinstance(grad, Value) else Value(grad) for node, grad in received.items()}
        deliver(received)

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
        numbers = tuple([arg.data if isinstance(arg, Value) else arg for arg in args])
        if not _PLAIN.issuperset(map(type, numbers)):
            args = tuple([arg if isinstance(arg, Value) else as_number(arg, operation.name) for arg in args])
            numbers = tuple([number_of(arg) if isinstance(arg, Value) else arg for arg in args])
        try:
            data = operation.value(*numbers)
        except (ArithmeticError, ValueError, TypeError):
            data = operation.evaluate(*numbers, labels=labels(args))
        if type(data) is complex:
            operation.evaluate(*numbers, labels=labels(args))
        node = object.__new__(Value)
        node.data, node.grad, node.label, node.op = data, 0, "", operation if is_recording() else None
        apart = operation.arity == 1 or (operation.arity == 2 and operation.name in BUILT_IN)
        kept = (args, numbers) if apart else ((args,), (numbers,))
        first, before = kept if node.op is not None else ((), (None, None))
        node._first, node._second, *_ = *first, None, None
        node._first_data, node._second_data, *_ = *before, data
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

    def __eq__(self, other: object) -> bool:
        """Identidade, como no micrograd; um número que só se escreve recusa a pergunta."""
        if self is not other and hasattr(type(self.data), "record"):
            bool(self.data)
        return self is other

    __hash__ = object.__hash__


def ancestors(root: Value) -> dict[Value, None]:
    """Todos os nós que levam a `root`, cada um depois dos seus argumentos e `root` por último; sem recursão."""
    order: dict[Value, None] = {}
    stack: list[Value | None] = [root]
    push, pop = stack.append, stack.pop
    while stack:
        node = pop()
        if node is None:  # o nó abaixo na pilha já tem todos os argumentos na ordem
            order[pop()] = None  # type: ignore[index]
        elif node not in order:
            first, second = node._first, node._second
            if type(first) is tuple:
                push(node)
                push(None)
                stack += [arg for arg in reversed(first) if isinstance(arg, Value) and arg not in order]
            elif isinstance(second, Value) and second not in order:
                push(node)
                push(None)
                push(second)
                if isinstance(first, Value) and first not in order:
                    push(first)  # por cima na pilha: o primeiro argumento vem antes na ordem
            elif isinstance(first, Value) and first not in order:
                push(node)
                push(None)
                push(first)
            else:
                order[node] = None
    return order


def chain_rule(
    order: dict[Any, Any],
    gradient: Any,
    create_graph: bool = False,
    towards: Collection[Any] | None = None,
    listen: Callable[[Any, int, Any, Any], None] | None = None,
) -> dict[Any, Any]:
    """A regra da cadeia em modo reverso (Linnainmaa, 1970), sem tocar em nenhum `grad`.

    Do último nó para o primeiro, cada um entrega a cada argumento o gradiente que recebeu vezes a derivada local; o que
    chega a um nó por vários caminhos se soma. Um ramo fechado não entrega nada, e quem nada recebeu nada passa adiante.

    Args:
        order: os nós em ordem, como `ancestors` os dá, ou os de um `Graph`; o último é aquele de onde se parte. O
            dicionário é gasto.
        gradient: o gradiente do último nó.
        create_graph: derivadas locais e gradientes são `Value`s em vez de números.
        towards: os nós a que se quer chegar: nenhuma derivada que não leve a eles é calculada; sem indicação, todos.
        listen: ouve cada entrega: o nó, em que argumento, a derivada local e o que foi entregue.

    Returns:
        O gradiente de cada nó, na mesma ordem; 0 onde nenhum chegou.

    Raises:
        DomainError: uma derivada de que se precisa não existe.
        OverflowError: uma derivada ou um gradiente não cabe num `float`.
        ChangedLeafError: o `data` de um nó calculado mudou; com `create_graph`, ou uma folha.
    """
    root = next(reversed(order))
    start = like_the_result(root.data, gradient)
    if shortcut is not None and not create_graph and towards is None and listen is None:
        found = shortcut(order, start)
        if found is not None:
            return found
    if create_graph:
        require_unchanged(list(order))
        start = Value(start)
    received = {**dict.fromkeys(order), root: start}
    leading = received if towards is None else _leading_to(towards, order)
    for node in reversed(order):
        upstream = received[node]
        if upstream is None:
            received[node] = 0
        elif node.op is not None:
            if not isinstance(node.op, Operation):
                raise TypeError(f"o op de um nó é a linha da tabela que o fez, e foi trocado por {shorten(node.op)}")
            require_result(node)
            args = node.args
            wanted = [is_node(arg) and arg in leading for arg in args]
            numbers = (node, args) if create_graph else (node.data, node.args_data)
            for position, local in enumerate(node.op.derivatives(*numbers, labels(args), wanted)):
                if local is None or not wanted[position]:
                    continue  # um ramo fechado, uma constante, ou um argumento que não leva a onde se quer
                arg, part = args[position], upstream * local
                received[arg] = part if received[arg] is None else received[arg] + part
                if listen is not None:
                    listen(node, position, local, part)
    return received


shortcut: Callable[[dict[Any, Any], Any], dict[Any, Any] | None] | None = None
"""O mesmo, mais depressa, no caso comum: o que `written/methods` põe aqui, e que responde None onde não serve."""


def _leading_to(targets: Collection[Any], order: Collection[Any]) -> set[Any]:
    """Esses nós e todos os que dependem deles."""
    leading = set(targets)
    for node in order:
        if any(arg in leading for arg in node.args if is_node(arg)):
            leading.add(node)
    return leading


def is_node(arg: Any) -> bool:
    """Verdadeiro se um argumento é um nó, deste grafo ou de um `Graph`, e não um número."""
    return hasattr(type(arg), "args_data")


def like_the_result(result: Any, gradient: Any) -> Any:
    """O gradiente de onde se parte: um `float` se o resultado o é, e então as derivadas exatas viram floats com ele."""
    plain = type(result) is float and type(gradient) in _PLAIN
    return as_float(gradient, "o gradiente de onde se parte") if plain else gradient


def _pair(node: Value, first: Any, second: Any) -> tuple[Any, ...]:
    """Um campo por argumento, como tupla."""
    if node.op is None:
        return ()
    if type(first) is tuple:
        return first
    return (first,) if node.op.arity == 1 else (first, second)

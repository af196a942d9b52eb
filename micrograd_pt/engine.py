"""O nó `Value`: um número que lembra de onde veio, e a regra da cadeia que volta por esse caminho.

Cada operação da tabela cria um nó com o resultado, os argumentos e os números que eles valiam naquele momento.
`backward()` percorre os nós da saída para as folhas: o gradiente que vem de cima vezes a derivada local, somado sobre
todos os caminhos.

É rápido por três razões. Um nó é um objeto só, de campos fixos, sem dicionário, função interna nem ciclo de
referências: o coletor de lixo não tem o que procurar. As derivadas locais só são calculadas na volta, e só as que são
precisas. E a ordem dos nós sai de uma pilha, sem recursão.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd_pt import ops
from micrograd_pt.ops import Operation, as_number, shorten

_new = object.__new__


class ChangedLeafError(ValueError):
    """Uma folha mudou de valor depois do passo para frente que construiu o grafo."""


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
        if isinstance(data, Value):
            raise TypeError("Value espera um número, e recebeu um Value; use o próprio nó, ou detach() para copiá-lo")
        if not isinstance(label, str):
            raise TypeError(f"label espera um texto, e recebeu {shorten(label)} ({type(label).__name__})")
        self.data = as_number(data, "Value")
        self.grad = 0
        self.label = label
        self.op = self._first = self._second = self._first_data = self._second_data = None

    def __init_subclass__(cls) -> None:
        raise TypeError(f"{cls.__name__} não pode herdar de Value: guarde um Value num campo, ou acrescente à tabela")

    # Aritmética: cada sinal é uma linha da tabela.

    def __add__(self, other: Any) -> Any:
        return _record_two(ops.add, self, other)

    def __radd__(self, other: Any) -> Any:
        return _record_two(ops.add, other, self)

    def __sub__(self, other: Any) -> Any:
        return _record_two(ops.sub, self, other)

    def __rsub__(self, other: Any) -> Any:
        return _record_two(ops.sub, other, self)

    def __mul__(self, other: Any) -> Any:
        return _record_two(ops.mul, self, other)

    def __rmul__(self, other: Any) -> Any:
        return _record_two(ops.mul, other, self)

    def __truediv__(self, other: Any) -> Any:
        return _record_two(ops.div, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _record_two(ops.div, other, self)

    def __pow__(self, other: Any) -> Any:
        return _record_two(ops.power, self, other)

    def __rpow__(self, other: Any) -> Any:
        return _record_two(ops.power, other, self)

    def __neg__(self) -> Value:
        return _record_one(ops.neg, self)

    def __pos__(self) -> Value:
        return self

    # Funções de um argumento, como métodos: x.tanh() é tanh(x).

    __abs__ = abs = ops.absolute
    square, reciprocal, sqrt, cbrt = ops.square, ops.reciprocal, ops.sqrt, ops.cbrt
    exp, exp2, expm1 = ops.exp, ops.exp2, ops.expm1
    log, log2, log10, log1p = ops.log, ops.log2, ops.log10, ops.log1p
    sin, cos, tan, asin, acos, atan = ops.sin, ops.cos, ops.tan, ops.asin, ops.acos, ops.atan
    sinh, cosh, tanh = ops.sinh, ops.cosh, ops.tanh
    asinh, acosh, atanh = ops.asinh, ops.acosh, ops.atanh
    sigmoid, logsigmoid, softplus, silu, gelu = ops.sigmoid, ops.logsigmoid, ops.softplus, ops.silu, ops.gelu
    relu, leaky_relu, elu = ops.relu, ops.leaky_relu, ops.elu
    erf, erfc = ops.erf, ops.erfc

    # Comparações dão uma condição; `==` continua a ser identidade.

    def __lt__(self, other: Any) -> Condition:
        return Condition("<", self, other)

    def __le__(self, other: Any) -> Condition:
        return Condition("<=", self, other)

    def __gt__(self, other: Any) -> Condition:
        return Condition(">", self, other)

    def __ge__(self, other: Any) -> Condition:
        return Condition(">=", self, other)

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
        received = chain_rule(order, as_number(gradient, "backward"), create_graph)
        nothing = Value(0) if create_graph else 0
        grads = [received.get(node, nothing) for node in order]
        for place, node in enumerate(order):
            if node.op is None:
                grads[place] = _accumulated(node.grad, grads[place])
        for node, grad in zip(order, grads, strict=True):  # só agora, que nada mais pode falhar
            node.grad = grad

    def detach(self) -> Value:
        """Uma folha nova com o mesmo número e o mesmo rótulo, sem ligação com o grafo."""
        return Value(self.data, self.label)

    @classmethod
    def record(cls, operation: Operation, *args: Any) -> Value:
        """Aplica uma linha da tabela e registra o resultado como nó novo."""
        if operation.arity == 1:
            return _record_one(operation, *args)
        node: Value = _record_two(operation, *args) if operation.arity == 2 else _record_many(operation, args)
        return node

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={shorten(self.data, 400)}, grad={shorten(self.grad, 400)}{label})"

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    # O que parece um número mas desligaria o nó do grafo é recusado, com o que escrever no lugar.

    def __float__(self) -> float:
        raise TypeError("float(v) e math.f(v) desligariam o nó do grafo: use v.data, ou as funções v.exp(), v.sin() …")

    def __int__(self) -> int:
        raise TypeError("int(v) e range(v) desligariam o nó do grafo: use int(v.data)")

    __index__ = __int__

    def __bool__(self) -> bool:
        raise TypeError("um Value não é verdadeiro nem falso: compare-o, como em `if v > 0`, ou use v.data")


class Condition:
    """Uma comparação entre números do grafo: verdadeira ou falsa, e lembra o que comparou.

    Args:
        sign: `"<"`, `"<="`, `">"` ou `">="`.
        left: o que está à esquerda, nó ou número.
        right: o que está à direita, nó ou número.
    """

    __slots__ = ("left", "right", "sign", "truth")

    def __init__(self, sign: str, left: Any, right: Any) -> None:
        self.sign, self.left, self.right = sign, left, right
        a, b = (side.data if type(side) is Value else as_number(side, "a comparação") for side in (left, right))
        self.truth = {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]

    def __bool__(self) -> bool:
        return bool(self.truth)

    def __repr__(self) -> str:
        return f"Condition({self.left!r} {self.sign} {self.right!r}: {self.truth})"


def ancestors(root: Value) -> list[Value]:
    """Todos os nós que levam a `root`, cada um depois dos seus argumentos e `root` por último; sem recursão."""
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[Value | None] = [root]
    push, pop, visited = stack.append, stack.pop, seen.add
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
                stack.extend([arg for arg in reversed(first) if type(arg) is Value and arg not in seen])
    return order


def chain_rule(order: list[Value], gradient: Any, create_graph: bool = False) -> dict[Value, Any]:
    """A regra da cadeia em modo reverso (Linnainmaa, 1970), sem tocar em nenhum `grad`.

    Do último nó para o primeiro, cada um entrega a cada argumento o gradiente que recebeu vezes a derivada local; o que
    chega a um nó por vários caminhos se soma. Um ramo fechado não entrega nada, e quem nada recebeu nada passa adiante.

    Args:
        order: os nós em ordem, como `ancestors` os dá; o último é aquele de onde se parte.
        gradient: o gradiente do último nó.
        create_graph: derivadas locais e gradientes são `Value`s em vez de números.

    Returns:
        O gradiente de cada nó a que algum chegou.

    Raises:
        DomainError: uma derivada de que se precisa não existe.
        OverflowError: uma derivada ou um gradiente não cabe num `float`.
        ChangedLeafError: com `create_graph`, uma folha mudou depois do passo para frente.
    """
    if create_graph:
        require_unchanged(order)
        gradient = Value(gradient)
    received: dict[Value, Any] = {order[-1]: gradient}
    for node in reversed(order):
        operation = node.op
        if operation is None or node not in received:
            continue
        upstream, partials, args = received[node], operation.partials, node.args
        result, numbers = (node, args) if create_graph else (node.data, node.args_data)
        try:
            slopes = None if type(partials) is tuple else partials(result, *numbers)
            for position, arg in enumerate(args):
                if type(arg) is Value:
                    slope = partials[position](result, *numbers) if slopes is None else slopes[position]
                    if slope is not None:
                        part = upstream * slope
                        received[arg] = received[arg] + part if arg in received else part
        except (ArithmeticError, ValueError, TypeError):
            for position, arg in enumerate(args):  # de novo, uma derivada de cada vez, para dizer qual falta
                if type(arg) is Value:
                    operation.derivative(position, node.data, node.args_data, [_label(arg) for arg in args])
            raise
    return received


def _accumulated(before: Any, arrived: Any) -> Any:
    """O gradiente de uma folha depois de mais uma passada; um `Value` não é somado a um zero à toa."""
    if before is None or (type(arrived) is Value and type(before) is int and before == 0):
        return arrived
    return before + arrived


def require_unchanged(order: list[Value]) -> None:
    """Recusa nós cujos argumentos já não valem o que valiam no passo para frente.

    Raises:
        ChangedLeafError: diz qual folha mudou.
    """
    for node in order:
        for arg, before in zip(node.args, node.args_data, strict=True):
            if type(arg) is Value and arg.data is not before and arg.data != before:
                if arg.data != arg.data and before != before:  # NaN antes e agora
                    continue
                raise ChangedLeafError(
                    f"{arg.label or 'um nó sem rótulo'} valia {before!r} no passo para frente e agora vale "
                    f"{arg.data!r}: refaça o passo para frente antes de olhar o grafo"
                )


def _record_one(operation: Operation, x: Value) -> Value:
    node = _new(Value)
    number = x.data if type(x.data) is float else _checked(x)
    try:
        node.data = operation.value(number)
    except (ArithmeticError, ValueError, TypeError):
        node.data = operation.evaluate(number, labels=[x.label])
    node.grad, node.label, node.op = 0, "", operation
    node._first, node._second, node._first_data, node._second_data = x, None, number, None
    return node


def _record_two(operation: Operation, a: Any, b: Any) -> Any:
    if type(a) is Value:
        left = a.data if type(a.data) is float else _checked(a)
    elif type(a) is float:
        left = a
    else:
        left = a = _constant(a, operation)
        if a is NotImplemented:
            return NotImplemented
    if type(b) is Value:
        right = b.data if type(b.data) is float else _checked(b)
    elif type(b) is float:
        right = b
    else:
        right = b = _constant(b, operation)
        if b is NotImplemented:
            return NotImplemented
    node = _new(Value)
    try:
        data = operation.value(left, right)
    except (ArithmeticError, ValueError, TypeError):
        data = operation.evaluate(left, right, labels=[_label(a), _label(b)])
    if type(data) is complex:
        operation.evaluate(left, right, labels=[_label(a), _label(b)])
    node.data, node.grad, node.label, node.op = data, 0, "", operation
    node._first, node._second, node._first_data, node._second_data = a, b, left, right
    return node


def _record_many(operation: Operation, args: Sequence[Any]) -> Value:
    args = tuple([arg if type(arg) in (Value, float) else as_number(arg, operation.name) for arg in args])
    numbers = tuple(
        [arg if type(arg) is not Value else arg.data if type(arg.data) is float else _checked(arg) for arg in args]
    )
    node = _new(Value)
    try:
        node.data = operation.value(*numbers)
    except (ArithmeticError, ValueError, TypeError):
        labels = [_label(arg) for arg in args]
        node.data = operation.evaluate(*numbers, labels=labels)
    node.grad, node.label, node.op = 0, "", operation
    node._first, node._second, node._first_data, node._second_data = args, None, numbers, None
    return node


def _checked(node: Value) -> Any:
    """O número de um nó a cujo `data` alguém pode ter atribuído outra coisa; um escalar do NumPy é convertido."""
    if not hasattr(type(node.data), "record"):
        node.data = as_number(node.data, f"o data de {node.label or 'um nó'}")
    return node.data


def _constant(number: Any, operation: Operation) -> Any:
    """O número de uma constante; um array responde ele mesmo, elemento por elemento."""
    if hasattr(number, "__array__") and getattr(number, "shape", ()) != ():
        return NotImplemented
    return as_number(number, operation.symbol)


def _label(arg: Any) -> str:
    return arg.label if type(arg) is Value else ""


def _pair(node: Value, first: Any, second: Any) -> tuple[Any, ...]:
    """Um campo por argumento, como tupla."""
    if node.op is None:
        return ()
    if type(first) is tuple:
        return first
    return (first,) if node.op.arity == 1 else (first, second)

"""Redes neurais: `Neuron`, `Layer` e `MLP`, sobre nós `Value`.

Um neurônio são dois nós do grafo: a soma ponderada das entradas e a ativação. Uma rede é feita de objetos comuns, que
se editam: `n.w`, `n.b`, `layer.neurons`, `mlp.layers`; numa camada ou rede cabe tudo o que se chama. Chamar é a
interface: só um `Neuron` com o `__call__` do pacote toma o atalho, que dá o mesmo.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from micrograd_pt import ops
from micrograd_pt.engine import Value
from micrograd_pt.given import Number, Shown, as_number, one_of, shorten, whole
from micrograd_pt.nn.initializers import Generator, Initializer, initializer
from micrograd_pt.ops import Operation
from micrograd_pt.written import products_are_ours, weighted_sum

ACTIVATIONS: dict[str, Operation | None] = {
    "linear": None,
    "sigmoid": ops.sigmoid,
    "tanh": ops.tanh,
    "relu": ops.relu,
}
"""As ativações, pelo nome; a linear deixa a soma ponderada como está."""

_NAMES = {"linear": "Linear", "sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU"}


Inputs: TypeAlias = Sequence[Value | Number]
"""As entradas de uma amostra."""

if TYPE_CHECKING:

    class Output(Value, list[Value]):  # type: ignore[misc]
        """O que uma camada dá: um `Value` se há um neurônio de saída, senão uma lista; só quem a fez sabe qual."""
else:
    Output = Value | list[Value]


class Derived:
    """Um atributo que se calcula enquanto ninguém o atribui.

    Args:
        read: o que o calcula, do objeto.
        doc: o que ele é.
    """

    def __init__(self, read: Callable[[Any], Any], doc: str) -> None:
        self.read = read
        self.__doc__ = doc

    def __get__(self, item: Any, kind: type) -> Any:
        return self if item is None else self.read(item)


class Module:
    """O que tem parâmetros para treinar."""

    def parameters(self) -> list[Value]:
        """Os parâmetros treináveis, sempre na mesma ordem."""
        return []

    def zero_grad(self) -> None:
        """Zera o gradiente de todos os parâmetros, antes de um novo passo para trás."""
        for parameter in self.parameters():
            parameter.grad = 0


class Neuron(Module, Shown):
    """Um neurônio: soma ponderada das entradas (mais o viés) e ativação.

    Args:
        nin: número de entradas.
        nonlin: como no micrograd: False torna o neurônio linear.
        activation: `"relu"`, `"tanh"`, `"sigmoid"` ou `"linear"`.
        bias: True dá ao neurônio um viés próprio, que começa em 0.
        weight: de onde vem cada peso; sem indicação, `random.uniform(-1, 1)`.
        name: como o neurônio se chama nos rótulos (`"h1"`).
        sources: como se chamam as entradas (`["x1", "x2"]`).

    Attributes:
        sources: os nomes das entradas, como as figuras os mostram; vazio num neurônio gravado antes de haver nomes.

    Raises:
        ValueError: ativação desconhecida ou `nin` menor que 1.
    """

    activation: str
    b: Value | None
    name: str
    w: list[Value]
    sources: Sequence[str] = ()
    _nonlin: bool = True

    def __init_subclass__(cls, **options: Any) -> None:
        """Dá a uma subclasse com o seu próprio `__init__` o que ele pode não pôr.

        Nas próprias classes do pacote não há valores de classe, que tornariam mais lento ler os de cada objeto.
        """
        super().__init_subclass__(**options)
        for name, usual in (("activation", "relu"), ("b", None), ("name", "")):
            if "__init__" in vars(cls) and not hasattr(cls, name):
                setattr(cls, name, usual)

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: str = "relu",
        bias: bool = True,
        weight: Callable[[], float] | None = None,
        name: str = "",
        sources: Sequence[str] = (),
    ) -> None:
        nin = whole(nin, "nin")
        self.activation = _known(activation)
        self.nonlin = nonlin and activation != "linear"
        weight = weight or partial(random.uniform, -1, 1)
        self.name = name
        self.sources = [str(source) for source in sources or [f"x{i + 1}" for i in range(nin)]]
        ending = f"_{name}" if name else ""
        node, _ = _part("Value", Value)
        self.w = [node(weight(), f"w_{source}{ending}") for source in self.sources]
        self.b = node(0.0, f"b{ending}") if bias else None

    @property
    def nonlin(self) -> bool:
        """Verdadeiro se há uma ativação não linear; False o torna linear, e True, um que é linear, relu."""
        if isinstance(self.activation, str):
            return self.activation != "linear"
        return self._nonlin  # uma subclasse guarda em activation outra coisa, e decide ela por nonlin

    @nonlin.setter
    def nonlin(self, given: bool) -> None:
        self._nonlin = bool(given)
        if isinstance(self.activation, str) and self._nonlin != self.nonlin:
            self.activation = "relu" if given else "linear"

    def __call__(self, x: Inputs) -> Value:
        """A saída do neurônio.

        Args:
            x: as `nin` entradas, números ou `Value`s.

        Raises:
            ValueError: número errado de entradas.
            TypeError: uma entrada não é um número.
        """
        inputs = _inputs(x, len(self.w), "o neurônio")
        return self._respond([*inputs, 1], [*_numbers(inputs), 1], products_are_ours())

    def _respond(self, inputs: list[Any], numbers: list[Any], short: bool) -> Value:
        """A saída, para entradas já conferidas, e os números delas já separados.

        Args:
            inputs: as entradas, e por último o 1 que o viés multiplica.
            numbers: o que elas valem.
            short: verdadeiro se toda soma ponderada é um nó só; senão pergunta-se se estes operandos trocam os sinais.
        """
        weights, bias = self.w, self.b
        net: Any
        try:
            if not (short or products_are_ours([*weights, bias, *inputs])):
                net = sum([w * x for w, x in zip(weights, inputs[:-1], strict=True)], 0 if bias is None else bias)
            elif bias is None:
                net = weighted_sum(weights, inputs[:-1], numbers[:-1])
            else:
                net = weighted_sum([*weights, bias], inputs, numbers)
            operation = ACTIVATIONS[self.activation]
        except (KeyError, TypeError, ValueError):
            self._require(len(inputs) - 1)
            _known(self.activation)
            raise
        if operation is None:
            net.label = self.name
            return net  # type: ignore[no-any-return]
        net.label = f"z_{self.name}" if self.name else ""
        out: Value = getattr(net, operation.name)()  # o método de cada ativação registra sem voltas
        out.label = self.name
        return out

    def _require(self, count: int) -> None:
        """Recusa um número de entradas que não é o dos pesos."""
        if len(self.w) != count:
            name = self.name or repr(self)
            raise ValueError(f"o neurônio {name} tem {len(self.w)} peso(s), e recebeu {count} entrada(s)") from None

    def parameters(self) -> list[Value]:
        """Os pesos, na ordem das entradas, e por último o viés, se há; uma lista nova a cada vez."""
        return [*self.w] if self.b is None else [*self.w, self.b]

    def __repr__(self) -> str:
        known = self.activation if isinstance(self.activation, str) else "relu" if self.nonlin else "linear"
        return f"{_NAMES.get(known, known)}Neuron({len(self.w)})"


class Layer(Module, Shown):
    """Uma camada: `nout` neurônios que veem as mesmas entradas.

    Args:
        nin: número de entradas.
        nout: número de neurônios.
        nonlin: como no micrograd: False torna a camada linear.
        names: como se chamam os neurônios nos rótulos.
        init: de onde vêm os pesos: um nome, como `"he_normal"`, ou uma função (veja `initializers`); sem indicação,
            `"uniform"`, entre −1 e 1.
        generator: de onde vêm os números sorteados; sem indicação, o módulo `random`.
        neuron: o resto vai para cada `Neuron` (`activation`, `bias`, `sources`).

    Raises:
        ValueError: tamanho, ativação ou inicializador desconhecido.
    """

    neurons: list[Neuron]

    def __init__(
        self,
        nin: int,
        nout: int,
        nonlin: bool = True,
        *,
        names: Sequence[str] = (),
        init: str | Initializer = "uniform",
        generator: Generator = random,
        **neuron: Any,
    ) -> None:
        nin, nout = whole(nin, "nin"), whole(nout, "nout")
        weight = partial(initializer(init), generator, nin, nout)
        names = names or [""] * nout
        kind, own = _part("Neuron", Neuron)
        if own:
            self.neurons = [kind(nin, nonlin, name=name, weight=weight, **neuron) for name in names]
        else:
            self.neurons = [kind(nin, nonlin=nonlin and neuron.get("activation") != "linear") for _ in names]

    def __call__(self, x: Inputs | Value) -> Output:
        """As saídas dos neurônios; a de um neurônio só, como `Value` em vez de lista.

        Args:
            x: as entradas; um número sozinho é uma entrada só.

        Raises:
            ValueError: número errado de entradas.
            TypeError: uma entrada não é um número.
        """
        neurons: list[Any] = self.neurons
        if Neuron.__call__ is _PLAIN_CALL and neurons and type(neurons[0]) is Neuron:
            try:
                inputs = _inputs(x, len(neurons[0].w), "a camada")
            except ValueError:
                self._name_the_edited(x)
                raise
            ones, numbers, short = [*inputs, 1], [*_numbers(inputs), 1], products_are_ours()
            out: Any = []
            for neuron in neurons:  # uma compreensão levaria consigo cinco variáveis, o que custa mais
                plain = type(neuron) is Neuron
                out.append(neuron._respond(ones, numbers, short) if plain else neuron(_again(x, inputs)))
        else:
            given = [*x] if isinstance(x, Iterator) else x
            out = [neuron(given) for neuron in neurons]
        answer: Output = out[0] if len(out) == 1 else out
        return answer

    def _name_the_edited(self, x: Any) -> None:
        """Se os neurônios não têm todos tantos pesos, diz qual não serve a estas entradas."""
        plain = [neuron for neuron in self.neurons if is_plain(neuron)]
        if isinstance(x, Sequence) and len({len(neuron.w) for neuron in plain}) > 1:
            for neuron in plain:
                neuron._require(len(x))

    def parameters(self) -> list[Value]:
        """Os parâmetros, neurônio por neurônio."""
        return parameters_of(self.neurons)

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(repr, self.neurons))}]"


class MLP(Module, Shown):
    """Rede de camadas totalmente ligadas (perceptron de várias camadas).

    Os rótulos dizem a camada, o neurônio e de onde: `w_x1_h2` é o peso da entrada 1 para o neurônio oculto 2, `b_h2` o
    viés dele, `z_h2` a soma ponderada, `h2` a saída; `o` é a saída da rede. Com várias camadas ocultas, `h1_2` é o
    neurônio 2 da primeira.

    Args:
        nin: número de entradas.
        nouts: tamanho de cada camada, a última sendo a de saída: `[2, 1]`.
        activation: ativação das camadas ocultas: `"relu"`, `"tanh"`, `"sigmoid"` ou `"linear"`.
        output_activation: ativação da camada de saída.
        bias: `"variable"` dá um viés a cada neurônio; `"column"` acrescenta uma coluna de uns às entradas e um
            neurônio a cada camada oculta, com matrizes de pesos (n + 1) × (m + 1) e a última (n + 1) × m; None, nada.
        init: de onde vêm os pesos: um nome, como `"he_normal"`, ou uma função (veja `initializers`); sem indicação,
            `"uniform"`, entre −1 e 1. A coluna de uns conta como entrada; um viés próprio começa sempre em 0.
        seed: semente dos pesos; sem ela, os pesos vêm do módulo `random`, na mesma ordem que no micrograd.

    Raises:
        ValueError: tamanho, ativação, inicializador ou tratamento do viés desconhecido.
    """

    bias: str | None = "variable"
    layers: list[Layer]

    if TYPE_CHECKING:
        nin: int
        nouts: list[int]
    else:
        nin = Derived(lambda model: _width(model) - (model.bias == "column"), "O número de entradas.")
        nouts = Derived(lambda model: _sizes(model), "O tamanho de cada camada.")

    def __init__(
        self,
        nin: int,
        nouts: Iterable[int],
        *,
        activation: str = "relu",
        output_activation: str = "linear",
        bias: str | None = "variable",
        init: str | Initializer = "uniform",
        seed: int | None = None,
    ) -> None:
        nin = whole(nin, "nin")
        if isinstance(nouts, (str, bytes)) or not hasattr(nouts, "__iter__") or not (nouts := list(nouts)):
            raise ValueError(f"nouts espera uma lista com o tamanho de cada camada, como [2, 1], e recebeu {nouts!r}")
        nouts = [whole(nout, "nouts") for nout in nouts]
        self.bias = one_of(bias, "bias", ("variable", "column", None))
        _known(activation)
        _known(output_activation)
        generator: Generator = random if seed is None else random.Random(seed)
        extra = bias == "column"
        sources = [f"x{i + 1}" for i in range(nin + extra)]
        self.layers = []
        for depth, nout in enumerate(nouts):
            last = depth == len(nouts) - 1
            names = unit_names(depth, nout if last else nout + extra, len(nouts))
            given: dict[str, Any] = {"names": names, "sources": sources, "bias": bias == "variable"}
            given |= {"activation": output_activation if last else activation, "init": init, "generator": generator}
            kind, own = _part("Layer", Layer)
            given = given if own else {"nonlin": given["activation"] != "linear"}
            self.layers.append(kind(len(sources), len(names), **given))
            sources = names

    def __call__(self, x: Inputs) -> Output:
        """A saída da rede: um `Value` se há um neurônio de saída, senão uma lista.

        Args:
            x: as `nin` entradas, números ou `Value`s.

        Raises:
            ValueError: número errado de entradas.
            TypeError: uma entrada não é um número.
        """
        signal: Any = [*_inputs(x, self.nin, "a rede"), 1] if self.bias == "column" else x
        try:
            for layer in self.layers:
                signal = layer(signal)
        except (TypeError, ValueError):
            self._name_the_network(x)
            raise
        return signal  # type: ignore[no-any-return]

    def _name_the_network(self, x: Any) -> None:
        """Se o que está errado são as entradas, diz que é da rede que se fala."""
        first = self.layers[0]
        if is_plain(first) and len({len(neuron.w) for neuron in first.neurons}) == 1 and not isinstance(x, Iterator):
            try:
                _inputs(x, self.nin, "a rede")
            except (TypeError, ValueError) as error:
                raise error from None

    def parameters(self) -> list[Value]:
        """Os parâmetros, camada por camada, neurônio por neurônio."""
        return parameters_of(self.layers)

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"


_PLAIN_CALL, _PLAIN_LAYER_CALL = Neuron.__call__, Layer.__call__
"""As chamadas do pacote, que alguém pode trocar."""


def is_plain(part: Any) -> bool:
    """Verdadeiro se um neurônio ou uma camada calcula o que o pacote calcula, e não o que alguém pôs no lugar."""
    if isinstance(part, Layer):
        return type(part).__call__ is _PLAIN_LAYER_CALL and bool(part.neurons) and all(map(is_plain, part.neurons))
    return isinstance(part, Neuron) and type(part).__call__ is _PLAIN_CALL


def parameters_of(parts: Iterable[Any]) -> list[Value]:
    """Os parâmetros das partes de um módulo, em ordem; uma que é só uma função não tem nenhum."""
    return [parameter for part in parts if hasattr(part, "parameters") for parameter in part.parameters()]


def _width(model: MLP) -> int:
    """Quantos números entram na primeira camada, com a coluna de uns se há."""
    return len(model.layers[0].neurons[0].w)


def _sizes(model: MLP) -> list[int]:
    """Quantos neurônios tem cada camada, sem o da coluna de uns."""
    sizes = [len(layer.neurons) for layer in model.layers if isinstance(layer, Layer)]
    extra = model.bias == "column"
    return [*[size - extra for size in sizes[:-1]], *sizes[-1:]]


def _part(name: str, ours: type) -> tuple[Any, bool]:
    """A classe com esse nome em `micrograd_pt.nn`, onde alguém pode ter posto a sua, e se ela recebe o que a nossa."""
    kind = getattr(sys.modules[__package__], name)
    return kind, getattr(kind, "__init__", None) is ours.__init__  # type: ignore[misc]


def unit_names(depth: int, size: int, layers: int) -> list[str]:
    """Os nomes dos neurônios de uma camada."""
    if depth == layers - 1:
        return ["o"] if size == 1 else [f"o{i + 1}" for i in range(size)]
    prefix = "h" if layers == 2 else f"h{depth + 1}_"
    return [f"{prefix}{i + 1}" for i in range(size)]


def _inputs(x: Any, expected: int, who: str) -> list[Any]:
    """As entradas como lista, conferidas; onde se espera uma só, ela pode vir sem lista."""
    try:
        inputs = [*x]
    except TypeError:
        if expected == 1 and isinstance(x, Value):
            return [x]
        if hasattr(x, "__iter__"):
            raise
        inputs = None
    if inputs is None or isinstance(x, str):
        raise TypeError(f"{who} espera uma lista com {expected} número(s), e recebeu {shorten(x)}")
    if not _USUAL.issuperset(map(type, inputs)):
        what = f"cada entrada d{who}"
        inputs = [item if isinstance(item, Value) else as_number(item, what) for item in inputs]
    if len(inputs) != expected:
        raise ValueError(f"{who} espera {expected} entrada(s), e recebeu {len(inputs)}")
    return inputs


_USUAL = frozenset((float, int, Value))


def _again(x: Any, inputs: list[Any]) -> Any:
    """As entradas como foram dadas, ou a lista delas, se já foram percorridas."""
    return inputs if isinstance(x, Iterator) else x


def _numbers(inputs: Sequence[Any]) -> list[Any]:
    """O que as entradas valem."""
    return [item.data if isinstance(item, Value) else item for item in inputs]


def _known(activation: str) -> str:
    if not isinstance(activation, str) or activation not in ACTIVATIONS:
        raise ValueError(
            f"ativação desconhecida: {shorten(activation)}; as conhecidas são {', '.join(ACTIVATIONS)}"
        ) from None
    return activation

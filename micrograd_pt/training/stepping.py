"""Um passo de treinamento, de dois modos: pelo grafo, ou pelo programa compilado do modelo e da perda.

`chosen_step` escolhe: tenta compilar a perda de uma amostra, e vai pelo grafo se algo o impede, dizendo o quê. Compila
quem se deixa traçar com os parâmetros e a amostra só escritos, dá depois, em até 64 amostras, a perda e os gradientes
do grafo, e não muda por ser chamado. O programa dá o mesmo que o grafo, a menos dos últimos algarismos, e é muito mais
rápido; o grafo serve a todo modelo. O que o modelo lê e não é um `Value` pode mudar de uma atualização para outra: o
que se alcança é comparado antes de cada uma, e o resto, de tempos em tempos.
"""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any, NamedTuple

from micrograd_pt.calculus import flat, gradients_of, shape
from micrograd_pt.compiler import CompileError, Program, Traced, Watch, program_of, require_same, trace, twin_of
from micrograd_pt.engine import Value, enable_grad
from micrograd_pt.given import as_number, shorten
from micrograd_pt.graph import Graph
from micrograd_pt.threads import assign
from micrograd_pt.training.optimizers import Optimizer

_CHECKED = 64  # amostras em que o programa é conferido com o grafo
_OFTEN = 4096  # atualizações de uma conferência à seguinte, no máximo

Sample = tuple[list[Any], Any]
"""Uma amostra e a sua saída desejada."""


class ByGraph:
    """Um passo de treinamento pelo grafo: para frente, para trás, atualização.

    Attributes:
        values: o que os parâmetros valem desde a última atualização completa.
        why: por que não se treina pelo programa, se isso se descobre no meio.
    """

    why: str = ""

    def __init__(self, model: Any, loss: Any, optimizer: Optimizer, mean: bool, samples: Sequence[Sample]) -> None:
        self.model: Any = model
        self.loss: Any = loss
        self.optimizer: Optimizer = optimizer
        self.mean: bool = mean
        self.samples: Sequence[Sample] = samples
        self.parameters: list[Value] = optimizer.attend(model.parameters())
        self.values: Sequence[float] = [
            as_number(p.data, f"o data de {p.label or 'um parâmetro'}") for p in self.parameters
        ]

    def step(self, batch: Sequence[int]) -> float:
        """Treina com as amostras desses números, e devolve a soma das suas perdas antes da atualização."""
        total: Any = None
        with enable_grad():
            for place in batch:
                x, target = self.samples[place]
                term = _require_node(self.loss(self.model(x), target))
                total = term if total is None else total + term
            objective = total * (1 / len(batch)) if self.mean and len(batch) > 1 else total
        parameters = list(self.model.parameters())  # de novo: um modelo pode trocar os seus
        assign(parameters, "grad", repeat(0))
        objective.backward()
        memory = dict(self.optimizer.__dict__)
        try:
            self.optimizer.step(parameters)
            values = [parameter.data for parameter in parameters]
            self.parameters, self.values = parameters, values
        except BaseException:  # os parâmetros voltam em `finish`
            self.optimizer.__dict__ = memory
            raise
        return float(total.data)

    def confirm(self) -> None:
        """Nada a conferir: cada passo chama o modelo."""

    def finish(self) -> None:
        """Desfaz uma atualização que Ctrl-C deixou pela metade."""
        assign(self.parameters, "data", self.values)


class ByProgram:
    """O mesmo passo pelo programa do modelo e da perda; os parâmetros voltam ao modelo no fim.

    Um número que o modelo lê e que mudou desde que ele foi traçado faz traçá-lo outra vez. Um que não se alcança (de um
    arquivo, do relógio, de um gerador) aparece ao conferir o programa com o grafo: logo depois da primeira atualização,
    e daí em diante treina-se pelo grafo; mais tarde, e é um erro, porque o que já se treinou não é o que se pediu.
    """

    def __init__(self, eager: ByGraph, traced: ProgramOfSample) -> None:
        self.eager: ByGraph = eager
        self.traced: ProgramOfSample = traced
        self.values: Sequence[float] = eager.values
        self.gradients: Sequence[float] | None = None
        self.updates: int = 0
        self.why: str = ""
        self.alone: bool = _is_alone(eager.optimizer)

    def step(self, batch: Sequence[int]) -> float:
        """Como em `ByGraph`; um erro é repetido pelo grafo, que sabe dizer em que nó ele está.

        Raises:
            CompileError: o modelo já não dá o que dava, por algo que não se vê.
        """
        if not self.alone and not self.why and self.traced.watch.changed():
            self._trace_again()
        if self.why:
            return self._by_graph(batch)
        program, rows = self.traced.program, self.traced.rows
        try:
            if len(batch) == 1:
                total, gradients = program.run(rows[batch[0]], self.values)
            else:
                total, gradients = program.batch([rows[place] for place in batch], self.values)
                if self.eager.mean:
                    share = 1 / len(batch)
                    gradients = tuple([gradient * share for gradient in gradients])
        except (ArithmeticError, ValueError):
            return self._by_graph(batch)
        optimizer = self.eager.optimizer
        memory = dict(optimizer.__dict__)
        try:
            values = optimizer.update(self.values, gradients)
            self.values, self.gradients = values, gradients
        except BaseException:
            optimizer.__dict__ = memory
            raise
        self.updates += 1
        if self.updates & (self.updates - 1) == 0 or self.updates % _OFTEN == 0:
            self.confirm(batch[0])
        return float(total)

    def confirm(self, place: int = 0) -> None:
        """Confere o programa com o grafo, com os parâmetros de agora, numa amostra.

        Raises:
            CompileError: não dão o mesmo, e traçado outra vez o programa já é outro.
        """
        if self.why or not self.updates:
            return
        self.finish()
        try:
            _require_the_same(self.eager, self.traced, [place], self.values)
        except CompileError as error:
            if any([p.data != value for p, value in zip(self.eager.parameters, self.values, strict=True)]):
                return  # noutra linha alguém mais treina o mesmo modelo
            if self.updates == 1:
                self.why = str(error)
            elif not self._is_the_same():
                raise CompileError(
                    f"na atualização {self.updates} o modelo e a perda já não dão o que davam ao começar: leem algo "
                    "que mudou por onde não se vê (um arquivo, o relógio, um gerador), e o que se treinou desde então "
                    f"é outra coisa; use train(..., compiled=False). {error}"
                ) from error
        except (ArithmeticError, ValueError):
            pass  # o próximo passo o dirá

    def _is_the_same(self) -> bool:
        """Verdadeiro se, traçado outra vez, o programa é o mesmo: a diferença era só de arredondamento, numa quina."""
        try:
            return _program(self.eager, self.traced.pieces).source == self.traced.program.source
        except Exception:  # código de quem chama
            return False

    def _trace_again(self) -> None:
        """Traça de novo um modelo em que algo mudou; se não dá, daí em diante treina-se pelo grafo."""
        self.finish()
        self.eager.values = self.values
        try:
            self.traced = traced_sample(self.eager, self.traced.pieces)
        except Exception as error:
            self.why = str(error) or type(error).__name__

    def _by_graph(self, batch: Sequence[int]) -> float:
        """O passo pelo grafo, de onde o programa parou; se dá certo, o programa continua dali."""
        self.finish()
        self.eager.values = self.values
        total = self.eager.step(batch)
        self.values = self.eager.values
        self.gradients = [parameter.grad for parameter in self.eager.parameters]
        return total

    def finish(self) -> None:
        """Põe no modelo os parâmetros e os últimos gradientes."""
        assign(self.eager.parameters, "data", self.values)
        if self.gradients is not None:
            assign(self.eager.parameters, "grad", self.gradients)


def chosen_step(eager: ByGraph, compiled: bool) -> tuple[ByGraph | ByProgram, str]:
    """O passo com que se treina: o compilado, se o modelo e a perda se deixam compilar; senão pelo grafo, e por quê."""
    if not compiled:
        return eager, "compiled=False"
    if type(eager.optimizer).step is not Optimizer.step:
        return eager, f"{type(eager.optimizer).__name__} define o seu próprio step"
    pieces = [[x, target] for x, target in eager.samples]
    if any(shape(piece) != shape(pieces[0]) for piece in pieces):
        return eager, "as amostras não têm todas a mesma forma"
    flats = [flat(piece, "uma amostra") for piece in pieces]
    chance = random.getstate()
    try:
        return ByProgram(eager, traced_sample(eager, Pieces([leaves for leaves, _ in flats], flats[0][1]))), ""
    except Exception as error:  # código de quem chama: se há mesmo um erro, o passo pelo grafo o mostra
        random.setstate(chance)
        return eager, f"{error}" or type(error).__name__


class Pieces(NamedTuple):
    """As amostras com as suas saídas desejadas.

    Attributes:
        rows: os números de cada uma, em fila.
        rebuild: devolve a uma fila a forma de uma amostra e da sua saída desejada.
    """

    rows: list[list[Any]]
    rebuild: Callable[..., Any]


class ProgramOfSample(NamedTuple):
    """O programa da perda de uma amostra.

    Attributes:
        program: o programa.
        pieces: as amostras.
        watch: o que o modelo e a perda leem e não é um `Value`, como era.
    """

    program: Program
    pieces: Pieces
    watch: Watch

    @property
    def rows(self) -> list[list[Any]]:
        """Os números de cada amostra."""
        return self.pieces.rows


def traced_sample(eager: ByGraph, pieces: Pieces) -> ProgramOfSample:
    """O programa do modelo e da perda, conferido.

    Args:
        eager: o passo pelo grafo.
        pieces: as amostras.

    Raises:
        CompileError: o programa não daria o mesmo que o grafo.
    """
    rows = pieces.rows
    if any(isinstance(leaf, Value) for leaves in rows for leaf in leaves):
        raise CompileError("há Values entre as amostras")
    chance = random.getstate()
    _check_targets(eager)
    watch = Watch(eager.model, eager.loss)  # o que eles só fazem da primeira vez já está feito
    if watch.flows:
        raise CompileError("o modelo ou a perda lê de um iterador, que muda ao ser lido")
    made = ProgramOfSample(_program(eager, pieces), pieces, watch)
    if random.getstate() != chance:
        raise CompileError("o modelo ou a perda sorteia números")
    places = list({tuple(row): place for place, row in enumerate(rows)}.values())
    _require_the_same(eager, made, places[:: 1 + len(places) // _CHECKED], eager.values)
    changed = watch.changed()
    if changed:
        raise CompileError(f"o modelo ou a perda muda {changed} ao ser chamado")
    return made


def _program(eager: ByGraph, pieces: Pieces) -> Program:
    """O programa do modelo e da perda, por conferir."""
    traced, parameters = _traced(eager, pieces.rows[0], pieces.rebuild)
    return program_of(_graph(traced), traced.inputs[len(eager.parameters) :], parameters, parameters)


def _require_the_same(eager: ByGraph, traced: ProgramOfSample, places: Sequence[int], values: Sequence[float]) -> None:
    """Confere a perda e os gradientes do programa com os do grafo, nas amostras desses números.

    Raises:
        CompileError: não são os mesmos.
        DomainError: um gradiente de que se precisa não existe.
    """
    for place in places:
        x, target = eager.samples[place]
        with enable_grad():
            expected = _require_node(eager.loss(eager.model(x), target))
        received = gradients_of(expected)
        value, gradients = traced.program.run(traced.rows[place], values)
        require_same(expected.data, value)
        slopes = [received.get(parameter) or 0 for parameter in eager.parameters]
        size = max([abs(slope) for slope in slopes if math.isfinite(slope)], default=0.0)
        for slope, gradient in zip(slopes, gradients, strict=True):
            require_same(slope, gradient, 1e-9 * size)


def _is_alone(optimizer: Optimizer) -> bool:
    """Verdadeiro se entre duas atualizações só corre código do pacote, e nada pode mudar o que o modelo lê.

    Senão há outra linha de execução (a da barra de progresso não conta), ou um otimizador ou uma taxa de quem chama.
    """
    others = [one for one in threading.enumerate() if one is not threading.current_thread()]
    quiet = all([type(one).__module__.partition(".")[0] == "tqdm" for one in others])
    return quiet and type(optimizer).__module__ == Optimizer.__module__ and not callable(optimizer.learning_rate)


def _check_targets(eager: ByGraph) -> None:
    """Chama a perda com cada saída desejada e números de saída: traçada, ela não teria o que conferir."""
    leaves, rebuild = flat(eager.model(eager.samples[0][0]), "a saída da rede")
    output = rebuild([leaf.detach() if isinstance(leaf, Value) else leaf for leaf in leaves])
    for _, target in eager.samples:
        eager.loss(output, target)


def _traced(eager: ByGraph, numbers: Sequence[Any], rebuild: Callable[..., Any]) -> tuple[Traced, list[Any]]:
    """O grafo da perda de uma amostra, com os parâmetros também só escritos: ler o `data` de um é então recusado.

    Quem se traça são cópias do modelo e da perda; os de verdade podem estar em uso noutra linha de execução.

    Returns:
        O que se traçou, e as cópias dos parâmetros.

    Raises:
        CompileError: o modelo não se deixa copiar, troca os seus parâmetros ou muda o que valem.
    """
    count, swaps = len(eager.parameters), "o modelo troca os seus parâmetros ao ser chamado"
    if _differ(eager.model.parameters(), eager.parameters):
        raise CompileError(swaps)
    (model, loss), parameters = twin_of((eager.model, eager.loss), eager.parameters)
    if len(parameters) != count or _differ(model.parameters(), parameters):
        raise CompileError("o modelo não se deixa copiar com os seus parâmetros")

    def written(weights: Sequence[Value], x: Any, target: Any) -> Any:
        for parameter, weight in zip(parameters, weights, strict=True):
            parameter.data = weight.data
        placed = [parameter.data for parameter in parameters]
        found = loss(model(x), target)
        if _differ(model.parameters(), parameters):
            raise CompileError(swaps)
        if _differ([parameter.data for parameter in parameters], placed):
            raise CompileError("o modelo ou a perda muda o data de um parâmetro")
        return found

    def shaped(leaves: list[Any]) -> list[Any]:
        return [leaves[:count], *rebuild(leaves[count:])]

    traced = trace(written, [*eager.values, *numbers], shaped, parameters)
    if not {id(parameter) for parameter in eager.parameters}.isdisjoint(map(id, traced.captured)):
        raise CompileError("o modelo ou a perda alcança um parâmetro por onde uma cópia não alcança")
    return traced, parameters


def _differ(found: Iterable[Any], expected: Sequence[Any]) -> bool:
    """Verdadeiro se não são os mesmos objetos, na mesma ordem."""
    items = list(found)
    return len(items) != len(expected) or any(a is not b for a, b in zip(items, expected, strict=True))


def _graph(traced: Traced) -> Graph:
    """O grafo traçado.

    Raises:
        CompileError: não há, porque a perda é um número que não depende de nada.
    """
    if traced.graph is None:
        raise CompileError("a perda não depende da amostra nem dos parâmetros")
    return traced.graph


def _require_node(loss: Any) -> Value:
    if not isinstance(loss, Value):
        raise TypeError(
            "a perda de uma amostra é um número só, que depende dos parâmetros, e a função de perda devolveu "
            f"{shorten(loss)}"
        )
    return loss

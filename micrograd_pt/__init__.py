"""micrograd_pt: diferenciação automática escalar, em Python puro, para ler junto com o capítulo 15.

Um `Value` é um número que lembra de onde veio; `backward()` aplica a regra da cadeia. Sobre ele estão redes
(`Neuron`, `Layer`, `MLP`), treinamento (`train`), lições passo a passo (`explain`) e figuras (`draw`, `draw_network`).

Importar o pacote carrega só o motor; cada nome traz o seu módulo na primeira vez em que é usado.
"""

from __future__ import annotations

import sys
from importlib import import_module

if (
    ("-m", __name__) in zip(sys.orig_argv, sys.orig_argv[1:], strict=False)
    or "".join(sys.argv[:1]).endswith(("micrograd-pt", "micrograd-pt.exe"))  # num Python embutido pode não haver nenhum
):
    # Quem interrompe o comando enquanto ele ainda se carrega não precisa ver onde.
    sys.excepthook = lambda kind, *rest: None if kind is KeyboardInterrupt else sys.__excepthook__(kind, *rest)

from micrograd_pt import given, interop, written

TYPE_CHECKING = False  # o de `typing` custaria o import dele; quem confere os tipos entende este
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from micrograd_pt import chapter15
    from micrograd_pt.calculus import (
        Report,
        check_gradients,
        check_table,
        derivative,
        find_nonfinite,
        grad,
        hessian,
        jacobian,
        jvp,
        value_and_grad,
    )
    from micrograd_pt.chapter15 import step
    from micrograd_pt.compiler import ArrayProgram, CompileError, Program, compile_graph, compiled
    from micrograd_pt.conditions import ChangedLeafError, Condition
    from micrograd_pt.drawing import draw, draw_network, draw_steps, plot_decision, plot_history
    from micrograd_pt.engine import Value
    from micrograd_pt.functions import dot, logsumexp, mean, softmax, where
    from micrograd_pt.functions import sum as sum
    from micrograd_pt.graph import Graph
    from micrograd_pt.lesson import Lesson, explain
    from micrograd_pt.nn import (
        MLP,
        Layer,
        Module,
        Neuron,
        binary_cross_entropy,
        binary_cross_entropy_with_logits,
        cross_entropy,
        half_squared_error,
        hinge,
        mean_squared_error,
    )
    from micrograd_pt.ops import (
        DomainError,
        Operation,
        absolute,
        acos,
        acosh,
        asin,
        asinh,
        atan,
        atan2,
        atanh,
        cbrt,
        cos,
        cosh,
        elu,
        erf,
        erfc,
        exp,
        exp2,
        expm1,
        gelu,
        hypot,
        leaky_relu,
        log,
        log1p,
        log2,
        log10,
        logsigmoid,
        maximum,
        minimum,
        operation,
        reciprocal,
        relu,
        sigmoid,
        silu,
        sin,
        sinh,
        softplus,
        sqrt,
        square,
        tan,
        tanh,
    )
    from micrograd_pt.page import LivePage, chapter_page, live_page
    from micrograd_pt.parsing import Expression, ExpressionError, parse
    from micrograd_pt.threads import enable_grad, no_grad
    from micrograd_pt.training import (
        SGD,
        Adam,
        AdamW,
        CosineDecay,
        DivergenceError,
        ExponentialDecay,
        History,
        Optimizer,
        RMSProp,
        StepDecay,
        Warmup,
        evaluate,
        train,
    )

    abs = absolute

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "AdamW",
    "ArrayProgram",
    "ChangedLeafError",
    "CompileError",
    "Condition",
    "CosineDecay",
    "DivergenceError",
    "DomainError",
    "ExponentialDecay",
    "Expression",
    "ExpressionError",
    "Graph",
    "History",
    "Layer",
    "Lesson",
    "LivePage",
    "Module",
    "Neuron",
    "Operation",
    "Optimizer",
    "Program",
    "RMSProp",
    "Report",
    "StepDecay",
    "Value",
    "Warmup",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cbrt",
    "chapter15",
    "chapter_page",
    "check_gradients",
    "check_table",
    "compile_graph",
    "compiled",
    "cos",
    "cosh",
    "cross_entropy",
    "derivative",
    "dot",
    "draw",
    "draw_network",
    "draw_steps",
    "elu",
    "enable_grad",
    "erf",
    "erfc",
    "evaluate",
    "exp",
    "exp2",
    "explain",
    "expm1",
    "find_nonfinite",
    "gelu",
    "grad",
    "half_squared_error",
    "hessian",
    "hinge",
    "hypot",
    "jacobian",
    "jvp",
    "leaky_relu",
    "live_page",
    "log",
    "log1p",
    "log2",
    "log10",
    "logsigmoid",
    "logsumexp",
    "maximum",
    "mean",
    "mean_squared_error",
    "minimum",
    "no_grad",
    "operation",
    "parse",
    "plot_decision",
    "plot_history",
    "reciprocal",
    "relu",
    "sigmoid",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "square",
    "step",
    "tan",
    "tanh",
    "train",
    "value_and_grad",
    "where",
]

_FACE = {
    "calculus": (
        "Report check_gradients check_table derivative find_nonfinite grad hessian jacobian jvp value_and_grad"
    ),
    "chapter15": "step",
    "compiler": "ArrayProgram CompileError Program compile_graph compiled",
    "conditions": "ChangedLeafError Condition",
    "drawing": "draw draw_network draw_steps plot_decision plot_history",
    "engine": "Value",
    "functions": "dot logsumexp mean softmax sum where",
    "graph": "Graph",
    "lesson": "Lesson explain",
    "nn": (
        "MLP Layer Module Neuron binary_cross_entropy binary_cross_entropy_with_logits cross_entropy "
        "half_squared_error hinge mean_squared_error"
    ),
    "ops": (
        "DomainError Operation absolute acos acosh asin asinh atan atan2 atanh cbrt cos cosh elu erf erfc exp exp2 "
        "expm1 gelu hypot leaky_relu log log1p log2 log10 logsigmoid maximum minimum operation reciprocal relu "
        "sigmoid silu sin sinh softplus sqrt square tan tanh"
    ),
    "page": "LivePage chapter_page live_page",
    "parsing": "Expression ExpressionError parse",
    "threads": "enable_grad no_grad",
    "training": (
        "SGD Adam AdamW CosineDecay DivergenceError ExponentialDecay History Optimizer RMSProp StepDecay Warmup "
        "evaluate train"
    ),
}
"""De cada módulo, os nomes que o pacote mostra."""

_PLACES = {name: (module, name) for module, names in _FACE.items() for name in names.split()}
_PLACES["abs"] = "ops", "absolute"
_MODULES = {*_FACE, "cli", "words"}

given.MAKERS.update(
    made_by_hand=("micrograd_pt.interop.by_hand", "made_by_hand"),
    named_by_micrograd=("micrograd_pt.interop.by_hand", "named_by_micrograd"),
    shown=("micrograd_pt.drawing.notebook", "shown"),
    lesson_html=("micrograd_pt.page.live", "lesson_html"),
    save_lesson_html=("micrograd_pt.page.live", "save_lesson_html"),
)

__version__ = "0.1.0"


if not TYPE_CHECKING:  # a quem confere tipos, um nome errado continua errado

    def __getattr__(name: str) -> object:
        """Um nome da face ou um módulo, na primeira vez em que é usado; ou um módulo que mudou de lugar."""
        if name in _PLACES:
            module, inner = _PLACES[name]
            found = globals()[name] = getattr(import_module(f"{__name__}.{module}"), inner)
            return found
        if name in _MODULES or name in MOVED_MODULES:
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"o módulo {__name__!r} não tem {name!r}", name=name, obj=sys.modules[__name__])

    def __dir__() -> list[str]:
        """Todos os nomes, também os que ainda não foram usados."""
        return sorted({*globals(), *_PLACES, *_MODULES})


MOVED_MODULES = {
    "catalog": "words",
    "checks": "calculus.checks",
    "compiler.array_program": "compiler.arrays.array_program",
    "compiler.expressions": "written.expressions",
    "compiler.namespaces": "compiler.arrays.namespaces",
    "copying": "interop.copying",
    "derivatives": "calculus.derivatives",
    "differences": "calculus.differences",
    "drawing.steps": "drawing.filmstrip",
    "history": "training.history",
    "initializers": "nn.initializers",
    "losses": "nn.losses",
    "notation": "words.notation",
    "notebook": "drawing.notebook",
    "optimizers": "training.optimizers",
    "page.document": "page.html",
    "page.network": "page.network_contents",
    "page.rules": "page.operations",
    "parsing.program": "parsing.statements",
    "plots": "drawing.plots",
    "schedules": "training.schedules",
    "stepping": "training.stepping",
}
"""De cada módulo que mudou de lugar, o nome antigo e o novo; os dois dentro do pacote."""

MOVED_CLASSES = {"parsing.statements": {"Program": "Statements", "Step": "StackStep"}}
"""De cada módulo, pelo nome novo, as classes que mudaram de nome e que um pickle antigo pode pedir."""


class MovedFinder:
    """Acha um módulo pelo nome antigo e dá no lugar dele o do nome novo."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """O que importar, se o nome é um dos antigos ou está dentro de um deles."""
        if _new_name(name) is None:
            return None
        from importlib.machinery import ModuleSpec

        return ModuleSpec(name, self)  # type: ignore[arg-type]  # a base `Loader` custaria o import dela

    def create_module(self, spec: ModuleSpec) -> None:
        """Um módulo comum, que `exec_module` troca pelo do nome novo."""

    def exec_module(self, module: ModuleType) -> None:
        """Põe o módulo do nome novo no lugar do que está sendo importado, e avisa."""
        new = _new_name(module.__name__)
        assert new is not None
        import warnings

        warnings.warn(f"{module.__name__} agora é {new}: troque o nome no import", DeprecationWarning, stacklevel=2)
        found = sys.modules[module.__name__] = import_module(new)
        for before, after in MOVED_CLASSES.get(new.removeprefix(f"{__name__}."), {}).items():
            setattr(found, before, getattr(found, after))


def _new_name(name: str) -> str | None:
    """O nome novo de um módulo, por inteiro; None se o que foi dado não é um nome antigo."""
    inner = name.removeprefix(f"{__name__}.")
    if inner == name:
        return None
    for old, new in MOVED_MODULES.items():
        if inner == old or inner.startswith(f"{old}."):
            return f"{__name__}.{new}{inner[len(old) :]}"
    return None


sys.meta_path.insert(0, MovedFinder())

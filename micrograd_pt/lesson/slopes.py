"""As derivadas locais de um grafo, escritas pelas próprias regras da tabela."""

from __future__ import annotations

from micrograd_pt.engine import Value
from micrograd_pt.graph import Graph, Node
from micrograd_pt.lesson.formula import Formula, slope_formula
from micrograd_pt.threads import recording


class Slopes:
    """As derivadas locais escritas: cada regra é chamada uma vez por nó, com folhas no lugar dos argumentos."""

    def __init__(self, graph: Graph) -> None:
        self._leaves = [Value(node.data, node.name) for node in graph.nodes]
        self._nodes = {id(leaf): node for leaf, node in zip(self._leaves, graph.nodes, strict=True)}
        self._written: dict[int, list[Formula | None]] = {}

    @recording
    def of(self, user: Node) -> list[Formula | None]:
        """As derivadas de `user` em relação a cada argumento; None nos ramos fechados e nas constantes."""
        if user.index not in self._written:
            assert user.op is not None
            wanted = [isinstance(arg, Node) for arg in user.inputs]
            args = [self._leaves[arg.index] if isinstance(arg, Node) else arg for arg in user.inputs]
            slopes = user.op.derivatives(self._leaves[user.index], args, wanted=wanted)
            self._written[user.index] = [
                None if slope is None else slope_formula(slope, self._nodes) for slope in slopes
            ]
        return self._written[user.index]

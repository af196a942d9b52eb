"""Programas como os que se escrevem para o micrograd: tarefas de curso, cadernos, cópias com acréscimos.

Cada um recebe as cinco classes com que rodar e devolve números, os mesmos com o micrograd e com este pacote. Usam só o
que o micrograd tem, e o que eles mesmos acrescentam.
"""

from typing import Any, NamedTuple


class Micro(NamedTuple):
    """As classes do micrograd, ou as de quem se põe no lugar dele."""

    Value: Any
    Module: Any
    Neuron: Any
    Layer: Any
    MLP: Any

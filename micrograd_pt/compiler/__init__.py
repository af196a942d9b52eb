"""O compilador: um grafo, percorrido uma vez, vira Python em linha reta."""

from micrograd_pt.compiler.arrays import ArrayProgram
from micrograd_pt.compiler.program import Program, compile_graph, program_of
from micrograd_pt.compiler.tracing import Traced, compiled, require_same, trace
from micrograd_pt.compiler.twins import twin_of
from micrograd_pt.compiler.watching import Watch
from micrograd_pt.written import CompileError

__all__ = [
    "ArrayProgram",
    "CompileError",
    "Program",
    "Traced",
    "Watch",
    "compile_graph",
    "compiled",
    "program_of",
    "require_same",
    "trace",
    "twin_of",
]

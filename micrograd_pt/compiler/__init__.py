"""O compilador: um grafo, percorrido uma vez, vira Python em linha reta."""

from micrograd_pt.compiler.array_program import ArrayProgram
from micrograd_pt.compiler.expressions import CompileError
from micrograd_pt.compiler.program import Program, compile_graph
from micrograd_pt.compiler.tracing import compiled

__all__ = ["ArrayProgram", "CompileError", "Program", "compile_graph", "compiled"]

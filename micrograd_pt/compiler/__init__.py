"""O compilador: um grafo, percorrido uma vez, vira Python em linha reta."""

from micrograd_pt.compiler.array_program import ArrayProgram
from micrograd_pt.compiler.infix import ATOM, CHOICE, UNARY, Infix, signs
from micrograd_pt.compiler.program import Program, compile_graph, program_of
from micrograd_pt.compiler.tracing import Traced, compiled, require_same, trace
from micrograd_pt.compiler.written import COMPARISONS, Book, CompileError, Written

__all__ = [
    "ATOM",
    "CHOICE",
    "COMPARISONS",
    "UNARY",
    "ArrayProgram",
    "Book",
    "CompileError",
    "Infix",
    "Program",
    "Traced",
    "Written",
    "compile_graph",
    "compiled",
    "program_of",
    "require_same",
    "signs",
    "trace",
]

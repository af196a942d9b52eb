"""O tipo de número com que as regras da tabela, em vez de calcular, viram texto: expressões que se escrevem."""

from micrograd_pt.written.expressions import (
    ARITHMETIC,
    COMPARISONS,
    Book,
    CompileError,
    Written,
    opened,
    spelled,
    without_factor,
)

__all__ = ["ARITHMETIC", "COMPARISONS", "Book", "CompileError", "Written", "opened", "spelled", "without_factor"]

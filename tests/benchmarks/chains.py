"""O custo por nó de uma cadeia de somas e produtos, de mil a milhões de nós: tempo e memória.

Uso: python -m tests.benchmarks.chains MOTOR NÓS. Responde uma linha de JSON. Cada medida é um processo: o que estoura a
pilha do C não leva as outras consigo.
"""

from __future__ import annotations

import json
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from tests.benchmarks import tuples
from tests.benchmarks.engines import micrograd_value, our_value
from tests.benchmarks.workloads import chain

NODES: dict[str, Callable[[], Any]] = {"micrograd": micrograd_value, "tuples": lambda: tuples.Value, "nodes": our_value}


def measured(engine: str, length: int) -> dict[str, float]:
    """Segundos por nó de ida e volta; bytes por nó, do grafo inteiro; no compilado, também os de compilar."""
    if engine == "compiled":
        return _compiled(length)
    Value = NODES[engine]()
    chain(Value(0.5), 1000).backward()
    start = time.perf_counter()
    chain(Value(0.5), length).backward()
    spent = time.perf_counter() - start
    tracemalloc.start()
    node = chain(Value(0.5), min(length, 100_000))
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()  # contar cada alocação deixaria devagar o que vem depois no mesmo processo
    del node
    return {"seconds": spent / length, "bytes": taken / min(length, 100_000)}


def _compiled(length: int) -> dict[str, float]:
    from micrograd_pt import Value, compile_graph

    leaf = Value(0.5, "x")
    start = time.perf_counter()
    program = compile_graph(chain(leaf, length), [], [leaf])
    built = time.perf_counter()
    program.run((), (0.5,))
    repeat = max(1, 1_000_000 // length)
    start_run = time.perf_counter()
    for _ in range(repeat):
        program.run((), (0.5,))
    return {"seconds": (time.perf_counter() - start_run) / repeat / length, "compile": (built - start) / length}


if __name__ == "__main__":
    sys.setrecursionlimit(10**9)  # os pares são recursivos: que cheguem até onde podem
    try:
        print(json.dumps(measured(sys.argv[1], int(sys.argv[2]))))
    except (RecursionError, MemoryError) as error:
        print(json.dumps({"error": type(error).__name__}))

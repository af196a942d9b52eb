"""Um motor num processo só seu: recebe pedidos na entrada, uma linha de JSON por pedido, e responde na saída.

A primeira resposta traz a perda, os gradientes e `ready`: os segundos até o primeiro passo estar dado, com o que se
importa, se traça e se compila antes dele. Depois `{"repeat": n}` roda n passos e responde os segundos de um.
"""

from __future__ import annotations

import json
import sys
import time

from tests.benchmarks.engines import ENGINES


def main(engine: str, workload: str) -> None:
    """Responde até que a entrada acabe."""
    sys.setrecursionlimit(200_000)
    start = time.perf_counter()
    try:
        step = ENGINES[engine].build(workload)
        loss, gradients = step()
        ready = time.perf_counter() - start
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"[:200]}), flush=True)
        return
    numbers = {"loss": float(loss), "gradients": [float(gradient) for gradient in gradients]}
    print(json.dumps({**numbers, "ready": ready}), flush=True)
    for line in sys.stdin:
        repeat = json.loads(line)["repeat"]
        start = time.perf_counter()
        for _ in range(repeat):
            step()
        print(json.dumps({"seconds": (time.perf_counter() - start) / repeat}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

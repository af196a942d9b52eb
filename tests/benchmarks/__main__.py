"""O banco de provas: motores em processos separados, um passo de cada por vez, medianas, e a razão para o micrograd.

Uso: python -m tests.benchmarks [--rodadas N] [--contas xor,moons,gpt,many,lotes,cadeia]
     [--motores micrograd,compiled,…] [--dispositivo cuda]

Antes de medir confere que todos dão a mesma perda e os mesmos gradientes. A tabela sai em Markdown.
"""

from __future__ import annotations

import argparse
import datetime
import json
import operator
import os
import platform
import statistics
import subprocess
import sys
from typing import Any, NamedTuple

from tests.benchmarks import batches
from tests.benchmarks.engines import ENGINES

QUICK = 0.5  # segundos que um processo novo pode levar até o primeiro passo
PROCESSES = 3  # processos novos por rodada
SHORTEST = 0.02  # segundos de uma medida; um passo mais curto é repetido
LENGTHS = (10**3, 10**4, 10**5, 10**6, 10**7)
TITLES = {
    "xor": "XOR 2-2-1, 4 amostras",
    "moons": "luas, MLP(2, [16, 16, 1]), 100 amostras",
    "gpt": "GPT de uma camada, 4.192 parâmetros",
    "many": "as mesmas luas, 10.000 amostras",
}
OTHERS = ("lotes", "cadeia")
PAIRS = {"cpu": ("lote-mao", "lote"), "dispositivo": ("torch-mao", "torch-lote")}
"""Nos lotes, o motor escrito à mão e o nosso."""
BASES = {"many": "rows"}
"""Com o que se compara, onde não é com o micrograd."""
ONE_THREAD = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}


class Timing(NamedTuple):
    """Os segundos de um passo (a mediana), os de tudo o que vem antes, até o fim do primeiro, e todas as medidas."""

    step: float
    ready: float
    seconds: tuple[float, ...] = ()


class Worker:
    """Um motor e uma conta num processo à parte.

    O mesmo código pode ser alguns por cento mais rápido num processo do que noutro, conforme os endereços que lhe
    cabem; por isso onde ele fica pronto depressa cada medida é num processo novo, e são algumas por rodada.
    """

    def __init__(self, engine: str, workload: str) -> None:
        self.command = [sys.executable, "-m", "tests.benchmarks.worker", engine, workload]
        self.repeat = 1
        self.seconds: list[float] = []
        self.answer = self._started()

    def _started(self) -> dict[str, Any]:
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **ONE_THREAD},
        )
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found: dict[str, Any] = json.loads(line) if line else {"error": f"fim com {self.process.wait()}"}
        return found

    def take(self) -> None:
        """As medidas de uma rodada; os primeiros passos de um processo novo não contam."""
        if self.answer["ready"] >= QUICK:
            self.seconds.append(self.measure())
            return
        for _ in range(PROCESSES):
            self.close()
            self._started()
            self.measure()
            self.seconds.append(self.measure())

    def measure(self) -> float:
        """Os segundos de um passo."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"repeat": self.repeat}) + "\n")
        self.process.stdin.flush()
        seconds: float = self._read()["seconds"]
        return seconds

    def warm(self) -> None:
        """Escolhe quantos passos cabem numa medida."""
        while (seconds := self.measure()) * self.repeat < SHORTEST:
            self.repeat = min(self.repeat * 10, max(self.repeat + 1, round(1.2 * SHORTEST / max(seconds, 1e-9))))

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def compare(workload: str, engines: list[str], rounds: int) -> list[tuple[str, Any]]:
    """Cada motor com o seu `Timing`, ou com o que o impediu."""
    rows: list[tuple[str, Any]] = []
    workers: dict[str, Worker] = {}
    for name in engines:
        engine = ENGINES[name]
        if workload not in engine.workloads:
            continue
        if not engine.installed:
            rows.append((name, "não instalado"))
            continue
        worker = Worker(name, workload)
        if "error" in worker.answer:
            rows.append((name, worker.answer["error"]))
            worker.close()
        else:
            workers[name] = worker
    try:
        _require_agreement(workload, workers)
        for worker in workers.values():
            worker.warm()
        for _ in range(rounds):
            for worker in workers.values():
                worker.take()
    finally:
        for worker in workers.values():
            worker.close()
    return rows + [
        (name, Timing(statistics.median(worker.seconds), worker.answer["ready"], tuple(worker.seconds)))
        for name, worker in workers.items()
    ]


def _require_agreement(workload: str, workers: dict[str, Worker]) -> None:
    """Confere que a perda e os gradientes são os mesmos.

    Raises:
        SystemExit: um motor deu outra coisa.
    """
    if not workers:
        return
    first, *others = workers.items()
    for name, worker in others:
        for key in ("loss", "gradients"):
            expected, found = first[1].answer[key], worker.answer[key]
            pairs = [(expected, found)] if key == "loss" else list(zip(expected, found, strict=True))
            furthest = max(abs(a - b) for a, b in pairs)
            if not furthest <= 1e-9 * max(1.0, *[abs(a) for a, _ in pairs]):
                raise SystemExit(f"{workload}: {name} não concorda com {first[0]} em {key} (diferença {furthest:.3g})")


def lots(engines: list[str], rounds: int, device: str) -> None:
    """As tabelas dos lotes: cada motor contra o mesmo passo escrito à mão, com os quartis da razão."""
    os.environ[batches.DEVICE] = device
    base, own = PAIRS["cpu" if device == "cpu" else "dispositivo"]
    sizes = dict.fromkeys(batches.NETWORKS, batches.SIZES) if device == "cpu" else batches.ON_DEVICE
    print(f"| {device} | amostras | {ENGINES[base].title} | micrograd_pt | razão (quartis) |\n|---|---|---|---|---|")
    for network, samples in sizes.items():
        for size in samples:
            rows = dict(compare(f"{network}:{size}", [name for name in (base, own) if name in engines], rounds))
            cells = [f"{row}" for row in rows.values() if not isinstance(row, Timing)]
            if not cells and len(rows) == 2:
                by_hand, ours = rows[base], rows[own]
                low, middle, high = statistics.quantiles(map(operator.truediv, ours.seconds, by_hand.seconds), n=4)
                cells = [_time(by_hand.step), _time(ours.step), f"{middle:.3g} ({low:.3g} a {high:.3g})"]
            print(f"| {batches.NETWORKS[network]} | {size} | {' | '.join(cells)} |", flush=True)


def chains(engines: list[str]) -> None:
    """A tabela das cadeias."""
    print("\n| cadeia, por nó |" + "".join(f" {length:,} |".replace(",", ".") for length in LENGTHS))
    print("|---|" + "---|" * len(LENGTHS))
    for name in [engine for engine in ("micrograd", "tuples", "nodes", "compiled") if engine in engines]:
        cells = []
        for length in LENGTHS:
            if name == "compiled" and length > 10**5:
                cells.append("–")
                continue
            command = [sys.executable, "-m", "tests.benchmarks.chains", name, str(length)]
            run = subprocess.run(command, capture_output=True, text=True, check=False)
            found = json.loads(run.stdout) if run.stdout else {"error": f"fim com {run.returncode}"}
            cells.append(_chain_cell(found))
        print(f"| {ENGINES[name].title} | " + " | ".join(cells) + " |", flush=True)


def _chain_cell(found: dict[str, Any]) -> str:
    if "error" in found:
        return str(found["error"])
    text = f"{1e6 * found['seconds']:.2f} µs" if found["seconds"] > 1e-7 else f"{1e9 * found['seconds']:.1f} ns"
    if "bytes" in found:
        text += f", {found['bytes']:.0f} bytes"
    if "compile" in found:
        text += f" (compilar: {1e6 * found['compile']:.0f} µs)"
    return text


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def main() -> None:
    """Lê as opções, mede e imprime."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Quanto custa um passo.")
    parser.add_argument("--rodadas", type=int, default=9, help="medidas de cada motor (9)")
    parser.add_argument("--contas", default=",".join([*TITLES, *OTHERS]), help="as contas, separadas por vírgula")
    parser.add_argument("--motores", default=",".join(ENGINES), help="os motores, separados por vírgula")
    parser.add_argument("--dispositivo", default="cpu", help="onde o PyTorch faz os lotes: cpu ou cuda (cpu)")
    options = parser.parse_args()
    engines = [name for name in options.motores.split(",") if name]
    asked = options.contas.split(",")
    if options.rodadas < 1:
        parser.error(f"--rodadas espera um inteiro maior que 0, e recebeu {options.rodadas}")
    for given, known in ((engines, [*ENGINES]), (asked, [*TITLES, *OTHERS])):
        if unknown := set(given) - set(known):
            parser.error(f"não conheço {', '.join(sorted(unknown))}; conheço {', '.join(known)}")
    print(
        f"{datetime.date.today().isoformat()}, {platform.python_implementation()} {platform.python_version()}, "
        f"{platform.machine()}, {os.cpu_count()} processadores; mediana de {options.rodadas} medidas intercaladas\n"
    )
    for workload in [name for name in TITLES if name in asked]:
        rows = compare(workload, engines, options.rodadas)
        against = BASES.get(workload, "micrograd")
        base = dict(rows).get(against)
        than = ENGINES[against].title.replace("**", "")
        print(f"| {TITLES[workload]} | um passo | vezes mais rápido que {than} | até o primeiro |\n|---|---|---|---|")
        for name in engines:
            found = dict(rows).get(name)
            if isinstance(found, Timing):
                ratio = f"{base.step / found.step:.3g}" if isinstance(base, Timing) else "–"
                print(f"| {ENGINES[name].title} | {_time(found.step)} | {ratio} | {_time(found.ready)} |")
            elif found is not None:
                print(f"| {ENGINES[name].title} | {found} | – | – |")
        print(flush=True)
    if "lotes" in asked:
        lots(engines, options.rodadas, options.dispositivo)
    if "cadeia" in asked:
        chains(engines)


if __name__ == "__main__":
    main()

"""O banco de provas: todos os motores fazem a mesma conta, e a tabela sai. Nenhum teste mede tempo."""

import subprocess
import sys
from pathlib import Path

import pytest

from micrograd_pt import Value
from tests.benchmarks import batches, workloads
from tests.benchmarks.__main__ import Worker, compare, lots
from tests.benchmarks.chains import measured
from tests.benchmarks.engines import ENGINES

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("workload", "name"),
    [
        (w, n)
        for w in ("xor", "moons")
        for n, e in ENGINES.items()
        if w in e.workloads and (w, n) != ("moons", "autograd")
    ],
)
def test_every_engine_gives_the_same_loss_and_gradients(workload: str, name: str) -> None:
    engine = ENGINES[name]
    if not engine.installed:
        pytest.skip(f"{engine.module} não está instalado")
    work = workloads.WORKLOADS[workload]
    leaves = [Value(number) for number in work.parameters]
    loss = work.loss(leaves)
    loss.backward()
    found, gradients = engine.build(workload)()
    assert float(found) == pytest.approx(loss.data, rel=1e-12)
    assert list(map(float, gradients)) == pytest.approx([leaf.grad for leaf in leaves], rel=1e-9, abs=1e-12)


@pytest.mark.long
def test_the_compiled_gpt_gives_what_the_graph_gives() -> None:
    value, gradients = ENGINES["compiled"].build("gpt")()
    expected, slopes = ENGINES["nodes"].build("gpt")()
    assert value == expected and list(gradients) == pytest.approx(list(slopes), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("name", ["rows", "arrays", "arrays-torch", "arrays-jax", "arrays-dask"])
def test_many_samples_give_the_same_in_every_namespace(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not ENGINES[name].installed:
        pytest.skip(f"{ENGINES[name].module} não está instalado")
    monkeypatch.setattr("tests.benchmarks.engines.MANY", 50)
    value, gradients = ENGINES[name].build("many")()
    expected, slopes = ENGINES["matrices"].build("many")()
    assert float(value) == pytest.approx(float(expected), rel=1e-12)
    assert list(map(float, gradients)) == pytest.approx(list(map(float, slopes)), rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("module", ["numpy", "torch"])
@pytest.mark.parametrize("network", batches.NETWORKS)
def test_a_batch_gives_what_is_written_by_hand(network: str, module: str) -> None:
    pytest.importorskip(module, reason=f"{module} não está instalado")
    value, gradients = batches.ours(f"{network}:20", module)()
    expected, slopes = batches.hand(f"{network}:20", module)()
    assert float(value) == pytest.approx(float(expected), rel=1e-12)
    assert gradients.tolist() == pytest.approx(slopes.tolist(), rel=1e-9, abs=1e-13)


def test_the_table_of_batches_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(batches, "NETWORKS", {"luas": "luas"})
    monkeypatch.setattr(batches, "SIZES", (1,))
    lots(["lote-mao", "lote"], 2, "cpu")
    heading, _, row = capsys.readouterr().out.splitlines()
    assert "NumPy à mão" in heading and row.startswith("| luas | 1 | ") and " a " in row


def test_a_chain_is_measured_per_node() -> None:
    assert 0 < measured("nodes", 2000)["bytes"] <= 250
    found = measured("compiled", 2000)
    assert found["seconds"] > 0 and found["compile"] > 0


def test_an_engine_that_fails_says_why_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    worker = Worker("numpy", "gpt")
    assert "error" in worker.answer
    worker.close()
    rows = dict(compare("xor", ["tuples", "compiled"], 1))
    assert rows["compiled"].step > 0 and rows["tuples"].ready > 0


def test_the_table_is_printed() -> None:
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks",
        "--contas",
        "xor",
        "--motores",
        "tuples,hand",
        "--rodadas",
        "1",
    ]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "| Python à mão, em linha reta |" in shown and "XOR 2-2-1" in shown
    refused = subprocess.run([*command, "--motores", "fogo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert refused.returncode == 2 and "não conheço fogo" in refused.stderr

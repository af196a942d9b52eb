"""O que o treinamento mostra: a linha no terminal e as figuras."""

import math
import os
import subprocess
import sys

import pytest

from micrograd_pt import MLP, History, chapter15, plot_decision, train

matplotlib = pytest.importorskip("matplotlib")


def trained():
    model = chapter15.network()
    return model, train(model, chapter15.X, chapter15.y, epochs=3000, progress=False)


MODEL, HISTORY = trained()


def test_the_line_falls_with_the_logarithm_of_the_loss():
    assert History([10.0**-k for k in range(8)]).sparkline() == "█▇▆▅▄▃▂▁"
    assert History([10.0**-k for k in range(8)]).sparkline(plain=True) == "%#*+=-:."
    assert History([1, 0.1, 0.01, 0, 0]).sparkline() == "█▅▁▁▁"
    assert History([1, -1]).sparkline() == "█▁"
    assert History([0.25] * 3).sparkline() == History([0.0] * 3).sparkline() == "▁▁▁"
    assert History().sparkline() == ""
    assert len(HISTORY.sparkline()) == 40 and len(HISTORY.sparkline(7)) == 7
    with pytest.raises(ValueError, match="width espera um inteiro maior que 0"):
        HISTORY.sparkline(0)


def test_the_summary_speaks_two_languages():
    history = History([1.0, 0.5], 0.1, True)
    assert history.summary() == "2 épocas em 0.10 s: perda 1 █▁ 0.5 (interrompido)"
    assert history.summary("en", plain=True) == "2 epochs in 0.10 s: loss 1 %. 0.5 (interrupted)"
    assert (History().summary(), History([0.3]).summary("en")) == ("nenhuma época", "1 epoch in 0.00 s: loss 0.3")


def test_a_terminal_without_blocks_gets_plain_signs():
    code = "from micrograd_pt import History; print(History([1.0, 0.5]))"
    for encoding, line in (("ascii", "1 %. 0.5"), ("cp850", "1 %. 0.5"), ("utf-8", "1 █▁ 0.5")):
        done = subprocess.run(
            [sys.executable, "-X", "utf8=0", "-c", code],
            capture_output=True,
            env={"PYTHONIOENCODING": encoding, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            check=True,
        )
        assert line in done.stdout.decode(encoding)


def png(figure):
    written = figure._repr_png_()
    assert written.startswith(b"\x89PNG")
    return written


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "losses", [[], [0.3], [0.25] * 9, [0.0] * 5, [1, 0.1, 0, 0], [1, -2], [5e-324, 1e-320], [1e308, 1.7e308, 1]]
)
def test_any_history_can_be_plotted(losses):
    figure = History(losses).plot()
    assert list(figure.axes[0].lines[0].get_ydata()) == losses
    png(figure)


def test_the_loss_is_on_a_logarithmic_scale():
    axes = HISTORY.plot().axes[0]
    assert (axes.get_yscale(), axes.get_xlabel(), axes.get_ylabel()) == ("log", "época", "perda")
    english = HISTORY.plot(lang="en").axes[0]
    assert (english.get_xlabel(), english.get_ylabel()) == ("epoch", "loss")
    assert History([1, -1]).plot().axes[0].get_yscale() == "linear"


@pytest.mark.filterwarnings("error")
def test_the_plane_has_the_outputs_of_the_model():
    figure = plot_decision(MODEL, chapter15.X, chapter15.y, resolution=30)
    axes = figure.axes[0]
    plane, (left, right, low, high) = axes.images[0].get_array(), axes.images[0].get_extent()
    assert plane.shape == (30, 30)
    for row, column in ((0, 0), (3, 20), (29, 11)):
        point = [left + (right - left) * column / 29, low + (high - low) * row / 29]
        assert plane[row, column] == pytest.approx(MODEL(point).data, rel=1e-12)
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["classe 0", "classe 1", "saída = 0.5"]
    png(figure)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("nouts", "y", "legend"),
    [
        ([3, 1], [-1, 1, 1, -1], ["class -1", "class 1"]),
        ([3, 3], [0, 1, 2, 0], ["class 0", "class 1", "class 2"]),
        ([3, 2], [[1, 0], [0, 1], [0, 1], [1, 0]], ["class 0", "class 1"]),
        ([3, 1], [1, 1, 1, 1], ["class 1"]),
    ],
)
def test_every_class_has_its_marker(nouts, y, legend):
    figure = plot_decision(MLP(2, nouts, seed=0), chapter15.X, y, lang="en", resolution=12)
    shown = [text.get_text() for text in figure.legends[0].get_texts()]
    assert shown[: len(legend)] == legend
    markers = [handle.get_marker() for handle in figure.legends[0].legend_handles[: len(legend)]]
    assert len(set(markers)) == len(legend)
    png(figure)


@pytest.mark.filterwarnings("error")
def test_many_targets_and_models_that_only_the_graph_knows_are_drawn():
    class Steps:
        def __call__(self, x):
            return x[0] if x[0] > 0.5 else math.nan

    points = [[k / 20, (k * 7 % 20) / 20] for k in range(20)]
    png(plot_decision(Steps(), points, [k / 3 for k in range(20)], resolution=10))


def test_what_cannot_be_drawn_is_said():
    with pytest.raises(ValueError, match="cada amostra tem dois números finitos"):
        plot_decision(MODEL, [[0, 1, 1]], [1])
    with pytest.raises(ValueError, match=r"1 amostra\(s\) e 2 saída\(s\) desejada\(s\)"):
        plot_decision(MODEL, [[0, 1]], [1, 0])
    with pytest.raises(ValueError, match="língua desconhecida"):
        HISTORY.plot(lang="fr")


def test_without_matplotlib_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r'pip install "micrograd_pt\[plot\]"'):
        HISTORY.plot()


def test_no_plot_touches_pyplot():
    code = (
        "import sys; from micrograd_pt import History; History([1.0, 0.5]).plot()._repr_png_(); "
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_notebook_shows_the_figure():
    formatters = pytest.importorskip("IPython.core.formatters")
    shown, _ = formatters.DisplayFormatter().format(HISTORY.plot())
    assert shown["image/png"].startswith(b"\x89PNG")

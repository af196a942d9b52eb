"""Um oscilador amortecido cujos parâmetros se ajustam a medidas, derivando através dos passos da equação."""

from collections.abc import Callable
from typing import Any

from tests.programs import Micro

STEP, COUNT = 0.2, 10
State = tuple[Any, Any]


def acceleration(x: Any, v: Any, k: Any, c: Any) -> Any:
    return -k * x - c * v


def euler(x: Any, v: Any, k: Any, c: Any) -> State:
    return x + STEP * v, v + STEP * acceleration(x, v, k, c)


def runge_kutta(x: Any, v: Any, k: Any, c: Any) -> State:
    x1, v1 = v, acceleration(x, v, k, c)
    x2, v2 = v + STEP / 2 * v1, acceleration(x + STEP / 2 * x1, v + STEP / 2 * v1, k, c)
    x3, v3 = v + STEP / 2 * v2, acceleration(x + STEP / 2 * x2, v + STEP / 2 * v2, k, c)
    x4, v4 = v + STEP * v3, acceleration(x + STEP * x3, v + STEP * v3, k, c)
    return x + STEP * (x1 + 2 * x2 + 2 * x3 + x4) / 6, v + STEP * (v1 + 2 * v2 + 2 * v3 + v4) / 6


def path(step: Callable[..., State], k: Any, c: Any, x: Any = 1.0, v: Any = 0.0) -> list[Any]:
    """As posições; as mesmas linhas servem a números e a nós."""
    positions = []
    for _ in range(COUNT):
        x, v = step(x, v, k, c)
        positions.append(x)
    return positions


def misfit(step: Callable[..., State], measured: list[float], *unknown: Any) -> Any:
    return sum((p - m) ** 2 for p, m in zip(path(step, *unknown), measured, strict=True)) / len(measured)


def fit(micro: Micro, step: Callable[..., State]) -> list[float]:
    measured = path(step, 2.0, 0.3)
    unknown = [micro.Value(guess) for guess in (1.5, 0.1, 0.9, 0.1)]
    seen = []
    for _ in range(5):
        loss = misfit(step, measured, *unknown)
        for p in unknown:
            p.grad = 0
        loss.backward()
        if not seen:  # a primeira derivada confere com uma diferença finita
            guesses, h = [p.data for p in unknown], 1e-6
            for i, p in enumerate(unknown):
                up, down = ([g + sign * h * (j == i) for j, g in enumerate(guesses)] for sign in (1, -1))
                slope = (misfit(step, measured, *up) - misfit(step, measured, *down)) / (2 * h)
                assert abs(slope - p.grad) < 1e-6
        for p in unknown:
            p.data -= 0.2 * p.grad
        seen.append(loss.data)
        seen += [p.grad for p in unknown]
    assert seen[-5] < seen[0]
    return seen + [p.data for p in unknown]


def by_euler(micro: Micro) -> list[float]:
    return fit(micro, euler)


def by_runge_kutta(micro: Micro) -> list[float]:
    return fit(micro, runge_kutta)

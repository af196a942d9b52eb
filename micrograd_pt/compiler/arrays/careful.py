"""Gradientes que lembram se chegaram: com eles, o mesmo texto não deixa passar por um ramo fechado nem 0 · ∞.

Um ramo fechado não passa gradiente; num array ele passa 0, e 0 vezes um infinito que ninguém devia ver dá NaN. Onde um
programa dá NaN, o seu texto é executado de novo com estes números: `xp.where(condição, parcela, 0.0)`, que no texto é
sempre um ramo que pode fechar, guarda onde a condição vale, e as contas seguintes só se fazem ali.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_INF = float("inf")


class Arrived:
    """Um gradiente, e onde ele chegou.

    Args:
        xp: o módulo de arrays.
        data: os números; onde nada chegou ficam 0.
        mask: verdadeiro onde chegou.
    """

    __array_ufunc__ = None  # quem faz a conta com um array do NumPy é esta classe

    def __init__(self, xp: Any, data: Any, mask: Any) -> None:
        self.xp = xp
        self.mask: Any = xp.broadcast_to(mask, data.shape)
        self.numbers: Any = xp.where(self.mask, data, 0.0)

    def each(self, act: Callable[..., Any], *args: Any, **options: Any) -> Arrived:
        """A mesma mudança de forma nos números e em onde chegaram."""
        return Arrived(self.xp, act(self.numbers, *args, **options), act(self.mask, *args, **options))

    @property
    def T(self) -> Arrived:  # o nome que os arrays lhe dão
        """A transposta."""
        return self.each(lambda array: array.T)

    def __getitem__(self, key: Any) -> Arrived:
        return self.each(lambda array: array[key])

    def __mul__(self, other: Any) -> Arrived:
        return Arrived(self.xp, self.numbers * other, self.mask)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Arrived:
        return Arrived(self.xp, self.numbers / other, self.mask)

    def __neg__(self) -> Arrived:
        return Arrived(self.xp, -self.numbers, self.mask)

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Arrived):
            return Arrived(self.xp, self.numbers + other.numbers, self.mask | other.mask)
        return self.numbers + other

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __rsub__(self, other: Any) -> Any:
        return other + -self

    def __matmul__(self, other: Any) -> Any:
        """O produto de matrizes, em que só conta o que chegou; os infinitos e os NaN se contam à parte."""
        xp, a, b = self.xp, self.numbers, other
        if a.ndim == 1:
            return (self[None, :] @ other)[0, ...]

        def any_of(left: Any, right: Any) -> Any:
            return (xp.astype(left, b.dtype) @ xp.astype(right, b.dtype)) > 0.5

        total = xp.where(xp.isfinite(a), a, 0.0) @ xp.where(xp.isfinite(b), b, 0.0)
        for sign, c in ((_INF, b), (-_INF, -b)):
            found = any_of(a > 0, c == _INF) | any_of(a < 0, c == -_INF)
            found = found | any_of(a == _INF, c > 0) | any_of(a == -_INF, c < 0)
            total = xp.where(found, total + sign, total)
        lost = any_of(self.mask & (a == 0), xp.isinf(b)) | any_of(xp.isinf(a), b == 0)
        lost = lost | any_of(xp.isnan(a), _everywhere(b)) | any_of(self.mask, xp.isnan(b))
        return Arrived(xp, xp.where(lost, float("nan"), total), any_of(self.mask, _everywhere(b)))


class Careful:
    """Um módulo de arrays que entende esses gradientes.

    Args:
        xp: o módulo.
    """

    def __init__(self, xp: Any) -> None:
        self._xp = xp

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._xp, name)
        if name not in ("reshape", "repeat", "take", "broadcast_to"):
            return function

        def either(array: Any, *args: Any, **options: Any) -> Any:
            if isinstance(array, Arrived):
                return array.each(function, *args, **options)
            return function(array, *args, **options)

        return either

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        """Uma escolha; com 0 do outro lado, um ramo que pode fechar."""
        xp = self._xp
        if type(b) is not float or b != 0.0:
            return xp.where(condition, a, b)
        if isinstance(a, Arrived):
            return Arrived(xp, xp.where(condition, a.numbers, 0.0), condition & a.mask)
        return Arrived(xp, xp.where(condition, a, 0.0), condition)

    def zeros(self, *size: Any, **options: Any) -> Arrived:
        """Zeros, que no texto são sempre um gradiente que não chegou."""
        numbers = self._xp.zeros(*size, **options)
        return Arrived(self._xp, numbers, numbers != numbers)

    def sum(self, array: Any, **options: Any) -> Any:
        """A soma; chegou algo, se a algum lugar chegou."""
        xp = self._xp
        if isinstance(array, Arrived):
            return Arrived(xp, xp.sum(array.numbers, **options), xp.any(array.mask, **options))
        return xp.sum(array, **options)

    def concat(self, arrays: Any, **options: Any) -> Any:
        """Lado a lado."""
        xp = self._xp
        if not any(isinstance(array, Arrived) for array in arrays):
            return xp.concat(arrays, **options)
        masks = [array.mask if isinstance(array, Arrived) else _everywhere(array) for array in arrays]
        return Arrived(xp, xp.concat(list(map(numbers_of, arrays)), **options), xp.concat(masks, **options))


def numbers_of(array: Any) -> Any:
    """Os números de um gradiente, sem a memória; de um array comum, ele mesmo."""
    return array.numbers if isinstance(array, Arrived) else array


def _everywhere(array: Any) -> Any:
    """Verdadeiro em toda parte."""
    return (array == array) | (array != array)

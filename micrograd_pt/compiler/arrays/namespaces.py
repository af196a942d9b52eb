"""Os módulos de arrays que um programa pode usar, e como cada um escreve as funções da tabela.

O programa é escrito contra o padrão Python array API (data-apis.org/array-api, versão 2024.12): o mesmo texto serve
para qualquer módulo que o segue. Os que o seguem só em parte (PyTorch, Dask) são usados através do `array-api-compat`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from numbers import Real
from textwrap import wrap
from typing import Any

from micrograd_pt.given import shorten
from micrograd_pt.written import CompileError

_STANDARD = {name: name for name in ("exp", "expm1", "log", "log2", "log10", "log1p", "sqrt", "sin", "cos", "tan")}
_STANDARD |= {name: name for name in ("asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh")}
_STANDARD |= {name: name for name in ("atan2", "hypot", "floor", "ceil", "trunc")}
_STANDARD["fabs"] = "abs"
"""As funções de `math` que o padrão tem, com o nome que ele lhes dá."""

_OUTSIDE = ("cbrt", "erf", "erfc", "exp2")
"""As que o padrão não tem: vêm do próprio módulo, ou do módulo `special` que o acompanha, se há."""

_SPECIAL = {
    "numpy": "scipy.special",
    "jax.numpy": "jax.scipy.special",
    "torch": "torch.special",
    "array_api_compat.numpy": "scipy.special",
    "array_api_compat.torch": "torch.special",
}


_LARGEST = {"float64": "1.7976931348623157e+308", "float32": "3.4028234663852886e+38"}
"""Os tipos de números, e o maior número de cada um."""


class Namespace:
    """Um módulo de arrays.

    Args:
        module: o módulo, ou o nome dele: `numpy`, `torch`, `jax.numpy`, `dask.array`, …
        dtype: o tipo dos números.

    Attributes:
        name: o nome do módulo que o programa importa.
        xp: esse módulo.
        dtype, kind: o nome do tipo dos números, e o tipo.
        largest: o maior número desse tipo, por extenso.

    Raises:
        TypeError: não é um módulo de arrays.
        CompileError: o módulo não serve, e o que fazer.
    """

    def __init__(self, module: Any, dtype: str = "float64") -> None:
        if isinstance(module, str) and module and find_spec(module.partition(".")[0]):
            module = import_module(module)
        given = getattr(module, "__name__", None)
        if not isinstance(given, str) or not hasattr(module, "asarray"):
            raise TypeError(f'target espera "python" ou um módulo de arrays, como numpy, e recebeu {shorten(module)}')
        if dtype not in _LARGEST:
            raise ValueError(f"dtype espera 'float64' ou 'float32', e recebeu {shorten(dtype)}")
        self.name: str = self._importable(given, module)
        self.xp: Any = import_module(self.name)
        self.dtype: str = dtype
        self.kind: Any = getattr(self.xp, dtype)
        self._special = _SPECIAL.get(self.name, "")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            zero = self.xp.asarray(0.0, dtype=self.kind)
        self._array = type(zero)
        self.largest: str = _LARGEST[dtype]
        if zero.dtype != self.kind:
            raise CompileError('com JAX, ligue antes os 64 bits: jax.config.update("jax_enable_x64", True)')

    def _importable(self, name: str, module: Any) -> str:
        if hasattr(module, "__array_api_version__") or name.startswith("array_api_compat."):
            return name
        wrapped = f"array_api_compat.{name}"
        if find_spec("array_api_compat") is None:
            raise CompileError(
                f'{name} só segue em parte o padrão de arrays: instale o extra, pip install "micrograd_pt[arrays]"'
            )
        try:
            import_module(wrapped)
        except ImportError:
            raise CompileError(f"{name} não segue o padrão de arrays (data-apis.org/array-api)") from None
        return wrapped

    @cached_property
    def lazy(self) -> bool:
        """Verdadeiro se os arrays só se calculam depois, e nada se pode decidir pelo que valem."""
        return self.name.split(".")[-2:] == ["dask", "array"]

    def jitted(self, run: Callable[..., Any]) -> Callable[..., Any]:
        """A função como este módulo a executa depressa: no JAX, sob `jax.jit`, que a traça uma vez por forma."""
        if self.name != "jax.numpy":
            return run
        quick: Callable[..., Any] = import_module("jax").jit(run)
        return quick

    def is_traced(self, array: Any) -> bool:
        """Verdadeiro para um array que o JAX só acompanha, sem saber quanto vale."""
        return self.name == "jax.numpy" and isinstance(array, import_module("jax").core.Tracer)

    @property
    def blocks(self) -> bool:
        """Verdadeiro se vale a pena ir por blocos de amostras, que cabem no cache do processador."""
        return self.name in ("numpy", "array_api_compat.numpy")

    @cached_property
    def scalars(self) -> bool:
        """Verdadeiro se as funções de dois arrays aceitam um número no lugar de um."""
        try:
            self.xp.maximum(self.xp.asarray([1.0]), 0.0)
        except (TypeError, ValueError):
            return False
        return True

    @property
    def placed(self) -> bool:
        """Verdadeiro se os arrays moram em dispositivos: as constantes vão para onde estão as entradas."""
        return self.name == "array_api_compat.torch"

    def place(self, inputs: Any, parameters: Any) -> dict[str, Any]:
        """Onde pôr os arrays: onde estão as entradas; se elas não são deste módulo, onde estão os parâmetros."""
        given = [inputs, *(inputs if isinstance(inputs, (list, tuple)) else ()), parameters]
        return next(({"device": array.device} for array in given if isinstance(array, self._array)), {})

    def array(self, given: Any, place: dict[str, Any]) -> Any:
        """O que foi dado, como array deste tipo e nesse lugar; o que já o é não se copia.

        Raises:
            TypeError, ValueError, OverflowError: não são números reais.
        """
        ready = isinstance(given, self._array) and given.dtype == self.kind and not hasattr(given, "mask")
        if ready and (not place or given.device == place["device"]):
            return given
        if self.blocks:  # o NumPy faria de None um NaN, e de um texto um número
            masked, given = hasattr(given, "mask"), self.xp.asarray(given)
            if masked or not (given.dtype.kind in "biuf" or all(isinstance(item, Real) for item in given.flat)):
                raise TypeError("só servem números reais, e todos")
        return self.xp.asarray(given, dtype=self.kind, **place)

    @property
    def like_x(self) -> str:
        """O tipo e o lugar das entradas, para um array que se cria."""
        return "dtype=x.dtype" + ", device=x.device" * self.placed

    def constant(self, name: str) -> str:
        """Um array que não muda, onde ele se usa."""
        return f"{name}(x.device)" if self.placed else name

    def defined(self, name: str, numbers: str) -> list[str]:
        """As linhas que definem um array que não muda."""
        kind = f", dtype=xp.{self.dtype}" * (name == "_numbers")
        first, *others = wrap(f"xp.asarray({numbers}{kind}{', device=device' * self.placed})", 110)
        if not self.placed:
            return [f"{name} = {first}", *[f"    {line}" for line in others]]
        return ["@cache", f"def {name}(device):", f"    return {first}", *[f"        {line}" for line in others], ""]

    def spelled(self, function: str) -> tuple[str, str]:
        """Uma função de `math` como se escreve aqui, e a linha de `import` de que precisa.

        Raises:
            CompileError: este módulo não a tem.
        """
        if function in _STANDARD and hasattr(self.xp, _STANDARD[function]):
            return f"xp.{_STANDARD[function]}", ""
        if function in _OUTSIDE:
            if hasattr(self.xp, function):
                return f"xp.{function}", ""
            installed = self._special and find_spec(self._special.split(".")[0]) is not None
            if installed and hasattr(import_module(self._special), function):
                return f"special.{function}", f"import {self._special} as special"
        shown = self.name.removeprefix("array_api_compat.")
        raise CompileError(f"{shown} não tem a operação {function}: {self._instead(function)}")

    def _instead(self, function: str) -> str:
        """O que fazer sem a função."""
        if self._special.startswith("scipy") and function in _OUTSIDE:
            return "instale o SciPy (pip install scipy), que a tem"
        exact = {"cbrt": "x ** (1/3), com x > 0", "exp2": "exp(x * log(2))"}
        if function in exact:
            return f"escreva {exact[function]}"
        other = "; no lugar de gelu(x), serve x * sigmoid(1.702 * x)" if function.startswith("erf") else ""
        return f"use numpy ou jax.numpy, que a têm, ou compile sem target{other}"

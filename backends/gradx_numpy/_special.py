"""Special functions, from SciPy on first use.

- `SPECIAL` holds, for each name, what returns the function; only calling it imports SciPy.
- The result has the input's dtype: float16 is computed in float32.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import factorial
from typing import Any

Array = Any


def _scipy(name: str) -> Callable[..., Array]:
    from scipy import special

    return dtype_true(getattr(special, name))


def dtype_true(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Return `function` with results in float16 for inputs in float16."""

    def call(x: Array, /) -> Array:
        y = function(x)
        return y.astype(x.dtype) if x.dtype.char == "e" else y

    return call


def _polygamma() -> Callable[..., Array]:
    from scipy.special import psi, zeta

    def polygamma(x: Array, /, *, n: int) -> Array:
        """The `n`-th derivative of `digamma`: (-1)**(n+1) n! zeta(n+1, x)."""
        y = psi(x) if n == 0 else (-1.0) ** (n + 1) * float(factorial(n)) * zeta(n + 1, x)
        return y.astype(x.dtype) if x.dtype.char == "e" else y

    return polygamma


SPECIAL: dict[str, Callable[[], Callable[..., Array]]] = {
    "digamma": partial(_scipy, "psi"),
    "erf": partial(_scipy, "erf"),
    "erfc": partial(_scipy, "erfc"),
    "erfinv": partial(_scipy, "erfinv"),
    "gammaln": partial(_scipy, "gammaln"),
    "polygamma": _polygamma,
    "sigmoid": partial(_scipy, "expit"),
}

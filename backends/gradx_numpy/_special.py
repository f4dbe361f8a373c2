"""Special functions and filters, from SciPy on first use.

- `SPECIAL` holds, for each name, what returns the function; only calling it imports SciPy.
- The result has the input's dtype: float16 is computed in float32.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import factorial
from typing import Any

import numpy as np

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


# Bernoulli's numbers B_2, B_4, ...
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)


def complex_polygamma(z: Array, n: int) -> Array:
    """The `n`-th derivative of `digamma` at complex `z`, which SciPy lacks: a shift, then DLMF 5.15.8.

    In the left half plane by reflection (5.15.6), the derivatives of the cotangent being polynomials in it: far to the
    left and from the axis, these cancel, and some digits are lost.
    """
    left = z.real < 0
    w = np.where(left, 1 - z, z)
    shift = 12 + 2 * n
    total = sum(1 / (w + i) ** (n + 1) for i in range(shift)) * factorial(n)
    w = w + shift
    tail = factorial(n - 1) / w**n + factorial(n) / (2 * w ** (n + 1))
    for k, b in enumerate(_BERNOULLI, 1):
        tail = tail + b * factorial(2 * k + n - 1) / factorial(2 * k) / w ** (2 * k + n)
    sign = -1.0 if n % 2 == 0 else 1.0
    y = sign * (total + tail)
    poly = np.polynomial.Polynomial([0.0, 1.0])
    for _ in range(n):  # d/dz of p(c), with c = cot(pi z) and c' = -pi (1 + c^2)
        poly = poly.deriv() * np.polynomial.Polynomial([-np.pi, 0.0, -np.pi])
    cotangent = poly(1 / np.tan(np.pi * np.where(left, z, 0.5)))
    return np.where(left, -sign * y - np.pi * cotangent, y).astype(z.dtype, copy=False)


def _polygamma() -> Callable[..., Array]:
    from scipy.special import psi, zeta

    def polygamma(x: Array, /, *, n: int) -> Array:
        """The `n`-th derivative of `digamma`: (-1)**(n+1) n! zeta(n+1, x)."""
        if x.dtype.kind == "c":
            return complex_polygamma(x, n) if n else psi(x)
        y = psi(x) if n == 0 else (-1.0) ** (n + 1) * float(factorial(n)) * zeta(n + 1, x)
        return y.astype(x.dtype) if x.dtype.char == "e" else y

    return polygamma


def _filtering(name: str) -> Callable[..., Any]:
    from gradx_numpy import filtering

    function: Callable[..., Any] = getattr(filtering, name)
    return function


SPECIAL: dict[str, Callable[[], Callable[..., Array]]] = {
    "convolve_last": partial(_filtering, "convolve_last"),
    "digamma": partial(_scipy, "psi"),
    "erf": partial(_scipy, "erf"),
    "erfc": partial(_scipy, "erfc"),
    "erfinv": partial(_scipy, "erfinv"),
    "gammaln": partial(_scipy, "gammaln"),
    "polygamma": _polygamma,
    "recurse": partial(_filtering, "recurse"),
    "sigmoid": partial(_scipy, "expit"),
}

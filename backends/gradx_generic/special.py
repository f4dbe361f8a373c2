"""Special functions in the standard's own terms, for libraries that have none.

- Each takes the namespace first, computes in float64 and returns the dtype of `x`; accurate to about 1e-12.
- No loop depends on values: series and continued fractions have fixed lengths, chosen by `where`.
- Sources: Abramowitz and Stegun, 6.1.40, 6.3.18, 6.4.11 (asymptotic series), 7.1.6, 7.1.14 (error function).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from math import factorial, log, pi, sqrt
from typing import Any

Array = Any

# Bernoulli numbers B2, B4, ...
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
_SHIFT = 10  # from here on, the asymptotic series are exact to rounding


def _in_float64(function: Callable[..., Array]) -> Callable[..., Array]:
    @wraps(function)
    def call(xp: Any, x: Array, /, **params: Any) -> Array:
        if not xp.isdtype(x.dtype, "real floating"):
            raise TypeError(f"{function.__name__}: expected a real floating dtype; got {x.dtype}")
        y = function(xp, xp.astype(x, xp.float64, copy=False), **params)
        return xp.astype(y, x.dtype, copy=False)

    return call


@_in_float64
def erf(xp: Any, x: Array) -> Array:
    """The error function: a series near 0, the complement further out."""
    far = xp.abs(x) > 2.5
    return xp.where(
        far, xp.sign(x) * (1 - _erfc_tail(xp, _far(xp, x, far))), _erf_series(xp, x, far)
    )


@_in_float64
def erfc(xp: Any, x: Array) -> Array:
    """The complement of `erf`, without cancellation at large `x`."""
    far = xp.abs(x) > 2.5
    tail = _erfc_tail(xp, _far(xp, x, far))
    return xp.where(far, xp.where(x < 0, 2 - tail, tail), 1 - _erf_series(xp, x, far))


def _far(xp: Any, x: Array, far: Array) -> Array:
    return xp.where(far, xp.abs(x), xp.full_like(x, 3.0))


def _erf_series(xp: Any, x: Array, far: Array) -> Array:
    """2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (2n+1)!!: all terms of one sign."""
    x = xp.where(far, xp.zeros_like(x), x)
    term = total = x
    for n in range(1, 50):
        term = term * (2 * x * x) / (2.0 * n + 1)
        total = total + term
    return 2 / sqrt(pi) * xp.exp(-x * x) * total


def _erfc_tail(xp: Any, x: Array) -> Array:
    """exp(-x^2)/sqrt(pi) / (x + (1/2)/(x + 1/(x + (3/2)/(x + ...)))) for x > 2.5."""
    fraction = x
    for n in range(60, 0, -1):
        fraction = x + n / 2 / fraction
    return xp.exp(-x * x) / (sqrt(pi) * fraction)


@_in_float64
def erfinv(xp: Any, x: Array) -> Array:
    """The inverse of `erf`: a closed approximation, then Halley's steps on the smaller of erf and erfc."""
    y = xp.abs(x)
    inside = xp.where(y < 1, y, xp.full_like(y, 0.5))
    logarithm = xp.log1p(-inside) + xp.log1p(inside)
    half = 2 / (pi * 0.147) + logarithm / 2
    z = xp.sqrt(-logarithm / 0.147 / (xp.sqrt(half * half - logarithm / 0.147) + half))
    for _ in range(3):
        error = xp.where(inside > 0.5, (1 - inside) - erfc(xp, z), erf(xp, z) - inside)
        step = error / (2 / sqrt(pi) * xp.exp(-z * z))
        z = z - step / (1 + z * step)
    edge = xp.where(y == 1, xp.full_like(y, float("inf")), xp.full_like(y, float("nan")))
    z = xp.where(y < 1, z, edge)
    return xp.where(x < 0, -z, z)


@_in_float64
def gammaln(xp: Any, x: Array) -> Array:
    """log |gamma(x)|: Stirling's series after a shift, reflected for negative `x`."""
    z = xp.where(x < 0.5, 1 - x, x)
    low = z < _SHIFT
    small = xp.where(low, z, xp.ones_like(z))
    product = small
    for i in range(1, _SHIFT):
        product = product * (small + float(i))
    w = xp.where(low, z + float(_SHIFT), z)
    y = (w - 0.5) * (xp.log(w) - 1) - 0.5 + 0.5 * log(2 * pi)
    y = y + _series(w, [b / (2 * k * (2 * k - 1)) for k, b in enumerate(_BERNOULLI, 1)]) / w
    y = xp.where(low, y - xp.log(product), y)
    reflected = log(pi) - xp.log(xp.abs(xp.sin(pi * (x - xp.round(x))))) - y
    infinite = xp.full_like(x, float("inf"))
    pole = (x <= 0) & (x == xp.floor(x))
    return xp.where(pole | xp.isinf(x), infinite, xp.where(x < 0.5, reflected, y))


@_in_float64
def digamma(xp: Any, x: Array) -> Array:
    """The derivative of `gammaln`."""
    z = xp.where(x < 0, 1 - x, x)
    low = z < _SHIFT
    small = xp.where(low, z, xp.ones_like(z))
    total = 1 / small
    for i in range(1, _SHIFT):
        total = total + 1 / (small + float(i))
    w = xp.where(low, z + float(_SHIFT), z)
    tail = _series(w, [b / (2 * k) for k, b in enumerate(_BERNOULLI, 1)])
    y = xp.log(w) - 0.5 / w - tail / (w * w) - xp.where(low, total, xp.zeros_like(total))
    turn = x - xp.round(x)
    bad = (x < 0) & (turn == 0)
    reflected = y - pi / xp.tan(pi * xp.where(turn == 0, xp.full_like(turn, 0.25), turn))
    return xp.where(bad, xp.full_like(x, float("nan")), xp.where(x < 0, reflected, y))


def _series(w: Array, coefficients: list[float]) -> Array:
    """Return the sum of c_k / w^(2k), k from 0, by Horner's rule."""
    square = 1 / (w * w)
    total = 0.0 * square
    for c in reversed(coefficients):
        total = total * square + c
    return total


@_in_float64
def polygamma(xp: Any, x: Array, *, n: int) -> Array:
    """The `n`-th derivative of `digamma`: (-1)^(n+1) n! zeta(n+1, x), reflected for negative `x`."""
    if n == 0:
        return digamma(xp, x)
    sign = -1.0 if n % 2 == 0 else 1.0
    y = sign * factorial(n) * _zeta(n + 1, xp.where(x < 0, 1 - x, x))
    turn = x - xp.round(x)
    pole = turn == 0
    slope = _cotangent_derivative(
        1 / xp.tan(pi * xp.where(pole, xp.full_like(turn, 0.25), turn)), n
    )
    reflected = -sign * y - pi * slope
    infinite = xp.full_like(x, sign * float("inf"))
    return xp.where(x < 0, xp.where(pole, infinite, reflected), y)


def _zeta(s: int, x: Array) -> Array:
    """Hurwitz' zeta function for x >= 0: the first terms, then Euler and Maclaurin's formula."""
    shift = _SHIFT + s
    total = 1 / x**s
    for i in range(1, shift):
        total = total + 1 / (x + float(i)) ** s
    w = x + float(shift)
    rising, tail = float(s), 0.0 / w
    for k, b in enumerate(_BERNOULLI, 1):
        tail = tail + b / factorial(2 * k) * rising / w ** (2 * k - 1)
        rising *= (s + 2 * k - 1) * (s + 2 * k)
    return total + w ** (1 - s) / (s - 1.0) + (0.5 + tail) / w**s


def _cotangent_derivative(c: Array, n: int) -> Array:
    """Return the `n`-th derivative of cot(pi t), a polynomial in `c` = cot(pi t)."""
    poly = [0.0, 1.0]
    for _ in range(n):
        slope = [k * a for k, a in enumerate(poly)][1:]
        poly = [-pi * a for a in _add(slope, [0.0, 0.0, *slope])]
    total = 0.0 * c
    for a in reversed(poly):
        total = total * c + a
    return total


def _add(a: list[float], b: list[float]) -> list[float]:
    size = max(len(a), len(b))
    a, b = a + [0.0] * (size - len(a)), b + [0.0] * (size - len(b))
    return [x + y for x, y in zip(a, b, strict=True)]

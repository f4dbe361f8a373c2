"""B-splines through samples of one dimension: coefficients by two recursive filters, and their values.

- The first values of the filters are SciPy's: sums over the samples mirrored at the ends.
- The smoothing parameter is a number.
"""

from __future__ import annotations

from math import atan2, cos, pi, sin, sqrt, tan
from typing import Any

from gradx import ops
from gradx.errors import OperandError, ShapeError
from gradx.ops.filtering import recurred
from gradx.scipy.arrays import constant, floating


def cspline1d(signal: Any, lamb: float = 0.0) -> Any:
    """Coefficients `(n,)` of the cubic spline through samples `(n,)`, smoothed by `lamb`.

    >>> import gradx as gx
    >>> gx.scipy.signal.cspline1d(gx.ones(4)).shape
    (4,)
    """
    s = _samples("signal.cspline1d", signal)
    return _smooth(s, float(lamb)) if lamb else _coefficients(s, sqrt(3.0) - 2.0, 6.0)


def qspline1d(signal: Any, lamb: float = 0.0) -> Any:
    """Coefficients `(n,)` of the quadratic spline through samples `(n,)`.

    >>> import gradx as gx
    >>> gx.scipy.signal.qspline1d(gx.ones(4)).shape
    (4,)
    """
    if lamb:
        raise OperandError(
            f"signal.qspline1d: expected lamb = 0, as SciPy has no smoothing here; got {lamb}"
        )
    return _coefficients(_samples("signal.qspline1d", signal), 2.0 * sqrt(2.0) - 3.0, 8.0)


def _samples(name: str, signal: Any) -> Any:
    s = floating(signal)
    if s.ndim != 1 or not s.shape[0]:
        raise ShapeError(f"{name}: expected samples (n,), n > 0; got shape {s.shape}")
    return s


def _coefficients(s: Any, zi: float, scale: float) -> Any:
    n = s.shape[0]
    first = s[:1] + zi * ops.sum(constant([zi**k for k in range(n)], s) * s)
    if n == 1:
        return zi / (zi - 1.0) * first
    pole = constant([-zi], s)
    forwards = recurred(pole, ops.concat([first, s[1:]]))
    last = zi / (zi - 1.0) * forwards[-1:]
    backwards = recurred(pole, ops.concat([last, -zi * ops.flip(forwards[:-1])]))
    return ops.flip(backwards) * scale


def _smooth(s: Any, lamb: float) -> Any:
    """Smoothing splines, after M. Unser, A. Aldroubi and M. Eden, "B-spline signal processing" (1993)."""
    if lamb <= 1.0 / 144.0:
        raise ValueError(f"signal.cspline1d: expected lamb = 0 or lamb > 1 / 144; got {lamb}")
    root = sqrt(3.0 + 144.0 * lamb)
    xi = 1.0 - 96.0 * lamb + 24.0 * lamb * root
    omega = atan2(sqrt(144.0 * lamb - 1.0), sqrt(xi))
    rho = (
        (24.0 * lamb - 1.0 - sqrt(xi))
        / (24.0 * lamb)
        * sqrt((48.0 * lamb + 24.0 * lamb * root) / xi)
    )
    cs, n = 1.0 - 2.0 * rho * cos(omega) + rho * rho, s.shape[0]
    poles = [-2.0 * rho * cos(omega), rho * rho]

    def causal(k: int) -> float:
        return cs / sin(omega) * rho**k * sin(omega * (k + 1)) if k > -1 else 0.0

    def both(k: int) -> float:
        scale = (
            cs
            * cs
            * (1 + rho * rho)
            / (1 - rho * rho)
            / (1 - 2 * rho * rho * cos(2 * omega) + rho**4)
        )
        gamma = (1 - rho * rho) / (1 + rho * rho) / tan(omega)
        return scale * rho ** abs(k) * (cos(omega * abs(k)) + gamma * sin(omega * abs(k)))

    def weighed(weights: list[float]) -> Any:
        return ops.sum(constant(weights, s) * s)

    first = causal(0) * s[0] + weighed([causal(k + 1) for k in range(n)])
    second = causal(0) * s[0] + causal(1) * s[1] + weighed([causal(k + 2) for k in range(n)])
    forwards = _second_order(poles, first, second, cs * s[2:])
    last = weighed([both(k) + both(k + 1) for k in reversed(range(n))])
    before = weighed([both(k - 1) + both(k + 2) for k in reversed(range(n))])
    return ops.flip(_second_order(poles, last, before, cs * ops.flip(forwards[:-2])))


def _second_order(poles: list[float], first: Any, second: Any, rest: Any) -> Any:
    """Run the recursion on from its first two outputs."""
    start = ops.stack([first, second + poles[0] * first])
    return recurred(constant(poles, rest), ops.concat([start, rest]))


# ---------------------------------------------------------------- values


def _within(name: str, cj: Any, newx: Any, dx: Any, x0: Any) -> tuple[Any, Any]:
    """Return coefficients, and places counted in samples, mirrored into the range of these."""
    cj = _samples(name, cj)
    x = (floating(newx, cj) - x0) / dx
    span = cj.shape[0] - 1
    if not span:
        return cj, 0.0 * x
    x = ops.remainder(x, 2.0 * span)
    return cj, ops.where(x > span, 2.0 * span - x, x)


def _summed(cj: Any, x: Any, lower: Any, count: int, basis: Any) -> Any:
    total: Any = 0.0
    for i in range(count):
        place = ops.stop_gradient(lower) + i
        at = ops.astype(ops.clip(place, 0, cj.shape[0] - 1), "int64")
        values = ops.reshape(ops.take(cj, ops.reshape(at, (-1,))), x.shape)
        total = total + values * basis(x - place)
    return total


def cspline1d_eval(cj: Any, newx: Any, dx: Any = 1.0, x0: Any = 0) -> Any:
    """Values `(...)` at places `(...)` of the cubic spline of coefficients `(n,)` at samples `dx` apart from `x0` on.

    >>> import gradx as gx
    >>> gx.scipy.signal.cspline1d_eval(gx.ones(4), gx.asarray([0.5, 1.5])).shape
    (2,)
    """
    cj, x = _within("signal.cspline1d_eval", cj, newx, dx, x0)

    def basis(u: Any) -> Any:
        d = ops.abs(u)
        return ops.where(
            d < 1.0,
            2.0 / 3.0 - 0.5 * u * u * (2.0 - d),
            ops.where(d < 2.0, (2.0 - d) ** 3 / 6.0, 0.0),
        )

    return _summed(cj, x, ops.floor(x - 2.0) + 1.0, 4, basis)


def qspline1d_eval(cj: Any, newx: Any, dx: Any = 1.0, x0: Any = 0) -> Any:
    """Values `(...)` at places `(...)` of the quadratic spline; see `cspline1d_eval`.

    >>> import gradx as gx
    >>> gx.scipy.signal.qspline1d_eval(gx.ones(4), gx.asarray([0.5, 1.5])).shape
    (2,)
    """
    cj, x = _within("signal.qspline1d_eval", cj, newx, dx, x0)

    def basis(u: Any) -> Any:
        d = ops.abs(u)
        return ops.where(d < 0.5, 0.75 - u * u, ops.where(d < 1.5, 0.5 * (d - 1.5) ** 2, 0.0))

    return _summed(cj, x, ops.floor(x - 1.5) + 1.0, 3, basis)


def gauss_spline(x: Any, n: Any) -> Any:
    """A bell that approximates the B-spline of order `n`.

    >>> import gradx as gx
    >>> gx.scipy.signal.gauss_spline(gx.zeros(3), 3).shape
    (3,)
    """
    x = floating(x)
    variance = (n + 1) / 12.0
    return ops.exp(-(x**2) / (2.0 * variance)) / sqrt(2.0 * pi * variance)


__all__ = ["cspline1d", "cspline1d_eval", "gauss_spline", "qspline1d", "qspline1d_eval"]

"""B-splines on grids: the coefficients that interpolate, and the weights of the elements around a place.

- The filter that makes coefficients of samples is a division of periodic spectra: exact at every boundary, linear, and
  the same on every library. (SciPy 1.17 reads in mode "reflect" an element that it has already overwritten: on axes of
  fewer than some 15 elements its coefficients differ by 1e-8 to 1e-5.)
- Weights follow by the recursion of Cox and de Boor on a uniform grid; they are polynomials of the place.
"""

from __future__ import annotations

from math import cos, pi
from typing import Any

from gradx import ops
from gradx.scipy.arrays import axis_back, axis_last, chosen, constant, extended
from gradx.scipy.ndimage.arguments import finished, image

MODES = (
    "reflect",
    "grid-mirror",
    "mirror",
    "nearest",
    "wrap",
    "grid-wrap",
    "constant",
    "grid-constant",
)
_MIDDLE = {
    2: (6 / 8, 1 / 8),
    3: (4 / 6, 1 / 6),
    4: (230 / 384, 76 / 384, 1 / 384),
    5: (66 / 120, 26 / 120, 1 / 120),
}
"""The B-spline of each order at 0, 1, 2."""


def periodic_mode(mode: str) -> str:
    """Return the periodic boundary of the coefficients for one of the samples: "reflect", "mirror" or "wrap"."""
    if mode in ("reflect", "grid-mirror", "nearest"):
        return "reflect"
    return "wrap" if mode == "grid-wrap" else "mirror"


def coefficients(x: Any, order: int, mode: str) -> Any:
    """Return the coefficients along the last axis of the spline through samples `(..., n)`."""
    n = x.shape[-1]
    if order < 2 or n < 2:
        return x
    period = {"reflect": 2 * n, "mirror": 2 * n - 2, "wrap": n}[periodic_mode(mode)]
    whole = x if period == n else extended(x, 0, period - n, periodic_mode(mode))
    middle, *sides = _MIDDLE[order]
    bins = period if x.dtype.kind == "c" else period // 2 + 1
    response = [
        middle + sum(2 * s * cos(2 * pi * k * (j + 1) / period) for j, s in enumerate(sides))
        for k in range(bins)
    ]
    divisor = constant(response, x)
    if x.dtype.kind == "c":
        return ops.fft.ifft(ops.fft.fft(whole) / divisor)[..., :n]
    return ops.fft.irfft(ops.fft.rfft(whole) / divisor, n=period)[..., :n]


def spline_filter1d(
    input: Any, order: int = 3, axis: int = -1, output: Any = None, mode: str = "mirror"
) -> Any:
    """The coefficients of the spline of an order, 0 to 5, through samples along an axis.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.spline_filter1d(gx.ones((4, 5))).shape
    (4, 5)
    """
    name = "ndimage.spline_filter1d"
    chosen(name, "order", order, range(6))
    chosen(name, "mode", mode, MODES)
    x, _ = image(name, input)
    x, axis = axis_last(name, x, axis)
    return finished(name, axis_back(coefficients(x, order, mode), axis), None, output)


def spline_filter(input: Any, order: int = 3, output: Any = None, mode: str = "mirror") -> Any:
    """`spline_filter1d` along all axes.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.spline_filter(gx.ones((4, 5))).shape
    (4, 5)
    """
    name = "ndimage.spline_filter"
    chosen(name, "order", order, range(2, 6))
    x, _ = image(name, input)
    for axis in range(x.ndim):
        x = spline_filter1d(x, order, axis, None, mode)
    return finished(name, x, None, output)


def weights_at(place: Any, order: int) -> tuple[Any, list[Any]]:
    """Return for places `(...)` the first element that counts, integers in floating form, and each one's weight."""
    half = place if order % 2 else place + 0.5
    first = ops.stop_gradient(ops.floor(half))
    t = half - first
    weights: list[Any] = [ops.ones_like(t)]
    for d in range(1, order + 1):
        up = [
            (t + (d - j - 1)) * w for j, w in enumerate(weights)
        ]  # what each gives to the one after it
        down = [(1.0 + j - t) * w for j, w in enumerate(weights)]
        inner = [a + b for a, b in zip(up, down[1:])]
        weights = [w / d for w in (down[0], *inner, up[-1])]
    return first - order // 2, weights


__all__ = [
    "MODES",
    "coefficients",
    "periodic_mode",
    "spline_filter",
    "spline_filter1d",
    "weights_at",
]

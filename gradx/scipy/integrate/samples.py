"""`scipy.integrate` of samples: the rules of trapezoids, of Simpson and of Romberg.

- Linear in the samples; rational in the places, where those are given.
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.numpy.arguments import axis_of, take
from gradx.scipy.values import decided, floating
from gradx.tape import SCALARS


def _last(name: str, y: Any, x: Any, axis: int) -> tuple[Any, Any, int]:
    """Return samples and places with the axis to integrate along as their last, and that axis."""
    y = floating(y)
    axis = axis_of(name, axis, y.ndim)
    n = y.shape[axis]
    if not n:
        raise ShapeError(f"{name}: expected at least one sample along axis {axis}; got {y.shape}")
    if x is not None:
        x = floating(x, y)
        if x.shape != y.shape and x.shape != (n,):
            raise ShapeError(
                f"{name}: expected x of shape {(n,)} or {y.shape}, as y; got {x.shape}"
            )
        x = ops.moveaxis(x, axis, -1) if x.ndim > 1 else x
    return ops.moveaxis(y, axis, -1), x, axis


def _step(name: str, dx: Any, y: Any, axis: int) -> Any:
    """Return `dx`, a number or one for each line of samples, with the axis as its last."""
    if isinstance(dx, tuple(SCALARS)):
        return dx
    dx = floating(dx, y)
    return ops.moveaxis(dx, axis, -1) if dx.ndim == y.ndim and dx.ndim else dx


def _quotient(a: Any, b: Any) -> Any:
    """Return a / b, 0 where b is 0: samples at one place have no area between them."""
    zero = b == 0
    if isinstance(zero, bool):
        return 0.0 * a if zero else a / b
    return ops.where(zero, 0, a / ops.where(zero, 1, b))


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Integrate samples along an axis by the rule of trapezoids, `(..., n)` to `(...)`.

    >>> import gradx as gx
    >>> gx.scipy.integrate.trapezoid(gx.asarray([1.0, 2.0, 3.0]))
    Tensor(4.)
    """
    y, x, axis = _last("integrate.trapezoid", y, x, axis)
    return ops.trapezoid(y, x, dx=_step("integrate.trapezoid", dx, y, axis))


def cumulative_trapezoid(
    y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1, initial: Any = None
) -> Any:
    """Integrate samples up to each of them, `(..., n)` to `(..., n - 1)`; to `(..., n)` with `initial=0`.

    >>> import gradx as gx
    >>> gx.scipy.integrate.cumulative_trapezoid(gx.asarray([1.0, 2.0, 3.0]), initial=0)
    Tensor([0. , 1.5, 4. ])
    """
    name = "integrate.cumulative_trapezoid"
    y, x, axis = _last(name, y, x, axis)
    if initial is not None and initial != 0:
        raise ValueError(f"{name}: expected initial None or 0; got {initial!r}")
    h = _step(name, dx, y, axis) if x is None else ops.diff(x)
    y = ops.cumulative_sum(
        h * (y[..., 1:] + y[..., :-1]) * 0.5, axis=-1, include_initial=initial is not None
    )
    return ops.moveaxis(y, -1, axis)


def simpson(y: Any, x: Any = None, *, dx: Any = 1.0, axis: int = -1) -> Any:
    """Integrate samples along an axis by Simpson's rule, `(..., n)` to `(...)`.

    With an even number of samples the last interval is that of the parabola through the last three
    (K. V. Cartwright, "Simpson's rule cumulative integration with MS Excel and irregularly-spaced data", 2017).

    >>> import gradx as gx
    >>> gx.scipy.integrate.simpson(gx.asarray([0.0, 1.0, 4.0, 9.0]))
    Tensor(9.)
    """
    name = "integrate.simpson"
    y, x, axis = _last(name, y, x, axis)
    n = y.shape[-1]
    if n == 1:
        return ops.sum(y * 0, axis=-1)
    if x is None:
        step = _step(name, dx, y, axis)
        h = ops.ones(n - 1, dtype=y.real.dtype, device=y.device) * step
    else:
        h = ops.diff(x)
    if n == 2:
        return 0.5 * h[..., 0] * (y[..., 0] + y[..., 1])
    total = _pairs(y[..., : n - 1 + n % 2], h[..., : n - 2 + n % 2])
    if n % 2 == 0:
        a, b = h[..., -2], h[..., -1]
        total = total + _quotient(2 * b * b + 3 * a * b, 6 * (a + b)) * y[..., -1]
        total = total + _quotient(b * b + 3 * a * b, 6 * a) * y[..., -2]
        total = total - _quotient(b * b * b, 6 * a * (a + b)) * y[..., -3]
    return total


def _pairs(y: Any, h: Any) -> Any:
    """Return the sum of the parabolas over pairs of intervals."""
    a, b = h[..., ::2], h[..., 1::2]
    both = a + b
    first = y[..., :-2:2] * (2.0 - _quotient(b, a))
    middle = y[..., 1:-1:2] * both * _quotient(both, a * b)
    last = y[..., 2::2] * (2.0 - _quotient(a, b))
    return ops.sum(both * (first + middle + last), axis=-1) / 6.0


def cumulative_simpson(
    y: Any, *, x: Any = None, dx: Any = 1.0, axis: int = -1, initial: Any = None
) -> Any:
    """Integrate samples up to each of them by Simpson's rule, `(..., n)` to `(..., n - 1)`.

    Parameters
    ----------
    initial
        Added to all results, and put before them: a number, or of the shape of `y` with one sample.

    >>> import gradx as gx
    >>> gx.scipy.integrate.cumulative_simpson(gx.asarray([0.0, 1.0, 4.0]), initial=0.0)
    Tensor([0.        , 0.33333333, 2.66666667])
    """
    name = "integrate.cumulative_simpson"
    y, x, axis = _last(name, y, x, axis)
    n = y.shape[-1]
    if x is None:
        h = _step(name, dx, y, axis)
        h = ops.ones(max(n - 1, 0), dtype=y.real.dtype, device=y.device) * h
    else:
        h = ops.diff(x)
        if decided(ops.stop_gradient(h) <= 0):
            raise ValueError(f"{name}: expected x that strictly increases")
    if n < 3:
        parts = 0.5 * h * (y[..., 1:] + y[..., :-1])
    else:
        forward = _halves(y, h)
        backward = ops.flip(_halves(ops.flip(y, axis=-1), ops.flip(h, axis=-1)), axis=-1)
        pairs = [forward[..., ::2], backward[..., ::2]]
        count = backward[..., ::2].shape[-1]
        woven = ops.reshape(
            ops.stack([pairs[0][..., :count], pairs[1]], axis=-1), (*y.shape[:-1], 2 * count)
        )
        parts = woven if n % 2 else ops.concat([woven, backward[..., -1:]], axis=-1)
    result = ops.cumulative_sum(parts, axis=-1)
    if initial is not None:
        start = floating(initial, y)
        start = ops.moveaxis(start, axis, -1) if start.ndim else start
        start = ops.broadcast_to(start, (*y.shape[:-1], 1))
        result = ops.concat([start, result + start], axis=-1)
    return ops.moveaxis(result, -1, axis)


def _halves(y: Any, h: Any) -> Any:
    """Return the areas over the first interval of each three neighbours, below the parabola through them."""
    a, b = h[..., :-1], h[..., 1:]
    whole = a + b
    ratio, square = a / whole, a * a / (whole * b)
    return (
        a
        / 6.0
        * (y[..., :-2] * (3 - ratio) + y[..., 1:-1] * (3 + square + ratio) - y[..., 2:] * square)
    )


def romb(y: Any, dx: Any = 1.0, axis: int = -1, show: bool = False) -> Any:
    """Integrate 2**k + 1 samples of equal distances by Romberg's rule, `(..., n)` to `(...)`.

    >>> import gradx as gx
    >>> gx.scipy.integrate.romb(gx.asarray([0.0, 1.0, 16.0]))
    Tensor(6.66666667)
    """
    y, _, axis = _last("integrate.romb", y, None, axis)
    intervals = y.shape[-1] - 1
    if intervals < 1 or intervals & (intervals - 1):
        raise ShapeError(f"integrate.romb: expected 2**k + 1 samples; got {intervals + 1}")
    if show:
        raise ValueError("integrate.romb: expected show=False; gradx does not print the table")
    h = intervals * dx
    row = [0.5 * h * (y[..., 0] + y[..., -1])]
    step = intervals
    while step > 1:
        new = [0.5 * (row[0] + h * ops.sum(take(y, -1, slice(step // 2, None, step)), axis=-1))]
        for j, before in enumerate(row, start=1):
            new.append(new[-1] + (new[-1] - before) / (4**j - 1))
        row, h, step = new, h * 0.5, step // 2
    return row[-1]


__all__ = ["cumulative_simpson", "cumulative_trapezoid", "romb", "simpson", "trapezoid"]

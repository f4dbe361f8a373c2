"""Interpolation, integration and convolution of samples.

- `interp` is piecewise linear: at a knot its slope is the smaller of the two in modulus, 0 where their signs
  differ; outside of the knots it is constant.
- `convolve` is bilinear; the derivative by one argument is the correlation with the other.
"""

from __future__ import annotations

from typing import Any

from gradx.backend import namespaces
from gradx.errors import ShapeError
from gradx.multilinear import multilinear
from gradx.ops.adjoint import conj
from gradx.ops.casting import astype
from gradx.ops.comparison import isinf
from gradx.ops.complex import abs as modulus
from gradx.ops.creation import full, zeros
from gradx.ops.indexing import getitem, take
from gradx.ops.joining import concat
from gradx.ops.manipulation import named_axes, reshape
from gradx.ops.reductions import sum as total
from gradx.ops.searching import searchsorted
from gradx.ops.selection import clip, where
from gradx.ops.shaping import diff
from gradx.promotion import result_type
from gradx.shapes import along
from gradx.tape import SCALARS, apply, bind, lift


def interp(x: Any, xp: Any, fp: Any, /) -> Any:
    """Interpolate linearly between the points (xp, fp), constant beyond them; differentiable in all three.

    Parameters
    ----------
    x
        Where to interpolate, `(...)`.
    xp, fp
        The knots, `(n,)` in ascending order, and the values there, `(n,)`.

    >>> import gradx as gx
    >>> gx.interp(gx.asarray([0.5, 3.0]), gx.asarray([0.0, 1.0]), gx.asarray([2.0, 4.0]))
    Tensor([3., 4.])
    """
    knots, values = lift(xp), lift(fp)
    if type(x) in SCALARS:  # weak, and beside the knots
        x = full((), x, dtype=result_type(knots, values, x), device=knots.device)
    x = lift(x)
    if knots.ndim != 1 or knots.shape != values.shape or not knots.shape[0]:
        raise ShapeError(
            f"interp: expected xp and fp of one shape (n,), n > 0; got {knots.shape} and {values.shape}"
        )
    slopes = diff(values) / diff(knots)
    outside = zeros(1, dtype=slopes.dtype, device=slopes.device)
    slopes = concat([outside, slopes, outside])
    before, behind = searchsorted(knots, x), searchsorted(knots, x, side="right")
    left, right = take(slopes, before, axis=0), take(slopes, behind, axis=0)
    smaller = where(
        (left > 0) != (right > 0), 0, where(modulus(left) < modulus(right), left, right)
    )
    slope = where(before == behind, right, smaller)
    nearest = clip(behind - 1, 0, knots.shape[0] - 1)
    step = x - take(knots, nearest, axis=0)
    return take(values, nearest, axis=0) + slope * where(isinf(step), 0, step)


def trapezoid(y: Any, x: Any = None, /, *, dx: Any = 1.0, axis: int = -1) -> Any:
    """Integrate samples along `axis` by the trapezoidal rule, `(..., n)` to `(...)`.

    Parameters
    ----------
    x
        Where the samples lie: `(n,)`, or of the shape of `y`; None for equal distances `dx`.

    >>> import gradx as gx
    >>> gx.trapezoid(gx.asarray([1.0, 2.0, 3.0]), dx=0.5)
    Tensor(2.)
    """
    y = lift(y)
    (axis,) = named_axes("trapezoid", y, axis)
    if x is not None:
        x = lift(x)
        if x.ndim == 1:
            x = reshape(x, (-1, *[1] * (y.ndim - axis - 1)))
            dx = diff(x, axis=0)
        else:
            dx = diff(x, axis=axis)
    right, left = (getitem(y, key=along(axis, part)) for part in (slice(1, None), slice(None, -1)))
    return total(dx * (right + left) * 0.5, axis=axis)


# ---------------------------------------------------------------- convolution


def _raw_convolve(a: Any, v: Any) -> Any:
    """Return the full convolution, by the library's own function or from windows."""
    xp = namespaces[type(a)]
    own = getattr(xp, "convolve", None)
    if own is not None:
        return own(a, v, mode="full")
    if a.shape[0] < v.shape[0]:
        a, v = v, a
    return xp.matmul(_windows(xp, a, v.shape[0]), xp.flip(v))


def _correlate(xp: Any, ct: Any, other: Any, n: int) -> Any:
    """Return the adjoint of the full convolution with `other`: `(n + m - 1,)` to `(n,)`."""
    m = other.shape[0]
    full = bind(_convolve, (ct, xp.flip(conj(xp, other), axis=(0,))), {})
    return xp.getitem(full, key=(slice(m - 1, m - 1 + n),))


def _batched_convolve(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
    """Multiply the windows of the longer one, `(..., k + m - 1, m)`, by the shorter."""
    (long, short), (of_long, of_short) = args, batched
    if long.shape[-1] < short.shape[-1]:
        long, short, of_long, of_short = short, long, of_short, of_long
    windows, short = _windows(xp, long, short.shape[-1]), xp.flip(short, axis=(short.ndim - 1,))
    if not of_long:
        return xp.matmul(short, xp.matrix_transpose(windows))
    if not of_short:
        return xp.matmul(windows, short)
    return xp.matmul(windows, xp.expand_dims(short, axis=-1))[..., 0]


def _windows(xp: Any, a: Any, m: int) -> Any:
    """Return all runs of `m` neighbours, with zeros beyond the ends: `(..., k)` to `(..., k + m - 1, m)`."""
    lead, k = tuple(a.shape[:-1]), a.shape[-1]
    margin = xp.zeros((*lead, m - 1), dtype=a.dtype, device=a.device)
    rows, columns = (xp.arange(size, device=a.device) for size in (k + m - 1, m))
    places = xp.reshape(xp.expand_dims(rows, axis=-1) + columns, ((k + m - 1) * m,))
    a = xp.concat([margin, a, margin], axis=-1)
    return xp.reshape(xp.take(a, places, axis=-1), (*lead, k + m - 1, m))


_convolve = multilinear(
    "convolve",
    lambda xp, ct, _y, _a, v: _correlate(xp, ct, v, _a.shape[0]),
    lambda xp, ct, _y, a, _v: _correlate(xp, ct, a, _v.shape[0]),
    batch=_batched_convolve,
)
_convolve.implementation = _raw_convolve


def convolve(a: Any, v: Any, /, mode: str = "full") -> Any:
    """Convolve two sequences `(n,)` and `(m,)`.

    Parameters
    ----------
    mode
        "full": all `n + m - 1` overlaps; "same": the middle `max(n, m)`; "valid": those without a margin.

    >>> import gradx as gx
    >>> gx.convolve(gx.asarray([1.0, 2.0, 3.0]), gx.asarray([1.0, 1.0]), mode="valid")
    Tensor([3., 5.])
    """
    a, v = lift(a), lift(v)
    if a.ndim != 1 or v.ndim != 1 or not a.shape[0] or not v.shape[0]:
        raise ShapeError(
            f"convolve: expected two arrays of one dimension, not empty; got shapes {a.shape} and {v.shape}"
        )
    if mode not in ("full", "same", "valid"):
        raise ValueError(f"convolve: expected mode 'full', 'same' or 'valid'; got {mode!r}")
    dtype = result_type(a, v)
    y = apply(_convolve, (astype(a, dtype, copy=False), astype(v, dtype, copy=False)), {})
    if mode == "full":
        return y
    short, long = sorted((a.shape[0], v.shape[0]))
    start, size = ((short - 1) // 2, long) if mode == "same" else (short - 1, long - short + 1)
    return getitem(y, key=(slice(start, start + size),))


__all__ = ["convolve", "interp", "trapezoid"]

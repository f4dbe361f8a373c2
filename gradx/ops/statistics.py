"""Statistics over axes.

- `var` is exact in two passes; `std` of equal elements, or of a single one, has derivative 0.
- `median` and `quantile` follow the stable permutation of `sort`; a NaN anywhere makes the result NaN.
- The divisor of `var` and `std` is `n - correction`, never below 0; `correction` may be a fraction.
"""

from __future__ import annotations

from typing import Any

from gradx.backend import namespaces
from gradx.batching import shifted
from gradx.errors import ShapeError
from gradx.ops import manipulation
from gradx.ops.adjoint import conj, real
from gradx.ops.casting import astype
from gradx.ops.comparison import isfinite, isnan
from gradx.ops.indexing import getitem, take
from gradx.ops.joining import stack
from gradx.ops.manipulation import moveaxis, ravel, reshape
from gradx.ops.reductions import Axes, Axis, aligned, axes_of, count, gathered, mean
from gradx.ops.reductions import sum as total
from gradx.ops.rounding import ceil, floor, round
from gradx.ops.selection import clip, where
from gradx.ops.sorting import sort
from gradx.primitive import primitive
from gradx.shapes import kept_shape
from gradx.tape import apply_one, lift

_var, _std = primitive("var", batch=shifted), primitive("std", batch=shifted)


def _divisor(shape: Any, axes: Axes, correction: float) -> float:
    return max(count(shape, axes) - correction, 0)


def _deviation(xp: Any, x: Any, axes: Axes) -> Any:
    return x - xp.mean(x, axis=axes, keepdims=True)


@_var.vjp
def _var_vjp(
    xp: Any, ct: Any, _y: Any, x: Any, *, axis: Axes, correction: float, keepdims: bool
) -> Any:
    scale = (
        2 * aligned(xp, ct, tuple(x.shape), axis, keepdims) / _divisor(x.shape, axis, correction)
    )
    return (xp.guarded_multiply(scale, _deviation(xp, x, axis)),)


@_var.jvp
def _var_jvp(
    xp: Any, tangents: Any, y: Any, x: Any, *, axis: Axes, correction: float, keepdims: bool
) -> Any:
    terms = real(xp, xp.guarded_multiply(tangents[0], conj(xp, _deviation(xp, x, axis))))
    return 2 * xp.sum(terms, axis=axis, keepdims=keepdims) / _divisor(x.shape, axis, correction)


def var(x: Any, /, *, axis: Axis = None, correction: float = 0.0, keepdims: bool = False) -> Any:
    """Variance over `axis`: the sum of `|x - mean|**2` over `n - correction`; real.

    >>> import gradx as gx
    >>> gx.var(gx.asarray([1.0, 2.0, 3.0]), correction=1)
    Tensor(1.)
    """
    x = lift(x)
    params = {"axis": axes_of("var", x, axis), "correction": correction, "keepdims": keepdims}
    return apply_one(_var, x, params)


def _shifted(x: Any, axes: Axes) -> Any:
    """Return `x` less its first element over `axes`: equal elements are then 0, and so is their mean."""
    key = [slice(0, min(n, 1)) if a in axes else slice(None) for a, n in enumerate(x.shape)]
    return x - x[tuple(key)]


def _raw_std(x: Any, *, axis: Axes, correction: float, keepdims: bool) -> Any:
    xp = namespaces[type(x)]
    return xp.std(_shifted(x, axis), axis=axis, correction=correction, keepdims=keepdims)


_std.implementation = _raw_std


def _direction(xp: Any, x: Any, y: Any, axes: Axes, scale: float) -> Any:
    """Return the gradient of the standard deviation, `y` being its value: 0 at the kink."""
    return _deviation(xp, _shifted(x, axes), axes) / (xp.where(y == 0, 1, y) * scale)


@_std.vjp
def _std_vjp(
    xp: Any, ct: Any, y: Any, x: Any, *, axis: Axes, correction: float, keepdims: bool
) -> Any:
    ct, y = (aligned(xp, r, tuple(x.shape), axis, keepdims) for r in (ct, y))
    ct = xp.where(y == 0, 0, ct)
    return (
        xp.guarded_multiply(ct, _direction(xp, x, y, axis, _divisor(x.shape, axis, correction))),
    )


@_std.jvp
def _std_jvp(
    xp: Any, tangents: Any, y: Any, x: Any, *, axis: Axes, correction: float, keepdims: bool
) -> Any:
    wide = aligned(xp, y, tuple(x.shape), axis, keepdims)
    slope = conj(xp, _direction(xp, x, wide, axis, _divisor(x.shape, axis, correction)))
    terms = real(xp, xp.guarded_multiply(tangents[0], slope))
    return xp.where(y == 0, 0, xp.sum(terms, axis=axis, keepdims=keepdims))


def std(x: Any, /, *, axis: Axis = None, correction: float = 0.0, keepdims: bool = False) -> Any:
    """Standard deviation over `axis`; derivative 0 where all elements are equal.

    >>> import gradx as gx
    >>> gx.std(gx.asarray([[1.0, 3.0], [5.0, 5.0]]), axis=1)
    Tensor([1., 0.])
    """
    x = lift(x)
    params = {"axis": axes_of("std", x, axis), "correction": correction, "keepdims": keepdims}
    return apply_one(_std, x, params)


def average(x: Any, /, *, axis: Axis = None, weights: Any = None, keepdims: bool = False) -> Any:
    """Weighted mean over `axis`, differentiable in `x` and `weights`.

    Parameters
    ----------
    weights
        Of the shape of `x`, or `(n,)` along a single `axis`; None for equal weights.

    >>> import gradx as gx
    >>> gx.average(gx.asarray([1.0, 4.0]), weights=gx.asarray([2.0, 1.0]))
    Tensor(2.)
    """
    if weights is None:
        return mean(x, axis=axis, keepdims=keepdims)
    x, w = lift(x), lift(weights)
    axes = axes_of("average", x, axis)
    if w.shape != x.shape:
        if len(axes) != 1 or w.shape != (x.shape[axes[0]],):
            raise ShapeError(
                f"average: expected weights of shape {x.shape}, or along one axis; got {w.shape}"
            )
        w = reshape(w, tuple([n if a in axes else 1 for a, n in enumerate(x.shape)]))
    sums = total(x * w, axis=axes, keepdims=keepdims)
    return sums / total(w, axis=axes, keepdims=keepdims)


# ---------------------------------------------------------------- order statistics


def _sorted(name: str, x: Any, axes: Axes) -> Any:
    """Return `x` sorted over `axes`, which become the last one: `(..., n)`."""
    if not count(x.shape, axes):
        raise ShapeError(
            f"{name}: expected at least one element over axis {axes}; got shape {x.shape}"
        )
    return sort(gathered(manipulation, x, axes) if x.ndim else reshape(x, (1,)))


def _at(s: Any, i: int) -> Any:
    return getitem(s, key=(Ellipsis, i))


def _finish(y: Any, s: Any, x: Any, axes: Axes, keepdims: bool) -> Any:
    """Put NaN where there was one (sorted last), and the reduced axes back if asked to."""
    if s.dtype.kind in "fc":
        last = _at(s, -1)
        y = where(isnan(last), last, y)
    if not keepdims:
        return y
    lead = tuple(y.shape[: y.ndim - (x.ndim - len(axes))])
    return reshape(y, (*lead, *kept_shape(x.shape, axes)))


def median(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Any:
    """Median over `axis`; of an even count, the mean of the middle two, which share the derivative.

    >>> import gradx as gx
    >>> gx.grad(gx.median)(gx.asarray([5.0, 1.0, 2.0, 9.0]))
    Tensor([0.5, 0. , 0.5, 0. ])
    """
    x = lift(x)
    axes = axes_of("median", x, axis)
    s = _sorted("median", x, axes)
    n = s.shape[-1]
    low, high = _at(s, (n - 1) // 2), _at(s, n // 2)
    y = low * 1.0 if n % 2 else low * 0.5 + high * 0.5  # halved first: the sum may overflow
    return _finish(y, s, x, axes, keepdims)


_METHODS = ("linear", "lower", "higher", "nearest", "midpoint")


def quantile(
    x: Any, q: Any, /, *, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """Quantiles over `axis`, differentiable in `x` and, where they are interpolated, in `q`.

    Parameters
    ----------
    q
        A number in [0, 1], a list of numbers, or an array; its shape comes first in that of the result.
    method
        "linear" interpolates between neighbours, "midpoint" takes their mean, "lower", "higher" and
        "nearest" take one of them.

    >>> import gradx as gx
    >>> gx.quantile(gx.asarray([4.0, 1.0, 2.0]), [0.25, 0.5])
    Tensor([1.5, 2. ])
    """
    if method not in _METHODS:
        raise ValueError(f"quantile: expected a method of {', '.join(_METHODS)}; got {method!r}")
    x = lift(x)
    axes = axes_of("quantile", x, axis)
    s = _sorted("quantile", x, axes)
    if isinstance(q, (list, tuple)):
        y = stack([_static(s, each, method) for each in q])
    elif isinstance(q, (int, float)):
        y = _static(s, q, method)
    else:
        y = _dynamic(s, lift(q), method)
    return _finish(y, s, x, axes, keepdims)


def _static(s: Any, q: float, method: str) -> Any:
    """Return one quantile of sorted `s`, whose places are known beforehand."""
    if not 0 <= q <= 1:
        raise ValueError(f"quantile: expected numbers in [0, 1]; got {q}")
    h = q * (s.shape[-1] - 1)
    low = int(h)
    part = h - low
    if method == "nearest":
        low = low + (part > 0.5 or (part == 0.5 and low % 2))
    elif method == "higher":
        low = low + (part > 0)
    elif part and method != "lower":
        part = 0.5 if method == "midpoint" else part
        return _at(s, low) * (1 - part) + _at(s, low + 1) * part
    y = _at(s, low)
    return y * 1.0 if method in ("linear", "midpoint") else y


def _dynamic(s: Any, q: Any, method: str) -> Any:
    """Return quantiles of sorted `s` at places that an array tells."""
    n = s.shape[-1]
    h = ravel(q) * (n - 1)
    to_whole = {"nearest": round, "higher": ceil}.get(method, floor)
    place = to_whole(h)
    low = clip(astype(place, "int64"), 0, n - 1)
    y = take(s, low, axis=-1)
    if method in ("linear", "midpoint"):
        part = h - place
        if method == "midpoint":
            part = where(part > 0, 0.5, part)
        high = take(s, clip(low + 1, 0, n - 1), axis=-1)
        part = astype(part, y.dtype) if y.dtype.kind == "f" else part
        step = high - y
        y = y + part * where((part > 0) | isfinite(step), step, 0)  # no part of an infinite step
    return reshape(moveaxis(y, -1, 0), (*q.shape, *s.shape[:-1]))


__all__ = ["average", "median", "quantile", "std", "var"]

"""Extras and missing functions in the standard's own terms, without an index or a special function.

- Each takes the namespace first.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

from gradx.backend import INDEX

Array = Any


class UniqueAll(NamedTuple):
    """What `unique_all` returns."""

    values: Array
    indices: Array
    inverse_indices: Array
    counts: Array


def guarded_multiply(xp: Any, a: Array, b: Array, /) -> Array:
    """`a * b`, and exactly 0 where `a` is 0 and `b` not finite."""
    y = xp.multiply(a, b)
    return xp.where(_is(xp, a == 0, y) & ~_finite(xp, b, y), xp.zeros_like(y), y)


def _finite(xp: Any, x: Any, like: Array) -> Array:
    return xp.isfinite(x) if hasattr(x, "dtype") else _is(xp, x - x == 0, like)


def _is(xp: Any, truth: Any, like: Array) -> Array:
    if hasattr(truth, "dtype"):
        return truth
    return xp.asarray(truth, dtype=xp.bool, device=getattr(like, "device", None))


def unique_all(xp: Any, x: Array, /) -> UniqueAll:
    """Sorted distinct values, where they first stand, and how to rebuild `x`; each NaN is distinct."""
    flat = xp.reshape(x, (-1,))
    size = flat.shape[0]
    device = getattr(x, "device", None)
    order = xp.argsort(flat, stable=True)
    ordered = xp.take(flat, order, axis=0)
    first = xp.ones(min(size, 1), dtype=xp.bool, device=device)
    starts = xp.concat([first, ordered[1:] != ordered[:-1]])
    at = xp.nonzero(starts)[0]
    end = xp.asarray([size], dtype=at.dtype, device=device)
    counts = xp.concat([at, end])[1:] - at
    rank = xp.cumulative_sum(xp.astype(starts, at.dtype)) - 1
    inverse = xp.take(rank, xp.argsort(order, stable=True), axis=0)
    values, indices = xp.take(ordered, at, axis=0), xp.take(order, at, axis=0)
    return UniqueAll(values, indices, xp.reshape(inverse, x.shape), counts)


def repeat_by_counts(xp: Any, x: Array, counts: Array, /, *, axis: int | None = None) -> Array:
    """Repeat each element along `axis` as often as `counts` says."""
    if axis is None:
        x, axis = xp.reshape(x, (-1,)), 0
    ends = xp.cumulative_sum(counts)
    total = int(ends[-1]) if ends.shape[0] else 0
    every = xp.arange(total, dtype=ends.dtype, device=getattr(x, "device", None))
    return xp.take(x, xp.searchsorted(ends, every, side="right"), axis=axis)


def take_along_axis(xp: Any, x: Array, indices: Array, /, *, axis: int = -1) -> Array:
    """Read along `axis`, the other axes broadcast."""
    axis = axis % x.ndim
    shape = [1] * x.ndim
    device = getattr(x, "device", None)
    parts = []
    for each, size in enumerate(x.shape):
        line = xp.arange(size, dtype=indices.dtype, device=device)
        wide = (*shape[:each], size, *shape[each + 1 :])
        parts.append(indices if each == axis else xp.reshape(line, wide))
    return xp.getitem(x, *parts, key=(INDEX,) * x.ndim)


def var(xp: Any, x: Array, /, *, axis: int | tuple[int, ...] | None = None, correction: float = 0.0,
        keepdims: bool = False) -> Array:  # fmt: skip
    """The variance of real or complex numbers, with any correction."""
    axes = tuple(range(x.ndim)) if axis is None else (axis,) if isinstance(axis, int) else axis
    count = prod(x.shape[each] for each in axes)
    apart = x - xp.sum(x, axis=axes, keepdims=True) / (count or float("nan"))
    complex_ = xp.isdtype(x.dtype, "complex floating")
    square = xp.real(apart * xp.conj(apart)) if complex_ else apart * apart
    total = xp.sum(square, axis=axes, keepdims=keepdims)
    return total / max(count - correction, 0) if count > correction else total * float("nan")


def std(xp: Any, x: Array, /, **params: Any) -> Array:
    """The square root of the variance."""
    return xp.sqrt(var(xp, x, **params))

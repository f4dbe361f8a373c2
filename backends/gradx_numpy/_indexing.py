"""Reading and writing by index: pure functions on NumPy arrays.

- `key` is a tuple of slices, ints, None, Ellipsis and `INDEX`; each `INDEX` stands for the next of `indices`.
- The last write wins; adding accumulates repeated indices.
- With `reuse` nobody looks at the old array again: the result takes its memory, if it is its own.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from gradx.backend import fill_key

Array = Any


def getitem(x: Array, /, *indices: Array, key: tuple[Any, ...]) -> Array:
    """`x[key]`."""
    return x[fill_key(key, indices)]


def index_set(
    x: Array, values: Array, /, *indices: Array, key: tuple[Any, ...], reuse: bool = False
) -> Array:
    """A copy of `x` with `values` written at `key`; they broadcast, and the last write wins."""
    out = _target(x, reuse)
    # NumPy walks index arrays in the order of their memory: row-major makes "last" the last one read.
    out[fill_key(key, [np.asarray(i, order="C") for i in indices])] = values
    return out


def _target(x: Array, reuse: bool) -> Array:
    """Return the array to write to: `x` itself or a copy, which keeps the order of its memory."""
    if reuse and x.__class__ is np.ndarray and x.flags.owndata and x.flags.writeable:
        return x
    return np.array(x, order="K")


def scatter(
    values: Array, /, *indices: Array, shape: tuple[int, ...], key: tuple[Any, ...]
) -> Array:
    """Zeros with `values` written at `key`, which names no position twice."""
    out = np.zeros(shape, values.dtype)
    out[fill_key(key, indices)] = values
    return out


def index_add(
    x: Array, values: Array, /, *indices: Array, key: tuple[Any, ...], reuse: bool = False
) -> Array:
    """A copy of `x` with `values` added at `key`; they broadcast, and repeated indices accumulate."""
    out = _target(x, reuse)
    full = fill_key(key, indices)
    if all(i.dtype.kind == "b" for i in indices):  # nothing can repeat
        out[full] += values
    elif out.ndim == 1 or sum([i.size for i in indices]) < 500:
        np.add.at(out, full, values)
    else:  # large ones: ten times faster on flat indices than on several, twice on rows
        where, shape = _positions(out.shape, full)
        if not out.flags.c_contiguous:  # else reshape copies, and the sums are lost
            out = np.array(out, order="C")
        np.add.at(out.reshape(-1), where, np.broadcast_to(values, shape).reshape(-1))
    return out


def _positions(shape: tuple[int, ...], key: tuple[Any, ...]) -> tuple[Array, tuple[int, ...]]:
    """Return the flat positions that `x[key]` reads, and its shape, without an array as large as `x`."""
    while key and isinstance(key[-1], slice) and key[-1] == slice(None):
        key = key[:-1]
    rank = len(shape)
    if not any(
        part is Ellipsis or (getattr(part, "ndim", 0) and part.dtype.kind == "b") for part in key
    ):
        rank = sum(part is not None for part in key)
    lead, tail = shape[:rank], shape[rank:]
    stride = row = prod(tail)
    total: Any = 0
    for axis in reversed(range(rank)):
        along: Array = np.arange(lead[axis]) * stride
        total = np.broadcast_to(along.reshape(-1, *[1] * (rank - axis - 1)), lead)[key] + total
        stride *= lead[axis]
    if tail:
        return (total[..., None] + np.arange(row)).reshape(-1), (*total.shape, *tail)
    return total.reshape(-1), total.shape

"""Reading and writing by index: pure functions on CuPy arrays.

- `key` is a tuple of slices, ints, None, Ellipsis and `INDEX`; each `INDEX` stands for the next of `indices`.
- The last write wins: each position keeps the largest of the numbers of its writes, an exact atomic maximum.
- Adding is by atomics, in no fixed order, or, if `deterministic`, by sorted runs.
- With `reuse` nobody looks at the old array again: the result takes its memory, if it is its own.
- Indices out of range wrap, as CuPy has it: a check would wait for the GPU.
"""

from __future__ import annotations

import os
from math import prod
from typing import Any

import cupy
import cupyx

from gradx.backend import fill_key

Array = Any
Key = tuple[Any, ...]

_flag = [os.environ.get("GRADX_DETERMINISTIC", "0") not in ("", "0")]

# What atomics can add, and the dtype to accumulate all others in.
_ATOMIC = frozenset(["float32", "float64", "int32", "int64", "uint32", "uint64"])
_ACCUMULATOR = {"float16": "float32", "bfloat16": "float32"}


def deterministic(on: bool) -> None:
    """Choose whether accumulating writes give the same bits on every run, at the price of a sort."""
    _flag[0] = on


def getitem(x: Array, /, *indices: Array, key: Key) -> Array:
    """`x[key]`."""
    return x[fill_key(key, indices)]


def _target(x: Array, reuse: bool) -> Array:
    """Return the array to write to: `x` itself or a copy, which keeps the order of its memory."""
    return x if reuse and x.flags.owndata else x.copy(order="K")


def index_set(x: Array, values: Any, /, *indices: Array, key: Key, reuse: bool = False) -> Array:
    """A copy of `x` with `values` written at `key`; they broadcast, and the last write wins."""
    out = _target(x, reuse)
    full = fill_key(key, indices)
    if isinstance(values, cupy.ndarray):
        values = values.astype(x.dtype, copy=False)
    if not isinstance(values, cupy.ndarray) or values.size == 1 or _distinct(indices):
        out[full] = values
        return out
    where = _positions(x, full)
    values = cupy.broadcast_to(values, where.shape).reshape(-1)
    writes = cupy.arange(1, values.size + 1, dtype="uint64")
    last = cupy.zeros(prod(x.shape), dtype="uint64")
    cupyx.scatter_max(last, where.reshape(-1), writes)
    written = values[cupy.maximum(last, 1).astype("int64") - 1] if values.size else out.reshape(-1)
    return cupy.where((last > 0).reshape(x.shape), written.reshape(x.shape), out)


def scatter(values: Array, /, *indices: Array, shape: tuple[int, ...], key: Key) -> Array:
    """Zeros with `values` written at `key`, which names no position twice."""
    out = cupy.zeros(shape, values.dtype)
    out[fill_key(key, indices)] = values
    return out


def index_add(x: Array, values: Any, /, *indices: Array, key: Key, reuse: bool = False) -> Array:
    """A copy of `x` with `values` added at `key`; they broadcast, and repeated indices accumulate."""
    full = fill_key(key, indices)
    if not indices:  # a view
        out = _target(x, reuse)
        region = out[full if ... in full else (*full, ...)]
        cupy.add(region, values, out=region, casting="unsafe")
        return out
    if _distinct(indices):
        out = _target(x, reuse)
        out[full] = out[full] + values
        return out
    if _flag[0]:
        from gradx_cupy import namespace  # which exports this module's functions
        from gradx_generic.indexing import index_add as by_runs

        return by_runs(namespace, x, values, *indices, key=key)
    if x.dtype.kind == "c":
        out = _target(x, reuse)
        out.real = _atomic_add(out.real, values.real, full, False)
        out.imag = _atomic_add(out.imag, values.imag, full, False)
        return out
    return _atomic_add(x, values, full, reuse)


def _atomic_add(x: Array, values: Any, key: Key, reuse: bool) -> Array:
    name = x.dtype.name
    total = _target(x, reuse) if name in _ATOMIC else x.astype(_ACCUMULATOR.get(name, "int64"))
    if isinstance(values, cupy.ndarray):
        values = values.astype(total.dtype, copy=False)
    cupyx.scatter_add(total, key, values)
    return total.astype(x.dtype, copy=False)


def _distinct(indices: tuple[Array, ...]) -> bool:
    """Whether no position can be met twice: masks alone, or none at all, or a single index."""
    return all(index.dtype.kind == "b" or index.size == 1 for index in indices)


def _positions(x: Array, key: Key) -> Array:
    """Return the flat positions that `x[key]` reads, in its shape, without an array as large as `x`."""
    total: Any = 0
    stride = 1
    for axis in reversed(range(x.ndim)):
        along = cupy.arange(x.shape[axis], dtype="int64") * stride
        along = along.reshape(-1, *[1] * (x.ndim - axis - 1))
        total = cupy.broadcast_to(along, x.shape)[key] + total
        stride *= x.shape[axis]
    return total

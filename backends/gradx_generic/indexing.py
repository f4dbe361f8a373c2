"""Reading and writing by index in the standard's own terms: NumPy's rules on any library.

- `key` is a tuple of slices, ints, None, Ellipsis and `INDEX`; each `INDEX` stands for the next of `indices`.
- Reading: slices with a positive step, expand_dims, flip and one flat `take`; writing: `where` on flat
  positions. Nothing is written in place, so immutable arrays are served too.
- A library's own flat writes are used where it has them (`library.add_at`).
- `reuse`, which allows a write in place, makes no difference: nothing here is written in place.
- Repeated indices: the last write wins; adding sums each position's values pairwise, in a fixed order, so that
  a NaN stays in its own element and the result is the same on every run.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

from gradx.backend import fill_key

Array = Any
Key = tuple[Any, ...]


class Plan(NamedTuple):
    """A key taken apart.

    Attributes
    ----------
    basic
        One slice (positive step, within bounds) or int for each axis of the array.
    flipped
        Axes of what `basic` reads that a negative step turns round.
    new
        Axes at which None inserts, counted in the array that has them.
    advanced
        Axes (after `new`) at which index arrays apply, and these arrays, all of integers.
    """

    basic: Key
    flipped: tuple[int, ...]
    new: tuple[int, ...]
    advanced: tuple[tuple[int, Array], ...]


class _OnNewAxis(NamedTuple):
    """A mask of rank 0: an axis of size 1 is inserted, and read once where the mask is true."""

    index: Array


def plan(xp: Any, shape: tuple[int, ...], key: Key, indices: tuple[Array, ...]) -> Plan:
    """Take the key of an array of `shape` apart."""
    parts = _spelled_out(xp, len(shape), fill_key(key, indices))
    fancy = bool(indices)
    basic: list[Any] = []
    flipped, new, advanced = [], [], []
    axis = 0  # of the result of `basic` with new axes
    inserted = 0
    for part in parts:
        if part is None:
            new.append(axis)
            inserted += 1
            axis += 1
            continue
        if isinstance(part, _OnNewAxis):
            new.append(axis)
            advanced.append((axis, part.index))
            inserted += 1
            axis += 1
            continue
        size = shape[len(basic)]
        if isinstance(part, slice):
            plain, reverse = _plain_slice(part, size)
            basic.append(plain)
            if reverse:
                flipped.append(axis - inserted)
        elif isinstance(part, int) and not fancy:
            basic.append(_checked(part, size))
            continue
        else:
            basic.append(slice(None))
            advanced.append((axis, part))
        axis += 1
    return Plan(tuple(basic), tuple(flipped), tuple(new), tuple(advanced))


def _spelled_out(xp: Any, rank: int, key: Key) -> list[Any]:
    """Replace the ellipsis (or a short key) by full slices, and masks by the positions of their elements."""
    parts: list[Any] = []
    for part in key:
        if hasattr(part, "dtype") and xp.isdtype(part.dtype, "bool"):
            if part.ndim == 0:
                parts.append(_OnNewAxis(_zeros(xp, int(part), part)))
            else:
                parts.extend(xp.nonzero(part))
        else:
            parts.append(part if part is None or hasattr(part, "dtype") else _index_or_slice(part))
    used = sum(
        not (part is None or part is Ellipsis or isinstance(part, _OnNewAxis)) for part in parts
    )
    if used > rank:
        raise IndexError(f"expected at most {rank} indices; got {used}")
    fill = [slice(None)] * (rank - used)
    at = next((i for i, part in enumerate(parts) if part is Ellipsis), len(parts))
    return [*parts[:at], *fill, *parts[at + 1 :]]


def _zeros(xp: Any, count: int, like: Array) -> Array:
    return xp.zeros((count,), dtype=xp.library.native_dtype("int64"), device=_device(like))


def _index_or_slice(part: Any) -> Any:
    return part if isinstance(part, slice) or part is Ellipsis else part.__index__()


def _checked(index: int, size: int) -> int:
    if not -size <= index < size:
        raise IndexError(f"index {index} is out of bounds for an axis of size {size}")
    return index + size if index < 0 else index


def _plain_slice(part: slice, size: int) -> tuple[slice, bool]:
    """Return an equal slice with a positive step within bounds, and whether to flip what it reads."""
    steps = range(size)[part]
    if not len(steps):
        return slice(0, 0), False
    low, high = min(steps[0], steps[-1]), max(steps[0], steps[-1])
    return slice(low, high + 1, abs(steps.step)), steps.step < 0


def getitem(xp: Any, x: Array, /, *indices: Array, key: Key) -> Array:
    """`x[key]` by NumPy's rules."""
    if x.ndim == 0 and indices:
        x = xp.reshape(x, (1,))
        indices = tuple(xp.reshape(i, (1,)) if i.ndim == 0 else i for i in indices)
    parts = plan(xp, x.shape, key, indices)
    y = x[parts.basic] if parts.basic else x
    if parts.flipped:
        y = xp.flip(y, axis=parts.flipped)
    for axis in parts.new:
        y = xp.expand_dims(y, axis=axis)
    return _gather(xp, y, parts.advanced) if parts.advanced else y


def _gather(xp: Any, x: Array, advanced: tuple[tuple[int, Array], ...]) -> Array:
    """Apply index arrays at some axes: one `take` on those axes made one."""
    axes = tuple(axis for axis, _ in advanced)
    rest = tuple(axis for axis in range(x.ndim) if axis not in axes)
    sizes = [x.shape[axis] for axis in axes]
    flat, shape = _flat_index(xp, x, sizes, [index for _, index in advanced])
    table = xp.permute_dims(x, (*axes, *rest))
    table = xp.reshape(table, (prod(sizes), *table.shape[len(axes) :]))
    y = xp.take(table, flat, axis=0)
    y = xp.reshape(y, (*shape, *table.shape[1:]))
    if axes[-1] - axes[0] == len(axes) - 1 and axes[0] > 0:
        # Side by side: the result takes their place.
        k, first = len(shape), axes[0]
        order = (*range(k, k + first), *range(k), *range(k + first, y.ndim))
        y = xp.permute_dims(y, order)
    return y


def _flat_index(
    xp: Any, x: Array, sizes: list[int], indices: list[Any]
) -> tuple[Array, tuple[int, ...]]:
    """Return one flat index (of rank 1) for several broadcast ones, and their shape."""
    total: Any = None
    stride = 1
    for size, index in zip(reversed(sizes), reversed(indices), strict=True):
        if isinstance(index, int):
            index = xp.asarray(
                _checked(index, size), dtype=xp.library.native_dtype("int64"), device=_device(x)
            )
        index = xp.astype(index, xp.library.native_dtype("int64"), copy=False)
        index = xp.where(index < 0, index + size, index) * stride
        total = index if total is None else total + index
        stride *= size
    return xp.reshape(total, (-1,)), tuple(total.shape)


def _device(x: Array) -> Any:
    return getattr(x, "device", None)


def _positions(xp: Any, x: Array, indices: tuple[Array, ...], key: Key) -> Array:
    """Return the flat positions in `x` that `x[key]` reads, in its shape."""
    count = xp.arange(prod(x.shape), dtype=xp.library.native_dtype("int64"), device=_device(x))
    return getitem(xp, xp.reshape(count, x.shape), *indices, key=key)


def _prepare(
    xp: Any, x: Array, values: Any, indices: tuple[Array, ...], key: Key
) -> tuple[Array, Array]:
    """Return the flat positions and the flat values that go there, in the dtype of `x`."""
    where = _positions(xp, x, indices, key)
    if not hasattr(values, "dtype"):
        values = xp.asarray(values, dtype=x.dtype, device=_device(x))
    extra = values.ndim - where.ndim
    if extra > 0:  # leading axes of size 1 are allowed
        values = xp.reshape(values, values.shape[extra:])
    values = xp.broadcast_to(xp.astype(values, x.dtype, copy=False), where.shape)
    return xp.reshape(where, (-1,)), xp.reshape(values, (-1,))


def index_set(
    xp: Any, x: Array, values: Any, /, *indices: Array, key: Key, reuse: bool = False
) -> Array:
    """A copy of `x` with `values` written at `key`; they broadcast, and the last write wins."""
    where, values = _prepare(xp, x, values, indices, key)
    if not where.shape[0]:
        return xp.asarray(x, copy=True)
    order, _, last, hit = _runs(xp, where, prod(x.shape))
    written = xp.take(values, xp.take(order, last, axis=0), axis=0)
    return xp.where(xp.reshape(hit, x.shape), xp.reshape(written, x.shape), x)


def scatter(xp: Any, values: Array, /, *indices: Array, shape: tuple[int, ...], key: Key) -> Array:
    """Zeros with `values` written at `key`, which names no position twice."""
    zeros = xp.zeros(shape, dtype=values.dtype, device=values.device)
    return index_set(xp, zeros, values, *indices, key=key)


def index_add(
    xp: Any, x: Array, values: Any, /, *indices: Array, key: Key, reuse: bool = False
) -> Array:
    """A copy of `x` with `values` added at `key`; they broadcast, and repeated indices accumulate."""
    where, values = _prepare(xp, x, values, indices, key)
    if not where.shape[0]:
        return xp.asarray(x, copy=True)
    if xp.library.add_at is not None:
        return xp.reshape(xp.library.add_at(xp.reshape(x, (-1,)), where, values), x.shape)
    order, counts, last, hit = _runs(xp, where, prod(x.shape))
    longest = int(xp.max(counts))
    where, total = xp.take(where, order, axis=0), xp.take(values, order, axis=0)
    step = 1
    while step < longest:  # each element gains the sum of the `step` before it, within its run
        head = total[:step]
        same = where[step:] == where[:-step]
        before = xp.where(same, total[:-step], xp.zeros_like(total[:-step]))
        total = xp.concat([head, total[step:] + before])
        step *= 2
    sums = xp.reshape(xp.take(total, last, axis=0), x.shape)
    return xp.where(xp.reshape(hit, x.shape), x + sums, x)


def _runs(xp: Any, where: Array, size: int) -> tuple[Array, ...]:
    """Sort positions: the order, and for each of `size` how often it occurs, its last, and whether it occurs."""
    order = xp.argsort(where, stable=True)
    ordered = xp.take(where, order, axis=0)
    every = xp.arange(size, dtype=where.dtype, device=_device(where))
    start = xp.searchsorted(ordered, every, side="left")
    end = xp.searchsorted(ordered, every, side="right")
    hit = end > start
    return order, end - start, xp.where(hit, end - 1, xp.zeros_like(end)), hit

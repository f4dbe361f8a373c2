"""Reading and writing by index.

- The cards `getitem`, `index_set`, `index_add` take index arrays as positional arrays; `key` is static: slices,
  ints, None, Ellipsis and `INDEX`, which stands for the next index array.
- Writing is pure: a new array. With repeated indices the last write wins, and alone gets the cotangent.
- With `reuse` the caller will not look at the old array again: it may become the new one.
- A position that nobody read or wrote has a cotangent that is zero by structure.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from gradx.backend import INDEX, backend_for_device, namespaces
from gradx.batching import joined
from gradx.dtypes import dtype_of
from gradx.errors import DtypeError, ShapeError
from gradx.level import Cell, alone
from gradx.ops.arithmetic import remainder
from gradx.ops.batched_keys import batched_getitem, batched_write
from gradx.ops.casting import astype
from gradx.ops.creation import zeros as zeros_of
from gradx.ops.joining import stack
from gradx.ops.keys import Key, index_array, is_static, misfit, split_key
from gradx.ops.manipulation import named_axes
from gradx.ops.selection import maximum, minimum
from gradx.primitive import primitive
from gradx.shapes import Shape, along, size
from gradx.tape import SCALARS, apply, apply_one, lift

_getitem = primitive("getitem", masks=True, batch=batched_getitem)
_index_set = primitive("index_set", masks=True, batch=batched_write)
# The same in the memory of its first input: `_overwrite`, `_accumulate`.
_overwrite = primitive("index_set", masks=True, batch=batched_write)
_index_add = primitive("index_add", masks=True, batch=batched_write)
_accumulate = primitive("index_add", masks=True, batch=batched_write)
_take_along_axis = primitive("take_along_axis", masks=True, batch=joined)


def _unique(indices: Sequence[Any]) -> bool:
    """Whether no position can be named twice: a basic key, masks, or index arrays of rank 0."""
    return all(len(i.shape) == 0 or dtype_of(i.dtype).kind == "b" for i in indices)


@_getitem.vjp
def _getitem_vjp(xp: Any, ct: Any, _y: Any, _x: Any, *indices: Any, key: Key) -> Any:
    if _unique(indices):
        return xp.scatter(ct, *indices, shape=_x.shape, key=key), *[None] * len(indices)
    zeros = xp.zeros(_x.shape, dtype=ct.dtype, device=ct.device)
    return xp.index_add(zeros, ct, *indices, key=key, reuse=True), *[None] * len(indices)


@_getitem.jvp
def _getitem_jvp(xp: Any, tangents: Any, y: Any, x: Any, *indices: Any, key: Key) -> Any:
    return xp.getitem(tangents[0], *indices, key=key)


def _getitem_add_to(xp: Any, total: Any, ct: Any, x: Any, *indices: Any, key: Key) -> Any:
    return xp.index_add(total, ct, *indices, key=key, reuse=True)


_getitem.put = lambda base, part, *, key: index_set(base, part, key=key, reuse=True)
_getitem.few, _getitem.add_to = True, _getitem_add_to


@_overwrite.vjp
@_index_set.vjp
def _index_set_vjp(
    xp: Any, ct: Any, _y: Any, _x: Any, _values: Any, *indices: Any, key: Key, reuse: bool = False
) -> Any:
    ct_values = None
    if _values is not None:
        written = xp.getitem(ct, *indices, key=key)
        if reuse:
            written = xp.positive(written)  # a copy, as the place is about to be cleared
        if not _unique(indices):
            last = _last_writes(xp, ct, written, indices, key)
            written = xp.where(last, written, xp.zeros_like(written))
        ct_values = _of_rank(xp, written, len(_values.shape))
    ct_x = None if _x is None else xp.index_set(ct, 0, *indices, key=key, reuse=reuse)
    return ct_x, ct_values, *[None] * len(indices)


def _take_over(xp: Any, ct: Any, node: Any, parents: Any) -> Any:
    return _index_set_vjp(xp, ct, None, *node.inputs, **node.params, reuse=True)


for _card in (_index_set, _overwrite):
    _card.few, _card.take_over = True, _take_over


def _last_writes(xp: Any, x: Any, written: Any, indices: Sequence[Any], key: Key) -> Any:
    """Return which of the writes at `key` are the last at their position: number them, write the numbers."""
    shape = tuple(written.shape)
    order = xp.reshape(xp.arange(size(shape), device=x.device), shape)
    slots = xp.zeros(x.shape, dtype=order.dtype, device=x.device)
    return xp.getitem(xp.index_set(slots, order, *indices, key=key), *indices, key=key) == order


def _of_rank(xp: Any, ct: Any, rank: int) -> Any:
    """Return `ct` with leading dimensions of size 1, as values may have more of than the place they go to.

    Of a number it is the sum here: a number written into a number by a mask, `x[True] = v`, looks to the walk
    as if no shape had changed.
    """
    if not rank:
        return xp.reshape(xp.sum(ct), ())
    lead = rank - len(ct.shape)
    return xp.reshape(ct, (1,) * lead + tuple(ct.shape)) if lead > 0 else ct


@_index_set.jvp
def _index_set_jvp(
    xp: Any,
    tangents: Any,
    y: Any,
    x: Any,
    values: Any,
    *indices: Any,
    key: Key,
    reuse: bool = False,
) -> Any:
    fresh = tangents[0] is None
    base = xp.zeros_like(y) if fresh else tangents[0]
    value = 0 if tangents[1] is None else tangents[1]
    return xp.index_set(base, value, *indices, key=key, reuse=fresh or reuse)


_overwrite.push = functools.partial(_index_set_jvp, reuse=True)


def _overwrite_raw(x: Any, values: Any, *indices: Any, key: Key) -> Any:
    return namespaces[type(x)].index_set(x, values, *indices, key=key, reuse=True)


_overwrite.implementation = _overwrite_raw


@_accumulate.vjp
@_index_add.vjp
def _index_add_vjp(
    xp: Any, ct: Any, _y: Any, _x: Any, _values: Any, *indices: Any, key: Key
) -> Any:
    ct_values = None
    if _values is not None:
        ct_values = _of_rank(xp, xp.getitem(ct, *indices, key=key), len(_values.shape))
    return ct, ct_values, *[None] * len(indices)


@_index_add.jvp
def _index_add_jvp(
    xp: Any,
    tangents: Any,
    y: Any,
    x: Any,
    values: Any,
    *indices: Any,
    key: Key,
    reuse: bool = False,
) -> Any:
    fresh = tangents[0] is None
    base = xp.zeros_like(y) if fresh else tangents[0]
    if tangents[1] is None:
        return base
    return xp.index_add(base, tangents[1], *indices, key=key, reuse=fresh or reuse)


_accumulate.push = functools.partial(_index_add_jvp, reuse=True)


def _accumulate_raw(x: Any, values: Any, *indices: Any, key: Key) -> Any:
    return namespaces[type(x)].index_add(x, values, *indices, key=key, reuse=True)


_accumulate.implementation = _accumulate_raw


@_take_along_axis.vjp
def _take_along_axis_vjp(xp: Any, ct: Any, _y: Any, _x: Any, indices: Any, *, axis: int) -> Any:
    zeros = xp.zeros(_x.shape, dtype=ct.dtype, device=ct.device)
    return _take_along_axis_add_to(xp, zeros, ct, None, indices, axis=axis), None


def _take_along_axis_add_to(
    xp: Any, total: Any, ct: Any, _x: Any, indices: Any, *, axis: int
) -> Any:
    rank = len(total.shape)
    grid = [
        xp.reshape(xp.arange(n, device=ct.device), (1,) * i + (n,) + (1,) * (rank - i - 1))
        for i, n in enumerate(total.shape)
    ]
    grid[axis] = indices
    return xp.index_add(total, ct, *grid, key=(INDEX,) * rank, reuse=True)


_take_along_axis.few, _take_along_axis.add_to = True, _take_along_axis_add_to


@_take_along_axis.jvp
def _take_along_axis_jvp(xp: Any, tangents: Any, y: Any, x: Any, indices: Any, *, axis: int) -> Any:
    return xp.take_along_axis(tangents[0], indices, axis=axis)


# ---------------------------------------------------------------- reading and writing


def getitem(x: Any, /, *indices: Any, key: Key) -> Any:
    """Return `x[key]`, each `INDEX` in `key` standing for the next of `indices`."""
    if not indices:
        return apply_one(_getitem, x, {"key": key})
    return apply(_getitem, (x, *indices), {"key": key})


def index_set(x: Any, values: Any, /, *indices: Any, key: Any, reuse: bool = False) -> Any:
    """Return a copy of `x` with `values` at `key`: they broadcast, take its dtype, and the last write wins.

    Parameters
    ----------
    key
        As in `x[key] = values`; or, where index arrays are to be arguments, with `INDEX` in place of each.
    reuse
        `x` will not be used again: where nothing else holds its memory, the result takes it.

    >>> import gradx as gx
    >>> gx.index_set(gx.zeros(4), [1.0, 2.0], key=slice(1, 3))
    Tensor([0., 1., 2., 0.])
    """
    x = lift(x)
    key, arrays = _parts("index_set", x, indices, key)
    values = writable("index_set", values, x)
    card = _overwrite if reuse and alone(x) else _index_set
    return apply(card, (x, values, *arrays), {"key": key})


def index_add(x: Any, values: Any, /, *indices: Any, key: Any, reuse: bool = False) -> Any:
    """Return a copy of `x` with `values` added at `key`: they broadcast, and repeated indices add up.

    Parameters
    ----------
    key
        As in `x[key]`; or, where index arrays are to be arguments, with `INDEX` in place of each.
    reuse
        `x` will not be used again: where nothing else holds its memory, the result takes it.

    >>> import gradx as gx
    >>> gx.index_add(gx.zeros(3), [1.0, 2.0, 4.0], key=[0, 2, 2])
    Tensor([1., 0., 6.])
    """
    x = lift(x)
    key, arrays = _parts("index_add", x, indices, key)
    values = writable("index_add", values, x)
    card = _accumulate if reuse and alone(x) else _index_add
    return apply(card, (x, values, *arrays), {"key": key})


def _parts(name: str, x: Any, indices: Sequence[Any], key: Any) -> tuple[Key, Sequence[Any]]:
    """Return the static part of a key and its index arrays, those in it or those given beside it."""
    parts: Key = key if isinstance(key, tuple) else (key,)
    marks = sum(part is INDEX for part in parts)
    if len(indices) != marks:
        raise IndexError(
            f"{name}: expected one index array for each INDEX in the key; got {len(indices)} for {marks}"
        )
    return (parts, indices) if marks or all(map(is_static, parts)) else split_key(name, parts, x)


def scatter(values: Any, /, *indices: Any, shape: Shape, key: Key) -> Any:
    """Return zeros of `shape` with `values` at `key`, which names no position twice: the adjoint of `getitem`."""
    values = lift(values)
    zeros = zeros_of(shape, dtype=values.dtype, device=values.device)
    return index_set(zeros, values, *indices, key=key)


def writable(name: str, values: Any, x: Any) -> Any:
    """Return the values of a write as a number or a Tensor that `x` can take."""
    values = values if type(values) in SCALARS else _as_tensor(values, x)
    kind = "c" if type(values) is complex else "" if type(values) in SCALARS else values.dtype.kind
    if kind == "c" and x.dtype.kind != "c":
        raise DtypeError(
            f"{name}: expected values that {x.dtype.name} can hold; got complex ones. Write their "
            "gx.real, or make the array complex first"
        )
    # An integer array cannot carry the derivative of the values.
    return astype(values, x.dtype) if x.dtype.kind in "iub" and kind == "f" else values


def _as_tensor(values: Any, x: Any) -> Any:
    """Return values as a Tensor beside `x`; nested lists may hold Tensors."""
    if isinstance(values, (list, tuple)) and holds_tensor(values):
        return stack([_as_tensor(each, x) for each in values])
    if isinstance(values, (list, tuple)) or type(values) in SCALARS:
        return lift(backend_for_device(x.device).asarray(values, device=x.device))
    return lift(values)


def holds_tensor(values: Any) -> bool:
    """Whether `values` is a Tensor, or nested lists with one among them."""
    return isinstance(values, Cell) or (
        isinstance(values, (list, tuple)) and any(map(holds_tensor, values))
    )


def _within(indices: Any, size: int, mode: str) -> Any:
    """Return indices from 0 to below `size`."""
    if mode not in ("wrap", "clip"):
        raise ValueError(f"take: expected mode to be raise, wrap or clip; got {mode!r}")
    if not size:
        return indices
    return remainder(indices, size) if mode == "wrap" else minimum(maximum(indices, 0), size - 1)


def take(x: Any, indices: Any, /, axis: int | None = None, *, mode: str = "raise") -> Any:
    """Return the elements of `x` at `indices` along `axis`; negative indices count from the end.

    Parameters
    ----------
    indices
        Integers of any shape, which takes the place of `axis`.
    axis
        May be left out for a 1-d array.
    mode
        Of an index outside: "raise" an error, "wrap" it round, or "clip" it to the ends, negative ones to the first.

    >>> import gradx as gx
    >>> gx.take(gx.zeros((4, 3)), gx.asarray([0, -1, 0]), axis=0).shape
    (3, 3)
    """
    x = lift(x)
    if axis is None:
        if x.ndim != 1:
            raise ShapeError(f"take: expected an axis for an array of shape {x.shape}; got None")
        axis = 0
    (axis,) = named_axes("take", x, axis)
    chosen = index_array("take", indices, x)
    if mode != "raise":
        chosen = _within(chosen, x.shape[axis], mode)
    try:
        return getitem(x, chosen, key=along(axis, INDEX))
    except IndexError as error:
        raise misfit("take", chosen, x, error) from None


def take_along_axis(x: Any, indices: Any, /, *, axis: int = -1) -> Any:
    """Return `x[..., indices[..., j, ...], ...]` along `axis`: one choice for every other index.

    Parameters
    ----------
    indices
        Integers (negative ones count from the end) of the rank of `x`; the other axes broadcast with it.
    """
    x = lift(x)
    (axis,) = named_axes("take_along_axis", x, axis)
    chosen = index_array("take_along_axis", indices, x)
    if chosen.ndim != x.ndim:
        raise ShapeError(
            f"take_along_axis: expected indices of {x.ndim} dimensions; got shape {chosen.shape}"
        )
    return apply(_take_along_axis, (x, chosen), {"axis": axis})


__all__ = [
    "getitem",
    "holds_tensor",
    "index_add",
    "index_set",
    "scatter",
    "take",
    "take_along_axis",
]

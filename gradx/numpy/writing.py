"""NumPy's functions that write into their first argument, for Tensors: the writes are on the graph.

- An array of another library cannot hold a gradient: to write a Tensor into one is an error.
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import OperandError
from gradx.level import Cell
from gradx.numpy.arguments import positions, refuse, tensor


def _check(name: str, target: Any) -> None:
    if not isinstance(target, Cell):
        raise OperandError(
            f"numpy.{name}: expected a Tensor to write to; got {type(target).__name__}, which cannot hold a gradient. "
            "Make it one with gx.asarray"
        )


def copyto(dst: Any, src: Any, casting: Any = None, where: Any = True) -> None:
    """NumPy's `copyto`: `dst[...] = src`."""
    _check("copyto", dst)
    dst[...] = src if where is True else ops.where(tensor(where), tensor(src), dst)


def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    """NumPy's `put`: values at places of the flattened array."""
    _check("put", a)
    refuse("put", mode=None if mode == "raise" else mode)
    places, values = ops.ravel(tensor(ind)), ops.ravel(tensor(v))
    count = places.shape[0]
    if count:
        a[...] = ops.reshape(
            ops.index_set(ops.ravel(a), _cycled(values, count), key=(places,)), a.shape
        )


def _cycled(values: Any, count: int) -> Any:
    return ops.tile(values, -(-count // values.shape[0]))[:count] if values.shape[0] else values


def place(arr: Any, mask: Any, vals: Any) -> None:
    """NumPy's `place`: the values one after another where `mask` holds."""
    _check("place", arr)
    chosen = positions(arr)[tensor(mask)]
    if chosen.shape[0]:
        put(arr, chosen, vals)


def putmask(a: Any, mask: Any, values: Any) -> None:
    """NumPy's `putmask`: the values that stand where `mask` holds."""
    _check("putmask", a)
    spread = ops.reshape(_cycled(ops.ravel(tensor(values)), a.size), a.shape)
    a[...] = ops.where(tensor(mask), spread, a)


def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    """NumPy's `fill_diagonal`: values along the main diagonal."""
    _check("fill_diagonal", a)
    if a.ndim == 2:
        n = a.shape[1]
        step, stop = n + 1, a.size if wrap else min(a.size, n * n)
    else:
        step, stop = 1 + sum(a.shape[0] ** i for i in range(1, a.ndim)), a.size
    count = len(range(0, stop, step))
    values = _cycled(ops.ravel(tensor(val)), count)
    a[...] = ops.reshape(ops.index_set(ops.ravel(a), values, key=slice(0, stop, step)), a.shape)


def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any) -> None:
    """NumPy's `put_along_axis`: values at the indices of each slice."""
    _check("put_along_axis", arr)
    if axis is None:
        put(arr, indices, values)
        return
    where = ops.take_along_axis(positions(arr), tensor(indices), axis=axis)
    put(arr, where, ops.broadcast_to(tensor(values), where.shape))


__all__ = ["copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask"]

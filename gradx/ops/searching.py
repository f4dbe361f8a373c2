"""Finding elements: indices, which have no derivative."""

from __future__ import annotations

from typing import Any

from gradx.batching import filled, flattened, refused
from gradx.errors import ShapeError
from gradx.ops.indexing import take
from gradx.ops.manipulation import named_axes
from gradx.primitive import constant
from gradx.shapes import size
from gradx.tape import SCALARS, apply, apply_one, bind, lift

_argmax, _argmin = constant("argmax", batch=flattened), constant("argmin", batch=flattened)
_nonzero = constant(
    "nonzero",
    batch=refused("nonzero", "examples have different numbers of elements that are not zero",
                  "Use gx.where(condition, x1, x2), whose result has one size"),
)  # fmt: skip


def _batched_searchsorted(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
    """Search by halving, all examples at once, where each has a sorted array of its own; NaN is the greatest."""
    x, sought = args
    if not batched[0]:
        return bind(card, args, params)
    if x.ndim != 2:
        raise ShapeError(f"searchsorted: expected x1 of shape (n,); got {tuple(x.shape[1:])}")
    single = sought.__class__ in SCALARS
    shape = (n,) if single else (n, *sought.shape[1 if batched[1] else 0 :])
    q = sought if single else xp.reshape(filled(xp, sought, batched[1], n), (n, size(shape[1:])))
    count = x.shape[1]
    low = xp.broadcast_to(xp.arange(1, device=x.device), (n, size(shape[1:])))
    high = low + count
    for _ in range(count.bit_length()):
        middle = (low + high) // 2
        v = xp.take_along_axis(x, xp.minimum(middle, count - 1), axis=1)
        before = (
            ((v < q) | ((q != q) & (v == v))) if params["side"] == "left" else (v <= q) | (q != q)
        )
        before = before & (middle < high)
        low, high = xp.where(before, middle + 1, low), xp.where(before, high, middle)
    return xp.reshape(low, shape)


_searchsorted = constant("searchsorted", batch=_batched_searchsorted)


def argmax(x: Any, /, *, axis: int | None = None, keepdims: bool = False) -> Any:
    """Return the index of the first maximum along `axis`, into the flattened array by default.

    >>> import gradx as gx
    >>> gx.argmax(gx.asarray([[1.0, 3.0], [4.0, 2.0]]), axis=1)
    Tensor([1, 0])
    """
    return _index(_argmax, x, axis, keepdims)


def argmin(x: Any, /, *, axis: int | None = None, keepdims: bool = False) -> Any:
    """Return the index of the first minimum along `axis`, into the flattened array by default."""
    return _index(_argmin, x, axis, keepdims)


def _index(card: Any, x: Any, axis: int | None, keepdims: bool) -> Any:
    x = lift(x)
    if axis is not None:
        (axis,) = named_axes(card.name, x, axis)
    return apply_one(card, x, {"axis": axis, "keepdims": keepdims})


def nonzero(x: Any, /) -> tuple[Any, ...]:
    """Return the indices of the elements that are not zero: one array for each dimension.

    >>> import gradx as gx
    >>> gx.nonzero(gx.asarray([0.0, 2.0, 3.0]))
    (Tensor([1, 2]),)
    """
    return tuple(apply(_nonzero, (lift(x),), {}))


def searchsorted(x1: Any, x2: Any, /, *, side: str = "left", sorter: Any = None) -> Any:
    """Return where the elements of `x2` would be put into `x1`, `(n,)`, to keep it sorted.

    Parameters
    ----------
    side
        Before equal elements ("left") or behind them ("right").
    sorter
        Indices that sort `x1`, if it is not.

    >>> import gradx as gx
    >>> gx.searchsorted(gx.asarray([1.0, 2.0, 3.0]), gx.asarray([2.0, 2.5]))
    Tensor([1, 2])
    """
    if side not in ("left", "right"):
        raise ValueError(f"searchsorted: expected side 'left' or 'right'; got {side!r}")
    x1 = lift(x1) if sorter is None else take(x1, sorter, axis=0)
    return apply(_searchsorted, (x1, x2), {"side": side})


__all__ = ["argmax", "argmin", "nonzero", "searchsorted"]

"""Shapes and the order of axes and elements: what is moved, never computed.

- Every function is linear; a transpose moves the cotangent back where its elements came from.
- `apply_one` is the hot path: one Tensor in, nothing kept. It leaves other levels and bare arrays to `apply`.
- Public functions hand normalised axes and shapes to the cards: tuples, counted from the front.
- Results are new Tensors also where nothing moves: a Tensor is a mutable cell, so it is never handed out twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from operator import index
from typing import Any

from gradx import shapes
from gradx.batching import flattened, permuted, resized, shifted
from gradx.errors import ShapeError
from gradx.level import cell
from gradx.primitive import linear, read_only
from gradx.shapes import Shape, inverse_permutation, normalize_axes
from gradx.tape import apply_one, lift

Axis = int | tuple[int, ...] | None


def owned(x: Any) -> Any:
    """Return `x` marked as no view: NumPy's result of the function that made it has memory of its own."""
    x.lens = None
    return x


_reshape = linear(
    "reshape",
    lambda xp, ct, _y, _x, *, shape: xp.reshape(ct, _x.shape),
    put=lambda base, part, *, shape: reshape(part, base.shape),
    batch=resized,
)
_permute_dims = linear(
    "permute_dims",
    lambda xp, ct, _y, _x, *, axes: xp.permute_dims(ct, inverse_permutation(axes)),
    put=lambda base, part, *, axes: permute_dims(part, inverse_permutation(axes)),
    batch=permuted,
)
# The walk sums a cotangent down to its primal's shape.
_broadcast_to = linear(
    "broadcast_to", lambda xp, ct, _y, _x, *, shape: ct, put=read_only, batch=resized
)
_flip = linear(
    "flip",
    lambda xp, ct, _y, _x, *, axis: xp.flip(ct, axis=axis),
    put=lambda base, part, *, axis: flip(part, axis=axis),
    batch=shifted,
)
_roll = linear(
    "roll",
    lambda xp, ct, _y, _x, *, shift, axis: xp.roll(ct, _negated(shift), axis=axis),
    batch=flattened,
)


def _negated(shift: int | tuple[int, ...]) -> int | tuple[int, ...]:
    return tuple(-s for s in shift) if isinstance(shift, tuple) else -shift


def as_ints(value: Any) -> Shape:
    """Return an int or any sequence of ints as a tuple of Python ints."""
    if isinstance(value, (tuple, list)):
        return tuple([index(n) for n in value])
    return (index(value),) if not getattr(value, "ndim", 0) else tuple([index(n) for n in value])


def named_axes(name: str, x: Any, axis: Any, extra: int = 0) -> tuple[int, ...]:
    """Return `axis` normalised for `x`; the operation's name goes into the error."""
    try:
        return normalize_axes(axis, x.ndim + extra)
    except ShapeError as error:
        raise type(error)(f"{name}: {error}") from None


def reshape(x: Any, /, shape: int | Sequence[int], *, copy: bool | None = None) -> Any:
    """Return the elements of `x` in a new shape; one size may be -1.

    `copy` is taken for the standard's sake: values are immutable, so it makes no difference.

    >>> import gradx as gx
    >>> gx.reshape(gx.zeros(6), (2, -1)).shape
    (2, 3)
    """
    asked = shape if shape.__class__ is tuple else as_ints(shape)
    sizes = _completed(lift(x).size, asked) if -1 in asked else asked
    try:
        return apply_one(_reshape, x, {"shape": sizes})
    except (ValueError, RuntimeError) as error:
        x = lift(x)
        if x.size == prod(sizes):
            raise
        raise ShapeError(
            f"reshape: expected a shape of {x.size} elements for an array of shape {x.shape}; got {asked}"
        ) from error


def _completed(size: int, shape: Shape) -> Shape:
    """Return `shape` with -1 replaced by what is left of `size`."""
    if shape.count(-1) > 1:
        raise ShapeError(f"reshape: expected one size of -1 at most; got {shape}")
    rest = -prod(shape)
    return tuple([(size // rest if rest > 0 else 0) if n == -1 else n for n in shape])


def ravel(x: Any, /) -> Any:
    """Return the elements of `x` as one dimension, in row-major order."""
    return reshape(x, (-1,))


def expand_dims(x: Any, /, axis: int | tuple[int, ...] = 0) -> Any:
    """Insert dimensions of size 1 at `axis`, positions in the result.

    >>> import gradx as gx
    >>> gx.expand_dims(gx.zeros(3), axis=(0, -1)).shape
    (1, 3, 1)
    """
    x = lift(x)
    axes = named_axes("expand_dims", x, axis, len(axis) if isinstance(axis, (tuple, list)) else 1)
    rest = iter(x.shape)
    rank = x.ndim + len(axes)
    return reshape(x, tuple([1 if i in axes else next(rest) for i in range(rank)]))


def squeeze(x: Any, /, axis: int | tuple[int, ...]) -> Any:
    """Remove dimensions of size 1; `ShapeError` where one is larger."""
    x = lift(x)
    axes = named_axes("squeeze", x, axis)
    if any(x.shape[a] != 1 for a in axes):
        raise ShapeError(
            f"squeeze: expected size 1 at axis {axis}; got an array of shape {x.shape}"
        )
    return reshape(x, tuple([n for i, n in enumerate(x.shape) if i not in axes]))


def broadcast_to(x: Any, /, shape: int | Sequence[int]) -> Any:
    """Return `x` broadcast to `shape`. The gradient is summed over what was repeated."""
    shape = shape if shape.__class__ is tuple else as_ints(shape)
    try:
        return apply_one(_broadcast_to, x, {"shape": shape})
    except (ValueError, RuntimeError) as error:
        raise ShapeError(
            f"broadcast_to: expected a shape to which {tuple(lift(x).shape)} broadcasts; got {shape}"
        ) from error


def broadcast_shapes(*shapes_: Shape) -> Shape:
    """Return the shape to which all of the shapes broadcast.

    >>> broadcast_shapes((3, 1), (4,))
    (3, 4)
    """
    try:
        return shapes.broadcast_shapes(*shapes_)
    except ShapeError as error:
        raise ShapeError(f"broadcast_shapes: {error}") from None


def broadcast_arrays(*arrays: Any) -> tuple[Any, ...]:
    """Return all arrays broadcast to their common shape."""
    lifted = [lift(x) for x in arrays]
    shape = broadcast_shapes(*(x.shape for x in lifted))
    return tuple([
        cell(x.data, x.level, x.aux) if x.shape == shape else broadcast_to(x, shape) for x in lifted
    ])  # fmt: skip


# ---------------------------------------------------------------- order of axes and elements


def permute_dims(x: Any, /, axes: Sequence[int]) -> Any:
    """Return `x` with its dimensions in the order `axes`."""
    if axes.__class__ is not tuple or min(axes, default=0) < 0:
        axes = as_ints(axes)
        axes = tuple([a + len(axes) if a < 0 else a for a in axes])
    try:
        return apply_one(_permute_dims, x, {"axes": axes})
    except (ValueError, RuntimeError, IndexError) as error:
        rank = lift(x).ndim
        if sorted(axes) == list(range(rank)):
            raise
        raise ShapeError(
            f"permute_dims: expected a permutation of {rank} axes; got {axes}"
        ) from error


def transpose(x: Any, /, axes: Sequence[int] | None = None) -> Any:
    """Return `x` with its dimensions reversed, or in the order `axes`."""
    if axes is None:
        if not hasattr(x, "ndim"):
            x = lift(x)
        return apply_one(_permute_dims, x, {"axes": tuple(range(x.ndim))[::-1]})
    return permute_dims(x, axes)


def matrix_transpose(x: Any, /) -> Any:
    """Swap the last two dimensions: `(..., m, n)` to `(..., n, m)`."""
    x = lift(x)
    n = x.ndim
    if n < 2:
        raise ShapeError(f"matrix_transpose: expected at least 2 dimensions; got shape {x.shape}")
    return apply_one(_permute_dims, x, {"axes": (*range(n - 2), n - 1, n - 2)})


def moveaxis(x: Any, source: int | tuple[int, ...], destination: int | tuple[int, ...], /) -> Any:
    """Move dimensions `source` to the positions `destination`; the others keep their order.

    >>> import gradx as gx
    >>> gx.moveaxis(gx.zeros((2, 3, 4)), 0, -1).shape
    (3, 4, 2)
    """
    x = lift(x)
    here, there = named_axes("moveaxis", x, source), named_axes("moveaxis", x, destination)
    if len(here) != len(there):
        raise ShapeError(
            f"moveaxis: expected as many destinations as sources; got {destination} for {source}"
        )
    moved = dict(zip(there, here, strict=True))
    rest = iter([a for a in range(x.ndim) if a not in here])
    axes = [moved[a] if a in moved else next(rest) for a in range(x.ndim)]
    return apply_one(_permute_dims, x, {"axes": tuple(axes)})


def swapaxes(x: Any, axis1: int, axis2: int, /) -> Any:
    """Exchange two dimensions."""
    x = lift(x)
    (a,), (b,) = named_axes("swapaxes", x, axis1), named_axes("swapaxes", x, axis2)
    axes = list(range(x.ndim))
    axes[a], axes[b] = b, a
    return apply_one(_permute_dims, x, {"axes": tuple(axes)})


def flip(x: Any, /, *, axis: Axis = None) -> Any:
    """Reverse the order of elements along `axis`, along all axes by default."""
    x = lift(x)
    return apply_one(_flip, x, {"axis": named_axes("flip", x, axis)})


def roll(x: Any, /, shift: int | tuple[int, ...], *, axis: Axis = None) -> Any:
    """Shift elements cyclically along `axis`; the flattened array by default."""
    x = lift(x)
    if axis is not None:
        axis = as_ints(axis)  # an axis may come twice: the shifts add up
        axis = tuple([named_axes("roll", x, a)[0] for a in axis])
        shift = as_ints(shift)
        shift = shift * len(axis) if len(shift) == 1 else shift
    else:
        shift = sum(as_ints(shift))
    return apply_one(_roll, x, {"shift": shift, "axis": axis})


__all__ = ["broadcast_arrays", "broadcast_shapes", "broadcast_to", "expand_dims", "flip", "matrix_transpose",
           "moveaxis", "permute_dims", "ravel", "reshape", "roll", "squeeze", "swapaxes", "transpose"]  # fmt: skip

"""Joining arrays, and taking one apart along an axis.

- The standard's `concat` and `stack` take one list; the cards take the arrays one by one, so that each has a node.
- A tangent or cotangent that is missing counts as zeros by structure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradx.backend import namespaces
from gradx.batching import joined, shifted
from gradx.errors import ShapeError
from gradx.level import share
from gradx.ops.manipulation import named_axes, ravel
from gradx.primitive import linear, primitive
from gradx.shapes import Shape, along
from gradx.tape import apply, lift


def _xp(arrays: Sequence[Any]) -> Any:
    return namespaces[type(arrays[0])]


def _with_zeros(xp: Any, tangents: Sequence[Any], inputs: Sequence[Any]) -> list[Any]:
    return [xp.zeros_like(x) if t is None else t for t, x in zip(tangents, inputs, strict=True)]


_concat = primitive("concat", masks=True, batch=joined)
_concat.implementation = lambda *arrays, axis, sizes: _xp(arrays).concat(list(arrays), axis=axis)


@_concat.vjp
def _concat_vjp(xp: Any, ct: Any, _y: Any, *_arrays: Any, axis: int, sizes: Shape) -> list[Any]:
    parts, start = [], 0
    for array, size in zip(_arrays, sizes, strict=True):
        piece = along(axis, slice(start, start + size))
        parts.append(None if array is None else xp.getitem(ct, key=piece))
        start += size
    return parts


@_concat.jvp
def _concat_jvp(xp: Any, tangents: Any, y: Any, *arrays: Any, axis: int, sizes: Shape) -> Any:
    return xp.concat(_with_zeros(xp, tangents, arrays), axis=axis)


_stack = primitive("stack", masks=True, batch=joined)
_stack.implementation = lambda *arrays, axis: _xp(arrays).stack(list(arrays), axis=axis)


@_stack.vjp
def _stack_vjp(xp: Any, ct: Any, _y: Any, *_arrays: Any, axis: int) -> Any:
    return xp.unstack(ct, axis=axis)


@_stack.jvp
def _stack_jvp(xp: Any, tangents: Any, y: Any, *arrays: Any, axis: int) -> Any:
    return xp.stack(_with_zeros(xp, tangents, arrays), axis=axis)


def _stack_back(xp: Any, cts: Sequence[Any], _y: Any, _x: Any, *, axis: int) -> Any:
    zeros = xp.zeros_like(next(ct for ct in cts if ct is not None))
    return xp.stack([zeros if ct is None else ct for ct in cts], axis=axis)


_unstack = linear("unstack", _stack_back, masks=True, batch=shifted)


def concat(arrays: Sequence[Any], /, *, axis: int | None = 0) -> Any:
    """Join arrays along an axis that is there; flattened first if `axis` is None.

    >>> import gradx as gx
    >>> gx.concat([gx.zeros((2, 1)), gx.zeros((2, 3))], axis=1).shape
    (2, 4)
    """
    parts = [lift(x) for x in arrays]
    if not parts:
        raise ShapeError("concat: expected at least one array; got none")
    if axis is None:
        parts, axis = [ravel(x) for x in parts], 0
    (axis,) = named_axes("concat", parts[0], axis)
    ranks = {x.ndim for x in parts}
    if len(ranks) > 1:
        raise ShapeError(
            f"concat: expected arrays of as many dimensions; got shapes {_shapes(parts)}"
        )
    sizes = tuple([x.shape[axis] for x in parts])
    try:
        return apply(_concat, tuple(parts), {"axis": axis, "sizes": sizes})
    except (ValueError, RuntimeError) as error:
        if len({x.shape[:axis] + x.shape[axis + 1 :] for x in parts}) == 1:
            raise
        raise ShapeError(
            f"concat: expected sizes that agree beside axis {axis}; got shapes {_shapes(parts)}"
        ) from error


def _shapes(parts: Sequence[Any]) -> str:
    return ", ".join(str(x.shape) for x in parts)


def stack(arrays: Sequence[Any], /, *, axis: int = 0) -> Any:
    """Join arrays of one shape along a new axis.

    >>> import gradx as gx
    >>> gx.stack([gx.zeros(3), gx.ones(3)], axis=-1).shape
    (3, 2)
    """
    parts = tuple([lift(x) for x in arrays])
    if not parts:
        raise ShapeError("stack: expected at least one array; got none")
    if len({x.shape for x in parts}) > 1:
        raise ShapeError(f"stack: expected arrays of one shape; got {_shapes(parts)}")
    (axis,) = named_axes("stack", parts[0], axis, 1)
    return apply(_stack, parts, {"axis": axis})


def unstack(x: Any, /, *, axis: int = 0) -> tuple[Any, ...]:
    """Split `x` along `axis` into a tuple of arrays that lack it."""
    x = lift(x)
    if not x.ndim:
        raise ShapeError("unstack: expected at least one dimension; got a 0-d array")
    (axis,) = named_axes("unstack", x, axis)
    if not x.shape[axis]:
        return ()
    parts = apply(_unstack, (x,), {"axis": axis})
    share(parts, x)
    return parts


__all__ = ["concat", "stack", "unstack"]

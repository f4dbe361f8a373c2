"""Shapes built of reads, writes and joins: padding, triangles, diagonals, grids, repeats.

- All but `tril` and `triu` are plain functions of the families below.
- Results have memory of their own, as NumPy's do: none counts as a view.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import index
from typing import Any

from gradx.batching import leading, refused
from gradx.errors import ShapeError
from gradx.level import share
from gradx.ops.arithmetic import subtract
from gradx.ops.creation import full, zeros
from gradx.ops.indexing import getitem, index_set, take
from gradx.ops.joining import concat
from gradx.ops.keys import index_array
from gradx.ops.manipulation import (
    as_ints,
    broadcast_shapes,
    broadcast_to,
    flip,
    named_axes,
    owned,
    permute_dims,
    ravel,
    reshape,
    swapaxes,
)
from gradx.primitive import constant, linear
from gradx.shapes import along
from gradx.tape import apply, apply_one, lift

_tril = linear("tril", lambda xp, ct, _y, _x, *, k: xp.tril(ct, k=k), masks=True, batch=leading)
_triu = linear("triu", lambda xp, ct, _y, _x, *, k: xp.triu(ct, k=k), masks=True, batch=leading)
_repeat_positions = constant(
    "repeat",
    batch=refused("repeat", "the counts of different examples would give results of different sizes",
                  "Repeat by one number, or by counts that all examples share"),
)  # fmt: skip


def tril(x: Any, /, *, k: int = 0) -> Any:
    """Return the lower triangle of matrices `(..., m, n)`: zero above the `k`-th diagonal."""
    return _triangle("tril", _tril, x, k)


def triu(x: Any, /, *, k: int = 0) -> Any:
    """Return the upper triangle of matrices `(..., m, n)`: zero below the `k`-th diagonal."""
    return _triangle("triu", _triu, x, k)


def _triangle(name: str, card: Any, x: Any, k: int) -> Any:
    x = lift(x)
    if x.ndim < 2:
        raise ShapeError(f"{name}: expected at least 2 dimensions; got shape {x.shape}")
    return apply_one(card, x, {"k": index(k)})


def diag(x: Any, /, k: int = 0) -> Any:
    """Return the matrix with `x` `(n,)` on its `k`-th diagonal, or the `k`-th diagonal of `x` `(m, n)`.

    >>> import gradx as gx
    >>> gx.diag(gx.ones(3), k=1).shape, gx.diag(gx.ones((3, 5)), k=-1).shape
    ((4, 4), (2,))
    """
    x = lift(x)
    if x.ndim == 2:
        m, n = x.shape
        y = owned(getitem(ravel(x), key=(_diagonal(m, n, k),)))
        share((y,), x)
        return y
    if x.ndim != 1:
        raise ShapeError(f"diag: expected 1 or 2 dimensions; got shape {x.shape}")
    n = x.shape[0] + abs(k)
    flat = zeros(n * n, dtype=x.dtype, device=x.device)
    return owned(reshape(index_set(flat, x, key=(_diagonal(n, n, k),)), (n, n)))


def _diagonal(m: int, n: int, k: int) -> slice:
    """Return where the `k`-th diagonal of an `(m, n)` matrix lies in its elements, row by row."""
    length = max(0, min(m, n - k) if k >= 0 else min(m + k, n))
    start = k if k >= 0 else -k * n
    return slice(start, start + (length - 1) * (n + 1) + 1 if length else start, n + 1)


def meshgrid(*arrays: Any, indexing: str = "xy") -> tuple[Any, ...]:
    """Return coordinate arrays of the grid that 1-d `arrays` span.

    Parameters
    ----------
    indexing
        "ij": shape `(n0, n1, ...)`; "xy": the first two exchanged, `(n1, n0, ...)`.
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid: expected indexing 'xy' or 'ij'; got {indexing!r}")
    axes = [ravel(x) for x in arrays]
    rank = len(axes)
    place = list(range(rank))
    if indexing == "xy" and rank > 1:
        place[:2] = [1, 0]
    columns = [
        reshape(x, (1,) * p + (-1 if x.size else 0,) + (1,) * (rank - p - 1))
        for x, p in zip(axes, place)
    ]
    shape = broadcast_shapes(*(x.shape for x in columns))
    return tuple([owned(broadcast_to(x, shape)) for x in columns])


def diff(x: Any, /, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Return the `n`-th differences of neighbours along `axis`; by position, in NumPy's order.

    Parameters
    ----------
    prepend, append
        Arrays to join on at the ends first.
    """
    x = lift(x)
    (axis,) = named_axes("diff", x, axis)
    if n < 0:
        raise ValueError(f"diff: expected n of at least 0; got {n}")
    parts = [lift(part) for part in (prepend, x, append) if part is not None]
    x = concat(parts, axis=axis) if len(parts) > 1 else x
    later, earlier = along(axis, slice(1, None)), along(axis, slice(None, -1))
    for _ in range(n):
        x = subtract(getitem(x, key=later), getitem(x, key=earlier))
    return x


# ---------------------------------------------------------------- repeats


def repeat(x: Any, repeats: Any, /, *, axis: int | None = None) -> Any:
    """Repeat each element along `axis` (of the flattened array if None).

    Parameters
    ----------
    repeats
        A number, or integers `(k,)`: one for each of the `k` elements along `axis`.
    """
    x = ravel(x) if axis is None else lift(x)
    (axis,) = named_axes("repeat", x, axis or 0)
    if isinstance(repeats, (list, tuple)) and len(repeats) == 1:
        (repeats,) = repeats
    if isinstance(repeats, (list, tuple)) or bool(getattr(repeats, "ndim", 0)):
        positions = index_array("repeat", range(x.shape[axis]), x)
        counts = broadcast_to(index_array("repeat", repeats, x), (x.shape[axis],))
        return take(x, apply(_repeat_positions, (positions, counts), {}), axis=axis)
    count = index(repeats)
    if count < 0:
        raise ShapeError(f"repeat: expected a number of at least 0; got {count}")
    head, size, tail = x.shape[:axis], x.shape[axis], x.shape[axis + 1 :]
    wide = broadcast_to(reshape(x, (*head, size, 1, *tail)), (*head, size, count, *tail))
    return owned(reshape(wide, (*head, size * count, *tail)))


def tile(x: Any, repetitions: int | Sequence[int], /) -> Any:
    """Lay copies of `x` side by side, `repetitions` of them along each (trailing) axis.

    >>> import gradx as gx
    >>> gx.tile(gx.zeros((2, 3)), (2, 1, 2)).shape
    (2, 2, 6)
    """
    x = lift(x)
    counts = as_ints(repetitions)
    rank = max(x.ndim, len(counts))
    counts = (1,) * (rank - len(counts)) + counts
    sizes = (1,) * (rank - x.ndim) + x.shape
    split = tuple([n for size in sizes for n in (1, size)])
    wide = tuple([n for pair in zip(counts, sizes) for n in pair])
    total = tuple([count * size for count, size in zip(counts, sizes)])
    return owned(reshape(broadcast_to(reshape(x, split), wide), total))


# ---------------------------------------------------------------- padding


def pad(x: Any, pad_width: Any, /, mode: str = "constant", *, constant_values: Any = 0) -> Any:
    """Make `x` larger at its ends.

    Parameters
    ----------
    pad_width
        A number for all ends, a pair `(before, after)` for all axes, or a pair for each axis.
    mode
        "constant"; "edge" repeats the last element; "reflect" mirrors about it, "symmetric" about the
        edge behind it; "wrap" goes round.
    constant_values
        A number or a 0-d array, differentiable too.

    >>> import gradx as gx
    >>> gx.pad(gx.asarray([1.0, 2.0, 3.0]), (2, 1), "reflect").shape
    (6,)
    """
    x = lift(x)
    widths = _pad_widths(pad_width, x.ndim)
    if mode == "constant":
        return _pad_constant(x, widths, constant_values)
    if mode not in _SOURCES:
        raise ValueError(
            f"pad: expected mode 'constant', 'edge', 'reflect', 'symmetric' or 'wrap'; got {mode!r}"
        )
    for axis, (before, after) in enumerate(widths):
        if before or after:
            x = _pad_axis(x, axis, before, after, mode)
    return x


def _pad_widths(pad_width: Any, rank: int) -> tuple[tuple[int, int], ...]:
    pairs = pad_width.tolist() if hasattr(pad_width, "tolist") else pad_width
    if isinstance(pairs, int):
        pairs = (pairs, pairs)
    pairs = [pairs] * rank if len(pairs) == 2 and isinstance(pairs[0], int) else list(pairs)
    if len(pairs) == 1:
        pairs = pairs * rank
    ends = [as_ints(pair) for pair in pairs]
    ends = [pair * 2 if len(pair) == 1 else pair for pair in ends]
    if len(ends) != rank or any(len(pair) != 2 or min(pair) < 0 for pair in ends):
        raise ShapeError(
            f"pad: expected a pair of widths of at least 0 for each of {rank} dimensions; got {pad_width}"
        )
    return tuple([(before, after) for before, after in ends])


def _pad_constant(x: Any, widths: tuple[tuple[int, int], ...], value: Any) -> Any:
    shape = tuple([before + n + after for n, (before, after) in zip(x.shape, widths)])
    place = tuple([slice(before, before + n) for n, (before, _) in zip(x.shape, widths)])
    return index_set(full(shape, value, dtype=x.dtype, device=x.device), x, key=place)


def _reflected(i: int, n: int) -> int:
    i %= 2 * n - 2 or 1
    return i if i < n else 2 * n - 2 - i


_SOURCES: dict[str, Callable[[int, int], int]] = {
    "edge": lambda i, n: min(max(i, 0), n - 1),
    "reflect": _reflected,
    "symmetric": lambda i, n: min(i % (2 * n), 2 * n - 1 - i % (2 * n)),
    "wrap": lambda i, n: i % n,
}


def _pad_axis(x: Any, axis: int, before: int, after: int, mode: str) -> Any:
    n = x.shape[axis]
    if not n:
        raise ShapeError(
            f"pad: expected elements to pad with in mode {mode!r}; got shape {x.shape}"
        )
    source = _SOURCES[mode]
    parts = [
        *_runs(x, axis, [source(i, n) for i in range(-before, 0)]),
        x,
        *_runs(x, axis, [source(i, n) for i in range(n, n + after)]),
    ]
    return concat(parts, axis=axis)


def _runs(x: Any, axis: int, places: list[int]) -> list[Any]:
    """Return `x` at `places` along `axis` as slices, one for each run of neighbours."""
    pieces = []
    while places:
        step = places[1] - places[0] if len(places) > 1 else 1
        length = 1
        while length < len(places) and places[length] - places[length - 1] == step:
            length += 1
        first, stop = places[0], places[0] + length * step
        run = slice(first, stop if stop >= 0 else None, step) if step else slice(first, first + 1)
        piece = getitem(x, key=along(axis, run))
        if not step:
            piece = broadcast_to(piece, (*x.shape[:axis], length, *x.shape[axis + 1 :]))
        pieces.append(piece)
        places = places[length:]
    return pieces


# ---------------------------------------------------------------- the rest


def rot90(x: Any, /, k: int = 1, *, axes: tuple[int, int] = (0, 1)) -> Any:
    """Turn by `k` quarters, from the first of `axes` towards the second."""
    x = lift(x)
    a, b = named_axes("rot90", x, axes)
    quarter = k % 4
    if quarter == 0:
        return permute_dims(x, tuple(range(x.ndim)))
    if quarter == 2:
        return flip(x, axis=(a, b))
    return swapaxes(flip(x, axis=b), a, b) if quarter == 1 else flip(swapaxes(x, a, b), axis=b)


def atleast_nd(x: Any, /, *, ndim: int) -> Any:
    """Return `x` with at least `ndim` dimensions: ones put before its shape."""
    x = lift(x)
    return reshape(x, (1,) * max(0, ndim - x.ndim) + x.shape)


__all__ = [
    "atleast_nd",
    "diag",
    "diff",
    "meshgrid",
    "pad",
    "repeat",
    "rot90",
    "tile",
    "tril",
    "triu",
]

"""Arithmetic on shapes: tuples of ints in, tuples of ints out.

- Knows no array and no library.
- Raises `ShapeError` with the bare reason; the operation's name is added by the caller.
"""

from collections.abc import Iterable
from math import prod
from typing import Any

from gradx.errors import AxisError, ShapeError

Shape = tuple[int, ...]


def broadcast_shapes(*shapes: Shape) -> Shape:
    """Return the shape to which all of `shapes` broadcast.

    >>> broadcast_shapes((3, 1), (4,))
    (3, 4)
    """
    rank = max((len(shape) for shape in shapes), default=0)
    padded = [(1,) * (rank - len(shape)) + tuple(shape) for shape in shapes]
    result = []
    for sizes in zip(*padded, strict=True):
        distinct = {size for size in sizes if size != 1}
        if len(distinct) > 1:
            raise ShapeError(f"shapes {', '.join(map(str, shapes))} do not broadcast")
        result.append(distinct.pop() if distinct else 1)
    return tuple(result)


def summed_axes(wide: Shape, narrow: Shape) -> tuple[int, ...] | None:
    """Return the axes of `wide` that undo a broadcast from `narrow`; None if there was no such broadcast.

    >>> summed_axes((5, 3, 4), (3, 1))
    (0, 2)
    """
    lead = len(wide) - len(narrow)
    if lead < 0:
        return None
    axes = list(range(lead))
    for axis, (big, small) in enumerate(zip(wide[lead:], narrow, strict=True), lead):
        if big != small:
            if small != 1:
                return None
            axes.append(axis)
    return tuple(axes)


def normalize_axis(axis: int, rank: int) -> int:
    """Return `axis` counted from the front.

    >>> normalize_axis(-1, 3)
    2
    """
    if not -rank <= axis < rank:
        raise AxisError(f"axis {axis} is out of range for an array of {rank} dimensions")
    return axis + rank if axis < 0 else axis


def normalize_axes(axis: int | Iterable[int] | None, rank: int) -> tuple[int, ...]:
    """Return `axis` (an int, several, or None for all) as a tuple counted from the front.

    >>> normalize_axes((-1, 0), 3)
    (2, 0)
    """
    if axis is None:
        return tuple(range(rank))
    if isinstance(axis, int):
        return (normalize_axis(axis, rank),)
    axes = tuple(normalize_axis(a, rank) for a in axis)
    if len(set(axes)) != len(axes):
        raise ShapeError(f"axis {axis} names an axis twice")
    return axes


def kept_shape(shape: Shape, axes: tuple[int, ...]) -> Shape:
    """Return `shape` with each of `axes` set to 1: a reduction's shape under `keepdims=True`.

    >>> kept_shape((2, 3, 4), (0, 2))
    (1, 3, 1)
    """
    return tuple(1 if axis in axes else size for axis, size in enumerate(shape))


def inverse_permutation(axes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the permutation that undoes `axes`.

    >>> inverse_permutation((2, 0, 1))
    (1, 2, 0)
    """
    return tuple(sorted(range(len(axes)), key=axes.__getitem__))


def along(axis: int, part: Any) -> tuple[Any, ...]:
    """Return the key that reads `part`, an index or a slice, along `axis`.

    >>> along(1, 0)
    (slice(None, None, None), 0)
    """
    return (*[slice(None)] * axis, part)


def row_major(shape: Shape) -> Shape:
    """Return the strides of an array of `shape` that lies in row-major order, in elements.

    >>> row_major((2, 3, 4))
    (12, 4, 1)
    """
    strides, step = [], 1
    for n in reversed(shape):
        strides.append(step)
        step *= n
    return tuple(reversed(strides))


def reshaped_strides(shape: Shape, strides: Shape, new: Shape) -> Shape | None:
    """Return the strides of the view of shape `new`; None where there is no such view, and NumPy copies.

    >>> reshaped_strides((2, 3), (3, 1), (6,)), reshaped_strides((3, 2), (1, 3), (6,))
    ((1,), None)
    """
    if 0 in shape:
        return row_major(new)
    old = [(n, step) for n, step in zip(shape, strides, strict=True) if n != 1]
    result: list[int] = []
    i = j = 0
    while i < len(new):
        if new[i] == 1:
            result.append(0)
            i += 1
            continue
        first, (have, step), want = i, old[j], new[i]
        while have != want:  # the least numbers of old and of new axes that span the same elements
            if want < have:
                i += 1
                want *= new[i]
            else:
                j += 1
                if step != old[j][0] * old[j][1]:
                    return None
                have, step = have * old[j][0], old[j][1]
        result.extend(step * inner for inner in row_major(new[first : i + 1]))
        i, j = i + 1, j + 1
    return tuple(result)


def size(shape: Shape) -> int:
    """Return the number of elements of an array of this shape.

    >>> size((2, 3))
    6
    """
    return prod(shape)

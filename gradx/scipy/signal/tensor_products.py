"""`scipy.signal`: convolution in any number of dimensions.

- One product of matrices: the windows of one array by the flattened other. Linear in both, so exact to any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.numpy.arguments import axis_of, tensor

Axes = Sequence[Sequence[int]]


def convolve(
    A: Any, B: Any, axes: Axes | None = None, dot_axes: Axes = ((), ()), mode: str = "full"
) -> Any:
    """Convolve along pairs of axes.

    Parameters
    ----------
    A, B
        Of any dimensions, `n` and `m` elements along a pair of convolved axes.
    axes
        Two lists: those of `A` and of `B` that are convolved with each other; all of them by default.
    dot_axes
        Two lists: those over which products are summed, as by `tensordot`.
    mode
        "full": `n + m - 1` elements; "same": the middle `n`; "valid": the `|n - m| + 1` without a margin.

    Returns
    -------
    Tensor
        Its axes: those of `A` that are left, those of `B` that are left, the convolved ones.

    Raises
    ------
    ShapeError
        If in mode "valid" neither array is the larger one along all convolved axes.

    >>> import gradx as gx
    >>> images, filters = gx.ones((8, 3, 10, 10)), gx.ones((3, 5, 4, 4))
    >>> axes, dot_axes = ([2, 3], [2, 3]), ([1], [0])
    >>> gx.scipy.signal.convolve(images, filters, axes, dot_axes, mode="valid").shape
    (8, 5, 7, 7)
    """
    if mode not in ("full", "same", "valid"):
        raise ValueError(f"signal.convolve: expected mode 'full', 'same' or 'valid'; got {mode!r}")
    a, b = tensor(A), tensor(B)
    if axes is None:
        axes = (range(a.ndim), range(b.ndim))
    a, left = _grouped(a, axes[0], dot_axes[0])
    b, right = _grouped(b, axes[1], dot_axes[1])
    count, dots = len(tuple(axes[0])), len(tuple(dot_axes[0]))
    sizes_a, sizes_b = a.shape[a.ndim - count :], b.shape[b.ndim - count :]
    if mode == "valid" and any(n < m for n, m in zip(sizes_a, sizes_b, strict=True)):
        if any(n > m for n, m in zip(sizes_a, sizes_b, strict=True)):
            raise ShapeError(
                "signal.convolve: expected one array to be the larger along all convolved axes; got sizes "
                f"{sizes_a} and {sizes_b}"
            )
        y = _slide(
            b, a, count, dots, mode
        )  # (right, left, convolved): commutative but for the order of axes
        return ops.permute_dims(
            y,
            (
                *range(right, right + left),
                *range(right),
                *range(right + left, right + left + count),
            ),
        )
    return _slide(a, b, count, dots, mode)


def _grouped(x: Any, axes: Sequence[int], dots: Sequence[int]) -> tuple[Any, int]:
    """Return `x` with its axes as (left, summed, convolved), and how many are left."""
    convolved = [axis_of("signal.convolve", axis, x.ndim) for axis in axes]
    summed = [axis_of("signal.convolve", axis, x.ndim) for axis in dots]
    left = [axis for axis in range(x.ndim) if axis not in convolved and axis not in summed]
    return ops.permute_dims(x, (*left, *summed, *convolved)), len(left)


def _slide(a: Any, b: Any, count: int, dots: int, mode: str) -> Any:
    """Multiply the windows of `a` by `b`: both grouped, the result (left of a, left of b, convolved)."""
    left_a, left_b = a.ndim - count - dots, b.ndim - count - dots
    sizes, kernel = a.shape[a.ndim - count :], b.shape[b.ndim - count :]
    if mode == "valid":
        margins = [(0, 0)] * count
    elif mode == "full":
        margins = [(m - 1, m - 1) for m in kernel]
    else:
        margins = [(m // 2, (m - 1) // 2) for m in kernel]
    a = ops.pad(a, [(0, 0)] * (a.ndim - count) + margins)
    out = [n + sum(pair) - m + 1 for n, m, pair in zip(sizes, kernel, margins, strict=True)]
    windows = ops.stack(
        [
            a[
                (
                    ...,
                    *[
                        slice(m - 1 - k, m - 1 - k + n)
                        for k, m, n in zip(place, kernel, out, strict=True)
                    ],
                )
            ]
            for place in product(*map(range, kernel))
        ],
        axis=-1,
    )
    b = ops.reshape(b, (*b.shape[: left_b + dots], prod(kernel)))
    summed = (range(left_a, left_a + dots), range(left_b, left_b + dots))
    y = ops.tensordot(
        windows,
        b,
        axes=((*summed[0], windows.ndim - 1), (*summed[1], b.ndim - 1)),
    )
    order = (*range(left_a), *range(left_a + count, y.ndim), *range(left_a, left_a + count))
    return ops.permute_dims(y, order)


__all__ = ["convolve"]

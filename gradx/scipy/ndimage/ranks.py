"""Filters by rank, and grey morphology: the least, the greatest, or a ranked element of each window.

- Minima and maxima share a cotangent equally among equal elements; a rank goes to one element, by a stable order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from gradx import ops
from gradx.errors import ShapeError
from gradx.numpy.arguments import ints
from gradx.scipy.arrays import constant, floating, values_of
from gradx.scipy.ndimage.arguments import each, finished, image, which, with_margins
from gradx.scipy.windows import windows_of
from gradx.transforms.batch import vmap


class _Windows(NamedTuple):
    """Windows along the last axis, `(..., k)`, and the dtype of the result."""

    values: Any
    dtype: Any


def _windows(name: str, input: Any, size: Any, footprint: Any, mode: Any, cval: Any, origin: Any, axes: Any,
             turned: bool = False, added: Any = None) -> _Windows:  # fmt: skip
    """Return the elements under the footprint on each element, `added` to them."""
    x, dtype = image(name, input)
    axes = which(name, axes, x.ndim)
    mask = None if footprint is None else values_of(footprint).astype(bool)
    if mask is not None:
        sizes: tuple[int, ...] = mask.shape
    elif added is not None:
        sizes = added.shape
    elif size is None:
        raise ValueError(f"{name}: expected a size, a footprint or a structure; got none")
    else:
        sizes = tuple(ints([int(n) for n in each(name, "size", size, len(axes))]))
    if (
        len(sizes) != len(axes)
        or min(sizes, default=1) < 1
        or (mask is not None and not mask.any())
    ):
        raise ShapeError(
            f"{name}: expected a window of {len(axes)} dimensions, not empty; got sizes {sizes}"
        )
    origins, modes = (
        each(name, what, v, len(axes)) for what, v in (("origin", origin), ("mode", mode))
    )
    if turned:
        mask = None if mask is None else mask[(slice(None, None, -1),) * mask.ndim]
        added = None if added is None else ops.flip(added)
        origins = [-o - (1 - n % 2) for o, n in zip(origins, sizes)]
    wide = with_margins(name, x, sizes, origins, modes, cval, axes)
    return _Windows(_under(wide, axes, sizes, mask, added), dtype)


def _under(wide: Any, axes: tuple[int, ...], sizes: tuple[int, ...], mask: Any, added: Any) -> Any:
    """Return the windows along these axes, `(..., k)`, the elements of `added` added where they are."""
    every = [1] * wide.ndim
    for axis, n in zip(axes, sizes):
        every[axis] = n
    order = tuple(sorted(range(len(axes)), key=lambda i: axes[i]))
    mask = None if mask is None else mask.transpose(order).reshape(-1)
    found = windows_of(wide, tuple(every), mask)
    if added is None:
        return found
    flat = ops.reshape(ops.permute_dims(added, order), (-1,))
    if mask is not None:
        flat = ops.take(flat, constant([i for i, m in enumerate(mask) if m], wide, "int64"))
    return found + flat


def _extreme(name: str, reduce: Any, input: Any, size: Any, footprint: Any, output: Any, mode: Any, cval: Any,
             origin: Any, axes: Any) -> Any:  # fmt: skip
    windows = _windows(name, input, size, footprint, mode, cval, origin, axes)
    return finished(name, reduce(windows.values, axis=-1), windows.dtype, output)


def minimum_filter(input: Any, size: Any = None, footprint: Any = None, output: Any = None, mode: Any = "reflect",
                   cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:  # fmt: skip
    """The least element of each window, of these sizes or under a footprint.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.minimum_filter(gx.asarray([3.0, 1.0, 2.0]), 2)
    Tensor([3., 1., 1.])
    """
    return _extreme(
        "ndimage.minimum_filter", ops.min, input, size, footprint, output, mode, cval, origin, axes
    )


def maximum_filter(input: Any, size: Any = None, footprint: Any = None, output: Any = None, mode: Any = "reflect",
                   cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:  # fmt: skip
    """The greatest element of each window.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.maximum_filter(gx.asarray([3.0, 1.0, 2.0]), 3)
    Tensor([3., 3., 2.])
    """
    return _extreme(
        "ndimage.maximum_filter", ops.max, input, size, footprint, output, mode, cval, origin, axes
    )


def minimum_filter1d(input: Any, size: int, axis: int = -1, output: Any = None, mode: str = "reflect", cval: Any = 0.0,
                     origin: int = 0) -> Any:  # fmt: skip
    """`minimum_filter` along one axis.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.minimum_filter1d(gx.ones((4, 5)), 3).shape
    (4, 5)
    """
    return minimum_filter(input, (size,), None, output, mode, cval, origin, axes=(axis,))


def maximum_filter1d(input: Any, size: int, axis: int = -1, output: Any = None, mode: str = "reflect", cval: Any = 0.0,
                     origin: int = 0) -> Any:  # fmt: skip
    """`maximum_filter` along one axis.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.maximum_filter1d(gx.ones((4, 5)), 3).shape
    (4, 5)
    """
    return maximum_filter(input, (size,), None, output, mode, cval, origin, axes=(axis,))


def _ranked(name: str, input: Any, rank_of: Any, size: Any, footprint: Any, output: Any, mode: Any, cval: Any,
            origin: Any, axes: Any) -> Any:  # fmt: skip
    windows = _windows(name, input, size, footprint, mode, cval, origin, axes)
    count = windows.values.shape[-1]
    rank = rank_of(count)
    if not 0 <= rank < count:
        raise ValueError(f"{name}: expected a rank of {count} elements; got {rank}")
    y = (
        ops.min(windows.values, axis=-1)
        if rank == 0
        else ops.max(windows.values, axis=-1)
        if rank == count - 1
        else None
    )
    y = ops.sort(windows.values, axis=-1)[..., rank] if y is None else y
    return finished(name, y, windows.dtype, output)


def rank_filter(input: Any, rank: int, size: Any = None, footprint: Any = None, output: Any = None,
                mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:  # fmt: skip
    """The element of a rank, from 0, in each window; a negative rank counts from the greatest.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.rank_filter(gx.asarray([3.0, 1.0, 2.0]), 1, 3)
    Tensor([3., 2., 2.])
    """
    return _ranked("ndimage.rank_filter", input, lambda n: rank + n if rank < 0 else rank, size, footprint, output,
                   mode, cval, origin, axes)  # fmt: skip


def median_filter(input: Any, size: Any = None, footprint: Any = None, output: Any = None, mode: Any = "reflect",
                  cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:  # fmt: skip
    """The median of each window, of an even number the greater one.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.median_filter(gx.asarray([3.0, 1.0, 2.0]), 3)
    Tensor([3., 2., 2.])
    """
    return _ranked(
        "ndimage.median_filter",
        input,
        lambda n: n // 2,
        size,
        footprint,
        output,
        mode,
        cval,
        origin,
        axes,
    )


def percentile_filter(input: Any, percentile: float, size: Any = None, footprint: Any = None, output: Any = None,
                      mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:  # fmt: skip
    """The element at a percentile of each window; a negative one counts from 100.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.percentile_filter(gx.asarray([3.0, 1.0, 2.0]), 100, 3)
    Tensor([3., 3., 2.])
    """
    part = percentile + 100.0 if percentile < 0 else percentile
    if not 0 <= part <= 100:
        raise ValueError(
            f"ndimage.percentile_filter: expected a percentile from -100 to 100; got {percentile}"
        )
    return _ranked("ndimage.percentile_filter", input, lambda n: n - 1 if part == 100 else int(n * part / 100.0), size,
                   footprint, output, mode, cval, origin, axes)  # fmt: skip


def generic_filter(input: Any, function: Callable[..., Any], size: Any = None, footprint: Any = None,
                   output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0,
                   extra_arguments: Any = (), extra_keywords: Any = None, *, axes: Any = None) -> Any:  # fmt: skip
    """A function, made of gradx's, of the elements `(k,)` of each window; mapped over all of them at once.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.generic_filter(gx.asarray([3.0, 1.0, 2.0]), gx.sum, 3)
    Tensor([7., 6., 5.])
    """
    name = "ndimage.generic_filter"
    windows = _windows(name, input, size, footprint, mode, cval, origin, axes)
    flat = ops.reshape(windows.values, (-1, windows.values.shape[-1]))
    y = vmap(lambda window: function(window, *extra_arguments, **(extra_keywords or {})))(flat)
    return finished(name, ops.reshape(y, windows.values.shape[:-1]), windows.dtype, output)


# ---------------------------------------------------------------- grey morphology


def grey_erosion(input: Any, size: Any = None, footprint: Any = None, structure: Any = None, output: Any = None,
                 mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:  # fmt: skip
    """The least of `input - structure` in each window.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.grey_erosion(gx.asarray([3.0, 1.0, 2.0]), size=3)
    Tensor([1., 1., 1.])
    """
    name = "ndimage.grey_erosion"
    added = None if structure is None else -floating(structure, floating(input))
    windows = _windows(name, input, size, footprint, mode, cval, origin, axes, added=added)
    return finished(name, ops.min(windows.values, axis=-1), windows.dtype, output)


def grey_dilation(input: Any, size: Any = None, footprint: Any = None, structure: Any = None, output: Any = None,
                  mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:  # fmt: skip
    """The greatest of `input + structure` in each window, turned round.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.grey_dilation(gx.asarray([3.0, 1.0, 2.0]), size=3)
    Tensor([3., 3., 2.])
    """
    name = "ndimage.grey_dilation"
    added = None if structure is None else floating(structure, floating(input))
    windows = _windows(
        name, input, size, footprint, mode, cval, origin, axes, turned=True, added=added
    )
    return finished(name, ops.max(windows.values, axis=-1), windows.dtype, output)


def grey_opening(input: Any, size: Any = None, footprint: Any = None, structure: Any = None, output: Any = None,
                 mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:  # fmt: skip
    """Erosion, then dilation.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.grey_opening(gx.asarray([3.0, 1.0, 2.0]), size=2)
    Tensor([3., 1., 1.])
    """
    y = grey_erosion(input, size, footprint, structure, None, mode, cval, origin, axes=axes)
    return grey_dilation(y, size, footprint, structure, output, mode, cval, origin, axes=axes)


def grey_closing(input: Any, size: Any = None, footprint: Any = None, structure: Any = None, output: Any = None,
                 mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:  # fmt: skip
    """Dilation, then erosion.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.grey_closing(gx.asarray([3.0, 1.0, 2.0]), size=3)
    Tensor([3., 2., 2.])
    """
    y = grey_dilation(input, size, footprint, structure, None, mode, cval, origin, axes=axes)
    return grey_erosion(y, size, footprint, structure, output, mode, cval, origin, axes=axes)


def morphological_gradient(input: Any, size: Any = None, footprint: Any = None, structure: Any = None,
                           output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *,
                           axes: Any = None) -> Any:  # fmt: skip
    """Dilation less erosion.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.morphological_gradient(gx.asarray([3.0, 1.0, 2.0]), size=3)
    Tensor([2., 2., 1.])
    """
    args = (size, footprint, structure, None, mode, cval, origin)
    y = grey_dilation(input, *args, axes=axes) - grey_erosion(input, *args, axes=axes)
    return finished("ndimage.morphological_gradient", y, y.dtype, output)


def morphological_laplace(input: Any, size: Any = None, footprint: Any = None, structure: Any = None,
                          output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *,
                          axes: Any = None) -> Any:  # fmt: skip
    """Dilation plus erosion less twice the image.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.morphological_laplace(gx.asarray([3.0, 1.0, 2.0]), size=3)
    Tensor([-2.,  2., -1.])
    """
    args = (size, footprint, structure, None, mode, cval, origin)
    y = grey_dilation(input, *args, axes=axes) + grey_erosion(input, *args, axes=axes)
    return finished("ndimage.morphological_laplace", y - 2 * floating(input), y.dtype, output)


def white_tophat(input: Any, size: Any = None, footprint: Any = None, structure: Any = None, output: Any = None,
                 mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:  # fmt: skip
    """The image less its opening.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.white_tophat(gx.asarray([1.0, 3.0, 1.0]), size=3).shape
    (3,)
    """
    y = grey_opening(input, size, footprint, structure, None, mode, cval, origin, axes=axes)
    return finished("ndimage.white_tophat", floating(input) - y, y.dtype, output)


def black_tophat(input: Any, size: Any = None, footprint: Any = None, structure: Any = None, output: Any = None,
                 mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:  # fmt: skip
    """The closing of the image less the image.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.black_tophat(gx.asarray([1.0, 3.0, 1.0]), size=3).shape
    (3,)
    """
    y = grey_closing(input, size, footprint, structure, None, mode, cval, origin, axes=axes)
    return finished("ndimage.black_tophat", y - floating(input), y.dtype, output)


__all__ = [
    "black_tophat", "generic_filter", "grey_closing", "grey_dilation", "grey_erosion", "grey_opening",
    "maximum_filter", "maximum_filter1d", "median_filter", "minimum_filter", "minimum_filter1d",
    "morphological_gradient", "morphological_laplace", "percentile_filter", "rank_filter", "white_tophat",
]  # fmt: skip

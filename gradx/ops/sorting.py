"""Sorting along an axis.

- The derivative follows the stable permutation: of equal elements, the earlier is sorted first.
- `sort` moves elements, so its adjoint is the inverse permutation; nothing is kept but the input.
"""

from __future__ import annotations

from typing import Any

from gradx.batching import shifted
from gradx.ops.manipulation import named_axes
from gradx.primitive import constant, primitive
from gradx.tape import apply_one, lift

_sort = primitive("sort", batch=shifted)
_argsort = constant("argsort", batch=shifted)


@_sort.vjp
def _sort_vjp(
    xp: Any, ct: Any, _y: Any, x: Any, *, axis: int, descending: bool, stable: bool
) -> Any:
    order = xp.argsort(x, axis=axis, descending=descending, stable=True)
    return (xp.take_along_axis(ct, xp.argsort(order, axis=axis), axis=axis),)


@_sort.jvp
def _sort_jvp(
    xp: Any, tangents: Any, y: Any, x: Any, *, axis: int, descending: bool, stable: bool
) -> Any:
    order = xp.argsort(x, axis=axis, descending=descending, stable=True)
    return xp.take_along_axis(tangents[0], order, axis=axis)


def sort(x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Any:
    """Sort along `axis`; NaN last, first if `descending`. The derivative follows the stable permutation.

    >>> import gradx as gx
    >>> gx.sort(gx.asarray([3.0, 1.0, 2.0]))
    Tensor([1., 2., 3.])
    """
    x = lift(x)
    (axis,) = named_axes("sort", x, axis)
    return apply_one(_sort, x, {"axis": axis, "descending": descending, "stable": stable})


def argsort(x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Any:
    """Return the indices that sort `x` along `axis`.

    >>> import gradx as gx
    >>> gx.argsort(gx.asarray([3.0, 1.0, 2.0]), descending=True)
    Tensor([0, 2, 1])
    """
    x = lift(x)
    (axis,) = named_axes("argsort", x, axis)
    return apply_one(_argsort, x, {"axis": axis, "descending": descending, "stable": stable})


__all__ = ["argsort", "sort"]

"""Choosing, sorting and searching under NumPy's names.

- What is chosen gets the derivative; conditions, indices and orders have none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.numpy.arguments import beside, flat, integers, operand, refuse, tensor, tensors
from gradx.numpy.shaping import append


def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """NumPy's `where`, by `gradx.where`; of one argument, by `gradx.nonzero`."""
    if x is None and y is None:
        return nonzero(condition)
    mask = tensor(condition)
    mask = mask if mask.dtype.kind == "b" else mask != 0
    return ops.where(mask, operand(x), operand(y))


def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """NumPy's `select`, by `gradx.where`: of the conditions the first that holds counts."""
    y = operand(default)
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        y = ops.where(tensor(condition), operand(choice), y)
    return y


def choose(a: Any, choices: Any, out: Any = None, mode: str = "raise") -> Any:
    """NumPy's `choose`, by `gradx.take_along_axis`."""
    refuse("choose", out=out)
    which, *parts = ops.broadcast_arrays(tensor(a), *tensors(choices))
    n = len(parts)
    if mode == "raise" and bool(ops.any(ops.logical_or(which < 0, which >= n))):
        raise ValueError(f"numpy.choose: expected indices from 0 to {n - 1}")
    which = ops.remainder(which, n) if mode == "wrap" else ops.clip(which, 0, n - 1)
    return ops.take_along_axis(ops.stack(parts), which[None], axis=0)[0]


def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **options: Any) -> Any:
    """NumPy's `piecewise`, by `gradx.index_set`: each function sees only the elements where its condition holds."""
    x = tensor(x)
    if not isinstance(condlist, (list, tuple)) or not hasattr(condlist[0], "__len__"):
        condlist = [condlist]
    masks = [ops.broadcast_to(tensor(condition), x.shape) for condition in condlist]
    pieces = list(funclist)
    if len(pieces) == len(masks) + 1:
        masks.append(ops.logical_not(ops.any(ops.stack(masks), axis=0)))
    if len(pieces) != len(masks):
        raise ValueError(
            f"numpy.piecewise: expected {len(masks)} functions, or one more; got {len(pieces)}"
        )
    y = ops.zeros_like(x)
    for mask, piece in zip(masks, pieces, strict=True):
        part = piece(x[mask], *args, **options) if callable(piece) else piece
        y = ops.index_set(y, part, key=mask)
    return y


def take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Any:
    """NumPy's `take`, by `gradx.take`."""
    refuse("take", out=out)
    x, axis = flat(a, axis)
    places = tensor(indices)
    if mode != "raise":
        n = x.shape[axis]
        places = ops.remainder(places, n) if mode == "wrap" else ops.clip(places, 0, n - 1)
    return ops.take(x, places, axis=axis)


def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    """NumPy's `take_along_axis`, by `gradx.take_along_axis`."""
    x, axis = flat(arr, axis)
    return ops.take_along_axis(x, tensor(indices), axis=axis)


def compress(condition: Any, a: Any, axis: Any = None, out: Any = None) -> Any:
    """NumPy's `compress`, by `gradx.take`."""
    refuse("compress", out=out)
    x, axis = flat(a, axis)
    (places,) = ops.nonzero(beside(condition, x))
    return ops.take(x, places, axis=axis)


def extract(condition: Any, arr: Any) -> Any:
    """NumPy's `extract`, by `gradx.take`."""
    return compress(ops.ravel(tensor(condition)), arr)


def nonzero(a: Any) -> tuple[Any, ...]:
    """NumPy's `nonzero`, by `gradx.nonzero`."""
    return ops.nonzero(tensor(a))


def flatnonzero(a: Any) -> Any:
    """NumPy's `flatnonzero`, by `gradx.nonzero`."""
    return ops.nonzero(ops.ravel(tensor(a)))[0]


def argwhere(a: Any) -> Any:
    """NumPy's `argwhere`, by `gradx.nonzero`."""
    return ops.stack(ops.nonzero(tensor(a)), axis=1)


# ---------------------------------------------------------------- order


def sort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    """NumPy's `sort`, by `gradx.sort`."""
    refuse("sort", order=order)
    x, axis = flat(a, axis)
    return ops.sort(x, axis=axis)


def argsort(
    a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None
) -> Any:
    """NumPy's `argsort`, by `gradx.argsort`; stable."""
    refuse("argsort", order=order)
    x, axis = flat(a, axis)
    return ops.argsort(x, axis=axis)


def partition(a: Any, kth: Any, axis: Any = -1, kind: Any = None, order: Any = None) -> Any:
    """NumPy's `partition`, by `gradx.sort`: what is sorted is also partitioned at each `kth`."""
    return sort(a, axis, order=order)


def argpartition(a: Any, kth: Any, axis: Any = -1, kind: Any = None, order: Any = None) -> Any:
    """NumPy's `argpartition`, by `gradx.argsort`."""
    return argsort(a, axis, order=order)


def sort_complex(a: Any) -> Any:
    """NumPy's `sort_complex`, by `lexsort`: by the real part, then by the imaginary one."""
    x = tensor(a)
    x = ops.astype(
        x, "complex64" if x.dtype.name in ("float32", "complex64") else "complex128", copy=False
    )
    return ops.take_along_axis(x, lexsort((ops.imag(x), ops.real(x))), axis=-1)


def lexsort(keys: Any, axis: int = -1) -> Any:
    """NumPy's `lexsort`, by `gradx.argsort`: the last key counts most."""
    parts = tensors(keys)
    order = ops.argsort(parts[0], axis=axis)
    for key in parts[1:]:
        step = ops.argsort(ops.take_along_axis(key, order, axis=axis), axis=axis)
        order = ops.take_along_axis(order, step, axis=axis)
    return order


def searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    """NumPy's `searchsorted`, by `gradx.searchsorted`."""
    return ops.searchsorted(tensor(a), tensor(v), side=side, sorter=sorter)


# ---------------------------------------------------------------- sets


def unique(ar: Any, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False,
           axis: Any = None, *, equal_nan: bool = True, sorted: bool = True) -> Any:  # fmt: skip
    """NumPy's `unique`, by `gradx.unique_all`: sorted; each value has the derivative of its first occurrence."""
    refuse("unique", axis=axis, equal_nan=equal_nan)
    x = ops.ravel(tensor(ar))
    order = ops.argsort(ops.stop_gradient(x))
    y = ops.take(x, order, axis=0)
    new = _starts(ops.stop_gradient(y))
    index = order[new]
    results = [y[new]]
    if return_index:
        results.append(index)
    if return_inverse:
        number = ops.cumulative_sum(ops.astype(new, "int64"), axis=0) - 1
        inverse = ops.index_set(ops.zeros_like(number), number, key=(order,))
        results.append(ops.reshape(inverse, tensor(ar).shape))
    if return_counts:
        (first,) = ops.nonzero(new)
        results.append(ops.diff(ops.concat([first, integers([x.shape[0]], x)])))
    return results[0] if len(results) == 1 else tuple(results)


def unique_all(x: Any) -> Any:
    """NumPy's `unique_all`, by `gradx.unique_all`."""
    return ops.unique_all(tensor(x))


def unique_counts(x: Any) -> Any:
    """NumPy's `unique_counts`, by `gradx.unique_counts`."""
    return ops.unique_counts(tensor(x))


def unique_inverse(x: Any) -> Any:
    """NumPy's `unique_inverse`, by `gradx.unique_inverse`."""
    return ops.unique_inverse(tensor(x))


def unique_values(x: Any) -> Any:
    """NumPy's `unique_values`, by `gradx.unique_values`; ascending."""
    return ops.unique_values(tensor(x))


def _starts(y: Any) -> Any:
    """Return where a new value begins in a sorted array; NaNs count as one value."""
    same = ops.logical_or(y[1:] == y[:-1], ops.logical_and(ops.isnan(y[1:]), ops.isnan(y[:-1])))
    first = ops.ones(min(1, y.shape[0]), dtype="bool", device=y.device)
    return ops.concat([first, ops.logical_not(same)])


def isin(element: Any, test_elements: Any, assume_unique: bool = False, invert: bool = False, *,
         kind: Any = None) -> Any:  # fmt: skip
    """NumPy's `isin`, by `gradx.isin`."""
    return ops.isin(tensor(element), tensor(test_elements), invert=invert)


def union1d(ar1: Any, ar2: Any) -> Any:
    """NumPy's `union1d`, by `unique`."""
    return unique(append(ar1, ar2))


def intersect1d(
    ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False
) -> Any:
    """NumPy's `intersect1d`, by `unique` and `gradx.isin`."""
    first, i = unique(ar1, return_index=True)
    second, j = unique(ar2, return_index=True)
    here, there = ops.isin(first, second), ops.isin(second, first)
    return (first[here], i[here], j[there]) if return_indices else first[here]


def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """NumPy's `setdiff1d`, by `unique` and `gradx.isin`."""
    x = ops.ravel(tensor(ar1)) if assume_unique else unique(ar1)
    return x[ops.isin(x, ops.ravel(tensor(ar2)), invert=True)]


def setxor1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """NumPy's `setxor1d`, by `setdiff1d`."""
    return sort(append(setdiff1d(ar1, ar2), setdiff1d(ar2, ar1)))


# ---------------------------------------------------------------- functions of slices


def apply_along_axis(
    func1d: Callable[..., Any], axis: int, arr: Any, *args: Any, **options: Any
) -> Any:
    """NumPy's `apply_along_axis`, by `gradx.stack`: one call a slice."""
    x = ops.moveaxis(tensor(arr), axis, -1)
    rest = x.shape[:-1]
    rows = ops.unstack(ops.reshape(x, (-1, x.shape[-1])))
    if not rows:
        raise ShapeError(
            f"numpy.apply_along_axis: expected at least one slice; got shape {x.shape}"
        )
    found = ops.stack([tensor(func1d(row, *args, **options)) for row in rows])
    found = ops.reshape(found, rest + found.shape[1:])
    place = axis % x.ndim
    inner = list(range(len(rest), found.ndim))
    return ops.permute_dims(found, (*range(place), *inner, *range(place, len(rest))))


def apply_over_axes(func: Callable[..., Any], a: Any, axes: Any) -> Any:
    """NumPy's `apply_over_axes`: one call an axis."""
    x = tensor(a)
    for axis in axes if isinstance(axes, (tuple, list)) else (axes,):
        y = func(x, axis)
        x = y if y.ndim == x.ndim else ops.expand_dims(y, axis=axis)
    return x


__all__ = ["apply_along_axis", "apply_over_axes", "argpartition", "argsort", "argwhere", "choose", "compress",
           "extract", "flatnonzero", "intersect1d", "isin", "lexsort", "nonzero", "partition", "piecewise",
           "searchsorted", "select", "setdiff1d", "setxor1d", "sort", "sort_complex", "take", "take_along_axis",
           "union1d", "unique", "unique_all", "unique_counts", "unique_inverse", "unique_values", "where"]  # fmt: skip

"""Sums, products, extrema and counts over axes.

- `axis` is an int, several, or None for all; cards get it as a tuple counted from the front.
- `prod` is exact with any number of zeros, to every order: nothing is divided by an element.
- Ties of `max` and `min` share the derivative equally over all axes reduced; a NaN gets it where it is the result.
- Python's own `sum`, `max`, `all`, ... are hidden in this module.
"""

from __future__ import annotations

from typing import Any

from gradx import shapes
from gradx.backend import namespaces
from gradx.batching import shifted
from gradx.dtypes import dtype_of, float16, float64
from gradx.ops.adjoint import conj
from gradx.ops.casting import astype
from gradx.ops.manipulation import named_axes
from gradx.primitive import Primitive, constant, linear, primitive
from gradx.shapes import Shape, along, inverse_permutation, kept_shape
from gradx.tape import apply_one, lift

Axis = int | tuple[int, ...] | None
Axes = tuple[int, ...]


def aligned(xp: Any, r: Any, shape: Shape, axes: Axes, keepdims: bool) -> Any:
    """Return a reduced array in a shape that broadcasts against what was reduced."""
    if keepdims or _leads(axes):
        return r
    return xp.reshape(r, kept_shape(shape, axes))


_ALL = tuple(tuple(range(rank)) for rank in range(9))


def axes_of(name: str, x: Any, axis: Axis) -> Axes:
    """Return `axis` normalised for a Tensor: `named_axes`, at once for one axis and for all."""
    rank = len(x.data.shape) - x.level.lead
    if axis is None:
        return _ALL[rank] if rank < len(_ALL) else tuple(range(rank))
    if axis.__class__ is int and -rank <= axis < rank:
        return (axis % rank,)
    return named_axes(name, x, axis)


def _leads(axes: Axes) -> bool:
    """Whether these are the first axes: then what is left broadcasts as it is."""
    return set(axes) == set(range(len(axes)))


def spread(xp: Any, r: Any, shape: Shape, axes: Axes, keepdims: bool) -> Any:
    """Return a reduced array broadcast to the shape of what was reduced."""
    return xp.broadcast_to(aligned(xp, r, shape, axes, keepdims), shape)


def gathered(xp: Any, x: Any, axes: Axes) -> Any:
    """Return `x` with `axes` made one, the last: `(...)` to `(..., n)`."""
    shape = tuple(x.shape)
    kept = tuple([a for a in range(len(shape)) if a not in axes])
    if axes != tuple(range(len(kept), len(shape))):
        x = xp.permute_dims(x, (*kept, *axes))
    if len(axes) == 1:
        return x
    return xp.reshape(x, (*[shape[a] for a in kept], count(shape, axes)))


def scattered(xp: Any, x: Any, shape: Shape, axes: Axes) -> Any:
    """Undo `gathered`."""
    order = (*[a for a in range(len(shape)) if a not in axes], *axes)
    x = xp.reshape(x, tuple([shape[a] for a in order]))
    return xp.permute_dims(x, inverse_permutation(order))


def count(shape: Shape, axes: Axes) -> int:
    """Return how many elements each result of a reduction comes from."""
    return shapes.size(tuple([shape[a] for a in axes]))


def _reduced(card: Primitive, x: Any, axis: Axis, keepdims: bool, dtype: Any = None) -> Any:
    """Apply a reduction, in `dtype` if one is given."""
    x = lift(x) if dtype is None else astype(x, dtype, copy=False)
    y = apply_one(card, x, {"axis": axes_of(card.name, x, axis), "keepdims": keepdims})
    return y if dtype is None else astype(y, dtype, copy=False)


# ---------------------------------------------------------------- sums

_sum = linear(
    "sum",
    lambda xp, ct, _y, _x, *, axis, keepdims: spread(xp, ct, tuple(_x.shape), axis, keepdims),
    batch=shifted,
)


def _spread_mean(xp: Any, ct: Any, _y: Any, _x: Any, *, axis: Axes, keepdims: bool) -> Any:
    shape = tuple(_x.shape)
    return spread(xp, ct / count(shape, axis), shape, axis, keepdims)


def _raw_mean(x: Any, *, axis: Axes, keepdims: bool) -> Any:
    xp = namespaces[type(x)]
    dtype = dtype_of(x.dtype)
    if dtype.kind not in "fc":  # not every library divides integers
        x = xp.astype(x, float64)
    if dtype is float16:  # the library accumulates in a wider dtype
        return xp.mean(x, axis=axis, keepdims=keepdims)
    return xp.sum(x, axis=axis, keepdims=keepdims) / count(x.shape, axis)


_mean = linear("mean", _spread_mean, batch=shifted)
_mean.implementation = _raw_mean


def sum(x: Any, /, *, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> Any:
    """Sum over `axis`; integers in the default integer dtype unless `dtype` is given.

    >>> import gradx as gx
    >>> gx.sum(gx.ones((2, 3)), axis=0)
    Tensor([2., 2., 2.])
    """
    return _reduced(_sum, x, axis, keepdims, dtype)


def mean(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Any:
    """Arithmetic mean over `axis`; NaN over no elements.

    >>> import gradx as gx
    >>> gx.mean(gx.asarray([[1.0, 2.0], [3.0, 4.0]]), axis=1)
    Tensor([1.5, 3.5])
    """
    return _reduced(_mean, x, axis, keepdims)


# ---------------------------------------------------------------- products

_prod = primitive("prod", batch=shifted)


def exclusive(xp: Any, x: Any, axis: int) -> Any:
    """Return the product of all earlier elements along `axis`, 1 for the first."""
    if not x.shape[axis]:
        return x
    earlier = xp.getitem(x, key=along(axis, slice(0, x.shape[axis] - 1)))
    return xp.cumulative_prod(earlier, axis=axis, include_initial=True)


def _others(xp: Any, x: Any, axes: Axes) -> Any:
    """Return for each element the product of all others: of those before times of those behind."""
    z = gathered(xp, x, axes)
    last = len(z.shape) - 1
    behind = xp.flip(exclusive(xp, xp.flip(z, axis=(last,)), last), axis=(last,))
    return scattered(xp, exclusive(xp, z, last) * behind, tuple(x.shape), axes)


@_prod.vjp
def _prod_vjp(xp: Any, ct: Any, _y: Any, x: Any, *, axis: Axes, keepdims: bool) -> Any:
    ct = aligned(xp, ct, tuple(x.shape), axis, keepdims)
    return (xp.guarded_multiply(ct, conj(xp, _others(xp, x, axis))),)


@_prod.jvp
def _prod_jvp(xp: Any, tangents: Any, y: Any, x: Any, *, axis: Axes, keepdims: bool) -> Any:
    terms = xp.guarded_multiply(tangents[0], _others(xp, x, axis))
    return xp.sum(terms, axis=axis, keepdims=keepdims)


def prod(x: Any, /, *, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> Any:
    """Product over `axis`; integers in the default integer dtype unless `dtype` is given.

    The derivative is the product of the other elements, exact with any number of zeros.

    >>> import gradx as gx
    >>> gx.grad(gx.prod)(gx.asarray([0.0, 2.0, 3.0]))
    Tensor([6., 0., 0.])
    """
    return _reduced(_prod, x, axis, keepdims, dtype)


# ---------------------------------------------------------------- extrema


def _chosen(xp: Any, x: Any, y: Any, axes: Axes, keepdims: bool) -> Any:
    """Return where `x` is the extremum; where that is NaN, where `x` is NaN."""
    return (x == aligned(xp, y, tuple(x.shape), axes, keepdims)) | (x != x)


def _extremum_vjp(xp: Any, ct: Any, y: Any, x: Any, *, axis: Axes, keepdims: bool) -> Any:
    chosen = _chosen(xp, x, y, axis, keepdims)
    ties = xp.sum(xp.astype(chosen, ct.dtype), axis=axis, keepdims=True)
    share = xp.reshape(ct, kept_shape(tuple(x.shape), axis)) / ties
    return xp.where(chosen, share, 0)


def _extremum_jvp(xp: Any, tangents: Any, y: Any, x: Any, *, axis: Axes, keepdims: bool) -> Any:
    (t,) = tangents
    chosen = _chosen(xp, x, y, axis, keepdims)
    ties = xp.sum(xp.astype(chosen, t.dtype), axis=axis, keepdims=keepdims)
    return xp.sum(xp.where(chosen, t, 0), axis=axis, keepdims=keepdims) / ties


_max = primitive("max", _extremum_vjp, jvp=_extremum_jvp, masks=True, batch=shifted)
_min = primitive("min", _extremum_vjp, jvp=_extremum_jvp, masks=True, batch=shifted)


def max(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Any:
    """Maximum over `axis`, NaN where there is one; ties share the derivative equally.

    >>> import gradx as gx
    >>> gx.grad(gx.max)(gx.asarray([1.0, 3.0, 3.0]))
    Tensor([0. , 0.5, 0.5])
    """
    return _reduced(_max, x, axis, keepdims)


def min(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Any:
    """Minimum over `axis`, NaN where there is one; ties share the derivative equally."""
    return _reduced(_min, x, axis, keepdims)


# ---------------------------------------------------------------- truth and counts

_all, _any, _count_nonzero = [
    constant(name, batch=shifted) for name in ("all", "any", "count_nonzero")
]


def all(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Any:
    """Whether all elements over `axis` are true; True over none."""
    return _reduced(_all, x, axis, keepdims)


def any(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Any:
    """Whether any element over `axis` is true; False over none."""
    return _reduced(_any, x, axis, keepdims)


def count_nonzero(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Any:
    """Count the elements over `axis` that are not zero, as integers."""
    return _reduced(_count_nonzero, x, axis, keepdims)


__all__ = ["all", "any", "count_nonzero", "max", "mean", "min", "prod", "sum"]

"""Norms of vectors and matrices.

- A norm's derivative at 0, a kink, is 0; ties of largest or smallest moduli share equally.
- Vectors are scaled by their largest modulus (smallest, for negative orders), so nothing over- or underflows.
- Singular values count as tied, and as 0, where they are to rounding: ties of the spectral norm share, and a value
  that is 0 contributes 0 to the gradient, the element of smallest norm of the subdifferential.
- An element that is 0 contributes 0 to the gradient of the orders below 2, where its slope is a kink's.
"""

from __future__ import annotations

from math import inf
from typing import Any

from gradx.backend import backend_of, namespaces
from gradx.batching import shifted
from gradx.errors import ShapeError
from gradx.ops.adjoint import conj, real
from gradx.ops.arithmetic import divide, multiply, subtract
from gradx.ops.casting import astype, stop_gradient
from gradx.ops.comparison import greater, less_equal
from gradx.ops.complex import abs as _abs
from gradx.ops.complex import sign
from gradx.ops.creation import zeros_like
from gradx.ops.linalg.degenerate import eps
from gradx.ops.linalg.singular import svdvals
from gradx.ops.linalg.structure import matrices
from gradx.ops.manipulation import moveaxis, named_axes, reshape
from gradx.ops.reductions import aligned
from gradx.ops.reductions import max as _max
from gradx.ops.reductions import min as _min
from gradx.ops.reductions import sum as _sum
from gradx.ops.selection import where
from gradx.primitive import primitive
from gradx.shapes import kept_shape, size
from gradx.tape import lift

Axis = int | tuple[int, ...] | None

_vector_norm = primitive("linalg.vector_norm", batch=shifted)


def _vector_norm_raw(x: Any, *, axis: tuple[int, ...], keepdims: bool, ord: float) -> Any:
    """Scale by the modulus that weighs most, so that no power over- or underflows."""
    xp = namespaces[type(x)]
    moduli = xp.abs(x)
    scale = (xp.max if ord > 0 else xp.min)(moduli, axis=axis, keepdims=True)
    scale = xp.where((scale > 0) & (scale < inf), scale, xp.ones_like(scale))
    with backend_of(type(x)).quiet():  # what over- or underflows here weighs nothing
        moduli = moduli / scale
        powers = moduli * moduli if ord == 2 else moduli**ord
        sums = xp.sum(powers, axis=axis, keepdims=True)
        y = scale * (xp.sqrt(sums) if ord == 2 else sums ** (1 / ord))
    return y if keepdims else xp.reshape(y, _left(x.shape, axis))


_vector_norm.implementation = _vector_norm_raw


def _left(shape: Any, axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n for i, n in enumerate(shape) if i not in axes)


def _slope(xp: Any, y: Any, x: Any, order: float) -> Any:
    """Return the gradient of the norm `y` by `x`: `u |u|^(p - 2)` with `u = x / y`; 0 where `y` is 0."""
    at_zero = y == 0
    u = x / xp.where(at_zero, xp.ones_like(y), y)
    if order != 2:
        if order > 2 and order % 2 == 0:  # a polynomial: smooth at 0 as well
            u = u * real(xp, u * conj(xp, u)) ** (int(order) // 2 - 1)
        else:
            flat = u == 0
            modulus = xp.abs(u)
            modulus = xp.where(flat, xp.ones_like(modulus), modulus)
            u = xp.where(flat, xp.zeros_like(u), u * modulus ** (order - 2))
    return xp.where(at_zero, xp.zeros_like(u), u)


@_vector_norm.vjp
def _vector_norm_vjp(
    xp: Any, ct: Any, y: Any, x: Any, *, axis: tuple[int, ...], keepdims: bool, ord: float
) -> Any:
    ct, y = (aligned(xp, r, tuple(x.shape), axis, keepdims) for r in (ct, y))
    return (ct * _slope(xp, y, x, ord),)


@_vector_norm.jvp
def _vector_norm_jvp(
    xp: Any, tangents: Any, y: Any, x: Any, *, axis: tuple[int, ...], keepdims: bool, ord: float
) -> Any:
    y = aligned(xp, y, tuple(x.shape), axis, keepdims)
    change = conj(xp, _slope(xp, y, x, ord)) * tangents[0]
    return xp.sum(real(xp, change), axis=axis, keepdims=keepdims)


def vector_norm(x: Any, /, *, axis: Axis = None, keepdims: bool = False, ord: float = 2) -> Any:
    """Norm of vectors along `axis`, of all elements by default: `sum(|x|^ord)^(1/ord)`.

    An order of inf or -inf gives the largest or smallest modulus, 0 the number of elements that are not 0.
    The derivative is 0 at a vector of zeros.

    >>> import gradx as gx
    >>> gx.linalg.vector_norm(gx.asarray([3e200, 4e200]))
    Tensor(5.e+200)
    """
    x = lift(x)
    axes = named_axes("linalg.vector_norm", x, axis)
    if not axes:
        return _abs(x) if ord else sign(_abs(x))
    if ord == 0:
        return _sum(sign(_abs(x)), axis=axes, keepdims=keepdims)
    if ord == 1 or (size(x.shape) == 0 and ord > 0):
        return _sum(_abs(x), axis=axes, keepdims=keepdims)
    if ord in (inf, -inf):
        return (_max if ord > 0 else _min)(_abs(x), axis=axes, keepdims=keepdims)
    return _vector_norm(x, axis=axes, keepdims=keepdims, ord=ord)


def _of_singular_values(values: Any, ord: float | str) -> Any:
    """Return the sum of values, or the largest or the smallest; each mean of those that are tied with it."""
    k = values.shape[-1]
    if not k:
        return _sum(values, axis=-1) if ord in ("nuc", 2) else _min(values, axis=-1)
    fixed = stop_gradient(values)
    largest = _max(fixed, axis=-1, keepdims=True)
    rounding = multiply(largest, 8 * k * eps(values.dtype))
    values = where(greater(fixed, rounding), values, fixed)
    if ord == "nuc":
        return _sum(values, axis=-1)
    wanted = largest if ord == 2 else _min(fixed, axis=-1, keepdims=True)
    tied = less_equal(_abs(subtract(fixed, wanted)), rounding)
    number = _sum(astype(tied, values.dtype), axis=-1)
    total = _sum(where(tied, values, zeros_like(values)), axis=-1)
    return divide(total, number)


_ENTRYWISE: dict[Any, Any] = {1: (-2, _max), -1: (-2, _min), inf: (-1, _max), -inf: (-1, _min)}


def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: float | str = "fro") -> Any:
    """Norm of matrices, `(..., m, n) -> (...)`.

    "fro": of all elements as a vector; "nuc", 2, -2: the sum, the largest and the smallest of the singular values;
    1, -1, inf, -inf: the largest or smallest sum of moduli over columns (1) or rows (inf).

    Ties share equally, and singular values that are 0 contribute 0, both to rounding, 8 k eps times the largest.

    >>> import gradx as gx
    >>> gx.linalg.matrix_norm(gx.ones((5, 2, 2)), ord="nuc").shape
    (5,)
    """
    x = matrices("linalg.matrix_norm", x)
    if ord == "fro":
        return vector_norm(x, axis=(-2, -1), keepdims=keepdims)
    if ord in ("nuc", 2, -2):
        y = _of_singular_values(svdvals(x), ord)
    elif ord in _ENTRYWISE:
        axis, choose = _ENTRYWISE[ord]
        y = choose(_sum(_abs(x), axis=axis), axis=-1)
    else:
        raise ShapeError(
            f"linalg.matrix_norm: expected ord 'fro', 'nuc', 1, -1, 2, -2, inf or -inf; got {ord!r}"
        )
    return reshape(y, kept_shape(x.shape, (x.ndim - 2, x.ndim - 1))) if keepdims else y


def norm(x: Any, /, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Any:
    """NumPy's `norm`: of vectors along one axis, of matrices along two; of all elements without `ord` and `axis`.

    >>> import gradx as gx
    >>> gx.linalg.norm(gx.ones((2, 8)), axis=1).shape
    (2,)
    """
    x = lift(x)
    if axis is None and ord is None:
        return vector_norm(x, keepdims=keepdims)
    axes = named_axes("linalg.norm", x, axis)
    if len(axes) == 1:
        return vector_norm(x, axis=axes, keepdims=keepdims, ord=2 if ord is None else ord)
    if len(axes) != 2:
        raise ShapeError(f"linalg.norm: expected one axis or two; got {axis} for shape {x.shape}")
    y = matrix_norm(moveaxis(x, axes, (-2, -1)), ord="fro" if ord is None else ord)
    return reshape(y, kept_shape(x.shape, axes)) if keepdims else y


__all__ = ["matrix_norm", "norm", "vector_norm"]

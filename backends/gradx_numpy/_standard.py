"""The standard's functions where NumPy's differ, and the extras without an index.

- Each function says what of NumPy it corrects; all else is NumPy's own.
- Reductions call the ufunc's method: half the overhead of NumPy's wrappers.
"""

from __future__ import annotations

from math import ceil, floor
from math import prod as prod_of
from typing import Any

import numpy as np

Array = Any
Axis = int | tuple[int, ...] | None

_sum, _prod = np.add.reduce, np.multiply.reduce
_max, _min = np.maximum.reduce, np.minimum.reduce
_all, _any = np.logical_and.reduce, np.logical_or.reduce


def sum(x: Array, /, *, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> Array:
    """Without the wrapper's overhead, as all reductions here."""
    return _sum(x, axis, dtype, None, keepdims)


def prod(x: Array, /, *, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> Array:
    return _prod(x, axis, dtype, None, keepdims)


def max(x: Array, /, *, axis: Axis = None, keepdims: bool = False) -> Array:
    return _max(x, axis, None, None, keepdims)


def min(x: Array, /, *, axis: Axis = None, keepdims: bool = False) -> Array:
    return _min(x, axis, None, None, keepdims)


def all(x: Array, /, *, axis: Axis = None, keepdims: bool = False) -> Array:
    return _all(x, axis, bool, None, keepdims)


def any(x: Array, /, *, axis: Axis = None, keepdims: bool = False) -> Array:
    return _any(x, axis, bool, None, keepdims)


def var(x: Array, /, *, axis: Axis = None, correction: float = 0.0,
        keepdims: bool = False) -> Array:  # fmt: skip
    """In the precision of `x`: NumPy divides in double precision over several axes."""
    if x.dtype.char == "e":  # NumPy accumulates in single precision
        return np.var(x, axis=axis, correction=correction, keepdims=keepdims)
    axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    n = prod_of([x.shape[each] for each in axes])
    apart = x - _sum(x, axis, None, None, True) / (n or np.nan)
    square = apart.real**2 + apart.imag**2 if x.dtype.kind == "c" else apart * apart
    return _sum(square, axis, None, None, keepdims) / (n - correction if n > correction else 0.0)


def std(x: Array, /, *, axis: Axis = None, correction: float = 0.0,
        keepdims: bool = False) -> Array:  # fmt: skip
    """The square root of the variance."""
    return np.sqrt(var(x, axis=axis, correction=correction, keepdims=keepdims))


def astype(x: Array, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Array:
    """Cast to a native dtype or a `gradx.DType`."""
    return x.astype(getattr(dtype, "__numpy_dtype__", dtype), copy=copy)


def clip(x: Array, /, min: Any = None, max: Any = None) -> Array:
    """The result keeps the dtype of `x`; Python bounds outside its range mean its end."""
    low, high = _bound(x, min, ceil), _bound(x, max, floor)
    return x.copy() if low is None and high is None else np.clip(x, low, high)


def _bound(x: Array, bound: Any, to_integer: Any) -> Any:
    if bound is None or x.dtype.kind not in "iu":
        return bound if bound is None or isinstance(bound, (int, float)) else bound.astype(x.dtype)
    info = np.iinfo(x.dtype)
    if not isinstance(bound, (int, float)):
        return np.clip(bound, info.min, info.max).astype(x.dtype)
    if abs(bound) != np.inf:
        bound = to_integer(bound)
    return info.min if bound < info.min else info.max if bound > info.max else bound


def count_nonzero(x: Array, /, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """An array also where NumPy returns an int."""
    return np.asarray(np.count_nonzero(x, axis=axis, keepdims=keepdims))


def nonzero(x: Array, /) -> tuple[Array, ...]:
    """Refuse rank 0."""
    if x.ndim == 0:
        raise ValueError("nonzero: expected an array of one dimension or more; got rank 0")
    return np.nonzero(x)


def sort(x: Array, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Array:
    """Takes `descending`."""
    y = np.sort(x, axis=axis, stable=stable)
    return np.flip(y, axis=axis) if descending else y


def argsort(x: Array, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Array:
    """Descending is stable too: equal elements stay in their order."""
    if not descending:
        return np.argsort(x, axis=axis, stable=stable)
    order = np.argsort(np.flip(x, axis=axis), axis=axis, stable=stable)
    return x.shape[axis] - 1 - np.flip(order, axis=axis)


def take(x: Array, indices: Array, /, *, axis: int | None = None) -> Array:
    """The method: half the overhead of NumPy's function."""
    return x.take(indices, axis)


def take_along_axis(x: Array, indices: Array, /, *, axis: int = -1) -> Array:
    """`axis` is -1 by default, on every release of NumPy."""
    return np.take_along_axis(x, indices, axis)


def floor_divide(x1: Array, x2: Array, /) -> Array:
    """Exact at infinities: `inf // 2 = inf` and `2 // -inf = -0.0`."""
    y = np.floor_divide(x1, x2)
    if y.dtype.kind == "f" and not np.isfinite(x1 + x2).all():
        infinite = np.isinf(x1)
        exact = (infinite & np.isfinite(x2) & (x2 != 0)) | (np.isfinite(x1) & np.isinf(x2))
        with np.errstate(all="ignore"):
            y = np.where(exact, np.divide(x1, x2), y)
    return y


def tanh(x: Array, /) -> Array:
    """The complex one has its limits at infinite real parts, zeros with the sign of the imaginary part."""
    y = np.tanh(x)
    if y.dtype.kind == "c" and np.isinf(x.real).any():
        end = np.empty_like(y)
        end.real, end.imag = np.sign(x.real), np.copysign(0.0, x.imag)
        y = np.where(np.isinf(x.real) & np.isfinite(x.imag), end, y)
    return y


def expm1(x: Array, /) -> Array:
    """The complex one keeps signed zeros and has its limits at infinities."""
    y = np.expm1(x)
    if y.dtype.kind == "c":
        odd = ~np.isfinite(x) | (x.imag == 0)
        if odd.any():
            y = np.array(y)
            y[odd] = _complex_expm1(np.asarray(x)[odd])
    return y


def _complex_expm1(z: Array) -> Array:
    """Element by element: real on the real axis, else from the exponential's own limits."""
    y = np.empty_like(z)
    a, b = z.real, z.imag
    with np.errstate(all="ignore"):
        y.real = np.where(b == 0, np.expm1(a) + 0.0, np.exp(z).real - 1)
        y.imag = np.where((b == 0) | ((a == -np.inf) & ~np.isfinite(b)), b, np.exp(z).imag)
        low, high = (a == -np.inf) & ~np.isfinite(b), (a == np.inf) & ~np.isfinite(b)
        y.real = np.where(low, -1, np.where(high, np.inf, y.real))
        y.imag = np.where(low, 0, np.where(high, np.nan, y.imag))
    return y


def einsum(*arrays: Array, subscripts: str) -> Array:
    """Contract pairs by BLAS."""
    if "V" in {x.dtype.kind for x in arrays}:  # bfloat16, which NumPy's einsum does not know
        wide = [x.astype(np.float32) if x.dtype.kind == "V" else x for x in arrays]
        return einsum(*wide, subscripts=subscripts).astype(np.result_type(*arrays), copy=False)
    return np.einsum(subscripts, *arrays, optimize=len(arrays) > 1)


def guarded_multiply(a: Array, b: Array, /) -> Array:
    """`a * b`, and exactly 0 where `a` is 0 and `b` not finite."""
    y = a * b
    total = np.vdot(y, y)  # NaN if any element is: in a third of the time of isnan and any
    if total != total:
        y = np.where((a == 0) & ~np.isfinite(b), np.zeros((), y.dtype), y)
    return y


def broadcast_to(x: Array, /, shape: tuple[int, ...]) -> Array:
    """A read-only view, as NumPy's own; of a contiguous array in a fifth of its time."""
    missing = len(shape) - x.ndim
    if missing < 0 or not x.flags.c_contiguous:
        return np.broadcast_to(x, shape)
    strides = [0] * missing
    for own, wanted, stride in zip(x.shape, shape[missing:], x.strides, strict=True):
        if own != wanted and own != 1:
            return np.broadcast_to(x, shape)  # raises
        strides.append(stride if own == wanted else 0)
    y: Array = np.ndarray(shape, x.dtype, x, 0, strides)
    y.flags.writeable = False
    return y

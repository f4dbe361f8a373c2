"""Creation functions: new Tensors on a device.

- `device=None` means the default device (`gx.default_device`); `*_like` means the argument's.
- `dtype=None` means float64 (int64, bool, complex128 by the kind of a Python fill value), on every library;
  single precision on a device that has no double.
"""

from __future__ import annotations

from typing import Any

from gradx.backend import backend_for_device, current_device, has_double
from gradx.dtypes import bool_, complex64, complex128, dtype_of, float32, float64, int64
from gradx.level import Cell, cell
from gradx.ops.manipulation import as_ints, broadcast_to
from gradx.shapes import Shape
from gradx.tape import ZERO, lift


def new_tensor(data: Any, *, requires_grad: bool = False) -> Any:
    """Return a bare array as a Tensor; a leaf if `requires_grad`."""
    x: Any = cell(data, ZERO, None)
    if requires_grad:
        x.requires_grad = True
    return x


def _make(
    name: str,
    *args: Any,
    dtype: Any,
    device: str | None,
    requires_grad: bool = False,
    **options: Any,
) -> Any:
    device = current_device() if device is None else device
    backend = backend_for_device(device)
    native = None if dtype is None else backend.native_dtype(dtype_of(dtype).name)
    data = getattr(backend.xp, name)(
        *args, dtype=native, device=backend.native_device(device), **options
    )
    return new_tensor(data, requires_grad=requires_grad)


def _kind_of(value: Any) -> Any:
    kinds = {bool: bool_, int: int64, float: float64, complex: complex128}
    return next((dtype for kind, dtype in kinds.items() if isinstance(value, kind)), float64)


def zeros(
    shape: int | Shape, *, dtype: Any = None, device: str | None = None, requires_grad: bool = False
) -> Any:
    """Return a Tensor of zeros."""
    return _make(
        "zeros",
        as_ints(shape),
        dtype=default_dtype(dtype, float64, device),
        device=device,
        requires_grad=requires_grad,
    )


def ones(
    shape: int | Shape, *, dtype: Any = None, device: str | None = None, requires_grad: bool = False
) -> Any:
    """Return a Tensor of ones."""
    return _make(
        "ones",
        as_ints(shape),
        dtype=default_dtype(dtype, float64, device),
        device=device,
        requires_grad=requires_grad,
    )


def empty(shape: int | Shape, *, dtype: Any = None, device: str | None = None) -> Any:
    """Return a Tensor of unspecified values."""
    return _make(
        "empty", as_ints(shape), dtype=default_dtype(dtype, float64, device), device=device
    )


def full(shape: int | Shape, fill_value: Any, *, dtype: Any = None, device: str | None = None,
         requires_grad: bool = False) -> Any:  # fmt: skip
    """Return a Tensor filled with a number or a 0-d Tensor; differentiable in the latter."""
    if isinstance(fill_value, Cell) or hasattr(fill_value, "shape"):
        from gradx.ops.casting import astype  # stands above: it needs gx.real, which needs zeros

        value = lift(fill_value)
        return broadcast_to(value if dtype is None else astype(value, dtype), as_ints(shape)) + 0
    dtype = default_dtype(dtype, _kind_of(fill_value), device)
    return _make("full", as_ints(shape), fill_value, dtype=dtype, device=device,
                 requires_grad=requires_grad)  # fmt: skip


def eye(
    n_rows: int,
    n_cols: int | None = None,
    /,
    *,
    k: int = 0,
    dtype: Any = None,
    device: str | None = None,
) -> Any:
    """Return an `(n_rows, n_cols)` matrix with ones on the `k`-th diagonal."""
    return _make(
        "eye", n_rows, n_cols, k=k, dtype=default_dtype(dtype, float64, device), device=device
    )


def arange(start: float, /, stop: float | None = None, step: float = 1, *, dtype: Any = None,
           device: str | None = None) -> Any:  # fmt: skip
    """Return evenly spaced values of the half-open interval `[start, stop)`."""
    start, stop = (0, start) if stop is None else (start, stop)
    whole = all(isinstance(value, int) for value in (start, stop, step))
    return _make(
        "arange",
        start,
        stop,
        step,
        dtype=default_dtype(dtype, int64 if whole else float64, device),
        device=device,
    )


def linspace(start: complex, stop: complex, /, num: int, *, dtype: Any = None, device: str | None = None,
             endpoint: bool = True) -> Any:  # fmt: skip
    """Return `num` evenly spaced values from `start` to `stop`; Tensors, of rank 0 or more, are differentiated."""
    if isinstance(start, Cell) or isinstance(stop, Cell):
        return _between(start, stop, num, dtype, device, endpoint)
    default = complex128 if isinstance(start, complex) or isinstance(stop, complex) else float64
    return _make(
        "linspace",
        start,
        stop,
        num,
        dtype=default_dtype(dtype, default, device),
        device=device,
        endpoint=endpoint,
    )


def _between(
    start: Any, stop: Any, num: int, dtype: Any, device: str | None, endpoint: bool
) -> Any:
    """Give `start (1 - t) + stop t`, which is exact at both ends, along a new first axis."""
    known: Any = start if isinstance(start, Cell) else stop
    rank = max(getattr(start, "ndim", 0), getattr(stop, "ndim", 0))
    single = known.dtype.name in ("float32", "complex64")
    t = linspace(0.0, 1.0, num, dtype="float32" if single else float64,
                 device=device or known.device, endpoint=endpoint)  # fmt: skip
    t = t.reshape((num,) + (1,) * rank)
    found = start * (1.0 - t) + stop * t
    return found if dtype is None else found.astype(dtype)


def zeros_like(x: Any, /, *, dtype: Any = None, device: str | None = None) -> Any:
    """Return zeros of the shape, dtype and device of `x`."""
    x = lift(x)
    return zeros(x.shape, dtype=default_dtype(dtype, x.dtype), device=device or x.device)


def ones_like(x: Any, /, *, dtype: Any = None, device: str | None = None) -> Any:
    """Return ones of the shape, dtype and device of `x`."""
    x = lift(x)
    return ones(x.shape, dtype=default_dtype(dtype, x.dtype), device=device or x.device)


def empty_like(x: Any, /, *, dtype: Any = None, device: str | None = None) -> Any:
    """Return unspecified values of the shape, dtype and device of `x`."""
    x = lift(x)
    return empty(x.shape, dtype=default_dtype(dtype, x.dtype), device=device or x.device)


def full_like(x: Any, /, fill_value: Any, *, dtype: Any = None, device: str | None = None) -> Any:
    """Return `fill_value` in the shape, dtype and device of `x`."""
    x = lift(x)
    return full(x.shape, fill_value, dtype=default_dtype(dtype, x.dtype), device=device or x.device)


def default_dtype(dtype: Any, default: Any, device: str | None = None) -> Any:
    """Return `dtype`, for None `default`: in single precision on a device that has no double."""
    if dtype is not None:
        return dtype
    if default not in (float64, complex128) or has_double(device or current_device()):
        return default
    return float32 if default == float64 else complex64


__all__ = ["arange", "empty", "empty_like", "eye", "full", "full_like", "linspace", "ones", "ones_like",
           "zeros", "zeros_like"]  # fmt: skip

"""Changing what holds a value: its dtype, its device, its place on the graph.

- Values are as before but for rounding, so each transpose only brings the cotangent back; the walk casts it.
- The implementations are the same for every library: they ask the backend.
"""

from __future__ import annotations

from typing import Any

from gradx.backend import backend_for_device, backend_of
from gradx.batching import leading
from gradx.dtypes import dtype_of, is_inexact
from gradx.level import Cell, cell, lower
from gradx.ops.complex import real
from gradx.primitive import Primitive, constant, linear
from gradx.tape import ZERO, Reverse, lift


def _cast_raw(x: Any, *, dtype: Any) -> Any:
    backend = backend_of(type(x))
    return backend.xp.astype(x, backend.native_dtype(dtype.name))


# The walk casts a cotangent to its primal's dtype, so the transpose of a cast is the identity.
_cast = linear("astype", lambda xp, ct, _y, _x, *, dtype: ct, batch=leading)
_cut = constant("astype", batch=leading)
_cast.implementation = _cut.implementation = _cast_raw


def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: str | None = None) -> Any:
    """Cast `x` to `dtype`, `(...) -> (...)`.

    Differentiable between floating and complex dtypes (complex to real keeps the real part, as NumPy does);
    a cast to an integer or boolean dtype cuts the graph.

    >>> import gradx as gx
    >>> gx.astype(gx.asarray([1.5, 2.5]), gx.int64)
    Tensor([1, 2])
    """
    x, dtype = lift(x), dtype_of(dtype)
    if device is not None:
        x = to_device(x, device)
    if x.dtype == dtype and not copy:
        return x
    if x.dtype.kind == "c" and dtype.kind == "f":
        x = real(x)
    return (_cast if is_inexact(dtype) else _cut)(x, dtype=dtype)


_copy = linear("copy", lambda xp, ct, _y, _x: ct, batch=leading)


def _copy_raw(x: Any) -> Any:
    return x.copy() if hasattr(x, "copy") else backend_of(type(x)).asarray(x, copy=True)


_copy.implementation = _copy_raw


def copy(x: Any, /) -> Any:
    """Return a Tensor of the same value in memory of its own, in row-major order, on the graph."""
    return _copy(lift(x))


def _move_raw(x: Any, *, source: str, device: str) -> Any:
    del source
    there, here = backend_for_device(device), backend_of(type(x))
    return there.asarray(x if there is here else here.to_numpy(x), device=device)


_move: Primitive = linear(
    "to_device",
    lambda xp, ct, _y, _x, *, source, device: _move(ct, source=device, device=source),
    batch=leading,
)
_move.implementation = _move_raw


def to_device(x: Any, device: str, /) -> Any:
    """Copy `x` to `device`, also into another library; the cotangent travels back. Itself if it is there already."""
    x = lift(x)
    source = x.device
    return x if device == source else _move(x, source=source, device=device)


def stop_gradient(x: Any, /) -> Any:
    """Return `x` as a constant to every derivative being taken, of any mode and order.

    >>> import gradx as gx
    >>> gx.grad(lambda x: gx.stop_gradient(x) * x)(3.0)
    Tensor(3.)
    """
    x = lift(x)
    level = x.level
    if level.lead:  # still one value for each example
        data = stop_gradient(x.data) if isinstance(x.data, Cell) else x.data
        return cell(lower(data, level), level, x.aux)
    if type(level) is Reverse or not isinstance(x.data, Cell):
        inner = x.data
    else:
        inner = level.stop(x)
    return stop_gradient(inner) if isinstance(inner, Cell) else cell(inner, ZERO, None)


__all__ = ["astype", "copy", "stop_gradient", "to_device"]

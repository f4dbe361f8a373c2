"""What `gradx.scipy.signal` and `gradx.scipy.ndimage` share: arguments as Tensors, axes, margins by SciPy's names.

- SciPy itself is asked for constants only, windows and designs, and is loaded when it is.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from gradx import ops
from gradx.backend import backend_of
from gradx.create import asarray
from gradx.dtypes import is_inexact
from gradx.errors import BatchError, ShapeError
from gradx.level import Cell
from gradx.numpy.arguments import axis_of, beside, tensor
from gradx.ops.linalg.degenerate import raw

MARGINS = {
    "reflect": "symmetric",
    "grid-mirror": "symmetric",
    "mirror": "reflect",
    "nearest": "edge",
    "wrap": "wrap",
    "grid-wrap": "wrap",
    "constant": "constant",
    "grid-constant": "constant",
}
"""What `gradx.pad` calls the boundaries of `scipy.ndimage`."""


def scipy(name: str) -> Any:
    """Return a module of SciPy's."""
    return import_module(f"scipy.{name}")


def floating(x: Any, like: Any = None) -> Any:
    """Return `x` as a Tensor of at least single precision.

    Numbers, lists and arrays of NumPy's go beside `like`, numbers and lists in its precision: what SciPy's designs
    return may be given along with a signal on any device. A Tensor stays where it is.
    """
    if like is not None and not isinstance(x, Cell):
        if not hasattr(x, "dtype"):
            x = beside(x, like)
            return ops.astype(x, real_dtype(like), copy=False) if x.dtype.kind != "c" else x
        x = asarray(x, device=like.device) if type(x).__module__.startswith("numpy") else x
    x = tensor(x)
    if not is_inexact(x.dtype):
        return ops.astype(x, "float64")
    return ops.astype(x, "float32") if x.dtype.itemsize < 4 else x


def real_dtype(x: Any) -> str:
    """Return the real floating dtype of the precision of `x`; float64 for integers."""
    single = x.dtype.name in ("float32", "complex64", "float16", "bfloat16")
    return "float32" if single else "float64"


def complex_of(x: Any) -> Any:
    """Return `x` in a complex dtype of its precision."""
    if x.dtype.kind == "c":
        return x
    return ops.astype(x, "complex64" if real_dtype(x) == "float32" else "complex128")


def constant(values: Any, like: Any, dtype: Any = None) -> Any:
    """Return numbers or an array of NumPy's as a Tensor beside `like`, in its precision."""
    if isinstance(values, Cell):
        return values
    y = asarray(values, device=like.device)
    if dtype is None:
        dtype = real_dtype(like)
        if y.dtype.kind == "c":
            return ops.astype(y, "complex64" if dtype == "float32" else "complex128", copy=False)
    return ops.astype(y, dtype, copy=False)


def values_of(x: Any) -> Any:
    """Return the values of an array or a number, off the graph, as an array of NumPy."""
    x = ops.stop_gradient(tensor(x))
    return x.numpy() if x.device == "cpu" else x.to_device("cpu").numpy()


def values_of_all(x: Any) -> Any:
    """Return the values of an array, those of all examples of a `vmap` before it, as an array of NumPy."""
    bare = raw(x)
    return backend_of(type(bare)).to_numpy(bare)


def trimmed(name: str, x: Any, side: str) -> Any:
    """Return coefficients `(n,)` without the zeros at their front, "f", or back, "b".

    Raises
    ------
    BatchError
        If the examples of a `vmap` differ in how many there are.
    """
    if x.ndim != 1 or not x.shape[0]:
        return x
    counts = values_of_all(x).reshape(-1, x.shape[0]) != 0
    places = counts.any(axis=0).nonzero()[0].tolist()
    if not places:
        return x[:0]
    if not counts[:, places[0] if side == "f" else places[-1]].all():
        raise BatchError(
            f"{name}: under vmap expected coefficients with equally many zeros at the end {side!r} in all examples"
        )
    return x[places[0] :] if side == "f" else x[: places[-1] + 1]


def axis_last(name: str, x: Any, axis: int) -> tuple[Any, int]:
    """Return `x` with an axis in the last place, and which it was."""
    axis = axis_of(name, axis, x.ndim)
    return (x if axis == x.ndim - 1 else ops.moveaxis(x, axis, -1)), axis


def axis_back(y: Any, axis: int) -> Any:
    """Undo `axis_last`."""
    return y if axis == y.ndim - 1 else ops.moveaxis(y, -1, axis)


def extended(x: Any, before: int, after: int, mode: str, cval: Any = 0.0, axis: int = -1) -> Any:
    """Extend an axis by so many elements at its ends, by a boundary of `scipy.ndimage`'s."""
    if not before and not after:
        return x
    widths = [(0, 0)] * x.ndim
    widths[axis] = (before, after)
    if not x.shape[axis] and mode not in ("constant", "grid-constant"):
        raise ShapeError(f"expected elements along axis {axis} to extend by {mode!r}; got none")
    return ops.pad(x, widths, MARGINS[mode], constant_values=cval)


def chosen(name: str, what: str, value: Any, allowed: Any) -> Any:
    """Return a value that is among those allowed; else say so."""
    if value not in allowed:
        raise ValueError(
            f"{name}: expected {what} to be one of {', '.join(map(repr, allowed))}; got {value!r}"
        )
    return value


def same_rank(name: str, a: Any, b: Any) -> None:
    """Raise unless two arrays have as many dimensions."""
    if a.ndim != b.ndim:
        raise ShapeError(
            f"{name}: expected two arrays of one number of dimensions; got shapes {a.shape} and {b.shape}"
        )


__all__ = ["MARGINS", "axis_back", "axis_last", "chosen", "complex_of", "constant", "extended", "floating",
           "real_dtype", "same_rank", "scipy", "trimmed", "values_of", "values_of_all"]  # fmt: skip

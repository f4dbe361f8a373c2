"""Where a function of SciPy's decides on values, and what it is given: arrays of NumPy's, off the graph.

- Steps, subintervals, assignments and solutions are chosen on values; what is computed with them is on the tape.
- SciPy is imported when it is first asked.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from gradx import ops
from gradx.create import asarray
from gradx.dtypes import DType, float32, float64, is_inexact
from gradx.errors import OperandError
from gradx.level import Cell
from gradx.numpy.arguments import tensor
from gradx.tape import SCALARS, ZERO

# Of Newton's, on the tape, from a solution found on values. Each doubles the orders in which it is exact, so these
# make derivatives exact to the 7th; a graph of more of them would cost everybody for what nobody asks.
STEPS = 3


def host(module: str) -> Any:
    """Return SciPy's module of a name, `optimize` or `integrate`."""
    return import_module(f"scipy.{module}")


def value(x: Any) -> Any:
    """Return the value of an array, a number or nested lists, as an array of NumPy's; off the graph.

    Raises
    ------
    ConversionError
        Under `vmap`, whose Tensors have a value for each example.
    """
    return ops.stop_gradient(tensor(x)).numpy()


def values_of(args: Any) -> tuple[Any, ...]:
    """Return arguments off the graph: Tensors, and what else there is as it is."""
    return tuple([ops.stop_gradient(x) if isinstance(x, Cell) else x for x in args])


def tracked(x: Any) -> bool:
    """Whether somebody differentiates by what `x` was computed from, or may."""
    return isinstance(x, Cell) and (x.aux is not None or x.level is not ZERO)


def decided(condition: Any) -> bool:
    """Return whether a condition holds for some element; False under `vmap`, where Python cannot decide."""
    return not condition.level.lead and bool(ops.any(condition))


def first_of(*candidates: Any) -> Any:
    """Return the first Tensor among these and the elements of their lists, or None."""
    for x in candidates:
        if isinstance(x, Cell):
            return x
        if isinstance(x, (list, tuple)) and (found := first_of(*x)) is not None:
            return found
    return None


def floating(x: Any, like: Any = None) -> Any:
    """Return `x` as a Tensor of a floating or complex dtype; numbers and lists beside `like` and in its dtype."""
    if isinstance(x, (list, tuple, range, *SCALARS)) and like is not None:
        x = tensor(x) if first_of(x) is not None else constant(x, like)
    x = tensor(x)
    return x if is_inexact(x.dtype) else ops.astype(x, "float64")


def real_dtype(like: Any) -> DType:
    """Return the real dtype of the precision of `like`."""
    if like.dtype.kind == "c":
        return float32 if like.dtype.name == "complex64" else float64
    return like.dtype if is_inexact(like.dtype) else float64


def constant(values: Any, like: Any, dtype: Any = None) -> Any:
    """Return numbers, or an array of NumPy's, as a Tensor beside `like`, in its dtype; real ones in its precision."""
    if dtype is None:
        whole = getattr(values, "dtype", None)
        is_complex = isinstance(values, complex) or (whole is not None and whole.kind == "c")
        dtype = like.dtype if is_complex and like.dtype.kind == "c" else real_dtype(like)
    if not getattr(values, "shape", ()) and hasattr(values, "tolist"):
        values = values.tolist()
    return asarray(values, dtype=dtype, device=like.device, copy=True)


def function_of(name: str, f: Any) -> Callable[..., Any]:
    """Return `f` if it can be called."""
    if not callable(f):
        raise OperandError(f"{name}: expected a function; got {type(f).__name__}")
    found: Callable[..., Any] = f
    return found


__all__ = [
    "STEPS",
    "constant",
    "decided",
    "first_of",
    "floating",
    "function_of",
    "host",
    "real_dtype",
    "tracked",
    "value",
    "values_of",
]

"""What NumPy's functions take as arguments, made into what gradx's take.

- Lists and tuples become Tensors, those that hold Tensors too: they stay on the graph.
- A keyword that gradx cannot honour (`out=`, `where=` of a ufunc) is an error that names the function.
"""

from __future__ import annotations

from operator import index
from typing import Any

from gradx import ops
from gradx.create import asarray
from gradx.errors import OperandError, ShapeError
from gradx.level import Cell
from gradx.ops.indexing import holds_tensor
from gradx.shapes import size
from gradx.tape import SCALARS


def tensor(x: Any) -> Any:
    """Return `x` as a Tensor: an array, a number, a list; a Tensor as it is."""
    return x if isinstance(x, Cell) else asarray(x)


def beside(x: Any, like: Any) -> Any:
    """Return `x` as a Tensor; numbers and lists on the device of `like`."""
    if isinstance(x, (list, tuple, range, *SCALARS)) and not holds_tensor(x):
        return asarray(x, device=like.device)
    return tensor(x)


def operand(x: Any) -> Any:
    """Return an operand of an elementwise function: numbers stay numbers, hence weak."""
    return asarray(x) if isinstance(x, (list, tuple, range)) else x


def tensors(arrays: Any) -> list[Any]:
    """Return a sequence of arrays, or one array along its first axis, as a list of Tensors."""
    return [tensor(x) for x in arrays]


def ints(value: Any) -> tuple[int, ...]:
    """Return an integer or several, also those of an array, as a tuple."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    return tuple([index(i) for i in value]) if isinstance(value, (list, tuple)) else (index(value),)


def refuse(name: str, **given: Any) -> None:
    """Raise if one of the keywords `given` has a value: gradx has no meaning for it."""
    for keyword, value in given.items():
        if keyword == "out" and value is not None:
            raise OperandError(
                f"numpy.{name}: expected out=None; got out={_kind(value)}. An array of another library cannot hold a "
                "gradient, and a Tensor is written to by x[...] = value: use what the function returns"
            )
        if value is not None and value is not True:
            raise OperandError(
                f"numpy.{name}: expected no argument {keyword}; got {keyword}={_kind(value)}, which gradx does not have"
            )


def _kind(value: Any) -> str:
    value = value[0] if isinstance(value, tuple) and len(value) == 1 else value
    return type(value).__name__ if hasattr(value, "shape") else repr(value)


def axis_of(name: str, axis: Any, ndim: int) -> int:
    """Return an axis counted from 0."""
    number = index(axis)
    if not -ndim <= number < ndim:
        raise ShapeError(f"numpy.{name}: expected an axis of {ndim} dimensions; got {axis}")
    return number % ndim


def axes_of(name: str, axis: Any, ndim: int) -> tuple[int, ...]:
    """Return the axes that `axis` means: all of them where it is None."""
    return (
        tuple(range(ndim)) if axis is None else tuple([axis_of(name, a, ndim) for a in ints(axis)])
    )


def flat(x: Any, axis: Any) -> tuple[Any, int]:
    """Return `x` and an axis of it: flattened, and 0, where `axis` is None."""
    x = tensor(x)
    return (ops.ravel(x), 0) if axis is None else (x, axis_of("axis", axis, x.ndim))


def cast(x: Any, dtype: Any) -> Any:
    """Return `x` as `dtype`; as it is where that is None."""
    return x if dtype is None else ops.astype(tensor(x), dtype, copy=False)


def inexact(x: Any) -> Any:
    """Return `x` with a floating or complex dtype: integers as float64."""
    x = tensor(x)
    return x if x.dtype.kind in "fc" else ops.astype(x, "float64")


def take(x: Any, axis: int, key: Any) -> Any:
    """Return `x` indexed by `key` along one axis."""
    return x[(*[slice(None)] * (axis % x.ndim), key)]


def integers(values: Any, like: Any) -> Any:
    """Return Python's integers as a Tensor beside `like`."""
    return asarray(values, dtype="int64", device=like.device)


def positions(x: Any) -> Any:
    """Return the number of each element of `x`, counted row by row, in its shape."""
    return ops.reshape(ops.arange(size(x.shape), device=x.device), x.shape)


__all__ = ["axes_of", "axis_of", "beside", "cast", "flat", "inexact", "integers", "ints", "operand", "positions",
           "refuse", "take", "tensor", "tensors"]  # fmt: skip

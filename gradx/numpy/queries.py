"""What NumPy's functions tell of arrays: shapes, dtypes, and whether two are alike. Nothing here has a derivative."""

from __future__ import annotations

from typing import Any

from gradx import ops, promotion
from gradx.dtypes import dtype_of
from gradx.numpy.arguments import axes_of, ints, tensor
from gradx.shapes import size as count_of
from gradx.tape import SCALARS


def shape(a: Any) -> tuple[int, ...]:
    """NumPy's `shape`."""
    return tensor(a).shape


def ndim(a: Any) -> int:
    """NumPy's `ndim`."""
    return tensor(a).ndim


def size(a: Any, axis: Any = None) -> int:
    """NumPy's `size`."""
    x = tensor(a)
    return count_of(tuple([x.shape[i] for i in axes_of("size", axis, x.ndim)]))


def result_type(*arrays_and_dtypes: Any) -> Any:
    """NumPy's `result_type`, by `gradx.result_type`."""
    kinds = [
        dtype_of(x) if isinstance(x, type) else x for x in arrays_and_dtypes
    ]  # numpy.float32, the class
    return promotion.result_type(*kinds)


promote_types = result_type


def can_cast(from_: Any, to: Any, casting: str = "safe") -> bool:
    """NumPy's `can_cast`, by `gradx.can_cast`."""
    if casting not in ("safe", "no", "equiv"):
        raise ValueError(f"numpy.can_cast: expected casting='safe'; got {casting!r}")
    return promotion.can_cast(from_, to)


def common_type(*arrays: Any) -> Any:
    """NumPy's `common_type`: the floating or complex dtype that holds all."""
    kinds = [tensor(x).dtype for x in arrays]
    return promotion.result_type(*[d if d.kind in "fc" else "float64" for d in kinds])


def min_scalar_type(a: Any) -> Any:
    """NumPy's `min_scalar_type`, of an array: its dtype."""
    return tensor(a).dtype


def iscomplexobj(x: Any) -> bool:
    """NumPy's `iscomplexobj`."""
    return tensor(x).dtype.kind == "c"


def isrealobj(x: Any) -> bool:
    """NumPy's `isrealobj`."""
    return not iscomplexobj(x)


def isscalar(element: Any) -> bool:
    """NumPy's `isscalar`: a Python number is one, a Tensor is not."""
    return type(element) in SCALARS or isinstance(element, (str, bytes))


def iscomplex(x: Any) -> Any:
    """NumPy's `iscomplex`."""
    x = tensor(x)
    return ops.imag(x) != 0 if x.dtype.kind == "c" else ops.zeros_like(x, dtype="bool")


def isreal(x: Any) -> Any:
    """NumPy's `isreal`."""
    return ops.logical_not(iscomplex(x))


def isposinf(x: Any, out: Any = None) -> Any:
    """NumPy's `isposinf`."""
    return tensor(x) == float("inf")


def isneginf(x: Any, out: Any = None) -> Any:
    """NumPy's `isneginf`."""
    return tensor(x) == float("-inf")


def isclose(a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    """NumPy's `isclose`: `|a - b| <= atol + rtol |b|`."""
    a, b = (ops.stop_gradient(tensor(x)) for x in (a, b))
    finite = ops.isfinite(b)
    distance = ops.abs(ops.where(finite, ops.subtract(a, b), 0))
    near = ops.logical_and(finite, distance <= atol + rtol * ops.abs(ops.where(finite, b, 0)))
    close = ops.logical_or(near, a == b)
    return (
        ops.logical_or(close, ops.logical_and(ops.isnan(a), ops.isnan(b))) if equal_nan else close
    )


def allclose(
    a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> bool:
    """NumPy's `allclose`."""
    return bool(ops.all(isclose(a, b, rtol, atol, equal_nan)))


def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> bool:
    """NumPy's `array_equal`."""
    a, b = tensor(a1), tensor(a2)
    if a.shape != b.shape:
        return False
    same = a == b
    if equal_nan:
        same = ops.logical_or(same, ops.logical_and(ops.isnan(a), ops.isnan(b)))
    return bool(ops.all(same))


def array_equiv(a1: Any, a2: Any) -> bool:
    """NumPy's `array_equiv`."""
    a, b = tensor(a1), tensor(a2)
    try:
        ops.broadcast_shapes(a.shape, b.shape)
    except ValueError:
        return False
    return bool(ops.all(a == b))


def broadcast_shapes(*args: Any) -> tuple[int, ...]:
    """NumPy's `broadcast_shapes`, by `gradx.broadcast_shapes`."""
    return ops.broadcast_shapes(*[ints(shape) for shape in args])


__all__ = ["allclose", "array_equal", "array_equiv", "broadcast_shapes", "can_cast", "common_type", "isclose",
           "iscomplex", "iscomplexobj", "isneginf", "isposinf", "isreal", "isrealobj", "isscalar", "min_scalar_type",
           "ndim", "promote_types", "result_type", "shape", "size"]  # fmt: skip

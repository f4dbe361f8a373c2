"""The standard's data type functions, on gradx's own dtypes: no array library is asked.

- Promotion follows the array API standard 2025.12; integers with floats, and float16 and bfloat16, which
  the standard leaves open, follow NumPy (NEP 50).
- Python scalars are weak: they take the dtype of the arrays beside them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from gradx.dtypes import DType, complex64, complex128, dtype_of, float16, float32, float64, int64
from gradx.errors import DtypeError
from gradx.level import Cell

_SCALAR_RANK = {bool: "b", int: "i", float: "f", complex: "c"}


def result_type(*arrays_and_dtypes: Any) -> DType:
    """Return the dtype to which arrays, dtypes and Python scalars promote together.

    >>> import gradx as gx
    >>> gx.result_type(gx.float32, gx.int16, 1.0)
    gradx.float32
    """
    if not arrays_and_dtypes:
        raise DtypeError("result_type: expected at least one array or dtype; got none")
    weak = [type(x) for x in arrays_and_dtypes if type(x) in _SCALAR_RANK]
    strong = [_dtype_of(x) for x in arrays_and_dtypes if type(x) not in _SCALAR_RANK]
    if not strong:
        return dtype_of(max(weak, key=list(_SCALAR_RANK).index))
    result = strong[0]
    for dtype in strong[1:]:
        result = promote(result, dtype)
    for kind in weak:
        result = _promote_scalar(result, _SCALAR_RANK[kind])
    return result


def _dtype_of(x: Any) -> DType:
    is_array = isinstance(x, Cell) or (hasattr(x, "shape") and hasattr(x, "dtype"))
    return dtype_of(x.dtype if is_array and not isinstance(x, type) else x)


def promote(a: DType, b: DType) -> DType:
    """Return the dtype to which two promote.

    >>> promote(dtype_of("uint8"), dtype_of("int8"))
    gradx.int16
    """
    if a == b or b.kind == "b":
        return a
    if a.kind == "b":
        return b
    kinds = {a.kind, b.kind}
    if len(kinds) == 1:
        if a.itemsize == b.itemsize:  # float16 with bfloat16
            return float32
        return a if a.itemsize > b.itemsize else b
    if kinds == {"i", "u"}:
        signed, unsigned = (a, b) if a.kind == "i" else (b, a)
        if signed.itemsize > unsigned.itemsize:
            return signed
        return float64 if unsigned.itemsize == 8 else dtype_of(f"int{unsigned.itemsize * 16}")
    if kinds == {"f", "c"}:
        real, wide = (a, b) if a.kind == "f" else (b, a)
        return complex128 if real.itemsize == 8 else wide
    whole, inexact = (a, b) if a.kind in "iu" else (b, a)
    return promote(
        inexact, float64 if whole.itemsize > 2 else float32 if whole.itemsize == 2 else float16
    )


def _promote_scalar(dtype: DType, rank: str) -> DType:
    if rank == "b" or dtype.kind == "c" or (rank == "f" and dtype.kind == "f"):
        return dtype
    if rank == "i":
        return int64 if dtype.kind == "b" else dtype
    if rank == "f":
        return float64
    return complex64 if dtype.kind == "f" and dtype.itemsize <= 4 else complex128


def can_cast(from_: Any, to: Any, /) -> bool:
    """Whether a dtype (or an array's) can be cast to `to` by promotion alone.

    >>> import gradx as gx
    >>> gx.can_cast(gx.int8, gx.int32), gx.can_cast(gx.float64, gx.float32)
    (True, False)
    """
    source, target = _dtype_of(from_), dtype_of(to)
    if "b" in (source.kind, target.kind):
        return source == target
    return promote(source, target) == target


def isdtype(dtype: Any, kind: Any) -> bool:
    """Whether `dtype` is of a kind: a dtype, one of the standard's names of kinds, or a tuple of them.

    >>> import gradx as gx
    >>> gx.isdtype(gx.float32, "real floating")
    True
    """
    if isinstance(kind, tuple):
        return any(isdtype(dtype, k) for k in kind)
    dtype = dtype_of(dtype)
    if isinstance(kind, str) and kind in _KINDS:
        return dtype.kind in _KINDS[kind]
    try:
        return dtype == dtype_of(kind)
    except DtypeError:
        raise ValueError(
            f"isdtype: expected a kind of {', '.join(_KINDS)}, or a dtype; got {kind!r}"
        ) from None


_KINDS = {"bool": "b", "signed integer": "i", "unsigned integer": "u", "integral": "iu",
          "real floating": "f", "complex floating": "c", "numeric": "iufc"}  # fmt: skip


class FloatInfo(NamedTuple):
    """Limits of a floating dtype, as Python floats."""

    bits: int
    eps: float
    max: float
    min: float
    smallest_normal: float
    dtype: DType


class IntInfo(NamedTuple):
    """Limits of an integer dtype."""

    bits: int
    max: int
    min: int
    dtype: DType


_FLOATS = {  # name: (bits of the significand after the point, largest exponent)
    "float16": (10, 15), "bfloat16": (7, 127), "float32": (23, 127), "float64": (52, 1023),
}  # fmt: skip


def finfo(type: Any, /) -> FloatInfo:
    """Return the limits of a floating dtype (of the parts, for a complex one), or of an array's.

    >>> import gradx as gx
    >>> gx.finfo(gx.float32).eps == 2.0**-23
    True
    """
    dtype = _dtype_of(type)
    if dtype.kind == "c":
        dtype = float32 if dtype == complex64 else float64
    if dtype.kind != "f":
        raise DtypeError(f"finfo: expected a floating dtype; got {dtype}. Use iinfo for integers")
    digits, exponent = _FLOATS[dtype.name]
    largest = (2.0 - 2.0**-digits) * 2.0**exponent
    return FloatInfo(
        dtype.itemsize * 8, 2.0**-digits, largest, -largest, 2.0 ** (1 - exponent), dtype
    )


def iinfo(type: Any, /) -> IntInfo:
    """Return the limits of an integer dtype, or of an array's.

    >>> import gradx as gx
    >>> gx.iinfo(gx.int8).max
    127
    """
    dtype = _dtype_of(type)
    if dtype.kind not in "iu":
        raise DtypeError(f"iinfo: expected an integer dtype; got {dtype}. Use finfo for floats")
    bits = dtype.itemsize * 8
    low = -(2 ** (bits - 1)) if dtype.kind == "i" else 0
    return IntInfo(bits, low + 2**bits - 1, low, dtype)


__all__ = ["can_cast", "finfo", "iinfo", "isdtype", "promote", "result_type"]

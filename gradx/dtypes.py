"""Dtypes by name, the same for every array library.

- One `DType` object per name; hashable; equal to every backend's dtype of that name.
- Imports no array library: `__numpy_dtype__` asks the NumPy backend.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from gradx.backend import backend_named
from gradx.errors import DtypeError


class DType:
    """A data type known by its name: `gx.float64 == np.dtype("float64") == torch.float64`."""

    __slots__ = ("itemsize", "kind", "name")

    name: str
    kind: str
    itemsize: int

    def __init__(self, name: str, kind: str, itemsize: int) -> None:
        self.name, self.kind, self.itemsize = name, kind, itemsize

    def __repr__(self) -> str:
        return f"gradx.{self.name}"

    def __str__(self) -> str:
        return self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return other is not None and _name_of(other) == self.name

    def __reduce__(self) -> tuple[Any, ...]:
        return dtype_of, (self.name,)

    @property
    def __numpy_dtype__(self) -> Any:
        return backend_named("numpy").native_dtype(self.name)

    dtype = __numpy_dtype__  # what NumPy before 2.4 looks for

    @property
    def type(self) -> Any:
        """NumPy's class of one number of it, `numpy.float64`: what code written for NumPy asks for."""
        return self.__numpy_dtype__.type


_STANDARD = {
    name: DType(name, kind, itemsize)
    for name, kind, itemsize in [
        ("bool", "b", 1),
        ("int8", "i", 1), ("int16", "i", 2), ("int32", "i", 4), ("int64", "i", 8),
        ("uint8", "u", 1), ("uint16", "u", 2), ("uint32", "u", 4), ("uint64", "u", 8),
        ("float16", "f", 2), ("bfloat16", "f", 2), ("float32", "f", 4), ("float64", "f", 8),
        ("complex64", "c", 8), ("complex128", "c", 16),
    ]
}  # fmt: skip

bool_ = _STANDARD["bool"]
int8, int16, int32, int64 = (_STANDARD[f"int{bits}"] for bits in (8, 16, 32, 64))
uint8, uint16, uint32, uint64 = (_STANDARD[f"uint{bits}"] for bits in (8, 16, 32, 64))
float16, bfloat16 = _STANDARD["float16"], _STANDARD["bfloat16"]
float32, float64 = _STANDARD["float32"], _STANDARD["float64"]
complex64, complex128 = _STANDARD["complex64"], _STANDARD["complex128"]

_PYTHON = {bool: "bool", int: "int64", float: "float64", complex: "complex128"}
_names: dict[tuple[type, Any], str] = {}


def _name_of(dtype: Any) -> str | None:
    """Return the name under which a library knows `dtype`; None if it is no dtype."""
    if type(dtype) is DType:
        return dtype.name
    try:
        return _names[type(dtype), dtype]
    except (KeyError, TypeError):  # not seen before, or unhashable
        pass
    if isinstance(dtype, str):
        name = dtype
    elif isinstance(dtype, type) and dtype in _PYTHON:
        name = _PYTHON[dtype]
    elif isinstance(dtype, type):  # numpy.float64, the class
        name = dtype.__name__.rstrip("_")
    else:
        name = getattr(dtype, "name", None) or str(dtype).rpartition(".")[2]
    if name not in _STANDARD:
        return None
    with suppress(TypeError):  # an unhashable description of a dtype
        _names[type(dtype), dtype] = name
    return name


def dtype_of(dtype: Any) -> DType:
    """Return the `DType` for a name, a library's dtype, a Python type or a `DType`.

    >>> dtype_of("float32"), dtype_of(float)
    (gradx.float32, gradx.float64)
    """
    if type(dtype) is DType:
        return dtype
    name = _name_of(dtype)
    if name is None:
        raise DtypeError(f"dtype: expected one of {', '.join(_STANDARD)}; got {dtype!r}")
    return _STANDARD[name]


class _IsComplex(dict[Any, bool]):
    """Whether a dtype (anyone's) is complex; filled on first sight."""

    def __missing__(self, dtype: Any) -> bool:
        answer = self[dtype] = dtype_of(dtype).kind == "c"
        return answer


is_complex = _IsComplex()


def is_inexact(dtype: Any) -> bool:
    """Whether a dtype is real or complex floating: whether it can carry a derivative."""
    return dtype_of(dtype).kind in "fc"

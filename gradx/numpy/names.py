"""NumPy's own objects that its namespace holds beside the functions of arrays: dtypes, classes, settings.

- They are NumPy's, passed on when asked for: importing `gradx.numpy` imports no array library.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

from gradx.backend import backend_named

PASSED_ON = frozenset({
    "__version__", "bool_", "byte", "bytes_", "character", "clongdouble", "complex64", "complex128",
    "complexfloating", "csingle",
    "cdouble", "datetime64", "double", "dtype", "errstate", "finfo", "flexible", "float16", "float32", "float64",
    "floating", "format_float_positional", "format_float_scientific", "generic", "get_printoptions", "geterr", "half",
    "iinfo", "index_exp", "inexact", "int8", "int16", "int32", "int64", "int_", "intc", "integer", "intp",
    "issubdtype", "iterable", "load", "loadtxt", "genfromtxt", "longdouble", "longlong", "matrix", "mgrid", "ndarray",
    "ndenumerate", "ndindex", "number", "object_", "ogrid", "printoptions", "random", "s_", "set_printoptions",
    "seterr", "short", "signedinteger", "single", "str_", "testing", "timedelta64", "ubyte", "ufunc", "uint", "uint8",
    "uint16", "uint32", "uint64", "uintc", "uintp", "ulonglong", "unsignedinteger", "ushort", "void",
})  # fmt: skip


def native(name: str) -> Any:
    """Return NumPy's own object of a (dotted) name."""
    backend: Any = backend_named("numpy")
    return reduce(getattr, name.split("."), backend.library)


def missing_name(name: str) -> AttributeError:
    """Return the error for what gradx.numpy does not have."""
    return AttributeError(
        f"gradx.numpy.{name}: expected one of NumPy's functions for which gradx has a rule; got {name!r}. Write it in "
        "terms of others, or apply NumPy's own to values that need no gradient"
    )


__all__ = ["PASSED_ON", "missing_name", "native"]

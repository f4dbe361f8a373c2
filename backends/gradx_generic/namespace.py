"""The raw namespace of any library: its own functions, corrected and completed.

- A name is looked up once: the library's hooks, then what it has itself, then the fallbacks in standard code.
- Elementwise functions of several arrays take Python scalars weakly, and they and products take arrays of mixed
  dtypes by NumPy's promotion, whatever the library takes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import numpy as np

from gradx_generic import fallbacks, indexing, matrices, recursion, special
from gradx_generic.einsum import einsum
from gradx_generic.scipy_names import SciPyNames, complex_on_host
from gradx_generic.special_cases import CORRECTED

Array = Any

_ALWAYS: dict[str, Callable[..., Any]] = {
    "getitem": indexing.getitem,
    "index_add": indexing.index_add,
    "index_set": indexing.index_set,
    "scatter": indexing.scatter,
    "guarded_multiply": fallbacks.guarded_multiply,
    "recurse": recursion.recurse,
    "std": fallbacks.std,
    "var": fallbacks.var,
}
_WHERE_MISSING: dict[str, Callable[..., Any]] = {
    "einsum": einsum,
    **{
        name: getattr(special, name)
        for name in ("digamma", "erf", "erfc", "erfinv", "gammaln", "polygamma")
    },
}
_FUNCTIONS_OF_MATRICES = frozenset({"expm", "logm", "lu", "sqrtm"})
_MIXED = frozenset(
    [
        "add",
        "atan2",
        "bitwise_and",
        "bitwise_left_shift",
        "bitwise_or",
        "bitwise_right_shift",
        "bitwise_xor",
        "copysign",
        "divide",
        "einsum",
        "equal",
        "floor_divide",
        "greater",
        "greater_equal",
        "hypot",
        "less",
        "less_equal",
        "logaddexp",
        "logical_and",
        "logical_or",
        "logical_xor",
        "matmul",
        "maximum",
        "minimum",
        "multiply",
        "nextafter",
        "not_equal",
        "pow",
        "remainder",
        "subtract",
        "tensordot",
        "vecdot",
        "where",
    ]
)


class Namespace:
    """The standard (2025.12) and the extras on the bare arrays of one library."""

    def __init__(self, library: Any, native: Any, path: str = "") -> None:
        self.library = library
        self._native = native
        self._path = path

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__array_namespace_info__":
            raise AttributeError(name)
        found = self._find(name)
        self.__dict__[name] = found
        return found

    def _find(self, name: str) -> Any:
        library, path = self.library, self._path + name
        hook = library.hooks.get(path)
        if hook is not None:
            return partial(hook, library.xp)
        if not self._path:
            if name in _ALWAYS:
                return partial(_ALWAYS[name], self)
            if name in ("linalg", "fft"):
                return Namespace(library, getattr(self._native, name), name + ".")
            if name == "special":
                return SciPyNames(library)
            if name == "astype":
                return self._astype
            if name in _WHERE_MISSING:
                value = library.special(name) or partial(_WHERE_MISSING[name], self)
                if name in _MIXED:
                    return mixed(self, value, skip=False)
                return value if name == "einsum" else complex_on_host(library, name, value)
        if path.startswith("linalg.") and name in _FUNCTIONS_OF_MATRICES:
            return partial(getattr(matrices, name), self.library.xp)
        try:
            value = getattr(self._native, name)
        except AttributeError:
            raise AttributeError(f"{library.name} has no {path}, nor has gradx_generic") from None
        if not self._path and name in CORRECTED:
            value = partial(CORRECTED[name], self, value)
        return mixed(self, value, skip=name == "where") if name in _MIXED else value

    def _astype(self, x: Array, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Array:
        """Cast to a native dtype or a `gradx.DType`."""
        if type(dtype).__module__.startswith("gradx."):
            dtype = self.library.native_dtype(dtype.name)
        if device is not None:
            return self._native.astype(x, dtype, copy=copy, device=device)
        return self._native.astype(x, dtype, copy=copy)


def dtype_name(dtype: Any) -> str:
    """Return the bare name of any library's dtype."""
    return str(getattr(dtype, "name", None) or dtype).rpartition(".")[2]


def mixed(xp: Namespace, function: Callable[..., Array], *, skip: bool) -> Callable[..., Array]:
    """Return `function` taking Python scalars weakly and dtypes mixed; `skip` leaves the first argument alone."""

    @wraps(function)
    def call(*args: Any, **params: Any) -> Array:
        first = args[:skip]
        rest = args[skip:]
        dtypes = {dtype_name(x.dtype) for x in rest if hasattr(x, "dtype")}
        if len(dtypes) == 1 and all(hasattr(x, "dtype") for x in rest):
            return function(*args, **params)
        arrays = [x for x in args if hasattr(x, "dtype")]
        scalars = [x for x in rest if not hasattr(x, "dtype")]
        try:
            common = np.result_type(*map(np.dtype, sorted(dtypes)), *scalars).name
            native = xp.library.native_dtype(common)
        except TypeError:  # a dtype that NumPy does not know
            if any(isinstance(x, complex) for x in scalars):
                return function(*args, **params)
            native = xp.result_type(*[x for x in rest if hasattr(x, "dtype")])
        device = getattr(arrays[0], "device", None)
        return function(*first, *[
            xp.astype(x, native, copy=False) if hasattr(x, "dtype") else xp.asarray(x, dtype=native, device=device)
            for x in rest
        ], **params)  # fmt: skip

    return call

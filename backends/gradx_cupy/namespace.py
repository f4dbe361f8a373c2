"""The array API (2025.12) on bare CuPy arrays, and the extras that gradx's rules need.

- Everything not named here is `array_api_compat.cupy`'s.
- Results of rank 0 are arrays, which stay on the device; nothing here waits for the GPU but masks, `nonzero`,
  `unique_*` and `repeat` with an array of counts, whose shapes depend on values.
- Creation functions honour `device=`, which array-api-compat ignores.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial, wraps
from math import factorial
from types import SimpleNamespace
from typing import Any

import cupy
import numpy as np
from array_api_compat import cupy as _compat

from gradx_cupy import linalg as linalg
from gradx_cupy import special as special
from gradx_cupy._indexing import getitem as getitem
from gradx_cupy._indexing import index_add as index_add
from gradx_cupy._indexing import index_set as index_set
from gradx_cupy._indexing import scatter as scatter
from gradx_generic.fallbacks import repeat_by_counts
from gradx_generic.namespace import mixed
from gradx_generic.recursion import recurse as generic_recurse
from gradx_generic.special_cases import CORRECTED

Array = Any

__array_api_version__ = "2025.12"

# What the functions of `gradx_generic`, used for what CuPy lacks, ask of a library.
library = SimpleNamespace(name="cupy", add_at=None, native_dtype=np.dtype)

_CREATION = frozenset({"arange", "empty", "empty_like", "eye", "full", "full_like", "linspace", "ones",
                       "ones_like", "zeros", "zeros_like"})  # fmt: skip
_SPECIAL = {
    "digamma": "digamma",
    "erf": "erf",
    "erfc": "erfc",
    "erfinv": "erfinv",
    "gammaln": "gammaln",
    "sigmoid": "expit",
}


def __getattr__(name: str) -> Any:
    """Look a name up in array-api-compat or cupyx, once."""
    if name in _SPECIAL:
        from cupyx.scipy import special

        value = _dtype_true(getattr(special, _SPECIAL[name]))
    elif name.startswith("__") and name != "__array_namespace_info__":
        raise AttributeError(name)
    else:
        value = getattr(_compat, name)
        if name in _CREATION:
            value = _on_device(value)
        elif name in CORRECTED:
            value = _corrected(name, value)
    globals()[name] = value
    return value


def _corrected(name: str, own: Callable[..., Array]) -> Callable[..., Array]:
    """Return one of CuPy's functions with the standard's special cases; a number beside arrays becomes one."""
    namespace: Any = sys.modules[__name__]
    correct = partial(CORRECTED[name], namespace, own)
    return (
        mixed(namespace, correct, skip=False) if name in ("floor_divide", "remainder") else correct
    )


def _on_device(create: Callable[..., Array]) -> Callable[..., Array]:
    @wraps(create)
    def call(*args: Any, device: Any = None, **options: Any) -> Array:
        if device is None:
            return create(*args, **options)
        with device:
            return create(*args, **options)

    return call


def _dtype_true(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Return `function` with results in the 16-bit dtype of the input; CuPy returns float64."""

    def call(x: Array, /) -> Array:
        if x.dtype.itemsize == 2 and x.dtype.kind not in "iu":
            return function(x.astype(np.float32)).astype(x.dtype)
        return function(x)

    return call


def asarray(
    obj: Any, /, *, dtype: Any = None, device: Any = None, copy: bool | None = None
) -> Array:
    """An array of another device is copied to `device`."""
    if device is None:
        return _compat.asarray(obj, dtype=dtype, copy=copy)
    with device:
        if isinstance(obj, cupy.ndarray) and obj.device != device:
            if copy is False:
                raise ValueError("asarray: expected no copy; another device needs one")
            obj = obj.copy()
        return _compat.asarray(obj, dtype=dtype, device=device, copy=copy)


def astype(x: Array, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Array:
    """Cast to a native dtype or a `gradx.DType`."""
    y = x.astype(getattr(dtype, "__numpy_dtype__", dtype), copy=copy)
    return y if device is None else asarray(y, device=device)


def clip(x: Array, /, min: Any = None, max: Any = None) -> Array:
    """Keep the dtype of `x`, NaN included, without a mask (array-api-compat's waits for the GPU)."""
    y = x.copy() if min is None and max is None else x
    if min is not None:
        y = cupy.maximum(y, _bound(x, min))
    return y if max is None else cupy.minimum(y, _bound(x, max))


def _bound(x: Array, bound: Any) -> Any:
    if isinstance(bound, cupy.ndarray):
        return bound.astype(x.dtype, copy=False)
    if x.dtype.kind in "iu":
        info = np.iinfo(x.dtype)
        return info.min if bound < info.min else info.max if bound > info.max else int(bound)
    return bound


def einsum(*arrays: Array, subscripts: str) -> Array:
    """The subscripts come first in CuPy."""
    return cupy.einsum(subscripts, *arrays)


def guarded_multiply(a: Array, b: Array, /) -> Array:
    """`a * b`, and exactly 0 where `a` is 0 and `b` not finite."""
    y = a * b
    return cupy.where((a == 0) & ~cupy.isfinite(b), cupy.zeros((), y.dtype), y)


def polygamma(x: Array, /, *, n: int) -> Array:
    """The `n`-th derivative of `digamma`: (-1)**(n+1) n! zeta(n+1, x)."""
    from cupyx.scipy.special import digamma as _digamma
    from cupyx.scipy.special import zeta

    z = x.astype(np.float32) if x.dtype.itemsize == 2 else x
    order = cupy.full_like(z, n + 1)
    y = _digamma(z) if n == 0 else (-1.0) ** (n + 1) * float(factorial(n)) * zeta(order, z)
    return y.astype(x.dtype, copy=False)


def recurse(a: Array, x: Array) -> Array:
    """In log2(n) steps of standard code: `cupyx.scipy.signal.lfilter` has computed in single precision."""
    from gradx_cupy import namespace  # this very module

    return generic_recurse(namespace, a, x)


def repeat(x: Array, repeats: Any, /, *, axis: int | None = None) -> Array:
    """Takes an array of counts too."""
    if not isinstance(repeats, cupy.ndarray):
        return cupy.repeat(x, repeats, axis)
    from gradx_cupy import namespace  # this very module

    return repeat_by_counts(namespace, x, repeats, axis=axis)

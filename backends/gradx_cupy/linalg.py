"""`cupy.linalg` as the standard has it.

- Everything not named here is `array_api_compat.cupy.linalg`'s.
- CuPy does not raise for a singular matrix, nor for one that is not positive definite: NaN or infinity comes
  back, since looking would wait for the GPU.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import cupy
from array_api_compat.cupy import linalg as _compat

from gradx_generic import matrices

Array = Any


class EigResult(NamedTuple):
    """Eigenvalues `(..., m)` and eigenvectors, as columns, `(..., m, m)`."""

    eigenvalues: Array
    eigenvectors: Array


def __getattr__(name: str) -> Any:
    """Look a name up in array-api-compat, once; functions of matrices and LU factors in standard code."""
    if name in ("expm", "logm", "lu", "sqrtm"):
        from gradx_cupy import namespace

        value: Any = partial(getattr(matrices, name), namespace)
    else:
        value = getattr(_compat, name)
    globals()[name] = value
    return value


def eig(x: Array, /) -> EigResult:
    """Always complex."""
    values, vectors = cupy.linalg.eig(x)
    kind = cupy.result_type(values.dtype, "complex64")
    return EigResult(values.astype(kind, copy=False), vectors.astype(kind, copy=False))


def eigvals(x: Array, /) -> Array:
    """Always complex."""
    values = cupy.linalg.eigvals(x)
    return values.astype(cupy.result_type(values.dtype, "complex64"), copy=False)


def solve(x1: Array, x2: Array, /) -> Array:
    """Broadcasts the batch; `x2` is a vector only if its rank is 1."""
    if x2.ndim == 1:
        return cupy.linalg.solve(x1, x2)
    batch = cupy.broadcast_shapes(x1.shape[:-2], x2.shape[:-2])
    x1 = cupy.broadcast_to(x1, (*batch, *x1.shape[-2:]))
    return cupy.linalg.solve(x1, cupy.broadcast_to(x2, (*batch, *x2.shape[-2:])))

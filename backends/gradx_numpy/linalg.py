"""`numpy.linalg` as the standard has it.

- Everything not named here is NumPy's own.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Array = Any


class EigResult(NamedTuple):
    """Eigenvalues `(..., m)` and eigenvectors, as columns, `(..., m, m)`."""

    eigenvalues: Array
    eigenvectors: Array


def __getattr__(name: str) -> Any:
    """Look a name up in NumPy, once."""
    value = globals()[name] = getattr(np.linalg, name)
    return value


def eig(x: Array, /) -> EigResult:
    """Always complex."""
    values, vectors = np.linalg.eig(x)
    kind = np.result_type(values, np.complex64)
    return EigResult(values.astype(kind), vectors.astype(kind))


def eigvals(x: Array, /) -> Array:
    """Always complex."""
    values = np.linalg.eigvals(x)
    return values.astype(np.result_type(values, np.complex64))


def pinv(x: Array, /, *, rtol: Any = None) -> Array:
    """The default tolerance is max(M, N) * eps."""
    return np.linalg.pinv(x, rtol=rtol)

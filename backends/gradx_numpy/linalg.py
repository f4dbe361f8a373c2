"""`numpy.linalg` as the standard has it.

- Everything not named here is NumPy's own; functions of matrices and LU factors are SciPy's, loaded on first use.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Array = Any


class EigResult(NamedTuple):
    """Eigenvalues `(..., m)` and eigenvectors, as columns, `(..., m, m)`."""

    eigenvalues: Array
    eigenvectors: Array


class LUResult(NamedTuple):
    """Permutation `(..., m, m)`, unit lower `(..., m, k)` and upper triangle `(..., k, n)`."""

    P: Array
    L: Array
    U: Array


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


def expm(x: Array, /) -> Array:
    """The exponential."""
    from scipy.linalg import expm

    return expm(x) if x.size else x.copy()


def sqrtm(x: Array, /) -> Array:
    """The principal root; NaN where a real matrix has none that is real."""
    from scipy.linalg import sqrtm

    def root(a: Array) -> Array:
        y = sqrtm(a)
        # SciPy perturbs what has no root, as the zeros of a derivative's block
        close = np.abs(y @ y - a).max(initial=0) <= np.finfo(a.dtype).eps ** 0.5 * np.abs(a).max(
            initial=0
        )
        return y if close else np.full_like(a, np.nan)

    return _each(root, x)


def logm(x: Array, /) -> Array:
    """The principal logarithm; NaN where a real matrix has none that is real, and where `x` is singular."""
    from scipy.linalg import logm

    def log(a: Array) -> Array:
        # SciPy takes a tiny number for 0
        return logm(a) if np.isfinite(np.linalg.slogdet(a)[1]) else np.full_like(a, np.nan)

    return _each(log, x)


def _each(function: Callable[[Array], Array], x: Array) -> Array:
    """Apply SciPy's function to each matrix; it warns or raises where there is no result."""
    y = np.empty_like(x)
    real = x.dtype.kind != "c"
    for index in np.ndindex(x.shape[:-2]):
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                part = function(x[index])
        except (ValueError, np.linalg.LinAlgError):
            part = np.full_like(x[index], np.nan)
        if real and part.dtype.kind == "c":
            small = np.abs(part.imag) <= 1e3 * np.finfo(x.dtype).eps * np.abs(part).max(initial=0)
            part = part.real if small.all() else np.nan
        y[index] = np.where(np.isfinite(part), part, np.nan)
    return y


def lu(x: Array, /) -> LUResult:
    """Permutation, unit lower and upper triangle: `x = P L U`."""
    from scipy.linalg import lu

    if x.size:
        return LUResult(*lu(x))
    *batch, m, n = x.shape
    kind, k = x.dtype, min(m, n)
    parts = np.eye(m, dtype=x.real.dtype), np.eye(m, k, dtype=kind), np.zeros((k, n), kind)
    return LUResult(*[
        np.broadcast_to(part, (*batch, *part.shape)).copy() for part in parts
    ])  # fmt: skip

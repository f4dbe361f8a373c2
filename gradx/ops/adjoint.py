"""Conjugates and adjoints for the rules of products and of linear algebra.

- For rules: `xp` first, bare arrays or Tensors; a real array is never copied for the sake of a conjugate.
"""

from __future__ import annotations

from typing import Any

from gradx.dtypes import is_complex


def conj(xp: Any, x: Any) -> Any:
    """Return the complex conjugate; `x` itself where it is real."""
    return xp.conj(x) if is_complex[x.dtype] else x


def real(xp: Any, x: Any) -> Any:
    """Return the real part; `x` itself where it is real."""
    return xp.real(x) if is_complex[x.dtype] else x


def adjoint(xp: Any, x: Any) -> Any:
    """Return the conjugate transpose, `(..., m, n)` to `(..., n, m)`."""
    return xp.matrix_transpose(conj(xp, x))


def hermitian_part(xp: Any, x: Any) -> Any:
    """Return `(x + x^H) / 2`; halved first, which is exact and cannot overflow."""
    half = x * 0.5
    return half + adjoint(xp, half)


def skew_part(xp: Any, x: Any) -> Any:
    """Return `(x - x^H) / 2`."""
    half = x * 0.5
    return half - adjoint(xp, half)


def with_diagonal(xp: Any, values: Any) -> Any:
    """Return diagonal matrices, `(..., n)` to `(..., n, n)`."""
    at = xp.arange(values.shape[-1], device=values.device)
    wide = xp.expand_dims(values, axis=-1)
    return xp.where(xp.expand_dims(at, axis=-1) == at, wide, xp.zeros_like(wide))


__all__ = ["adjoint", "conj", "hermitian_part", "real", "skew_part", "with_diagonal"]

"""Eigenvalues and eigenvectors, ordinary and generalised.

- `a v = w b v` becomes an ordinary problem: by the Cholesky factor of `b` for Hermitian matrices, else by `b^-1 a`.
- Vectors are defined up to a sign or a phase: derivatives are those of results that do not depend on it.
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import OperandError
from gradx.ops import linalg
from gradx.scipy.linalg.arguments import adjoint, complex_of, matrix, mirrored, together
from gradx.scipy.linalg.banded import selected
from gradx.scipy.linalg.basic import triangular
from gradx.scipy.native import refuse


def _ordinary(pair: list[Any], kind: int) -> tuple[Any, Any]:
    """Return the ordinary Hermitian problem of a generalised one, and the Cholesky factor of `b`."""
    a, b = pair
    factor = linalg.cholesky(b)
    if kind == 1:
        half = triangular(factor, a, lower=True)
        return triangular(factor, adjoint(half), lower=True), factor
    return ops.matmul(ops.matmul(adjoint(factor), a), factor), factor


def eigh(a: Any, b: Any = None, *, lower: bool = True, eigvals_only: bool = False, overwrite_a: bool = False,
         overwrite_b: bool = False, type: int = 1, check_finite: bool = True, subset_by_index: Any = None,
         subset_by_value: Any = None, driver: str | None = None) -> Any:  # fmt: skip
    """Eigenvalues `(..., n)`, ascending, and vectors of Hermitian matrices, of which one triangle is read.

    With `b`, positive definite: `a v = w b v` (type 1), `a b v = w v` (2) or `b a v = w v` (3).

    >>> import gradx as gx
    >>> gx.scipy.linalg.eigh([[2.0, 0.0], [0.0, 6.0]], [[1.0, 0.0], [0.0, 2.0]], eigvals_only=True)
    Tensor([2., 3.])
    """
    if type not in (1, 2, 3):
        raise OperandError(f"scipy.linalg.eigh: expected type 1, 2 or 3; got {type!r}")
    if subset_by_index is not None and subset_by_value is not None:
        raise ValueError("scipy.linalg.eigh: expected subset_by_index or subset_by_value; got both")
    a = mirrored(matrix("eigh", a, check_finite, square=True), lower)
    factor: Any = None
    if b is not None:
        b = mirrored(matrix("eigh", b, check_finite, square=True, like=a), lower)
        a, factor = _ordinary(together(a, b), type)
    v: Any = None
    if eigvals_only:
        w = linalg.eigvalsh(a)
    else:
        w, v = linalg.eigh(a)
    if subset_by_value is not None:
        part = selected("eigh", w, "v", subset_by_value)
    else:
        part = selected("eigh", w, "a" if subset_by_index is None else "i", subset_by_index)
    if eigvals_only:
        return w[..., part]
    if factor is not None:
        v = ops.matmul(factor, v) if type == 3 else triangular(adjoint(factor), v)
    return w[..., part], v[..., part]


def eigvalsh(a: Any, b: Any = None, *, lower: bool = True, overwrite_a: bool = False, overwrite_b: bool = False,
             type: int = 1, check_finite: bool = True, subset_by_index: Any = None, subset_by_value: Any = None,
             driver: str | None = None) -> Any:  # fmt: skip
    """Eigenvalues `(..., n)`, ascending, of Hermitian matrices, of which one triangle is read; see `eigh`."""
    return eigh(a, b, lower=lower, eigvals_only=True, type=type, check_finite=check_finite,
                subset_by_index=subset_by_index, subset_by_value=subset_by_value)  # fmt: skip


def _general(name: str, a: Any, b: Any, check_finite: bool) -> Any:
    a = matrix(name, a, check_finite, square=True)
    if b is None:
        return a
    return linalg.solve(*reversed(together(a, matrix(name, b, check_finite, square=True, like=a))))


def eig(a: Any, b: Any = None, left: bool = False, right: bool = True, overwrite_a: bool = False,
        overwrite_b: bool = False, check_finite: bool = True, homogeneous_eigvals: bool = False) -> Any:  # fmt: skip
    """Eigenvalues `(..., n)` and vectors of length 1 as columns: `w`, the left ones if asked, the right ones if asked.

    Always complex. With `b`, which must be regular: `a v = w b v`.

    >>> import gradx as gx
    >>> [part.shape for part in gx.scipy.linalg.eig(gx.eye(2), left=True)]
    [(2,), (2, 2), (2, 2)]
    """
    refuse("scipy.linalg.eig", homogeneous_eigvals=homogeneous_eigvals)
    x = _general("eig", a, b, check_finite)
    if not left and not right:
        return linalg.eigvals(x)
    w, v = linalg.eig(x)
    found = [w]
    if left:
        rows = adjoint(linalg.inv(v))  # u^H b v is diagonal
        if b is not None:
            rows = linalg.solve(adjoint(complex_of(matrix("eig", b, False))), rows)
        found.append(rows / linalg.vector_norm(rows, axis=-2, keepdims=True))
    return (*found, v) if right else tuple(found)


def eigvals(a: Any, b: Any = None, overwrite_a: bool = False, check_finite: bool = True,
            homogeneous_eigvals: bool = False) -> Any:  # fmt: skip
    """Complex eigenvalues `(..., n)`; with `b`, which must be regular, of `a v = w b v`."""
    refuse("scipy.linalg.eigvals", homogeneous_eigvals=homogeneous_eigvals)
    return linalg.eigvals(_general("eigvals", a, b, check_finite))


__all__ = ["eig", "eigh", "eigvals", "eigvalsh"]

"""Systems, inverses, determinants, norms and pseudoinverses.

- What `assume_a` says about a matrix decides which of its elements are read; the others have a derivative of 0.
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.backend import backend_of
from gradx.errors import OperandError, ShapeError
from gradx.ops import linalg
from gradx.ops.linalg.absorbing import absorb
from gradx.scipy.linalg.arguments import (
    adjoint,
    array,
    eps,
    happens,
    matrix,
    mirrored,
    on_diagonal,
    raw,
    right_side,
    together,
    values_of,
)
from gradx.scipy.linalg.banded import solve_tridiagonal
from gradx.scipy.native import host_function, native, with_cores
from gradx.transforms.foreign import primitive

_STRUCTURES = {
    None: "general", "gen": "general", "general": "general", "banded": "general",
    "diagonal": "diagonal", "tridiagonal": "tridiagonal",
    "upper triangular": "upper", "lower triangular": "lower",
    "sym": "symmetric", "symmetric": "symmetric", "her": "hermitian", "hermitian": "hermitian",
    "pos": "positive", "positive definite": "positive",
}  # fmt: skip


def _structure(name: str, assume_a: Any) -> str:
    try:
        return _STRUCTURES[assume_a]
    except (KeyError, TypeError):
        known = ", ".join(repr(s) for s in _STRUCTURES if s)
        raise OperandError(
            f"scipy.linalg.{name}: expected assume_a of {known}; got {assume_a!r}"
        ) from None


def _meant(a: Any, structure: str, lower: bool) -> Any:
    """Return the matrix that is meant by the part of `a` that is read."""
    if structure in ("symmetric", "hermitian", "positive"):
        return mirrored(a, lower, conjugate=structure != "symmetric")
    if structure == "upper":
        return ops.triu(a)
    return ops.tril(a) if structure == "lower" else a


def _regular(name: str, diagonal: Any) -> Any:
    if happens(ops.stop_gradient(diagonal) == 0):
        raise native("linalg", "LinAlgError")(f"{name}: singular matrix")
    return diagonal


def inv(a: Any, overwrite_a: bool = False, check_finite: bool = True, *, assume_a: str | None = None,
        lower: bool = False) -> Any:  # fmt: skip
    """Inverse of square matrices, `(..., n, n) -> (..., n, n)`.

    >>> import gradx as gx
    >>> gx.scipy.linalg.inv([[2.0, 0.0], [0.0, 4.0]])
    Tensor([[0.5 , 0.  ],
            [0.  , 0.25]])
    """
    a = matrix("inv", a, check_finite, square=True)
    structure = _structure("inv", assume_a)
    if structure == "diagonal":
        return on_diagonal(1.0 / _regular("inv", linalg.diagonal(a)))
    x = _meant(a, structure, lower)
    if structure == "positive":
        linalg.cholesky(ops.stop_gradient(x))  # raises where it is not
    return linalg.inv(x)


def solve(a: Any, b: Any, lower: bool = False, overwrite_a: bool = False, overwrite_b: bool = False,
          check_finite: bool = True, assume_a: str | None = None, transposed: bool = False) -> Any:  # fmt: skip
    """Solution of `a @ x = b`, `(..., n, n)` and `(n,)` or `(..., n, k)`.

    A diagonal matrix takes O(n), a tridiagonal one O(n) as well; all others O(n^3).

    Raises
    ------
    LinAlgError
        If a matrix is singular, or with "pos" not positive definite.

    >>> import gradx as gx
    >>> gx.scipy.linalg.solve([[2.0, 9.0], [0.0, 4.0]], [2.0, 2.0], assume_a="diagonal")
    Tensor([1. , 0.5])
    """
    a = ops.atleast_nd(array("solve", a, check_finite), ndim=2)
    a = matrix("solve", a, False, square=True)
    structure = _structure("solve", assume_a)
    if transposed:
        a = ops.matrix_transpose(a)
        lower, structure = not lower, {"upper": "lower", "lower": "upper"}.get(structure, structure)
    b, single = right_side("solve", b, a.shape[-1], check_finite, a)
    if structure == "diagonal":
        x = b / _regular("solve", linalg.diagonal(a))[..., None]
    elif structure == "tridiagonal" and a.shape[-1] > 1:
        x = solve_tridiagonal(a, b)
    else:
        a = _meant(a, structure, lower)
        if structure == "positive":
            linalg.cholesky(ops.stop_gradient(a))
        x = linalg.solve(*together(a, b))
    return x[..., 0] if single else x


def solve_triangular(a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False,
                     overwrite_b: bool = False, check_finite: bool = True) -> Any:  # fmt: skip
    """Solution of `a @ x = b` for a triangle of `a`; with `trans` of its transpose (1, "T") or adjoint (2, "C").

    O(n^2) a column on the CPU, forward and backward.

    >>> import gradx as gx
    >>> gx.scipy.linalg.solve_triangular([[2.0, 1.0], [9.0, 4.0]], [3.0, 4.0])
    Tensor([1., 1.])
    """
    a = matrix("solve_triangular", a, check_finite, square=True)
    b, single = right_side("solve_triangular", b, a.shape[-1], check_finite, a)
    x = triangular(a, b, trans, lower, unit_diagonal)
    return x[..., 0] if single else x


def _triangular_raw(a: Any, b: Any, *, lower: bool) -> Any:
    """Substitute on the CPU, O(n^2) a column; other libraries solve a whole system."""
    backend = backend_of(type(a))
    if backend.name == "numpy":
        return host_function("solve_triangular")(a, b, lower=lower)
    xp = backend.xp
    return xp.linalg.solve(xp.tril(a) if lower else xp.triu(a), b)


def _triangular_vjp(xp: Any, ct: Any, y: Any, a: Any, _b: Any, *, lower: bool) -> Any:
    g = _triangular(adjoint(a), ct, lower=not lower)
    of_a = -ops.matmul(g, adjoint(y))
    return ops.tril(of_a) if lower else ops.triu(of_a), g


def _triangular_jvp(xp: Any, tangents: Any, y: Any, a: Any, _b: Any, *, lower: bool) -> Any:
    da, db = tangents
    change = db
    if da is not None:
        product = ops.matmul(ops.tril(da) if lower else ops.triu(da), y)
        change = -product if db is None else db - product
    return _triangular(a, change, lower=lower)


_triangular = primitive(
    "linalg.solve_triangular", _triangular_raw, vjp=_triangular_vjp, jvp=_triangular_jvp,
    batch=with_cores((2, 2)),
)  # fmt: skip
absorb(_triangular.card, (2, 2), (2,))  # type: ignore[attr-defined]


def triangular(a: Any, b: Any, trans: Any = 0, lower: bool = False, unit: bool = False) -> Any:
    """Return the solution for columns `(..., n, k)` of one triangle of `a`, its transpose or its adjoint."""
    if trans not in (0, 1, 2, "N", "T", "C"):
        raise OperandError(
            f"scipy.linalg: expected trans of 0, 1, 2, 'N', 'T' or 'C'; got {trans!r}"
        )
    a, b = together(a, b)
    line = ops.eye(a.shape[-1], dtype="bool", device=a.device)
    a = ops.where(line, 1.0, a) if unit else a
    if trans in (1, "T"):
        return _triangular(ops.matrix_transpose(a), b, lower=not lower)
    if trans in (2, "C"):
        return _triangular(adjoint(a), b, lower=not lower)
    return _triangular(a, b, lower=lower)


def det(a: Any, overwrite_a: bool = False, check_finite: bool = True) -> Any:
    """Determinant, `(..., n, n) -> (...)`; differentiable at every rank."""
    return linalg.det(matrix("det", a, check_finite, square=True))


def norm(a: Any, ord: Any = None, axis: Any = None, keepdims: bool = False,
         check_finite: bool = True) -> Any:  # fmt: skip
    """Norm of vectors or matrices, by `gradx.linalg.norm`; of all elements without `ord` and `axis`."""
    return linalg.norm(array("norm", a, check_finite), ord, axis=axis, keepdims=keepdims)


def lstsq(a: Any, b: Any, cond: float | None = None, overwrite_a: bool = False, overwrite_b: bool = False,
          check_finite: bool = True, lapack_driver: str | None = None) -> Any:  # fmt: skip
    """Least-squares solution of smallest norm, residuals, rank and singular values (None for the driver "gelsy").

    The residuals are the sums of squares `(...)` or `(..., k)`, of length 0 unless m > n and the rank is n, and for
    "gelsy". Singular values up to `cond` (eps by default) times the largest count as 0; the derivative holds where the
    rank is constant.

    >>> import gradx as gx
    >>> x, residuals, rank, s = gx.scipy.linalg.lstsq(gx.ones((4, 1)), gx.ones((4, 3)))
    >>> x.shape, residuals.shape, s.shape
    ((1, 3), (3,), (1,))
    """
    if lapack_driver not in (None, "gelsd", "gelsy", "gelss"):
        raise OperandError(
            f"scipy.linalg.lstsq: expected lapack_driver 'gelsd', 'gelsy' or 'gelss'; got {lapack_driver!r}"
        )
    a = matrix("lstsq", a, check_finite)
    m, n = a.shape[-2:]
    b, single = right_side("lstsq", b, m, check_finite, a)
    a, b = together(a, b)
    found = linalg.lstsq(a, b, rtol=eps(a.dtype) if cond is None else cond)
    x, residuals = found.solution, found.residuals
    if m <= n or lapack_driver == "gelsy" or happens(ops.stop_gradient(found.rank) < n):
        residuals = ops.zeros((*x.shape[:-2], 0), dtype=residuals.dtype, device=a.device)
    elif single:
        residuals = residuals[..., 0]
    values = None if lapack_driver == "gelsy" else found.singular_values
    return x[..., 0] if single else x, residuals, found.rank, values


def _cutoff(name: str, a: Any, atol: Any, rtol: Any) -> Any:
    """Return the tolerance of `gradx.linalg.pinv` that means `atol + rtol * s[0]`."""
    rtol = max(a.shape[-2:]) * eps(a.dtype) if rtol is None else rtol
    if atol is None or (isinstance(atol, (int, float)) and atol == 0):
        return rtol
    largest = ops.max(ops.stop_gradient(linalg.svdvals(a)), axis=-1)
    bare = raw(largest)
    if bare.ndim != largest.ndim:
        raise OperandError(
            f"scipy.linalg.{name}: expected no atol under vmap; got {atol}. Use rtol"
        )
    return rtol + atol / bare


def pinv(a: Any, *, atol: float | None = None, rtol: float | None = None, return_rank: bool = False,
         check_finite: bool = True) -> Any:  # fmt: skip
    """Pseudoinverse, `(..., m, n) -> (..., n, m)`; singular values up to `atol + rtol * s[0]` count as 0.

    The derivative is that of matrices of the same rank.

    >>> import gradx as gx
    >>> gx.scipy.linalg.pinv(gx.ones((3, 2))).shape
    (2, 3)
    """
    a = matrix("pinv", a, check_finite)
    rtol = _cutoff("pinv", a, atol, rtol)
    y = linalg.pinv(a, rtol=rtol)
    return (y, linalg.matrix_rank(a, rtol=rtol)) if return_rank else y


def pinvh(a: Any, atol: float | None = None, rtol: float | None = None, lower: bool = True,
          return_rank: bool = False, check_finite: bool = True) -> Any:  # fmt: skip
    """Pseudoinverse of Hermitian matrices, of which one triangle is read."""
    a = mirrored(matrix("pinvh", a, check_finite, square=True), lower)
    return pinv(a, atol=atol, rtol=rtol, return_rank=return_rank, check_finite=False)


def _rank(name: str, a: Any, rcond: float | None) -> int:
    """Return the one rank of all matrices of a batch."""
    s = ops.stop_gradient(linalg.svdvals(a))
    rcond = max(a.shape[-2:]) * eps(a.dtype) if rcond is None else rcond
    largest = ops.max(s, axis=-1, keepdims=True) if s.shape[-1] else 0.0
    ranks = values_of(ops.sum(ops.astype(s > rcond * largest, "int64"), axis=-1))
    values = {int(k) for k in ranks.ravel()} or {0}
    if len(values) > 1:
        raise ShapeError(
            f"scipy.linalg.{name}: expected matrices of one rank; got ranks {sorted(values)}"
        )
    return values.pop()


def orth(A: Any, rcond: float | None = None) -> Any:
    """Orthonormal basis `(..., m, rank)` of the range.

    The singular vectors of equal values are an arbitrary basis: derivatives are those of results that do not depend
    on its choice, an error names the pair otherwise.
    """
    a = matrix("orth", A)
    return linalg.svd(a, full_matrices=False).U[..., : _rank("orth", a, rcond)]


def null_space(A: Any, rcond: float | None = None, *, overwrite_a: bool = False, check_finite: bool = True,
               lapack_driver: str = "gesdd") -> Any:  # fmt: skip
    """Orthonormal basis `(..., n, n - rank)` of the null space; an arbitrary one, see `orth`.

    >>> import gradx as gx
    >>> gx.scipy.linalg.null_space(gx.ones((1, 2))).shape
    (2, 1)
    """
    a = matrix("null_space", A, check_finite)
    return adjoint(linalg.svd(a).Vh[..., _rank("null_space", a, rcond) :, :])


__all__ = ["det", "inv", "lstsq", "norm", "null_space", "orth", "pinv", "pinvh", "solve", "solve_triangular",
           "triangular"]  # fmt: skip

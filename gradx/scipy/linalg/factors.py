"""Factors of matrices: Cholesky, LU, QR, RQ, singular values, polar; and the systems that are solved with them.

- What pivoting chooses is fixed: derivatives are those of the factors of the matrix so permuted.
- Left out, as their factors are not unique or jump: `schur`, `hessenberg`, `ldl`, `qz`, `cossin`.
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import OperandError, ShapeError
from gradx.numpy.arguments import beside
from gradx.ops import linalg
from gradx.scipy.linalg.arguments import adjoint, array, eps, matrix, mirrored, right_side, together
from gradx.scipy.linalg.basic import triangular
from gradx.scipy.native import host


def cholesky(
    a: Any, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True
) -> Any:
    """Cholesky factor of positive definite matrices, upper by default, of which that triangle is read.

    >>> import gradx as gx
    >>> gx.scipy.linalg.cholesky([[4.0, 2.0], [9.0, 5.0]])
    Tensor([[2., 1.],
            [0., 2.]])
    """
    a = mirrored(matrix("cholesky", a, check_finite, square=True), lower)
    return linalg.cholesky(a, upper=not lower)


def cho_factor(
    a: Any, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True
) -> tuple[Any, bool]:
    """Cholesky factor for `cho_solve`, and `lower`: the other triangle holds what `a` has there, as in SciPy."""
    a = matrix("cho_factor", a, check_finite, square=True)
    rest = ops.triu(a, k=1) if lower else ops.tril(a, k=-1)
    return linalg.cholesky(mirrored(a, lower), upper=not lower) + rest, lower


def cho_solve(
    c_and_lower: Any, b: Any, overwrite_b: bool = False, check_finite: bool = True
) -> Any:
    """Solution of `a @ x = b` by a factor that `cho_factor` made, for `(n,)` or `(..., n, k)`.

    >>> import gradx as gx
    >>> gx.scipy.linalg.cho_solve(gx.scipy.linalg.cho_factor([[4.0, 2.0], [2.0, 5.0]]), [6.0, 7.0])
    Tensor([1., 1.])
    """
    c, lower = c_and_lower
    if hasattr(lower, "all"):  # SciPy's, of a batch: one for each matrix
        lower = bool(lower.all())
    c = matrix("cho_solve", c, check_finite, square=True)
    b, single = right_side("cho_solve", b, c.shape[-1], check_finite, c)
    y = triangular(c, b, 0 if lower else 2, lower)
    x = triangular(c, y, 2 if lower else 0, lower)
    return x[..., 0] if single else x


# ---------------------------------------------------------------- LU

_pivots = host("linalg.pivots", "pivots_of", (2,), differentiable=False)
_rows = host("linalg.rows", "rows_of", (1,), differentiable=False)


def _order(p: Any) -> Any:
    """Return permutations `(..., m, m)` as the places that the rows of a matrix go to: `a = (l @ u)[order]`."""
    return ops.argmax(ops.stop_gradient(p), axis=-1)


def lu(a: Any, permute_l: bool = False, overwrite_a: bool = False, check_finite: bool = True,
       p_indices: bool = False) -> tuple[Any, ...]:  # fmt: skip
    """LU factors `(p, l, u)` with row pivoting, `a = p @ l @ u`, of matrices `(..., m, n)`.

    With `permute_l` they are `(p @ l, u)`, with `p_indices` the permutation is an index, `a = l[p] @ u`.

    >>> import gradx as gx
    >>> p, l, u = gx.scipy.linalg.lu([[1.0, 2.0], [4.0, 4.0]], p_indices=True)
    >>> p, u
    (Tensor([1, 0]), Tensor([[4., 4.],
            [0., 1.]]))
    """
    p, lower, upper = linalg.lu(matrix("lu", a, check_finite))
    if permute_l:
        return ops.matmul(ops.astype(p, lower.dtype), lower), upper
    return (_order(p) if p_indices else p), lower, upper


def lu_factor(a: Any, overwrite_a: bool = False, check_finite: bool = True) -> tuple[Any, Any]:
    """Both factors in one matrix `(..., m, n)`, and the rows `(..., k)` that were swapped, for `lu_solve`.

    >>> import gradx as gx
    >>> gx.scipy.linalg.lu_factor([[1.0, 2.0], [4.0, 4.0]])
    (Tensor([[4.  , 4.  ],
           [0.25, 1.  ]]), Tensor([1, 1], dtype=int32))
    """
    p, lower, upper = linalg.lu(matrix("lu_factor", a, check_finite))
    (m, k), n = lower.shape[-2:], upper.shape[-1]
    rank = lower.ndim - 2
    under = ops.pad(ops.tril(lower, k=-1), [(0, 0)] * (rank + 1) + [(0, n - k)])
    return under + ops.pad(upper, [(0, 0)] * rank + [(0, m - k), (0, 0)]), _pivots(
        ops.stop_gradient(p), count=k
    )


def lu_solve(lu_and_piv: Any, b: Any, trans: int = 0, overwrite_b: bool = False,
             check_finite: bool = True) -> Any:  # fmt: skip
    """Solution of `a @ x = b`, for its transpose (`trans=1`) or adjoint (2), by factors that `lu_factor` made.

    >>> import gradx as gx
    >>> gx.scipy.linalg.lu_solve(gx.scipy.linalg.lu_factor([[1.0, 2.0], [4.0, 4.0]]), [3.0, 8.0])
    Tensor([1., 1.])
    """
    if trans not in (0, 1, 2):
        raise OperandError(f"scipy.linalg.lu_solve: expected trans of 0, 1 or 2; got {trans!r}")
    lu, piv = lu_and_piv
    lu = matrix("lu_solve", lu, check_finite, square=True)
    n = lu.shape[-1]
    b, single = right_side("lu_solve", b, n, check_finite, lu)
    rows = _rows(beside(piv, lu), count=n)
    if trans == 0:
        y = triangular(lu, _permuted(b, rows), 0, True, True)
        x = triangular(lu, y)
    else:
        y = triangular(lu, b, trans)
        x = _permuted(triangular(lu, y, trans, True, True), ops.argsort(rows, axis=-1))
    return x[..., 0] if single else x


def _permuted(x: Any, rows: Any) -> Any:
    """Return the rows of `(..., n, k)` in the order `(..., n)`."""
    batch = ops.broadcast_shapes(x.shape[:-2], rows.shape[:-1])
    x = ops.broadcast_to(x, (*batch, *x.shape[-2:]))
    return ops.take_along_axis(x, ops.broadcast_to(rows[..., None], x.shape), axis=-2)


# ---------------------------------------------------------------- QR

_columns = host("linalg.column_order", "column_order", (2,), differentiable=False)


def _pivoted(a: Any, pivoting: bool) -> tuple[Any, tuple[Any, ...]]:
    if not pivoting:
        return a, ()
    order = _columns(ops.stop_gradient(a))
    return ops.matrix_transpose(_permuted(ops.matrix_transpose(a), order)), (order,)


def qr(a: Any, overwrite_a: bool = False, lwork: Any = None, mode: str = "full", pivoting: bool = False,
       check_finite: bool = True) -> Any:  # fmt: skip
    """QR factors of matrices `(..., m, n)`: `(q, r)`, `(r,)` in mode "r"; with `pivoting` also the order of columns.

    The columns that mode "full" adds to Q are an arbitrary basis. Differentiable where the first min(m, n) columns
    are independent.

    >>> import gradx as gx
    >>> [part.shape for part in gx.scipy.linalg.qr(gx.eye(4, 2), mode="economic", pivoting=True)]
    [(4, 2), (2, 2), (2,)]
    """
    if mode not in ("full", "r", "economic"):
        raise OperandError(
            f"scipy.linalg.qr: expected mode 'full', 'r' or 'economic'; got {mode!r}"
        )
    a, order = _pivoted(matrix("qr", a, check_finite), pivoting)
    q, r = linalg.qr(a, mode="reduced" if mode == "economic" else "complete")
    return (r, *order) if mode == "r" else (q, r, *order)


def qr_multiply(a: Any, c: Any, mode: str = "right", pivoting: bool = False, conjugate: bool = False,
                overwrite_a: bool = False, overwrite_c: bool = False) -> tuple[Any, ...]:  # fmt: skip
    """`c @ q` (mode "right") or `q @ c` ("left") for the reduced factor q of `a`, and r.

    >>> import gradx as gx
    >>> [part.shape for part in gx.scipy.linalg.qr_multiply(gx.eye(4, 2), gx.ones((3, 4)))]
    [(3, 2), (2, 2)]
    """
    if mode not in ("left", "right"):
        raise OperandError(
            f"scipy.linalg.qr_multiply: expected mode 'left' or 'right'; got {mode!r}"
        )
    a, order = _pivoted(matrix("qr_multiply", a), pivoting)
    c = array("qr_multiply", c, True, a)
    q, r = linalg.qr(a, mode="reduced")
    q, c = together(ops.conj(q) if conjugate and q.dtype.kind == "c" else q, c)
    single = c.ndim == 1
    if single:
        c = c[:, None] if mode == "left" else c[None]
    if c.shape[-2 if mode == "left" else -1] != q.shape[-1 if mode == "left" else -2]:
        raise ShapeError(
            f"scipy.linalg.qr_multiply: expected arrays that fit together; got q {q.shape} and c {c.shape}"
        )
    y = ops.matmul(q, c) if mode == "left" else ops.matmul(c, q)
    return (ops.ravel(y) if single else y, r, *order)


def rq(a: Any, overwrite_a: bool = False, lwork: Any = None, mode: str = "full",
       check_finite: bool = True) -> Any:  # fmt: skip
    """RQ factors of matrices `(..., m, n)`, `a = r @ q`: the QR factors of the adjoint, read from the last corner.

    >>> import gradx as gx
    >>> [part.shape for part in gx.scipy.linalg.rq(gx.eye(2, 4), mode="economic")]
    [(2, 2), (2, 4)]
    """
    if mode not in ("full", "r", "economic"):
        raise OperandError(
            f"scipy.linalg.rq: expected mode 'full', 'r' or 'economic'; got {mode!r}"
        )
    a = matrix("rq", a, check_finite)
    turned = adjoint(ops.flip(a, axis=(-2, -1)))
    q, r = linalg.qr(turned, mode="reduced" if mode == "economic" else "complete")
    r, q = (ops.flip(adjoint(x), axis=(-2, -1)) for x in (r, q))
    return r if mode == "r" else (r, q)


# ---------------------------------------------------------------- singular values


def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, overwrite_a: bool = False,
        check_finite: bool = True, lapack_driver: str = "gesdd") -> Any:  # fmt: skip
    """Singular value decomposition `(u, s, vh)` of matrices `(..., m, n)`, by `gradx.linalg.svd`."""
    a = matrix("svd", a, check_finite)
    return tuple(linalg.svd(a, full_matrices=full_matrices)) if compute_uv else linalg.svdvals(a)


def svdvals(a: Any, overwrite_a: bool = False, check_finite: bool = True) -> Any:
    """Singular values `(..., k)`, descending, of matrices `(..., m, n)`."""
    return linalg.svdvals(matrix("svdvals", a, check_finite))


def polar(a: Any, side: str = "right") -> tuple[Any, Any]:
    """Polar factors of matrices `(..., m, n)`: orthonormal `u`, and Hermitian `p` with `a = u @ p`, or `p @ u` "left".

    Differentiable where the rank is min(m, n).

    >>> import gradx as gx
    >>> gx.scipy.linalg.polar([[0.0, -2.0], [3.0, 0.0]])[1]
    Tensor([[3., 0.],
            [0., 2.]])
    """
    if side not in ("left", "right"):
        raise OperandError(f"scipy.linalg.polar: expected side 'left' or 'right'; got {side!r}")
    u, s, vh = linalg.svd(matrix("polar", a), full_matrices=False)
    basis = adjoint(vh) if side == "right" else u
    return ops.matmul(u, vh), ops.matmul(basis * s[..., None, :], adjoint(basis))


def orthogonal_procrustes(A: Any, B: Any, check_finite: bool = True) -> tuple[Any, Any]:
    """Orthogonal matrix `r` `(n, n)` for which `a @ r` is nearest to `b`, and the sum of singular values of `a^H b`.

    >>> import gradx as gx
    >>> gx.scipy.linalg.orthogonal_procrustes([[2.0, 0.0], [0.0, 1.0]], [[0.0, 3.0], [1.0, 0.0]])[0]
    Tensor([[0., 1.],
            [1., 0.]])
    """
    a = matrix("orthogonal_procrustes", A, check_finite)
    b = matrix("orthogonal_procrustes", B, check_finite, like=a)
    if a.shape != b.shape:
        raise ShapeError(
            f"scipy.linalg.orthogonal_procrustes: expected one shape; got {a.shape} and {b.shape}"
        )
    u, s, vh = linalg.svd(ops.matmul(adjoint(a), b))
    return ops.matmul(u, vh), ops.sum(s, axis=-1)


def subspace_angles(A: Any, B: Any) -> Any:
    """Angles `(k,)` between the ranges of two matrices `(m, n)`, `(m, p)`, descending.

    By cosines or sines, whichever is exact. An angle of 0, to rounding, is a kink with the derivative 0.

    >>> import gradx as gx
    >>> gx.scipy.linalg.subspace_angles([[1.0], [0.0]], [[1.0], [1.0]])
    Tensor([0.78539816])
    """
    a = matrix("subspace_angles", A)
    b = matrix("subspace_angles", B, like=a)
    if a.shape[-2] != b.shape[-2]:
        raise ShapeError(
            f"scipy.linalg.subspace_angles: expected the same number of rows; got {a.shape} and {b.shape}"
        )
    qa, qb = (linalg.svd(x, full_matrices=False).U for x in together(a, b))
    inner = ops.matmul(adjoint(qa), qb)
    cosines = linalg.svdvals(inner)
    wide = qa.shape[-1] >= qb.shape[-1]
    off = qb - ops.matmul(qa, inner) if wide else qa - ops.matmul(qb, adjoint(inner))
    near = cosines**2 >= 0.5
    sines = ops.flip(linalg.svdvals(off), axis=-1)
    fixed = ops.stop_gradient(sines)
    sines = ops.where(fixed > 8 * a.shape[-2] * eps(sines.dtype), sines, fixed)
    by_sine = ops.asin(ops.where(near, ops.clip(sines, -1.0, 1.0), 0.0))
    by_cosine = ops.acos(ops.where(near, 0.0, ops.clip(cosines, -1.0, 1.0)))
    return ops.flip(ops.where(near, by_sine, by_cosine), axis=-1)


__all__ = ["cho_factor", "cho_solve", "cholesky", "lu", "lu_factor", "lu_solve", "orthogonal_procrustes", "polar",
           "qr", "qr_multiply", "rq", "subspace_angles", "svd", "svdvals"]  # fmt: skip

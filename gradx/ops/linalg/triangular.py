"""LU factors with row pivoting.

- The rows that pivoting chooses are fixed: the derivative is that of the factors of the matrix so permuted.
- The last pivot of a square matrix divides nothing, so a matrix of rank n - 1 has derivatives too.
- Source: S. Walter and L. Lehmann, "Algorithmic differentiation of linear algebra functions" (2010), here for complex
  and tall matrices as well.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from gradx.batching import leading
from gradx.ops.adjoint import adjoint
from gradx.ops.casting import astype
from gradx.ops.joining import concat
from gradx.ops.linalg.degenerate import require_independent
from gradx.ops.linalg.solving import solve_triangular
from gradx.ops.linalg.structure import matrices
from gradx.ops.manipulation import matrix_transpose
from gradx.ops.products import matmul
from gradx.primitive import primitive


class LUResult(NamedTuple):
    """A permutation `(..., m, m)`, a unit lower triangle `(..., m, k)` and an upper one `(..., k, n)`."""

    P: Any
    L: Any
    U: Any


_lu = primitive("linalg.lu", batch=leading)  # m >= n only


def _parts(xp: Any, lower: Any, upper: Any) -> Any:
    """Return the upper and the lower part of L, and U, its last pivot 1 where it divides nothing and is 0."""
    n = upper.shape[-1]
    require_independent("linalg.lu", xp, upper, last=lower.shape[-2] > n)
    if lower.shape[-2] > n:
        return lower[..., :n, :], lower[..., n:, :], upper
    at = xp.arange(n, device=upper.device)
    last = (xp.expand_dims(at, axis=-1) == n - 1) & (at == n - 1) & (upper == 0)
    return lower, None, xp.where(last, xp.ones_like(upper), upper)


def _divide(xp: Any, x: Any, upper: Any) -> Any:
    """Return `x upper^-1`."""
    return adjoint(xp, xp.linalg.solve(adjoint(xp, upper), adjoint(xp, x)))


@_lu.vjp
def _lu_vjp(xp: Any, cts: Any, y: Any, _x: Any) -> Any:
    """`P [L^-H (T(L^H gL) + T'(gU U^H)) U^-H; gL2 U^-H]`, T strictly lower, T' upper triangles."""
    p, lower, upper = y
    first, rest, upper = _parts(xp, lower, upper)
    _, of_lower, of_upper = cts
    core = xp.zeros_like(upper)
    n = upper.shape[-1]
    below = None
    if of_upper is not None:
        core = core + xp.triu(xp.matmul(of_upper, adjoint(xp, upper)))
    if of_lower is not None:
        core = core + xp.tril(xp.matmul(adjoint(xp, first), of_lower[..., :n, :]), k=-1)
    if rest is not None:
        below = xp.zeros_like(rest)
        if of_lower is not None:
            below = of_lower[..., n:, :]
            core = core - xp.triu(xp.matmul(adjoint(xp, rest), below))
    g = xp.linalg.solve(adjoint(xp, first), core)
    g = g if below is None else xp.concat([g, below], axis=-2)
    return (xp.matmul(xp.astype(p, g.dtype), _divide(xp, g, adjoint(xp, upper))),)


@_lu.jvp
def _lu_jvp(xp: Any, tangents: Any, y: Any, x: Any) -> Any:
    p, lower, upper = y
    n = upper.shape[-1]
    first, rest, upper = _parts(xp, lower, upper)
    dx = xp.matmul(xp.matrix_transpose(xp.astype(p, x.dtype)), tangents[0])
    core = _divide(xp, xp.linalg.solve(first, dx[..., :n, :]), upper)
    d_upper = xp.matmul(xp.triu(core), upper)
    d_lower = xp.matmul(first, xp.tril(core, k=-1))
    if rest is not None:
        below = _divide(xp, dx[..., n:, :] - xp.matmul(rest, d_upper), upper)
        d_lower = xp.concat([d_lower, below], axis=-2)
    return None, d_lower, d_upper


def lu(x: Any, /) -> LUResult:
    """LU factors with row pivoting, `x = P L U`, of matrices `(..., m, n)`, k = min(m, n).

    P `(..., m, m)` is a permutation, without a derivative; L `(..., m, k)` has a unit diagonal, U is `(..., k, n)`.
    Differentiable where the first k columns are independent, of square matrices the first n - 1.

    Raises
    ------
    DegeneracyError
        In a derivative, where another pivot than the last one of a square matrix is 0.

    >>> import gradx as gx
    >>> [part.shape for part in gx.linalg.lu(gx.ones((4, 2)))]
    [(4, 4), (4, 2), (2, 2)]
    """
    x = matrices("linalg.lu", x)
    m, n = x.shape[-2:]
    if m >= n:
        return LUResult(*_lu(x))
    p, lower, upper = _lu(x[..., :m])
    rest = matmul(matrix_transpose(astype(p, x.dtype)), x[..., m:])
    return LUResult(p, lower, concat([upper, solve_triangular(lower, rest, lower=True)], axis=-1))


__all__ = ["lu"]

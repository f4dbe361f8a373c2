"""Cholesky and QR factors.

- Sources: M. Seeger et al., "Auto-differentiating linear algebra" (2017); S. Walter and L. Lehmann, "Algorithmic
  differentiation of linear algebra functions" (2010), here for complex matrices and complete Q as well.
- LAPACK's factors have real diagonals; so have the tangents.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from gradx.batching import leading
from gradx.dtypes import is_complex
from gradx.errors import ShapeError
from gradx.ops.adjoint import adjoint, hermitian_part, real, with_diagonal
from gradx.ops.joining import concat
from gradx.ops.linalg.degenerate import require_independent
from gradx.ops.linalg.structure import conjugate_transpose, hermitian, matrices
from gradx.ops.products import matmul
from gradx.primitive import primitive


class QRResult(NamedTuple):
    """Orthonormal columns `(..., m, k)` and an upper triangle `(..., k, n)`."""

    Q: Any
    R: Any


def _lower_half(xp: Any, x: Any) -> Any:
    """Return the lower triangle with half of the diagonal."""
    return (xp.tril(x) + xp.tril(x, k=-1)) * 0.5


_cholesky = primitive("linalg.cholesky", batch=leading)


@_cholesky.vjp
def _cholesky_vjp(xp: Any, ct: Any, y: Any, _x: Any) -> Any:
    """`L^-H herm(Phi(L^H ct)) L^-1`; Phi keeps the lower triangle and half of the diagonal."""
    lh = adjoint(xp, y)
    core = hermitian_part(xp, _lower_half(xp, xp.matmul(lh, ct)))
    half = xp.linalg.solve(lh, core)
    return (xp.linalg.solve(lh, adjoint(xp, half)),)


@_cholesky.jvp
def _cholesky_jvp(xp: Any, tangents: Any, y: Any, x: Any) -> Any:
    half = adjoint(xp, xp.linalg.solve(y, tangents[0]))
    return xp.matmul(y, _lower_half(xp, xp.linalg.solve(y, half)))


def cholesky(x: Any, /, *, upper: bool = False) -> Any:
    """Cholesky factor of positive definite matrices, `(..., n, n) -> (..., n, n)`: `x = L L^H`.

    `x` is taken for `(x + x^H) / 2`, so the gradient is Hermitian. With `upper` the factor is `L^H`.

    >>> import gradx as gx
    >>> gx.linalg.cholesky(gx.asarray([[4.0, 2.0], [2.0, 5.0]]))
    Tensor([[2., 0.],
            [1., 2.]])
    """
    factor = _cholesky(hermitian("linalg.cholesky", x))
    return conjugate_transpose(factor) if upper else factor


_qr = primitive("linalg.qr", batch=leading)  # m >= n only


def _first(r: Any, n: int) -> Any:
    return r if r.shape[-2] == n else r[..., :n, :]


@_qr.vjp
def _qr_vjp(xp: Any, cts: Any, y: Any, _x: Any, *, mode: str) -> Any:
    """With `W = Q^H gQ - gR R^H`: `(gQ - Q Q^H gQ + Q (gR R^H + T(W))) R^-H`,
    `T(W) = tril(W - W^H, -1) + i Im diag(W)`."""
    q, r = y
    n = r.shape[-1]
    of_q, of_r = cts
    r = _first(r, n)
    require_independent("linalg.qr", xp, r)
    core: Any = None
    g: Any = None
    if of_r is not None:
        core = xp.matmul(_first(of_r, n), adjoint(xp, r))
    if q.shape[-1] > n:  # d(rest) = -Q (dQ)^H rest
        q, rest = q[..., :n], q[..., n:]
        if of_q is not None:
            back = xp.matmul(adjoint(xp, of_q[..., n:]), q)
            of_q = of_q[..., :n] - xp.matmul(rest, back)
    w: Any = None if core is None else -core
    if of_q is not None:
        along = xp.matmul(adjoint(xp, q), of_q)
        g = of_q - xp.matmul(q, along)
        w = along if w is None else along + w
    turn = xp.tril(w - adjoint(xp, w), k=-1)
    turn = turn + _imaginary_diagonal(xp, w) if is_complex[w.dtype] else turn
    inside = xp.matmul(q, turn if core is None else core + turn)
    g = inside if g is None else g + inside
    return (adjoint(xp, xp.linalg.solve(r, adjoint(xp, g))),)


def _imaginary_diagonal(xp: Any, w: Any) -> Any:
    """Return `i Im diag(w)`."""
    along = xp.linalg.diagonal(w)
    return with_diagonal(xp, along - real(xp, along))


@_qr.jvp
def _qr_jvp(xp: Any, tangents: Any, y: Any, x: Any, *, mode: str) -> Any:
    """With `B = dA R^-1`, `C = Q^H B`: `Q^H dQ = tril(C, -1) - tril(C, -1)^H + i Im diag(C)`."""
    q, r = y
    n = r.shape[-1]
    top = _first(r, n)
    require_independent("linalg.qr", xp, top)
    b = adjoint(xp, xp.linalg.solve(adjoint(xp, top), adjoint(xp, tangents[0])))
    first = q if q.shape[-1] == n else q[..., :n]
    c = xp.matmul(adjoint(xp, first), b)
    lower = xp.tril(c, k=-1)
    turn = lower - adjoint(xp, lower)
    turn = turn + _imaginary_diagonal(xp, c) if is_complex[c.dtype] else turn
    dq = b - xp.matmul(first, c - turn)
    dr = xp.matmul(xp.triu(c - turn), top)
    if q.shape[-1] > n:
        rest = q[..., n:]
        dq = xp.concat([dq, -xp.matmul(first, xp.matmul(adjoint(xp, dq), rest))], axis=-1)
        dr = xp.concat([dr, xp.zeros_like(r[..., n:, :])], axis=-2)
    return dq, dr


def qr(x: Any, /, *, mode: str = "reduced") -> QRResult:
    """QR factors of matrices `(..., m, n)`: Q `(..., m, k)`, R `(..., k, n)`, k = min(m, n); k = m if complete.

    Differentiable where the first min(m, n) columns are independent. The columns that `mode="complete"` adds
    are an arbitrary basis: derivatives are right for results that do not depend on its choice.

    Raises
    ------
    DegeneracyError
        In a derivative, where the first min(m, n) columns are dependent, to rounding.

    >>> import gradx as gx
    >>> [part.shape for part in gx.linalg.qr(gx.eye(4, 2), mode="complete")]
    [(4, 4), (4, 2)]
    """
    x = matrices("linalg.qr", x)
    if mode not in ("reduced", "complete"):
        raise ShapeError(f"linalg.qr: expected mode 'reduced' or 'complete'; got {mode!r}")
    m, n = x.shape[-2:]
    if m >= n:
        return QRResult(*_qr(x, mode=mode))
    q, r = _qr(x[..., :m], mode=mode)
    return QRResult(q, concat([r, matmul(conjugate_transpose(q), x[..., m:])], axis=-1))


__all__ = ["cholesky", "qr"]

"""The pseudoinverse.

- Source: G. Golub and V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems whose
  variables separate" (1973).
"""

from __future__ import annotations

from typing import Any

from gradx.batching import leading
from gradx.ops.adjoint import adjoint
from gradx.ops.linalg.absorbing import absorb
from gradx.ops.linalg.structure import matrices, tolerance
from gradx.primitive import primitive

_pinv = primitive("linalg.pinv", batch=leading)


def _where_short(xp: Any, term: Any, x: Any, n: int, rtol: Any) -> Any:
    """Return `term`, made of what is orthogonal to the range, where the rank is below `n`; else it is 0.

    It is 0 there anyway, but for rounding errors, which the condition would square.
    """
    rank = xp.linalg.matrix_rank(x, rtol=rtol)
    short = xp.expand_dims(xp.expand_dims(rank, axis=-1), axis=-1) < n
    return xp.where(short, term, xp.zeros_like(term))


@_pinv.vjp
def _pinv_vjp(xp: Any, ct: Any, y: Any, x: Any, *, rtol: Any) -> Any:
    m, n = x.shape[-2:]
    yh, cth = adjoint(xp, y), adjoint(xp, ct)
    g = -xp.matmul(xp.matmul(yh, ct), yh)
    off_range = xp.matmul(cth - xp.matmul(x, xp.matmul(y, cth)), xp.matmul(y, yh))
    off_domain = xp.matmul(xp.matmul(yh, y), cth - xp.matmul(xp.matmul(cth, y), x))
    g = g + _where_short(xp, off_range, x, m, rtol)
    return (g + _where_short(xp, off_domain, x, n, rtol),)


@_pinv.jvp
def _pinv_jvp(xp: Any, tangents: Any, y: Any, x: Any, *, rtol: Any) -> Any:
    """`-P dA P + P P^H dA^H (I - A P) + (I - P A) dA^H P^H P`."""
    (d,) = tangents
    m, n = x.shape[-2:]
    yh, dh = adjoint(xp, y), adjoint(xp, d)
    off_range = xp.matmul(xp.matmul(y, yh), dh - xp.matmul(xp.matmul(dh, x), y))
    off_domain = xp.matmul(dh - xp.matmul(y, xp.matmul(x, dh)), xp.matmul(yh, y))
    t = _where_short(xp, off_range, x, m, rtol) - xp.matmul(xp.matmul(y, d), y)
    return t + _where_short(xp, off_domain, x, n, rtol)


def pinv(x: Any, /, *, rtol: Any = None) -> Any:
    """Moore-Penrose pseudoinverse, `(..., m, n) -> (..., n, m)`.

    Singular values up to `rtol` (a number or `(...)`) times the largest count as 0. The derivative is that of
    matrices of the same rank: where the rank changes nearby the pseudoinverse is not continuous.

    >>> import gradx as gx
    >>> gx.linalg.pinv(gx.ones((5, 3, 2))).shape
    (5, 2, 3)
    """
    return _pinv(matrices("linalg.pinv", x), rtol=tolerance("linalg.pinv", rtol))


absorb(_pinv, (2,), (2,))

__all__ = ["pinv"]

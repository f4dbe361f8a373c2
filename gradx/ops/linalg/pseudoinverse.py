"""The pseudoinverse.

- Source: G. Golub and V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems whose
  variables separate" (1973).
"""

from __future__ import annotations

from typing import Any

from gradx.ops.adjoint import adjoint
from gradx.ops.linalg.structure import matrices
from gradx.primitive import primitive

_pinv = primitive("linalg.pinv")


@_pinv.vjp
def _pinv_vjp(xp: Any, ct: Any, y: Any, x: Any, *, rtol: float | None) -> Any:
    yh, cth = adjoint(xp, y), adjoint(xp, ct)
    g = -xp.matmul(xp.matmul(yh, ct), yh)
    g = g + xp.matmul(cth - xp.matmul(x, xp.matmul(y, cth)), xp.matmul(y, yh))
    return (g + xp.matmul(xp.matmul(yh, y), cth - xp.matmul(xp.matmul(cth, y), x)),)


@_pinv.jvp
def _pinv_jvp(xp: Any, tangents: Any, y: Any, x: Any, *, rtol: float | None) -> Any:
    """`-P dA P + P P^H dA^H (I - A P) + (I - P A) dA^H P^H P`."""
    (d,) = tangents
    yh, dh = adjoint(xp, y), adjoint(xp, d)
    off_range = dh - xp.matmul(xp.matmul(dh, x), y)
    off_domain = dh - xp.matmul(y, xp.matmul(x, dh))
    t = xp.matmul(xp.matmul(y, yh), off_range) - xp.matmul(xp.matmul(y, d), y)
    return t + xp.matmul(off_domain, xp.matmul(yh, y))


def pinv(x: Any, /, *, rtol: float | None = None) -> Any:
    """Moore-Penrose pseudoinverse, `(..., m, n) -> (..., n, m)`.

    Singular values up to `rtol` times the largest count as 0. The derivative holds where the rank is constant nearby.

    >>> import gradx as gx
    >>> gx.linalg.pinv(gx.ones((5, 3, 2))).shape
    (5, 2, 3)
    """
    return _pinv(matrices("linalg.pinv", x), rtol=rtol)


__all__ = ["pinv"]

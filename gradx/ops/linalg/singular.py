"""Singular values and vectors, and the pseudoinverse.

- Where only the values are used, no difference of two values is divided by.
- Vectors are defined up to a phase, or, for equal values, a rotation of left and right ones together. Where values
  are distinct, derivatives are right for results that do not depend on that choice, also of the columns that
  `full_matrices` adds; where not, see `svd`.
- The core `U^H dA V` is split: its skew part is divided by sums of values, and only its Hermitian part by
  differences. The derivative of a value that is 0 is a kink's: 0.
- Sources: M. Giles (2008); M. Seeger et al. (2017); J. Townsend, "Differentiating the singular value
  decomposition" (2016); G. Golub and V. Pereyra, "The differentiation of pseudo-inverses" (1973).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from gradx.batching import leading
from gradx.ops.adjoint import (
    adjoint,
    conj,
    hermitian_part,
    real,
    skew_part,
    with_diagonal,
)
from gradx.ops.linalg.spectra import inverse_gaps
from gradx.ops.linalg.structure import matrices
from gradx.primitive import primitive


class SVDResult(NamedTuple):
    """Left singular vectors `(..., m, k)`, values `(..., k)`, descending, right vectors `(..., k, n)`."""

    U: Any
    S: Any
    Vh: Any


def _inverse(xp: Any, x: Any) -> Any:
    """Return `1 / x`, 0 where `x` is 0."""
    zero = x == 0
    return xp.where(zero, xp.zeros_like(x), 1.0 / xp.where(zero, xp.ones_like(x), x))


def _split(xp: Any, u: Any, s: Any, vh: Any) -> Any:
    """Return `U1, U2, V1, V2`: the vectors that belong to values, and the columns beyond (or None)."""
    k = s.shape[-1]
    v = adjoint(xp, vh)
    beyond = [x[..., k:] if x.shape[-1] > k else None for x in (u, v)]
    u, v = (x if rest is None else x[..., :k] for x, rest in zip((u, v), beyond))
    return u, beyond[0], v, beyond[1]


def _reduced(xp: Any, g: Any, first: Any, rest: Any) -> Any:
    """Carry a cotangent of all vectors to the first ones: `d rest = -first (d first)^H rest`."""
    if g is None or rest is None:
        return g
    k = first.shape[-1]
    return g[..., :k] - xp.matmul(rest, xp.matmul(adjoint(xp, g[..., k:]), first))


_svd = primitive("linalg.svd", batch=leading)


@_svd.vjp
def _svd_vjp(xp: Any, cts: Any, y: Any, _x: Any, *, full_matrices: bool) -> Any:
    s = y[1]
    u, u_rest, v, v_rest = _split(xp, *y)
    of_s = cts[1]
    of_u = _reduced(xp, cts[0], u, u_rest)
    of_v = _reduced(xp, None if cts[2] is None else adjoint(xp, cts[2]), v, v_rest)
    if of_u is None and of_v is None:
        return (_from_values(xp, of_s, u, s, adjoint(xp, v)),)
    row = xp.expand_dims(s, axis=-2)
    gaps, sums = inverse_gaps(xp, s), _inverse(xp, row + xp.expand_dims(s, axis=-1))
    plus = minus = None
    if of_u is not None:
        plus = minus = xp.matmul(adjoint(xp, u), of_u)
    if of_v is not None:
        turn = xp.matmul(adjoint(xp, v), of_v)
        plus, minus = (turn, -turn) if plus is None else (plus + turn, minus - turn)
    core = hermitian_part(xp, gaps * plus) + skew_part(xp, sums * minus)
    if of_s is not None:
        core = core + with_diagonal(xp, of_s * xp.sign(s))
    g = xp.matmul(xp.matmul(u, core), adjoint(xp, v))
    if of_u is not None and u.shape[-2] > u.shape[-1]:
        beside = (of_u - xp.matmul(u, xp.matmul(adjoint(xp, u), of_u))) * _inverse(xp, row)
        g = g + xp.matmul(beside, adjoint(xp, v))
    if of_v is not None and v.shape[-2] > v.shape[-1]:
        beside = (of_v - xp.matmul(v, xp.matmul(adjoint(xp, v), of_v))) * _inverse(xp, row)
        g = g + xp.matmul(u, adjoint(xp, beside))
    return (g,)


def _from_values(xp: Any, of_s: Any, u: Any, s: Any, vh: Any) -> Any:
    return xp.matmul(u * xp.expand_dims(of_s * xp.sign(s), axis=-2), vh)


@_svd.jvp
def _svd_jvp(xp: Any, tangents: Any, y: Any, x: Any, *, full_matrices: bool) -> Any:
    s = y[1]
    u, u_rest, v, v_rest = _split(xp, *y)
    right = xp.matmul(tangents[0], v)
    core = xp.matmul(adjoint(xp, u), right)
    row = xp.expand_dims(s, axis=-2)
    turn = inverse_gaps(xp, s) * hermitian_part(xp, core)
    twist = _inverse(xp, row + xp.expand_dims(s, axis=-1)) * skew_part(xp, core)
    du, dv = xp.matmul(u, turn + twist), xp.matmul(v, turn - twist)
    if u.shape[-2] > u.shape[-1]:
        du = du + (right - xp.matmul(u, core)) * _inverse(xp, row)
    if v.shape[-2] > v.shape[-1]:
        left = xp.matmul(adjoint(xp, tangents[0]), u)
        dv = dv + (left - xp.matmul(v, adjoint(xp, core))) * _inverse(xp, row)
    ds = real(xp, xp.linalg.diagonal(core)) * xp.sign(s)
    return _completed(xp, du, u, u_rest), ds, adjoint(xp, _completed(xp, dv, v, v_rest))


def _completed(xp: Any, d: Any, first: Any, rest: Any) -> Any:
    """Append the tangent of the columns beyond."""
    if rest is None:
        return d
    return xp.concat([d, -xp.matmul(first, xp.matmul(adjoint(xp, d), rest))], axis=-1)


def svd(x: Any, /, *, full_matrices: bool = True) -> SVDResult:
    """Singular value decomposition `x = U diag(S) Vh` of matrices `(..., m, n)`, k = min(m, n).

    With `full_matrices`, U is `(..., m, m)` and Vh `(..., n, n)`.

    Where singular values are equal (to rounding), the mixing of their vectors counts as 0: right for the values
    to first order and for projectors on whole singular spaces; NOT for other functions of the vectors, nor for
    second derivatives, which are finite there but wrong. Keep away from such points.

    >>> import gradx as gx
    >>> [part.shape for part in gx.linalg.svd(gx.ones((4, 2)), full_matrices=False)]
    [(4, 2), (2,), (2, 2)]
    """
    return SVDResult(*_svd(matrices("linalg.svd", x), full_matrices=full_matrices))


_svdvals = primitive("linalg.svdvals", batch=leading)


@_svdvals.vjp
def _svdvals_vjp(xp: Any, ct: Any, _y: Any, x: Any) -> Any:
    u, s, vh = xp.linalg.svd(x, full_matrices=False)
    return (_from_values(xp, ct, u, s, vh),)


@_svdvals.jvp
def _svdvals_jvp(xp: Any, tangents: Any, y: Any, x: Any) -> Any:
    u, s, vh = xp.linalg.svd(x, full_matrices=False)
    core = xp.sum(conj(xp, u) * xp.matmul(tangents[0], adjoint(xp, vh)), axis=-2)
    return real(xp, core) * xp.sign(s)


def svdvals(x: Any, /) -> Any:
    """Singular values, descending, `(..., m, n) -> (..., min(m, n))`.

    >>> import gradx as gx
    >>> gx.linalg.svdvals(gx.ones((5, 3, 2))).shape
    (5, 2)
    """
    return _svdvals(matrices("linalg.svdvals", x))


_pinv = primitive("linalg.pinv", batch=leading)


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


__all__ = ["pinv", "svd", "svdvals"]

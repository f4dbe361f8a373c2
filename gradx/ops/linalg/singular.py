"""Singular values and vectors.

- Where only the values are used, no difference of two values is divided by.
- Vectors are defined up to a phase, or, for equal values, a rotation of left and right ones together; for zeros, of
  each. Derivatives are those of results that do not depend on that choice, also of the columns that
  `full_matrices` adds; `degenerate.py` says how they are found at equal and at vanishing values, and what raises.
- The core `U^H dA V` is split: its skew part is divided by sums of values, and only its Hermitian part by
  differences. The derivative of a value that is 0 is a kink's: 0.
- Sources: M. Giles (2008); M. Seeger et al. (2017); J. Townsend, "Differentiating the singular value
  decomposition" (2016).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from gradx.backend import namespaces
from gradx.batching import leading, spread
from gradx.level import Cell
from gradx.ops.adjoint import adjoint, conj, hermitian_part, real, skew_part, with_diagonal
from gradx.ops.linalg.degenerate import (
    DIRECTIONS,
    WATCHED,
    block_of,
    equal_pairs,
    happens,
    inverse,
    inverse_gaps,
    largest,
    require_vanishing,
    unresolved,
    vanishing,
)
from gradx.ops.linalg.spectra import direction, tracked
from gradx.ops.linalg.structure import matrices
from gradx.ops.linalg.vanishing import SVD, inside_of, plus_minus, split, sums_of, zero_pairs
from gradx.primitive import primitive
from gradx.tape import Reverse


class SVDResult(NamedTuple):
    """Left singular vectors `(..., m, k)`, values `(..., k)`, descending, right vectors `(..., k, n)`."""

    U: Any
    S: Any
    Vh: Any


_svd = primitive("linalg.svd", batch=leading)
_svd_along = primitive("linalg.svd_along", batch=spread)


def _along_raw(x: Any, d: Any, *, full_matrices: bool, vectors: bool) -> Any:
    """Return the decomposition with those vectors that within equal values do not mix along `d`."""
    xp = namespaces[type(x)]
    y = xp.linalg.svd(x, full_matrices=full_matrices)
    s = y[1]
    mixed = equal_pairs(xp, s) & ~zero_pairs(xp, s)
    if not happens(mixed):
        return tuple(y)
    u, u_rest, v, v_rest = split(xp, *y)
    keep = mixed | (with_diagonal(xp, xp.ones_like(s)) == 1)
    core = hermitian_part(xp, xp.matmul(xp.matmul(adjoint(xp, u), d), v))
    size = largest(xp, core) * s.shape[-1]
    core = xp.where(keep, core / xp.where(size > 0, size, xp.ones_like(size)), xp.zeros_like(core))
    _, turn = xp.linalg.eigh(core + with_diagonal(xp, 3.0 * block_of(xp, s)))  # keeps blocks apart
    turn = xp.where(keep, turn, xp.zeros_like(turn))
    u, v = (
        first if rest is None else xp.concat([first, rest], axis=-1)
        for first, rest in ((xp.matmul(u, turn), u_rest), (xp.matmul(v, turn), v_rest))
    )
    return u, s, adjoint(xp, v)


_svd_along.implementation = _along_raw


@_svd.vjp
def _svd_vjp(xp: Any, cts: Any, y: Any, _x: Any, *, full_matrices: bool) -> Any:
    return (_svd_pull(xp, cts, y),)


@_svd_along.vjp
def _svd_along_vjp(xp: Any, cts: Any, y: Any, _x: Any, _d: Any, *,
                    full_matrices: bool, vectors: bool) -> Any:  # fmt: skip
    return _svd_pull(xp, cts, y), None


def _svd_pull(xp: Any, cts: Any, y: Any) -> Any:
    s = y[1]
    u, u_rest, v, v_rest = split(xp, *y)
    inside = inside_of(xp, cts, u, u_rest, v, v_rest)
    if inside.of_u is None and inside.of_v is None:
        # A value that is 0 has a kink, unless the result is even in it.
        of_s = xp.where((s == 0) & (cts[1] != 0), xp.zeros_like(cts[1]), cts[1])
        return xp.matmul(u * xp.expand_dims(of_s, axis=-2), adjoint(xp, v))
    limits = cts[3:]
    of_s = cts[1]
    equal = equal_pairs(xp, s)
    differences, sums = plus_minus(xp, inside)
    if limits:
        core, *besides, skip, near_sum, small, kink = limits
        core = core + differences * inverse_gaps(xp, s, skip)
        core = core + sums * inverse(xp, xp.where(near_sum, sums_of(xp, s) * 0.0, sums_of(xp, s)))
        of_s = None if of_s is None else xp.where(kink, xp.zeros_like(of_s), of_s)
        row = inverse(xp, xp.where(small, xp.zeros_like(s), s))
    else:
        core = differences * inverse_gaps(xp, s, equal) + sums * inverse(xp, sums_of(xp, s))
        besides, row = [None, None], inverse(xp, s)
    core = core if of_s is None else core + with_diagonal(xp, of_s)
    g = xp.matmul(xp.matmul(u, core), adjoint(xp, v))
    row = xp.expand_dims(row, axis=-2)
    if inside.beside_u is not None:
        beside = inside.beside_u * row
        beside = beside if besides[0] is None else beside + besides[0]
        g = g + xp.matmul(beside, adjoint(xp, v))
    if inside.beside_v is not None:
        beside = inside.beside_v * row
        beside = beside if besides[1] is None else beside + besides[1]
        g = g + xp.matmul(u, adjoint(xp, beside))
    return g


@_svd.jvp
def _svd_jvp(xp: Any, tangents: Any, y: Any, x: Any, *, full_matrices: bool) -> Any:
    return _svd_push(xp, tangents[0], y, vectors=True)


@_svd_along.jvp
def _svd_along_jvp(xp: Any, tangents: Any, y: Any, x: Any, d: Any, *,
                    full_matrices: bool, vectors: bool) -> Any:  # fmt: skip
    return _svd_push(xp, tangents[0], y, vectors=vectors)


def _svd_push(xp: Any, dx: Any, y: Any, *, vectors: bool) -> Any:
    s = y[1]
    u, u_rest, v, v_rest = split(xp, *y)
    right = xp.matmul(dx, v)
    core = xp.matmul(adjoint(xp, u), right)
    ds = real(xp, xp.linalg.diagonal(core)) * xp.sign(s)
    if isinstance(ds, Cell) and happens(s == 0):
        zero = with_diagonal(xp, xp.where(s == 0, xp.ones_like(s), s * 0.0)) == 1
        held = unresolved(core, s, zero, name="linalg.svd", lazy=not vectors)
        ds = ds + real(xp, xp.linalg.diagonal(held))
    turn, twist = _mixing(xp, core, s, vectors=vectors)
    du, dv = xp.matmul(u, turn + twist), xp.matmul(v, turn - twist)
    if u.shape[-2] > u.shape[-1]:
        du = du + _beside(xp, right - xp.matmul(u, core), s, largest(xp, right))
    if v.shape[-2] > v.shape[-1]:
        left = xp.matmul(adjoint(xp, dx), u)
        dv = dv + _beside(xp, left - xp.matmul(v, adjoint(xp, core)), s, largest(xp, left))
    return _completed(xp, du, u, u_rest), ds, adjoint(xp, _completed(xp, dv, v, v_rest))


def _mixing(xp: Any, core: Any, s: Any, *, vectors: bool) -> Any:
    """Return `(turn, twist)`: how left and right vectors mix alike, and how oppositely.

    Of values that are 0 the vectors cannot be followed where the tangent mixes them: NaN.
    """
    zero = zero_pairs(xp, s)
    equal = equal_pairs(xp, s)
    even = hermitian_part(xp, core)
    turn = inverse_gaps(xp, s, equal) * even
    twist = inverse(xp, xp.where(zero, sums_of(xp, s) * 0.0, sums_of(xp, s))) * skew_part(xp, core)
    singular = equal | zero
    if happens(singular):
        scale = largest(xp, core)
        if vectors:
            require_vanishing("linalg.svd", xp, even, scale, equal & ~zero, s, DIRECTIONS)
        if isinstance(core, Cell):
            turn = turn + unresolved(core, s, singular, name="linalg.svd", lazy=not vectors)
        lost = zero & ~vanishing(xp, core, scale, s)
        twist = twist + xp.where(
            lost, xp.full_like(s, float("nan"))[..., None, :], xp.zeros_like(core)
        )
    return turn, twist


def _beside(xp: Any, change: Any, s: Any, scale: Any) -> Any:
    """Return the tangents orthogonal to all vectors: `change / s`; of values that are 0 NaN, unless there is none."""
    zero = xp.expand_dims(xp.linalg.diagonal(zero_pairs(xp, s)), axis=-2)
    row = xp.expand_dims(s, axis=-2)
    moved = change * inverse(xp, xp.where(zero, row * 0.0, row))
    lost = zero & ~vanishing(xp, change, scale, s)
    return xp.where(lost, xp.full_like(moved, float("nan")), moved)


def _completed(xp: Any, d: Any, first: Any, rest: Any) -> Any:
    """Append the tangent of the columns beyond."""
    if rest is None:
        return d
    return xp.concat([d, -xp.matmul(first, xp.matmul(adjoint(xp, d), rest))], axis=-1)


def _decomposed(x: Any, *, full_matrices: bool, vectors: bool) -> Any:
    along = direction(x)
    WATCHED.setdefault(_svd if along is None else _svd_along, SVD)
    if along is None:
        return _svd(x, full_matrices=full_matrices)
    return _svd_along(x, along, full_matrices=full_matrices, vectors=vectors)


def svd(x: Any, /, *, full_matrices: bool = True) -> SVDResult:
    """Singular value decomposition `x = U diag(S) Vh` of matrices `(..., m, n)`, k = min(m, n).

    With `full_matrices`, U is `(..., m, m)` and Vh `(..., n, n)`.

    Equal singular values (to rounding, 8 k eps max(S)) have no preferred vectors, vanishing ones none at all. The
    derivative of a result that does not depend on the choice, such as `U diag(f(S)) Vh`, is exact all the same, and so
    are its second and third in reverse mode, and forward over reverse. At S = 0 that is an odd f, as in `U S**3 Vh`,
    to first order; of what has a kink there (a sum of values) the value counts 0.

    Raises
    ------
    DegeneracyError
        In reverse mode, where the result depends on the choice of vectors of equal or vanishing values, naming the
        pair; also at a kink that involves vectors, as of `U S U^H` at 0. In nested forward mode as `eigh`. Plain
        forward mode cannot follow vectors of vanishing values that its direction mixes: their tangents are NaN.

    >>> import gradx as gx
    >>> [part.shape for part in gx.linalg.svd(gx.ones((4, 2)), full_matrices=False)]
    [(4, 2), (2,), (2, 2)]
    """
    x = matrices("linalg.svd", x)
    return SVDResult(*_decomposed(x, full_matrices=full_matrices, vectors=True))


_svdvals = primitive("linalg.svdvals", batch=leading)


@_svdvals.vjp
def _svdvals_vjp(xp: Any, ct: Any, _y: Any, x: Any) -> Any:
    return (_svd_pull(xp, (None, ct, None), xp.linalg.svd(x, full_matrices=False)),)


@_svdvals.jvp
def _svdvals_jvp(xp: Any, tangents: Any, y: Any, x: Any) -> Any:
    u, s, vh = xp.linalg.svd(x, full_matrices=False)
    core = xp.sum(conj(xp, u) * xp.matmul(tangents[0], adjoint(xp, vh)), axis=-2)
    return real(xp, core) * xp.sign(s)


def svdvals(x: Any, /) -> Any:
    """Singular values, descending, `(..., m, n) -> (..., min(m, n))`.

    Derivatives of results that treat equal values alike are exact; a value that is 0 has a kink, of derivative 0.
    Forward mode gives the one-sided derivative of results that treat equal values differently.

    Raises
    ------
    DegeneracyError
        In reverse mode, where the result treats equal values other than 0 differently, naming the pair.

    >>> import gradx as gx
    >>> gx.linalg.svdvals(gx.ones((5, 3, 2))).shape
    (5, 2)
    """
    x = matrices("linalg.svdvals", x)
    if not tracked(x):
        return _svdvals(x)
    # One application for values and vectors: of its second derivatives both need the other's cotangent.
    return _decomposed(x, full_matrices=False, vectors=type(x.level) is Reverse)[1]


__all__ = ["svd", "svdvals"]

"""Limits of the singular value decomposition's rule, at equal and at vanishing values: see `degenerate.py`.

- Three quotients: skew parts of `U^H gU + V^H gV` by differences of values, of `U^H gU - V^H gV` by sums, and what of
  gU and gV is orthogonal to all vectors by the values themselves.
- Where a value vanishes, its vectors on both sides turn independently; a function of the matrix does not see it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from gradx.ops.adjoint import adjoint, real, skew_part, with_diagonal
from gradx.ops.linalg.degenerate import (
    BASIS,
    ZERO_KINK,
    ZERO_VALUE,
    Spectrum,
    eps,
    equal_pairs,
    forbid,
    gaps_of,
    happens,
    largest,
    near_pairs,
    noise,
    parting,
    quotient,
    require_vanishing,
    stands_out,
    tolerance,
)


def split(xp: Any, u: Any, s: Any, vh: Any) -> Any:
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


def zero_pairs(xp: Any, s: Any) -> Any:
    """Return the pairs of values that are both 0 (to rounding), each with itself included."""
    return _both(xp, s <= noise(xp, s) if s.shape[-1] else s == 0)


def _both(xp: Any, x: Any) -> Any:
    return xp.expand_dims(x, axis=-2) & xp.expand_dims(x, axis=-1)


def _near_zero(xp: Any, s: Any) -> Any:
    """Return the values that are so small that a quotient of rounding errors would show."""
    if not s.shape[-1]:
        return s == 0
    return s <= xp.max(s, axis=-1, keepdims=True) * tolerance(s.dtype)


def sums_of(xp: Any, s: Any) -> Any:
    return xp.expand_dims(s, axis=-2) + xp.expand_dims(s, axis=-1)


class Inside(NamedTuple):
    """Cotangents of the vectors, as the vectors that belong to values see them; None for none."""

    of_u: Any
    of_v: Any
    along_u: Any  # U^H gU and V^H gV, `(..., k, k)`
    along_v: Any
    beside_u: Any  # what of gU and gV is orthogonal to all of U and V
    beside_v: Any


def inside_of(xp: Any, cts: Any, u: Any, u_rest: Any, v: Any, v_rest: Any) -> Inside:
    of_u = _reduced(xp, cts[0], u, u_rest)
    of_v = _reduced(xp, None if cts[2] is None else adjoint(xp, cts[2]), v, v_rest)
    along, beside = [], []
    for g, first in ((of_u, u), (of_v, v)):
        inside = None if g is None else xp.matmul(adjoint(xp, first), g)
        wide = g is not None and first.shape[-2] > first.shape[-1]
        along.append(inside)
        beside.append(g - xp.matmul(first, inside) if wide else None)
    return Inside(of_u, of_v, *along, *beside)


def plus_minus(xp: Any, inside: Inside) -> Any:
    """Return the numerators of differences and of sums: skew parts of `U^H gU + V^H gV` and of their difference."""
    a, b = inside.along_u, inside.along_v
    plus = a if b is None else b if a is None else a + b
    minus = a if b is None else -b if a is None else a - b
    return skew_part(xp, plus), skew_part(xp, minus)


def _svd_numerators(xp: Any, cts: Any, y: Any) -> Any:
    """Return the numerators of differences; where values vanish, those of sums and of values as well."""
    inside = inside_of(xp, cts, *split(xp, *y))
    differences, sums = plus_minus(xp, inside)
    rest = (sums, inside.along_u, inside.along_v, inside.beside_u, inside.beside_v)
    return (differences, *(x if x is not None else y[1] * 0.0 for x in rest))


def _svd_limits(xp: Any, terms: Any, cts: Any, y: Any) -> Any:
    s, e = y[1], parting(xp, y[1])
    inside = inside_of(xp, cts, *split(xp, *y))
    size = sum(largest(xp, x) for x in (inside.along_u, inside.along_v) if x is not None)
    zero, small = zero_pairs(xp, s), _near_zero(xp, s)
    pairs = []  # of numerators, by differences and by sums
    for part, combine, equal, near, why in (
        (terms[0], gaps_of, equal_pairs(xp, s), near_pairs(xp, s), BASIS),
        (terms[1], sums_of, zero, _both(xp, small), ZERO_VALUE),
    ):
        lost = stands_out(xp, part, combine(xp, e), combine(xp, s), size, s)
        forbid("linalg.svd", equal & lost, s, why)
        limit = quotient(xp, part[1:], combine(xp, e), combine(xp, s), near & ~lost)
        pairs.append((limit, near & ~lost))
    kink, core = _kinks(xp, terms, cts[1], pairs[0][0] + pairs[1][0], s, zero)
    besides = []
    given = [part for part, g in zip(terms[4:], inside[4:], strict=True) if g is not None]
    for part in given:
        off = xp.max(xp.abs(part[0] - part[1] * xp.expand_dims(s / e, axis=-2)), axis=-2)
        rounding = size[..., 0] * (1e4 * eps(s.dtype))
        lost = ~((off <= rounding) | (xp.max(xp.abs(part[0]), axis=-2) <= rounding))
        forbid("linalg.svd", zero & xp.expand_dims(lost, axis=-1), s, ZERO_VALUE)
        small = small & ~lost
    wide = [xp.expand_dims(x, axis=-2) for x in (e, s, small)]
    for part, g in zip(terms[4:], inside[4:], strict=True):
        besides.append(s * 0.0 if g is None else quotient(xp, part[1:], *wide))
    return [core, *besides], [pairs[0][1], pairs[1][1], small, kink]


def _kinks(xp: Any, terms: Any, of_s: Any, core: Any, s: Any, zero: Any) -> Any:
    """Return which values have a kink at 0, and the core with their diagonal from the smooth part of the result.

    What is smooth there is odd in (U, S) and in (S, V), and in the formulas that people write linear in U and V:
    then `U^H gU` and `(V^H gV)^H` grow alike with the values, by the block of `U^H G V` that belongs to the zeros,
    and so does the cotangent of S; what remains of that is a kink. Anything else raises.
    """
    e = parting(xp, s)
    left, right = (term[1] if term[1].ndim > s.ndim else xp.zeros_like(core) for term in terms[2:4])
    scale = largest(xp, left) + largest(xp, right)
    left = left / xp.expand_dims(e, axis=-2)
    apart = left - adjoint(xp, right / xp.expand_dims(e, axis=-2))
    require_vanishing("linalg.svd", xp, apart, scale, zero, s, ZERO_KINK)
    if of_s is None:
        return s < 0, core
    smooth = real(xp, xp.linalg.diagonal(left))
    bound = scale[..., 0] + xp.max(xp.abs(of_s), axis=-1, keepdims=True)
    kink = xp.linalg.diagonal(zero) & (xp.abs(of_s - smooth) > bound * tolerance(s.dtype))
    return kink, core + with_diagonal(xp, xp.where(kink, smooth, xp.zeros_like(smooth)))


SVD = Spectrum(
    1,
    (0, 2),
    lambda xp, y: happens(near_pairs(xp, y[1])) or happens(_near_zero(xp, y[1])),
    lambda xp, y: equal_pairs(xp, y[1]) & ~zero_pairs(xp, y[1]),
    _svd_numerators,
    _svd_limits,
)


__all__ = ["SVD", "inside_of", "plus_minus", "split", "sums_of", "zero_pairs"]

"""Partial fractions of rational functions, and division of polynomials.

- Poles nearer than `tol` count as one of higher order; which do is decided on values.
- The residues are quotients of polynomials at the poles, so they are differentiable through the poles, where these are
  simple.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.numpy import polyadd, polydiv, polymul, polysub, polyval, roots, trim_zeros
from gradx.ops.filtering import convolved, recurred
from gradx.promotion import result_type
from gradx.scipy.arrays import chosen, complex_of, constant, floating, values_of

_RULES = ("max", "maximum", "min", "minimum", "avg", "mean")


def deconvolve(signal: Any, divisor: Any) -> tuple[Any, Any]:
    """Quotient and remainder of polynomials `(n,)` and `(m,)`: `signal = convolve(divisor, quotient) + remainder`.

    >>> import gradx as gx
    >>> gx.scipy.signal.deconvolve(gx.asarray([1.0, 3.0, 2.0]), [1.0, 1.0])
    (Tensor([1., 2.]), Tensor([0., 0., 0.]))
    """
    u = ops.atleast_nd(floating(signal), ndim=1)
    v = ops.atleast_nd(floating(divisor, u), ndim=1)
    if u.ndim != 1 or v.ndim != 1 or not u.shape[0] or not v.shape[0]:
        raise ShapeError(
            f"signal.deconvolve: expected two arrays of one dimension, not empty; got shapes {u.shape} and {v.shape}"
        )
    size = u.shape[0] - v.shape[0] + 1
    if size < 1:
        return ops.zeros(0, dtype=result_type(u, v), device=u.device), u
    quotient = recurred(v[1:] / v[0], u[:size] / v[0])
    return quotient, u - convolved(v, quotient, 1)


def unique_roots(p: Any, tol: float = 1e-3, rtype: str = "min") -> tuple[Any, Any]:
    """The roots among `p` `(n,)` that differ by more than `tol`, and how many each stands for.

    `rtype` says what stands for a group: its "min", "max" or "avg".

    >>> import gradx as gx
    >>> gx.scipy.signal.unique_roots(gx.asarray([1.0, 2.0, 1.0]))
    (Tensor([1., 2.]), Tensor([2, 1]))
    """
    p = floating(p)
    groups = _groups(p, tol, rtype)
    found = [
        ops.mean(p[i]) if rtype in ("avg", "mean") else p[i[0]]
        for i in (_of(g, p, rtype) for g in groups)
    ]
    unique = ops.stack(found) if found else p[:0]
    return unique, constant([len(g) for g in groups], p, "int64")


def _groups(p: Any, tol: float, rtype: str) -> list[list[int]]:
    chosen("signal.unique_roots", "rtype", rtype, _RULES)
    values, left = values_of(p).tolist(), list(range(p.shape[0]))
    groups = []
    while left:
        group = [i for i in left if abs(values[i] - values[left[0]]) <= tol]
        groups.append(group)
        left = [i for i in left if i not in group]
    return groups


def _of(group: Sequence[int], p: Any, rtype: str) -> Any:
    """Return the numbers of the elements that stand for a group: all of them, or the least or greatest."""
    if rtype in ("avg", "mean"):
        return constant(list(group), p, "int64")
    values = values_of(p).tolist()

    def key(i: int) -> tuple[float, float]:
        return complex(values[i]).real, complex(values[i]).imag

    return [(max if rtype in ("max", "maximum") else min)(group, key=key)]


def _factors(poles: Sequence[Any], orders: Sequence[int], powers: bool) -> tuple[list[Any], Any]:
    """Return the denominator without each pole (with all powers of it), and the whole."""
    one = ops.ones_like(poles[0])[None]
    linear = [ops.stack([ops.ones_like(pole), -pole]) for pole in poles]
    suffixes, current = [one], one
    for factor, order in zip(linear[:0:-1], orders[:0:-1]):
        for _ in range(order):
            current = polymul(current, factor)
        suffixes.append(current)
    found, current = [], one
    for factor, order, suffix in zip(linear, orders, reversed(suffixes)):
        block = []
        for i in range(order):
            if not i or powers:
                block.append(polymul(current, suffix))
            current = polymul(current, factor)
        found.extend(reversed(block))
    return found, current


def _residues(poles: Sequence[Any], orders: Sequence[int], numerator: Any) -> list[Any]:
    found: list[Any] = []
    for pole, order, factor in zip(poles, orders, _factors(poles, orders, False)[0]):
        if order == 1:
            found.append(polyval(numerator, pole) / polyval(factor, pole))
            continue
        rest, block = numerator, []
        linear = ops.stack([ops.ones_like(pole), -pole])
        factor, d = polydiv(factor, linear)
        for _ in range(order):
            rest, n = polydiv(rest, linear)
            block.append(n[0] / d[0])
            rest = polysub(rest, block[-1] * factor)
        found.extend(reversed(block))
    return found


def residue(b: Any, a: Any, tol: float = 1e-3, rtype: str = "avg") -> tuple[Any, Any, Any]:
    """Partial fractions of `b(s) / a(s)`: residues and poles `(n,)`, and the coefficients of the polynomial part.

    A pole of order m has m residues, of the powers 1 to m.

    >>> import gradx as gx
    >>> [x.shape for x in gx.scipy.signal.residue([1.0, 2.0], gx.asarray([1.0, 3.0, 1.0]))]
    [(2,), (2,), (0,)]
    """
    b, a = _polynomials("signal.residue", b, a, "f")
    return _expanded(b, a, tol, rtype, False)


def residuez(b: Any, a: Any, tol: float = 1e-3, rtype: str = "avg") -> tuple[Any, Any, Any]:
    """Partial fractions of `b(z) / a(z)` in powers of 1/z; see `residue`.

    >>> import gradx as gx
    >>> [x.shape for x in gx.scipy.signal.residuez([1.0], gx.asarray([1.0, -0.5, 0.1]))]
    [(2,), (2,), (0,)]
    """
    b, a = _polynomials("signal.residuez", b, a, "b")
    if float(abs(values_of(a)[0])) == 0.0:
        raise ValueError("signal.residuez: expected a first coefficient a[0] that is not 0; got 0")
    return _expanded(b, a, tol, rtype, True)


def _polynomials(name: str, b: Any, a: Any, side: str) -> tuple[Any, Any]:
    a = trim_zeros(ops.atleast_nd(floating(a), ndim=1), side)
    b = trim_zeros(ops.atleast_nd(floating(b, a), ndim=1), side)
    if not a.shape[0]:
        raise ValueError(f"{name}: expected a denominator a that is not 0; got 0")
    return b, a


def _expanded(b: Any, a: Any, tol: float, rtype: str, inverse: bool) -> tuple[Any, Any, Any]:
    poles = complex_of(roots(a))
    none = ops.zeros(0, dtype=b.dtype, device=b.device)
    if not b.shape[0] or not poles.shape[0]:
        whole = b / a[0] if b.shape[0] else none
        return ops.zeros(poles.shape, dtype="float64", device=a.device), poles, whole
    num, den = (ops.flip(b), ops.flip(a)) if inverse else (b, a)
    whole, num = polydiv(num, den) if num.shape[0] >= den.shape[0] else (none, num)
    unique, counts = unique_roots(poles, tol, rtype)
    order = abs(values_of(unique)).argsort().tolist()
    each = [unique[i] for i in order]
    orders = [values_of(counts).tolist()[i] for i in order]
    at = [1.0 / pole for pole in each] if inverse else each
    r = ops.stack(_residues(at, orders, complex_of(num)))
    p = ops.stack([pole for pole, m in zip(each, orders) for _ in range(m)])
    if not inverse:
        return r / a[0], p, whole
    powers = constant([i + 1 for m in orders for i in range(m)], p)
    return r * (-p) ** powers / den[0], p, ops.flip(whole)


def invres(r: Any, p: Any, k: Any, tol: float = 1e-3, rtype: str = "avg") -> tuple[Any, Any]:
    """Numerator and denominator from partial fractions: the inverse of `residue`.

    >>> import gradx as gx
    >>> gx.scipy.signal.invres(gx.asarray([1.0, 1.0]), gx.asarray([1.0, 2.0]), [])
    (Tensor([ 2., -3.]), Tensor([ 1., -3.,  2.]))
    """
    return _collected(r, p, k, tol, rtype, False)


def invresz(r: Any, p: Any, k: Any, tol: float = 1e-3, rtype: str = "avg") -> tuple[Any, Any]:
    """Numerator and denominator in powers of 1/z from partial fractions: the inverse of `residuez`.

    >>> import gradx as gx
    >>> gx.scipy.signal.invresz(gx.asarray([1.0, 1.0]), gx.asarray([1.0, 2.0]), [])
    (Tensor([ 2., -3.]), Tensor([ 1., -3.,  2.]))
    """
    return _collected(r, p, k, tol, rtype, True)


def _collected(r: Any, p: Any, k: Any, tol: float, rtype: str, inverse: bool) -> tuple[Any, Any]:
    chosen("signal.invres", "rtype", rtype, _RULES)
    r, p = (ops.atleast_nd(floating(x), ndim=1) for x in (r, p))
    k = trim_zeros(ops.atleast_nd(floating(k, r), ndim=1), "b" if inverse else "f")
    values, firsts, orders = values_of(p), [0], [1]
    for i in range(
        1, p.shape[0]
    ):  # neighbours within tol of the first of their run are one pole, that first one
        if abs(values[i] - values[firsts[-1]]) <= tol:
            orders[-1] += 1
        else:
            firsts.append(i)
            orders.append(1)
    factors, denominator = _factors([p[i] for i in firsts], orders, True)

    def turned(x: Any) -> Any:
        return ops.flip(x) if inverse else x

    terms = [r[i] * turned(factor) for i, factor in enumerate(factors)]
    if k.shape[0]:
        terms.append(polymul(turned(k), turned(denominator)))
    numerator = terms[0]
    for term in terms[1:]:
        numerator = polyadd(numerator, term)
    return turned(numerator), denominator


__all__ = ["deconvolve", "invres", "invresz", "residue", "residuez", "unique_roots"]

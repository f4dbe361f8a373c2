"""SciPy's own code that `gradx.scipy` is built on, on NumPy arrays; SciPy is loaded on first use.

- Functions of matrices take a batch: each item of it goes through SciPy once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from importlib import import_module
from typing import Any

import numpy as np

Array = Any


def scipy_object(module: str, name: str) -> Any:
    """Return what SciPy has under a (dotted) name of one of its modules."""
    return reduce(getattr, name.split("."), import_module(f"scipy.{module}"))


def _each(function: Callable[..., Array], args: tuple[Array, ...], cores: tuple[int, ...]) -> Array:
    """Apply a function of arrays with these ranks to each item of the broadcast batch."""
    leads = [x.shape[: x.ndim - core] for x, core in zip(args, cores)]
    batch = np.broadcast_shapes(*leads)
    if not batch:
        return function(*args)
    full = [np.broadcast_to(x, (*batch, *x.shape[len(lead) :])) for x, lead in zip(args, leads)]
    found = [function(*[x[at] for x in full]) for at in np.ndindex(*batch)]
    if not found:  # an empty batch: one item of zeros tells the shape
        one = function(*[np.eye(*x.shape[len(batch) :], dtype=x.dtype) if x.ndim > len(batch) + 1
                         else np.ones(x.shape[len(batch) :], x.dtype) for x in full])  # fmt: skip
        return np.empty((*batch, *one.shape), one.dtype)
    return np.reshape(np.stack(found), (*batch, *found[0].shape))


def solve_banded(ab: Array, b: Array, *, below: int, above: int, positive: bool) -> Array:
    """Solve banded systems `(..., n, k)`; of a positive definite matrix the upper half of the band is read."""
    from scipy import linalg

    def one(ab: Array, b: Array) -> Array:
        if not b.size:
            return np.zeros(b.shape, np.result_type(ab, b))
        if positive:
            return linalg.solveh_banded(ab[: above + 1], b, check_finite=False)
        return linalg.solve_banded((below, above), ab, b, check_finite=False)

    return _each(one, (ab, b), (2, 2))


def solve_triangular(a: Array, b: Array, *, lower: bool) -> Array:
    """Solve triangular systems `(..., n, k)`; the other triangle is not read."""
    from scipy import linalg

    def one(a: Array, b: Array) -> Array:
        if not b.size:
            return np.zeros(b.shape, np.result_type(a, b))
        return linalg.solve_triangular(a, b, lower=lower, check_finite=False)

    return _each(one, (a, b), (2, 2))


def solve_toeplitz(c: Array, r: Array, b: Array) -> Array:
    """Solve Toeplitz systems `(..., n, k)` of first column `c` and first row `r`, by Levinson's recursion."""
    from scipy import linalg

    kind = np.result_type(c, r, b)

    def one(c: Array, r: Array, b: Array) -> Array:
        return linalg.solve_toeplitz((c, r), b, check_finite=False).astype(kind, copy=False)

    return _each(one, (c, r, b), (1, 1, 2))


def solve_sylvester(a: Array, b: Array, q: Array) -> Array:
    """Solve `a x + x b = q`."""
    from scipy import linalg

    kind = np.result_type(a, b, q)

    def one(a: Array, b: Array, q: Array) -> Array:
        if not q.size:
            return np.zeros(q.shape, kind)
        return np.asarray(linalg.solve_sylvester(a, b, q)).astype(kind, copy=False)

    return _each(one, (a, b, q), (2, 2, 2))


def solve_riccati(*args: Array, discrete: bool, balanced: bool) -> Array:
    """Solve algebraic Riccati equations of `a, b, q, r, e, s`."""
    from scipy import linalg

    solve = linalg.solve_discrete_are if discrete else linalg.solve_continuous_are
    kind = np.result_type(*args)

    def one(a: Array, b: Array, q: Array, r: Array, e: Array, s: Array) -> Array:
        plain = np.array_equal(e, np.eye(*e.shape))  # SciPy is more exact without one
        x = solve(a, b, q, r, None if plain else e, s if s.any() else None, balanced=balanced)
        return x.astype(kind, copy=False)

    return _each(one, args, (2,) * 6)


def pivots_of(p: Array, *, count: int) -> Array:
    """Return the rows that LAPACK swaps, one after the other, to undo the permutation `p` `(..., m, m)`."""

    def one(p: Array) -> Array:
        wanted = (
            np.argmax(p, axis=0) if p.size else p
        )  # the row of the matrix that ended in each place
        rows, swaps = list(range(len(wanted))), []
        place = list(rows)  # where each row of the matrix is now
        for i in range(count):
            j = place[wanted[i]]
            swaps.append(j)
            rows[i], rows[j] = rows[j], rows[i]
            place[rows[i]], place[rows[j]] = i, j
        return np.asarray(swaps, dtype=np.int32)

    return _each(one, (p,), (2,))


def rows_of(pivots: Array, *, count: int) -> Array:
    """Return the order of `count` rows after the swaps `pivots` `(..., k)`."""

    def one(pivots: Array) -> Array:
        rows = np.arange(count)
        for i, j in enumerate(pivots):
            rows[i], rows[j] = rows[j], rows[i]
        return rows

    return _each(one, (pivots,), (1,))


def column_order(x: Array) -> Array:
    """Return the order of columns `(..., n)` that QR with pivoting chooses."""
    from scipy import linalg

    return _each(
        lambda x: np.asarray(linalg.qr(x, mode="r", pivoting=True)[-1], dtype=np.int64), (x,), (2,)
    )


def hankel_coefficients(
    n: int, dln: float, mu: float, offset: float, bias: float, inverse: bool
) -> Array:
    """Return the coefficients `(n // 2 + 1,)` of a fast Hankel transform.

    `U(x) = 2^x Gamma((mu + 1 + x) / 2) / Gamma((mu + 1 - x) / 2)` at `bias + 2 pi i m / (n dln)`, turned by the offset
    (A. Hamilton, "Uncorrelated modes of the non-linear power spectrum", 2000, appendix B).
    """
    from scipy.special import loggamma, poch

    y = np.pi * np.arange(n // 2 + 1) / (n * dln)
    plus, minus = (mu + 1 + bias) / 2, (mu + 1 - bias) / 2
    with np.errstate(all="ignore"):
        logs = loggamma(plus + 1j * y) - np.conj(loggamma(minus + 1j * y))
        u = np.exp(logs + np.log(2) * bias + 2j * y * (np.log(2) - offset))
    if n % 2 == 0:
        u[-1] = u[-1].real
    if not np.isfinite(u[0]):
        u[0] = 2**bias * poch(minus, plus - minus)
    if np.isinf(u[0]) and not inverse:
        u[0] = 0
    elif u[0] == 0 and inverse:
        u[0] = np.inf
    return u


__all__ = ["column_order", "hankel_coefficients", "pivots_of", "rows_of", "scipy_object", "solve_banded",
           "solve_riccati", "solve_sylvester", "solve_toeplitz", "solve_triangular"]  # fmt: skip

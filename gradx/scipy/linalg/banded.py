"""Banded matrices: `ab[u + i - j, j]` is the element (i, j), for u diagonals above the main one and l below it.

- Systems take O(n (l + u)^2) for a right-hand side on the host (LAPACK), and so do their derivatives, which are banded:
  arrays of a GPU travel there and back.
- Eigenvalues and Cholesky factors are those of the whole matrix: O(n^3).
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import OperandError, ShapeError
from gradx.ops import linalg
from gradx.scipy.linalg.arguments import array, matrix, right_side, together, values_of, vector
from gradx.scipy.native import host


def _shifted(row: Any, k: int) -> Any:
    """Return `row` `(..., n, m)` moved by `k` places along its rows, with zeros for what comes in."""
    n = row.shape[-2]
    k = max(-n, min(k, n))
    zeros = ops.zeros((*row.shape[:-2], abs(k), row.shape[-1]), dtype=row.dtype, device=row.device)
    if k >= 0:
        return ops.concat([zeros, row[..., : n - k, :]], axis=-2)
    return ops.concat([row[..., -k:, :], zeros], axis=-2)


def _transposed(ab: Any, below: int, above: int) -> Any:
    """Return the conjugate transpose of a band: `above` diagonals below the main one, `below` above it."""
    rows = [_shifted(ab[..., above - k, :, None], -k)[..., 0] for k in range(-below, above + 1)]
    found = ops.stack(rows, axis=-2)
    return ops.conj(found) if found.dtype.kind == "c" else found


def _product(ab: Any, y: Any, below: int, above: int) -> Any:
    """Return the product of a band with columns `(..., n, k)`."""
    parts = [_shifted(ab[..., above - k, :, None] * y, -k) for k in range(-below, above + 1)]
    return sum(parts[1:], parts[0])


def _vjp(
    xp: Any, ct: Any, y: Any, ab: Any, _b: Any, *, below: int, above: int, positive: bool
) -> Any:
    """With `g = A^H \\ ct`, the part of `-g y^H` within the band."""
    back = ab if positive else _transposed(ab, below, above)
    sides = {"below": below, "above": above} if positive else {"below": above, "above": below}
    g = _solve(back, ct, **sides, positive=positive)
    y = ops.conj(y) if y.dtype.kind == "c" else y
    rows = [-ops.sum(_shifted(g, k) * y, axis=-1) for k in range(above, -below - 1, -1)]
    return ops.stack(rows, axis=-2), g


def _jvp(
    xp: Any, tangents: Any, y: Any, ab: Any, _b: Any, *, below: int, above: int, positive: bool
) -> Any:
    d_ab, db = tangents
    change = db
    if d_ab is not None:
        product = _product(d_ab, y, below, above)
        change = -product if db is None else db - product
    return _solve(ab, change, below=below, above=above, positive=positive)


_solve = host("linalg.solve_banded", "solve_banded", (2, 2), vjp=_vjp, jvp=_jvp)


def _inside(ab: Any, below: int, above: int) -> Any:
    """Return a band with zeros in the corners that stand for no element."""
    n = ab.shape[-1]
    j = ops.arange(n, device=ab.device)
    i = j + ops.arange(-above, below + 1, device=ab.device)[:, None]
    return ops.where((i >= 0) & (i < n), ab, 0.0)


def solve_banded(l_and_u: Any, ab: Any, b: Any, overwrite_ab: bool = False, overwrite_b: bool = False,
                 check_finite: bool = True) -> Any:  # fmt: skip
    """Solution of `a @ x = b` for a band `ab` `(..., l + u + 1, n)`, for `(n,)` or `(..., n, k)`.

    O(n (l + u)^2) forward and backward, on the host.

    >>> import gradx as gx
    >>> ab = [[0.0, 1.0, 1.0], [4.0, 4.0, 4.0], [1.0, 1.0, 0.0]]
    >>> gx.scipy.linalg.solve_banded((1, 1), ab, [5.0, 6.0, 5.0])
    Tensor([1., 1., 1.])
    """
    below, above = l_and_u
    ab = matrix("solve_banded", ab, check_finite)
    if ab.shape[-2] != below + above + 1:
        raise ShapeError(
            f"scipy.linalg.solve_banded: expected l + u + 1 = {below + above + 1} rows; got shape {ab.shape}"
        )
    b, single = right_side("solve_banded", b, ab.shape[-1], check_finite, ab)
    ab, b = together(_inside(ab, below, above), b)
    x = _solve(ab, b, below=below, above=above, positive=False)
    return x[..., 0] if single else x


def solve_tridiagonal(a: Any, b: Any) -> Any:
    """Return the solution for columns of the three middle diagonals of a whole matrix."""
    parts = [linalg.diagonal(a, offset=k) for k in (1, 0, -1)]
    widths = [(0, 0)] * (a.ndim - 2)
    rows = [ops.pad(parts[0], [*widths, (1, 0)]), parts[1], ops.pad(parts[2], [*widths, (0, 1)])]
    return _solve(*together(ops.stack(rows, axis=-2), b), below=1, above=1, positive=False)


def _whole_band(ab: Any, lower: bool) -> Any:
    """Return all diagonals of the Hermitian band of which one half is given."""
    k = ab.shape[-2] - 1
    half = _inside(ab, k, 0) if lower else _inside(ab, 0, k)
    other = _transposed(half, k, 0) if lower else _transposed(half, 0, k)
    upper, under = (other, half) if lower else (half, other)
    return ops.concat([upper, under[..., 1:, :]], axis=-2)


def _dense(band: Any, below: int, above: int) -> Any:
    """Return the matrix `(..., n, n)` of a band."""
    n = band.shape[-1]
    i, j = ops.arange(n, device=band.device)[:, None], ops.arange(n, device=band.device)
    at = above + i - j
    return ops.where(
        (at >= 0) & (at <= below + above), band[..., ops.clip(at, 0, below + above), j], 0.0
    )


def solveh_banded(ab: Any, b: Any, overwrite_ab: bool = False, overwrite_b: bool = False, lower: bool = False,
                  check_finite: bool = True) -> Any:  # fmt: skip
    """Solution for a positive definite band, of which the upper (or lower) half `(..., u + 1, n)` is given.

    O(n u^2) forward and backward, on the host. `LinAlgError` if the matrix is not positive definite.

    >>> import gradx as gx
    >>> gx.scipy.linalg.solveh_banded([[0.0, 1.0, 1.0], [4.0, 4.0, 4.0]], [5.0, 6.0, 5.0])
    Tensor([1., 1., 1.])
    """
    ab = matrix("solveh_banded", ab, check_finite)
    b, single = right_side("solveh_banded", b, ab.shape[-1], check_finite, ab)
    ab, b = together(ab, b)
    k = ab.shape[-2] - 1
    x = _solve(_whole_band(ab, lower), b, below=k, above=k, positive=True)
    return x[..., 0] if single else x


def _hermitian(name: str, ab: Any, lower: bool, check_finite: bool) -> Any:
    ab = matrix(name, ab, check_finite)
    k = ab.shape[-2] - 1
    return _dense(_whole_band(ab, lower), k, k)


def cholesky_banded(
    ab: Any, overwrite_ab: bool = False, lower: bool = False, check_finite: bool = True
) -> Any:
    """Cholesky factor of a positive definite band, as the band `(..., u + 1, n)`; computed densely, O(n^3).

    >>> import gradx as gx
    >>> gx.scipy.linalg.cholesky_banded([[0.0, 2.0], [4.0, 5.0]])
    Tensor([[0., 1.],
            [2., 2.]])
    """
    a = _hermitian("cholesky_banded", ab, lower, check_finite)
    k = array("cholesky_banded", ab, False).shape[-2] - 1
    factor = linalg.cholesky(a)
    n = a.shape[-1]
    j = ops.arange(n, device=a.device)
    i = j + ops.arange(0, k + 1, device=a.device)[:, None]  # of the lower band
    band = ops.where(i < n, factor[..., ops.clip(i, 0, n - 1), j], 0.0)
    return band if lower else _transposed(band, k, 0)


def cho_solve_banded(
    cb_and_lower: Any, b: Any, overwrite_b: bool = False, check_finite: bool = True
) -> Any:
    """Solution from a factor by `cholesky_banded`, O(n u^2) forward and backward, on the host."""
    cb, lower = cb_and_lower
    cb = matrix("cho_solve_banded", cb, check_finite)
    b, single = right_side("cho_solve_banded", b, cb.shape[-1], check_finite, cb)
    cb, b = together(cb, b)
    k = cb.shape[-2] - 1
    first = _inside(cb, k, 0) if lower else _transposed(_inside(cb, 0, k), 0, k)
    y = _solve(first, b, below=k, above=0, positive=False)
    x = _solve(_transposed(first, k, 0), y, below=0, above=k, positive=False)
    return x[..., 0] if single else x


# ---------------------------------------------------------------- eigenvalues


def selected(name: str, values: Any, select: Any, select_range: Any) -> slice:
    """Return the slice of ascending values `(n,)` that `select` names: "a", "v" or "i", or 0, 1, 2."""
    kind = {0: "a", 1: "v", 2: "i", "all": "a", "value": "v", "index": "i"}.get(select, select)
    if kind == "a":
        return slice(None)
    if kind not in ("v", "i") or select_range is None:
        raise OperandError(
            f"scipy.linalg.{name}: expected select of 'a', 'v' or 'i', and for these a select_range; got {select!r} "
            f"and {select_range!r}"
        )
    first, last = select_range
    if kind == "i":
        return slice(int(first), int(last) + 1)
    bare = values_of(values)
    if bare.ndim != 1:
        raise ShapeError(
            f"scipy.linalg.{name}: expected one matrix, of which to select eigenvalues by value; got a batch"
        )
    inside = [i for i, value in enumerate(bare) if first < float(value) <= last]
    return slice(inside[0], inside[-1] + 1) if inside else slice(0, 0)


def eig_banded(a_band: Any, lower: bool = False, eigvals_only: bool = False, overwrite_a_band: bool = False,
               select: Any = "a", select_range: Any = None, max_ev: int = 0,
               check_finite: bool = True) -> Any:  # fmt: skip
    """Eigenvalues `(n,)`, ascending, and vectors of a Hermitian band `(u + 1, n)`; computed densely, O(n^3).

    >>> import gradx as gx
    >>> w, v = gx.scipy.linalg.eig_banded([[0.0, 1.0, 1.0], [2.0, 2.0, 2.0]])
    >>> w.shape, v.shape
    ((3,), (3, 3))
    """
    a = _hermitian("eig_banded", a_band, lower, check_finite)
    return _some("eig_banded", a, eigvals_only, select, select_range)


def _some(name: str, a: Any, eigvals_only: bool, select: Any, select_range: Any) -> Any:
    if eigvals_only:
        w = linalg.eigvalsh(a)
        return w[..., selected(name, w, select, select_range)]
    w, v = linalg.eigh(a)
    part = selected(name, w, select, select_range)
    return w[..., part], v[..., part]


def eigvals_banded(a_band: Any, lower: bool = False, overwrite_a_band: bool = False, select: Any = "a",
                   select_range: Any = None, check_finite: bool = True) -> Any:  # fmt: skip
    """Eigenvalues of a Hermitian band; computed densely, O(n^3)."""
    a = _hermitian("eigvals_banded", a_band, lower, check_finite)
    return _some("eigvals_banded", a, True, select, select_range)


def _tridiagonal(name: str, d: Any, e: Any, check_finite: bool) -> Any:
    d = vector(name, d, check_finite)
    e = vector(name, e, check_finite, d)
    if d.dtype.kind == "c" or e.dtype.kind == "c":
        raise TypeError(f"scipy.linalg.{name}: expected real arrays; got complex ones")
    if d.shape[-1] != e.shape[-1] + 1:
        raise ShapeError(
            f"scipy.linalg.{name}: expected (..., n) and (..., n - 1); got {d.shape} and {e.shape}"
        )
    lower = ops.pad(e, [(0, 0)] * (e.ndim - 1) + [(0, 1)])
    return _dense(_whole_band(ops.stack(together(d, lower), axis=-2), True), 1, 1)


def eigh_tridiagonal(d: Any, e: Any, eigvals_only: bool = False, select: Any = "a", select_range: Any = None,
                     check_finite: bool = True, tol: float = 0.0, lapack_driver: str = "auto") -> Any:  # fmt: skip
    """Eigenvalues, ascending, and vectors of a symmetric matrix with the diagonals `d` `(n,)` and `e` `(n - 1,)`.

    Computed densely, O(n^3); `tol` and `lapack_driver` are not read.

    >>> import gradx as gx
    >>> gx.scipy.linalg.eigh_tridiagonal([3.0, 3.0], [1.0], eigvals_only=True)
    Tensor([2., 4.])
    """
    a = _tridiagonal("eigh_tridiagonal", d, e, check_finite)
    return _some("eigh_tridiagonal", a, eigvals_only, select, select_range)


def eigvalsh_tridiagonal(d: Any, e: Any, select: Any = "a", select_range: Any = None, check_finite: bool = True,
                         tol: float = 0.0, lapack_driver: str = "auto") -> Any:  # fmt: skip
    """Eigenvalues of a symmetric tridiagonal matrix; computed densely, O(n^3)."""
    a = _tridiagonal("eigvalsh_tridiagonal", d, e, check_finite)
    return _some("eigvalsh_tridiagonal", a, True, select, select_range)


__all__ = ["cho_solve_banded", "cholesky_banded", "eig_banded", "eigh_tridiagonal", "eigvals_banded",
           "eigvalsh_tridiagonal", "selected", "solve_banded", "solve_tridiagonal", "solveh_banded"]  # fmt: skip

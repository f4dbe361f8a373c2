"""Matrices with a structure, made of a few numbers, and systems of them.

- Each element of the matrix is one of the argument's: derivatives add up along diagonals.
- Toeplitz systems: Levinson's recursion on the host, O(n^2) for a right-hand side, forward and backward.
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import OperandError, ShapeError
from gradx.ops.shaping import diag
from gradx.scipy.linalg.arguments import array, happens, identity, together, vector
from gradx.scipy.native import host, native


def _places(values: Any, places: Any) -> Any:
    """Return elements of `(..., n)` by a matrix of places."""
    return values[..., places]


def _rows_and_columns(like: Any, m: int, n: int) -> tuple[Any, Any]:
    return ops.arange(m, device=like.device)[:, None], ops.arange(n, device=like.device)


def toeplitz(c: Any, r: Any = None) -> Any:
    """Toeplitz matrix of first column `c` `(..., m)` and first row `r` `(..., n)`, the conjugate of `c` by default.

    The first element of `r` is not read.

    >>> import gradx as gx
    >>> gx.scipy.linalg.toeplitz([1.0, 2.0, 3.0], [1.0, 4.0])
    Tensor([[1., 4.],
            [2., 1.],
            [3., 2.]])
    """
    c = vector("toeplitz", c)
    r = ops.conj(c) if r is None else vector("toeplitz", r, like=c)
    m, n = c.shape[-1], r.shape[-1]
    if r.ndim != c.ndim or r.shape[:-1] != c.shape[:-1]:
        batch = ops.broadcast_shapes(c.shape[:-1], r.shape[:-1])
        c, r = ops.broadcast_to(c, (*batch, m)), ops.broadcast_to(r, (*batch, n))
    c, r = together(c, r)
    i, j = _rows_and_columns(c, m, n)
    return _places(ops.concat([ops.flip(c, axis=-1), r[..., 1:]], axis=-1), j - i + (m - 1))


def circulant(c: Any) -> Any:
    """Circulant matrix `(..., n, n)` of first column `c` `(..., n)`.

    >>> import gradx as gx
    >>> gx.scipy.linalg.circulant([1.0, 2.0, 3.0])
    Tensor([[1., 3., 2.],
            [2., 1., 3.],
            [3., 2., 1.]])
    """
    c = vector("circulant", c)
    n = c.shape[-1]
    i, j = _rows_and_columns(c, n, n)
    return _places(c, ops.remainder(i - j, max(n, 1)))


def hankel(c: Any, r: Any = None) -> Any:
    """Hankel matrix of first column `c` `(m,)` and last row `r` `(n,)`, zeros by default; `r[0]` is not read.

    >>> import gradx as gx
    >>> gx.scipy.linalg.hankel([1.0, 2.0], [0.0, 7.0, 8.0])
    Tensor([[1., 2., 7.],
            [2., 7., 8.]])
    """
    c = ops.ravel(array("hankel", c, False))
    r = ops.zeros_like(c) if r is None else ops.ravel(array("hankel", r, False, like=c))
    c, r = together(c, r)
    i, j = _rows_and_columns(c, c.shape[0], r.shape[0])
    return _places(ops.concat([c, r[1:]]), i + j)


def companion(a: Any) -> Any:
    """Companion matrix `(..., n - 1, n - 1)` of a polynomial's coefficients `(..., n)`, the highest power first.

    >>> import gradx as gx
    >>> gx.scipy.linalg.companion([2.0, -10.0, 4.0])
    Tensor([[ 5., -2.],
            [ 1.,  0.]])
    """
    a = vector("companion", a)
    n = a.shape[-1]
    if n < 2:
        raise ShapeError(
            f"scipy.linalg.companion: expected at least 2 coefficients; got shape {a.shape}"
        )
    if happens(ops.stop_gradient(a[..., 0]) == 0):
        raise ValueError(
            "scipy.linalg.companion: expected a first coefficient that is not 0; got 0"
        )
    return _under(-a[..., 1:] / a[..., :1], identity(n - 1, a)[:-1])


def _under(row: Any, rest: Any) -> Any:
    """Return matrices of a first row `(..., n)` and of what is below."""
    rest = ops.broadcast_to(rest, (*row.shape[:-1], *rest.shape[-2:]))
    return ops.concat([row[..., None, :], rest], axis=-2)


def leslie(f: Any, s: Any) -> Any:
    """Leslie matrix `(..., n, n)` of fecundities `f` `(..., n)` and survivals `s` `(..., n - 1)`.

    >>> import gradx as gx
    >>> gx.scipy.linalg.leslie([0.1, 2.0], [0.5])
    Tensor([[0.1, 2. ],
            [0.5, 0. ]])
    """
    f = vector("leslie", f)
    s = vector("leslie", s, like=f)
    n = s.shape[-1]
    if f.shape[-1] != n + 1 or not n:
        raise ShapeError(
            f"scipy.linalg.leslie: expected vectors (..., n) and (..., n - 1); got {f.shape} and {s.shape}"
        )
    f, s = together(f, s)
    batch = ops.broadcast_shapes(f.shape[:-1], s.shape[:-1])
    below = ops.pad(s[..., None] * identity(n, s), [(0, 0)] * s.ndim + [(0, 1)])
    rest = ops.broadcast_to(below, (*batch, n, n + 1))
    return _under(ops.broadcast_to(f, (*batch, n + 1)), rest)


def fiedler(a: Any) -> Any:
    """Distances `|a_i - a_j|`, `(..., n) -> (..., n, n)`; the derivative is 0 where two elements are equal."""
    a = vector("fiedler", a)
    return ops.abs(a[..., :, None] - a[..., None, :]) if a.shape[-1] else a


def fiedler_companion(a: Any) -> Any:
    """Fiedler's companion matrix `(..., n - 1, n - 1)`, with five diagonals, of coefficients `(..., n)`.

    >>> import gradx as gx
    >>> gx.scipy.linalg.fiedler_companion([1.0, -16.0, 86.0, -176.0]).shape
    (3, 3)
    """
    a = vector("fiedler_companion", a)
    n = a.shape[-1] - 1
    if n < 1:
        return a[..., :0]
    if happens(ops.stop_gradient(a[..., 0]) == 0):
        raise ValueError("scipy.linalg.fiedler_companion: expected a[0] that is not 0; got 0")
    a = a / a[..., :1]
    none, one = ops.zeros_like(a[..., 0]), ops.ones_like(a[..., 0])
    if n == 1:
        return -a[..., 1:, None]
    rows = [[none] * n for _ in range(n)]
    for k in range(2, n):
        if k % 2:
            rows[k][k - 2] = one
        else:
            rows[k][k - 1] = -a[..., k + 1]
    for k in range(2, n, 2):
        rows[k - 2][k] = one
    for k in range(1, n, 2):
        rows[k - 1][k] = -a[..., k + 1]
    rows[0][0], rows[1][0] = -a[..., 1], one
    return ops.stack([ops.stack(row, axis=-1) for row in rows], axis=-2)


def convolution_matrix(a: Any, n: int, mode: str = "full") -> Any:
    """Matrix of the convolution of `a` `(..., m)` with vectors `(n,)`.

    >>> import gradx as gx
    >>> gx.scipy.linalg.convolution_matrix([1.0, 2.0], 3).shape
    (4, 3)
    """
    a = vector("convolution_matrix", a)
    m = a.shape[-1]
    if mode not in ("full", "same", "valid") or n <= 0 or not m:
        raise ValueError(
            "scipy.linalg.convolution_matrix: expected n > 0 and mode 'full', 'same' or 'valid'; got "
            f"shape {a.shape}, n = {n} and mode {mode!r}"
        )
    if mode == "full":
        first, count = 0, m + n - 1
    elif mode == "same":
        first, count = (min(m, n) - 1) // 2, max(m, n)
    else:
        first, count = min(m, n) - 1, max(m, n) - min(m, n) + 1
    i, j = _rows_and_columns(a, count, n)
    at = i - j + first
    found = _places(a, ops.clip(at, 0, m - 1))
    return ops.where((at >= 0) & (at < m), found, 0.0)


def block_diag(*arrs: Any) -> Any:
    """Matrix with the given ones on its diagonal; a vector is a row.

    >>> import gradx as gx
    >>> gx.scipy.linalg.block_diag(gx.ones((2, 2)), [[3.0, 4.0]]).shape
    (3, 4)
    """
    blocks = together(
        *[ops.atleast_nd(array("block_diag", a, False), ndim=2) for a in arrs or ([],)]
    )
    batch = ops.broadcast_shapes(*[x.shape[:-2] for x in blocks])
    wide = sum(x.shape[-1] for x in blocks)
    rows, before = [], 0
    for x in blocks:
        x = ops.broadcast_to(x, (*batch, *x.shape[-2:]))
        n = x.shape[-1]
        rows.append(ops.pad(x, [(0, 0)] * (x.ndim - 1) + [(before, wide - before - n)]))
        before += n
    return ops.concat(rows, axis=-2)


def khatri_rao(a: Any, b: Any) -> Any:
    """Kronecker products of columns, `(..., m, k), (..., n, k) -> (..., m n, k)`.

    >>> import gradx as gx
    >>> gx.scipy.linalg.khatri_rao(gx.ones((2, 3)), gx.ones((4, 3))).shape
    (8, 3)
    """
    a = array("khatri_rao", a, False)
    b = array("khatri_rao", b, False, like=a)
    if a.ndim < 2 or b.ndim < 2 or a.shape[-1] != b.shape[-1]:
        raise ShapeError(
            f"scipy.linalg.khatri_rao: expected matrices (..., m, k) and (..., n, k); got {a.shape} and {b.shape}"
        )
    y = a[..., :, None, :] * b[..., None, :, :]
    return ops.reshape(y, (*y.shape[:-3], y.shape[-3] * y.shape[-2], y.shape[-1]))


def diagsvd(s: Any, M: int, N: int) -> Any:
    """Matrix `(M, N)` with the singular values `s` on its diagonal.

    >>> import gradx as gx
    >>> gx.scipy.linalg.diagsvd([3.0, 2.0], 2, 3).shape
    (2, 3)
    """
    part = diag(array("diagsvd", s, False))
    k = part.shape[0]
    if k not in (M, N):
        raise ShapeError(
            f"scipy.linalg.diagsvd: expected {M} or {N} singular values; got shape ({k},)"
        )
    return ops.pad(part, [(0, M - k), (0, N - k)])


# ---------------------------------------------------------------- systems


def _toeplitz_arguments(name: str, c_or_cr: Any, x: Any, check_finite: bool) -> tuple[Any, ...]:
    """Return the first column, the first row, and columns to multiply or to solve for; and whether it is one vector."""
    c, r = c_or_cr if isinstance(c_or_cr, tuple) else (c_or_cr, None)
    c = vector(name, c, check_finite)
    r = ops.conj(c) if r is None else vector(name, r, check_finite, c)
    x = array(name, x, check_finite, c)
    single = x.ndim == 1
    x = x[:, None] if single else x
    if not x.ndim or r.shape[-1] != x.shape[-2]:
        raise ShapeError(
            f"scipy.linalg.{name}: expected a column (..., m), a row (..., n) and (n,) or (..., n, k); got {c.shape}, "
            f"{r.shape} and {x.shape}"
        )
    return (*together(c, r, x), single)


def _product(c: Any, r: Any, x: Any) -> Any:
    """Return `toeplitz(c, r) @ x` through FFTs."""
    m, size = c.shape[-1], c.shape[-1] + r.shape[-1] - 1
    circle = ops.concat([c, ops.flip(r[..., 1:], axis=-1)], axis=-1)[..., None]
    if circle.dtype.kind == "c":
        y = ops.fft.fft(circle, axis=-2) * ops.fft.fft(x, n=size, axis=-2)
        return ops.fft.ifft(y, axis=-2)[..., :m, :]
    y = ops.fft.rfft(circle, axis=-2) * ops.fft.rfft(x, n=size, axis=-2)
    return ops.fft.irfft(y, n=size, axis=-2)[..., :m, :]


def matmul_toeplitz(
    c_or_cr: Any, x: Any, check_finite: bool = False, workers: int | None = None
) -> Any:
    """Product of a Toeplitz matrix, a first column or the tuple (column, row), with `(n,)` or `(..., n, k)`.

    Through FFTs, O(n log n).

    >>> import gradx as gx
    >>> gx.scipy.linalg.matmul_toeplitz(([1.0, 2.0], [1.0, 3.0]), [1.0, 1.0])
    Tensor([4., 3.])
    """
    c, r, x, single = _toeplitz_arguments("matmul_toeplitz", c_or_cr, x, check_finite)
    y = _product(c, r, x) if x.shape[-1] else ops.matmul(toeplitz(c, r), x)
    return y[..., 0] if single else y


def _solve_vjp(xp: Any, ct: Any, y: Any, c: Any, r: Any, _b: Any) -> Any:
    """With `g = T^-H ct`, the sums of `-g y^H` along diagonals: a correlation."""
    g = _solve(xp.conj(r), xp.conj(c), ct)
    n = c.shape[-1]
    real = g.dtype.kind != "c"
    forward, back = (ops.fft.rfft, ops.fft.irfft) if real else (ops.fft.fft, ops.fft.ifft)
    product = forward(g, n=2 * n, axis=-2) * ops.conj(forward(y, n=2 * n, axis=-2))
    sums = -ops.sum(back(product, n=2 * n, axis=-2), axis=-1)
    above = ops.concat(
        [ops.zeros_like(sums[..., :1]), ops.flip(sums[..., n + 1 :], axis=-1)], axis=-1
    )
    return sums[..., :n], above, g


def _solve_jvp(xp: Any, tangents: Any, y: Any, c: Any, r: Any, _b: Any) -> Any:
    dc, dr, db = tangents
    change = db
    if dc is not None or dr is not None:
        column = xp.zeros_like(c) if dc is None else dc
        row = xp.zeros_like(r) if dr is None else dr
        product = _product(column, row, y)
        change = -product if db is None else db - product
    return _solve(c, r, change)


_solve = host("linalg.solve_toeplitz", "solve_toeplitz", (1, 1, 2), vjp=_solve_vjp, jvp=_solve_jvp)


def solve_toeplitz(c_or_cr: Any, b: Any, check_finite: bool = True) -> Any:
    """Solution of a Toeplitz system, of a first column or the tuple (column, row), for `(n,)` or `(..., n, k)`.

    Levinson's recursion, O(n^2), on the host: arrays of a GPU travel there and back. So is the derivative.

    >>> import gradx as gx
    >>> gx.scipy.linalg.solve_toeplitz(([2.0, 1.0], [2.0, 1.0]), [3.0, 3.0])
    Tensor([1., 1.])
    """
    c, r, b, single = _toeplitz_arguments("solve_toeplitz", c_or_cr, b, check_finite)
    if c.shape[-1] != r.shape[-1]:
        raise ShapeError(
            f"scipy.linalg.solve_toeplitz: expected a square matrix; got a column {c.shape} and a row {r.shape}"
        )
    # the corner is the column's: the row's first element is not read
    y = (
        _solve(c, ops.concat([c[..., :1], r[..., 1:]], axis=-1), b)
        if b.shape[-1] and c.shape[-1]
        else b
    )
    return y[..., 0] if single else y


def solve_circulant(c: Any, b: Any, singular: str = "raise", tol: Any = None, caxis: int = -1,
                    baxis: int = 0, outaxis: int = 0) -> Any:  # fmt: skip
    """Solution of circulant systems, through FFTs, O(n log n); the batches of `c` and `b` broadcast.

    With `singular="lstsq"` frequencies whose modulus is at most `tol` are left out, of which nothing has a derivative.

    >>> import gradx as gx
    >>> gx.scipy.linalg.solve_circulant([2.0, 0.0, 1.0], [3.0, 3.0, 3.0])
    Tensor([1., 1., 1.])
    """
    if singular not in ("raise", "lstsq"):
        raise OperandError(
            f"scipy.linalg.solve_circulant: expected singular 'raise' or 'lstsq'; got {singular!r}"
        )
    c = vector("solve_circulant", c)
    b = vector("solve_circulant", b, like=c)
    if c.shape[caxis] != b.shape[baxis]:
        raise ShapeError(
            f"scipy.linalg.solve_circulant: expected the same length; got shapes {c.shape} and {b.shape}"
        )
    c, b = together(ops.moveaxis(c, caxis, -1), ops.moveaxis(b, baxis, -1))
    spectrum = ops.fft.fft(c)
    moduli = ops.abs(ops.stop_gradient(spectrum))
    if tol is None:
        tol = ops.max(moduli, axis=-1, keepdims=True) * (c.shape[-1] * 2.0**-52)
    small = moduli <= tol
    if happens(small) and singular == "raise":
        raise native("linalg", "LinAlgError")("solve_circulant: near singular circulant matrix")
    quotient = ops.fft.fft(b) / ops.where(small, 1.0, spectrum)
    x = ops.fft.ifft(ops.where(small, 0.0, quotient))
    return ops.moveaxis(x if c.dtype.kind == "c" else ops.real(x), -1, outaxis)


__all__ = ["block_diag", "circulant", "companion", "convolution_matrix", "diagsvd", "fiedler", "fiedler_companion",
           "hankel", "khatri_rao", "leslie", "matmul_toeplitz", "solve_circulant", "solve_toeplitz",
           "toeplitz"]  # fmt: skip

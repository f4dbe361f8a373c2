"""Functions of matrices and LU factors in the standard's own terms, batched.

- Each takes the namespace first. They look at values (how often to scale, whether to stop), and wait for a device.
- Roots of singular matrices and of those with eigenvalues on the negative axis, complex ones too, are NaN: no iteration
  leads to them.
- Sources: N. Higham, "Functions of Matrices" (2008): scaling and squaring with the [13/13] Pade approximant (section
  10.3), the product form of the Denman-Beavers iteration with scaling (6.4), inverse scaling and squaring with
  partial fractions (11.5).
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any

_PADE = (64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
         670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1)  # fmt: skip
_REACH = 5.37  # up to this norm the approximant is exact to double precision
_ROUNDS = (
    100  # of an iteration that doubles the digits once it is near, and halves the distance before
)
_NEAR = 0.25  # of the identity: there eight nodes give the logarithm to double precision


def _norm(xp: Any, x: Array) -> Array:
    """Return the largest sum of moduli over a row, `(..., 1, 1)`."""
    return xp.max(xp.sum(xp.abs(x), axis=-1, keepdims=True), axis=-2, keepdims=True)


def _eye(xp: Any, x: Array) -> Array:
    return xp.zeros_like(x) + xp.eye(x.shape[-1], dtype=x.dtype, device=getattr(x, "device", None))


def _eps(xp: Any, x: Array) -> float:
    return float(xp.finfo(x.dtype).eps)


def expm(xp: Any, x: Array, /) -> Array:
    """The exponential."""
    if 0 in x.shape:
        return x + 0
    size = _norm(xp, x)
    size = xp.where(xp.isfinite(size), size, xp.zeros_like(size))
    halvings = xp.ceil(xp.log2(xp.where(size > _REACH, size / _REACH, xp.ones_like(size))))
    x = x / 2.0**halvings
    one = _eye(xp, x)
    x2 = xp.matmul(x, x)
    x4 = xp.matmul(x2, x2)
    x6 = xp.matmul(x4, x2)
    b = [c / _PADE[0] for c in _PADE]  # no overflow in single precision
    odd = xp.matmul(x6, x6 * b[13] + x4 * b[11] + x2 * b[9])
    odd = xp.matmul(x, odd + x6 * b[7] + x4 * b[5] + x2 * b[3] + one * b[1])
    even = xp.matmul(x6, x6 * b[12] + x4 * b[10] + x2 * b[8])
    even = even + x6 * b[6] + x4 * b[4] + x2 * b[2] + one * b[0]
    y = xp.linalg.solve(even - odd, even + odd)
    for k in range(int(xp.max(halvings))):
        y = xp.where(halvings > k, xp.matmul(y, y), y)
    return y


def sqrtm(xp: Any, x: Array, /) -> Array:
    """The principal root; NaN where the iteration finds none, or none that is real."""
    if 0 in x.shape:
        return x + 0
    n, one = x.shape[-1], _eye(xp, x)
    size = _norm(xp, x)
    regular = xp.isfinite(xp.linalg.slogdet(x)[1])[..., None, None] & xp.isfinite(size)
    product = xp.where(regular, x / xp.where(size > 0, size, xp.ones_like(size)), one)
    y = product
    for _ in range(_ROUNDS):
        logdet = xp.linalg.slogdet(product)[1][..., None, None]
        far = _norm(xp, product - one) > 1e-2
        scale = xp.where(far, xp.exp(logdet * (-0.5 / n)), xp.ones_like(logdet))
        squared = scale * scale
        inverse = xp.linalg.inv(product)
        y = (y * scale + xp.matmul(y, inverse) / scale) * 0.5
        product = (product * squared + inverse / squared) * 0.25 + one * 0.5
        distance = _norm(xp, product - one)
        if not bool(xp.any(distance > n * _eps(xp, x))) or not bool(xp.all(xp.isfinite(distance))):
            break
    y = y * xp.sqrt(size)
    close = _norm(xp, xp.matmul(y, y) - x) <= _eps(xp, x) ** 0.5 * size
    return xp.where(regular & close, y, y * float("nan"))


def logm(xp: Any, x: Array, /) -> Array:
    """The principal logarithm; NaN where there is none, or none that is real."""
    if 0 in x.shape:
        return x + 0
    one = _eye(xp, x)
    roots = xp.zeros_like(_norm(xp, x))
    y = x
    for _ in range(_ROUNDS):
        far = _norm(xp, y - one) > _NEAR
        if not bool(xp.any(far)):
            break
        roots = xp.where(far, roots + 1, roots)
        y = xp.where(far, sqrtm(xp, xp.where(far, y, one)), y)
    nodes, weights = np.polynomial.legendre.leggauss(8)
    y, total = y - one, xp.zeros_like(y)
    for node, weight in zip(nodes.tolist(), weights.tolist(), strict=True):
        total = total + xp.linalg.solve(one + y * ((node + 1) / 2), y) * (weight / 2)
    return total * 2.0**roots


def _size(xp: Any, x: Array) -> Array:
    """Return what LAPACK pivots by: of complex numbers the sum of the moduli of both parts."""
    if xp.isdtype(x.dtype, "complex floating"):
        return xp.abs(xp.real(x)) + xp.abs(xp.imag(x))
    return xp.abs(x)


def lu(xp: Any, x: Array, /) -> tuple[Array, Array, Array]:
    """Permutation, unit lower and upper triangle: `x = P L U`, by one column after the other."""
    m, n = x.shape[-2:]
    k = min(m, n)
    device = getattr(x, "device", None)
    rows = xp.arange(m, device=device)
    order = xp.zeros(x.shape[:-1], dtype=rows.dtype, device=device) + rows
    for j in range(min(k, m - 1) if k else 0):
        sizes = _size(xp, x[..., j])
        sizes = xp.where(rows < j, xp.zeros_like(sizes) - 1, sizes)
        pivot = xp.argmax(sizes, axis=-1, keepdims=True)
        swapped = xp.where(
            rows == j, pivot, xp.where(rows == pivot, xp.zeros_like(pivot) + j, rows)
        )
        order = xp.take_along_axis(order, swapped, axis=-1)
        whole = xp.zeros(x.shape, dtype=swapped.dtype, device=device) + swapped[..., None]
        x = xp.take_along_axis(x, whole, axis=-2)
        top = x[..., j : j + 1, j : j + 1]
        below = (rows > j)[:, None]
        column = x[..., :, j : j + 1] / xp.where(top == 0, xp.ones_like(top), top)
        column = xp.where(below, column, xp.zeros_like(column))
        right = xp.where(
            xp.arange(n, device=device) > j,
            x[..., j : j + 1, :],
            xp.zeros_like(x[..., j : j + 1, :]),
        )
        at = below & (xp.arange(n, device=device) == j)
        x = xp.where(at, xp.zeros_like(x) + column, x - xp.matmul(column, right))
    lower = xp.tril(x[..., :k], k=-1) + xp.eye(m, k, dtype=x.dtype, device=device)
    p = xp.astype(order[..., None, :] == rows[:, None], xp.abs(x).dtype)
    return p, lower, xp.triu(x[..., :k, :])

"""Polynomials under NumPy's names: coefficients of one dimension, the highest power first."""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.numpy.arguments import beside, inexact, refuse, tensor
from gradx.numpy.creation import vander
from gradx.numpy.shaping import trim_zeros


def _coefficients(p: Any) -> Any:
    return ops.atleast_nd(tensor(p), ndim=1)


def polyval(p: Any, x: Any) -> Any:
    """NumPy's `polyval`, by Horner's scheme; differentiable in both."""
    p, x = _coefficients(p), tensor(x)
    y = ops.zeros_like(x)
    for c in ops.unstack(p):
        y = y * x + c
    return y


def polyadd(a1: Any, a2: Any) -> Any:
    """NumPy's `polyadd`, by `gradx.add`."""
    a, b = _coefficients(a1), _coefficients(a2)
    n = max(a.shape[0], b.shape[0])
    a, b = (ops.pad(p, (n - p.shape[0], 0)) for p in (a, b))
    return a + b


def polysub(a1: Any, a2: Any) -> Any:
    """NumPy's `polysub`, by `gradx.subtract`."""
    return polyadd(a1, -_coefficients(a2))


def polymul(a1: Any, a2: Any) -> Any:
    """NumPy's `polymul`, by `gradx.convolve`."""
    a, b = (trim_zeros(_coefficients(p), "f") for p in (a1, a2))
    a, b = (p if p.shape[0] else ops.zeros(1, dtype=p.dtype, device=p.device) for p in (a, b))
    return ops.convolve(a, b)


def polydiv(u: Any, v: Any) -> tuple[Any, Any]:
    """NumPy's `polydiv`: quotient and remainder, by long division."""
    u, v = _coefficients(u) + 0.0, _coefficients(v) + 0.0
    n = u.shape[0] - v.shape[0]
    if n < 0:
        return ops.zeros(1, dtype=u.dtype, device=u.device), u
    quotient, rest = [], u
    for i in range(n + 1):
        factor = rest[i] / v[0]
        quotient.append(factor)
        rest = ops.index_add(rest, -factor * v, key=slice(i, i + v.shape[0]))
    rest = rest[n + 1 :] if v.shape[0] > 1 else ops.zeros(1, dtype=u.dtype, device=u.device)
    while rest.shape[0] > 1 and abs(ops.stop_gradient(rest[0]).item()) <= 1e-8:
        rest = rest[1:]
    return ops.stack(quotient), rest


def polyder(p: Any, m: int = 1) -> Any:
    """NumPy's `polyder`."""
    p = _coefficients(p)
    for _ in range(m):
        n = p.shape[0]
        p = p[:-1] * ops.arange(n - 1, 0, -1, device=p.device) if n > 1 else p[:0]
    return p


def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    """NumPy's `polyint`, with constants `k`."""
    p = _coefficients(p)
    given = beside([0.0] if k is None else k, p)
    constants = ops.broadcast_to(ops.atleast_nd(given, ndim=1), (m,))
    for c in ops.unstack(constants):
        p = ops.concat([p / ops.arange(p.shape[0], 0, -1, device=p.device), c[None]])
    return p


def poly(seq_of_zeros: Any) -> Any:
    """NumPy's `poly`: the coefficients from the zeros, or of a matrix's characteristic polynomial."""
    zeros = inexact(seq_of_zeros)
    zeros = ops.linalg.eigvals(zeros) if zeros.ndim == 2 else zeros
    y = ops.ones(1, dtype=zeros.dtype, device=zeros.device)
    for zero in ops.unstack(zeros):
        y = ops.convolve(y, ops.stack([ops.ones_like(zero), -zero]))
    given = tensor(seq_of_zeros)
    return ops.real(y) if given.dtype.kind != "c" and y.dtype.kind == "c" else y


def roots(p: Any) -> Any:
    """NumPy's `roots`, by `gradx.linalg.eigvals` of the companion matrix; complex, in no particular order."""
    whole = _coefficients(p)
    if whole.ndim != 1:
        raise ShapeError(f"numpy.roots: expected coefficients (n,); got shape {whole.shape}")
    p = inexact(trim_zeros(whole, "f"))
    inner = trim_zeros(p, "b")
    n = inner.shape[0] - 1
    found = []
    if n > 0:
        top = -inner[1:] / inner[0]
        below = ops.eye(n - 1, n, dtype=top.dtype, device=top.device)
        found.append(ops.linalg.eigvals(ops.concat([top[None, :], below])))
    dtype = found[0].dtype if found else p.dtype
    found.append(ops.zeros(p.shape[0] - inner.shape[0], dtype=dtype, device=p.device))
    return ops.concat(found)


def polyfit(
    x: Any,
    y: Any,
    deg: int,
    rcond: Any = None,
    full: bool = False,
    w: Any = None,
    cov: bool = False,
) -> Any:
    """NumPy's `polyfit`, by `gradx.linalg.lstsq`; differentiable in `x`, `y` and `w`."""
    refuse("polyfit", full=full or None, cov=cov or None)
    x, y = inexact(x), inexact(y)
    left, right = vander(x, deg + 1), y
    if w is not None:
        weights = inexact(w)
        left = left * weights[:, None]
        right = y * (weights[:, None] if y.ndim == 2 else weights)
    scale = ops.sqrt(ops.sum(left * left, axis=0))
    found = ops.linalg.lstsq(left / scale, right, rtol=rcond)[0]
    return found / (scale[:, None] if y.ndim == 2 else scale)


__all__ = [
    "poly",
    "polyadd",
    "polyder",
    "polydiv",
    "polyfit",
    "polyint",
    "polymul",
    "polysub",
    "polyval",
    "roots",
]

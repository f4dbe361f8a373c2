"""Functions of matrices: the exponential, the principal square root and logarithm.

- The derivative of f at x along e is a block of f itself, of a matrix twice as large: f([[x, e], [0, x]]) has it in its
  upper right corner. So every order is a function of a larger matrix, and no eigenvector is needed: exact where
  eigenvalues are equal, and where there is no full set of vectors.
- The adjoint of that map at x is the same map at x^H.
- Root and logarithm have a cut along the negative axis. Rounding errors would push eigenvalues there, and the twofold
  ones of a block even more, to either side: such a matrix is turned off the cut, and its function turned back.
- Sources: R. Mathias, "A chain rule for matrix functions and applications" (1996); N. Higham, "Functions of Matrices"
  (2008), chapters 3, 6, 10 and 11.
"""

from __future__ import annotations

from math import pi
from typing import Any

from gradx.batching import leading
from gradx.dtypes import is_complex
from gradx.ops.adjoint import adjoint
from gradx.ops.casting import stop_gradient
from gradx.ops.complex import abs, angle, imag, real
from gradx.ops.creation import eye
from gradx.ops.exponential import exp
from gradx.ops.linalg.absorbing import absorb
from gradx.ops.linalg.degenerate import eps
from gradx.ops.linalg.spectra import eigvals
from gradx.ops.linalg.structure import matrices
from gradx.ops.reductions import any, min
from gradx.ops.selection import clip, where
from gradx.primitive import Primitive, primitive


def _frechet(xp: Any, f: str, x: Any, e: Any) -> Any:
    """Return the derivative of `f` at `x` along `e`, `(..., n, n)`.

    Linear in `e`, which is scaled, by a power of 2, to the size of `x`: its own would spoil the accuracy.
    """
    n = x.shape[-1]
    if n == 0:
        return e
    sizes = [xp.max(xp.abs(m), axis=(-2, -1), keepdims=True) for m in (e, x)]
    logs = [xp.log2(xp.where(s > 0, s, xp.ones_like(s))) for s in sizes]
    scale = xp.pow(xp.full_like(logs[0], 2.0), xp.floor(logs[0]) - xp.floor(logs[1]))
    upper = xp.concat([x, e / scale], axis=-1)
    lower = xp.concat([xp.zeros_like(x), x], axis=-1)
    y = getattr(xp.linalg, f)(xp.concat([upper, lower], axis=-2))
    return y[..., :n, n:] * scale


def _matrix_function(f: str) -> Primitive:
    card = primitive(
        f"linalg.{f}", lambda xp, ct, _y, x: _frechet(xp, f, adjoint(xp, x), ct), batch=leading
    )
    card.push = lambda xp, tangents, y, x: _frechet(xp, f, x, tangents[0])
    return card


_expm, _sqrtm, _logm = (_matrix_function(f) for f in ("expm", "sqrtm", "logm"))


def _turn(x: Any) -> Any:
    """Return the angle, `(..., 1, 1)`, by which to turn matrices clockwise so that none of their eigenvalues is on the
    cut, and none crosses it."""
    w = eigvals(stop_gradient(x))
    along, off = real(w), abs(imag(w))
    on_cut = (along <= 0) & (
        off <= -along * (4.0 * eps(x.dtype) ** 0.5)
    )  # as far as twofold ones part
    apart = where(on_cut, pi, pi - abs(angle(w)))
    found = 0.5 * clip(min(apart, axis=-1, keepdims=True), 0.0, 1.0)
    return where(any(on_cut, axis=-1, keepdims=True), found, 0.0)[..., None]


def expm(x: Any, /) -> Any:
    """Exponential of square matrices, `(..., n, n) -> (..., n, n)`; differentiable everywhere.

    >>> import gradx as gx
    >>> gx.linalg.expm(gx.asarray([[0.0, 1.0], [0.0, 0.0]]))
    Tensor([[1., 1.],
            [0., 1.]])
    """
    return _expm(matrices("linalg.expm", x, square=True))


def sqrtm(x: Any, /) -> Any:
    """Principal square root of square matrices, `(..., n, n) -> (..., n, n)`: eigenvalues with positive real part.

    A real matrix has a real root, or, where its principal root is not real (negative eigenvalues), NaN: make it
    complex with `gx.astype` for that. Differentiable where `x` is regular; at a singular one the slope is infinite, and
    the derivative NaN. Arrays of other libraries than NumPy give NaN also where `x` is singular, or complex with
    eigenvalues on the negative axis.

    >>> import gradx as gx
    >>> gx.linalg.sqrtm(gx.asarray([[4.0, 4.0], [0.0, 4.0]]))
    Tensor([[2., 1.],
            [0., 2.]])
    """
    x = matrices("linalg.sqrtm", x, square=True)
    if not (is_complex[x.dtype] and x.size):
        return _sqrtm(x)
    turn = _turn(x)
    return _sqrtm(x * exp(-1j * turn)) * exp(0.5j * turn)


def logm(x: Any, /) -> Any:
    """Principal logarithm of square matrices, `(..., n, n) -> (..., n, n)`: eigenvalues with argument in (-pi, pi).

    A real matrix has a real logarithm, or, where its principal one is not real (negative eigenvalues), NaN: make it
    complex with `gx.astype` for that. That of a singular matrix is NaN.

    >>> import gradx as gx
    >>> gx.linalg.logm(gx.asarray([[1.0, 1.0], [0.0, 1.0]]))
    Tensor([[0., 1.],
            [0., 0.]])
    """
    x = matrices("linalg.logm", x, square=True)
    if not (is_complex[x.dtype] and x.size):
        return _logm(x)
    turn = _turn(x)
    unit = eye(x.shape[-1], dtype=x.dtype, device=x.device)
    return _logm(x * exp(-1j * turn)) + 1j * turn * unit


for _card in (_expm, _sqrtm, _logm):
    absorb(_card, (2,), (2,))

__all__ = ["expm", "logm", "sqrtm"]

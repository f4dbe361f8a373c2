"""Functions of matrices: the exponential, the principal square root and logarithm.

- The derivative of f at x along e is a block of f itself, of a matrix twice as large: f([[x, e], [0, x]]) has it in its
  upper right corner. So every order is a function of a larger matrix, and no eigenvector is needed: exact where
  eigenvalues are equal, and where there is no full set of vectors.
- The adjoint of that map at x is the same map at x^H.
- Sources: R. Mathias, "A chain rule for matrix functions and applications" (1996); N. Higham, "Functions of Matrices"
  (2008), chapters 3, 6, 10 and 11.
"""

from __future__ import annotations

from typing import Any

from gradx.batching import leading
from gradx.ops.adjoint import adjoint
from gradx.ops.linalg.structure import matrices
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
    return _sqrtm(matrices("linalg.sqrtm", x, square=True))


def logm(x: Any, /) -> Any:
    """Principal logarithm of square matrices, `(..., n, n) -> (..., n, n)`: eigenvalues with argument in (-pi, pi).

    A real matrix has a real logarithm, or, where its principal one is not real (negative eigenvalues), NaN: make it
    complex with `gx.astype` for that. That of a singular matrix is NaN.

    >>> import gradx as gx
    >>> gx.linalg.logm(gx.asarray([[1.0, 1.0], [0.0, 1.0]]))
    Tensor([[0., 1.],
            [0., 0.]])
    """
    return _logm(matrices("linalg.logm", x, square=True))


__all__ = ["expm", "logm", "sqrtm"]

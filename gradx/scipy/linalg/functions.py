"""Functions of square matrices, made of the exponential, the logarithm and the square root.

- Batched, and exact where eigenvalues are equal and where there is no full set of vectors.
- A real matrix whose logarithm or root is not real gives a complex one, as in SciPy.
- Source: N. Higham, "Functions of Matrices" (2008).
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.level import Cell
from gradx.ops import linalg
from gradx.scipy.linalg.arguments import complex_of, happens, matrix, together
from gradx.scipy.native import refuse


def expm(A: Any) -> Any:
    """Exponential, `(..., n, n) -> (..., n, n)`."""
    return linalg.expm(matrix("expm", A, False, square=True))


def _principal(a: Any, function: Any) -> Any:
    """Return a function of a matrix, complex where that of a real one is not real."""
    y = function(a)
    if a.dtype.kind == "c" or not happens(ops.isnan(ops.stop_gradient(y))):
        return y
    return function(complex_of(a))


def _log(a: Any) -> Any:
    return _principal(a, linalg.logm)


def logm(A: Any, disp: Any = True) -> Any:
    """Principal logarithm, `(..., n, n) -> (..., n, n)`; NaN where a matrix is singular.

    >>> import gradx as gx
    >>> gx.scipy.linalg.logm([[1.0, 1.0], [0.0, 1.0]])
    Tensor([[0., 1.],
            [0., 0.]])
    """
    refuse("scipy.linalg.logm", disp=None if disp else "False")
    return _log(matrix("logm", A, False, square=True))


def sqrtm(A: Any, disp: Any = True, blocksize: Any = 64) -> Any:
    """Principal square root, `(..., n, n) -> (..., n, n)`; at a singular matrix the slope is infinite, NaN here.

    >>> import gradx as gx
    >>> gx.scipy.linalg.sqrtm([[4.0, 4.0], [0.0, 4.0]])
    Tensor([[2., 1.],
            [0., 2.]])
    """
    refuse("scipy.linalg.sqrtm", disp=None if disp else "False")
    return _principal(matrix("sqrtm", A, False, square=True), linalg.sqrtm)


def expm_frechet(A: Any, E: Any, method: str | None = None, compute_expm: bool = True,
                 check_finite: bool = True) -> Any:  # fmt: skip
    """Exponential of `A` and its derivative along `E`, or the derivative alone: a block of a larger exponential.

    >>> import gradx as gx
    >>> gx.scipy.linalg.expm_frechet(gx.zeros((2, 2)), gx.eye(2), compute_expm=False)
    Tensor([[1., 0.],
            [0., 1.]])
    """
    a = matrix("expm_frechet", A, check_finite, square=True)
    a, e = together(a, matrix("expm_frechet", E, check_finite, square=True, like=a))
    n = a.shape[-1]
    upper, lower = ops.concat([a, e], axis=-1), ops.concat([ops.zeros_like(a), a], axis=-1)
    y = linalg.expm(ops.concat([upper, lower], axis=-2))
    along = y[..., :n, n:]
    return (y[..., :n, :n], along) if compute_expm else along


def _turned(name: str, A: Any) -> tuple[Any, Any, bool]:
    """Return `exp(i a)`, `exp(-i a)`, and whether `a` is real: then the second is not computed."""
    a = matrix(name, A, False, square=True)
    real = a.dtype.kind != "c"
    z = complex_of(a) * 1j
    return linalg.expm(z), None if real else linalg.expm(-z), real


def cosm(A: Any) -> Any:
    """Cosine of a matrix, `(exp(i A) + exp(-i A)) / 2`.

    >>> import gradx as gx
    >>> gx.scipy.linalg.cosm(gx.zeros((2, 2)))
    Tensor([[1., 0.],
            [0., 1.]])
    """
    plus, minus, real = _turned("cosm", A)
    return ops.real(plus) if real else (plus + minus) * 0.5


def sinm(A: Any) -> Any:
    """Sine of a matrix, `(exp(i A) - exp(-i A)) / 2i`."""
    plus, minus, real = _turned("sinm", A)
    return ops.imag(plus) if real else (plus - minus) * -0.5j


def tanm(A: Any) -> Any:
    """Tangent of a matrix, `cos(A)^-1 sin(A)`."""
    plus, minus, real = _turned("tanm", A)
    if real:
        return linalg.solve(ops.real(plus), ops.imag(plus))
    return linalg.solve(plus + minus, (plus - minus) * -1j)


def _grown(name: str, A: Any) -> tuple[Any, Any]:
    a = matrix(name, A, False, square=True)
    return linalg.expm(a), linalg.expm(-a)


def coshm(A: Any) -> Any:
    """Hyperbolic cosine of a matrix, `(exp(A) + exp(-A)) / 2`."""
    plus, minus = _grown("coshm", A)
    return (plus + minus) * 0.5


def sinhm(A: Any) -> Any:
    """Hyperbolic sine of a matrix, `(exp(A) - exp(-A)) / 2`."""
    plus, minus = _grown("sinhm", A)
    return (plus - minus) * 0.5


def tanhm(A: Any) -> Any:
    """Hyperbolic tangent of a matrix, `cosh(A)^-1 sinh(A)`."""
    plus, minus = _grown("tanhm", A)
    return linalg.solve(plus + minus, plus - minus)


def signm(A: Any, disp: Any = True) -> Any:
    """Sign of a matrix, `A (A^2)^(-1/2)`: 1 and -1 for eigenvalues right and left of the imaginary axis.

    NaN where one is on that axis, 0 included.

    >>> import gradx as gx
    >>> gx.scipy.linalg.signm([[3.0, 0.0], [0.0, -2.0]])
    Tensor([[ 1.,  0.],
            [ 0., -1.]])
    """
    refuse("scipy.linalg.signm", disp=None if disp else "False")
    a = matrix("signm", A, False, square=True)
    return linalg.solve(linalg.sqrtm(ops.matmul(a, a)), a)


def fractional_matrix_power(A: Any, t: Any) -> Any:
    """Principal power `A^t`, `exp(t log(A))`; a Tensor `t` is differentiated, too.

    A whole number `t` multiplies. Where `t` is none, NaN for singular matrices.

    >>> import gradx as gx
    >>> gx.scipy.linalg.fractional_matrix_power([[4.0, 4.0], [0.0, 4.0]], 0.5)
    Tensor([[2., 1.],
            [0., 2.]])
    """
    a = matrix("fractional_matrix_power", A, False, square=True)
    if isinstance(t, Cell):
        return linalg.expm(t * _log(a))
    whole = int(t // 1)
    rest = t - whole
    if not rest:
        return linalg.matrix_power(a, whole)
    y = linalg.expm(rest * _log(a))
    return ops.matmul(linalg.matrix_power(complex_of(a) if y.dtype.kind == "c" else a, whole), y)


__all__ = ["coshm", "cosm", "expm", "expm_frechet", "fractional_matrix_power", "logm", "signm", "sinhm", "sinm",
           "sqrtm", "tanhm", "tanm"]  # fmt: skip

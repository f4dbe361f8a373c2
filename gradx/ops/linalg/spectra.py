"""Eigenvalues and eigenvectors.

- Where only the values are used, no difference of two values is divided by.
- Vectors are defined up to a sign, a phase, or, for equal values, a rotation. Where values are distinct, derivatives
  are right for results that do not depend on that choice. Values nearer to each other than their rounding error
  count as equal, and contribute nothing instead of dividing by noise: see `eigh` for what is then not right.
- Sources: M. Giles, "Collected matrix derivative results for forward and reverse mode AD" (2008); M. Seeger et
  al., "Auto-differentiating linear algebra" (2017).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from gradx.batching import leading
from gradx.dtypes import dtype_of
from gradx.ops.adjoint import adjoint, conj, real, with_diagonal
from gradx.ops.linalg.structure import hermitian, matrices
from gradx.primitive import primitive


class EighResult(NamedTuple):
    """Eigenvalues `(..., n)`, ascending, and eigenvectors as columns `(..., n, n)`."""

    eigenvalues: Any
    eigenvectors: Any


class EigResult(NamedTuple):
    """Complex eigenvalues `(..., n)` and right eigenvectors as columns `(..., n, n)`."""

    eigenvalues: Any
    eigenvectors: Any


def inverse_gaps(xp: Any, values: Any) -> Any:
    """Return `1 / (values_j - values_i)`, 0 where the two cannot be told apart."""
    gaps = xp.expand_dims(values, axis=-2) - xp.expand_dims(values, axis=-1)
    n = values.shape[-1]
    if n == 0:
        return gaps
    sizes = xp.abs(values)
    double = dtype_of(values.dtype).name in ("float64", "complex128")
    noise = n * 2.0 ** (-52 if double else -23)
    largest = xp.expand_dims(xp.max(sizes, axis=-1, keepdims=True), axis=-1)
    equal = xp.abs(gaps) <= largest * noise
    return xp.where(equal, xp.zeros_like(gaps), 1.0 / xp.where(equal, xp.ones_like(gaps), gaps))


_eigh = primitive("linalg.eigh", batch=leading)


@_eigh.vjp
def _eigh_vjp(xp: Any, cts: Any, y: Any, _x: Any) -> Any:
    """`V (diag(gw) + G o (V^H gV)) V^H` with `G_ij = 1 / (w_j - w_i)`."""
    values, v = y
    of_values, of_vectors = cts
    if of_vectors is None:
        return (xp.matmul(v * xp.expand_dims(of_values, axis=-2), adjoint(xp, v)),)
    core = inverse_gaps(xp, values) * xp.matmul(adjoint(xp, v), of_vectors)
    if of_values is not None:
        core = core + with_diagonal(xp, of_values)
    return (xp.matmul(xp.matmul(v, core), adjoint(xp, v)),)


@_eigh.jvp
def _eigh_jvp(xp: Any, tangents: Any, y: Any, x: Any) -> Any:
    values, v = y
    core = xp.matmul(xp.matmul(adjoint(xp, v), tangents[0]), v)
    return real(xp, xp.linalg.diagonal(core)), xp.matmul(v, inverse_gaps(xp, values) * core)


def eigh(x: Any, /) -> EighResult:
    """Eigenvalues and eigenvectors of symmetric or Hermitian matrices `(..., n, n)`.

    `x` is taken for `(x + x^H) / 2`, so the gradient is Hermitian.

    Where eigenvalues are equal (to rounding), the mixing of their vectors counts as 0: right for the values to
    first order and for projectors on whole eigenspaces; NOT for other functions such as `V f(L) V^H`, nor for
    second derivatives, which are finite there but wrong. Keep away from such points.

    >>> import gradx as gx
    >>> gx.linalg.eigh(gx.eye(3)).eigenvectors.shape
    (3, 3)
    """
    return EighResult(*_eigh(hermitian("linalg.eigh", x)))


_eigvalsh = primitive("linalg.eigvalsh", batch=leading)


@_eigvalsh.vjp
def _eigvalsh_vjp(xp: Any, ct: Any, _y: Any, x: Any) -> Any:
    return _eigh_vjp(xp, (ct, None), xp.linalg.eigh(x), None)


@_eigvalsh.jvp
def _eigvalsh_jvp(xp: Any, tangents: Any, y: Any, x: Any) -> Any:
    _, v = xp.linalg.eigh(x)
    return real(xp, xp.sum(conj(xp, v) * xp.matmul(tangents[0], v), axis=-2))


def eigvalsh(x: Any, /) -> Any:
    """Eigenvalues, ascending, of symmetric or Hermitian matrices, `(..., n, n) -> (..., n)`.

    >>> import gradx as gx
    >>> gx.linalg.eigvalsh(gx.ones((5, 2, 2))).shape
    (5, 2)
    """
    return _eigvalsh(hermitian("linalg.eigvalsh", x))


_eig = primitive("linalg.eig", batch=leading)


@_eig.vjp
def _eig_vjp(xp: Any, cts: Any, y: Any, _x: Any) -> Any:
    """`V^-H (diag(gw) + conj(G) o (W - V^H V diag(W))) V^H` with `W = V^H gV`."""
    values, v = y
    of_values, of_vectors = cts
    vh = adjoint(xp, v)
    if of_vectors is None:
        return (xp.linalg.solve(vh, xp.expand_dims(of_values, axis=-1) * vh),)
    w = xp.matmul(vh, of_vectors)
    along = xp.expand_dims(xp.linalg.diagonal(w), axis=-2)
    core = xp.conj(inverse_gaps(xp, values)) * (w - xp.matmul(vh, v) * along)
    if of_values is not None:
        core = core + with_diagonal(xp, of_values)
    return (xp.linalg.solve(vh, xp.matmul(core, vh)),)


@_eig.jvp
def _eig_jvp(xp: Any, tangents: Any, y: Any, x: Any) -> Any:
    values, v = y
    core = xp.linalg.solve(v, xp.matmul(xp.astype(tangents[0], v.dtype), v))
    turn = inverse_gaps(xp, values) * core
    along = xp.linalg.diagonal(xp.matmul(xp.matmul(adjoint(xp, v), v), turn))
    return xp.linalg.diagonal(core), xp.matmul(v, turn) - v * xp.expand_dims(along, axis=-2)


def eig(x: Any, /) -> EigResult:
    """Eigenvalues and right eigenvectors, of norm 1, of square matrices `(..., n, n)`; always complex.

    Differentiable where the eigenvalues are distinct. The tangent of a vector is orthogonal to it: right for
    whatever does not depend on the vectors' phases.

    >>> import gradx as gx
    >>> gx.linalg.eig(gx.eye(3)).eigenvalues.dtype
    gradx.complex128
    """
    return EigResult(*_eig(matrices("linalg.eig", x, square=True)))


_eigvals = primitive("linalg.eigvals", batch=leading)


@_eigvals.vjp
def _eigvals_vjp(xp: Any, ct: Any, _y: Any, x: Any) -> Any:
    return _eig_vjp(xp, (ct, None), xp.linalg.eig(x), None)


@_eigvals.jvp
def _eigvals_jvp(xp: Any, tangents: Any, y: Any, x: Any) -> Any:
    _, v = xp.linalg.eig(x)
    return xp.linalg.diagonal(xp.linalg.solve(v, xp.matmul(xp.astype(tangents[0], v.dtype), v)))


def eigvals(x: Any, /) -> Any:
    """Eigenvalues of square matrices, `(..., n, n) -> (..., n)`; always complex, in no order.

    >>> import gradx as gx
    >>> gx.linalg.eigvals(gx.ones((5, 2, 2))).shape
    (5, 2)
    """
    return _eigvals(matrices("linalg.eigvals", x, square=True))


__all__ = ["eig", "eigh", "eigvals", "eigvalsh"]

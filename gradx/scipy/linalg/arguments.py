"""What SciPy's functions of matrices take, made into what gradx's take.

- Numbers, lists and arrays become Tensors, integers floating; the last two dimensions are a matrix, or the last a
  vector, and what comes before is a batch.
- `check_finite` reads the values: with arrays of a GPU, `check_finite=False` saves the wait for them.
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.numpy.arguments import beside, inexact, tensor
from gradx.ops import linalg
from gradx.ops.linalg.degenerate import eps, happens, raw
from gradx.promotion import result_type
from gradx.scipy.native import values_of
from gradx.shapes import size


def array(name: str, x: Any, check_finite: bool = True, like: Any = None) -> Any:
    """Return `x` as a floating or complex Tensor, beside `like`; `ValueError` if it is to be finite and is not."""
    x = inexact(tensor(x) if like is None else beside(x, like))
    if check_finite and size(x.shape) and happens(~ops.isfinite(ops.stop_gradient(x))):
        raise ValueError(
            f"scipy.linalg.{name}: expected finite numbers; got infinite ones, or NaN. Use check_finite=False to go on"
        )
    return x


def matrix(
    name: str, x: Any, check_finite: bool = True, *, square: bool = False, like: Any = None
) -> Any:
    """Return `x` as a Tensor of matrices `(..., m, n)`, square ones if asked."""
    x = array(name, x, check_finite, like)
    if x.ndim < 2 or (square and x.shape[-1] != x.shape[-2]):
        wanted = "square matrices (..., n, n)" if square else "matrices (..., m, n)"
        raise ShapeError(f"scipy.linalg.{name}: expected {wanted}; got shape {x.shape}")
    return x


def vector(name: str, x: Any, check_finite: bool = False, like: Any = None) -> Any:
    """Return `x` as a Tensor of vectors `(..., n)`."""
    return ops.atleast_nd(array(name, x, check_finite, like), ndim=1)


def right_side(name: str, b: Any, n: int, check_finite: bool, like: Any) -> tuple[Any, bool]:
    """Return right-hand sides as columns `(..., n, k)`, and whether `b` was one vector `(n,)`."""
    b = array(name, b, check_finite, like)
    single = b.ndim == 1
    if not b.ndim or b.shape[-1 if single else -2] != n:
        raise ShapeError(
            f"scipy.linalg.{name}: expected right-hand sides ({n},) or (..., {n}, k); got shape {b.shape}"
        )
    return (b[:, None] if single else b), single


def together(*arrays: Any) -> list[Any]:
    """Return arrays in their common dtype."""
    dtype = result_type(*[x.dtype for x in arrays])
    return [ops.astype(x, dtype, copy=False) for x in arrays]


def adjoint(x: Any) -> Any:
    """Return the conjugate transpose."""
    return ops.matrix_transpose(ops.conj(x) if x.dtype.kind == "c" else x)


def mirrored(x: Any, lower: bool, *, conjugate: bool = True) -> Any:
    """Return the Hermitian (or symmetric) matrix that one triangle means: the other is not read."""
    part = ops.tril(x, k=-1) if lower else ops.triu(x, k=1)
    line = linalg.diagonal(x)
    if x.dtype.kind == "c" and conjugate:
        line = ops.astype(ops.real(line), x.dtype)
    return part + (adjoint(part) if conjugate else ops.matrix_transpose(part)) + on_diagonal(line)


def on_diagonal(values: Any) -> Any:
    """Return diagonal matrices `(..., n, n)` of vectors `(..., n)`."""
    mask = ops.eye(values.shape[-1], dtype="bool", device=values.device)
    return ops.where(mask, values[..., None], 0.0)


def identity(n: int, like: Any) -> Any:
    """Return the identity `(n, n)` in the dtype and on the device of `like`."""
    return ops.eye(n, dtype=like.dtype, device=like.device)


def complex_of(x: Any) -> Any:
    """Return `x` in the complex dtype of its precision."""
    if x.dtype.kind == "c":
        return x
    return ops.astype(x, "complex64" if x.dtype.name == "float32" else "complex128")


__all__ = ["adjoint", "array", "complex_of", "eps", "happens", "identity", "matrix", "mirrored", "on_diagonal", "raw",
           "right_side", "together", "values_of",
           "vector"]  # fmt: skip

"""`numpy.linalg`: NumPy's linear algebra, by `gradx.linalg`."""

from __future__ import annotations

from functools import reduce
from math import prod
from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.numpy import products
from gradx.numpy.arguments import axis_of, inexact, ints, refuse, tensor, tensors
from gradx.numpy.names import missing_name, native
from gradx.ops import linalg as _linalg
from gradx.ops import matrix_transpose as _matrix_transpose


def __getattr__(name: str) -> Any:
    if name == "LinAlgError":
        return native("linalg.LinAlgError")
    raise missing_name(f"linalg.{name}")


def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    """NumPy's `linalg.cholesky`, by `gradx.linalg.cholesky`."""
    return _linalg.cholesky(inexact(a), upper=upper)


def cond(x: Any, p: Any = None) -> Any:
    """NumPy's `linalg.cond`: the ratio of singular values, or the product of two norms."""
    x = inexact(x)
    if p in (None, 2, -2):
        s = _linalg.svdvals(x)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    return _linalg.matrix_norm(x, ord=p) * _linalg.matrix_norm(_linalg.inv(x), ord=p)


def cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """NumPy's `linalg.cross`, by `gradx.linalg.cross`."""
    return _linalg.cross(tensor(x1), tensor(x2), axis=axis)


def det(a: Any) -> Any:
    """NumPy's `linalg.det`, by `gradx.linalg.det`."""
    return _linalg.det(inexact(a))


def slogdet(a: Any) -> Any:
    """NumPy's `linalg.slogdet`, by `gradx.linalg.slogdet`."""
    return _linalg.slogdet(inexact(a))


def diagonal(x: Any, /, *, offset: int = 0) -> Any:
    """NumPy's `linalg.diagonal`, by `gradx.linalg.diagonal`."""
    return _linalg.diagonal(tensor(x), offset=offset)


def eig(a: Any) -> Any:
    """NumPy's `linalg.eig`, by `gradx.linalg.eig`; complex always."""
    return _linalg.eig(inexact(a))


def eigvals(a: Any) -> Any:
    """NumPy's `linalg.eigvals`, by `gradx.linalg.eigvals`; complex always."""
    return _linalg.eigvals(inexact(a))


def _hermitian(a: Any, UPLO: str) -> Any:
    """Return the matrix that one triangle means: the other is not read."""
    x = inexact(a)
    part = ops.tril(x, k=-1) if UPLO.upper() == "L" else ops.triu(x, k=1)
    line = ops.real(_linalg.diagonal(x)) if x.dtype.kind == "c" else _linalg.diagonal(x)
    unit = ops.eye(x.shape[-1], dtype=x.dtype, device=x.device)
    return part + ops.conj(_matrix_transpose(part)) + unit * line[..., None]


def eigh(a: Any, UPLO: str = "L") -> Any:
    """NumPy's `linalg.eigh`, by `gradx.linalg.eigh` of the matrix that one triangle means."""
    return _linalg.eigh(_hermitian(a, UPLO))


def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    """NumPy's `linalg.eigvalsh`, by `gradx.linalg.eigvalsh` of the matrix that one triangle means."""
    return _linalg.eigvalsh(_hermitian(a, UPLO))


def inv(a: Any) -> Any:
    """NumPy's `linalg.inv`, by `gradx.linalg.inv`."""
    return _linalg.inv(inexact(a))


def solve(a: Any, b: Any) -> Any:
    """NumPy's `linalg.solve`, by `gradx.linalg.solve`."""
    return _linalg.solve(inexact(a), inexact(b))


def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """NumPy's `linalg.lstsq`, by `gradx.linalg.lstsq`."""
    return _linalg.lstsq(inexact(a), inexact(b), rtol=rcond)


def matmul(x1: Any, x2: Any, /) -> Any:
    """NumPy's `linalg.matmul`, by `gradx.matmul`."""
    return ops.matmul(tensor(x1), tensor(x2))


def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    """NumPy's `linalg.matrix_norm`, by `gradx.linalg.matrix_norm`."""
    return _linalg.matrix_norm(inexact(x), keepdims=keepdims, ord=ord)


def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    """NumPy's `linalg.vector_norm`, by `gradx.linalg.vector_norm`."""
    return _linalg.vector_norm(inexact(x), axis=axis, keepdims=keepdims, ord=ord)


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """NumPy's `linalg.norm`, by `gradx.linalg.norm`."""
    return _linalg.norm(inexact(x), ord, axis=axis, keepdims=keepdims)


def matrix_power(a: Any, n: int) -> Any:
    """NumPy's `linalg.matrix_power`, by `gradx.linalg.matrix_power`."""
    return _linalg.matrix_power(tensor(a), n)


def matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """NumPy's `linalg.matrix_rank`, by `gradx.linalg.matrix_rank`."""
    x = inexact(A)
    if tol is None:
        return _linalg.matrix_rank(x, rtol=rtol)
    return ops.count_nonzero(
        _linalg.svdvals(x) > (tol[..., None] if getattr(tol, "ndim", 0) else tol), axis=-1
    )


def matrix_transpose(x: Any, /) -> Any:
    """NumPy's `linalg.matrix_transpose`, by `gradx.matrix_transpose`."""
    return _matrix_transpose(tensor(x))


def multi_dot(arrays: Any, *, out: Any = None) -> Any:
    """NumPy's `linalg.multi_dot`: a product of matrices, by `gradx.matmul` from left to right."""
    refuse("linalg.multi_dot", out=out)
    return reduce(ops.matmul, tensors(arrays))


def outer(x1: Any, x2: Any, /) -> Any:
    """NumPy's `linalg.outer`, by `gradx.outer`."""
    return ops.outer(tensor(x1), tensor(x2))


def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """NumPy's `linalg.pinv`, by `gradx.linalg.pinv`."""
    return _linalg.pinv(
        inexact(a),
        rtol=1e-15 if rcond is None and rtol is None else rtol if rcond is None else rcond,
    )


def qr(a: Any, mode: str = "reduced") -> Any:
    """NumPy's `linalg.qr`, by `gradx.linalg.qr`."""
    if mode == "r":
        return _linalg.qr(inexact(a), mode="reduced")[1]
    return _linalg.qr(inexact(a), mode=mode)


def svd(
    a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    """NumPy's `linalg.svd`, by `gradx.linalg.svd`."""
    return (
        _linalg.svd(inexact(a), full_matrices=full_matrices)
        if compute_uv
        else _linalg.svdvals(inexact(a))
    )


def svdvals(x: Any, /) -> Any:
    """NumPy's `linalg.svdvals`, by `gradx.linalg.svdvals`."""
    return _linalg.svdvals(inexact(x))


def tensordot(a: Any, b: Any, /, *, axes: Any = 2) -> Any:
    """NumPy's `linalg.tensordot`, by `gradx.tensordot`."""
    return products.tensordot(a, b, axes)


def tensorinv(a: Any, ind: int = 2) -> Any:
    """NumPy's `linalg.tensorinv`, by `gradx.linalg.inv`."""
    x = inexact(a)
    first, rest = x.shape[:ind], x.shape[ind:]
    return ops.reshape(_linalg.inv(ops.reshape(x, (prod(first), prod(rest)))), rest + first)


def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    """NumPy's `linalg.tensorsolve`, by `gradx.linalg.solve`."""
    x, y = inexact(a), inexact(b)
    if axes is not None:
        moved = [axis_of("linalg.tensorsolve", axis, x.ndim) for axis in ints(axes)]
        x = ops.permute_dims(x, (*[i for i in range(x.ndim) if i not in moved], *moved))
    rest = x.shape[y.ndim :]
    if prod(rest) != y.size:
        raise ShapeError(
            f"numpy.linalg.tensorsolve: expected a square problem; got shapes {x.shape} and {y.shape}"
        )
    return ops.reshape(_linalg.solve(ops.reshape(x, (y.size, y.size)), ops.ravel(y)), rest)


def trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    """NumPy's `linalg.trace`, by `gradx.trace`."""
    return ops.trace(tensor(x), offset=offset, dtype=dtype)


def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """NumPy's `linalg.vecdot`, by `gradx.vecdot`."""
    return ops.vecdot(tensor(x1), tensor(x2), axis=axis)


__all__ = ["cholesky", "cond", "cross", "det", "diagonal", "eig", "eigh", "eigvals", "eigvalsh", "inv",
           "lstsq", "matmul", "matrix_norm", "matrix_power", "matrix_rank", "matrix_transpose", "multi_dot", "norm",
           "outer", "pinv", "qr", "slogdet", "solve", "svd", "svdvals", "tensordot", "tensorinv", "tensorsolve",
           "trace", "vecdot", "vector_norm"]  # fmt: skip

"""Diagonals, traces, cross and outer products of the standard's linalg extension.

- Here a matrix is the last two dimensions, `(..., m, n)`, and everything before them is a batch.
"""

from __future__ import annotations

from typing import Any

from gradx.batching import aligned, leading
from gradx.dtypes import is_complex
from gradx.errors import GraphError, ShapeError
from gradx.level import Cell
from gradx.multilinear import multilinear
from gradx.ops.adjoint import conj
from gradx.ops.arithmetic import add, multiply
from gradx.ops.casting import astype
from gradx.ops.complex import conj as conjugate
from gradx.ops.manipulation import matrix_transpose, reshape
from gradx.primitive import linear, read_only
from gradx.tape import ZERO, lift


def matrices(name: str, x: Any, *, square: bool = False) -> Any:
    """Return `x` as a Tensor of matrices, square ones if asked; `ShapeError` in the name of `name`."""
    x = lift(x)
    shape = x.shape
    if len(shape) < 2 or (square and shape[-1] != shape[-2]):
        wanted = "square matrices (..., n, n)" if square else "matrices (..., m, n)"
        raise ShapeError(f"{name}: expected {wanted}; got shape {shape}")
    return x


def tolerance(name: str, rtol: Any) -> Any:
    """Return a tolerance as a number or a bare array: a parameter, of which nothing has a derivative."""
    if not isinstance(rtol, Cell):
        return rtol
    if rtol.level is not ZERO:
        raise GraphError(
            f"{name}: expected a tolerance that does not depend on the arguments of a transform; "
            "got one that does. Compute it from constants"
        )
    return rtol.data


def conjugate_transpose(x: Any) -> Any:
    """Return the conjugate transpose of a Tensor, `(..., m, n)` to `(..., n, m)`."""
    return matrix_transpose(conjugate(x) if is_complex[x.dtype] else x)


def hermitian(name: str, x: Any) -> Any:
    """Return `(x + x^H) / 2` of square matrices: the identity, to the last bit, on Hermitian ones."""
    half = multiply(matrices(name, x, square=True), 0.5)
    return add(half, conjugate_transpose(half))


def _on_diagonal(xp: Any, ct: Any, m: int, n: int, offset: int) -> Any:
    """Return a mask `(m, n)` of the diagonal."""
    rows = xp.expand_dims(xp.arange(m, device=ct.device), axis=-1)
    return xp.arange(n, device=ct.device) - rows == offset


def _diagonal_transpose(xp: Any, ct: Any, _y: Any, _x: Any, *, offset: int) -> Any:
    m, n = _x.shape[-2:]
    before = min(max(-offset, 0), m)
    sizes = before, m - before - ct.shape[-1]
    zeros = [xp.zeros((*ct.shape[:-1], k), dtype=ct.dtype, device=ct.device) for k in sizes]
    wide = xp.expand_dims(xp.concat([zeros[0], ct, zeros[1]], axis=-1), axis=-1)
    return xp.where(_on_diagonal(xp, ct, m, n, offset), wide, xp.zeros_like(wide))


def _trace_transpose(xp: Any, ct: Any, _y: Any, _x: Any, *, offset: int) -> Any:
    m, n = _x.shape[-2:]
    wide = xp.expand_dims(xp.expand_dims(ct, axis=-1), axis=-1)
    return xp.where(_on_diagonal(xp, ct, m, n, offset), wide, xp.zeros_like(wide))


_diagonal = linear(
    "linalg.diagonal", _diagonal_transpose, masks=True, put=read_only, batch=leading
)  # a view, not to be written to, as in NumPy
_trace = linear("linalg.trace", _trace_transpose, masks=True, batch=leading)


def diagonal(x: Any, /, *, offset: int = 0) -> Any:
    """Diagonals of matrices, `(..., m, n) -> (..., k)`, `offset` above the main one.

    >>> import gradx as gx
    >>> gx.linalg.diagonal(gx.zeros((5, 2, 3)), offset=1).shape
    (5, 2)
    """
    return _diagonal(matrices("linalg.diagonal", x), offset=offset)


def trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    """Sum along diagonals, `(..., m, n) -> (...)`.

    >>> import gradx as gx
    >>> gx.linalg.trace(gx.ones((5, 2, 3))).shape
    (5,)
    """
    x = matrices("linalg.trace", x)
    return _trace(x if dtype is None else astype(x, dtype, copy=False), offset=offset)


_cross = multilinear(
    "linalg.cross",
    lambda xp, ct, _y, _a, b, *, axis: xp.linalg.cross(conj(xp, b), ct, axis=axis),
    lambda xp, ct, _y, a, _b, *, axis: xp.linalg.cross(ct, conj(xp, a), axis=axis),
    batch=aligned,
)


def cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """Cross product of vectors of 3 elements along `axis`; the other dimensions broadcast.

    >>> import gradx as gx
    >>> gx.linalg.cross(gx.ones((5, 3)), gx.ones(3)).shape
    (5, 3)
    """
    x1, x2 = lift(x1), lift(x2)
    if axis >= 0 and x1.ndim == x2.ndim:
        axis -= x1.ndim
    if not -min(x1.ndim, x2.ndim) <= axis < 0 or (x1.shape[axis], x2.shape[axis]) != (3, 3):
        raise ShapeError(
            f"linalg.cross: expected vectors of 3 elements along axis {axis}; "
            f"got shapes {x1.shape} and {x2.shape}"
        )
    return _cross(x1, x2, axis=axis)


def outer(x1: Any, x2: Any, /) -> Any:
    """All products of an element of `x1` and one of `x2`, `(n,), (m,) -> (n, m)`; not conjugated.

    >>> import gradx as gx
    >>> gx.linalg.outer(gx.ones(2), gx.ones(3)).shape
    (2, 3)
    """
    x1, x2 = lift(x1), lift(x2)
    if x1.ndim != 1 or x2.ndim != 1:
        raise ShapeError(
            f"linalg.outer: expected vectors (n,) and (m,); got {x1.shape} and {x2.shape}"
        )
    return multiply(reshape(x1, (-1, 1)), reshape(x2, (1, -1)))


__all__ = ["conjugate_transpose", "cross", "diagonal", "hermitian", "matrices", "outer", "trace"]

"""Linear systems, inverses and powers.

- Batches broadcast; a right-hand side is a vector only where its rank is 1.
- The adjoint of a solution is a solution with the adjoint matrix (M. Giles, 2008): no inverse is formed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from gradx.batching import aligned, leading
from gradx.errors import ShapeError
from gradx.ops.adjoint import adjoint, conj
from gradx.ops.arithmetic import multiply, subtract
from gradx.ops.complex import conj as conjugate
from gradx.ops.complex import real
from gradx.ops.creation import eye
from gradx.ops.linalg.absorbing import absorb
from gradx.ops.linalg.pseudoinverse import pinv
from gradx.ops.linalg.singular import svdvals
from gradx.ops.linalg.structure import matrices, tolerance
from gradx.ops.manipulation import broadcast_to
from gradx.ops.products import matmul
from gradx.ops.reductions import sum as total
from gradx.ops.shaping import tril, triu
from gradx.primitive import constant, primitive
from gradx.tape import bind, lift


class LstsqResult(NamedTuple):
    """Solution `(..., n, k)`, sums of squared residuals `(..., k)`, rank `(...)`, singular values."""

    solution: Any
    residuals: Any
    rank: Any
    singular_values: Any


def _batched_solve(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
    """Factor a matrix that all examples share once; a vector of an example is a column."""
    (a, b), (of_a, of_b) = args, batched
    vector = b.ndim - of_b == 1
    if vector:
        b = xp.expand_dims(b, axis=-1)
    if not of_a and a.ndim == 2 and b.ndim == 3:
        m, k = b.shape[1:]
        columns = xp.reshape(xp.permute_dims(b, (1, 0, 2)), (m, n * k))
        y = xp.permute_dims(xp.reshape(bind(card, (a, columns), params), (m, n, k)), (1, 0, 2))
    else:
        y = aligned(xp, card, (a, b), batched, n, params)
    return xp.squeeze(y, axis=-1) if vector else y


_solve = primitive("linalg.solve", batch=_batched_solve)


@_solve.vjp
def _solve_vjp(xp: Any, ct: Any, y: Any, a: Any, _b: Any) -> Any:
    ah = adjoint(xp, a)
    if y.ndim < a.ndim:  # a vector on the right
        of_b = xp.linalg.solve(ah, xp.expand_dims(ct, axis=-1))
        return -xp.matmul(of_b, xp.expand_dims(conj(xp, y), axis=-2)), of_b[..., 0]
    of_b = xp.linalg.solve(ah, ct)
    return -xp.matmul(of_b, adjoint(xp, y)), of_b


@_solve.jvp
def _solve_jvp(xp: Any, tangents: Any, y: Any, a: Any, b: Any) -> Any:
    da, db = tangents
    if da is None:
        return xp.linalg.solve(a, db)
    if b.ndim > 1:
        change = -xp.matmul(da, y)
        return xp.linalg.solve(a, change if db is None else db + change)
    change = -xp.matmul(da, xp.expand_dims(y, axis=-1))
    if db is not None:
        change = xp.expand_dims(db, axis=-1) + change
    return xp.linalg.solve(a, change)[..., 0]


def solve(x1: Any, x2: Any, /) -> Any:
    """Solution of `x1 @ y = x2`, `(..., n, n), (..., n, k) -> (..., n, k)`; the batches broadcast.

    `x2` is a vector `(n,)` only where its rank is 1.

    >>> import gradx as gx
    >>> gx.linalg.solve(gx.asarray([[2.0, 0.0], [0.0, 4.0]]), gx.asarray([2.0, 2.0]))
    Tensor([1. , 0.5])
    """
    x1, x2 = matrices("linalg.solve", x1, square=True), lift(x2)
    n = x1.shape[-1]
    if not x2.ndim or x2.shape[-2 if x2.ndim > 1 else -1] != n:
        raise ShapeError(
            f"linalg.solve: expected shapes (..., n, n) and (..., n, k) or (n,); got {x1.shape} and {x2.shape}"
        )
    return _solve(x1, x2)


def solve_triangular(a: Any, b: Any, /, *, lower: bool = False) -> Any:
    """Solution of `a @ y = b` for the upper, or lower, triangle of `a`; the other one is not read.

    >>> import gradx as gx
    >>> gx.linalg.solve_triangular(gx.asarray([[2.0, 1.0], [9.0, 4.0]]), gx.asarray([3.0, 4.0]))
    Tensor([1., 1.])
    """
    a = matrices("linalg.solve_triangular", a, square=True)
    return solve(tril(a) if lower else triu(a), b)


_inv = primitive("linalg.inv", batch=leading)


@_inv.vjp
def _inv_vjp(xp: Any, ct: Any, y: Any, _x: Any) -> Any:
    yh = adjoint(xp, y)
    return (-xp.matmul(xp.matmul(yh, ct), yh),)


@_inv.jvp
def _inv_jvp(xp: Any, tangents: Any, y: Any, x: Any) -> Any:
    return -xp.matmul(xp.matmul(y, tangents[0]), y)


def inv(x: Any, /) -> Any:
    """Inverse of square matrices, `(..., n, n) -> (..., n, n)`.

    >>> import gradx as gx
    >>> gx.linalg.inv(gx.asarray([[2.0, 0.0], [0.0, 4.0]]))
    Tensor([[0.5 , 0.  ],
            [0.  , 0.25]])
    """
    return _inv(matrices("linalg.inv", x, square=True))


def matrix_power(x: Any, n: int, /) -> Any:
    """`x` times itself `n` times, `(..., n, n) -> (..., n, n)`; the inverse's power where `n` is negative.

    >>> import gradx as gx
    >>> gx.linalg.matrix_power(gx.asarray([[1.0, 1.0], [0.0, 1.0]]), 5)
    Tensor([[1., 5.],
            [0., 1.]])
    """
    x = matrices("linalg.matrix_power", x, square=True)
    if n < 0:
        x, n = inv(x), -n
    if n == 0:
        return broadcast_to(eye(x.shape[-1], dtype=x.dtype, device=x.device), x.shape)
    result = None
    while True:
        if n % 2:
            result = x if result is None else matmul(result, x)
        n //= 2
        if not n:
            return result
        x = matmul(x, x)


_matrix_rank = constant("linalg.matrix_rank", batch=leading)


def matrix_rank(x: Any, /, *, rtol: Any = None) -> Any:
    """Number of singular values above `rtol` times the largest, `(..., m, n) -> (...)`; cuts the graph.

    `rtol` is a number or has the result's shape.

    >>> import gradx as gx
    >>> gx.linalg.matrix_rank(gx.ones((2, 2)))
    Tensor(1)
    """
    name = "linalg.matrix_rank"
    return _matrix_rank(matrices(name, x), rtol=tolerance(name, rtol))


def lstsq(
    a: Any, b: Any, /, rcond: float | None = None, *, rtol: float | None = None
) -> LstsqResult:
    """Least-squares solution of smallest norm, `(..., m, n), (..., m, k)` or `(m,)`; the batches broadcast.

    The derivative holds where the rank is constant nearby. `rtol`, also by NumPy's name `rcond`: singular values below
    so much of the largest count as 0.

    >>> import gradx as gx
    >>> gx.linalg.lstsq(gx.ones((4, 2)), gx.ones((4, 3))).solution.shape
    (2, 3)
    """
    rtol = rcond if rtol is None else rtol
    a, b = matrices("linalg.lstsq", a), lift(b)
    if not b.ndim or b.shape[-2 if b.ndim > 1 else -1] != a.shape[-2]:
        raise ShapeError(
            f"linalg.lstsq: expected shapes (..., m, n) and (..., m, k) or (m,); got {a.shape} and {b.shape}"
        )
    x = matmul(pinv(a, rtol=rtol), b)
    rest = subtract(matmul(a, x), b)
    squares = (
        real(multiply(rest, conjugate(rest))) if rest.dtype.kind == "c" else multiply(rest, rest)
    )
    return LstsqResult(
        x, total(squares, axis=-2 if b.ndim > 1 else -1), matrix_rank(a, rtol=rtol), svdvals(a)
    )


absorb(_solve, (2, 2), (2,))
absorb(_inv, (2,), (2,))

__all__ = ["inv", "lstsq", "matrix_power", "matrix_rank", "solve", "solve_triangular"]

"""Products of vectors, matrices and tensors.

- `matmul` and `tensordot` are bilinear cards; `vecdot` conjugates its first argument; the rest is built on them.
- The rules of two matrices are two matrix products without a reshape; batched ones sum over the batch inside
  the product where they can, so that no batch of gradients is made only to be summed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradx.batching import aligned, padded, rank_of
from gradx.errors import GradxError, ShapeError
from gradx.multilinear import multilinear
from gradx.ops.adjoint import conj
from gradx.ops.arithmetic import multiply
from gradx.ops.contraction import einsum
from gradx.ops.manipulation import named_axes, reshape
from gradx.shapes import broadcast_shapes, inverse_permutation, size
from gradx.tape import apply_two, bind, lift


def _matmul_first(xp: Any, ct: Any, _y: Any, _a: Any, b: Any) -> Any:
    b = conj(xp, b)
    rank = len(_a.shape)
    if b.ndim == 2:
        if rank == 1:
            return xp.matmul(b, ct)
        return xp.matmul(ct, xp.matrix_transpose(b))
    if b.ndim == 1:
        return ct * b if rank == 1 else ct[..., None] * b
    if rank == 1:
        return xp.matmul(b, xp.expand_dims(ct, axis=-1))[..., 0]
    if rank == 2 and ct.shape[:-2] == b.shape[:-2]:
        axes = (*range(b.ndim - 2), b.ndim - 1)
        return xp.tensordot(ct, b, axes=(axes, axes))
    return xp.matmul(ct, xp.matrix_transpose(b))


def _matmul_second(xp: Any, ct: Any, _y: Any, a: Any, _b: Any) -> Any:
    a = conj(xp, a)
    rank = len(_b.shape)
    if a.ndim == 2 and rank <= 2:
        return xp.matmul(xp.matrix_transpose(a), ct)
    if a.ndim == 1:
        return a * ct if rank == 1 else a[:, None] * ct[..., None, :]
    if rank <= 2:  # sums over the batch and over the rows at once
        axes = tuple(range(a.ndim - 1))
        return xp.tensordot(a, ct, axes=(axes, axes))
    return xp.matmul(xp.matrix_transpose(a), ct)


def _batched_matmul(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
    """One product of matrices where the examples' rows can be laid below each other; else one of stacks."""
    (a, b), (of_a, of_b) = args, batched
    rank_a, rank_b = rank_of(a, of_a), rank_of(b, of_b)
    if not rank_a or not rank_b:  # of a batch the library would see vectors
        raise ShapeError("matmul: expected vectors or matrices; got a number")
    if not of_b and rank_b <= 2:
        lead = tuple(a.shape[:-1])
        rows = bind(card, (xp.reshape(a, (size(lead), a.shape[-1])), b), params)
        return xp.reshape(rows, (*lead, *b.shape[1:]))
    if not of_a and rank_a <= 2 and rank_b == 1:
        return bind(card, (b, xp.matrix_transpose(a) if rank_a == 2 else a), params)
    if rank_a == 1:
        a = xp.expand_dims(a, axis=-2)
    if rank_b == 1:
        b = xp.expand_dims(b, axis=-1)
    rank = max(rank_a, rank_b, 2)
    y = bind(card, (padded(xp, a, rank) if of_a else a, padded(xp, b, rank) if of_b else b), params)
    if rank_b == 1:
        y = xp.squeeze(y, axis=-1)
    return xp.squeeze(y, axis=-2 + (rank_b == 1)) if rank_a == 1 else y


_matmul = multilinear("matmul", _matmul_first, _matmul_second, batch=_batched_matmul)


def matmul(x1: Any, x2: Any, /) -> Any:
    """Matrix product, `(..., n, k), (..., k, m) -> (..., n, m)`; the batches broadcast.

    A vector `(k,)` stands for a row on the left and a column on the right; its dimension is left out of the
    result.

    Raises
    ------
    ShapeError
        An argument of rank 0, inner sizes that differ, batches that do not broadcast.

    >>> import gradx as gx
    >>> gx.matmul(gx.ones((5, 2, 3)), gx.ones((3, 4))).shape
    (5, 2, 4)
    """
    try:
        return apply_two(_matmul, x1, x2, {})
    except (ValueError, RuntimeError, TypeError, IndexError) as error:
        shapes = [tuple(getattr(x, "shape", ())) for x in (x1, x2)]
        if _is_foreign(error) or _fits(*shapes):
            raise
        raise ShapeError(
            "matmul: expected shapes (..., n, k) and (..., k, m), or vectors (k,); "
            f"got {shapes[0]} and {shapes[1]}"
        ) from error


def _is_foreign(error: Exception) -> bool:
    """Whether an error is not about shapes at all: an operand, a library, a level."""
    return isinstance(error, GradxError) and not isinstance(error, ShapeError)


def _fits(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Whether two shapes have a matrix product."""
    try:
        broadcast_shapes(a[:-2], b[:-2])
    except ShapeError:
        return False
    return bool(a and b) and a[-1] == b[-2 if len(b) > 1 else -1]


def _tensordot_first(
    xp: Any, ct: Any, _y: Any, _a: Any, b: Any, *, axes: tuple[tuple[int, ...], tuple[int, ...]]
) -> Any:
    of_a, of_b = axes
    rank = len(_a.shape)
    free_a = [i for i in range(rank) if i not in of_a]
    free_b = tuple(i for i in range(b.ndim) if i not in of_b)
    g = xp.tensordot(ct, conj(xp, b), axes=(tuple(range(len(free_a), ct.ndim)), free_b))
    order = [*free_a, *(of_a[of_b.index(i)] for i in sorted(of_b))]
    return g if order == sorted(order) else xp.permute_dims(g, inverse_permutation(tuple(order)))


def _tensordot_second(
    xp: Any, ct: Any, _y: Any, a: Any, _b: Any, *, axes: tuple[tuple[int, ...], tuple[int, ...]]
) -> Any:
    of_a, of_b = axes
    free_a = tuple(i for i in range(a.ndim) if i not in of_a)
    free_b = [i for i in range(len(_b.shape)) if i not in of_b]
    g = xp.tensordot(conj(xp, a), ct, axes=(free_a, tuple(range(len(free_a)))))
    order = [*(of_b[of_a.index(i)] for i in sorted(of_a)), *free_b]
    return g if order == sorted(order) else xp.permute_dims(g, inverse_permutation(tuple(order)))


def _batched_tensordot(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
    (a, b), (of_a, of_b) = args, params["axes"]
    if batched[0]:
        of_a = tuple([i + 1 for i in of_a])
    if batched[1]:
        of_b = tuple([i + 1 for i in of_b])
    if not all(batched):
        y = bind(card, args, {"axes": (of_a, of_b)})
        return y if batched[0] else xp.moveaxis(y, a.ndim - len(of_a), 0)
    free_a = tuple([i for i in range(1, a.ndim) if i not in of_a])
    free_b = tuple([i for i in range(1, b.ndim) if i not in of_b])
    lead, trail = tuple([a.shape[i] for i in free_a]), tuple([b.shape[i] for i in free_b])
    count = size(tuple([a.shape[i] for i in of_a]))
    left = xp.reshape(xp.permute_dims(a, (0, *free_a, *of_a)), (n, size(lead), count))
    right = xp.reshape(xp.permute_dims(b, (0, *of_b, *free_b)), (n, count, size(trail)))
    return xp.reshape(xp.matmul(left, right), (n, *lead, *trail))


_tensordot = multilinear("tensordot", _tensordot_first, _tensordot_second, batch=_batched_tensordot)


def tensordot(x1: Any, x2: Any, /, *, axes: int | tuple[Sequence[int], Sequence[int]] = 2) -> Any:
    """Sum of products over `axes`: the last `axes` of `x1` with the first of `x2`, or two lists of axes.

    The result's dimensions are the free ones of `x1`, then those of `x2`.

    >>> import gradx as gx
    >>> gx.tensordot(gx.ones((2, 3, 4)), gx.ones((4, 3, 5)), axes=((1, 2), (1, 0))).shape
    (2, 5)
    """
    x1, x2 = lift(x1), lift(x2)
    if isinstance(axes, int):
        pairs: Any = tuple(range(x1.ndim - axes, x1.ndim)), tuple(range(axes))
        if axes > min(x1.ndim, x2.ndim):
            pairs = (), (0,)
    else:
        pairs = named_axes("tensordot", x1, axes[0]), named_axes("tensordot", x2, axes[1])
    if [x1.shape[i] for i in pairs[0]] != [x2.shape[i] for i in pairs[1]]:
        raise ShapeError(
            f"tensordot: expected equal sizes along axes {axes}; got shapes {x1.shape} and {x2.shape}"
        )
    return _tensordot(x1, x2, axes=pairs)


_vecdot = multilinear(
    "vecdot",
    lambda xp, ct, _y, _a, b, *, axis: xp.expand_dims(conj(xp, ct), axis=axis) * b,
    lambda xp, ct, _y, a, _b, *, axis: xp.expand_dims(ct, axis=axis) * a,
    batch=aligned,
)


def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """Dot product of vectors along `axis`, `sum(conj(x1) * x2)`; the other dimensions broadcast.

    >>> import gradx as gx
    >>> gx.vecdot(gx.ones((5, 3)), gx.ones(3)).shape
    (5,)
    """
    x1, x2 = lift(x1), lift(x2)
    low = min(x1.ndim, x2.ndim)
    if axis >= 0 and x1.ndim == x2.ndim:
        axis -= low
    if not -low <= axis < 0 or x1.shape[axis] != x2.shape[axis]:
        raise ShapeError(
            f"vecdot: expected vectors of one length along axis {axis}; "
            f"got shapes {x1.shape} and {x2.shape}"
        )
    return _vecdot(x1, x2, axis=axis)


def dot(x1: Any, x2: Any, /) -> Any:
    """NumPy's `dot`: a product of numbers, vectors or matrices, without a conjugate.

    Of more dimensions, over the last axis of `x1` and the last but one of `x2`.

    >>> import gradx as gx
    >>> gx.dot(gx.ones((2, 3)), gx.ones((4, 3, 5))).shape
    (2, 4, 5)
    """
    x1, x2 = lift(x1), lift(x2)
    if not x1.ndim or not x2.ndim:
        return multiply(x1, x2)
    if x2.ndim <= 2 and (x1.ndim <= 2 or x2.ndim == 1):
        return matmul(x1, x2)
    return tensordot(x1, x2, axes=((-1,), (-2 if x2.ndim > 1 else -1,)))


def inner(x1: Any, x2: Any, /) -> Any:
    """Sum of products over the last axes, `(..., k), (..., k)`; not conjugated.

    >>> import gradx as gx
    >>> gx.inner(gx.ones((2, 3)), gx.ones((5, 3))).shape
    (2, 5)
    """
    x1, x2 = lift(x1), lift(x2)
    if not x1.ndim or not x2.ndim:
        return multiply(x1, x2)
    return tensordot(x1, x2, axes=((-1,), (-1,)))


def outer(x1: Any, x2: Any, /) -> Any:
    """All products of an element of `x1` and one of `x2`, `(n,), (m,) -> (n, m)`; more dimensions are flattened.

    >>> import gradx as gx
    >>> gx.outer(gx.ones(2), gx.ones(3)).shape
    (2, 3)
    """
    return multiply(reshape(lift(x1), (-1, 1)), reshape(lift(x2), (1, -1)))


def kron(x1: Any, x2: Any, /) -> Any:
    """Kronecker product; the shapes multiply, the shorter one filled with ones on the left.

    >>> import gradx as gx
    >>> gx.kron(gx.ones((2, 3)), gx.ones((4, 5))).shape
    (8, 15)
    """
    x1, x2 = lift(x1), lift(x2)
    rank = max(x1.ndim, x2.ndim)
    a = (1,) * (rank - x1.ndim) + x1.shape
    b = (1,) * (rank - x2.ndim) + x2.shape
    left = reshape(x1, tuple(n for length in a for n in (length, 1)))
    right = reshape(x2, tuple(n for length in b for n in (1, length)))
    return reshape(multiply(left, right), tuple(n * m for n, m in zip(a, b)))


__all__ = ["dot", "einsum", "inner", "kron", "matmul", "outer", "tensordot", "vecdot"]

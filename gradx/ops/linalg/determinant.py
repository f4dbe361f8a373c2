"""Determinants, exact at every rank.

- The gradient of a determinant is the matrix of cofactors: a polynomial, so no inverse is formed.
- A rule needs no branch on values for that; only the implementation of cofactors takes the faster way of two.
- Small matrices take their cofactors from minors, which are determinants again: exact to every order. Larger ones
  take them, and the second derivative, from singular values: products, never quotients that could be 0/0, so
  matrices of every rank are exact. From the third on a recursion of products and traces; larger ones by the inverse.
- Source: the identity adj(A B) = adj(B) adj(A), applied to the factors of the SVD (R. Horn and C. Johnson,
  Matrix Analysis, section 0.8).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from gradx.backend import namespaces
from gradx.batching import leading, spread
from gradx.dtypes import is_complex
from gradx.errors import MissingRuleError
from gradx.ops.adjoint import adjoint, conj, with_diagonal
from gradx.ops.linalg.degenerate import happens, raw
from gradx.ops.linalg.structure import matrices
from gradx.primitive import primitive
from gradx.tape import bind

_BY_MINORS = 4  # n * n determinants of size n - 1: cheaper than an SVD up to here
_CONDITION = 1e6  # from here on a third derivative by the inverse loses too much
_THIRD_ORDER = 12  # up to here the recursion for third derivatives loses at most some four digits


class SlogdetResult(NamedTuple):
    """Sign, or phase, `(...)`, and logarithm of the modulus `(...)`."""

    sign: Any
    logabsdet: Any


def cofactors(xp: Any, x: Any) -> Any:
    """Return the matrices of cofactors, `(..., n, n)`: the derivative of `det` by each element."""
    n = x.shape[-1]
    if n < 2:
        return xp.ones_like(x)
    return _from_minors(xp, x, n) if n <= _BY_MINORS else bind(_cofactors, (x,), {})


def _from_minors(xp: Any, x: Any, n: int) -> Any:
    kept, dropped = xp.arange(n - 1, device=x.device), xp.arange(n, device=x.device)
    column = xp.expand_dims(dropped, axis=-1)
    index = xp.reshape(xp.where(kept >= column, kept + 1, kept), (n * (n - 1),))
    x = xp.take(xp.take(x, index, axis=-2), index, axis=-1)
    x = xp.reshape(x, (*x.shape[:-2], n, n - 1, n, n - 1))
    batch = x.ndim - 4
    x = xp.permute_dims(x, (*range(batch), batch, batch + 2, batch + 1, batch + 3))
    minors = xp.linalg.det(x)
    return xp.where((dropped + column) % 2 == 0, minors, -minors)


def _products_of_others(xp: Any, s: Any) -> Any:
    """Return `(e, t)`: products of all values but the i-th, and of all but the i-th and the j-th (0 for i = j)."""
    zero = s == 0
    safe = xp.where(zero, xp.ones_like(s), s)
    number = xp.astype(zero, s.dtype)
    zeros_left = xp.sum(number, axis=-1, keepdims=True) - number
    one = xp.prod(safe, axis=-1, keepdims=True) / safe
    e = xp.where(zeros_left == 0, one, xp.zeros_like(one))
    pairs = xp.expand_dims(one, axis=-1) / xp.expand_dims(safe, axis=-2)
    left = xp.expand_dims(zeros_left, axis=-1) - xp.expand_dims(number, axis=-2)
    at = xp.arange(s.shape[-1], device=s.device)
    t = xp.where((left == 0) & (xp.expand_dims(at, axis=-1) != at), pairs, xp.zeros_like(pairs))
    return e, t


def _decomposed(xp: Any, x: Any) -> Any:
    u, s, vh = xp.linalg.svd(x, full_matrices=False)
    turn = xp.linalg.det(u) * xp.linalg.det(vh)
    return u, s, vh, xp.expand_dims(xp.expand_dims(turn, axis=-1), axis=-1)


def _second(xp: Any, t: Any, x: Any) -> Any:
    """Apply the derivative of a diagonal matrix's adjugate, which is its own adjoint."""
    along = xp.matmul(t, xp.expand_dims(xp.linalg.diagonal(x), axis=-1))[..., 0]
    return with_diagonal(xp, along) - t * x


_cofactors = primitive("cofactors", batch=leading)


def _by_inverse(xp: Any, x: Any) -> Any:
    """Return the cofactors as `det(x) inv(x)^T` if every matrix is well-conditioned, else None.

    Several times faster than the SVD; at a condition below 10^4 it loses at most as many digits.
    """
    try:
        inverse = xp.linalg.inv(x)
    except (ValueError, RuntimeError):
        # Singular: some libraries raise, others return what is not finite.
        return None
    sizes = [xp.max(xp.sum(xp.abs(m), axis=-1), axis=-1) for m in (x, inverse)]
    if not bool(xp.all(sizes[0] * sizes[1] < 1e4)):
        return None
    scale = xp.expand_dims(xp.expand_dims(xp.linalg.det(x), axis=-1), axis=-1)
    return scale * xp.matrix_transpose(inverse)


def _cofactors_raw(x: Any) -> Any:
    xp = namespaces[type(x)]
    fast = _by_inverse(xp, x) if x.size else None
    if fast is not None:
        return fast
    u, s, vh, turn = _decomposed(xp, x)
    e, _ = _products_of_others(xp, s)
    return turn * conj(xp, xp.matmul(u * xp.expand_dims(e, axis=-2), vh))


_cofactors.implementation = _cofactors_raw


@_cofactors.vjp
def _cofactors_vjp(xp: Any, ct: Any, _y: Any, x: Any) -> Any:
    return (conj(xp, bind(_change, (x, conj(xp, ct)), {})),)


@_cofactors.jvp
def _cofactors_jvp(xp: Any, tangents: Any, y: Any, x: Any) -> Any:
    return bind(_change, (x, tangents[0]), {})


# The change of the cofactors along t: the second derivative of det, a symmetric form.
_change = primitive("cofactor_change", batch=spread)


def _change_raw(x: Any, t: Any) -> Any:
    xp = namespaces[type(x)]
    u, s, vh, turn = _decomposed(xp, x)
    _, pairs = _products_of_others(xp, s)
    inside = xp.matmul(xp.matmul(adjoint(xp, u), t), adjoint(xp, vh))
    core = xp.matrix_transpose(_second(xp, _cast(xp, pairs, u), inside))
    return turn * xp.matmul(xp.matmul(conj(xp, u), core), conj(xp, vh))


_change.implementation = _change_raw


@_change.vjp
def _change_vjp(xp: Any, ct: Any, _y: Any, x: Any, t: Any) -> Any:
    ct = conj(xp, ct)
    return conj(xp, _third(xp, x, t, ct)), conj(xp, bind(_change, (x, ct), {}))


@_change.jvp
def _change_jvp(xp: Any, tangents: Any, y: Any, x: Any, t: Any) -> Any:
    dx, dt = tangents
    along = None if dt is None else bind(_change, (x, dt), {})
    if dx is None:
        return along
    bent = _third(xp, x, t, dx)
    return bent if along is None else along + bent


def _third(xp: Any, x: Any, t: Any, s: Any) -> Any:
    """Return the second change of the cofactors, along t and along s: products and traces, exact to every order.

    Faddeev and LeVerrier's recursion for the adjugate, a polynomial without divisions, on x + a t + b s with
    a*a = b*b = 0; of its four components the one in a*b. It cancels more with every row, hence the limit.
    """
    n = x.shape[-1]
    if n > _THIRD_ORDER:
        return _third_by_inverse(xp, x, t, s)
    one = xp.eye(n, dtype=x.dtype, device=x.device)
    zero = xp.zeros_like(x)
    m = [one + zero, zero, zero, zero]
    for k in range(1, n):
        products = [
            xp.matmul(x, m[0]),
            xp.matmul(x, m[1]) + xp.matmul(t, m[0]),
            xp.matmul(x, m[2]) + xp.matmul(s, m[0]),
            xp.matmul(x, m[3]) + xp.matmul(t, m[2]) + xp.matmul(s, m[1]),
        ]
        m = [p - one * (_trace(xp, p) / k) for p in products]
    return (-1) ** (n - 1) * xp.matrix_transpose(m[3])


def _third_by_inverse(xp: Any, x: Any, t: Any, s: Any) -> Any:
    """Return the same for larger matrices that are well-conditioned, from the second derivative of `det(x) inv(x)`."""
    n = x.shape[-1]
    bare = raw(x)
    values = namespaces[type(bare)].linalg.svdvals(bare)
    if happens(values[..., -1] * _CONDITION <= values[..., 0]):
        raise MissingRuleError(
            f"linalg.det: expected matrices up to {_THIRD_ORDER} by {_THIRD_ORDER}, or of a condition below "
            f"{_CONDITION:.0e}, for derivatives beyond the second; got {n} by {n} near singular. Differentiate "
            "gx.linalg.slogdet, or take the determinant of a Schur complement"
        )
    inverse = xp.linalg.inv(x)
    a, b = xp.matmul(inverse, t), xp.matmul(inverse, s)
    ab, ba = xp.matmul(a, b), xp.matmul(b, a)
    both = _trace(xp, a) * _trace(xp, b) - _trace(xp, ab)
    one = xp.eye(n, dtype=x.dtype, device=x.device)
    core = both * one - _trace(xp, a) * b - _trace(xp, b) * a + ab + ba
    scale = xp.expand_dims(xp.expand_dims(xp.linalg.det(x), axis=-1), axis=-1)
    return scale * xp.matrix_transpose(xp.matmul(core, inverse))


def _trace(xp: Any, x: Any) -> Any:
    return xp.expand_dims(xp.expand_dims(xp.linalg.trace(x), axis=-1), axis=-1)


def _cast(xp: Any, t: Any, like: Any) -> Any:
    return xp.astype(t, like.dtype) if is_complex[like.dtype] else t


_det = primitive("linalg.det", batch=leading)


@_det.vjp
def _det_vjp(xp: Any, ct: Any, _y: Any, x: Any) -> Any:
    ct = xp.expand_dims(xp.expand_dims(ct, axis=-1), axis=-1)
    return (ct * conj(xp, cofactors(xp, x)),)


@_det.jvp
def _det_jvp(xp: Any, tangents: Any, y: Any, x: Any) -> Any:
    return xp.sum(cofactors(xp, x) * tangents[0], axis=(-2, -1))


def det(x: Any, /) -> Any:
    """Determinant of square matrices, `(..., n, n) -> (...)`; differentiable at every rank.

    >>> import gradx as gx
    >>> gx.grad(gx.linalg.det)(gx.asarray([[1.0, 2.0], [2.0, 4.0]]))  # of rank 1
    Tensor([[ 4., -2.],
            [-2.,  1.]])
    """
    return _det(matrices("linalg.det", x, square=True))


_slogdet = primitive("linalg.slogdet", batch=leading)


def _imaginary(xp: Any, z: Any) -> Any:
    """Return `i Im z`."""
    return (z - xp.conj(z)) * 0.5


def _regular(xp: Any, x: Any, y: Any) -> Any:
    """Return `x`, singular matrices replaced by the identity, and which are singular; None where none is."""
    singular = xp.isinf(y[1]) & (y[1] < 0)
    if not happens(singular):
        return x, None
    singular = xp.expand_dims(xp.expand_dims(singular, axis=-1), axis=-1)
    one = xp.eye(x.shape[-1], dtype=x.dtype, device=x.device)
    return xp.where(singular, xp.zeros_like(x) + one, x), singular


@_slogdet.vjp
def _slogdet_vjp(xp: Any, cts: Any, y: Any, x: Any) -> Any:
    """Adjoint of `d log|det| = Re tr(A^-1 dA)`, `d sign = i sign Im tr(A^-1 dA)`."""
    sign, _ = y
    of_sign, of_log = cts
    total = of_log
    if of_sign is not None and is_complex[sign.dtype]:
        turn = _imaginary(xp, xp.conj(sign) * of_sign)
        total = turn if total is None else total + turn
    if total is None:
        return (xp.zeros_like(x),)
    total = xp.expand_dims(xp.expand_dims(total, axis=-1), axis=-1)
    regular, singular = _regular(xp, x, y)
    inverse = adjoint(xp, xp.linalg.inv(regular))
    if singular is not None:
        inverse = xp.where(singular, _slope_at_zero(xp, conj(xp, cofactors(xp, x))), inverse)
        return (xp.where(total == 0, xp.zeros_like(inverse), total * inverse),)
    return (total * inverse,)


def _slope_at_zero(xp: Any, x: Any) -> Any:
    """Return `x / 0`: real numbers by their sign, 0 as NaN; complex ones have no direction."""
    nan = xp.full_like(x, float("nan"))
    if is_complex[x.dtype]:
        return nan
    return xp.where(x == 0, nan, xp.sign(x) * float("inf"))


@_slogdet.jvp
def _slogdet_jvp(xp: Any, tangents: Any, y: Any, x: Any) -> Any:
    sign, _ = y
    regular, singular = _regular(xp, x, y)
    t = xp.linalg.trace(xp.linalg.solve(regular, tangents[0]))
    if singular is not None:
        slope = _slope_at_zero(xp, xp.sum(cofactors(xp, x) * tangents[0], axis=(-2, -1)))
        still = xp.all(tangents[0] == 0, axis=(-2, -1))
        slope = xp.where(still, xp.zeros_like(slope), slope)
        t = xp.where(singular[..., 0, 0], slope, t)
    if is_complex[sign.dtype]:
        return sign * _imaginary(xp, t), xp.real(t)
    return xp.zeros_like(sign), t


def slogdet(x: Any, /) -> SlogdetResult:
    """Sign and logarithm of the modulus of determinants, `(..., n, n) -> (...), (...)`.

    The sign of a real matrix has derivative 0. At a singular matrix the logarithm is -inf, and its slope is the limit
    of `cofactors / det`: infinite by the sign of each cofactor, as that of `log` at 0, and NaN where a cofactor is 0
    or the matrix complex. One such matrix does not disturb the others of its batch.

    >>> import gradx as gx
    >>> gx.linalg.slogdet(gx.asarray([[0.0, 1.0], [1.0, 0.0]])).sign
    Tensor(-1.)
    """
    return SlogdetResult(*_slogdet(matrices("linalg.slogdet", x, square=True)))


__all__ = ["det", "slogdet"]

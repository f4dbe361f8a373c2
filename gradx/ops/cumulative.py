"""Running sums and products along an axis.

- `axis` may be left out for one dimension only.
- `cumulative_prod` is exact with any number of zeros, to every order: its derivative is a linear recurrence of
  products and sums, solved by doubling in log2(n) steps (Kogge and Stone, 1973); nothing is divided.
"""

from __future__ import annotations

from typing import Any

from gradx.batching import shifted
from gradx.errors import ShapeError
from gradx.ops.adjoint import conj
from gradx.ops.casting import astype
from gradx.ops.creation import ones, zeros
from gradx.ops.joining import concat
from gradx.ops.manipulation import named_axes
from gradx.ops.reductions import exclusive
from gradx.primitive import Primitive, linear, primitive
from gradx.shapes import along, kept_shape
from gradx.tape import apply_one, lift


def _reversed_sum(xp: Any, ct: Any, _y: Any, _x: Any, *, axis: int) -> Any:
    return xp.flip(xp.cumulative_sum(xp.flip(ct, axis=(axis,)), axis=axis), axis=(axis,))


_cumulative_sum = linear("cumulative_sum", _reversed_sum, batch=shifted)
_cumulative_prod = primitive("cumulative_prod", batch=shifted)


def _recurrence(xp: Any, a: Any, b: Any, axis: int) -> Any:
    """Return s with `s[k] = a[k] * s[k-1] + b[k]`, `s[0] = b[0]` along `axis`."""
    n, d = b.shape[axis], 1

    def part(x: Any, start: int, stop: int) -> Any:
        return xp.getitem(x, key=along(axis, slice(start, stop)))

    while d < n:
        later = part(b, d, n) + xp.guarded_multiply(part(b, 0, n - d), part(a, d, n))
        b = xp.concat([part(b, 0, d), later], axis=axis)
        if 2 * d < n:
            a = xp.concat([part(a, 0, d), part(a, d, n) * part(a, 0, n - d)], axis=axis)
        d *= 2
    return b


@_cumulative_prod.vjp
def _cumulative_prod_vjp(xp: Any, ct: Any, _y: Any, x: Any, *, axis: int) -> Any:
    x = conj(xp, x)
    following = xp.roll(xp.flip(x, axis=(axis,)), 1, axis=(axis,))
    s = xp.flip(_recurrence(xp, following, xp.flip(ct, axis=(axis,)), axis), axis=(axis,))
    return (xp.guarded_multiply(s, exclusive(xp, x, axis)),)


@_cumulative_prod.jvp
def _cumulative_prod_jvp(xp: Any, tangents: Any, y: Any, x: Any, *, axis: int) -> Any:
    return _recurrence(xp, x, xp.guarded_multiply(tangents[0], exclusive(xp, x, axis)), axis)


def _running(card: Primitive, x: Any, axis: int | None, dtype: Any, initial: Any) -> Any:
    x = lift(x)
    if not x.ndim or (axis is None and x.ndim > 1):
        raise ShapeError(
            f"{card.name}: expected one dimension, or an axis of several; got shape {x.shape}, axis {axis}"
        )
    (axis,) = named_axes(card.name, x, axis)
    if dtype is not None:
        x = astype(x, dtype, copy=False)
    y = apply_one(card, x, {"axis": axis})
    if dtype is not None:
        y = astype(y, dtype, copy=False)
    if initial is None:
        return y
    return concat(
        [initial(kept_shape(x.shape, (axis,)), dtype=y.dtype, device=y.device), y], axis=axis
    )


def cumulative_sum(x: Any, /, *, axis: int | None = None, dtype: Any = None,
                   include_initial: bool = False) -> Any:  # fmt: skip
    """Running sum along `axis`, `(..., n)` to `(..., n)`; to `(..., n + 1)` from 0 on with `include_initial`.

    >>> import gradx as gx
    >>> gx.cumulative_sum(gx.asarray([1.0, 2.0, 3.0]), include_initial=True)
    Tensor([0., 1., 3., 6.])
    """
    return _running(_cumulative_sum, x, axis, dtype, zeros if include_initial else None)


def cumulative_prod(x: Any, /, *, axis: int | None = None, dtype: Any = None,
                    include_initial: bool = False) -> Any:  # fmt: skip
    """Running product along `axis`, `(..., n)` to `(..., n)`; to `(..., n + 1)` from 1 on with `include_initial`.

    >>> import gradx as gx
    >>> gx.cumulative_prod(gx.asarray([1.0, 2.0, 3.0]))
    Tensor([1., 2., 6.])
    """
    return _running(_cumulative_prod, x, axis, dtype, ones if include_initial else None)


__all__ = ["cumulative_prod", "cumulative_sum"]

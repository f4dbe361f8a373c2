"""What interpolants share: knots and values brought into form, the interval of a place, the axes of a result.

- Intervals are found on values; at a knot the piece to its right is meant, at the last knot the piece to its left.
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.numpy.arguments import axis_of
from gradx.scipy.values import decided, first_of, floating

PERIODIC = "periodic"


def samples(name: str, x: Any, y: Any, axis: int = 0, least: int = 2) -> tuple[Any, Any, int]:
    """Return knots `(n,)`, values with their axis first `(n, ...)`, and where that axis was.

    Raises
    ------
    ShapeError
        If they do not fit together, or are fewer than `least`.
    ValueError
        If the knots do not strictly increase.
    """
    like = first_of(y, x)
    x, y = floating(x, _real(like)), floating(y, like)
    axis = axis_of(name, axis, y.ndim)
    if x.ndim != 1 or y.shape[axis] != x.shape[0] or x.shape[0] < least:
        raise ShapeError(
            f"{name}: expected x of shape (n,), n >= {least}, and y with n along axis {axis}; "
            f"got {x.shape} and {y.shape}"
        )
    check_rising(name, x)
    return x, ops.moveaxis(y, axis, 0), axis


def _real(like: Any) -> Any:
    return ops.real(like) if like is not None and like.dtype.kind == "c" else like


def check_rising(name: str, x: Any) -> None:
    """Raise unless the values strictly increase; under `vmap` that is the caller's to see to."""
    if decided(~(ops.diff(ops.stop_gradient(x)) > 0)):
        raise ValueError(f"{name}: expected x that strictly increases")


def interval(knots: Any, x: Any, first: int, last: int) -> Any:
    """Return the number i, from `first` to `last`, of the interval from knot i to the next in which `x` is."""
    found = ops.searchsorted(ops.stop_gradient(knots), ops.stop_gradient(x), side="right")
    return ops.clip(found - 1, first, last)


def column(x: Any, like: Any) -> Any:
    """Return `x` `(...)` with axes of one element behind, as many as make it broadcast with `like` `(..., *)`."""
    return ops.reshape(x, (*x.shape, *[1] * (like.ndim - x.ndim)))


def place_axis(y: Any, count: int, axis: int) -> Any:
    """Return `y`, whose first `count` axes are those of the places, with these put at `axis` of the others."""
    if not axis:
        return y
    order = list(range(y.ndim))
    return ops.permute_dims(
        y, (*order[count : count + axis], *order[:count], *order[count + axis :])
    )


def at_places(x: Any, like: Any) -> Any:
    """Return where to interpolate as a Tensor of a floating dtype, beside `like`."""
    return floating(x, _real(like))


def outside(x: Any, low: Any, high: Any) -> Any:
    """Return which places are not between the two ends."""
    x = ops.stop_gradient(x)
    return (x < ops.stop_gradient(low)) | (x > ops.stop_gradient(high))


def wrapped(x: Any, low: Any, high: Any) -> Any:
    """Return `x` brought between the two ends by whole periods."""
    return low + ops.remainder(x - low, high - low)


def falling(k: int, nu: int) -> float:
    """Return k (k - 1) ... (k - nu + 1)."""
    product = 1.0
    for i in range(nu):
        product *= k - i
    return product


def definite(whole: Any, a: Any, b: Any, low: Any, high: Any, extrapolate: Any) -> Any:
    """Return the integral from `a` to `b` of what `whole` is an antiderivative of."""
    a, b = (at_places(limit, low) for limit in (a, b))
    if extrapolate != PERIODIC:
        return whole(b) - whole(a)

    def up_to(t: Any) -> Any:
        turns = ops.floor(ops.stop_gradient((t - low) / (high - low)))
        rest = t - turns * (high - low)
        return turns * (whole(high) - whole(low)) + whole(rest)

    return up_to(b) - up_to(a)


def filled(y: Any, mask: Any, value: Any) -> Any:
    """Return `y` with `value` where `mask`, whose axes are the first of `y`, is true."""
    return ops.where(column(mask, y), value, y)


__all__ = [
    "PERIODIC",
    "at_places",
    "check_rising",
    "column",
    "definite",
    "falling",
    "filled",
    "interval",
    "outside",
    "place_axis",
    "samples",
    "wrapped",
]

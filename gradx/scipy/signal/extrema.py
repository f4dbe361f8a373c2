"""Where an array is greater or less than its neighbours: integers, no derivative."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradx import ops
from gradx.numpy.arguments import tensor
from gradx.scipy.arrays import axis_back, axis_last, chosen, extended


def argrelextrema(data: Any, comparator: Callable[..., Any], axis: int = 0, order: int = 1,
                  mode: str = "clip") -> tuple[Any, ...]:  # fmt: skip
    """The places, an array of integers for each dimension, where `comparator` holds against `order` neighbours.

    >>> import gradx as gx
    >>> gx.scipy.signal.argrelextrema(gx.asarray([0.0, 2.0, 1.0, 3.0]), gx.greater)
    (Tensor([1]),)
    """
    chosen("signal.argrelextrema", "mode", mode, ("clip", "wrap"))
    if int(order) != order or order < 1:
        raise ValueError(f"signal.argrelextrema: expected an order of at least 1; got {order}")
    x, axis = axis_last("signal.argrelextrema", ops.stop_gradient(tensor(data)), axis)
    n, found = x.shape[-1], None
    wide = extended(x, order, order, "nearest" if mode == "clip" else "wrap")
    for shift in range(1, order + 1):
        for start in (order + shift, order - shift):
            holds = comparator(x, wide[..., start : start + n])
            found = holds if found is None else found & holds
    places: tuple[Any, ...] = ops.nonzero(axis_back(found, axis))
    return places


def argrelmax(data: Any, axis: int = 0, order: int = 1, mode: str = "clip") -> tuple[Any, ...]:
    """The places of the relative maxima; see `argrelextrema`.

    >>> import gradx as gx
    >>> gx.scipy.signal.argrelmax(gx.asarray([0.0, 2.0, 1.0]))
    (Tensor([1]),)
    """
    return argrelextrema(data, ops.greater, axis, order, mode)


def argrelmin(data: Any, axis: int = 0, order: int = 1, mode: str = "clip") -> tuple[Any, ...]:
    """The places of the relative minima; see `argrelextrema`.

    >>> import gradx as gx
    >>> gx.scipy.signal.argrelmin(gx.asarray([2.0, 0.0, 1.0]))
    (Tensor([1]),)
    """
    return argrelextrema(data, ops.less, axis, order, mode)


__all__ = ["argrelextrema", "argrelmax", "argrelmin"]

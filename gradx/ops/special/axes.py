"""SciPy's functions along axes: its default is all of them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import Any

from gradx import ops
from gradx.ops.manipulation import named_axes
from gradx.tape import lift


def softmax(x: Any, /, axis: int | tuple[int, ...] | None = None) -> Any:
    """`exp(x) / sum(exp(x))` along `axis`, over all elements by default; never overflows."""
    return _merged(ops.softmax, x, axis)


def log_softmax(x: Any, /, axis: int | tuple[int, ...] | None = None) -> Any:
    """Logarithm of `softmax`, along `axis`, over all elements by default."""
    return _merged(ops.log_softmax, x, axis)


def _merged(function: Callable[..., Any], x: Any, axis: int | tuple[int, ...] | None) -> Any:
    """Apply a function of one axis along several, as if they were one."""
    x = lift(x)
    if isinstance(axis, int):
        return function(x, axis=axis)
    axes = named_axes(function.__name__, x, axis)
    last = tuple(range(x.ndim - len(axes), x.ndim))
    moved = ops.moveaxis(x, axes, last)
    merged = ops.reshape(moved, (*moved.shape[: x.ndim - len(axes)], -1))
    return ops.moveaxis(ops.reshape(function(merged, axis=-1), moved.shape), last, axes)


def bernoulli(n: int, /) -> Any:
    """Bernoulli's numbers B_0 to B_n, `-> (n + 1,)`, with B_1 = -1/2 (DLMF 24.5.3).

    >>> import gradx as gx
    >>> gx.special.bernoulli(2)
    Tensor([ 1.        , -0.5       ,  0.16666667])
    """
    found: list[Fraction] = []
    for k in range(n + 1):
        rest = sum((comb(k + 1, j) * b for j, b in enumerate(found)), Fraction(0))
        found.append(Fraction(1) if k == 0 else -rest / (k + 1))
    return ops.stack([ops.full((), float(b)) for b in found])


__all__ = ["bernoulli", "log_softmax", "softmax"]

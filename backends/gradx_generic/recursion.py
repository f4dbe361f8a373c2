"""The recursive part of a linear filter in standard code: log2(n) steps on whole arrays.

- Multiplied by its image A(-z), a polynomial A(z) becomes one in z**2, whose roots are the squares of A's (Dandelin and
  Graeffe). So 1 / A(z) is A(-z) / A2(z**2): a short filter, then a recursion over every second sample; and so on
  until the recursion reaches beyond the last sample.
"""

from __future__ import annotations

from typing import Any

Array = Any


def recurse(xp: Any, a: Array, x: Array) -> Array:
    """Solve `y[n] + sum_k a[k - 1] y[n - k] = x[n]` along the last axis; the axes before broadcast."""
    device = getattr(x, "device", None)
    order, n = a.shape[-1], x.shape[-1]
    at = xp.arange(order + 1, dtype=xp.int64, device=device)
    signs = xp.astype(1 - 2 * (at % 2), a.dtype)
    first = xp.ones((*a.shape[:-1], 1), dtype=a.dtype, device=device)
    whole, stride = xp.concat([first, a], axis=-1), 1
    while stride < n:
        image = whole * signs
        x = _delayed_sum(xp, image, x, stride)
        tail = xp.zeros((*whole.shape[:-1], order), dtype=a.dtype, device=device)
        squared = _delayed_sum(xp, image, xp.concat([whole, tail], axis=-1), 1)
        whole, stride = xp.take(squared, 2 * at, axis=-1), 2 * stride
    return x


def _delayed_sum(xp: Any, weights: Array, x: Array, stride: int) -> Array:
    """Return `sum_k weights[k] x[n - k * stride]`, of as many elements as `x`."""
    n = x.shape[-1]
    y = x * weights[..., :1]
    for k in range(1, weights.shape[-1]):
        delay = k * stride
        if delay >= n:
            break
        part = x[..., : n - delay] * weights[..., k : k + 1]
        # not multiplied: of a filter that grows, weights may have overflowed before any output that they reach
        zeros = xp.zeros(
            (*part.shape[:-1], delay), dtype=x.dtype, device=getattr(x, "device", None)
        )
        y = y + xp.concat([zeros, part], axis=-1)
    return y


__all__ = ["recurse"]

"""The multinomial distribution: counts in `n` trials with probabilities `p`."""

from __future__ import annotations

import math
from typing import Any

from gradx import ops
from gradx.dtypes import is_inexact
from gradx.ops.special import xlogy
from gradx.ops.special.cards import operands


def logpmf(x: Any, n: Any, p: Any, /) -> Any:
    """Logarithm of the probability of counts `x`, `(..., k), (...), (..., k) -> (...)`.

    -inf for counts below 0, not integer or of another sum than `n`. Differentiable in `p`, whose entries are taken
    as free: normalise them before.

    >>> import gradx as gx
    >>> gx.exp(gx.stats.multinomial.logpmf(gx.asarray([1, 1]), 2, gx.asarray([0.5, 0.5])))
    Tensor(0.5)
    """
    x, n, p = operands(x, n, p)
    if not is_inexact(x.dtype):
        x = ops.astype(x, p.dtype)
    x = ops.stop_gradient(x)
    wrong = ops.any((x < 0) | (x != ops.floor(x)), axis=-1) | (ops.sum(x, axis=-1) != n)
    counts = ops.where(ops.expand_dims(wrong, axis=-1), 0.0, x)
    coefficient = ops.gammaln(ops.sum(counts, axis=-1) + 1.0) - ops.sum(
        ops.gammaln(counts + 1.0), axis=-1
    )
    return ops.where(wrong, -math.inf, coefficient + ops.sum(xlogy(counts, p), axis=-1))


def pmf(x: Any, n: Any, p: Any, /) -> Any:
    """Probability of counts `x`, `(..., k), (...), (..., k) -> (...)`."""
    return ops.exp(logpmf(x, n, p))


__all__ = ["logpmf", "pmf"]

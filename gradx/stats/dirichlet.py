"""The Dirichlet distribution on the simplex."""

from __future__ import annotations

import math
from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.ops.special import xlogy
from gradx.ops.special.cards import operands


def logpdf(x: Any, alpha: Any, /) -> Any:
    """Logarithm of the density at points of the simplex, `(..., n), (..., n) -> (...)`.

    -inf off the simplex (entries below 0, or a sum away from 1 by more than rounding); NaN where an alpha is not
    positive. The derivative is that of the formula, as if the entries of `x` were free.

    Raises
    ------
    ShapeError
        When the last axes differ.

    >>> import gradx as gx
    >>> gx.stats.dirichlet.logpdf(gx.asarray([0.25, 0.75]), gx.asarray([1.0, 1.0]))
    Tensor(0.)
    """
    x, alpha = operands(x, alpha)
    if x.shape[-1:] != alpha.shape[-1:] or not x.ndim:
        raise ShapeError(
            f"stats.dirichlet.logpdf: expected x (..., n) and alpha (..., n); got {x.shape} and {alpha.shape}"
        )
    away = ops.abs(ops.sum(x, axis=-1) - 1) > 1e-6 if str(x.dtype).endswith("32") else None
    away = ops.abs(ops.sum(x, axis=-1) - 1) > 1e-10 if away is None else away
    outside = ops.any(x < 0, axis=-1) | away
    inside = ops.where(ops.expand_dims(outside, axis=-1), 1 / x.shape[-1], x)
    total = ops.gammaln(ops.sum(alpha, axis=-1)) - ops.sum(ops.gammaln(alpha), axis=-1)
    y = ops.where(outside, -math.inf, total + ops.sum(xlogy(alpha - 1, inside), axis=-1))
    return ops.where(ops.all(alpha > 0, axis=-1), y, math.nan)


def pdf(x: Any, alpha: Any, /) -> Any:
    """Density at points of the simplex, `(..., n), (..., n) -> (...)`."""
    return ops.exp(logpdf(x, alpha))


__all__ = ["logpdf", "pdf"]

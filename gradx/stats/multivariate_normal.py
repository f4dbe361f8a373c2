"""The multivariate normal distribution, by the Cholesky factor of its covariance."""

from __future__ import annotations

import math
from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.ops.special.cards import operands


def logpdf(x: Any, mean: Any, cov: Any, /) -> Any:
    """Logarithm of the density, `(..., n), (..., n), (..., n, n) -> (...)`, broadcast over what comes before.

    Parameters
    ----------
    cov
        Symmetric positive definite; its lower triangle is read, and its gradient is symmetric.

    Raises
    ------
    ShapeError
        When the sizes differ.

    >>> import gradx as gx
    >>> gx.stats.multivariate_normal.logpdf(gx.zeros((5, 2)), gx.zeros(2), gx.eye(2)).shape
    (5,)
    """
    x, mean, cov = operands(x, mean, cov)
    size = cov.shape[-1] if getattr(cov, "ndim", 0) > 1 else -1
    if x.shape[-1:] != (size,) or mean.shape[-1:] != (size,) or cov.shape[-2] != size:
        raise ShapeError(
            "stats.multivariate_normal.logpdf: expected x (..., n), mean (..., n) and cov (..., n, n); "
            f"got {x.shape}, {mean.shape} and {cov.shape}"
        )
    factor = ops.linalg.cholesky(cov)
    apart = ops.expand_dims(x - mean, axis=-1)
    scaled = ops.squeeze(ops.linalg.solve_triangular(factor, apart, lower=True), axis=-1)
    half_log_det = ops.sum(ops.log(ops.linalg.diagonal(factor)), axis=-1)
    return (
        -0.5 * ops.sum(scaled * scaled, axis=-1) - half_log_det - 0.5 * size * math.log(2 * math.pi)
    )


def pdf(x: Any, mean: Any, cov: Any, /) -> Any:
    """Density, `(..., n), (..., n), (..., n, n) -> (...)`."""
    return ops.exp(logpdf(x, mean, cov))


def entropy(mean: Any, cov: Any, /) -> Any:
    """Differential entropy, `(..., n), (..., n, n) -> (...)`: half of `log det(2 pi e cov)`; `mean` does not matter."""
    mean, cov = operands(mean, cov)
    factor = ops.linalg.cholesky(cov)
    half_log_det = ops.sum(ops.log(ops.linalg.diagonal(factor)), axis=-1)
    return half_log_det + 0.5 * cov.shape[-1] * (1 + math.log(2 * math.pi))


__all__ = ["entropy", "logpdf", "pdf"]

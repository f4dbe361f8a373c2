"""`multivariate_normal` with SciPy's defaults: mean 0, and a covariance that may be a number or a diagonal."""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.scipy.values import first_of, floating
from gradx.stats import multivariate_normal as _exact


def _parts(x: Any, mean: Any, cov: Any) -> tuple[Any, Any, Any]:
    like = first_of(x, mean, cov)
    x = floating(x, like)
    cov = floating(cov, x)
    mean = None if mean is None else floating(mean, x)
    if cov.ndim == 2:
        size = cov.shape[-1]
    else:
        size = cov.shape[0] if cov.ndim else 1 if mean is None or not mean.ndim else mean.shape[-1]
        cov = ops.diag(cov * ops.ones(size, dtype=cov.dtype, device=cov.device))
    if mean is None:
        mean = ops.zeros(size, dtype=x.dtype, device=x.device)
    if size == 1:
        mean = ops.reshape(mean, (1,))
        x = x[..., None] if x.shape[-1:] != (1,) or x.ndim < 2 else x
    return x, mean, cov


def logpdf(x: Any, mean: Any = None, cov: Any = 1) -> Any:
    """Return the logarithm of the density, `(..., d)` to `(...)`; of one dimension also `(...)` to `(...)`.

    >>> import gradx as gx
    >>> gx.scipy.stats.multivariate_normal.logpdf(gx.asarray([0.0, 1.0])).shape
    (2,)
    """
    return _exact.logpdf(*_parts(x, mean, cov))


def pdf(x: Any, mean: Any = None, cov: Any = 1) -> Any:
    """Return the density, `(..., d)` to `(...)`."""
    return ops.exp(logpdf(x, mean, cov))


def entropy(mean: Any = None, cov: Any = 1) -> Any:
    """Return the differential entropy."""
    cov = floating(cov)
    x = ops.zeros(cov.shape[-1:] or (1,), dtype=cov.dtype, device=cov.device)
    _, mean, cov = _parts(x, mean, cov)
    return _exact.entropy(mean, cov)


__all__ = ["entropy", "logpdf", "pdf"]

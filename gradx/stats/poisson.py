"""The Poisson distribution of mean `mu`."""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.ops.special import pdtr, pdtrc, xlogy
from gradx.ops.special.densities import log_gamma_power
from gradx.stats.family import Discrete


def _logpmf(k: Any, mu: Any) -> Any:
    """k log(mu) - mu - log(k!), by the density of the gamma distribution where these cancel."""
    large = (k > 16) & (mu > 0)
    many = ops.where(large, k, 17.0)
    far = log_gamma_power(ops, many, ops.where(large, mu, 17.0)) - ops.log(many)
    few, mean = ops.where(large, 1.0, k), ops.where(large, 1.0, mu)
    return ops.where(large, far, xlogy(few, mean) - mean - ops.gammaln(few + 1.0))


poisson = Discrete(
    "poisson",
    "mu",
    logpmf=_logpmf,
    cdf=pdtr,
    sf=pdtrc,
    support=(0, float("inf")),
    valid=lambda mu: [mu >= 0],
)

__all__ = ["poisson"]

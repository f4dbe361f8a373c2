"""The negative binomial distribution: failures before the `n`-th success of probability `p`; `n` may be real."""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.ops.special import betaln, nbdtr, nbdtrc, xlog1py
from gradx.stats.family import Discrete


def _logpmf(k: Any, n: Any, p: Any) -> Any:
    """The coefficient Gamma(k + n) / (k! Gamma(n)) is 1 / ((k + n) B(k + 1, n))."""
    return -ops.log(k + n) - betaln(k + 1.0, n) + n * ops.log(p) + xlog1py(k, -p)


nbinom = Discrete(
    "nbinom",
    "n",
    "p",
    logpmf=_logpmf,
    cdf=nbdtr,
    sf=nbdtrc,
    support=(0, float("inf")),
    valid=lambda n, p: [n > 0, p > 0, p <= 1],
)

__all__ = ["nbinom"]

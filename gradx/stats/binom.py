"""The binomial distribution: successes in `n` trials of probability `p`."""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.ops.special import bdtr, bdtrc, betaln, xlog1py, xlogy
from gradx.stats.family import Discrete


def _logpmf(k: Any, n: Any, p: Any) -> Any:
    """The coefficient is 1 / ((n + 1) B(k + 1, n - k + 1))."""
    coefficient = -ops.log1p(n) - betaln(k + 1.0, n - k + 1.0)
    return coefficient + xlogy(k, p) + xlog1py(n - k, -p)


binom = Discrete(
    "binom",
    "n",
    "p",
    logpmf=_logpmf,
    cdf=bdtr,
    sf=bdtrc,
    support=lambda n, p: (0, n),
    valid=lambda n, p: [n >= 0, n == ops.floor(n), p >= 0, p <= 1],
)

__all__ = ["binom"]

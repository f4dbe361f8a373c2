"""The Bernoulli distribution: 1 with probability `p`, else 0."""

from __future__ import annotations

from gradx import ops
from gradx.ops.special import xlog1py, xlogy
from gradx.stats.family import Discrete

bernoulli = Discrete(
    "bernoulli",
    "p",
    logpmf=lambda k, p: xlogy(k, p) + xlog1py(1.0 - k, -p),
    cdf=lambda k, p: 1.0 - p + 0.0 * k,
    sf=lambda k, p: ops.where(k < 1, p, 0.0),
    support=(0, 1),
    valid=lambda p: [p >= 0, p <= 1],
)

__all__ = ["bernoulli"]

"""The geometric distribution: trials of probability `p` up to the first success."""

from __future__ import annotations

from gradx import ops
from gradx.ops.special import xlog1py
from gradx.stats.family import Discrete

geom = Discrete(
    "geom",
    "p",
    logpmf=lambda k, p: xlog1py(k - 1.0, -p) + ops.log(p),
    cdf=lambda k, p: -ops.expm1(xlog1py(k, -p)),
    sf=lambda k, p: ops.exp(xlog1py(k, -p)),
    support=(1, float("inf")),
    valid=lambda p: [p > 0, p <= 1],
)

__all__ = ["geom"]

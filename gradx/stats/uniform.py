"""The uniform distribution on [loc, loc + scale]."""

from __future__ import annotations

from gradx import ops
from gradx.stats.family import Continuous

uniform = Continuous(
    "uniform",
    logpdf=lambda z: 0.0 * z,
    cdf=lambda z: 1.0 * z,
    sf=lambda z: 1.0 - z,
    logsf=lambda z: ops.log1p(-z),
    ppf=lambda q: 1.0 * q,
    support=(0.0, 1.0),
)

__all__ = ["uniform"]

"""The exponential distribution: the density is exp(-z) for z >= 0."""

from __future__ import annotations

from gradx import ops
from gradx.stats.family import Continuous

expon = Continuous(
    "expon",
    logpdf=lambda z: -z,
    cdf=lambda z: -ops.expm1(-z),
    sf=lambda z: ops.exp(-z),
    logsf=lambda z: -z,
    ppf=lambda q: -ops.log1p(-q),
    support=(0.0, float("inf")),
)

__all__ = ["expon"]

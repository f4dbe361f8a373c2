"""The (right) Gumbel distribution: its distribution function is exp(-exp(-z))."""

from __future__ import annotations

from gradx import ops
from gradx.stats.family import Continuous

gumbel_r = Continuous(
    "gumbel_r",
    logpdf=lambda z: -z - ops.exp(-z),
    cdf=lambda z: ops.exp(-ops.exp(-z)),
    sf=lambda z: -ops.expm1(-ops.exp(-z)),
    logcdf=lambda z: -ops.exp(-z),
    ppf=lambda q: -ops.log(-ops.log(q)),
)

__all__ = ["gumbel_r"]

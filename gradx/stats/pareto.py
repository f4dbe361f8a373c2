"""The Pareto distribution: its survival function is z^-b for z >= 1."""

from __future__ import annotations

from gradx import ops
from gradx.stats.family import Continuous

pareto = Continuous(
    "pareto",
    "b",
    logpdf=lambda z, b: ops.log(b) - (b + 1.0) * ops.log(z),
    cdf=lambda z, b: -ops.expm1(-b * ops.log(z)),
    sf=lambda z, b: ops.exp(-b * ops.log(z)),
    logsf=lambda z, b: -b * ops.log(z),
    ppf=lambda q, b: ops.exp(-ops.log1p(-q) / b),
    support=(1.0, float("inf")),
)

__all__ = ["pareto"]

"""The Weibull distribution: its survival function is exp(-z^c) for z >= 0."""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.ops.special import xlogy
from gradx.stats.family import Continuous


def _logpdf(z: Any, c: Any) -> Any:
    return ops.log(c) + xlogy(c - 1.0, z) - ops.pow(z, c)


weibull_min = Continuous(
    "weibull_min",
    "c",
    logpdf=_logpdf,
    pdf=lambda z, c: c * ops.pow(z, c - 1.0) * ops.exp(-ops.pow(z, c)),
    cdf=lambda z, c: -ops.expm1(-ops.pow(z, c)),
    sf=lambda z, c: ops.exp(-ops.pow(z, c)),
    logsf=lambda z, c: -ops.pow(z, c),
    ppf=lambda q, c: ops.pow(-ops.log1p(-q), 1.0 / c),
    support=(0.0, float("inf")),
)

__all__ = ["weibull_min"]

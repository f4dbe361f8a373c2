"""The logistic distribution: its distribution function is 1 / (1 + exp(-z))."""

from __future__ import annotations

from gradx import ops
from gradx.ops.special import logit
from gradx.stats.family import Continuous

logistic = Continuous(
    "logistic",
    logpdf=lambda z: ops.log_sigmoid(z) + ops.log_sigmoid(-z),
    cdf=ops.sigmoid,
    sf=lambda z: ops.sigmoid(-z),
    logcdf=ops.log_sigmoid,
    logsf=lambda z: ops.log_sigmoid(-z),
    ppf=logit,
)

__all__ = ["logistic"]

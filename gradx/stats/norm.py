"""The normal distribution: the density is exp(-z^2 / 2) / sqrt(2 pi)."""

from __future__ import annotations

import math
from typing import Any

from gradx.ops.special import log_ndtr, ndtr, ndtri
from gradx.stats.family import Continuous


def _logpdf(z: Any) -> Any:
    return -0.5 * z * z - 0.5 * math.log(2 * math.pi)


norm = Continuous(
    "norm",
    logpdf=_logpdf,
    cdf=ndtr,
    sf=lambda z: ndtr(-z),
    logcdf=log_ndtr,
    logsf=lambda z: log_ndtr(-z),
    ppf=ndtri,
)

__all__ = ["norm"]

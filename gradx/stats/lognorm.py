"""The log-normal distribution: log(z) is normal of deviation `s`."""

from __future__ import annotations

import math
from typing import Any

from gradx import ops
from gradx.ops.special import log_ndtr, ndtr, ndtri
from gradx.stats.family import Continuous


def _logpdf(z: Any, s: Any) -> Any:
    zero = z == 0
    logarithm = ops.log(ops.where(zero, 1.0, z))
    u = logarithm / s
    y = -0.5 * u * u - logarithm - ops.log(s) - 0.5 * math.log(2 * math.pi)
    return ops.where(zero, -math.inf, y)


def _of_log(f: Any, sign: float, at_zero: float) -> Any:
    """Return f(sign log(z) / s), and its limit at z = 0, where all derivatives vanish."""

    def call(z: Any, s: Any) -> Any:
        zero = z == 0
        return ops.where(zero, at_zero, f(sign * ops.log(ops.where(zero, 1.0, z)) / s))

    return call


lognorm = Continuous(
    "lognorm",
    "s",
    logpdf=_logpdf,
    cdf=_of_log(ndtr, 1.0, 0.0),
    sf=_of_log(ndtr, -1.0, 1.0),
    logcdf=_of_log(log_ndtr, 1.0, -math.inf),
    logsf=_of_log(log_ndtr, -1.0, 0.0),
    ppf=lambda q, s: ops.exp(s * ndtri(q)),
    support=(0.0, math.inf),
)

__all__ = ["lognorm"]

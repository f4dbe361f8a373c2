"""The Laplace distribution: the density is exp(-|z|) / 2.

- At the kink z = 0 the logarithm of the density has the derivative 0.
"""

from __future__ import annotations

import math
from typing import Any

from gradx import ops
from gradx.stats.family import Continuous


def _cdf(z: Any) -> Any:
    tail = 0.5 * ops.exp(-ops.abs(z))
    return ops.where(z > 0, 1.0 - tail, tail)


def _logcdf(z: Any) -> Any:
    up = z > 0
    right = ops.log1p(-0.5 * ops.exp(-ops.where(up, z, 1.0)))
    return ops.where(up, right, z - math.log(2))


def _ppf(q: Any) -> Any:
    up = q > 0.5
    left = ops.log(2.0 * ops.where(up, 0.5, q))
    return ops.where(up, -ops.log(2.0 * (1.0 - ops.where(up, q, 0.5))), left)


laplace = Continuous(
    "laplace",
    logpdf=lambda z: -ops.abs(z) - math.log(2),
    cdf=_cdf,
    sf=lambda z: _cdf(-z),
    logcdf=_logcdf,
    logsf=lambda z: _logcdf(-z),
    ppf=_ppf,
)

__all__ = ["laplace"]

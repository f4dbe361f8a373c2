"""Fisher's F distribution with `dfn` and `dfd` degrees of freedom.

- With u = dfn z / (dfn z + dfd), u has a beta distribution: z = 0 is u = 0, and z = inf is u = 1.
"""

from __future__ import annotations

import math
from typing import Any

from gradx import ops
from gradx.ops.special import betaln, fdtr, fdtrc, fdtri, xlogy
from gradx.stats.family import Continuous


def _logpdf(z: Any, dfn: Any, dfd: Any) -> Any:
    m, n = 0.5 * dfn, 0.5 * dfd
    ratio = dfn / dfd
    y = xlogy(m - 1.0, z) - (m + n) * ops.log1p(ratio * z) + m * ops.log(ratio)
    return y - betaln(m, n)


def _pdf(z: Any, dfn: Any, dfd: Any) -> Any:
    """A power of z where z is small, whose derivatives hold at 0; else by the logarithm."""
    small, m, n = z < 1, 0.5 * dfn, 0.5 * dfd
    ratio, there = dfn / dfd, ops.where(small, z, 0.5)
    rest = m * ops.log(ratio) - (m + n) * ops.log1p(ratio * there) - betaln(m, n)
    close = ops.pow(there, m - 1.0) * ops.exp(rest)
    return ops.where(small, close, ops.exp(_logpdf(ops.where(small, 2.0, z), dfn, dfd)))


f = Continuous(
    "f",
    "dfn",
    "dfd",
    logpdf=_logpdf,
    pdf=_pdf,
    cdf=lambda z, dfn, dfd: fdtr(dfn, dfd, z),
    sf=lambda z, dfn, dfd: fdtrc(dfn, dfd, z),
    ppf=lambda q, dfn, dfd: fdtri(dfn, dfd, q),
    support=(0.0, math.inf),
)

__all__ = ["f"]

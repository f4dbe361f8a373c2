"""The chi-squared distribution with `df` degrees of freedom: twice a gamma variable of shape df / 2."""

from __future__ import annotations

import math

from gradx import ops
from gradx.ops.special import gammainc, gammaincc, gammaincinv
from gradx.ops.special.densities import gamma_density, log_gamma_density
from gradx.stats.family import Continuous

chi2 = Continuous(
    "chi2",
    "df",
    logpdf=lambda z, df: log_gamma_density(ops, 0.5 * df, 0.5 * z) - math.log(2),
    pdf=lambda z, df: 0.5 * gamma_density(ops, 0.5 * df, 0.5 * z),
    cdf=lambda z, df: gammainc(0.5 * df, 0.5 * z),
    sf=lambda z, df: gammaincc(0.5 * df, 0.5 * z),
    ppf=lambda q, df: 2.0 * gammaincinv(0.5 * df, q),
    support=(0.0, math.inf),
)

__all__ = ["chi2"]

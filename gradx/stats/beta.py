"""The beta distribution: the density is z^(a-1) (1-z)^(b-1) / B(a, b) on [0, 1]."""

from __future__ import annotations

from gradx import ops
from gradx.ops.special import betainc, betaincc, betaincinv
from gradx.ops.special.densities import beta_density, log_beta_density
from gradx.stats.family import Continuous

beta = Continuous(
    "beta",
    "a",
    "b",
    logpdf=lambda z, a, b: log_beta_density(ops, a, b, z),
    pdf=lambda z, a, b: beta_density(ops, a, b, z),
    cdf=lambda z, a, b: betainc(a, b, z),
    sf=lambda z, a, b: betaincc(a, b, z),
    ppf=lambda q, a, b: betaincinv(a, b, q),
    support=(0.0, 1.0),
)

__all__ = ["beta"]

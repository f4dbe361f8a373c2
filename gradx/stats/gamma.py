"""The gamma distribution: the density is z^(a-1) exp(-z) / Gamma(a) for z >= 0."""

from __future__ import annotations

from gradx import ops
from gradx.ops.special import gammainc, gammaincc, gammaincinv
from gradx.ops.special.densities import gamma_density, log_gamma_density
from gradx.stats.family import Continuous

gamma = Continuous(
    "gamma",
    "a",
    logpdf=lambda z, a: log_gamma_density(ops, a, z),
    pdf=lambda z, a: gamma_density(ops, a, z),
    cdf=lambda z, a: gammainc(a, z),
    sf=lambda z, a: gammaincc(a, z),
    ppf=lambda q, a: gammaincinv(a, q),
    support=(0.0, float("inf")),
)

__all__ = ["gamma"]

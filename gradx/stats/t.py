"""Student's t distribution with `df` degrees of freedom."""

from __future__ import annotations

from gradx import ops
from gradx.ops.special import stdtr, stdtrit
from gradx.ops.special.densities import log_t_density
from gradx.stats.family import Continuous

t = Continuous(
    "t",
    "df",
    logpdf=lambda z, df: log_t_density(ops, df, z),
    cdf=lambda z, df: stdtr(df, z),
    sf=lambda z, df: stdtr(df, -z),
    ppf=lambda q, df: stdtrit(df, q),
)

__all__ = ["t"]

"""The normal distribution on [a, b], in standard units.

- Probabilities are differences of normal ones on the side where they are small: no cancellation in either tail.
"""

from __future__ import annotations

import math
from typing import Any

from gradx import ops
from gradx.ops.special import log_ndtr, ndtri_exp
from gradx.stats.family import Continuous


def _log_mass(low: Any, high: Any) -> Any:
    """Return log(Phi(high) - Phi(low)), mirrored where both are on the right."""
    right = low > 0
    a, b = ops.where(right, -high, low), ops.where(right, -low, high)
    top = log_ndtr(b)
    return top + ops.log(-ops.expm1(log_ndtr(a) - top))


def _logpdf(z: Any, a: Any, b: Any) -> Any:
    return -0.5 * z * z - 0.5 * math.log(2 * math.pi) - _log_mass(a, b)


def _part(low: Any, high: Any, a: Any, b: Any) -> Any:
    """Return the share of [low, high] in the mass of [a, b]."""
    mass, right = _log_mass(a, b), a > 0
    p, q = ops.where(right, -high, low), ops.where(right, -low, high)
    return ops.exp(log_ndtr(q) - mass) - ops.exp(log_ndtr(p) - mass)


def _ppf(q: Any, a: Any, b: Any) -> Any:
    """Phi^-1 of Phi(a) + q (Phi(b) - Phi(a)), from the left where a < 0, else from the right."""
    left = a < 0
    mass = _log_mass(a, b)
    base = ops.where(left, log_ndtr(a), log_ndtr(-b))
    share = ops.log(ops.where(left, q, 1.0 - q))
    z = ndtri_exp(ops.logaddexp(base, share + mass))
    return ops.where(left, z, -z)


truncnorm = Continuous(
    "truncnorm",
    "a",
    "b",
    logpdf=_logpdf,
    cdf=lambda z, a, b: _part(a, z, a, b),
    sf=lambda z, a, b: _part(z, b, a, b),
    logcdf=lambda z, a, b: _log_mass(a + 0.0 * z, z) - _log_mass(a, b),
    logsf=lambda z, a, b: _log_mass(z, b + 0.0 * z) - _log_mass(a, b),
    ppf=_ppf,
    support=lambda a, b: (a, b),
    valid=lambda a, b: [a < b],
)

__all__ = ["truncnorm"]

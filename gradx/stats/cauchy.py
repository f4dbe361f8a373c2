"""The Cauchy distribution: the density is 1 / (pi (1 + z^2))."""

from __future__ import annotations

import math
from typing import Any

from gradx import ops
from gradx.stats.family import Continuous


def _logpdf(z: Any) -> Any:
    """-log(pi (1 + z^2)), without overflow."""
    return -math.log(math.pi) - 2.0 * ops.log(ops.hypot(z, ops.ones_like(z)))


def _cdf(z: Any) -> Any:
    """atan2(1, -z) / pi: exact in the left tail."""
    return ops.atan2(ops.ones_like(z), -z) / math.pi


def _ppf(q: Any) -> Any:
    """-1 / tan(pi q), and inf at 1 - q = 0."""
    return ops.tan(math.pi * (q - 0.5))


cauchy = Continuous("cauchy", logpdf=_logpdf, cdf=_cdf, sf=lambda z: _cdf(-z), ppf=_ppf)

__all__ = ["cauchy"]

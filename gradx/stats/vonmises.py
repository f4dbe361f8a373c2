"""The von Mises distribution on the circle: the density is exp(kappa cos(z)) / (2 pi I_0(kappa)).

- Densities alone: no derivative of the distribution function in `kappa` is known in closed form.
"""

from __future__ import annotations

import math
from typing import Any

from gradx import ops
from gradx.ops.special import i0e
from gradx.ops.special.cards import operands


def logpdf(x: Any, kappa: Any, /, loc: Any = 0) -> Any:
    """Logarithm of the density at the angles `x`, broadcast; NaN for negative `kappa`.

    >>> import gradx as gx
    >>> gx.stats.vonmises.logpdf(gx.asarray(0.0), 0.0)
    Tensor(-1.83787707)
    """
    x, kappa, loc = operands(x, kappa, loc)
    if not hasattr(kappa, "dtype"):
        kappa = ops.full_like(x - loc, kappa)
    half = ops.sin(0.5 * (x - loc))
    y = -2 * kappa * half * half - ops.log(i0e(kappa)) - math.log(2 * math.pi)
    return ops.where(kappa < 0, math.nan, y)


def pdf(x: Any, kappa: Any, /, loc: Any = 0) -> Any:
    """Density at the angles `x`."""
    return ops.exp(logpdf(x, kappa, loc))


__all__ = ["logpdf", "pdf"]

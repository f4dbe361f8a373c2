"""The densities behind the incomplete gamma and beta functions, exact for large parameters too.

- Each takes arrays of floats and the namespace, and is differentiated through.
- Where the parameters are large, factorials and powers cancel. There the exponent is written as a deviance, which
  is small where the density is not: C. Loader, "Fast and accurate computation of binomial probabilities" (2000).
"""

from __future__ import annotations

import math
from typing import Any

from gradx.ops.special.cards import polynomial

_LARGE = 16.0  # from here on, Stirling's series is exact to rounding
# DLMF 5.11.1: log Gamma(a) = (a - 1/2) log(a) - a + log(2 pi) / 2 + the sum of B_2k / (2k (2k-1) a^(2k-1)).
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)


def _correction(xp: Any, a: Any) -> Any:
    """Return what Stirling's formula lacks of log Gamma(a)."""
    return polynomial(xp, 1 / (a * a), _STIRLING) / a


def _deviance(xp: Any, a: Any, u: Any) -> Any:
    """Return a (u - log(1 + u)), at least 0."""
    return a * (u - xp.log1p(u))


def _times_log(xp: Any, a: Any, x: Any) -> Any:
    """Return a log(x), and 0 for 0 log(0)."""
    return a * xp.log(xp.where((a == 0) & (x == 0), 1.0, x))


def _times_log1p(xp: Any, a: Any, x: Any) -> Any:
    return a * xp.log1p(xp.where((a == 0) & (x == -1), 0.0, x))


def log_gamma_power(xp: Any, a: Any, x: Any) -> Any:
    """Return log(x^a exp(-x) / Gamma(a)), for a > 0 and x >= 0."""
    large = a > _LARGE
    big = xp.where(large, a, _LARGE)
    safe = xp.where(large, x, _LARGE)
    far = (
        0.5 * xp.log(big / (2 * math.pi))
        - _deviance(xp, big, (safe - big) / big)
        - _correction(xp, big)
    )
    small, there = xp.where(large, 1.0, a), xp.where(large, 1.0, x)
    return xp.where(large, far, _times_log(xp, small, there) - there - xp.gammaln(small))


def gamma_density(xp: Any, a: Any, x: Any) -> Any:
    """Return x^(a-1) exp(-x) / Gamma(a), the density of the gamma distribution (DLMF 8.8.13).

    At x = 0 a power, whose derivatives hold there; elsewhere by the logarithm, which does not overflow.
    """
    large, finite = a > _LARGE, x < math.inf
    positive = xp.where(x > 0, x, 1.0)
    far = log_gamma_power(xp, xp.where(large, a, _LARGE + 1), positive)
    far = xp.where(x > 0, xp.exp(far) / positive, 0.0)
    small, zero = xp.where(large, 1.0, a), x == 0
    there = xp.where(finite & ~zero, x, 1.0)
    close = xp.exp((small - 1) * xp.log(there) - there - xp.gammaln(small))
    edge = xp.where(zero, x, 1.0)
    close = xp.where(
        zero, xp.pow(edge, small - 1) * xp.exp(-edge) * xp.special.rgamma(small), close
    )
    close = xp.where(finite, close, 0.0 * there)
    return xp.where(x < 0, math.nan, xp.where(large, far, close))


def log_gamma_density(xp: Any, a: Any, x: Any) -> Any:
    """Return the logarithm of `gamma_density`, for x >= 0."""
    large = (a > _LARGE) & (x > 0)
    big, positive = xp.where(large, a, _LARGE + 1), xp.where(large, x, 1.0)
    far = log_gamma_power(xp, big, positive) - xp.log(positive)
    small, there = xp.where(large, 1.0, a), xp.where(large, 1.0, x)
    return xp.where(large, far, _times_log(xp, small - 1, there) - there - xp.gammaln(small))


def log_beta_power(xp: Any, a: Any, b: Any, x: Any) -> Any:
    """Return log(x^a (1-x)^b / B(a, b)), for a, b > 0 and 0 <= x <= 1."""
    large = (a > _LARGE) & (b > _LARGE)
    p, q = xp.where(large, a, _LARGE), xp.where(large, b, _LARGE)
    z = xp.where(large, x, 0.5)
    n = p + q
    apart = z - p / n
    far = (
        0.5 * xp.log(p / (2 * math.pi) * (q / n))
        + _correction(xp, n)
        - _correction(xp, p)
        - _correction(xp, q)
    )
    far = far - _deviance(xp, p, apart * (n / p)) - _deviance(xp, q, -apart * (n / q))
    p, q, z = xp.where(large, 1.0, a), xp.where(large, 1.0, b), xp.where(large, 0.5, x)
    return xp.where(
        large, far, _times_log(xp, p, z) + _times_log1p(xp, q, -z) - xp.special.betaln(p, q)
    )


def beta_density(xp: Any, a: Any, b: Any, x: Any) -> Any:
    """Return x^(a-1) (1-x)^(b-1) / B(a, b), the density of the beta distribution (DLMF 8.17.1)."""
    large = (a > _LARGE) & (b > _LARGE)
    inside = (x > 0) & (x < 1)
    z = xp.where(inside, x, 0.5)
    p, q = xp.where(large, a, _LARGE + 1), xp.where(large, b, _LARGE + 1)
    far = xp.where(inside, xp.exp(log_beta_power(xp, p, q, z)) / (z * (1 - z)), 0.0)
    p, q = xp.where(large, 1.0, a), xp.where(large, 1.0, b)
    close = xp.exp((p - 1) * xp.log(z) + (q - 1) * xp.log1p(-z) - xp.special.betaln(p, q))
    end = xp.where(inside, 0.5, x)
    edge = xp.pow(end, p - 1) * xp.pow(1 - end, q - 1) / xp.special.beta(p, q)
    return xp.where(large, far, xp.where(inside, close, edge))


def log_beta_density(xp: Any, a: Any, b: Any, x: Any) -> Any:
    """Return the logarithm of `beta_density`, for 0 <= x <= 1."""
    large = (a > _LARGE) & (b > _LARGE) & (x > 0) & (x < 1)
    z = xp.where(large, x, 0.5)
    p, q = xp.where(large, a, _LARGE + 1), xp.where(large, b, _LARGE + 1)
    far = log_beta_power(xp, p, q, z) - xp.log(z) - xp.log1p(-z)
    p, q, z = xp.where(large, 1.0, a), xp.where(large, 1.0, b), xp.where(large, 0.5, x)
    close = _times_log(xp, p - 1, z) + _times_log1p(xp, q - 1, -z) - xp.special.betaln(p, q)
    return xp.where(large, far, close)


def log_t_density(xp: Any, df: Any, t: Any) -> Any:
    """Return the logarithm of the density of Student's t distribution with `df` degrees of freedom."""
    half = 0.5 + 0 * df
    power = -0.5 * (df + 1) * xp.log1p(t * t / df)
    return power - xp.special.betaln(half, 0.5 * df) - 0.5 * xp.log(df)


def t_density(xp: Any, df: Any, t: Any) -> Any:
    """Return the density of Student's t distribution with `df` degrees of freedom."""
    return xp.exp(log_t_density(xp, df, t))


__all__ = ["beta_density", "gamma_density", "log_beta_density", "log_beta_power", "log_gamma_density",
           "log_gamma_power", "log_t_density", "t_density"]  # fmt: skip

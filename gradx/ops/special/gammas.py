"""The gamma and beta functions, their logarithms, ratios and incomplete forms (DLMF chapters 5 and 8).

- Slopes of ratios take the difference of two digammas, which is exact where both are nearly equal.
- The incomplete functions have slopes in their parameters too, to any order: `moments`.
"""

from __future__ import annotations

import math
from typing import Any

from gradx.dtypes import is_complex, is_inexact
from gradx.ops.casting import astype
from gradx.ops.selection import where
from gradx.ops.special.cards import floats, missing, operands, special
from gradx.ops.special.densities import beta_density, gamma_density
from gradx.ops.special.moments import gamma_moment, moment_of_beta
from gradx.ops.transcendental import digamma, gammaln
from gradx.ops.transcendental import polygamma as _polygamma
from gradx.tape import SCALARS, bind, lift

gamma = special("gamma", lambda xp, y, x: y * xp.special.psi(x), doc="Gamma function.")
loggamma = special(
    "loggamma", lambda xp, _y, x: xp.special.psi(x),
    doc="Principal branch of the logarithm of the gamma function; NaN at negative reals, see `gammaln`.",
)  # fmt: skip
gammasgn = special("gammasgn", 0, doc="Sign of the gamma function; derivative 0.")


def psi(x: Any, /) -> Any:
    """Digamma function, the logarithmic derivative of the gamma function, `(...) -> (...)`."""
    return digamma(x)


def _turn(xp: Any, x: Any) -> tuple[Any, Any]:
    """Return cos(pi x) and sin(pi x), from x less the nearest even number."""
    t = math.pi * (x - 2 * xp.round(0.5 * x))
    return xp.cos(t), xp.sin(t)


def _rgamma_slope(xp: Any, y: Any, x: Any) -> Any:
    """-psi(x) / Gamma(x) and, where psi has poles, its reflection (DLMF 5.5.3, 5.5.4)."""
    if is_complex[x.dtype]:
        return -y * xp.special.psi(x)
    low = x < 0.5
    z = xp.where(low, 1 - x, 1.0)
    cosine, sine = _turn(xp, xp.where(low, x, 0.0))
    reflected = xp.special.gamma(z) * (cosine - sine * xp.digamma(z) / math.pi)
    return xp.where(low, reflected, -y * xp.digamma(xp.where(low, 1.0, x)))


rgamma = special(
    "rgamma", _rgamma_slope,
    doc="`1 / gamma(x)`: 0 at the poles of gamma, where the slope is (-1)^n n!.",
)  # fmt: skip

# B_2k / 2k of DLMF 5.11.2, from k = 1 on, and how far the argument is shifted first.
_DIGAMMA = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)
_SHIFT = 10


def digamma_step(xp: Any, a: Any, b: Any) -> Any:
    """Return psi(a + b) - psi(a); for a > 0 and a + b > 0 without cancellation, however small or large b is."""
    valid = (a > 0) & (a + b > 0)
    p, q = xp.where(valid, a, 1.0), xp.where(valid, b, 1.0)
    total = q / (p * (p + q))
    for i in range(1, _SHIFT):
        total = total + q / ((p + i) * (p + q + i))
    u, v = 1 / (p + _SHIFT), 1 / (p + q + _SHIFT)
    s, t = u * u, v * v
    # (P(s) - P(t)) / (s - t) for P(s) = c_1 s + c_2 s^2 + ..., by Horner's rule on value and quotient
    value, quotient = 0.0 * s + _DIGAMMA[-1], 0.0 * s
    for c in _DIGAMMA[-2::-1]:
        quotient, value = quotient * t + value, value * s + c
    quotient, value = quotient * t + value, value * s
    apart = q * u * v  # u - v
    exact = total + xp.log1p(q * u) + 0.5 * apart + apart * (u + v) * quotient
    naive = xp.digamma(xp.where(valid, 1.0, a + b)) - xp.digamma(xp.where(valid, 1.0, a))
    return xp.where(valid, exact, naive)


def _betaln_slope(xp: Any, y: Any, a: Any, b: Any) -> Any:
    a, b = floats(xp, y, a, b)
    return -digamma_step(xp, a, b)


betaln = special(
    "betaln", _betaln_slope, lambda xp, y, a, b: _betaln_slope(xp, y, b, a),
    doc="`log |beta(a, b)|`, broadcast, without overflow (DLMF 5.12).",
)  # fmt: skip
beta = special(
    "beta", lambda xp, y, a, b: y * _betaln_slope(xp, y, a, b), lambda xp, y, a, b: y * _betaln_slope(xp, y, b, a),
    doc="Beta function `gamma(a) gamma(b) / gamma(a + b)`, broadcast.",
)  # fmt: skip


def _poch_base(xp: Any, y: Any, z: Any, m: Any) -> Any:
    z, m = floats(xp, y, z, m)
    return y * digamma_step(xp, z, m)


def _poch_length(xp: Any, y: Any, z: Any, m: Any) -> Any:
    z, m = floats(xp, y, z, m)
    return y * xp.digamma(z + m)


poch = special(
    "poch", _poch_base, _poch_length, doc="Rising factorial `gamma(z + m) / gamma(z)`, broadcast."
)


def _binom_lower(xp: Any, y: Any, n: Any, k: Any) -> Any:
    """y (psi(n-k+1) - psi(k+1)), and where one of these has a pole, by the slope of 1 / gamma."""
    n, k = floats(xp, y, n, k)
    regular = (k > -1) & (n - k > -1)
    p, q = xp.where(regular, k, 0.0), xp.where(regular, n - k, 0.0)
    inside = -y * digamma_step(xp, q + 1, p - q)
    top = xp.special.gamma(n + 1)
    left, right = xp.special.rgamma(k + 1), xp.special.rgamma(n - k + 1)
    outside = top * (
        _rgamma_slope(xp, left, k + 1) * right - left * _rgamma_slope(xp, right, n - k + 1)
    )
    return xp.where(regular, inside, outside)


def _binom_upper(xp: Any, y: Any, n: Any, k: Any) -> Any:
    n, k = floats(xp, y, n, k)
    regular = n - k > -1
    p, q = xp.where(regular, n - k, 1.0), xp.where(regular, k, 1.0)
    right = xp.special.rgamma(n - k + 1)
    outside = xp.special.gamma(n + 1) * xp.special.rgamma(k + 1)
    outside = outside * (right * xp.digamma(n + 1) + _rgamma_slope(xp, right, n - k + 1))
    return xp.where(regular, y * digamma_step(xp, p + 1, q), outside)


binom = special(
    "binom", _binom_upper, _binom_lower, doc="Binomial coefficient of real `n` over real `k`, broadcast."
)  # fmt: skip


def factorial(n: Any, /) -> Any:
    """`gamma(n + 1)`, and 0 for negative `n`, `(...) -> (...)`.

    >>> import gradx as gx
    >>> gx.special.factorial(gx.asarray([0.0, 3.0]))
    Tensor([1., 6.])
    """
    n = lift(n)
    return where(n < 0, 0.0, gamma(where(n < 0, 0.0, n * 1.0) + 1.0))


def multigammaln(a: Any, d: int, /) -> Any:
    """Logarithm of the multivariate gamma function of dimension `d`, `(...) -> (...)`; `a > (d - 1) / 2`."""
    a = lift(a)
    total = d * (d - 1) / 4 * math.log(math.pi) + gammaln(a)
    for j in range(1, d):
        total = total + gammaln(a - 0.5 * j)
    return total


# ---------------------------------------------------------------- zeta and its relatives


def _zeta_slope(xp: Any, y: Any, s: Any, q: Any) -> Any:
    s, q = floats(xp, y, s, q)
    return -s * xp.special.zeta(s + 1, q)


_hurwitz = special(
    "zeta", missing("zeta", "the exponent x"), _zeta_slope, doc="Hurwitz' zeta function."
)
_riemann = special("zeta", missing("zeta", "the exponent x"), doc="Riemann's zeta function.")


def zeta(x: Any, q: Any = None, /) -> Any:
    """Hurwitz' zeta function of exponent `x` at `q`, Riemann's without `q` (DLMF 25.11.17).

    Raises
    ------
    MissingRuleError
        When a gradient in the exponent is asked for.
    """
    return _riemann(x) if q is None else _hurwitz(x, q)


def polygamma(n: Any, x: Any, /) -> Any:
    """Derivative of order `n` of the digamma function, `(...) -> (...)`; an array of orders is broadcast.

    Raises
    ------
    MissingRuleError
        When a gradient in the order `n` is asked for.
    """
    if type(n) in SCALARS:
        return _polygamma(x, n=int(n))
    n, x = operands(n, x)
    if not is_inexact(n.dtype):
        n = astype(n, x.dtype)
    high = zeta(n + 1.0, x) * gamma(n + 1.0) * (2.0 * (n % 2) - 1.0)
    return where(n == 0, digamma(x), high)


# ---------------------------------------------------------------- incomplete gamma


def _first_moment(xp: Any, y: Any, a: Any, x: Any) -> Any:
    a, x = floats(xp, y, a, x)
    return bind(gamma_moment, (a, x), {"n": 1})


def _gamma_density(xp: Any, y: Any, a: Any, x: Any) -> Any:
    a, x = floats(xp, y, a, x)
    return gamma_density(xp, a, x)


gammainc = special(
    "gammainc", _first_moment, _gamma_density,
    doc="Regularised lower incomplete gamma function P(a, x), broadcast; differentiable in both, to any order.",
)  # fmt: skip
gammaincc = special(
    "gammaincc", lambda xp, y, a, x: -_first_moment(xp, y, a, x), lambda xp, y, a, x: -_gamma_density(xp, y, a, x),
    doc="Regularised upper incomplete gamma function `1 - P(a, x)`, exact where it is small.",
)  # fmt: skip


def _inverse_slope_a(xp: Any, y: Any, a: Any, _p: Any) -> Any:
    a, y = floats(xp, y, a, y)
    return -bind(gamma_moment, (a, y), {"n": 1}) / gamma_density(xp, a, y)


def _inverse_slope_p(xp: Any, y: Any, a: Any, _p: Any) -> Any:
    return 1 / _gamma_density(xp, y, a, y)


gammaincinv = special(
    "gammaincinv", _inverse_slope_a, _inverse_slope_p,
    doc="Inverse of `gammainc` in `x`, broadcast: the quantiles of the gamma distribution.",
)  # fmt: skip
gammainccinv = special(
    "gammainccinv", _inverse_slope_a, lambda xp, y, a, p: -_inverse_slope_p(xp, y, a, p),
    doc="Inverse of `gammaincc` in `x`, broadcast.",
)  # fmt: skip

# ---------------------------------------------------------------- incomplete beta


def _beta_slopes(sign: float, inverse: bool) -> list[Any]:
    """Return the slopes in a, b and x of I_x(a, b) or its complement, or of the inverse in x."""

    def in_parameter(m: int, n: int) -> Any:
        def slope(xp: Any, y: Any, a: Any, b: Any, x: Any) -> Any:
            a, b, x = floats(xp, y, a, b, y if inverse else x)
            s = moment_of_beta(xp, a, b, x, m, n)
            return -s / beta_density(xp, a, b, x) if inverse else sign * s

        return slope

    def in_x(xp: Any, y: Any, a: Any, b: Any, x: Any) -> Any:
        a, b, x = floats(xp, y, a, b, y if inverse else x)
        s = beta_density(xp, a, b, x)
        return sign / s if inverse else sign * s

    return [in_parameter(1, 0), in_parameter(0, 1), in_x]


betainc = special(
    "betainc", *_beta_slopes(1.0, False),
    doc="Regularised incomplete beta function I_x(a, b), broadcast; differentiable in all, to any order.",
)  # fmt: skip
betaincc = special(
    "betaincc", *_beta_slopes(-1.0, False), doc="`1 - betainc(a, b, x)`, exact where it is small."
)
betaincinv = special("betaincinv", *_beta_slopes(1.0, True), doc="Inverse of `betainc` in `x`, broadcast.")  # fmt: skip
betainccinv = special(
    "betainccinv", *_beta_slopes(-1.0, True), doc="Inverse of `betaincc` in `x`, broadcast."
)

__all__ = ["beta", "betainc", "betaincc", "betainccinv", "betaincinv", "betaln", "binom", "digamma",
           "factorial", "gamma", "gammainc", "gammaincc", "gammainccinv", "gammaincinv", "gammaln",
           "gammasgn", "loggamma", "multigammaln", "poch", "polygamma", "psi", "rgamma", "zeta"]  # fmt: skip

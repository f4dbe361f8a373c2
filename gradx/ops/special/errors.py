"""The error function and its relatives, the normal distribution, Dawson's, Faddeeva's and Voigt's functions (DLMF 7).

- Slopes such as `2 x erfcx(x) - 2 / sqrt(pi)` cancel at large x: there the asymptotic series is differentiated.
"""

from __future__ import annotations

import math
from typing import Any

from gradx.dtypes import is_complex
from gradx.ops.special.cards import floats, polynomial, special
from gradx.ops.transcendental import erf, erfc, erfinv

_ROOT = math.sqrt(math.pi)
_FAR = 7.0  # from here on, the asymptotic series are exact to rounding
_ODD = [math.prod(range(1, 2 * k, 2)) / 2.0**k for k in range(1, 26)]  # (2k-1)!! / 2^k
_ALTERNATING = [(-1) ** k * c for k, c in enumerate(_ODD, 1)]


def _erfcx_slope(xp: Any, y: Any, x: Any) -> Any:
    """2 x y - 2 / sqrt(pi); far out, 2 / sqrt(pi) times the sum of (-1)^k (2k-1)!! / (2 x^2)^k (DLMF 7.12.1)."""
    far = (xp.abs(x) > _FAR) & ((xp.real(x) if is_complex[x.dtype] else x) > 0)
    s = 1 / xp.square(xp.where(far, x, _FAR))
    close = 2 * xp.where(far, 1.0, x) * xp.where(far, 1.0, y) - 2 / _ROOT
    return xp.where(far, 2 / _ROOT * s * polynomial(xp, s, _ALTERNATING), close)


def _dawsn_slope(xp: Any, y: Any, x: Any) -> Any:
    if is_complex[x.dtype]:  # far from the axis an exponential joins the series
        return 1 - 2 * x * y
    far = xp.abs(x) > _FAR
    s = 1 / xp.square(xp.where(far, x, _FAR))
    return xp.where(far, -s * polynomial(xp, s, _ODD), 1 - 2 * xp.where(far, 1.0, x) * y)


def _wofz_slope(xp: Any, y: Any, z: Any) -> Any:
    """-2 z w + 2i / sqrt(pi) (DLMF 7.10.2); far out in the upper half plane, its series."""
    far = (xp.abs(z) > _FAR) & (xp.imag(z) >= 0)
    s = 1 / xp.square(xp.where(far, z, _FAR))
    series = -2j / _ROOT * s * polynomial(xp, s, _ODD)
    return xp.where(far, series, -2 * xp.where(far, 1.0, z) * y + 2j / _ROOT)


erfcx = special(
    "erfcx", _erfcx_slope, doc="Scaled complementary error function `exp(x^2) erfc(x)`."
)
erfi = special("erfi", lambda xp, _y, x: 2 / _ROOT * xp.exp(xp.square(x)), doc="`-i erf(i x)`.")
erfcinv = special("erfcinv", lambda xp, y, _x: -0.5 * _ROOT * xp.exp(xp.square(y)),
                  doc="Inverse of `erfc`; the slope at 0 and 2 is -inf.")  # fmt: skip
dawsn = special(
    "dawsn", _dawsn_slope, doc="Dawson's integral `exp(-x^2) * integral of exp(t^2) from 0 to x`."
)
wofz = special("wofz", _wofz_slope, doc="Faddeeva's function `exp(-z^2) erfc(-i z)`, complex.")

# ---------------------------------------------------------------- normal distribution


def hazard(xp: Any, x: Any) -> Any:
    """Return phi(x) / Phi(x), the slope of `log_ndtr`, without under- or overflow."""
    left = x < 0
    scaled = math.sqrt(2 / math.pi) / xp.special.erfcx(-math.sqrt(0.5) * xp.where(left, x, 0.0))
    z = xp.where(left, 0.0, x)
    return xp.where(left, scaled, _phi(xp, z) / xp.special.ndtr(z))


def _phi(xp: Any, x: Any) -> Any:
    return math.sqrt(0.5 / math.pi) * xp.exp(-0.5 * xp.square(x))


ndtr = special("ndtr", lambda xp, _y, x: _phi(xp, x), doc="Distribution function of the standard normal.")  # fmt: skip
log_ndtr = special(
    "log_ndtr", lambda xp, _y, x: hazard(xp, x), doc="`log(ndtr(x))`, exact where it underflows."
)
ndtri = special(
    "ndtri",
    lambda xp, y, _p: 1 / _phi(xp, y),
    doc="Inverse of `ndtr`; the slope at 0 and 1 is inf.",
)
ndtri_exp = special("ndtri_exp", lambda xp, y, _p: 1 / hazard(xp, y), doc="Inverse of `log_ndtr`.")


def _owens_h(xp: Any, y: Any, h: Any, a: Any) -> Any:
    h, a = floats(xp, y, h, a)
    return -0.5 * _phi(xp, h) * xp.erf(math.sqrt(0.5) * a * h)


def _owens_a(xp: Any, y: Any, h: Any, a: Any) -> Any:
    h, a = floats(xp, y, h, a)
    square = 1 + a * a
    return xp.exp(-0.5 * h * h * square) / (2 * math.pi * square)


owens_t = special("owens_t", _owens_h, _owens_a, doc="Owen's T function of `h` and `a`, broadcast.")

# ---------------------------------------------------------------- Voigt


def _voigt(xp: Any, sigma: Any, z: Any) -> Any:
    """Return w'(z) / (2 sqrt(pi) sigma^2): the complex slope in x."""
    return _wofz_slope(xp, xp.special.wofz(z), z) / (2 * _ROOT * sigma * sigma)


def _parts(xp: Any, y: Any, x: Any, sigma: Any, gamma: Any) -> tuple[Any, ...]:
    """Return inputs, where sigma is 0 (Cauchy's density), and z = (x + i gamma) / (sigma sqrt(2))."""
    x, sigma, gamma = floats(xp, y, x, sigma, gamma)
    flat = sigma == 0
    safe = xp.where(flat, 1.0, sigma)
    return x, gamma, flat, safe, (x + 1j * gamma) / (math.sqrt(2) * safe)


def _voigt_x(xp: Any, y: Any, x: Any, sigma: Any, gamma: Any) -> Any:
    x, gamma, flat, safe, z = _parts(xp, y, x, sigma, gamma)
    square = x * x + gamma * gamma
    cauchy = -2 * x * gamma / (math.pi * square * square)
    return xp.where(flat, cauchy, xp.real(_voigt(xp, safe, z)))


def _voigt_gamma(xp: Any, y: Any, x: Any, sigma: Any, gamma: Any) -> Any:
    x, gamma, flat, safe, z = _parts(xp, y, x, sigma, gamma)
    square = x * x + gamma * gamma
    cauchy = (x * x - gamma * gamma) / (math.pi * square * square)
    return xp.where(flat, cauchy, -xp.imag(_voigt(xp, safe, z)))


def _voigt_sigma(xp: Any, y: Any, x: Any, sigma: Any, gamma: Any) -> Any:
    """By homogeneity: V(x, sigma, gamma) is of degree -1. It is even in sigma, hence 0 at 0."""
    x, gamma, flat, safe, z = _parts(xp, y, x, sigma, gamma)
    s = _voigt(xp, safe, z)
    return xp.where(flat, 0.0, -(y + x * xp.real(s) - gamma * xp.imag(s)) / safe)


voigt_profile = special(
    "voigt_profile", _voigt_x, _voigt_sigma, _voigt_gamma,
    doc="Voigt's profile, a normal density of deviation `sigma` convolved with Cauchy's of width `gamma`.",
)  # fmt: skip

__all__ = ["dawsn", "erf", "erfc", "erfcinv", "erfcx", "erfi", "erfinv", "log_ndtr", "ndtr", "ndtri",
           "ndtri_exp", "owens_t", "voigt_profile", "wofz"]  # fmt: skip

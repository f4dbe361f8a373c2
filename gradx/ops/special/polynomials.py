"""Orthogonal polynomials at real points (DLMF chapter 18), Legendre functions and spherical harmonics (chapter 14).

- The derivative of a polynomial is one of the same table and lower degree (18.9.15 to 18.9.28): no division, exact
  at the ends of the interval too.
- Degrees and parameters have no derivative: asking for one is an error.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gradx.ops.special.cards import floats, lowered, missing, operands, signed, special

Derivative = Callable[[Any, Any, Any, Any], Any]


def _polynomial(name: str, derivative: Derivative, doc: str) -> Any:
    """Make the polynomial `name` of (n, x); `derivative(xp.special, n, n - 1, x)` holds for n > 0."""

    def slope(xp: Any, y: Any, n: Any, x: Any) -> Any:
        n = signed(xp, n)
        (m,) = floats(xp, y, n)
        return xp.where(m == 0, 0.0, derivative(xp.special, m, lowered(xp, n), x))

    return special(name, missing(name, "the degree"), slope, doc=doc)


def _gegenbauer(f: Any, n: Any, a: float, x: Any) -> Any:
    return f.eval_gegenbauer(n, a, x)


eval_legendre = _polynomial(
    "eval_legendre",
    lambda f, m, n, x: _gegenbauer(f, n, 1.5, x),
    "Legendre's polynomial of degree `n` (first) at `x`.",
)
eval_chebyt = _polynomial(
    "eval_chebyt",
    lambda f, m, n, x: m * f.eval_chebyu(n, x),
    "Chebyshev's polynomial of the first kind, degree `n` (first).",
)
eval_chebyu = _polynomial(
    "eval_chebyu",
    lambda f, m, n, x: 2 * _gegenbauer(f, n, 2.0, x),
    "Chebyshev's polynomial of the second kind, degree `n` (first).",
)
eval_chebyc = _polynomial(
    "eval_chebyc", lambda f, m, n, x: m * f.eval_chebys(n, x), "`2 T_n(x / 2)`, on [-2, 2]."
)
eval_chebys = _polynomial(
    "eval_chebys", lambda f, m, n, x: _gegenbauer(f, n, 2.0, 0.5 * x), "`U_n(x / 2)`, on [-2, 2]."
)
eval_hermite = _polynomial(
    "eval_hermite",
    lambda f, m, n, x: 2 * m * f.eval_hermite(n, x),
    "Hermite's polynomial (physicists') of degree `n` (first).",
)
eval_hermitenorm = _polynomial(
    "eval_hermitenorm",
    lambda f, m, n, x: m * f.eval_hermitenorm(n, x),
    "Hermite's polynomial (probabilists') of degree `n` (first).",
)
eval_laguerre = _polynomial(
    "eval_laguerre",
    lambda f, m, n, x: -f.eval_genlaguerre(n, 1.0, x),
    "Laguerre's polynomial of degree `n` (first).",
)
eval_sh_legendre = _polynomial(
    "eval_sh_legendre",
    lambda f, m, n, x: 2 * _gegenbauer(f, n, 1.5, 2 * x - 1),
    "Legendre's polynomial on [0, 1].",
)
eval_sh_chebyt = _polynomial(
    "eval_sh_chebyt",
    lambda f, m, n, x: 2 * m * f.eval_chebyu(n, 2 * x - 1),
    "Chebyshev's polynomial of the first kind on [0, 1].",
)
eval_sh_chebyu = _polynomial(
    "eval_sh_chebyu",
    lambda f, m, n, x: 4 * _gegenbauer(f, n, 2.0, 2 * x - 1),
    "Chebyshev's polynomial of the second kind on [0, 1].",
)


def _gegenbauer_slope(xp: Any, y: Any, n: Any, a: Any, x: Any) -> Any:
    n = signed(xp, n)
    m, a = floats(xp, y, n, a)
    return xp.where(m == 0, 0.0, 2 * a * xp.special.eval_gegenbauer(lowered(xp, n), a + 1, x))


def _genlaguerre_slope(xp: Any, y: Any, n: Any, a: Any, x: Any) -> Any:
    n = signed(xp, n)
    m, a = floats(xp, y, n, a)
    return xp.where(m == 0, 0.0, -xp.special.eval_genlaguerre(lowered(xp, n), a + 1, x))


def _jacobi_slope(xp: Any, y: Any, n: Any, a: Any, b: Any, x: Any) -> Any:
    n = signed(xp, n)
    m, a, b = floats(xp, y, n, a, b)
    s = 0.5 * (m + a + b + 1) * xp.special.eval_jacobi(lowered(xp, n), a + 1, b + 1, x)
    return xp.where(m == 0, 0.0, s)


eval_gegenbauer = special(
    "eval_gegenbauer", missing("eval_gegenbauer", "the degree"), missing("eval_gegenbauer", "the parameter alpha"),
    _gegenbauer_slope, doc="Gegenbauer's polynomial of degree `n` and parameter `alpha` at `x`, broadcast.",
)  # fmt: skip
eval_genlaguerre = special(
    "eval_genlaguerre", missing("eval_genlaguerre", "the degree"), missing("eval_genlaguerre", "the parameter alpha"),
    _genlaguerre_slope, doc="Generalised Laguerre polynomial of degree `n` and parameter `alpha` at `x`, broadcast.",
)  # fmt: skip
eval_jacobi = special(
    "eval_jacobi", missing("eval_jacobi", "the degree"), missing("eval_jacobi", "the parameter alpha"),
    missing("eval_jacobi", "the parameter beta"), _jacobi_slope,
    doc="Jacobi's polynomial of degree `n` and parameters `alpha`, `beta` at `x`, broadcast.",
)  # fmt: skip


def _third_kind(name: str, sign: float, shifted: bool) -> Any:
    def polynomial(x: Any, n: int, /) -> Any:
        z = 2 * operands(x)[0] - 1 if shifted else operands(x)[0]
        y = eval_chebyu(n, z)
        return y + sign * eval_chebyu(n - 1, z) if n else y

    polynomial.__name__ = polynomial.__qualname__ = name
    kind, place = ("third" if sign < 0 else "fourth"), "on [0, 1]" if shifted else "on [-1, 1]"
    polynomial.__doc__ = (
        f"Chebyshev's polynomial of the {kind} kind {place}, degree `n` (DLMF 18.7.17, 18.7.18)."
    )
    return polynomial


# SciPy has none of these: the names and the order of arguments are PyTorch's.
chebyshev_polynomial_v = _third_kind("chebyshev_polynomial_v", -1.0, False)
chebyshev_polynomial_w = _third_kind("chebyshev_polynomial_w", 1.0, False)
shifted_chebyshev_polynomial_v = _third_kind("shifted_chebyshev_polynomial_v", -1.0, True)
shifted_chebyshev_polynomial_w = _third_kind("shifted_chebyshev_polynomial_w", 1.0, True)

# ---------------------------------------------------------------- Legendre functions, spherical harmonics


def _at_ends(xp: Any, x: Any, m: Any, v: Any) -> Any:
    """Return the slope of P_v^m at x = 1 or -1, of integer degree at -1; infinite for m = 1."""
    sign = xp.where(x > 0, 1.0, 1 - 2 * xp.remainder(v + m + 1, 2.0))
    flat = 0.5 * v * (v + 1)
    second = -0.25 * (v - 1) * v * (v + 1) * (v + 2)
    infinite = xp.where(flat == 0, flat, math.inf)
    values = xp.where(m == 0, flat, xp.where(m == 1, infinite, xp.where(m == 2, second, 0.0)))
    return sign * values


def _lpmv_slope(xp: Any, y: Any, m: Any, v: Any, x: Any) -> Any:
    """((v + m) P_(v-1) - v x P_v) / (1 - x^2) (DLMF 14.10.5)."""
    m, v = floats(xp, y, m, v)
    end = xp.abs(x) == 1
    z = xp.where(end, 0.5, x)
    below = xp.special.lpmv(m, xp.where(v == 0, 0.0, v - 1), z)
    s = ((v + m) * below - v * z * xp.where(end, 0.0, y)) / (1 - z * z)
    at_zero = xp.where((v == 0) & (m == 0), 0.0, s)
    return xp.where(end, _at_ends(xp, x, m, v), at_zero)


lpmv = special(
    "lpmv", missing("lpmv", "the order m"), missing("lpmv", "the degree v"), _lpmv_slope,
    doc="Associated Legendre function of order `m` and degree `v >= 0` at `x`, with Condon and Shortley's phase.",
)  # fmt: skip


def _harmonic_theta(xp: Any, y: Any, n: Any, m: Any, theta: Any, phi: Any) -> Any:
    """By the ladder operators: half the difference of the neighbours in m, without division by sin(theta)."""
    n, m = signed(xp, n), signed(xp, m)
    theta_, phi_, n_, m_ = floats(xp, xp.real(y), theta, phi, n, m)
    f, turn = xp.special.sph_harm_y, xp.exp(1j * phi_)
    up = xp.sqrt(xp.maximum((n_ - m_) * (n_ + m_ + 1), 0.0))
    down = xp.sqrt(xp.maximum((n_ + m_) * (n_ - m_ + 1), 0.0))
    left, right = f(n, m + 1, theta_, phi_), f(n, m - 1, theta_, phi_)
    raised = xp.where(up > 0, left, 0.0) * up / turn
    return 0.5 * (raised - xp.where(down > 0, right, 0.0) * down * turn)


def _harmonic_phi(xp: Any, y: Any, _n: Any, m: Any, _theta: Any, _phi: Any) -> Any:
    (m,) = floats(xp, xp.real(y), signed(xp, m))
    return 1j * m * y


sph_harm_y = special(
    "sph_harm_y", missing("sph_harm_y", "the degree n"), missing("sph_harm_y", "the order m"), _harmonic_theta,
    _harmonic_phi, doc="Spherical harmonic of degree `n` and order `m` at polar `theta` and azimuth `phi`, complex.",
)  # fmt: skip

__all__ = ["chebyshev_polynomial_v", "chebyshev_polynomial_w", "eval_chebyc", "eval_chebys", "eval_chebyt",
           "eval_chebyu", "eval_gegenbauer", "eval_genlaguerre", "eval_hermite", "eval_hermitenorm", "eval_jacobi",
           "eval_laguerre", "eval_legendre", "eval_sh_chebyt", "eval_sh_chebyu", "eval_sh_legendre", "lpmv",
           "shifted_chebyshev_polynomial_v", "shifted_chebyshev_polynomial_w", "sph_harm_y"]  # fmt: skip

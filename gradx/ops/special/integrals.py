"""Integrals of elementary functions: exponential, sine, Fresnel's, elliptic (DLMF 6, 7, 19), and the dilogarithm.

- Quotients such as sin(x) / x are power series near 0, so that higher derivatives hold there.
"""

from __future__ import annotations

import math
from typing import Any

from gradx.ops.special.cards import floats, missing, near, several, signed, special

_SINE = [0.0 if k % 2 else (-1) ** (k // 2) / math.factorial(k + 1) for k in range(24)]
_SINH = [0.0 if k % 2 else 1 / math.factorial(k + 1) for k in range(24)]


def _sine_ratio(xp: Any, x: Any) -> Any:
    return near(xp, x, 1.0, _SINE, lambda z: xp.sin(z) / z)


def _sinh_ratio(xp: Any, x: Any) -> Any:
    return near(xp, x, 1.0, _SINH, lambda z: xp.sinh(z) / z)


def _fresnel(xp: Any, _ys: Any, x: Any) -> Any:
    angle = 0.5 * math.pi * xp.square(x)
    return (xp.sin(angle),), (xp.cos(angle),)


sici = several("sici", lambda xp, _ys, x: ((_sine_ratio(xp, x),), (xp.cos(x) / x,)),
               "Sine and cosine integrals `(Si(x), Ci(x))`.")  # fmt: skip
shichi = several("shichi", lambda xp, _ys, x: ((_sinh_ratio(xp, x),), (xp.cosh(x) / x,)),
                 "Hyperbolic sine and cosine integrals `(Shi(x), Chi(x))`.")  # fmt: skip
fresnel = several("fresnel", _fresnel, "Fresnel's integrals `(S(x), C(x))`.")
expi = special("expi", lambda xp, _y, x: xp.exp(x) / x, doc="Exponential integral Ei.")
exp1 = special("exp1", lambda xp, _y, x: -xp.exp(-x) / x, doc="Exponential integral E_1.")


def _expn_slope(xp: Any, y: Any, n: Any, x: Any) -> Any:
    """-E_(n-1)(x) (DLMF 8.19.13); for n = 0 of exp(-x) / x."""
    (m,) = floats(xp, y, signed(xp, n))
    zero = m == 0
    return xp.where(zero, -y * (1 + 1 / x), -xp.special.expn(xp.where(zero, 1.0, m) - 1, x))


expn = special("expn", missing("expn", "the order"), _expn_slope,
               doc="Exponential integral of integer order `n` (first) at `x`, broadcast.")  # fmt: skip


def _spence_slope(xp: Any, _y: Any, z: Any) -> Any:
    """log(z) / (1 - z), by its series about 1."""
    series = [-((-1.0) ** k) / (k + 1) for k in range(30)]
    return near(xp, z - 1, 0.25, series, lambda w: -xp.log(1 + w) / w)


spence = special("spence", _spence_slope, doc="Dilogarithm `integral of log(t) / (1 - t) from 1 to z`.")  # fmt: skip

# ---------------------------------------------------------------- complete elliptic integrals (19.4, 19.5)

_TERMS = 40
_K = [math.pi / 2 * (math.comb(2 * k, k) / 4.0**k) ** 2 for k in range(_TERMS + 1)]
_E = [-c / (2 * k - 1) for k, c in enumerate(_K)]


def _derivative(series: list[float]) -> list[float]:
    return [k * c for k, c in enumerate(series)][1:]


def _ellipk_slope(xp: Any, y: Any, m: Any) -> Any:
    """(E / (1 - m) - K) / (2 m), by its series near 0; inf at 1."""
    small = xp.abs(m) < 0.25
    z = xp.where(small, 0.25, m)
    far = (xp.special.ellipe(z) / (1 - z) - xp.where(small, 0.0, y)) / (2 * z)
    far = xp.where(m == 1, math.inf, far)
    return near(xp, m, 0.25, _derivative(_K), lambda _: far)


def _ellipe_slope(xp: Any, y: Any, m: Any) -> Any:
    """(E - K) / (2 m), by its series near 0; -inf at 1."""
    small = xp.abs(m) < 0.25
    z = xp.where(small, 0.25, m)
    far = (xp.where(small, 0.0, y) - xp.special.ellipk(z)) / (2 * z)
    return near(xp, m, 0.25, _derivative(_E), lambda _: far)


def _ellipkm1_slope(xp: Any, y: Any, p: Any) -> Any:
    small = xp.abs(1 - p) < 0.25
    z = xp.where(small, 0.75, p)
    far = (xp.special.ellipe(1 - z) / z - xp.where(small, 0.0, y)) / (2 * (1 - z))
    far = xp.where(p == 0, math.inf, far)
    return -near(xp, 1 - p, 0.25, _derivative(_K), lambda _: far)


ellipk = special(
    "ellipk", _ellipk_slope, doc="Complete elliptic integral of the first kind, of the parameter m."
)
ellipe = special(
    "ellipe",
    _ellipe_slope,
    doc="Complete elliptic integral of the second kind, of the parameter m.",
)
ellipkm1 = special("ellipkm1", _ellipkm1_slope, doc="`ellipk(1 - p)`, exact near `p = 0`.")

# ---------------------------------------------------------------- incomplete elliptic integrals


def _carlson(name: str, argument: str) -> Any:
    return missing(name, argument, "second derivatives in the parameter m are not there")


elliprd = special("elliprd", *[_carlson("elliprd", f"argument {v}") for v in "xyz"],
                  doc="Carlson's symmetric integral R_D(x, y, z), without derivatives.")  # fmt: skip
elliprf = special(
    "elliprf", *[
        lambda xp, _y, x, y, z: -xp.special.elliprd(y, z, x) / 6,
        lambda xp, _y, x, y, z: -xp.special.elliprd(x, z, y) / 6,
        lambda xp, _y, x, y, z: -xp.special.elliprd(x, y, z) / 6,
    ], doc="Carlson's symmetric integral R_F(x, y, z) (DLMF 19.18.1); once differentiable.",
)  # fmt: skip


def _half_turns(xp: Any, phi: Any) -> tuple[Any, Any, Any]:
    """Return the number of half turns in phi, and sine and squared cosine of what is left."""
    turns = xp.round(phi / math.pi)
    rest = phi - math.pi * turns
    return turns, xp.sin(rest), xp.square(xp.cos(rest))


def _moment(xp: Any, cosine2: Any, sine: Any, delta2: Any, middle: bool) -> Any:
    """Return the integral of sin^2 / delta, or with `middle` of sin^2 / delta^3 (DLMF 19.25.9, 19.25.10)."""
    ones = 0 * delta2 + 1
    first, last = (ones, delta2) if middle else (delta2, ones)
    return sine * sine * sine / 3 * xp.special.elliprd(cosine2 + 0 * delta2, first, last)


def _first_kind_m(xp: Any, phi: Any, m: Any) -> Any:
    """Return dF/dm, half the integral of sin^2 / delta^3."""
    turns, sine, cosine2 = _half_turns(xp, phi)
    part = 0.5 * _moment(xp, cosine2, sine, 1 - m * sine * sine, True)
    return part + xp.where(turns == 0, 0.0, 2 * turns * _ellipk_slope(xp, xp.special.ellipk(m), m))


def _ellipkinc_m(xp: Any, y: Any, phi: Any, m: Any) -> Any:
    return _first_kind_m(xp, *floats(xp, y, phi, m))


def _ellipeinc_m(xp: Any, y: Any, phi: Any, m: Any) -> Any:
    """-half the integral of sin^2 / delta."""
    phi, m = floats(xp, y, phi, m)
    turns, sine, cosine2 = _half_turns(xp, phi)
    part = -0.5 * _moment(xp, cosine2, sine, 1 - m * sine * sine, False)
    return part + xp.where(turns == 0, 0.0, 2 * turns * _ellipe_slope(xp, xp.special.ellipe(m), m))


def _delta2(xp: Any, y: Any, phi: Any, m: Any) -> Any:
    phi, m = floats(xp, y, phi, m)
    return 1 - m * xp.square(xp.sin(phi))


ellipkinc = special(
    "ellipkinc", lambda xp, y, phi, m: 1 / xp.sqrt(_delta2(xp, y, phi, m)), _ellipkinc_m,
    doc="Incomplete elliptic integral of the first kind F(phi, m); once differentiable in `m`.",
)  # fmt: skip
ellipeinc = special(
    "ellipeinc", lambda xp, y, phi, m: xp.sqrt(_delta2(xp, y, phi, m)), _ellipeinc_m,
    doc="Incomplete elliptic integral of the second kind E(phi, m); once differentiable in `m`.",
)  # fmt: skip


def _ellipj(xp: Any, ys: Any, u: Any, m: Any) -> Any:
    """DLMF 22.13.1; in m by F(ph, m) = u, the amplitude ph moving at fixed u."""
    sn, cn, dn, ph = ys
    u, m = floats(xp, sn, u, m)
    turn = -dn * _first_kind_m(xp, ph, m)
    in_m = -(sn * sn + 2 * m * sn * cn * turn) / (2 * dn)
    return (cn * dn, cn * turn), (-sn * dn, -sn * turn), (-m * sn * cn, in_m), (dn, turn)


ellipj = several(
    "ellipj", _ellipj, "Jacobi's elliptic functions `(sn, cn, dn, ph)` of `u` and `m`, broadcast."
)

__all__ = ["ellipe", "ellipeinc", "ellipj", "ellipk", "ellipkinc", "ellipkm1", "elliprd", "elliprf", "exp1", "expi",
           "expn", "fresnel", "shichi", "sici", "spence"]  # fmt: skip

"""Bessel functions, of real order and argument; complex arguments where SciPy takes them (DLMF chapter 10).

- No derivative in the order is known in closed form: asking for it is an error.
- Slopes come from the recurrences 10.6.1 and 10.29.1, without division, so that they hold at 0.
- The slopes of exponentially scaled functions cancel at large x: there Hankel's expansion is differentiated.
"""

from __future__ import annotations

import math
from typing import Any

from gradx.dtypes import is_complex
from gradx.errors import MissingRuleError
from gradx.ops.special.cards import floats, lowered, missing, signed, special


def _jinc(xp: Any, x: Any, y: Any, sign: float) -> Any:
    """Return y / x for y = j1(x), or i1(x) with `sign` 1: by its series near 0."""
    series = [
        0.5 * (0.25 * sign) ** k / (math.factorial(k) * math.factorial(k + 1)) for k in range(13)
    ]
    small = xp.abs(x) < 1
    inside = xp.square(xp.where(small, x, 0.0))
    total = xp.full_like(inside, series[-1])
    for c in series[-2::-1]:
        total = total * inside + c
    return xp.where(small, total, xp.where(small, 1.0, y) / xp.where(small, 1.0, x))


def _i1_slope(xp: Any, y: Any, x: Any) -> Any:
    s = xp.special.i0(x) - _jinc(xp, x, y, 1.0)
    return xp.where(xp.isinf(y), xp.abs(y), s)


j0 = special("j0", lambda xp, _y, x: -xp.special.j1(x), doc="Bessel function of order 0.")
j1 = special(
    "j1",
    lambda xp, y, x: xp.special.j0(x) - _jinc(xp, x, y, -1.0),
    doc="Bessel function of order 1.",
)
y0 = special("y0", lambda xp, _y, x: -xp.special.y1(x), doc="Bessel function of the second kind, order 0.")  # fmt: skip
y1 = special("y1", lambda xp, y, x: xp.where(x == 0, math.inf, xp.special.y0(x) - y / x),
             doc="Bessel function of the second kind, order 1.")  # fmt: skip
i0 = special("i0", lambda xp, _y, x: xp.special.i1(x), doc="Modified Bessel function of order 0.")
i1 = special("i1", _i1_slope, doc="Modified Bessel function of order 1.")
k0 = special(
    "k0",
    lambda xp, _y, x: -xp.special.k1(x),
    doc="Modified Bessel function of the second kind, order 0.",
)
k1 = special("k1", lambda xp, y, x: -xp.special.k0(x) - y / x,
             doc="Modified Bessel function of the second kind, order 1.")  # fmt: skip

# ---------------------------------------------------------------- scaled, of order 0 and 1

_FAR = 30.0
_TERMS = 25


def _expansion_slope(xp: Any, x: Any, square: Any, sign: float) -> Any:
    """Return the derivative of x^(-1/2) sum a_k / (sign x)^k (DLMF 10.40.1, 10.40.2), with 4 v^2 = `square`."""
    inverse = 1 / x
    term = inverse / xp.sqrt(x)
    total = -0.5 * term
    for k in range(1, _TERMS):
        term = term * inverse * (sign * (square - (2 * k - 1) ** 2) / (8 * k))
        total = total - (k + 0.5) * term
    return total


def _scaled_slope(xp: Any, x: Any, square: Any, close: Any, sign: float) -> Any:
    """Return `close` where x is small, else the slope of the expansion, odd or even about 0."""
    far = (x > _FAR) & (2 * x > 0.25 * square)
    scale = math.sqrt(0.5 / math.pi) if sign < 0 else math.sqrt(0.5 * math.pi)
    return xp.where(far, scale * _expansion_slope(xp, xp.where(far, x, _FAR), square, sign), close)


def _i0e_slope(xp: Any, y: Any, x: Any) -> Any:
    modulus, sign = xp.abs(x), xp.sign(x)
    close = xp.special.i1e(modulus) - y
    return sign * _scaled_slope(xp, modulus, 0.0, close, -1.0)


def _i1e_slope(xp: Any, y: Any, x: Any) -> Any:
    modulus = xp.abs(x)
    small = modulus < 1
    ratio = xp.where(
        small,
        xp.exp(-modulus) * _jinc(xp, xp.where(small, x, 0.0), 0.0 * x, 1.0),
        y / xp.where(small, 1.0, x),
    )
    close = xp.special.i0e(x) - ratio - xp.special.i1e(modulus)
    return _scaled_slope(xp, modulus, 4.0, close, -1.0)


def _k0e_slope(xp: Any, y: Any, x: Any) -> Any:
    s = _scaled_slope(xp, x, 0.0, y - xp.special.k1e(x), 1.0)
    return xp.where(x == 0, -math.inf, s)


def _k1e_slope(xp: Any, y: Any, x: Any) -> Any:
    s = _scaled_slope(xp, x, 4.0, y - xp.special.k0e(x) - y / x, 1.0)
    return xp.where(x == 0, -math.inf, s)


i0e = special("i0e", _i0e_slope, doc="`exp(-|x|) i0(x)`; derivative 0 at the kink 0.")
i1e = special("i1e", _i1e_slope, doc="`exp(-|x|) i1(x)`.")
k0e = special("k0e", _k0e_slope, doc="`exp(x) k0(x)`.")
k1e = special("k1e", _k1e_slope, doc="`exp(x) k1(x)`.")

# ---------------------------------------------------------------- any order


def _of_order(name: str, below: float, above: float, doc: str, of: str = "") -> Any:
    """Make a Bessel function with slope `below * f(v - 1, x) + above * f(v + 1, x)`."""

    def slope(xp: Any, _y: Any, v: Any, x: Any) -> Any:
        f, v = getattr(xp.special, of or name), signed(xp, v)
        return below * f(v - 1, x) + above * f(v + 1, x)

    return special(name, missing(name, "the order"), slope, doc=doc)


jv = _of_order("jv", 0.5, -0.5, "Bessel function of order `v` (first) at `z`, broadcast.")
yv = _of_order("yv", 0.5, -0.5, "Bessel function of the second kind, order `v` (first), broadcast.")
yn = _of_order(
    "yn", 0.5, -0.5, "Bessel function of the second kind, integer order `n` (first), broadcast."
)
iv = _of_order("iv", 0.5, 0.5, "Modified Bessel function of order `v` (first), broadcast.")
kv = _of_order("kv", -0.5, -0.5, "Modified Bessel function of the second kind, order `v` (first).")
kn = _of_order(
    "kn",
    -0.5,
    -0.5,
    "Modified Bessel function of the second kind, integer order `n` (first).",
    "kv",
)
hankel1 = _of_order("hankel1", 0.5, -0.5, "Hankel function of the first kind `jv + i yv`, complex.")  # fmt: skip
hankel2 = _of_order("hankel2", 0.5, -0.5, "Hankel function of the second kind `jv - i yv`, complex.")  # fmt: skip


def jn(n: Any, x: Any, /) -> Any:
    """Bessel function of order `n` (first), broadcast: `jv` under another name."""
    return jv(n, x)


def _real_only(name: str, x: Any) -> None:
    if is_complex[x.dtype]:
        raise MissingRuleError(
            f"special.{name}: expected a real argument for a derivative; got {x.dtype}, in which the scale is not "
            f"holomorphic. Scale special.{name[:-1]} by hand"
        )


def _square(xp: Any, x: Any, v: Any) -> tuple[Any, Any]:
    (v,) = floats(xp, x, v)
    return v, 4 * v * v


def _ive_slope(xp: Any, y: Any, v: Any, x: Any) -> Any:
    _real_only("ive", x)
    f, v = xp.special.ive, signed(xp, v)
    close = 0.5 * (f(v - 1, x) + f(v + 1, x)) - xp.sign(x) * y
    return _scaled_slope(xp, x, _square(xp, x, v)[1], close, -1.0)


def _kve_slope(xp: Any, y: Any, v: Any, x: Any) -> Any:
    f, v = xp.special.kve, signed(xp, v)
    close = y - 0.5 * (f(v - 1, x) + f(v + 1, x))
    if is_complex[x.dtype]:
        return close
    return _scaled_slope(xp, x, _square(xp, x, v)[1], close, 1.0)


def _oscillating(name: str) -> Any:
    def slope(xp: Any, _y: Any, v: Any, x: Any) -> Any:
        _real_only(name, x)
        f, v = getattr(xp.special, name), signed(xp, v)
        return 0.5 * (f(v - 1, x) - f(v + 1, x))

    return slope


jve = special("jve", missing("jve", "the order"), _oscillating("jve"),
              doc="`exp(-|Im z|) jv(v, z)`; differentiable at real `z`.")  # fmt: skip
yve = special("yve", missing("yve", "the order"), _oscillating("yve"),
              doc="`exp(-|Im z|) yv(v, z)`; differentiable at real `z`.")  # fmt: skip
ive = special(
    "ive",
    missing("ive", "the order"),
    _ive_slope,
    doc="`exp(-|Re z|) iv(v, z)`; differentiable at real `z`.",
)
kve = special("kve", missing("kve", "the order"), _kve_slope, doc="`exp(z) kv(v, z)`.")

# ---------------------------------------------------------------- spherical (DLMF 10.51.2, 10.51.5)


def _spherical(name: str, below: float, above: float, doc: str) -> Any:
    """Make a spherical Bessel function: slope (below n f(n-1) + above (n+1) f(n+1)) / (2n+1)."""

    def slope(xp: Any, y: Any, n: Any, x: Any) -> Any:
        f, n = getattr(xp.special, name), signed(xp, n)
        (m,) = floats(xp, y, n)
        total = below * m * f(lowered(xp, n), x) + above * (m + 1) * f(n + 1, x)
        return total / (2 * m + 1)

    return special(name, missing(name, "the order"), slope, doc=doc)


spherical_jn = _spherical(
    "spherical_jn", 1.0, -1.0, "Spherical Bessel function of integer order `n` (first)."
)
spherical_yn = _spherical(
    "spherical_yn", 1.0, -1.0, "Spherical Bessel function of the second kind, integer order `n`."
)
spherical_in = _spherical(
    "spherical_in", 1.0, 1.0, "Modified spherical Bessel function of integer order `n`."
)
spherical_kn = _spherical(
    "spherical_kn", -1.0, -1.0, "Modified spherical Bessel function of the second kind, order `n`."
)

# ---------------------------------------------------------------- Struve (DLMF 11.4.27, 11.4.29)


def _struve(name: str, above: float, doc: str) -> Any:
    def slope(xp: Any, y: Any, v: Any, x: Any) -> Any:
        f, v = getattr(xp.special, name), signed(xp, v)
        (m,) = floats(xp, y, v)
        rest = xp.pow(0.5 * x, m) * xp.special.rgamma(m + 1.5) / math.sqrt(math.pi)
        return 0.5 * (f(v - 1, x) + above * f(v + 1, x) + rest)

    return special(name, missing(name, "the order"), slope, doc=doc)


struve = _struve("struve", -1.0, "Struve's function of order `v` (first), broadcast.")
modstruve = _struve("modstruve", 1.0, "Modified Struve function of order `v` (first), broadcast.")

__all__ = ["hankel1", "hankel2", "i0", "i0e", "i1", "i1e", "iv", "ive", "j0", "j1", "jn", "jv", "jve", "k0", "k0e",
           "k1", "k1e", "kn", "kv", "kve", "modstruve", "spherical_in", "spherical_jn", "spherical_kn",
           "spherical_yn", "struve", "y0", "y1", "yn", "yv", "yve"]  # fmt: skip

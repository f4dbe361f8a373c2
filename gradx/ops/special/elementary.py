"""Elementary functions under SciPy's names: exact near 0, entropies, losses, Box and Cox's power, degrees.

- Limits at edges follow SEMANTICS: what is constant along an edge has the derivative 0 there.
"""

from __future__ import annotations

import math
from typing import Any

from gradx import ops
from gradx.ops.special.cards import floats, near, special
from gradx.ops.transcendental import entr, sinc, xlog1py, xlogy

_LN2, _LN10, _DEGREE = math.log(2), math.log(10), math.pi / 180


def _logit_slope(xp: Any, y: Any, p: Any) -> Any:
    return xp.where(xp.isnan(y), y, 1 / (p * (1 - p)))


logit = special("logit", _logit_slope, doc="`log(p / (1 - p))`; the slope at 0 and 1 is inf.")
exp2 = special("exp2", lambda xp, y, _x: _LN2 * y, doc="`2 ** x`.")
exp10 = special("exp10", lambda xp, y, _x: _LN10 * y, doc="`10 ** x`.")
cbrt = special(
    "cbrt", lambda xp, y, _x: 1 / (3 * xp.square(y)), doc="Real cube root; the slope at 0 is inf."
)
cosm1 = special("cosm1", lambda xp, _y, x: -xp.sin(x), doc="`cos(x) - 1`, exact near 0.")
sindg = special("sindg", lambda xp, _y, x: _DEGREE * xp.special.cosdg(x), doc="Sine of degrees.")
cosdg = special("cosdg", lambda xp, _y, x: -_DEGREE * xp.special.sindg(x), doc="Cosine of degrees.")
tandg = special("tandg", lambda xp, y, _x: _DEGREE * (1 + y * y), doc="Tangent of degrees.")
cotdg = special("cotdg", lambda xp, y, _x: -_DEGREE * (1 + y * y), doc="Cotangent of degrees.")

_EXPREL = [(k + 1) / math.factorial(k + 2) for k in range(22)]


def exprel_slope(xp: Any, y: Any, x: Any) -> Any:
    """Return the derivative of y = (exp(x) - 1) / x: by its series near 0, elsewhere without inf - inf."""
    up = x > 0
    near_zero = xp.abs(x) < 1
    z, v = xp.where(near_zero, 1.0, x), xp.where(near_zero, 1.0, y)
    rising = v * (1 - 1 / z) + 1 / z
    falling = (xp.exp(xp.where(up, 0.0, z)) - v) / z
    return near(xp, x, 1.0, _EXPREL, lambda _: xp.where(up, rising, falling))


exprel = special("exprel", exprel_slope, doc="`(exp(x) - 1) / x`, and 1 at 0.")


def _powm1_exponent(xp: Any, y: Any, x: Any, a: Any) -> Any:
    x, _ = floats(xp, y, x, a)
    return xp.guarded_multiply(y + 1, xp.log(x))


def _powm1_base(xp: Any, y: Any, x: Any, a: Any) -> Any:
    x, a = floats(xp, y, x, a)
    return xp.guarded_multiply(a, xp.pow(x, a - 1))


powm1 = special(
    "powm1", _powm1_base, _powm1_exponent, doc="`x ** y - 1`, exact where the power is near 1."
)

# ---------------------------------------------------------------- entropies


def _log_ratio(xp: Any, x: Any, y: Any) -> Any:
    """Return log(x / y), also where the quotient over- or underflows."""
    ratio = x / y
    fits = (ratio > 0) & (ratio < math.inf)
    return xp.where(fits, xp.log(xp.where(fits, ratio, 1.0)), xp.log(x) - xp.log(y))


def _relative_x(xp: Any, y: Any, p: Any, q: Any, shift: float) -> Any:
    """log(p / q), and inf at p = q = 0, where the value leaps from 0 to inf."""
    p, q = floats(xp, y, p, q)
    both = (p == 0) & (q == 0)
    return xp.where(both, math.inf, shift + _log_ratio(xp, p, xp.where(both, 1.0, q)))


def _relative_y(xp: Any, y: Any, p: Any, q: Any, shift: float) -> Any:
    p, q = floats(xp, y, p, q)
    none = p == 0
    return xp.where(none, shift, shift - p / xp.where(none, 1.0, q))


rel_entr = special(
    "rel_entr", lambda xp, y, p, q: _relative_x(xp, y, p, q, 1.0), lambda xp, y, p, q: _relative_y(xp, y, p, q, 0.0),
    doc="`x log(x / y)`, and 0 at `x = 0`; inf outside `x >= 0, y > 0`.",
)  # fmt: skip
kl_div = special(
    "kl_div", lambda xp, y, p, q: _relative_x(xp, y, p, q, 0.0), lambda xp, y, p, q: _relative_y(xp, y, p, q, 1.0),
    doc="`x log(x / y) - x + y`, and `y` at `x = 0`; inf outside `x >= 0, y > 0`.",
)  # fmt: skip

# ---------------------------------------------------------------- losses


def _huber_delta(xp: Any, y: Any, delta: Any, r: Any) -> Any:
    delta, r = floats(xp, y, delta, r)
    return xp.maximum(xp.abs(r) - delta, 0.0)


def _huber_r(xp: Any, y: Any, delta: Any, r: Any) -> Any:
    delta, r = floats(xp, y, delta, r)
    return xp.sign(r) * xp.minimum(xp.abs(r), delta)


huber = special(
    "huber",
    _huber_delta,
    _huber_r,
    doc="Huber's loss of `r`: quadratic up to `delta` (first), then linear.",
)


def _pseudo(xp: Any, y: Any, delta: Any, r: Any) -> tuple[Any, Any, Any]:
    delta, r = floats(xp, y, delta, r)
    h = xp.hypot(delta, r)
    return delta, r, xp.where(h == 0, 1.0, h)


def _pseudo_delta(xp: Any, y: Any, delta: Any, r: Any) -> Any:
    """(h - delta)^2 / h with h = hypot(delta, r)."""
    delta, r, h = _pseudo(xp, y, delta, r)
    apart = r * (r / (h + delta))
    return apart * apart / h


def _pseudo_r(xp: Any, y: Any, delta: Any, r: Any) -> Any:
    delta, r, h = _pseudo(xp, y, delta, r)
    return r * (delta / h)


pseudo_huber = special(
    "pseudo_huber", _pseudo_delta, _pseudo_r,
    doc="`delta^2 (sqrt(1 + (r / delta)^2) - 1)`, broadcast: Huber's loss without a kink; `delta` comes first.",
)  # fmt: skip

# ---------------------------------------------------------------- Box and Cox


def _boxcox_power(xp: Any, logarithm: Any, power: Any) -> Any:
    """Return the derivative in the power: log(x)^2 exprel'(power log(x)), and 1 / power^2 at x = 0."""
    zero = logarithm == -math.inf
    safe = xp.where(zero, 0.0, logarithm)
    t = power * safe
    edge = 1 / xp.square(xp.where(zero, power, 1.0))
    return xp.where(zero, edge, safe * safe * exprel_slope(xp, xp.special.exprel(t), t))


def _of_log(xp: Any, x: Any, power: Any) -> Any:
    """Return x^(power - 1) from log(x)."""
    return xp.exp(xp.where(power == 1, 0.0, (power - 1) * x))


def _boxcox(name: str, log: str, inverse: bool, doc: str) -> Any:
    def in_x(xp: Any, y: Any, x: Any, power: Any) -> Any:
        x, power = floats(xp, y, x, power)
        s = _of_log(xp, getattr(xp, log)(y if inverse else x), power)
        return 1 / s if inverse else s

    def in_power(xp: Any, y: Any, x: Any, power: Any) -> Any:
        x, power = floats(xp, y, x, power)
        logarithm = getattr(xp, log)(y if inverse else x)
        s = _boxcox_power(xp, logarithm, power)
        return -s / _of_log(xp, logarithm, power) if inverse else s

    return special(name, in_x, in_power, doc=doc)


boxcox = _boxcox("boxcox", "log", False, "`(x^p - 1) / p`, and `log(x)` at `p = 0`, broadcast.")
boxcox1p = _boxcox("boxcox1p", "log1p", False, "`boxcox(1 + x, p)`, exact near `x = 0`.")
inv_boxcox = _boxcox("inv_boxcox", "log", True, "Inverse of `boxcox` in `x`.")
inv_boxcox1p = _boxcox("inv_boxcox1p", "log1p", True, "Inverse of `boxcox1p` in `x`.")


def expit(x: Any, /) -> Any:
    """Logistic function `1 / (1 + exp(-x))`, `(...) -> (...)`; never overflows."""
    return ops.sigmoid(x)


def log_expit(x: Any, /) -> Any:
    """Logarithm of the logistic function, `(...) -> (...)`; exact where it underflows."""
    return ops.log_sigmoid(x)


__all__ = [
    "boxcox",
    "boxcox1p",
    "cbrt",
    "cosdg",
    "cosm1",
    "cotdg",
    "entr",
    "exp2",
    "exp10",
    "expit",
    "exprel",
    "huber",
    "inv_boxcox",
    "inv_boxcox1p",
    "kl_div",
    "log_expit",
    "logit",
    "powm1",
    "pseudo_huber",
    "rel_entr",
    "sinc",
    "sindg",
    "tandg",
    "xlog1py",
    "xlogy",
]  # fmt: skip

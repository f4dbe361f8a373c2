"""Trigonometric and hyperbolic functions, and what they need of a right triangle.

- Slopes are written so that they neither overflow nor cancel near the ends of the domain. `x - -1` is `x + 1`
  that keeps the sign of a complex zero, which tells the side of a branch cut.
- `hypot` and `atan2` have derivative 0 at (0, 0).
"""

from __future__ import annotations

from typing import Any

from gradx.backend import namespaces
from gradx.dtypes import is_complex
from gradx.elementwise import elementwise, elementwise_card
from gradx.tape import bind


def _slope(name: str, formula: Any, slope: Any) -> Any:
    """Make a slope a card of its own: where it is infinite, the rule of its formula's products is inf - inf."""
    card = elementwise_card(name, slope)
    card.implementation = lambda x: formula(namespaces[x.__class__], x)
    return lambda xp, _y, x: bind(card, (x,), {})


def _asin_formula(xp: Any, x: Any) -> Any:
    return 1 / xp.sqrt(-((x - 1) * (x - -1)) if is_complex[x.dtype] else (1 - x) * (1 + x))


_asin_slope = _slope("asin_slope", _asin_formula, lambda xp, y, x: x * y * y * y)
_acosh_slope = _slope(
    "acosh_slope",
    lambda xp, x: 1 / (xp.sqrt(x - 1) * xp.sqrt(x - -1)),
    lambda xp, y, x: -x * y * y * y,
)
_atanh_slope = _slope(
    "atanh_slope", lambda xp, x: 1 / ((1 - x) * (1 + x)), lambda xp, y, x: 2 * x * y * y
)

sin = elementwise("sin", lambda xp, _y, x: xp.cos(x), doc="Sine of `x`, in radians.")
cos = elementwise("cos", lambda xp, _y, x: -xp.sin(x), doc="Cosine of `x`, in radians.")
tan = elementwise("tan", lambda xp, y, _x: 1 + y * y, doc="Tangent of `x`, in radians.")
asin = elementwise("asin", _asin_slope,
                   doc="Inverse sine, in radians; the slope at -1 and 1 is inf.")  # fmt: skip
acos = elementwise("acos", lambda xp, y, x: -_asin_slope(xp, y, x),
                   doc="Inverse cosine, in radians; the slope at -1 and 1 is -inf.")  # fmt: skip
atan = elementwise("atan", lambda xp, _y, x: 1 / (1 + x * x), doc="Inverse tangent, in radians.")
sinh = elementwise("sinh", lambda xp, _y, x: xp.cosh(x), doc="Hyperbolic sine.")
cosh = elementwise("cosh", lambda xp, _y, x: xp.sinh(x), doc="Hyperbolic cosine.")
tanh = elementwise("tanh", lambda xp, y, _x: 1 - y * y, doc="Hyperbolic tangent.")


def _asinh_slope(xp: Any, _y: Any, x: Any) -> Any:
    return 1 / (xp.sqrt(x * x - -1) if is_complex[x.dtype] else xp.hypot(x, 1.0))


def _within_atanh(xp: Any, y: Any, x: Any) -> Any:
    s = _atanh_slope(xp, y, x)
    # the larger is s, but NaN outside (-1, 1)
    return s if is_complex[x.dtype] else xp.maximum(s, y)


asinh = elementwise("asinh", _asinh_slope, doc="Inverse hyperbolic sine.")
acosh = elementwise("acosh", _acosh_slope,
                    doc="Inverse hyperbolic cosine; the slope at 1 is inf.")  # fmt: skip
atanh = elementwise(
    "atanh", _within_atanh, doc="Inverse hyperbolic tangent; the slope at -1 and 1 is inf."
)


def _cosine(xp: Any, y: Any, a: Any) -> Any:
    """Return a / y, and 0 where the hypotenuse y is 0."""
    return xp.where(y == 0, 0, a / y)


hypot = elementwise(
    "hypot", lambda xp, y, a, _b: _cosine(xp, y, a), lambda xp, y, _a, b: _cosine(xp, y, b),
    doc="`sqrt(x1**2 + x2**2)` without overflow, broadcast; derivative 0 at (0, 0).",
)  # fmt: skip


def _over_square(xp: Any, a: Any, b: Any, x: Any) -> Any:
    """Return x / (a**2 + b**2) without overflow, and 0 at (0, 0)."""
    r = xp.hypot(a, b)
    return xp.where(r == 0, 0, x / r / r)


atan2 = elementwise(
    "atan2", lambda xp, _y, a, b: _over_square(xp, a, b, b), lambda xp, _y, a, b: _over_square(xp, a, b, -a),
    doc="Angle of the point (`x2`, `x1`) in [-pi, pi], broadcast; derivative 0 at (0, 0).",
)  # fmt: skip

__all__ = ["acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cos", "cosh", "hypot", "sin", "sinh",
           "tan", "tanh"]  # fmt: skip

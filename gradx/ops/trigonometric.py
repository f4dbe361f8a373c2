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


def _slope(name: str, formula: Any, a: int, m: int) -> Any:
    """Return a slope s that has a card with all its derivatives: the rule of its formula's products is inf - inf.

    Where `s' = a x s**(m+1)`, with `s**-m = q(x)`, the n-th derivative is `P_n(x) s**(m n + 1)`, and
    `P_(n+1) = P_n' q + a (m n + 1) x P_n`.
    """
    polynomials = [[1]]

    def next_one(n: int) -> list[int]:
        p, q = polynomials[n], 1 if a > 0 else -1
        terms = [0] * (len(p) + 1)
        for k, c in enumerate(p):
            terms[k + 1] += c * (a * (m * n + 1) - k * q)
            if k:
                terms[k - 1] += c * k * q
        return terms

    def derivative(x: Any, *, n: int) -> Any:
        while len(polynomials) <= n:
            polynomials.append(next_one(len(polynomials) - 1))
        s = y = formula(namespaces[x.__class__], x)
        for _ in range(m * n):
            y = y * s
        total: Any = 0
        for c in reversed(polynomials[n]):
            total = total * x + c
        return total * y if n else y

    card = elementwise_card(name, lambda xp, _y, x, *, n: bind(card, (x,), {"n": n + 1}))
    card.implementation = derivative
    return lambda xp, _y, x: bind(card, (x,), {"n": 0})


def _asin_formula(xp: Any, x: Any) -> Any:
    return 1 / xp.sqrt(-((x - 1) * (x - -1)) if is_complex[x.dtype] else (1 - x) * (1 + x))


_asin_slope = _slope("asin_slope", _asin_formula, 1, 2)
_acosh_slope = _slope("acosh_slope", lambda xp, x: 1 / (xp.sqrt(x - 1) * xp.sqrt(x - -1)), -1, 2)
_atanh_slope = _slope("atanh_slope", lambda xp, x: 1 / ((1 - x) * (1 + x)), 2, 1)

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
    """Return x / (a**2 + b**2) without overflow, and 0 at (0, 0) and at infinity."""
    r = xp.hypot(a, b)
    return xp.where((r == 0) | xp.isinf(r), 0, x / r / r)


atan2 = elementwise(
    "atan2", lambda xp, _y, a, b: _over_square(xp, a, b, b), lambda xp, _y, a, b: _over_square(xp, a, b, -a),
    doc="Angle of the point (`x2`, `x1`) in [-pi, pi], broadcast; derivative 0 at (0, 0).",
)  # fmt: skip

__all__ = ["acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cos", "cosh", "hypot", "sin", "sinh",
           "tan", "tanh"]  # fmt: skip

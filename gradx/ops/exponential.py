"""Exponentials and logarithms.

- The slope of a logarithm is inf at 0 (of either sign) and NaN below it.
- `logaddexp` never overflows: an element at -inf gets 0, and so do two of them; two at inf share.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log as _log
from typing import Any

from gradx.dtypes import is_complex
from gradx.elementwise import elementwise

exp = elementwise("exp", lambda xp, y, _x: y, doc="Exponential.")
expm1 = elementwise("expm1", lambda xp, _y, x: xp.exp(x), doc="`exp(x) - 1`, exact near 0.")


def _log_slope(scale: float) -> Callable[..., Any]:
    def slope(xp: Any, y: Any, x: Any) -> Any:
        s = scale / x
        # log(1/x) < 1/x: the maximum is 1/x, but NaN where y is, and +inf at -0
        return s if is_complex[y.dtype] else xp.maximum(s, -y)

    return slope


def _log1p_slope(xp: Any, y: Any, x: Any) -> Any:
    s = 1 / (1 + x)
    return s if is_complex[y.dtype] else xp.maximum(s, -y)


log = elementwise("log", _log_slope(1.0), doc="Natural logarithm; the slope at 0 is inf.")
log1p = elementwise("log1p", _log1p_slope, doc="`log(1 + x)`, exact near 0.")
log2 = elementwise("log2", _log_slope(1 / _log(2)), doc="Logarithm to base 2.")
log10 = elementwise("log10", _log_slope(1 / _log(10)), doc="Logarithm to base 10.")


def _share(xp: Any, y: Any, a: Any, b: Any) -> Any:
    """Return exp(a) / (exp(a) + exp(b))."""
    d = b - a
    # inf - inf: both at -inf get 0, both at inf share.
    d = xp.where(xp.isnan(d), -xp.minimum(y, 0), d)
    return xp.exp(-xp.logaddexp(d, 0))


logaddexp = elementwise(
    "logaddexp", _share, lambda xp, y, a, b: _share(xp, y, b, a),
    doc="`log(exp(x1) + exp(x2))` without overflow, broadcast; an element at -inf gets the slope 0.",
)  # fmt: skip

__all__ = ["exp", "expm1", "log", "log1p", "log2", "log10", "logaddexp"]

"""Powers and roots.

- d/dx x**n = n x**(n-1), and 0 wherever n = 0: at x = 0, inf and NaN too, to every order.
- d/dn x**n = x**n log(x): 0 where x**n = 0 and the logarithm is infinite; NaN for x < 0; -inf at x = n = 0,
  where 0**n falls from 1 to 0. The two are independent: a NaN in one never enters the other.
- An exponent that is a Python number is known when the rule runs, and gets the cheapest slope.
"""

from __future__ import annotations

import cmath
import math
from typing import Any

from gradx.dtypes import is_complex, is_inexact
from gradx.elementwise import elementwise
from gradx.level import Cell
from gradx.ops.arithmetic import positive
from gradx.tape import SCALARS

sqrt = elementwise("sqrt", lambda xp, y, _x: 0.5 / y, doc="Square root; the slope at 0 is inf.")
square = elementwise("square", lambda xp, _y, x: 2 * x, doc="`x * x`.")
reciprocal = elementwise("reciprocal", lambda xp, y, _x: -xp.square(y),
                         doc="`1 / x`; the slope at 0 is -inf.")  # fmt: skip


def _base_slope(xp: Any, _y: Any, x: Any, n: Any) -> Any:
    if type(n) in SCALARS:
        return _scalar_exponent_slope(xp, x, n)
    if not is_inexact(n.dtype):  # n - 1 of an unsigned 0 would wrap round
        n = xp.astype(n, x.dtype)
    return xp.guarded_multiply(n, xp.pow(x, n - 1))


def _scalar_exponent_slope(xp: Any, x: Any, n: Any) -> Any:
    if n == 0:
        return xp.zeros_like(x)
    if n == 1:
        return xp.ones_like(x)
    if n == 2:
        return 2 * x
    return n * (xp.square(x) if n == 3 else xp.pow(x, n - 1))


def _exponent_slope(xp: Any, y: Any, x: Any, _n: Any) -> Any:
    if type(x) in SCALARS:
        if is_complex[y.dtype] and x:
            return y * cmath.log(x)
        x = x.real  # real, or 0j
        logarithm = math.log(x) if x > 0 else -math.inf if x == 0 else math.nan
        infinite = math.isinf(logarithm)
        return xp.guarded_multiply(y, xp.full_like(y, logarithm)) if infinite else y * logarithm
    if x.dtype != y.dtype:
        x = xp.astype(x, y.dtype)
    return xp.guarded_multiply(y, xp.log(x))


def _push_pow(xp: Any, tangents: Any, y: Any, x: Any, n: Any, masked: bool = False) -> Any:
    """Guard both terms where both inputs move: a zero tangent of one keeps the other clear of NaN."""
    dx, dn = tangents
    times = xp.guarded_multiply if masked or (dx is not None and dn is not None) else xp.multiply
    base = None if dx is None else times(dx, _base_slope(xp, y, x, n))
    if dn is None:
        return base
    exponent = times(dn, _exponent_slope(xp, y, x, n))
    return exponent if base is None else base + exponent


_pow = elementwise("pow", _base_slope, _exponent_slope)
_pow.card.push = _push_pow
_SHORT: dict[float, Any] = {1: positive, 2: square, -1: reciprocal}


def pow(x1: Any, x2: Any, /) -> Any:
    """Power `x1 ** x2`, broadcast. Python exponents 1, 2 and -1 are copies, squares and reciprocals.

    The slope in `x1` is 0 where `x2 == 0`, and exact for integer-valued `x2` at negative `x1`; that in `x2`
    is 0 at `x1 == 0` for `x2 > 0`, and NaN for `x1 < 0`.

    >>> import gradx as gx
    >>> gx.pow(gx.asarray([1.0, 2.0]), 3)
    Tensor([1., 8.])
    """
    if (x2.__class__ is int or x2.__class__ is float) and isinstance(x1, Cell):
        short = _SHORT.get(x2)
        if short is not None and is_inexact(x1.data.dtype):
            return short(x1)
    return _pow(x1, x2)


__all__ = ["pow", "reciprocal", "sqrt", "square"]

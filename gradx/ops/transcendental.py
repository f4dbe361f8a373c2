"""The special functions that stand at the top of gradx; all others are in `gradx.special`.

- `sinc`, `xlogy`, `xlog1py` and `entr` are exact at 0, to any order.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from gradx.backend import namespaces
from gradx.elementwise import elementwise, elementwise_card
from gradx.ops.selection import where
from gradx.ops.trigonometric import sin
from gradx.primitive import Primitive, Rule
from gradx.tape import SCALARS, bind, lift


def _bell_curve(x: Any, *, n: int) -> Any:
    """Return the `n`-th derivative of exp(-x**2), by Hermite's polynomials; where it underflows 0, not inf * 0."""
    xp = namespaces[x.__class__]
    y = xp.exp(-(x * x))
    before, factor = 0, 1
    for k in range(n):
        before, factor = factor, -2 * (x * factor + k * before)
    return xp.where(y == 0, 0, factor * y) if n else y


_bell: Primitive = elementwise_card(
    "bell_curve", lambda xp, _y, x, *, n: bind(_bell, (x,), {"n": n + 1})
)
_bell.implementation = _bell_curve


def _bell_slope(scale: float) -> Rule:
    return lambda xp, _y, x: scale * bind(_bell, (x,), {"n": 0})


erf = elementwise("erf", _bell_slope(2 / math.sqrt(math.pi)),
                  doc="Error function.")  # fmt: skip
erfc = elementwise("erfc", _bell_slope(-2 / math.sqrt(math.pi)),
                   doc="Complementary error function `1 - erf(x)`, exact where it is small.")  # fmt: skip
erfinv = elementwise("erfinv", lambda xp, y, _x: (math.sqrt(math.pi) / 2) * xp.exp(xp.square(y)),
                     doc="Inverse of the error function; the slope at -1 and 1 is inf.")  # fmt: skip
gammaln = elementwise("gammaln", lambda xp, _y, x: xp.digamma(x), doc="`log |gamma(x)|`.")
digamma = elementwise(
    "digamma", lambda xp, _y, x: xp.polygamma(x, n=1), doc="Derivative of `gammaln`."
)

_polygamma = elementwise_card("polygamma", lambda xp, _y, x, *, n: xp.polygamma(x, n=n + 1))


def polygamma(x: Any, /, *, n: int) -> Any:
    """The `n`-th derivative of `digamma` at `x`; `n >= 0`."""
    return _polygamma(x, n=n)


def supplied(name: str, composite: Rule) -> Rule:
    """Return an implementation for bare arrays: the library's own `name`, else `composite(xp, *arrays)`."""
    found: dict[type, Rule] = {}

    def implementation(*arrays: Any) -> Any:
        kind = arrays[0].__class__ if arrays[0].__class__ not in SCALARS else arrays[1].__class__
        rule = found.get(kind)
        if rule is None:
            xp = namespaces[kind]
            rule = found[kind] = getattr(xp, name, None) or partial(composite, xp)
        return rule(*arrays)

    return implementation


_SINC = [(-1) ** k / math.factorial(2 * k + 1) for k in range(12)]


def sinc(x: Any, /) -> Any:
    """`sin(pi x) / (pi x)`, and 1 at 0. Near 0 a Taylor series, exact with its first derivatives."""
    z = math.pi * lift(x)
    small = (z < 1) & (z > -1)
    square = z * z
    square = where(small, square, 0)
    series = _SINC[-1]
    for coefficient in reversed(_SINC[:-1]):
        series = series * square + coefficient
    z = where(small, 1, z)
    return where(small, series, sin(z) / z)


def _xlogy(xp: Any, x: Any, y: Any) -> Any:
    return x * xp.log(xp.where((x == 0) & (y == y), 1, y))


def _log_slope(xp: Any, _y: Any, _a: Any, b: Any) -> Any:
    return _log(b) if type(b) in SCALARS else xp.log(b)


def _log1p_slope(xp: Any, _y: Any, _a: Any, b: Any) -> Any:
    return _log(1 + b) if type(b) in SCALARS else xp.log1p(b)


def _log(b: Any) -> float:
    """Return the logarithm of a number, which Python refuses at 0 and below."""
    return math.log(b) if b > 0 else -math.inf if b == 0 else math.nan


xlogy = elementwise("xlogy", _log_slope, lambda xp, _y, a, b: xp.guarded_multiply(a, 1 / b),
                    doc="`x1 * log(x2)`, and 0 where `x1` is 0, broadcast.")  # fmt: skip
xlogy.card.implementation = supplied("xlogy", _xlogy)

xlog1py = elementwise(
    "xlog1py", _log1p_slope, lambda xp, _y, a, b: xp.guarded_multiply(a, 1 / (1 + b)),
    doc="`x1 * log1p(x2)`, and 0 where `x1` is 0, broadcast.",
)  # fmt: skip
xlog1py.card.implementation = supplied(
    "xlog1py", lambda xp, x, y: x * xp.log1p(xp.where((x == 0) & (y == y), 0, y))
)


entr = elementwise("entr", lambda xp, _y, x: xp.where(x < 0, 0, -1 - xp.log(xp.where(x < 0, 1, x))),
                   doc="`-x log(x)`: 0 at 0, with the slope inf; -inf below it.")  # fmt: skip
entr.card.implementation = supplied(
    "entr", lambda xp, x: xp.where(x < 0, -math.inf, -_xlogy(xp, x, xp.where(x < 0, 1, x)))
)


__all__ = [
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfinv",
    "gammaln",
    "polygamma",
    "sinc",
    "xlog1py",
    "xlogy",
]

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
from gradx.primitive import Rule
from gradx.tape import SCALARS, lift

erf = elementwise("erf", lambda xp, _y, x: (2 / math.sqrt(math.pi)) * xp.exp(-xp.square(x)),
                  doc="Error function.")  # fmt: skip
erfc = elementwise("erfc", lambda xp, _y, x: (-2 / math.sqrt(math.pi)) * xp.exp(-xp.square(x)),
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


xlogy = elementwise("xlogy", lambda xp, _y, _a, b: xp.log(b), lambda xp, _y, a, b: xp.guarded_multiply(a, 1 / b),
                    doc="`x1 * log(x2)`, and 0 where `x1` is 0, broadcast.")  # fmt: skip
xlogy.card.implementation = supplied("xlogy", _xlogy)

xlog1py = elementwise(
    "xlog1py", lambda xp, _y, _a, b: xp.log1p(b), lambda xp, _y, a, b: xp.guarded_multiply(a, 1 / (1 + b)),
    doc="`x1 * log1p(x2)`, and 0 where `x1` is 0, broadcast.",
)  # fmt: skip
xlog1py.card.implementation = supplied(
    "xlog1py", lambda xp, x, y: x * xp.log1p(xp.where((x == 0) & (y == y), 0, y))
)


def entr(x: Any, /) -> Any:
    """`-x log(x)`: 0 at 0, with the slope inf, and -inf below it."""
    x = lift(x)
    return where(x < 0, -math.inf, xlogy(-where(x < 0, 0, x), x))


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

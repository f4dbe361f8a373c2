"""Arithmetic: sums, products, quotients and remainders.

- `remainder(x, y) = x - y * floor(x / y)`: slopes 1 and -floor(x / y).
- `floor_divide` is piecewise constant: derivative 0, still on the graph.
"""

from __future__ import annotations

from math import copysign, inf
from typing import Any

from gradx.dtypes import is_complex
from gradx.elementwise import elementwise
from gradx.tape import SCALARS

add = elementwise("add", 1, 1, doc="Sum `x1 + x2`, broadcast.")
subtract = elementwise("subtract", 1, -1, doc="Difference `x1 - x2`, broadcast.")
multiply = elementwise("multiply", lambda xp, _y, _a, b: b, lambda xp, _y, a, _b: a,
                       doc="Product `x1 * x2`, broadcast.")  # fmt: skip
negative = elementwise("negative", -1, doc="`-x`.")
positive = elementwise("positive", 1, doc="`+x`: a Tensor of its own with the value of `x`.")


def _inverse(xp: Any, _y: Any, _a: Any, b: Any) -> Any:
    if type(b) in SCALARS:  # Python refuses 1 / 0
        return 1 / b if b else copysign(inf, b.real)
    return 1 / b


def _pull_divide(xp: Any, ct: Any, node: Any, parents: Any) -> Any:
    """Both cotangents from one quotient."""
    a, b = parents
    x, y = node.inputs[1], node.y
    if is_complex[node.dtype]:
        x = x.conjugate() if type(x) in SCALARS else xp.conj(x)
        y = None if b is None else xp.conj(y)
    g = ct / x
    return None if a is None else g, None if b is None else -(g * y)


divide = elementwise("divide", _inverse, lambda xp, y, _a, b: -(y / b),
                     doc="Quotient `x1 / x2`, broadcast.")  # fmt: skip
divide.card.pull = _pull_divide

floor_divide = elementwise("floor_divide", 0, 0, masks=True,
                           doc="`floor(x1 / x2)`, broadcast. Piecewise constant: derivative 0.")  # fmt: skip
remainder = elementwise("remainder", 1, lambda xp, _y, a, b: -xp.floor_divide(a, b),
                        doc="`x1 - x2 * floor(x1 / x2)`, broadcast: the sign of `x2`.")  # fmt: skip

__all__ = [
    "add",
    "divide",
    "floor_divide",
    "multiply",
    "negative",
    "positive",
    "remainder",
    "subtract",
]

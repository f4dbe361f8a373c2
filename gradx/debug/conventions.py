"""Where each primitive is not differentiable, and what its derivative is there: one row a card.

- A row's predicate is `(xp, y, *inputs, **params)` on bare arrays, of what the row names: the elements of output or
  inputs that sit on the set. A parameter whose name begins with `_` may be None: not kept, and not needed.
- The words are those of SEMANTICS: the element of smallest norm at a kink, the limit at an infinite slope.
- Poles, where the value itself is infinite (`log` at 0), count: their slope is a limit from one side.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from gradx.ops.adjoint import real
from gradx.shapes import kept_shape
from gradx.tape import SCALARS


class Row(NamedTuple):
    """A predicate, the set in words, and the convention in words."""

    at: Callable[..., Any]
    where: str
    convention: str


def _zero(xp: Any, _y: Any, x: Any) -> Any:
    return x == 0


def _result_zero(xp: Any, y: Any, _x: Any, **_params: Any) -> Any:
    return y == 0


def _ends(*ends: float) -> Callable[..., Any]:
    """Return the predicate of a function of one array whose domain has these ends."""

    def at(xp: Any, _y: Any, x: Any) -> Any:
        found = x == ends[0]
        for end in ends[1:]:
            found = found | (x == end)
        return found

    return at


def _tie(xp: Any, _y: Any, a: Any, b: Any) -> Any:
    return a == b


def _extremum(xp: Any, y: Any, x: Any, *, axis: Any, keepdims: bool) -> Any:
    """Elements of the input that share the extremum with another."""
    chosen = x == xp.reshape(y, kept_shape(tuple(x.shape), axis))
    return chosen & (xp.sum(xp.astype(chosen, x.dtype), axis=axis, keepdims=True) > 1)


def _equal_neighbours(xp: Any, y: Any, _x: Any, *, axis: int, **_params: Any) -> Any:
    """Elements of the sorted output that are equal to the next or the one before."""
    n = y.shape[axis]
    lead = (slice(None),) * axis
    if n < 2:
        return y != y
    same = y[(*lead, slice(1, None), ...)] == y[(*lead, slice(None, -1), ...)]
    none = y[(*lead, slice(0, 1), ...)]
    none = (none != none) & (none == none)
    return xp.concat([same, none], axis=axis) | xp.concat([none, same], axis=axis)


def _spectrum(xp: Any, y: Any, _x: Any) -> Any:
    return _equal_neighbours(xp, y, None, axis=len(y.shape) - 1)


def _singular(xp: Any, y: Any, _x: Any) -> Any:
    return _spectrum(xp, y, None) | (y == 0)


def _bounds(xp: Any, _y: Any, x: Any, low: Any, high: Any) -> Any:
    return (x == low) | (x == high)


def _norm(xp: Any, y: Any, x: Any, *, ord: float, **_params: Any) -> Any:
    return x == 0 if ord <= 1 else y == 0


def _whole(xp: Any, _y: Any, x: Any) -> Any:
    return xp.isfinite(x) & (xp.floor(x) == x)


def _whole_but_zero(xp: Any, _y: Any, x: Any) -> Any:
    return _whole(xp, None, x) & (x != 0)


def _half(xp: Any, _y: Any, x: Any) -> Any:
    return xp.isfinite(x) & (x - xp.floor(x) == 0.5)


def _multiple(xp: Any, _y: Any, a: Any, b: Any) -> Any:
    return (b != 0) & (xp.remainder(a, b) == 0) & _finite(xp, a) & _finite(xp, b)


def _finite(xp: Any, x: Any) -> Any:
    return math.isfinite(x) if type(x) in SCALARS else xp.isfinite(x)


def _origin(xp: Any, _y: Any, a: Any, b: Any) -> Any:
    return (a == 0) & (b == 0)


def _sign_flips(xp: Any, _y: Any, x: Any, s: Any) -> Any:
    return (x == 0) | (s == 0)


def _base_zero(xp: Any, _y: Any, x: Any, n: Any) -> Any:
    power = n.real if type(n) in SCALARS else real(xp, n)
    at = (x == 0) & (power < 1)
    return at & (n != 0) if type(n) in SCALARS else at


def _divisor_zero(xp: Any, _y: Any, _a: Any, b: Any) -> Any:
    return b == 0


SMALLEST = "the element of smallest norm: 0"
SHARED = "ties share the derivative equally"
CONSTANT = "piecewise constant: 0"
LIMIT = "the limit: an infinite slope"
STABLE = "the stable permutation: of equal elements, the earlier comes first"

CONVENTIONS: dict[str, Row] = {
    "abs": Row(_zero, "0", SMALLEST),
    "acos": Row(_ends(-1, 1), "-1 or 1", LIMIT),
    "acosh": Row(_ends(1), "1", LIMIT),
    "asin": Row(_ends(-1, 1), "-1 or 1", LIMIT),
    "atan2": Row(_origin, "(0, 0)", SMALLEST),
    "atanh": Row(_ends(-1, 1), "-1 or 1", LIMIT),
    "ceil": Row(_whole, "a whole number, where it jumps", CONSTANT),
    "clip": Row(_bounds, "a bound", "passes at its bounds: 1 for what is clipped, 0 for the bound"),
    "copysign": Row(_sign_flips, "0, where the sign flips", "0 at x1 = 0; follows the sign of 0 at x2 = 0"),
    "divide": Row(_divisor_zero, "a divisor of 0", "what the formula gives: an infinite slope, NaN for 0 / 0"),
    "entr": Row(_zero, "0", LIMIT),
    "erfinv": Row(_ends(-1, 1), "-1 or 1", LIMIT),
    "floor": Row(_whole, "a whole number, where it jumps", CONSTANT),
    "floor_divide": Row(_multiple, "a multiple of the divisor, where it jumps", CONSTANT),
    "hypot": Row(_origin, "(0, 0)", SMALLEST),
    "linalg.eigh": Row(lambda xp, y, _x: _spectrum(xp, y[0], None), "equal eigenvalues",
                       "exact where the choice of their vectors makes no difference; else an error"),
    "linalg.svd": Row(lambda xp, y, _x, **_params: _singular(xp, y[1], None), "0, or equal singular values",
                      "0 at a value of 0; exact where the choice of vectors makes no difference, else an error"),
    "linalg.vector_norm": Row(_norm, "0", SMALLEST),
    "log": Row(_zero, "0", LIMIT),
    "log10": Row(_zero, "0", LIMIT),
    "log1p": Row(_ends(-1), "-1", LIMIT),
    "log2": Row(_zero, "0", LIMIT),
    "max": Row(_extremum, "a tie", SHARED),
    "maximum": Row(_tie, "a tie", SHARED),
    "min": Row(_extremum, "a tie", SHARED),
    "minimum": Row(_tie, "a tie", SHARED),
    "pow": Row(_base_zero, "a base of 0 with an exponent below 1", "the limit: infinite; 0 for exponent 0"),
    "reciprocal": Row(_zero, "0", "the limit from above: -inf"),
    "relu": Row(_zero, "0", SMALLEST),
    "remainder": Row(_multiple, "a multiple of the divisor, where it jumps", "1, and -floor(x1 / x2)"),
    "round": Row(_half, "half a whole number, where it jumps", CONSTANT),
    "sign": Row(_zero, "0", SMALLEST),
    "sort": Row(_equal_neighbours, "equal elements", STABLE),
    "sqrt": Row(_result_zero, "0", LIMIT),
    "std": Row(_result_zero, "equal elements", SMALLEST),
    "trunc": Row(_whole_but_zero, "a whole number, where it jumps", CONSTANT),
    "xlogy": Row(lambda xp, _y, a, b: (b == 0) & (a != 0), "a logarithm of 0", LIMIT),
    "xlog1py": Row(lambda xp, _y, a, b: (b == -1) & (a != 0), "a logarithm of 0", LIMIT),
}  # fmt: skip


def needs(row: Row) -> tuple[bool, list[bool]]:
    """Return whether a row's predicate reads the output, and which inputs it reads."""
    code = row.at.__code__
    output, *inputs = code.co_varnames[1 : code.co_argcount]
    return not output.startswith("_"), [not name.startswith("_") for name in inputs]


__all__ = ["CONVENTIONS", "Row", "needs"]

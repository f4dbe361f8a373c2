"""Choosing between values, element by element.

- The value not chosen gets exactly 0, whatever it holds: every card here masks.
- Ties of `maximum` and `minimum` share equally; `clip` passes the cotangent at its bounds.
- `guarded_multiply` is the product for which a zero absorbs: rules use it where a slope may be infinite.
"""

from __future__ import annotations

import math
import sys
from typing import Any

from gradx.batching import aligned
from gradx.dtypes import dtype_of
from gradx.elementwise import elementwise, ruled
from gradx.ops.adjoint import conj
from gradx.ops.arithmetic import positive
from gradx.ops.comparison import isnan
from gradx.ops.complex import imag, real
from gradx.primitive import primitive
from gradx.tape import SCALARS, lift

_GREATEST = {"float16": 65504.0, "bfloat16": 3.3895313892515355e38, "float32": 3.4028234663852886e38,
             "float64": sys.float_info.max, "complex64": 3.4028234663852886e38,
             "complex128": sys.float_info.max}  # fmt: skip


def _push_where(xp: Any, tangents: Any, y: Any, condition: Any, _a: Any, _b: Any) -> Any:
    zeros = xp.zeros_like(y)
    _, da, db = tangents
    return xp.where(condition, zeros if da is None else da, zeros if db is None else db)


_where = primitive(
    "where",
    None,
    lambda xp, ct, _y, condition, _a, _b: xp.where(condition, ct, 0),
    lambda xp, ct, _y, condition, _a, _b: xp.where(condition, 0, ct),
    jvp=_push_where,
    masks=True,
    batch=aligned,
)


def where(condition: Any, x1: Any, x2: Any, /) -> Any:
    """Elements of `x1` where `condition` is true, of `x2` elsewhere, broadcast.

    The branch not taken gets exactly 0, also where its own derivative is inf or NaN.
    """
    return _where(condition, x1, x2)


def _share(xp: Any, t: Any, a: Any, b: Any) -> Any:
    """Return what of t goes to a where the greater of a and b was chosen: all with a NaN, half of a tie."""
    return xp.where(a < b, 0, xp.where(a == b, t / 2, t))


def _extremum(name: str, greater: Any, doc: str) -> Any:
    """Make `maximum` or `minimum`; `greater` puts its pair of inputs in the order that `_share` takes."""

    def push(xp: Any, tangents: Any, y: Any, a: Any, b: Any) -> Any:
        da, db = tangents
        first = None if da is None else greater(xp, da, a, b)
        if db is None:
            return first
        second = greater(xp, db, b, a)
        return second if first is None else first + second

    return ruled(name, lambda xp, ct, _y, a, b: greater(xp, ct, a, b),
                 lambda xp, ct, _y, a, b: greater(xp, ct, b, a), jvp=push, masks=True, doc=doc)  # fmt: skip


maximum = _extremum(
    "maximum", _share, "The greater of two, broadcast; ties share the derivative equally."
)
minimum = _extremum("minimum", lambda xp, t, a, b: _share(xp, t, b, a),
                    "The smaller of two, broadcast; ties share the derivative equally.")  # fmt: skip


def _to_low(xp: Any, ct: Any, y: Any, x: Any, low: Any, high: Any) -> Any:
    return xp.where((x < y) & (low <= high), ct, 0)


def _to_high(xp: Any, ct: Any, y: Any, x: Any, low: Any, high: Any) -> Any:
    return xp.where((x > y) | ((x < y) & (low > high)), ct, 0)


def _inside(xp: Any, ct: Any, y: Any, x: Any, _low: Any, _high: Any) -> Any:
    return xp.where(x == y, ct, 0)


def _push_clip(xp: Any, tangents: Any, y: Any, *inputs: Any) -> Any:
    rules = _inside, _to_low, _to_high
    terms = [
        rule(xp, t, y, *inputs) for rule, t in zip(rules, tangents, strict=True) if t is not None
    ]
    return sum(terms[1:], terms[0])


_clip = ruled("clip", _inside, _to_low, _to_high, jvp=_push_clip, masks=True)


def clip(x: Any, /, min: Any = None, max: Any = None) -> Any:
    """Bring elements into [`min`, `max`]: numbers, arrays that broadcast to `x`, or None for no bound.

    The cotangent passes to `x` inside the closed interval, and to the bound that was taken outside it.

    >>> import gradx as gx
    >>> gx.clip(gx.asarray([-2.0, 0.5, 3.0]), 0, 1)
    Tensor([0. , 0.5, 1. ])
    """
    x = lift(x)
    if min is None and max is None:
        return positive(x)
    low, high = _ends(dtype_of(x.dtype))
    return _clip(x, low if min is None else min, high if max is None else max)


def _ends(dtype: Any) -> tuple[Any, Any]:
    bits = 8 * dtype.itemsize
    if dtype.kind == "u":
        return 0, 2**bits - 1
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if dtype.kind == "i" else (-math.inf, math.inf)


def _conj(xp: Any, x: Any) -> Any:
    return x.conjugate() if type(x) in SCALARS else conj(xp, x)


def _absorbed(xp: Any, a: Any, b: Any) -> Any:
    """Where the product is 0 by decree; None where b is finite for certain."""
    if type(b) in SCALARS:
        return None if math.isfinite(b.real) and math.isfinite(b.imag) else a == 0
    return (a == 0) & ~xp.isfinite(b)


def _guarded_first(xp: Any, ct: Any, _y: Any, a: Any, b: Any) -> Any:
    g, mask = xp.guarded_multiply(ct, _conj(xp, b)), _absorbed(xp, a, b)
    return g if mask is None else xp.where(mask, 0, g)


def _guarded_second(xp: Any, ct: Any, _y: Any, a: Any, _b: Any) -> Any:
    return either(xp, ct, _conj(xp, a))


def either(xp: Any, t: Any, a: Any) -> Any:
    """Return `t * a`, and 0 where one is 0 and the other not finite."""
    return xp.where((a == 0) & ~xp.isfinite(t), 0, xp.guarded_multiply(t, a))


def _push_guarded(xp: Any, tangents: Any, y: Any, a: Any, b: Any) -> Any:
    da, db = tangents
    first, mask = None, None
    if da is not None:
        first, mask = xp.guarded_multiply(da, b), _absorbed(xp, a, b)
        first = first if mask is None else xp.where(mask, 0, first)
    if db is None:
        return first
    second = either(xp, db, a)
    return second if first is None else first + second


guarded_multiply = ruled("guarded_multiply", _guarded_first, _guarded_second, jvp=_push_guarded, masks=True,
                         doc="`x1 * x2`, but 0 where `x1` is 0 and `x2` inf or NaN, broadcast.")  # fmt: skip


def nan_to_num(x: Any, /, *, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """Replace NaN, inf and -inf by numbers: 0 and the ends of the dtype's range. Replaced elements get 0."""
    x = lift(x)
    dtype = dtype_of(x.dtype)
    if dtype.kind == "c":
        parts = [
            nan_to_num(part, nan=nan, posinf=posinf, neginf=neginf) for part in (real(x), imag(x))
        ]
        return parts[0] + parts[1] * 1j
    if dtype.kind != "f":
        return positive(x)
    end = _GREATEST[dtype.name]
    x = where(isnan(x), nan, x)
    x = where(x == math.inf, end if posinf is None else posinf, x)
    return where(x == -math.inf, -end if neginf is None else neginf, x)


copysign = elementwise("copysign", lambda xp, y, x, _s: xp.sign(x) * xp.sign(y), 0, masks=True,
                       doc="`x1` with the sign of `x2`, broadcast; the slope follows the sign, 0 at 0.")  # fmt: skip
nextafter = elementwise("nextafter", 1, 0, masks=True,
                        doc="The next number after `x1` towards `x2`, broadcast; slopes 1 and 0.")  # fmt: skip

__all__ = [
    "clip",
    "copysign",
    "guarded_multiply",
    "maximum",
    "minimum",
    "nan_to_num",
    "nextafter",
    "where",
]

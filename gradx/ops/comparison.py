"""Comparisons, logic, bits, and tests of an element: functions to booleans and integers.

- None has a derivative: the result is off the graph.
- Rules call them often, so eager Tensors take a short way past the levels.
"""

from __future__ import annotations

from typing import Any

from gradx.batching import aligned
from gradx.elementwise import named
from gradx.level import cell
from gradx.primitive import constant
from gradx.tape import SCALARS, ZERO, apply, recover, settle


def _test(name: str, doc: str) -> Any:
    """Make a function of one array without a derivative."""
    card = constant(name, batch=aligned)
    table = card.table

    def call(x: Any, /) -> Any:
        if getattr(x, "level", None) is not ZERO:
            return apply(card, (x,), {})
        a = x.data
        try:
            y = table[a.__class__](a)
        except Exception as error:
            y = recover(card, (a,), {}, error)
        return cell(y if y.__class__ is a.__class__ else settle(y, (a,)), ZERO, None)

    return named(call, card, doc)


def _relation(name: str, doc: str) -> Any:
    """Make a function of two arrays without a derivative."""
    card = constant(name, batch=aligned)
    table = card.table

    def call(x1: Any, x2: Any, /) -> Any:
        if getattr(x1, "level", None) is not ZERO:
            return apply(card, (x1, x2), {})
        a = x1.data
        if type(x2) in SCALARS:
            b = x2
        elif getattr(x2, "level", None) is ZERO and x2.data.__class__ is a.__class__:
            b = x2.data
        else:
            return apply(card, (x1, x2), {})
        try:
            y = table[a.__class__](a, b)
        except Exception as error:
            y = recover(card, (a, b), {}, error)
        return cell(y if y.__class__ is a.__class__ else settle(y, (a,)), ZERO, None)

    return named(call, card, doc)


equal = _relation("equal", "`x1 == x2`, broadcast.")
greater = _relation("greater", "`x1 > x2`, broadcast.")
greater_equal = _relation("greater_equal", "`x1 >= x2`, broadcast.")
less = _relation("less", "`x1 < x2`, broadcast.")
less_equal = _relation("less_equal", "`x1 <= x2`, broadcast.")
not_equal = _relation("not_equal", "`x1 != x2`, broadcast.")

logical_and = _relation("logical_and", "Whether both are true, broadcast.")
logical_not = _test("logical_not", "Whether `x` is false.")
logical_or = _relation("logical_or", "Whether either is true, broadcast.")
logical_xor = _relation("logical_xor", "Whether exactly one is true, broadcast.")

bitwise_and = _relation("bitwise_and", "Bits set in both, broadcast.")
bitwise_invert = _test("bitwise_invert", "All bits flipped.")
bitwise_left_shift = _relation("bitwise_left_shift", "Bits of `x1` moved up by `x2`, broadcast.")
bitwise_or = _relation("bitwise_or", "Bits set in either, broadcast.")
bitwise_right_shift = _relation(
    "bitwise_right_shift", "Bits of `x1` moved down by `x2`, broadcast."
)
bitwise_xor = _relation("bitwise_xor", "Bits set in exactly one, broadcast.")

isfinite = _test("isfinite", "Whether `x` is neither infinite nor NaN.")
isinf = _test("isinf", "Whether `x` is infinite.")
isnan = _test("isnan", "Whether `x` is NaN.")
signbit = _test("signbit", "Whether the sign of `x` is set: of -0.0 too.")

__all__ = ["bitwise_and", "bitwise_invert", "bitwise_left_shift", "bitwise_or", "bitwise_right_shift",
           "bitwise_xor", "equal", "greater", "greater_equal", "isfinite", "isinf", "isnan", "less",
           "less_equal", "logical_and", "logical_not", "logical_or", "logical_xor", "not_equal",
           "signbit"]  # fmt: skip

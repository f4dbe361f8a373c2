"""The standard's special cases where libraries are known to miss them: infinities, NaNs and signed zeros.

- Each takes the namespace, the library's own function and its arguments; what is not a special case is the library's.
- Nothing depends on values in Python: masks only, so nothing waits for a device.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan, pi
from typing import Any

Array = Any


def _put(xp: Any, y: Array, cases: list[tuple[Array, complex]]) -> Array:
    """Return `y` with a number in the place of each mask."""
    device = getattr(y, "device", None)
    for mask, value in cases:
        y = xp.where(mask, xp.asarray(value, dtype=y.dtype, device=device), y)
    return y


def floor_divide(xp: Any, own: Callable[..., Array], x1: Array, x2: Array, /) -> Array:
    """Exact at infinities: `inf // 2 = inf` and `2 // -inf = -0.0`."""
    y = own(x1, x2)
    if not xp.isdtype(y.dtype, "real floating"):
        return y
    exact = (xp.isinf(x1) & xp.isfinite(x2) & (x2 != 0)) | (xp.isfinite(x1) & xp.isinf(x2))
    return xp.where(exact, xp.divide(x1, xp.where(exact, x2, xp.ones_like(x2))), y)


def remainder(xp: Any, own: Callable[..., Array], x1: Array, x2: Array, /) -> Array:
    """A remainder of zero has the sign of the divisor."""
    y = own(x1, x2)
    if not xp.isdtype(y.dtype, "real floating"):
        return y
    return xp.where(y == 0, xp.copysign(y, x2), y)


def sign(xp: Any, own: Callable[..., Array], x: Array, /) -> Array:
    """The sign of any complex zero is `0j`."""
    y = own(x)
    return _put(xp, y, [(x == 0, 0j)]) if xp.isdtype(y.dtype, "complex floating") else y


def acos(xp: Any, own: Callable[..., Array], x: Array, /) -> Array:
    """Of a complex zero: the imaginary part has the sign that `x` has not."""
    y = own(x)
    if not xp.isdtype(y.dtype, "complex floating"):
        return y
    zero, low = x == 0, xp.signbit(xp.imag(x))
    return _put(xp, y, [(zero & ~low, complex(pi / 2, -0.0)), (zero & low, complex(pi / 2, 0.0))])


def log1p(xp: Any, own: Callable[..., Array], x: Array, /) -> Array:
    """Of a complex number with one part infinite and the other NaN, the real part is infinite."""
    y = own(x)
    if not xp.isdtype(y.dtype, "complex floating"):
        return y
    a, b = xp.real(x), xp.imag(x)
    far = (xp.isinf(a) & xp.isnan(b)) | (xp.isnan(a) & xp.isinf(b))
    return _put(xp, y, [(far, complex(inf, nan))])


def tanh(xp: Any, own: Callable[..., Array], x: Array, /) -> Array:
    """The complex one has its limits at infinite real parts: 1 or -1, the zero with the sign of the imaginary part."""
    y = own(x)
    if not xp.isdtype(y.dtype, "complex floating"):
        return y
    a, b = xp.real(x), xp.imag(x)
    up, down = xp.isfinite(b) & ~xp.signbit(b), xp.isfinite(b) & xp.signbit(b)
    return _put(xp, y, [
        (up & (a == inf), complex(1, 0.0)), (down & (a == inf), complex(1, -0.0)),
        (up & (a == -inf), complex(-1, 0.0)), (down & (a == -inf), complex(-1, -0.0)),
    ])  # fmt: skip


def expm1(xp: Any, own: Callable[..., Array], x: Array, /) -> Array:
    """The complex one is real on the real axis and has the exponential's limits at infinities."""
    y = own(x)
    if not xp.isdtype(y.dtype, "complex floating"):
        return y
    a, b = xp.real(x), xp.imag(x)
    endless = ~xp.isfinite(b)
    cases = [(endless & (a == -inf), complex(-1, 0.0)), (endless & (a == inf), complex(inf, nan))]
    for zero, on_axis in ((0.0, ~xp.signbit(b)), (-0.0, xp.signbit(b))):
        on_axis = on_axis & (b == 0)
        cases += [
            (on_axis & (a == 0), complex(0.0, zero)), (on_axis & xp.isnan(a), complex(nan, zero)),
            (on_axis & (a == inf), complex(inf, zero)), (on_axis & (a == -inf), complex(-1, zero)),
        ]  # fmt: skip
    return _put(xp, y, cases)


CORRECTED: dict[str, Callable[..., Array]] = {
    "acos": acos,
    "expm1": expm1,
    "floor_divide": floor_divide,
    "log1p": log1p,
    "remainder": remainder,
    "sign": sign,
    "tanh": tanh,
}
"""By name, on every library but NumPy, whose backend has its own."""

"""NumPy's universal functions under NumPy's names, each of them gradx's function or a formula of a line.

- Piecewise constant ones have derivative 0; those to integers and booleans cut the graph.
"""

from __future__ import annotations

import math
from typing import Any

from gradx import ops
from gradx.numpy import reductions
from gradx.numpy.arguments import inexact, tensor
from gradx.numpy.ufunc import ufunc
from gradx.ops import special

_LN2 = math.log(2.0)


def _logaddexp2(x: Any, y: Any) -> Any:
    return ops.divide(ops.logaddexp(ops.multiply(x, _LN2), ops.multiply(y, _LN2)), _LN2)


def _exp2(x: Any) -> Any:
    return ops.pow(2.0, x) if tensor(x).dtype.kind == "c" else special.exp2(inexact(x))


def _fmax(x: Any, y: Any) -> Any:
    return ops.where(ops.isnan(y), x, ops.where(ops.isnan(x), y, ops.maximum(x, y)))


def _fmin(x: Any, y: Any) -> Any:
    return ops.where(ops.isnan(y), x, ops.where(ops.isnan(x), y, ops.minimum(x, y)))


def _fmod(x: Any, y: Any) -> Any:
    x, y = tensor(x), tensor(y)
    if "f" in (x.dtype.kind, y.dtype.kind):
        return ops.remainder(x, ops.copysign(y, x))
    return ops.sign(x) * ops.remainder(ops.abs(x), ops.abs(y))


def _float_power(x: Any, y: Any) -> Any:
    kind = "complex128" if "c" in (tensor(x).dtype.kind, tensor(y).dtype.kind) else "float64"
    return ops.pow(ops.astype(x, kind, copy=False), ops.astype(y, kind, copy=False))


def _heaviside(x: Any, at_zero: Any) -> Any:
    x = ops.stop_gradient(inexact(x))
    side = ops.where(ops.isnan(x), x, ops.astype(x > 0, x.dtype))
    return ops.where(x == 0, at_zero, side)


def _spacing(x: Any) -> Any:
    x = ops.stop_gradient(inexact(x))
    size = ops.abs(x)
    step = ops.nextafter(size, ops.full_like(size, math.inf)) - size
    return ops.where(x < 0, -step, step)


def _scaled(x: Any, exponent: Any) -> Any:
    """Return x 2^exponent, in two steps: neither overflows before the result does."""
    half = ops.floor_divide(exponent, 2)
    two = ops.full_like(x, 2.0)
    first = ops.pow(two, ops.astype(half, x.dtype))
    return x * first * ops.pow(two, ops.astype(exponent - half, x.dtype))


def _ldexp(x: Any, exponent: Any) -> Any:
    x = inexact(x)
    return _scaled(x, tensor(exponent))


def _frexp(x: Any) -> tuple[Any, Any]:
    x = inexact(x)
    size = ops.abs(ops.stop_gradient(x))
    plain = ops.logical_and(ops.isfinite(size), size > 0)
    guess = ops.floor(ops.log2(ops.where(plain, size, 1.0)))
    exponent = ops.astype(ops.where(plain, guess + 1, 0.0), "int32")
    part = _scaled(ops.where(plain, size, 0.5), -exponent)
    small, large = ops.logical_and(plain, part < 0.5), ops.logical_and(plain, part >= 1)
    exponent = exponent - ops.astype(small, "int32") + ops.astype(large, "int32")
    return ops.where(plain, _scaled(x, -exponent), x), exponent


def _modf(x: Any) -> tuple[Any, Any]:
    x = inexact(x)
    whole = ops.trunc(x)
    part = ops.copysign(
        ops.where(ops.isinf(x), 0.0, x - ops.where(ops.isinf(x), 0.0, whole)), ops.stop_gradient(x)
    )
    return part, whole


def _divmod(x: Any, y: Any) -> tuple[Any, Any]:
    return ops.floor_divide(x, y), ops.remainder(x, y)


def _matvec(a: Any, v: Any) -> Any:
    return ops.matmul(a, ops.expand_dims(tensor(v), axis=-1))[..., 0]


def _vecmat(v: Any, a: Any) -> Any:
    return ops.matmul(ops.expand_dims(ops.conj(tensor(v)), axis=-2), a)[..., 0, :]


def _gcd(x: Any, y: Any) -> Any:
    x, y = ops.broadcast_arrays(ops.abs(tensor(x)), ops.abs(tensor(y)))
    while bool(ops.any(y != 0)):
        rest = ops.remainder(x, ops.where(y == 0, 1, y))
        x, y = ops.where(y == 0, x, y), ops.where(y == 0, 0, rest)
    return x


def _lcm(x: Any, y: Any) -> Any:
    common = _gcd(x, y)
    return ops.floor_divide(ops.abs(tensor(x)), ops.where(common == 0, 1, common)) * ops.abs(
        tensor(y)
    )


def _bitwise_count(x: Any) -> Any:
    x = ops.abs(tensor(x))
    bits = [
        ops.bitwise_and(ops.bitwise_right_shift(x, i), 1) for i in range(8 * x.dtype.itemsize - 1)
    ]
    top = [ops.bitwise_right_shift(x, 8 * x.dtype.itemsize - 1)] if x.dtype.kind == "u" else []
    return ops.astype(ops.sum(ops.stack(bits + top), axis=0), "uint8")


def _real_magnitude(x: Any) -> Any:
    x = tensor(x)
    if x.dtype.kind == "c":
        raise TypeError("numpy.fabs: expected real numbers; got complex ones. Use abs")
    return ops.abs(inexact(x))


_UNARY = {
    "positive": ops.positive, "negative": ops.negative, "absolute": ops.abs, "fabs": _real_magnitude,
    "exp": ops.exp, "exp2": _exp2, "expm1": ops.expm1, "log": ops.log, "log2": ops.log2,
    "log10": ops.log10, "log1p": ops.log1p, "sqrt": ops.sqrt, "square": ops.square, "cbrt": special.cbrt,
    "reciprocal": ops.reciprocal, "sin": ops.sin, "cos": ops.cos, "tan": ops.tan, "arcsin": ops.asin,
    "arccos": ops.acos, "arctan": ops.atan, "sinh": ops.sinh, "cosh": ops.cosh, "tanh": ops.tanh,
    "arcsinh": ops.asinh, "arccosh": ops.acosh, "arctanh": ops.atanh, "conjugate": ops.conj, "sign": ops.sign,
    "rint": ops.round, "floor": ops.floor, "ceil": ops.ceil, "trunc": ops.trunc, "isnan": ops.isnan,
    "isinf": ops.isinf, "isfinite": ops.isfinite, "signbit": ops.signbit, "logical_not": ops.logical_not,
    "invert": ops.bitwise_invert, "bitwise_count": _bitwise_count, "spacing": _spacing,
    "degrees": lambda x: ops.multiply(x, 180.0 / math.pi), "radians": lambda x: ops.multiply(x, math.pi / 180.0),
    "rad2deg": lambda x: ops.multiply(x, 180.0 / math.pi), "deg2rad": lambda x: ops.multiply(x, math.pi / 180.0),
}  # fmt: skip

_BINARY = {
    "subtract": ops.subtract, "divide": ops.divide, "floor_divide": ops.floor_divide, "power": ops.pow,
    "float_power": _float_power, "remainder": ops.remainder, "fmod": _fmod, "arctan2": ops.atan2,
    "copysign": ops.copysign, "nextafter": ops.nextafter, "heaviside": _heaviside, "ldexp": _ldexp,
    "left_shift": ops.bitwise_left_shift, "right_shift": ops.bitwise_right_shift, "greater": ops.greater,
    "greater_equal": ops.greater_equal, "less": ops.less, "less_equal": ops.less_equal, "equal": ops.equal,
    "not_equal": ops.not_equal, "matmul": ops.matmul, "vecdot": ops.vecdot, "matvec": _matvec, "vecmat": _vecmat,
    "fmax": _fmax, "fmin": _fmin,
}  # fmt: skip

# With an identity: their reductions over several axes, or over nothing, mean something.
_WITH_IDENTITY = {
    "logaddexp": (ops.logaddexp, -math.inf), "logaddexp2": (_logaddexp2, -math.inf), "hypot": (ops.hypot, 0),
    "bitwise_and": (ops.bitwise_and, -1), "bitwise_or": (ops.bitwise_or, 0), "bitwise_xor": (ops.bitwise_xor, 0),
    "gcd": (_gcd, 0), "logical_xor": (ops.logical_xor, False),
}  # fmt: skip

functions = {
    **{name: ufunc(name, function) for name, function in _UNARY.items()},
    **{name: ufunc(name, function, 2) for name, function in _BINARY.items()},
    **{
        name: ufunc(name, function, 2, identity=identity)
        for name, (function, identity) in _WITH_IDENTITY.items()
    },
    "add": ufunc(
        "add", ops.add, 2, identity=0, reduce=reductions.sum, accumulate=reductions.cumsum
    ),
    "multiply": ufunc(
        "multiply",
        ops.multiply,
        2,
        identity=1,
        reduce=reductions.prod,
        accumulate=reductions.cumprod,
    ),
    "maximum": ufunc("maximum", ops.maximum, 2, reduce=reductions.max),
    "minimum": ufunc("minimum", ops.minimum, 2, reduce=reductions.min),
    "logical_and": ufunc("logical_and", ops.logical_and, 2, identity=True, reduce=reductions.all),
    "logical_or": ufunc("logical_or", ops.logical_or, 2, identity=False, reduce=reductions.any),
    "lcm": ufunc("lcm", _lcm, 2),
    "frexp": ufunc("frexp", _frexp, 1, 2),
    "modf": ufunc("modf", _modf, 1, 2),
    "divmod": ufunc("divmod", _divmod, 2, 2),
}

# NumPy's second names for the same function.
for _second, _first in {
    "abs": "absolute", "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan",
    "atan2": "arctan2", "atanh": "arctanh", "bitwise_invert": "invert", "bitwise_left_shift": "left_shift",
    "bitwise_not": "invert", "bitwise_right_shift": "right_shift", "conj": "conjugate", "mod": "remainder",
    "pow": "power", "true_divide": "divide",
}.items():  # fmt: skip
    functions[_second] = functions[_first]

globals().update(functions)

__all__ = list(functions)

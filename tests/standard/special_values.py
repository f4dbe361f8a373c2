"""The standard's special cases as data: `name: [(input, result), ...]`, several inputs as a tuple.

- Zeros are signed, NaN equals NaN; `Near(x)` may differ in the last digits.
- Complex functions have `f(conj(z)) = conj(f(z))`: a case stands for its mirror image too.
"""

from __future__ import annotations

from math import inf, nan, pi
from typing import Any

Z, M = 0.0, -0.0  # the zeros


class Near(float):
    """A result that is rounded."""


class Zero(float):
    """A zero whose sign the standard leaves open."""


REAL_UNARY: dict[str, list[tuple[float, Any]]] = {
    "abs": [(nan, nan), (M, Z), (-inf, inf)],
    "acos": [(nan, nan), (1.5, nan), (-1.5, nan), (1.0, Z)],
    "acosh": [(nan, nan), (0.5, nan), (1.0, Z), (inf, inf)],
    "asin": [(nan, nan), (1.5, nan), (-1.5, nan), (Z, Z), (M, M)],
    "asinh": [(nan, nan), (Z, Z), (M, M), (inf, inf), (-inf, -inf)],
    "atan": [(nan, nan), (Z, Z), (M, M), (inf, Near(pi / 2)), (-inf, Near(-pi / 2))],
    "atanh": [(nan, nan), (-1.5, nan), (1.5, nan), (-1.0, -inf), (1.0, inf), (Z, Z), (M, M)],
    "ceil": [(3.0, 3.0), (inf, inf), (-inf, -inf), (Z, Z), (M, M), (nan, nan), (-0.5, M)],
    "cos": [(nan, nan), (Z, 1.0), (M, 1.0), (inf, nan), (-inf, nan)],
    "cosh": [(nan, nan), (Z, 1.0), (M, 1.0), (inf, inf), (-inf, inf)],
    "exp": [(nan, nan), (Z, 1.0), (M, 1.0), (inf, inf), (-inf, Z)],
    "expm1": [(nan, nan), (Z, Z), (M, M), (inf, inf), (-inf, -1.0)],
    "floor": [(3.0, 3.0), (inf, inf), (-inf, -inf), (Z, Z), (M, M), (nan, nan)],
    "log": [(nan, nan), (-1.0, nan), (Z, -inf), (M, -inf), (1.0, Z), (inf, inf)],
    "log10": [(nan, nan), (-1.0, nan), (Z, -inf), (M, -inf), (1.0, Z), (inf, inf)],
    "log1p": [(nan, nan), (-2.0, nan), (-1.0, -inf), (Z, Z), (M, M), (inf, inf)],
    "log2": [(nan, nan), (-1.0, nan), (Z, -inf), (M, -inf), (1.0, Z), (inf, inf)],
    "negative": [(Z, M), (M, Z), (inf, -inf)],
    "reciprocal": [(Z, inf), (M, -inf), (inf, Z), (-inf, M)],
    "round": [(3.0, 3.0), (inf, inf), (-inf, -inf), (Z, Z), (M, M), (nan, nan), (0.5, Z), (1.5, 2.0), (2.5, 2.0),
              (-0.5, M)],
    "sign": [(-2.0, -1.0), (Z, Z), (M, Z), (2.0, 1.0), (nan, nan), (inf, 1.0), (-inf, -1.0)],
    "sin": [(nan, nan), (Z, Z), (M, M), (inf, nan), (-inf, nan)],
    "sinh": [(nan, nan), (Z, Z), (M, M), (inf, inf), (-inf, -inf)],
    "sqrt": [(nan, nan), (-1.0, nan), (Z, Z), (M, M), (inf, inf)],
    "square": [(M, Z), (-inf, inf)],
    "tan": [(nan, nan), (Z, Z), (M, M), (inf, nan), (-inf, nan)],
    "tanh": [(nan, nan), (Z, Z), (M, M), (inf, 1.0), (-inf, -1.0)],
    "trunc": [(3.0, 3.0), (inf, inf), (-inf, -inf), (Z, Z), (M, M), (nan, nan), (-0.5, M)],
}  # fmt: skip

TESTS: dict[str, list[tuple[float, bool]]] = {
    "isfinite": [(inf, False), (-inf, False), (nan, False), (1.0, True), (M, True)],
    "isinf": [(inf, True), (-inf, True), (nan, False), (1.0, False)],
    "isnan": [(nan, True), (inf, False), (1.0, False)],
    "signbit": [(Z, False), (M, True), (inf, False), (-inf, True), (1.0, False), (-1.0, True)],
}

REAL_BINARY: dict[str, list[tuple[tuple[float, float], Any]]] = {
    "add": [
        ((nan, 1.0), nan), ((1.0, nan), nan), ((inf, -inf), nan), ((-inf, inf), nan), ((inf, inf), inf),
        ((-inf, -inf), -inf), ((inf, 1.0), inf), ((1.0, -inf), -inf), ((M, M), M), ((M, Z), Z), ((Z, M), Z),
        ((Z, Z), Z), ((M, 2.0), 2.0), ((2.0, -2.0), Z),
    ],
    "subtract": [
        ((inf, inf), nan), ((inf, -inf), inf), ((M, Z), M), ((Z, Z), Z), ((M, M), Z), ((2.0, 2.0), Z),
    ],
    "multiply": [
        ((nan, 1.0), nan), ((inf, Z), nan), ((-inf, M), nan), ((Z, inf), nan), ((inf, -inf), -inf),
        ((-inf, -inf), inf), ((inf, -2.0), -inf), ((M, 2.0), M), ((M, -2.0), Z),
    ],
    "divide": [
        ((nan, 1.0), nan), ((inf, inf), nan), ((-inf, inf), nan), ((Z, Z), nan), ((M, Z), nan), ((2.0, Z), inf),
        ((2.0, M), -inf), ((-2.0, Z), -inf), ((-2.0, M), inf), ((Z, 2.0), Z), ((M, 2.0), M), ((Z, -2.0), M),
        ((inf, -2.0), -inf), ((-inf, -2.0), inf), ((2.0, -inf), M), ((-2.0, -inf), Z),
    ],
    "floor_divide": [
        ((nan, 1.0), nan), ((1.0, nan), nan), ((inf, inf), nan), ((inf, -inf), nan), ((Z, Z), nan), ((M, Z), nan),
        ((2.0, Z), inf), ((2.0, M), -inf), ((-2.0, Z), -inf), ((-2.0, M), inf), ((Z, 2.0), Z), ((Z, -2.0), M),
        ((M, 2.0), M), ((M, -2.0), Z), ((inf, 2.0), inf), ((inf, -2.0), -inf), ((-inf, 2.0), -inf),
        ((-inf, -2.0), inf), ((2.0, inf), Z), ((2.0, -inf), M), ((-2.0, inf), M), ((-2.0, -inf), Z),
        ((7.0, 2.0), 3.0), ((-7.0, 2.0), -4.0),
    ],
    "remainder": [
        ((nan, 1.0), nan), ((1.0, nan), nan), ((inf, 2.0), nan), ((-inf, inf), nan), ((Z, Z), nan), ((2.0, Z), nan),
        ((2.0, M), nan), ((Z, 2.0), Z), ((M, 2.0), Z), ((Z, -2.0), M), ((M, -2.0), M), ((2.0, inf), 2.0),
        ((2.0, -inf), -inf), ((-2.0, inf), inf), ((-2.0, -inf), -2.0), ((7.0, -2.0), -1.0), ((4.0, -2.0), M),
    ],
    "pow": [
        ((2.0, nan), nan), ((nan, Z), 1.0), ((nan, M), 1.0), ((inf, Z), 1.0), ((nan, 2.0), nan), ((2.0, inf), inf),
        ((-2.0, -inf), Z), ((0.5, inf), Z), ((-0.5, -inf), inf), ((inf, 2.0), inf), ((inf, -2.0), Z),
        ((-inf, 3.0), -inf), ((-inf, 2.0), inf), ((-inf, 0.5), inf), ((-inf, -3.0), M), ((-inf, -2.0), Z),
        ((Z, 3.0), Z), ((Z, -3.0), inf), ((M, 3.0), M), ((M, 2.0), Z), ((M, 0.5), Z), ((M, -3.0), -inf),
        ((M, -2.0), inf), ((-2.0, 0.5), nan),
    ],
    "atan2": [
        ((nan, 1.0), nan), ((1.0, nan), nan), ((1.0, Z), Near(pi / 2)), ((1.0, M), Near(pi / 2)), ((Z, 1.0), Z),
        ((Z, Z), Z), ((Z, M), Near(pi)), ((Z, -1.0), Near(pi)), ((M, 1.0), M), ((M, Z), M), ((M, M), Near(-pi)),
        ((M, -1.0), Near(-pi)), ((-1.0, Z), Near(-pi / 2)), ((1.0, inf), Z), ((1.0, -inf), Near(pi)),
        ((-1.0, inf), M), ((-1.0, -inf), Near(-pi)), ((inf, 1.0), Near(pi / 2)), ((-inf, 1.0), Near(-pi / 2)),
        ((inf, inf), Near(pi / 4)), ((inf, -inf), Near(3 * pi / 4)), ((-inf, inf), Near(-pi / 4)),
        ((-inf, -inf), Near(-3 * pi / 4)),
    ],
    "hypot": [
        ((inf, nan), inf), ((nan, -inf), inf), ((-inf, 1.0), inf), ((1.0, nan), nan), ((nan, 1.0), nan), ((M, M), Z),
        ((Z, -3.0), 3.0), ((3e200, 4e200), Near(5e200)),
    ],
    "logaddexp": [((nan, 1.0), nan), ((1.0, nan), nan), ((inf, 1.0), inf), ((1.0, inf), inf), ((-inf, 1.0), 1.0)],
    "maximum": [((nan, 1.0), nan), ((1.0, nan), nan), ((inf, 1.0), inf)],
    "minimum": [((nan, 1.0), nan), ((1.0, nan), nan), ((-inf, 1.0), -inf)],
    "copysign": [((1.0, M), -1.0), ((-1.0, Z), 1.0), ((Z, -1.0), M), ((inf, -2.0), -inf), ((2.0, -inf), -2.0)],
    "nextafter": [((nan, 1.0), nan), ((1.0, nan), nan), ((Z, M), M), ((M, Z), Z), ((1.0, 2.0), 1.0 + 2.0**-52)],
}  # fmt: skip

_EXP = [((Z, Z), (1.0, Z)), ((inf, Z), (inf, Z)), ((1.0, inf), (nan, nan)), ((1.0, nan), (nan, nan)),
        ((nan, Z), (nan, Z)), ((nan, 1.0), (nan, nan)), ((nan, nan), (nan, nan))]  # fmt: skip

COMPLEX_UNARY: dict[str, list[tuple[tuple[float, float], tuple[Any, Any]]]] = {
    "acos": [((Z, Z), (Near(pi / 2), M)), ((M, Z), (Near(pi / 2), M)), ((inf, 1.0), (Z, -inf)),
             ((-inf, 1.0), (Near(pi), -inf)), ((nan, nan), (nan, nan))],
    "asinh": [((Z, Z), (Z, Z)), ((inf, 1.0), (inf, Z)), ((nan, Z), (nan, Z)), ((nan, nan), (nan, nan))],
    "atanh": [((Z, Z), (Z, Z)), ((1.0, Z), (inf, Z)), ((inf, 1.0), (Z, Near(pi / 2))), ((nan, nan), (nan, nan))],
    "cosh": [((inf, Z), (inf, Z)), ((inf, nan), (inf, nan)), ((nan, 1.0), (nan, nan))],
    "exp": _EXP,
    "expm1": [((Z, Z), (Z, Z)), ((M, Z), (Z, Z)), ((inf, Z), (inf, Z)), ((1.0, inf), (nan, nan)),
              ((-inf, inf), (-1.0, Zero())), ((inf, inf), (inf, nan)), ((-inf, nan), (-1.0, Zero())),
              ((inf, nan), (inf, nan)),
              ((nan, Z), (nan, Z)), ((nan, 1.0), (nan, nan))],
    "log": [((M, Z), (-inf, Near(pi))), ((Z, Z), (-inf, Z)), ((1.0, inf), (inf, Near(pi / 2))),
            ((1.0, nan), (nan, nan)), ((-inf, 1.0), (inf, Near(pi))), ((inf, 1.0), (inf, Z)), ((inf, nan), (inf, nan)),
            ((nan, inf), (inf, nan))],
    "log1p": [((-1.0, Z), (-inf, Z)), ((1.0, inf), (inf, Near(pi / 2))), ((inf, nan), (inf, nan)),
              ((nan, inf), (inf, nan)), ((nan, nan), (nan, nan))],
    "sinh": [((Z, Z), (Z, Z)), ((inf, Z), (inf, Z)), ((inf, nan), (inf, nan)), ((nan, Z), (nan, Z))],
    "sqrt": [((Z, Z), (Z, Z)), ((1.0, inf), (inf, inf)), ((-inf, 1.0), (Z, inf)), ((inf, 1.0), (inf, Z))],
    "tanh": [((Z, Z), (Z, Z)), ((inf, 1.0), (1.0, Z)), ((inf, 2.0), (1.0, Z)), ((-inf, 2.0), (-1.0, Z)),
             ((inf, inf), (1.0, Z)), ((inf, nan), (1.0, Z)), ((nan, Z), (nan, Z)), ((nan, nan), (nan, nan))],
}  # fmt: skip

"""Rows of the trigonometric and hyperbolic functions."""

from tests.cases_base import case
from tests.samplers import positive, real, unit

_HOLOMORPHIC = ("sin", "cos", "tan", "sinh", "cosh", "tanh")

ROWS = [
    *[case(name, real((2, 3), 0.3, 1.2), dtypes="fc") for name in _HOLOMORPHIC],
    *[case("sin", real(shape)) for shape in ((), (1,), (0, 3))],
    *[case(name, unit((2, 3)), dtypes="fc") for name in ("asin", "acos", "atan", "asinh", "atanh")],
    case("acosh", positive((2, 3), 1.2, 2.5), dtypes="fc"),
    *[case(name, real((2, 1)), real((3,))) for name in ("atan2", "hypot")],
    *[case(name, real((2, 3)), real((2, 3))) for name in ("atan2", "hypot")],
    case("hypot", real((3,)), 1.5),
]

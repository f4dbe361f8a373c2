"""Rows of comparisons, logic, bits and tests of an element: values only."""

from tests.cases_base import case
from tests.samplers import booleans, integers, real

ROWS = [
    *[case(name, integers((2, 3), 0, 3), integers((3,), 0, 3), dtypes="")
      for name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal",
                   "bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_left_shift", "bitwise_right_shift")],
    *[case(name, real((2, 3)), real((3,)), dtypes="") for name in ("equal", "less", "greater_equal")],
    case("greater", real((2, 3)), 0.5, dtypes=""),
    case("bitwise_invert", integers((2, 3)), dtypes=""),
    *[case(name, booleans((2, 3)), booleans((3,)), dtypes="")
      for name in ("logical_and", "logical_or", "logical_xor")],
    case("logical_not", booleans((2, 3)), dtypes=""),
    *[case(name, real((2, 3)), dtypes="") for name in ("isfinite", "isinf", "isnan", "signbit")],
]  # fmt: skip

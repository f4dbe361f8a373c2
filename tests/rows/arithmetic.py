"""Rows of the arithmetic family."""

from tests.cases_base import case
from tests.samplers import real

_PAIRS = [((), ()), ((2, 3), (2, 3)), ((2, 1), (3,)), ((0, 3), (3,))]

ROWS = [
    *[case(name, real(a), real(b), dtypes="fc")
      for name in ("add", "subtract", "multiply", "divide") for a, b in _PAIRS],
    *[case(name, real((3,)), 2.5, dtypes="fc") for name in ("add", "subtract", "multiply", "divide")],
    case("divide", 2.5, real((3,)), dtypes="fc"),
    case("multiply", 2.5, real((3,)), dtypes="fc"),
    case("multiply", real((3,)).as_real(), real((3,)), dtypes="fc"),
    *[case(name, real(shape), dtypes="fc") for name in ("negative", "positive")
      for shape in ((), (1,), (0, 3), (2, 3))],
    case("remainder", real((2, 3), 2.2, 2.8), real((3,), 1.0, 1.05)),
    case("remainder", real((3,), 2.2, 2.8), 1.0),
    case("floor_divide", real((2, 3), 2.2, 2.8), real((3,), 1.0, 1.05)),
    case("floor_divide", real((3,), 2.2, 2.8), 1.0),
]  # fmt: skip

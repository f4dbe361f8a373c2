"""Rows of the powers."""

from tests.cases_base import case
from tests.samplers import integers, positive, real

ROWS = [
    case("pow", positive(), positive(), dtypes="fc"),
    case("pow", positive((2, 3)), real((3,)), dtypes="fc"),
    case("pow", positive((0, 3)), real((3,))),
    *[case("pow", real((2, 3)), n, dtypes="fc") for n in (0, 1, 2, 2.0, 3, -1, -2, 5)],
    case("pow", positive((2, 3)), 0.5, dtypes="fc"),
    case("pow", positive((2, 3)), -1.5, dtypes="fc"),
    case("pow", real((3,)), integers((3,), 0, 4, "int16")),
    case("pow", 2.5, real((3,)), dtypes="fc"),
    *[case("sqrt", positive(shape), dtypes="fc") for shape in ((), (1,), (0, 3), (2, 3))],
    case("square", real((2, 3)), dtypes="fc"),
    case("reciprocal", real((2, 3)), dtypes="fc"),
]

"""Rows of the running sums and products."""

from tests.cases_base import case
from tests.samplers import integers, real

ROWS = [
    row
    for name in ("cumulative_sum", "cumulative_prod")
    for row in (
        case(name, real((1,)), dtypes="fc"),
        case(name, real((5,)), dtypes="fc"),
        case(name, real((6,)), params={"include_initial": True}, dtypes="fc"),
        case(name, real((2, 3, 2)), params={"axis": 1}, dtypes="fc"),
        case(name, real((2, 4)), params={"axis": -1, "include_initial": True}),
        case(name, real((0,))),
        case(name, real((0, 3)), params={"axis": 1}),
        case(name, real((0, 3)), params={"axis": 0, "include_initial": True}),
        case(name, real((4,)), order=3, id="third order"),
        case(name, integers((4,), dtype="int16"), dtypes=""),
    )
]

"""Rows of the reductions."""

from tests.cases_base import case
from tests.samplers import booleans, distinct, integers, real

ROWS = [
    case("sum", real(), dtypes="fc"),
    case("sum", real((1,))),
    case("sum", real((2, 3)), dtypes="fc"),
    case("sum", real((0, 3))),
    case("sum", real((0, 3)), params={"axis": 0, "keepdims": True}),
    case("sum", real((2, 3, 4)), params={"axis": (2, 0)}, dtypes="fc"),
    case("sum", real((2, 3)), params={"axis": -1, "keepdims": True}, dtypes="fc"),
    case("sum", real((2, 3)), params={"axis": (0, 1), "keepdims": True}),
    case("sum", integers((2, 3), dtype="int16"), dtypes=""),
    case("sum", integers((2, 3), dtype="uint8"), dtypes="", id="unsigned"),
    case("mean", real(), dtypes="fc"),
    case("mean", real((2, 3)), dtypes="fc"),
    case("mean", real((2, 3, 4)), params={"axis": (0, 2)}, dtypes="fc"),
    case("mean", real((2, 3)), params={"axis": 1, "keepdims": True}, dtypes="fc"),
    case("mean", real((0, 3)), params={"axis": 1}),
    case("prod", real(), dtypes="fc"),
    case("prod", real((1,)), dtypes="fc"),
    case("prod", real((2, 3)), dtypes="fc"),
    case("prod", real((0, 3))),
    case("prod", real((0, 3)), params={"axis": 0}),
    case("prod", real((2, 3, 4)), params={"axis": (2, 0)}, dtypes="fc"),
    case("prod", real((2, 3)), params={"axis": -2, "keepdims": True}, dtypes="fc"),
    case("prod", real((4,)), order=3),
    case("prod", integers((2, 3), dtype="uint8"), dtypes=""),
    *[
        row
        for name in ("max", "min")
        for row in (
            case(name, distinct()),
            case(name, distinct((2, 3))),
            case(name, distinct((2, 3, 4)), params={"axis": (2, 0)}),
            case(name, distinct((2, 3)), params={"axis": 1, "keepdims": True}),
            case(name, distinct((0, 3)), params={"axis": 1}),
            case(name, integers((2, 3)), dtypes=""),
        )
    ],
    *[
        row
        for name in ("all", "any")
        for row in (
            case(name, booleans((2, 3)), dtypes=""),
            case(name, real((0, 3)), params={"axis": 0}, dtypes=""),
            case(
                name, integers((2, 3), 0, 2), params={"axis": (0, 1), "keepdims": True}, dtypes=""
            ),
        )
    ],
    case("count_nonzero", integers((2, 3), 0, 2), dtypes=""),
    case("count_nonzero", booleans((2, 3)), params={"axis": 1, "keepdims": True}, dtypes=""),
]

"""Rows of sorting."""

from tests.cases_base import case
from tests.samplers import distinct, integers

ROWS = [
    case("sort", distinct((5,))),
    case("sort", distinct((2, 3)), params={"axis": 0, "descending": True}),
    case("sort", distinct((2, 3, 2)), params={"axis": 1, "stable": False}),
    case("sort", distinct((0, 3))),
    case("sort", distinct((0, 3)), params={"axis": 0}),
    case("sort", integers((6,)), dtypes=""),
    case("argsort", distinct((5,)), dtypes=""),
    case("argsort", integers((3, 4), 0, 3), params={"axis": 0, "descending": True}, dtypes=""),
    case("argsort", distinct((0, 3)), dtypes=""),
]

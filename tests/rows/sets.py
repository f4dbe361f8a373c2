"""Rows of the sets."""

from tests.cases_base import case
from tests.samplers import distinct, integers

NAMES = ("unique_all", "unique_counts", "unique_inverse", "unique_values")

ROWS = [
    *[case(name, distinct((2, 3))) for name in NAMES],
    *[case(name, distinct((0, 3))) for name in NAMES],
    *[case(name, integers((3, 4), 0, 5), dtypes="") for name in NAMES],
    case("isin", integers((2, 3), 0, 5), integers((3,), 0, 5), dtypes=""),
    case("isin", integers((2, 3), 0, 5), 2, params={"invert": True}, dtypes=""),
]

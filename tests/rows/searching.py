"""Rows of searching."""

import numpy as np

from tests.cases_base import case
from tests.samplers import distinct, integers, positive

KNOTS = np.asarray([0.5, 1.0, 1.5, 2.0])

ROWS = [
    *[
        row
        for name in ("argmax", "argmin")
        for row in (
            case(name, distinct((2, 3)), dtypes=""),
            case(name, distinct((2, 3)), params={"axis": -1, "keepdims": True}, dtypes=""),
            case(name, integers((2, 3), 0, 3), params={"axis": 0}, dtypes=""),
        )
    ],
    case("nonzero", integers((2, 3), 0, 2), dtypes=""),
    case("nonzero", distinct((0, 3)), dtypes=""),
    case("searchsorted", KNOTS, positive((2, 3)), dtypes=""),
    case("searchsorted", KNOTS, np.asarray([1.0, 0.1, 9.0]), params={"side": "right"}, dtypes=""),
    case("searchsorted", KNOTS, 1.2, dtypes=""),
]

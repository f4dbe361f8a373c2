"""Rows of the statistics."""

import numpy as np

from tests.cases_base import case
from tests.samplers import distinct, positive, real

AXES = [
    {"correction": 1},
    {"axis": (2, 0), "correction": 1.5},
    {"axis": 1, "keepdims": True},
]


def _average(x, *, axis=None, weights=None, keepdims=False):
    return np.asarray(np.average(x, axis=axis, weights=weights, keepdims=keepdims))


def _median(x, **params):
    return np.asarray(np.median(x, **params))


def _quantile(x, q, **params):
    return np.asarray(np.quantile(x, q, **params))


ROWS = [
    *[
        row
        for name in ("var", "std")
        for row in (
            *[case(name, real((2, 3, 4)), params=params, dtypes="fc") for params in AXES],
            case(name, real((3,)), dtypes="fc"),
            case(name, real((0, 3)), params={"axis": 1}),
        )
    ],
    case("var", real(), dtypes="fc"),
    case("average", real((2, 3)), dtypes="fc", reference=_average),
    case("average", real((2, 3)), params={"axis": 0, "keepdims": True}, reference=_average),
    case("median", distinct(), reference=_median),
    case("median", distinct((5,)), reference=_median),
    case("median", distinct((2, 4)), params={"axis": 1}, reference=_median),
    case("median", distinct((2, 3, 3)), params={"axis": (0, 2), "keepdims": True}, reference=_median),
    case("median", distinct((0, 3)), params={"axis": 1}, reference=_median),
    case("quantile", distinct((2, 4)), 0.3, params={"axis": 1}, reference=_quantile),
    case("quantile", distinct((2, 4)), [0, 0.4, 1.0], params={"axis": 0}, reference=_quantile),
    case("quantile", distinct((7,)), positive((2, 1), 0.05, 0.1), reference=_quantile),
    case("quantile", distinct((3, 7)), positive((), 0.6, 0.65), params={"axis": 1, "keepdims": True},
         reference=_quantile),
    *[
        case("quantile", distinct((2, 3)), q, params={"method": method}, reference=_quantile)
        for method in ("lower", "higher", "nearest", "midpoint")
        for q in (0.3, 0.4, 0.5)
    ],
]  # fmt: skip

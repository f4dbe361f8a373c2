"""Rows of the exponentials summed over an axis."""

import numpy as np
from scipy import special

from tests.cases_base import case
from tests.samplers import real


def _logsumexp(x, **params):
    return (
        np.asarray(special.logsumexp(x, **params))
        if x.size
        else np.sum(x, **params) - x.dtype.type(np.inf)
    )


def _softmax(x, axis=-1):
    return special.softmax(x, axis=axis)


def _log_softmax(x, axis=-1):
    return special.log_softmax(x, axis=axis)


ROWS = [
    case("logsumexp", real(), reference=_logsumexp),
    case("logsumexp", real((2, 3)), reference=_logsumexp),
    case("logsumexp", real((2, 3, 4)), params={"axis": (2, 0)}, reference=_logsumexp),
    case("logsumexp", real((2, 3)), params={"axis": 1, "keepdims": True}, reference=_logsumexp),
    case("logsumexp", real((0, 3)), params={"axis": 0}, dtypes="", reference=_logsumexp),
    case("logsumexp", real((0, 3)), params={"axis": 1}, reference=_logsumexp),
    case("logsumexp", real((3,)), order=3, id="third order", reference=_logsumexp),
    *[
        row
        for name, reference in (("softmax", _softmax), ("log_softmax", _log_softmax))
        for row in (
            case(name, real((1,)), reference=reference),
            case(name, real((2, 3)), reference=reference),
            case(name, real((2, 3, 2)), params={"axis": 1}, reference=reference),
            case(name, real((0, 3)), reference=reference),
            case(name, real((3,)), order=3, id="third order", reference=reference),
        )
    ],
]

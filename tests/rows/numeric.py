"""Rows of interpolation, integration and convolution."""

import numpy as np

from tests.cases_base import case
from tests.samplers import Sampler, real


def _ascending(n):
    return Sampler("ascending", (n,), lambda rng, s, c: np.arange(n) + rng.uniform(-0.3, 0.3, s))


def _inside(shape):
    """Return places within the knots of `_ascending(4)`, never on one, and some outside."""
    return Sampler("inside", shape, lambda rng, s, c: rng.choice([-0.9, 0.5, 1.5, 2.55, 4.2], s))


def _trapezoid(y, x=None, **params):
    return np.asarray(np.trapezoid(y, x, **params))


ROWS = [
    case("interp", _inside(()), _ascending(4), real((4,)), reference=np.interp),
    case("interp", _inside((2, 3)), _ascending(4), real((4,)), reference=np.interp),
    case("interp", _inside((0, 3)), _ascending(4), real((4,)), reference=np.interp),
    case("interp", _inside((3,)), _ascending(1), real((1,)), reference=np.interp),
    case("trapezoid", real((5,)), dtypes="fc", reference=_trapezoid),
    case("trapezoid", real((2, 5)), real((5,)), dtypes="fc", reference=_trapezoid),
    case("trapezoid", real((3, 2)), real((3, 2)), params={"axis": 0}, reference=_trapezoid),
    case("trapezoid", real((3, 2)), real((3,)), params={"axis": 0}, reference=_trapezoid),
    case("trapezoid", real((3, 2)), params={"axis": -2, "dx": 0.5}, reference=_trapezoid),
    case("trapezoid", real((1,)), reference=_trapezoid),
    case("trapezoid", real((0, 3)), reference=_trapezoid),
    *[
        case("convolve", real((n,)), real((m,)), mode, dtypes="fc", reference=np.convolve)
        for mode in ("full", "same", "valid")
        for n, m in ((5, 3), (2, 4))
    ],
    case("convolve", real((1,)), real((1,)), reference=np.convolve),
]

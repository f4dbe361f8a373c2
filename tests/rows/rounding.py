"""Rows of the roundings."""

from tests.cases_base import case
from tests.samplers import real

ROWS = [
    case(name, real(shape, 0.55, 0.95))
    for name in ("ceil", "floor", "round", "trunc")
    for shape in ((), (1,), (0, 3), (2, 3))
]

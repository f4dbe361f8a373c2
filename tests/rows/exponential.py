"""Rows of the exponentials and logarithms."""

from tests.cases_base import case
from tests.samplers import distinct, positive, real, unit

ROWS = [
    *[case(name, real((2, 3)), dtypes="fc") for name in ("exp", "expm1")],
    *[case(name, positive((2, 3)), dtypes="fc") for name in ("log", "log2", "log10")],
    case("log1p", unit((2, 3)), dtypes="fc"),
    *[case("exp", real(shape)) for shape in ((), (1,), (0, 3))],
    case("logaddexp", distinct((2, 3)), real((3,))),
    case("logaddexp", real(()), real(())),
    case("logaddexp", real((3,)), 0.0),
]

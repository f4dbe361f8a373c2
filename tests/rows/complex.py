"""Rows of the functions that are not holomorphic."""

import numpy as np

from tests.cases_base import case
from tests.samplers import real

ROWS = [
    *[case("abs", real(shape), dtypes="fc") for shape in ((), (1,), (0, 3), (2, 3))],
    case("sign", real((2, 3)), dtypes="fc"),
    case("conj", real((2, 3)), dtypes="fc", reference=np.conj),
    case("real", real((2, 3)), dtypes="fc", reference=np.real),
    case("imag", real((2, 3)), dtypes="fc", reference=np.imag),
    case("angle", real((2, 3)), dtypes="fc", reference=np.angle),
]

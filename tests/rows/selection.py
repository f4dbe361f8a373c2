"""Rows of the choices between values."""

import numpy as np

from tests.cases_base import case
from tests.samplers import booleans, distinct, positive, real

ROWS = [
    case("where", booleans((2, 3)), real((2, 3)), real((3,)), dtypes="fc"),
    case("where", booleans((3,)), real((2, 3)), 1.5, dtypes="fc"),
    case("where", booleans((3,)), 1.5, real(()), dtypes="fc"),
    case("where", booleans((0, 3)), real((0, 3)), real((3,))),
    *[case(name, distinct((2, 3)), real((3,), 0.37, 0.39)) for name in ("maximum", "minimum")],
    *[case(name, distinct((2, 3)), 0.3) for name in ("maximum", "minimum")],
    case("clip", real((2, 3)), -1.0, 1.0),
    case("clip", real((2, 3)), -1.0),
    case("clip", real((2, 3)), None, 1.0),
    case("clip", real((2, 3)), positive((3,), 0.1, 0.2), positive((2, 1), 1.0, 1.2)),
    case("clip", real((3,)), params={"min": -1.0, "max": 1.0}),
    case("nan_to_num", real((2, 3)), dtypes="fc", reference=np.nan_to_num),
    case("copysign", real((2, 3)), real((3,))),
    case("nextafter", real((2, 3)), real((3,)), order=1),
    case("guarded_multiply", real((2, 3)), real((3,)), dtypes="fc", reference=np.multiply),
]

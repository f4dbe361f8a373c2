"""Rows of the special functions."""

import numpy as np
from scipy import special

from tests.cases_base import case
from tests.samplers import positive, real, unit


def _polygamma(x, *, n):
    return special.polygamma(n, x).astype(x.dtype)


def _gelu(x, *, approximate=False):
    if approximate:
        return x * (1 + np.tanh(np.sqrt(2 / np.pi).astype(x.dtype) * (x + 0.044715 * x**3))) / 2
    return x * special.ndtr(x)


ROWS = [
    *[case(name, real((2, 3)), reference=getattr(special, name)) for name in ("erf", "erfc")],
    case("erfinv", unit((2, 3)), reference=special.erfinv),
    case("gammaln", positive((2, 3)), reference=special.gammaln),
    case("gammaln", real((2, 3), 0.3, 0.7), reference=special.gammaln),
    case("digamma", positive((2, 3)), reference=special.digamma),
    *[
        case("polygamma", positive((2, 3)), params={"n": n}, reference=_polygamma, order=1)
        for n in (0, 1, 2)
    ],
    *[case("sigmoid", real(shape), reference=special.expit) for shape in ((), (0, 3), (2, 3))],
    case("softplus", real((2, 3)), reference=lambda x: np.logaddexp(x, 0), id="softplus"),
    case("log_sigmoid", real((2, 3)), reference=special.log_expit),
    case("relu", real((2, 3)), reference=lambda x: np.maximum(x, 0), id="relu"),
    case("silu", real((2, 3)), reference=lambda x: x * special.expit(x), id="silu"),
    case("gelu", real((2, 3)), reference=_gelu),
    case("gelu", real((2, 3)), params={"approximate": True}, reference=_gelu),
    case("sinc", real((2, 3), 0.05, 2.0), reference=np.sinc),
    case("xlogy", real((2, 3)), positive((3,)), reference=special.xlogy),
    case("xlog1py", real((2, 3)), positive((3,)), reference=special.xlog1py),
    case("entr", positive((2, 3)), reference=special.entr),
    *[
        case(f"special.{name}", real((2, 3)), reference=getattr(special, name))
        for name in ("erf", "erfc", "expit", "log_expit", "logsumexp", "softmax", "log_softmax")
    ],
    *[
        case(f"special.{name}", positive((2, 3)), reference=getattr(special, name))
        for name in ("gammaln", "digamma", "psi", "entr")
    ],
    case("special.erfinv", unit((2, 3)), reference=special.erfinv),
    case("special.sinc", real((2, 3), 0.05, 2.0), reference=np.sinc),
    case("special.xlogy", real((2, 3)), positive((3,)), reference=special.xlogy),
    case("special.xlog1py", real((2, 3)), positive((3,)), reference=special.xlog1py),
    case("special.softmax", real((2, 3, 2)), params={"axis": (0, -1)}, reference=special.softmax),
    case("special.polygamma", 1, positive((2, 3)), reference=special.polygamma, order=1),
]

"""Rows of creation functions, casts and moves, and of names that stand in more than one namespace."""

import numpy as np

from tests.cases_base import case
from tests.samplers import distinct, real, square

ROWS = [
    case("arange", 5, dtypes="", reference=lambda n: np.arange(n)),
    case("arange", 1, 4, 0.5, dtypes="", reference=np.arange),
    case("linspace", 0.0, 1.0, 5, dtypes="", reference=np.linspace),
    case("linspace", 0.0, 1.0, 5, params={"endpoint": False}, dtypes="", reference=np.linspace),
    case("eye", 3, 4, params={"k": 1}, dtypes="", reference=lambda n, m, k: np.eye(n, m, k=k)),
    *[case(name, (2, 3), dtypes="", reference=getattr(np, name)) for name in ("zeros", "ones")],
    case("empty", (0, 3), dtypes="", reference=np.empty),
    case("full", (2, 3), 1.5, dtypes="", reference=np.full),
    case("full", (2, 3), real(()), reference=lambda shape, v: np.full(shape, v)),
    *[case(name, real((2, 3)), dtypes="", reference=getattr(np, name)) for name in ("zeros_like", "ones_like")],
    case("empty_like", real((0, 3)), dtypes="", reference=np.empty_like),
    case("full_like", real((2, 3)), 1.5, dtypes="", reference=np.full_like),
    case("copy", real((2, 3)), dtypes="fc", reference=np.copy),
    case("stop_gradient", real((2, 3)), dtypes="", reference=np.copy),
    case("fft.fftfreq", 5, params={"d": 0.5}, dtypes="", reference=np.fft.fftfreq),
    case("fft.rfftfreq", 5, params={"d": 0.5}, dtypes="", reference=np.fft.rfftfreq),
    case("trace", square(3), dtypes="fc", reference=np.trace),
    case("norm", distinct((2, 3)), dtypes="fc", reference=np.linalg.norm),
]  # fmt: skip

"""Rows: Fourier transforms; even and odd lengths, cut and padded, each norm."""

from tests.cases_base import case
from tests.samplers import real

NORMS = ("backward", "ortho", "forward")
ONE = ("fft.fft", "fft.ifft")
MANY = ("fft.fftn", "fft.ifftn")

ROWS = [
    *(case(name, real((n,)), params={"norm": norm}, dtypes="fc")
      for name in ONE for n in (4, 5) for norm in NORMS),
    *(case(name, real((2, 4)), params={"n": n, "axis": axis}, dtypes="fc")
      for name in ONE for n, axis in ((3, 1), (6, -1), (5, 0))),
    *(case(name, real((0, 3)), dtypes="fc") for name in ONE),
    case("fft.rfft", real((0, 3))),
    case("fft.irfft", real((0, 3)), dtypes="c"),
    *(case("fft.rfft", real((n,)), params={"norm": norm}) for n in (1, 4, 5) for norm in NORMS),
    *(case("fft.rfft", real((2, 4)), params={"n": n, "axis": axis})
      for n, axis in ((3, 1), (6, -1), (5, 0))),
    *(case("fft.ihfft", real((n,)), params={"norm": norm}) for n in (1, 4, 5) for norm in NORMS),
    case("fft.ihfft", real((2, 4)), params={"n": 3, "axis": 0}),
    *(case(name, real((4,)), params={"n": n, "norm": norm}, dtypes="c")
      for name in ("fft.irfft", "fft.hfft") for n in (4, 6, 7, 9) for norm in NORMS),
    *(case(name, real((2, 3)), params={"axis": 0}, dtypes="c") for name in ("fft.irfft", "fft.hfft")),
    *(case(name, real((2, 3, 4)), params=params, dtypes="fc") for name in MANY
      for params in ({}, {"axes": (0, -1)}, {"s": (4, 3), "axes": (2, 0)}, {"axes": (1,), "norm": "ortho"})),
    *(case("fft.rfftn", real((2, 3, 4)), params=params)
      for params in ({}, {"axes": (-1, 0)}, {"s": (4, 3), "axes": (2, 0)}, {"axes": (1, 2), "norm": "forward"})),
    *(case("fft.irfftn", real((2, 3, 4)), params=params, dtypes="c")
      for params in ({}, {"axes": (-1, 0)}, {"s": (4, 5), "axes": (2, 0)}, {"axes": (1, 2), "norm": "forward"})),
    *(case(name, real((4, 3)), params=params, dtypes="fc") for name in ("fft.fftshift", "fft.ifftshift")
      for params in ({}, {"axes": 1}, {"axes": (0, 1)})),
]  # fmt: skip

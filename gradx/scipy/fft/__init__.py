"""`scipy.fft`: SciPy's transforms under its own names and signatures, differentiable; on top of `gradx.fft`.

- The module is a backend for SciPy's own functions: `with scipy.fft.set_backend(gx.scipy.fft): scipy.fft.dct(t)` comes
  here where an argument is a Tensor, and goes on to SciPy where none is.
- `overwrite_x` and `workers` are not read; a `plan` is an error.
"""

from __future__ import annotations

from typing import Any

from gradx.level import Cell as _Cell
from gradx.scipy.fft.complex import (
    fft,
    fft2,
    fftfreq,
    fftn,
    fftshift,
    hfft,
    hfft2,
    hfftn,
    ifft,
    ifft2,
    ifftn,
    ifftshift,
    ihfft,
    ihfft2,
    ihfftn,
    irfft,
    irfft2,
    irfftn,
    rfft,
    rfft2,
    rfftfreq,
    rfftn,
)
from gradx.scipy.fft.hankel import fht, fhtoffset, ifht
from gradx.scipy.fft.real import dct, dctn, dst, dstn, idct, idctn, idst, idstn
from gradx.scipy.native import missing as _missing
from gradx.scipy.native import native as _native

__ua_domain__ = "numpy.scipy.fft"

# SciPy's own, of sizes and settings
_PASSED_ON = frozenset({"get_workers", "next_fast_len", "prev_fast_len", "register_backend", "set_backend",
                        "set_global_backend", "set_workers", "skip_backend"})  # fmt: skip


def __ua_function__(method: Any, args: Any, kwargs: Any) -> Any:
    """Take a call of SciPy's function `method` of which an argument is a Tensor."""
    function = globals().get(method.__name__)
    given = (*args, *kwargs.values())
    if method.__name__ not in __all__ or not any(isinstance(x, _Cell) for x in given):
        return NotImplemented
    return function(*args, **kwargs)  # type: ignore[misc]


def __getattr__(name: str) -> Any:
    if name in _PASSED_ON:
        return _native("fft", name)
    raise _missing("fft", name)


__all__ = ["dct", "dctn", "dst", "dstn", "fft", "fft2", "fftfreq", "fftn", "fftshift", "fht", "fhtoffset", "hfft",
           "hfft2", "hfftn", "idct", "idctn", "idst", "idstn", "ifft", "ifft2", "ifftn", "ifftshift", "ifht", "ihfft",
           "ihfft2", "ihfftn", "irfft", "irfft2", "irfftn", "rfft", "rfft2", "rfftfreq", "rfftn"]  # fmt: skip

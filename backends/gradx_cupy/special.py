"""`cupyx.scipy.special`: `xp.special` on CuPy arrays, looked up on first use.

- Floats decide the precision, as in `gradx_numpy.special`.
- A name that CuPy lacks is a function that raises, and says so: nothing is moved to the host in silence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cupy
import numpy as np

from gradx.errors import MissingRuleError

Array = Any


def __getattr__(name: str) -> Any:
    """Look a name up in cupyx, once."""
    if name.startswith("__"):
        raise AttributeError(name)
    from cupyx.scipy import special

    found = getattr(special, name, None)
    value = globals()[name] = _absent(name) if found is None else _dtype_true(found)
    return value


def _absent(name: str) -> Callable[..., Any]:
    def absent(*_args: Any, **_params: Any) -> Any:
        raise MissingRuleError(
            f"special.{name}: CuPy {cupy.__version__} has no such function. Compute it on the host: "
            f"move the arguments there with x.to_device('cpu') and the result back"
        )

    return absent


def _dtype_true(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of cupyx whose results have the precision of its arguments."""

    def call(*args: Any, **params: Any) -> Any:
        dtypes = [x.dtype for x in args if hasattr(x, "dtype")]
        floats = [each for each in dtypes if each.kind not in "biu"] or [np.dtype(np.float64)]
        dtype = np.result_type(*floats)
        work = np.dtype(np.float32) if dtype.itemsize == 2 else dtype
        y = function(*[_as(x, work) for x in args], **params)
        if y.dtype.kind == "c":
            return y
        return y.astype(dtype.type(0).real.dtype if dtype.kind == "c" else dtype, copy=False)

    return call


def _as(x: Any, dtype: Any) -> Array:
    """Return an argument as an array of `dtype`: kernels take no integers beside floats, nor numbers."""
    return x.astype(dtype, copy=False) if hasattr(x, "dtype") else cupy.full((), x, dtype)

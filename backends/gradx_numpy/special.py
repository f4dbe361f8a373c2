"""`scipy.special` on NumPy arrays: `xp.special`, looked up in SciPy on first use.

- Floats decide the precision: float32 stays float32 beside integers of any width, which are orders and counts;
  integers alone give float64, and float16 is computed in float32.
- Python numbers are weak.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from gradx.errors import MissingRuleError

Array = Any

_NATIVE = frozenset("fdFD")
_COMPLEX = {"f": np.complex64, "d": np.complex128}


def __getattr__(name: str) -> Any:
    """Look a name up in SciPy, once."""
    if name.startswith("__"):
        raise AttributeError(name)
    from scipy import __version__, special

    found = getattr(special, name, None)
    if found is None:
        raise MissingRuleError(
            f"special.{name}: SciPy {__version__} has no such function: install a later one"
        )
    value = globals()[name] = dtype_true(found)
    return value


def dtype_true(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of SciPy whose results have the precision of its arguments."""

    @wraps(function, updated=())
    def call(*args: Any, **params: Any) -> Any:
        first = getattr(args[0], "dtype", None)
        if first is None or first.char not in _NATIVE or len(args) > 1:
            args, first = _promoted(args)
        y = function(*args, **params)
        if isinstance(y, tuple):
            return tuple([_cast(part, first) for part in y])
        return y if y.dtype is first else _cast(y, first)

    return call


def _promoted(args: tuple[Any, ...]) -> tuple[tuple[Any, ...], Any]:
    """Return the arguments with all floats in one dtype that SciPy takes, and the dtype of the result."""
    dtypes = [x.dtype for x in args if hasattr(x, "dtype")]
    floats = [each for each in dtypes if each.kind not in "biu"]
    if not floats:
        floats = [np.dtype(np.float64)]
    dtype = floats[0] if all(each is floats[0] for each in floats) else np.result_type(*floats)
    if any(type(x) is complex for x in args):
        dtype = np.result_type(dtype, 1j)
    work = dtype if dtype.char in _NATIVE else np.dtype(np.float32)
    values = []
    for x in args:
        if not hasattr(x, "dtype"):
            values.append(x if type(x) is int else np.asarray(x, dtype=_cast_of(x, work)))
        elif x.dtype is work or x.dtype.kind in "iu":
            values.append(x)
        else:
            real = x.dtype.kind != "c" and work.kind == "c"
            values.append(x.astype(work.type(0).real.dtype if real else work))
    return tuple(values), dtype


def _cast_of(x: complex, work: Any) -> Any:
    """Return the dtype for a Python number: orders and parameters stay real beside complex arguments."""
    return work if type(x) is complex or work.kind != "c" else work.type(0).real.dtype


def _cast(y: Any, dtype: Any) -> Any:
    """Bring a result to the precision of `dtype`; complex stays complex, and real stays real."""
    if y.dtype.kind == "c":
        return y.astype(_COMPLEX["d" if dtype.char in "dD" else "f"], copy=False)
    return y.astype(dtype if dtype.kind != "c" else dtype.type(0).real.dtype, copy=False)

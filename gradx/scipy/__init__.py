"""SciPy's modules by their names: what SciPy computes in compiled code or by NumPy, differentiable.

- `special` is `gradx.special`; `stats` has the families of `gradx.stats`, and statistics of samples.
- Each module is loaded on first use.
"""

from importlib import import_module as _import_module
from typing import Any

_MODULES = frozenset(
    {"cluster", "fft", "integrate", "interpolate", "linalg", "ndimage", "optimize", "signal", "spatial", "special",
     "stats"}
)  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return _import_module(f"gradx.scipy.{name}")
    raise AttributeError(
        f"gradx.scipy.{name}: expected one of {', '.join(sorted(_MODULES))}; got {name!r}"
    )


__all__ = sorted(_MODULES)

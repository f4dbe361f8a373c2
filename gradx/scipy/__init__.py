"""SciPy's modules by their names: what SciPy computes in compiled code or by NumPy, differentiable.

- `special` and `stats` are `gradx.special` and `gradx.stats`.
- Each module is loaded on first use.
"""

from importlib import import_module as _import_module
from typing import Any

_MODULES = frozenset({"fft", "linalg", "signal", "spatial", "special", "stats"})


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return _import_module(f"gradx.scipy.{name}")
    raise AttributeError(
        f"gradx.scipy.{name}: expected one of {', '.join(sorted(_MODULES))}; got {name!r}"
    )


__all__ = sorted(_MODULES)

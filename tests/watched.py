"""A device that sees every array made on it: NumPy's, of a class that reports each array of double precision.

- `"watched"` names the device; `watching()` collects reports: the line of gradx behind which an array was made.
- Arrays of one element are left out: they cost nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

import gradx_numpy
from gradx import backend

DOUBLE = frozenset({np.dtype("float64"), np.dtype("complex128")})
_reports: list[str] | None = None


class Watched(np.ndarray):
    """An array that reports itself, when it is made, if it is of double precision."""

    def __array_finalize__(self, _: Any) -> None:
        if _reports is not None and self.size > 1 and self.dtype in DOUBLE:
            _reports.append(f"{self.dtype.name}{list(self.shape)} made by {_line()}")


def _line() -> str:
    """Return the innermost line of gradx that is being run."""
    frame: Any = sys._getframe(2)
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name.startswith("gradx"):
            return f"{name}:{frame.f_lineno}"
        frame = frame.f_back
    return "the caller"


@contextmanager
def watching() -> Iterator[list[str]]:
    """Collect reports while the block runs."""
    global _reports
    _reports = []
    try:
        yield _reports
    finally:
        _reports = None


def _watched(result: Any) -> Any:
    if isinstance(result, (np.ndarray, np.generic)):
        return np.asarray(result).view(Watched)
    if isinstance(result, (tuple, list)):
        parts = [_watched(each) for each in result]
        return type(result)(*parts) if hasattr(result, "_fields") else type(result)(parts)
    return result


class _Namespace:
    """NumPy's namespace with watched results."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        if isinstance(value, ModuleType):
            found: Any = _Namespace(value)
        elif isinstance(value, type) or not callable(value):
            found = value
        else:
            found = lambda *args, **params: _watched(value(*args, **params))  # noqa: E731
        self.__dict__[name] = found
        return found


class _Backend:
    """NumPy's backend, for watched arrays."""

    name = "watched"
    xp = _Namespace(gradx_numpy.xp)

    def __getattr__(self, name: str) -> Any:
        return getattr(gradx_numpy, name)

    def owns(self, kind: type) -> bool:
        return issubclass(kind, Watched)

    def asarray(self, value: Any, *, dtype: Any = None, device: Any = None, copy: Any = None) -> Any:  # fmt: skip
        return _watched(gradx_numpy.asarray(value, dtype=dtype, copy=copy))

    def settle(self, result: Any) -> Any:
        return _watched(result)

    def native_device(self, device: str) -> str:
        return "cpu"

    def device_name(self, array: Any) -> str:
        return "watched"


backend._by_name["watched"] = backend._by_type[Watched] = _Backend()  # type: ignore[assignment]

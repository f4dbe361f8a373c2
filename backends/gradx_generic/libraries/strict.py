"""array-api-strict: NumPy underneath, five pretended devices."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import array_api_strict
import numpy as np

from gradx_generic.library import Library


def isin(xp: Any, x1: Any, x2: Any, /, *, invert: bool = False) -> Any:
    """`invert` is not heeded by array-api-strict."""
    y = array_api_strict.isin(x1, x2)
    return array_api_strict.logical_not(y) if invert else y


class Strict(Library):
    """Next to nothing is missing; NumPy's warnings must be held back."""

    hooks = {"isin": isin}  # noqa: RUF012  (a table a class)

    def device_label(self, device: Any) -> str:
        return str(device).partition("'")[2].rstrip("')")

    def in_host_memory(self, array: Any) -> bool:
        return True  # all its devices are pretended

    def to_numpy(self, array: Any) -> Any:
        return np.asarray(array.to_device(array_api_strict.Device("CPU_DEVICE")))

    def quiet(self) -> AbstractContextManager[Any]:
        return np.errstate(all="ignore")


def backend() -> Library:
    """Return the backend."""
    return Strict("array_api_strict", array_api_strict)

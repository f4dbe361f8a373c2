"""The namespace of a Tensor: gradx itself on the CPU, gradx with another default device elsewhere.

- Array-API code asks its argument for a namespace and then calls `xp.zeros(n)` without a device: the result
  must land beside the argument.
- Each namespace has a `__name__` of its own and is made once, so that consumers can tell them apart.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache, wraps
from operator import attrgetter
from types import ModuleType
from typing import Any

_CREATION = frozenset({
    "arange", "asarray", "empty", "eye", "fft.fftfreq", "fft.rfftfreq", "from_dlpack", "full", "linspace", "ones",
    "zeros",
})  # fmt: skip


class DeviceNamespace(ModuleType):
    """All of gradx, with creation functions that default to one device."""

    def __init__(self, device: str, part: str = "") -> None:
        super().__init__(f"gradx[{device}]{part}", "gradx on one device.")
        self._device = device
        self._part = part
        # A function, no method: consumers set attributes on it.
        self.__array_namespace_info__ = lambda: sys.modules["gradx"].__array_namespace_info__(
            device
        )

    def __getattr__(self, name: str) -> Any:
        path = f"{self._part}.{name}".lstrip(".")
        value: Any = attrgetter(path)(sys.modules["gradx"])
        if path in _CREATION:
            value = _placed(value, self._device)
        elif path == "fft":
            value = DeviceNamespace(self._device, ".fft")
        setattr(self, name, value)
        return value


def _placed(create: Callable[..., Any], default: str) -> Callable[..., Any]:
    """Return a creation function whose `device=None` means `default`."""

    @wraps(create)
    def place(*args: Any, device: str | None = None, **options: Any) -> Any:
        return create(*args, device=default if device is None else device, **options)

    return place


@cache
def namespace_for(device: str) -> ModuleType:
    """Return the array-API namespace for Tensors on `device`."""
    return sys.modules["gradx"] if device == "cpu" else DeviceNamespace(device)

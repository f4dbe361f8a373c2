"""The namespace of a Tensor: gradx itself on the CPU, gradx with another default device elsewhere.

- Array-API code asks its argument for a namespace and then calls `xp.zeros(n)` without a device: the result
  must land beside the argument.
- So must `xp.zeros(n, device=None)`, by which such code passes on that nobody asked for a device.
- Each namespace has a `__name__` of its own and is made once, so that consumers can tell them apart.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache, wraps
from types import ModuleType
from typing import Any

_CREATION = frozenset(
    {"arange", "asarray", "empty", "eye", "from_dlpack", "full", "linspace", "ones", "zeros"}
)
_FFT_CREATION = frozenset({"fftfreq", "rfftfreq"})


class DeviceNamespace(ModuleType):
    """All of gradx, with creation functions that default to one device, also where they are given `device=None`."""

    def __init__(self, device: str) -> None:
        super().__init__(f"gradx[{device}]", "gradx on one device.")
        self._device = device

    def __getattr__(self, name: str) -> Any:
        value = getattr(sys.modules["gradx"], name)
        if name in _CREATION:
            value = _beside(value, self._device)
        elif name == "fft":
            value = _FourierNamespace(value, self._device)
        setattr(self, name, value)
        return value

    def __array_namespace_info__(self) -> Any:
        return sys.modules["gradx"].__array_namespace_info__(self._device)


class _FourierNamespace(ModuleType):
    """`gradx.fft`, whose frequencies default to one device."""

    def __init__(self, fft: ModuleType, device: str) -> None:
        super().__init__(f"gradx[{device}].fft", fft.__doc__)
        self._fft = fft
        self._device = device

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._fft, name)
        if name in _FFT_CREATION:
            value = _beside(value, self._device)
        setattr(self, name, value)
        return value


def _beside(create: Callable[..., Any], default: str) -> Callable[..., Any]:
    @wraps(create)
    def created(*args: Any, device: str | None = None, **options: Any) -> Any:
        return create(*args, device=default if device is None else device, **options)

    return created


@cache
def namespace_for(device: str) -> ModuleType:
    """Return the array-API namespace for Tensors on `device`."""
    return sys.modules["gradx"] if device == "cpu" else DeviceNamespace(device)

"""The namespace of a Tensor: gradx itself on the CPU, gradx with another default device elsewhere.

- Array-API code asks its argument for a namespace and then calls `xp.zeros(n)` without a device: the result
  must land beside the argument.
- Each namespace has a `__name__` of its own and is made once, so that consumers can tell them apart.
"""

from __future__ import annotations

import sys
from functools import cache, partial
from types import ModuleType
from typing import Any

_CREATION = frozenset(
    {"arange", "asarray", "empty", "eye", "from_dlpack", "full", "linspace", "ones", "zeros"}
)


class DeviceNamespace(ModuleType):
    """All of gradx, with creation functions that default to one device."""

    def __init__(self, device: str) -> None:
        super().__init__(f"gradx[{device}]", "gradx on one device.")
        self._device = device

    def __getattr__(self, name: str) -> Any:
        value = getattr(sys.modules["gradx"], name)
        if name in _CREATION:
            value = partial(value, device=self._device)
        setattr(self, name, value)
        return value

    def __array_namespace_info__(self) -> Any:
        return sys.modules["gradx"].__array_namespace_info__(self._device)


@cache
def namespace_for(device: str) -> ModuleType:
    """Return the array-API namespace for Tensors on `device`."""
    return sys.modules["gradx"] if device == "cpu" else DeviceNamespace(device)

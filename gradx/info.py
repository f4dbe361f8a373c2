"""What the standard asks a namespace about itself."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from gradx import dtypes
from gradx.backend import backend_for_device, backend_named, current_device, device_dtypes
from gradx.dtypes import DType
from gradx.errors import GradxError
from gradx.ops.creation import default_dtype
from gradx.promotion import isdtype

_DTYPES = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
           "float32", "float64", "complex64", "complex128")  # fmt: skip


class NamespaceInfo:
    """Answer of `__array_namespace_info__()`: capabilities, devices and dtypes."""

    def __init__(self, device: str | None = None) -> None:
        self._device = device

    def capabilities(self) -> dict[str, Any]:
        """Return what the namespace can do: everything that the standard leaves open."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self) -> str:
        """Return the name of the device on which creation functions place new Tensors."""
        return self._device or current_device()

    def default_dtypes(self, *, device: str | None = None) -> dict[str, DType]:
        """Return the dtypes of new Tensors: the same on every device that has double precision."""
        device = device or self._device
        return {
            "real floating": default_dtype(None, dtypes.float64, device),
            "complex floating": default_dtype(None, dtypes.complex128, device),
            "integral": dtypes.int64,
            "indexing": dtypes.int64,
        }

    def dtypes(self, *, device: str | None = None, kind: Any = None) -> dict[str, DType]:
        """Return the standard's dtypes that a device has, of one kind or of several."""
        there = device_dtypes(device or self.default_device())
        every = {name: dtypes.dtype_of(name) for name in _DTYPES if name in there}
        return {
            name: dtype for name, dtype in every.items() if kind is None or isdtype(dtype, kind)
        }

    def devices(self) -> tuple[str, ...]:
        """Return the devices that are there: of the namespace's own library, and the CPU's and CUDA's."""
        own = backend_for_device(self._device).devices() if self._device else ()
        found = list(backend_named("numpy").devices())
        with suppress(GradxError, ImportError):  # no CuPy, or no GPU: then there is no such device
            found.extend(backend_named("cupy").devices())
        return tuple(dict.fromkeys([*found, *own]))


def __array_namespace_info__(device: str | None = None) -> NamespaceInfo:
    """Return what the array API standard asks a namespace about itself."""
    return NamespaceInfo(device)

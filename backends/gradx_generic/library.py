"""A library of arrays as a backend: what holds for all, to be overridden where one differs.

- Uses the standard's functions alone; subclasses stand in `libraries/`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from gradx.errors import DeviceError, DtypeError
from gradx_generic.namespace import Namespace
from gradx_generic.scipy_names import on_host

Array = Any

# What Python numbers become on a device without double precision.
_NARROWER = {"float64": "float32", "complex128": "complex64"}


class Library:
    """A `gradx.backend.Backend` for the library `name` with the array-API namespace `native`."""

    hooks: dict[str, Callable[..., Any]] = {}  # noqa: RUF012  (a table a class)
    """Functions that replace the library's, by dotted name; each takes the namespace first."""

    add_at: Callable[[Array, Array, Array], Array] | None = None
    """`(flat, positions, values) -> array`: the library's own accumulating write, if it has one."""

    special_names: dict[str, Callable[..., Any]] = {}  # noqa: RUF012  (a table a class)
    """The library's own functions for SciPy's names, used where its arrays are not in the host's memory."""

    def __init__(self, name: str, native: Any) -> None:
        self.name = name
        self.native = native
        self.xp = Namespace(self, native)

    def special(self, name: str) -> Callable[..., Array] | None:
        """Return the library's own function for an extra that the standard lacks."""
        return getattr(self.native, name, None) if name != "einsum" else None

    def scipy_function(self, name: str) -> Callable[..., Any]:
        """Return the function of that name in `scipy.special`, on the library's arrays."""
        return on_host(self, name)

    def in_host_memory(self, array: Array) -> bool:
        """Whether SciPy can be handed the array's memory: as far as the name of its device tells."""
        return self.device_label(array.device).lower().startswith("cpu")

    def owns(self, kind: type) -> bool:
        """Whether `kind` is the library's array."""
        return (
            hasattr(kind, "__array_namespace__") and kind.__module__.partition(".")[0] == self.name
        )

    def asarray(self, value: Any, *, dtype: str | None = None, device: str | None = None,
                copy: bool | None = None) -> Array:  # fmt: skip
        """Make an array of numbers, nested lists, a NumPy array or one of the library's."""
        there = None if device is None else self.native_device(device)
        if dtype is None and not hasattr(value, "dtype"):
            dtype = np.asarray(value).dtype.name  # float64 for floats, on every library
            if there is not None and dtype in _NARROWER and not self._has(dtype, there):
                dtype = _NARROWER[dtype]
        native = None if dtype is None else self.native_dtype(dtype)
        if isinstance(value, np.ndarray) and (
            not value.flags.writeable or any(stride < 0 for stride in value.strides)
        ):  # PyTorch takes neither: a broadcast cotangent is read-only
            value = value.copy()
        return self.native.asarray(value, dtype=native, device=there, copy=copy)

    def _has(self, dtype: str, device: Any) -> bool:
        return dtype in self.native.__array_namespace_info__().dtypes(device=device)

    def settle(self, result: Any) -> Array:
        """Return a result of the library's functions as an array."""
        return self.asarray(result)

    def from_dlpack(
        self, value: Any, *, device: str | None = None, copy: bool | None = None
    ) -> Array:
        """Take over memory through DLPack."""
        options: dict[str, Any] = {} if copy is None else {"copy": copy}
        if device is not None:
            options["device"] = self.native_device(device)
        return self.native.from_dlpack(value, **options)

    def native_dtype(self, name: str) -> Any:
        """Return the library's dtype of that name (or of a `gradx.DType`)."""
        name = getattr(name, "name", name)
        found = getattr(self.native, name, None)
        if found is None:
            raise DtypeError(f"dtype: {self.name} has no {name}")
        return found

    def native_device(self, device: str) -> Any:
        """Return the library's device for "library:device"; for the bare "library" its default."""
        wanted = device.partition(":")[2]
        if not wanted:
            return self.native.__array_namespace_info__().default_device()
        for each in self._native_devices():
            if self.device_label(each) == wanted:
                return each
        raise DeviceError(
            f"device: {self.name} has {', '.join(map(repr, self.devices()))}; got {device!r}"
        )

    def _native_devices(self) -> list[Any]:
        return [d for d in self.native.__array_namespace_info__().devices() if d is not None]

    def device_label(self, device: Any) -> str:
        """Return what stands after the colon in the name of a native device."""
        return str(device)

    def device_name(self, array: Array) -> str:
        """Return "library:device"."""
        return f"{self.name}:{self.device_label(array.device)}"

    def devices(self) -> tuple[str, ...]:
        """Return the names of all devices that are there."""
        return tuple(f"{self.name}:{self.device_label(each)}" for each in self._native_devices())

    def to_numpy(self, array: Array) -> Any:
        """Copy to NumPy, without a copy where the library shares its memory."""
        return np.asarray(array)

    def fingerprint(self, array: Array, *, full: bool) -> Any:
        """Return None: most libraries' arrays cannot be changed in place, or not be watched."""
        return None

    def unchanged(self, array: Array, token: Any, *, full: bool) -> bool:
        """Whether `array` has the elements that `fingerprint` saw."""
        return bool(self.fingerprint(array, full=full) == token)

    def offload(self, array: Array) -> Any:
        """Return a copy as a NumPy array: a view would see writes to `array`."""
        return np.array(self.to_numpy(array))

    def restore(self, waiting: Any, *, dtype: str, device: str) -> Array:
        """Return the array on its device."""
        return self.asarray(waiting, dtype=dtype, device=device, copy=True)

    def quiet(self) -> AbstractContextManager[Any]:
        """Do nothing: few libraries warn."""
        return nullcontext()

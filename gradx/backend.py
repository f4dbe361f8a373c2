"""What an array library must supply, and how the right backend is found.

- A backend is a module (or object) that satisfies `Backend`; it is found from an array's type, once a type.
- NumPy and CuPy have packages of their own; a third party registers one through the entry-point group
  `gradx.backends`, named after the top-level module of its arrays; all else goes through `gradx_generic`.
- Nothing here imports an array library: `import gradx` leaves them all out of `sys.modules`.
- A device's name: "cpu" (NumPy), "cuda", "cuda:1" (CuPy), "library:device" for any other library.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from gradx.errors import DeviceError, OperandError

Array = Any


class _Index:
    """Stands in a static key for the next index array: `x[:, i, None]` has the key `(slice, INDEX, None)`."""

    def __repr__(self) -> str:
        return "INDEX"


INDEX = _Index()


def fill_key(key: tuple[Any, ...], indices: Sequence[Array]) -> tuple[Any, ...]:
    """Return `key` with `indices` in place of the `INDEX` marks.

    >>> fill_key((slice(None), INDEX, 0), ["i"])
    (slice(None, None, None), 'i', 0)
    """
    if not indices:
        return key
    rest = iter(indices)
    return tuple([next(rest) if part is INDEX else part for part in key])


class Backend(Protocol):
    """Everything gradx asks of an array library."""

    name: str
    """The library's name: "numpy"."""

    xp: Any
    """Namespace on raw arrays: what cards and rules call, of the standard and the extras of `gradx_numpy.namespace`.

    Functions of several arrays take Python scalars, weakly; `astype` and creation functions take native dtypes.
    """

    def owns(self, kind: type) -> bool:
        """Whether arrays (or scalars) of this type belong to the library."""

    def asarray(self, value: Any, *, dtype: str | None = None, device: str | None = None,
                copy: bool | None = None) -> Array:  # fmt: skip
        """Make an array of nested lists, numbers or an array; `dtype` and `device` are names."""

    def settle(self, result: Any) -> Array:
        """Return a result of the library's own functions as an array, which for 0-d ones some are not."""

    def native_dtype(self, name: str) -> Any:
        """Return the library's dtype of that name."""

    def native_device(self, device: str) -> Any:
        """Return what the library's functions take as `device=`."""

    def device_name(self, array: Array) -> str:
        """Return the name of the device that holds `array`."""

    def devices(self) -> tuple[str, ...]:
        """Return the names of all devices that are there."""

    def from_dlpack(
        self, value: Any, *, device: str | None = None, copy: bool | None = None
    ) -> Array:
        """Take over memory through DLPack."""

    def to_numpy(self, array: Array) -> Any:
        """Copy to a NumPy array (without a copy where the memory is the host's)."""

    def fingerprint(self, array: Array, *, full: bool) -> Any:
        """Return what `unchanged` needs, of some 64 elements or of all; None where arrays are not watched.

        Bytes, where two can be compared at once; else (on a GPU) what need not be waited for.
        """

    def unchanged(self, array: Array, token: Any, *, full: bool) -> bool:
        """Whether `array` has the elements that `fingerprint` saw."""

    def offload(self, array: Array) -> Any:
        """Return a copy in the memory of the host, for `restore`; the array itself where it is there."""

    def restore(self, waiting: Any, *, dtype: str, device: str) -> Array:
        """Return an array as it was before `offload`, in memory of its own."""

    def quiet(self) -> AbstractContextManager[Any]:
        """Hold back floating-point warnings: a rule may compute 0/0 where the result is masked."""


_PACKAGES = {"numpy": "gradx_numpy", "cupy": "gradx_cupy"}
_OWNERS = {"jaxlib": "jax"}  # libraries whose arrays live in another top-level module
_by_name: dict[str, Backend] = {}
_by_type: dict[type, Backend] = {}


def backend_named(name: str) -> Backend:
    """Return the backend for a library's top-level module name; `DeviceError` where it cannot be had."""
    if name not in _by_name:
        if name in _PACKAGES:
            _by_name[name] = import_module(_PACKAGES[name])
        else:
            # Costs more than the rest of gradx to import, hence not at the top.
            from importlib.metadata import entry_points

            found = {entry.name: entry for entry in entry_points(group="gradx.backends")}
            _by_name[name] = (
                found[name].load()
                if name in found
                else import_module("gradx_generic").backend_for(name)
            )
    return _by_name[name]


def backend_of(kind: type) -> Backend:
    """Return the backend that owns arrays of type `kind`; `OperandError` if none does."""
    try:
        return _by_type[kind]
    except KeyError:
        pass
    for base in kind.__mro__:
        library = base.__module__.partition(".")[0]
        if library in ("builtins", "typing", "collections"):
            continue
        try:
            backend = backend_named(_OWNERS.get(library, library))
        except (ImportError, DeviceError):
            continue
        if backend.owns(kind):
            _by_type[kind] = backend
            return backend
    raise OperandError(
        f"expected a Tensor, an array of a library that speaks the array API standard, or a number; "
        f"got {kind.__module__}.{kind.__qualname__}. Convert it with gradx.asarray"
    )


class _NamespaceByType(dict[type, Any]):
    """The raw namespace for a type of array; filled on first sight."""

    def __missing__(self, kind: type) -> Any:
        xp = self[kind] = backend_of(kind).xp
        return xp


namespaces = _NamespaceByType()

_default_device: ContextVar[str] = ContextVar("gradx_default_device", default="cpu")


class default_device:
    """Set the device on which creation functions place new Tensors: a function and a context manager.

    Local to the thread and the asyncio task.

    >>> import gradx as gx
    >>> with gx.default_device("cpu"):
    ...     gx.zeros(2).device
    'cpu'
    """

    def __init__(self, device: str) -> None:
        backend_for_device(device).native_device(device)  # say now what is missing
        self._token = _default_device.set(device)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        _default_device.reset(self._token)


def current_device() -> str:
    """Return the name of the default device."""
    return _default_device.get()


@cache
def device_dtypes(device: str) -> frozenset[str]:
    """Return the names of the standard's dtypes that there are on a device."""
    backend = backend_for_device(device)
    info = backend.xp.__array_namespace_info__()
    return frozenset(info.dtypes(device=backend.native_device(device)))


def has_double(device: str) -> bool:
    """Whether a device has float64: some GPUs that other libraries serve have not."""
    return str(device).partition(":")[0] in ("cpu", "cuda") or "float64" in device_dtypes(device)


def backend_for_device(device: str) -> Backend:
    """Return the backend for a device's name."""
    if not isinstance(device, str):
        raise DeviceError(
            f"device: expected a name such as 'cpu', 'cuda' or 'cuda:1'; got {device!r}"
        )
    library = device.partition(":")[0]
    if library in ("cpu", "cuda"):
        return backend_named("numpy" if library == "cpu" else "cupy")
    try:
        return backend_named(library)
    except ImportError as error:
        raise DeviceError(
            f"device: expected 'cpu', 'cuda', 'cuda:N' or 'library:device'; got {device!r} ({error})"
        ) from None

"""The CuPy backend: arrays on the devices "cuda" (the first GPU) and "cuda:N".

- Satisfies `gradx.backend.Backend`; `xp` is `gradx_cupy.namespace`.
- Importing it needs CuPy, but neither driver nor GPU; asking for a device says which of them is missing.
- Operations run on CuPy's current device: with several GPUs, work inside `with cupy.cuda.Device(N)`.
- Accumulating writes (`index_add`) use atomics, whose order differs from run to run: set the environment
  variable GRADX_DETERMINISTIC=1, or call `deterministic(True)`, for the same bits every time.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from gradx.errors import DeviceError, DtypeError

try:
    import cupy
    import cupyx
except ImportError as error:
    raise DeviceError(
        f"device: 'cuda' needs CuPy, which is not installed or does not import ({error}). "
        'Run: pip install "gradx[cuda]"'
    ) from error

from gradx_cupy import namespace as xp
from gradx_cupy._indexing import deterministic
from gradx_numpy import sample  # slices alone, which CuPy spells alike

__all__ = ["asarray", "deterministic", "device_name", "devices", "fingerprint", "from_dlpack", "name",
           "native_device", "native_dtype", "offload", "owns", "quiet", "restore", "to_numpy", "unchanged",
           "xp"]  # fmt: skip

Array = Any

name = "cupy"


def owns(kind: type) -> bool:
    """Whether `kind` is CuPy's array."""
    return issubclass(kind, cupy.ndarray)


def asarray(value: Any, *, dtype: str | None = None, device: str | None = None,
            copy: bool | None = None) -> Array:  # fmt: skip
    """Make an array of numbers, nested lists, a NumPy or a CuPy array."""
    if dtype is None and device is None and not copy and isinstance(value, cupy.ndarray):
        return value
    native = None if dtype is None else native_dtype(dtype)
    if device is None and isinstance(value, cupy.ndarray):
        return xp.asarray(value, dtype=native, device=value.device, copy=copy)
    return xp.asarray(value, dtype=native, device=native_device(device or "cuda"), copy=copy)


def settle(result: Any) -> Array:
    """Return a result of CuPy's functions, which is an array also where it is 0-d."""
    return result


def from_dlpack(value: Any, *, device: str | None = None, copy: bool | None = None) -> Array:
    """Take over device memory through DLPack."""
    if device is not None:
        native_device(device)
    array = cupy.from_dlpack(value)
    return array.copy() if copy else array


def native_dtype(name: str) -> Any:
    """Return the dtype of that name (or of a `gradx.DType`): CuPy uses NumPy's."""
    key = getattr(name, "name", name)
    if key != "bfloat16":
        return np.dtype(key)
    try:
        import ml_dtypes
    except ImportError:
        raise DtypeError("dtype: bfloat16 on CuPy needs the package ml_dtypes") from None
    return np.dtype(ml_dtypes.bfloat16)


def native_device(device: str) -> Any:
    """Return CuPy's device for "cuda" or "cuda:N"; `DeviceError` says what is missing."""
    library, _, number = device.partition(":")
    if library != "cuda" or not (number.isdecimal() or device == "cuda"):
        raise DeviceError(f"device: CuPy has 'cuda' and 'cuda:N'; got {device!r}")
    index = int(number or 0)
    count = _device_count(device)
    if index >= count:
        raise DeviceError(f"device: expected one of {', '.join(devices())}; got {device!r}")
    _check_compiler(device)
    return cupy.cuda.Device(index)


def _device_count(device: str) -> int:
    try:
        count = int(cupy.cuda.runtime.getDeviceCount())
    except Exception as error:  # CUDARuntimeError, and loader errors without the toolkit
        raise DeviceError(
            f"device: {device!r} needs an NVIDIA driver and a GPU, and CUDA reports none: {error}"
        ) from error
    if not count:
        raise DeviceError(f"device: {device!r} needs a GPU; the driver is there but shows none")
    return count


_compiler: list[bool] = []


def _check_compiler(device: str) -> None:
    """Raise unless NVRTC, which compiles every kernel of CuPy, can be loaded; ask once."""
    if _compiler:
        return
    try:
        cupy.cuda.nvrtc.getVersion()
    except Exception as error:
        raise DeviceError(
            f"device: {device!r} needs NVRTC, CUDA's run-time compiler, which cannot be loaded: {error}. "
            'Run: pip install "gradx[cuda]"'
        ) from error
    _compiler.append(True)


def device_name(array: Array) -> str:
    """Return "cuda" for the first GPU, "cuda:N" for the others."""
    return _label(array.device.id)


def _label(index: int) -> str:
    return f"cuda:{index}" if index else "cuda"


def devices() -> tuple[str, ...]:
    """Return the names of all GPUs; none without a driver."""
    try:
        return tuple(_label(index) for index in range(_device_count("cuda")))
    except DeviceError:
        return ()


def to_numpy(array: Array) -> Any:
    """Copy to the host."""
    return cupy.asnumpy(array)


def fingerprint(array: Array, *, full: bool) -> Array:
    """Return a copy, on the device, of some 64 elements, or of all: nothing waits for the GPU."""
    return (array if full else sample(array)).copy()


def unchanged(array: Array, token: Array, *, full: bool) -> bool:
    """Whether `array` has the elements that `fingerprint` saw; waits for the GPU."""
    now = array if full else sample(array)
    same = (now == token) | ((now != now) & (token != token))
    return bool(same.all())


def offload(array: Array) -> Any:
    """Return a copy in pinned memory, and the event after which it is complete: nothing waits for the GPU.

    The copy lies on the current stream, as whatever next uses the memory of `array` once it is free does.
    """
    if not array.size:  # there is no pinned memory of no bytes
        return to_numpy(array), None
    with array.device:
        copy = cupyx.empty_pinned(array.shape, array.dtype)
        cupy.asnumpy(array, out=copy, blocking=False)
        event = cupy.cuda.Event(disable_timing=True)
        event.record()
    return copy, event


def restore(waiting: Any, *, dtype: str, device: str) -> Array:
    """Return the array on its GPU; the host waits, as the pinned memory may be used anew right afterwards."""
    copy, event = waiting
    if event is not None:
        event.synchronize()
    with native_device(device):
        return cupy.array(copy, blocking=True)


def quiet() -> AbstractContextManager[Any]:
    """Do nothing: CUDA does not warn."""
    return nullcontext()

"""The NumPy backend: arrays on the device "cpu".

- Satisfies `gradx.backend.Backend`; `xp` is `gradx_numpy.namespace`.
- Importing it imports NumPy and nothing else: SciPy waits for the first special function.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from gradx.backend import backend_of
from gradx.errors import DeviceError, DtypeError
from gradx_numpy import namespace as xp

Array = Any

name = "numpy"
library = np  # whose dtypes and settings `gradx.numpy` passes on

_DTYPES = {
    each: np.dtype(each)
    for each in (
        "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
        "float16", "float32", "float64", "complex64", "complex128",
    )
}  # fmt: skip


def owns(kind: type) -> bool:
    """Whether `kind` is NumPy's array or one of its scalars."""
    return issubclass(kind, (np.ndarray, np.generic))


def asarray(value: Any, *, dtype: str | None = None, device: str | None = None,
            copy: bool | None = None) -> Array:  # fmt: skip
    """Make an array of numbers, nested lists or an array, of NumPy or of another library."""
    if device is not None:
        native_device(device)
    native = None if dtype is None else native_dtype(dtype)
    if hasattr(value, "__cuda_array_interface__") and not hasattr(value, "__array_interface__"):
        value = backend_of(type(value)).to_numpy(value)
    return np.asarray(value, dtype=native, copy=copy)


def settle(result: Any) -> Array:
    """Return a result of NumPy's functions as an array; it may be a scalar."""
    return result if result.__class__ is np.ndarray else np.array(result)


def from_dlpack(value: Any, *, device: str | None = None, copy: bool | None = None) -> Array:
    """Take over memory through DLPack."""
    if device is not None:
        native_device(device)
    try:
        return np.from_dlpack(value, device=None if device is None else "cpu", copy=copy)
    except RuntimeError as error:  # of bfloat16, say
        raise DtypeError(
            f"from_dlpack: expected a dtype that NumPy has ({error}). gradx.asarray keeps the array in its own library"
        ) from None


def native_dtype(name: str) -> Any:
    """Return NumPy's dtype of that name (or of a `gradx.DType`)."""
    key = getattr(name, "name", name)
    try:
        return _DTYPES[key]
    except KeyError:
        pass
    if key == "bfloat16":
        try:
            import ml_dtypes
        except ImportError:
            raise DtypeError("dtype: bfloat16 on NumPy needs the package ml_dtypes") from None
        return _DTYPES.setdefault(key, np.dtype(ml_dtypes.bfloat16))
    raise DtypeError(f"dtype: expected one of {', '.join(_DTYPES)}; got {name!r}")


def native_device(device: str) -> Any:
    """Return "cpu", NumPy's only device."""
    if device != "cpu":
        raise DeviceError(f"device: NumPy has 'cpu' alone; got {device!r}")
    return device


def device_name(array: Array) -> str:
    """Return "cpu"."""
    return "cpu"


def devices() -> tuple[str, ...]:
    """Return ("cpu",)."""
    return ("cpu",)


def to_numpy(array: Array) -> Array:
    """Return the array itself."""
    return np.asarray(array)


def fingerprint(array: Array, *, full: bool) -> bytes:
    """Return the bytes of some 64 elements, spread over the memory; or a checksum of all."""
    if full and array.size > _SAMPLES:
        return zlib.crc32(np.ascontiguousarray(array).view(np.uint8)).to_bytes(4, "big")
    return sample(array).tobytes()


_SAMPLES = 64


def sample(array: Array) -> Array:
    """Return some 64 elements, of an array in one piece of memory without a copy; all of a small one."""
    if array.size <= _SAMPLES:
        return array
    if array.flags.c_contiguous or array.flags.f_contiguous:
        return array.ravel("A")[:: array.size // _SAMPLES | 1]  # odd: not one column alone
    step = [max(1, n // 8 | 1) if n > 8 else 1 for n in array.shape]
    part = array[tuple([slice(None, None, s) for s in step])]
    return part if part.size <= _SAMPLES else part.ravel()[:: part.size // _SAMPLES | 1]


def sampler(array: Array) -> Callable[[], bytes] | None:
    """Return what gives the fingerprint of some elements again and again, by a view; None where that needs a copy."""
    part = sample(array[...])  # a view, so as not to hold `array` itself
    return part.tobytes if np.may_share_memory(part, array) else None


def unchanged(array: Array, token: Any, *, full: bool) -> bool:
    """Whether `array` has the elements that `fingerprint` saw."""
    return fingerprint(array, full=full) == token


def offload(array: Array) -> Array:
    """Return the array itself: it is on the host."""
    return array


def restore(waiting: Array, *, dtype: str, device: str) -> Array:
    """Return the array itself."""
    return waiting


def quiet() -> AbstractContextManager[Any]:
    """Hold back NumPy's floating-point warnings."""
    return np.errstate(all="ignore")

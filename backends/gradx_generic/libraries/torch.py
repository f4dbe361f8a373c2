"""PyTorch, through array-api-compat.

- Special functions and scatter are its own; `polygamma` is not exact enough.
- It records nothing: Tensors come in detached.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any

import numpy as np
import torch
from array_api_compat import torch as native

from gradx.backend import backend_named
from gradx_generic.fallbacks import unique_all
from gradx_generic.library import Library

Array = Any


def unsigned(name: str, xp: Any, x: Array, /, *, dtype: Any = None, **params: Any) -> Array:
    """Sums and products of unsigned integers are unsigned."""
    y = attrgetter(name)(native)(x, dtype=dtype, **params)
    small = (torch.uint8, torch.uint16, torch.uint32, torch.uint64)
    return y.to(torch.uint64) if dtype is None and x.dtype in small else y


def of_nothing(name: str, xp: Any, x: Array, /, **params: Any) -> Array:
    """An FFT of an empty array, which MKL refuses: NumPy's, for its shape."""
    if x.numel():
        return getattr(native.fft, name)(x, **params)
    y = getattr(np.fft, name)(x.cpu().numpy(), **params)
    return torch.asarray(y, device=x.device)


def einsum(*arrays: Array, subscripts: str) -> Array:
    """The subscripts come first in PyTorch."""
    return torch.einsum(subscripts, *arrays)


class Torch(Library):
    """Tensors come in detached: PyTorch is to record nothing of what gradx does."""

    hooks = {  # noqa: RUF012  (a table a class)
        **{
            name: partial(unsigned, name)
            for name in ("cumulative_prod", "cumulative_sum", "linalg.trace", "prod", "sum")
        },
        "unique_all": unique_all,
        **{f"fft.{name}": partial(of_nothing, name) for name in ("fft", "ifft", "rfft", "irfft")},
    }

    special_names = {  # noqa: RUF012  (a table a class)
        name: getattr(torch.special, own)
        for name, own in {
            "erfcx": "erfcx",
            "gammainc": "gammainc",
            "gammaincc": "gammaincc",
            "i0": "i0",
            "i0e": "i0e",
            "i1": "i1",
            "i1e": "i1e",
            "j0": "bessel_j0",
            "j1": "bessel_j1",
            "k0": "modified_bessel_k0",
            "k0e": "scaled_modified_bessel_k0",
            "k1": "modified_bessel_k1",
            "k1e": "scaled_modified_bessel_k1",
            "log_ndtr": "log_ndtr",
            "logit": "logit",
            "ndtr": "ndtr",
            "ndtri": "ndtri",
            "y0": "bessel_y0",
            "y1": "bessel_y1",
            "zeta": "zeta",
        }.items()
    }

    def owns(self, kind: type) -> bool:
        return issubclass(kind, torch.Tensor)

    def special(self, name: str) -> Callable[..., Array] | None:
        if name == "polygamma":  # PyTorch's is good to 1e-9 only
            return None
        own: Any = einsum if name == "einsum" else getattr(torch.special, name, None)
        return own

    def asarray(self, value: Any, **options: Any) -> Array:
        if isinstance(value, torch.Tensor) and value.requires_grad:
            value = value.detach()
        if isinstance(value, (np.ndarray, np.generic)) and value.dtype.name == "bfloat16":
            value = torch.asarray(np.array(value).view(np.int16)).view(torch.bfloat16)
        return super().asarray(value, **options)

    def fingerprint(self, array: Array, *, full: bool) -> bytes:
        """PyTorch counts the changes of a memory itself, also those made through views."""
        return int(array._version).to_bytes(8, "big")

    @staticmethod
    def add_at(flat: Array, positions: Array, values: Array) -> Array:
        return flat.index_add(0, positions, values)

    def _native_devices(self) -> list[Any]:
        names = ["cpu", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))]
        if torch.backends.mps.is_available():
            names.append("mps")
        return [torch.device(each) for each in names]

    def to_numpy(self, array: Array) -> Any:
        """Copy to the host; bfloat16, which NumPy lacks, bit by bit."""
        array = array.detach().cpu().resolve_conj().resolve_neg()
        if array.dtype is not torch.bfloat16:
            return array.numpy()
        return array.view(torch.int16).numpy().view(backend_named("numpy").native_dtype("bfloat16"))

    def offload(self, array: Array) -> Array:
        return array.detach().to("cpu", copy=True)

    def restore(self, waiting: Array, *, dtype: str, device: str) -> Array:
        return waiting.to(self.native_device(device), copy=True)


def backend() -> Library:
    """Return the backend."""
    return Torch("torch", native)

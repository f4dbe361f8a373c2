"""JAX, eagerly: arrays are immutable, float64 is there only with `jax_enable_x64`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as native
import numpy as np
from jax.scipy import special

from gradx_generic.library import Library

Array = Any


def polygamma(x: Array, /, *, n: int) -> Array:
    """The order comes first in JAX."""
    return special.polygamma(n, x)


def einsum(*arrays: Array, subscripts: str) -> Array:
    """The subscripts come first in JAX."""
    return native.einsum(subscripts, *arrays)


class Jax(Library):
    """A dtype that JAX is not set to have becomes the one it would take instead."""

    special_names = {  # noqa: RUF012  (a table a class)
        name: getattr(special, name)
        for name in (
            "betainc", "betaln", "expi", "exp1", "gammainc", "gammaincc", "i0", "i0e", "i1", "i1e", "log_ndtr",
            "logit", "ndtr", "ndtri", "zeta",
        )
    }  # fmt: skip

    def owns(self, kind: type) -> bool:
        return issubclass(kind, jax.Array)

    def special(self, name: str) -> Callable[..., Array] | None:
        own: dict[str, Any] = {"einsum": einsum, "polygamma": polygamma}
        return own.get(name) or getattr(special, name, None)

    def native_dtype(self, name: str) -> Any:
        return jax.dtypes.canonicalize_dtype(super().native_dtype(name))

    def asarray(self, value: Any, *, dtype: str | None = None, **options: Any) -> Array:
        if dtype is None and isinstance(value, (np.ndarray, np.generic)):
            dtype = value.dtype.name
        return super().asarray(value, dtype=dtype, **options)

    @staticmethod
    def add_at(flat: Array, positions: Array, values: Array) -> Array:
        return flat.at[positions].add(values)

    def device_label(self, device: Any) -> str:
        return f"{device.platform}:{device.id}" if device.id else str(device.platform)

    def in_host_memory(self, array: Array) -> bool:
        return self.device_name(array).startswith("jax:cpu")

    def device_name(self, array: Array) -> str:
        return f"jax:{self.device_label(next(iter(array.devices())))}"

    def _native_devices(self) -> list[Any]:
        return list(jax.devices())


def backend() -> Library:
    """Return the backend."""
    return Jax("jax", native)

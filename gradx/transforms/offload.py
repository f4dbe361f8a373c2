"""Residuals that wait on the host for the way back.

- An array on the host stays as it is. One on a device is copied to the host as it is kept, and back when a rule
  reads it; in between its device memory is free.
- The backend knows how: CuPy copies to pinned memory, and nothing waits for the GPU.
"""

from __future__ import annotations

from typing import Any

from gradx.backend import backend_of
from gradx.dtypes import dtype_of
from gradx.level import Cell, cell
from gradx.tape import ZERO


class Host:
    """A copy of an array on the host, and where the array was."""

    __slots__ = ("backend", "copy", "device", "dtype")

    def __init__(self, array: Any, backend: Any, copy: Any) -> None:
        self.backend, self.copy = backend, copy
        self.device = backend.device_name(array)
        self.dtype = dtype_of(array.dtype).name

    def array(self) -> Any:
        """Return the array, on its device again."""
        return self.backend.restore(self.copy, dtype=self.dtype, device=self.device)


def to_host(x: Any) -> Any:
    """Return a value whose bare arrays are on the host, those of its tangents too.

    A bare array on a device becomes a Tensor that holds a `Host`.
    """
    if isinstance(x, Cell):
        return _rebuilt(x, to_host)
    backend = backend_of(type(x))
    copy = backend.offload(x)
    return x if copy is x else cell(Host(x, backend, copy), ZERO, None)


def from_host(x: Any) -> Any:
    """Return a value as it was before `to_host`."""
    if isinstance(x, Host):
        return x.array()
    return _rebuilt(x, from_host) if isinstance(x, Cell) else x


def _rebuilt(x: Cell, move: Any) -> Any:
    data, aux = move(x.data), x.aux
    if aux.__class__ is tuple:  # a tangent
        aux = (move(aux[0]), *aux[1:])
    if isinstance(data, Cell) and data.level is ZERO and data.aux is None and move is from_host:
        data = data.data
    return cell(data, x.level, aux)


__all__ = ["Host", "from_host", "to_host"]

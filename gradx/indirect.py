"""Tensors whose array must be asked for: stale views, and captured arrays.

- A Tensor becomes one, or ceases to be one, by a change of its class: an ordinary Tensor pays nothing for them.
- Their slots stand behind properties. Whatever reads them gets the right array, and need not know.
"""

from __future__ import annotations

from typing import Any

from gradx.capture import look, raw
from gradx.dtypes import dtype_of
from gradx.level import Cell
from gradx.shapes import size
from gradx.tensor import Tensor
from gradx.views import renew


class Stale(Tensor):
    """A view whose base was written to: whoever asks for its value has it read anew, and it is a Tensor again."""

    __slots__ = ()

    @property
    def data(self) -> Any:
        renew(self)
        return self.data

    @property
    def level(self) -> Any:  # type: ignore[override]
        renew(self)
        return self.level

    @property
    def aux(self) -> Any:
        renew(self)
        return self.aux


class Captured(Tensor):
    """A Tensor that shares its memory with the user: each use of its array is filed, see `capture.py`."""

    __slots__ = ()

    def __new__(cls) -> Any:
        return object.__new__(Tensor)  # results are ordinary

    data: Any = property(look)
    shape = property(lambda self: tuple(raw(self).shape))
    ndim = property(lambda self: len(raw(self).shape))
    size = property(lambda self: size(raw(self).shape))
    dtype = property(lambda self: dtype_of(raw(self).dtype))


Cell.stale, Cell.captured = Stale, Captured

__all__ = ["Captured", "Stale"]

"""How a Tensor shows itself."""

from __future__ import annotations

from typing import Any

from gradx.backend import backend_of
from gradx.level import Cell


def describe(x: Any) -> str:
    """Return `Tensor([...], dtype=float64, ...)`: what is the default is left out.

    >>> import gradx as gx
    >>> gx.asarray([1.0, 2.0], requires_grad=True)
    Tensor([1., 2.], requires_grad=True)
    """
    data, notes = x.data, []
    if isinstance(data, Cell):
        inner = describe(data)
    else:
        text = repr(backend_of(type(data)).to_numpy(data))
        inner = text[text.index("(") + 1 : -1] if text.startswith("array(") else text
        dtype = f"dtype={x.dtype.name}"
        head, comma, _ = inner.partition(", dtype=")
        inner = f"{head}, {dtype}" if comma else inner
    if x.level.number:
        notes.append(f"level={type(x.level).__name__.lower()}:{x.level.number}")
    elif x.device != "cpu":
        notes.append(f"device={x.device!r}")
    if x.level.number == 0 and x.aux is not None:
        notes.append("requires_grad=True")
    return f"Tensor({', '.join([inner, *notes])})"

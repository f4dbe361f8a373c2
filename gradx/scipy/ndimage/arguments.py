"""What the functions of `scipy.ndimage` take in common: modes, origins and sizes for each axis, the output's dtype."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradx import ops
from gradx.errors import OperandError, ShapeError
from gradx.numpy.arguments import axes_of, tensor
from gradx.scipy.arrays import MARGINS, chosen, extended, floating


def image(name: str, input: Any) -> tuple[Any, Any]:
    """Return an array as floating or complex, and the dtype that a result has by default: its own."""
    x = tensor(input)
    return floating(x), x.dtype


def finished(name: str, y: Any, dtype: Any, output: Any = None) -> Any:
    """Return a result in the dtype asked for; of integers without their fractions."""
    if output is not None and hasattr(output, "shape"):
        raise OperandError(
            f"{name}: expected output to be None or a dtype; got an array. Use what the function returns"
        )
    dtype = dtype if output is None else output
    return ops.astype(y, dtype, copy=False) if dtype is not None else y


def each(name: str, what: str, value: Any, count: int) -> list[Any]:
    """Return a value, or a sequence of values, for each of so many axes."""
    several = isinstance(value, Sequence) and not isinstance(value, str)
    if not several and getattr(value, "ndim", 0) == 1:
        value, several = [value[i] for i in range(value.shape[0])], True
    values = list(value) if several else [value] * count
    if len(values) != count:
        raise ShapeError(f"{name}: expected {what} for each of {count} axes; got {len(values)}")
    return values


def which(name: str, axes: Any, rank: int) -> tuple[int, ...]:
    """Return axes counted from 0; all of them for None."""
    found = axes_of(name, axes, rank)
    if len(set(found)) < len(found):
        raise ValueError(f"{name}: expected axes, each once; got {axes}")
    return found


def with_margins(name: str, x: Any, sizes: Sequence[int], origins: Sequence[Any], modes: Sequence[str], cval: Any,
                 axes: Sequence[int]) -> Any:  # fmt: skip
    """Extend these axes so that a window of these sizes, its middle moved by the origins, stands on every element."""
    for axis, size, origin, mode in zip(axes, sizes, origins, modes):
        chosen(name, "mode", mode, MARGINS)
        before = size // 2 + int(origin)
        if not 0 <= before < size:
            raise ValueError(
                f"{name}: expected an origin within the window of size {size}; got {origin}"
            )
        x = extended(x, before, size - 1 - before, mode, cval, axis)
    return x


__all__ = ["each", "finished", "image", "which", "with_margins"]

"""The arguments that SciPy's transforms have in common."""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import AxisError, ShapeError
from gradx.numpy.arguments import inexact, ints
from gradx.ops.shaping import pad


def array(x: Any) -> Any:
    """Return `x` as a floating or complex Tensor; half precision as float32, as in SciPy."""
    x = inexact(x)
    return ops.astype(x, "float32") if x.dtype.kind == "f" and x.dtype.itemsize < 4 else x


def one_axis(name: str, x: Any, axis: int) -> int:
    """Return an axis counted from 0."""
    if not -x.ndim <= axis < x.ndim:
        raise AxisError(
            f"scipy.fft.{name}: expected an axis of {x.ndim} dimensions; got {axis} for shape {x.shape}"
        )
    return axis % x.ndim


def sizes_and_axes(name: str, x: Any, s: Any, axes: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the sizes and the axes, counted from 0, of a transform of several."""
    sizes = None if s is None else ints(s)
    if axes is None:
        count = x.ndim if sizes is None else len(sizes)
        if count > x.ndim:
            raise ShapeError(
                f"scipy.fft.{name}: expected sizes for at most {x.ndim} axes; got s = {s}"
            )
        axes = tuple(range(x.ndim - count, x.ndim))
    given = tuple([one_axis(name, x, axis) for axis in ints(axes)])
    if sizes is None:
        sizes = tuple([x.shape[axis] for axis in given])
    if len(sizes) != len(given) or len(set(given)) != len(given):
        raise ShapeError(
            f"scipy.fft.{name}: expected a size for each axis, and each axis once; got s = {s} and axes = {axes}"
        )
    sizes = tuple([x.shape[axis] if n == -1 else n for n, axis in zip(sizes, given)])
    if min(sizes, default=1) < 1:
        raise ShapeError(f"scipy.fft.{name}: expected at least 1 point; got sizes {sizes}")
    return sizes, given


def resized(x: Any, n: int, axis: int) -> Any:
    """Return `x` cut, or padded with zeros, to `n` elements along an axis."""
    m = x.shape[axis]
    if m >= n:
        return x if m == n else x[(*[slice(None)] * axis, slice(0, n))]
    return pad(x, [(0, n - m if i == axis else 0) for i in range(x.ndim)])


__all__ = ["array", "one_axis", "resized", "sizes_and_axes"]

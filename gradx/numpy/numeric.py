"""Differences, integrals, interpolation and rounding under NumPy's names."""

from __future__ import annotations

import math
from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.numpy.arguments import (
    axes_of,
    axis_of,
    beside,
    cast,
    inexact,
    operand,
    refuse,
    take,
    tensor,
)
from gradx.ops import special
from gradx.promotion import finfo


def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """NumPy's `diff`, by `gradx.diff`."""
    x = tensor(a)
    ends = [_end(x, axis, end) for end in (prepend, append)]
    return ops.diff(x, n=n, axis=axis, prepend=ends[0], append=ends[1])


def _end(x: Any, axis: int, end: Any) -> Any:
    """Return what is joined on: a number serves for a whole slice."""
    if end is None or not hasattr(type(end), "__name__") or type(end).__name__ == "_NoValueType":
        return None
    end = beside(end, x)
    axis = axis_of("diff", axis, x.ndim)
    return end if end.ndim else ops.broadcast_to(end, (*x.shape[:axis], 1, *x.shape[axis + 1 :]))


def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """NumPy's `ediff1d`, by `gradx.diff`."""
    x = ops.ravel(tensor(ary))
    parts = [None if end is None else ops.ravel(beside(end, x)) for end in (to_begin, to_end)]
    parts.insert(1, ops.diff(x))
    return ops.concat([part for part in parts if part is not None])


def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """NumPy's `gradient`: central differences, also on unequal distances; differentiable in both."""
    x = inexact(f)
    axes = axes_of("gradient", axis, x.ndim)
    steps = varargs * len(axes) if len(varargs) == 1 else varargs or (1.0,) * len(axes)
    if len(steps) != len(axes):
        raise ShapeError(
            f"numpy.gradient: expected a distance for each of {len(axes)} axes; got {len(varargs)}"
        )
    found = [_slope(x, a, step, edge_order) for a, step in zip(axes, steps)]
    return found[0] if len(found) == 1 else tuple(found)


def _slope(x: Any, axis: int, step: Any, edge_order: int) -> Any:
    n = x.shape[axis]
    if n < edge_order + 1:
        raise ShapeError(
            f"numpy.gradient: expected at least {edge_order + 1} elements along axis {axis}; got {n}"
        )
    x = ops.moveaxis(x, axis, -1)
    step = inexact(beside(step, x))
    gaps = ops.diff(step) if step.ndim else ops.broadcast_to(step, (n - 1,))
    before, after = gaps[:-1], gaps[1:]
    slopes = ops.diff(x) / gaps
    inside = (before * slopes[..., 1:] + after * slopes[..., :-1]) / (before + after)
    ends = slopes[..., :1], slopes[..., -1:]
    if edge_order == 2:
        bend = (slopes[..., 1:] - slopes[..., :-1]) / (before + after)
        ends = ends[0] - gaps[0] * bend[..., :1], ends[1] + gaps[-1] * bend[..., -1:]
    return ops.moveaxis(ops.concat([ends[0], inside, ends[1]], axis=-1), -1, axis)


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """NumPy's `trapezoid`, by `gradx.trapezoid`."""
    return ops.trapezoid(inexact(y), None if x is None else tensor(x), dx=dx, axis=axis)


trapz = trapezoid


def interp(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None
) -> Any:
    """NumPy's `interp`, by `gradx.interp`."""
    x, knots, values = inexact(x), inexact(xp), inexact(fp)
    if period is not None:
        period = abs(period)
        x, knots = ops.remainder(x, period), ops.remainder(knots, period)
        order = ops.argsort(ops.stop_gradient(knots))
        knots, values = ops.take(knots, order, axis=0), ops.take(values, order, axis=0)
        knots = ops.concat([knots[-1:] - period, knots, knots[:1] + period])
        return ops.interp(x, knots, ops.concat([values[-1:], values, values[:1]]))
    y = ops.interp(x, knots, values)
    y = y if left is None else ops.where(x < knots[0], left, y)
    return y if right is None else ops.where(x > knots[-1], right, y)


def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: float = 2 * math.pi) -> Any:
    """NumPy's `unwrap`: what is added is piecewise constant."""
    x = inexact(p)
    axis = axis_of("unwrap", axis, x.ndim)
    step = ops.stop_gradient(ops.diff(x, axis=axis))
    half = period / 2
    turned = ops.remainder(step + half, period) - half
    turned = ops.where(ops.logical_and(turned == -half, step > 0), half, turned)
    jumps = ops.where(ops.abs(step) < (half if discont is None else discont), 0, turned - step)
    added = ops.cumulative_sum(jumps, axis=axis)
    return ops.concat(
        [take(x, axis, slice(0, 1)), take(x, axis, slice(1, None)) + added], axis=axis
    )


# ---------------------------------------------------------------- element by element


def clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, *, min: Any = None, max: Any = None,
         dtype: Any = None) -> Any:  # fmt: skip
    """NumPy's `clip`, by `gradx.clip`."""
    refuse("clip", out=out)
    low, high = (_bound(a, b) for a, b in ((a_min, min), (a_max, max)))
    return ops.clip(cast(tensor(a), dtype), low, high)


def _bound(first: Any, second: Any) -> Any:
    given = [
        operand(x) for x in (first, second) if x is not None and type(x).__name__ != "_NoValueType"
    ]
    return given[0] if given else None


def round(a: Any, decimals: int = 0, out: Any = None) -> Any:
    """NumPy's `round`, by `gradx.round`; piecewise constant."""
    refuse("round", out=out)
    x = tensor(a)
    if not decimals:
        return ops.round(x)
    if x.dtype.kind in "iu":
        return (
            x
            if decimals > 0
            else ops.astype(ops.round(inexact(x) / 10**-decimals) * 10**-decimals, x.dtype)
        )
    scale = 10.0 ** abs(decimals)
    return ops.round(x * scale) / scale if decimals > 0 else ops.round(x / scale) * scale


around = round


def fix(x: Any, out: Any = None) -> Any:
    """NumPy's `fix`, by `gradx.trunc`."""
    refuse("fix", out=out)
    return ops.trunc(tensor(x))


def real(val: Any) -> Any:
    """NumPy's `real`, by `gradx.real`."""
    return ops.real(tensor(val))


def imag(val: Any) -> Any:
    """NumPy's `imag`, by `gradx.imag`."""
    return ops.imag(tensor(val))


def angle(z: Any, deg: bool = False) -> Any:
    """NumPy's `angle`, by `gradx.angle`."""
    y = ops.angle(inexact(z))
    return y * (180 / math.pi) if deg else y


def real_if_close(a: Any, tol: float = 100) -> Any:
    """NumPy's `real_if_close`: the real part, where all imaginary parts are within `tol` steps of 0."""
    x = tensor(a)
    if x.dtype.kind != "c":
        return x
    bound = tol * finfo(x.dtype).eps if tol > 1 else tol
    return ops.real(x) if bool(ops.all(ops.abs(ops.stop_gradient(ops.imag(x))) < bound)) else x


def nan_to_num(
    x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None
) -> Any:
    """NumPy's `nan_to_num`, by `gradx.nan_to_num`."""
    return ops.nan_to_num(tensor(x), nan=nan, posinf=posinf, neginf=neginf)


def sinc(x: Any) -> Any:
    """NumPy's `sinc`, by `gradx.sinc`."""
    return ops.sinc(inexact(x))


def i0(x: Any) -> Any:
    """NumPy's `i0`, by `gradx.special.i0`."""
    return special.i0(inexact(x))


__all__ = ["angle", "around", "clip", "diff", "ediff1d", "fix", "gradient", "i0", "imag", "interp", "nan_to_num",
           "real", "real_if_close", "round", "sinc", "trapezoid", "trapz", "unwrap"]  # fmt: skip

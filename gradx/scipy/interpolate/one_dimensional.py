"""`interp1d`: piecewise linear, piecewise constant and spline interpolation of samples.

- At a knot the linear kind's slope is the smaller of the two in modulus, 0 where their signs differ.
- The kinds "nearest", "nearest-up", "previous", "next" and "zero" are constant between knots: linear in y only.
"""

from __future__ import annotations

import math
from typing import Any

from gradx import ops
from gradx.numpy.arguments import axis_of
from gradx.scipy.interpolate.bsplines import make_interp_spline
from gradx.scipy.interpolate.pieces import at_places, column, filled, outside, place_axis, samples
from gradx.scipy.values import decided, first_of, floating

_ORDERS = {"zero": 0, "slinear": 1, "quadratic": 2, "cubic": 3}
_STEPS = ("nearest", "nearest-up", "previous", "next")
_GO_ON = "extrapolate"


class interp1d:
    """Interpolate along one axis.

    Parameters
    ----------
    x, y
        Knots `(n,)`, in any order unless `assume_sorted`, and values with n along `axis`.
    kind
        "linear", "nearest", "nearest-up", "previous", "next", "zero", "slinear", "quadratic", "cubic", or the
        degree of a spline.
    bounds_error
        Whether a place beyond the knots is an error: by default where there is no `fill_value`. Under `vmap`, where
        Python cannot decide, the result there is NaN.
    fill_value
        The value beyond the knots, a pair for below and above, or "extrapolate".

    >>> import gradx as gx
    >>> gx.scipy.interpolate.interp1d([0.0, 1.0, 2.0], gx.asarray([0.0, 1.0, 4.0]))(1.5)
    Tensor(2.5)
    """

    def __init__(self, x: Any, y: Any, kind: Any = "linear", axis: int = -1, copy: bool = True,
                 bounds_error: bool | None = None, fill_value: Any = math.nan,
                 assume_sorted: bool = False) -> None:  # fmt: skip
        name = "interpolate.interp1d"
        like = first_of(y, x)
        x, y = floating(x, like), floating(y, like)
        if not assume_sorted and x.ndim == 1:
            order = ops.argsort(ops.stop_gradient(x))
            x, y = ops.take(x, order, axis=0), ops.take(y, order, axis=axis_of(name, axis, y.ndim))
        order = _ORDERS.get(kind, kind)
        if order != "linear" and order not in _STEPS and not isinstance(order, int):
            raise ValueError(f"{name}: expected a known kind; got {kind!r}")
        least = order + 1 if isinstance(order, int) else 1
        self.x, self.y, self.axis = samples(name, x, y, axis, least=least)
        self._kind = order
        self._spline = (
            make_interp_spline(self.x, self.y, k=order) if isinstance(order, int) else None
        )
        self._goes_on = isinstance(fill_value, str) and fill_value == _GO_ON
        if self._goes_on and bounds_error:
            raise ValueError(f"{name}: expected bounds_error False with fill_value 'extrapolate'")
        pair = fill_value if isinstance(fill_value, tuple) else (fill_value, fill_value)
        self._fill = None if self._goes_on else [floating(v, self.y) for v in pair]
        lacking = isinstance(fill_value, float) and math.isnan(fill_value)
        self._strict = bool(lacking if bounds_error is None else bounds_error)
        self._strict = self._strict and not self._goes_on
        if self._goes_on and kind in ("previous", "next"):
            nothing = math.nan * self.y[0]
            self._fill = [nothing, self.y[-1]] if kind == "previous" else [self.y[0], nothing]

    def __call__(self, x: Any) -> Any:
        """Return the values at the places `x`."""
        x = at_places(x, self.x)
        low, high = self.x[0], self.x[-1]
        if self._strict and decided(outside(x, low, high)):
            raise ValueError(
                "interpolate.interp1d: expected places between the first and the last knot. Give "
                "bounds_error=False and a fill_value, or fill_value='extrapolate'"
            )
        y = self._inside(x)
        if self._fill is not None:
            fixed = ops.stop_gradient(x)
            below, above = fixed < ops.stop_gradient(low), fixed > ops.stop_gradient(high)
            for mask, fill in zip((below, above), self._fill, strict=True):
                y = filled(y, mask, fill)
        return place_axis(y, x.ndim, self.axis)

    def _inside(self, x: Any) -> Any:
        if self._spline is not None:
            return self._spline.evaluated(x)
        if self._kind == "linear":
            return linear(self.x, self.y, x)
        knots, x = ops.stop_gradient(self.x), ops.stop_gradient(x)
        n = knots.shape[0]
        if self._kind == "previous":
            found = ops.searchsorted(knots, x, side="right") - 1
        elif self._kind == "next":
            found = ops.searchsorted(knots, x, side="left")
        else:
            side = "left" if self._kind == "nearest" else "right"
            found = ops.searchsorted(knots[1:] / 2 + knots[:-1] / 2, x, side=side)
        y = ops.take(self.y, ops.clip(found, 0, n - 1), axis=0)
        return filled(y, ops.isnan(x), math.nan)


def linear(knots: Any, values: Any, x: Any) -> Any:
    """Return values `(n, ...)` at knots `(n,)`, interpolated linearly at `x`, and beyond the knots."""
    n = knots.shape[0]
    if n == 1:
        return ops.take(values, ops.searchsorted(knots, x) * 0, axis=0) + 0.0 * column(x, values)
    slopes = ops.diff(values, axis=0) / column(ops.diff(knots), values)
    fixed, at = ops.stop_gradient(knots), ops.stop_gradient(x)
    before = ops.clip(ops.searchsorted(fixed, at) - 1, 0, n - 2)
    behind = ops.clip(ops.searchsorted(fixed, at, side="right") - 1, 0, n - 2)
    left, right = ops.take(slopes, before, axis=0), ops.take(slopes, behind, axis=0)
    slope = right
    if values.dtype.kind != "c":
        smaller = ops.where(ops.abs(left) < ops.abs(right), left, right)
        smaller = ops.where((left > 0) != (right > 0), 0, smaller)
        slope = ops.where(column(before == behind, right), right, smaller)
    step = column(x - ops.take(knots, behind, axis=0), slope)
    return ops.take(values, behind, axis=0) + slope * step


__all__ = ["interp1d", "linear"]

"""`PPoly`: polynomials piece by piece, in powers of the distance from the left knot."""

from __future__ import annotations

import math
from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.numpy.arguments import axis_of
from gradx.scipy.interpolate.pieces import (
    PERIODIC,
    at_places,
    check_rising,
    column,
    definite,
    falling,
    filled,
    interval,
    outside,
    place_axis,
    wrapped,
)
from gradx.scipy.values import first_of, floating


class PPoly:
    """A polynomial of degree k - 1 on each of m intervals; differentiable in coefficients, knots and places.

    Parameters
    ----------
    c
        Coefficients, those of the highest power first: `(k, m, ...)`.
    x
        Knots that strictly increase, `(m + 1,)`.
    extrapolate
        Whether the first and last pieces go on beyond the knots (else there is NaN); or "periodic".
    axis
        Where in the values the axis of interpolation is: that of the intervals in `c` is then `axis + 1`.

    >>> import gradx as gx
    >>> gx.scipy.interpolate.PPoly(gx.asarray([[1.0, 2.0], [0.0, 1.0]]), [0.0, 1.0, 2.0])(gx.asarray(1.5))
    Tensor(2.)
    """

    name = "interpolate.PPoly"

    def __init__(self, c: Any, x: Any, extrapolate: Any = None, axis: int = 0) -> None:
        like = first_of(c, x)
        c, x = floating(c, like), floating(x, None if like is None else ops.real(like))
        self.axis = axis_of(self.name, axis, max(c.ndim - 1, 1))
        if c.ndim < 2 or x.ndim != 1:
            raise ShapeError(
                f"{self.name}: expected c (k, m, ...) and x (m + 1,); got {c.shape} and {x.shape}"
            )
        if self.axis:
            c = ops.moveaxis(ops.moveaxis(c, self.axis, 0), self.axis + 1, 1)
        if x.shape[0] != c.shape[1] + 1:
            raise ShapeError(
                f"{self.name}: expected c (k, m, ...) and x (m + 1,); got {c.shape} and {x.shape}"
            )
        check_rising(self.name, x)
        self.c, self.x = c, x
        self.extrapolate = True if extrapolate is None else extrapolate

    @classmethod
    def construct_fast(cls, c: Any, x: Any, extrapolate: Any = None, axis: int = 0) -> Any:
        """Return one of parts in form: the intervals are the second axis of `c`."""
        made = object.__new__(cls)
        made.c, made.x, made.axis = c, x, axis
        made.extrapolate = True if extrapolate is None else extrapolate
        return made

    @classmethod
    def from_spline(cls, tck: Any, extrapolate: Any = None) -> Any:
        """Return the same function as a `BSpline`."""
        extrapolate = tck.extrapolate if extrapolate is None else extrapolate
        t = tck.t[tck.k : tck.t.shape[0] - tck.k]
        check_rising(cls.name, t)
        parts = [
            tck.evaluated(t[:-1], nu) / math.factorial(nu) for nu in range(tck.k, -1, -1)
        ]  # at a knot, the piece to the right
        return cls.construct_fast(ops.stack(parts), t, extrapolate, tck.axis)

    def __call__(self, x: Any, nu: int = 0, extrapolate: Any = None) -> Any:
        """Return the value, or the derivative of order `nu`, at the places `x`."""
        extrapolate = self.extrapolate if extrapolate is None else extrapolate
        x = at_places(x, self.x)
        return place_axis(self._evaluated(x, nu, extrapolate), x.ndim, self.axis)

    def _evaluated(self, x: Any, nu: int, extrapolate: Any) -> Any:
        low, high = self.x[0], self.x[-1]
        if extrapolate == PERIODIC:
            x = wrapped(x, low, high)
        k, m = self.c.shape[:2]
        i = interval(self.x, x, 0, m - 1)
        coefficients = ops.take(self.c, i, axis=1)
        step = column(x - ops.take(self.x, i, axis=0), coefficients[0])
        y = 0.0 * coefficients[0] * step
        for j in range(k - nu):
            y = y * step + falling(k - 1 - j, nu) * coefficients[j]
        return y if extrapolate else filled(y, outside(x, low, high), math.nan)

    def derivative(self, nu: int = 1) -> Any:
        """Return the derivative of order `nu`, a `PPoly`."""
        if nu < 0:
            return self.antiderivative(-nu)
        k = self.c.shape[0]
        if nu >= k:
            c = 0.0 * self.c[:1]
        else:
            c = ops.stack([falling(k - 1 - j, nu) * self.c[j] for j in range(k - nu)])
        return PPoly.construct_fast(c, self.x, self.extrapolate, self.axis)

    def antiderivative(self, nu: int = 1) -> Any:
        """Return the antiderivative of order `nu` that is 0 at the first knot, a `PPoly`."""
        if nu <= 0:
            return self.derivative(-nu)
        extrapolate = False if self.extrapolate == PERIODIC else self.extrapolate
        c = self.c
        for _ in range(nu):
            c = self._raised(c)
        return PPoly.construct_fast(c, self.x, extrapolate, self.axis)

    def _raised(self, c: Any) -> Any:
        """Return the coefficients of the antiderivative."""
        k = c.shape[0]
        parts = [c[j] / (k - j) for j in range(k)]
        width = column(ops.diff(self.x), parts[0])
        area = parts[0] * width
        for part in parts[1:]:
            area = (area + part) * width
        start = ops.cumulative_sum(area[:-1], axis=0, include_initial=True)
        return ops.stack([*parts, start])

    def integrate(self, a: Any, b: Any, extrapolate: Any = None) -> Any:
        """Return the integral from `a` to `b`, numbers."""
        extrapolate = self.extrapolate if extrapolate is None else extrapolate
        raised = PPoly.construct_fast(self._raised(self.c), self.x, bool(extrapolate), 0)
        return definite(raised, a, b, self.x[0], self.x[-1], extrapolate)


__all__ = ["PPoly"]

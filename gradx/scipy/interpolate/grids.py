"""`RegularGridInterpolator` and `interpn`: interpolation of values on a grid of straight lines.

- Linear: of the corners of a cell; at a grid line the slope is that of the cell behind it.
- Splines and PCHIP: one axis after the other. "nearest" is constant between grid lines.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any

from gradx import ops
from gradx.errors import OperandError, ShapeError
from gradx.scipy.interpolate.bsplines import BSpline, make_interp_spline
from gradx.scipy.interpolate.cubic import pchip_slopes
from gradx.scipy.interpolate.pieces import column, filled, interval, outside
from gradx.scipy.values import decided, first_of, floating

_DEGREES = {"slinear": 1, "cubic": 3, "quintic": 5}
_METHODS = ("linear", "nearest", "pchip", *_DEGREES)


class RegularGridInterpolator:
    """Interpolate on a grid; differentiable in its lines, the values and the places.

    Parameters
    ----------
    points
        For each of d dimensions the places of the lines, `(n_i,)`, all rising or all falling.
    values
        `(n_1, ..., n_d, ...)`.
    method
        "linear", "nearest", "slinear", "cubic", "quintic" or "pchip".
    bounds_error, fill_value
        Whether a place beyond the grid is an error, or else what its value is: None extrapolates.
    solver, solver_args
        Taken, of no effect: splines are solved directly, one axis after the other.

    >>> import gradx as gx
    >>> lines = ([0.0, 1.0], [0.0, 2.0])
    >>> values = gx.asarray([[0.0, 2.0], [1.0, 3.0]])
    >>> gx.scipy.interpolate.RegularGridInterpolator(lines, values)([[0.5, 1.0]])
    Tensor([1.5])
    """

    name = "interpolate.RegularGridInterpolator"

    def __init__(self, points: Any, values: Any, method: str = "linear", bounds_error: bool = True,
                 fill_value: Any = math.nan, *, solver: Any = None, solver_args: Any = None) -> None:  # fmt: skip
        self._check(method)
        like = first_of(values, list(points))
        values = floating(values, like)
        real = ops.real(values) if values.dtype.kind == "c" else values
        grid = [floating(p, real) for p in points]
        if len(grid) > values.ndim or any(
            p.ndim != 1 or p.shape[0] != n for p, n in zip(grid, values.shape, strict=False)
        ):
            raise ShapeError(
                f"{self.name}: expected points (n_i,) for each of the first dimensions of values; got "
                f"{[p.shape for p in grid]} and {values.shape}"
            )
        for i, line in enumerate(grid):
            steps = ops.diff(ops.stop_gradient(line))
            if steps.size and ops.all(steps < 0):
                grid[i], values = ops.flip(line), ops.flip(values, axis=i)
            elif not ops.all(steps > 0):
                raise ValueError(
                    f"{self.name}: expected points in dimension {i} that strictly increase or decrease"
                )
        self.grid, self.values, self.method = tuple(grid), values, method
        self.bounds_error, self.fill_value = bounds_error, fill_value
        self._coefficients: dict[str, Any] = {}

    def _check(self, method: str) -> None:
        if method not in _METHODS:
            raise OperandError(f"{self.name}: expected a method of {_METHODS}; got {method!r}")

    def __call__(self, xi: Any, method: str | None = None, *, nu: Any = None) -> Any:
        """Return the values at the places `xi`, `(..., d)`, or a tuple of d arrays.

        `nu`, d numbers, asks for derivatives; methods "slinear", "cubic" and "quintic" have them.
        """
        method = self.method if method is None else method
        self._check(method)
        if nu is not None and method not in _DEGREES:
            raise ValueError(
                f"{self.name}: expected nu for methods {list(_DEGREES)}; got {method!r}"
            )
        places = self._places(xi)
        if places.shape[-1] != len(self.grid):
            raise ShapeError(
                f"{self.name}: expected xi (..., {len(self.grid)}); got {places.shape}"
            )
        xs = [places[..., i] for i in range(len(self.grid))]
        beyond = [outside(x, line[0], line[-1]) for x, line in zip(xs, self.grid, strict=True)]
        if self.bounds_error:
            for i, mask in enumerate(beyond):
                if decided(mask):
                    raise ValueError(
                        f"{self.name}: expected places between the first and the last line of dimension {i}. Give "
                        "bounds_error=False, and a fill_value"
                    )
        y = self._evaluated(method, xs, nu)
        fill = (
            math.nan if self.bounds_error else self.fill_value
        )  # only `vmap` comes here with an error
        if fill is not None:
            for mask in beyond:
                y = filled(y, mask, fill)
        for x in xs:
            y = filled(y, ops.isnan(ops.stop_gradient(x)), math.nan)
        return y

    def _places(self, xi: Any) -> Any:
        like = self.grid[0]
        if isinstance(xi, tuple):
            parts = ops.broadcast_arrays(*[floating(x, like) for x in xi])
            return ops.stack(list(parts), axis=-1)
        xi = floating(xi, like)
        if xi.ndim == 1:  # one place, or places on one line
            return xi[:, None] if len(self.grid) == 1 else xi[None, :]
        return xi

    def _evaluated(self, method: str, xs: list[Any], nu: Any) -> Any:
        if method in _DEGREES:
            return self._splines(method, xs, nu)
        if method == "pchip":
            return self._pchip(xs)
        cells = [
            interval(line, x, 0, line.shape[0] - 2) for line, x in zip(self.grid, xs, strict=True)
        ]
        shares = []
        for line, x, i in zip(self.grid, xs, cells, strict=True):
            low, high = ops.take(line, i, axis=0), ops.take(line, i + 1, axis=0)
            shares.append((x - low) / (high - low))
        if method == "nearest":
            nearer = [
                ops.where(ops.stop_gradient(s) <= 0.5, i, i + 1)
                for s, i in zip(shares, cells, strict=True)
            ]
            return self.values[tuple(nearer)]
        total: Any = None
        for corner in product((0, 1), repeat=len(xs)):
            weight: Any = None
            for s, k in zip(shares, corner, strict=True):
                part = s if k else 1 - s
                weight = part if weight is None else weight * part
            here = self.values[tuple(i + k for i, k in zip(cells, corner, strict=True))]
            here = column(weight, here) * here
            total = here if total is None else total + here
        return total

    def _splines(self, method: str, xs: list[Any], nu: Any) -> Any:
        """Return products of splines: of the coefficients along all axes, the k + 1 of each at a place."""
        orders = [0] * len(xs) if nu is None else [int(n) for n in nu]
        k = _DEGREES[method]
        if method not in self._coefficients:
            c, knots = self.values, []
            for i, line in enumerate(self.grid):
                spline = make_interp_spline(line, c, k=k, axis=i)
                c = ops.moveaxis(spline.c, 0, i)
                knots.append(spline.t)
            self._coefficients[method] = c, knots
        c, knots = self._coefficients[method]
        shape, count = xs[0].shape, math.prod(xs[0].shape)
        flat = [ops.reshape(x, (count,)) for x in xs]
        first = BSpline.construct_fast(knots[0], c, k)
        y = first.evaluated(flat[0], orders[0])
        for x, t, order in zip(flat[1:], knots[1:], orders[1:], strict=True):
            each = ops.eye(t.shape[0] - k - 1, dtype=t.dtype, device=t.device)
            weights = BSpline.construct_fast(t, each, k).evaluated(x, order)
            y = ops.einsum("pn,pn...->p...", weights, y)
        return ops.reshape(y, (*shape, *y.shape[1:]))

    def _pchip(self, xs: list[Any]) -> Any:
        shape, count = xs[0].shape, math.prod(xs[0].shape)
        y: Any = None
        for i in range(
            len(xs) - 1, -1, -1
        ):  # SciPy's order, which matters: the slopes are not linear
            line, x = self.grid[i], ops.reshape(xs[i], (count,))
            if y is None:
                lines, own = ops.moveaxis(self.values, i, 0), None
            else:
                lines, own = ops.moveaxis(y, i + 1, 0), ops.arange(count, device=x.device)
            y = _cubic_at(line, lines, pchip_slopes(line, lines), x, own)
        return ops.reshape(y, (*shape, *y.shape[1:]))


def _cubic_at(line: Any, values: Any, slopes: Any, x: Any, own: Any) -> Any:
    """Return the cubic of values and slopes at `x` `(m,)`; with `own` those that the second axis has for each place."""
    i = interval(line, x, 0, line.shape[0] - 2)
    low, high = ops.take(line, i, axis=0), ops.take(line, i + 1, axis=0)

    def pick(a: Any, j: Any) -> Any:
        return ops.take(a, j, axis=0) if own is None else a[(j, own)]

    y0, y1, d0, d1 = pick(values, i), pick(values, i + 1), pick(slopes, i), pick(slopes, i + 1)
    h = column(high - low, y0)
    s = column((x - low) / (high - low), y0)
    chord = y1 - y0
    bend = h * (d0 + d1) - 2 * chord
    return y0 + s * (h * d0 + s * (chord - h * d0 - bend + s * bend))


def interpn(points: Any, values: Any, xi: Any, method: str = "linear", bounds_error: bool = True,
            fill_value: Any = math.nan) -> Any:  # fmt: skip
    """Interpolate values on a grid at the places `xi`: `RegularGridInterpolator` in one call.

    >>> import gradx as gx
    >>> gx.scipy.interpolate.interpn(([0.0, 1.0],), gx.asarray([0.0, 2.0]), [0.25])
    Tensor([0.5])
    """
    if method not in _METHODS:
        raise OperandError(
            f"interpolate.interpn: expected a method of {_METHODS}; got {method!r}. In place of 'splinef2d' use 'cubic'"
        )
    grid = RegularGridInterpolator(points, values, method, bounds_error, fill_value)
    return grid(xi)


__all__ = ["RegularGridInterpolator", "interpn"]

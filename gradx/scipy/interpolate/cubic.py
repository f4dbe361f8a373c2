"""Cubic interpolants by the slopes at their knots: Hermite's, the C2 spline, PCHIP and Akima's.

- The slopes of the C2 spline solve a tridiagonal system; a periodic one's are the solution of a full matrix.
- PCHIP's and Akima's have kinks in the values: where neighbouring chords are equal or of opposite sign, the branch
  that SciPy takes is the one that is differentiated.
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import DtypeError, ShapeError
from gradx.numpy.arguments import axis_of
from gradx.scipy.interpolate.banded import solve_band
from gradx.scipy.interpolate.pieces import PERIODIC, column, samples
from gradx.scipy.interpolate.piecewise import PPoly
from gradx.scipy.values import first_of, floating, value


class CubicHermiteSpline(PPoly):
    """The cubic spline of given values and slopes: `x` `(n,)`, `y` and `dydx` with n along `axis`.

    >>> import gradx as gx
    >>> gx.scipy.interpolate.CubicHermiteSpline([0.0, 1.0], gx.asarray([0.0, 1.0]), [0.0, 0.0])(0.5)
    Tensor(0.5)
    """

    name = "interpolate.CubicHermiteSpline"

    def __init__(self, x: Any, y: Any, dydx: Any, axis: int = 0, extrapolate: Any = None) -> None:
        like = first_of(y, dydx, x)
        x, y, axis_at = samples(self.name, x, floating(y, like), axis)
        dydx = floating(dydx, y)
        slopes = ops.moveaxis(dydx, axis_of(self.name, axis, dydx.ndim), 0)
        if slopes.shape != y.shape:
            raise ShapeError(
                f"{self.name}: expected y and dydx of one shape; got {y.shape} and {slopes.shape}"
            )
        self._set(x, y, slopes, extrapolate, axis_at)

    def _set(self, x: Any, y: Any, slopes: Any, extrapolate: Any, axis: int) -> None:
        width = column(ops.diff(x), y)
        chord = ops.diff(y, axis=0) / width
        bend = (slopes[:-1] + slopes[1:] - 2 * chord) / width
        self.c = ops.stack(
            [bend / width, (chord - slopes[:-1]) / width - bend, slopes[:-1], y[:-1]]
        )
        self.x, self.axis = x, axis
        self.extrapolate = True if extrapolate is None else extrapolate


class PchipInterpolator(CubicHermiteSpline):
    """The monotone cubic interpolant of F. N. Fritsch and J. Butland (1984): no overshoot.

    >>> import gradx as gx
    >>> gx.scipy.interpolate.PchipInterpolator([0.0, 1.0, 2.0], gx.asarray([0.0, 1.0, 1.0]))(1.5)
    Tensor(1.)
    """

    name = "interpolate.PchipInterpolator"

    def __init__(self, x: Any, y: Any, axis: int = 0, extrapolate: Any = None) -> None:
        x, y, axis = samples(self.name, x, y, axis)
        if y.dtype.kind == "c":
            raise DtypeError(f"{self.name}: expected real y; got {y.dtype}")
        self._set(x, y, pchip_slopes(x, y), extrapolate, axis)


def pchip_slopes(x: Any, y: Any) -> Any:
    """Return the slopes at knots `(n,)` for values `(n, ...)`."""
    width = column(ops.diff(x), y)
    chord = ops.diff(y, axis=0) / width
    if y.shape[0] == 2:
        return ops.concat([chord, chord])
    before, behind = chord[:-1], chord[1:]
    flat = before * behind <= 0
    near, far = 2 * width[1:] + width[:-1], width[1:] + 2 * width[:-1]
    inverse = near / ops.where(flat, 1, before) + far / ops.where(flat, 1, behind)
    inner = ops.where(flat, 0, (near + far) / ops.where(flat, 1, inverse))
    first = _end_slope(width[0], width[1], chord[0], chord[1])
    last = _end_slope(width[-1], width[-2], chord[-1], chord[-2])
    return ops.concat([first[None, ...], inner, last[None, ...]])


def _end_slope(h0: Any, h1: Any, m0: Any, m1: Any) -> Any:
    """Return the slope of the parabola at an end, bounded so that it keeps the shape (C. Moler, 2004, 3.6)."""
    d = ((2 * h0 + h1) * m0 - h0 * m1) / (h0 + h1)
    bounded = (ops.sign(m0) != ops.sign(m1)) & (ops.abs(d) > 3 * ops.abs(m0))
    return ops.where(ops.sign(d) != ops.sign(m0), 0, ops.where(bounded, 3 * m0, d))


class Akima1DInterpolator(CubicHermiteSpline):
    """The cubic interpolant of H. Akima (1970), or the modified one: method "akima" or "makima".

    >>> import gradx as gx
    >>> gx.scipy.interpolate.Akima1DInterpolator([0.0, 1.0, 2.0], gx.asarray([0.0, 1.0, 2.0]))(1.5)
    Tensor(1.5)
    """

    name = "interpolate.Akima1DInterpolator"

    def __init__(
        self, x: Any, y: Any, axis: int = 0, *, method: str = "akima", extrapolate: Any = None
    ) -> None:
        if method not in ("akima", "makima"):
            raise ValueError(f"{self.name}: expected method 'akima' or 'makima'; got {method!r}")
        x, y, axis = samples(self.name, x, y, axis)
        if y.dtype.kind == "c":
            raise DtypeError(f"{self.name}: expected real y; got {y.dtype}. Take its parts")
        extrapolate = False if extrapolate is None else extrapolate
        self._set(x, y, self._slopes(x, y, method), extrapolate, axis)

    def _slopes(self, x: Any, y: Any, method: str) -> Any:
        chord = ops.diff(y, axis=0) / column(ops.diff(x), y)
        if y.shape[0] == 2:
            return ops.concat([chord, chord])
        left = 2 * chord[0] - chord[1]
        right = 2 * chord[-1] - chord[-2]
        ends = [2 * left - chord[0], left, right, 2 * right - chord[-1]]
        ends = [end[None, ...] for end in ends]
        m = ops.concat([*ends[:2], chord, *ends[2:]])
        change = ops.abs(ops.diff(m, axis=0))
        if method == "makima":
            change = change + 0.5 * ops.abs(m[1:] + m[:-1])
        before, behind = change[:-2], change[2:]
        both = before + behind
        fixed = ops.stop_gradient(both)
        clear = fixed > 1e-9 * ops.max(fixed)
        weighted = m[1:-2] + before / ops.where(clear, both, 1) * (m[2:-1] - m[1:-2])
        return ops.where(clear, weighted, 0.5 * (m[3:] + m[:-3]))


class CubicSpline(CubicHermiteSpline):
    """The cubic spline with two continuous derivatives.

    Parameters
    ----------
    x, y
        Knots `(n,)` that strictly increase, and values with n along `axis`.
    bc_type
        "not-a-knot", "clamped", "natural", "periodic"; or one such for each end, or a pair (1 or 2, the value
        of that derivative), which may be a Tensor.
    extrapolate
        By default True, "periodic" for a periodic spline.

    >>> import gradx as gx
    >>> x = gx.asarray([0.0, 1.0, 2.0, 3.0])
    >>> gx.scipy.interpolate.CubicSpline(x, x**3)(1.5)
    Tensor(3.375)
    """

    name = "interpolate.CubicSpline"

    def __init__(
        self, x: Any, y: Any, axis: int = 0, bc_type: Any = "not-a-knot", extrapolate: Any = None
    ) -> None:
        x, y, axis = samples(self.name, x, y, axis)
        first, last = self._conditions(bc_type, y)
        periodic = first == PERIODIC
        if periodic:
            self._check_period(y)
        if extrapolate is None:
            extrapolate = PERIODIC if periodic else True
        self._set(x, y, _spline_slopes(x, y, first, last), extrapolate, axis)

    def _check_period(self, y: Any) -> None:
        fixed = ops.stop_gradient(y)
        wrong = ops.abs(fixed[0] - fixed[-1]) > 1e-15 + 1e-15 * ops.abs(fixed[-1])
        if not fixed.level.lead and ops.any(wrong):
            raise ValueError(
                f"{self.name}: expected y with one value at both ends, for bc_type 'periodic'; "
                f"got {value(y[0])} and {value(y[-1])}"
            )

    def _conditions(self, bc_type: Any, y: Any) -> list[Any]:
        """Return the condition of each end: a name, or the order of a derivative and its value."""
        pair = [bc_type, bc_type] if isinstance(bc_type, str) else list(bc_type)
        if len(pair) != 2 or (
            PERIODIC in [p for p in pair if isinstance(p, str)] and bc_type != PERIODIC
        ):
            raise ValueError(
                f"{self.name}: expected one bc_type, or one for each end; got {bc_type!r}"
            )
        zero = 0.0 * y[0]
        named = {"clamped": (1, zero), "natural": (2, zero)}
        found: list[Any] = []
        for end in pair:
            if isinstance(end, str):
                if end not in (*named, "not-a-knot", PERIODIC):
                    raise ValueError(f"{self.name}: expected a known bc_type; got {end!r}")
                found.append(named.get(end, end))
                continue
            order, slope = end
            if order not in (1, 2):
                raise ValueError(f"{self.name}: expected derivatives of order 1 or 2; got {order}")
            found.append((order, ops.broadcast_to(floating(slope, y), y.shape[1:])))
        return found


def _spline_slopes(x: Any, y: Any, first: Any, last: Any) -> Any:
    """Return the slopes at the knots for which the second derivative is continuous."""
    n, h = x.shape[0], ops.diff(x)
    width = column(h, y)
    chord = ops.diff(y, axis=0) / width
    if n == 2:
        first = (1, chord[0]) if isinstance(first, str) else first
        last = (1, chord[0]) if isinstance(last, str) else last
    if first == PERIODIC:
        return _periodic_slopes(h, width, chord)
    inner = 3 * (width[1:] * chord[:-1] + width[:-1] * chord[1:])
    (a0, a1, right0), (b0, b1, right1) = (
        _end_row(h, width, chord, first, 1, n, last),
        _end_row(ops.flip(h), ops.flip(width, axis=0), ops.flip(chord, axis=0), last, -1, n, first),
    )
    none = 0 * a0
    weights = ops.stack(
        [
            ops.concat([none, h[1:], b1]),
            ops.concat([a0, 2 * (h[:-1] + h[1:]), b0]),
            ops.concat([a1, h[:-1], none]),
        ],
        axis=1,
    )
    around = ops.arange(n, device=x.device)[:, None] + ops.arange(-1, 2, device=x.device)
    right = ops.concat([right0[None, ...], inner, right1[None, ...]])
    return solve_band(around, weights, right, 1)


def _end_row(
    h: Any, width: Any, chord: Any, condition: Any, sign: int, n: int, other: Any
) -> tuple[Any, Any, Any]:
    """Return the two coefficients, `(1,)` each, and the right-hand side at an end; the intervals count from there."""
    one = ops.ones_like(h[:1])
    if condition == "not-a-knot":
        if n == 3 and other == "not-a-knot":  # a parabola
            return one, one, 2 * chord[0]
        d, e = h[:1] + h[1:2], width[0] + width[1]
        right = ((width[0] + 2 * e) * width[1] * chord[0] + width[0] * width[0] * chord[1]) / e
        return h[1:2], d, right
    order, slope = condition
    if order == 1:
        return one, 0 * one, slope + 0.0 * chord[0]
    bent = 3 * chord[0] * width[0] - sign * 0.5 * slope * width[0] * width[0]
    return 2 * h[:1], h[:1], bent


def _periodic_slopes(h: Any, width: Any, chord: Any) -> Any:
    """Return the slopes of the periodic spline: a cyclic system of n - 1 unknowns."""
    count = h.shape[0]
    before, before_wide = ops.roll(h, 1), ops.roll(width, 1, axis=0)
    right = 3 * (width * ops.roll(chord, 1, axis=0) + before_wide * chord)
    matrix = ops.diag(2 * (h + before))
    shift = ops.eye(count, dtype=h.dtype, device=h.device)
    matrix = matrix + before[:, None] * ops.roll(shift, 1, axis=1)
    matrix = matrix + h[:, None] * ops.roll(shift, -1, axis=1)
    slopes = _solved(matrix, right)
    return ops.concat([slopes, slopes[:1]])


def _solved(matrix: Any, right: Any) -> Any:
    """Return the solution for a right-hand side `(n, ...)`."""
    n = right.shape[0]
    found = ops.linalg.solve(matrix, ops.reshape(right, (n, -1)) if right.size else right)
    return ops.reshape(found, right.shape)


__all__ = [
    "Akima1DInterpolator",
    "CubicHermiteSpline",
    "CubicSpline",
    "PchipInterpolator",
    "pchip_slopes",
]

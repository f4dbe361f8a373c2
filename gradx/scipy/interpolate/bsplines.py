"""`BSpline`, and the splines that go through points or near them.

- Basis functions by the recursion of C. de Boor and M. Cox, on the k + 1 that are not 0 at a place.
- What goes through points solves the band of the basis functions there; a periodic spline and one of least squares
  a full matrix.
"""

from __future__ import annotations

import math
from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.numpy.arguments import axis_of
from gradx.scipy.interpolate.banded import solve_band
from gradx.scipy.interpolate.pieces import (
    PERIODIC,
    at_places,
    column,
    definite,
    filled,
    interval,
    outside,
    place_axis,
    samples,
    wrapped,
)
from gradx.scipy.values import first_of, floating, value


class BSpline:
    """A spline of degree `k`: the sum of basis functions with coefficients `c`; differentiable in c, t and places.

    Parameters
    ----------
    t
        Knots that do not decrease, `(n + k + 1,)`.
    c
        Coefficients, at least n of them along `axis`.
    extrapolate
        Whether to go on beyond the base interval from `t[k]` to `t[n]` (else there is NaN); or "periodic".

    >>> import gradx as gx
    >>> gx.scipy.interpolate.BSpline(gx.arange(6.0), gx.asarray([1.0, 2.0, 4.0]), 2)(2.5)
    Tensor(2.125)
    """

    def __init__(self, t: Any, c: Any, k: int, extrapolate: Any = True, axis: int = 0) -> None:
        name = "interpolate.BSpline"
        like = first_of(c, t)
        c = floating(c, like)
        t = floating(t, None if like is None else ops.real(like))
        self.k, self.axis = int(k), axis_of(name, axis, c.ndim)
        c = ops.moveaxis(c, self.axis, 0)
        n = t.shape[0] - self.k - 1
        if self.k < 0 or t.ndim != 1 or n < self.k + 1 or c.shape[0] < n:
            raise ShapeError(
                f"{name}: expected t (n + k + 1,), n > k >= 0, and c (n, ...); got {t.shape}, {c.shape} and k = {k}"
            )
        fixed = ops.stop_gradient(t)
        if not fixed.level.lead and ops.any(ops.diff(fixed) < 0):
            raise ValueError(f"{name}: expected knots that do not decrease")
        self.t, self.c, self.extrapolate = t, c[:n], extrapolate

    @classmethod
    def construct_fast(cls, t: Any, c: Any, k: int, extrapolate: Any = True, axis: int = 0) -> Any:
        """Return one of parts in form: n coefficients along the first axis."""
        made = object.__new__(cls)
        made.t, made.c, made.k, made.extrapolate, made.axis = t, c, k, extrapolate, axis
        return made

    @property
    def tck(self) -> tuple[Any, Any, int]:
        """Knots, coefficients and degree."""
        return self.t, self.c, self.k

    @classmethod
    def basis_element(cls, t: Any, extrapolate: Any = True) -> Any:
        """Return the basis function of the knots `t`, `(k + 2,)`."""
        t = floating(t)
        k = t.shape[0] - 2
        t = ops.concat(
            [
                t[0] - ops.ones_like(t[:1] + ops.zeros(k, device=t.device)),
                t,
                t[-1] + ops.ones_like(t[:k]),
            ]
        )
        c = ops.zeros_like(t[: 2 * k + 1])
        place = ops.arange(2 * k + 1, device=t.device) == k
        return cls.construct_fast(t, ops.where(place, 1, c), k, extrapolate)

    def __call__(self, x: Any, nu: int = 0, extrapolate: Any = None) -> Any:
        """Return the value, or the derivative of order `nu`, at the places `x`."""
        extrapolate = self.extrapolate if extrapolate is None else extrapolate
        x = at_places(x, self.t)
        n = self.c.shape[0]
        low, high = self.t[self.k], self.t[n]
        if extrapolate == PERIODIC:
            x = wrapped(x, low, high)
        y = self.evaluated(x, nu)
        if not extrapolate:
            y = filled(y, outside(x, low, high), math.nan)
        return place_axis(y, x.ndim, self.axis)

    def evaluated(self, x: Any, nu: int = 0) -> Any:
        """Return the derivative of order `nu` at `x` `(...)`, the axes of the places first."""
        if nu:
            if nu > self.k:
                return 0.0 * self.evaluated(x)
            return self.derivative(nu).evaluated(x)
        n = self.c.shape[0]
        left = interval(self.t, x, self.k, n - 1)
        total: Any = None
        for j, weight in enumerate(self.weights(x, left)):
            part = ops.take(self.c, left - self.k + j, axis=0)
            part = column(weight, part) * part
            total = part if total is None else total + part
        return total

    def weights(self, x: Any, left: Any) -> list[Any]:
        """Return the k + 1 basis functions that are not 0 at `x`, in the interval that begins with knot `left`."""
        k = self.k
        behind = [x - ops.take(self.t, left + 1 - j, axis=0) for j in range(1, k + 1)]
        ahead = [ops.take(self.t, left + j, axis=0) - x for j in range(1, k + 1)]
        found = [ops.ones_like(x)]
        for d in range(1, k + 1):
            carried: Any = 0.0
            for r in range(d):
                share = found[r] / (ahead[r] + behind[d - r - 1])
                found[r] = carried + ahead[r] * share
                carried = behind[d - r - 1] * share
            found.append(carried)
        return found

    def derivative(self, nu: int = 1) -> Any:
        """Return the derivative of order `nu`, a `BSpline`."""
        if nu < 0:
            return self.antiderivative(-nu)
        t, c, k = self.t, self.c, self.k
        for _ in range(nu):
            if k == 0:
                c = 0.0 * c
                break
            width = column(t[k + 1 : -1] - t[1 : -k - 1], c[1:])
            none = width == 0
            c = ops.where(none, 0, k * ops.diff(c, axis=0) / ops.where(none, 1, width))
            t, k = t[1:-1], k - 1
        return BSpline.construct_fast(t, c, k, self.extrapolate, self.axis)

    def antiderivative(self, nu: int = 1) -> Any:
        """Return the antiderivative of order `nu`, a `BSpline`."""
        if nu < 0:
            return self.derivative(-nu)
        t, c, k = self.t, self.c, self.k
        for _ in range(nu):
            width = column(t[k + 1 :] - t[: -k - 1], c) / (k + 1)
            c = ops.cumulative_sum(c * width, axis=0, include_initial=True)
            t, k = ops.concat([t[:1], t, t[-1:]]), k + 1
        extrapolate = False if self.extrapolate == PERIODIC else self.extrapolate
        return BSpline.construct_fast(t, c, k, extrapolate, self.axis)

    def integrate(self, a: Any, b: Any, extrapolate: Any = None) -> Any:
        """Return the integral from `a` to `b`; without extrapolation of the base interval's part."""
        extrapolate = self.extrapolate if extrapolate is None else extrapolate
        low, high = self.t[self.k], self.t[self.c.shape[0]]
        if not extrapolate:
            a, b = (ops.clip(at_places(limit, low), low, high) for limit in (a, b))
        return definite(self.antiderivative().evaluated, a, b, low, high, extrapolate)


def not_a_knot(x: Any, k: int) -> Any:
    """Return knots for the places `x`: as many as there are places, k + 1 at each end."""
    middle = x if k % 2 else 0.5 * (x[1:] + x[:-1])
    cut = (k + 1) // 2 if k % 2 else k // 2
    inner = middle[cut : middle.shape[0] - cut]
    return _with_ends(inner, x, k + 1)


def _with_ends(inner: Any, x: Any, count: int) -> Any:
    return ops.concat([ops.repeat(x[:1], count), inner, ops.repeat(x[-1:], count)])


def basis(t: Any, k: int, x: Any, nu: int = 0) -> Any:
    """Return the basis functions at `x` `(m,)`, or their derivatives: `(m, n)`."""
    n = t.shape[0] - k - 1
    each = ops.eye(n, dtype=t.dtype, device=t.device)
    return BSpline.construct_fast(t, each, k).evaluated(x, nu)


def _ends(bc_type: Any, y: Any) -> list[Any]:
    """Return for each end a list of orders and values of derivatives."""
    pair = [bc_type, bc_type] if bc_type is None or isinstance(bc_type, str) else list(bc_type)
    zero = 0.0 * y[0]
    named = {None: [], "not-a-knot": [], "clamped": [(1, zero)], "natural": [(2, zero)]}
    found = []
    for end in pair:
        if end is None or isinstance(end, str):
            if end not in named:
                raise ValueError(
                    f"interpolate.make_interp_spline: expected a known bc_type; got {end!r}"
                )
            found.append(named[end])
        else:
            found.append([(int(nu), floating(v, y)) for nu, v in end])
    return found


def make_interp_spline(x: Any, y: Any, k: int = 3, t: Any = None, bc_type: Any = None, axis: int = 0,
                       check_finite: bool = True) -> Any:  # fmt: skip
    """Return the `BSpline` of degree `k` through points.

    Parameters
    ----------
    x, y
        Places `(n,)` that strictly increase, and values with n along `axis`.
    t
        Knots; chosen by default, those of "not-a-knot".
    bc_type
        "not-a-knot", "clamped", "natural", "periodic", or for each end one of these, or a list of pairs (order of a
        derivative, its value).

    >>> import gradx as gx
    >>> x = gx.asarray([0.0, 1.0, 2.0, 3.0])
    >>> gx.scipy.interpolate.make_interp_spline(x, x**3)(1.5)
    Tensor(3.375)
    """
    name = "interpolate.make_interp_spline"
    x, y, axis = samples(name, x, y, axis, least=1)
    if bc_type == PERIODIC:
        if t is not None:
            raise ValueError(f"{name}: expected no t for bc_type 'periodic'")
        return _periodic_spline(x, y, k, axis)
    first, last = _ends(bc_type, y)
    if k == 0 and t is None:
        return BSpline.construct_fast(ops.concat([x, x[-1:]]), y, 0, True, axis)
    if t is None:
        plain = not first and not last
        t = not_a_knot(x, k) if plain else _with_ends(x, x, k)
    else:
        t = floating(t, x)
    n, count = x.shape[0], t.shape[0] - k - 1
    if count - n != len(first) + len(last):
        raise ValueError(
            f"{name}: expected {count - n} derivatives at the ends, for {t.shape[0]} knots and {n} points of degree "
            f"{k}; got {len(first)} and {len(last)}"
        )
    given = [
        *(ops.broadcast_to(v, y.shape[1:])[None, ...] for _, v in first),
        y,
        *(ops.broadcast_to(v, y.shape[1:])[None, ...] for _, v in last),
    ]
    columns, weights = _rows(t, k, x, [nu for nu, _ in first], [nu for nu, _ in last])
    c = solve_band(columns, weights, ops.concat(given), 2 * k + 2)
    return BSpline.construct_fast(t, c, k, True, axis)


def _rows(t: Any, k: int, x: Any, first: list[int], last: list[int]) -> tuple[Any, Any]:
    """Return columns and values of what is not 0: derivatives at the first place, values, derivatives at the last."""
    n = t.shape[0] - k - 1
    left = interval(t, x, k, n - 1)
    weights = [ops.stack(BSpline.construct_fast(t, t, k).weights(x, left), axis=1)]
    columns = [left[:, None] + ops.arange(-k, 1, device=x.device)]
    own = ops.arange(k + 1, device=x.device)[None, :]
    weights = [
        *(basis(t[: 2 * k + 2], k, x[:1], nu) for nu in first),
        *weights,
        *(basis(t[n - k - 1 :], k, x[-1:], nu) for nu in last),
    ]
    columns = [*[own for _ in first], *columns, *[own + (n - k - 1) for _ in last]]
    return ops.concat(columns), ops.concat(weights)


def _solved(matrix: Any, right: Any) -> Any:
    flat = ops.reshape(right, (right.shape[0], math.prod(right.shape[1:])))
    return ops.reshape(ops.linalg.solve(matrix, flat), (matrix.shape[1], *right.shape[1:]))


def _periodic_spline(x: Any, y: Any, k: int, axis: int) -> Any:
    """Return the spline with one value and k - 1 equal derivatives at both ends."""
    ends = value(y[0]), value(y[-1])
    if (abs(ends[0] - ends[1]) > 1e-15 + 1e-5 * abs(ends[1])).any():
        raise ValueError(
            "interpolate.make_interp_spline: expected y with one value at both ends, for bc_type 'periodic'; "
            f"got {ends}"
        )
    n = x.shape[0]
    places = x
    if k % 2 == 0:
        places = ops.concat([x[:1], 0.5 * (x[1:-1] + x[:-2]), x[-1:]])
    step = ops.diff(places)
    before, behind = [places[0]], [places[-1]]
    for i in range(k):
        before.insert(0, before[0] - step[-(i % (n - 1)) - 1])
        behind.append(behind[-1] + step[i % (n - 1)])
    t = ops.concat([ops.stack(before[:-1]), places, ops.stack(behind[1:])])
    matrix = basis(t, k, x[:-1])
    parts = [matrix[:, i : i + n - 1] for i in range(0, matrix.shape[1], n - 1)]
    folded = parts[0]
    for part in parts[1:]:
        folded = folded + ops.pad(part, [(0, 0), (0, n - 1 - part.shape[1])])
    c = _solved(folded, y[:-1])
    turns = [c] * (1 + (matrix.shape[1] - 1) // (n - 1))
    return BSpline.construct_fast(t, ops.concat(turns)[: matrix.shape[1]], k, PERIODIC, axis)


def make_lsq_spline(x: Any, y: Any, t: Any, k: int = 3, w: Any = None, axis: int = 0,
                    check_finite: bool = True, *, method: str = "qr") -> Any:  # fmt: skip
    """Return the `BSpline` with knots `t` that is nearest to points, in the sum of squares with weights `w`.

    >>> import gradx as gx
    >>> x = gx.linspace(0.0, 1.0, 9)
    >>> gx.scipy.interpolate.make_lsq_spline(x, x**2, [0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 1.0], k=2)(0.3)
    Tensor(0.09)
    """
    x, y, axis = samples("interpolate.make_lsq_spline", x, y, axis)
    t = floating(t, x)
    matrix = basis(t, k, x)
    flat = ops.reshape(y, (y.shape[0], math.prod(y.shape[1:])))
    if w is not None:
        w = floating(w, x)
        matrix, flat = w[:, None] * matrix, w[:, None] * flat
    q, r = ops.linalg.qr(matrix)
    c = ops.linalg.solve_triangular(r, ops.matmul(ops.matrix_transpose(q), flat), lower=False)
    return BSpline.construct_fast(t, ops.reshape(c, (matrix.shape[1], *y.shape[1:])), k, True, axis)


__all__ = ["BSpline", "basis", "make_interp_spline", "make_lsq_spline", "not_a_knot"]

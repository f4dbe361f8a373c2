"""`KroghInterpolator` and `BarycentricInterpolator`: the polynomial through points.

- Krogh's form is Newton's, with divided differences; a knot that is repeated has derivatives as its further values.
- The barycentric form is exact at its knots, with its derivatives: the fraction is expanded by the distance from the
  nearest knot (J.-P. Berrut, L. N. Trefethen, "Barycentric Lagrange interpolation", 2004, gives the form itself).
"""

from __future__ import annotations

import math
from typing import Any

from gradx import ops
from gradx.errors import OperandError, ShapeError
from gradx.numpy.arguments import axis_of
from gradx.scipy.interpolate.pieces import at_places, column, place_axis
from gradx.scipy.values import constant, first_of, floating, value


def points(name: str, xi: Any, yi: Any, axis: int) -> tuple[Any, Any, int]:
    """Return knots `(n,)` in any order, values with their axis first, and that axis."""
    like = first_of(yi, xi)
    x, y = floating(xi, like), floating(yi, like)
    axis = axis_of(name, axis, y.ndim)
    if x.ndim != 1 or y.shape[axis] != x.shape[0]:
        raise ShapeError(
            f"{name}: expected xi (n,) and yi with n along axis {axis}; got {x.shape} and {y.shape}"
        )
    return x, ops.moveaxis(y, axis, 0), axis


class KroghInterpolator:
    """The polynomial through points, and its derivatives; F. T. Krogh (1970).

    Parameters
    ----------
    xi, yi
        Knots `(n,)`, and values with n along `axis`. Where a knot comes s times in succession, its values are that
        of the function and of the derivatives to order s - 1.

    >>> import gradx as gx
    >>> gx.scipy.interpolate.KroghInterpolator([0.0, 0.0, 1.0], gx.asarray([0.0, 0.0, 1.0]))(2.0)
    Tensor(4.)
    """

    def __init__(self, xi: Any, yi: Any, axis: int = 0) -> None:
        self.xi, self.yi, self.axis = points("interpolate.KroghInterpolator", xi, yi, axis)
        self.c = _divided(self.xi, self.yi)

    def __call__(self, x: Any) -> Any:
        """Return the polynomial at the places `x`."""
        return self.derivative(x, 0)

    def derivative(self, x: Any, der: int = 1) -> Any:
        """Return the derivative of order `der` at `x`."""
        x = at_places(x, self.xi)
        return place_axis(self._all(x, der)[-1], x.ndim, self.axis)

    def derivatives(self, x: Any, der: int | None = None) -> Any:
        """Return the derivatives of orders 0 to `der` - 1, along a new first axis; n of them by default."""
        x = at_places(x, self.xi)
        count = self.xi.shape[0] if der is None else der
        return ops.stack([place_axis(y, x.ndim, self.axis) for y in self._all(x, count - 1)])

    def _all(self, x: Any, order: int) -> list[Any]:
        """Return the derivatives to an order, by Horner's rule for each of them."""
        start = ops.reshape(0.0 * x, (*x.shape, *[1] * (self.c.ndim - 1))) * self.c[0]
        found = [start] + [start] * order
        for i in range(self.c.shape[0] - 1, -1, -1):
            step = ops.reshape(x - self.xi[i], (*x.shape, *[1] * (self.c.ndim - 1)))
            for d in range(order, 0, -1):
                found[d] = found[d] * step + d * found[d - 1]
            found[0] = found[0] * step + self.c[i]
        return found


def _divided(x: Any, y: Any) -> Any:
    """Return the divided differences f[x0], f[x0, x1], ...: `(n, ...)`."""
    places = value(x)
    n = len(places)
    first = list(range(n))  # of each run of equal knots
    for i in range(1, n):
        if places[i] == places[i - 1]:
            first[i] = first[i - 1]
    row = ops.stack([y[i] for i in first])
    found = [row[0]]
    for d in range(1, n):
        width = column(x[d:] - x[: n - d], row[1:])
        equal = ops.stop_gradient(width) == 0
        row = ops.diff(row, axis=0) / ops.where(equal, 1, width)
        if any(places[i] == places[i + d] for i in range(n - d)):
            slopes = [y[min(first[i] + d, n - 1)] for i in range(n - d)]
            row = ops.where(equal, ops.stack(slopes) / math.factorial(d), row)
        found.append(row[0])
    return ops.stack(found)


def barycentric(nodes: Any, values: Any, weights: Any, x: Any) -> Any:
    """Return the sum of w f / (x - z) over that of w / (x - z), at `x` `(...)`; exact at the nodes `(n,)`.

    `values` are `(n, ...)`.
    """
    apart = x[..., None] - nodes
    nearest = ops.argmin(ops.abs(ops.stop_gradient(apart)), axis=-1)
    here = nearest[..., None] == ops.arange(nodes.shape[0], device=nodes.device)
    from_nearest = (x - ops.take(nodes, nearest, axis=0))[..., None]
    terms = ops.where(here, weights, weights * from_nearest / ops.where(here, 1, apart))
    top = ops.tensordot(terms, values, axes=([-1], [0]))
    bottom = ops.sum(terms, axis=-1)
    return top / column(bottom, top)


class BarycentricInterpolator:
    """The polynomial through points, in the form that is stable for many of them.

    Parameters
    ----------
    xi, yi
        Distinct knots `(n,)`, and values with n along `axis`; values may come later, by `set_yi`.
    wi
        The weights, if they are known.

    >>> import gradx as gx
    >>> gx.scipy.interpolate.BarycentricInterpolator([0.0, 1.0, 2.0], gx.asarray([0.0, 1.0, 4.0]))(1.5)
    Tensor(2.25)
    """

    def __init__(
        self, xi: Any, yi: Any = None, axis: int = 0, *, wi: Any = None, rng: Any = None
    ) -> None:
        self._name = "interpolate.BarycentricInterpolator"
        self.xi = floating(xi, first_of(yi, xi))
        self.yi: Any = None
        self.axis = axis
        self.wi = self._weights() if wi is None else floating(wi, self.xi)
        if yi is not None:
            self.set_yi(yi, axis)

    def set_yi(self, yi: Any, axis: int | None = None) -> None:
        """Give other values."""
        self.xi, self.yi, self.axis = points(
            self._name, self.xi, yi, self.axis if axis is None else axis
        )

    def _weights(self) -> Any:
        n = self.xi.shape[0]
        fixed = value(self.xi)
        if len(set(fixed.tolist())) < n:
            raise ValueError(f"{self._name}: expected distinct xi. Use KroghInterpolator")
        width = float(fixed.max() - fixed.min()) if n > 1 else 4.0
        apart = (self.xi[:, None] - self.xi) * (4.0 / width)  # products stay near 1
        same = ops.eye(n, dtype=self.xi.dtype, device=self.xi.device)
        return 1.0 / ops.prod(apart + same, axis=1)

    def __call__(self, x: Any) -> Any:
        """Return the polynomial at the places `x`."""
        if self.yi is None:
            raise OperandError(f"{self._name}: expected values. Give yi, or call set_yi")
        x = at_places(x, self.xi)
        return place_axis(barycentric(self.xi, self.yi, self.wi, x), x.ndim, self.axis)

    def derivative(self, x: Any, der: int = 1) -> Any:
        """Return the derivative of order `der` at `x`."""
        return self._krogh().derivative(x, der)

    def derivatives(self, x: Any, der: int | None = None) -> Any:
        """Return the derivatives of orders 0 to `der` - 1, along a new first axis; n of them by default."""
        return self._krogh().derivatives(x, der)

    def _krogh(self) -> Any:
        return KroghInterpolator(self.xi, ops.moveaxis(self.yi, 0, self.axis), self.axis)


def barycentric_interpolate(xi: Any, yi: Any, x: Any, axis: int = 0) -> Any:
    """Return the polynomial through points at the places `x`."""
    return BarycentricInterpolator(xi, yi, axis)(x)


def krogh_interpolate(xi: Any, yi: Any, x: Any, der: int = 0, axis: int = 0) -> Any:
    """Return the polynomial through points, or its derivative, at the places `x`."""
    return KroghInterpolator(xi, yi, axis).derivative(x, der)


def pchip_interpolate(xi: Any, yi: Any, x: Any, der: int = 0, axis: int = 0) -> Any:
    """Return PCHIP's interpolant, or its derivative, at the places `x`."""
    from gradx.scipy.interpolate.cubic import PchipInterpolator

    return PchipInterpolator(xi, yi, axis)(x, der)


class Polynomial:
    """A polynomial of one number, as `lagrange` gives it: `coef`, those of the highest power first."""

    def __init__(self, coef: Any) -> None:
        self.coef = self.coeffs = self.c = coef

    @property
    def order(self) -> int:
        """The degree."""
        return int(self.coef.shape[0]) - 1

    def __call__(self, x: Any) -> Any:
        """Return the value at the places `x`."""
        x = at_places(x, self.coef)
        y = 0.0 * x
        for i in range(self.coef.shape[0]):
            y = y * x + self.coef[i]
        return y


def lagrange(x: Any, w: Any) -> Polynomial:
    """Return the polynomial through the points (x, w), both `(n,)`, in powers of its argument.

    >>> import gradx as gx
    >>> gx.scipy.interpolate.lagrange([0.0, 1.0, 2.0], gx.asarray([0.0, 1.0, 4.0])).coef
    Tensor([1., 0., 0.])
    """
    like = first_of(w, x)
    x, w = floating(x, like), floating(w, like)
    n = x.shape[0]
    total: Any = None
    one = constant([1.0], x)
    for j in range(n):
        product = one
        for k in range(n):
            if k != j:
                wide = ops.concat([product, 0.0 * one])
                shifted = ops.concat([0.0 * one, product])
                product = (wide - x[k] * shifted) / (x[j] - x[k])
        part = w[j] * product
        total = part if total is None else total + part
    return Polynomial(total)


__all__ = [
    "BarycentricInterpolator",
    "KroghInterpolator",
    "Polynomial",
    "barycentric",
    "barycentric_interpolate",
    "krogh_interpolate",
    "lagrange",
    "pchip_interpolate",
    "points",
]

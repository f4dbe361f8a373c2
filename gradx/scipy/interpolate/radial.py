"""`RBFInterpolator`: radial basis functions and a polynomial, through scattered points or near them.

- Differentiable in the points, the values, the smoothing, `epsilon` and the places.
- Where a place is a point the function of the distance is even: its first derivative there is 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations_with_replacement
from typing import Any

from gradx import ops
from gradx.errors import OperandError, ShapeError
from gradx.scipy.values import first_of, floating

# Of the squared distance; the second ones are 0 at 0, and have no slope by it there.
_SMOOTH: dict[str, Callable[[Any], Any]] = {
    "multiquadric": lambda s: -ops.sqrt(s + 1),
    "inverse_multiquadric": lambda s: 1 / ops.sqrt(s + 1),
    "inverse_quadratic": lambda s: 1 / (s + 1),
    "gaussian": lambda s: ops.exp(-s),
}
_ROUGH: dict[str, Callable[[Any], Any]] = {
    "linear": lambda s: -ops.sqrt(s),
    "thin_plate_spline": lambda s: 0.5 * s * ops.log(s),
    "cubic": lambda s: s * ops.sqrt(s),
    "quintic": lambda s: -s * s * ops.sqrt(s),
}
_LEAST = {"multiquadric": 0, "linear": 0, "thin_plate_spline": 1, "cubic": 1, "quintic": 2}


class RBFInterpolator:
    """Interpolate values `d` `(n, ...)` at points `y` `(n, k)`.

    Parameters
    ----------
    smoothing
        A number, or one for each point; 0 goes through the points.
    kernel
        "thin_plate_spline", "linear", "cubic", "quintic", "multiquadric", "inverse_multiquadric", "inverse_quadratic"
        or "gaussian"; of the distance times `epsilon`, which the last four need.
    degree
        Of the polynomial; -1 for none.
    neighbors
        Not supported: it would choose other points for each place.

    >>> import gradx as gx
    >>> points = gx.asarray([[0.0], [1.0], [2.0]])
    >>> gx.scipy.interpolate.RBFInterpolator(points, gx.asarray([0.0, 1.0, 2.0]))([[1.5], [0.2]]).shape
    (2,)
    """

    def __init__(self, y: Any, d: Any, neighbors: int | None = None, smoothing: Any = 0.0,
                 kernel: str = "thin_plate_spline", epsilon: Any = None,
                 degree: int | None = None) -> None:  # fmt: skip
        name = "interpolate.RBFInterpolator"
        if neighbors is not None:
            raise OperandError(f"{name}: expected neighbors None; got {neighbors}")
        if kernel not in _SMOOTH | _ROUGH:
            raise ValueError(f"{name}: expected a known kernel; got {kernel!r}")
        if epsilon is None and kernel not in _ROUGH:
            raise ValueError(f"{name}: expected epsilon for kernel {kernel!r}; got None")
        like = first_of(y, d, smoothing, epsilon)
        self.y, self.d = floating(y, like), floating(d, like)
        n = self.y.shape[0]
        if self.y.ndim != 2 or self.d.shape[:1] != (n,):
            raise ShapeError(
                f"{name}: expected y (n, k) and d (n, ...); got {self.y.shape} and {self.d.shape}"
            )
        self.kernel, self.epsilon = kernel, 1.0 if epsilon is None else epsilon
        degree = max(_LEAST.get(kernel, -1), 0) if degree is None else degree
        axes = range(self.y.shape[1])
        self._powers = [
            p for k in range(degree + 1) for p in combinations_with_replacement(axes, k)
        ]
        if len(self._powers) > n:
            raise ShapeError(
                f"{name}: expected {len(self._powers)} points or more, for degree {degree}; got {n}"
            )
        fixed = ops.stop_gradient(self.y)
        low, high = ops.min(fixed, axis=0), ops.max(fixed, axis=0)
        self._shift = 0.5 * (low + high)
        self._scale = ops.where(high > low, 0.5 * (high - low), 1)
        self._solve(floating(smoothing, self.y))

    def _solve(self, smoothing: Any) -> None:
        n, m = self.y.shape[0], len(self._powers)
        matrix = self._radial(self.y) + ops.diag(ops.broadcast_to(smoothing, (n,)))
        right = ops.reshape(self.d, (n, math.prod(self.d.shape[1:])))
        if m:
            across = self._monomials(self.y)
            corner = ops.zeros((m, m), dtype=matrix.dtype, device=matrix.device)
            matrix = ops.concat(
                [
                    ops.concat([matrix, across], axis=1),
                    ops.concat([ops.matrix_transpose(across), corner], axis=1),
                ]
            )
            right = ops.concat([right, 0.0 * right[:1] * ops.ones_like(corner[:, :1])])
        self._coefficients = ops.linalg.solve(matrix, right)

    def _radial(self, x: Any) -> Any:
        """Return the kernel of all distances of `x` `(m, k)` from the points, `(m, n)`."""
        apart = (x[:, None, :] - self.y[None, :, :]) * self.epsilon
        squared = ops.sum(apart * apart, axis=-1)
        if self.kernel in _SMOOTH:
            return _SMOOTH[self.kernel](squared)
        same = ops.stop_gradient(squared) == 0
        return ops.where(same, 0, _ROUGH[self.kernel](ops.where(same, 1, squared)))

    def _monomials(self, x: Any) -> Any:
        x = (x - self._shift) / self._scale
        columns = []
        for power in self._powers:
            product = ops.ones_like(x[:, 0])
            for axis in power:
                product = product * x[:, axis]
            columns.append(product)
        return ops.stack(columns, axis=1)

    def __call__(self, x: Any) -> Any:
        """Return the values at the places `x`, `(m, k)`."""
        x = floating(x, self.y)
        if x.ndim != 2 or x.shape[1] != self.y.shape[1]:
            raise ShapeError(
                f"interpolate.RBFInterpolator: expected x (m, {self.y.shape[1]}); got {x.shape}"
            )
        rows = self._radial(x)
        if self._powers:
            rows = ops.concat([rows, self._monomials(x)], axis=1)
        return ops.reshape(ops.matmul(rows, self._coefficients), (x.shape[0], *self.d.shape[1:]))


__all__ = ["RBFInterpolator"]

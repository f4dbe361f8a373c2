"""`gaussian_kde`: a density from a sample, a normal one around each point.

- By the Cholesky factor of the covariance; `logpdf` never underflows.
"""

from __future__ import annotations

import math
from typing import Any

from gradx import ops
from gradx.errors import OperandError, ShapeError
from gradx.ops.softmax import logsumexp
from gradx.ops.special import ndtr
from gradx.scipy.values import first_of, floating


def _rows(x: Any) -> Any:
    return ops.reshape(x, (1, -1)) if x.ndim < 2 else x


class gaussian_kde:
    """The density of a sample `(n,)` or `(d, n)`; differentiable in sample, weights, bandwidth and places.

    Parameters
    ----------
    bw_method
        "scott" (the default), "silverman", a number, or a function of the `gaussian_kde`.
    weights
        One for each point, `(n,)`; they need not have sum 1.

    >>> import gradx as gx
    >>> gx.scipy.stats.gaussian_kde(gx.asarray([0.0, 1.0, 3.0]))([0.5, 2.0]).shape
    (2,)
    """

    def __init__(self, dataset: Any, bw_method: Any = None, weights: Any = None) -> None:
        like = first_of(dataset, weights, bw_method)
        self.dataset = _rows(floating(dataset, like))
        self.d, self.n = self.dataset.shape
        if self.d > self.n or self.n < 2:
            raise ShapeError(
                f"stats.gaussian_kde: expected more points than dimensions, (d, n); got {self.dataset.shape}"
            )
        if weights is None:
            self.weights = (
                ops.ones(self.n, dtype=self.dataset.dtype, device=self.dataset.device) / self.n
            )
            self.neff: Any = float(self.n)
        else:
            weights = floating(weights, self.dataset)
            if weights.shape != (self.n,):
                raise ShapeError(
                    f"stats.gaussian_kde: expected weights {(self.n,)}; got {weights.shape}"
                )
            self.weights = weights / ops.sum(weights)
            self.neff = 1 / ops.sum(self.weights * self.weights)
        self.set_bandwidth(bw_method)

    def scotts_factor(self) -> Any:
        """Return Scott's factor."""
        return self.neff ** (-1.0 / (self.d + 4))

    def silverman_factor(self) -> Any:
        """Return Silverman's factor."""
        return (self.neff * (self.d + 2.0) / 4.0) ** (-1.0 / (self.d + 4))

    def covariance_factor(self) -> Any:
        """Return the factor of the sample's standard deviation."""
        return self.factor

    def set_bandwidth(self, bw_method: Any = None) -> None:
        """Choose the bandwidth anew."""
        if bw_method is None or (isinstance(bw_method, str) and bw_method == "scott"):
            self.factor = self.scotts_factor()
        elif isinstance(bw_method, str):
            if bw_method != "silverman":
                raise ValueError(
                    f"stats.gaussian_kde: expected bw_method 'scott' or 'silverman'; got {bw_method!r}"
                )
            self.factor = self.silverman_factor()
        else:
            self.factor = bw_method(self) if callable(bw_method) else bw_method
        apart = self.dataset - ops.sum(self.weights * self.dataset, axis=1, keepdims=True)
        whole = ops.matmul(apart * self.weights, ops.matrix_transpose(apart))
        whole = whole / (1 - ops.sum(self.weights * self.weights))
        self.covariance = whole * self.factor**2
        self._root = ops.linalg.cholesky(self.covariance)

    def _places(self, points: Any) -> Any:
        points = _rows(floating(points, self.dataset))
        if points.shape[0] != self.d and points.shape == (1, self.d):
            points = ops.reshape(points, (self.d, 1))
        if points.shape[0] != self.d:
            raise ShapeError(
                f"stats.gaussian_kde: expected points of {self.d} dimensions, (d, m); got {points.shape}"
            )
        return points

    def _exponents(self, root: Any, a: Any, b: Any) -> Any:
        """Return the logarithms of normal densities `(m, n)` between places `(d, m)` and `(d, n)`."""
        a, b = (ops.linalg.solve_triangular(root, x, lower=True) for x in (a, b))
        apart = a[:, :, None] - b[:, None, :]
        logs = ops.sum(ops.log(ops.linalg.diagonal(root)))
        scale = logs + 0.5 * self.d * math.log(2 * math.pi)
        return -0.5 * ops.sum(apart * apart, axis=0) - scale

    def evaluate(self, points: Any) -> Any:
        """Return the density at places `(m,)` or `(d, m)`: `(m,)`."""
        exponents = self._exponents(self._root, self._places(points), self.dataset)
        return ops.sum(self.weights * ops.exp(exponents), axis=-1)

    __call__ = evaluate
    pdf = evaluate

    def logpdf(self, x: Any) -> Any:
        """Return the logarithm of the density at places `(m,)` or `(d, m)`: `(m,)`."""
        exponents = self._exponents(self._root, self._places(x), self.dataset)
        return logsumexp(exponents + ops.log(self.weights), axis=-1)

    def integrate_gaussian(self, mean: Any, cov: Any) -> Any:
        """Return the integral of the product with a normal density."""
        mean = ops.reshape(floating(mean, self.dataset), (self.d, 1))
        cov = ops.reshape(floating(cov, self.dataset), (self.d, self.d))
        root = ops.linalg.cholesky(self.covariance + cov)
        return ops.sum(self.weights * ops.exp(self._exponents(root, mean, self.dataset)))

    def integrate_box_1d(self, low: Any, high: Any) -> Any:
        """Return the probability between two numbers, of one dimension."""
        if self.d != 1:
            raise ShapeError(f"stats.gaussian_kde.integrate_box_1d: expected d = 1; got {self.d}")
        low, high = floating(low, self.dataset), floating(high, self.dataset)
        above, below = ((x - self.dataset[0]) / self._root[0, 0] for x in (high, low))
        return ops.sum(self.weights * (ndtr(above) - ndtr(below)))

    def integrate_box(
        self, low_bounds: Any, high_bounds: Any, maxpts: Any = None, *, rng: Any = None
    ) -> Any:
        """Return the probability in a box; of one dimension only, as SciPy's for more is by random numbers."""
        if self.d != 1:
            raise OperandError(
                f"stats.gaussian_kde.integrate_box: expected d = 1; got {self.d}, where SciPy "
                "integrates by random numbers"
            )
        low, high = (ops.reshape(floating(x, self.dataset), ()) for x in (low_bounds, high_bounds))
        return self.integrate_box_1d(low, high)

    def integrate_kde(self, other: Any) -> Any:
        """Return the integral of the product with another `gaussian_kde`."""
        if other.d != self.d:
            raise ShapeError(
                f"stats.gaussian_kde.integrate_kde: expected one of {self.d} dimensions; got {other.d}"
            )
        root = ops.linalg.cholesky(self.covariance + other.covariance)
        products = ops.exp(self._exponents(root, self.dataset, other.dataset))
        return ops.sum(self.weights[:, None] * other.weights * products)


__all__ = ["gaussian_kde"]

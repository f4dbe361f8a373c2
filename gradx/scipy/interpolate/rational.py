"""`FloaterHormannInterpolator` and `AAA`: rational functions in barycentric form.

- Floater and Hormann's weights are a formula in the knots ("Barycentric rational interpolation with no poles", 2007).
- AAA chooses its support points on values, as SciPy does; its weights are the singular vector of the smallest singular
  value of Loewner's matrix, on the tape (Y. Nakatsukasa, O. Sète, L. N. Trefethen, 2018).
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import DegeneracyError, ShapeError
from gradx.scipy.interpolate.pieces import at_places, place_axis
from gradx.scipy.interpolate.polynomials import barycentric, points
from gradx.scipy.values import constant, host, tracked, value


class FloaterHormannInterpolator:
    """The rational interpolant without poles that blends polynomials of degree `d`.

    >>> import gradx as gx
    >>> y = gx.asarray([0.0, 1.0, 4.0, 9.0, 16.0])
    >>> gx.scipy.interpolate.FloaterHormannInterpolator([0.0, 1.0, 2.0, 3.0, 4.0], y, d=2)(2.5)
    Tensor(6.25)
    """

    def __init__(self, points_: Any, values: Any, *, d: int = 3, axis: int = 0) -> None:
        name = "interpolate.FloaterHormannInterpolator"
        self._nodes, self._values, self.axis = points(name, points_, values, axis)
        if not 0 <= d < self._nodes.shape[0]:
            raise ShapeError(
                f"{name}: expected 0 <= d < n; got d = {d}, n = {self._nodes.shape[0]}"
            )
        self.weights = self._blended(d)

    def _blended(self, d: int) -> Any:
        z = self._nodes
        n = z.shape[0]
        found = []
        for k in range(n):
            total: Any = 0.0
            for i in range(max(k - d, 0), min(k + 1, n - d)):
                others = [j for j in range(i, i + d + 1) if j != k]
                if others:
                    apart = z[k] - ops.stack([z[j] for j in others])
                    total = total + 1.0 / ops.prod(ops.abs(apart))
                else:
                    total = total + ops.ones_like(z[k])
            found.append((-1.0) ** (k - d) * total)
        return ops.stack(found)

    def __call__(self, z: Any) -> Any:
        """Return the interpolant at the places `z`."""
        z = at_places(z, self._nodes)
        return place_axis(
            barycentric(self._nodes, self._values, self.weights, z), z.ndim, self.axis
        )


class AAA:
    """The rational function that approximates values `y` `(n,)` at `x` `(n,)`, by the AAA algorithm.

    Parameters
    ----------
    rtol, max_terms, clean_up, clean_up_tol
        SciPy's: which support points there are, they say.

    Attributes
    ----------
    support_points, support_values, weights
        Of the barycentric form, `(m,)`.

    Raises
    ------
    DegeneracyError
        If one differentiates where the smallest singular value is not the only one of its size: the weights are
        then a choice. Give a larger rtol, or fewer max_terms.

    >>> import gradx as gx
    >>> x = gx.linspace(0.0, 1.0, 20)
    >>> gx.scipy.interpolate.AAA(x, 1.0 / (2.0 + x))(0.5)
    Tensor(0.4)
    """

    def __init__(self, x: Any, y: Any, *, rtol: float | None = None, max_terms: int = 100, clean_up: bool = True,
                 clean_up_tol: float = 1e-13) -> None:  # fmt: skip
        nodes, values, _ = points("interpolate.AAA", x, y, 0)
        if values.ndim != 1:
            raise ShapeError(f"interpolate.AAA: expected y (n,); got {values.shape}")
        places = value(nodes)
        chosen = host("interpolate").AAA(
            places, value(values), rtol=rtol, max_terms=max_terms, clean_up=clean_up,
            clean_up_tol=clean_up_tol,
        )  # fmt: skip
        order = {z: i for i, z in enumerate(places.tolist())}
        support = [order[z] for z in chosen.support_points.tolist()]
        self.errors = chosen.errors
        self.support_points = ops.stack([nodes[i] for i in support])
        self.support_values = ops.stack([values[i] for i in support])
        rest = [i for i in range(len(places)) if i not in set(support)]
        if tracked(nodes) or tracked(values):
            self.weights = self._on_tape(nodes, values, support, rest)
        else:
            self.weights = constant(chosen.weights, values, values.dtype)

    def _on_tape(self, nodes: Any, values: Any, support: list[int], rest: list[int]) -> Any:
        if len(support) == 1:
            return ops.ones_like(values[:1])
        if len(rest) < len(support) - 1:
            raise DegeneracyError(
                f"interpolate.AAA: expected more points than {len(support) + len(rest)} for {len(support)} support "
                "points, or the weights are a choice and have no derivative. Give a larger rtol, or fewer max_terms"
            )
        rows = [ops.stack([part[i] for i in rest])[:, None] for part in (values, nodes)]
        loewner = (rows[0] - self.support_values) / (rows[1] - self.support_points)
        factors = ops.linalg.svd(loewner, full_matrices=len(rest) < len(support))
        return ops.conj(factors[2][-1, :])

    def __call__(self, z: Any) -> Any:
        """Return the rational function at the places `z`."""
        z = at_places(z, self.support_points)
        return barycentric(self.support_points, self.support_values, self.weights, z)


__all__ = ["AAA", "FloaterHormannInterpolator"]

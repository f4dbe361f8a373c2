"""One step of a Runge-Kutta method on the tape, and the polynomial that lies through it.

- The tableaus are those of SciPy's solvers, so that a step has SciPy's own value.
- Times are numbers; the solution and its slope are on the tape.
- The implicit method's stages are found on values first; then Newton's iteration runs twice on the tape, which makes
  their derivatives exact to the seventh order.
"""

from __future__ import annotations

import functools
import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from gradx import ops
from gradx.create import asarray
from gradx.dtypes import DType
from gradx.errors import GraphError
from gradx.scipy.values import STEPS, constant, host, real_dtype, value
from gradx.transforms.jacobians import jacfwd

Slope = Callable[[Any, Any], Any]


def numbers(table: Any) -> Any:
    """Return a table of SciPy's as nested lists."""
    return table.tolist()


@functools.lru_cache(maxsize=512)
def _row(weights: tuple[float, ...], dtype: DType, device: str) -> Any:
    """Return weights as a Tensor: made once, as a device wants it to be copied there."""
    return asarray(list(weights), dtype=dtype, device=device)


def combine(weights: list[float], stages: list[Any]) -> Any:
    """Return the sum of stages `(n,)` with weights; those of weight 0 are left out."""
    used = [(w, k) for w, k in zip(weights, stages, strict=False) if w]
    if not used:
        return 0.0 * stages[0]
    first = used[0][1]
    row = _row(tuple([w for w, _ in used]), real_dtype(first), first.device)
    return ops.matmul(row, ops.stack([k for _, k in used]))


def explicit(fun: Slope, t: Any, y: Any, h: Any, slope: Any, a: Any, b: Any, c: Any) -> Any:
    """Return the solution a step `h` later, and the stages; the first of them is `slope`."""
    stages = [slope]
    for row, place in zip(a[1:], c[1:], strict=True):
        stages.append(fun(t + place * h, y + h * combine(row[: len(stages)], stages)))
    return y + h * combine(b, stages), stages


_CLASSIC = (
    [[0.0], [0.5], [0.0, 0.5], [0.0, 0.0, 1.0]], [1 / 6, 1 / 3, 1 / 3, 1 / 6], [0.0, 0.5, 0.5, 1.0],
)  # fmt: skip


def nudge(fun: Slope, t: Any, y: Any, width: Any) -> Any:
    """Return the solution `width` after `t`, where that is 0 in value: its derivatives by time, to order 4."""
    return explicit(fun, t, y, width, fun(t, y), *_CLASSIC)[0]


class Step(ABC):
    """One accepted step, with the solution at both ends and between them.

    `seen` is what SciPy has of it: a polynomial on values, from the time `t_old` to `t`.
    """

    def __init__(self, fun: Slope, seen: Any, y: Any, slope: Any) -> None:
        self.fun, self.old, self.new = fun, float(seen.t_old), float(seen.t)
        self.h = self.new - self.old
        self.y, self.slope = y, slope
        self.end: Any = None
        self.end_slope: Any = None

    @abstractmethod
    def polynomial(self) -> list[Any]:
        """Return the coefficients of s, s**2, ... of y(s) - y(0), s from 0 to 1."""

    def at(self, t: Any) -> Any:
        """Return the solution at a time in the step, a number or a 0-d Tensor."""
        if not hasattr(self, "_coefficients"):
            self._coefficients = self.polynomial()
        s = (t - self.old) / self.h
        y = self._coefficients[-1]
        for c in reversed(self._coefficients[:-1]):
            y = y * s + c
        return y * s + self.y


class Pair(Step):
    """A step of RK23 or RK45: the last stage is the slope at the end."""

    solver = "RK45"

    def __init__(self, fun: Slope, seen: Any, y: Any, slope: Any) -> None:
        super().__init__(fun, seen, y, slope)
        tableau = getattr(host("integrate"), self.solver)
        a, b, c = (numbers(getattr(tableau, name)) for name in "ABC")
        self.end, self.stages = explicit(fun, self.old, y, self.h, slope, a, b, c)
        self.end_slope = fun(self.new, self.end)
        self.stages.append(self.end_slope)

    def polynomial(self) -> list[Any]:
        columns = zip(*numbers(getattr(host("integrate"), self.solver).P), strict=True)
        return [self.h * combine(list(column), self.stages) for column in columns]


class ThirdOrder(Pair):
    """A step of RK23."""

    solver = "RK23"


class EighthOrder(Pair):
    """A step of DOP853; three more stages where the polynomial is asked for."""

    solver = "DOP853"

    def polynomial(self) -> list[Any]:
        tableau = host("integrate").DOP853
        stages = list(self.stages)
        for row, c in zip(numbers(tableau.A_EXTRA), numbers(tableau.C_EXTRA), strict=True):
            moved = self.y + self.h * combine(row[: len(stages)], stages)
            stages.append(self.fun(self.old + c * self.h, moved))
        change = self.end - self.y
        parts = [
            change,
            self.h * self.slope - change,
            2.0 * change - self.h * (self.end_slope + self.slope),
            *(self.h * combine(row, stages) for row in numbers(tableau.D)),
        ]
        return _alternating(parts)


def _alternating(parts: list[Any]) -> list[Any]:
    """Return the coefficients of s (f0 + (1 - s) (f1 + s (f2 + (1 - s) (...)))), from s on."""
    rows: list[list[Any]] = []  # a polynomial for each part, in numbers
    factor = [1.0]
    for i in range(len(parts)):
        by = [0.0, 1.0] if i % 2 == 0 else [1.0, -1.0]
        product = [0.0] * (len(factor) + 1)
        for j, x in enumerate(factor):
            product[j] += x * by[0]
            product[j + 1] += x * by[1]
        factor = product
        rows.append(factor)
    degree = len(rows[-1])
    rows = [row + [0.0] * (degree - len(row)) for row in rows]
    return [combine([row[k] for row in rows], parts) for k in range(1, degree)]


class Collocation(Step):
    """A step of Radau IIA, of order 5: three stages z = h A f(y + z), implicit.

    E. Hairer, G. Wanner, "Solving Ordinary Differential Equations II", 1996, section IV.8.
    """

    def __init__(self, fun: Slope, seen: Any, y: Any, slope: Any) -> None:
        super().__init__(fun, seen, y, slope)
        guess = self._solved(seen, ops.stop_gradient(y))
        for _ in range(STEPS):
            guess = self._newton(y, guess)
        self.stages = guess
        self.end = y + guess[-1]
        self.end_slope = fun(self.new, self.end)

    def _solved(self, seen: Any, y: Any) -> list[Any]:
        """Return the stages off the graph, from SciPy's, which are as exact as its tolerance."""
        start = seen(self.old)
        guess = [constant(seen(self.old + c * self.h) - start, y, y.dtype) for c in _PLACES]
        for _ in range(50):
            before = guess
            guess = [ops.stop_gradient(z) for z in self._newton(y, guess)]
            pairs = zip(guess, before, strict=True)
            change = max(float(value(ops.max(ops.abs(p - q)))) for p, q in pairs)
            size = max(float(value(ops.max(ops.abs(y + z)))) for z in guess)
            if change <= 1e-8 * size:  # the next one, on the tape, squares it
                return guess
        raise GraphError(
            f"integrate.solve_ivp: Newton's iteration for the stages did not end in the step from {self.old} to "
            f"{self.new}. Give a smaller rtol or max_step"
        )

    def _newton(self, y: Any, stages: list[Any]) -> list[Any]:
        """Return the stages after one step of Newton's iteration."""
        n = y.shape[0]
        times = [self.old + c * self.h for c in _PLACES]
        slopes = [self.fun(t, y + z) for t, z in zip(times, stages, strict=True)]
        slopes_by = [
            jacfwd(lambda u, t=t: self.fun(t, u))(y + z) for t, z in zip(times, stages, strict=True)
        ]
        wrong = [z - self.h * combine(row, slopes) for row, z in zip(_MATRIX, stages, strict=True)]
        rows = [
            ops.concat([(-self.h * w) * j for w, j in zip(row, slopes_by, strict=True)], axis=1)
            for row in _MATRIX
        ]
        matrix = ops.concat(rows, axis=0)
        matrix = matrix + ops.eye(3 * n, dtype=matrix.dtype, device=matrix.device)
        moved = ops.linalg.solve(matrix, ops.concat(wrong))
        return [z - moved[i * n : (i + 1) * n] for i, z in enumerate(stages)]

    def polynomial(self) -> list[Any]:
        return [combine(list(column), self.stages) for column in zip(*_THROUGH, strict=True)]


def _inverse(rows: list[list[float]]) -> list[list[float]]:
    """Return the inverse of a matrix of 3 by 3, by cofactors."""
    a, b = rows, range(3)
    minor = [
        [
            a[(i + 1) % 3][(j + 1) % 3] * a[(i + 2) % 3][(j + 2) % 3]
            - a[(i + 1) % 3][(j + 2) % 3] * a[(i + 2) % 3][(j + 1) % 3]
            for j in b
        ]
        for i in b
    ]
    det = sum(a[0][j] * minor[0][j] for j in b)
    return [[minor[j][i] / det for j in b] for i in b]


_ROOT = math.sqrt(6.0)
_PLACES = [(4 - _ROOT) / 10, (4 + _ROOT) / 10, 1.0]
_MATRIX = [
    [(88 - 7 * _ROOT) / 360, (296 - 169 * _ROOT) / 1800, (-2 + 3 * _ROOT) / 225],
    [(296 + 169 * _ROOT) / 1800, (88 + 7 * _ROOT) / 360, (-2 - 3 * _ROOT) / 225],
    [(16 - _ROOT) / 36, (16 + _ROOT) / 36, 1 / 9],
]
# The stages are a cubic's values at the places, 0 at 0: its coefficients are the inverse of Vandermonde's matrix.
_THROUGH = [list(row) for row in zip(*_inverse([[c, c**2, c**3] for c in _PLACES]), strict=True)]

KINDS: dict[str, type[Step]] = {
    "RK23": ThirdOrder, "RK45": Pair, "DOP853": EighthOrder, "Radau": Collocation,
}  # fmt: skip


__all__ = ["KINDS", "Slope", "Step", "nudge"]

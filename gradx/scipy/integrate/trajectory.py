"""The steps of an initial value problem: chosen by SciPy's solver on values, taken once more on the tape.

- The times of the steps are numbers: what is differentiated is the discrete solution, exactly. By the first time and
  the last one differentiates by the differential equation itself.
- Memory grows with the number of steps: give `gx.checkpoint(fun)` for `fun` to keep less of each.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from typing import Any

from gradx import ops
from gradx.errors import OperandError, ShapeError
from gradx.numpy.arguments import tensor
from gradx.scipy.integrate.steps import KINDS, Step, nudge
from gradx.scipy.values import (
    STEPS,
    constant,
    floating,
    function_of,
    host,
    tracked,
    value,
    values_of,
)
from gradx.transforms.derivatives import jvp
from gradx.transforms.jacobians import jacfwd


class Problem:
    """y' = fun(t, y, *args), and what SciPy's solver is given of it."""

    def __init__(self, name: str, fun: Any, args: Any, y0: Any, vectorized: bool = False) -> None:
        self.name, self.fun, self.vectorized = name, function_of(name, fun), vectorized
        self.args = tuple(args or ())
        self.y0 = floating(y0)
        if self.y0.ndim != 1:
            raise ShapeError(f"{name}: expected y0 of shape (n,); got {self.y0.shape}")
        self.fixed = values_of(self.args)

    def slope(self, t: Any, y: Any) -> Any:
        """Return the right-hand side on the tape."""
        return self._call(t, y, self.args)

    def _call(self, t: Any, y: Any, args: Any) -> Any:
        t = t if hasattr(t, "shape") else constant(t, ops.real(self.y0))
        found = tensor(self.fun(t, ops.expand_dims(y, axis=1) if self.vectorized else y, *args))
        if found.size != y.size:
            raise ShapeError(
                f"{self.name}: expected a function that gives shape {y.shape}, as y; got {found.shape}"
            )
        return ops.reshape(found, y.shape)

    def on_host(self, f: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function of a time and a solution as one of NumPy's arrays."""
        like = self.y0

        def call(t: Any, y: Any, *_: Any) -> Any:
            state = constant(y, like, like.dtype)
            return value(f(constant(float(t), ops.real(like)), state))

        return call

    def fixed_slope(self, t: Any, y: Any) -> Any:
        """Return the right-hand side off the graph, as far as the arguments are concerned."""
        return self._call(t, y, self.fixed)

    def jacobian(self, t: Any, y: Any) -> Any:
        """Return the derivative of the right-hand side by y, `(n, n)`, off the graph."""
        return jacfwd(lambda u: self.fixed_slope(t, u))(y)


class Trajectory:
    """The solution from the time `first` to `last`, step by step."""

    def __init__(self, problem: Problem, first: Any, last: Any, method: Any, t_eval: Any, events: Any,
                 options: dict[str, Any]) -> None:  # fmt: skip
        self.problem = problem
        self.method = method
        if method not in KINDS:
            raise OperandError(
                f"{problem.name}: expected a method of {', '.join(KINDS)}; got {method!r}. Use 'Radau' for stiff "
                "problems, also where SciPy offers 'BDF' and 'LSODA'"
            )
        self.first, self.last = floating(first, problem.y0), floating(last, problem.y0)
        span = (float(value(self.first)), float(value(self.last)))
        options = {k: value(x) if hasattr(x, "shape") else x for k, x in options.items()}
        for name in ("jac", "jac_sparsity"):
            options.pop(name, None)
        if method == "Radau":
            options["jac"] = problem.on_host(problem.jacobian)
        self.result = host("integrate").solve_ivp(
            problem.on_host(problem.fixed_slope), span, value(problem.y0), method=method,
            t_eval=t_eval, dense_output=True, events=events, **options,
        )  # fmt: skip
        seen = self.result.sol.interpolants if self.result.sol else []
        self.steps = self._take([part for part in seen if part.t != part.t_old], span[0])
        self.sign = 1.0 if span[1] >= span[0] else -1.0
        self._ends = [self.sign * step.new for step in self.steps]

    def _take(self, seen: Sequence[Any], first: float) -> list[Step]:
        """Return the steps, on the tape."""
        slope, y = self.problem.slope, self.problem.y0
        if tracked(self.first):
            y = nudge(slope, self.first, y, ops.stop_gradient(self.first) - self.first)
        self.begin = y
        here = slope(first, y) if seen else y
        steps: list[Step] = []
        for part in seen:
            step = KINDS[self.method](slope, part, y, here)
            steps.append(step)
            y, here = step.end, step.end_slope
        return steps

    def at(self, t: Any) -> Any:
        """Return the solution at a time: a number, or a 0-d Tensor, on the graph."""
        fixed = float(value(t)) if hasattr(t, "shape") else float(t)
        if not self.steps:
            return self.begin
        i = min(bisect.bisect_left(self._ends, self.sign * fixed), len(self.steps) - 1)
        step = self.steps[i]
        y = step.end if fixed == step.new else step.y if fixed == step.old else step.at(fixed)
        if tracked(t):
            y = nudge(self.problem.slope, fixed, y, t - ops.stop_gradient(t))
        return y

    def ends(self) -> list[Any]:
        """Return the solution at the first time and at the end of each step; on the graph of the last time."""
        found = [self.problem.y0, *(step.end for step in self.steps)]
        if self.steps and tracked(self.last):
            found[-1] = self.at(self.last)
        return found

    def event(self, f: Callable[..., Any], t: float) -> Any:
        """Return the time, near `t`, at which an event is: by Newton's steps, exact to the seventh derivative."""
        i = min(bisect.bisect_left(self._ends, self.sign * t), len(self.steps) - 1)
        step = self.steps[i]
        time = constant(t, ops.real(self.problem.y0))
        one = ops.ones_like(time)

        def along(t: Any) -> Any:
            return ops.reshape(tensor(f(t, step.at(t), *self.problem.args)), ())

        for _ in range(STEPS):
            there, speed = jvp(along, (time,), (one,))
            time = time - there / speed
        return time, step.at(time)


__all__ = ["Problem", "Trajectory"]

"""The derivatives of a solution: by the implicit function theorem, as steps of Newton's iteration on the tape.

- SciPy's solver finds the solution on values. Where nobody differentiates, that is the result.
- Else steps of Newton's iteration from there, with Jacobians on the tape: the first makes first derivatives exact, the
  second those to the third order, the third those to the seventh.
- A solution that is not isolated has no derivative, and one that the solver did not reach has none to give: errors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradx import ops
from gradx.errors import DegeneracyError, GraphError, OperandError
from gradx.numpy.arguments import tensor
from gradx.scipy.values import (
    STEPS,
    constant,
    first_of,
    floating,
    function_of,
    tracked,
    value,
    values_of,
)
from gradx.transforms.derivatives import grad
from gradx.transforms.jacobians import jacfwd

_FAR = 1e-2  # a first step longer than this part of the solution says that the solver has not ended


class Problem:
    """A function of unknowns and arguments: on the tape, and for SciPy on values."""

    def __init__(self, name: str, f: Any, x0: Any, args: Any, *, scalar: bool = False) -> None:
        self.name, self.f = name, function_of(name, f)
        self.args = args if isinstance(args, tuple) else (args,)
        self.fixed = values_of(self.args)
        like = first_of(x0, list(self.args))
        self.x0 = floating(x0, tensor(0.0) if like is None else like)
        if self.x0.dtype.kind == "c":
            raise OperandError(f"{name}: expected real unknowns; got {self.x0.dtype}")
        self.x0 = ops.reshape(self.x0, () if scalar else (-1,))

    def at(self, x: Any) -> Any:
        """Return the function on the tape."""
        return floating(self.f(x, *self.args), self.x0)

    def number(self, x: Any) -> Any:
        """Return the function, which has one number for a value, on the tape."""
        return ops.reshape(self.at(x), ())

    def vector(self, x: Any) -> Any:
        """Return the function, which has as many values as there are unknowns, on the tape."""
        return ops.reshape(self.at(x), x.shape)

    def hosted(self, f: Callable[..., Any] | None = None) -> Callable[..., Any]:
        """Return a function of Tensors, with the arguments as values, as one of NumPy's arrays."""
        like, shape = self.x0, self.x0.shape

        def call(x: Any, *_: Any) -> Any:
            x = ops.reshape(constant(x, like), shape)
            if f is not None:
                return value(f(x))
            return value(floating(self.f(x, *self.fixed), like))

        return call

    def fixed_number(self, x: Any) -> Any:
        """Return the function off the graph of the arguments, as one number."""
        return ops.reshape(floating(self.f(x, *self.fixed), self.x0), ())

    def fixed_vector(self, x: Any) -> Any:
        """Return the function off the graph of the arguments, flat."""
        return ops.reshape(floating(self.f(x, *self.fixed), self.x0), (-1,))


def solved(name: str, residual: Callable[[Any], Any], x: Any) -> Any:
    """Return the root of a function `(n,)` to `(n,)`, or `()` to `()`, near the constant `x`, on the tape."""
    x = ops.stop_gradient(x)
    if not tracked(residual(x)):
        return x
    for turn in range(STEPS):
        try:
            step = _newton(residual, x)
        except Exception as error:
            if "ingular" not in str(error):
                raise
            raise DegeneracyError(_not_isolated(name)) from None
        size = abs(value(step)).max() if step.size else 0.0
        if not size < float("inf"):
            raise DegeneracyError(_not_isolated(name))
        if turn == 0 and size > _FAR * (1.0 + abs(value(x)).max()):
            raise GraphError(
                f"{name}: expected a solution, to differentiate it; got one that Newton's iteration moves by "
                f"{size:.2g}. Give a smaller tolerance, more iterations or a better start"
            )
        x = x - step
    return x


def _newton(residual: Callable[[Any], Any], x: Any) -> Any:
    if x.ndim == 0:
        return residual(x) / jacfwd(residual)(x)
    return ops.linalg.solve(jacfwd(residual)(x), residual(x))


def _not_isolated(name: str) -> str:
    return (
        f"{name}: expected a solution that is isolated, to differentiate it; got one where the Jacobian of the "
        "conditions for it is singular. Add a condition, or a small regularising term"
    )


def stationary(name: str, f: Callable[[Any], Any], x: Any) -> Any:
    """Return where the gradient of a function `(n,)` to `()` is 0, near `x`, on the tape."""
    return solved(name, grad(f), x)


def within(name: str, x: Any, low: Any, high: Any) -> None:
    """Raise if a solution `(n,)` lies on one of its bounds, numbers or `(n,)`: its derivatives are other ones there."""
    for ends in (low, high):
        ends = ends.tolist() if hasattr(ends, "tolist") else ends
        ends = list(ends) if isinstance(ends, (list, tuple)) else [ends] * x.size
        for place, end in zip(x.ravel().tolist(), ends, strict=True):
            if end is not None and abs(place - float(end)) <= 1e-8 * (1.0 + abs(place)):
                raise OperandError(
                    f"{name}: expected a solution within its bounds, to differentiate it; got {place} on the bound "
                    f"{end}. Leave the bound out, or fix that unknown"
                )


__all__ = ["Problem", "solved", "stationary", "within"]

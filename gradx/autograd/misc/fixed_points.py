"""A fixed point, differentiated by the implicit function theorem: no iteration is recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradx import ops
from gradx.transforms.custom import custom_vjp
from gradx.transforms.derivatives import vjp


def _iterated(step: Callable[[Any], Any], x: Any, distance: Callable[..., Any], tol: float) -> Any:
    before, x = x, step(x)
    while bool(distance(x, before) > tol):
        before, x = x, step(x)
    return x


def fixed_point(f: Callable[[Any], Callable[[Any], Any]], a: Any, x0: Any, distance: Callable[..., Any],
                tol: float) -> Any:  # fmt: skip
    """Return x with `f(a)(x) = x`, from `x0`, up to `distance(x, before) <= tol`; differentiable in `a`.

    The adjoint equation w = ct + (df/dx)^T w is a fixed point itself, and solved in the same way.

    >>> import gradx as gx
    >>> heron = lambda a: lambda x: 0.5 * (x + a / x)
    >>> gx.grad(lambda a: fixed_point(heron, a, 1.0, lambda x, y: abs(x - y), 1e-12))(4.0)
    Tensor(0.25)
    """

    @custom_vjp
    def solved(a: Any) -> Any:
        return _iterated(f(a), x0, distance, tol)

    def pull(kept: Any, ct: Any) -> Any:
        a, x = kept
        _, at_x = vjp(f(a), x)
        w = _iterated(lambda w: ct + at_x(w)[0], ops.zeros_like(ct), distance, tol)
        return vjp(lambda a: f(a)(x), a)[1](w)

    def kept(a: Any) -> Any:
        x = solved(a)
        return x, (a, x)

    solved.defvjp(kept, pull)
    return solved(a)


__all__ = ["fixed_point"]

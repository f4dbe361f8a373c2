"""Optimisers as functions: of a gradient `grad(x, i)`, a start and a number of steps. `gx.optim` has classes.

- `x` is any pytree; `callback(x, i, gradient)` is called before each step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradx import ops
from gradx.autograd.misc.flatten import flatten

Step = Callable[[Any, int], Any]


def _minimise(grad: Any, x0: Any, callback: Any, num_iters: int, step: Step) -> Any:
    """Run `step(gradient, i)`, which returns what to add to the flat vector."""
    x, unflatten = flatten(x0)
    for i in range(num_iters):
        at = unflatten(x)
        g = grad(at, i)
        if callback:
            callback(at, i, g)
        x = x + step(flatten(g)[0], i)
    return unflatten(x)


def sgd(grad: Any, x: Any, callback: Any = None, num_iters: int = 200, step_size: float = 0.1,
        mass: float = 0.9) -> Any:  # fmt: skip
    """Return `x` after stochastic gradient descent with momentum `mass`."""
    velocity: Any = 0.0

    def step(g: Any, i: int) -> Any:
        nonlocal velocity
        velocity = mass * velocity - (1.0 - mass) * g
        return step_size * velocity

    return _minimise(grad, x, callback, num_iters, step)


def rmsprop(grad: Any, x: Any, callback: Any = None, num_iters: int = 100, step_size: float = 0.1,
            gamma: float = 0.9, eps: float = 1e-8) -> Any:  # fmt: skip
    """Return `x` after steps divided by the root of the running mean square of the gradient, which starts at 1."""
    square: Any = 1.0

    def step(g: Any, i: int) -> Any:
        nonlocal square
        square = gamma * square + (1.0 - gamma) * g * g
        return -step_size * g / (ops.sqrt(square) + eps)

    return _minimise(grad, x, callback, num_iters, step)


def adam(grad: Any, x: Any, callback: Any = None, num_iters: int = 100, step_size: float = 0.001,
         b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """Return `x` after the steps of Adam (Kingma and Ba, 2015, algorithm 1).

    >>> x = adam(lambda x, i: 2.0 * (x - 3.0), 1.0, num_iters=500, step_size=0.1)
    >>> x.round(4)
    Tensor(3.)
    """
    mean: Any = 0.0
    square: Any = 0.0

    def step(g: Any, i: int) -> Any:
        nonlocal mean, square
        mean = b1 * mean + (1.0 - b1) * g
        square = b2 * square + (1.0 - b2) * g * g
        unbiased = mean / (1.0 - b1 ** (i + 1)), square / (1.0 - b2 ** (i + 1))
        return -step_size * unbiased[0] / (ops.sqrt(unbiased[1]) + eps)

    return _minimise(grad, x, callback, num_iters, step)


__all__ = ["adam", "rmsprop", "sgd"]

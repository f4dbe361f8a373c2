"""`vmap` against code batched by hand, Jacobians against the loop over rows, products against the gradient.

- "hand" is the same function of all examples, written for them and run by gradx: what `vmap` must not fall far behind.
- "loop" is the same derivative row by row, without `vmap`: what a batch of pullbacks must beat.
- "gradient" computes less, so it is timed beside the others but not compared with them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from statistics import median
from typing import Any

import numpy as np

import gradx as gx
from benchmarks.libraries import random
from benchmarks.row import Row
from benchmarks.table import Result
from benchmarks.timing import interleave, ratio

EXAMPLES = 1000
WIDTH = 10


def function(x: Any) -> Any:
    """A small function of one example, `(10,)` to a number."""
    y = gx.tanh(x * x + x)
    return gx.sum(y * gx.sin(x))


def by_hand(x: Any) -> Any:
    """The same for all examples, `(n, 10)` to `(n,)`."""
    y = gx.tanh(x * x + x)
    return gx.sum(y * gx.sin(x), axis=1)


def torch_function(x: Any) -> Any:
    """The same in torch."""
    import torch

    y = torch.tanh(x * x + x)
    return torch.sum(y * torch.sin(x))


def small() -> Row:
    """`vmap` of a small function."""
    x = gx.asarray(random(EXAMPLES, WIDTH))
    mapped = gx.vmap(function)
    runs = {"gradx": lambda: [mapped(x).numpy()], "hand": lambda: [by_hand(x).numpy()]}
    with suppress(ImportError):
        import torch

        there, theirs = torch.from_numpy(x.numpy()), torch.vmap(torch_function)
        runs["torch"] = lambda: [theirs(there).numpy()]
    name = "vmap of a small function, 1,000 examples"
    return Row(name, runs, unit="µs", targets={"hand": 1.3}, turns=31)


# ---------------------------------------------------------------- per-example gradients


def loss(params: Any, x: Any, target: Any, tanh: Any) -> Any:
    """The squared error of a perceptron for one example."""
    w1, b1, w2 = params
    return (w2 @ tanh(w1 @ x + b1) - target) ** 2


def hand_gradients(params: Any, x: Any, target: Any) -> list[Any]:
    """The gradients of `loss` for all examples, written out in NumPy."""
    w1, b1, w2 = params
    h = np.tanh(x @ w1.T + b1)
    e = 2 * (h @ w2 - target)[:, None]
    g = e * w2 * (1 - h * h)
    return [g[:, :, None] * x[:, None, :], g, e * h]


def examples() -> Row:
    """Per-example gradients."""
    arrays = random(32, WIDTH), random(32), random(32)
    x, target = random(EXAMPLES, WIDTH), random(EXAMPLES)
    params = tuple(gx.asarray(a) for a in arrays)
    each = gx.vmap(gx.grad(lambda p, x, t: loss(p, x, t, gx.tanh)), in_axes=(None, 0, 0))
    xs, targets = gx.asarray(x), gx.asarray(target)
    runs = {
        "gradx": lambda: [g.numpy() for g in each(params, xs, targets)],
        "numpy": lambda: hand_gradients(arrays, x, target),
    }
    with suppress(ImportError):
        import torch

        theirs = torch.vmap(
            torch.func.grad(lambda p, x, t: loss(p, x, t, torch.tanh)), in_dims=(None, 0, 0)
        )
        there = [torch.from_numpy(a) for a in (*arrays, x, target)]
        runs["torch"] = lambda: [g.numpy() for g in theirs(tuple(there[:3]), *there[3:])]
    return Row("gradients of 1,000 examples, perceptron", runs, unit="ms", turns=15)


# ---------------------------------------------------------------- Jacobians


def layers(tanh: Any, w: Any, x: Any) -> Any:
    """Four layers of width 64."""
    for _ in range(4):
        x = tanh(w @ x)
    return x


def jacobians() -> list[Row]:
    """`jacrev` and `jacfwd` against the loop over rows and columns."""
    w, x = random(64, 64, scale=0.15), random(64)
    held, point = gx.asarray(w), gx.asarray(x)

    def ours(x: Any) -> Any:
        return layers(gx.tanh, held, x)

    units = [gx.asarray(row) for row in np.eye(64)]

    def rows() -> Any:
        _, pullback = gx.vjp(ours, point)
        return [np.stack([pullback(unit)[0].numpy() for unit in units])]

    def columns() -> Any:
        parts = [gx.jvp(ours, (point,), (unit,))[1].numpy() for unit in units]
        return [np.stack(parts, axis=1)]

    found = []
    for name, loop in (("jacrev", rows), ("jacfwd", columns)):
        derivative = getattr(gx, name)(ours)
        runs: dict[str, Any] = {"gradx": _first(derivative, point), "loop": loop}
        with suppress(ImportError):
            import torch

            there, held_there = torch.from_numpy(x), torch.from_numpy(w)

            def theirs(x: Any, w: Any = held_there) -> Any:
                return layers(torch.tanh, w, x)

            runs["torch"] = _first(getattr(torch.func, name)(theirs), there)
        title = f"{name}, four layers of width 64"
        found.append(Row(title, runs, unit="ms", targets={"loop": 0.2}, turns=9))
    return found


def _first(f: Callable[..., Any], x: Any) -> Callable[[], list[Any]]:
    return lambda: [f(x).numpy()]


# ---------------------------------------------------------------- products with the Hessian


def network(xp: Any, x: Any, weights: tuple[Any, ...]) -> Any:
    """A loss of four layers: 11 matrix products in the gradient, 31 in the product, so 2.8 is the floor here."""
    for w in weights:
        x = xp.tanh(x @ w)
    return xp.sum(x * x)


def chain(xp: Any, _: Any, arrays: tuple[Any, ...]) -> Any:
    """Elementwise functions alone."""
    (x,) = arrays
    for _ in range(3):
        x = xp.sin(x * x + x) * 0.5
    return xp.sum(x)


def product(name: str, f: Callable[..., Any], constant: Any, arrays: list[Any]) -> Result:
    """`hvp` against the gradient alone, and against torch's forward over reverse."""
    directions = [np.cos(a) for a in arrays]
    x = gx.asarray(constant)
    held, along = [tuple(map(gx.asarray, each)) for each in (arrays, directions)]

    def ours(*arrays: Any) -> Any:
        return f(gx, x, arrays)

    gradient = gx.grad(ours, argnums=tuple(range(len(arrays))))
    runs: dict[str, Any] = {"gradx": lambda: [g.numpy() for g in gx.hvp(ours, held, along)]}
    with suppress(ImportError):
        import torch

        y = torch.from_numpy(constant)
        there, towards = [tuple(map(torch.from_numpy, each)) for each in (arrays, directions)]
        theirs = torch.func.grad(
            lambda *arrays: f(torch, y, arrays), argnums=tuple(range(len(arrays)))
        )
        runs["torch"] = lambda: [g.numpy() for g in torch.func.jvp(theirs, there, towards)[1]]
    Row(name, runs).check()
    times = interleave({**runs, "gradient": lambda: gradient(*held)}, turns=9)
    figures = {peer: median(values) * 1e3 for peer, values in times.items()}
    ratios = {peer: ratio(times, "gradx", peer) for peer in times if peer != "gradx"}
    return Result(name, "ms", figures, ratios, {"gradient": 2.5})


class Product:
    """A row that measures itself."""

    def __init__(self, *arguments: Any) -> None:
        self.measure = partial(product, *arguments)


def rows() -> list[Row | Product]:
    """Return the rows of this file."""
    weights = [random(256, 256, scale=0.06, seed=i) for i in range(4)]
    wide = [np.linspace(0, 1, 1_000_000)]
    return [
        small(),
        examples(),
        *jacobians(),
        Product("hvp, 10⁶ elements", chain, np.zeros(1), wide),
        Product("hvp, four layers of width 256", network, random(256, 256), weights),
    ]

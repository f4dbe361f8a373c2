"""The cost of an operation: a chain of 400 operations on 10 elements, so small that arithmetic hardly counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.libraries import contenders
from benchmarks.row import Row

ROUNDS = 100  # of four operations each


def chain(xp: Any, x: Any) -> Any:
    """Apply y = sin(x*x + x)*0.5, again and again."""
    sin = xp.sin
    for _ in range(ROUNDS):
        x = sin(x * x + x) * 0.5
    return xp.sum(x)


def forward_rows(x: Any) -> Row:
    """Return the row of the forward pass alone, recorded, against NumPy without a tape."""
    import gradx as gx

    leaf = gx.asarray(x, requires_grad=True)

    def ours() -> Any:
        y, sin = leaf, gx.sin
        for _ in range(ROUNDS):
            y = sin(y * y + y) * 0.5
        return [y.detach().numpy()]

    def numpy() -> Any:
        y, sin = x, np.sin
        for _ in range(ROUNDS):
            y = sin(y * y + y) * 0.5
        return [y]

    runs = {"gradx": ours, "numpy": numpy}
    return Row(
        "per operation, 10 elements: forward", runs, 4 * ROUNDS, "µs", {"numpy": 3}, turns=31
    )


def rows() -> list[Row]:
    """Return the rows of this file."""
    x = np.linspace(0, 1, 10)
    both = contenders(chain, x)
    targets = {"": 2.5, "torch": 1, "autograd": 1 / 3}
    name = "per operation, 10 elements: forward + backward"
    return [Row(name, both, 4 * ROUNDS, "µs", targets, turns=31), forward_rows(x)]

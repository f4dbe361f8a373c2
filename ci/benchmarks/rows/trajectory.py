"""A trajectory filled row by row, `X[i + 1] = step(X[i])`: the cost of a row must not grow with their number.

PyTorch needs a clone of each row that it reads, since writing the next one changes the version of what `sin` kept.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from benchmarks.libraries import contenders
from benchmarks.row import Row

STATES = 8


def trajectory(xp: Any, start: Any, n: int) -> Any:
    """Fill n rows of 8 states, each from the one before, and sum the squares."""
    rows = xp.zeros((n + 1, STATES))
    rows[0] = start
    for i in range(n):
        rows[i + 1] = xp.sin(xp.row(rows, i)) * 0.9 + 0.05
    return xp.sum(rows * rows)


def products(xp: Any, x: Any, a: Any) -> Any:
    """Multiply by the same array of the user's, a hundred times."""
    for _ in range(100):
        x = x * a
    return xp.sum(x)


def rows() -> list[Row]:
    """Return the rows of this file."""
    start = np.linspace(0.1, 1, STATES)
    found = []
    for n, turns in ((100, 15), (1_000, 9), (10_000, 3)):
        runs = contenders(partial(trajectory, n=n), start, peers=("torch",))
        name = f"a row of a trajectory of {n:,}, forward + backward"
        found.append(Row(name, runs, n, "µs", {"torch": 1}, turns=turns))
    ten = np.linspace(0.9, 1.1, 10)
    runs = contenders(products, ten, data=(ten + 0,))
    return [*found, Row("product with an array shared with the user", runs, 100, "µs", turns=31)]

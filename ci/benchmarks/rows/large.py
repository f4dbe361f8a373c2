"""A million elements: the tape must vanish beside the arithmetic, and use no more memory traffic than a hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.libraries import contenders
from benchmarks.row import Row

ROUNDS = 3


def chain(xp: Any, x: Any) -> Any:
    """Apply y = sin(x*x + x)*0.5 three times, and sum."""
    for _ in range(ROUNDS):
        x = xp.sin(x * x + x) * 0.5
    return xp.sum(x)


def by_hand(start: Any) -> Any:
    """Return the gradient of `chain`, backward written out in NumPy, operation by operation."""

    def run() -> list[Any]:
        x, kept = start, []
        for _ in range(ROUNDS):
            a = x * x + x
            kept.append((x, a))
            x = np.sin(a) * 0.5
        x.sum()
        g = np.ones_like(x)
        for x, a in reversed(kept):
            g = g * 0.5 * np.cos(a)
            g = g * x + g * x + g
        return [g]

    return run


def rows() -> list[Row]:
    """Return the rows of this file."""
    x = np.linspace(0, 1, 1_000_000)
    runs = {**contenders(chain, x, peers=("torch",)), "numpy": by_hand(x)}
    return [Row("10⁶ elements, forward + backward", runs, targets={"numpy": 1.15}, turns=15)]

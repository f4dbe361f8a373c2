"""A row of the eager benchmarks: the same computation, forward and backward, in each library.

- A contender is a function of no arguments that returns the gradients; `to_host` makes NumPy arrays of them.
- A row runs only if all its contenders agree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import numpy as np

from benchmarks.table import Result
from benchmarks.timing import interleave, ratio

Gradients = Callable[[], Sequence[Any]]


@dataclass
class Row:
    """One row: `contenders["gradx"]` and its peers; figures are divided by `operations`."""

    name: str
    contenders: dict[str, Gradients]
    operations: int = 1
    unit: str = "ms"
    targets: dict[str, float] = field(default_factory=dict)
    turns: int = 15
    rtol: float = 1e-6
    to_host: Callable[[Any], Any] = np.asarray

    def check(self) -> None:
        """Raise where a contender's gradients differ from gradx's."""
        ours = [self.to_host(g) for g in self.contenders["gradx"]()]
        for name, run in self.contenders.items():
            theirs = [self.to_host(g) for g in run()]
            for a, b in zip(ours, theirs, strict=True):
                np.testing.assert_allclose(
                    a, b, rtol=self.rtol, atol=1e-8, err_msg=f"{self.name}: {name}"
                )

    def measure(self) -> Result:
        """Check, time and compare."""
        self.check()
        times = interleave(self.contenders, turns=self.turns)
        scale = {"ms": 1e3, "µs": 1e6, "ns": 1e9}[self.unit] / self.operations
        figures = {name: median(values) * scale for name, values in times.items()}
        ratios = {peer: ratio(times, "gradx", peer) for peer in times if peer != "gradx"}
        return Result(self.name, self.unit, figures, ratios, self.targets)

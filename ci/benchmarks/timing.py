"""Timing: contenders take turns, so that what the machine does meanwhile hits all of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

Run = Callable[[], object]


def calls_per_turn(run: Run, seconds: float) -> int:
    """Return how many calls fill about `seconds`, after warming up."""
    run()
    run()
    start = time.perf_counter()
    run()
    return max(1, round(seconds / max(time.perf_counter() - start, 1e-9)))


def interleave(
    runs: dict[str, Run], *, turns: int = 15, seconds: float = 0.02
) -> dict[str, list[float]]:
    """Return the seconds a call of each contender took, turn by turn."""
    counts = {name: calls_per_turn(run, seconds) for name, run in runs.items()}
    times: dict[str, list[float]] = {name: [] for name in runs}
    names = list(runs)
    for turn in range(turns):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            run, count = runs[name], counts[name]
            start = time.perf_counter()
            for _ in range(count):
                run()
            times[name].append((time.perf_counter() - start) / count)
    return times


def ratio(times: dict[str, list[float]], one: str, other: str) -> float:
    """Return the median, over the turns, of what `one` took relative to `other`."""
    return median(a / b for a, b in zip(times[one], times[other], strict=True))

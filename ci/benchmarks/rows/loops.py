"""`checkpoint` and `scan` against the same program without them, gradx in each case.

- "plain" keeps all residuals; checkpointed, 64 layers go in 8 segments of 8. torch's is `torch.utils.checkpoint`.
- "loop" is the Python loop over the rows that `scan` stands for.
- Memory is measured as in `memory.py`: each figure in a process of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from statistics import median
from typing import Any

import gradx as gx
from benchmarks.libraries import random
from benchmarks.row import Row
from benchmarks.rows.memory import measure
from benchmarks.table import Result

LAYERS, SEGMENT, WIDTH, BATCH = 64, 8, 256, 128


def layers(tanh: Any, x: Any, weights: Sequence[Any]) -> Any:
    """Some layers of a network."""
    for w in weights:
        x = tanh(x @ w)
    return x


def network(tanh: Any, wrap: Callable[..., Any], x: Any, weights: list[Any]) -> Any:
    """The loss, a segment at a time."""
    for start in range(0, LAYERS, SEGMENT):
        x = wrap(partial(layers, tanh))(x, weights[start : start + SEGMENT])
    return (x * x).sum()


def gradients(
    tanh: Any, wrap: Callable[..., Any], x: Any, weights: list[Any]
) -> Callable[[], list[Any]]:
    """Return a call that computes the gradients of the weights, on leaves."""

    def run() -> list[Any]:
        for w in weights:
            w.grad = None
        network(tanh, wrap, x, weights).backward()
        return [w.grad.numpy() for w in weights]

    return run


def checkpoints() -> Row:
    """The time of a checkpointed network."""
    arrays = [random(WIDTH, WIDTH, scale=0.06, seed=i) for i in range(LAYERS)]
    x = random(BATCH, WIDTH)
    ours = [gx.asarray(a, requires_grad=True) for a in arrays]
    there = gx.asarray(x)
    runs = {
        "gradx": gradients(gx.tanh, gx.checkpoint, there, ours),
        "plain": gradients(gx.tanh, lambda f: f, there, ours),
    }
    with suppress(ImportError):
        import torch
        from torch.utils.checkpoint import checkpoint

        leaves = [torch.from_numpy(a.copy()).requires_grad_() for a in arrays]
        wrap: Any = lambda f: partial(checkpoint, f, use_reentrant=False)  # noqa: E731
        runs["torch"] = gradients(torch.tanh, wrap, torch.from_numpy(x), leaves)
    name = "checkpoint, 64 layers of width 256 in 8 segments, forward + backward"
    return Row(name, runs, unit="ms", targets={"plain": 1.4}, turns=9)


class Memory:
    """The peak of the same network, with wider batches, beyond what was held before."""

    def measure(self, turns: int = 3) -> Result:
        """Run each in a process of its own."""
        figures = {
            name: median(measure("segments", str(size)) for _ in range(turns))
            for name, size in (("gradx", 8), ("plain", 0))
        }
        name = "peak memory, 64 layers in 8 segments, forward + backward"
        ratio = figures["gradx"] / figures["plain"]
        return Result(name, "MiB", figures, {"plain": ratio}, {"plain": 0.33})


def step(carry: Any, x: Any) -> tuple[Any, Any]:
    """One step of a recurrence."""
    carry = gx.tanh(carry * 0.9 + x)
    return carry, carry * x


def scan_of(rows: int, width: int, **options: Any) -> Row:
    """The time of a scan, or of a checkpointed one."""
    xs = gx.asarray(random(rows, width))
    start = gx.zeros(width)

    def scanned(c: Any) -> Any:
        c, ys = gx.scan(step, c, xs, **options)
        return gx.sum(ys) + gx.sum(c)

    def looped(c: Any) -> Any:
        ys = []
        for i in range(rows):
            c, y = step(c, xs[i])
            ys.append(y)
        return gx.sum(gx.stack(ys)) + gx.sum(c)

    by_scan, by_loop = gx.grad(scanned), gx.grad(looped)
    runs = {"gradx": lambda: [by_scan(start).numpy()], "loop": lambda: [by_loop(start).numpy()]}
    title = "checkpointed scan" if options else "scan"
    name = f"{title} of {rows:,} rows of {width:,}, forward + backward"
    targets = {} if options else {"loop": 1.1}
    return Row(name, runs, unit="ms", targets=targets, turns=15)


def rows() -> list[Row | Memory]:
    """Return the rows of this file."""
    return [
        checkpoints(),
        Memory(),
        scan_of(1000, 8),
        scan_of(1000, 1000),
        scan_of(1000, 1000, checkpoint=True),
    ]

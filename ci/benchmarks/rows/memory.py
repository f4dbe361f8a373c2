"""Memory: the peak of a 50-layer network's forward and backward, and whether training grows.

- Like with like: both libraries run the same arithmetic in float32 in a process of their own, and the
  figure is the kernel's: peak resident size less what the process held after imports, weights and a
  small run.
- glibc is told to give large blocks back at once. Else the figure is mostly holes that it keeps: with its own
  threshold torch comes out at more than twice of what it holds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from benchmarks.table import Result

PROGRAM = Path(__file__).resolve().parent.parent / "programs" / "memory.py"


def measure(program: str, *arguments: str) -> float:
    """Return the number that a fresh process prints."""
    command = [sys.executable, str(PROGRAM), program, *arguments]
    environment = {**os.environ, "MALLOC_MMAP_THRESHOLD_": "65536"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    return float(json.loads(done.stdout))


def peak(turns: int = 3) -> Result:
    """Return the row of peak memory, in MiB."""
    libraries = ["gradx", *(["torch"] if find_spec("torch") else [])]
    values: dict[str, list[float]] = {name: [] for name in libraries}
    for _ in range(turns):
        for name in libraries:
            values[name].append(measure("peak", name))
    figures = {name: median(v) for name, v in values.items()}
    ratios = {"torch": figures["gradx"] / figures["torch"]} if "torch" in figures else {}
    return Result(
        "peak memory, MLP of 50 layers, forward + backward", "MiB", figures, ratios, {"torch": 1.1}
    )


def growth() -> Result:
    """Return the row of what 10,000 training steps add, without the garbage collector, in MiB."""
    name = "memory added by 10,000 training steps, garbage collector off"
    return Result(name, "MiB", {"gradx": measure("growth")}, {}, {"": 1})

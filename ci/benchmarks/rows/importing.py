"""What `import gradx` costs, in fresh processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.table import Result

ROOT = Path(__file__).resolve().parents[3]
CODE = """
import time, sys
start = time.perf_counter()
import gradx
print((time.perf_counter() - start) * 1e3, int("numpy" in sys.modules))
"""


def row(turns: int = 11) -> Result:
    """Return the median time of the import in ms, bytecode cached; NumPy must not have come along."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "backends"), os.environ.get("PYTHONPATH", "")])
    times = []
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for _ in range(turns + 1):  # the first compiles
            times.append(_once(environment))
    return Result(
        "import gradx, NumPy not loaded", "ms", {"gradx": median(times[1:])}, {}, {"": 100}
    )


def _once(environment: dict[str, str]) -> float:
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True, env=environment
    )
    took, numpy_loaded = done.stdout.split()
    if int(numpy_loaded):
        raise SystemExit("import gradx: expected NumPy to stay out of sys.modules; it was imported")
    return float(took)

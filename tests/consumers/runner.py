"""Evaluate a group of rows and write what came out as JSON: `python -m tests.consumers.runner scipy_stats`.

- Several groups are joined by commas. With a device after them, the gradients there against those on the CPU.

- A process of its own: SciPy reads `SCIPY_ARRAY_API` once, at its import.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any

# Each with the libraries that it takes beside SciPy.
GROUPS = {
    "scipy_special": (),
    "scipy_stats": (),
    "scipy_tests": (),
    "scipy_calculus": (),
    "scipy_signal": (),
    "mirror_signal": (),
    "mirror_ndimage": (),
    "scipy_space": (),
    "mirror_integrate": (),
    "mirror_interpolate": (),
    "mirror_grids": (),
    "mirror_optimize": (),
    "mirror_stats": (),
    "sklearn_metrics": ("sklearn",),
    "sklearn_models": ("sklearn",),
    "small_libraries": ("array_api_extra", "einops"),
    "duck_libraries": ("xarray", "marray", "opt_einsum", "autoray", "pint"),
    "mirror_fft": (),
    "mirror_linalg": (),
    "mirror_space": (),
}


def main(groups: str, device: str = "") -> None:
    """Evaluate the groups; print a JSON list, an item a row."""
    os.environ["SCIPY_ARRAY_API"] = "1"
    json.dump(
        [item for group in groups.split(",") for item in _evaluate(group, device)], sys.stdout
    )


def _evaluate(group: str, device: str) -> list[Any]:
    from tests.consumers.judge import (  # imports gradx, and only now may SciPy follow
        judge,
        judge_on,
    )

    def one(row: Any) -> Any:
        return judge_on(row, device) if device else judge(row)

    rows = importlib.import_module(f"tests.consumers.{group}").ROWS
    if "sklearn" in GROUPS[group]:
        import sklearn

        with sklearn.config_context(array_api_dispatch=True):
            return [one(row) for row in rows if not (device and row.raises)]
    return [one(row) for row in rows if not (device and row.raises)]


if __name__ == "__main__":
    main(*sys.argv[1:])

__all__ = ["GROUPS", "main"]

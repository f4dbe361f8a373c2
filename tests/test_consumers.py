"""Other people's array-API code: each row of `tests/consumers` has the right gradient, or ends in its error.

- Each group of rows runs in a process of its own: SciPy reads `SCIPY_ARRAY_API` once, at its import.
- `ci/consumers` writes `docs/consumers.md` from the same rows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from tests.consumers.runner import GROUPS

ROOT = Path(__file__).resolve().parent.parent
# What ends in an error, and in which, is a fact of a version. Older ones know fewer functions of the standard.
OLDEST = {"scipy": (1, 17), "scikit-learn": (1, 9)}

# These mix in arrays of NumPy's, which stay on the CPU; gradx says so.
ON_THE_CPU_ONLY = {
    "scipy.integrate.fixed_quad",
    "scipy.interpolate.lagrange",
    "scipy.signal.group_delay",
    "scipy.signal.firwin",
    "sklearn.preprocessing.QuantileTransformer",
    "xarray.quantile",
    "scipy.spatial.transform.Rotation.from_matrix",  # indexes by a mask of rank 0, which the standard lacks
}
BY_LIBRARY = {
    "array_api_strict": {
        "scipy.integrate.nsum",
        "sklearn.utils.extmath.density",
    },  # refuses to sum booleans
    "torch": {
        "sklearn.discriminant_analysis.LDA.transform"
    },  # chooses other signs of singular vectors
}


@pytest.mark.parametrize("group", GROUPS)
def test_gradients_are_right_or_end_in_their_error(group: str) -> None:
    _skip_without_libraries(group)
    rows = _run(group)
    assert rows
    assert [problem for row in rows if (problem := _problem(row))] == []
    page = (ROOT / "docs" / "consumers.md").read_text()
    assert [
        row["name"] for row in rows if f"| `{row['name']}` |" not in page
    ] == []  # else run ci/consumers


@pytest.mark.parametrize("device", ["array_api_strict:device1", "torch:cpu"])
def test_gradients_on_other_devices_are_those_on_the_cpu(device: str) -> None:
    for group in GROUPS:
        _skip_without_libraries(group)
    library = device.split(":")[0]
    pytest.importorskip(library, reason="its arrays are differentiated")
    assert [
        problem
        for problem in _run(",".join(GROUPS), device)
        if problem and problem.split(": ")[0] not in ON_THE_CPU_ONLY | BY_LIBRARY[library]
    ] == []


def _skip_without_libraries(group: str) -> None:
    for library in ("scipy", *GROUPS[group]):
        pytest.importorskip(library, reason="differentiates through this library")
    for name in ("scipy", *(["scikit-learn"] if "sklearn" in group else [])):
        if tuple(int(n) for n in version(name).split(".")[:2]) < OLDEST[name]:
            pytest.skip(f"the rows are those of {name} {OLDEST[name]} and later")


def _run(group: str, *device: str) -> list[Any]:
    path = os.pathsep.join([str(ROOT), str(ROOT / "backends"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "tests.consumers.runner", group, *device],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def _problem(row: dict[str, Any]) -> str:
    """Say what is not as the row has it; "" if all is."""
    errors = set(row["raises"].split("|")) if row["raises"] else set()
    if errors:  # the gradient of a gradient ends too, perhaps in an error of another class
        as_said = {row["reverse"], row["forward"]} <= errors and row["second"][:2] not in {
            "ok",
            "wr",
        }
    else:
        as_said = row["reverse"].startswith("ok") and row["forward"] == row["second"] == "ok"
    if as_said and row["value"] in {"ok", *errors}:
        return ""
    parts = ", ".join(f"{part} {row[part]}" for part in ("value", "reverse", "forward", "second"))
    return f"{row['module']}.{row['name']}: expected {row['raises'] or 'a gradient'}; got {parts}. {row['message']}"

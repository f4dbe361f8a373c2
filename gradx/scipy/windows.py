"""All windows of an array: what filters by rank and by kernels of any function look at.

- An element of the result is one slice of the array for each place of the window: no index, so views where the
  library has them.
"""

from __future__ import annotations

from itertools import product
from typing import Any

from gradx import ops


def windows_of(x: Any, sizes: tuple[int, ...], mask: Any = None) -> Any:
    """Return the windows of these sizes, `(n, ...)` to `(n - m + 1, ..., k)`: k places, in the order of rows.

    `mask`, flat, says which places of the window are wanted; all by default.
    """
    out = [n - m + 1 for n, m in zip(x.shape, sizes)]
    places = [p for i, p in enumerate(product(*map(range, sizes))) if mask is None or mask[i]]
    parts = [x[tuple([slice(k, k + n) for k, n in zip(place, out)])] for place in places]
    return ops.stack(parts, axis=-1)


__all__ = ["windows_of"]

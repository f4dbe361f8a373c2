"""Linear systems of a band, as splines have them: time and memory grow with n, not with its powers.

- A matrix is given by the columns and values of what is not 0 in each row.
- Blocks of rows make it block tridiagonal; every second block is eliminated, all at once, until one is left (R. W.
  Hockney's cyclic reduction, 1965). Rows are exchanged within blocks only: the matrices of splines need no more.
"""

from __future__ import annotations

import math
from typing import Any

from gradx import ops

_BLOCK = 32


def solve_band(columns: Any, weights: Any, right: Any, reach: int) -> Any:
    """Return the solution `(n, ...)` for a right-hand side `(n, ...)`.

    Parameters
    ----------
    columns, weights
        `(n, w)`: the elements of each row. Those of columns that there are not must be 0.
    reach
        How far from the diagonal a column is at most.

    >>> import gradx as gx
    >>> gx.scipy.interpolate.banded.solve_band(gx.asarray([[0], [1]]), gx.asarray([[2.0], [4.0]]), gx.ones(2), 0)
    Tensor([0.5 , 0.25])
    """
    n, block = right.shape[0], max(_BLOCK, 2 * reach)
    flat = ops.reshape(right, (n, math.prod(right.shape[1:])))
    if n <= 4 * block:
        found = ops.linalg.solve(_spread(columns, weights, n), flat)
        return ops.reshape(found, right.shape)
    count = -(-n // block)
    count += 1 - count % 2
    extra = count * block - n
    rows = ops.arange(count * block, device=columns.device)
    start = (
        rows // block * block - block
    )  # the first column of the three blocks around the diagonal
    own = ops.broadcast_to(rows[n:, None], (extra, columns.shape[1]))
    unit = ops.zeros((extra, weights.shape[1]), dtype=weights.dtype, device=weights.device)
    unit = ops.concat([unit[:, :1] + 1, unit[:, 1:]], axis=1)
    columns = ops.concat([columns, own]) - start[:, None]
    spread = _spread(columns, ops.concat([weights, unit]), 3 * block)
    spread = ops.reshape(spread, (count, block, 3 * block))
    parts = [spread[:, :, i * block : (i + 1) * block] for i in range(3)]
    flat = ops.reshape(ops.pad(flat, [(0, extra), (0, 0)]), (count, block, flat.shape[1]))
    found = ops.reshape(
        _reduced(parts[0], parts[1], parts[2], flat), (count * block, flat.shape[2])
    )
    return ops.reshape(found[:n], right.shape)


def _spread(columns: Any, weights: Any, width: int) -> Any:
    """Return rows of `width` with the weights in their columns."""
    places = ops.arange(width, device=columns.device)
    total: Any = 0.0
    for j in range(columns.shape[1]):
        total = total + ops.where(columns[:, j, None] == places, weights[:, j, None], 0.0)
    return total


def _reduced(before: Any, middle: Any, behind: Any, right: Any) -> Any:
    """Solve before[i] x[i-1] + middle[i] x[i] + behind[i] x[i+1] = right[i]: an odd number of blocks, `(c, b, *)`."""
    count, block = middle.shape[:2]
    if count == 3:
        none = 0.0 * before[0]
        rows = [
            ops.concat([middle[0], behind[0], none], axis=1),
            ops.concat([before[1], middle[1], behind[1]], axis=1),
            ops.concat([none, before[2], middle[2]], axis=1),
        ]
        whole = ops.reshape(right, (3 * block, right.shape[2]))
        return ops.reshape(ops.linalg.solve(ops.concat(rows), whole), right.shape)
    odd = [part[1::2] for part in (before, middle, behind, right)]
    even = [part[::2] for part in (before, middle, behind, right)]
    solved = ops.linalg.solve(odd[1], ops.concat([odd[0], odd[2], odd[3]], axis=2))
    none = 0.0 * solved[:1]
    lefts, rights = ops.concat([none, solved]), ops.concat([solved, none])
    down = ops.matmul(even[0], lefts)  # by the odd block before: its before, behind and right
    up = ops.matmul(even[2], rights)
    new = (
        -down[:, :, :block],
        even[1] - down[:, :, block : 2 * block] - up[:, :, :block],
        -up[:, :, block : 2 * block],
        even[3] - down[:, :, 2 * block :] - up[:, :, 2 * block :],
    )
    kept = new[0].shape[0]
    if kept % 2 == 0:  # one block more, of the unit matrix
        unit = ops.eye(block, dtype=middle.dtype, device=middle.device)[None, :, :]
        fill = (0.0 * unit, unit, 0.0 * unit, 0.0 * new[3][:1])
        new = tuple(ops.concat([part, more]) for part, more in zip(new, fill, strict=True))
    x = _reduced(new[0], new[1], new[2], new[3])[:kept]
    between = (
        solved[:, :, 2 * block :]
        - ops.matmul(solved[:, :, :block], x[:-1])
        - ops.matmul(solved[:, :, block : 2 * block], x[1:])
    )
    woven = ops.reshape(ops.stack([x[:-1], between], axis=1), (count - 1, *x.shape[1:]))
    return ops.concat([woven, x[-1:]])


__all__ = ["solve_band"]

"""What a recorded graph holds in memory, and which line of the program costs how much.

- Memory is that of arrays which rules read on the way back. An array held twice, or a view of one, counts once, with
  all of the memory that it keeps alive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gradx.debug.sources import Place, place_of
from gradx.debug.values import check, ordered
from gradx.dtypes import dtype_of
from gradx.shapes import size
from gradx.tape import OUTPUT, SCALARS, Node
from gradx.transforms.reverse import raw

_SHOWN = 20  # lines of a table


@dataclass(frozen=True)
class Residual:
    """One array that the tape holds for the way back.

    Attributes
    ----------
    operation
        For whose rule.
    what
        "output", "input 0", ..., "residual 0", ... (of a function with rules of its own), or a parameter's name.
    shape, dtype
        Of the array.
    bytes
        The memory that it keeps alive; 0 where an earlier row holds it already.
    leaf
        Whether it is the value of a leaf, which is there anyway.
    where
        The line of the program; None unless recorded inside `gx.debug.recording()`.
    """

    operation: str
    what: str
    shape: tuple[int, ...]
    dtype: Any
    bytes: int
    leaf: bool
    where: Place | None


@dataclass(frozen=True)
class Line:
    """What one line of the program costs, or one operation where lines were not recorded."""

    where: Place | None
    operations: tuple[str, ...]
    arrays: int
    bytes: int

    def __str__(self) -> str:
        names = ", ".join(self.operations)
        return f"{names}   {self.where}" if self.where else names


class Saved:
    """What a graph holds: iterates over `rows`, prints a table.

    Attributes
    ----------
    rows
        One for each array that a rule reads, in the order of computing.
    bytes
        The memory in all; `leaf_bytes` of it are leaves.
    """

    def __init__(self, rows: list[Residual]) -> None:
        self.rows = tuple(rows)
        self.bytes = sum(row.bytes for row in rows)
        self.leaf_bytes = sum(row.bytes for row in rows if row.leaf)

    def __iter__(self) -> Iterator[Residual]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def lines(self) -> list[Line]:
        """Return what each line costs, the dearest first; by operation where lines were not recorded."""
        groups: dict[Any, list[Residual]] = {}
        for row in self.rows:
            key = (row.where.file, row.where.line) if row.where else row.operation
            groups.setdefault(key, []).append(row)
        lines = [
            Line(rows[0].where, tuple(dict.fromkeys(row.operation for row in rows)), len(rows),
                 sum(row.bytes for row in rows))
            for rows in groups.values()
        ]  # fmt: skip
        return sorted(lines, key=lambda line: -line.bytes)

    def __str__(self) -> str:
        arrays = "1 array" if len(self.rows) == 1 else f"{len(self.rows)} arrays"
        head = f"the tape holds {_readable(self.bytes)} in {arrays}"
        if self.leaf_bytes:
            head += f", {_readable(self.leaf_bytes)} of it leaves"
        lines = self.lines()
        table = [
            f"{_readable(line.bytes):>10}  {line.arrays:>5}  {line}" for line in lines[:_SHOWN]
        ]
        if len(lines) > _SHOWN:
            rest = lines[_SHOWN:]
            count = sum(line.arrays for line in rest)
            table.append(
                f"{_readable(sum(line.bytes for line in rest)):>10}  {count:>5}  {len(rest)} more lines"
            )
        if any(line.where is None for line in lines):
            table.append("for file and line, compute it inside `with gx.debug.recording():`")
        return "\n".join([head, *table])

    __repr__ = __str__


def saved(y: Any) -> Saved:
    """List what the tape of `y` holds, and what each line of the program costs.

    Parameters
    ----------
    y
        A result on a reverse tape; its graph is left as it is.

    Returns
    -------
    Saved
        `rows`, `bytes`, `leaf_bytes`, `lines()`; prints a table, the dearest line first.

    Raises
    ------
    GraphError
        If `y` is not on a graph, the graph was freed, or `y` belongs to a forward transform.

    >>> import gradx as gx
    >>> x = gx.asarray([1.0, 2.0, 3.0], requires_grad=True)
    >>> gx.saved(gx.sum(gx.exp(gx.sin(x))))
    the tape holds 48 B in 2 arrays, 24 B of it leaves
          24 B      1  sin
          24 B      1  exp
    for file and line, compute it inside `with gx.debug.recording():`
    """
    rows: list[Residual] = []
    seen: dict[int, Any] = {}  # by id, and held: an id means nothing once its array is gone
    for node in ordered(check(y, "saved"), "saved"):
        if node.card is not None and node.card is not OUTPUT:
            where = place_of(node)
            for what, array, leaf in _residuals(node):
                owner = _owner(array)
                fresh = id(owner) not in seen
                seen[id(owner)] = owner
                dtype = dtype_of(array.dtype)
                rows.append(Residual(node.card.name, what, tuple(array.shape), dtype,
                                     _bytes(owner) if fresh else 0, leaf, where))  # fmt: skip
    return Saved(rows)


def _residuals(node: Node) -> Iterator[tuple[str, Any, bool]]:
    """Yield the arrays that a node holds: what they are, bare, and whether they are leaves."""
    outputs = node.y if isinstance(node.y, tuple) else (node.y,)
    for i, y in enumerate(outputs):
        if y is not None:
            yield f"output {i}" if len(outputs) > 1 else "output", raw(y), False
    for i, (x, parent) in enumerate(zip(node.inputs, node.parents, strict=True)):
        if x is not None and type(x) not in SCALARS and not isinstance(x, Node):
            yield f"input {i}", raw(x), parent is not None and parent.card is None
    for i, x in enumerate(getattr(node.card, "held", list)()):
        yield f"residual {i}", raw(x), False
    for name, value in node.params.items():
        if hasattr(value, "shape") and hasattr(value, "dtype"):
            yield name, raw(value), False


def _owner(array: Any) -> Any:
    """Return the array whose memory a view keeps alive."""
    while True:
        base = getattr(array, "base", None)
        if base is None or not hasattr(base, "dtype") or not hasattr(base, "shape"):
            return array
        array = base


def _bytes(array: Any) -> int:
    return size(tuple(array.shape)) * dtype_of(array.dtype).itemsize


def _readable(count: int) -> str:
    amount = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024 or unit == "GiB":
            return f"{count} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return ""


__all__ = ["Line", "Residual", "Saved", "saved"]

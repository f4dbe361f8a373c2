"""Where in the user's program an application was recorded, and on which values: kept while `recording` is on.

- Off, nothing of this runs: a `Node` then has no `__init__`. Looking up the caller costs 130 ns of an operation's
  3500, too much for programs that are right.
- On, each new node leaves its place (a code object and an offset, not a frame) and its operands here, for as long
  as the node lives. So nothing is recomputed or guessed, and memory is what a tape that keeps every input takes.
- The switch is that of the whole process: it counts for all threads.
"""

from __future__ import annotations

import linecache
import sys
import threading
from contextlib import ContextDecorator
from dataclasses import dataclass
from os.path import join
from types import CodeType, FrameType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, ref

from gradx.level import Cell
from gradx.tape import SCALARS, Node
from gradx.transforms.reverse import raw


@dataclass(frozen=True)
class Place:
    """A place in a program: the file, the line, the function, and the text of the line."""

    file: str
    line: int
    function: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} in {self.function}: {self.text}"


class _Record(NamedTuple):
    """What is known of one recorded application: its code, the offset in it, its operands and their nodes.

    Nodes by weak references: an application that was freed lets go of those it came from.
    """

    code: CodeType | None
    offset: int
    operands: tuple[tuple[Any, Any], ...]


_records: WeakKeyDictionary[Node, _Record] = WeakKeyDictionary()
_lock = threading.Lock()
_depth = 0


class recording(ContextDecorator):
    """Record for each operation where in the program it stands, and on which values: a context manager and a decorator.

    Inside, an operation costs about twice as much, and the tape keeps all operands alive. Outside, nothing is
    recorded and nothing is paid. `GRADX_DEBUG=1` in the environment turns it on from the start.

    The switch is that of the whole process, all threads included; blocks may be nested and overlap.

    >>> import gradx as gx
    >>> x = gx.asarray([0.0, 4.0], requires_grad=True)
    >>> with gx.debug.recording():
    ...     y = gx.sum(gx.sqrt(x))
    >>> gx.debug.why_nan(y).where.text
    'y = gx.sum(gx.sqrt(x))'
    """

    def __enter__(self) -> None:
        start()

    def __exit__(self, *_: object) -> None:
        stop()


def start() -> None:
    """Turn the switch on, once more."""
    global _depth
    with _lock:
        _depth += 1
        if _depth == 1:
            Node.__init__ = _note  # type: ignore[assignment,method-assign]


def stop() -> None:
    """Turn the switch off, once."""
    global _depth
    with _lock:
        _depth -= 1
        if _depth == 0:
            del Node.__init__


def _note(node: Node) -> None:
    """Note who makes a node: `Node.__init__` while the switch is on."""
    maker = sys._getframe(1)
    frame: FrameType | None = maker
    while frame is not None and is_own(frame):
        frame = frame.f_back
    code, offset = (None, 0) if frame is None else (frame.f_code, frame.f_lasti)
    _records[node] = _Record(code, offset, tuple(_operands(maker)))


_HOME = __file__.removesuffix(join("debug", "sources.py"))
_EXAMPLES = join(_HOME, "examples", "")  # they are users
_NEAR = frozenset({"gradx_numpy", "gradx_cupy", "gradx_generic", "optree"})


def is_own(frame: FrameType) -> bool:
    """Whether a frame runs code of gradx, by its file: doctests and `exec` run in the names of modules."""
    file = frame.f_code.co_filename
    if file.startswith(_HOME):
        return not file.startswith(_EXAMPLES)
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in _NEAR


def _untracked() -> None:
    """Stand for the reference to the node of an operand that has none."""


def _operands(maker: FrameType) -> list[tuple[Any, Any]]:
    """Return the operands, with the node of each, from the arguments of the function that makes the node."""
    code, values = maker.f_code, maker.f_locals
    found: list[tuple[Any, Any]] = []
    for name in code.co_varnames[: code.co_argcount]:
        given = values.get(name)
        for x in given if isinstance(given, tuple) else (given,):
            if isinstance(x, Cell):
                found.append((raw(x.data), ref(x.aux) if isinstance(x.aux, Node) else _untracked))
            elif type(x) in SCALARS:
                found.append((x, _untracked))
    return found


def place_of(node: Node) -> Place | None:
    """Return where a node was recorded; None if the switch was off."""
    record = _records.get(node)
    if record is None or record.code is None:
        return None
    positions = list(record.code.co_positions())[record.offset // 2]
    file, line = record.code.co_filename, positions[0] or record.code.co_firstlineno
    return Place(file, line, record.code.co_name, linecache.getline(file, line).strip())


def operands_of(node: Node) -> tuple[Any, ...] | None:
    """Return the operands of a node as they were given, one for each parent; None if they were not recorded."""
    record = _records.get(node)
    if record is None:
        return None
    for operands in (record.operands, record.operands[::-1]):  # a number on the left comes last
        fits = len(operands) == len(node.parents) and all(
            parent is None or parent is node_of()
            for (_, node_of), parent in zip(operands, node.parents, strict=True)
        )
        if fits:
            return tuple([value for value, _ in operands])
    return None


__all__ = ["Place", "is_own", "operands_of", "place_of", "recording", "start", "stop"]

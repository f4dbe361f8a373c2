"""Captured arrays: memory that the user holds as well, and may change while it is on a graph.

- An array that comes in without a copy (an operand, `gx.asarray(a)`) makes a Tensor of the class `Captured`.
  Each use hands out a view of it, under which a fingerprint of its elements as they are now is filed.
- `backward` compares what its rules read with the fingerprint: an array that was changed after its use gives an
  error, in place of a wrong gradient. Changes between uses are no error: each use sees what is there.
- What goes out by `numpy()` is read-only where a graph may need it; else the Tensor is a captured one from then on.
- Where nobody else holds the memory, by reference count, the Tensor is an ordinary one from then on.
- Tensors that gradx computed pay nothing; the walk pays one look at an empty dictionary for each application.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable
from contextvars import ContextVar
from typing import Any, NamedTuple
from weakref import ref

from gradx.backend import backend_of
from gradx.dtypes import dtype_of
from gradx.errors import ChangedArrayError
from gradx.level import Cell, alone


class Capture(NamedTuple):
    """What is known of one array that was handed out."""

    array: ref[Any]
    token: Any
    full: bool
    probe: Callable[[], Any] | None  # gives the token anew, more quickly than the backend


captures: dict[int, Capture] = {}  # by id; an entry goes with its array

_mode: ContextVar[str] = ContextVar("gradx_capture", default="sampled")


class check_captures:
    """Choose how arrays that are shared with the user are watched: a function and a context manager.

    Local to the thread and the asyncio task.

    Parameters
    ----------
    mode
        "sampled" (the default): some 64 elements of each array, evenly spread, so all of a small one; a change of
        a few elements of a large array can be missed. "full": every element, by checksum (a copy on CUDA).
        "off": none.

    Raises
    ------
    ChangedArrayError
        By `backward` and its kin, where an array was changed in place after the operation that reads it.

    >>> import gradx as gx
    >>> with gx.check_captures("full"):
    ...     y = gx.ones(3) * 2
    """

    def __init__(self, mode: str) -> None:
        if mode not in ("sampled", "full", "off"):
            raise ValueError(f"check_captures: expected 'sampled', 'full' or 'off'; got {mode!r}")
        self._token = _mode.set(mode)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        _mode.reset(self._token)


def capture(x: Cell) -> Any:
    """Return `x`, whose array came from outside without a copy, as one to be watched."""
    x.__class__ = Cell.captured
    return x


def look(x: Cell) -> Any:
    """Return the array of a captured Tensor for one use: a view, filed with its fingerprint."""
    filed = captures.get(id(raw(x)))
    if filed is None and _private(x):  # what was filed, the user had held: most likely still does
        x.__class__ = Cell.kind
        return x.data
    array, mode = raw(x), _mode.get()
    if mode == "off":
        return array
    if filed is not None and filed.probe and mode == "sampled" and filed.probe() == filed.token:
        return array
    backend = backend_of(type(array))
    token = backend.fingerprint(array, full=mode == "full")
    if token is None:  # the library's arrays do not change, or tell no one
        x.__class__ = Cell.kind
        return array
    if filed is not None and token.__class__ is bytes and filed.token == token:
        return array
    array = array[...]
    key = id(array)
    probe = backend.sampler(array) if mode == "sampled" and hasattr(backend, "sampler") else None
    gone = ref(array, lambda _: captures.pop(key, None))
    captures[key] = Capture(gone, token, mode == "full", probe)
    _set_raw(x, array)
    return array


def export(x: Cell) -> Any:
    """Return the NumPy array of `x`: read-only where a graph, or another Tensor, may hold the memory too."""
    private = alone(x) and getattr(x.data, "base", None) is None
    shared = x.__class__ is Cell.captured  # with the user already, and watched
    array = backend_of(type(x.data)).to_numpy(x.data)
    if private and not shared:
        capture(x)  # from now on the user holds it as well
        return array
    if shared or not array.flags.writeable:
        return array
    array = array[...]
    array.flags.writeable = False
    return array


raw = vars(Cell)["data"].__get__  # past the property of `Captured`
_set_raw = vars(Cell)["data"].__set__

_references = getattr(sys, "getrefcount", lambda x: 0)


def _holders(x: Cell) -> tuple[int, int]:
    return _references(raw(x)), _references(raw(x).base)


class _Probe:
    def __init__(self, base: Any) -> None:
        self.base = base


_probe = Cell()
_probe.data = _Probe(object())
_ALONE = _holders(_probe)


def _private(x: Cell) -> bool:
    """Whether the memory of `x` is held by `x` alone."""
    base = getattr(raw(x), "base", x)
    if base is None:
        return _references(raw(x)) == _ALONE[0]
    if base is x or getattr(base, "base", x) is not None:  # of a file, say, or of who knows what
        return False
    del base
    return _holders(x) == _ALONE


def readers(nodes: Collection[Any]) -> set[Any]:
    """Return those nodes that keep a captured array, as an input or as what a function gave back of it."""
    found = {node for node in nodes for x in node.inputs if id(x) in captures}
    found.update([node for node in nodes if id(node.y) in captures])
    return found


def verify(name: str, residuals: Iterable[Any]) -> None:
    """Raise if a residual of the operation `name` is a captured array that has been changed since."""
    for array in residuals:
        filed = captures.get(id(array))
        if filed is None:
            if not isinstance(array, Cell):
                continue
            while isinstance(array, Cell):
                array = array.data
            filed = captures.get(id(array))
            if filed is None:
                continue
        if filed.probe:
            same = filed.probe() == filed.token
        else:
            same = backend_of(type(array)).unchanged(array, filed.token, full=filed.full)
        if not same:
            came = f"{dtype_of(array.dtype).name}{list(array.shape)}"
            raise ChangedArrayError(
                f"{name}: expected the array that it captured, {came}, as it was; got it changed in place before "
                "backward, where the gradient needs what it was. Capture a copy, gx.asarray(a, copy=True), or "
                "change it after backward"
            )


__all__ = ["capture", "captures", "check_captures", "export", "look", "raw", "readers", "verify"]

"""Watching each application of a primitive to arrays: its name, shapes and time.

- While anyone watches, the cards' tables hold implementations that report; they are emptied when it begins and when it
  ends, and fill again by themselves. So nothing at all is paid while nobody does.
- The switch is that of the whole process: all threads are seen.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import perf_counter
from typing import Any, NamedTuple
from weakref import WeakSet

from gradx.dtypes import DType, dtype_of
from gradx.errors import pass_through
from gradx.hooks import Handle


class Application(NamedTuple):
    """One application of a primitive to arrays.

    Attributes
    ----------
    name
        The primitive's.
    shapes, dtypes
        Of its arguments; of a Python number `()` and None.
    out_shapes, out_dtypes
        Of its outputs.
    params
        Its parameters, by keyword.
    seconds
        How long it took; on a GPU, how long it took to launch.
    """

    name: str
    shapes: tuple[tuple[int, ...], ...]
    dtypes: tuple[DType | None, ...]
    out_shapes: tuple[tuple[int, ...], ...]
    out_dtypes: tuple[DType | None, ...]
    params: dict[str, Any]
    seconds: float


Watcher = Callable[[Application], None]

cards: WeakSet[Any] = WeakSet()  # all that last longer than a call
watchers: dict[object, Watcher] = {}
_lock = threading.Lock()
_busy = threading.local()  # what a watcher itself computes is not reported


def watch(f: Watcher) -> Handle:
    """Have `f` called after each application of a primitive to arrays, from now on until `remove()`.

    Parameters
    ----------
    f
        Takes an `Application`: name, shapes, dtypes, params, seconds. What it raises reaches the user as it is.

    Returns
    -------
    Handle
        `remove()` ends it; a context manager, too.

    Notes
    -----
    Seen are the operations of the program, of whatever level; and in a walk that runs on Tensors (`create_graph`,
    second derivatives) those of the rules. The rules of a first derivative call the array library directly, unseen.
    What `f` itself computes is not reported. All threads are seen.

    >>> import gradx as gx
    >>> seen = []
    >>> with gx.watch(lambda a: seen.append((a.name, a.shapes, a.out_shapes))):
    ...     y = gx.sum(gx.ones((2, 3)) * 2.0)
    >>> seen
    [('multiply', ((2, 3), ()), ((2, 3),)), ('sum', ((2, 3),), ((),))]
    """
    if not callable(f):
        raise TypeError(f"watch: expected a function of one application; got {f!r}")
    token = object()
    with _lock:
        watchers[token] = f
        if len(watchers) == 1:
            _forget()

    def undo() -> None:
        with _lock:
            watchers.pop(token, None)
            if not watchers:
                _forget()

    return Handle(undo)


def _forget() -> None:
    """Have all cards ask for their implementations anew."""
    for card in list(cards):
        card.table.clear()


def watched(name: str, implementation: Callable[..., Any]) -> Callable[..., Any]:
    """Return an implementation that reports."""

    def apply(*args: Any, **params: Any) -> Any:
        start = perf_counter()
        y = implementation(*args, **params)
        seconds = perf_counter() - start
        if not getattr(_busy, "on", False):
            _busy.on = True
            try:
                _report(name, args, y, params, seconds)
            except Exception as error:
                pass_through(error)
                raise
            finally:
                _busy.on = False
        return y

    return apply


def _report(name: str, args: Any, y: Any, params: dict[str, Any], seconds: float) -> None:
    outputs = y if isinstance(y, (tuple, list)) else (y,)
    shapes, out_shapes = (tuple([_shape(x) for x in xs]) for xs in (args, outputs))
    dtypes, out_dtypes = (tuple([_dtype(x) for x in xs]) for xs in (args, outputs))
    told = Application(name, shapes, dtypes, out_shapes, out_dtypes, params, seconds)
    for watcher in list(watchers.values()):
        watcher(told)


def _shape(x: Any) -> tuple[int, ...]:
    return tuple(getattr(x, "shape", ()))


def _dtype(x: Any) -> DType | None:
    return dtype_of(x.dtype) if hasattr(x, "dtype") else None


__all__ = ["Application", "Watcher", "cards", "watch", "watched", "watchers"]

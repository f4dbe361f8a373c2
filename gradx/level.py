"""Levels: the running transformations, and the cell that carries a value through them.

- A `Cell` (its only subclass is `Tensor`) holds `data`, a `level` and `aux`, what that level knows of it.
- `data` is a backend's array, or a Cell of a lower level. Level 0 is the eager tape.
- Levels are numbered as they start, so an inner transform always stands above an outer one.
- Whether the tape records is local to the thread, the asyncio task and the generator.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import sys
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from types import FrameType
from typing import Any, ParamSpec, TypeVar, cast
from weakref import ref

from gradx.backend import backend_of
from gradx.errors import LeakError

P = ParamSpec("P")
R = TypeVar("R")


class Cell:
    """What every Tensor is to the levels."""

    __slots__ = ("__weakref__", "aux", "data", "family", "former", "lens", "level")

    data: Any
    level: Level
    aux: Any
    # The rest is unset on most cells.
    lens: (
        tuple[Cell, Any, dict[str, Any], bool] | None
    )  # of a view: how to read it from its base (`alias`)
    family: Family
    former: Any  # the leaf that this cell was before a write made it a result

    kind: type[Cell]  # the class of results: Tensor
    captured: type[Cell]  # the class of what shares its memory with the user
    stale: type[Cell]  # the class of a view whose base was written to: it reads it anew when asked


class Level:
    """One running transformation: how it applies a card to values of its own.

    A context manager: when it ends, its class becomes `Ended`, and what leaked out of it raises.
    """

    __slots__ = ("number", "state")

    state: Any  # what a kind of level keeps of its own; a slot of its own would keep it from becoming `Ended`
    lead = 0  # how many leading axes of `data` do not show in the shape of a value

    _numbers = itertools.count()

    def __init__(self) -> None:
        self.number = next(Level._numbers)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.__class__ = Ended

    def process(self, card: Any, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """Apply `card` where this level is the highest among `args`."""
        raise LeakError(
            f"{card.name}: expected values of a running transform; got a Tensor that leaked out of one that "
            "has ended. Return it from the function being transformed (has_aux=True), or stop_gradient it there"
        )

    def alone(self, x: Cell) -> bool:
        """Whether nobody else holds what `x` is made of; of `x.data` itself it is known."""
        return not isinstance(x.data, Cell) or alone(x.data)

    def unshare(self, x: Cell) -> None:
        """Give `x` arrays of its own."""
        if isinstance(x.data, Cell):
            x.data.level.unshare(x.data)
        else:
            x.data = own(x.data)

    def stop(self, x: Cell) -> Any:
        """Return `x` one level down, forgetting what this level knows of it."""
        return x.data


class Ended(Level):
    """What a level is after its transform: it applies nothing."""

    __slots__ = ()


def cell(data: Any, level: Level, aux: Any) -> Cell:
    """Return a new Cell."""
    x = Cell.kind()
    x.data = data
    x.level = level
    x.aux = aux
    return x


def twin(x: Any) -> Any:
    """Return another Cell of the value of `x`, so that a write to one does not reach the other; an array as it is."""
    return cell(x.data, x.level, x.aux) if isinstance(x, Cell) else x


class Family:
    """What a cell knows of those that share its memory.

    Attributes
    ----------
    views
        Those that hold a part of its value: a write outdates them.
    written
        Its array was made by a write, and is to stay no one else's: the next write happens in place.
    """

    __slots__ = ("views", "written")

    def __init__(self, written: bool = False) -> None:
        self.views: list[ref[Cell]] = []
        self.written = written


def alias(out: Cell, x: Cell, card: Any, params: dict[str, Any]) -> None:
    """Mark `out`, which is `card` of `x`, as a view: what is written to one is read from the other.

    The view holds its base, as NumPy's does; the base knows its views weakly.
    """
    out.lens = (x, card, params, bool(blocks) and suspended(out.level))
    if enrol(out, x).written:
        out.family = Family(written=True)
    if x.__class__ is Cell.captured:
        out.__class__ = Cell.captured


def share(results: Iterable[Cell], x: Cell) -> None:
    """Watch results that may be in the memory of `x`, if that is watched: the user may change it."""
    if x.__class__ is Cell.captured:
        for out in results:
            out.__class__ = Cell.captured


def enrol(view: Cell, base: Cell) -> Family:
    """Let a write to `base` find `view`."""
    family = getattr(base, "family", None)
    if family is None:
        family = base.family = Family()
    views = family.views
    if not len(views) & (len(views) - 1):  # at each power of two the dead go: in all, a step a view
        views[:] = [each for each in views if each() is not None]
    views.append(ref(view))
    return family


_references = getattr(sys, "getrefcount", lambda x: 0)


def _holders(x: Cell) -> tuple[int, int]:
    return _references(x.data), _references(x.aux[0]) if x.aux.__class__ is tuple else 0


# What `_holders` gives for arrays that only the cell holds: it differs between Python's versions.
_probe = Cell()
_probe.data, _probe.aux = object(), (object(),)
_ALONE = _holders(_probe) if _references(_probe) else (-1, -1)


def alone(x: Cell) -> bool:
    """Whether nobody but `x` holds its array, and its tangent if it has one: a write may happen there."""
    data, tangent = _holders(x)
    return data == _ALONE[0] and tangent in (0, _ALONE[1]) and x.level.alone(x)


def own(array: Any) -> Any:
    """Return a copy of a bare array."""
    return backend_of(type(array)).asarray(array, copy=True)


def lower(x: Any, level: Level) -> Any:
    """Return `x` as the levels below `level` see it; untracked values of level 0 as bare arrays.

    Of a Cell of theirs, a twin: what is kept for the way back is the value now, whatever is written to `x`.
    """
    if isinstance(x, Cell):
        if x.level is level or (x.aux is None and x.level.number == 0):
            return x.data
        return twin(x)
    return x


# Recording: each context has an immutable tuple of the `no_grad` blocks entered in it. A block remembers the frame
# of the generator that entered it, if one did: it counts only while that generator is running. `blocks` holds
# those of all contexts: while it is empty, which is nearly always, an operation looks no further.
_entered: ContextVar[tuple[_Block, ...]] = ContextVar("gradx_blocks", default=())
blocks: list[_Block] = []


class _Block:
    """One entry of a `no_grad`."""

    __slots__ = ("frame", "number", "suspends")

    def __init__(self, suspends: bool, frame: Any) -> None:
        self.suspends = suspends
        self.frame = frame
        self.number = next(Level._numbers)


class _Over:
    """The frame of a block that has ended, perhaps in another context than it began in: never running."""

    f_back = None


def suspended(level: Level) -> bool:
    """Whether the tape of `level` is not to record, here and now: by a block entered after it began."""
    for block in reversed(_entered.get()):
        if block.number < level.number:
            return False
        frame = block.frame
        if frame is None or frame.f_back is not None:
            return block.suspends
    return False


# Flags of a code object, as in `inspect`.
_GENERATOR, _COROUTINE, _ASYNC_GENERATOR = 0x20, 0x80, 0x200
_SUSPENDABLE = _GENERATOR | _COROUTINE | _ASYNC_GENERATOR
_CONTEXTLIB = contextlib.contextmanager.__code__.co_filename


def _owner(frame: Any) -> FrameType | None:
    """Return the frame of the generator or coroutine that enters a block; None for a plain function.

    What `contextlib` makes of a generator, or keeps on a stack, enters the block for whoever uses it.
    """
    while True:
        by_contextlib = frame.f_back is not None and frame.f_back.f_code.co_filename == _CONTEXTLIB
        if not by_contextlib and frame.f_code.co_filename != _CONTEXTLIB:
            return frame if frame.f_code.co_flags & _SUSPENDABLE else None
        frame = frame.f_back


class no_grad:
    """Do not record on any tape: a context manager and a decorator, also of generators and coroutines.

    Local to the thread, the asyncio task and the generator that enters it. Forward mode is not affected, nor is a
    transform (`gx.grad`) that begins inside the block.

    >>> import gradx as gx
    >>> x = gx.asarray([1.0, 2.0], requires_grad=True)
    >>> with gx.no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    suspends = True

    def __new__(cls, function: Any = None, /) -> Any:
        """Return a block; given a function, as `@gx.no_grad` without parentheses gives one, decorate it."""
        if function is None:
            return super().__new__(cls)
        if not callable(function):
            raise TypeError(
                f"{cls.__name__}: expected no argument, or a function; got {function!r}"
            )
        return cls()(function)

    def __init__(self) -> None:
        self.entries: list[_Block] = []

    def __enter__(self) -> None:
        block = _Block(self.suspends, _owner(sys._getframe(1)))
        self.entries.append(block)
        blocks.append(block)
        _entered.set((*_entered.get(), block))

    def __exit__(self, *_: object) -> None:
        entered, frame = _entered.get(), _owner(sys._getframe(1))
        own = [block for block in self.entries if block.frame is frame] or self.entries
        block = next((block for block in reversed(own) if block in entered), own[-1])
        self.entries.remove(block)
        blocks.remove(block)
        _entered.set(tuple([each for each in entered if each is not block]))
        block.frame = _Over

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        kind, body = type(self), cast(Any, function)
        flags = getattr(getattr(function, "__code__", None), "co_flags", 0)

        def generate(*args: Any, **kwargs: Any) -> Any:
            with kind():
                return (yield from body(*args, **kwargs))

        async def run(*args: Any, **kwargs: Any) -> Any:
            with kind():
                return await body(*args, **kwargs)

        async def iterate(*args: Any, **kwargs: Any) -> Any:
            sent = None
            with kind():
                async with contextlib.aclosing(body(*args, **kwargs)) as source:
                    while True:
                        try:
                            value = await source.asend(sent)
                        except StopAsyncIteration:
                            return
                        sent = yield value

        def call(*args: Any, **kwargs: Any) -> Any:
            with kind():
                return body(*args, **kwargs)

        wrapper: Any = call
        for flag, each in ((_GENERATOR, generate), (_COROUTINE, run), (_ASYNC_GENERATOR, iterate)):
            wrapper = each if flags & flag else wrapper
        return cast(Callable[P, R], functools.wraps(function)(wrapper))


class enable_grad(no_grad):
    """Record again inside a `no_grad` block."""

    suspends = False

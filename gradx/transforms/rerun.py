"""Functions run again for the way back: `record` makes a call that keeps its inputs alone; the rules of its card.

- The first run is recorded (`collect.py`), and learns what the function closes over; those values are inputs too.
- The second runs in the context of the first (default device, `no_grad`, and the user's own variables), with the
  same keys for random numbers; the generators do not notice. Transforms that have ended meanwhile are opened
  for what the function does to closed-over values alone: its results are replaced by those of the first run.
- Where the way back is itself to be differentiated it is recorded in the same manner: its memory stays low.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import copy_context
from threading import RLock
from typing import Any, cast

from gradx import ops
from gradx.batching import filled, key_source
from gradx.dtypes import is_inexact
from gradx.level import Cell, Ended, Level, blocks, cell, enable_grad, lower, twin
from gradx.tape import ZERO, Reverse, constant_of
from gradx.transforms.batch import Batch
from gradx.transforms.collect import (
    Collect,
    Learnt,
    Policy,
    Recording,
    Replay,
    active,
    changed,
    describe,
    is_constant,
)
from gradx.transforms.derivatives import track
from gradx.transforms.forward import Forward
from gradx.transforms.linear import Linear
from gradx.transforms.offload import from_host
from gradx.transforms.reverse import holds_zeros, pull_back, raw
from gradx.transforms.segment import CARD, Body, Call, Values, attach
from gradx.transforms.tree import flatten

TENSOR = object()


class Segment(Body):
    """One call of a user's function: how to make it again."""

    __slots__ = (
        "arguments",
        "context",
        "f",
        "learnt",
        "levels",
        "outputs",
        "simple",
        "spots",
        "structure",
    )

    def __init__(self, f: Callable[..., Any], args: Any) -> None:
        self.f = f
        self.arguments, self.structure = flatten(args)
        self.spots = [i for i, x in enumerate(self.arguments) if isinstance(x, Cell)]
        self.context = copy_context()
        self.levels: list[tuple[Level, type[Level]]] = []

    def first(self, policy: Policy | None) -> tuple[Values, Recording, Values]:
        """Run for the first time; return the results' leaves, what was learnt, and the values of their Tensors.

        In the place of a Tensor stands `TENSOR`: nothing of the run may live on where it is asked what outlives it.
        """
        recording = Recording([self.arguments[i] for i in self.spots], policy)
        with Collect(recording) as level, _sources(recording.next_key, level):
            leaves, structure = flatten(
                self._call([level.argument(x) for x in recording.inputs[: len(self.spots)]])
            )
            values = [level.result(y) for y in leaves if isinstance(y, Cell)]
        leaves = [TENSOR if isinstance(y, Cell) else y for y in leaves]
        recording.close()
        self.arguments = [None if isinstance(x, Cell) else x for x in self.arguments]
        self.learnt, self.kept = recording.learnt(), len(recording.kept)
        self.outputs = structure, [(tuple(y.shape), y.dtype) for y in map(constant_of, values)]
        closed_over = recording.inputs[len(self.spots) :]
        self.simple = not closed_over and not recording.kept
        self.levels = [(level, _reopened_as(level)) for x in closed_over for level in _levels(x)]
        return leaves, recording, values

    def _call(self, inputs: Sequence[Any]) -> Any:
        leaves = list(self.arguments)
        for i, x in zip(self.spots, inputs, strict=True):
            leaves[i] = x
        args, kwargs = self.structure.unflatten(leaves)
        return self.f(*args, **kwargs)

    def run(self, inputs: Values, kept: Values) -> Values:
        return self.context.copy().run(self._again, inputs, kept)

    def _again(self, inputs: Values, kept: Values) -> Values:
        keys = _Keys(self.learnt)
        recording = enable_grad() if blocks else nullcontext()
        if self.simple:
            with recording, _sources(keys.next_key, None):
                ys = self._checked(self._call([twin(x) for x in inputs]))
        else:
            replay = Replay(self.learnt, inputs, kept)
            with (
                recording,
                _opened(self.levels),
                Collect(replay) as level,
                _sources(keys.next_key, level),
            ):
                arguments = [level.argument(x) for x in inputs[: len(self.spots)]]
                ys = [constant_of(level.result(y)) for y in self._checked(self._call(arguments))]
            replay.close()
        keys.close()
        return ys

    def _checked(self, out: Any) -> Values:
        """Return the Tensors among the results, which must be as they were."""
        leaves, structure = flatten(out)
        expected, shapes = self.outputs
        if structure != expected:
            raise changed(f"results of structure {expected}", str(structure))
        ys: list[Any] = [y for y in leaves if isinstance(y, Cell)]
        if [(y.shape, y.dtype) for y in ys] != shapes:
            raise changed(
                ", ".join(f"{dtype.name}{list(shape)}" for shape, dtype in shapes),
                ", ".join(map(describe, ys)),
            )
        return ys


class _Keys:
    """Hands out the keys of the first run."""

    def __init__(self, learnt: Learnt) -> None:
        self.keys, self.given = learnt.keys, 0

    def next_key(self, generator: Any) -> Any:
        if self.given >= len(self.keys):
            raise changed(f"{len(self.keys)} draws of random numbers", "more")
        self.given += 1
        return self.keys[self.given - 1]

    def close(self) -> None:
        if self.given < len(self.keys):
            raise changed(f"{len(self.keys)} draws of random numbers", str(self.given))


@contextmanager
def _sources(next_key: Callable[[Any], Any], level: Collect | None) -> Iterator[None]:
    """Let generators ask `next_key`, and recordings within find `level`."""
    tokens = key_source.set(next_key), active.set(level)
    try:
        yield
    finally:
        key_source.reset(tokens[0])
        active.reset(tokens[1])


# ---------------------------------------------------------------- transforms that have ended

_opening = RLock()


def _levels(x: Any) -> Iterator[Level]:
    """Return the transforms that a value belongs to."""
    while isinstance(x, Cell):
        if x.level is not ZERO:
            yield x.level
        if isinstance(x.level, Forward) and x.aux is not None:
            yield from _levels(x.aux[0])
        x = x.data


def _reopened_as(level: Level) -> type[Level]:
    return Reverse if isinstance(level, Linear) else type(level)


@contextmanager
def _opened(levels: Sequence[tuple[Level, type[Level]]]) -> Iterator[None]:
    """Let levels that have ended apply operations."""
    with _opening if levels else nullcontext():
        ended = [(level, kind) for level, kind in levels if type(level) is Ended]
        for level, kind in ended:
            cast(Any, level).__class__ = kind
        try:
            yield
        finally:
            for level, _ in ended:
                cast(Any, level).__class__ = Ended


# ---------------------------------------------------------------- a call that keeps its inputs alone


def record(f: Callable[..., Any], *args: Any, policy: Policy | None = None, offload: bool = False,
           kwargs: dict[str, Any] | None = None) -> Any:  # fmt: skip
    """Return `f(*args, **kwargs)`; what it computes on the way is computed again for the way back."""
    segment = Segment(f, (args, kwargs or {}))
    leaves, recording, values = segment.first(policy)
    outs = iter(
        attach(
            Call(segment, recording.known, len(segment.spots) * offload),
            recording.inputs,
            recording.kept,
            values,
        )
    )
    structure, _ = segment.outputs
    roots = {id(_root(raw(x))) for x in recording.inputs}
    return structure.unflatten([_apart(next(outs), roots) if y is TENSOR else y for y in leaves])


def _root(array: Any) -> Any:
    """Return the array that owns the memory, where the library tells."""
    while getattr(array, "base", None) is not None:
        array = array.base
    return array


def _apart(y: Any, roots: set[int]) -> Any:
    """Return a result as a Tensor that is no view of an input: a write to one does not reach the other."""
    y = twin(constant_of(y))
    array = raw(y)
    if getattr(array, "base", None) is not None and id(_root(array)) in roots:
        del array
        y.level.unshare(y)
    return y


# ---------------------------------------------------------------- the rules of the card


def _implementation(*values: Any, body: Body) -> tuple[Any, ...]:
    return tuple([raw(y) for y in body(values)])


@CARD.vjp
def _vjp(xp: Any, ct: Any, _y: Any, *values: Any, body: Body) -> Values:
    return _pull_all(xp, ct, values, [True] * len(values), body, given=True)


def _pull_all(
    xp: Any, ct: Any, values: Sequence[Any], wanted: Sequence[bool], body: Body, *, given: bool
) -> Values:
    """Return the cotangents of the inputs that are wanted; `given`: those of the outputs may hold zeros."""
    count = len(values) - body.kept
    inputs = [constant_of(from_host(x)) for x in values[:count]]
    kept = [raw(from_host(x)) for x in values[count:]]
    wanted = [want and is_inexact(x.dtype) for x, want in zip(inputs, wanted)]
    given = given or sum(g is not None for g in ct) > 1
    if xp is not ops:
        return _walk_back(body, wanted, inputs, kept, ct, given) + [None] * body.kept

    moving = [
        i for i, x in enumerate(inputs) if not is_constant(x)
    ]  # constants stay constants in there

    def back(some: Values, cts: Values) -> Values:
        whole = list(inputs)
        for i, x in zip(moving, some, strict=True):
            whole[i] = x
        found = _walk_back(body, wanted, whole, kept, cts, given)
        return [None if g is None else constant_of(g) for g in found]

    return [*record(back, [inputs[i] for i in moving], list(ct)), *[None] * body.kept]


def _walk_back(
    body: Body, wanted: Sequence[bool], inputs: Values, kept: Values, cts: Values, given: bool
) -> Values:
    """Run a body on a tape of its own, and carry cotangents of its outputs back to the inputs wanted."""
    with Reverse() as level:
        inputs = [track(x, level) if want else x for x, want in zip(inputs, wanted)]
        ys = body.run(inputs, kept)
        seeds = []
        for y, ct in zip(ys, cts, strict=True):
            if ct is None or y.level is not level or y.aux is None:
                continue
            if isinstance(y.data, Cell) and not isinstance(ct, Cell):
                raise changed("nothing closed over that is being differentiated", describe(y))
            seeds.append((y.aux, ct if isinstance(y.data, Cell) else lower(ct, level)))
        arrived = (
            pull_back(seeds, given=given) if seeds else {}
        )  # the leaves of this level are the inputs
    return [arrived.get(x.aux) if want else None for x, want in zip(inputs, wanted)]


def _pull(xp: Any, ct: Any, node: Any, parents: Any, *, given: bool = False) -> Values:
    wanted = [parent is not None for parent in parents]
    return _pull_all(xp, ct, node.inputs, wanted, node.params["body"], given=given)


CARD.pull = _pull
CARD.pull_guarded = lambda xp, ct, node, parents: _pull(xp, ct, node, parents, given=True)


@CARD.jvp
def _push(xp: Any, tangents: Any, y: Any, *values: Any, body: Body, masked: bool = False) -> Any:
    del masked  # zeros are looked for
    count = len(values) - body.kept
    with Forward() as level:
        inputs = [
            x if t is None else cell(lower(x, level), level, (lower(t, level), holds_zeros(t)))
            for x, t in zip([constant_of(from_host(x)) for x in values[:count]], tangents)
        ]
        ys = body.run(inputs, [raw(from_host(x)) for x in values[count:]])
    return tuple([y.aux[0] if y.level is level and y.aux is not None else None for y in ys])


def _batch(xp: Any, card: Any, values: Any, batched: Any, n: int, params: Any) -> Any:
    body = params["body"]
    count = len(values) - body.kept
    with Batch(n, "same") as level:
        inputs = [
            cell(lower(x, level), level, None) if own else constant_of(x)
            for x, own in zip(values[:count], batched)
        ]
        ys = body.run(inputs, [raw(x) for x in values[count:]])
    return tuple([y.data if y.level is level else filled(ops, y, False, n) for y in ys])


CARD.batch = _batch
CARD.implementation = _implementation

__all__ = ["Segment", "record"]

"""The level that learns what a function reads beside its arguments, and hands it other values the next time.

- `Collect` stands above all levels of the arguments. What meets its values and is not its own is *foreign*: closed
  over, or made inside the function from constants or from other foreign values.
- While recording, reverse levels are stripped off: no application lands on a tape, and no residual is kept.
- Foreign values are numbered as they are met, not identified: in the replay the k-th is replaced by the one that
  was the k-th while recording, so it may have been rebound, or its transform have ended, in between.
- What dies with the call, as a mask or random numbers do, is not kept: the replay makes it anew.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any, NamedTuple
from weakref import ref

from gradx.batching import key_source
from gradx.dtypes import dtype_of, is_inexact
from gradx.errors import GraphError
from gradx.level import Cell, Level, cell, lower, twin
from gradx.tape import SCALARS, ZERO, Reverse, bind, constant_of, rebuild, settle
from gradx.transforms.forward import Forward

Policy = Callable[[str, tuple[int, ...], Any], bool]

# The innermost running recording or replay of this context.
active: ContextVar[Collect | None] = ContextVar("gradx_collect", default=None)


class Collect(Level):
    """The level of one call that is recorded or replayed; its state is the `Recording` or the `Replay`."""

    __slots__ = ()

    state: Recording | Replay | Idle

    def __init__(self, state: Recording | Replay) -> None:
        super().__init__()
        self.state = state

    def __exit__(self, *_: object) -> None:
        self.state = IDLE
        super().__exit__()

    def argument(self, x: Any) -> Any:
        """Return a Tensor argument as the function sees it: of this level, but for a flag or a count."""
        if is_constant(x) and not x.ndim and not is_inexact(x.dtype):
            return twin(x)
        return cell(strip(x) if isinstance(self.state, Recording) else lower(x, self), self, True)

    def process(self, card: Any, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        data = [self.lowered(x) for x in args]
        y = self.state.apply(card, data, params)
        if isinstance(y, (tuple, list)):
            return rebuild(y, [self._wrapped(settle(each, (each,)), card) for each in y])
        return self._wrapped(y if isinstance(y, Cell) else settle(y, data), card)

    def _wrapped(self, y: Any, card: Any) -> Any:
        if not card.differentiable and is_constant(constant_of(y)):
            return constant_of(y)  # a mask, say: Python may look at it
        return cell(y, self, True)

    def lowered(self, x: Any) -> Any:
        """Return an argument as the levels below see it."""
        if x.__class__ in SCALARS:
            return x
        return x.data if x.level is self else self.state.meet(x, self)

    def result(self, y: Any) -> Any:
        """Return a result one level down, and without reverse levels while recording."""
        if y.level is ZERO and y.aux is None:
            return y.data
        value = self.lowered(y)
        return strip(value) if isinstance(self.state, Recording) else value


def strip(x: Any) -> Any:
    """Return a value without its reverse levels: batched or with a tangent as before, but on no tape."""
    if not isinstance(x, Cell):
        return x
    level, aux = x.level, x.aux
    data = strip(x.data)
    if isinstance(level, Reverse) or (aux is None and isinstance(level, Forward)):
        return data
    if isinstance(level, Forward):
        return cell(data, level, (strip(aux[0]), aux[1]))
    return cell(data, level, aux)


class Recording:
    """What is learnt of one call.

    Attributes
    ----------
    inputs
        The arguments' Tensors, then the foreign values that are to be kept.
    known
        For each of them whether it was a constant. Which constants are kept depends on what lives, and may differ in a
        replay: so an outer call notes them as they are met, and not again among the inputs of this one.
    slots
        For each time that a foreign value was met, its number among `inputs`; None where the replay makes it anew.
    names
        The cards applied, in order.
    kept, places
        The arrays that the policy keeps, and by the number of an application which of them are its own.
    keys
        Those that random generators gave.
    """

    def __init__(self, inputs: Sequence[Any], policy: Policy | None) -> None:
        self.policy = policy
        self.outer = active.get()
        self.known = [is_constant(x) for x in inputs]
        self.inputs = [
            self._resolved(x) if known else twin(x) for x, known in zip(inputs, self.known)
        ]
        self.slots: list[int | None] = []
        self.names: list[str] = []
        self.kept: list[Any] = []
        self.places: dict[int, tuple[int, int]] = {}
        self.keys: list[Any] = []
        self._source = key_source.get()
        self._numbers = {self._key(x): i for i, x in enumerate(self.inputs)}
        self._fleeting: list[tuple[int, ref[Any], Any]] = []

    def _resolved(self, x: Any) -> Any:
        """Return a constant as an outer call has it: in the replay of that, as it was the first time."""
        return twin(x) if self.outer is None else twin(constant_of(self.outer.lowered(x)))

    @staticmethod
    def _key(x: Any) -> tuple[int, ...]:
        if x.level is ZERO and x.aux is None:
            return (id(x.data),)
        return id(x.level), id(x.data), id(x.aux)

    def next_key(self, generator: Any) -> Any:
        """Return a generator's next key, and note it."""
        key = generator._count() if self._source is None else self._source(generator)
        self.keys.append(key)
        return key

    def meet(self, x: Any, level: Collect) -> Any:
        """Note a foreign value, and return it as the levels below may see it."""
        outer = self.outer
        if is_constant(x):
            array = x.data  # if nobody else holds its memory, it ceases to be a captured one
            value = cell(array, ZERO, None) if outer is None else self._resolved(x)
            if x.__class__ is Cell.captured:  # the user may change it: kept, and watched
                self.slots.append(self._add(value, known=True))
            else:
                self._note_constant(array, value)
            return (
                array if outer is None else x
            )  # as a bare array it would pass for the user's there
        self.slots.append(self._add(x))
        if outer is not None and x.level.number < outer.number:
            return twin(x)  # foreign to the outer call too: its level is to see it
        return strip(x)

    def _note_constant(self, array: Any, value: Any) -> None:
        try:
            other = None if value.data is array else value
            self._fleeting.append((len(self.slots), ref(array), other))
            self.slots.append(None)
        except TypeError:  # no weak references to arrays of this library
            self.slots.append(self._add(value, known=True))

    def _add(self, x: Any, known: bool = False) -> int:
        number = self._numbers.get(self._key(x))
        if number is None:
            number = self._numbers[self._key(x)] = len(self.inputs)
            self.inputs.append(twin(x))
            self.known.append(known)
        return number

    def close(self) -> None:
        """Keep what has outlived the call, so what was closed over: its value is the one of now."""
        for i, each, other in self._fleeting:
            array = each()
            if array is not None:
                self.slots[i] = self._add(
                    cell(array, ZERO, None) if other is None else other, known=True
                )
        self._fleeting = []

    def learnt(self) -> Learnt:
        """Return what a replay needs."""
        return Learnt(self.slots, self.names, self.places, self.keys)

    def apply(self, card: Any, data: Sequence[Any], params: dict[str, Any]) -> Any:
        """Apply a card below, and keep its result where the policy says so."""
        number = self.note(card.name)
        if self.policy is None:
            return bind(card, data, params)
        arrays: list[Any] = []
        y = bind(with_table(card, _Noted(card, arrays)), data, params)
        outputs = y if isinstance(y, (tuple, list)) else (y,)
        if any(self._keeps(card.name, each) for each in outputs):
            self.places[number] = len(self.kept), len(self.kept) + len(arrays)
            self.kept.extend(arrays)
        return y

    def note(self, name: str) -> int:
        """Note an application, and return its number."""
        self.names.append(name)
        return len(self.names) - 1

    def _keeps(self, name: str, y: Any) -> bool:
        y = constant_of(y)
        return bool(self.policy is not None and self.policy(name, y.shape, y.dtype))


class Learnt(NamedTuple):
    """What a replay goes by; see `Recording`."""

    slots: list[int | None]
    names: list[str]
    places: dict[int, tuple[int, int]]
    keys: list[Any]


def is_constant(x: Any) -> bool:
    """Whether a Tensor is a plain array: of no transform, and not tracked by the eager tape."""
    return x.level is ZERO and x.aux is None


class Replay:
    """A call once more, of other values of the same inputs."""

    def __init__(self, learnt: Learnt, inputs: Sequence[Any], kept: Sequence[Any]) -> None:
        self.learnt, self.inputs, self.kept = learnt, inputs, kept
        self.met = self.applied = 0

    def meet(self, x: Any, level: Collect) -> Any:
        """Return what was met at this place the first time."""
        slots, k = self.learnt.slots, self.met
        self.met += 1
        if k >= len(slots):
            raise changed("no further value from outside", describe(x))
        slot = slots[k]
        if slot is None:
            return lower(x, level)
        value = self.inputs[slot]
        if value.shape != x.shape or value.dtype != x.dtype:
            raise changed(f"a value from outside of {describe(value)}", describe(x))
        return lower(value, level)

    def apply(self, card: Any, data: Sequence[Any], params: dict[str, Any]) -> Any:
        """Apply a card below; of a result that was kept, hand out that."""
        place = self.learnt.places.get(self.note(card.name))
        if place is not None:
            card = with_table(card, _Handed(self.kept[slice(*place)]))
        return bind(card, data, params)

    def note(self, name: str) -> int:
        """Return the number of an application, which must be the one of the first time."""
        names, number = self.learnt.names, self.applied
        self.applied += 1
        if number >= len(names) or names[number] != name:
            raise changed(names[number] if number < len(names) else "no further operation", name)
        return number

    def close(self) -> None:
        """Raise if less happened than the first time."""
        expected = len(self.learnt.names), len(self.learnt.slots)
        if expected != (self.applied, self.met):
            raise changed(
                f"{expected[0]} operations and {expected[1]} values from outside",
                f"{self.applied} and {self.met}",
            )


class Idle:
    """The state of a call that is over, where another one that it made runs again: it takes no note."""

    def meet(self, x: Any, level: Collect) -> Any:
        return strip(x)

    def apply(self, card: Any, data: Sequence[Any], params: dict[str, Any]) -> Any:
        return bind(card, data, params)

    def note(self, name: str) -> int:
        return 0


IDLE = Idle()


def changed(expected: str, came: str) -> GraphError:
    """Return the error of a function that does not do the same again."""
    return GraphError(
        f"checkpoint: expected the function to do again, for backward, what it did before: {expected}; got {came}. "
        "It must depend on its arguments alone: not on what changes between calls, nor on time or foreign randomness"
    )


def describe(x: Any) -> str:
    """Return dtype and shape for an error."""
    return f"{dtype_of(x.dtype).name}{list(x.shape)}"


# ---------------------------------------------------------------- applications whose arrays are noted or handed out


def with_table(card: Any, table: Any) -> Any:
    """Return `card` with other implementations: its rules, on any level, are the same."""
    twin_card = copy.copy(card)
    twin_card.table = table
    return twin_card


class _Noted(dict[type, Any]):
    """The table of a card that notes what it computes from bare arrays."""

    def __init__(self, card: Any, arrays: list[Any]) -> None:
        self.card, self.arrays = card, arrays

    def __missing__(self, kind: type) -> Any:
        function = self.card.table.get(kind) or self.card.implement(kind)

        def apply(*args: Any, **params: Any) -> Any:
            y = function(*args, **params)
            self.arrays.append(y)
            return y

        return apply


class _Handed(dict[type, Any]):
    """The table of a card that computes nothing: it hands out what was kept."""

    def __init__(self, arrays: Sequence[Any]) -> None:
        self.arrays = iter(arrays)

    def __missing__(self, kind: type) -> Any:
        return lambda *args, **params: next(self.arrays)


__all__ = [
    "Collect",
    "Learnt",
    "Policy",
    "Recording",
    "Replay",
    "active",
    "changed",
    "describe",
    "is_constant",
    "strip",
]

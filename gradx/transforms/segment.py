"""The card `checkpoint`: one call of a function as a single application, which keeps its inputs and no more.

- Its parameter `body` maps the inputs to the outputs. Each rule runs it again, on a level of its own.
- `attach` puts a call whose values are known on the levels that are to know of it: a reverse level keeps the
  inputs; a tangent, or the axis of a batch, becomes an input of a body one level down.
- Inputs are Tensors; behind them come the bare arrays that a policy keeps, `body.kept` of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple

from gradx import ops
from gradx.dtypes import dtype_of, is_inexact
from gradx.level import Cell, Level, blocks, cell, lower, suspended
from gradx.primitive import Primitive
from gradx.tape import ZERO, NodeWithParams, Reverse, constant_of, output_of
from gradx.transforms.batch import Batch
from gradx.transforms.collect import Collect, changed
from gradx.transforms.forward import Forward
from gradx.transforms.linear import Linear, Step
from gradx.transforms.offload import from_host, to_host
from gradx.transforms.reverse import raw

Values = list[Any]

CARD = Primitive("checkpoint", masks=True)


class Body(ABC):
    """What a checkpoint runs again: a function of Tensors, and of `kept` bare arrays behind them."""

    __slots__ = ("kept",)

    kept: int

    @abstractmethod
    def run(self, inputs: Values, kept: Values) -> Values:
        """Return the outputs."""

    def __call__(self, values: Sequence[Any]) -> Values:
        """Run it on the inputs as a node keeps them."""
        count = len(values) - self.kept
        inputs = [constant_of(from_host(x)) for x in values[:count]]
        return self.run(inputs, [raw(from_host(x)) for x in values[count:]])


class Pushed(Body):
    """A body that carries tangents along: they are further inputs, and further outputs."""

    __slots__ = ("body", "duals", "flags")

    def __init__(self, body: Body, flags: Sequence[bool | None], duals: Sequence[bool]) -> None:
        """`flags`: for each input, None or whether its tangent holds zeros; `duals`: which outputs have a tangent."""
        self.body, self.flags, self.duals, self.kept = body, flags, duals, body.kept

    def run(self, inputs: Values, kept: Values) -> Values:
        count = len(self.flags)
        tangents = iter(inputs[count:])
        with Forward() as level:
            cells = [
                x
                if flag is None
                else cell(lower(x, level), level, (lower(next(tangents), level), flag))
                for x, flag in zip(inputs[:count], self.flags, strict=True)
            ]
            ys = self.body.run(cells, kept)
        values = [constant_of(y.data) if y.level is level else y for y in ys]
        pushed = []
        for y, value, dual in zip(ys, values, self.duals, strict=True):
            if dual:
                own = y.level is level and y.aux is not None
                pushed.append(constant_of(y.aux[0]) if own else ops.zeros_like(value))
        return values + pushed


class Mapped(Body):
    """A body for all examples at once: inputs and outputs have them along their first axis, where marked."""

    __slots__ = ("body", "ins", "outs", "state")

    def __init__(
        self, body: Body, state: tuple[int, str], ins: Sequence[bool], outs: Sequence[bool]
    ) -> None:
        self.body, self.state, self.ins, self.outs, self.kept = body, state, ins, outs, body.kept

    def run(self, inputs: Values, kept: Values) -> Values:
        level = Batch(*self.state)  # not entered: random numbers are drawn as the first time
        cells = [
            cell(lower(x, level), level, None) if own else x
            for x, own in zip(inputs, self.ins, strict=True)
        ]
        values = []
        for y, own in zip(self.body.run(cells, kept), self.outs, strict=True):
            if own != (y.level is level):
                raise changed("results that differ between examples where they did", "others")
            values.append(constant_of(y.data) if own else y)
        level.__exit__()
        return values


# ---------------------------------------------------------------- putting a call on the levels


class Call(NamedTuple):
    """A call to attach: its body, which of the inputs an outer call has noted already, how many wait on the host."""

    body: Body
    known: Sequence[bool]
    offload: int

    def below(self, x: Any, i: int, level: Collect) -> Any:
        """Return the i-th input as the levels below a recorded call see it."""
        if not isinstance(x, Cell) or x.level is level:
            return x.data if isinstance(x, Cell) else x
        return lower(x, level) if i < len(self.known) and self.known[i] else level.lowered(x)


def attach(call: Call, inputs: Values, kept: Values, ys: Values) -> Values:
    """Return the outputs `ys` of a call as all levels of its inputs know them; `ys` are on no reverse level yet."""
    top: Level = ZERO
    for x in inputs:
        if isinstance(x, Cell) and x.level.number > top.number:
            top = x.level
    if not any(isinstance(x, Cell) and (x.level is not ZERO or x.aux is not None) for x in inputs):
        return ys
    if isinstance(top, Reverse):
        return _recorded(call, inputs, kept, ys, top)
    if isinstance(top, Collect):
        data = [call.below(x, i, top) for i, x in enumerate(inputs)]
        below = [y.data if isinstance(y, Cell) and y.level is top else y for y in ys]
        top.state.note("checkpoint")
        return [cell(y, top, True) for y in attach(call, data, kept, below)]
    if isinstance(top, Forward):
        return _with_tangents(call, inputs, kept, ys, top)
    if isinstance(top, Batch):
        return _with_examples(call, inputs, kept, ys, top)
    return list(top.process(CARD, (*inputs, *kept), {"body": call.body}))


def _recorded(call: Call, inputs: Values, kept: Values, ys: Values, level: Reverse) -> Values:
    """Put a call on a reverse level."""
    data = [lower(x, level) for x in inputs]
    ys = attach(call, data, kept, ys)
    own = [x.aux if isinstance(x, Cell) and x.level is level else None for x in inputs]
    linear = isinstance(level, Linear)
    if not any(own) or (blocks and not linear and suspended(level)):
        return ys
    node = NodeWithParams()
    node.card, node.params, node.y = CARD, {"body": call.body}, None
    node.parents = (*own, *[None] * len(kept))
    here = (
        [to_host(x) for x in data[: call.offload]]
        + data[call.offload :]
        + [to_host(x) if call.offload else x for x in kept]
    )
    node.inputs = tuple(here)
    node.shape = tuple([tuple(y.shape) for y in ys])
    node.dtype = tuple([y.dtype for y in ys])
    parts = tuple([output_of(node, i) for i in range(len(ys))])
    if isinstance(level, Linear):
        level.state.append(Step(node, parts, tuple(ys), list(node.inputs)))
    return [
        cell(y, level, part) if is_inexact(dtype_of(y.dtype)) else y
        for y, part in zip(ys, parts, strict=True)
    ]


def _with_tangents(call: Call, inputs: Values, kept: Values, ys: Values, level: Forward) -> Values:
    """Put a call on a forward level: the levels below see values and tangents."""
    flags = [
        x.aux[1] if x.level is level and x.aux is not None else None
        for x in map(constant_of, inputs)
    ]
    duals = [isinstance(y, Cell) and y.level is level for y in ys]
    tangents = [x.aux[0] for x, flag in zip(inputs, flags) if flag is not None]
    below = [lower(x, level) for x in inputs] + tangents
    pieces = [y.data if dual else y for y, dual in zip(ys, duals)]
    pieces += [y.aux[0] for y, dual in zip(ys, duals) if dual]
    outs = attach(call._replace(body=Pushed(call.body, flags, duals)), below, kept, pieces)
    pushed = iter(outs[len(ys) :])
    return [
        cell(out, level, (next(pushed), y.aux[1])) if dual else out
        for out, y, dual in zip(outs, ys, duals)
    ]


def _with_examples(call: Call, inputs: Values, kept: Values, ys: Values, level: Batch) -> Values:
    """Put a call on a batch level: the levels below see all examples."""
    ins = [isinstance(x, Cell) and x.level is level for x in inputs]
    outs = [isinstance(y, Cell) and y.level is level for y in ys]
    mapped = call._replace(body=Mapped(call.body, level.state, ins, outs))
    below = [lower(x, level) for x in inputs]
    found = attach(mapped, below, kept, [y.data if own else y for y, own in zip(ys, outs)])
    return [cell(y, level, None) if own else y for y, own in zip(found, outs)]


__all__ = ["CARD", "Body", "Call", "Mapped", "Pushed", "attach"]

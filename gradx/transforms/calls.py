"""The cards of functions with rules of their own, one card for each call: what `custom_jvp`, `custom_vjp` apply.

- A card holds closures over flat lists of leaves: the function (`primal`), and its rules. They see Tensors, always.
- Where nothing is differentiated, the function runs on untracked Tensors at the bottom, once.
- A reverse level runs `forward` (or the jvp rule) in its place, on values one level down, and puts a `Taped` card on
  its tape, which holds the residuals and is let go of with them. A walk that is itself recorded needs them
  as functions of the arguments, so it computes them anew: the tape keeps the arguments for that.
- One mode follows from the other: a rule that is linear in tangents, or cotangents, is transposed on a `Linear` tape.
  That it is linear is made sure of once a function.
- Under `vmap` the function and its rules are mapped, each by a batch level of its own, wherever they come to run.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from gradx import ops
from gradx.batching import mapping
from gradx.dtypes import dtype_of
from gradx.errors import GraphError, pass_through
from gradx.level import Cell, Level, no_grad
from gradx.primitive import Primitive
from gradx.tape import SCALARS, ZERO, Node, bind, constant_of
from gradx.transforms.batch import vmap
from gradx.transforms.transposing import Leaves, Owner, Transposed, absorbing, transposed, zero


class Residuals(NamedTuple):
    """What a forward rule leaves for the reverse rule: arrays, and what else it knows."""

    arrays: list[Any]
    rest: Any


# ---------------------------------------------------------------- from values to Tensors and back


def as_tensors(data: Leaves) -> list[Any]:
    """Return values one level down as Tensors; numbers stay numbers."""
    return [x if x.__class__ in SCALARS else constant_of(x) for x in data]


def lowered(x: Any) -> Any:
    """Return a Tensor as a value one level down: untracked ones of level 0 as bare arrays."""
    return x.data if x.level is ZERO and x.aux is None else x


def inside(owner: Owner, what: str, values: Leaves, level: Level | None) -> None:
    """Raise where a value is of `level` or of one above it (None: of any): a closure over what is differentiated."""
    for x in values:
        number = x.level.number
        if number if level is None else number >= max(level.number, 1):
            kind = type(x.level).__name__.lower()
        elif number == 0 and x.aux is not None and (level is None or level is ZERO):
            kind = "reverse"
        else:
            continue
        raise GraphError(
            f"{owner.name}: expected {what} computed from the arguments alone; got one that depends on a Tensor of a "
            f"{kind} level from outside, whose derivative would be lost. Pass that Tensor as an argument, or "
            "gx.stop_gradient it"
        )


def packed(values: list[Any]) -> Any:
    """Return outputs as a card gives them: one as it is, several as a tuple."""
    return values[0] if len(values) == 1 else tuple(values)


# ---------------------------------------------------------------- cards


class Taped(Primitive):
    """The card that a tape holds of one call: its residuals are in the closure `pullback`.

    Attributes
    ----------
    owner
        Whose call it is.
    pullback
        From cotangents of the outputs, as Tensors, to those of the leaves, None for none.
    redo
        From the leaves as Tensors to such a pullback, as a function of them.
    held
        `() -> arrays`: the residuals, for whoever asks what the tape holds.
    """

    __slots__ = ("held", "owner", "pullback", "redo")

    lasting = False

    def __init__(self, owner: Owner, pullback: Any, redo: Any, push: Any) -> None:
        super().__init__(owner.name)
        self.owner, self.pullback, self.redo = owner, pullback, redo
        self.held: Callable[[], list[Any]] = list
        self.push = partial(_push, push)
        self.pull = self.pull_guarded = _pull

    def kept(self, tracked: tuple[bool, ...]) -> tuple[bool, tuple[bool, ...]]:
        return False, (True,) * len(tracked)


def _pull(xp: Any, ct: Any, node: Node, parents: Any, *, guarded: bool = False) -> Any:
    """Apply a reverse rule: the one at hand, or where the walk is recorded one that depends on the arguments."""
    card, cts = node.card, filled(ct, node)
    apply = partial(absorbing, card.owner) if guarded else lambda pullback, cts: pullback(cts)
    if xp is ops:
        recorded = any(
            parent is not None and isinstance(x, Cell) and x.aux is parent
            for x, parent in zip(node.inputs, node.parents, strict=True)
        )
        return apply(card.redo(node.inputs) if recorded else card.pullback, cts)
    with no_grad():
        results = apply(card.pullback, cts)
    inside(
        card.owner,
        "cotangents",
        [g for g in results if g is not None and g.level is not ZERO],
        None,
    )
    return [None if g is None else g.data for g in results]


def filled(ct: Any, node: Node) -> list[Any]:
    """Return the cotangents of all outputs as Tensors: zeros for those that were not used."""
    if ct.__class__ is not list:
        return [constant_of(ct)]
    device = constant_of(next(g for g in ct if g is not None)).device
    return [
        ops.zeros(tuple(shape), dtype=dtype_of(dtype), device=device)
        if g is None
        else constant_of(g)
        for g, shape, dtype in zip(ct, node.shape, node.dtype, strict=True)
    ]


def _push(push: Any, xp: Any, tangents: Leaves, y: Any, *inputs: Any, masked: bool = False) -> Any:
    """Apply a pushforward on a tape that is linearized."""
    ys = [constant_of(each) for each in y] if isinstance(y, tuple) else [constant_of(y)]
    dys = push(ys, [None if t is None else constant_of(t) for t in tangents])
    return packed([None if dy is None else lowered(dy) for dy in dys])


def _bare(owner: Owner, primal: Any, *data: Any) -> Any:
    """Apply the function itself to bare arrays."""
    try:
        ys = primal(as_tensors(data))
    except Exception as error:
        pass_through(error)
        raise
    inside(owner, "results", ys, None)
    return packed([y.data for y in ys])


class Call(Primitive):
    """The card of one call, before any level has met it."""

    __slots__ = ("owner", "primal")

    lasting = False

    def __init__(self, owner: Owner, primal: Any) -> None:
        super().__init__(owner.name, batch=_mapped)
        self.owner, self.primal = owner, primal
        self.pull = self.pull_guarded = _pull
        self.implementation = partial(_bare, owner, primal)

    def taped(self, level: Level, ys: list[Any], pullback: Any, redo: Any, push: Any) -> Any:
        """Return the outputs one level down, and the card for the tape of `level`."""
        inside(self.owner, "results", ys, level)
        card = Taped(self.owner, pullback, redo, push)
        card.implementation = self.implementation
        return packed([lowered(y) for y in ys]), card

    def paired(self, level: Level, ys: list[Any], dys: list[Any]) -> Any:
        """Return outputs and tangents one level down."""
        inside(self.owner, "results and tangents", [*ys, *(d for d in dys if d is not None)], level)
        down = [None if dy is None else lowered(dy) for dy in dys]
        return packed([lowered(y) for y in ys]), packed(down)


class JvpCall(Call):
    """A call with a rule `(leaves, tangents) -> outputs, tangents`; the reverse mode is its transpose."""

    __slots__ = ("rule",)

    def __init__(self, owner: Owner, primal: Any, rule: Any) -> None:
        super().__init__(owner, primal)
        self.rule = rule

    def dual(self, level: Level, data: Leaves, tangents: Leaves, masked: bool) -> Any:
        leaves = as_tensors(data)
        if masked and not self.owner.crooked:
            active = [i for i, t in enumerate(tangents) if t is not None]
            try:
                linear = Transposed(self.owner, self.rule, leaves, active)
            except GraphError:
                self.owner.crooked = True
            else:
                given = [None if t is None else constant_of(t) for t in tangents]
                return self.paired(level, linear.ys, linear.push(given))
        given = [
            zero(x) if t is None else constant_of(t) for x, t in zip(leaves, tangents, strict=True)
        ]
        return self.paired(level, *self.rule(leaves, given))

    def evaluate(self, level: Level, data: Leaves, parents: Leaves) -> Any:
        active = [i for i, parent in enumerate(parents) if parent is not None]
        owner, rule = self.owner, self.rule

        def at(leaves: Leaves) -> Transposed:
            return Transposed(owner, rule, leaves, active)

        linear = at(as_tensors(data))
        inside(owner, "tangents", linear.tape.values, level)
        ys, card = self.taped(level, linear.ys, linear.pull, lambda leaves: at(leaves).pull,
                              lambda ys, tangents: linear.push(tangents))  # fmt: skip
        card.held = linear.held
        return ys, card

    def mapped(self, examples: Examples) -> Call:
        rule, axes = self.rule, examples.axes

        def mapped_rule(leaves: Leaves, tangents: Leaves) -> Any:
            return examples.run(rule, (axes, axes), list(leaves), list(tangents))

        return JvpCall(self.owner, examples.over(self.primal), mapped_rule)


class VjpCall(Call):
    """A call with rules `leaves -> outputs, Residuals` and `(residuals, cts) -> cotangents`.

    The forward mode is the transpose of the second, which is linear in `cts`.
    """

    __slots__ = ("backward", "forward")

    def __init__(self, owner: Owner, primal: Any, forward: Any, backward: Any) -> None:
        super().__init__(owner, primal)
        self.forward, self.backward = forward, backward

    def dual(self, level: Level, data: Leaves, tangents: Leaves, masked: bool) -> Any:
        ys, residuals = self.forward(as_tensors(data))
        inside(self.owner, "results", ys, level)
        given = [None if t is None else constant_of(t) for t in tangents]
        pullback = partial(self.backward, residuals)
        return self.paired(level, ys, transposed(self.owner, pullback, ys, given))

    def evaluate(self, level: Level, data: Leaves, parents: Leaves) -> Any:
        owner, forward, backward = self.owner, self.forward, self.backward
        ys, residuals = forward(as_tensors(data))
        inside(owner, "residuals", residuals.arrays, level)
        pullback = partial(backward, residuals)
        taped, card = self.taped(level, ys, pullback, lambda leaves: partial(backward, forward(leaves)[1]),
                                 partial(transposed, owner, pullback))  # fmt: skip
        card.held = lambda: residuals.arrays
        card.pull_guarded = partial(_pull, guarded=True)
        return taped, card

    def mapped(self, examples: Examples) -> Call:
        forward, backward = self.forward, self.backward

        def mapped_forward(leaves: Leaves) -> Any:
            rest: list[Any] = []

            def one(xs: Leaves) -> Any:
                ys, residuals = forward(xs)
                rest.append(residuals.rest)
                return ys, residuals.arrays

            ys, arrays = examples.run(one, (examples.axes,), list(leaves))
            return ys, Residuals(arrays, rest[0])

        def mapped_backward(residuals: Residuals, cts: Leaves) -> Any:
            def one(arrays: Any, cts: Any) -> Any:
                return backward(Residuals(arrays, residuals.rest), cts)

            return examples.run(one, (0, 0), residuals.arrays, list(cts))

        return VjpCall(self.owner, examples.over(self.primal), mapped_forward, mapped_backward)


# ---------------------------------------------------------------- vmap


class Examples(NamedTuple):
    """How a call is mapped: along which axis of each leaf, over how many, by which level."""

    axes: list[int | None]
    size: int
    level: Any

    def run(self, f: Callable[..., Any], axes: Any, *args: Any) -> Any:
        """Map `f`, as if it stood outside of the level that asked for it."""
        draws = self.level.state[1] if self.level is not None else "error"
        token = mapping.set(tuple([each for each in mapping.get() if each is not self.level]))
        try:
            return vmap(f, in_axes=axes, axis_size=self.size, randomness=draws)(*args)
        finally:
            mapping.reset(token)

    def over(self, f: Callable[..., Any]) -> Callable[[Leaves], Any]:
        """Return `f`, a function of one list of leaves, mapped."""
        return lambda leaves: self.run(f, (self.axes,), list(leaves))


def _mapped(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
    """Apply a call to all examples: the same card with all of its functions mapped."""
    running = mapping.get()
    axes: list[int | None] = [0 if flag else None for flag in batched]
    return bind(card.mapped(Examples(axes, n, running[-1] if running else None)), args, {})


__all__ = [
    "Call",
    "JvpCall",
    "Residuals",
    "VjpCall",
    "as_tensors",
    "filled",
    "inside",
    "lowered",
    "packed",
]

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

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from gradx import ops
from gradx.batching import mapping
from gradx.dtypes import dtype_of, is_inexact
from gradx.errors import ConversionError, GraphError, MissingRuleError, pass_through
from gradx.level import Cell, Level, no_grad
from gradx.primitive import Primitive
from gradx.tape import SCALARS, ZERO, Node, bind, constant_of, lift
from gradx.transforms.batch import vmap
from gradx.transforms.linear import Linearized, close, point

Leaves = Sequence[Any]


class Owner:
    """What all calls of one function share: its name, and whether its rule was found to be linear."""

    name: str
    rule: str  # the name of the rule, for errors
    checked: bool


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


def is_floating(x: Any) -> bool:
    return is_inexact(x.dtype)


def zero(x: Any) -> Any:
    """Return a zero of the shape and dtype of a leaf."""
    kind: Any = x.__class__
    return kind(0) if kind in SCALARS else ops.zeros_like(ops.stop_gradient(x))


# ---------------------------------------------------------------- linear maps


def linear_map(owner: Owner, f: Callable[..., Any], likes: Leaves) -> Linearized:
    """Return the linear `f(*likes) -> results, aux` as a tape, once it is made sure that it is linear."""
    if owner.checked:
        return Linearized(owner.name, f, tuple([zero(x) for x in likes]), has_aux=True)
    here, there = ([point(ops.stop_gradient(x), step) for x in likes] for step in (0.7, 1.9))
    tape = Linearized(owner.name, f, tuple(here), has_aux=True)
    there = [1e3 * x for x in there]  # a clipped gradient shows only where it is large
    values, _ = f(*there)
    if not all(map(_agree, values, tape.push(there))):
        raise GraphError(
            f"{owner.name}: expected a rule that is linear in {owner.rule}, to transpose it for the other mode; "
            "got one that is not. Multiply by them, and add up; do not square them or add constants"
        )
    owner.checked = True
    return tape


def _agree(a: Any, b: Any) -> bool:
    """Whether two results are equal to rounding, where both are finite."""
    a, b = ops.stop_gradient(a), ops.stop_gradient(b)
    finite = ops.isfinite(a) & ops.isfinite(b)
    return close(ops.where(finite, a, 0), ops.where(finite, b, 0))


def spread(values: Leaves, chosen: Sequence[int], size: int, rest: Any) -> list[Any]:
    """Return a list with `values` at the places `chosen`, and `rest(i)` elsewhere."""
    places = dict(zip(chosen, values, strict=True))
    return [places[i] if i in places else rest(i) for i in range(size)]


class Transposed:
    """A rule from tangents, at one point, in both directions: its outputs, pushforward and pullback."""

    def __init__(self, owner: Owner, rule: Any, leaves: Leaves, active: Sequence[int]) -> None:
        self.active, self.size = active, len(leaves)
        self.floating: list[int] = []

        def of(*tangents: Any) -> Any:
            given = spread(tangents, active, len(leaves), lambda i: zero(leaves[i]))
            ys, dys = rule(leaves, given)
            self.floating[:] = [i for i, dy in enumerate(dys) if dy is not None]
            return [dys[i] for i in self.floating], ys

        self.tape = linear_map(owner, of, [leaves[i] for i in active])
        self.ys: list[Any] = self.tape.aux

    def pull(self, cts: Leaves) -> list[Any]:
        """Return a cotangent for each leaf, None for those that were not active."""
        results = self.tape.pull([cts[i] for i in self.floating])
        return spread(results, self.active, self.size, lambda i: None)

    def push(self, tangents: Leaves) -> list[Any]:
        """Return a tangent for each output, None for integers."""
        given = [tangents[i] for i in self.active]
        given = [ops.zeros_like(lift(x.data)) if t is None else t
                 for x, t in zip(self.tape.inputs, given, strict=True)]  # fmt: skip
        return spread(self.tape.push(given), self.floating, len(self.ys), lambda i: None)


def transposed(owner: Owner, pullback: Any, ys: Leaves, tangents: Leaves) -> list[Any]:
    """Return the tangents of outputs `ys`: the transpose of the pullback, as a map from cotangents, of `tangents`."""
    floating = [i for i, y in enumerate(ys) if is_floating(y)]
    reached: list[int] = []

    def of(*cts: Any) -> Any:
        results = pullback(spread(cts, floating, len(ys), lambda i: zero(ys[i])))
        reached[:] = [i for i, t in enumerate(tangents) if t is not None and results[i] is not None]
        return [results[i] for i in reached], None

    try:
        tape = linear_map(owner, of, [ys[i] for i in floating])
    except ConversionError as error:
        raise MissingRuleError(
            f"{owner.name}: expected a reverse rule made of gradx's functions, to transpose it; got one that "
            f"leaves them ({error}). Give the function a forward rule"
        ) from error
    results = tape.pull([tangents[i] for i in reached])
    return spread(results, floating, len(ys), lambda i: None)


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
    """

    __slots__ = ("owner", "pullback", "redo")

    def __init__(self, owner: Owner, pullback: Any, redo: Any, push: Any) -> None:
        super().__init__(owner.name)
        self.owner, self.pullback, self.redo = owner, pullback, redo
        self.push = partial(_push, push)
        self.pull = self.pull_guarded = _pull

    def kept(self, tracked: tuple[bool, ...]) -> tuple[bool, tuple[bool, ...]]:
        return False, (True,) * len(tracked)


def _pull(xp: Any, ct: Any, node: Node, parents: Any) -> Any:
    """Apply a reverse rule: the one at hand, or where the walk is recorded one that depends on the arguments."""
    card, cts = node.card, filled(ct, node)
    if xp is ops:
        recorded = any(
            parent is not None and isinstance(x, Cell) and x.aux is parent
            for x, parent in zip(node.inputs, node.parents, strict=True)
        )
        return (card.redo(node.inputs) if recorded else card.pullback)(cts)
    with no_grad():
        results = card.pullback(cts)
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


def _push(push: Any, xp: Any, tangents: Leaves, y: Any, *inputs: Any) -> Any:
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

    def dual(self, level: Level, data: Leaves, tangents: Leaves) -> Any:
        leaves = as_tensors(data)
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
        return self.taped(level, linear.ys, linear.pull, lambda leaves: at(leaves).pull,
                          lambda ys, tangents: linear.push(tangents))  # fmt: skip

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

    def dual(self, level: Level, data: Leaves, tangents: Leaves) -> Any:
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
        return self.taped(level, ys, pullback, lambda leaves: partial(backward, forward(leaves)[1]),
                          partial(transposed, owner, pullback))  # fmt: skip

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


__all__ = ["Call", "JvpCall", "Leaves", "Owner", "Residuals", "Transposed", "VjpCall", "as_tensors", "filled", "inside",
           "is_floating", "lowered", "packed", "transposed", "zero"]  # fmt: skip

"""The card: all that gradx knows of one primitive.

- Rules see the namespace `xp` first; then the cotangent `ct` or the tangents; then the output `y` and the
  inputs; parameters by keyword. They use operators and `xp.` functions only.
- Arrays are positional, everything else keyword.
- A rule's parameter whose name begins with `_` is not kept on the tape: in its place comes the input's
  application, which still knows `shape` and `dtype` (None for an input that is not tracked).
- A rule never sums down to a broadcast input, casts, or looks whether a result is wanted: the walk does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from gradx.backend import backend_of
from gradx.batching import BatchRule
from gradx.errors import MissingRuleError, ViewError
from gradx.level import Cell
from gradx.tape import apply, bind

Rule = Callable[..., Any]
F = TypeVar("F", bound=Rule)


class Reads:
    """Which of output and inputs a rule reads, from the names of its parameters after `skip` leading ones."""

    __slots__ = ("inputs", "output", "rest")

    def __init__(self, rule: Rule, skip: int) -> None:
        # inspect.signature would take a tenth of the time that importing gradx takes.
        code = rule.__code__
        output, *inputs = code.co_varnames[skip : code.co_argcount]
        variadic = (
            code.co_varnames[code.co_argcount + code.co_kwonlyargcount]
            if code.co_flags & 0x04
            else "_"
        )
        self.output = not output.startswith("_")
        self.inputs = tuple([not name.startswith("_") for name in inputs])
        self.rest = not variadic.startswith("_")

    def input(self, index: int) -> bool:
        """Whether the input of that number is read."""
        return self.inputs[index] if index < len(self.inputs) else self.rest


class Primitive:
    """One primitive: its name, its implementations and its rules.

    Calling it applies it at the highest level among its arguments.

    Attributes
    ----------
    rules
        One rule an input, `(xp, ct, y, *inputs, **params) -> ct_of_input` (of elementwise cards, one slope);
        None for an input that has no derivative. Or one rule, `joint`, that returns a cotangent for each.
    reads
        What each rule reads of output and inputs.
    pull, pull_guarded
        `(xp, ct, node, parents) -> cotangents`: the rules as the walk calls them, without and with regard to
        zeros by structure in `ct`.
    push
        `(xp, tangents, y, *inputs, **params) -> tangent`; `tangents` holds None where an input has none.
    batch
        How to apply it to all examples of a `vmap` at once; see `gradx.batching`.
    masks
        Its results, or its cotangents, hold zeros by structure.
    view, put
        Whether NumPy's result shares its memory with the input; and, of a card that can make views,
        `(base, part, **params) -> base`, on Tensors: what the base becomes when `part` is written to its view
        (`read_only` where that cannot be).
    few
        Its reverse rule changes few elements of a cotangent; the walk uses `add_to` or `take_over`.
    add_to
        `(xp, total, ct, *inputs, **params) -> total`: add what the rule would give to the cotangent of the
        first input, in its memory; for a card that touches few of its elements.
    take_over
        `pull`, where the cotangent is nobody else's: its memory may serve for that of the first input.
    call
        The public function, where it has a path of its own.
    table
        The implementation for each type of array, filled on first sight (`implement`).
    implementation
        What to apply to bare arrays of any library, in place of the backend's function of that name.
    differentiable
        False cuts the graph: the result is an integer, a boolean or an index.
    """

    __slots__ = ("_plans", "add_to", "batch", "call", "differentiable", "few", "implementation", "joint", "masks",
                 "name", "pull", "pull_guarded", "push", "put", "reads", "rules", "table", "take_over",
                 "view")  # fmt: skip

    def __init__(self, name: str, *, masks: bool = False, batch: BatchRule | None = None) -> None:
        self.name = name
        self.masks = masks
        self.batch = batch
        self.differentiable = True
        self.view = self.few = False
        self.put: Rule | None = None
        self.add_to: Rule | None = None
        self.take_over: Rule | None = None
        self.implementation: Rule | None = None
        self.table: dict[type, Rule] = {}
        self.call: Rule | None = None
        self.rules: tuple[Rule | None, ...] = ()
        self.joint = False
        self.push: Rule | None = None
        self.pull: Rule = self._no_pull
        self.pull_guarded: Rule = self._no_pull
        self.reads: tuple[Reads | None, ...] = ()
        self._plans: dict[tuple[bool, ...], tuple[bool, tuple[bool, ...]]] = {}

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __call__(self, *args: Any, **params: Any) -> Any:
        return apply(self, args, params)

    def implement(self, kind: type) -> Rule:
        """Find the implementation for arrays of type `kind`, and put it into `table`."""
        if issubclass(kind, Cell):
            found: Any = self.call or self
        elif self.implementation is not None:
            found = self.implementation
        else:
            backend = backend_of(kind)
            found = backend.xp
            for part in self.name.split("."):
                found = getattr(found, part, None)
            if found is None:
                raise MissingRuleError(f"{self.name}: not implemented for arrays of {backend.name}")
        self.table[kind] = found
        return found

    def vjp(self, rule: F) -> F:
        """Set one joint rule `(xp, ct, y, *inputs, **params)` that returns a cotangent for each input."""
        self.rules, self.joint = (rule,), True
        self.reads = (Reads(rule, 2),)

        def pull(xp: Any, ct: Any, node: Any, parents: Any) -> Any:
            results = rule(xp, ct, node.y, *node.inputs, **node.params)
            if len(results) != len(parents):
                raise MissingRuleError(
                    f"{self.name}: expected its vjp to return {len(parents)} cotangents; got {len(results)}"
                )
            return results

        self.pull = self.pull_guarded = pull
        return rule

    def jvp(self, rule: F) -> F:
        """Set the forward rule `(xp, tangents, y, *inputs, **params)`."""
        self.push = rule
        return rule

    def each(self, *rules: Rule | None) -> Primitive:
        """Set one rule an input, `(xp, ct, y, *inputs, **params)`; the last serves all further inputs."""
        self.rules = rules
        self.reads = tuple(rule and Reads(rule, 2) for rule in rules)

        def pull(xp: Any, ct: Any, node: Any, parents: Any) -> list[Any]:
            y, inputs, params = node.y, node.inputs, node.params
            return [
                None if parent is None or rule is None else rule(xp, ct, y, *inputs, **params)
                for parent, rule in zip(parents, rules, strict=True)
            ]

        self.pull = self.pull_guarded = pull
        return self

    def kept(self, tracked: tuple[bool, ...]) -> tuple[bool, tuple[bool, ...]]:
        """Return whether the output, and which inputs, must be kept when these inputs are tracked."""
        plan = self._plans.get(tracked)
        if plan is None:
            wanted = (True,) if self.joint else tracked
            live = [r for r, w in zip(self.reads, wanted, strict=True) if w and r is not None]
            output = any(r.output for r in live)
            plan = output, tuple(any(r.input(i) for r in live) for i in range(len(tracked)))
            self._plans[tracked] = plan
        return plan

    def _no_pull(self, *_: Any) -> Any:
        raise MissingRuleError(f"{self.name}: has no reverse rule (vjp)")


def read_only(base: Any, part: Any, **params: Any) -> Any:
    """Stand for `put` on cards whose view cannot be written to: asked for by identity, before any write."""
    raise ViewError("write: expected a view that can be written to; got one that is read-only")


def primitive(name: str, *vjps: Rule | None, jvp: Rule | None = None, masks: bool = False,
              batch: BatchRule | None = None) -> Primitive:  # fmt: skip
    """Make a card of the general kind: rules given here, one an input, or by `@card.vjp` and `@card.jvp`."""
    card = Primitive(name, masks=masks, batch=batch)
    if vjps:
        card.each(*vjps)
    card.push = jvp
    return card


def constant(name: str, *, batch: BatchRule | None = None) -> Primitive:
    """Make a card without a derivative: the result is an integer, a boolean or an index."""
    card = Primitive(name, batch=batch)
    card.differentiable = False
    return card


def linear(name: str, transpose: Rule, *, masks: bool = False, put: Rule | None = None,
           batch: BatchRule | None = None) -> Primitive:  # fmt: skip
    """Make a card for a linear map of one array: it is its own jvp, `transpose` is its vjp.

    `transpose(xp, ct, y, x, **params)`, most often with `_y` and `_x`: only `_x.shape` is read.
    """
    card = primitive(name, transpose, masks=masks, batch=batch)
    card.view, card.put = put is not None, put
    card.push = lambda xp, tangents, _y, _x, **params: bind(card, tangents, params)
    return card

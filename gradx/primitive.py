"""The card: all that gradx knows of one primitive.

- Rules see the namespace `xp` first; then the cotangent `ct` or the tangents; then the output `y` and the
  inputs; parameters by keyword. They use operators and `xp.` functions only.
- Arrays are positional, everything else keyword.
- A rule's parameter whose name begins with `_` is not kept on the tape: in its place comes the input's
  application, which still knows `shape` and `dtype` (None for an input that is not tracked).
- A rule never sums down to a broadcast input, casts, or looks whether a result is wanted: the walk does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from gradx.backend import backend_of, namespaces
from gradx.errors import MissingRuleError
from gradx.level import Cell
from gradx.shapes import summed_axes
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
    masks
        Its results, or its cotangents, hold zeros by structure.
    view
        NumPy's result shares its memory with the input: a write through it would be lost, and raises.
    call
        The public function, where it has a path of its own.
    table
        The implementation for each type of array, filled on first sight (`implement`).
    implementation
        What to apply to bare arrays of any library, in place of the backend's function of that name.
    differentiable
        False cuts the graph: the result is an integer, a boolean or an index.
    """

    __slots__ = ("_plans", "call", "differentiable", "implementation", "joint", "masks", "name",
                 "pull", "pull_guarded", "push", "reads", "rules", "table", "view")  # fmt: skip

    def __init__(self, name: str, *, masks: bool = False) -> None:
        self.name = name
        self.masks = masks
        self.differentiable = True
        self.view = False
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


def primitive(name: str, *vjps: Rule | None, jvp: Rule | None = None, masks: bool = False) -> Primitive:  # fmt: skip
    """Make a card of the general kind: rules given here, one an input, or by `@card.vjp` and `@card.jvp`."""
    card = Primitive(name, masks=masks)
    if vjps:
        card.each(*vjps)
    card.push = jvp
    return card


def constant(name: str) -> Primitive:
    """Make a card without a derivative: the result is an integer, a boolean or an index."""
    card = Primitive(name)
    card.differentiable = False
    return card


def linear(name: str, transpose: Rule, *, masks: bool = False, view: bool = False) -> Primitive:
    """Make a card for a linear map of one array: it is its own jvp, `transpose` is its vjp.

    `transpose(xp, ct, y, x, **params)`, most often with `_y` and `_x`: only `_x.shape` is read.
    """
    card = primitive(name, transpose, masks=masks)
    card.view = view
    card.push = lambda xp, tangents, _y, _x, **params: bind(card, tangents, params)
    return card


def multilinear(name: str, *transposes: Rule, masks: bool = False) -> Primitive:
    """Make a card for a map linear in each of its arrays: the jvp replaces them one at a time.

    One transpose an array, `(xp, ct, y, *inputs, **params)`; of the input that it is for, only the shape is read.
    """
    card = primitive(name, *transposes, masks=masks)

    def transpose(xp: Any, i: int, ct: Any, inputs: Sequence[Any], params: dict[str, Any]) -> Any:
        return transposes[i](xp, ct, None, *inputs, **params)

    guard(card, transpose)
    return card


def guard(card: Primitive, transpose: Rule) -> None:
    """Give a multilinear card its forward rule, and rules for cotangents and tangents with zeros by structure.

    `transpose(xp, i, ct, inputs, params)` is the cotangent of input `i`; of that input, only the shape is read.
    """
    absorbing = _Absorbing(card, transpose)

    def pull(xp: Any, ct: Any, node: Any, parents: Any) -> Any:
        recorded = isinstance(ct, Cell)
        results = [None] * len(parents) if recorded else card.pull(xp, ct, node, parents)
        if not recorded and not any(g is not None and _holds_nan(xp, g) for g in results):
            return results
        inputs, n = node.inputs, len(node.inputs)
        shapes = tuple([None if x is None else x.shape for x in inputs])
        return [
            None if parent is None else absorbing(
                ct, *_without(inputs, i), to=i, slots=(n, *_without(range(n), i)), shapes=shapes,
                params=node.params,
            )
            for i, parent in enumerate(parents)
        ]  # fmt: skip

    def push(
        xp: Any, tangents: Any, _y: Any, *inputs: Any, masked: bool = False, **params: Any
    ) -> Any:
        n, total = len(inputs), None
        shapes = tuple([x.shape for x in inputs])
        for i, tangent in enumerate(tangents):
            if tangent is None:
                continue
            if masked:
                term = absorbing(tangent, *_without(inputs, i), to=n, slots=(i, *_without(range(n), i)),
                                 shapes=shapes, params=params)  # fmt: skip
            else:
                term = bind(card, (*inputs[:i], tangent, *inputs[i + 1 :]), params)
            total = term if total is None else total + term
        return total

    card.pull_guarded, card.push = pull, push


class _Absorbing(Primitive):
    """A multilinear card and its transposes, as products in which a zero absorbs what is not finite.

    With a cotangent c, `Re <c, card(a, b)>` is linear in each of a, b and c, its slots 0, 1 and 2. Its gradient by
    what stands in one slot is a product of what stands in the others: by c the card itself, by an input the
    transpose. The derivatives of such a product are of the same kind, so this one card closes on itself.

    Called with the factors, `slots` that they stand in, and the slot `to`. A zero of the first factor absorbs;
    with `both`, a zero of any.
    """

    __slots__ = ("_card", "_transpose")

    def __init__(self, card: Primitive, transpose: Rule) -> None:
        super().__init__(f"absorbing_{card.name}")
        self._card, self._transpose = card, transpose
        self.implementation, self.push = self._apply, self._push
        self.pull = self.pull_guarded = self._pull
        self.rules, self.joint = (self._pull,), True

    def __call__(self, *factors: Any, both: bool = False, **how: Any) -> Any:
        return bind(self, factors, {"both": both, **how})

    def kept(self, tracked: tuple[bool, ...]) -> tuple[bool, tuple[bool, ...]]:
        return False, (True,) * len(tracked)

    def _product(self, xp: Any, factors: Any, to: int, slots: Any, shapes: Any, params: Any) -> Any:
        at = dict(zip(slots, factors, strict=True))
        n = len(shapes)
        if to == n:
            return bind(self._card, [at[i] for i in range(n)], params)
        inputs = [at[i] if i in at else _Shape(shapes[i]) for i in range(n)]
        g = self._transpose(xp, to, at[n], inputs, params)
        axes = summed_axes(tuple(g.shape), tuple(shapes[to]))
        return xp.reshape(xp.sum(g, axis=axes), shapes[to]) if axes else g

    def _apply(self, *factors: Any, both: bool, **how: Any) -> Any:
        xp = namespaces[type(factors[0])]
        y = self._product(xp, factors, **how)
        if not _holds_nan(xp, y):
            return y
        counted = [xp.astype(x != 0, x.dtype) if both or not i else xp.ones_like(x)
                   for i, x in enumerate(factors)]  # fmt: skip
        taken: Any = 0  # how many terms have a factor that is not finite, and none that absorbs it
        for i, x in enumerate(factors):
            if both or i:
                bad = xp.astype(~xp.isfinite(x), x.dtype)
                taken = taken + self._product(xp, [*counted[:i], bad, *counted[i + 1 :]], **how)
        finite = [_finite(xp, x) if both or i else x for i, x in enumerate(factors)]
        return xp.where(taken != 0, y, self._product(xp, finite, **how))

    def _pull(self, xp: Any, ct: Any, node: Any, parents: Any) -> list[Any]:
        factors, how = node.inputs, node.params
        to, slots, both = how["to"], how["slots"], how["both"]
        results: list[Any] = []
        for i, x in enumerate(factors):
            others = _without(factors, i)
            to_x = {
                **how,
                "to": slots[i],
                "slots": (to, *_without(slots, i)),
                "both": both or i > 0,
            }
            g = None if parents[i] is None else self(ct, *others, **to_x)
            if g is not None and (both or not i):
                # where x is 0 it goes on absorbing
                g = xp.where(x == 0, self(ct, *[_finite(xp, o) for o in others], **to_x), g)
            results.append(g)
        return results

    def _push(self, xp: Any, tangents: Any, _y: Any, *factors: Any, both: bool, **how: Any) -> Any:
        total = None
        for i, (x, t) in enumerate(zip(factors, tangents, strict=True)):
            if t is None:
                continue
            sums: list[Any] = [(factors, t)]
            if both or not i:  # where x is 0 it goes on absorbing
                finite = [_finite(xp, factor) for factor in factors]
                sums = [(factors, xp.where(x == 0, 0, t)), (finite, xp.where(x == 0, t, 0))]
            for others, part in sums:
                term = self(*others[:i], part, *others[i + 1 :], both=both or i > 0, **how)
                total = term if total is None else total + term
        return total


class _Shape:
    """Stands for an array of which only the shape is known."""

    __slots__ = ("shape",)

    def __init__(self, shape: Any) -> None:
        self.shape = shape


def _holds_nan(xp: Any, y: Any) -> bool:
    """Whether a product may hold a NaN, as 0 * inf makes one; a sum that overflows may look like it."""
    total = xp.sum(y)
    return bool(total != total)


def _without(items: Sequence[Any], i: int) -> tuple[Any, ...]:
    return (*items[:i], *items[i + 1 :])


def _finite(xp: Any, x: Any) -> Any:
    return xp.where(xp.isfinite(x), x, 0)

"""Cards of maps that are linear in each of their arrays: products of arrays, and how a zero absorbs in them.

- The forward rule replaces the arrays one at a time.
- Where a cotangent or a tangent holds zeros by structure, a product with it goes through `_Absorbing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import NoneType
from typing import Any

from gradx.backend import namespaces
from gradx.batching import BatchRule, composed
from gradx.level import Cell
from gradx.primitive import Primitive, Rule, primitive
from gradx.shapes import summed_axes
from gradx.tape import SCALARS, Node, bind


def multilinear(name: str, *transposes: Rule, masks: bool = False,
                batch: BatchRule | None = None) -> Primitive:  # fmt: skip
    """Make a card for a map linear in each of its arrays: the jvp replaces them one at a time.

    One transpose an array, `(xp, ct, y, *inputs, **params)`; of the input that it is for, only the shape is read.
    """
    card = primitive(name, *transposes, masks=masks, batch=batch)

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
        # To be differentiated again: of finite factors, every product is finite.
        if isinstance(ct, Cell):
            if _all_finite((ct, *node.inputs)):
                return card.pull(xp, ct, node, parents)
        else:
            results = card.pull(xp, ct, node, parents)
            if not any(g is not None and _holds_nan(xp, g) for g in results):
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
        masked = masked and not _all_finite((*tangents, *inputs))
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
        super().__init__(f"absorbing_{card.name}", batch=composed)
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
        return self._separated(xp, y, factors, both, how) if _holds_nan(xp, y) else y

    def by_parts(self, xp: Any, *factors: Any, both: bool, **how: Any) -> Any:
        """Apply by functions that have batch rules; a look at values decides only where nothing differentiates them."""
        y = self._product(xp, factors, **how)
        return y if _is_plain(y) else self._separated(xp, y, factors, both, how)

    def _separated(self, xp: Any, y: Any, factors: Any, both: bool, how: Any) -> Any:
        """Return the product `y`, without what is not finite only where a zero absorbs it."""
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


def _all_finite(values: Sequence[Any]) -> bool:
    """Whether all arrays among `values`, at the bottom of their levels, are finite."""
    for x in values:
        while isinstance(x, Cell):
            x = x.data
        if x.__class__ not in SCALARS and not isinstance(x, (Node, NoneType)):
            xp = namespaces[type(x)]
            if not bool(xp.all(xp.isfinite(x))):
                return False
    return True


def _is_plain(y: Any) -> bool:
    """Whether `y` is a batch of bare values, and none of them NaN: then so is each example's product."""
    while isinstance(y, Cell):
        if not y.level.lead and (y.level.number or y.aux is not None):
            return False
        y = y.data
    return not _holds_nan(namespaces[type(y)], y)


def _without(items: Sequence[Any], i: int) -> tuple[Any, ...]:
    return (*items[:i], *items[i + 1 :])


def _finite(xp: Any, x: Any) -> Any:
    return xp.where(xp.isfinite(x), x, 0)


__all__ = ["guard", "multilinear"]

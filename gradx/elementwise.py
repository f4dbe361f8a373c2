"""Elementwise cards and their hot path.

- A slope is `(xp, y, *inputs, **params) -> array`, a number (1, -1, 0), and the same shape as the output.
  vjp and jvp follow from it: a product with the slope (its conjugate in reverse).
- `elementwise` returns a function specialised by arity: no `*args`, no dictionary of parameters, no dtype
  work. What it cannot do at once (other levels, bare arrays, two libraries) goes to `tape.apply`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradx.batching import aligned
from gradx.dtypes import is_complex
from gradx.errors import OperandError
from gradx.level import blocks, suspended
from gradx.primitive import Primitive, Reads, Rule, primitive
from gradx.tape import Node, Reverse, apply, recover, settle

Slope = Callable[..., Any] | int | None
Term = Callable[[Any, Any, Any], Any]

_NONE: dict[str, Any] = {}


def elementwise(name: str, *slopes: Slope, doc: str = "", masks: bool = False) -> Any:
    """Make an elementwise function of `len(slopes)` arrays from its slopes.

    Parameters
    ----------
    slopes
        One an input: the partial derivative, `(xp, y, *inputs)`; a number where it is constant; None for an
        input without a derivative.
    """
    return _hot_call(elementwise_card(name, *slopes, masks=masks), doc)


def ruled(name: str, *rules: Rule, jvp: Rule, masks: bool = False, doc: str = "") -> Any:
    """Make an elementwise function whose derivative is no product with a slope: kinks, complex conjugates.

    The rules, `(xp, ct, y, *inputs)`, one an input, guard themselves: they absorb a zero cotangent where they
    multiply it by what may be infinite.
    """
    return _hot_call(primitive(name, *rules, jvp=jvp, masks=masks, batch=aligned), doc)


def _hot_call(card: Primitive, doc: str) -> Any:
    """Return the function that applies an elementwise card by the path for its number of arrays."""
    return named({1: _unary, 2: _two_arguments}.get(len(card.reads), _variadic)(card), card, doc)


def named(call: Any, card: Primitive, doc: str) -> Any:
    """Return `call` as the public function of `card`."""
    call.__name__ = call.__qualname__ = card.name.rpartition(".")[2]
    call.__doc__ = doc
    call.card = card
    card.call = call
    return call


def elementwise_card(name: str, *slopes: Slope, masks: bool = False) -> Primitive:
    """Make the card of an elementwise function, called as a general primitive (parameters by keyword)."""
    card = Primitive(name, masks=masks, batch=aligned)
    card.sloped = True
    rules = [slope if callable(slope) else None for slope in slopes]
    card.reads = tuple(rule and Reads(rule, 1) for rule in rules)
    card.rules = tuple(rules)
    card.pull, card.pull_guarded = _pull(slopes), _pull_terms(slopes, guarded=True)
    card.push = _push(slopes)
    return card


def _pull(slopes: Sequence[Slope]) -> Callable[..., Any]:
    """Return the reverse rule of slopes; products that nobody wants are not computed.

    The commonest cases are written out, so that the walk makes one call, and not one more for each input.
    """
    if slopes == (1, 1):
        return lambda xp, ct, node, parents: (ct, ct)
    if slopes == (1, -1):
        return lambda xp, ct, node, parents: (ct, None if parents[1] is None else -ct)
    plain = all(callable(slope) and not slope.__code__.co_kwonlyargcount for slope in slopes)
    if plain and len(slopes) == 1:
        return _pull_one(*slopes)
    if plain and len(slopes) == 2:
        return _pull_two(*slopes)
    return _pull_terms(slopes)


def _pull_one(slope: Any) -> Callable[..., Any]:
    def pull(xp: Any, ct: Any, node: Node, parents: Any) -> Any:
        s = slope(xp, node.y, node.inputs[0])
        return (ct * (_conj(xp, s) if is_complex[node.dtype] else s),)

    return pull


def _pull_two(first: Any, second: Any) -> Callable[..., Any]:
    def pull(xp: Any, ct: Any, node: Node, parents: Any) -> Any:
        y, (a, b), (wanted_a, wanted_b) = node.y, node.inputs, parents
        s = None if wanted_a is None else first(xp, y, a, b)
        t = None if wanted_b is None else second(xp, y, a, b)
        if is_complex[node.dtype]:
            s, t = [None if slope is None else _conj(xp, slope) for slope in (s, t)]
        return None if s is None else ct * s, None if t is None else ct * t

    return pull


def _pull_terms(slopes: Sequence[Slope], guarded: bool = False) -> Callable[..., Any]:
    terms = [_term(slope, guarded) for slope in slopes]
    return lambda xp, ct, node, parents: [
        None if parent is None else term(xp, ct, node)
        for parent, term in zip(parents, terms, strict=True)
    ]


_CONSTANT_TERMS: dict[int | None, Term] = {
    None: lambda xp, ct, node: None,
    0: lambda xp, ct, node: xp.zeros_like(ct),
    1: lambda xp, ct, node: ct,
    -1: lambda xp, ct, node: -ct,
}


def _term(slope: Slope, guarded: bool) -> Term:
    """Return the function of (xp, ct, node) that carries a cotangent back along one slope.

    `guarded` where the cotangent holds zeros by structure: they absorb a slope that is not finite.
    """
    if not callable(slope):
        return _CONSTANT_TERMS[slope]

    def term(xp: Any, ct: Any, node: Node) -> Any:
        s = slope(xp, node.y, *node.inputs, **node.params)
        if is_complex[node.dtype]:
            s = _conj(xp, s)
        return xp.guarded_multiply(ct, s) if guarded else ct * s

    return term


def _conj(xp: Any, s: Any) -> Any:
    return s.conjugate() if isinstance(s, (int, float, complex)) else xp.conj(s)


def _push(slopes: tuple[Slope, ...]) -> Callable[..., Any]:
    """Return the forward rule: the sum of slopes times tangents."""

    def push(
        xp: Any, tangents: Any, y: Any, *inputs: Any, masked: bool = False, **params: Any
    ) -> Any:
        total = None
        for tangent, slope in zip(tangents, slopes, strict=True):
            if tangent is None or slope is None:
                continue
            if callable(slope):
                s = slope(xp, y, *inputs, **params)
                term = xp.guarded_multiply(tangent, s) if masked else tangent * s
            else:
                term = _CONSTANT_TERMS[slope](xp, tangent, None)
            total = term if total is None else total + term
        return total

    return push


def _unary(card: Primitive) -> Any:
    table = card.table
    read = card.reads[0]
    keep_y, keep_x = (read.output, read.input(0)) if read else (False, False)

    def call(x: Any, /) -> Any:
        try:
            level, a, parent = x.level, x.data, x.aux
        except AttributeError:
            return apply(card, (x,), {})
        if level.__class__ is not Reverse:
            return apply(card, (x,), {})
        try:
            y = table[a.__class__](a)
        except Exception as error:
            y = recover(card, (a,), _NONE, error)
        if y.__class__ is not a.__class__:
            y = settle(y, (a,))
        out = x.__class__()
        out.data = y
        out.level = level
        if parent is None or (blocks and suspended(level)):
            out.aux = None
            return out
        out.aux = node = Node()
        node.card = card
        node.parents = (parent,)
        node.y = y if keep_y else None
        node.inputs = (a if keep_x else None,)
        node.shape = parent.shape
        node.dtype = y.dtype
        return out

    return call


def _scalar(card: Primitive, left: bool) -> Any:
    """Return the function of a Tensor and a Python number, the number being on the left or on the right."""
    table = card.table
    plan = card.kept((False, True) if left else (True, False))
    keep_y, keep_x = plan[0], plan[1][1 if left else 0]

    def call(x: Any, s: Any, /) -> Any:
        level, a, parent = x.level, x.data, x.aux
        if level.__class__ is not Reverse:
            return apply(card, (s, x) if left else (x, s), {})
        try:
            y = table[a.__class__](s, a) if left else table[a.__class__](a, s)
        except Exception as error:
            y = recover(card, (s, a) if left else (a, s), _NONE, error)
        if y.__class__ is not a.__class__:
            y = settle(y, (a,))
        out = x.__class__()
        out.data = y
        out.level = level
        if parent is None or (blocks and suspended(level)):
            out.aux = None
            return out
        out.aux = node = Node()
        node.card = card
        node.parents = (None, parent) if left else (parent, None)
        node.y = y if keep_y else None
        kept = a if keep_x else None
        node.inputs = (s, kept) if left else (kept, s)
        node.shape = parent.shape
        node.dtype = y.dtype
        return out

    return call


def _binary(card: Primitive, scalar: Any, fallback: Callable[..., Any]) -> Any:
    table = card.table
    both, first, second = (card.kept(t) for t in ((True, True), (True, False), (False, True)))

    def call(x1: Any, x2: Any, /) -> Any:
        try:
            if x2.__class__ is float or x2.__class__ is int:
                return scalar(x1, x2)
            level, a, pa, b, pb = x1.level, x1.data, x1.aux, x2.data, x2.aux
            if level is not x2.level or a.__class__ is not b.__class__:
                return fallback(card, (x1, x2))
        except AttributeError:
            return fallback(card, (x1, x2))
        if level.__class__ is not Reverse:
            return fallback(card, (x1, x2))
        try:
            y = table[a.__class__](a, b)
        except Exception as error:
            y = recover(card, (a, b), _NONE, error)
        if y.__class__ is not a.__class__:
            y = settle(y, (a,))
        out = x1.__class__()
        out.data = y
        out.level = level
        if (pa is None and pb is None) or (blocks and suspended(level)):
            out.aux = None
            return out
        keep_y, (keep_a, keep_b) = second if pa is None else first if pb is None else both
        out.aux = node = Node()
        node.card = card
        node.parents = (pa, pb)
        node.y = y if keep_y else None
        node.inputs = (a if keep_a else None, b if keep_b else None)
        same = pa is not None and pb is not None and pa.shape is pb.shape
        node.shape = pa.shape if same else y.shape  # the very tuple: the walk knows it again
        node.dtype = y.dtype
        return out

    return call


def _reflected(call: Any, scalar: Any) -> Any:
    """Return the reflected operator: `self` is the right operand."""

    def operate(self: Any, other: Any, /) -> Any:
        if other.__class__ is float or other.__class__ is int:
            return scalar(self, other)
        return call(other, self)

    return operate


def _apply(card: Primitive, args: tuple[Any, ...]) -> Any:
    return apply(card, args, _NONE)


def _apply_as_operator(card: Primitive, args: tuple[Any, ...]) -> Any:
    """Apply, and leave an operand that gradx does not know to the other side."""
    try:
        return apply(card, args, _NONE)
    except OperandError:
        return NotImplemented


def _two_arguments(card: Primitive) -> Any:
    """Return the function of two arrays, with its operators attached: `operator` and `reflected`."""
    right, left = _scalar(card, left=False), _scalar(card, left=True)
    call = _binary(card, right, _apply)
    call.operator = _binary(card, right, _apply_as_operator)
    call.reflected = _reflected(call.operator, left)
    return call


def _variadic(card: Primitive) -> Any:
    def call(*arrays: Any) -> Any:
        return apply(card, arrays, _NONE)

    return call

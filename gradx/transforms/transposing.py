"""Rules that are linear maps, transposed: how one mode of differentiation follows from the other.

- A rule is run once on a `Linear` tape, with zeros for tangents or cotangents; its transpose is a walk back there.
- That a rule is linear is made sure of once a function, with numbers instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

from gradx import ops
from gradx.backend import backend_of, namespaces
from gradx.dtypes import is_inexact
from gradx.errors import ConversionError, GraphError, MissingRuleError
from gradx.tape import SCALARS, lift
from gradx.transforms.linear import Linearized, point
from gradx.transforms.reverse import raw

Leaves = Sequence[Any]


class Owner:
    """What all calls of one function share: its name, and whether its rule was found to be linear."""

    name: str
    rule: str  # the name of the rule, for errors
    checked: bool
    crooked = False  # found to be not linear, or not to be looked through


def is_floating(x: Any) -> bool:
    return is_inexact(x.dtype)


def zero(x: Any) -> Any:
    """Return a zero of the shape and dtype of a leaf."""
    kind: Any = x.__class__
    return kind(0) if kind in SCALARS else ops.zeros_like(ops.stop_gradient(x))


def linear_map(owner: Owner, f: Callable[..., Any], likes: Leaves) -> Linearized:
    """Return the linear `f(*likes) -> results, aux` as a tape, once it is made sure that it is linear."""
    # Quiet: the numbers that it is run on stand for others, and 0 times inf means nothing.
    with backend_of(type(raw(likes[0]))).quiet() if likes else nullcontext():
        if owner.checked:
            return Linearized(owner.name, f, tuple([zero(x) for x in likes]), has_aux=True)
        return _checked(owner, f, likes)


def _checked(owner: Owner, f: Callable[..., Any], likes: Leaves) -> Linearized:
    here, there = ([point(ops.stop_gradient(x), step) for x in likes] for step in (0.7, 1.9))
    there = [1e3 * x for x in there]  # a clipped gradient shows only where it is large
    tape = Linearized(owner.name, f, tuple(here), has_aux=True)
    if not (_agrees(tape, here, tape.values) and _agrees(tape, there, f(*there)[0])):
        raise GraphError(
            f"{owner.name}: expected a rule that is linear in {owner.rule}, to transpose it for the other mode; "
            "got one that is not. Multiply by them, and add up; do not square them or add constants"
        )
    owner.checked = True
    return tape


def _agrees(tape: Linearized, xs: Leaves, values: Leaves) -> bool:
    """Whether `f(x)` is the tape's linear map of `x`, as far as both are finite: <w, f(x)> is <pull(w), x>.

    By the transpose alone, for a forward rule may be what is being derived.
    """
    if not values or not xs:
        return True
    values = [ops.stop_gradient(v) for v in values]
    weights = [ops.where(ops.isfinite(v), point(v, 1.3), 0) for v in values]
    values = [ops.where(ops.isfinite(v), v, 0) for v in values]
    pulled = [ops.stop_gradient(g) for g in tape.pull(weights)]
    left, scale = _product(weights, values)
    right, other = _product(pulled, xs)
    apart, size = abs(left - right), scale + other
    loose = max([_LOOSE.get(x.dtype.name, 5e-2) for x in (*values, *xs)], default=0.0)
    agrees = raw((apart <= loose * size) | ~ops.isfinite(size + left + right) | (size == 0))
    return bool(namespaces[agrees.__class__].all(agrees))


_LOOSE = {"float64": 1e-8, "complex128": 1e-8, "float32": 1e-3, "complex64": 1e-3}


def _product(xs: Leaves, ys: Leaves) -> tuple[Any, Any]:
    """Return the real inner product of two lists of arrays, and the sum of the magnitudes of its terms."""
    total: Any = 0.0
    scale: Any = 0.0
    for x, y in zip(xs, ys, strict=True):
        term = ops.real(ops.conj(x) * y)
        total, scale = total + ops.sum(term), scale + ops.sum(ops.abs(term))
    return total, scale


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

    def held(self) -> list[Any]:
        """Return the arrays that the tape keeps."""
        steps = self.tape.level.state
        outputs = [
            each for step in steps for each in (step.y if isinstance(step.y, tuple) else (step.y,))
        ]
        return [*outputs, *(x for step in steps for x in step.inputs if x.__class__ not in SCALARS)]

    def push(self, tangents: Leaves) -> list[Any]:
        """Return a tangent for each output, None for integers."""
        given = [tangents[i] for i in self.active]
        given = [ops.zeros_like(lift(x.data)) if t is None else t
                 for x, t in zip(self.tape.inputs, given, strict=True)]  # fmt: skip
        return spread(self.tape.push(given), self.floating, len(self.ys), lambda i: None)


def absorbing(owner: Owner, pullback: Any, cts: Leaves) -> list[Any]:
    """Return `pullback(cts)`, where zeros among `cts` absorb what is not finite; as it is, where it is not linear."""
    if owner.crooked:
        return list(pullback(cts))
    floating = [i for i, ct in enumerate(cts) if is_floating(ct)]
    reached: list[int] = []
    size = 0

    def of(*given: Any) -> Any:
        nonlocal size
        results = pullback(spread(given, floating, len(cts), lambda i: cts[i]))
        reached[:] = [i for i, g in enumerate(results) if g is not None]
        size = len(results)
        return [results[i] for i in reached], None

    try:
        tape = linear_map(owner, of, [cts[i] for i in floating])
    except (ConversionError, GraphError, MissingRuleError):
        owner.crooked = True
        return list(pullback(cts))
    return spread(tape.push([cts[i] for i in floating]), reached, size, lambda i: None)


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


__all__ = ["Leaves", "Owner", "Transposed", "absorbing", "is_floating", "transposed", "zero"]

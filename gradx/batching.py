"""Batch rules: how a card is applied to all examples of a `vmap` at once.

- A rule is `(xp, card, args, batched, n, params) -> y`, or a tuple of outputs. `args` are values one level down; where
  `batched` says so, axis 0 holds the `n` examples, and the other axes are those that the user sees.
- Each output has the examples along its axis 0, also where the rule needs no example to compute it.
- A rule applies its card again, or others, on whole arrays; there is no loop over examples.
- What depends on values in its shape (`nonzero`, a mask) has no batch: `refused` says so and names the cure.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from math import prod
from typing import Any

from gradx.errors import BatchError
from gradx.level import Level
from gradx.tape import SCALARS, bind

BatchRule = Callable[..., Any]

# The running vmaps of this context, the outermost first: random numbers ask them what to draw.
mapping: ContextVar[tuple[Level, ...]] = ContextVar("gradx_mapping", default=())

# Whom a random generator of this context asks for the key of a draw; None: it counts its own.
key_source: ContextVar[Callable[[Any], Any] | None] = ContextVar("gradx_key_source", default=None)


def rank_of(x: Any, batched: bool) -> int:
    """Return the rank of one example."""
    return 0 if x.__class__ in SCALARS else len(x.shape) - batched


def padded(xp: Any, x: Any, rank: int) -> Any:
    """Return a batched array with axes of size 1 put before the example's, which then has `rank` of them."""
    shape = tuple(x.shape)
    missing = rank + 1 - len(shape)
    return xp.reshape(x, (shape[0], *(1,) * missing, *shape[1:])) if missing > 0 else x


def filled(xp: Any, x: Any, batched: bool, n: int) -> Any:
    """Return an array with an example axis: of one that is not batched, the same `n` times."""
    return x if batched else xp.broadcast_to(x, (n, *x.shape))


# ---------------------------------------------------------------- rules


def aligned(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
    """Broadcast examples of different rank against each other: for whatever counts axes from the end, if at all."""
    if len(args) > 1:
        ranks = [
            0 if x.__class__ in SCALARS else len(x.shape) - flag for x, flag in zip(args, batched)
        ]
        rank = max(ranks)
        if min(ranks) < rank:
            args = [
                padded(xp, x, rank) if flag and r < rank else x
                for x, flag, r in zip(args, batched, ranks)
            ]
    return bind(card, args, params)


def leading(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
    """Apply as it is: a function of one array that takes what comes before the last axes for a batch."""
    return bind(card, args, params)


def spread(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
    """As `leading`, for several arrays of one shape: all get the example axis."""
    return bind(card, [filled(xp, x, flag, n) for x, flag in zip(args, batched)], params)


def shifted(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
    """Count the axes in `axis`, from the front of an example, from the front of the batch."""
    axis = params["axis"]
    axis = tuple([a + 1 for a in axis]) if axis.__class__ is tuple else axis + 1
    return bind(card, args, {**params, "axis": axis})


def joined(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
    """`shifted` for several arrays: all get the example axis."""
    return shifted(
        xp, card, [filled(xp, x, flag, n) for x, flag in zip(args, batched)], batched, n, params
    )


def flattened(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
    """`shifted`, where an axis of None stands for all elements of one example in a row."""
    if params["axis"] is not None:
        return shifted(xp, card, args, batched, n, params)
    (x,) = args
    shape = tuple(x.shape)
    y = bind(card, (xp.reshape(x, (n, prod(shape[1:]))),), {**params, "axis": 1})
    if params.get("keepdims") is False:
        return xp.reshape(y, (n,))
    return xp.reshape(y, (n, *(1,) * (len(shape) - 1)) if "keepdims" in params else shape)


def resized(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
    """Put the number of examples before the `shape` of one; an array that broadcasts to it may have a lower rank."""
    shape = params["shape"]
    x = padded(xp, args[0], len(shape)) if card.name == "broadcast_to" else args[0]
    return bind(card, (x,), {"shape": (n, *shape)})


def permuted(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
    """Leave the example axis in its place."""
    return bind(card, args, {"axes": (0, *[a + 1 for a in params["axes"]])})


def composed(*_: Any) -> Any:
    """Stand for the rule of a card that is made of others: its `by_parts` is applied on the level itself."""
    raise AssertionError("the batch level applies the card by its parts")


def refused(name: str, reason: str, cure: str) -> BatchRule:
    """Return the rule of a function whose result has a shape that depends on values."""

    def refuse(*_: Any) -> Any:
        raise BatchError(f"{name}: under vmap {reason}. {cure}")

    return refuse


__all__ = ["BatchRule", "aligned", "composed", "filled", "flattened", "joined", "key_source", "leading", "mapping",
           "padded",
           "permuted", "rank_of", "refused", "resized", "shifted", "spread"]  # fmt: skip

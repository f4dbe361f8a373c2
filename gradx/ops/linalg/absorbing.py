"""Matrices behind a mask: where the whole cotangent of one is zero by structure, so is what arrives at it.

- Each matrix of a batch is on its own: whatever it holds, NaN or a singular matrix, a zero for it absorbs.
- So in forward mode: a matrix whose tangents are all zero gives a tangent of zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradx.primitive import Primitive

Ranks = tuple[int, ...]


def absorb(card: Primitive, inputs: Ranks, outputs: Ranks) -> None:
    """Let zeros absorb in the rules of a card, whose inputs and outputs have these ranks without their batch."""
    pull, push = card.pull, card.push
    assert push is not None

    def pull_guarded(xp: Any, ct: Any, node: Any, parents: Any) -> Any:
        given = ct if isinstance(ct, list) else [ct]
        ranks_in, ranks_out = _ranks(node.inputs, given[0], inputs, outputs)
        nothing = _nothing(xp, given, ranks_out)
        found = pull(xp, ct, node, parents)
        return [_cleared(xp, nothing, g, rank) for g, rank in zip(found, ranks_in, strict=True)]

    def guarded(
        xp: Any, tangents: Any, y: Any, *args: Any, masked: bool = False, **params: Any
    ) -> Any:
        found = push(xp, tangents, y, *args, **params)
        if not masked:
            return found
        several = isinstance(found, (tuple, list))
        ranks_in, ranks_out = _ranks(args, y, inputs, outputs)
        nothing = _nothing(xp, tangents, ranks_in)
        parts = [
            _cleared(xp, nothing, d, rank)
            for d, rank in zip(found if several else [found], ranks_out)
        ]
        return tuple(parts) if several else parts[0]

    card.pull_guarded, card.push = pull_guarded, guarded


def _ranks(args: Sequence[Any], y: Any, inputs: Ranks, outputs: Ranks) -> tuple[Ranks, Ranks]:
    """Return the ranks; `solve` takes a vector on the right for a column."""
    if len(args) == 2 and hasattr(y, "shape") and len(y.shape) < len(args[0].shape):
        return (inputs[0], 1), (1,)
    return inputs, outputs


def _nothing(xp: Any, arrays: Sequence[Any], ranks: Ranks) -> Any:
    """Return for which matrices of the batch all given arrays are zero."""
    found: Any = None
    for x, rank in zip(arrays, ranks):
        if x is not None:
            zero = xp.all(x == 0, axis=tuple(range(-rank, 0))) if rank else x == 0
            found = zero if found is None else found & zero
    return found


def _cleared(xp: Any, nothing: Any, x: Any, rank: int) -> Any:
    """Return `x` with zeros for the matrices of which there is nothing."""
    if x is None or nothing is None:
        return x
    return xp.where(xp.reshape(nothing, (*nothing.shape, *(1,) * rank)), 0, x)


__all__ = ["absorb"]

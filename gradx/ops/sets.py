"""Distinct elements, and membership.

- The shapes depend on the values.
- Distinct values are read at the place where each occurs first, and that place gets the cotangent.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from gradx.batching import rank_of, refused
from gradx.dtypes import is_inexact
from gradx.ops.indexing import take
from gradx.ops.manipulation import ravel, reshape
from gradx.primitive import constant
from gradx.shapes import size
from gradx.tape import SCALARS, apply, bind, lift

_unique_all = constant(
    "unique_all",
    batch=refused("unique_all", "examples have different numbers of distinct values",
                  "Call it outside of vmap, or use gx.sort, whose result has one size"),
)  # fmt: skip


def _batched_isin(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
    x, among = args
    if not batched[1]:
        return bind(card, args, params)
    rank = rank_of(x, batched[0])
    among = xp.reshape(among, (n, *(1,) * rank, size(among.shape[1:])))
    if x.__class__ not in SCALARS:
        x = xp.expand_dims(x, axis=-1)
    found = xp.any(among == x, axis=-1)
    return xp.logical_not(found) if params["invert"] else found


_isin = constant("isin", batch=_batched_isin)


class UniqueAllResult(NamedTuple):
    """Distinct values, where each occurs first, which of them each element is, and how often each occurs."""

    values: Any
    indices: Any
    inverse_indices: Any
    counts: Any


class UniqueCountsResult(NamedTuple):
    """Distinct values and how often each occurs."""

    values: Any
    counts: Any


class UniqueInverseResult(NamedTuple):
    """Distinct values and which of them each element is."""

    values: Any
    inverse_indices: Any


def unique_all(x: Any, /) -> UniqueAllResult:
    """Return the distinct values `(n,)` in ascending order and all about their places.

    The indices are into the flattened array; `inverse_indices` has the shape of `x`. Each NaN is distinct.

    >>> import gradx as gx
    >>> gx.unique_all(gx.asarray([2, 1, 2])).counts
    Tensor([1, 2])
    """
    x = lift(x)
    values, indices, inverse, counts = apply(_unique_all, (x,), {})
    if is_inexact(x.dtype):
        values = take(ravel(x), indices)
    return UniqueAllResult(values, indices, reshape(inverse, x.shape), counts)


def unique_counts(x: Any, /) -> UniqueCountsResult:
    """Return the distinct values `(n,)` and how often each occurs."""
    values, _, _, counts = unique_all(x)
    return UniqueCountsResult(values, counts)


def unique_inverse(x: Any, /) -> UniqueInverseResult:
    """Return the distinct values `(n,)` and which of them each element of `x` is."""
    values, _, inverse, _ = unique_all(x)
    return UniqueInverseResult(values, inverse)


def unique_values(x: Any, /) -> Any:
    """Return the distinct values `(n,)` in ascending order.

    >>> import gradx as gx
    >>> gx.unique_values(gx.asarray([2.0, 1.0, 2.0]))
    Tensor([1., 2.])
    """
    return unique_all(x).values


def isin(x1: Any, x2: Any, /, *, invert: bool = False) -> Any:
    """Whether each element of `x1` is among those of `x2`; the opposite with `invert`.

    >>> import gradx as gx
    >>> gx.isin(gx.asarray([1, 2, 3]), gx.asarray([3, 1]))
    Tensor([ True, False,  True])
    """
    return apply(_isin, (x1, x2), {"invert": invert})


__all__ = ["isin", "unique_all", "unique_counts", "unique_inverse", "unique_values"]

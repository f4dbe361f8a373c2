"""Batch rules of reading and writing by index.

- Where no index differs between examples, a full slice goes before the key; where one does, the examples are
  one more index: position (i, *key of example i).
- NumPy moves the axes of index arrays to the front where slices separate them, and with the example's own index at
  the front they mostly are: `Plan` knows where the axes of one example are, and they are brought back there.
- A mask that differs between examples has no batch for reading; writing by it is `where`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from gradx.backend import INDEX
from gradx.batching import filled, padded
from gradx.dtypes import dtype_of
from gradx.errors import BatchError
from gradx.tape import SCALARS, bind

_ALL = slice(None)


class Plan(NamedTuple):
    """What one example's key reads.

    Attributes
    ----------
    key, arrays, batched
        The key, its index arrays, and which of them differ between examples.
    before, block, rank
        How many axes of the result come before those of the index arrays, how many are theirs, and all.
    apart
        The index arrays are separated by slices, so their axes come first.
    """

    key: tuple[Any, ...]
    arrays: list[Any]
    batched: list[bool]
    before: int
    block: int
    rank: int
    apart: bool


def _is_mask(x: Any) -> bool:
    return bool(dtype_of(x.dtype).kind == "b")


def _plan(xp: Any, key: Any, arrays: Any, batched: Any, rank: int) -> Plan:
    """Plan a key of an array of that rank; masks become positions where other indices differ between examples."""
    parts, found, flags = list(key), list(arrays), list(batched)
    if any(batched):
        parts, found, flags = _without_masks(xp, key, arrays, batched)
    ranks = iter([
        (x.ndim if _is_mask(x) else 1, 1 if _is_mask(x) else x.ndim - flag)
        for x, flag in zip(found, flags)
    ])  # fmt: skip
    used = new = block = 0
    places = []  # of the parts that are, or count as, index arrays
    for place, part in enumerate(parts):
        if part is INDEX:
            axes, wide = next(ranks)
            used, block = used + axes, max(block, wide)
            places.append(place)
        elif part is None:
            new += 1
        elif part is not Ellipsis:
            used += 1
            new += part.__class__ is slice
            if part.__class__ is int and found:
                places.append(place)
    rest = rank - used
    apart = bool(places) and places[-1] - places[0] >= len(places)
    before = 0
    if places and not apart:
        head = parts[: places[0]]
        before = sum(rest if p is Ellipsis else p is None or p.__class__ is slice for p in head)
    return Plan(tuple(parts), found, flags, before, block, new + rest + block, apart)


def _without_masks(
    xp: Any, key: Sequence[Any], arrays: Sequence[Any], batched: Sequence[bool]
) -> tuple[list[Any], list[Any], list[bool]]:
    parts: list[Any] = []
    found: list[Any] = []
    flags: list[bool] = []
    given = iter(zip(arrays, batched))
    for part in key:
        if part is not INDEX:
            parts.append(part)
            continue
        x, flag = next(given)
        if _is_mask(x) and not x.ndim:
            raise BatchError(
                "getitem: under vmap a mask of rank 0 cannot stand beside indices that differ between examples. "
                "Reshape instead"
            )
        places = xp.nonzero(x) if _is_mask(x) else (x,)
        parts.extend([INDEX] * len(places))
        found.extend(places)
        flags.extend([flag] * len(places))
    return parts, found, flags


def _with_examples(xp: Any, plan: Plan, n: int, device: Any) -> tuple[list[Any], tuple[Any, ...]]:
    """Return index arrays and key that name the example first."""
    own = xp.reshape(xp.arange(n, device=device), (n, *(1,) * plan.block))
    return [own, *_padded(xp, plan)], (INDEX, *plan.key)


def _padded(xp: Any, plan: Plan) -> list[Any]:
    return [padded(xp, x, plan.block) if flag else x for x, flag in zip(plan.arrays, plan.batched)]


def batched_getitem(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
    """Read from all examples: `(n, *result of one)`."""
    x, *arrays = args
    of_x, *flags = batched
    if any(flag and _is_mask(i) for i, flag in zip(arrays, flags)):
        raise BatchError(
            "getitem: under vmap a mask would read a different number of elements from each example. Use "
            "gx.where(mask, x, 0), whose result has one size"
        )
    plan = _plan(xp, params["key"], arrays, flags, x.ndim - of_x)
    if not any(flags):
        y = bind(card, (x, *arrays), {"key": (_ALL, *plan.key)})
        return xp.moveaxis(y, plan.block, 0) if plan.apart and plan.block else y
    if not of_x:
        y = bind(card, (x, *_padded(xp, plan)), {"key": plan.key})
        return xp.moveaxis(y, plan.before, 0) if plan.before else y
    indices, key = _with_examples(xp, plan, n, x.device)
    y = bind(card, (x, *indices), {"key": key})
    if not plan.before:
        return y
    first = 1 + plan.block
    back = first + plan.before
    order = (0, *range(first, back), *range(1, first), *range(back, plan.rank + 1))
    return xp.permute_dims(y, order)


def batched_write(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
    """Write into all examples, by `index_set` or `index_add`."""
    x, values, *arrays = args
    of_x, of_values, *flags = batched
    x = filled(xp, x, of_x, n)
    plan = (
        _plan(xp, params["key"], arrays, flags, x.ndim - 1) if not _masked(arrays, flags) else None
    )
    if plan is None:
        return _write_masked(xp, card, x, values, of_values, arrays, params["key"])
    values = _laid_out(xp, values, of_values, plan.rank)
    if not any(flags):
        if values.__class__ not in SCALARS and plan.apart and plan.block:
            values = xp.moveaxis(values, 0, plan.block)
        return bind(card, (x, values, *arrays), {"key": (_ALL, *plan.key)})
    indices, key = _with_examples(xp, plan, n, x.device)
    if values.__class__ not in SCALARS and plan.before:
        middle = 1 + plan.before
        back = middle + plan.block
        order = (0, *range(middle, back), *range(1, middle), *range(back, plan.rank + 1))
        values = xp.permute_dims(values, order)
    return bind(card, (x, values, *indices), {"key": key})


def _laid_out(xp: Any, values: Any, batched: bool, rank: int) -> Any:
    """Return values as `(n or 1, *shape)` with a shape of that rank; numbers as they are."""
    if values.__class__ in SCALARS:
        return values
    shape = tuple(values.shape)
    lead, shape = (shape[:1], shape[1:]) if batched else ((1,), shape)
    extra = len(shape) - rank  # leading axes of size 1 are allowed
    shape = shape[extra:] if extra > 0 else (1,) * -extra + shape
    return xp.reshape(values, (*lead, *shape))


def _masked(arrays: Sequence[Any], flags: Sequence[bool]) -> bool:
    return any(flag and _is_mask(i) for i, flag in zip(arrays, flags))


def _write_masked(
    xp: Any, card: Any, x: Any, values: Any, of_values: bool, arrays: Any, key: Any
) -> Any:
    """Write where a mask of each example says: the same value at all places along its axes."""
    others = [part for part in key if part is not INDEX]
    if len(arrays) != 1 or any(part is not Ellipsis and part != _ALL for part in others):
        raise BatchError(
            f"{card.name}: under vmap expected a mask that differs between examples alone in its key, beside full "
            "slices. Use gx.where(mask, values, x)"
        )
    (mask,) = arrays
    rank, covered = x.ndim - 1, mask.ndim - 1
    head = key[: key.index(INDEX)]
    spare = rank - covered - sum(part is not Ellipsis for part in others)
    before = sum(spare if part is Ellipsis else 1 for part in head)
    after = rank - covered - before
    if values.__class__ not in SCALARS:
        values = _laid_out(xp, values, of_values, before + 1 + after)
        shape = tuple(values.shape)
        if shape[1 + before] != 1:
            raise BatchError(
                f"{card.name}: under vmap expected one value for all places of a mask that differs between examples; "
                f"got {shape[1 + before]}. Use gx.where(mask, values, x)"
            )
        values = xp.reshape(values, (*shape[: 1 + before], *(1,) * covered, *shape[2 + before :]))
        values = xp.astype(values, x.dtype)
    mask = xp.reshape(mask, (mask.shape[0], *(1,) * before, *mask.shape[1:], *(1,) * after))
    return x + xp.where(mask, values, 0) if card.name == "index_add" else xp.where(mask, values, x)


__all__ = ["batched_getitem", "batched_write"]

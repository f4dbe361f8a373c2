"""Which elements of an application's inputs its outputs come from, and the other way round.

- Of an elementwise card: those at the same place, broadcasting undone; of `where`, in the branch that was taken.
- Of any other: what its own rules carry from a mark to elsewhere, on residuals replaced by numbers that have
  nothing in common (so nothing is 0 or NaN by accident). Cards that choose by value keep theirs.
- Where a rule cannot be asked (it does not take such numbers), everything counts: at worst too much is followed.
- One application is walked back over through a copy of its node whose parents are leaves: what a rule gives is
  then seen for each input by itself, with all that the walk does to it.
"""

from __future__ import annotations

from typing import Any

from gradx.backend import backend_of, namespaces
from gradx.debug.values import host, not_finite
from gradx.dtypes import dtype_of
from gradx.level import Cell
from gradx.shapes import size, summed_axes
from gradx.tape import SCALARS, Leaf, Node, NodeWithParams, output_of
from gradx.transforms.forward import push_forward
from gradx.transforms.reverse import pull_back, raw

_CHOOSING = frozenset({"max", "min", "sort"})


def is_elementwise(card: Any) -> bool:
    """Whether each element of the output comes from those of the inputs at its own place."""
    sloped = not card.joint and card.pull is not card.pull_guarded  # made of slopes
    return sloped or card.call is not None or card.name in ("where", "astype", "copy", "to_device")


def pulled(
    node: Node, ct: Any, *, given: bool, generic: bool = False, wide: bool = False
) -> list[Any]:
    """Return what the rules of one application give for each input: bare arrays, None for none.

    Parameters
    ----------
    ct
        The bare cotangent of the output; a list of them, None for outputs not used.
    given
        Whether zeros of `ct` absorb what is not finite.
    generic
        Replace the residuals by numbers that have nothing in common.
    wide
        Leave what an elementwise card gives in the shape of the output: broadcasting not undone.
    """
    copy = NodeWithParams()
    copy.card, copy.params, copy.shape, copy.dtype = node.card, node.params, node.shape, node.dtype
    parents = [
        None if parent is None else Leaf(node.shape if wide else parent.shape, parent.dtype)
        for parent in node.parents
    ]
    copy.parents = tuple(parents)
    change = _generic if generic else _as_it_is
    if isinstance(node.y, tuple):
        copy.y = tuple([change(part, -i) for i, part in enumerate(node.y, 1)])
    else:
        copy.y = change(node.y, -1)
    copy.inputs = tuple([change(x, i) for i, x in enumerate(node.inputs, 1)])
    if isinstance(ct, list):
        seeds = [(output_of(copy, i), part) for i, part in enumerate(ct) if part is not None]
    else:
        seeds = [(copy, ct)]
    arrived = pull_back(seeds, retain=True, given=given)
    return [None if leaf is None else raw(arrived.get(leaf)) for leaf in parents]


def _as_it_is(x: Any, _salt: int) -> Any:
    return raw(x)


def _generic(x: Any, salt: int) -> Any:
    """Return numbers of (0.5, 1.5) in place of a floating array's, others for each `salt`; else `x` as it is."""
    x = raw(x)
    if x is None or type(x) in SCALARS or isinstance(x, Node) or dtype_of(x.dtype).kind not in "fc":
        return x
    xp, backend = namespaces[type(x)], backend_of(type(x))
    start = 101 * salt  # a cubic: what is evenly spaced makes determinants and deviations vanish
    numbers = [
        0.5 + (7 * i**3 + 13 * i**2 + 97 * i + 5) % 1009 / 1009
        for i in range(start, start + min(size(tuple(x.shape)), 1009))
    ]
    period = backend.asarray(
        numbers or [1.0], dtype=dtype_of(x.dtype).name, device=backend.device_name(x)
    )
    places = xp.remainder(xp.arange(size(tuple(x.shape)), device=x.device), len(numbers) or 1)
    return xp.reshape(xp.take(period, places, axis=0), tuple(x.shape))


def _mark(mask: Any, like: Any, dtype: Any) -> Any:
    """Return numbers with nothing in common where a NumPy mask is true, 0 elsewhere, beside the bare array `like`."""
    backend = backend_of(type(like))
    flags = backend.asarray(mask, device=backend.device_name(like))
    ones = backend.xp.astype(flags, backend.native_dtype(dtype_of(dtype).name))
    return ones * _generic(ones, 0)


def into_inputs(node: Node, mask: Any, operands: list[Any], like: Any) -> list[Any]:
    """Return which elements of each tracked input the marked elements of the output come from.

    Parameters
    ----------
    mask
        Of the output; a list of masks for several.
    operands
        The values of the inputs, None where not known.
    like
        A bare array on the device of the graph.
    """
    if is_elementwise(node.card):
        masks = _branches(node, mask, operands)
        return [
            None if parent is None else _narrowed(part, tuple(parent.shape))
            for part, parent in zip(masks, node.parents)
        ]
    marks: Any
    if isinstance(mask, list):
        marks = [_mark(m, like, dtype) for m, dtype in zip(mask, node.dtype)]
    else:
        marks = _mark(mask, like, node.dtype)
    try:
        found = pulled(node, marks, given=False, generic=node.card.name not in _CHOOSING)
        told = [g for g in found if g is not None]
        sure = all(not not_finite(g).any() for g in told) and any(host(g != 0).any() for g in told)
    except Exception:  # whatever a library raises on numbers that mean nothing
        sure = False
    return [
        None
        if parent is None
        else host(g != 0)
        if sure and g is not None
        else _everywhere(mask, tuple(parent.shape))
        for g, parent in zip(found if sure else node.parents, node.parents)
    ]


def _branches(node: Node, mask: Any, operands: list[Any]) -> list[Any]:
    """Return the mask for each input: of `where`, that of its own branch."""
    if node.card.name != "where" or operands[0] is None:
        return [mask] * len(node.parents)
    taken = operands[0] if type(operands[0]) in SCALARS else host(operands[0])
    return [mask, mask & (taken != 0), mask & (taken == 0)]


def _narrowed(mask: Any, shape: tuple[int, ...]) -> Any:
    """Undo broadcasting: whether any of what an element was spread to is marked."""
    axes = summed_axes(tuple(mask.shape), shape) or ()
    return mask.any(axis=axes).reshape(shape) if axes else mask.reshape(shape)


def _everywhere(mask: Any, shape: tuple[int, ...]) -> Any:
    """Return a NumPy mask of all elements; `mask` is one, or a list of some, with an element that is true."""
    some = next(each for each in mask if each.size) if isinstance(mask, list) else mask
    return (some.reshape(-1)[:1] | True).repeat(size(shape)).reshape(shape)


def into_output(node: Node, position: int, mask: Any, ct: Any, like: Any) -> Any:
    """Return which elements of a node's cotangent `ct` the marked elements of one input's come from.

    Counts only those that are not finite, since it is them that are looked for.
    """
    if isinstance(ct, list):
        return [None if part is None else not_finite(part) for part in ct]
    bad = not_finite(ct)
    if is_elementwise(node.card):
        return bad & mask
    parent = node.parents[position]
    if parent is None or node.card.name in _CHOOSING:
        return bad
    inputs = [_like(x, p, like, i) for i, (x, p) in enumerate(zip(node.inputs, node.parents), 1)]
    tangents: list[Any] = [None] * len(inputs)
    try:
        tangents[position] = _mark(mask, like, parent.dtype)
        y = _generic(node.y, -1) if node.y is not None else _stand_in(node, like, -1)
        moved = raw(push_forward(node.card, tangents, y, inputs, dict(node.params), False))
        reached = host(moved != 0)
        sure = reached.any() and not not_finite(moved).any()
    except Exception:  # whatever a library raises on numbers that mean nothing
        return bad
    return bad & reached if sure else bad


def _like(x: Any, parent: Node | None, like: Any, salt: int) -> Any:
    if x is None or isinstance(x, Node):
        return _stand_in(parent, like, salt)
    return _generic(x, salt)


def _stand_in(node: Node | None, like: Any, salt: int) -> Any:
    """Return numbers in the shape and dtype of a node's output; None for no node."""
    if node is None:
        return None
    backend = backend_of(type(like))
    dtype = backend.native_dtype(dtype_of(node.dtype).name)
    return _generic(backend.xp.zeros(tuple(node.shape), dtype=dtype, device=like.device), salt)


def lifted(ct: Any, y: Any) -> Any:
    """Return a cotangent as the walk takes it for `y`: bare on the eager tape, else a Tensor."""
    return ct.data if isinstance(ct, Cell) and y.level.number == 0 and ct.aux is None else ct


__all__ = ["into_inputs", "into_output", "is_elementwise", "lifted", "pulled"]

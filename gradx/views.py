"""Views as lenses: what is written to a Tensor is seen by all that share its memory, as in NumPy.

- A view holds its base and how to read itself from it (`level.alias`); its card knows how to write back (`put`).
- A write computes new values from the view up to the Tensor that owns the memory, and rebinds these cells.
  All other views become stale: they drop their value, and read it anew when asked.
- Whether `reshape` made a view or a copy is NumPy's rule, by the strides that NumPy would have: decided when it
  matters, at a write. An owner counts as row-major, on every library, however its library lays it out.
- What the graph used keeps its value: a write makes a new one, and only where nobody holds the old one's memory
  does it happen there.
"""

from __future__ import annotations

from typing import Any

from gradx.errors import ViewError
from gradx.level import Cell, Family, blocks, enable_grad, enrol, no_grad
from gradx.ops.subscript import released
from gradx.primitive import read_only
from gradx.shapes import Shape, reshaped_strides, row_major
from gradx.tape import ZERO, Leaf, apply_one

Path = list[Any]


def begin_write(x: Any, what: str) -> Path:
    """Return `x`, what it is a view of, and so on up to the owner; all other views let go of their memory.

    Raises
    ------
    ViewError
        If one of them is read-only.
    """
    path = lineage(x)
    for view in path[:-1]:
        card = view.lens[1]
        if card.put is read_only:
            raise ViewError(
                f"{what}: expected a Tensor that can be written to; got a view by {card.name}, "
                "which is read-only. Take a copy() first"
            )
    outdate(path)
    return path


def rebind(path: Path, result: Any) -> None:
    """Let the first of `path` hold the value of `result`, and the rest what follows from it."""
    outdate(path)  # the result may have been made from views read anew
    values = [result]
    for view in path[:-1]:
        base, card, params, _ = view.lens
        values.append(card.put(base, values[-1], **params))
    for x, value in zip(path, values, strict=True):
        _hold(x, value)


def _hold(x: Any, value: Any) -> None:
    """Take over a value. A leaf stays one under `no_grad`; else it becomes a result and keeps its `.grad`."""
    leaf = x.aux if type(x.aux) is Leaf else None
    x.__class__ = Cell.kind
    x.data, x.level, x.aux = value.data, value.level, value.aux
    try:
        x.family.written = True
    except AttributeError:
        x.family = Family(written=True)
    if leaf is not None:
        if value.aux is None and value.level is ZERO:
            x.aux = leaf
        else:
            x.former = leaf


def outdate(path: Path) -> None:
    """Make all views of the cells of `path` stale, but for those on it: each pays once for its reading."""
    stack = [x for x in path if (family := getattr(x, "family", None)) and family.views]
    if not stack:
        return
    kept = {id(x) for x in path}
    outdated = []
    while stack:
        family = stack.pop().family
        views, family.views = family.views, []
        for each in views:
            view: Any = each()
            if view is None or view.lens is None:  # gone, or found to be a copy
                continue
            if id(view) in kept:
                family.views.append(each)
            elif view.lens[1].name != "reshape" or len(lineage(view)) > 1:
                outdated.append(view)
                if hasattr(view, "family"):
                    stack.append(view)
    for view in outdated:  # only now: `lineage` asks for shapes, which would have them read anew
        view.__class__ = Cell.kind
        view.data = view.aux = None
        view.__class__ = Cell.stale


def renew(view: Any) -> None:
    """Read a stale view from its base, which may be a stale view itself."""
    chain = [view]
    while (base := chain[-1].lens[0]).__class__ is Cell.stale:
        chain.append(base)
    for each in reversed(chain):
        base, card, params, untracked = each.lens
        if untracked or blocks:  # as when the view was made, whatever holds here
            with no_grad() if untracked else enable_grad():
                value = apply_one(card, base, params)
        else:
            value = apply_one(card, base, params)
        value = released(value, base)
        each.__class__ = Cell.kind
        each.data, each.level, each.aux = value.data, value.level, value.aux
        each.__class__ = value.__class__  # it may share its memory with the user
        enrol(each, base)


# ---------------------------------------------------------------- who shares whose memory


def lineage(x: Any) -> Path:
    """Return `x`, what it is a view of, and so on up to the Tensor that owns the memory.

    A `reshape` that NumPy would have made by copying is no view: it is the owner, from now on for good.
    """
    path = [x]
    reshapes = False
    while (lens := getattr(path[-1], "lens", None)) is not None:
        reshapes = reshapes or lens[1].name == "reshape"
        path.append(lens[0])
    if not reshapes:
        return path
    shape = path[-1].shape
    strides = row_major(shape)
    for i in range(len(path) - 2, -1, -1):
        _, card, params, _ = path[i].lens
        strides = _LAYOUTS[card.name](shape, strides, **params)
        if strides is None:
            path[i].lens = None
            return lineage(x)
        shape = path[i].shape
    return path


def _read_strides(shape: Shape, strides: Shape, *, key: tuple[Any, ...]) -> Shape:
    used = sum(part is not None and part is not Ellipsis for part in key)
    whole = [slice(None)] * (len(shape) - used)
    at = key.index(Ellipsis) if Ellipsis in key else len(key)
    axes = iter(strides)
    result = []
    for part in (*key[:at], *whole, *key[at + 1 :]):
        step = 0 if part is None else next(axes)
        if part is None or isinstance(part, slice):
            result.append(step if part is None or part.step is None else step * part.step)
    return tuple(result)


def _broadcast_strides(shape: Shape, strides: Shape, *, shape_: Shape) -> Shape:
    steps = [0 if n == 1 else step for n, step in zip(shape, strides, strict=True)]
    return (0,) * (len(shape_) - len(shape)) + tuple(steps)


# For each card that makes views: the strides of the view, or None where NumPy copies.
_LAYOUTS: dict[str, Any] = {
    "getitem": _read_strides,
    "permute_dims": lambda shape, strides, *, axes: tuple([strides[a] for a in axes]),
    "flip": lambda shape, strides, *, axis: tuple(
        [-s if i in axis else s for i, s in enumerate(strides)]
    ),
    "reshape": lambda old, strides, *, shape: reshaped_strides(old, strides, shape),
    "broadcast_to": lambda old, strides, *, shape: _broadcast_strides(old, strides, shape_=shape),
}

__all__ = ["begin_write", "outdate", "rebind", "renew"]

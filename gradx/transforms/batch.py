"""The batch level, and `vmap`, which runs a function once for all examples.

- The examples lie along axis 0 of `data`, always: arrays are brought there on entry, and away on leaving. The level
  keeps that axis out of the shape that the function sees (`lead`), and knows nothing else of a value.
- What is the same for all examples stays a value of a lower level, and is computed once.
- A card without a batch rule raises: there is no loop over examples to fall back on.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from gradx import ops
from gradx.backend import namespaces
from gradx.batching import composed, mapping
from gradx.create import asarray
from gradx.errors import AxisError, BatchError, GradxError, MissingRuleError, ShapeError
from gradx.level import Cell, Level, cell, lower, twin
from gradx.shapes import normalize_axis
from gradx.tape import SCALARS, constant_of, rebuild, settle

RANDOMNESS = ("error", "same", "different")


class Batch(Level):
    """The level of one `vmap` over `size` examples."""

    __slots__ = ()

    lead = 1
    state: tuple[int, str]  # the number of examples, and what a random draw gives

    def __init__(self, size: int, randomness: str = "error") -> None:
        super().__init__()
        self.state = size, randomness

    def __enter__(self) -> Batch:
        mapping.set((*mapping.get(), self))
        return self

    def __exit__(self, *_: object) -> None:
        mapping.set(tuple([level for level in mapping.get() if level is not self]))
        super().__exit__()

    def process(self, card: Any, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        if card.batch is None:
            raise MissingRuleError(
                f"{card.name}: has no batch rule. Call it outside of vmap, on all examples"
            )
        if card.batch is composed:
            return card.by_parts(ops, *args, **params)
        values, batched = [], []
        xp = None  # of bare arrays; gradx's own where any value is a Tensor
        for x in args:
            own = x.__class__ not in SCALARS and x.level is self
            value = x.data if own else lower(x, self)
            values.append(value)
            batched.append(own)
            if isinstance(value, Cell):
                xp = ops
            elif own and xp is None:
                xp = namespaces[value.__class__]
        if xp is ops:
            values = [x if x.__class__ in SCALARS else constant_of(x) for x in values]
        y = card.batch(xp, card, values, batched, self.state[0], params)
        if isinstance(y, (tuple, list)):
            return rebuild(y, [cell(settle(each, (each,)), self, None) for each in y])
        return cell(settle(y, (y,)), self, None)

    def receive(self, x: Any, axis: int) -> Any:
        """Return `x` as the examples along its `axis`."""
        return cell(lower(ops.moveaxis(x, axis, 0) if axis else x, self), self, None)

    def release(self, y: Any, axis: int | None) -> Any:
        """Return a result one level down, with the examples along `axis`; None: it is the same for all."""
        y = y if isinstance(y, Cell) else _array(y, "the function to return arrays")
        own = y.level is self
        if axis is None:
            if own:
                raise BatchError(
                    "vmap: expected a result that is the same for all examples where out_axes is None; got one "
                    f"that differs, of shape {y.shape} for each. Give the axis for it in out_axes"
                )
            return twin(y)
        rank = y.ndim + 1
        if not -rank <= axis < rank:
            raise AxisError(
                f"vmap: expected out_axes below {rank}, the rank of a result; got {axis}"
            )
        y = constant_of(twin(y.data)) if own else ops.broadcast_to(y, (self.state[0], *y.shape))
        return ops.moveaxis(y, 0, axis) if axis else y


def vmap(f: Callable[..., Any], in_axes: Any = 0, out_axes: Any = 0, *, axis_size: int | None = None,
         randomness: str = "error") -> Callable[..., Any]:  # fmt: skip
    """Return a function that applies `f` to all examples along an axis at once.

    `f` is written for one example and runs once; each operation in it is applied to the whole batch. It nests with
    itself and with all derivatives: per-example gradients are
    `gx.vmap(gx.grad(loss), in_axes=(None, 0, 0))(params, x, y)`.

    Parameters
    ----------
    f
        Takes and returns pytrees of arrays, which reach it as Tensors of its own. Keyword arguments reach it as
        they are, for all examples the same.
    in_axes
        Along which axis of each positional argument the examples lie; None for what all examples share. One for
        all, or a tuple with one an argument, or pytrees of them that begin as the arguments do.
    out_axes
        Where the examples shall lie in the results; None for a result that all examples share.
    axis_size
        The number of examples, where no argument tells.
    randomness
        What a draw of random numbers in `f` gives: "different" numbers for each example, the "same" for all, or an
        "error". Different numbers are one longer draw, so the same key gives the same again.

    Raises
    ------
    BatchError
        Where the shape of a result depends on the values of an example (`nonzero`, `x[mask]`, `unique_values`),
        numbers are drawn and `randomness` is "error", or the axes do not fit the arguments' structure.
    ConversionError
        Where Python would decide by a value that differs between examples: `if x > 0`. Use `gx.where`.
    MissingRuleError
        Where an operation has no batch rule.
    ShapeError
        Where arguments have different numbers of examples, or not the axis asked for.

    >>> import gradx as gx
    >>> gx.vmap(gx.linalg.vector_norm)(gx.asarray([[3.0, 4.0], [6.0, 8.0]]))
    Tensor([ 5., 10.])
    >>> loss = lambda w, x, y: (gx.vecdot(w, x) - y) ** 2
    >>> w, x, y = gx.ones(2), gx.asarray([[1.0, 2.0], [3.0, 4.0]]), gx.asarray([2.0, 8.0])
    >>> gx.vmap(gx.grad(loss), in_axes=(None, 0, 0))(w, x, y)
    Tensor([[ 2.,  4.],
            [-6., -8.]])
    """
    if randomness not in RANDOMNESS:
        raise ValueError(
            f"vmap: expected randomness of {', '.join(map(repr, RANDOMNESS))}; got {randomness!r}"
        )
    in_axes = tuple(in_axes) if isinstance(in_axes, list) else in_axes

    @functools.wraps(f)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        leaves, structure = _flatten(args)
        axes = _axes_for("in_axes", in_axes, args, structure)
        leaves = [_example(x, axis) for x, axis in zip(leaves, axes, strict=True)]
        axes = [axis if axis is None else _counted(x, axis) for x, axis in zip(leaves, axes)]
        with Batch(_number(leaves, axes, axis_size), randomness) as level:
            inputs = [
                _shared(x) if axis is None else level.receive(x, axis)
                for x, axis in zip(leaves, axes)
            ]
            out = f(*structure.unflatten(inputs), **kwargs)
            ys, results = _flatten(out)
            places = _axes_for("out_axes", out_axes, out, results)
            return results.unflatten([
                None if y is None else level.release(y, axis) for y, axis in zip(ys, places, strict=True)
            ])  # fmt: skip

    return mapped


def _flatten(tree: Any) -> tuple[list[Any], Any]:
    """Return leaves and structure; None is a leaf, as it is in `in_axes`."""
    import optree  # a third of the time that importing gradx would take

    return optree.tree_flatten(tree, none_is_leaf=True)


def _axes_for(name: str, axes: Any, tree: Any, structure: Any) -> list[Any]:
    """Return an axis, or None, for each leaf of `tree`; `axes` is a pytree that begins as it does."""
    import optree

    if axes.__class__ is int:
        return [axes] * structure.num_leaves
    if axes.__class__ is tuple and tree.__class__ is tuple and len(axes) == len(tree):
        if all(axis is None or axis.__class__ is int for axis in axes):
            counts = [part.num_leaves for part in structure.children()]
            return [axis for axis, count in zip(axes, counts) for _ in range(count)]
    try:
        spread = optree.broadcast_prefix(axes, tree, none_is_leaf=True)
    except ValueError as error:
        raise BatchError(
            f"vmap: expected {name} of an axis, None, or a pytree of them that begins as what it is for; got "
            f"{axes!r} ({error})"
        ) from None
    for axis in spread:
        if axis is not None and (not isinstance(axis, int) or isinstance(axis, bool)):
            raise BatchError(f"vmap: expected integers and None in {name}; got {axis!r}")
    return spread


def _example(x: Any, axis: int | None) -> Any:
    """Return an argument as a Tensor where it is mapped."""
    if axis is None or isinstance(x, Cell):
        return x
    return _array(x, "arrays to map over, and None in in_axes for what all examples share")


def _shared(x: Any) -> Any:
    """Return what is the same for all examples: arrays as Tensors, which `f` may write to; the rest as it is."""
    if not isinstance(x, Cell) and hasattr(x, "dtype") and hasattr(x, "__setitem__"):
        with suppress(GradxError):
            return asarray(x)
    return twin(x)


def _array(x: Any, expected: str) -> Any:
    try:
        found = asarray(x)
    except GradxError:
        raise BatchError(f"vmap: expected {expected}; got {type(x).__name__}") from None
    return found


def _counted(x: Any, axis: int) -> int:
    try:
        return normalize_axis(axis, x.ndim)
    except AxisError as error:
        raise AxisError(
            f"vmap: in_axes: {error}. What all examples share has None in in_axes"
        ) from None


def _number(leaves: Sequence[Any], axes: Sequence[int | None], axis_size: int | None) -> int:
    """Return the number of examples."""
    sizes = {x.shape[axis]: None for x, axis in zip(leaves, axes) if axis is not None}
    if axis_size is not None:
        sizes[axis_size] = None
    if not sizes:
        raise BatchError(
            "vmap: expected an argument to map over, or axis_size; got in_axes of None for all"
        )
    if len(sizes) > 1:
        raise ShapeError(
            f"vmap: expected one number of examples along all mapped axes; got {', '.join(map(str, sizes))}"
        )
    return next(iter(sizes))


__all__ = ["Batch", "vmap"]

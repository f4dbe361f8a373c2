"""Reverse mode on the eager tape: `backward` and `gradients`.

- A seed is checked here: its shape, dtype and device are the result's.
- `.grad` is memory that nobody else holds, and threads may share a leaf.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from gradx import ops
from gradx.backend import backend_of
from gradx.dtypes import is_inexact
from gradx.errors import DtypeError, GraphError, OperandError, ShapeError
from gradx.level import Cell, cell, twin
from gradx.tape import ZERO, Node, Reverse, constant_of, lift
from gradx.transforms.reverse import pull_back

_accumulating = threading.Lock()  # several threads may share a leaf


def backward(y: Any, gradient: Any, *, retain_graph: bool, create_graph: bool) -> None:
    """Add the gradient of `y` to `.grad` of its leaves; see `Tensor.backward`."""
    if y.level is not ZERO:
        raise GraphError(
            "backward: expected a Tensor outside of transforms; got one inside. Use gx.gradients"
        )
    if y.aux is None:
        raise GraphError(
            "backward: expected a Tensor computed from one with requires_grad=True; got one that is not on a "
            "graph. Make a leaf with gx.asarray(..., requires_grad=True)"
        )
    seed = seed_for(y, gradient, "backward")
    arrived = pull_back([(y.aux, seed if create_graph else seed.data)], retain=retain_graph or create_graph,
                        record=ZERO if create_graph else None, given=gradient is not None)  # fmt: skip
    held = {id(seed.data)}
    with _accumulating:
        while arrived:
            leaf, ct = arrived.popitem()
            if ct is not None:
                _accumulate(leaf, ct, held)


def _accumulate(leaf: Any, ct: Any, held: set[int]) -> None:
    """Add a cotangent to a leaf's `.grad`, in memory that nobody else holds."""
    if leaf.grad is not None:
        leaf.grad = leaf.grad + constant_of(ct)
        return
    data = ct.data if isinstance(ct, Cell) else ct
    shared = id(data) in held or getattr(data, "base", data) is not None  # a view, or perhaps one
    held.add(id(data))
    if isinstance(ct, Cell):
        leaf.grad = ops.copy(ct) if shared else ct
    else:
        leaf.grad = cell(backend_of(type(ct)).asarray(ct, copy=shared or None), ZERO, None)


def seed_for(y: Any, gradient: Any, name: str) -> Any:
    """Return the cotangent to start from, as a Tensor; ones for a scalar, else what the user gave."""
    if not is_inexact(y.dtype):
        raise DtypeError(
            f"{name}: expected a floating or complex result; got {y.dtype}, which has no derivative"
        )
    if gradient is None:
        if y.size != 1:
            raise GraphError(
                f"{name}: expected a scalar, or a cotangent of shape {y.shape}; got a result of shape {y.shape} "
                "without one. Reduce it with gx.sum, or pass gradient="
            )
        return ops.ones_like(y)
    try:
        gradient = lift(gradient)
    except OperandError as error:
        raise OperandError(f"{name}: gradient: {error}") from None
    if gradient.shape != y.shape:
        raise ShapeError(f"{name}: expected a cotangent of shape {y.shape}; got {gradient.shape}")
    if gradient.device != y.device:
        raise GraphError(
            f"{name}: expected a cotangent on {y.device}; got one on {gradient.device}"
        )
    if gradient.dtype != y.dtype:
        if gradient.dtype.kind == "c" and y.dtype.kind != "c":
            raise DtypeError(
                f"{name}: expected a real cotangent, as the result is {y.dtype}; got {gradient.dtype}"
            )
        gradient = ops.astype(gradient, y.dtype)
    return gradient


def gradients(ys: Any, xs: Any, gradient: Any = None, *, retain_graph: bool | None = None,
              create_graph: bool = False) -> Any:  # fmt: skip
    """Return the derivative of `ys` with respect to any Tensors that they were computed from.

    Parameters
    ----------
    ys
        A Tensor, or several; of several, the sum of the derivatives is returned.
    xs
        A Tensor, or several: leaves or intermediate results.
    gradient
        The cotangent of each of `ys`; may be left out for scalars.
    create_graph
        Record the walk, so that the result can be differentiated again. Inside a transform (`gx.grad`) that
        is always so: there the result is one more value to be differentiated.
    retain_graph
        Keep the graph for another walk; by default as `create_graph`.

    Returns
    -------
    Tensor or list of Tensors
        One for each of `xs`, of its shape and dtype; zeros where no path leads to it.

    >>> import gradx as gx
    >>> x = gx.asarray(3.0, requires_grad=True)
    >>> y = x * x
    >>> gx.gradients(y * y, y)
    Tensor(18.)
    """
    several_ys, several_xs = isinstance(ys, (list, tuple)), isinstance(xs, (list, tuple))
    outputs: Sequence[Any] = ys if several_ys else [ys]
    inputs: Sequence[Any] = xs if several_xs else [xs]
    given = (
        (gradient if several_ys else [gradient]) if gradient is not None else [None] * len(outputs)
    )
    level = _level_of(outputs)
    create_graph = create_graph or level is not ZERO
    seeds = [(y.aux, seed_for(y, g, "gradients")) for y, g in zip(outputs, given, strict=True)]
    seeds = [(node, g if create_graph else _lowered(g)) for node, g in seeds if node is not None]
    wanted: list[Node | None] = [_node_of(x) for x in inputs]
    arrived: dict[Node, Any] = {}
    if seeds:
        retain = create_graph if retain_graph is None else retain_graph
        arrived = pull_back(seeds, {node for node in wanted if node is not None}, retain=retain or create_graph,
                            record=level if create_graph else None, given=gradient is not None)  # fmt: skip
    results = [
        _result(arrived.get(node) if node else None, x)
        for node, x in zip(wanted, inputs, strict=True)
    ]
    return results if several_xs else results[0]


def _lowered(g: Any) -> Any:
    """Return a cotangent of level-0 results as a bare array; that of others stays a Tensor."""
    return g.data if g.level is ZERO and g.aux is None else g


def _level_of(outputs: Sequence[Any]) -> Any:
    levels = {id(y.level): y.level for y in outputs if isinstance(y, Cell) and y.aux is not None}
    if len(levels) > 1:
        raise GraphError("gradients: expected results of one transform; got results of several")
    level = next(iter(levels.values()), ZERO)
    if not isinstance(level, Reverse):
        raise GraphError(
            f"gradients: expected results on a reverse tape; got a {type(level).__name__.lower()} level"
        )
    return level


def _node_of(x: Any) -> Node | None:
    if not isinstance(x, Cell):
        raise GraphError(f"gradients: expected Tensors as xs; got {type(x).__name__}")
    if x.aux is None:
        raise GraphError(
            "gradients: expected each of xs to be on the graph; got a Tensor that is not tracked. "
            "Make it a leaf with requires_grad=True before computing ys"
        )
    return x.aux


def _result(ct: Any, x: Any) -> Any:
    if ct is None:
        return ops.zeros_like(x)
    return twin(ct) if isinstance(ct, Cell) else cell(backend_of(type(ct)).asarray(ct), ZERO, None)


__all__ = ["backward", "gradients", "seed_for"]

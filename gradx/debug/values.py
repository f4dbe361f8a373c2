"""The values on a recorded graph, from what the tape keeps and what still lives.

- Applications keep only what their rules read. A value is taken from, in this order: the node itself, an
  application that keeps it as an input, `sources.recording`; else it is computed anew from those it came from,
  or found with a Tensor that still lives.
- Not to be had: constants that no rule reads (`x + constant`), and what only they lead to.
- The value of a leaf that no rule reads is its value now: after a step of an optimiser it is another.
- Values are bare arrays; masks are NumPy's, from the backend, so that indices come out as Python's ints.
"""

from __future__ import annotations

import cmath
import gc
import sys
from collections.abc import Iterable, Iterator
from types import FrameType
from typing import Any

from gradx.backend import backend_of, namespaces
from gradx.debug.sources import is_own, operands_of
from gradx.dtypes import dtype_of
from gradx.errors import GraphError
from gradx.level import Cell
from gradx.tape import OUTPUT, SCALARS, Node, Reverse, bind
from gradx.transforms.reverse import raw
from gradx.transforms.uses import FREED

Index = tuple[int, ...]


def check(y: Any, name: str) -> Node:
    """Return the node of a result on a tape; raise where there is none."""
    if not isinstance(y, Cell) or y.aux is None:
        raise GraphError(
            f"{name}: expected a Tensor computed from one with requires_grad=True; got "
            f"{'one that is not on a graph' if isinstance(y, Cell) else type(y).__name__}. "
            "Make a leaf with gx.asarray(..., requires_grad=True)"
        )
    if not isinstance(y.level, Reverse):
        raise GraphError(
            f"{name}: expected a result on a reverse tape; got one of level {type(y.level).__name__.lower()}. "
            "Ask outside of the transform, or inside of gx.grad"
        )
    node: Node = y.aux
    return node


def ordered(root: Node, name: str) -> list[Node]:
    """Return the nodes that lead to `root`, each after all that it came from."""
    order: list[Node] = []
    seen = {root}
    stack: list[tuple[Node, Iterator[Node | None]]] = [(root, iter(root.parents))]
    while stack:
        node, parents = stack[-1]
        if node.card is FREED:
            raise GraphError(
                f"{name}: this graph was used and freed by an earlier backward. "
                "Keep it with retain_graph=True, or ask before walking back"
            )
        for parent in parents:
            if parent is not None and parent not in seen:
                seen.add(parent)
                stack.append((parent, iter(parent.parents)))
                break
        else:
            order.append(node)
            stack.pop()
    return order


class Values:
    """The values of the nodes that lead to a result, as far as they can be had."""

    def __init__(self, y: Any, order: list[Node]) -> None:
        self._operands: dict[Node, tuple[Any, ...]] = {}
        self._known: dict[Node, Any] = {order[-1]: raw(y.data)}
        for node in order:
            self._collect(node)
        with backend_of(type(raw(y.data))).quiet():
            self._compute_all(order)
            lost = [node for node in order if node not in self._known]
            if lost:
                self._known.update(_living(lost))
                self._compute_all(order)

    def _collect(self, node: Node) -> None:
        """Take what a node keeps: its output, and the outputs of its parents."""
        if node.y is not None:
            self._known[node] = _bare(node.y)
        recorded = operands_of(node)
        kept = recorded or tuple([None if isinstance(x, Node) else x for x in node.inputs])
        self._operands[node] = values = tuple([raw(x) for x in kept])
        for parent, value in zip(node.parents, values):
            if parent is not None and value is not None:
                self._known.setdefault(parent, value)

    def _compute_all(self, order: list[Node]) -> None:
        for node in order:
            if node.card is not None and node not in self._known:
                self._compute(node)

    def _compute(self, node: Node) -> None:
        """Compute the output of a node anew if its operands are known."""
        operands = self.operands(node)
        if any(x is None for x in operands):
            return
        if node.card is OUTPUT:
            self._known[node] = operands[0][node.params["index"]]
            return
        try:
            y = bind(node.card, operands, dict(node.params))
        except Exception:  # whatever a library raises: the value is then not to be had
            return
        if isinstance(y, (tuple, list)):
            self._known[node] = tuple([backend_of(type(part)).settle(part) for part in y])
        else:
            self._known[node] = backend_of(type(y)).settle(y)

    def get(self, node: Node) -> Any:
        """Return the output of a node, a tuple of several; None if it is not to be had."""
        return self._known.get(node)

    def operands(self, node: Node) -> list[Any]:
        """Return the inputs of a node, None in place of those that are not to be had."""
        kept = self._operands.get(node) or (None,) * len(node.parents)
        return [
            x if x is not None else None if parent is None else self._known.get(parent)
            for x, parent in zip(kept, node.parents)
        ]


def _bare(y: Any) -> Any:
    return tuple([raw(part) for part in y]) if isinstance(y, tuple) else raw(y)


def _living(nodes: list[Node]) -> dict[Node, Any]:
    """Return the values of those nodes that a Tensor which still lives stands at."""
    wanted = set(nodes)
    found: dict[Node, Any] = {}
    for x in gc.get_objects() if nodes else ():
        if _stands_at(x, wanted):
            found.setdefault(x.aux, raw(x.data))
    return found


def _stands_at(x: Any, wanted: set[Node]) -> bool:
    """Whether `x` is a Tensor that stands at one of these nodes; not a view that has to be read anew first."""
    return type(x) is Cell.kind and isinstance(getattr(x, "aux", None), Node) and x.aux in wanted


def names_of(nodes: Iterable[Node]) -> dict[Node, str]:
    """Return the names by which the functions that are running hold the Tensors of `nodes`.

    Also the parameters of modules among their variables, by dotted path.
    """
    wanted = set(nodes)
    names: dict[Node, str] = {}
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not is_own(frame):
            for name, value in list(frame.f_locals.items()):
                for path, x in _tensors(name, value):
                    if _stands_at(x, wanted):
                        names.setdefault(x.aux, path)
        frame = frame.f_back
    return names


def _tensors(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Cell):
        yield name, value
    elif not isinstance(value, type) and type(value).__module__ != "builtins":
        named = getattr(type(value), "named_parameters", None)
        if named is not None and hasattr(type(value), "forward"):
            for path, x in named(value):
                yield f"{name}.{path}", x


# ---------------------------------------------------------------- elements


def not_finite(x: Any) -> Any:
    """Return the NumPy mask of what is NaN or infinite in an array."""
    if dtype_of(x.dtype).kind not in "fc":
        return host(x != x)
    return ~host(namespaces[type(x)].isfinite(x))


def host(x: Any) -> Any:
    """Return an array as NumPy's."""
    return backend_of(type(x)).to_numpy(x)


def first(mask: Any) -> Index:
    """Return the index of the first true element."""
    return tuple([int(each[0]) for each in mask.nonzero()]) if mask.ndim else ()


def element(x: Any, index: Index) -> Any:
    """Return one element as a Python number."""
    if type(x) in SCALARS:
        return x
    backend = backend_of(type(x))
    return backend.to_numpy(backend.settle(x[index])).item()


def is_finite(x: Any) -> bool:
    """Whether a number is neither NaN nor infinite."""
    return cmath.isfinite(x)


__all__ = [
    "Index",
    "Values",
    "check",
    "element",
    "first",
    "host",
    "is_finite",
    "names_of",
    "not_finite",
    "ordered",
]

"""The tape: recorded applications, the reverse level that records them, and how a card is applied.

- A `Node` is one recorded application. It points at its parents' nodes, never at Tensors: no cycles, and a
  Tensor's array is free to go unless a rule reads it.
- An operation looks for the highest level among its arguments; that level applies the card to the values
  one level down and wraps the result. Bare arrays are applied by their backend.
- The general path stands here; the hot one for elementwise functions is in `elementwise.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import FrameType, MappingProxyType
from typing import Any

from gradx.backend import backend_for_device, backend_of, current_device
from gradx.capture import capture
from gradx.dtypes import dtype_of
from gradx.errors import MixedLibraryError, OperandError, ShapeError, passes
from gradx.level import Cell, Level, alias, blocks, cell, lower, suspended
from gradx.shapes import broadcast_shapes

SCALARS = frozenset({bool, int, float, complex})


class Node:
    """One recorded application of a card.

    Attributes
    ----------
    card
        The primitive; None for a leaf, and for a node whose residuals were freed (`freed`).
    parents
        The inputs' nodes, None for an input that is not tracked.
    y, inputs
        The residuals: those of output and inputs that the rules read. In place of an input that is not
        kept stands its node, which knows its shape and dtype (elementwise rules need neither: None).
    params
        The keyword parameters.
    shape, dtype
        Of the output; for several outputs, tuples of them.
    """

    __slots__ = ("__weakref__", "card", "dtype", "hooks", "inputs", "parents", "shape", "y")

    card: Any
    parents: tuple[Node | None, ...]
    y: Any
    inputs: tuple[Any, ...]
    params: Any = MappingProxyType({})  # most nodes have none, and no slot for them
    shape: Any
    dtype: Any
    hooks: dict[Any, Any]  # unset on most nodes: see `hooks.py`


class NodeWithParams(Node):
    """A recorded application of a card with keyword parameters."""

    __slots__ = ("params",)

    params: Any


class Leaf(Node):
    """The node of a Tensor made with `requires_grad=True`; `grad` is what `backward` has accumulated."""

    __slots__ = ("grad",)

    grad: Any

    def __init__(self, shape: Any, dtype: Any) -> None:
        self.card = None
        self.parents = ()
        self.y = None
        self.inputs = ()
        self.shape, self.dtype = shape, dtype
        self.grad = None


class Output:
    """Stands for the card of one of several outputs; `params["index"]` says which."""

    name = "output"
    few = False


OUTPUT = Output()


class Reverse(Level):
    """The level that records: `backward` on level 0, and `grad`, `vjp` above it."""

    __slots__ = ()

    def process(self, card: Any, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        data = [lower(x, self) for x in args]
        parents = tuple([x.aux if isinstance(x, Cell) and x.level is self else None for x in args])
        tracked = any(parents) and not (blocks and suspended(self))
        if tracked and card.evaluate is not None:
            y, card = card.evaluate(self, data, parents)
        else:
            y = bind(card, data, params)
        if not card.differentiable:
            return lift_all(y)
        if not tracked:
            return wrap(y, self, None)
        node = NodeWithParams()
        node.card = card
        node.parents = parents
        node.params = params
        output, kept = card.kept(tuple([parent is not None for parent in parents]))
        node.inputs = tuple([
            x if keep else parent for x, keep, parent in zip(data, kept, parents, strict=True)
        ])  # fmt: skip
        if isinstance(y, (tuple, list)):
            return self._wrap_outputs(node, y, output)
        if type(y) not in card.table:
            y = settle(y, data)
        node.y = y if output else None
        node.shape, node.dtype = y.shape, y.dtype
        return cell(y, self, node)

    def _wrap_outputs(self, node: Node, ys: Any, keep: bool) -> Any:
        values = [settle(y, (y,)) for y in ys]
        node.y = tuple(values) if keep else None
        node.shape = tuple(y.shape for y in values)
        node.dtype = tuple(y.dtype for y in values)
        return rebuild(ys, [cell(y, self, output_of(node, i)) for i, y in enumerate(values)])


ZERO = Reverse()  # the eager tape


def output_of(node: Node, index: int) -> Node:
    """Return the node of one of several outputs."""
    part = NodeWithParams()
    part.card, part.parents, part.params = OUTPUT, (node,), {"index": index}
    part.y, part.inputs = None, ()
    part.shape, part.dtype = node.shape[index], node.dtype[index]
    return part


def rebuild(like: Any, values: Sequence[Any]) -> Any:
    """Return `values` in the tuple type of `like`, named or not."""
    return type(like)(*values) if hasattr(like, "_fields") else tuple(values)


def wrap(y: Any, level: Level, aux: Any) -> Any:
    """Return a raw or lower-level result (or several) as Cells of `level`."""
    if isinstance(y, (tuple, list)):
        return rebuild(y, [cell(settle(value, (value,)), level, aux) for value in y])
    return cell(settle(y, (y,)), level, aux)


_settlers: dict[type, Any] = {}  # for each type of result, its backend's `settle`


def settle(y: Any, data: Sequence[Any]) -> Any:
    """Return a raw result as an array: some libraries return scalars for 0-d results."""
    try:
        return _settlers[y.__class__](y)
    except KeyError:
        pass
    if isinstance(y, Cell):
        return y
    if type(y) in SCALARS:
        return _number(y)
    _settlers[type(y)] = backend_of(type(y)).settle
    return settle(y, data)


def _number(x: Any) -> Any:
    """Return a Python number as an array on the default device."""
    device = current_device()
    return backend_for_device(device).asarray(x, device=device)


def lift(x: Any) -> Any:
    """Return `x` as a Tensor: arrays and numbers on level 0 and untracked, Tensors as they are."""
    if isinstance(x, Cell):
        return x
    if type(x) in SCALARS:
        return cell(_number(x), ZERO, None)
    try:
        backend = backend_of(type(x))
    except OperandError as error:
        raise OperandError(f"{_called()}{error}") from None
    return capture(cell(backend.asarray(x), ZERO, None))


def constant_of(y: Any) -> Any:
    """Return a result that no level tracks as a Tensor."""
    return y if isinstance(y, Cell) else cell(settle(y, (y,)), ZERO, None)


def lift_all(y: Any) -> Any:
    """Return a result, of one or of several outputs, as Tensors."""
    if isinstance(y, (tuple, list)):
        return rebuild(y, [constant_of(each) for each in y])
    return constant_of(y)


_PUBLIC = ("gradx.ops.", "gradx.nn.", "gradx.random")


def _called() -> str:
    """Return the name of the public function that the user called, for an error; "" if there is none."""
    frame: FrameType | None = sys._getframe(2)
    name = ""
    while frame is not None:
        module, function = frame.f_globals.get("__name__", ""), frame.f_code.co_name
        if not module.startswith("gradx."):
            break
        if module.startswith(_PUBLIC) and not function.startswith("_"):
            name = f"{'linalg.' * ('.linalg.' in module)}{function}: "
        frame = frame.f_back
    return name


def apply(card: Any, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """Apply `card` at the highest level among `args`; Tensors out."""
    top: Level = ZERO
    for x in args:
        if isinstance(x, Cell):
            if x.level.number > top.number:
                top = x.level
        elif type(x) not in SCALARS:
            return apply(card, tuple([_operand(card, x) for x in args]), params)
    result = top.process(card, args, params)
    if card.view and isinstance(args[0], Cell):
        alias(result, args[0], card, params)
    return result


def apply_one(card: Any, x: Any, params: dict[str, Any]) -> Any:
    """Apply a card of one array and one output: `apply`, at once where `x` is on a tape of bare arrays."""
    try:
        level, a, parent = x.level, x.data, x.aux
    except AttributeError:
        return apply(card, (x,), params)
    if level.__class__ is not Reverse:
        return apply(card, (x,), params)
    try:
        y = card.table[a.__class__](a, **params)
    except Exception as error:
        y = recover(card, (a,), params, error)
    if y.__class__ is not a.__class__:
        y = settle(y, (a,))
    if not card.differentiable:
        return constant_of(y)
    out = x.__class__()
    out.data = y
    out.level = level
    if card.view:
        alias(out, x, card, params)
    if parent is None or (blocks and suspended(level)):
        out.aux = None
        return out
    keep_y, (keep_x,) = card.kept((True,))
    out.aux = node = NodeWithParams()
    node.card = card
    node.parents = (parent,)
    node.y = y if keep_y else None
    node.inputs = (a if keep_x else parent,)
    node.params = params
    node.shape = y.shape
    node.dtype = y.dtype
    return out


def apply_two(card: Any, x1: Any, x2: Any, params: dict[str, Any]) -> Any:
    """Apply a card of two arrays and one output: `apply`, at once where both are on a tape of bare arrays."""
    try:
        level, a, pa, b, pb = x1.level, x1.data, x1.aux, x2.data, x2.aux
        if level is not x2.level or a.__class__ is not b.__class__:
            return apply(card, (x1, x2), params)
    except AttributeError:
        return apply(card, (x1, x2), params)
    if level.__class__ is not Reverse:
        return apply(card, (x1, x2), params)
    try:
        y = card.table[a.__class__](a, b, **params)
    except Exception as error:
        y = recover(card, (a, b), params, error)
    if y.__class__ is not a.__class__:
        y = settle(y, (a,))
    if not card.differentiable:
        return constant_of(y)
    out = x1.__class__()
    out.data = y
    out.level = level
    if (pa is None and pb is None) or (blocks and suspended(level)):
        out.aux = None
        return out
    keep_y, (keep_a, keep_b) = card.kept((pa is not None, pb is not None))
    out.aux = node = NodeWithParams()
    node.card = card
    node.parents = (pa, pb)
    node.y = y if keep_y else None
    node.inputs = (a if keep_a else pa, b if keep_b else pb)
    node.params = params
    node.shape = y.shape
    node.dtype = y.dtype
    return out


def _operand(card: Any, x: Any) -> Any:
    """Return `x` as an operand: numbers as Python's own, hence weak; arrays as Tensors."""
    if isinstance(x, Cell) or type(x) in SCALARS:
        return x
    if isinstance(x, (bool, int, float, complex)):  # numpy.float64 is a float
        kind: Any = next(k for k in (bool, int, float, complex) if isinstance(x, k))
        return kind(x)
    try:
        backend = backend_of(type(x))
    except OperandError as error:
        raise OperandError(f"{card.name}: {error}") from None
    if getattr(x, "shape", None) == () and not hasattr(x, "__setitem__"):  # a NumPy scalar
        return x.item()
    return capture(cell(backend.asarray(x), ZERO, None))


def bind(card: Any, args: Sequence[Any], params: dict[str, Any]) -> Any:
    """Apply `card` to values of any level: bare arrays by the backend, Cells by their level."""
    kind: type | None = None
    for x in args:
        if isinstance(x, Cell):
            return apply(card, tuple([_inner(each) for each in args]), params)
        if type(x) not in SCALARS and type(x) is not kind:
            if kind is None:
                kind = type(x)
            elif backend_of(type(x)) is not backend_of(kind):
                raise _mixed(card, args)
    if kind is None:
        args = [_number(args[0]), *args[1:]]
        kind = type(args[0])
    try:
        return card.table[kind](*args, **params)
    except Exception as error:
        return recover(card, args, params, error)


def _inner(x: Any) -> Any:
    """Return a value that stands beside Cells: a bare one, which may be a library's scalar, as a Cell."""
    return x if type(x) in SCALARS else constant_of(x)


def recover(card: Any, args: Sequence[Any], params: dict[str, Any], error: Exception) -> Any:
    """Find an implementation not yet in the card's table and apply it; else raise `error`, explained."""
    kind = next(type(x) for x in args if type(x) not in SCALARS)
    if kind in card.table or passes(error):
        raise explain(card, args, error) from error
    try:
        return card.implement(kind)(*args, **params)
    except Exception as error:
        raise explain(card, args, error) from error


def explain(card: Any, args: Sequence[Any], error: Exception) -> Exception:
    """Return the error to raise in place of a backend's: the operation first, then what came."""
    if passes(error):
        return error
    arrays = [x for x in args if type(x) not in SCALARS]
    if len({backend_of(type(x)).device_name(x) for x in arrays}) > 1:
        return _mixed(card, args)
    came = _came(args)
    if isinstance(error, (ValueError, RuntimeError)) and type(error).__name__ != "LinAlgError":
        try:
            broadcast_shapes(*(tuple(x.shape) for x in arrays))
        except ShapeError:
            return ShapeError(
                f"{card.name}: expected shapes that fit together; got {came}. ({error})"
            )
    try:
        return type(error)(f"{card.name}({came}): {error}")
    except Exception:  # an exception class with a signature of its own
        error.add_note(f"in {card.name}({came})")
        return error


def _came(args: Sequence[Any]) -> str:
    """Describe arguments: dtype and shape of arrays, the value of numbers."""
    return ", ".join(
        repr(x) if type(x) in SCALARS else f"{dtype_of(x.dtype).name}{list(x.shape)}" for x in args
    )


def _mixed(card: Any, args: Sequence[Any]) -> MixedLibraryError:
    devices = {backend_of(type(x)).device_name(x): None for x in args if type(x) not in SCALARS}
    return MixedLibraryError(
        f"{card.name}: expected arrays of one library on one device; got {_came(args)} on "
        f"{' and '.join(devices)}. Move them together with Tensor.to_device or gradx.asarray(x, device=...)"
    )


__all__ = ["OUTPUT", "SCALARS", "ZERO", "Leaf", "Node", "NodeWithParams", "Reverse", "apply",
           "apply_one", "apply_two", "bind", "constant_of", "lift", "lift_all", "output_of", "rebuild", "recover",
           "settle", "wrap"]  # fmt: skip

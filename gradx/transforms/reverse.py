"""The reverse walk: from cotangents of results to cotangents of whatever they came from.

- Iterative; O(graph); each node is visited once, after all that used it.
- The walk, never a rule: sums a cotangent down to the shape of its input, casts it to its dtype, skips inputs
  that nobody wants, adds contributions, knows which cotangents hold zeros by structure, frees what it has used.
- On bare arrays rules run with the backend's namespace. Where the result is to be differentiated again, or
  values live on lower levels, the same rules run on Tensors with `gradx.ops`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

from gradx import ops, shapes
from gradx.backend import backend_of, namespaces
from gradx.capture import captures, readers, verify
from gradx.dtypes import dtype_of, is_complex
from gradx.errors import GraphError
from gradx.hooks import hooks
from gradx.level import Cell, Level, cell, no_grad, twin
from gradx.ops.linalg.degenerate import WATCHED
from gradx.shapes import size
from gradx.tape import OUTPUT, SCALARS, ZERO, Node, NodeWithParams, constant_of, lift, output_of
from gradx.transforms.limits import limits
from gradx.transforms.uses import FREED, uses_below

Seeds = Sequence[tuple[Node, Any]]
Values = dict[Node, Any]


def pull_back(seeds: Seeds, wanted: Collection[Node] | None = None, *, retain: bool = False,
              record: Level | None = None, given: bool = True) -> dict[Node, Any]:  # fmt: skip
    """Carry cotangents back from `seeds` and return those that arrive at `wanted`, or at the leaves.

    Parameters
    ----------
    seeds
        Pairs of a node and its cotangent, of the node's shape and dtype.
    wanted
        The nodes to stop for, anywhere in the graph; None for all leaves.
    retain
        Keep the residuals for another walk.
    record
        The level on which to record the walk itself, so that its results can be differentiated.
    given
        The cotangents were given by the user, and may leave out elements by zeros; else they are ones.
    """
    targets = None if wanted is None else set(wanted)
    uses, live = uses_below(seeds, targets)
    lifted = record is not None or any(isinstance(ct, Cell) for _, ct in seeds)
    cotangents: dict[Node, Any] = (
        limits(pull_back, seeds, live, uses, record, lifted) if WATCHED else {}
    )
    ready: list[Node] = []
    masked: set[Node] = set()
    for node, ct in seeds:
        if live is None or node in live:
            ct = constant_of(ct) if lifted else ct
            if node in cotangents:
                cotangents[node] = cotangents[node] + ct
                masked.discard(node)
                continue
            cotangents[node] = ct
            if not uses[node]:
                ready.append(node)
            if given and holds_zeros(ct):
                masked.add(node)
    watched = (uses if lifted else readers(uses)) if captures else ()
    with quiet(seeds):
        mode = _Mode(lifted, record, retain, live, targets, masked, watched)
        return _walk(cotangents, ready, uses, mode)


def holds_zeros(x: Any) -> bool:
    """Whether a cotangent or tangent that was given may hold zeros: what it leaves out, whatever the slope."""
    if isinstance(x, Cell):
        return x.aux is not None or holds_zeros(x.data)
    return bool(namespaces[x.__class__].any(x == 0))


class _Mode(NamedTuple):
    """How to walk: on Tensors or bare arrays, recorded on which level, keeping residuals, and where to.

    `masked` holds the nodes whose cotangent has zeros by structure on every path that led there, `watched` those
    that read captured arrays.
    """

    lifted: bool
    record: Level | None
    retain: bool
    live: set[Node] | None
    targets: set[Node] | None
    masked: set[Node]
    watched: Collection[Node]


class _Few(NamedTuple):
    """What the walk knows of cotangents that reads and writes by index change at few of their elements.

    Attributes
    ----------
    own
        The nodes whose cotangent was made by the walk, free to be changed in place.
    parts
        What is still to be added to a node's cotangent, at once when the node is visited.
    """

    cotangents: dict[Node, Any]
    own: set[Node]
    parts: dict[Node, list[Any]]


def _walk(cotangents: Values, ready: list[Node], uses: dict[Node, int], mode: _Mode) -> Values:
    """Visit each node once, after all that used it.

    One shape tuple at both ends of a slope tells that the shape fits; elsewhere a library may share its tuples.
    """
    arrived: dict[Node, Any] = {}
    _, own, parts = few = _Few(cotangents, set(), {})
    lifted, _, retain, live, targets, masked, watched = mode
    while ready:
        node = ready.pop()
        ct = cotangents.pop(node, None)
        if (parts and node in parts) or (hooks and id(node) in hooks):
            ct = _complete(node, ct, few, mode)
        parents, card, shape = node.parents, node.card, node.shape
        if card is None or live is not None:
            parents = _arrive(node, ct, live, targets, arrived)
        if not parents or ct is None or card is OUTPUT:
            _pass_on(node, ct, parents, cotangents, uses, ready, masked)
            continue
        guarded, sloped = masked and node in masked, card.sloped
        if sloped and not (guarded or lifted or (watched and node in watched)):  # most of all
            results = card.pull(namespaces[ct.__class__], ct, node, parents)
        else:
            results = _pull(node, ct, parents, guarded, mode, few)
        for parent, g in zip(parents, results):
            if parent is None:
                continue
            if g is not None:
                known = sloped and shape is parent.shape
                if (not known and g.shape != parent.shape) or g.dtype is not parent.dtype:
                    g = fit(g, parent, card.name)
                old = cotangents.get(parent)
                cotangents[parent] = g if old is None else _add(old, g, parent, own, lifted)
                if not (guarded or card.masks):
                    masked.discard(parent)
                elif old is None:
                    masked.add(parent)
            if uses[parent] == 1:
                ready.append(parent)
            else:
                uses[parent] -= 1
        if not retain:
            node.card, node.parents, node.y, node.inputs = FREED, (), None, ()
    return arrived


def _pull(node: Node, ct: Any, parents: Any, guarded: Any, mode: _Mode, few: _Few) -> Any:
    """Apply the reverse rule of one application."""
    card = node.card
    if mode.watched and node in mode.watched:
        verify(card.name, (*node.inputs, node.y))
    if mode.lifted:
        xp, source = ops, on_tensors(node, mode.record)
    else:
        kind = ct.__class__
        if kind is list:
            kind = type(next(g for g in ct if g is not None))
        xp, source = namespaces[kind], node
    if card.few:
        return _pull_few(xp, ct, node, source, parents, mode, few)
    return (card.pull_guarded if guarded else card.pull)(xp, ct, source, parents)


def _pull_few(
    xp: Any, ct: Any, node: Node, source: Node, parents: Any, mode: _Mode, few: _Few
) -> Any:
    """Apply a rule that leaves most elements as they are: a read adds to few, a write clears few.

    A read is put off until its parent is visited. A write, on whose cotangent nobody else has a hold, clears it
    in place. So a loop that reads and writes an array row by row walks back in the time of the rows.
    """
    cotangents, own, parts = few
    card, parent = node.card, parents[0]
    if card.add_to is not None:
        if parent not in parts:
            parts[parent] = []
            if parent not in cotangents:
                mode.masked.add(parent)
        parts[parent].append((card.add_to, ct, source.inputs, node.params))
        return (None,) * len(parents)
    free = node in own and not (mode.targets and node in mode.targets)
    results = (card.take_over if free else card.pull)(xp, ct, source, parents)
    if parent is not None and parent not in cotangents:
        own.add(parent)
    return results


def _complete(node: Node, ct: Any, few: _Few, mode: _Mode) -> Any:
    """Return the whole cotangent of a node, as its hooks would have it."""
    if node in few.parts:
        ct = _gather(node, ct, few, mode)
    return _hooked(node, ct, few, mode) if hooks and ct is not None and id(node) in hooks else ct


def _gather(node: Node, ct: Any, few: _Few, mode: _Mode) -> Any:
    """Return the cotangent of a node with all parts added that were put off; parts may come to the whole."""
    parts = few.parts.pop(node)
    first = parts[0][1]
    xp = ops if mode.lifted else namespaces[first.__class__]
    if ct is None:
        ct = xp.zeros(node.shape, dtype=first.dtype, device=first.device)
    elif node not in few.own:
        ct = xp.positive(ct)
    for add_to, g, inputs, params in parts:
        ct = add_to(xp, ct, g, *inputs, **params)
    few.own.add(node)
    whole = sum([size(g.shape) for _, g, _, _ in parts]) >= size(node.shape)
    if whole and node in mode.masked and not holds_zeros(ct):
        mode.masked.discard(node)
    return ct


def _hooked(node: Node, ct: Any, few: _Few, mode: _Mode) -> Any:
    """Show a cotangent to the hooks of a node, and return what they make of it; from now on others may hold it."""
    few.own.discard(node)
    for hook in list(node.hooks.values()):
        with nullcontext() if mode.lifted else no_grad():
            answer = hook(twin(constant_of(ct)))
        if answer is not None:
            ct = _replaced(node, answer, ct, mode.lifted)
            (mode.masked.add if holds_zeros(ct) else mode.masked.discard)(node)
    if node.card is None and not isinstance(ct, Cell):
        ct = backend_of(type(ct)).asarray(ct, copy=True)  # `.grad` is no one else's
    return ct


def _replaced(node: Node, answer: Any, ct: Any, lifted: bool) -> Any:
    """Return what a hook gave in place of a cotangent, made sure that it is one."""
    g, was = lift(answer), constant_of(ct)
    if g.shape != was.shape or g.device != was.device:
        raise GraphError(
            f"register_hook: expected a gradient of shape {was.shape} on {was.device} from the hook, or None; got one "
            f"of shape {g.shape} on {g.device}"
        )
    if not lifted:
        if g.level is not ZERO:
            raise GraphError(
                "register_hook: expected a gradient made of the one given; got a Tensor of a transform that runs. "
                "gx.stop_gradient it, or differentiate with create_graph=True"
            )
        g = g.data
    return fit(g, node, "register_hook")


def _arrive(
    node: Node, ct: Any, live: set[Node] | None, targets: set[Node] | None, arrived: dict[Node, Any]
) -> Any:
    """Note what has arrived at a leaf or a target; return the parents to go on to."""
    if live is None or targets is None:
        arrived[node] = ct
        return ()
    if node in targets:
        arrived[node] = ct
    parents = tuple([parent if parent in live else None for parent in node.parents])
    return parents if any(parents) else ()


def _add(old: Any, g: Any, node: Node, own: set[Node], lifted: bool) -> Any:
    """Add a contribution: in place from the second sum on, where nobody else can hold the array."""
    if lifted or node not in own:
        own.add(node)
        return old + g
    old += g
    return old


def _pass_on(node: Node, ct: Any, parents: Sequence[Node | None], cotangents: dict[Node, Any],
             uses: dict[Node, int], ready: list[Node], masked: set[Node]) -> None:  # fmt: skip
    """Take note of a use without a rule: nothing arrived, or one output of an application of several.

    The cotangents of several outputs gather in a list, None for the outputs not used.
    """
    for parent in parents:
        if parent is not None:
            if ct is not None:
                slots = cotangents.get(parent)
                if slots is None:
                    slots = cotangents[parent] = [None] * len(parent.shape)
                    if node in masked:
                        masked.add(parent)
                elif node not in masked:
                    masked.discard(parent)
                i = node.params[
                    "index"
                ]  # a recorded walk reads the outputs too: several nodes for one output
                slots[i] = ct if slots[i] is None else slots[i] + ct
            uses[parent] -= 1
            if not uses[parent]:
                ready.append(parent)


def on_tensors(node: Node, record: Level | None) -> Node:
    """Return a copy of `node` whose residuals are Tensors: on the tape of `record`, or constants there."""
    copy = NodeWithParams()
    copy.card, copy.parents, copy.params = node.card, node.parents, node.params
    copy.shape, copy.dtype = node.shape, node.dtype
    if isinstance(node.y, tuple):
        copy.y = tuple(_tensor(y, output_of(node, i), record) for i, y in enumerate(node.y))
    else:
        copy.y = _tensor(node.y, node, record)
    copy.inputs = tuple(
        [_tensor(x, p, record) for x, p in zip(node.inputs, node.parents, strict=True)]
    )
    return copy


def _tensor(x: Any, node: Node | None, record: Level | None) -> Any:
    if x is None or type(x) in SCALARS or isinstance(x, Node):
        return x
    return constant_of(x) if record is None or node is None else cell(x, record, node)


def fit(g: Any, primal: Any, name: str) -> Any:
    """Bring a cotangent to its primal's shape (undo broadcasting) and dtype (real part of a complex one)."""
    shape, dtype = primal.shape, primal.dtype
    if g.shape == shape and g.dtype == dtype:
        return g
    xp = ops if isinstance(g, Cell) else namespaces[type(g)]
    if g.shape != shape:
        axes = shapes.summed_axes(tuple(g.shape), tuple(shape))
        if axes is None:
            raise GraphError(
                f"{name}: expected a cotangent of shape {shape} from its vjp; got {g.shape}"
            )
        g = xp.reshape(xp.sum(g, axis=axes), shape)
    if is_complex[g.dtype] and not is_complex[dtype]:
        g = xp.real(g)
    if g.dtype != dtype:
        g = xp.astype(g, dtype_of(dtype) if xp is ops else dtype)
    return g


def quiet(seeds: Seeds) -> AbstractContextManager[Any]:
    """Hold back the backend's floating-point warnings while rules run."""
    return backend_of(type(raw(seeds[0][1]))).quiet()


def raw(x: Any) -> Any:
    """Return the bare array at the bottom of a value."""
    while isinstance(x, Cell):
        x = x.data
    return x

"""The first place where a NaN or an infinity came up, on the way forward or on the way back.

- Forward: from the elements of the result that are not finite, back through the elements that they came from, as
  long as those are not finite either. Where none is, it was born.
- Backward: the cotangents of all nodes from one walk; from the leaves with a gradient that is not finite, forward
  to where such a cotangent came from one that is finite. What a zero by structure has absorbed is not found, as it
  does no harm.
- Of several, the first: in the order of computing forward, in the order of the walk backward.
- Nothing is freed, no `.grad` is touched.
"""

from __future__ import annotations

from typing import Any

from gradx.backend import backend_of
from gradx.debug.influence import into_inputs, into_output, is_elementwise, lifted, pulled
from gradx.debug.report import Birth, Operand, Step, constants_to_blame, operand, step
from gradx.debug.sources import place_of
from gradx.debug.values import Index, Values, check, element, first, names_of, not_finite, ordered
from gradx.ops import ones_like
from gradx.tape import OUTPUT, SCALARS, Node
from gradx.transforms.backward import seed_for
from gradx.transforms.reverse import pull_back, raw


def why_nan(y: Any, *, gradient: Any = None) -> Birth | None:
    """Find where the NaN or infinity in `y`, or in the gradients of its leaves, was born.

    Parameters
    ----------
    y
        A result on a reverse tape, of any shape; its graph is left as it is.
    gradient
        The cotangent to walk back from, of the shape of `y`; ones by default.

    Returns
    -------
    Birth or None
        Operation, element, operands, and the chain to `y`, and `str` of it in words; of a leaf or a constant that
        is not finite itself, that. None if `y` and the gradients of all leaves are finite.
        File and line are known for what was computed inside of `gx.debug.recording()`.

    Raises
    ------
    GraphError
        If `y` is not on a graph, the graph was freed, or `y` belongs to a forward transform.
    ShapeError, DtypeError
        If `gradient` does not fit `y`.

    Notes
    -----
    The tape keeps what rules read; other values are taken from Tensors that still live or computed anew. What
    cannot be had (a constant in `x + constant`) the result names as not kept. A leaf that no rule reads counts
    with its value now: ask before an optimiser's step.

    >>> import gradx as gx
    >>> x = gx.asarray([1.0, 0.0, 4.0], requires_grad=True)
    >>> print(gx.debug.why_nan(gx.sum(gx.sqrt(x))))
    inf born backward in the rule of sqrt: cotangent 1 x slope inf at element (1,)
      operand 0: x = 0
      spoils the gradient of: leaf x [3] inf at (1,)
      on the way to the result:
        sqrt [3]
        sum []
      for file and line, compute it inside `with gx.debug.recording():`
    """
    root = check(y, "why_nan")
    graph = _Graph(y, root)
    given = gradient is not None
    seed = seed_for(y, gradient, "why_nan") if given else ones_like(y)
    with backend_of(type(graph.like)).quiet():
        if not_finite(graph.like).any():
            return _Forward(graph).find()
        return _Backward(graph, seed, given).find()


class _Graph:
    """A result's graph: its nodes in order, their values, the names of those that a variable holds."""

    def __init__(self, y: Any, root: Node) -> None:
        self.y, self.root = y, root
        self.like = raw(y.data)  # a bare array on the device of the graph
        self.order = ordered(root, "why_nan")
        self.values = Values(y, self.order)
        self.names = names_of(self.order)

    def name(self, node: Node | None) -> str:
        return self.names.get(node, "") if node is not None else ""

    def step(self, node: Node, mask: Any) -> Step:
        """Return a node as a step, at its first marked element."""
        at = None if mask is None or isinstance(mask, list) or not mask.any() else first(mask)
        return step(node, self.values.get(node), at, self.name(node))

    def beside(self, node: Node) -> Any:
        """Return a bare array on the device of a node: `to_device` may stand between it and the result."""
        known = (self.values.get(node), *self.values.operands(node))
        arrays = [x[0] if isinstance(x, tuple) else x for x in known]
        return next((x for x in arrays if x is not None and type(x) not in SCALARS), self.like)

    def operands(self, node: Node, index: Index | None) -> tuple[Operand, ...]:
        """Describe the operands of a node, at one element of an elementwise one."""
        if node.card is None or node.card is OUTPUT:
            return ()
        at = index if is_elementwise(node.card) else None
        return tuple([
            operand(x, parent, self.name(parent), at)
            for x, parent in zip(self.values.operands(node), node.parents)
        ])  # fmt: skip


class _Forward:
    """The search for a birth forward: masks of elements that are not finite and matter, from the result back."""

    def __init__(self, graph: _Graph) -> None:
        self.graph = graph
        self.masks: dict[Node, Any] = {graph.root: not_finite(graph.like)}
        self.next: dict[Node, Node] = {}  # the application through which a node matters

    def find(self) -> Birth:
        """Return the first birth."""
        born: Node = self.graph.root
        for node in reversed(self.graph.order):
            if node in self.masks and not self._hand_on(node):
                born = node
        return self._birth(born)

    def _hand_on(self, node: Node) -> bool:
        """Mark what a node's elements came from; return whether any of that is not finite."""
        mask = self.masks[node]
        if node.card is OUTPUT:
            self._mark_output(node, mask)
            return True
        if node.card is None:
            return False
        if isinstance(mask, list):
            shapes = [tuple(shape) for shape in node.shape]
            some = next(m for m in mask if m is not None)
            none = some.reshape(-1)[:1] & False
            mask = [_filled(none, s) if m is None else m for m, s in zip(mask, shapes)]
        operands = self.graph.values.operands(node)
        found = False
        for parent, part in zip(
            node.parents, into_inputs(node, mask, operands, self.graph.beside(node))
        ):
            if parent is None:
                continue
            value = self.graph.values.get(parent)
            if value is not None and not isinstance(value, tuple):
                part = part & not_finite(value)
            if part.any():
                self.masks[parent] = self.masks[parent] | part if parent in self.masks else part
                self.next.setdefault(parent, node)
                found = True
        return found

    def _mark_output(self, node: Node, mask: Any) -> None:
        """Hand the mask of one of several outputs to the application."""
        (parent,) = node.parents
        assert parent is not None
        slots = self.masks.setdefault(parent, [None] * len(parent.shape))
        i = node.params["index"]
        slots[i] = mask if slots[i] is None else slots[i] | mask
        self.next.setdefault(parent, node)

    def _birth(self, node: Node) -> Birth:
        graph, mask = self.graph, self.masks[node]
        value = graph.values.get(node)
        if isinstance(mask, list):  # of several outputs, the first that is not finite
            at = next(i for i, m in enumerate(mask) if m is not None and m.any())
            mask, value = mask[at], None if value is None else value[at]
        index = first(mask) if value is not None or mask.sum() == 1 else None
        operands = graph.operands(node, index)
        chain, here = [], node
        while True:
            chain.append(graph.step(here, self.masks[here]))
            if here is graph.root:
                break
            here = self.next[here]
        result = None if value is None or index is None else element(value, index)
        notes = constants_to_blame(operands)
        operation = "leaf" if node.card is None else node.card.name
        return Birth("forward", operation, index, operands, result, place_of(node), tuple(chain),
                     certain=value is not None, notes=notes)  # fmt: skip


def _filled(flag: Any, shape: tuple[int, ...]) -> Any:
    """Return a NumPy mask of one flag, `(1,)`, repeated into `shape`."""
    n = 1
    for each in shape:
        n *= each
    return flag.repeat(n).reshape(shape)


class _Backward:
    """The search for a birth backward: from the spoiled gradients of leaves towards the result."""

    def __init__(self, graph: _Graph, seed: Any, given: bool) -> None:
        self.graph = graph
        arrived = pull_back(
            [(graph.root, lifted(seed, graph.y))], set(graph.order), retain=True, given=given
        )
        self.cts = {node: _bare(ct) for node, ct in arrived.items() if ct is not None}
        self.children: dict[Node, list[tuple[Node, int]]] = {}
        for node in graph.order:
            for i, parent in enumerate(node.parents):
                if parent is not None:
                    self.children.setdefault(parent, []).append((node, i))
        self.masks: dict[Node, Any] = {}
        self.next: dict[Node, Node] = {}  # where the cotangent of a node goes on to
        self._edges: dict[tuple[Node, bool], list[Any]] = {}

    def find(self) -> Birth | None:
        """Return the first birth in the order of the walk, None if the gradients of all leaves are finite."""
        for node in self.graph.order:
            if node.card is None and node in self.cts:
                bad = not_finite(self.cts[node])
                if bad.any():
                    self.masks[node] = bad
        birth = None
        for node in self.graph.order:
            if node in self.masks:
                birth = self._look(node) or birth
        return birth

    def _look(self, node: Node) -> Birth | None:
        """Look where the spoiled cotangent of a node came from; return a birth if nobody had it before."""
        mask = self.masks[node]
        if isinstance(mask, list):
            for child, _ in self.children.get(node, ()):
                part = mask[child.params["index"]]
                if part is not None and part.any():
                    self._mark(child, part, node)
            return None
        if node is self.graph.root:
            return self._in_seed(mask)
        candidates, inherited = [], False
        for child, i in self.children.get(node, ()):
            if child not in self.cts:
                continue
            bad = self._spoiled(child, i, False) & mask
            if not bad.any():
                continue
            come = into_output(child, i, bad, self.cts[child], self.graph.beside(child))
            if _any(come):
                self._mark(child, come, node)
                inherited = True
            else:
                sure = (self._spoiled(child, i, True) & mask).any()
                candidates.append((not sure, child, i, bad))
        if inherited:
            return None
        if not candidates:
            return self._in_sum(node, mask)
        _, child, i, bad = min(candidates, key=lambda each: each[0])
        return self._in_rule(child, i, bad, node)

    def _mark(self, child: Node, mask: Any, node: Node) -> None:
        old = self.masks.get(child)
        if isinstance(mask, list) and old is not None:
            mask = [b if a is None else a if b is None else a | b for a, b in zip(old, mask)]
        self.masks[child] = mask if old is None or isinstance(mask, list) else old | mask
        self.next.setdefault(child, node)

    def _edge(self, child: Node, i: int, guarded: bool) -> Any:
        """Return what the rule of an application gives for an input: with or without regard to zeros."""
        key = child, guarded
        if key not in self._edges:
            self._edges[key] = pulled(child, self.cts[child], given=guarded)
        return self._edges[key][i]

    def _spoiled(self, child: Node, i: int, guarded: bool) -> Any:
        return not_finite(self._edge(child, i, guarded))

    # ------------------------------------------------------------ what was found

    def _in_rule(self, child: Node, i: int, bad: Any, node: Node) -> Birth:
        """A rule that made it of a finite cotangent."""
        graph, index, own = self.graph, first(bad), self.cts[child]
        result = element(self._edge(child, i, False), index)
        ct, slope, at = None, None, None
        if is_elementwise(child.card):
            terms = pulled(child, own, given=False, wide=True)[i]
            spoiled = not_finite(terms) & bad
            if spoiled.any():  # else finite terms whose sum over broadcast elements overflows
                at = first(spoiled)
                result, ct = element(terms, at), element(own, at)
                slope = element(pulled(child, own * 0 + 1, given=False, wide=True)[i], at)
        operands = graph.operands(child, at)
        return Birth("backward", child.card.name, index, operands, result, place_of(child), self._chain(child),
                     cotangent=ct, slope=slope, reaches=self._reaches(node))  # fmt: skip

    def _in_sum(self, node: Node, mask: Any) -> Birth:
        """Finite contributions whose sum overflows."""
        index = first(mask)
        note = "the contributions of the operations that use it are finite, their sum is not"
        return Birth("backward", "sum of cotangents", index, (), element(self.cts[node], index), place_of(node),
                     self._chain(node), reaches=self._reaches(node), notes=(note,))  # fmt: skip

    def _in_seed(self, mask: Any) -> Birth:
        """A cotangent that was given so."""
        root, index = self.graph.root, first(mask)
        note = "the cotangent given as gradient= is not finite itself"
        return Birth("backward", "gradient", index, (), element(self.cts[root], index), None,
                     self._chain(root), reaches=self._reaches(root), notes=(note,))  # fmt: skip

    def _chain(self, node: Node) -> tuple[Step, ...]:
        """Return the operations from a node to the result."""
        steps = [self.graph.step(node, None)]
        seen: dict[Node, Node] = {}
        stack = [node]
        while stack and self.graph.root not in seen and node is not self.graph.root:
            here = stack.pop()
            for child, _ in self.children.get(here, ()):
                if child not in seen:
                    seen[child] = here
                    stack.append(child)
        path, here = [], self.graph.root
        while here is not node:
            path.append(self.graph.step(here, None))
            here = seen[here]
        return (*steps, *reversed(path))

    def _reaches(self, node: Node) -> Step:
        """Return the leaf that the cotangent of a node goes on to, with its gradient."""
        while node.card is not None:
            node = self.next[node]
        mask = self.masks[node]
        return step(node, self.cts[node], first(mask), self.graph.name(node))


def _bare(ct: Any) -> Any:
    return [None if part is None else raw(part) for part in ct] if isinstance(ct, list) else raw(ct)


def _any(mask: Any) -> bool:
    if isinstance(mask, list):
        return any(part is not None and part.any() for part in mask)
    return bool(mask.any())


__all__ = ["why_nan"]

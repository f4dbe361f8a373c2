"""Functions linearized at a point: `linearize`, `linear_transpose`, `ggnvp`.

- `Linear` is a tape that keeps all that any rule could read, in the order of application. So one evaluation
  serves both modes: tangents are pushed through it in order, cotangents are pulled back by the reverse walk.
- It keeps more than the reverse level does: arrays that only the forward rules read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from gradx import ops
from gradx.backend import namespaces
from gradx.errors import GraphError, ShapeError
from gradx.level import Cell, cell, lower, twin
from gradx.tape import (
    Node,
    NodeWithParams,
    Reverse,
    bind,
    constant_of,
    lift_all,
    output_of,
    rebuild,
    settle,
    wrap,
)
from gradx.transforms.backward import seed_for
from gradx.transforms.derivatives import (
    arguments,
    checked_tangent,
    cotangents,
    descend,
    grad,
    jvp,
    leave,
    track,
)
from gradx.transforms.forward import match, push_forward
from gradx.transforms.reverse import holds_zeros, raw
from gradx.transforms.tree import flatten, results, tensors, unflatten


class Step(NamedTuple):
    """One application: its node, the nodes of its outputs, and what the forward rule reads."""

    node: Node
    parts: tuple[Node, ...]
    y: Any
    inputs: list[Any]


class Linear(Reverse):
    """The level of one linearization; its state is the list of applications.

    Like forward mode, and unlike the reverse level, it is not affected by `no_grad`.
    """

    __slots__ = ()

    state: list[Step]

    def __init__(self) -> None:
        super().__init__()
        self.state = []

    def process(self, card: Any, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        data = [lower(x, self) for x in args]
        y = bind(card, data, params)
        if not card.differentiable:
            return lift_all(y)
        parents = tuple([x.aux if isinstance(x, Cell) and x.level is self else None for x in args])
        if not any(parents):
            return wrap(y, self, None)
        node = NodeWithParams()
        node.card, node.parents, node.params = card, parents, params
        output, kept = card.kept(tuple([parent is not None for parent in parents]))
        node.inputs = tuple([x if keep else p for x, keep, p in zip(data, kept, parents)])
        if not isinstance(y, (tuple, list)):
            y = settle(y, data)
            node.y = y if output else None
            node.shape, node.dtype = y.shape, y.dtype
            self.state.append(Step(node, (node,), y, data))
            return cell(y, self, node)
        ys = tuple([settle(each, (each,)) for each in y])
        node.y = ys if output else None
        node.shape, node.dtype = tuple([e.shape for e in ys]), tuple([e.dtype for e in ys])
        parts = tuple([output_of(node, i) for i in range(len(ys))])
        self.state.append(Step(node, parts, ys, data))
        return rebuild(y, [cell(each, self, part) for each, part in zip(ys, parts)])


class Linearized:
    """A function's value at a point, and its derivative there as a linear map, in both directions."""

    __slots__ = ("aux", "inputs", "level", "name", "out_structure", "structure", "values", "ys")

    def __init__(self, name: str, f: Callable[..., Any], primals: Any, *, has_aux: bool) -> None:
        """Evaluate `f(*primals)`, once."""
        self.name = name
        leaves, self.structure = tensors(primals, name)
        with Linear() as level:
            self.level, self.inputs = level, [track(x, level) for x in leaves]
            out = f(*arguments(self.inputs, self.structure))
            out, aux = out if has_aux else (out, None)
        self.ys, self.out_structure = results(out, name)
        self.values = [descend(y, level) for y in self.ys]
        self.aux = leave(aux, level)

    @property
    def value(self) -> Any:
        return unflatten(self.out_structure, [twin(y) for y in self.values])

    def push(self, tangents: Sequence[Any]) -> list[Any]:
        """Return the tangents of the results, from one for each leaf of the primals."""
        known: dict[Node, tuple[Any, bool]] = {}
        for x, tangent in zip(self.inputs, tangents, strict=True):
            dx = lower(checked_tangent(constant_of(x.data), tangent), self.level)
            known[x.aux] = dx, holds_zeros(dx)
        held = {y.aux for y in self.ys if y.level is self.level}
        left = Counter(
            parent
            for step in self.level.state
            for parent in step.node.parents
            if parent is not None
        )
        for step in self.level.state:
            parents = step.node.parents
            own = [known.get(parent) if parent is not None else None for parent in parents]
            for parent in parents:
                if parent is not None:
                    left[parent] -= 1
                    if not left[parent] and parent not in held:
                        known.pop(parent, None)
            _push(step, own, known)
        return [self._tangent(y, known) for y in self.ys]

    def _tangent(self, y: Any, known: dict[Node, tuple[Any, bool]]) -> Any:
        found = known.get(y.aux) if y.level is self.level and y.aux is not None else None
        return (
            ops.zeros_like(descend(y, self.level)) if found is None else twin(constant_of(found[0]))
        )

    def pull(self, cts: Sequence[Any]) -> list[Any]:
        """Return the cotangents of the primals' leaves, from one for each result."""
        seeds = [seed_for(y, ct, self.name) for y, ct in zip(self.values, cts, strict=True)]
        return cotangents(self.inputs, self.ys, seeds, self.level, once=False)


def _push(step: Step, own: Sequence[Any], known: dict[Node, Any]) -> None:
    """Carry tangents through one application."""
    if not any(own):
        return
    tangents = [None if pair is None else pair[0] for pair in own]
    flags = [pair[1] for pair in own if pair is not None]
    card, params = step.node.card, step.node.params
    dy = push_forward(card, tangents, step.y, step.inputs, params, any(flags))
    masked = card.masks or all(flags)
    ys, dys = (step.y, dy) if isinstance(step.y, tuple) else ((step.y,), (dy,))
    for part, y, d in zip(step.parts, ys, dys, strict=True):
        if d is not None:
            known[part] = match(d, y), masked


def linearize(f: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """Return `f(*primals)` and the function that maps tangents of the primals to that of the result.

    `f` is evaluated once; the pushforward applies the forward rules alone. It keeps all values in between, so for a
    single direction `jvp` is the better choice.

    Returns
    -------
    (out, pushforward) or (out, pushforward, aux)
        `pushforward(*tangents)` takes pytrees like `primals` and returns one like `out`; it can be called often.

    Raises
    ------
    DtypeError
        If a primal is an integer, or a tangent complex where its primal is real.
    GraphError
        If `f` returns anything but Tensors.
    ShapeError
        If a tangent has not its primal's shape, or another structure.

    >>> import gradx as gx
    >>> out, pushforward = gx.linearize(lambda x: x * x, 3.0)
    >>> out, pushforward(1.0), pushforward(2.0)
    (Tensor(9.), Tensor(6.), Tensor(12.))
    """
    linear = Linearized("linearize", f, primals, has_aux=has_aux)

    def pushforward(*tangents: Any) -> Any:
        directions, given = flatten(tangents)
        if given != linear.structure:
            raise ShapeError(
                f"pushforward: expected tangents of the primals' structure {linear.structure}; got {given}"
            )
        return unflatten(linear.out_structure, linear.push(directions))

    if has_aux:
        return linear.value, pushforward, linear.aux
    return linear.value, pushforward


def linear_transpose(f: Callable[..., Any], *primals: Any) -> Callable[[Any], Any]:
    """Return the transpose of a linear function.

    Parameters
    ----------
    f
        A linear function of pytrees of floating or complex arrays.
    primals
        Arrays that tell the structure, shapes, dtypes and devices of its arguments; their values do not matter.

    Returns
    -------
    callable
        `transposed(ct)` takes a pytree like `f`'s result and returns a tuple like `primals`. Of a complex function
        it is the transpose without a conjugate; the pullback of `vjp` is the one with it.

    Raises
    ------
    GraphError
        If `f` is not linear: if its value at one point is not what its derivative at another makes of it.

    >>> import gradx as gx
    >>> gx.linear_transpose(lambda x: gx.cumulative_sum(x), gx.zeros(3))(gx.asarray([1.0, 0.0, 2.0]))
    (Tensor([3., 2., 2.]),)
    """
    leaves, structure = tensors(primals, "linear_transpose")
    here, there = ([_point(x, step) for x in leaves] for step in (0.7, 1.9))
    linear = Linearized("linear_transpose", f, unflatten(structure, here), has_aux=False)
    values, _ = results(f(*unflatten(structure, there)), "linear_transpose")
    if not all(map(_close, values, linear.push(there))):
        raise GraphError(
            "linear_transpose: expected a linear function; got one whose derivative is not the same everywhere, or "
            "that is not 0 at 0. Linearize it first: gx.vjp, or gx.linearize"
        )

    def transposed(ct: Any) -> Any:
        cts, ct_structure = flatten(ct)
        if ct_structure != linear.out_structure:
            raise ShapeError(
                f"linear_transpose: expected a cotangent of structure {linear.out_structure}; got {ct_structure}"
            )
        return unflatten(structure, [ops.conj(g) for g in linear.pull([ops.conj(g) for g in cts])])

    return transposed


def _point(x: Any, step: float) -> Any:
    """Return numbers of the shape, dtype and device of `x` that no function is likely to be special at."""
    k = ops.arange(1, x.size + 1, device=x.device)
    z = ops.cos(step * ops.astype(k * k, ops.real(x).dtype))
    z = z + 1j * ops.flip(z) if x.dtype.kind == "c" else z
    return ops.reshape(ops.astype(z, x.dtype), x.shape)


def _close(a: Any, b: Any) -> bool:
    """Whether two results are equal to rounding, for all examples of a vmap."""
    loose = {"float64": 1e-8, "complex128": 1e-8, "float32": 1e-3, "complex64": 1e-3}
    scale = loose.get(a.dtype.name, 5e-2)
    apart, size = ops.abs(a - b), ops.abs(a) + ops.abs(b)
    if not a.size:
        return True
    close = raw(ops.all(apart <= scale * ops.max(size)))
    return bool(namespaces[close.__class__].all(close))


def ggnvp(f: Callable[..., Any], loss: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], *,
          has_aux: bool = False) -> Any:  # fmt: skip
    """Multiply the Gauss-Newton matrix of `loss(f(*primals))` with a vector: `J^T H J v`.

    J is the Jacobian of `f`, H the Hessian of `loss` at its value: the Hessian of the whole without the curvature
    of `f`, positive semidefinite where the loss is convex (N. Schraudolph, 2002). One forward, one forward over
    reverse through the loss alone, one reverse pass; `f` is evaluated once.

    Parameters
    ----------
    f
        The model: takes the primals; with `has_aux` returns a pair of its result and anything else.
    loss
        Takes the model's result, returns a real scalar.
    primals, tangents
        Tuples of pytrees of the same structure and shapes.

    Returns
    -------
    tuple
        The product, like `primals`; with `has_aux` a pair of it and the rest of `f`'s result.

    >>> import gradx as gx
    >>> model, loss = (lambda w: w * w), (lambda y: gx.sum(y * y))
    >>> gx.ggnvp(model, loss, (gx.asarray([1.0, 2.0]),), (gx.ones(2),))
    (Tensor([ 8., 32.]),)
    """
    linear = Linearized("ggnvp", f, tuple(primals), has_aux=has_aux)
    directions, given = flatten(tuple(tangents))
    if given != linear.structure:
        raise ShapeError(
            f"ggnvp: expected tangents of the primals' structure {linear.structure}; got {given}"
        )
    change = unflatten(linear.out_structure, linear.push(directions))
    (curved,) = hvp(loss, (linear.value,), (change,))
    product = unflatten(linear.structure, linear.pull(flatten(curved)[0]))
    return (product, linear.aux) if has_aux else product


def hvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], *,
        has_aux: bool = False) -> Any:  # fmt: skip
    """Multiply the Hessian of the real scalar `f(*primals)` with a vector, forward over reverse.

    Costs a few gradients, whatever the number of parameters (B. Pearlmutter, 1994).

    Parameters
    ----------
    primals, tangents
        Tuples of pytrees of the same structure and shapes.

    Returns
    -------
    tuple
        The product, like `primals`; with `has_aux` a pair of it and the rest of `f`'s result.

    >>> import gradx as gx
    >>> gx.hvp(lambda x: gx.sum(x**3), (gx.asarray([1.0, 2.0]),), (gx.asarray([1.0, 1.0]),))
    (Tensor([ 6., 12.]),)
    """
    gradient = grad(f, tuple(range(len(primals))), has_aux=has_aux)
    _, product, *aux = jvp(gradient, primals, tangents, has_aux=has_aux)
    return (product, *aux) if has_aux else product


__all__ = ["Linearized", "ggnvp", "hvp", "linear_transpose", "linearize"]

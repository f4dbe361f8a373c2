"""Transforms of functions: grad, value_and_grad, vjp, jvp.

- Each runs the function once on a level of its own, so they nest in any mix.
- Arguments and results are pytrees; what is not being differentiated passes through.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from gradx import ops
from gradx.backend import backend_of
from gradx.errors import DtypeError, GraphError, ShapeError
from gradx.level import Cell, cell, lower, twin
from gradx.tape import Leaf, Reverse, constant_of
from gradx.tensor import Tensor
from gradx.transforms.backward import seed_for
from gradx.transforms.forward import Forward, match
from gradx.transforms.reverse import holds_zeros, pull_back
from gradx.transforms.tree import flatten, results, select, tensor, tensors, unflatten


def track(x: Any, level: Reverse) -> Any:
    """Return `x` as a leaf on `level`."""
    data = lower(x, level)
    return cell(data, level, Leaf(data.shape, data.dtype))


def arguments(inputs: Sequence[Any], structure: Any) -> Any:
    """Return the pytree to call a function with: Tensors of its own, that it may write to."""
    return unflatten(structure, [twin(x) for x in inputs])


def descend(y: Any, level: Any) -> Any:
    """Return a result as the levels below see it, as a Tensor of its own."""
    return constant_of(twin(y.data)) if y.level is level else twin(y)


def cotangents(
    wanted: Sequence[Any], ys: Sequence[Any], cts: Sequence[Any], level: Reverse, *, once: bool
) -> list[Any]:
    """Walk from `ys` with `cts` to `wanted`, all on `level`; zeros where nothing arrives.

    `once`: for a value and its gradient, from a cotangent of one; else for a pullback, called often.
    """
    seeds = [
        (y.aux, ct if isinstance(y.data, Cell) else lower(ct, level))
        for y, ct in zip(ys, cts, strict=True)
        if y.level is level and y.aux is not None
    ]
    arrived = (
        pull_back(seeds, [x.aux for x in wanted], retain=not once, given=not once) if seeds else {}
    )
    answers = []
    for x in wanted:
        ct = arrived.get(x.aux)
        if ct is None:
            ct = ops.zeros_like(constant_of(x.data))
        elif not isinstance(ct, Cell):
            ct = constant_of(backend_of(type(ct)).asarray(ct, copy=_aliases(ct, cts)))
        answers.append(twin(ct))
    return answers


def _aliases(ct: Any, given: Sequence[Any]) -> bool | None:
    """Whether a cotangent is one that the user handed in: then it must be copied."""
    return True if any(isinstance(g, Cell) and g.data is ct for g in given) else None


def value_and_grad(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, *, has_aux: bool = False
) -> Callable[..., Any]:
    """Return a function that computes the value of `f` and its gradient together.

    Parameters
    ----------
    f
        Returns a real scalar; with `has_aux`, a pair of it and anything else.
    argnums
        Which positional arguments to differentiate by: pytrees of floating or complex arrays.

    Returns
    -------
    callable
        `(*args) -> (value, gradient)`, with `has_aux` `((value, aux), gradient)`; the gradient has the
        structure of the argument (a tuple of them for several). Complex arguments: ∂L/∂Re + i ∂L/∂Im.

    Raises
    ------
    GraphError
        If the result is not a scalar, or no Tensor.
    DtypeError
        If the result is complex or an integer, or an argument is an integer.

    >>> import gradx as gx
    >>> gx.value_and_grad(lambda x: x**2)(3.0)
    (Tensor(9.), Tensor(6.))
    """

    @functools.wraps(f)
    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        chosen, replace = select(args, argnums, "grad")
        leaves, structure = tensors(chosen, "grad")
        with Reverse() as level:
            inputs = [track(x, level) for x in leaves]
            out = f(*replace(arguments(inputs, structure)), **kwargs)
            y, aux = out if has_aux else (out, None)
            _check_scalar(y)
            answers = cotangents(
                inputs, [y], [seed_for(descend(y, level), None, "grad")], level, once=True
            )
        value, gradient = descend(y, level), unflatten(structure, answers)
        return ((value, leave(aux, level)), gradient) if has_aux else (value, gradient)

    return value_and_gradient


def _check_scalar(y: Any) -> None:
    if not isinstance(y, Tensor):
        raise GraphError(
            f"grad: expected a function that returns a Tensor; got {type(y).__name__}, off the graph"
        )
    if y.shape != ():
        raise GraphError(
            f"grad: expected a function that returns a scalar; got shape {y.shape}. "
            "Reduce it with gx.sum, or use gx.vjp with a cotangent"
        )
    if y.dtype.kind == "c":
        raise DtypeError(
            "grad: expected a real result; got a complex one. Take gx.real, gx.abs, or use gx.vjp"
        )


def leave(tree: Any, level: Any) -> Any:
    """Return a pytree with all Tensors of `level` taken one level down."""
    leaves, structure = flatten(tree)
    return unflatten(structure, [descend(x, level) if isinstance(x, Cell) else x for x in leaves])


def grad(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, *, has_aux: bool = False
) -> Callable[..., Any]:
    """Return a function that computes the gradient of the real scalar `f`; see `value_and_grad`.

    >>> import gradx as gx
    >>> gx.grad(gx.grad(lambda x: x**3))(2.0)
    Tensor(12.)
    """
    both = value_and_grad(f, argnums, has_aux=has_aux)

    @functools.wraps(f)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, answer = both(*args, **kwargs)
        return (answer, value[1]) if has_aux else answer

    return gradient


def vjp(f: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """Return `f(*primals)` and its pullback, which maps a cotangent of the result to those of the primals.

    Returns
    -------
    (out, pullback) or (out, pullback, aux)
        `pullback(ct)` takes a pytree like `out` and returns a tuple like `primals`; it can be called often.
        Of complex arrays it is the conjugate transpose of what `jvp` computes.

    Raises
    ------
    DtypeError
        If a primal is an integer, or a cotangent complex where its result is real.
    GraphError
        If `f` returns anything but Tensors.
    ShapeError
        If a cotangent has not its result's shape, or another structure.

    >>> import gradx as gx
    >>> out, pullback = gx.vjp(lambda x: x * x, gx.asarray([1.0, 2.0]))
    >>> pullback(gx.asarray([1.0, 1.0]))
    (Tensor([2., 4.]),)
    """
    leaves, structure = tensors(primals, "vjp")
    with Reverse() as level:
        inputs = [track(x, level) for x in leaves]
        out = f(*arguments(inputs, structure))
        out, aux = out if has_aux else (out, None)
    ys, out_structure = results(out, "vjp")
    values = [descend(y, level) for y in ys]

    def pullback(ct: Any) -> Any:
        cts, ct_structure = flatten(ct)
        if ct_structure != out_structure:
            raise ShapeError(
                f"pullback: expected a cotangent of structure {out_structure}; got {ct_structure}"
            )
        seeds = [seed_for(value, g, "pullback") for value, g in zip(values, cts, strict=True)]
        return unflatten(structure, cotangents(inputs, ys, seeds, level, once=False))

    value = unflatten(out_structure, values)
    return (value, pullback, leave(aux, level)) if has_aux else (value, pullback)


def jvp(
    f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], *, has_aux: bool = False
) -> Any:
    """Return `f(*primals)` and its derivative in the direction of `tangents`.

    Parameters
    ----------
    primals, tangents
        Tuples of pytrees of the same structure and shapes.

    Returns
    -------
    (out, tangent) or (out, tangent, aux)
        Two pytrees of the structure of `f`'s result.

    >>> import gradx as gx
    >>> gx.jvp(gx.sin, (0.0,), (2.0,))
    (Tensor(0.), Tensor(2.))
    """
    leaves, structure = tensors(tuple(primals), "jvp")
    directions, given = flatten(tuple(tangents))
    if structure != given:
        raise ShapeError(
            f"jvp: expected tangents of the primals' structure {structure}; got {given}"
        )
    with Forward() as level:
        inputs = [_dual(x, tangent, level) for x, tangent in zip(leaves, directions, strict=True)]
        out = f(*unflatten(structure, inputs))
        out, aux = out if has_aux else (out, None)
    ys, out_structure = results(out, "jvp")
    value = unflatten(out_structure, [descend(y, level) for y in ys])
    tangent = unflatten(out_structure, [_tangent_of(y, level) for y in ys])
    return (value, tangent, leave(aux, level)) if has_aux else (value, tangent)


def checked_tangent(x: Any, tangent: Any) -> Any:
    """Return a tangent of `x` as a Tensor of its shape and dtype."""
    dx = tensor(tangent, "jvp") if type(tangent) is not int else tensor(float(tangent), "jvp")
    if dx.shape != x.shape:
        raise ShapeError(f"jvp: expected a tangent of shape {x.shape}; got {dx.shape}")
    if dx.dtype.kind == "c" and x.dtype.kind != "c":
        raise DtypeError(
            f"jvp: expected a real tangent, as the primal is {x.dtype}; got {dx.dtype}"
        )
    return match(dx, x)


def _dual(x: Any, tangent: Any, level: Forward) -> Any:
    direction = lower(checked_tangent(x, tangent), level)
    return cell(lower(x, level), level, (direction, holds_zeros(direction)))


def _tangent_of(y: Any, level: Forward) -> Any:
    if y.level is level and y.aux is not None:
        return constant_of(twin(y.aux[0]))
    return ops.zeros_like(descend(y, level))


__all__ = [
    "arguments",
    "checked_tangent",
    "cotangents",
    "descend",
    "grad",
    "jvp",
    "leave",
    "track",
    "value_and_grad",
    "vjp",
]

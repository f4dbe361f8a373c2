"""Whole derivatives: Jacobians by one batch of tangents or cotangents, and the Hessian.

- A standard basis goes through the linearized function under `vmap`: one pass for all rows, or columns, or
  `chunk_size` of them at a time.
- A Jacobian is a pytree like the result, each leaf of it a pytree like the arguments, of shape
  `(*result, *argument)`.
- Complex numbers: a row of `jacrev` is what `grad` gives for that element of a real result. Of a function between
  complex numbers the derivative is a number for each pair of elements only if it is holomorphic: the user says so.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from gradx import ops
from gradx.errors import DtypeError
from gradx.shapes import size
from gradx.transforms.batch import vmap
from gradx.transforms.derivatives import vjp
from gradx.transforms.linear import Linearized
from gradx.transforms.tree import flatten, results, select, tensors, unflatten

Argnums = int | Sequence[int]
Map = Callable[[list[Any]], list[Any]]


def _basis(leaves: Sequence[Any], start: int, stop: int) -> list[Any]:
    """Return rows `start` to `stop` of the identity on all elements of `leaves`, cut into their shapes."""
    rows, before = [], 0
    for x in leaves:
        block = ops.eye(stop - start, x.size, k=start - before, dtype=x.dtype, device=x.device)
        rows.append(ops.reshape(block, (stop - start, *x.shape)))
        before += x.size
    return rows


def _through(
    apply: Map, leaves: Sequence[Any], others: Sequence[Any], chunk_size: int | None
) -> list[Any]:
    """Apply a linear map to the basis of `leaves`; return `(elements of leaves, *shape)` for each of `others`."""
    total = sum([x.size for x in leaves])
    if not total:
        return [ops.zeros((0, *y.shape), dtype=y.dtype, device=y.device) for y in others]
    step = total if chunk_size is None else chunk_size
    if total == 1:
        seeds = [ops.reshape(b, x.shape) for b, x in zip(_basis(leaves, 0, 1), leaves)]
        return [ops.expand_dims(y, axis=0) for y in apply(seeds)]
    mapped = vmap(apply, randomness="same")
    chunks = [
        mapped(_basis(leaves, start, min(start + step, total))) for start in range(0, total, step)
    ]
    if len(chunks) == 1:
        return list(chunks[0])
    return [ops.concat(list(parts), axis=0) for parts in zip(*chunks, strict=True)]


def _rows(blocks: Sequence[Any], ys: Sequence[Any], xs: Sequence[Any]) -> list[list[Any]]:
    """Cut `(elements of ys, *x)` for each x into `(*y, *x)`, a list for each y."""
    found, start = [], 0
    for y in ys:
        part = slice(start, start + y.size)
        found.append([ops.reshape(b[part], (*y.shape, *x.shape)) for b, x in zip(blocks, xs)])
        start += y.size
    return found


def _columns(blocks: Sequence[Any], ys: Sequence[Any], xs: Sequence[Any]) -> list[list[Any]]:
    """Cut `(elements of xs, *y)` for each y into `(*y, *x)`, a list for each y."""
    found = []
    for block, y in zip(blocks, ys):
        turned, start, parts = ops.moveaxis(block, 0, -1), 0, []
        for x in xs:
            part = turned[..., start : start + x.size]
            parts.append(ops.reshape(part, (*y.shape, *x.shape)))
            start += x.size
        found.append(parts)
    return found


def _is_complex(leaves: Sequence[Any]) -> bool:
    return any(x.dtype.kind == "c" for x in leaves)


def _check(name: str, xs: Sequence[Any], ys: Sequence[Any], holomorphic: bool) -> None:
    """Raise where the derivative is not one number for each pair of elements, or not as `name` computes it."""
    for y in ys:
        if y.dtype.kind not in "fc":
            raise DtypeError(
                f"{name}: expected a floating or complex result; got {y.dtype}, which has no derivative"
            )
    of_x, of_y = _is_complex(xs), _is_complex(ys)
    if holomorphic:
        if not (all(_is_complex([x]) for x in xs) and all(_is_complex([y]) for y in ys)):
            raise DtypeError(
                f"{name}: expected complex arguments and results with holomorphic=True; got real ones"
            )
    elif of_x and of_y:
        raise DtypeError(
            f"{name}: expected real arguments or real results; got complex ones. Pass holomorphic=True where the "
            "function is, or differentiate gx.real and gx.imag of the result"
        )
    elif of_x and name in ("jacfwd", "hessian"):
        raise DtypeError(
            f"{name}: expected real arguments; got complex ones. Use gx.jacrev, whose rows are gradients"
        )
    elif of_y and name == "jacrev":
        raise DtypeError(f"{name}: expected real results; got complex ones. Use gx.jacfwd")


def _run(name: str, f: Callable[..., Any], argnums: Argnums, holomorphic: bool, chunk_size: int | None,
         args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any, Any]:  # fmt: skip
    """Return `(value, jacobian, aux)` of `f`, which returns a pair of its result and aux."""
    if chunk_size is not None and chunk_size < 1:
        raise ValueError(f"{name}: expected a chunk_size of at least 1; got {chunk_size}")
    chosen, replace = select(args, argnums, name)
    xs, structure = tensors(chosen, name)

    def function(part: Any) -> Any:
        return f(*replace(part), **kwargs)

    if name == "jacrev":
        value, pullback, aux = vjp(function, chosen, has_aux=True)
        ys, out_structure = results(value, name)

        def pull(cts: list[Any]) -> list[Any]:
            return flatten(pullback(unflatten(out_structure, cts)))[0]

        backward = True
    else:
        linear = Linearized(name, function, (chosen,), has_aux=True)
        value, ys, out_structure, aux = (
            linear.value,
            linear.values,
            linear.out_structure,
            linear.aux,
        )
        pull = linear.pull
        backward = name == "jacobian" and _prefers_rows(xs, ys, holomorphic)
    _check(name, xs, ys, holomorphic)
    if backward:
        blocks = _through(pull, ys, xs, chunk_size)
        parts = _rows([ops.conj(b) for b in blocks] if holomorphic else blocks, ys, xs)
    else:
        parts = _columns(_through(linear.push, xs, ys, chunk_size), ys, xs)
    trees = [unflatten(structure, each) for each in parts]
    return value, unflatten(out_structure, trees), aux


def _prefers_rows(xs: Sequence[Any], ys: Sequence[Any], holomorphic: bool) -> bool:
    """Whether reverse mode has fewer passes, or is the one that a function from or to complex numbers has."""
    if not holomorphic and _is_complex(xs) != _is_complex(ys):
        return _is_complex(xs)
    return size((sum(y.size for y in ys),)) < sum(x.size for x in xs)


def _transform(name: str, f: Callable[..., Any], argnums: Argnums, has_aux: bool, holomorphic: bool,
               chunk_size: int | None, with_value: bool = False) -> Callable[..., Any]:  # fmt: skip
    def paired(*args: Any, **kwargs: Any) -> Any:
        out = f(*args, **kwargs)
        return out if has_aux else (out, None)

    @functools.wraps(f)
    def transformed(*args: Any, **kwargs: Any) -> Any:
        value, answer, aux = _run(name, paired, argnums, holomorphic, chunk_size, args, kwargs)
        if with_value:
            return ((value, aux) if has_aux else value), answer
        return (answer, aux) if has_aux else answer

    return transformed


def jacobian(f: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False, holomorphic: bool = False,
             chunk_size: int | None = None) -> Callable[..., Any]:  # fmt: skip
    """Return a function that computes the Jacobian of `f`, in whichever mode has fewer passes.

    `f` is evaluated once and all that it computes on the way is kept. Reverse mode is taken where the results have
    fewer elements than the arguments.

    Parameters
    ----------
    f
        Takes and returns pytrees of arrays; with `has_aux` returns a pair of the result and anything else.
    argnums
        Which positional arguments to differentiate by: pytrees of floating or complex arrays.
    holomorphic
        The function is a holomorphic one of complex arguments: the Jacobian holds its complex derivatives.
    chunk_size
        How many rows or columns to compute at a time: less memory, more passes. All at once by default.

    Returns
    -------
    callable
        `(*args) -> jacobian`, with `has_aux` `(jacobian, aux)`: a pytree like the result, each leaf a pytree like
        the argument (a tuple of them for several), of shape `(*result, *argument)`.

    Raises
    ------
    DtypeError
        If the arguments and the results are complex and `holomorphic` is not set, or a result is an integer.
    GraphError
        If `f` returns anything but Tensors.

    >>> import gradx as gx
    >>> gx.jacobian(lambda x: x[:2] * x[2])(gx.asarray([1.0, 2.0, 3.0]))
    Tensor([[3., 0., 1.],
            [0., 3., 2.]])
    """
    return _transform("jacobian", f, argnums, has_aux, holomorphic, chunk_size)


def value_and_jacobian(f: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False,
                       holomorphic: bool = False, chunk_size: int | None = None) -> Callable[..., Any]:  # fmt: skip
    """Return a function that computes the value of `f` and its Jacobian together; see `jacobian`.

    With `has_aux` the value is a pair of the result and aux.

    >>> import gradx as gx
    >>> gx.value_and_jacobian(gx.square)(gx.asarray([1.0, 2.0]))
    (Tensor([1., 4.]), Tensor([[2., 0.],
            [0., 4.]]))
    """
    return _transform("jacobian", f, argnums, has_aux, holomorphic, chunk_size, with_value=True)


def jacfwd(f: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False, holomorphic: bool = False,
           chunk_size: int | None = None) -> Callable[..., Any]:  # fmt: skip
    """Return a function that computes the Jacobian of `f` in forward mode, all columns in one batch.

    The better choice where there are fewer arguments than results; see `jacobian`. Results may be complex where
    the arguments are real.

    >>> import gradx as gx
    >>> gx.jacfwd(lambda t: gx.stack([t * t, 3.0 * t]))(2.0)
    Tensor([4., 3.])
    """
    return _transform("jacfwd", f, argnums, has_aux, holomorphic, chunk_size)


def jacrev(f: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False, holomorphic: bool = False,
           chunk_size: int | None = None) -> Callable[..., Any]:  # fmt: skip
    """Return a function that computes the Jacobian of `f` in reverse mode, all rows in one batch of pullbacks.

    The better choice where there are fewer results than arguments; see `jacobian`. Arguments may be complex where
    the results are real: then each row is a gradient, `∂/∂Re + i ∂/∂Im`. Gradients of the losses of many examples
    are no Jacobian but a batch: `gx.vmap(gx.grad(loss), in_axes=(None, 0, 0))(params, x, y)`.

    >>> import gradx as gx
    >>> gx.jacrev(lambda x: gx.cumulative_sum(x))(gx.zeros(3))
    Tensor([[1., 0., 0.],
            [1., 1., 0.],
            [1., 1., 1.]])
    """
    return _transform("jacrev", f, argnums, has_aux, holomorphic, chunk_size)


def hessian(f: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False, holomorphic: bool = False,
            chunk_size: int | None = None) -> Callable[..., Any]:  # fmt: skip
    """Return a function that computes the Hessian of `f`, forward over reverse.

    Returns
    -------
    callable
        `(*args) -> hessian`: a pytree like the result, of pytrees like the argument, of pytrees like the argument,
        each leaf of shape `(*result, *argument, *argument)`. With `has_aux` a pair of it and aux.

    Raises
    ------
    DtypeError
        If an argument is complex and `holomorphic` is not set.

    >>> import gradx as gx
    >>> gx.hessian(lambda x: x[0] ** 2 * x[1])(gx.asarray([3.0, 5.0]))
    Tensor([[10.,  6.],
            [ 6.,  0.]])
    """
    rows = jacrev(f, argnums, has_aux=has_aux, holomorphic=holomorphic, chunk_size=chunk_size)
    return _transform("hessian", rows, argnums, has_aux, holomorphic, chunk_size)


__all__ = ["hessian", "jacfwd", "jacobian", "jacrev", "value_and_jacobian"]

"""Autograd's differential operators, each a line or two of gradx's.

- Each maps a function and `argnum`, an integer or several, to a function of the same arguments.
- Conjugates, here alone, lead between the two conventions for complex numbers.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from gradx import ops
from gradx.errors import DtypeError
from gradx.level import Cell
from gradx.numpy.arguments import tensor
from gradx.transforms.checkpoint import checkpoint
from gradx.transforms.derivatives import jvp as _jvp
from gradx.transforms.derivatives import vjp as _vjp
from gradx.transforms.tree import flatten, select, unflatten

Function = Callable[..., Any]
Argnum = int | Sequence[int]


def _mapped(change: Function, tree: Any) -> Any:
    leaves, structure = flatten(tree)
    return unflatten(structure, [change(leaf) for leaf in leaves])


def _floating(leaf: Any) -> Any:
    """Return a leaf as autograd differentiates by it: integers and booleans as float64."""
    x = tensor(leaf)
    return x if x.dtype.kind in "fc" else ops.astype(x, "float64")


def conjugated(tree: Any) -> Any:
    """Return a gradient in the other convention."""
    return _mapped(
        lambda x: ops.conj(x) if isinstance(x, Cell) and tensor(x).dtype.kind == "c" else x, tree
    )


def pulled(f: Function, x: Any) -> tuple[Function, Any]:
    """Return the pullback of `f` at the pytree `x`, in autograd's convention, and `f(x)`."""
    out, pullback = _vjp(lambda x: _mapped(tensor, f(x)), _mapped(_floating, x))

    def pull(ct: Any) -> Any:
        return conjugated(pullback(conjugated(_mapped(tensor, ct)))[0])

    return pull, out


def _ones(tree: Any) -> Any:
    return _mapped(lambda x: ops.ones(x.shape, dtype=x.dtype, device=x.device), tree)


def _of_one(name: str, y: Any) -> Any:
    """Check a result that is to be differentiated: real, and of one element."""
    if not isinstance(y, Cell) or tensor(y).size != 1 or tensor(y).dtype.kind == "c":
        raise DtypeError(
            f"{name}: expected a function of one real number as its result; got {y!r}. Use jacobian, elementwise_grad "
            "or holomorphic_grad"
        )
    return _ones(y)


def _operator(apply: Function) -> Function:
    """Return an operator on functions of any arguments, of one on functions of one pytree."""

    @functools.wraps(apply)
    def operator(fun: Function, argnum: Argnum = 0, *options: Any, **named: Any) -> Function:
        @functools.wraps(fun)
        def transformed(*args: Any, **kwargs: Any) -> Any:
            x, replace = select(args, argnum, apply.__name__)
            return apply(lambda x: fun(*replace(x), **kwargs), x, *options, **named)

        return transformed

    del operator.__wrapped__  # its arguments are those above
    return operator


@_operator
def make_vjp(fun: Function, x: Any) -> Any:
    """Return `(vjp, value)`: the pullback, of a cotangent like the value, and the value."""
    return pulled(fun, x)


@_operator
def make_jvp(fun: Function, x: Any) -> Any:
    """Return the function that maps a tangent to the pair of value and tangent."""

    def push(v: Any) -> Any:
        return _jvp(
            lambda x: _mapped(tensor, fun(x)), (_mapped(_floating, x),), (_mapped(_floating, v),)
        )

    return push


@_operator
def grad(fun: Function, x: Any) -> Any:
    """Return the gradient, of the structure of the argument.

    >>> grad(lambda x, y: x * y, 1)(2, 3)
    Tensor(2.)
    """
    pull, y = pulled(fun, x)
    return pull(_of_one("grad", y))


@_operator
def value_and_grad(fun: Function, x: Any) -> Any:
    """Return the value and the gradient."""
    pull, y = pulled(fun, x)
    return y, pull(_of_one("value_and_grad", y))


@_operator
def grad_and_aux(fun: Function, x: Any) -> Any:
    """Return the gradient of the first of two results, and the second as it is."""
    pull, (y, aux) = pulled(lambda x: tuple(fun(x)), x)
    zeros = _mapped(lambda a: ops.zeros(a.shape, dtype=a.dtype, device=a.device), aux)
    return pull((_of_one("grad_and_aux", y), zeros)), aux


@_operator
def elementwise_grad(fun: Function, x: Any) -> Any:
    """Return the sums of the columns of the Jacobian: its diagonal, where it is diagonal.

    >>> elementwise_grad(lambda x: x**2)(ops.arange(3))
    Tensor([0., 2., 4.])
    """
    pull, y = pulled(fun, x)
    if any(part.dtype.kind == "c" for part in flatten(y)[0]):
        raise DtypeError("elementwise_grad: expected a real result; got a complex one")
    return pull(_ones(y))


@_operator
def deriv(fun: Function, x: Any) -> Any:
    """Return the derivative along ones, by forward mode."""
    return make_jvp(fun)(x)(_ones(_mapped(_floating, x)))[1]


@_operator
def holomorphic_grad(fun: Function, x: Any) -> Any:
    """Return the complex derivative of a holomorphic function."""
    return grad(lambda x: ops.real(tensor(fun(x))))(x)


@_operator
def jacobian(fun: Function, x: Any) -> Any:
    """Return the Jacobian, `(*result, *argument)`, of a function of one array."""
    pull, y = pulled(fun, x)
    count = y.size
    basis = ops.reshape(ops.eye(count, dtype=y.dtype, device=y.device), (count, *y.shape))
    shape = (*y.shape, *tensor(x).shape)
    if not count:
        return ops.zeros(shape, dtype=y.dtype, device=y.device)
    return ops.reshape(ops.stack([pull(row) for row in ops.unstack(basis)]), shape)


@_operator
def hessian(fun: Function, x: Any) -> Any:
    """Return the Hessian, `(*result, *argument, *argument)`."""
    return jacobian(jacobian(fun))(x)


@_operator
def make_hvp(fun: Function, x: Any) -> Any:
    """Return the product with the Hessian at this point, as a function of the vector, and the gradient."""
    return pulled(grad(fun), x)


@_operator
def _make_ggnvp(fun: Function, x: Any, g: Function) -> Any:
    pull, y = pulled(fun, x)
    push, (hvp, _) = make_jvp(fun)(x), make_hvp(g)(y)
    return lambda v: pull(hvp(push(v)[1]))


def _half_square(y: Any) -> Any:
    return 0.5 * ops.sum(y * y, axis=-1)


def make_ggnvp(f: Function, g: Function = _half_square, f_argnum: Argnum = 0) -> Function:
    """Return the product with the generalised Gauss-Newton matrix of `g(f(x))`."""
    made: Function = _make_ggnvp(f, f_argnum, g)
    return made


def _inner(a: Any, b: Any) -> Any:
    return ops.sum(tensor(a) * tensor(b))


def hessian_tensor_product(fun: Function, argnum: int = 0) -> Function:
    """Return `(*args, t)` -> the Hessian contracted with `t`."""
    gradient = grad(fun, argnum)
    found: Function = grad(lambda *args, **kw: _inner(gradient(*args[:-1], **kw), args[-1]), argnum)
    return found


def tensor_jacobian_product(fun: Function, argnum: int = 0) -> Function:
    """Return `(*args, t)` -> `t` contracted with the Jacobian over all axes of `t`."""

    def contracted(*args: Any, **kwargs: Any) -> Any:
        t = tensor(args[-1])
        return ops.tensordot(t, fun(*args[:-1], **kwargs), axes=t.ndim)

    found: Function = jacobian(contracted, argnum)
    return found


hessian_vector_product, vector_jacobian_product = hessian_tensor_product, tensor_jacobian_product


def grad_named(fun: Function, argname: str) -> Function:
    """Return the gradient by the argument of that name."""
    found: Function = grad(fun, list(inspect.signature(fun).parameters).index(argname))
    return found


def multigrad_dict(fun: Function) -> Function:
    """Return the gradients by all arguments, as a dictionary by their names."""
    signature = inspect.signature(fun)

    @functools.wraps(fun)
    def gradients(*args: Any, **kwargs: Any) -> dict[str, Any]:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()

        def called(arguments: dict[str, Any]) -> Any:
            again = inspect.BoundArguments(signature, arguments)
            return fun(*again.args, **again.kwargs)

        found: dict[str, Any] = grad(called)(dict(bound.arguments))
        return {name: found[name] for name in bound.arguments}

    return gradients


__all__ = ["checkpoint", "conjugated", "deriv", "elementwise_grad", "grad", "grad_and_aux", "grad_named", "hessian",
           "hessian_tensor_product", "hessian_vector_product", "holomorphic_grad", "jacobian", "make_ggnvp",
           "make_hvp", "make_jvp", "make_vjp", "multigrad_dict", "pulled", "tensor_jacobian_product", "value_and_grad",
           "vector_jacobian_product"]  # fmt: skip

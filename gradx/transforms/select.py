"""Structured choices: `cond`, `switch`, and conditions that may differ between the examples of a `vmap`.

- A condition that is one value for all is decided by Python, and one branch runs.
- Where it differs between examples all branches run, for all examples, and `where` chooses: the branch that an
  example did not take gets a cotangent of zeros by structure, which absorb whatever it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from gradx import ops
from gradx.backend import backend_of, namespaces
from gradx.create import asarray
from gradx.errors import DtypeError, GradxError, OperandError, ShapeError
from gradx.level import Cell, twin
from gradx.transforms.reverse import raw
from gradx.transforms.tree import flatten


class Decision(NamedTuple):
    """A condition: as a Tensor, whether it differs between examples, and whether it is true for any."""

    condition: Any
    batched: bool
    any: bool


def is_batched(x: Any) -> bool:
    """Whether a value differs between the examples of a running vmap."""
    while isinstance(x, Cell):
        if x.level.lead:
            return True
        x = x.data
    return False


def decide(name: str, what: str, condition: Any) -> Decision:
    """Return what is to be known of a condition."""
    if isinstance(condition, bool):
        return Decision(condition, False, condition)
    x = _scalar(name, what, condition)
    if x.dtype.kind != "b":
        x = x != 0
    if not is_batched(x):
        return Decision(x, False, bool(x))
    array = raw(x)
    return Decision(x, True, bool(namespaces[array.__class__].any(array)))


def _scalar(name: str, what: str, value: Any) -> Any:
    """Return a number or a 0-d array as a Tensor."""
    try:
        x: Any = value if isinstance(value, Cell) else asarray(value)
    except GradxError as error:
        raise OperandError(f"{name}: expected a bool or a 0-d array as {what}; {error}") from None
    if x.shape != ():
        raise ShapeError(
            f"{name}: expected a 0-d array as {what}; got shape {x.shape}. Reduce it by gx.any or gx.all, or choose "
            "element by element by gx.where"
        )
    return x


def cond(
    pred: Any, true_fun: Callable[..., Any], false_fun: Callable[..., Any], *operands: Any
) -> Any:
    """Return `true_fun(*operands)` or `false_fun(*operands)`.

    Parameters
    ----------
    pred
        A bool, or a 0-d array; a number is true where it is not 0. Where it differs between the examples of a `vmap`,
        both functions run and each example gets its own result, and the derivatives of that alone.
    true_fun, false_fun
        Take pytrees, and return pytrees of the same structure, shapes and dtypes.

    Raises
    ------
    ShapeError
        If `pred` has several elements, or the two results differ in structure or shape; the latter is seen only
        where both functions run.
    DtypeError
        If the two results differ in dtype.

    >>> import gradx as gx
    >>> gx.cond(True, lambda x: x + 1, lambda x: x - 1, gx.asarray(2.0))
    Tensor(3.)
    >>> gx.vmap(lambda x: gx.cond(x > 0, gx.sqrt, lambda x: -x, x))(gx.asarray([4.0, -3.0]))
    Tensor([2., 3.])
    """
    for function in (true_fun, false_fun):
        if not callable(function):
            raise OperandError(f"cond: expected two functions; got {type(function).__name__}")
    decision = decide("cond", "pred", pred)
    operands = own(operands)
    if not decision.batched:
        return true_fun(*operands) if decision.any else false_fun(*operands)
    return pick("cond", [decision.condition], [true_fun, false_fun], operands)


def switch(index: Any, branches: Sequence[Callable[..., Any]], *operands: Any) -> Any:
    """Return `branches[index](*operands)`.

    Parameters
    ----------
    index
        An integer, or a 0-d integer array, brought into the range of the branches: below it the first, above it the
        last is taken. Where it differs between the examples of a `vmap`, all branches run.
    branches
        Functions that take pytrees, and return pytrees of the same structure, shapes and dtypes.

    Raises
    ------
    OperandError
        If there is no branch, or one that cannot be called.
    DtypeError
        If `index` is no integer, or the results differ in dtype.
    ShapeError
        If `index` has several elements, or the results differ in structure or shape.

    >>> import gradx as gx
    >>> gx.switch(1, [gx.sin, gx.square, gx.exp], gx.asarray(3.0))
    Tensor(9.)
    """
    branches = list(branches)
    if not branches or not all(map(callable, branches)):
        raise OperandError(
            "switch: expected a list of functions; got none, or something else among them"
        )
    number = _scalar("switch", "index", index)
    if number.dtype.kind not in "iu":
        raise DtypeError(f"switch: expected an integer as index; got {number.dtype.name}")
    last, operands = len(branches) - 1, own(operands)
    if not last or not is_batched(number):
        return branches[min(max(int(number.item()), 0), last) if last else 0](*operands)
    return pick("switch", [number <= i for i in range(last)], branches, operands)


def pick(
    name: str, conditions: Sequence[Any], branches: Sequence[Any], operands: Sequence[Any]
) -> Any:
    """Return the result of the branch whose condition is the first to be true; the last has none."""
    with quiet(
        conditions[0]
    ):  # an example may be outside of the domain of a branch that it does not take
        results = [_tensors(name, branch(*own(operands))) for branch in branches]
    for other in results[1:]:
        _check_alike(name, results[0], other)
    chosen = results[-1]
    for condition, result in zip(reversed(conditions), reversed(results[:-1]), strict=True):
        chosen = where_trees(condition, result, chosen)
    return chosen


def _tensors(name: str, tree: Any) -> Any:
    leaves, structure = flatten(tree)
    try:
        return structure.unflatten([x if isinstance(x, Cell) else asarray(x) for x in leaves])
    except GradxError as error:
        raise OperandError(
            f"{name}: expected branches that return arrays and numbers; {error}"
        ) from None


def _check_alike(name: str, one: Any, other: Any) -> None:
    xs, structure = flatten(one)
    ys, other_structure = flatten(other)
    if structure != other_structure:
        raise ShapeError(
            f"{name}: expected branches that return the same structure; got {structure} and {other_structure}"
        )
    for x, y in zip(xs, ys, strict=True):
        if x.shape != y.shape:
            raise ShapeError(
                f"{name}: expected branches that return the same shapes; got {x.shape} and {y.shape}"
            )
        if x.dtype != y.dtype:
            raise DtypeError(
                f"{name}: expected branches that return the same dtypes; got {x.dtype.name} and {y.dtype.name}"
            )


def own(tree: Any) -> Any:
    """Return a pytree whose Tensors are its own: a function may write to them."""
    leaves, structure = flatten(tree)
    return structure.unflatten([twin(x) for x in leaves])


def quiet(x: Any) -> AbstractContextManager[Any]:
    """Hold back the floating-point warnings of the library that `x` is of."""
    return backend_of(type(raw(x))).quiet()


def where_trees(condition: Any, one: Any, other: Any) -> Any:
    """Return the leaves of `one` where the condition is true, of `other` elsewhere."""
    xs, structure = flatten(one)
    ys, _ = flatten(other)
    return structure.unflatten([ops.where(condition, x, y) for x, y in zip(xs, ys, strict=True)])


__all__ = [
    "Decision",
    "cond",
    "decide",
    "is_batched",
    "own",
    "pick",
    "quiet",
    "switch",
    "where_trees",
]

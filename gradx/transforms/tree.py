"""Arguments and results of transforms as pytrees (optree).

- Errors name the transform: `name` is what the user called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradx.create import asarray
from gradx.dtypes import is_inexact
from gradx.errors import DtypeError, GradxError, GraphError, OperandError
from gradx.level import Cell
from gradx.tape import SCALARS


def flatten(tree: Any) -> tuple[list[Any], Any]:
    """Return the leaves of a pytree and its structure."""
    import optree  # a third of the time that importing gradx would take

    return optree.tree_flatten(tree)


def unflatten(structure: Any, leaves: Sequence[Any]) -> Any:
    """Return the pytree of that structure with these leaves."""
    return structure.unflatten(leaves)


def tensors(tree: Any, name: str) -> tuple[list[Any], Any]:
    """Return a pytree's leaves as floating or complex Tensors, and its structure."""
    leaves, structure = flatten(tree)
    return [tensor(leaf, name) for leaf in leaves], structure


def tensor(leaf: Any, name: str) -> Any:
    """Return one leaf as a Tensor that can carry a derivative."""
    try:
        x: Any = leaf if isinstance(leaf, Cell) else asarray(leaf)
    except GradxError as error:
        raise OperandError(
            f"{name}: expected arrays and numbers to differentiate by; {error}"
        ) from None
    if not is_inexact(x.dtype):
        raise DtypeError(
            f"{name}: expected floating or complex arguments to differentiate by; got {x.dtype}. "
            "Convert with astype(gx.float64), or leave it out of argnums"
        )
    return x


def results(tree: Any, name: str) -> tuple[list[Any], Any]:
    """Return a function's results as Tensors, and their structure."""
    leaves, structure = flatten(tree)
    for leaf in leaves:
        if not isinstance(leaf, Cell) and type(leaf) not in SCALARS:
            raise GraphError(
                f"{name}: expected the function to return Tensors; got {type(leaf).__name__}, which has left the graph"
            )
    return [leaf if isinstance(leaf, Cell) else asarray(leaf) for leaf in leaves], structure


def select(
    args: tuple[Any, ...], argnums: int | Sequence[int], name: str
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """Return the chosen arguments, and a function that puts others in their place."""
    single = isinstance(argnums, int)
    numbers = [argnums] if isinstance(argnums, int) else list(argnums)
    for n in numbers:
        if not -len(args) <= n < len(args):
            raise ValueError(
                f"{name}: expected argnums below {len(args)}, the number of arguments; got {n}"
            )

    def replace(chosen: Any) -> tuple[Any, ...]:
        new = list(args)
        for n, value in zip(numbers, [chosen] if single else chosen, strict=True):
            new[n] = value
        return tuple(new)

    return (args[numbers[0]] if single else tuple(args[n] for n in numbers)), replace

"""What a loop carries: a pytree that keeps its structure, shapes and dtypes."""

from __future__ import annotations

from typing import Any

from gradx.create import asarray
from gradx.errors import GradxError, OperandError, ShapeError
from gradx.level import Cell, twin
from gradx.tensor import Tensor
from gradx.transforms.collect import describe
from gradx.transforms.tree import flatten


class Form:
    """The structure, shapes and dtypes that a carry has, and is to keep."""

    __slots__ = ("leaves", "name", "single", "structure")

    def __init__(self, name: str, tree: Any) -> None:
        self.name = name
        leaves, self.structure = flatten(tree)
        self.leaves = [(x.shape, x.dtype, x.device) for x in leaves]
        self.single = self.structure.is_leaf()

    def checked(self, tree: Any) -> Any:
        """Return a carry with its numbers as Tensors; raise where it has changed."""
        if self.single and isinstance(tree, Tensor):
            shape, dtype, _ = self.leaves[0]
            if tree.shape == shape and tree.dtype is dtype:
                return tree
        leaves, structure = flatten(tree)
        if structure != self.structure:
            raise ShapeError(
                f"{self.name}: expected the function to return a carry of the structure it was given, "
                f"{self.structure}; got {structure}"
            )
        found = []
        for i, (x, (shape, dtype, device)) in enumerate(zip(leaves, self.leaves, strict=True)):
            y: Any = x if isinstance(x, Cell) else _number(self.name, x, dtype, device)
            if y.shape != shape or y.dtype != dtype:
                raise ShapeError(
                    f"{self.name}: expected the function to return a carry as it was given, {dtype.name}{list(shape)}; "
                    f"got {describe(y)}{self._place(i)}. Begin with one of that shape and dtype, or convert the result"
                )
            found.append(y)
        return structure.unflatten(found)

    def _place(self, i: int) -> str:
        return (
            f" at {self.structure.accessors()[i].codify('carry')}" if len(self.leaves) > 1 else ""
        )


_KINDS = "biufc"


def _number(name: str, x: Any, dtype: Any, device: str) -> Any:
    """Return a Python number, which takes the carry's dtype if that can hold it, or an array, which has its own."""
    for kind, of_number in ((bool, "b"), (int, "i"), (float, "f"), (complex, "c")):
        if type(x) is kind and _KINDS.index(of_number) <= _KINDS.index(dtype.kind):
            return asarray(x, dtype=dtype, device=device)
    return _leaf(name, x)


def _leaf(name: str, x: Any) -> Any:
    """Return a leaf as a Tensor of its own: a function may write to it."""
    if isinstance(x, Cell):
        return twin(x)
    try:
        return asarray(x)
    except GradxError as error:
        raise OperandError(f"{name}: expected arrays and numbers; {error}") from None


def as_tensors(name: str, tree: Any) -> Any:
    """Return a pytree of Tensors of its own; `name` is what the user called."""
    leaves, structure = flatten(tree)
    return structure.unflatten([_leaf(name, x) for x in leaves])


__all__ = ["Form", "as_tensors"]

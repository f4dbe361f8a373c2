"""One flat vector of a container's arrays, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from gradx import ops
from gradx.numpy.arguments import tensor
from gradx.transforms.tree import flatten as _flatten
from gradx.transforms.tree import unflatten as _unflatten


def flatten(value: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Return all elements of a pytree along one axis, and the function that makes such a pytree of them.

    >>> flat, unflatten = flatten({"b": [1.0, 2.0], "w": 3.0})
    >>> flat, unflatten(2.0 * flat)["w"]
    (Tensor([1., 2., 3.]), Tensor(6.))
    """
    leaves, structure = _flatten(value)
    parts = [tensor(leaf) for leaf in leaves]
    shapes = [x.shape for x in parts]
    flat = ops.concat([ops.ravel(x) for x in parts]) if parts else ops.zeros(0)

    def unflatten(vector: Any) -> Any:
        vector, found, start = tensor(vector), [], 0
        for shape in shapes:
            found.append(ops.reshape(vector[start : start + prod(shape)], shape))
            start += prod(shape)
        return _unflatten(structure, found)

    return flat, unflatten


def flatten_func(func: Callable[..., Any], example: Any) -> tuple[Any, Any, Any]:
    """Return `func` as one of flat vectors, the way back, and the flat example."""
    flat, unflatten = flatten(example)
    return (lambda x, *args: flatten(func(unflatten(x), *args))[0]), unflatten, flat


__all__ = ["flatten", "flatten_func"]

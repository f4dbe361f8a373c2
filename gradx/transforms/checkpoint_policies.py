"""What `gx.checkpoint` may keep: policies for its argument `policy`.

A policy is a function `(name, shape, dtype) -> bool` of an operation's card and of its result, as one example of a
`vmap` sees it. What it keeps is not computed again.

>>> import gradx as gx
>>> f = gx.checkpoint(lambda w, x: gx.sin(w @ x), policy=gx.checkpoint_policies.dots)
>>> gx.grad(lambda w: gx.sum(f(w, gx.ones(2))))(gx.zeros((3, 2))).shape
(3, 2)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_DOTS = frozenset({"einsum", "matmul", "tensordot", "vecdot"})


def everything(name: str, shape: tuple[int, ...], dtype: Any) -> bool:
    """Keep all results: what a plain call keeps, and more."""
    return True


def nothing(name: str, shape: tuple[int, ...], dtype: Any) -> bool:
    """Keep no result; as `policy=None`."""
    return False


def dots(name: str, shape: tuple[int, ...], dtype: Any) -> bool:
    """Keep the results of products of matrices, which cost most to compute again."""
    return name in _DOTS


def only(*names: str) -> Callable[[str, tuple[int, ...], Any], bool]:
    """Return the policy that keeps the results of the operations of these names: `only("exp", "linalg.solve")`."""
    return lambda name, shape, dtype: name in names


__all__ = ["dots", "everything", "nothing", "only"]

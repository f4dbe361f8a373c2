"""Autograd's way to make a primitive: `@primitive`, then `defvjp` or `defjvp`. `gx.primitive` is gradx's.

- The body runs on bare arrays; the rules on Tensors, so they are differentiated themselves.
- An argument without a rule has no derivative: differentiated by, it is an error.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from gradx import ops
from gradx.autograd.operators import conjugated
from gradx.backend import backend_of
from gradx.errors import MissingRuleError, OperandError
from gradx.level import Cell
from gradx.tape import SCALARS, ZERO
from gradx.transforms import foreign
from gradx.transforms.tree import flatten, unflatten

Maker = Callable[..., Any] | None


class primitive:
    """A function whose body is not differentiated; `defvjp` or `defjvp` tell how.

    >>> import numpy
    >>> @primitive
    ... def double(x): return numpy.add(x, x)
    >>> defvjp(double, lambda y, x: lambda g: g + g)
    >>> from gradx.autograd import grad
    >>> grad(double)(3.0)
    Tensor(2.)
    """

    def __init__(self, fun: Callable[..., Any]) -> None:
        functools.update_wrapper(self, fun)
        self.fun = fun
        self.pulls: dict[int, Maker] = {}
        self.pushes: dict[int, Any] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        call = _Call(self, args, kwargs)
        card = foreign.primitive(
            self.__name__,  # type: ignore[attr-defined]
            call.run,
            vjp=call.vjp if self.pulls else None,
            jvp=call.jvp if self.pushes else None,
            batch="loop",
        )
        return card(*call.arrays)


class _Call:
    """One call of a primitive: its arguments' arrays, and the rest."""

    def __init__(self, owner: primitive, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.owner, self.kwargs = owner, kwargs
        self.leaves, self.structure = flatten(args)
        self.places = [i for i, leaf in enumerate(self.leaves) if _is_array(leaf)]
        self.arrays = [self.leaves[i] for i in self.places]
        numbers = [n for n, arg in enumerate(args) for _ in flatten(arg)[0]]
        self.argnums = [numbers[i] for i in self.places]
        self.wanted = {n for n, x in zip(self.argnums, self.arrays, strict=True) if _is_tracked(x)}
        known = self.owner.pulls.keys() | self.owner.pushes.keys()
        if self.wanted - known:
            raise MissingRuleError(
                f"{owner.__name__}: expected a rule for each argument that is differentiated; got none for argument "  # type: ignore[attr-defined]
                f"{min(self.wanted - known)}. Give it one by defvjp"
            )

    def arguments(self, arrays: Sequence[Any]) -> Any:
        """Return the arguments with these arrays in them."""
        leaves = list(self.leaves)
        for place, array in zip(self.places, arrays, strict=True):
            leaves[place] = array
        return unflatten(self.structure, leaves)

    def run(self, *arrays: Any) -> Any:
        leaves, structure = flatten(self.owner.fun(*self.arguments(arrays), **self.kwargs))
        return unflatten(structure, [x.data if isinstance(x, Cell) else x for x in leaves])

    def vjp(self, xp: Any, ct: Any, y: Any, *arrays: Any) -> Any:
        args, g = self.arguments(arrays), conjugated(ct)
        found: dict[int, list[Any]] = {}
        for number in self.wanted:
            maker = self.owner.pulls.get(number)
            if maker is not None:
                part = conjugated(maker(y, *args, **self.kwargs)(g))
                found[number] = list(reversed(flatten(part)[0]))
        return [found[n].pop() if n in found else None for n in self.argnums]

    def jvp(self, xp: Any, tangents: Any, y: Any, *arrays: Any) -> Any:
        args = self.arguments(arrays)
        parts = []
        for number, t in zip(self.argnums, tangents, strict=True):
            push = self.owner.pushes.get(number)
            if t is None or push is None:
                continue
            if push == "same":
                parts.append(self.owner(*args[:number], t, *args[number + 1 :], **self.kwargs))
            else:
                parts.append(push(t, y, *args, **self.kwargs))
        return functools.reduce(ops.add, parts) if parts else None


def _is_array(leaf: Any) -> bool:
    if isinstance(leaf, Cell):
        return True
    if isinstance(leaf, tuple(SCALARS)) or leaf is None:
        return False
    try:
        backend_of(type(leaf))
    except OperandError:
        return False
    return True


def _is_tracked(x: Any) -> bool:
    return isinstance(x, Cell) and (x.aux is not None or x.level is not ZERO)


def defvjp(fun: primitive, *makers: Maker, argnums: Sequence[int] | None = None) -> None:
    """Give the rules of the reverse mode, one for each argument: `maker(y, *args)` returns `g -> cotangent`."""
    fun.pulls.update(zip(range(len(makers)) if argnums is None else argnums, makers, strict=False))


def defjvp(fun: primitive, *pushes: Any, argnums: Sequence[int] | None = None) -> None:
    """Give the rules of the forward mode: `push(t, y, *args)`, or "same" where the function is linear."""
    fun.pushes.update(zip(range(len(pushes)) if argnums is None else argnums, pushes, strict=False))


__all__ = ["defjvp", "defvjp", "primitive"]

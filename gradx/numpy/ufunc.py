"""NumPy's universal functions: a function of elements with `reduce`, `accumulate`, `reduceat`, `outer` and `at`.

- A method that gradx has a function for uses it (`add.reduce` is `sum`); any other folds the elements one by one.
- `at` with repeated indices goes in rounds: the first occurrence of each index, then the second, ...
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import reduce as fold
from itertools import accumulate as running
from math import prod
from typing import Any

from gradx import ops
from gradx.errors import OperandError, ShapeError
from gradx.level import Cell
from gradx.numpy.arguments import (
    axes_of,
    axis_of,
    cast,
    integers,
    ints,
    operand,
    positions,
    refuse,
    take,
    tensor,
)


class ufunc:
    """A function of elements, called and used as NumPy's of that name.

    Attributes
    ----------
    nin, nout, nargs
        How many arrays go in and come out.
    identity
        What a reduction over nothing gives; None if there is nothing that would not change a result.
    """

    def __init__(self, name: str, function: Callable[..., Any], nin: int = 1, nout: int = 1, *, identity: Any = None,
                 reduce: Any = None, accumulate: Any = None) -> None:  # fmt: skip
        self.__name__, self.__module__ = name, "gradx.numpy"  # where pickle finds it
        self.__doc__ = f"NumPy's `{name}`, by `gradx.{getattr(function, '__name__', name)}`."
        self.nin, self.nout, self.identity = nin, nout, identity
        self._function, self._reduce, self._accumulate = function, reduce, accumulate

    nargs = property(lambda self: self.nin + self.nout)

    def __repr__(self) -> str:
        return f"<gradx.numpy ufunc {self.__name__!r}>"

    def __reduce__(self) -> Any:
        return self.__name__

    def __call__(self, *args: Any, out: Any = None, where: Any = True, dtype: Any = None, casting: Any = None,
                 order: Any = None, subok: Any = True, **options: Any) -> Any:  # fmt: skip
        if len(args) != self.nin:
            refuse(self.__name__, out=args[self.nin :] or None)
            raise TypeError(f"numpy.{self.__name__}: expected {self.nin} arrays; got {len(args)}")
        given = out if isinstance(out, tuple) else (out,)
        target: Any = given[0] if len(given) == 1 else None
        if isinstance(given[0], Cell):
            y = self._function(*[cast(operand(x), dtype) for x in args], **options)
            target[...] = y if where is True else ops.where(operand(where), y, target)
            return target
        refuse(self.__name__, out=given if any(x is not None for x in given) else None)
        if where is not True:
            raise OperandError(
                f"numpy.{self.__name__}: expected where= beside out=, a Tensor, as elements that it leaves out have no "
                "value otherwise; got where= alone. Use gx.where"
            )
        return self._function(*[cast(operand(x), dtype) for x in args], **options)

    # ---------------------------------------------------------------- folds

    def reduce(self, array: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: bool = False,
               initial: Any = None, where: Any = True) -> Any:  # fmt: skip
        """Combine the elements along `axis`, from left to right."""
        self._check_binary("reduce", out)
        x = tensor(array)
        if self._reduce is not None and x.ndim:
            return self._reduce(x, axis=axes_of(self.__name__, axis, x.ndim), dtype=dtype, keepdims=keepdims,
                                initial=initial, where=where)  # fmt: skip
        refuse(f"{self.__name__}.reduce", where=where)
        x = cast(x, dtype)
        if not x.ndim:
            return x if initial is None else self._function(initial, x)
        axes = axes_of(self.__name__, axis, x.ndim)
        if len(axes) > 1 and self.identity is None:
            raise OperandError(
                f"numpy.{self.__name__}.reduce: expected one axis, as its order matters; got {axes}"
            )
        rest = tuple([a for a in range(x.ndim) if a not in axes])
        shape = tuple([x.shape[a] for a in rest])
        runs = ops.reshape(
            ops.permute_dims(x, (*axes, *rest)), (prod(x.shape[a] for a in axes), *shape)
        )
        y = self._fold(list(ops.unstack(runs)), initial, shape, x)
        return ops.expand_dims(y, axis=tuple(sorted(axes))) if keepdims else y

    def _fold(self, parts: list[Any], initial: Any, shape: tuple[int, ...], x: Any) -> Any:
        start = self.identity if initial is None and not parts else initial
        if start is not None:
            parts = [ops.full(shape, start, dtype=x.dtype, device=x.device), *parts]
        if not parts:
            raise ShapeError(
                f"numpy.{self.__name__}.reduce: expected at least one element, as it has no identity; got shape "
                f"{x.shape}"
            )
        return fold(self._function, parts)

    def accumulate(
        self, array: Any, axis: Any = 0, dtype: Any = None, out: Any = None, **options: Any
    ) -> Any:
        """Return all partial results of `reduce` along one axis."""
        self._check_binary("accumulate", out)
        x = cast(tensor(array), dtype)
        axis = axis_of(f"{self.__name__}.accumulate", axis, x.ndim)
        if self._accumulate is not None:
            return self._accumulate(x, axis=axis, **options)
        parts = list(running(ops.unstack(x, axis=axis), self._function))
        return ops.stack(parts, axis=axis) if parts else x

    def reduceat(
        self, array: Any, indices: Any, axis: Any = 0, dtype: Any = None, out: Any = None
    ) -> Any:
        """Reduce the runs between neighbouring `indices`; of an index that is not below the next, its element."""
        self._check_binary("reduceat", out)
        x, starts = tensor(array), ints(indices)
        axis = axis_of(f"{self.__name__}.reduceat", axis, x.ndim)
        parts = []
        for start, stop in zip(starts, (*starts[1:], x.shape[axis])):
            last = stop if start < stop else start + 1
            parts.append(self.reduce(take(x, axis, slice(start, last)), axis=axis, dtype=dtype))
        return ops.stack(parts, axis=axis)

    def outer(self, a: Any, b: Any, /, **options: Any) -> Any:
        """Apply it to all pairs: shapes `s` and `t` give `s + t`."""
        self._check_binary("outer", None)
        a, b = tensor(a), tensor(b)
        return self(
            ops.reshape(a, a.shape + (1,) * b.ndim),
            ops.reshape(b, (1,) * a.ndim + b.shape),
            **options,
        )

    # ---------------------------------------------------------------- in place

    def at(self, a: Any, indices: Any, b: Any = None, /) -> None:
        """Write `a[indices] = f(a[indices], b)` into the Tensor `a`; repeated indices apply it again."""
        if self.nout != 1:
            raise OperandError(f"numpy.{self.__name__}.at: expected a function of one result")
        if not isinstance(a, Cell):
            raise OperandError(
                f"numpy.{self.__name__}.at: expected a Tensor to write to; got {type(a).__name__}, which cannot hold "
                "a gradient. Make it one with gx.asarray"
            )
        x: Any = a
        x[...] = self._updated(x, indices, b)

    def _updated(self, a: Any, indices: Any, b: Any) -> Any:
        if self.__name__ in ("add", "subtract"):
            value = operand(b)
            key = tuple(indices) if isinstance(indices, tuple) else indices
            return ops.index_add(a, value if self.__name__ == "add" else -tensor(value), key=key)
        chosen = positions(a)[tuple(indices) if isinstance(indices, tuple) else indices]
        places = ops.ravel(chosen).tolist()
        extra = (
            ()
            if self.nin == 1
            else (ops.ravel(ops.broadcast_to(tensor(operand(b)), chosen.shape)),)
        )
        rounds: list[list[int]] = []
        seen: Counter[int] = Counter()
        for number, place in enumerate(places):
            if seen[place] == len(rounds):
                rounds.append([])
            rounds[seen[place]].append(number)
            seen[place] += 1
        values = ops.ravel(a)
        for numbers in rounds:
            here = integers([places[i] for i in numbers], a)
            parts = [ops.take(x, integers(numbers, a), axis=0) for x in extra]
            values = ops.index_set(
                values, self._function(ops.take(values, here, axis=0), *parts), key=(here,)
            )
        return ops.reshape(values, a.shape)

    def _check_binary(self, method: str, out: Any) -> None:
        if self.nin != 2 or self.nout != 1:
            raise OperandError(
                f"numpy.{self.__name__}.{method}: expected a function of two arrays; got one of {self.nin} with "
                f"{self.nout} results"
            )
        refuse(f"{self.__name__}.{method}", out=out if out != (None,) else None)


__all__ = ["ufunc"]

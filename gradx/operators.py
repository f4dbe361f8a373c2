"""Python's operators on Tensors, and what a write does to the cell.

- An operator leaves an operand that gradx does not know to the other side (NotImplemented).
- An augmented assignment computes a new value and rebinds the cell: whatever used the old value keeps it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradx import ops
from gradx.errors import DtypeError, OperandError, ShapeError
from gradx.level import Cell
from gradx.views import begin_write, rebind


def _operator(function: Any) -> Any:
    """Return a binary operator that leaves an operand it does not know to the other side."""

    def operate(self: Cell, other: Any, /) -> Any:
        try:
            return function(self, other)
        except OperandError:
            return NotImplemented

    return getattr(function, "operator", operate)  # elementwise functions bring a faster one


def _reflected(function: Any) -> Any:
    def operate(self: Cell, other: Any, /) -> Any:
        try:
            return function(other, self)
        except OperandError:
            return NotImplemented

    return getattr(function, "reflected", operate)


def _in_place(function: Callable[[Any, Any], Any]) -> Any:
    """Return an augmented assignment: a new value, the same cell, shape and dtype kept."""

    def operate(self: Any, other: Any, /) -> Any:
        path = begin_write(self, f"in-place {function.__name__}")
        result = function(self, other)
        if result.shape != self.shape:
            raise ShapeError(
                f"in-place {function.__name__}: expected a result of shape {self.shape}; got {result.shape}. "
                "Write it out of place"
            )
        if result.dtype != self.dtype:
            if "biufc".index(result.dtype.kind) > "biufc".index(self.dtype.kind):
                raise DtypeError(
                    f"in-place {function.__name__}: expected a result of dtype {self.dtype}; got {result.dtype}. "
                    "Write it out of place"
                )
            result = ops.astype(result, self.dtype)
        rebind(path, result)
        return self

    return operate


def _operators(function: Any) -> tuple[Any, Any, Any]:
    """Return the operator, the reflected one and the augmented assignment of a function of two arrays."""
    return _operator(function), _reflected(function), _in_place(function)


class Operators(Cell):
    """The operators, one line each into `gradx.ops`."""

    __slots__ = ()

    __hash__ = None  # type: ignore[assignment]  # `==` compares the elements

    __add__, __radd__, __iadd__ = _operators(ops.add)
    __sub__, __rsub__, __isub__ = _operators(ops.subtract)
    __mul__, __rmul__, __imul__ = _operators(ops.multiply)
    __truediv__, __rtruediv__, __itruediv__ = _operators(ops.divide)
    __floordiv__, __rfloordiv__, __ifloordiv__ = _operators(ops.floor_divide)
    __mod__, __rmod__, __imod__ = _operators(ops.remainder)
    __pow__, __rpow__, __ipow__ = _operators(ops.pow)
    __matmul__, __rmatmul__, __imatmul__ = _operators(ops.matmul)
    __and__, __rand__, __iand__ = _operators(ops.bitwise_and)
    __or__, __ror__, __ior__ = _operators(ops.bitwise_or)
    __xor__, __rxor__, __ixor__ = _operators(ops.bitwise_xor)
    __lshift__, __rlshift__, __ilshift__ = _operators(ops.bitwise_left_shift)
    __rshift__, __rrshift__, __irshift__ = _operators(ops.bitwise_right_shift)
    __lt__, __le__ = _operator(ops.less), _operator(ops.less_equal)
    __gt__, __ge__ = _operator(ops.greater), _operator(ops.greater_equal)
    __eq__, __ne__ = _operator(ops.equal), _operator(ops.not_equal)

    def __divmod__(self, other: Any, /) -> tuple[Any, Any]:
        return self // other, self % other

    def __rdivmod__(self, other: Any, /) -> tuple[Any, Any]:
        return other // self, other % self

    def __round__(self, ndigits: int | None = None) -> Any:
        t: Any = self
        return t.round(ndigits or 0)

    def __floor__(self) -> Any:
        return ops.floor(self)

    def __ceil__(self) -> Any:
        return ops.ceil(self)

    def __trunc__(self) -> Any:
        return ops.trunc(self)

    def __neg__(self) -> Any:
        return ops.negative(self)

    def __pos__(self) -> Any:
        return ops.positive(self)

    def __abs__(self) -> Any:
        return ops.abs(self)

    def __invert__(self) -> Any:
        return ops.bitwise_invert(self)

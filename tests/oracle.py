"""An oracle for programs that write: arrays of scalars, each of which carries its own derivatives.

- A `Dual` is a number with its gradient by all n inputs, its slope along one direction, and the derivative of that
  gradient along the direction (hyper-dual numbers, Fike and Alonso 2011): exact to second order, no graph.
- An `Array` is a NumPy array of Duals: NumPy gives views their aliasing, and a write puts one scalar after another
  into its place, in row-major order. A result has memory of its own, in row-major order.
- Nothing here is gradx's. Where a function has a kink, or nearly one, it raises `NearKink`.
- The functions below are a namespace: `import tests.oracle as xp`, with the names of the array API standard.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

MARGIN = 1e-3  # how far from a kink an argument must stay: beyond what float32 blurs

float32, float64 = np.dtype("float32"), np.dtype("float64")


class NearKink(ValueError):
    """A function was asked for at a kink, or so near that rounding decides."""


class Dual:
    """A scalar: value `v`, slope `t` along the direction, and the rows gradient and its derivative in `d`.

    `d` is None for a constant.
    """

    __slots__ = ("d", "t", "v")

    def __init__(self, v: float, t: float = 0.0, d: Any = None) -> None:
        self.v, self.t, self.d = v, t, d

    def __repr__(self) -> str:
        return f"{self.v:.6g}"


def chain(x: Dual, value: float, first: float, second: float) -> Dual:
    """Return f(x), given f, f' and f'' there."""
    if x.d is None:
        return Dual(value)
    d = first * x.d
    d[1] += (second * x.t) * x.d[0]
    return Dual(value, first * x.t, d)


def plus(a: Dual, b: Dual) -> Dual:
    """Return a + b."""
    if a.d is None or b.d is None:
        return Dual(a.v + b.v, a.t + b.t, b.d if a.d is None else a.d)
    return Dual(a.v + b.v, a.t + b.t, a.d + b.d)


def times(a: Dual, b: Dual) -> Dual:
    """Return a * b: the second derivative is t_a g_b + t_b g_a + a h_b + b h_a."""
    if a.d is None or b.d is None:
        x, c = (b, a.v) if a.d is None else (a, b.v)
        return chain(x, x.v * c, c, 0.0)
    d = b.v * a.d + a.v * b.d
    d[1] += a.t * b.d[0] + b.t * a.d[0]
    return Dual(a.v * b.v, b.v * a.t + a.v * b.t, d)


def over(a: Dual, b: Dual) -> Dual:
    """Return a / b."""
    return times(a, chain(b, 1.0 / b.v, -1.0 / b.v**2, 2.0 / b.v**3))


def minus(a: Dual, b: Dual) -> Dual:
    """Return a - b."""
    return plus(a, chain(b, -b.v, -1.0, 0.0))


def apart(a: Dual, b: Dual) -> bool:
    """Return whether a > b; refuse to say where rounding decides."""
    if math.fabs(a.v - b.v) < MARGIN:
        raise NearKink(f"{a} and {b} are too near to each other")
    return a.v > b.v


def larger(a: Dual, b: Dual) -> Dual:
    return a if apart(a, b) else b


def smaller(a: Dual, b: Dual) -> Dual:
    return b if apart(a, b) else a


def _sin(x: Dual) -> Dual:
    return chain(x, math.sin(x.v), math.cos(x.v), -math.sin(x.v))


def _exp(x: Dual) -> Dual:
    y = math.exp(x.v)
    return chain(x, y, y, y)


def _tanh(x: Dual) -> Dual:
    y = math.tanh(x.v)
    return chain(x, y, 1.0 - y * y, -2.0 * y * (1.0 - y * y))


def _sqrt(x: Dual) -> Dual:
    y = math.sqrt(x.v)
    return chain(x, y, 0.5 / y, -0.25 / (y * x.v))


def _abs(x: Dual) -> Dual:
    return x if apart(x, Dual(0.0)) else chain(x, -x.v, -1.0, 0.0)


# ---------------------------------------------------------------- arrays


def _dtype_of(*operands: Any) -> Any:
    """Return NumPy's dtype of a result; Python's numbers are weak."""
    kinds = [x.dtype for x in operands if isinstance(x, (Array, np.ndarray))]
    return np.result_type(*kinds, 0.0)  # what is computed here is never an integer


def _cells(x: Any) -> Any:
    """Return an array of Duals: of an Array its own, of anything else constants."""
    return x.cells if isinstance(x, Array) else _constants(x)


_constants = np.frompyfunc(lambda v: Dual(float(v)), 1, 1)


def _elementwise(f: Callable[..., Any]) -> Callable[..., Array]:
    ufunc = np.frompyfunc(f, f.__code__.co_argcount, 1)

    def apply(*operands: Any) -> Array:
        return owned(ufunc(*map(_cells, operands)), _dtype_of(*operands))

    return apply


def owned(cells: Any, dtype: Any) -> Array:
    """Return an Array of those cells in row-major memory of its own."""
    return Array(np.array(cells, dtype=object, order="C", copy=True), dtype)


def leaf(values: Any, offset: int, total: int, direction: Any) -> Array:
    """Return `values` as the inputs from `offset` on, of `total` in all."""
    cells = np.empty(np.shape(values), dtype=object)
    for i, v in enumerate(np.ravel(values)):
        d = np.zeros((2, total))
        d[0, offset + i] = 1.0
        cells.flat[i] = Dual(float(v), direction[offset + i], d)
    return Array(cells, values.dtype)


def constant(values: Any) -> Array:
    """Return an Array without derivatives."""
    return owned(_constants(values), values.dtype)


def _operators(f: Callable[[Dual, Dual], Dual]) -> tuple[Any, Any, Any]:
    """Return an operator, the reflected one and the augmented assignment."""
    function = _elementwise(f)

    def write(self: Array, other: Any) -> Array:
        result = function(self, other)
        if result.shape != self.shape:
            raise ValueError("an augmented assignment that changes the shape")
        self[...] = result
        return self

    return function, lambda self, other: function(other, self), write


def is_basic(key: Any) -> bool:
    """Whether NumPy reads a view by this key; an array without elements shares no memory that would tell."""
    return not any(
        isinstance(part, (list, np.ndarray)) for part in (key if isinstance(key, tuple) else (key,))
    )


class Array:
    """A NumPy array of Duals, with a dtype that is only a label: values stay in double precision."""

    __array_ufunc__ = None  # an ndarray leaves the operators to this class

    def __init__(self, cells: Any, dtype: Any) -> None:
        self.cells, self.dtype = cells, np.dtype(dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.cells.shape)

    @property
    def ndim(self) -> int:
        return len(self.cells.shape)

    @property
    def size(self) -> int:
        return int(self.cells.size)

    @property
    def writeable(self) -> bool:
        return bool(self.cells.flags.writeable)

    @property
    def T(self) -> Array:
        return Array(self.cells.T, self.dtype)

    @property
    def mT(self) -> Array:
        return Array(self.cells.mT, self.dtype)

    def values(self) -> Any:
        """Return the values as a NumPy array."""
        return np.array([x.v for x in self.cells.ravel()], dtype=self.dtype).reshape(self.shape)

    def copy(self) -> Array:
        return owned(self.cells, self.dtype)

    def detach(self) -> Array:
        return constant(self.values())

    def __len__(self) -> int:
        return len(self.cells)

    def __iter__(self) -> Iterator[Array]:
        return (self[i] for i in range(len(self.cells)))

    def __getitem__(self, key: Any) -> Array:
        found = self.cells[key]
        if isinstance(found, np.ndarray) and is_basic(key):
            return Array(found, self.dtype)
        return owned(found, self.dtype)

    def __setitem__(self, key: Any, value: Any) -> None:
        """Write one scalar after another: where a place is named twice, the last one stays."""
        places = np.asarray(np.arange(self.size).reshape(self.shape)[key])
        cells = np.asarray(_cells(value), dtype=object)
        while cells.ndim > places.ndim and cells.shape[0] == 1:
            cells = cells[0, ...]
        cells = np.broadcast_to(cells, places.shape).ravel().tolist()  # read before the first write
        if not self.writeable:
            raise ValueError("a write into a read-only array")
        for place, x in zip(places.ravel(), cells, strict=True):
            self.cells.flat[place] = x

    __add__, __radd__, __iadd__ = _operators(plus)
    __sub__, __rsub__, __isub__ = _operators(minus)
    __mul__, __rmul__, __imul__ = _operators(times)
    __truediv__, __rtruediv__, __itruediv__ = _operators(over)

    def __matmul__(self, other: Any) -> Array:
        return matmul(self, other)

    def __neg__(self) -> Array:
        return self * -1.0

    def __gt__(self, other: Any) -> Any:
        """Return a plain array of booleans."""
        return np.asarray(_apart(self.cells, _cells(other)), dtype=bool)


_apart = np.frompyfunc(apart, 2, 1)

maximum, minimum = _elementwise(larger), _elementwise(smaller)
sin, exp, tanh, sqrt, abs = map(_elementwise, (_sin, _exp, _tanh, _sqrt, _abs))


def where(condition: Any, a: Any, b: Any) -> Array:
    chosen = np.where(condition, _cells(a), _cells(b))
    return owned(chosen, _dtype_of(a, b))


def astype(x: Array, dtype: Any) -> Array:
    return owned(x.cells, dtype)


def asarray(values: Any) -> Any:
    """Return integers or booleans as a plain array: an index, or values to be written."""
    return np.asarray(values)


# ---------------------------------------------------------------- shapes: NumPy's own views


def reshape(x: Array, shape: Sequence[int]) -> Array:
    return Array(np.reshape(x.cells, shape), x.dtype)


def squeeze(x: Array, axis: int) -> Array:
    return Array(np.squeeze(x.cells, axis=axis), x.dtype)


def expand_dims(x: Array, axis: int) -> Array:
    return Array(np.expand_dims(x.cells, axis), x.dtype)


def permute_dims(x: Array, axes: Sequence[int]) -> Array:
    return Array(np.transpose(x.cells, axes), x.dtype)


def flip(x: Array, axis: int | None = None) -> Array:
    return Array(np.flip(x.cells, axis), x.dtype)


def broadcast_to(x: Array, shape: Sequence[int]) -> Array:
    return Array(np.broadcast_to(x.cells, shape), x.dtype)


def concat(arrays: Sequence[Array], axis: int = 0) -> Array:
    return owned(np.concatenate([x.cells for x in arrays], axis=axis), _dtype_of(*arrays))


def stack(arrays: Sequence[Array], axis: int = 0) -> Array:
    return owned(np.stack([x.cells for x in arrays], axis=axis), _dtype_of(*arrays))


# ---------------------------------------------------------------- reductions


def _reduce(f: Any, x: Array, axis: int | None, keepdims: bool, start: list[Dual]) -> Array:
    axes = tuple(range(x.ndim)) if axis is None else (axis % x.ndim,)
    kept = [i for i in range(x.ndim) if i not in axes]
    outer = tuple(x.shape[i] for i in kept)
    moved = np.transpose(x.cells, (*kept, *axes)).reshape(
        (*outer, math.prod(x.shape[i] for i in axes))
    )
    out = np.empty(outer, dtype=object)
    for i in np.ndindex(out.shape):
        out[i] = functools.reduce(f, [*start, *moved[i]])
    if keepdims:
        out = out.reshape([1 if i in axes else n for i, n in enumerate(x.shape)])
    return owned(out, x.dtype)


def sum(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
    return _reduce(plus, x, axis, keepdims, [Dual(0.0)])


def prod(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
    return _reduce(times, x, axis, keepdims, [Dual(1.0)])


def mean(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
    n = x.size if axis is None else x.shape[axis]
    if not n:
        raise ValueError("a mean of nothing")
    return sum(x, axis, keepdims) * (1.0 / n)


def max(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
    return _selected(larger, x, axis, keepdims)


def min(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
    return _selected(smaller, x, axis, keepdims)


def _selected(f: Any, x: Array, axis: int | None, keepdims: bool) -> Array:
    if not x.size:
        raise ValueError("a largest of none")
    return _reduce(f, x, axis, keepdims, [])


def cumulative_sum(x: Array, axis: int) -> Array:
    cells = np.moveaxis(x.copy().cells, axis, 0)
    for before, after in zip(range(len(cells)), range(1, len(cells))):
        for i in np.ndindex(cells.shape[1:]):
            cells[(after, *i)] = plus(cells[(before, *i)], cells[(after, *i)])
    return owned(np.moveaxis(cells, 0, axis), x.dtype)


def matmul(a: Array, b: Array) -> Array:
    """Return the product of matrices or vectors."""
    if not (1 <= a.ndim <= 2 and 1 <= b.ndim <= 2 and a.shape[-1] == b.shape[0]):
        raise ValueError("a product of what does not fit")
    left, right = _rows(a.cells), _rows(b.cells.T)
    out = np.empty((len(left), len(right)), dtype=object)
    for i, j in np.ndindex(out.shape):
        out[i, j] = functools.reduce(plus, map(times, left[i], right[j]), Dual(0.0))
    return owned(out.reshape(a.shape[:-1] + b.shape[1:]), _dtype_of(a, b))


def _rows(cells: Any) -> Any:
    return cells if cells.ndim == 2 else cells[None, :]

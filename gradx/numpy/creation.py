"""Making arrays under NumPy's names, with NumPy's order of arguments and defaults: float64 unless told otherwise.

- `array` copies and `asarray` does not; lists that hold Tensors stay on the graph.
- `linspace`, `logspace`, `geomspace` and `full` are differentiable in what they are given.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from gradx import ops
from gradx.create import asarray as _asarray
from gradx.level import Cell
from gradx.numpy.arguments import cast, inexact, integers, ints, refuse, tensor, tensors
from gradx.tape import SCALARS


def array(object: Any, dtype: Any = None, *, copy: Any = True, order: Any = None, subok: Any = None,
          ndmin: int = 0, like: Any = None) -> Any:  # fmt: skip
    """NumPy's `array`, by `gradx.asarray`: always a copy, on the graph."""
    x = _asarray(object, dtype=dtype, copy=copy)
    return ops.atleast_nd(x, ndim=ndmin) if ndmin > x.ndim else x


def asarray(a: Any, dtype: Any = None, order: Any = None, *, device: Any = None, copy: Any = None,
            like: Any = None) -> Any:  # fmt: skip
    """NumPy's `asarray`, by `gradx.asarray`."""
    return _asarray(a, dtype=dtype, device=device, copy=copy)


asanyarray = ascontiguousarray = asarray


def copy(a: Any, order: Any = None, subok: Any = None) -> Any:
    """NumPy's `copy`, by `gradx.copy`."""
    return ops.copy(tensor(a))


def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    """NumPy's `astype`, by `gradx.astype`."""
    return ops.astype(tensor(x), dtype, copy=copy, device=device)


def _maker(name: str) -> Callable[..., Any]:
    make = getattr(ops, name)

    def maker(
        shape: Any, dtype: Any = float, order: Any = None, *, device: Any = None, like: Any = None
    ) -> Any:
        return make(ints(shape), dtype=dtype, device=device)

    maker.__name__ = maker.__qualname__ = name
    maker.__doc__ = f"NumPy's `{name}`, by `gradx.{name}`."
    return maker


zeros, ones, empty = _maker("zeros"), _maker("ones"), _maker("empty")


def full(shape: Any, fill_value: Any, dtype: Any = None, order: Any = None, *, device: Any = None,
         like: Any = None) -> Any:  # fmt: skip
    """NumPy's `full`, by `gradx.full`; a value of several elements broadcasts."""
    value = fill_value if type(fill_value) in SCALARS else cast(tensor(fill_value), dtype)
    if isinstance(value, Cell):
        return ops.copy(ops.broadcast_to(value, ints(shape)))
    return ops.full(ints(shape), value, dtype=dtype, device=device)


def _shape_like(a: Any, shape: Any) -> tuple[Any, tuple[int, ...]]:
    x = tensor(a)
    return x, x.shape if shape is None else ints(shape)


def _maker_like(name: str) -> Callable[..., Any]:
    make = getattr(ops, name)

    def maker(a: Any, dtype: Any = None, order: Any = None, subok: Any = None, shape: Any = None, *,
              device: Any = None) -> Any:  # fmt: skip
        x, size = _shape_like(a, shape)
        return make(size, dtype=x.dtype if dtype is None else dtype, device=device or x.device)

    maker.__name__ = maker.__qualname__ = f"{name}_like"
    maker.__doc__ = f"NumPy's `{name}_like`, by `gradx.{name}`."
    return maker


zeros_like, ones_like, empty_like = _maker_like("zeros"), _maker_like("ones"), _maker_like("empty")


def full_like(a: Any, fill_value: Any, dtype: Any = None, order: Any = None, subok: Any = None, shape: Any = None, *,
              device: Any = None) -> Any:  # fmt: skip
    """NumPy's `full_like`, by `gradx.full`."""
    x, size = _shape_like(a, shape)
    return full(size, fill_value, x.dtype if dtype is None else dtype, device=device or x.device)


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = None, *, device: Any = None,
           like: Any = None) -> Any:  # fmt: skip
    """NumPy's `arange`, by `gradx.arange`."""
    return ops.arange(start, stop, step, dtype=dtype, device=device)


def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None,
             axis: int = 0, *, device: Any = None) -> Any:  # fmt: skip
    """NumPy's `linspace`, differentiable in `start` and `stop`."""
    count = num - 1 if endpoint else num
    if type(start) in SCALARS and type(stop) in SCALARS:
        y = ops.linspace(start, stop, num, dtype=dtype, endpoint=endpoint, device=device)
        return (y, (stop - start) / count if count else float("nan")) if retstep else y
    first, last = inexact(start), inexact(stop)
    span = ops.subtract(last, first)
    parts = ops.linspace(0.0, 1.0, num, endpoint=endpoint, device=span.device)
    parts = ops.reshape(ops.astype(parts, first.dtype), (num, *[1] * span.ndim))
    if endpoint and num > 1:  # exactly `stop` at the end
        end = cast(ops.broadcast_to(last, span.shape), span.dtype)
        y = ops.concat([first + parts[:-1] * span, end[None]])
    else:
        y = first + parts * span
    y = cast(ops.moveaxis(y, 0, axis), dtype)
    return (y, span / count) if retstep else y


def logspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None,
             axis: int = 0) -> Any:  # fmt: skip
    """NumPy's `logspace`, by `linspace` and `gradx.pow`; differentiable in `start`, `stop` and `base`."""
    return cast(ops.pow(base, linspace(start, stop, num, endpoint, axis=axis)), dtype)


def geomspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> Any:
    """NumPy's `geomspace`, by `linspace` of logarithms; differentiable in `start` and `stop`, real ones of one sign."""
    first, last = inexact(start), inexact(stop)
    if "c" in (first.dtype.kind, last.dtype.kind):
        raise TypeError("numpy.geomspace: expected real ends; got complex ones")
    if not bool(ops.all(first * last > 0)):
        raise ValueError("numpy.geomspace: expected ends of one sign, none of them 0")
    steps = linspace(ops.log(ops.abs(first)), ops.log(ops.abs(last)), num, endpoint, axis=axis)
    return cast(ops.exp(steps) * ops.stop_gradient(ops.sign(first)), dtype)


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = float, order: Any = None, *, device: Any = None,
        like: Any = None) -> Any:  # fmt: skip
    """NumPy's `eye`, by `gradx.eye`."""
    return ops.eye(N, M, k=k, dtype=dtype, device=device)


def identity(n: int, dtype: Any = None, *, like: Any = None) -> Any:
    """NumPy's `identity`, by `gradx.eye`."""
    return ops.eye(n, dtype=dtype)


def diag(v: Any, k: int = 0) -> Any:
    """NumPy's `diag`, by `gradx.diag`."""
    return ops.diag(tensor(v), k)


def diagflat(v: Any, k: int = 0) -> Any:
    """NumPy's `diagflat`, by `gradx.diag`."""
    return ops.diag(ops.ravel(tensor(v)), k)


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = float, *, like: Any = None) -> Any:
    """NumPy's `tri`, by `gradx.tril`."""
    return ops.tril(ops.ones((N, N if M is None else M), dtype=dtype), k=k)


def _triangle(x: Any) -> Any:
    x = tensor(x)
    return ops.broadcast_to(x, (x.shape[0], x.shape[0])) if x.ndim == 1 else x


def tril(m: Any, k: int = 0) -> Any:
    """NumPy's `tril`, by `gradx.tril`."""
    return ops.tril(_triangle(m), k=k)


def triu(m: Any, k: int = 0) -> Any:
    """NumPy's `triu`, by `gradx.triu`."""
    return ops.triu(_triangle(m), k=k)


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """NumPy's `vander`, by `gradx.pow`."""
    x = tensor(x)
    powers = range(x.shape[0] if N is None else N)
    columns = [x**i for i in (powers if increasing else reversed(powers))]
    return (
        ops.stack(columns, axis=1)
        if columns
        else ops.zeros((x.shape[0], 0), dtype=x.dtype, device=x.device)
    )


def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> list[Any]:
    """NumPy's `meshgrid`, by `gradx.meshgrid`."""
    if not sparse:
        return list(ops.meshgrid(*tensors(xi), indexing=indexing))
    rank = len(xi)
    order = [1, 0, *range(2, rank)] if indexing == "xy" and rank > 1 else list(range(rank))
    return [
        ops.reshape(tensor(x), (*[1] * p, -1, *[1] * (rank - p - 1))) for x, p in zip(xi, order)
    ]


def ix_(*args: Any) -> tuple[Any, ...]:
    """NumPy's `ix_`: an open mesh of indices."""
    found = [x if x.dtype.kind != "b" else ops.nonzero(x)[0] for x in map(tensor, args)]
    return tuple(meshgrid(*found, sparse=True, indexing="ij"))


def indices(dimensions: Any, dtype: Any = int, sparse: bool = False) -> Any:
    """NumPy's `indices`, by `gradx.meshgrid`."""
    axes = [ops.arange(n, dtype=dtype) for n in ints(dimensions)]
    grid = meshgrid(*axes, sparse=sparse, indexing="ij")
    return tuple(grid) if sparse else ops.stack(grid)


def fromfunction(function: Callable[..., Any], shape: Any, *, dtype: Any = float, like: Any = None,
                 **options: Any) -> Any:  # fmt: skip
    """NumPy's `fromfunction`: a function of the coordinates."""
    return function(*ops.unstack(indices(shape, dtype)), **options)


def diag_indices_from(arr: Any) -> tuple[Any, ...]:
    """NumPy's `diag_indices_from`."""
    x = tensor(arr)
    return (ops.arange(min(x.shape), device=x.device),) * x.ndim


def _ones(arr: Any) -> Any:
    x = tensor(arr)
    return ops.ones(x.shape, device=x.device)


def tril_indices_from(arr: Any, k: int = 0) -> tuple[Any, ...]:
    """NumPy's `tril_indices_from`."""
    return ops.nonzero(ops.tril(_ones(arr), k=k))


def triu_indices_from(arr: Any, k: int = 0) -> tuple[Any, ...]:
    """NumPy's `triu_indices_from`."""
    return ops.nonzero(ops.triu(_ones(arr), k=k))


def unravel_index(indices: Any, shape: Any, order: str = "C") -> tuple[Any, ...]:
    """NumPy's `unravel_index`, by `gradx.remainder`."""
    refuse("unravel_index", order=None if order == "C" else order)
    rest, found = tensor(indices), []
    for n in reversed(ints(shape)):
        found.append(ops.remainder(rest, n))
        rest = ops.floor_divide(rest, n)
    return tuple(reversed(found))


def ravel_multi_index(multi_index: Any, dims: Any, mode: str = "raise", order: str = "C") -> Any:
    """NumPy's `ravel_multi_index`."""
    refuse(
        "ravel_multi_index",
        order=None if order == "C" else order,
        mode=None if mode == "raise" else mode,
    )
    sizes = ints(dims)
    return sum(
        (tensor(x) * prod(sizes[i + 1 :]) for i, x in enumerate(multi_index)),
        start=integers(0, tensor(multi_index[0])),
    )


class _Joined:
    """NumPy's `r_` and `c_`: `r_[a, 0, 1:5]` joins arrays, numbers and ranges."""

    def __init__(self, columns: bool) -> None:
        self._columns = columns

    def __getitem__(self, key: Any) -> Any:
        parts = [self._part(part) for part in (key if isinstance(key, tuple) else (key,))]
        if self._columns:
            parts = [ops.reshape(x, (-1, 1)) if x.ndim < 2 else x for x in parts]
        return ops.concat(parts, axis=-1 if self._columns else 0)

    def _part(self, part: Any) -> Any:
        if isinstance(part, str):
            raise TypeError(
                f"numpy.r_: expected arrays, numbers and slices; got the directive {part!r}. Use concatenate"
            )
        if isinstance(part, slice):
            start, step = part.start or 0, part.step or 1
            if isinstance(step, complex):
                return linspace(start, part.stop, int(abs(step)))
            return ops.arange(start, part.stop, step)
        x = tensor(part)
        return ops.reshape(x, (1,)) if not x.ndim else x


r_, c_ = _Joined(columns=False), _Joined(columns=True)

__all__ = ["arange", "array", "asanyarray", "asarray", "ascontiguousarray", "astype", "c_", "copy", "diag",
           "diag_indices_from", "diagflat", "empty", "empty_like", "eye", "fromfunction", "full", "full_like",
           "geomspace", "identity", "indices", "ix_", "linspace", "logspace", "meshgrid", "ones", "ones_like", "r_",
           "ravel_multi_index", "tri", "tril", "tril_indices_from", "triu", "triu_indices_from", "unravel_index",
           "vander", "zeros", "zeros_like"]  # fmt: skip

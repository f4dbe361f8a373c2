"""Dask, through array-api-compat; what it lacks is applied to NumPy blocks.

- Where a shape depends on values (masks, `nonzero`, `unique_*`) these are computed at once: a derivative needs
  the shape.
- Dask arrays lack the standard's attribute `device`, which rules read: their class gets it here.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import dask.array as da
import numpy as np
from array_api_compat.dask import array as native

from gradx_generic.fallbacks import repeat_by_counts, take_along_axis
from gradx_generic.library import Library
from gradx_generic.scipy_names import OUTPUTS
from gradx_numpy import namespace as numpy_xp

Array = Any

if not hasattr(da.Array, "device"):
    da.Array.device = property(lambda array: "cpu")

# Functions of matrices that Dask lacks, or has for few chunkings, ranks or options.
_LINALG = (
    "cholesky", "cross", "det", "eig", "eigh", "eigvals", "eigvalsh", "expm", "inv", "logm", "lu", "matrix_rank",
    "pinv", "qr", "slogdet", "solve", "sqrtm", "svd", "svdvals",
)  # fmt: skip
_EAGER = ("nonzero", "unique_all")  # their shapes depend on values


def on_blocks(name: str, xp: Any, /, *arrays: Array, **params: Any) -> Any:
    """Apply NumPy's function of matrices (or vectors) to each block, its last axes undivided."""
    function = partial(getattr(numpy_xp.linalg, name), **params)
    ranks = [1 if name == "cross" or (i and x.ndim == 1) else 2 for i, x in enumerate(arrays)]
    cores = [x.shape[x.ndim - rank :] for x, rank in zip(arrays, ranks, strict=True)]
    whole = [
        x.rechunk({x.ndim - 1 - i: -1 for i in range(rank)})
        for x, rank in zip(arrays, ranks, strict=True)
    ]
    sample = function(*[
        np.eye(*core, dtype=x.dtype) if len(core) == 2 else np.ones(core, x.dtype)
        for x, core in zip(arrays, cores, strict=True)
    ])  # fmt: skip
    several = isinstance(sample, tuple)
    outputs = [np.asarray(part) for part in (sample if several else (sample,))]
    sizes = {f"y{k}_{i}": n for k, part in enumerate(outputs) for i, n in enumerate(part.shape)}
    loop = max(x.ndim - rank for x, rank in zip(arrays, ranks, strict=True))
    metas = tuple(np.empty((0,) * (loop + part.ndim), part.dtype) for part in outputs)
    left = ",".join(f"({_labels('x', k, core)})" for k, core in enumerate(cores))
    right = ",".join(f"({_labels('y', k, part.shape)})" for k, part in enumerate(outputs))
    results = da.apply_gufunc(
        (lambda *blocks: tuple(function(*blocks))) if several else function,
        f"{left}->{right}",
        *whole,
        output_sizes=sizes,
        meta=metas if several else metas[0],
    )
    return type(sample)(*results) if several else results


def _labels(letter: str, k: int, shape: tuple[int, ...]) -> str:
    return ",".join(f"{letter}{k}_{i}" for i in range(len(shape)))


def cross(xp: Any, x1: Array, x2: Array, /, *, axis: int = -1) -> Array:
    """Along any axis."""
    y = on_blocks("cross", xp, da.moveaxis(x1, axis, -1), da.moveaxis(x2, axis, -1))
    return da.moveaxis(y, -1, axis)


def at_once(name: str, xp: Any, x: Array, /, **params: Any) -> Any:
    """Apply NumPy's function to the computed array."""
    y = getattr(numpy_xp, name)(np.asarray(x.compute()), **params)
    if not isinstance(y, tuple):
        return da.from_array(y)
    parts = [da.from_array(part) for part in y]
    return type(y)(*parts) if hasattr(y, "_fields") else tuple(parts)


def elementwise(xp: Any, function: Callable[..., Array], /, *arrays: Array) -> Array:
    """Apply a function of NumPy arrays, element by element, to blocks."""
    return da.core.elemwise(function, *arrays)


def einsum(*arrays: Array, subscripts: str) -> Array:
    """The subscripts come first in Dask."""
    return da.einsum(subscripts, *arrays)


def take(xp: Any, x: Array, indices: Array, /, *, axis: int | None = None) -> Array:
    """Block by block along the other axes; Dask's own casts complex numbers to integers to learn a dtype."""
    axis = 0 if axis is None else axis % x.ndim
    labels = list(range(x.ndim))
    return da.blockwise(
        lambda block, at: np.take(block, at, axis=axis),
        [*labels[:axis], x.ndim, *labels[axis + 1 :]],
        x,
        labels,
        indices,
        [x.ndim],
        concatenate=True,
        meta=np.empty((0,) * x.ndim, x.dtype),
    )


def searchsorted(xp: Any, x1: Array, x2: Any, /, **params: Any) -> Array:
    """Takes a number too, and any rank."""
    values = x2 if hasattr(x2, "dtype") else da.asarray(x2, dtype=x1.dtype)
    return native.searchsorted(x1, values.reshape(-1), **params).reshape(values.shape)


def triangle(lower: bool, xp: Any, x: Array, /, *, k: int = 0) -> Array:
    """One triangle of matrices; Dask's own casts complex numbers to integers to learn a dtype."""
    rows, columns = da.arange(x.shape[-2])[:, None], da.arange(x.shape[-1])
    keep = columns <= rows + k if lower else columns >= rows + k
    return da.where(keep, x, da.zeros_like(x))


def extreme(name: str, xp: Any, x: Array, /, **params: Any) -> Array:
    """Dask cannot reduce what has no elements, even along an axis that has some."""
    return getattr(native, name)(x, **params) if x.size else at_once(name, xp, x, **params)


def repeat(xp: Any, x: Array, repeats: Any, /, *, axis: int | None = None) -> Array:
    """Takes an array of counts too."""
    if isinstance(repeats, int):
        return native.repeat(x, repeats, axis=axis)
    return repeat_by_counts(xp, x, repeats, axis=axis)


def eye(xp: Any, rows: int, columns: int | None = None, /, *, k: int = 0, **options: Any) -> Array:
    """One block; Dask's own loses a block where `k` leaves it without a diagonal."""
    dtype = options.get("dtype")
    return da.from_array(np.eye(rows, rows if columns is None else columns, k=k, dtype=dtype))


class Dask(Library):
    """Lazy arrays of NumPy blocks."""

    hooks = {  # noqa: RUF012  (a table a class)
        "elementwise": elementwise,
        "eye": eye,
        "max": partial(extreme, "max"),
        "min": partial(extreme, "min"),
        "repeat": repeat,
        "searchsorted": searchsorted,
        "take": take,
        "tril": partial(triangle, True),
        "triu": partial(triangle, False),
        "take_along_axis": take_along_axis,
        **{name: partial(at_once, name) for name in _EAGER},
        **{f"linalg.{name}": partial(on_blocks, name) for name in _LINALG},
        "linalg.cross": cross,
    }

    def owns(self, kind: type) -> bool:
        return issubclass(kind, da.Array)

    def special(self, name: str) -> Callable[..., Array] | None:
        if name == "einsum":
            return einsum
        function = getattr(numpy_xp, name)
        return lambda x, /, **params: da.map_blocks(partial(function, **params), x, dtype=x.dtype)

    def scipy_function(self, name: str) -> Callable[..., Any]:
        function = getattr(numpy_xp.special, name)

        def call(*args: Any, **params: Any) -> Any:
            if name not in OUTPUTS:
                return da.core.elemwise(partial(function, **params), *args)
            each = [
                (lambda *blocks, i=i: function(*blocks, **params)[i]) for i in range(OUTPUTS[name])
            ]
            return tuple([da.core.elemwise(part, *args) for part in each])

        return call

    def asarray(self, value: Any, *, device: str | None = None, **options: Any) -> Array:
        if device is not None:
            self.native_device(device)
        return super().asarray(value, **options)

    def native_device(self, device: str) -> Any:
        super().native_device(device)
        return "cpu"

    def _native_devices(self) -> list[Any]:
        return ["cpu"]

    def device_name(self, array: Array) -> str:
        return "dask:cpu"

    def to_numpy(self, array: Array) -> Any:
        return np.asarray(array.compute())

    def quiet(self) -> AbstractContextManager[Any]:
        return np.errstate(all="ignore")


def backend() -> Library:
    """Return the backend."""
    return Dask("dask", native)

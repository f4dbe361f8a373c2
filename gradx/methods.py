"""The functions of an array that NumPy, PyTorch and JAX also have as methods of it.

- A line or two each into `gradx.ops`, with the names and defaults of the function, in NumPy's order: NumPy's and
  CuPy's own functions call some of them so.
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.dtypes import dtype_of
from gradx.errors import DtypeError, OperandError


class Methods:
    """Sugar: `x.sum(0)` is `gx.sum(x, axis=0)`."""

    __slots__ = ()

    shape: Any

    # ---------------------------------------------------------------- shape and elements

    def copy(self) -> Any:
        """Return a Tensor of the same value, on the graph, that is no view."""
        return ops.copy(self)

    def astype(self, dtype: Any, /, *, copy: bool = True, device: str | None = None) -> Any:
        """Return the elements as another dtype; see `gx.astype`."""
        return ops.astype(self, dtype, copy=copy, device=device)

    def reshape(self, *shape: Any, copy: bool | None = None) -> Any:
        """Return the elements in another shape, given as one tuple or list, or as integers."""
        return ops.reshape(self, _one_or_many(shape), copy=copy)

    def view(self, dtype: Any = None, /) -> Any:
        """Give a view of the same dtype: NumPy's `x.view(float)` of what is float64 already, which SciPy writes.

        Raises
        ------
        DtypeError
            Where another dtype is asked for: bits read as those of another dtype have no derivative.
        """
        t: Any = self
        if dtype is not None and dtype_of(dtype) != t.dtype:
            raise DtypeError(
                f"view: expected the dtype of the Tensor, {t.dtype}; got {dtype_of(dtype)}. To convert the numbers, "
                "astype(); the parts of complex ones are gx.real() and gx.imag()"
            )
        return ops.reshape(self, t.shape)

    def transpose(self, *axes: Any) -> Any:
        """Return the axes in another order; reversed without `axes`."""
        return ops.transpose(self, _one_or_many(axes) if axes else None)

    def swapaxes(self, axis1: int, axis2: int, /) -> Any:
        """Return two axes exchanged."""
        return ops.swapaxes(self, axis1, axis2)

    def squeeze(self, axis: Any = None) -> Any:
        """Return the array without axes of size 1: those in `axis`, by default all."""
        axes = tuple(i for i, n in enumerate(self.shape) if n == 1) if axis is None else axis
        return ops.squeeze(self, axis=axes)

    def ravel(self) -> Any:
        """Return all elements along one axis."""
        return ops.reshape(self, (-1,))

    flatten = ravel

    def repeat(self, repeats: Any, axis: int | None = None) -> Any:
        """Return each element repeated; see `gx.repeat`."""
        return ops.repeat(self, repeats, axis=axis)

    def take(
        self, indices: Any, axis: int | None = None, out: None = None, mode: str = "raise"
    ) -> Any:
        """Return the elements at `indices` along `axis`; see `gx.take`."""
        _refuse("take", out)
        return ops.take(self, indices, axis=axis, mode=mode)

    @property
    def flat(self) -> Any:
        """All elements along one axis, row by row: a view, through which they can be written."""
        return ops.reshape(self, (-1,))

    @flat.setter
    def flat(self, value: Any) -> None:
        ops.reshape(self, (-1,))[...] = value

    def nonzero(self) -> tuple[Any, ...]:
        """Return the indices of the elements that are not zero, one Tensor an axis."""
        return ops.nonzero(self)

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
        """Return a diagonal of the plane of two axes, as the last axis."""
        return ops.linalg.diagonal(ops.moveaxis(self, (axis1, axis2), (-2, -1)), offset=offset)

    # ---------------------------------------------------------------- elementwise

    def conj(self) -> Any:
        """Return the complex conjugate."""
        return ops.conj(self)

    conjugate = conj

    def clip(self, min: Any = None, max: Any = None, out: None = None) -> Any:
        """Return the elements held between `min` and `max`."""
        _refuse("clip", out)
        return ops.clip(self, min, max)

    def round(self, decimals: int = 0, out: None = None) -> Any:
        """Return the nearest numbers of so many decimals, halves to even; piecewise constant."""
        _refuse("round", out)
        scale = 10.0**decimals
        return ops.round(ops.multiply(self, scale)) / scale if decimals else ops.round(self)

    # ---------------------------------------------------------------- reductions, with NumPy's order of arguments

    def sum(
        self, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False
    ) -> Any:
        """Return the sum over `axis`."""
        _refuse("sum", out)
        return ops.sum(self, axis=axis, dtype=dtype, keepdims=keepdims)

    def prod(
        self, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False
    ) -> Any:
        """Return the product over `axis`."""
        _refuse("prod", out)
        return ops.prod(self, axis=axis, dtype=dtype, keepdims=keepdims)

    def mean(
        self, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False
    ) -> Any:
        """Return the mean over `axis`."""
        _refuse("mean", out)
        return ops.mean(_cast(self, dtype), axis=axis, keepdims=keepdims)

    def var(self, axis: Any = None, dtype: Any = None, out: None = None, ddof: float = 0.0, keepdims: bool = False, *,
            correction: float | None = None) -> Any:  # fmt: skip
        """Return the variance over `axis`, divided by `n - ddof`; `correction` is the standard's word for `ddof`."""
        _refuse("var", out)
        less = ddof if correction is None else correction
        return ops.var(_cast(self, dtype), axis=axis, correction=less, keepdims=keepdims)

    def std(self, axis: Any = None, dtype: Any = None, out: None = None, ddof: float = 0.0, keepdims: bool = False, *,
            correction: float | None = None) -> Any:  # fmt: skip
        """Return the standard deviation over `axis`, divided by `sqrt(n - ddof)`."""
        _refuse("std", out)
        less = ddof if correction is None else correction
        return ops.std(_cast(self, dtype), axis=axis, correction=less, keepdims=keepdims)

    def max(self, axis: Any = None, out: None = None, keepdims: bool = False) -> Any:
        """Return the largest element over `axis`; ties share the derivative."""
        _refuse("max", out)
        return ops.max(self, axis=axis, keepdims=keepdims)

    def min(self, axis: Any = None, out: None = None, keepdims: bool = False) -> Any:
        """Return the smallest element over `axis`; ties share the derivative."""
        _refuse("min", out)
        return ops.min(self, axis=axis, keepdims=keepdims)

    def any(self, axis: Any = None, out: None = None, keepdims: bool = False) -> Any:
        """Return whether any element over `axis` is true."""
        _refuse("any", out)
        return ops.any(self, axis=axis, keepdims=keepdims)

    def all(self, axis: Any = None, out: None = None, keepdims: bool = False) -> Any:
        """Return whether all elements over `axis` are true."""
        _refuse("all", out)
        return ops.all(self, axis=axis, keepdims=keepdims)

    # ---------------------------------------------------------------- along an axis, and products

    def argmax(self, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Any:
        """Return the index of the largest element along `axis`, of all elements by default."""
        _refuse("argmax", out)
        return ops.argmax(self, axis=axis, keepdims=keepdims)

    def argmin(self, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Any:
        """Return the index of the smallest element along `axis`, of all elements by default."""
        _refuse("argmin", out)
        return ops.argmin(self, axis=axis, keepdims=keepdims)

    def argsort(self, axis: int = -1, *, descending: bool = False, stable: bool = True) -> Any:
        """Return the indices that sort along `axis`."""
        return ops.argsort(self, axis=axis, descending=descending, stable=stable)

    def cumsum(self, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
        """Return the running sum along `axis`; see `gx.cumulative_sum`."""
        _refuse("cumsum", out)
        return ops.cumulative_sum(self, axis=axis, dtype=dtype)

    def cumprod(self, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
        """Return the running product along `axis`; see `gx.cumulative_prod`."""
        _refuse("cumprod", out)
        return ops.cumulative_prod(self, axis=axis, dtype=dtype)

    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None,
              out: None = None) -> Any:  # fmt: skip
        """Return the sum along the diagonal of the first two axes, as NumPy's method; `gx.trace` takes the last two."""
        _refuse("trace", out)
        return ops.sum(self.diagonal(offset, axis1, axis2), axis=-1, dtype=dtype)

    def dot(self, other: Any, out: None = None) -> Any:
        """Return NumPy's `dot`: a product of numbers, vectors or matrices."""
        _refuse("dot", out)
        return ops.dot(self, other)


def _refuse(name: str, out: Any) -> None:
    if out is not None:
        raise OperandError(
            f"{name}: expected out=None; got {type(out).__name__}. Use what it returns, or write x[...] = value"
        )


def _cast(x: Any, dtype: Any) -> Any:
    return x if dtype is None else ops.astype(x, dtype, copy=False)


def _one_or_many(sizes: tuple[Any, ...]) -> Any:
    """Return what `f((2, 3))` and `f(2, 3)` both mean."""
    return sizes[0] if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)) else sizes


__all__ = ["Methods"]

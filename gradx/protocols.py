"""The protocols by which NumPy and CuPy hand their own functions over to a Tensor that they meet.

- The table of functions is `gradx.numpy`, loaded when the first one arrives.
- CuPy asks elementwise kernels and reductions for an override; its other functions take CuPy's arrays alone, and
  say so. `cupyx.scatter_add` and `cupy.add.at` call the methods below.
"""

from __future__ import annotations

from typing import Any


class Protocols:
    """`numpy.sin(t)`, `numpy.concatenate([t])`, `cupy.sin(t)`."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Send one of NumPy's ufuncs to the function of that name in `gradx.numpy`."""
        from gradx.numpy.dispatch import call_ufunc  # stands above: it works on Tensors

        return call_ufunc(ufunc, method, inputs, options)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        """Send one of NumPy's functions to the function of that name in `gradx.numpy`."""
        from gradx.numpy.dispatch import call_function

        return call_function(func, types, args, kwargs)

    def __cupy_override_elementwise_kernel__(self, kernel: Any, *args: Any, **options: Any) -> Any:
        """Send one of CuPy's ufuncs, which NumPy's of that name knows too, to `gradx.numpy`."""
        from gradx.numpy.dispatch import call_cupy

        return call_cupy(kernel, args, options)

    def __cupy_override_reduction_kernel__(
        self, kernel: Any, axis: Any, dtype: Any, out: Any, keepdims: bool
    ) -> Any:
        """Send one of CuPy's reductions to `gradx.numpy`."""
        from gradx.numpy.dispatch import call_cupy_reduction

        return call_cupy_reduction(
            kernel, self, {"axis": axis, "dtype": dtype, "out": out, "keepdims": keepdims}
        )

    def scatter_add(self, slices: Any, value: Any) -> None:
        """Add to elements, repeated ones each time: what `cupyx.scatter_add(t, slices, value)` calls."""
        self._scatter_op(slices, value, "add")

    def scatter_max(self, slices: Any, value: Any) -> None:
        """Raise elements to at least `value`: what `cupyx.scatter_max(t, slices, value)` calls."""
        self._scatter_op(slices, value, "max")

    def scatter_min(self, slices: Any, value: Any) -> None:
        """Lower elements to at most `value`: what `cupyx.scatter_min(t, slices, value)` calls."""
        self._scatter_op(slices, value, "min")

    def _scatter_op(self, slices: Any, value: Any, op: str) -> None:
        from gradx.numpy.dispatch import scatter

        scatter(self, slices, value, op)


__all__ = ["Protocols"]

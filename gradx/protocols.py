"""The protocols by which NumPy and CuPy hand their own functions over to a Tensor that they meet.

- The table of functions is `gradx.numpy`, loaded when the first one arrives.
- CuPy asks elementwise kernels and reductions for an override; its other functions take CuPy's arrays alone, and
  say so. `cupyx.scatter_add` and `cupy.add.at` call the methods below.
"""

from __future__ import annotations

from typing import Any

from gradx.errors import OperandError
from gradx.tape import ZERO


class Protocols:
    """`numpy.sin(t)`, `numpy.concatenate([t])`, `cupy.sin(t)`."""

    __slots__ = ()

    aux: Any
    data: Any
    level: Any

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

    # ---------------------------------------------------------------- other libraries

    def __dlpack__(self, *, stream: Any = None, max_version: tuple[int, int] | None = None,
                   dl_device: tuple[Any, int] | None = None, copy: bool | None = None) -> Any:  # fmt: skip
        if self.aux is not None or self.level is not ZERO:
            raise BufferError(
                "__dlpack__: expected a Tensor that is not tracked; call detach() first"
            )
        given = {"stream": stream, "max_version": max_version, "dl_device": dl_device, "copy": copy}
        kept = {name: value for name, value in given.items() if value is not None}
        return _exporter(self.data, "__dlpack__")(**kept)

    def __dlpack_device__(self) -> Any:
        return _exporter(self.data, "__dlpack_device__")()

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Refuse PyTorch's own functions, which would leave the graph; its operators come to Tensor's."""
        name = getattr(func, "__name__", str(func))
        raise OperandError(
            f"torch.{name}: expected PyTorch's own tensors; got one of gradx. Use gx's function, which keeps the "
            "array in its library, or torch.from_dlpack(x.detach()) for the values"
        )

    def _scatter_op(self, slices: Any, value: Any, op: str) -> None:
        from gradx.numpy.dispatch import scatter

        scatter(self, slices, value, op)


def _exporter(data: Any, name: str) -> Any:
    """Return a method of DLPack's of an array; some libraries, Dask for one, have none."""
    method = getattr(data, name, None)
    if method is None:
        raise BufferError(
            f"{name}: expected an array in memory; got one of {type(data).__module__.partition('.')[0]}, which does "
            'not offer it. Use numpy.asarray(x), or x.to_device("cpu")'
        )
    return method


__all__ = ["Protocols"]

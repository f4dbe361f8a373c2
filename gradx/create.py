"""Tensors from data: nested lists, numbers, arrays of any library, DLPack.

- Arrays stay in their library and on their device unless `device` says otherwise.
- What holds Tensors stays on the graph.
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.backend import backend_for_device, backend_of, current_device
from gradx.capture import capture
from gradx.dtypes import dtype_of
from gradx.errors import GraphError, OperandError, ShapeError
from gradx.level import Cell
from gradx.ops.creation import new_tensor
from gradx.ops.indexing import holds_tensor
from gradx.tape import SCALARS


def asarray(obj: Any, /, *, dtype: Any = None, device: str | None = None, copy: bool | None = None,
            requires_grad: bool = False) -> Any:  # fmt: skip
    """Return `obj` as a Tensor.

    Parameters
    ----------
    obj
        A number, nested lists of numbers (Tensors among them stay on the graph), an array of any library that
        speaks the array API standard, or a Tensor.
    device
        Where to put it; by default arrays and Tensors stay where they are, lists go to the default device.
    copy
        True: always; False: an error where a copy is needed; None: only where needed. Without a copy the
        Tensor shares the array's memory: changed in place, it raises in `backward` (`gx.check_captures`).
    requires_grad
        Make the result a leaf, whose `.grad` is filled by `backward`.

    Raises
    ------
    DtypeError
        If `requires_grad` and the dtype is an integer or boolean one.

    >>> import gradx as gx
    >>> gx.asarray([[1.0, 2.0], [3.0, 4.0]]).shape
    (2, 2)
    """
    if isinstance(obj, Cell):
        return _from_tensor(obj, dtype, device, copy, requires_grad)
    if isinstance(obj, (list, tuple, range)):
        if holds_tensor(obj):
            return _from_tensor(_stack(obj), dtype, device, copy, requires_grad)
        source = None
    elif isinstance(obj, tuple(SCALARS)):
        source = None
    else:
        source = _backend_of_object(obj)
    if device is None:
        backend = backend_for_device(current_device()) if source is None else source
        device = current_device() if source is None else None
    else:
        backend = backend_for_device(device)
    if source is not None and source is not backend:
        if copy is False:
            raise ValueError(
                f"asarray: expected no copy; {type(obj).__name__} to {device} needs one"
            )
        obj = source.to_numpy(obj)
    name = None if dtype is None else dtype_of(dtype).name
    try:
        data = backend.asarray(obj, dtype=name, device=device, copy=copy)
    except ValueError as error:
        if not isinstance(obj, (list, tuple)) or copy is False:
            raise
        raise ShapeError(
            f"asarray: expected nested lists of numbers, all of one length at each depth; {error}"
        ) from None
    result = new_tensor(data, requires_grad=requires_grad)
    return result if source is None or copy else capture(result)


def _backend_of_object(obj: Any) -> Any:
    """Return the backend that can read `obj`; NumPy's for whatever offers a buffer or `__array__`."""
    try:
        return backend_of(type(obj))
    except OperandError:
        if (
            hasattr(obj, "__array__")
            or hasattr(obj, "__array_interface__")
            or isinstance(obj, (memoryview, bytearray))
        ):
            return backend_for_device("cpu")
        if hasattr(obj, "__dlpack__"):
            raise OperandError(
                f"asarray: expected an array; got {type(obj).__name__}. Use gx.from_dlpack"
            ) from None
        raise OperandError(
            "asarray: expected a number, nested lists of numbers, an array or a Tensor; "
            f"got {type(obj).__name__}"
        ) from None


def _from_tensor(
    x: Any, dtype: Any, device: str | None, copy: bool | None, requires_grad: bool
) -> Any:
    if copy is False and (
        (dtype is not None and dtype_of(dtype) != x.dtype) or device not in (None, x.device)
    ):
        raise ValueError("asarray: expected no copy; the dtype or device asked for needs one")
    result = x if device is None else ops.to_device(x, device)
    if dtype is not None and dtype_of(dtype) != x.dtype:
        result = ops.astype(result, dtype)
    elif copy and result is x:
        result = ops.copy(result)
    if requires_grad and not result.requires_grad:
        result = result.detach() if result is x else result
        result.requires_grad = True
    return result


def _stack(obj: Any) -> Any:
    """Stack nested lists that hold Tensors, keeping the graph."""
    if not isinstance(obj, (list, tuple)):
        return obj if isinstance(obj, Cell) else asarray(obj)
    parts = [_stack(part) for part in obj]
    first: Any = next((part for part in parts if isinstance(part, Cell)), parts[0])
    return ops.stack([ops.to_device(part, first.device) for part in parts])


def from_dlpack(x: Any, /, *, device: str | None = None, copy: bool | None = None) -> Any:
    """Return any object with `__dlpack__` as a Tensor, without a copy where the device agrees.

    A CPU array comes in as NumPy, a CUDA array as CuPy, whatever library made it.
    """
    if isinstance(x, Cell):
        if x.aux is not None:
            raise GraphError(
                "from_dlpack: expected a Tensor that is not tracked; call detach() first"
            )
        return asarray(x, device=device, copy=copy)
    kind = int(x.__dlpack_device__()[0])
    home = "cpu" if kind in (1, 3) else "cuda"
    data = backend_for_device(home).from_dlpack(x, copy=copy)
    result = new_tensor(data) if copy else capture(new_tensor(data))
    return result if device is None else ops.to_device(result, device)


__all__ = ["asarray", "from_dlpack"]

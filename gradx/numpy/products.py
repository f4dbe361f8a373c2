"""Products and sums of products under NumPy's names."""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.numpy.arguments import axis_of, cast, ints, refuse, tensor, tensors
from gradx.numpy.names import native


def dot(a: Any, b: Any, out: Any = None) -> Any:
    """NumPy's `dot`, by `gradx.dot`."""
    refuse("dot", out=out)
    return ops.dot(tensor(a), tensor(b))


def vdot(a: Any, b: Any, /) -> Any:
    """NumPy's `vdot`: flattened, the first one conjugated."""
    return ops.vecdot(ops.ravel(tensor(a)), ops.ravel(tensor(b)))


def inner(a: Any, b: Any, /) -> Any:
    """NumPy's `inner`, by `gradx.inner`."""
    return ops.inner(tensor(a), tensor(b))


def outer(a: Any, b: Any, out: Any = None) -> Any:
    """NumPy's `outer`, by `gradx.outer`."""
    refuse("outer", out=out)
    return ops.outer(ops.ravel(tensor(a)), ops.ravel(tensor(b)))


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """NumPy's `tensordot`, by `gradx.tensordot`."""
    if not isinstance(axes, int):
        first, second = axes
        axes = (ints(first), ints(second))
    return ops.tensordot(tensor(a), tensor(b), axes=axes)


def kron(a: Any, b: Any) -> Any:
    """NumPy's `kron`, by `gradx.kron`."""
    return ops.kron(tensor(a), tensor(b))


def cross(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None
) -> Any:
    """NumPy's `cross`, by `gradx.linalg.cross`: of vectors of 3 elements, or of 2 that lie in a plane."""
    if axis is not None:
        axisa = axisb = axisc = axis
    x, y = ops.moveaxis(tensor(a), axisa, -1), ops.moveaxis(tensor(b), axisb, -1)
    if x.shape[-1] == 2 and y.shape[-1] == 2:
        return x[..., 0] * y[..., 1] - x[..., 1] * y[..., 0]
    x, y = (ops.concat([v, v[..., :1] * 0], axis=-1) if v.shape[-1] == 2 else v for v in (x, y))
    return ops.moveaxis(ops.linalg.cross(*ops.broadcast_arrays(x, y)), -1, axisc)


def einsum(*operands: Any, out: Any = None, optimize: Any = None, dtype: Any = None, order: Any = None,
           casting: Any = None) -> Any:  # fmt: skip
    """NumPy's `einsum`, by `gradx.einsum`: subscripts first, or a list of axes after each array."""
    refuse("einsum", out=out)
    if isinstance(operands[0], str):
        subscripts, arrays = operands[0], tensors(operands[1:])
    else:
        subscripts, arrays = _spelled(operands)
    return cast(ops.einsum(subscripts, *arrays), dtype)


def einsum_path(*operands: Any, optimize: Any = "greedy", einsum_call: bool = False) -> Any:
    """NumPy's own `einsum_path`, which looks at shapes alone."""
    if isinstance(operands[0], str):
        subscripts, arrays = operands[0], tensors(operands[1:])
    else:
        subscripts, arrays = _spelled(operands)
    shapes = [native("broadcast_to")(0.0, x.shape) for x in arrays]
    return native("einsum_path")(subscripts, *shapes, optimize=optimize, einsum_call=einsum_call)


def _spelled(operands: Any) -> tuple[str, list[Any]]:
    """Return the subscripts that lists of numbers mean."""
    count = len(operands) // 2
    arrays = [tensor(x) for x in operands[: 2 * count : 2]]
    terms = [_letters(axes) for axes in operands[1 : 2 * count : 2]]
    result = "->" + _letters(operands[-1]) if len(operands) % 2 else ""
    return ",".join(terms) + result, arrays


def _letters(axes: Any) -> str:
    return "".join("..." if a is Ellipsis else chr(a + (97 if a < 26 else 39)) for a in axes)


def trace(
    a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None
) -> Any:
    """NumPy's `trace`, by `gradx.linalg.trace`."""
    refuse("trace", out=out)
    return ops.trace(_last(a, axis1, axis2), offset=offset, dtype=dtype)


def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """NumPy's `diagonal`, by `gradx.linalg.diagonal`."""
    return ops.linalg.diagonal(_last(a, axis1, axis2), offset=offset)


def _last(a: Any, axis1: int, axis2: int) -> Any:
    x = tensor(a)
    pair = (axis_of("diagonal", axis1, x.ndim), axis_of("diagonal", axis2, x.ndim))
    return ops.moveaxis(x, pair, (-2, -1))


def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """NumPy's `convolve`, by `gradx.convolve`."""
    return ops.convolve(ops.atleast_nd(tensor(a), ndim=1), ops.atleast_nd(tensor(v), ndim=1), mode)


def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """NumPy's `correlate`, by `gradx.convolve` with `v` reversed and conjugated."""
    a, v = tensor(a), ops.conj(tensor(v))
    if mode == "valid" and v.shape[0] > a.shape[0]:
        return ops.flip(convolve(v, ops.flip(a), mode))
    if mode == "same" and v.shape[0] > a.shape[0]:
        full = ops.convolve(a, ops.flip(v))
        start = a.shape[0] // 2
        return full[start : start + v.shape[0]]
    return ops.convolve(a, ops.flip(v), mode)


__all__ = ["convolve", "correlate", "cross", "diagonal", "dot", "einsum", "einsum_path", "inner", "kron", "outer",
           "tensordot", "trace", "vdot"]  # fmt: skip

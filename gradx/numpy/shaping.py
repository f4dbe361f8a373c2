"""Shapes, joins and splits under NumPy's names.

- `order="F"` counts elements column by column; any other order is NumPy's "C".
- Views are gradx's: what is written to one is seen by its base.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.numpy.arguments import axis_of, beside, cast, flat, ints, refuse, take, tensor, tensors
from gradx.shapes import size as count_of


def reshape(
    a: Any, /, shape: Any = None, order: str = "C", *, newshape: Any = None, copy: Any = None
) -> Any:
    """NumPy's `reshape`, by `gradx.reshape`."""
    x, sizes = tensor(a), ints(newshape if shape is None else shape)
    if order != "F":
        return ops.reshape(x, sizes, copy=copy)
    return ops.transpose(ops.reshape(ops.transpose(x), sizes[::-1], copy=copy))


def ravel(a: Any, order: str = "C") -> Any:
    """NumPy's `ravel`, by `gradx.ravel`."""
    return ops.ravel(ops.transpose(tensor(a)) if order == "F" else tensor(a))


def transpose(a: Any, axes: Any = None) -> Any:
    """NumPy's `transpose`, by `gradx.transpose`."""
    return ops.transpose(tensor(a), axes)


permute_dims = transpose


def matrix_transpose(x: Any, /) -> Any:
    """NumPy's `matrix_transpose`, by `gradx.matrix_transpose`."""
    return ops.matrix_transpose(tensor(x))


def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """NumPy's `swapaxes`, by `gradx.swapaxes`."""
    return ops.swapaxes(tensor(a), axis1, axis2)


def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """NumPy's `moveaxis`, by `gradx.moveaxis`."""
    return ops.moveaxis(tensor(a), ints(source), ints(destination))


def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """NumPy's `rollaxis`, by `gradx.moveaxis`."""
    x = tensor(a)
    axis = axis_of("rollaxis", axis, x.ndim)
    start += x.ndim if start < 0 else 0
    return ops.moveaxis(x, axis, start - 1 if axis < start else start)


def expand_dims(a: Any, axis: Any) -> Any:
    """NumPy's `expand_dims`, by `gradx.expand_dims`."""
    return ops.expand_dims(tensor(a), axis=axis)


def squeeze(a: Any, axis: Any = None) -> Any:
    """NumPy's `squeeze`, by `gradx.squeeze`."""
    return tensor(a).squeeze(axis)


def _atleast(ndim: int, x: Any) -> Any:
    x = tensor(x)
    if ndim < 3 or x.ndim >= 3:
        return ops.atleast_nd(x, ndim=ndim)
    return ops.reshape(x, {0: (1, 1, 1), 1: (1, -1, 1), 2: (*x.shape, 1)}[x.ndim])


def _each(name: str, ndim: int) -> Callable[..., Any]:
    def atleast(*arys: Any) -> Any:
        found = tuple([_atleast(ndim, x) for x in arys])
        return found[0] if len(found) == 1 else found

    atleast.__name__ = atleast.__qualname__ = name
    atleast.__doc__ = f"NumPy's `{name}`, by `gradx.atleast_nd`."
    return atleast


atleast_1d, atleast_2d, atleast_3d = (_each(f"atleast_{i}d", i) for i in (1, 2, 3))


def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    """NumPy's `broadcast_to`, by `gradx.broadcast_to`."""
    return ops.broadcast_to(tensor(array), ints(shape))


def broadcast_arrays(*args: Any, subok: bool = False) -> tuple[Any, ...]:
    """NumPy's `broadcast_arrays`, by `gradx.broadcast_arrays`."""
    return ops.broadcast_arrays(*tensors(args))


def flip(m: Any, axis: Any = None) -> Any:
    """NumPy's `flip`, by `gradx.flip`."""
    return ops.flip(tensor(m), axis=axis)


def flipud(m: Any) -> Any:
    """NumPy's `flipud`, by `gradx.flip`."""
    return ops.flip(tensor(m), axis=0)


def fliplr(m: Any) -> Any:
    """NumPy's `fliplr`, by `gradx.flip`."""
    return ops.flip(tensor(m), axis=1)


def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    """NumPy's `rot90`, by `gradx.rot90`."""
    return ops.rot90(tensor(m), k, axes=axes)


def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """NumPy's `roll`, by `gradx.roll`."""
    x, shift = tensor(a), ints(shift)
    if axis is not None and len(ints(axis)) != len(
        shift
    ):  # one of them serves for all of the other
        axes = ints(axis)
        shift, axis = (shift * len(axes), axes) if len(shift) == 1 else (shift, axes * len(shift))
    for s, a_ in zip(shift, [None] * len(shift) if axis is None else ints(axis)):
        x = ops.roll(x, s, axis=a_)
    return x


def repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    """NumPy's `repeat`, by `gradx.repeat`."""
    return ops.repeat(tensor(a), repeats, axis=axis)


def tile(A: Any, reps: Any) -> Any:
    """NumPy's `tile`, by `gradx.tile`."""
    return ops.tile(tensor(A), ints(reps))


def resize(a: Any, new_shape: Any) -> Any:
    """NumPy's `resize`: the elements over and over, until the shape is full."""
    x, shape = ops.ravel(tensor(a)), ints(new_shape)
    count = count_of(shape)
    if not x.size:
        return ops.zeros(shape, dtype=x.dtype, device=x.device)
    return ops.reshape(ops.tile(x, -(-count // x.size))[:count], shape)


def pad(
    array: Any, pad_width: Any, mode: Any = "constant", *, constant_values: Any = 0, **options: Any
) -> Any:
    """NumPy's `pad`, by `gradx.pad`: modes "constant", "edge", "reflect", "symmetric" and "wrap"."""
    refuse("pad", **options)
    x = tensor(array)
    if isinstance(pad_width, dict):
        found = {axis_of("pad", axis, x.ndim): width for axis, width in pad_width.items()}
        pad_width = [found.get(axis, 0) for axis in range(x.ndim)]
        pad_width = [(w, w) if isinstance(w, int) else w for w in pad_width]
    if mode != "constant" or not isinstance(constant_values, (tuple, list)):
        return ops.pad(x, pad_width, mode, constant_values=constant_values)
    widths, values = _pairs(pad_width, x.ndim), _pairs(constant_values, x.ndim)
    for axis, (width, value) in enumerate(zip(widths, values)):
        for end in (0, 1):
            here = [(0, 0)] * x.ndim
            here[axis] = (width[0], 0) if end == 0 else (0, width[1])
            x = ops.pad(x, here, constant_values=value[end])
    return x


def _pairs(given: Any, ndim: int) -> list[tuple[Any, Any]]:
    """Return a pair an axis from a number, a pair, or a pair (or number) an axis."""
    given = given.tolist() if hasattr(given, "tolist") else given
    if not isinstance(given, (tuple, list)):
        return [(given, given)] * ndim
    if not isinstance(given[0], (tuple, list)):
        given = [given]
    pairs = [tuple(pair) * (2 if len(pair) == 1 else 1) for pair in given]
    return pairs * ndim if len(pairs) == 1 else pairs


# ---------------------------------------------------------------- joining


def concatenate(
    arrays: Any, /, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: Any = None
) -> Any:
    """NumPy's `concatenate`, by `gradx.concat`."""
    refuse("concatenate", out=out)
    return ops.concat([cast(x, dtype) for x in tensors(arrays)], axis=axis)


concat = concatenate


def stack(
    arrays: Any, axis: int = 0, out: Any = None, *, dtype: Any = None, casting: Any = None
) -> Any:
    """NumPy's `stack`, by `gradx.stack`."""
    refuse("stack", out=out)
    return ops.stack([cast(x, dtype) for x in tensors(arrays)], axis=axis)


def unstack(x: Any, /, *, axis: int = 0) -> tuple[Any, ...]:
    """NumPy's `unstack`, by `gradx.unstack`."""
    return ops.unstack(tensor(x), axis=axis)


def vstack(tup: Any, *, dtype: Any = None, casting: Any = None) -> Any:
    """NumPy's `vstack`, by `gradx.concat`."""
    return concatenate([_atleast(2, x) for x in tup], dtype=dtype)


row_stack = vstack


def hstack(tup: Any, *, dtype: Any = None, casting: Any = None) -> Any:
    """NumPy's `hstack`, by `gradx.concat`."""
    parts = [_atleast(1, x) for x in tup]
    return concatenate(parts, 0 if parts and parts[0].ndim == 1 else 1, dtype=dtype)


def dstack(tup: Any) -> Any:
    """NumPy's `dstack`, by `gradx.concat`."""
    return concatenate([_atleast(3, x) for x in tup], 2)


def column_stack(tup: Any) -> Any:
    """NumPy's `column_stack`, by `gradx.concat`."""
    return concatenate([x if x.ndim > 1 else ops.reshape(x, (-1, 1)) for x in tensors(tup)], 1)


def block(arrays: Any) -> Any:
    """NumPy's `block`: nested lists joined along the last axes."""
    depth, inner = 0, arrays
    while isinstance(inner, list):
        depth, inner = depth + 1, inner[0]
    rank = max(depth, max(x.ndim for x in _leaves(arrays)))
    return _block(arrays, depth, rank)


def _leaves(arrays: Any) -> list[Any]:
    if isinstance(arrays, list):
        return [x for part in arrays for x in _leaves(part)]
    return [tensor(arrays)]


def _block(arrays: Any, depth: int, rank: int) -> Any:
    if not isinstance(arrays, list):
        return ops.atleast_nd(tensor(arrays), ndim=rank)
    return ops.concat([_block(part, depth - 1, rank) for part in arrays], axis=-depth)


def append(arr: Any, values: Any, axis: Any = None) -> Any:
    """NumPy's `append`, by `gradx.concat`."""
    return ops.concat([tensor(arr), tensor(values)], axis=axis)


# ---------------------------------------------------------------- splitting


def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """NumPy's `array_split`: slices of `ary`."""
    x = tensor(ary)
    axis = axis_of("array_split", axis, x.ndim)
    n = x.shape[axis]
    if isinstance(indices_or_sections, int):
        each, more = divmod(n, indices_or_sections)
        sizes = [each + 1] * more + [each] * (indices_or_sections - more)
        ends = [sum(sizes[:i]) for i in range(1, len(sizes))]
    else:
        ends = list(ints(indices_or_sections))
    return [take(x, axis, slice(start, stop)) for start, stop in zip([0, *ends], [*ends, n])]


def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """NumPy's `split`: `array_split` into parts of one size."""
    x = tensor(ary)
    if isinstance(indices_or_sections, int) and x.shape[axis] % indices_or_sections:
        raise ShapeError(
            f"numpy.split: expected a size that {indices_or_sections} divides; got shape {x.shape}. Use array_split"
        )
    return array_split(x, indices_or_sections, axis)


def vsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    """NumPy's `vsplit`: `split` along axis 0."""
    return split(ary, indices_or_sections, 0)


def hsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    """NumPy's `hsplit`: `split` along axis 1, of one dimension along that."""
    return split(ary, indices_or_sections, 1 if tensor(ary).ndim > 1 else 0)


def dsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    """NumPy's `dsplit`: `split` along axis 2."""
    return split(ary, indices_or_sections, 2)


# ---------------------------------------------------------------- insertions


def delete(arr: Any, obj: Any, axis: Any = None) -> Any:
    """NumPy's `delete`, by `gradx.take`."""
    x, axis = flat(arr, axis)
    every = list(range(x.shape[axis]))
    gone = obj.tolist() if hasattr(obj, "tolist") else obj
    if isinstance(gone, slice):
        lost = set(every[gone])
    elif isinstance(gone, list) and gone and isinstance(gone[0], bool):
        lost = {i for i, out in zip(every, gone, strict=True) if out}
    else:
        lost = {axis_of("delete", i, len(every)) for i in ints(gone)}
    return ops.take(
        x,
        [i for i in every if i not in lost] or ops.zeros(0, dtype="int64", device=x.device),
        axis=axis,
    )


def insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    """NumPy's `insert`: new elements before those at `obj`."""
    x, axis = flat(arr, axis)
    v = cast(beside(values, x), x.dtype)
    n = x.shape[axis]
    places = list(range(n))[obj] if isinstance(obj, slice) else list(ints(obj))
    places = [axis_of("insert", i, n + 1) if i >= 0 else i + n for i in places]
    if not (isinstance(obj, slice) or hasattr(obj, "__len__")) or len(places) == 1:
        v = ops.atleast_nd(v, ndim=x.ndim)
        v = ops.moveaxis(v, 0, axis) if not hasattr(obj, "__len__") else v
        places = places * v.shape[axis] if v.shape[axis] > 1 else places
    order = sorted(range(len(places)), key=places.__getitem__)
    target = [0] * len(places)
    for shift, i in enumerate(order):
        target[i] = places[i] + shift
    total = n + len(places)
    kept = [i for i in range(total) if i not in set(target)]
    shape = (*x.shape[:axis], total, *x.shape[axis + 1 :])
    key: Callable[[Any], Any] = partial(_key, axis)
    y = ops.index_set(ops.zeros(shape, dtype=x.dtype, device=x.device), x, key=key(kept))
    return ops.index_set(y, v, key=key(target)) if places else y


def _key(axis: int, places: list[int]) -> tuple[Any, ...]:
    return (*[slice(None)] * axis, places if places else slice(0, 0))


def trim_zeros(filt: Any, trim: str = "fb", axis: Any = None) -> Any:
    """NumPy's `trim_zeros`, of one dimension: without the zeros at its ends."""
    refuse("trim_zeros", axis=axis)
    x = tensor(filt)
    (found,) = ops.nonzero(ops.stop_gradient(x))
    places = found.tolist()
    if not places:
        return x[:0]
    start = places[0] if "f" in trim.lower() else 0
    return x[start : places[-1] + 1 if "b" in trim.lower() else x.shape[0]]


__all__ = ["append", "array_split", "atleast_1d", "atleast_2d", "atleast_3d", "block", "broadcast_arrays",
           "broadcast_to", "column_stack", "concat", "concatenate", "delete", "dsplit", "dstack", "expand_dims",
           "flip", "fliplr", "flipud", "hsplit", "hstack", "insert", "matrix_transpose", "moveaxis", "pad",
           "permute_dims", "ravel", "repeat", "reshape", "resize", "roll", "rollaxis", "rot90", "row_stack",
           "split", "squeeze", "stack", "swapaxes", "tile", "transpose", "trim_zeros", "unstack", "vsplit",
           "vstack"]  # fmt: skip

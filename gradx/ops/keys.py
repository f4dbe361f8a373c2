"""Keys as in `x[key]`: split into what is static and what are arrays, and shown in errors.

- The static part is a tuple of slices, ints, None, Ellipsis and `INDEX`, which stands for the next index array.
- Errors are plain `IndexError`s, which name the operation, the key and the shape.
"""

from __future__ import annotations

from operator import index
from typing import Any

from gradx.backend import INDEX, backend_for_device, backend_of
from gradx.dtypes import dtype_of
from gradx.level import Cell
from gradx.tape import lift

Key = tuple[Any, ...]

_STATIC = frozenset({int, type(None), type(Ellipsis)})
_BOUNDS = frozenset({int, type(None)})


def is_static(part: Any) -> bool:
    """Whether one part of a key goes to the card as it is."""
    kind = part.__class__
    return kind in _STATIC or (
        kind is slice
        and part.start.__class__ in _BOUNDS
        and part.stop.__class__ in _BOUNDS
        and part.step.__class__ in _BOUNDS
    )


def split_key(name: str, key: Any, x: Any) -> tuple[Key, list[Any]]:
    """Split a NumPy-style key of the Tensor `x` into its static part and its index arrays.

    Lists and arrays of integers or booleans, and Python's True and False, become index arrays on the device
    of `x`; NumPy's integers become ints.
    """
    template: list[Any] = []
    indices = []
    for part in key if isinstance(key, tuple) else (key,):
        if is_static(part):
            template.append(part)
        elif type(part) is slice:
            bounds = (part.start, part.stop, part.step)
            template.append(slice(*[None if bound is None else index(bound) for bound in bounds]))
        elif (isinstance(part, int) and not isinstance(part, bool)) or _is_scalar(part):
            template.append(index(part))
        else:
            template.append(INDEX)
            indices.append(index_array(name, part, x))
    return tuple(template), indices


def _is_scalar(part: Any) -> bool:
    """Whether `part` is an integer scalar of a library: of rank 0, and not to be written to."""
    return (
        not isinstance(part, Cell)
        and hasattr(part, "__index__")
        and getattr(part, "shape", None) == ()
        and not hasattr(part, "__setitem__")
        and dtype_of(part.dtype).kind in "iu"
    )


def index_array(name: str, part: Any, x: Any) -> Any:
    """Return part of a key as a Tensor of integers or booleans on the device of `x`."""
    if not isinstance(part, Cell):
        part = _array_like(name, part, x)
    kind = part.dtype.kind
    if kind not in "iub":
        raise IndexError(
            f"{name}: expected an index of integers or booleans; got {part.dtype.name}{list(part.shape)}"
        )
    return part


def _array_like(name: str, part: Any, x: Any) -> Any:
    device = x.device
    backend = backend_for_device(device)
    if isinstance(part, (list, tuple, range, bool, int)):
        plain = _plain(part)
        array = lift(backend.asarray(plain, device=device))
        return array if array.size else lift(backend.asarray(plain, dtype="int64", device=device))
    if not hasattr(part, "dtype"):
        raise IndexError(
            f"{name}: expected slices, integers, None, Ellipsis or arrays of integers or booleans as a key; "
            f"got {part!r}"
        )
    source = backend_of(type(part))
    return lift(
        part if source is backend else backend.asarray(source.to_numpy(part), device=device)
    )


def _plain(part: Any) -> Any:
    """Return nested sequences, of arrays too, as nested lists of Python's numbers."""
    if isinstance(part, (list, tuple, range)):
        return [_plain(each) for each in part]
    return part.tolist() if hasattr(part, "tolist") else part


def show(key: Any) -> str:
    """Return a key as it is written, arrays by dtype and shape."""
    if isinstance(key, tuple):
        return ", ".join(map(show, key)) or "()"
    if isinstance(key, slice):
        bounds = ["" if bound is None else str(bound) for bound in (key.start, key.stop, key.step)]
        return ":".join(bounds if bounds[2] else bounds[:2])
    if hasattr(key, "dtype") and hasattr(key, "shape"):
        return f"{dtype_of(key.dtype).name}{list(key.shape)}"
    return "..." if key is Ellipsis else str(key)


def misfit(name: str, key: Any, x: Any, error: Exception) -> IndexError:
    """Return the error for a key that does not fit `x`, with the backend's reason."""
    text = str(error)
    if text.startswith(name) and "expected" in text:
        return IndexError(text)
    reason = text.partition("): ")[2] or text
    return IndexError(
        f"{name}: expected a key for shape {tuple(x.shape)}; got [{show(key)}]: {reason}"
    )

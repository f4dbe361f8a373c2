"""What `x[key]` and `x[key] = v` mean for a NumPy-style key: it is split (`keys.py`) and goes to the cards.

- What NumPy makes a view is one here (`views.py`).
- An array that was written to stays no one else's, as far as that costs little: the next write happens in place.
"""

from __future__ import annotations

from typing import Any

from gradx.errors import ShapeError
from gradx.level import Family, alias, alone, share
from gradx.ops.indexing import _getitem, _index_set, _overwrite, getitem, writable
from gradx.ops.keys import is_static, misfit, show, split_key
from gradx.shapes import size
from gradx.tape import apply, apply_one, lift


def read(x: Any, key: Any) -> Any:
    """Return `x[key]` for a NumPy-style key.

    What NumPy makes a view is marked as one: not what it reads as a scalar.
    Ints, slices of any step, None, Ellipsis, arrays or lists of integers (negative ones too) or booleans,
    in any mixture. Reading an element several times adds up its cotangents.
    """
    if key.__class__ is not tuple:
        static = is_static(key)
        parts = (key,)
    else:
        static = all(map(is_static, key))
        parts = key
    try:
        if static:
            params = {"key": parts}
            part = apply_one(_getitem, x, params)
            if len(part.data.shape) > part.level.lead or Ellipsis in parts:
                alias(part, x, _getitem, params)
                return released(part, x) if x.family.written else part
            share((part,), x)  # a scalar with NumPy, a view with other libraries
            return released(part, x)
        x = lift(x)
        template, indices = split_key("getitem", key, x)
        return getitem(x, *indices, key=template)
    except IndexError as error:
        raise misfit("getitem", key, x, error) from None


_UNWRITTEN = Family()


def released(part: Any, x: Any) -> Any:
    """Return a part of an array that was written to: a small one in memory of its own.

    What reads a row then has no hold on the whole, and the next write happens in place.
    """
    written = getattr(x, "family", _UNWRITTEN).written
    if written and 4 * size(part.data.shape) <= size(x.data.shape):
        part.level.unshare(part)
    return part


def is_own_part(x: Any, key: Any, values: Any) -> bool:
    """Whether `values` is the view `x[key]`, as after `x[key] += 1`: writing it there changes nothing."""
    lens = getattr(values, "lens", None)
    if lens is None or lens[0] is not x or lens[1] is not _getitem or lens[3]:
        return False
    parts = key if key.__class__ is tuple else (key,)
    return all(map(is_static, parts)) and lens[2]["key"] == parts


def write(x: Any, key: Any, values: Any) -> Any:
    """Return `x` in which `x[key] = values` has happened: a copy, unless nothing else holds its memory.

    Raises
    ------
    IndexError
        Where the key does not fit the shape.
    ShapeError
        Where the values do not broadcast to the place they go to.
    DtypeError
        Where complex values go into a real array: their imaginary part would be lost.
    """
    x = lift(x)
    values = writable("setitem", values, x)
    try:
        template, indices = split_key("setitem", key, x)
        card = _overwrite if alone(x) else _index_set
        return apply(card, (x, values, *indices), {"key": template})
    except IndexError as error:
        raise misfit("setitem", key, x, error) from None
    except ShapeError:
        raise
    except ValueError as error:
        shape = getattr(values, "shape", ())
        raise ShapeError(
            f"setitem: expected values that fit x[{show(key)}] for x of shape {x.shape}; got shape {shape}"
        ) from error


__all__ = ["is_own_part", "read", "released", "write"]

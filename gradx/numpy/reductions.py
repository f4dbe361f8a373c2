"""Sums, products, extrema and running totals under NumPy's names, `where=` and `initial=` included.

- `where` leaves elements out; `initial` joins one in. Ties of extrema share the derivative.
- The `nan` family leaves NaNs out: they have no derivative. Where all are NaN, so is the result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradx import ops
from gradx.numpy.arguments import axes_of, cast, flat, inexact, refuse, tensor


def sum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False,
        initial: Any = None, where: Any = True) -> Any:  # fmt: skip
    """NumPy's `sum`, by `gradx.sum`."""
    refuse("sum", out=out)
    x = tensor(a) if where is True else ops.where(where, a, 0)
    y = ops.sum(x, axis=axis, dtype=dtype, keepdims=keepdims)
    return y if initial is None else y + initial


def prod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False,
         initial: Any = None, where: Any = True) -> Any:  # fmt: skip
    """NumPy's `prod`, by `gradx.prod`."""
    refuse("prod", out=out)
    x = tensor(a) if where is True else ops.where(where, a, 1)
    y = ops.prod(x, axis=axis, dtype=dtype, keepdims=keepdims)
    return y if initial is None else y * initial


def _extremum(
    name: str, reduce: Callable[..., Any], join: Callable[..., Any]
) -> Callable[..., Any]:
    def extremum(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, initial: Any = None,
                 where: Any = True, dtype: Any = None) -> Any:  # fmt: skip
        refuse(name, out=out)
        x = cast(tensor(a), dtype)
        if where is not True:
            if initial is None:
                raise ValueError(
                    f"numpy.{name}: expected initial= beside where=, for what is left out"
                )
            x = ops.where(where, x, initial)
        axes = axes_of(name, axis, x.ndim)
        if initial is None:
            return reduce(x, axis=axes, keepdims=keepdims)
        if not x.size:
            rest = [1 if i in axes else n for i, n in enumerate(x.shape)]
            y = ops.sum(x, axis=axes, keepdims=True)  # nothing, or zeros
            y = ops.broadcast_to(cast(tensor(initial), y.dtype), tuple(rest)) if y.size else y
        else:
            y = join(reduce(x, axis=axes, keepdims=True), initial)
        return y if keepdims else ops.squeeze(y, axis=axes)

    extremum.__name__ = extremum.__qualname__ = name
    extremum.__doc__ = f"NumPy's `{name}`, by `gradx.{reduce.__name__}`."
    return extremum


max = _extremum("max", ops.max, ops.maximum)
min = _extremum("min", ops.min, ops.minimum)
amax, amin = max, min


def any(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, *, where: Any = True,
        initial: Any = None, dtype: Any = None) -> Any:  # fmt: skip
    """NumPy's `any`, by `gradx.any`."""
    refuse("any", out=out, initial=initial)
    x = tensor(a) if where is True else ops.logical_and(where, tensor(a) != 0)
    return ops.any(x, axis=axis, keepdims=keepdims)


def all(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, *, where: Any = True,
        initial: Any = None, dtype: Any = None) -> Any:  # fmt: skip
    """NumPy's `all`, by `gradx.all`."""
    refuse("all", out=out, initial=initial)
    x = tensor(a) if where is True else ops.logical_or(ops.logical_not(where), tensor(a) != 0)
    return ops.all(x, axis=axis, keepdims=keepdims)


def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    """NumPy's `ptp`, by `gradx.max` and `gradx.min`."""
    refuse("ptp", out=out)
    x = tensor(a)
    return ops.max(x, axis=axis, keepdims=keepdims) - ops.min(x, axis=axis, keepdims=keepdims)


def count_nonzero(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """NumPy's `count_nonzero`, by `gradx.count_nonzero`."""
    return ops.count_nonzero(tensor(a), axis=axis, keepdims=keepdims)


def argmax(a: Any, axis: Any = None, out: Any = None, *, keepdims: bool = False) -> Any:
    """NumPy's `argmax`, by `gradx.argmax`."""
    refuse("argmax", out=out)
    return ops.argmax(tensor(a), axis=axis, keepdims=keepdims)


def argmin(a: Any, axis: Any = None, out: Any = None, *, keepdims: bool = False) -> Any:
    """NumPy's `argmin`, by `gradx.argmin`."""
    refuse("argmin", out=out)
    return ops.argmin(tensor(a), axis=axis, keepdims=keepdims)


# ---------------------------------------------------------------- running totals


def cumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """NumPy's `cumsum`, by `gradx.cumulative_sum`."""
    refuse("cumsum", out=out)
    x, axis = flat(a, axis)
    return ops.cumulative_sum(x, axis=axis, dtype=dtype)


def cumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """NumPy's `cumprod`, by `gradx.cumulative_prod`."""
    refuse("cumprod", out=out)
    x, axis = flat(a, axis)
    return ops.cumulative_prod(x, axis=axis, dtype=dtype)


def cumulative_sum(x: Any, /, *, axis: Any = None, dtype: Any = None, out: Any = None,
                   include_initial: bool = False) -> Any:  # fmt: skip
    """NumPy's `cumulative_sum`, by `gradx.cumulative_sum`."""
    refuse("cumulative_sum", out=out)
    return ops.cumulative_sum(tensor(x), axis=axis, dtype=dtype, include_initial=include_initial)


def cumulative_prod(x: Any, /, *, axis: Any = None, dtype: Any = None, out: Any = None,
                    include_initial: bool = False) -> Any:  # fmt: skip
    """NumPy's `cumulative_prod`, by `gradx.cumulative_prod`."""
    refuse("cumulative_prod", out=out)
    return ops.cumulative_prod(tensor(x), axis=axis, dtype=dtype, include_initial=include_initial)


# ---------------------------------------------------------------- without NaNs


def filled(a: Any, value: Any) -> Any:
    """Return `a` with `value` in place of NaN."""
    x = tensor(a)
    return ops.where(ops.isnan(x), value, x) if x.dtype.kind in "fc" else x


def nansum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False,
           initial: Any = None, where: Any = True) -> Any:  # fmt: skip
    """NumPy's `nansum`, by `gradx.sum`."""
    return sum(filled(a, 0), axis, dtype, out, keepdims, initial, where)


def nanprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False,
            initial: Any = None, where: Any = True) -> Any:  # fmt: skip
    """NumPy's `nanprod`, by `gradx.prod`."""
    return prod(filled(a, 1), axis, dtype, out, keepdims, initial, where)


def nancumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """NumPy's `nancumsum`, by `gradx.cumulative_sum`."""
    return cumsum(filled(a, 0), axis, dtype, out)


def nancumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """NumPy's `nancumprod`, by `gradx.cumulative_prod`."""
    return cumprod(filled(a, 1), axis, dtype, out)


def _nan_extremum(
    reduce: Callable[..., Any], a: Any, lost: float, axis: Any, keepdims: bool
) -> Any:
    x = tensor(a)
    if x.dtype.kind != "f":
        return reduce(x, axis=axis, keepdims=keepdims)
    y = reduce(filled(x, lost), axis=axis, keepdims=keepdims)
    return ops.where(ops.all(ops.isnan(x), axis=axis, keepdims=keepdims), float("nan"), y)


def nanmax(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, initial: Any = None,
           where: Any = True) -> Any:  # fmt: skip
    """NumPy's `nanmax`, by `gradx.max`."""
    refuse("nanmax", out=out, initial=initial, where=where)
    return _nan_extremum(ops.max, a, float("-inf"), axis, keepdims)


def nanmin(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, initial: Any = None,
           where: Any = True) -> Any:  # fmt: skip
    """NumPy's `nanmin`, by `gradx.min`."""
    refuse("nanmin", out=out, initial=initial, where=where)
    return _nan_extremum(ops.min, a, float("inf"), axis, keepdims)


def nanargmax(a: Any, axis: Any = None, out: Any = None, *, keepdims: bool = False) -> Any:
    """NumPy's `nanargmax`, by `gradx.argmax`."""
    return argmax(filled(a, float("-inf")), axis, out, keepdims=keepdims)


def nanargmin(a: Any, axis: Any = None, out: Any = None, *, keepdims: bool = False) -> Any:
    """NumPy's `nanargmin`, by `gradx.argmin`."""
    return argmin(filled(a, float("inf")), axis, out, keepdims=keepdims)


def counted(a: Any, axis: Any, keepdims: bool) -> Any:
    """Return how many elements over `axis` are no NaN."""
    x = inexact(a)
    return ops.sum(
        ops.astype(ops.logical_not(ops.isnan(x)), "float64"), axis=axis, keepdims=keepdims
    )


__all__ = ["all", "amax", "amin", "any", "argmax", "argmin", "count_nonzero", "cumprod", "cumsum",
           "cumulative_prod", "cumulative_sum", "max", "min", "nanargmax", "nanargmin", "nancumprod", "nancumsum",
           "nanmax", "nanmin", "nanprod", "nansum", "prod", "ptp", "sum"]  # fmt: skip

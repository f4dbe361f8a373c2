"""Means, spreads, quantiles and correlations under NumPy's names; `ddof` is gradx's `correction`.

- The `nan` family leaves NaNs out: they have no derivative. Where all are NaN, so is the result.
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.numpy import reductions
from gradx.numpy.arguments import axes_of, beside, cast, flat, inexact, integers, refuse, tensor
from gradx.shapes import size


def mean(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, *,
         where: Any = True) -> Any:  # fmt: skip
    """NumPy's `mean`, by `gradx.mean`."""
    refuse("mean", out=out)
    x = cast(inexact(a), dtype)
    if where is True:
        return ops.mean(x, axis=axis, keepdims=keepdims)
    mask, x = ops.broadcast_arrays(tensor(where), x)
    count = ops.sum(ops.astype(mask, "float64"), axis=axis, keepdims=keepdims)
    return ops.sum(ops.where(mask, x, 0), axis=axis, keepdims=keepdims) / ops.astype(
        count, _real(x)
    )


def _real(x: Any) -> str:
    return {"complex64": "float32", "complex128": "float64"}.get(x.dtype.name, x.dtype.name)


def var(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: bool = False, *,
        where: Any = True, mean: Any = None, correction: Any = None) -> Any:  # fmt: skip
    """NumPy's `var`, by `gradx.var`."""
    refuse("var", out=out, where=where, mean=mean)
    ddof = ddof if correction is None else correction
    x = cast(inexact(a), dtype)
    if x.dtype.kind == "c":
        return ops.var(ops.real(x), axis=axis, correction=ddof, keepdims=keepdims) + ops.var(
            ops.imag(x), axis=axis, correction=ddof, keepdims=keepdims
        )
    return ops.var(x, axis=axis, correction=ddof, keepdims=keepdims)


def std(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: bool = False, *,
        where: Any = True, mean: Any = None, correction: Any = None) -> Any:  # fmt: skip
    """NumPy's `std`, by `gradx.std`."""
    refuse("std", out=out, where=where, mean=mean)
    x = cast(inexact(a), dtype)
    ddof = ddof if correction is None else correction
    if x.dtype.kind == "c":  # a norm, whose derivative at 0 is 0
        axes = axes_of("std", axis, x.ndim)
        rest = x - ops.mean(x, axis=axes, keepdims=True)
        count = size(tuple([x.shape[i] for i in axes])) - ddof
        return ops.linalg.vector_norm(rest, axis=axes, keepdims=keepdims) / max(count, 0) ** 0.5
    return ops.std(x, axis=axis, correction=ddof, keepdims=keepdims)


def average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False
) -> Any:
    """NumPy's `average`, by `gradx.average`."""
    x = inexact(a)
    w = None if weights is None else tensor(weights)
    y = ops.average(x, axis=axis, weights=w, keepdims=keepdims)
    if not returned:
        return y
    w = ops.ones_like(x) if w is None else w
    if w.shape != x.shape:
        w = ops.reshape(
            w,
            tuple(
                [n if i in axes_of("average", axis, x.ndim) else 1 for i, n in enumerate(x.shape)]
            ),
        )
    return y, ops.sum(ops.broadcast_to(w, x.shape), axis=axis, keepdims=keepdims)


def median(
    a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False
) -> Any:
    """NumPy's `median`, by `gradx.median`."""
    refuse("median", out=out)
    return ops.median(inexact(a), axis=axis, keepdims=keepdims)


def quantile(a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, method: str = "linear",
             keepdims: bool = False, *, weights: Any = None) -> Any:  # fmt: skip
    """NumPy's `quantile`, by `gradx.quantile`."""
    refuse("quantile", out=out, weights=weights)
    return ops.quantile(inexact(a), q, axis=axis, method=method, keepdims=keepdims)


def percentile(a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False,
               method: str = "linear", keepdims: bool = False, *, weights: Any = None) -> Any:  # fmt: skip
    """NumPy's `percentile`, by `gradx.quantile`."""
    refuse("percentile", out=out, weights=weights)
    return quantile(a, _hundredths(q), axis, method=method, keepdims=keepdims)


def _hundredths(q: Any) -> Any:
    if isinstance(q, (list, tuple)):
        return [_hundredths(part) for part in q]
    return q / 100 if isinstance(q, (int, float)) else inexact(q) / 100


def cov(m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None, fweights: Any = None,
        aweights: Any = None, *, dtype: Any = None) -> Any:  # fmt: skip
    """NumPy's `cov`, by `gradx.matmul`; differentiable in the samples and in `aweights`."""
    x = _rows(m, rowvar)
    x = cast(x if y is None else ops.concat([x, _rows(y, rowvar)]), dtype)
    ddof = (0 if bias else 1) if ddof is None else ddof
    w = None
    for given in (fweights, aweights):
        if given is not None:
            w = inexact(given) if w is None else w * inexact(given)
    if w is None:
        total, centred = x.shape[1], x - ops.mean(x, axis=1, keepdims=True)
        weighted = centred
    else:
        total = ops.sum(w)
        centred = x - ops.sum(x * w, axis=1, keepdims=True) / total
        weighted = centred * w
    if aweights is not None and ddof:
        ddof = ddof * ops.sum(w * inexact(aweights)) / total
    product = ops.matmul(weighted, ops.matrix_transpose(ops.conj(centred))) / (total - ddof)
    return ops.reshape(product, ()) if product.size == 1 else product


def _rows(m: Any, rowvar: bool) -> Any:
    x = inexact(m)
    x = ops.atleast_nd(x, ndim=2)
    return x if rowvar or x.shape[0] == 1 else ops.matrix_transpose(x)


def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    """NumPy's `corrcoef`, by `cov`."""
    c = cov(x, y, rowvar, dtype=dtype)
    if not c.ndim:
        return c / c
    d = ops.sqrt(ops.real(ops.linalg.diagonal(c)))
    return c / d[:, None] / d[None, :]


# ---------------------------------------------------------------- without NaNs


def nanmean(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, *,
            where: Any = True) -> Any:  # fmt: skip
    """NumPy's `nanmean`, by `gradx.sum`."""
    refuse("nanmean", out=out, where=where)
    x = cast(inexact(a), dtype)
    total = ops.sum(reductions.filled(x, 0), axis=axis, keepdims=keepdims)
    return total / ops.astype(reductions.counted(x, axis, keepdims), _real(x))


def nanvar(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: bool = False, *,
           where: Any = True, mean: Any = None, correction: Any = None) -> Any:  # fmt: skip
    """NumPy's `nanvar`, by `gradx.sum`."""
    refuse("nanvar", out=out, where=where, mean=mean)
    ddof = ddof if correction is None else correction
    x = cast(inexact(a), dtype)
    off = ops.where(ops.isnan(x), 0, x - nanmean(x, axis, keepdims=True))
    squares = ops.sum(ops.real(off * ops.conj(off)), axis=axis, keepdims=keepdims)
    count = reductions.counted(x, axis, keepdims) - ddof
    return squares / ops.astype(ops.where(count > 0, count, float("nan")), squares.dtype)


def nanstd(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: bool = False, *,
           where: Any = True, mean: Any = None, correction: Any = None) -> Any:  # fmt: skip
    """NumPy's `nanstd`, the root of `nanvar`; 0 has derivative 0 here, as that of `std` has."""
    v = nanvar(a, axis, dtype, out, ddof, keepdims, where=where, mean=mean, correction=correction)
    return ops.where(v == 0, 0, ops.sqrt(v))


def nanquantile(a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False,
                method: str = "linear", keepdims: bool = False, *, weights: Any = None) -> Any:  # fmt: skip
    """NumPy's `nanquantile` by the linear method, by `gradx.sort` and `gradx.take_along_axis`."""
    refuse("nanquantile", out=out, weights=weights, method=None if method == "linear" else method)
    x = inexact(a)
    axes = axes_of("nanquantile", axis, x.ndim)
    rest = [i for i in range(x.ndim) if i not in axes]
    rows = ops.permute_dims(x, (*rest, *axes))
    rows = ops.reshape(rows, (*[x.shape[i] for i in rest], size(tuple([x.shape[i] for i in axes]))))
    count = reductions.counted(ops.stop_gradient(rows), -1, True)
    ordered = ops.sort(ops.where(ops.isnan(rows), float("inf"), rows), axis=-1)
    ordered = ops.where(ops.arange(rows.shape[-1], device=x.device) < count, ordered, float("nan"))
    levels = inexact(beside(q, x))
    found = [_between(ordered, count, level) for level in ops.unstack(ops.ravel(levels))]
    y = ops.reshape(ops.stack(found), levels.shape + found[0].shape)
    if keepdims:
        kept = tuple([1 if i in axes else n for i, n in enumerate(x.shape)])
        return ops.reshape(y, levels.shape + kept)
    return y


def _between(ordered: Any, count: Any, level: Any) -> Any:
    """Return the quantile of each row of which the first `count` elements count."""
    place = level * ops.where(count > 0, count - 1, 0)
    below = ops.floor(ops.stop_gradient(place))
    above = ops.minimum(below + 1, ops.where(count > 0, count - 1, 0))
    low = ops.take_along_axis(ordered, ops.astype(below, "int64"), axis=-1)
    high = ops.take_along_axis(ordered, ops.astype(above, "int64"), axis=-1)
    return (low + (high - low) * ops.astype(place - below, ordered.dtype))[..., 0]


def nanpercentile(a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False,
                  method: str = "linear", keepdims: bool = False, *, weights: Any = None) -> Any:  # fmt: skip
    """NumPy's `nanpercentile`, by `nanquantile`."""
    refuse("nanpercentile", out=out, weights=weights)
    return nanquantile(a, _hundredths(q), axis, method=method, keepdims=keepdims)


def nanmedian(
    a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False
) -> Any:
    """NumPy's `nanmedian`, by `nanquantile`."""
    refuse("nanmedian", out=out)
    return nanquantile(a, 0.5, axis, keepdims=keepdims)


# ---------------------------------------------------------------- counts


def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    """NumPy's `bincount`, by `gradx.index_add`; differentiable in `weights`."""
    places = tensor(x)
    count = max(minlength, int(ops.max(places)) + 1 if places.size else 0)
    if places.size and int(ops.min(places)) < 0:
        raise ValueError("numpy.bincount: expected no negative integers")
    if weights is None:
        return ops.index_add(integers([0] * count, places), 1, key=(places,))
    w = inexact(weights)
    return ops.index_add(ops.zeros(count, dtype=w.dtype, device=w.device), w, key=(places,))


def digitize(x: Any, bins: Any, right: bool = False) -> Any:
    """NumPy's `digitize`, by `gradx.searchsorted`."""
    edges, _ = flat(bins, None)
    x = tensor(x)
    if edges.shape[0] > 1 and bool(edges[0] > edges[-1]):
        other = ops.searchsorted(ops.flip(edges), x, side="right" if right else "left")
        return edges.shape[0] - other
    return ops.searchsorted(edges, x, side="left" if right else "right")


__all__ = ["average", "bincount", "corrcoef", "cov", "digitize", "mean", "median", "nanmean", "nanmedian",
           "nanpercentile", "nanquantile", "nanstd", "nanvar", "percentile", "quantile", "std", "var"]  # fmt: skip

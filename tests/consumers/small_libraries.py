"""array-api-extra, array-api-compat, einops and opt_einsum's kind: small libraries over the standard."""

from __future__ import annotations

from typing import Any

import array_api_compat
import array_api_extra as xpx
import einops
import numpy as np
from einops import array_api as ein

from tests.consumers.table import (
    CONVERTS,
    Rows,
    complex_numbers,
    like,
    namespace,
    numbers,
    positive,
)

_xpx, _einops, _compat = Rows("array_api_extra"), Rows("einops.array_api"), Rows("array_api_compat")
_plain = Rows("einops")
_X, _Y, _M, _N = (
    numbers(6, seed=1),
    numbers(6, seed=2),
    numbers(3, 4, seed=3),
    numbers(2, 3, seed=4),
)
_HOLES = np.asarray([0.4, np.nan, -1.2, 0.9])

_xpx.add(
    "apply_where",
    lambda x: xpx.apply_where(x > 0, (x,), lambda a: namespace(a).log(a), lambda a: a * a),
    _X,
)
_xpx.add(
    "apply_where(fill_value=)",
    lambda x: xpx.apply_where(x > 0, (x,), lambda a: namespace(a).sqrt(a), fill_value=0.0),
    _X,
)
_xpx.add("at.set", lambda x, y: xpx.at(x, slice(1, 3)).set(y[:2]), _X, _Y)
_xpx.add("at.add", lambda x, y: xpx.at(x)[1:3].add(y[:2]), _X, _Y)
_xpx.add("at.subtract", lambda x, y: xpx.at(x)[1:3].subtract(y[:2]), _X, _Y)
_xpx.add("at.multiply", lambda x, y: xpx.at(x)[1:3].multiply(y[:2]), _X, _Y)
_xpx.add("at.divide", lambda x, y: xpx.at(x)[1:3].divide(y[:2] + 3.0), _X, _Y)
_xpx.add("at.power", lambda x: xpx.at(x)[1:3].power(2.0), _X)
_xpx.add("at.min", lambda x, y: xpx.at(x)[1:3].min(y[:2]), _X, _Y)
_xpx.add("at.max", lambda x, y: xpx.at(x)[1:3].max(y[:2]), _X, _Y)
_xpx.add("at[mask].set", lambda x: xpx.at(x, x > 0).set(0.0), _X)
_xpx.add("atleast_nd", lambda x: xpx.atleast_nd(x, ndim=3), _X)
_xpx.add("cov", xpx.cov, _M)
_xpx.add("create_diagonal", lambda x: xpx.create_diagonal(x, offset=1), _X)
_xpx.add("expand_dims", lambda x: xpx.expand_dims(x, axis=(0, 2)), _M)
_xpx.add("kron", xpx.kron, _N, _M)
_xpx.add("pad", lambda x: xpx.pad(x, (1, 2), constant_values=0.5), _M)
_xpx.add("sinc", xpx.sinc, _X)
_xpx.add("deg2rad", xpx.deg2rad, _X)
_xpx.add("rad2deg", xpx.rad2deg, _X)
_xpx.add("angle", xpx.angle, complex_numbers(5))
_xpx.add("nan_to_num", lambda x: xpx.nan_to_num(x * 1.0), _X)
_xpx.add("nanmax", lambda x: xpx.nanmax(x * like(x, _HOLES)), positive(4))
_xpx.add("nanmin", lambda x: xpx.nanmin(x * like(x, _HOLES)), positive(4))
_xpx.add("nanmean", lambda x: xpx.nanmean(x * like(x, _HOLES)), positive(4))
_xpx.add("nansum", lambda x: xpx.nansum(x * like(x, _HOLES)), positive(4))
_xpx.add("partition", lambda x: xpx.partition(x, 2), _X)
_xpx.add("argpartition", lambda x: namespace(x).take(x, xpx.argpartition(x, 2)) * 1.0, _X)
_xpx.add("union1d", xpx.union1d, _X, _Y)
_xpx.add("setdiff1d", xpx.setdiff1d, _X, _Y)
_xpx.add(
    "one_hot",
    lambda x: x * namespace(x).astype(xpx.one_hot(like(x, np.asarray([2, 0])), 6)[0], x.dtype),
    _X,
)
_xpx.add("searchsorted", lambda x: x[xpx.searchsorted(like(x, np.linspace(-2, 2, 5)), x)], _X)
_xpx.add("isclose", lambda x, y: namespace(x).where(xpx.isclose(x, y, atol=0.7), x, y), _X, _Y)
_xpx.add("isin", lambda x: namespace(x).where(xpx.isin(x, x[:2]), x, x * 3.0), _X)
_xpx.add("tril_indices", lambda x: x[xpx.tril_indices(3, xp=namespace(x))], _M)
_xpx.add("diag_indices", lambda x: x[xpx.diag_indices(3, xp=namespace(x))], _M)
_xpx.add("unravel_index", lambda x: x[xpx.unravel_index(like(x, np.asarray([5, 7])), (3, 4))], _M)
_xpx.add("lazy_apply", lambda x: xpx.lazy_apply(lambda a: np.sin(a), x, as_numpy=True), _X)

_einops.add("rearrange", lambda x: ein.rearrange(x, "a (b c) -> c b a", b=2), _M)
_einops.add("rearrange(merge)", lambda x: ein.rearrange(x, "a b -> (b a)"), _M)
_einops.add("repeat", lambda x: ein.repeat(x, "a b -> (a k) b", k=3), _M)
_einops.add("repeat(new axis)", lambda x: ein.repeat(x, "a b -> k b a", k=2), _M)
for _name in ["sum", "mean", "max", "min", "prod"]:
    _einops.add(
        f"reduce({_name})", lambda x, how=_name: ein.reduce(x, "a (b c) -> a c", how, b=2), _M
    )
_einops.add("reduce(all axes)", lambda x: ein.reduce(x, "a b ->", "sum"), _M)
_einops.add("pack", lambda x, y: ein.pack([x, y], "* b")[0], _M, numbers(4))
_einops.add(
    "unpack", lambda x: ein.unpack(x, [(1,), (2,)], "a *") if x.shape[1] == 3 else x, numbers(4, 3)
)
_einops.add("asnumpy", ein.asnumpy, _M)
_plain.add("rearrange", lambda x: einops.rearrange(x, "a b -> b a"), _M)
_plain.add("einsum", lambda x, y: einops.einsum(x, y, "a b, c a -> c b"), _M, _N)

_compat.add("array_namespace", lambda x: array_api_compat.array_namespace(x).sin(x), _X)
_compat.add(
    "to_device", lambda x: array_api_compat.to_device(x, array_api_compat.device(x)) * 2.0, _X
)
_compat.add("size", lambda x: x / array_api_compat.size(x), _X)

_xpx.ends(
    "ConversionError",
    CONVERTS,
    "lazy_apply",
)
_einops.ends(
    "BufferError",
    "means to leave for NumPy",
    "asnumpy",
)
_plain.ends(
    "RuntimeError",
    "einops knows gradx only by `einops.array_api`",
    "rearrange",
    "einsum",
)

ROWS: list[Any] = [*_xpx.found, *_einops.found, *_plain.found, *_compat.found]

__all__ = ["ROWS"]

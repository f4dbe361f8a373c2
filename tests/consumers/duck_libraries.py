"""`xarray`, `marray`, `opt_einsum`, `autoray` and `pint`: libraries that hold or route arrays of any kind."""

from __future__ import annotations

from typing import Any

import autoray
import marray
import numpy as np
import opt_einsum
import pint
import xarray as xr

from tests.consumers.table import Rows, namespace, numbers, positive

_xarray, _marray = Rows("xarray"), Rows("marray")
_einsum, _autoray, _pint = Rows("opt_einsum"), Rows("autoray"), Rows("pint")
_M, _P, _S = numbers(3, 4, seed=1), positive(3, 4, seed=2), positive(3, 3, seed=3)
_MASK = np.asarray([[True, False, False, False], [False, False, True, False], [False] * 4])
_UNITS: Any = pint.UnitRegistry()


def _array(x: Any) -> Any:
    return xr.DataArray(x, dims=("a", "b"))


def _spaced(x: Any) -> Any:
    return _array(x).assign_coords(a=[0.0, 0.5, 2.0])


_xarray.add("arithmetic", lambda x, y: (_array(x) * _array(y).isel(a=0) + 1.0).data, _M, _P)
for _name in ("sum", "mean", "std", "var", "max", "min", "prod", "median", "cumsum", "cumprod"):
    _xarray.add(_name, lambda x, name=_name: getattr(_array(x), name)("a").data, _P)
_xarray.add("isel", lambda x: _array(x).isel(a=[0, 2, 2], b=slice(1, None)).data, _M)
_xarray.add("where", lambda x: _array(x).where(_array(x) > 0.2, 0.0).data, _M)
_xarray.add("concat", lambda x, y: xr.concat([_array(x), _array(y)], "a").data, _M, _P)
_xarray.add("diff", lambda x: _array(x).diff("a").data, _M)
_xarray.add("shift", lambda x: _array(x).shift(a=1, fill_value=0.0).data, _M)
_xarray.add("roll", lambda x: _array(x).roll(a=1).data, _M)
_xarray.add("pad", lambda x: _array(x).pad(a=1, constant_values=0.0).data, _M)
_xarray.add("dot", lambda x, y: xr.dot(_array(x), _array(y), dim="a").data, _M, _P)
_xarray.add("clip", lambda x: _array(x).clip(-0.5, 0.5).data, _M)
_xarray.add("ufuncs.sin", lambda x: xr.ufuncs.sin(_array(x)).data, _M)
_xarray.add("apply_ufunc", lambda x: xr.apply_ufunc(namespace(x).exp, _array(x)).data, _M)
_xarray.add("stack", lambda x: _array(x).stack(z=("a", "b")).data, _M)
_xarray.add("quantile", lambda x: _array(x).quantile(0.3, "a").data, _M)
_xarray.add("fillna", lambda x: _array(x).fillna(0.0).data, _M)
_xarray.add("integrate", lambda x: _spaced(x).integrate("a").data, _M)
_xarray.add("groupby.mean", lambda x: _spaced(x).groupby("a").mean().data, _M)
_xarray.add("coarsen.mean", lambda x: _array(x).coarsen(b=2).mean().data, _M)
_xarray.add("Dataset.mean", lambda x: xr.Dataset({"u": _array(x)}).mean("a")["u"].data, _M)
_xarray.add("differentiate", lambda x: _spaced(x).differentiate("a").data, _M)
_xarray.add("rolling.sum", lambda x: _array(x).rolling(a=2).sum().data[1:], _M)
_xarray.add("interp", lambda x: _spaced(x).interp(a=[0.3]).data, _M)
_xarray.add("polyfit", lambda x: _spaced(x).polyfit("a", 1).polyfit_coefficients.data, _M)
_xarray.ends(
    "AttributeError",
    "asks the namespace for NumPy's function, which the standard lacks",
    "differentiate",
    "rolling.sum",
)
_xarray.ends("AttributeError|GraphError", "copies its coordinates deeply, and the array", "interp")
_xarray.ends("TypeError", "calls `any(out=)`: written for NumPy", "polyfit")


def _masked(x: Any) -> Any:
    xp = marray.masked_namespace(namespace(x))
    return xp, xp.asarray(x, mask=namespace(x).asarray(_MASK))


def _of_masked(name: str, **options: Any) -> Any:
    def call(x: Any) -> Any:
        xp, a = _masked(x)
        return getattr(xp, name)(a, **options).data

    return call


def _product(x: Any) -> Any:
    xp, a = _masked(x)
    return xp.matmul(a, xp.matrix_transpose(a)).data


for _name in ("sum", "mean", "std", "max", "prod"):
    _marray.add(_name, _of_masked(_name, axis=0), _P)
_marray.add("sin", lambda x: _masked(x)[0].sum(_masked(x)[0].sin(_masked(x)[1])).data, _P)
_marray.add("matmul", _product, _P)

_einsum.add(
    "contract", lambda x, y: opt_einsum.contract("ij,kj,kl->il", x, y, y, backend="auto"), _M, _P
)
_einsum.add(
    "contract_expression",
    lambda x, y: opt_einsum.contract_expression("ij,ij->j", (3, 4), (3, 4))(x, y),
    _M,
    _P,
)

for _name in ("exp", "sqrt", "tanh", "cumsum"):
    _autoray.add(f"do({_name})", lambda x, name=_name: autoray.do(name, x), _P[0])
_autoray.add("do(einsum)", lambda x, y: autoray.do("einsum", "ij,ij->i", x, y), _M, _P)
_autoray.add("do(linalg.svd)", lambda x: autoray.do("linalg.svd", x)[1], _S)
_autoray.add("do(linalg.qr)", lambda x: autoray.do("linalg.qr", x)[1], _S)
_autoray.add("do(stack)", lambda x, y: autoray.do("stack", (x, y)), _M, _P)
_autoray.add("do(concatenate)", lambda x, y: autoray.do("concatenate", (x, y)), _M, _P)
_autoray.add("autojit", autoray.autojit(lambda x: autoray.do("sin", x) * x), _M)
_autoray.ends(
    "ImportError",
    "looks for NumPy's name in gradx; the standard's, `do('concat')`, is found",
    "do(concatenate)",
    "do(cumsum)",
)

_pint.add("arithmetic", lambda x, y: (_UNITS.Quantity(x, "m") * y).to("cm").magnitude, _M, _P)
_pint.add("numpy.sin", lambda x: np.sin(_UNITS.Quantity(x, "degree")).magnitude, _M)
_pint.add("numpy.sum", lambda x: _UNITS.Quantity(x, "m").sum(axis=0).magnitude, _M)


ROWS: list[Any] = [
    row for rows in (_xarray, _marray, _einsum, _autoray, _pint) for row in rows.found
]

__all__ = ["ROWS"]

"""`gradx.scipy.interpolate`, splines against SciPy's own: in knots, values and places."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.consumers.table import Mirror, Rows, complex_numbers, like, numbers, unit

_rows = Rows("gradx.scipy.interpolate")
_ours = Mirror("interpolate")

_X = np.asarray([0.0, 0.13, 0.3, 0.46, 0.55, 0.82, 1.0])
_Y, _W = numbers(7, seed=1), numbers(7, 2, seed=2)
_I = np.asarray([0.05, 0.31, 0.6, 0.95])
_BEYOND = np.asarray([-0.2, 0.4, 1.3])

# ---------------------------------------------------------------- piecewise polynomials

for _name in ["CubicSpline", "PchipInterpolator", "Akima1DInterpolator", "make_interp_spline"]:
    _make = getattr(_ours, _name)
    _rows.add(_name, lambda x, y, at, f=_make: f(x, y)(at), _X, _Y, _I)
    _rows.add(
        f"{_name}(axis=1, nu=)",
        lambda y, at, f=_make: f(like(y, _X), y.T, axis=1)(at, 1),
        _W,
        _I,
    )
    _rows.add(
        f"{_name}(two)" if _name != "make_interp_spline" else f"{_name}(k=1)",
        lambda x, y, f=_make, k={"k": 1} if _name == "make_interp_spline" else {}: f(x, y, **k)(
            like(y, [0.05])
        ),
        _X[:2],
        _Y[:2],
    )
_rows.add(
    "PchipInterpolator(monotone)",
    lambda x, y, at: _ours.PchipInterpolator(x, y)(at),
    _X,
    np.cumsum(unit(7)),
    _I,
)
_rows.add(
    "Akima1DInterpolator(makima)",
    lambda x, y, at: _ours.Akima1DInterpolator(x, y, method="makima", extrapolate=True)(at),
    _X,
    _Y,
    _BEYOND,
)
_rows.add(
    "CubicHermiteSpline",
    lambda x, y, d, at: _ours.CubicHermiteSpline(x, y, d)(at),
    _X,
    _Y,
    numbers(7, seed=5),
    _I,
)
for _bc in ["natural", "clamped", "not-a-knot"]:
    _rows.add(
        f"CubicSpline({_bc})",
        lambda x, y, at, bc=_bc: _ours.CubicSpline(x, y, bc_type=bc)(at),
        _X,
        _Y,
        _BEYOND,
    )


def _closed(y: Any) -> Any:
    """Give values with the first one at the end once more."""
    xp = y.__array_namespace__()
    return xp.concat([y, y[:1]])


_rows.add(
    "CubicSpline(periodic)",
    lambda x, y, at: _ours.CubicSpline(x, _closed(y), bc_type="periodic")(at),
    _X,
    _Y[:6],
    _BEYOND,
)
_rows.add(
    "CubicSpline(bc_type=)",
    lambda x, y, s, at: _ours.CubicSpline(x, y, bc_type=((1, s[0]), (2, s[1])))(at),
    _X,
    _Y,
    numbers(2),
    _I,
)
_rows.add("CubicSpline(three)", lambda x, y, at: _ours.CubicSpline(x, y)(at), _X[:3], _Y[:3], _I)
_rows.add(
    "CubicSpline(complex)",
    lambda y, at: _ours.CubicSpline(like(at, _X), y)(at),
    complex_numbers(7),
    _I,
)
_rows.add(
    "CubicSpline.derivative",
    lambda x, y, at: _ours.CubicSpline(x, y).derivative(2)(at),
    _X,
    _Y,
    _I,
    rtol=1e-5,
)
_rows.add(
    "CubicSpline.antiderivative",
    lambda x, y, at: _ours.CubicSpline(x, y).antiderivative(2)(at),
    _X,
    _Y,
    _I,
)
_rows.add(
    "CubicSpline.integrate",
    lambda x, y, at: _ours.CubicSpline(x, y).integrate(at[0], at[3]),
    _X,
    _W,
    _I,
)
_rows.add(
    "CubicSpline.integrate(periodic)",
    lambda x, y, at: _ours.CubicSpline(x, _closed(y), bc_type="periodic").integrate(at[0], at[2]),
    _X,
    _Y[:6],
    _BEYOND,
)
_rows.add(
    "PPoly",
    lambda c, x, at: _ours.PPoly(c, x)(at),
    numbers(3, 2, 2),
    np.asarray([0.0, 0.45, 1.0]),
    _BEYOND,
)
_rows.add(
    "PPoly(periodic, axis=1)",
    lambda c, x, at: _ours.PPoly(c, x, extrapolate="periodic", axis=1)(at),
    numbers(2, 3, 2),
    np.asarray([0.0, 0.45, 1.0]),
    _BEYOND,
)
_rows.add(
    "PPoly(extrapolate=False).integrate",
    lambda c, x: _ours.PPoly(c, x, extrapolate=False).integrate(x[0], x[2]),
    numbers(3, 2),
    np.asarray([0.0, 0.45, 1.0]),
)
_rows.add(
    "pchip_interpolate",
    lambda x, y, at: _ours.pchip_interpolate(x, y, at, der=1),
    _X,
    _Y,
    _I,
)

# ---------------------------------------------------------------- B-splines

_KNOTS = np.asarray([0.0, 0.1, 0.2, 0.45, 0.6, 0.8, 0.9, 1.0, 1.2])
_C = numbers(5, 2, seed=7)
_PLACES = np.asarray([0.5, 0.7, 0.46])
_rows.add("BSpline", lambda t, c, at: _ours.BSpline(t, c, 3)(at), _KNOTS, _C, _PLACES)
_rows.add("BSpline(nu=)", lambda t, c, at: _ours.BSpline(t, c, 3)(at, 2), _KNOTS, _C, _PLACES)
_rows.add(
    "BSpline(periodic)",
    lambda t, c, at: _ours.BSpline(t, c, 3, extrapolate="periodic")(at),
    _KNOTS,
    _C,
    _BEYOND,
)
_rows.add(
    "BSpline.antiderivative",
    lambda t, c, at: _ours.BSpline(t, c, 3).antiderivative()(at),
    _KNOTS,
    _C,
    _PLACES,
)
_rows.add(
    "BSpline.derivative",
    lambda t, c, at: _ours.BSpline(t, c, 3).derivative()(at),
    _KNOTS,
    _C,
    _PLACES,
)
_rows.add(
    "BSpline.integrate",
    lambda t, c, at: _ours.BSpline(t, c, 3).integrate(at[0], at[1]),
    _KNOTS,
    _C[:, 0],
    _PLACES,
)
_rows.add(
    "PPoly.from_spline",
    lambda x, y, at: _ours.PPoly((lambda p: p.c)(_pieces(x, y)), _pieces(x, y).x)(at),
    _X,
    _Y,
    _I,
    rtol=1e-5,
    value_rtol=1e-10,
)


def _pieces(x: Any, y: Any) -> Any:
    """Give the inner pieces of a spline, without those of no width at its ends."""
    from importlib import import_module

    import gradx as gx

    module = "gradx.scipy" if isinstance(y, gx.Tensor) else "scipy"
    found = import_module(f"{module}.interpolate")
    p = found.PPoly.from_spline(found.make_interp_spline(x, y))
    if module == "scipy":
        return found.PPoly(p.c[:, 3:-3], p.x[3:-3])
    return p


for _k in [0, 2, 5]:
    _rows.add(
        f"make_interp_spline(k={_k})",
        lambda x, y, at, k=_k: _ours.make_interp_spline(x, y, k=k)(at),
        _X,
        _W,
        _I,
        rtol=1e-5,
        value_rtol=1e-11,
    )
for _bc2 in ["natural", "clamped"]:
    _rows.add(
        f"make_interp_spline({_bc2})",
        lambda x, y, at, bc=_bc2: _ours.make_interp_spline(x, y, bc_type=bc)(at),
        _X,
        _Y,
        _I,
    )
for _k in [2, 3]:
    _rows.add(
        f"make_interp_spline(periodic, k={_k})",
        lambda x, y, at, k=_k: _ours.make_interp_spline(x, _closed(y), k=k, bc_type="periodic")(at),
        _X,
        _Y[:6],
        _I,
    )
_rows.add(
    "make_interp_spline(bc_type=)",
    lambda x, y, at: _ours.make_interp_spline(x, y, bc_type=([(1, 0.5)], [(2, -1.0)]))(at),
    _X,
    _Y,
    _I,
)
_rows.add(
    "make_lsq_spline",
    lambda x, y, w, at: _ours.make_lsq_spline(
        x, y, like(y, [-0.1, -0.1, -0.1, 0.5, 1.1, 1.1, 1.1]), k=2, w=w
    )(at),
    _X,
    _Y,
    unit(7),
    _I,
    value_rtol=1e-10,
)

# ---------------------------------------------------------------- interp1d

for _kind in ["linear", "slinear", "quadratic", "cubic", 4]:
    _rows.add(
        f"interp1d({_kind})",
        lambda x, y, at, kind=_kind: _ours.interp1d(x, y, kind=kind)(at),
        _X[[2, 0, 1, 4, 3, 5, 6]],
        _W.T,
        _I,
        rtol=1e-5,
        value_rtol=1e-11,
    )
for _kind in ["nearest", "nearest-up", "previous", "next", "zero"]:
    _rows.add(
        f"interp1d({_kind})",
        lambda x, y, kind=_kind: _ours.interp1d(x, y, kind=kind, axis=0)(like(y, _I)),
        _X,
        _W,
    )
_rows.add(
    "interp1d(extrapolate)",
    lambda x, y, at: _ours.interp1d(x, y, fill_value="extrapolate")(at),
    _X,
    _Y,
    _BEYOND,
)
_rows.add(
    "interp1d(fill_value=)",
    lambda x, y, at: _ours.interp1d(x, y, bounds_error=False, fill_value=(-1.0, 2.0))(at),
    _X,
    _Y,
    _BEYOND,
)

ROWS = _rows.found

__all__ = ["ROWS"]

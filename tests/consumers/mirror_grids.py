"""`gradx.scipy.interpolate`: grids, polynomials, rational functions and scattered points, against SciPy's own."""

from __future__ import annotations

import numpy as np
from scipy.sparse.linalg import spsolve

from tests.consumers.table import Mirror, Rows, like, numbers, unit

_rows = Rows("gradx.scipy.interpolate")
_ours = Mirror("interpolate")

_X = np.asarray([0.0, 0.13, 0.3, 0.46, 0.55, 0.82, 1.0])
_Y, _W = numbers(7, seed=1), numbers(7, 2, seed=2)
_I = np.asarray([0.05, 0.31, 0.6, 0.95])

# ---------------------------------------------------------------- grids

_A, _B = np.asarray([0.0, 0.2, 0.5, 0.7, 0.85, 1.0, 1.1]), np.linspace(0.0, 1.0, 6)
_V, _XI = numbers(7, 6, 2, seed=8), unit(3, 2, seed=9)
for _method in ["linear", "nearest", "pchip", "slinear", "cubic", "quintic"]:
    _options = {"solver": spsolve} if _method in ("slinear", "cubic", "quintic") else {}
    _rows.add(
        f"RegularGridInterpolator({_method})",
        lambda a, b, v, xi, m=_method, o=_options: _ours.RegularGridInterpolator(
            (a, b), v, method=m, **o
        )(xi),
        _A,
        _B,
        _V,
        _XI,
        rtol=1e-5,
        value_rtol=1e-10,
    )
_rows.add(
    "RegularGridInterpolator(nu=)",
    lambda v, xi: _ours.RegularGridInterpolator(
        (like(v, _A), like(v, _B)), v, method="cubic", solver=spsolve
    )(xi, nu=(1, 0)),
    _V[..., 0],
    _XI,
    rtol=1e-5,
    value_rtol=1e-10,
)
_rows.add(
    "RegularGridInterpolator(fill_value=)",
    lambda v, xi: _ours.RegularGridInterpolator(
        (like(v, _A[::-1].copy()), like(v, _B)), v, bounds_error=False, fill_value=0.5
    )(xi),
    _V[..., 0],
    1.2 * _XI,
)
_rows.add(
    "interpn",
    lambda v, xi: _ours.interpn(
        (like(v, _A), like(v, _B)), v, xi, bounds_error=False, fill_value=None
    ),
    _V,
    2.0 * _XI,
)

# ---------------------------------------------------------------- polynomials, rational functions, scattered points

_AT = np.asarray([0.05, 0.3, 0.6, 1.2])  # one of them a knot
_rows.add(
    "BarycentricInterpolator",
    lambda x, y, at: _ours.BarycentricInterpolator(x, y)(at),
    _X,
    _W,
    _I,
    value_rtol=1e-11,
)
_rows.add(
    "BarycentricInterpolator(at a knot)",
    lambda y, at: _ours.BarycentricInterpolator(like(y, _X), y)(at),
    _Y,
    _AT,
    rtol=1e-5,
    value_rtol=1e-11,
)
_rows.add(
    "BarycentricInterpolator.derivative",
    lambda x, y, at: _ours.BarycentricInterpolator(x, y).derivative(at),
    _X,
    _Y,
    _I,
    rtol=1e-5,
    value_rtol=1e-9,
)
_rows.add(
    "KroghInterpolator",
    lambda x, y, at: _ours.KroghInterpolator(x, y, axis=1)(at),
    _X,
    _W.T,
    _I,
    rtol=1e-5,
    value_rtol=1e-10,
)
_rows.add(
    "KroghInterpolator(repeated)",
    lambda y, at: _ours.KroghInterpolator(like(y, _X[[0, 0, 0, 2, 4, 4, 6]]), y)(at),
    _Y,
    _AT,
    rtol=1e-5,
    value_rtol=1e-10,
)
_rows.add(
    "KroghInterpolator.derivatives",
    lambda x, y, at: _ours.KroghInterpolator(x, y).derivatives(at, 3),
    _X[:5],
    _Y[:5],
    _I,
    rtol=1e-5,
    value_rtol=1e-10,
)
_rows.add("lagrange", lambda x, y: _ours.lagrange(x, y).coef, _X[:5], _Y[:5], value_rtol=1e-10)
_rows.add(
    "FloaterHormannInterpolator",
    lambda x, y, at: _ours.FloaterHormannInterpolator(x, y, d=2)(at),
    _X,
    _Y,
    _I,
    value_rtol=1e-11,
)
_rows.add(
    "AAA",
    lambda x, y: _ours.AAA(x, y, max_terms=3, rtol=1e-3)(like(y, _I)),
    np.linspace(0.0, 1.0, 9),
    np.exp(-3.0 * np.linspace(0.0, 1.0, 9) ** 2),
    rtol=1e-4,
    value_rtol=1e-9,
)
for _kernel in ["thin_plate_spline", "linear", "cubic", "quintic", "multiquadric", "gaussian"]:
    _rows.add(
        f"RBFInterpolator({_kernel})",
        lambda y, d, at, k=_kernel: _ours.RBFInterpolator(y, d, kernel=k, epsilon=1.5)(at),
        unit(8, 2),
        numbers(8, seed=3),
        unit(2, 2, seed=4),
        rtol=1e-4,
        value_rtol=1e-8,
    )
_rows.add(
    "RBFInterpolator(smoothing=)",
    lambda y, d: _ours.RBFInterpolator(y, d, smoothing=0.2, degree=0)(like(y, [[0.3, 0.4]])),
    unit(8, 2),
    numbers(8, 2, seed=3),
    value_rtol=1e-10,
)

ROWS = _rows.found

__all__ = ["ROWS"]

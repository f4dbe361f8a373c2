"""`scipy.interpolate`: splines, polynomials, rational functions, grids and scattered points.

- Differentiable in the values, the knots and the places, and once more.
"""

from gradx.scipy.interpolate.bsplines import BSpline, make_interp_spline, make_lsq_spline
from gradx.scipy.interpolate.cubic import (
    Akima1DInterpolator,
    CubicHermiteSpline,
    CubicSpline,
    PchipInterpolator,
)
from gradx.scipy.interpolate.grids import RegularGridInterpolator, interpn
from gradx.scipy.interpolate.one_dimensional import interp1d
from gradx.scipy.interpolate.piecewise import PPoly
from gradx.scipy.interpolate.polynomials import (
    BarycentricInterpolator,
    KroghInterpolator,
    barycentric_interpolate,
    krogh_interpolate,
    lagrange,
    pchip_interpolate,
)
from gradx.scipy.interpolate.radial import RBFInterpolator
from gradx.scipy.interpolate.rational import AAA, FloaterHormannInterpolator

__all__ = [
    "AAA",
    "Akima1DInterpolator",
    "BSpline",
    "BarycentricInterpolator",
    "CubicHermiteSpline",
    "CubicSpline",
    "FloaterHormannInterpolator",
    "KroghInterpolator",
    "PPoly",
    "PchipInterpolator",
    "RBFInterpolator",
    "RegularGridInterpolator",
    "barycentric_interpolate",
    "interp1d",
    "interpn",
    "krogh_interpolate",
    "lagrange",
    "make_interp_spline",
    "make_lsq_spline",
    "pchip_interpolate",
]

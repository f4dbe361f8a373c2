"""`scipy.integrate`, `differentiate`, `optimize.elementwise` and `interpolate`."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import differentiate, integrate, interpolate, optimize
from scipy.optimize import elementwise
from scipy.stats import qmc

from tests.consumers.table import CONVERTS, Rows, like, namespace, numbers, positive, unit

_integrate = Rows("scipy.integrate")
_differentiate = Rows("scipy.differentiate")
_elementwise = Rows("scipy.optimize.elementwise")
_optimize = Rows("scipy.optimize")
_interpolate = Rows("scipy.interpolate")

_Y, _M = numbers(9, seed=1), numbers(3, 9, seed=2)
_T = np.sort(numbers(9, seed=3))
_P, _U = positive(3, seed=4), unit(3, seed=5)

_integrate.add("trapezoid", integrate.trapezoid, _Y)
_integrate.add("trapezoid(x=)", lambda y, x: integrate.trapezoid(y, x=x), _Y, _T)
_integrate.add("cumulative_trapezoid", lambda y: integrate.cumulative_trapezoid(y, initial=0), _M)
_integrate.add(
    "cumulative_trapezoid(x=)", lambda y, x: integrate.cumulative_trapezoid(y, x=x), _Y, _T
)
_integrate.add("simpson", integrate.simpson, _M)
_integrate.add("simpson(even, x=)", lambda y, x: integrate.simpson(y[:8], x=x[:8]), _Y, _T)
_integrate.add("cumulative_simpson", integrate.cumulative_simpson, _M)
_integrate.add("cumulative_simpson(x=)", lambda y, x: integrate.cumulative_simpson(y, x=x), _Y, _T)
_integrate.add("romb", integrate.romb, _Y)
_integrate.add(
    "qmc_quad",
    lambda a: (
        integrate.qmc_quad(lambda x: x[0] ** 2, a, a + 1.0, qrng=qmc.Halton(1, seed=1)).integral
    ),
    numbers(1),
)
_integrate.add(
    "tanhsinh",
    lambda a, b: integrate.tanhsinh(lambda x: namespace(x).exp(-x * x), a, b).integral,
    _P - 2,
    _P,
)
_integrate.add(
    "tanhsinh(args=)",
    lambda p: (
        integrate.tanhsinh(
            lambda x, p: namespace(x).exp(-p * x * x), like(p, 0.0), like(p, 1.0), args=(p,)
        ).integral
    ),
    _P,
)
_integrate.add(
    "tanhsinh(infinite)",
    lambda p: (
        integrate.tanhsinh(
            lambda x, p: namespace(x).exp(-p * x * x), like(p, -np.inf), like(p, np.inf), args=(p,)
        ).integral
    ),
    _P,
)
_integrate.add(
    "nsum",
    lambda p: (
        integrate.nsum(lambda k, p: k ** (-p - 1.5), like(p, 1.0), like(p, np.inf), args=(p,)).sum
    ),
    _P,
)
_integrate.add(
    "cubature",
    lambda p: (
        integrate.cubature(
            lambda x: namespace(x).exp(-p * x[:, :1]), like(p, [0.0]), like(p, [1.0])
        ).estimate
    ),
    _P,
)
_integrate.add("fixed_quad", lambda p: integrate.fixed_quad(lambda x: p[0] * x**2, 0.0, 1.0)[0], _P)
_integrate.add("quad", lambda p: integrate.quad(lambda x: p[0] * x**2, 0.0, 1.0)[0], _P)
_integrate.add("quad_vec", lambda p: integrate.quad_vec(lambda x: p * x**2, 0.0, 1.0)[0], _P)
_integrate.add(
    "solve_ivp", lambda p: integrate.solve_ivp(lambda t, y: -p[0] * y, (0.0, 1.0), [1.0]).y, _P
)
_integrate.add("odeint", lambda p: integrate.odeint(lambda y, t: -p[0] * y, [1.0], [0.0, 1.0]), _P)

_differentiate.add(
    "derivative",
    lambda x: differentiate.derivative(lambda t: namespace(t).sin(t), x).df,
    _P,
    rtol=1e-4,
)
_differentiate.add(
    "derivative(args=)",
    lambda x, p: differentiate.derivative(lambda t, p: namespace(t).sin(p * t), x, args=(p,)).df,
    _P,
    _U,
    rtol=1e-4,
)
_differentiate.add(
    "jacobian", lambda x: differentiate.jacobian(lambda t: namespace(t).exp(t), x).df, _P, rtol=1e-4
)
_differentiate.add(
    "hessian",
    lambda x: differentiate.hessian(lambda t: t[0] ** 3 * t[1], x).ddf,
    unit(2),
    rtol=1e-3,
    value_rtol=1e-6,
)

_elementwise.add(
    "find_root",
    lambda c: (
        elementwise.find_root(lambda x, c: x**3 - c, (like(c, 0.0), like(c, 3.0)), args=(c,)).x
    ),
    _P,
)
_elementwise.add(
    "find_minimum",
    lambda c: (
        elementwise.find_minimum(
            lambda x, c: (x - c) ** 2, (like(c, -1.0), like(c, 0.5), like(c, 4.0)), args=(c,)
        ).f_x
    ),
    _P,
)
_elementwise.add(
    "bracket_root",
    lambda c: elementwise.bracket_root(lambda x, c: x**3 - c, c * 0.1, args=(c,)).bracket,
    _P,
)
_elementwise.add(
    "bracket_minimum",
    lambda c: elementwise.bracket_minimum(lambda x, c: (x - c) ** 2, c * 0.1, args=(c,)).bracket,
    _P,
)
_optimize.add("rosen", optimize.rosen, numbers(4))
_optimize.add("rosen_der", optimize.rosen_der, numbers(4))
_optimize.add("rosen_hess", optimize.rosen_hess, numbers(4))
_optimize.add("rosen_hess_prod", optimize.rosen_hess_prod, numbers(4), numbers(4, seed=1))
_optimize.add("minimize", lambda p: optimize.minimize(lambda x: ((x - 1.0) ** 2).sum(), p).x, _P)
_optimize.add(
    "least_squares", lambda p: optimize.least_squares(lambda x: x - p, [0.0, 0.0, 0.0]).x, _P
)
_optimize.add(
    "linear_sum_assignment", lambda c: c[optimize.linear_sum_assignment(c)], numbers(3, 3)
)

_G = np.linspace(0.0, 1.0, 7)
_I = unit(4, seed=8)
_interpolate.add(
    "BarycentricInterpolator",
    lambda x, y: interpolate.BarycentricInterpolator(_G, y)(x),
    _I,
    numbers(7),
)
_interpolate.add(
    "KroghInterpolator", lambda x, y: interpolate.KroghInterpolator(_G, y)(x), _I, numbers(7)
)
_interpolate.add(
    "RBFInterpolator",
    lambda x, y: interpolate.RBFInterpolator(like(y, _G[:, None]), y)(x[:, None]),
    _I,
    numbers(7),
)
_interpolate.add(
    "RBFInterpolator(points)",
    lambda p, y: interpolate.RBFInterpolator(p, y)(like(p, [[0.3], [0.45]])),
    np.linspace(0, 1, 7)[:, None],
    numbers(7),
    rtol=1e-5,
)
_interpolate.add(
    "RegularGridInterpolator",
    lambda x, y: interpolate.RegularGridInterpolator((like(y, _G),), y)(x[:, None]),
    _I,
    numbers(7),
)
_interpolate.add(
    "interpn", lambda x, y: interpolate.interpn((like(y, _G),), y, x[:, None]), _I, numbers(7)
)
_interpolate.add("AAA", lambda x, y: interpolate.AAA(like(y, _G), y)(x), _I, numbers(7))
_interpolate.add(
    "FloaterHormannInterpolator",
    lambda x, y: interpolate.FloaterHormannInterpolator(like(y, _G), y, d=3)(x),
    _I,
    numbers(7),
)
_interpolate.add(
    "make_interp_spline",
    lambda y: interpolate.make_interp_spline(like(y, _G), y)(like(y, [0.3])),
    numbers(7),
)
_interpolate.add(
    "CubicSpline", lambda y: interpolate.CubicSpline(like(y, _G), y)(like(y, [0.3])), numbers(7)
)
_interpolate.add(
    "PchipInterpolator",
    lambda y: interpolate.PchipInterpolator(like(y, _G), y)(like(y, [0.3])),
    numbers(7),
)
_interpolate.add(
    "PPoly", lambda c: interpolate.PPoly(c, like(c, [0.0, 0.5, 1.0]))(like(c, [0.3])), numbers(3, 2)
)
_interpolate.add(
    "BSpline",
    lambda c: interpolate.BSpline(like(c, np.arange(8.0)), c, 2)(like(c, [3.3])),
    numbers(5),
)
_interpolate.add(
    "interp1d", lambda y: interpolate.interp1d(like(y, _G), y)(like(y, [0.3])), numbers(7)
)
_interpolate.add("lagrange", lambda y: interpolate.lagrange(_G, y).coef, numbers(7))

_integrate.ends(
    "ConversionError",
    CONVERTS,
    "simpson",
    "simpson(even, x=)",
    "solve_ivp",
    "odeint",
)
_integrate.ends(
    "ConversionError",
    "compiled code calls `float(...)` on the integrand",
    "quad",
)
_integrate.ends(
    "ConversionError",
    "calls `float(...)` on the integrand",
    "quad_vec",
)
_optimize.ends(
    "ConversionError",
    CONVERTS,
    "minimize",
    "least_squares",
    "linear_sum_assignment",
)
_interpolate.ends(
    "ConversionError",
    CONVERTS,
    "BarycentricInterpolator",
    "KroghInterpolator",
    "RegularGridInterpolator",
    "interpn",
    "AAA",
    "FloaterHormannInterpolator",
    "make_interp_spline",
    "CubicSpline",
    "PchipInterpolator",
    "PPoly",
    "BSpline",
    "interp1d",
)

ROWS: list[Any] = [
    *_integrate.found, *_differentiate.found, *_elementwise.found, *_optimize.found, *_interpolate.found,
]  # fmt: skip

__all__ = ["ROWS"]

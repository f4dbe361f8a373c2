"""`gradx.scipy.optimize`, against SciPy's own solvers, asked for more digits than by default."""

from __future__ import annotations

from typing import Any

import numpy as np

import gradx as gx
from tests.consumers.table import Mirror, Rows, like, namespace, numbers, positive

_rows = Rows("gradx.scipy.optimize")
_ours = Mirror("optimize")
_S = np.asarray([2.0, 3.0, 2.0])  # the root is (1, 1)
_A, _P = numbers(3, seed=1), positive(3, seed=2)


def _array(x: Any) -> Any:
    return x if hasattr(x, "shape") else np.asarray(x)


def _sum(x: Any) -> Any:
    return namespace(x).sum(x)


def _bowl(x: Any, a: Any, p: Any) -> Any:
    apart = x - a
    return _sum(p * apart**2) + 0.1 * _sum(apart**4) + 0.3 * x[0] * x[1] + 0.1 * _sum(x) ** 2


for _method in ["BFGS", "Newton-CG", "L-BFGS-B", "trust-exact", "Nelder-Mead"]:
    _tight: dict[str, Any] = {
        "BFGS": {"gtol": 1e-10}, "Newton-CG": {"xtol": 1e-12}, "L-BFGS-B": {"gtol": 1e-10, "ftol": 1e-16},
        "trust-exact": {"gtol": 1e-10}, "Nelder-Mead": {"xatol": 1e-10, "fatol": 1e-15, "maxiter": 4000},
    }[_method]  # fmt: skip

    def _found(a: Any, p: Any, m: str = _method, o: Any = _tight) -> Any:
        def f(x: Any) -> Any:
            return _bowl(x, a, p)

        if isinstance(a, gx.Tensor):
            result = _ours.minimize(_bowl, like(a, [0.1, 0.2, 0.3]), (a, p), method=m, options=o)
        else:
            from scipy import optimize

            more: dict[str, Any] = {}
            if m != "Nelder-Mead":
                more["jac"] = lambda x: (
                    2 * p * (x - a)
                    + 0.4 * (x - a) ** 3
                    + 0.3 * np.asarray([x[1], x[0], 0.0])
                    + 0.2 * x.sum()
                )
            if m == "trust-exact":
                cross = np.zeros((3, 3))
                cross[0, 1] = cross[1, 0] = 0.3
                more["hess"] = lambda x: np.diag(2 * p + 1.2 * (x - a) ** 2) + cross + 0.2
            result = optimize.minimize(f, [0.1, 0.2, 0.3], method=m, options=o, **more)
        return result.x, _array(result.fun)

    _rows.add(
        f"minimize({_method})", _found, _A, _P, value_rtol=1e-6, rtol=1e-2
    )  # SciPy ends at half the digits, where the function is flat

_rows.add(
    "minimize_scalar",
    lambda p: _array(
        _ours.minimize_scalar(
            lambda x, p: p[0] * x**2 + 0.1 * x**4 - p[1] * x, args=(p,), tol=1e-12
        ).x
    ),
    _P,
    value_rtol=1e-6,
    rtol=1e-1,  # a minimum is found to half the digits: its differences have few
)
for _loss in ["linear", "soft_l1", "cauchy"]:
    _rows.add(
        f"least_squares({_loss})",
        lambda t, y, m=_loss: (
            _ours.least_squares(
                lambda x, t, y: x[0] * namespace(t).exp(-x[1] * t) - y,
                like(t, [1.0, 0.5]),
                args=(t, y),
                loss=m,
                f_scale=0.5,
                ftol=1e-15,
                xtol=1e-15,
                gtol=1e-14,
            ).x
        ),
        np.linspace(0.0, 2.0, 8),
        np.exp(-np.linspace(0.0, 2.0, 8)) + 0.1 * numbers(8),
        value_rtol=1e-6,
        rtol=1e-2,  # SciPy's Jacobian is one of differences
    )
_rows.add(
    "curve_fit",
    lambda t, y, s: _ours.curve_fit(
        lambda t, a, b: a * namespace(t).exp(-b * t),
        t,
        y,
        sigma=s,
        p0=(1.0, 0.5),
        ftol=1e-15,
        xtol=1e-15,
    ),
    np.linspace(0.0, 2.0, 8),
    np.exp(-np.linspace(0.0, 2.0, 8)) + 0.1 * numbers(8),
    0.1 + 0.1 * positive(8),
    value_rtol=1e-6,
    rtol=1e-2,
)


def _system(x: Any, p: Any) -> Any:
    parts = [p[0] * x[0] + x[1] ** 3 - p[1], x[0] * x[1] + x[1] - p[2]]
    return namespace(p).stack(parts) if isinstance(p, gx.Tensor) else np.stack(parts)


for _method in ["hybr", "lm"]:
    _rows.add(
        f"root({_method})",
        lambda p, m=_method: (
            _ours.root(_system, like(p, [1.2, 0.9]), args=(p,), method=m, tol=1e-13).x
        ),
        _S,
        value_rtol=1e-8,
        rtol=1e-5,
    )
_rows.add(
    "fsolve",
    lambda p: _ours.fsolve(_system, like(p, [1.2, 0.9]), args=(p,), xtol=1e-13),
    _S,
    value_rtol=1e-8,
    rtol=1e-5,
)


def _cubic(x: Any, p: Any) -> Any:
    return p[0] * x**3 + x - p[1]


for _name in ["brentq", "brenth", "ridder", "bisect", "toms748"]:
    _rows.add(
        _name,
        lambda p, n=_name: _array(getattr(_ours, n)(_cubic, 0.0, 5.0, args=(p,))),
        _P,
        value_rtol=1e-10,
        rtol=1e-4,
    )
_rows.add(
    "root_scalar(bracket=)",
    lambda p: _array(_ours.root_scalar(_cubic, args=(p,), bracket=(0.0, 5.0)).root),
    _P,
    value_rtol=1e-10,
    rtol=1e-4,
)
_rows.add(
    "root_scalar(secant)",
    lambda p: _array(_ours.root_scalar(_cubic, args=(p,), x0=1.0, x1=1.2, method="secant").root),
    _P,
    value_rtol=1e-10,
    rtol=1e-4,
)
_rows.add(
    "newton", lambda p: _array(_ours.newton(_cubic, 1.0, args=(p,))), _P, value_rtol=1e-8, rtol=1e-4
)
_rows.add(
    "fixed_point",
    lambda p: _ours.fixed_point(
        lambda x, p: namespace(p).exp(-p * x) if isinstance(p, gx.Tensor) else np.exp(-p * x),
        like(p, [0.5, 0.5, 0.5]),
        args=(p,),
        xtol=1e-12,
    ),
    _P,
    value_rtol=1e-8,
    rtol=1e-4,
)
_rows.add(
    "linear_sum_assignment", lambda c: c[_ours.linear_sum_assignment(c)], numbers(3, 3, seed=3)
)

ROWS = _rows.found

__all__ = ["ROWS"]

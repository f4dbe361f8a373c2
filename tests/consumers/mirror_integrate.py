"""`gradx.scipy.integrate`, against SciPy's own functions."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

import gradx as gx
from tests.consumers.table import Mirror, Rows, namespace, numbers, positive, unit

_rows = Rows("gradx.scipy.integrate")
_ours = Mirror("integrate")

_Y, _M, _Z = numbers(9, seed=1), numbers(3, 9, seed=2), numbers(3, 8, seed=6)
_T = np.sort(numbers(9, seed=3))
_P = positive(3, seed=4)


def _module(x: Any) -> Any:
    """Give the module for functions that close over `x`."""
    ours = isinstance(x, gx.Tensor)
    return import_module("gradx.scipy.integrate" if ours else "scipy.integrate")


def _exp(x: Any) -> Any:
    return np.exp(x) if isinstance(x, (float, np.ndarray)) else namespace(x).exp(x)


def _array(x: Any) -> Any:
    """Give SciPy's Python number as an array."""
    return x if isinstance(x, gx.Tensor) else np.asarray(x)


def _sin(x: Any) -> Any:
    return np.sin(x) if isinstance(x, (float, np.ndarray)) else namespace(x).sin(x)


def _stack(*parts: Any) -> Any:
    return namespace(parts[0]).stack(parts) if isinstance(parts[0], gx.Tensor) else np.stack(parts)


# ---------------------------------------------------------------- samples

for _name in ["trapezoid", "cumulative_trapezoid", "simpson", "cumulative_simpson"]:
    _f = getattr(_ours, _name)
    _rows.add(_name, _f, _M)
    _rows.add(f"{_name}(even)", _f, _Z)
    _rows.add(f"{_name}(x=)", lambda y, x, f=_f: f(y, x=x), _Y, _T)
    _rows.add(f"{_name}(even, x=)", lambda y, x, f=_f: f(y, x=x), _Y[:8], _T[:8])
    _rows.add(f"{_name}(axis=0, dx=)", lambda y, f=_f: f(y, axis=0, dx=0.3), _M)
    _rows.add(f"{_name}(two)", lambda y, x, f=_f: f(y, x=x), _Y[:2], _T[:2])
_rows.add("cumulative_trapezoid(initial=)", lambda y: _ours.cumulative_trapezoid(y, initial=0), _M)
_rows.add("cumulative_simpson(initial=)", lambda y: _ours.cumulative_simpson(y, initial=1.5), _M)
_rows.add("romb", lambda y: _ours.romb(y, dx=0.2), _M)
_rows.add("simpson(complex)", _ours.simpson, _Y + 1j * _T)

# ---------------------------------------------------------------- functions

_rows.add(
    "fixed_quad",
    lambda a, b, p: _ours.fixed_quad(
        lambda x, p: namespace(x).exp(-p * x * x), a[0], b[0], (p[0],), n=6
    )[0],
    numbers(1),
    positive(1),
    unit(1),
)


def _quad(f: Callable[..., Any], a: float, b: float, **options: Any) -> Callable[..., Any]:
    return lambda p: _array(_module(p).quad(lambda x: f(x, p), a, b, **options)[0])


_rows.add("quad", _quad(lambda x, p: p[0] * x**2 + p[1] * _sin(p[2] * x), 0.0, 1.0), _P)
_rows.add("quad(infinite)", _quad(lambda x, p: _exp(-p[0] * x * x), -np.inf, np.inf), _P)
_rows.add("quad(half infinite)", _quad(lambda x, p: x * _exp(-p[0] * x), 1.0, np.inf), _P)
_rows.add("quad(to minus infinity)", _quad(lambda x, p: _exp(p[0] * x), 1.0, -np.inf), _P)
_rows.add(
    "quad(points=)", _quad(lambda x, p: abs(x - 0.3) * p[0] + x * p[1], 0.0, 1.0, points=[0.3]), _P
)
_rows.add(
    "quad(singular)",
    _quad(lambda x, p: p[0] * x**-0.5, 0.0, 1.0),
    _P,
    value_rtol=2e-8,  # the tolerance that both were asked for
    rtol=1e-6,
)
_rows.add(
    "quad(limits, args=)",
    lambda a, b, p: _array(_ours.quad(lambda x, p: _sin(p * x), a[0], b[0], (p[0],))[0]),
    numbers(1),
    positive(1),
    positive(1, seed=2),
)
_rows.add(
    "quad_vec", lambda p: _module(p).quad_vec(lambda x: p * x**2 + _sin(p * x), 0.0, 1.0)[0], _P
)
_rows.add(
    "quad_vec(infinite)",
    lambda p: _module(p).quad_vec(lambda x: _exp(-p * x * x), 0.5, np.inf)[0],
    _P,
    value_rtol=1e-9,
)
_rows.add(
    "dblquad",
    lambda p: _array(
        _module(p).dblquad(lambda y, x: _exp(-p[0] * x) * y, 0.0, 1.0, 0.0, lambda x: x + p[1])[0]
    ),
    _P,
)

# ---------------------------------------------------------------- differential equations

_TIGHT = {"rtol": 1e-10, "atol": 1e-12}


def _pendulum(t: Any, y: Any, p: Any) -> Any:
    return _stack(y[1], -p[0] * _sin(y[0]) - p[1] * y[1] + p[2] * _sin(t))


def _stiff(t: Any, y: Any, p: Any) -> Any:
    return _stack(-100.0 * p[0] * (y[0] - _sin(t)) + y[1], -p[1] * y[0] * y[1])


for _method in ["RK23", "RK45", "DOP853", "Radau"]:
    _bounds = {"rtol": 1e-6, "atol": 1e-8} if _method in ("RK23", "Radau") else _TIGHT
    _rows.add(
        f"solve_ivp({_method})",
        lambda y, p, b=_bounds, m=_method: (
            _ours.solve_ivp(
                _pendulum, (0.0, 0.6), y, args=(p,), method=m, t_eval=[0.2, 0.55, 0.6], **b
            ).y
        ),
        positive(2, seed=1),
        _P,
        value_rtol=1e-7 if _method == "Radau" else 1e-12,  # SciPy's Newton ends at its tolerance
        rtol=1e-4 if _method == "Radau" else 1e-5,  # the noise of that, and of the choice of steps
    )
_rows.add(
    "solve_ivp(steps)",
    lambda y, p: (
        _ours.solve_ivp(_pendulum, (0.0, 0.5), y, args=(p,), first_step=0.1, max_step=0.1).y
    ),
    positive(2, seed=1),
    _P,
    rtol=1e-5,
)


def _by_times(t: Any, y: Any, p: Any) -> Any:
    module = _module(y)
    return module.solve_ivp(
        lambda t, y: _pendulum(t, y, p), (t[0], t[2]), y, t_eval=t[1:3], method="DOP853", **_TIGHT
    ).y


_rows.add(
    "solve_ivp(t_span, t_eval)",
    lambda t, y, p: _by_times(t, y, p),
    np.asarray([0.1, 0.4, 0.7]),
    positive(2, seed=1),
    _P,
    rtol=1e-5,
)
_rows.add(
    "solve_ivp(dense_output)",
    lambda y, p: _ours.solve_ivp(
        _pendulum, (0.0, 0.6), y, args=(p,), dense_output=True, **_TIGHT
    ).sol(np.asarray([0.1, 0.33])),
    positive(2, seed=1),
    _P,
    rtol=1e-5,
)


def _fall(y: Any, p: Any) -> Any:
    def ground(t: Any, y: Any, p: Any) -> Any:
        return y[0]

    ground.terminal = True  # type: ignore[attr-defined]
    found = _ours.solve_ivp(
        lambda t, y, p: _stack(y[1], -9.81 - p[0] * y[1]),
        (0.0, 10.0),
        y,
        args=(p,),
        events=ground,
        **_TIGHT,
    )
    return found.t_events[0], found.y_events[0], found.t[-1], found.y[1, -1]


_rows.add("solve_ivp(events)", _fall, positive(2), _P, rtol=1e-5, value_rtol=1e-10)
_rows.add(
    "odeint",
    lambda y, t, p: _ours.odeint(
        lambda y, t, p: _pendulum(t, y, p), y, t, args=(p,), rtol=1e-11, atol=1e-11
    ),
    positive(2, seed=1),
    np.asarray([0.1, 0.3, 0.35, 0.9]),
    _P,
    value_rtol=1e-8,  # other steps than LSODA's, of the same tolerance
    rtol=1e-4,
)
_rows.add(
    "odeint(stiff)",
    lambda y, p: _ours.odeint(
        _stiff, y, [0.0, 0.3, 1.0], args=(p,), rtol=1e-8, atol=1e-8, tfirst=True
    ),
    positive(2, seed=1),
    _P,
    value_rtol=1e-5,  # LSODA's steps have this error
    rtol=1e-4,
)

ROWS = _rows.found

__all__ = ["ROWS"]

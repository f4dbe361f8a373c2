"""`solve_ivp` and `odeint`: initial value problems, differentiable in all that they are made of.

- The values are SciPy's, step for step; `odeint` looks at what LSODA does, and takes the steps of DOP853, or those of
  Radau where LSODA finds the problem stiff.
- Events are roots on the polynomial through a step: their times and states have derivatives, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradx import ops
from gradx.errors import GraphError, OperandError, ShapeError
from gradx.scipy.integrate.trajectory import Problem, Trajectory
from gradx.scipy.values import constant, first_of, floating, host, tracked, value


class OdeSolution:
    """The solution as a function of time: `()` to `(n,)`, `(m,)` to `(n, m)`.

    Attributes
    ----------
    ts
        Where the steps begin and end.
    """

    def __init__(self, trajectory: Trajectory, ts: Any) -> None:
        self._trajectory, self.ts = trajectory, ts
        times = [float(t) for t in value(ts)]
        self.t_min, self.t_max = min(times), max(times)

    def __call__(self, t: Any) -> Any:
        """Return the solution at `t`."""
        t = floating(t, self.ts)
        if t.ndim == 0:
            return self._trajectory.at(t)
        if t.ndim != 1:
            raise ShapeError(
                f"integrate.OdeSolution: expected t of shape () or (m,); got {t.shape}"
            )
        return ops.stack([self._trajectory.at(t[i]) for i in range(t.shape[0])], axis=-1)


def solve_ivp(fun: Any, t_span: Any, y0: Any, method: str = "RK45", t_eval: Any = None, dense_output: bool = False,
              events: Any = None, vectorized: bool = False, args: Any = None, **options: Any) -> Any:  # fmt: skip
    """Solve y' = fun(t, y, *args) from y(t0) = y0, for t from `t_span[0]` to `t_span[1]`.

    Parameters
    ----------
    fun
        Takes a 0-d Tensor and one of shape `(n,)`, and `args`; gives `(n,)`. What it closes over has its gradient, too.
    method
        "RK45", "RK23", "DOP853" or, for stiff problems, "Radau".
    t_eval
        Times at which to give the solution; by default those of the steps.
    events
        A function `(t, y, *args)` or several, with attributes `terminal` and `direction`: their roots are found.
    options
        `rtol`, `atol`, `first_step`, `max_step`: SciPy's. Of `jac` none is needed.

    Returns
    -------
    OdeResult
        SciPy's, with Tensors: `t`, `y`, `sol`, `t_events`, `y_events`, and `status`, `message`, `success`, ....

    Raises
    ------
    OperandError
        For the methods "BDF" and "LSODA", whose steps are not those of one formula: use "Radau".

    >>> import gradx as gx
    >>> def end(k):
    ...     return gx.scipy.integrate.solve_ivp(lambda t, y: -k * y, (0.0, 1.0), [1.0], rtol=1e-9, atol=1e-9).y[0, -1]
    >>> print(f"{gx.grad(end)(gx.asarray(1.0)).item():.6f}")
    -0.367879
    """
    like = first_of(y0, t_span, t_eval, list(args or ()))
    problem = Problem("integrate.solve_ivp", fun, args, floating(y0, like), vectorized)
    if len(t_span) != 2:
        raise ShapeError(f"integrate.solve_ivp: expected t_span of two times; got {len(t_span)}")
    found = _functions(events)
    hosted = None if events is None else [_hosted(problem, f) for f in found]
    places = None if t_eval is None else value(t_eval)
    path = Trajectory(problem, t_span[0], t_span[1], method, places, hosted, options)
    happened = [
        [path.event(f, float(t)) for t in times]
        for f, times in zip(found, path.result.t_events or [], strict=True)
    ]
    if t_eval is None:
        t, states = _times(path), path.ends()
        if path.result.status == 1:  # a terminal event
            t, states = _cut(path, happened, t, states)
    else:
        given = floating(t_eval, problem.y0)[: len(path.result.t)]
        t, states = given, [path.at(given[i]) for i in range(given.shape[0])]
    result = type(path.result)(path.result)
    result.t = t
    result.y = ops.stack(states, axis=-1) if states else path.result.y
    result.sol = OdeSolution(path, _times(path)) if dense_output else None
    if events is not None:
        result.t_events = [_stacked([t for t, _ in pairs], problem.y0) for pairs in happened]
        result.y_events = [_stacked([y for _, y in pairs], problem.y0) for pairs in happened]
    return result


def _functions(events: Any) -> list[Callable[..., Any]]:
    if events is None:
        return []
    return list(events) if isinstance(events, (list, tuple)) else [events]


def _hosted(problem: Problem, f: Callable[..., Any]) -> Callable[..., Any]:
    """Return an event as a function of NumPy's arrays, with its attributes."""
    inner = problem.on_host(lambda t, y: f(t, y, *problem.fixed))

    def event(t: Any, y: Any) -> float:
        return float(inner(t, y))

    for name in ("terminal", "direction"):
        if hasattr(f, name):
            setattr(event, name, getattr(f, name))
    return event


def _times(path: Trajectory) -> Any:
    """Return the times of the steps; the first and the last are on their graph."""
    inner = [constant(step.new, ops.real(path.problem.y0)) for step in path.steps]
    if inner and tracked(path.last) and path.result.status == 0:
        inner[-1] = path.last
    return ops.stack([path.first, *inner])


def _cut(path: Trajectory, happened: Any, t: Any, states: list[Any]) -> tuple[Any, list[Any]]:
    """Return times and states with a terminal event at their end."""
    last = float(path.result.t[-1])
    time, state = min(
        (pair for pairs in happened for pair in pairs),
        key=lambda pair: abs(float(value(pair[0])) - last),
    )
    return ops.concat([t[:-1], ops.expand_dims(time, axis=0)]), [*states[:-1], state]


def _stacked(parts: list[Any], like: Any) -> Any:
    return ops.stack(parts) if parts else ops.zeros((0,), dtype=like.dtype, device=like.device)


def odeint(func: Any, y0: Any, t: Any, args: Any = (), Dfun: Any = None, col_deriv: int = 0, full_output: int = 0,
           ml: Any = None, mu: Any = None, rtol: Any = None, atol: Any = None, tcrit: Any = None, h0: float = 0.0,
           hmax: float = 0.0, hmin: float = 0.0, ixpr: int = 0, mxstep: int = 0, mxhnil: int = 0, mxordn: int = 12,
           mxords: int = 5, printmessg: int = 0, tfirst: bool = False) -> Any:  # fmt: skip
    """Solve y' = func(y, t, *args) from y(t[0]) = y0; give y at all times `t`: `(m, n)`.

    Parameters
    ----------
    t
        Times in order, `(m,)`; each but the first has the derivative func(y, t) in its own row.
    rtol, atol
        1.49e-8 by default.
    tfirst
        Whether `func` takes the time first.
    Dfun, col_deriv, ml, mu
        Taken, of no effect: derivatives of `func` are gradx's.
    tcrit
        Not supported: call it once for each part between the critical times.

    Returns
    -------
    Tensor
        With `full_output` also LSODA's dict of what happened.

    >>> import gradx as gx
    >>> times = gx.asarray([0.0, 0.5, 1.0])
    >>> gx.jacobian(lambda k: gx.scipy.integrate.odeint(lambda y, t, k: -k * y, [1.0], times, args=(k,)))(1.0).shape
    (3, 1)
    """
    if tcrit is not None:
        raise OperandError(
            "integrate.odeint: expected no tcrit. Call it once for each part between the times"
        )
    like = first_of(y0, t, list(args if isinstance(args, tuple) else (args,)))
    args = args if isinstance(args, tuple) else (args,)
    y0 = floating(y0, like)
    problem = Problem(
        "integrate.odeint",
        func if tfirst else lambda t, y, *rest: func(y, t, *rest),
        args,
        ops.reshape(y0, (-1,)) if y0.ndim == 0 else y0,
    )
    t = floating(t, problem.y0)
    if t.ndim != 1 or not t.shape[0]:
        raise ShapeError(f"integrate.odeint: expected times of shape (m,), m > 0; got {t.shape}")
    bounds: dict[str, Any] = {"rtol": 1.49012e-8 if rtol is None else rtol}
    bounds["atol"] = 1.49012e-8 if atol is None else atol
    bounds = {k: value(x) if hasattr(x, "shape") else x for k, x in bounds.items()}
    slope = problem.on_host(problem.fixed_slope)
    _, info = host("integrate").odeint(
        slope, value(problem.y0), value(t), full_output=1, h0=h0, hmax=hmax, hmin=hmin, ixpr=ixpr, mxstep=mxstep,
        mxhnil=mxhnil, mxordn=mxordn, mxords=mxords, printmessg=printmessg, tfirst=True, **bounds,
    )  # fmt: skip
    stiff = t.shape[0] > 1 and bool((info["mused"] == 2).any())
    options = bounds | ({"first_step": h0} if h0 else {}) | ({"max_step": hmax} if hmax else {})
    path = Trajectory(problem, t[0], t[-1], "Radau" if stiff else "DOP853", None, None, options)
    if not path.result.success:
        raise GraphError(
            f"integrate.odeint: expected a solution up to t = {float(value(t[-1]))}; got one up to "
            f"{float(path.result.t[-1])}. {path.result.message}"
        )
    y = ops.stack([problem.y0, *(path.at(t[i]) for i in range(1, t.shape[0]))])
    return (y, info) if full_output else y


__all__ = ["OdeSolution", "odeint", "solve_ivp"]

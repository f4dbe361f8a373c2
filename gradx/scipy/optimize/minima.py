"""Minima: `minimize`, `minimize_scalar`, `least_squares`, `curve_fit`, `linear_sum_assignment`.

- The gradients and Hessians that SciPy's methods ask for are gradx's.
- Constraints, and solutions on a bound, are errors: their derivatives are those of other conditions.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

from gradx import ops
from gradx.errors import OperandError
from gradx.scipy.optimize.implicit import Problem, stationary, within
from gradx.scipy.values import constant, first_of, floating, host, tracked, value
from gradx.transforms.derivatives import grad
from gradx.transforms.jacobians import hessian, jacfwd

_WITHOUT_GRADIENT = ("nelder-mead", "powell", "cobyla", "cobyqa")
_WITH_HESSIAN = ("newton-cg", "dogleg", "trust-ncg", "trust-krylov", "trust-exact", "trust-constr")


def _numbers(x: Any) -> Any:
    return ops.stop_gradient(x).numpy()


def minimize(fun: Any, x0: Any, args: Any = (), method: Any = None, jac: Any = None, hess: Any = None,
             hessp: Any = None, bounds: Any = None, constraints: Any = (), tol: float | None = None,
             callback: Any = None, options: Any = None) -> Any:  # fmt: skip
    """Find x `(n,)` where fun(x, *args) is least; differentiable in `args` and whatever `fun` closes over.

    Parameters
    ----------
    fun
        Takes a Tensor `(n,)` and `args`, and gives a number.
    jac, hess, hessp
        Not needed: derivatives are gradx's. `jac` is True if `fun` returns its gradient, too.
    bounds
        Taken; a solution that lies on one is an error where one differentiates.
    constraints
        Not supported.

    Returns
    -------
    OptimizeResult
        SciPy's, with Tensors `x` and `fun`. The start has gradient 0.

    Raises
    ------
    DegeneracyError
        If one differentiates, and the Hessian is singular.
    GraphError
        If one differentiates, and the solver has not reached a minimum.

    >>> import gradx as gx
    >>> def f(x, a):
    ...     return gx.sum((x - a) ** 4 + (x - a) ** 2)
    >>> slope = gx.grad(lambda a: gx.scipy.optimize.minimize(f, [0.0], args=(a,)).x[0])(gx.asarray([3.0]))
    >>> print(f"{slope.item():.6f}")
    1.000000
    """
    if constraints:
        raise OperandError(
            "optimize.minimize: expected no constraints, whose solution has other conditions; got some. Use a penalty, "
            "or substitute the unknowns"
        )
    first = (lambda x, *rest: fun(x, *rest)[0]) if jac is True else fun
    problem = Problem("optimize.minimize", first, x0, args)
    name = method.lower() if isinstance(method, str) else method
    if callable(name):
        raise OperandError("optimize.minimize: expected a method by its name; got a function")
    given: dict[str, Any] = {"bounds": bounds, "tol": tol, "callback": callback, "options": options}
    if name not in _WITHOUT_GRADIENT:
        given["jac"] = problem.hosted(grad(problem.fixed_number))
    if name in _WITH_HESSIAN:
        given["hess"] = problem.hosted(hessian(problem.fixed_number))
    inner = problem.hosted(problem.fixed_number)
    found = host("optimize").minimize(
        lambda x: float(inner(x)), _numbers(problem.x0), method=method, **given
    )
    result = type(found)(found)
    low, high = _ends(bounds)
    result.x = _minimum("optimize.minimize", problem, problem.number, found.x, low, high)
    result.fun = problem.number(result.x)
    return result


def _ends(bounds: Any) -> tuple[Any, Any]:
    """Return the lower and the upper bounds, of pairs or of an object of SciPy's."""
    if hasattr(bounds, "lb"):
        return bounds.lb, bounds.ub
    if bounds is None:
        return None, None
    return [pair[0] for pair in bounds], [pair[1] for pair in bounds]


def _minimum(
    name: str, problem: Problem, f: Callable[[Any], Any], x: Any, low: Any, high: Any
) -> Any:
    near = constant(x, problem.x0)
    if tracked(f(near)):
        within(name, value(near), low, high)
    return stationary(name, f, near)


def minimize_scalar(fun: Any, bracket: Any = None, bounds: Any = None, args: Any = (), method: Any = None,
                    tol: float | None = None, options: Any = None) -> Any:  # fmt: skip
    """Find a number x where fun(x, *args) is least; see `minimize`.

    >>> import gradx as gx
    >>> found = gx.scipy.optimize.minimize_scalar(lambda x, a: (x - a) ** 2, args=(gx.asarray(3.0),)).x
    >>> print(f"{found.item():.6f}")
    3.000000
    """
    problem = Problem("optimize.minimize_scalar", fun, 0.0, args, scalar=True)
    inner = problem.hosted(problem.fixed_number)
    found = host("optimize").minimize_scalar(
        lambda x: float(inner(float(x))), bracket=bracket, bounds=bounds, method=method, tol=tol, options=options,
    )  # fmt: skip
    result = type(found)(found)
    near = constant(float(found.x), problem.x0)
    if bounds is not None and tracked(problem.number(near)):
        for end in bounds:
            if abs(float(found.x) - float(end)) <= 1e-5 * (1 + abs(float(end))):
                within("optimize.minimize_scalar", value(constant(float(end), near)), *bounds)
    result.x = stationary("optimize.minimize_scalar", problem.number, near)
    result.fun = problem.number(result.x)
    return result


# Of the squared residual, in units of f_scale.
_LOSSES: dict[str, Callable[[Any], Any]] = {
    "linear": lambda z: z,
    "soft_l1": lambda z: 2 * (ops.sqrt(1 + z) - 1),
    "huber": lambda z: ops.where(z <= 1, z, 2 * ops.sqrt(ops.where(z <= 1, 1, z)) - 1),
    "cauchy": lambda z: ops.log1p(z),
    "arctan": lambda z: ops.atan(z),
}


def least_squares(fun: Any, x0: Any, jac: Any = "2-point", bounds: Any = (-math.inf, math.inf), method: str = "trf",
                  ftol: float | None = 1e-8, xtol: float | None = 1e-8, gtol: float | None = 1e-8, x_scale: Any = None,
                  loss: str = "linear", f_scale: float = 1.0, diff_step: Any = None, tr_solver: Any = None,
                  tr_options: Any = None, jac_sparsity: Any = None, max_nfev: int | None = None, verbose: int = 0,
                  args: Any = (), kwargs: Any = None, callback: Any = None) -> Any:  # fmt: skip
    """Find x `(n,)` where half the sum of squares of fun(x, *args, **kwargs) `(m,)` is least.

    Parameters
    ----------
    jac, diff_step, jac_sparsity
        Not needed: the Jacobian is gradx's.
    loss
        "linear", "soft_l1", "huber", "cauchy" or "arctan".

    Returns
    -------
    OptimizeResult
        SciPy's, with Tensors `x`, `fun`, `cost`.

    >>> import gradx as gx
    >>> gx.scipy.optimize.least_squares(lambda x, a: x - a, [0.0], args=(gx.asarray([3.0]),)).x
    Tensor([3.])
    """
    if loss not in _LOSSES:
        raise OperandError(
            f"optimize.least_squares: expected a loss of {list(_LOSSES)}; got {loss!r}"
        )
    name, named = "optimize.least_squares", kwargs or {}
    problem = Problem(name, lambda x, *rest: fun(x, *rest, **named), x0, args)
    given = {"ftol": ftol, "xtol": xtol, "gtol": gtol, "x_scale": x_scale, "tr_solver": tr_solver,
             "max_nfev": max_nfev, "verbose": verbose, "tr_options": tr_options or {}}  # fmt: skip
    given = {k: v for k, v in given.items() if v is not None or k.endswith("tol")}
    found = host("optimize").least_squares(
        problem.hosted(problem.fixed_vector), _numbers(problem.x0), jac=problem.hosted(jacfwd(problem.fixed_vector)),
        bounds=bounds, method=method, loss=loss, f_scale=f_scale, **given,
    )  # fmt: skip

    def cost(x: Any) -> Any:
        squares = ops.square(problem.at(x) / f_scale)
        return 0.5 * f_scale**2 * ops.sum(_LOSSES[loss](squares))

    result = type(found)(found)
    low, high = _ends(bounds) if hasattr(bounds, "lb") else bounds
    result.x = _minimum(name, problem, cost, found.x, low, high)
    result.fun, result.cost = problem.at(result.x), cost(result.x)
    return result


def curve_fit(f: Any, xdata: Any, ydata: Any, p0: Any = None, sigma: Any = None, absolute_sigma: bool = False,
              check_finite: Any = None, bounds: Any = (-math.inf, math.inf), method: Any = None, jac: Any = None, *,
              full_output: bool = False, nan_policy: Any = None, **kwargs: Any) -> Any:  # fmt: skip
    """Fit parameters of f(x, *parameters) to data `(m,)`; differentiable in the data and `sigma`.

    Parameters
    ----------
    sigma
        Standard deviations of `ydata`, `(m,)`, or their covariance, `(m, m)`.
    kwargs
        `ftol`, `xtol`, `gtol`, `max_nfev`: of `least_squares`.

    Returns
    -------
    Tensor, Tensor
        The parameters `(n,)`, and their covariance `(n, n)`.

    >>> import gradx as gx
    >>> x = gx.asarray([0.0, 1.0, 2.0])
    >>> fitted, _ = gx.scipy.optimize.curve_fit(lambda x, a, b: a * x + b, x, 2.0 * x + 1.0)
    >>> print(f"{fitted[0].item():.6f} {fitted[1].item():.6f}")
    2.000000 1.000000
    """
    name = "optimize.curve_fit"
    ends: dict[str, Any] = {"ftol": 1e-12, "xtol": 1e-12, "gtol": 1e-12, "max_nfev": None}
    ends |= {k: kwargs.pop(k) for k in list(ends) if k in kwargs}
    for keyword, given in (
        ("full_output", full_output),
        ("nan_policy", nan_policy),
        *kwargs.items(),
    ):
        if given:
            raise OperandError(f"{name}: expected no {keyword}; got {given!r}. Use least_squares")
    like = first_of(ydata, xdata, sigma, p0)
    ydata = floating(ydata, like)
    xdata = floating(xdata, ydata) if not callable(xdata) else xdata
    if p0 is None:
        p0 = [1.0] * (len(inspect.signature(f).parameters) - 1)
    weigh = _weighting(name, sigma, ydata)
    bounded = hasattr(bounds, "lb") or any(
        hasattr(end, "__len__") or math.isfinite(end) for end in bounds
    )

    def residual(p: Any, x: Any, y: Any) -> Any:
        return weigh(f(x, *[p[i] for i in range(p.shape[0])]) - y)

    found = least_squares(
        residual, floating(p0, ydata), bounds=bounds, args=(xdata, ydata), **ends,
        method=method or ("trf" if bounded else "lm"),
    )  # fmt: skip
    slopes = jacfwd(lambda p: residual(p, xdata, ydata))(found.x)
    covariance = ops.linalg.inv(ops.matmul(ops.matrix_transpose(slopes), slopes))
    spare = ydata.shape[0] - found.x.shape[0]
    if not absolute_sigma:
        covariance = covariance * (2 * found.cost / spare if spare > 0 else math.inf)
    return found.x, covariance


def _weighting(name: str, sigma: Any, ydata: Any) -> Callable[[Any], Any]:
    if sigma is None:
        return lambda r: r
    sigma = floating(sigma, ydata)
    if sigma.ndim < 2:
        return lambda r: r / sigma
    if sigma.shape != (ydata.shape[0],) * 2:
        raise OperandError(
            f"{name}: expected sigma (m,) or (m, m), m = {ydata.shape[0]}; got {sigma.shape}"
        )
    root = ops.linalg.cholesky(sigma)
    return lambda r: ops.linalg.solve_triangular(root, r[:, None], lower=True)[:, 0]


def linear_sum_assignment(cost_matrix: Any, maximize: bool = False) -> tuple[Any, Any]:
    """Return rows and columns of the assignment of least cost: integers, which have no derivative.

    `cost_matrix[rows, columns]` are its costs, with their gradient.

    >>> import gradx as gx
    >>> gx.scipy.optimize.linear_sum_assignment(gx.asarray([[1.0, 0.0], [0.0, 3.0]]))
    (Tensor([0, 1]), Tensor([1, 0]))
    """
    cost_matrix = floating(cost_matrix)
    found = host("optimize").linear_sum_assignment(value(cost_matrix), maximize=maximize)
    rows, columns = (constant(part, cost_matrix, "int64") for part in found)
    return rows, columns


__all__ = ["curve_fit", "least_squares", "linear_sum_assignment", "minimize", "minimize_scalar"]

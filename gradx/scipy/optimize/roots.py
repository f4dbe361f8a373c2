"""Roots: `root`, `fsolve`, `root_scalar`, `brentq` and its kin, `newton`, `fixed_point`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradx import ops
from gradx.scipy.optimize.implicit import Problem, solved
from gradx.scipy.values import constant, host
from gradx.transforms.derivatives import grad
from gradx.transforms.jacobians import jacfwd

_WITH_JACOBIAN = ("hybr", "lm")


def root(fun: Any, x0: Any, args: Any = (), method: str = "hybr", jac: Any = None, tol: float | None = None,
         callback: Any = None, options: Any = None) -> Any:  # fmt: skip
    """Find x with fun(x, *args) = 0, all `(n,)`; differentiable in `args` and whatever `fun` closes over.

    Parameters
    ----------
    jac
        Not needed: the Jacobian is gradx's. True if `fun` returns it, too.

    Returns
    -------
    OptimizeResult
        SciPy's, with Tensors `x` and `fun`.

    Raises
    ------
    DegeneracyError
        If one differentiates, and the Jacobian is singular.
    GraphError
        If one differentiates, and the solver has not reached a root.

    >>> import gradx as gx
    >>> def f(x, a):
    ...     return x * x - a
    >>> gx.grad(lambda a: gx.scipy.optimize.root(f, [1.0], args=(a,)).x[0])(gx.asarray(4.0))
    Tensor(0.25)
    """
    first = (lambda x, *rest: fun(x, *rest)[0]) if jac is True else fun
    problem = Problem("optimize.root", first, x0, args)
    jacobian = problem.hosted(jacfwd(problem.fixed_vector)) if method in _WITH_JACOBIAN else None
    flat = problem.hosted(problem.fixed_vector)
    found = host("optimize").root(
        flat, _start(problem),
        method=method, jac=jacobian, tol=tol, callback=callback, options=options,
    )  # fmt: skip
    result = type(found)(found)
    result.x = solved("optimize.root", problem.vector, constant(found.x, problem.x0))
    result.fun = problem.vector(result.x)
    return result


def fsolve(func: Any, x0: Any, args: Any = (), fprime: Any = None, full_output: int = 0, col_deriv: int = 0,
           xtol: float = 1.49012e-8, maxfev: int = 0, band: Any = None, epsfcn: Any = None, factor: float = 100,
           diag: Any = None) -> Any:  # fmt: skip
    """Find x with func(x, *args) = 0: `root` by MINPACK's hybrid method.

    Returns
    -------
    Tensor
        With `full_output` also SciPy's dict, a status and a message.

    >>> import gradx as gx
    >>> gx.scipy.optimize.fsolve(lambda x: x * x - gx.asarray([4.0]), [1.0])
    Tensor([2.])
    """
    problem = Problem("optimize.fsolve", func, x0, args)
    x, *rest = host("optimize").fsolve(
        problem.hosted(problem.fixed_vector), _start(problem), fprime=problem.hosted(jacfwd(problem.fixed_vector)),
        full_output=1, xtol=xtol, maxfev=maxfev, factor=factor, diag=diag,
    )  # fmt: skip
    x = solved("optimize.fsolve", problem.vector, constant(x, problem.x0))
    return (x, *rest) if full_output else x


def _start(problem: Problem) -> Any:
    return ops.stop_gradient(problem.x0).numpy()


def root_scalar(f: Any, args: Any = (), method: str | None = None, bracket: Any = None, fprime: Any = None,
                fprime2: Any = None, x0: Any = None, x1: Any = None, xtol: float | None = None,
                rtol: float | None = None, maxiter: int | None = None, options: Any = None) -> Any:  # fmt: skip
    """Find a number x with f(x, *args) = 0; differentiable in `args` and whatever `f` closes over.

    Parameters
    ----------
    fprime, fprime2
        Not needed: the derivatives are gradx's.

    Returns
    -------
    RootResults
        SciPy's, with a Tensor `root`.

    >>> import gradx as gx
    >>> gx.scipy.optimize.root_scalar(lambda x, a: x**3 - a, (gx.asarray(8.0),), bracket=(0.0, 9.0)).root
    Tensor(2.)
    """
    first = (lambda x, *rest: f(x, *rest)[0]) if fprime is True else f
    start = x0 if x0 is not None else bracket[0] if bracket is not None else 0.0
    problem = Problem("optimize.root_scalar", first, start, args, scalar=True)
    given: dict[str, Any] = {
        "x1": x1,
        "xtol": xtol,
        "rtol": rtol,
        "maxiter": maxiter,
        "options": options,
    }
    if x0 is not None:
        given["x0"] = float(_start(problem))
        if method in ("newton", "halley") or (method is None and bracket is None and x1 is None):
            given["fprime"] = _number(problem, grad(problem.fixed_number))
        if method == "halley":
            given["fprime2"] = _number(problem, grad(grad(problem.fixed_number)))
    if bracket is not None:
        given["bracket"] = [
            float(ops.stop_gradient(b)) if hasattr(b, "shape") else b for b in bracket
        ]
    found = host("optimize").root_scalar(
        _number(problem, problem.fixed_number), method=method, **given
    )
    found.root = solved(
        "optimize.root_scalar", problem.number, constant(float(found.root), problem.x0)
    )
    return found


def _number(problem: Problem, f: Callable[[Any], Any]) -> Callable[..., float]:
    inner = problem.hosted(f)
    return lambda x: float(inner(float(x)))


def _bracketing(name: str) -> Callable[..., Any]:
    def find(f: Any, a: Any, b: Any, args: Any = (), xtol: float = 2e-12, rtol: float = 8.881784197001252e-16,
             maxiter: int = 100, full_output: bool = False, disp: bool = True) -> Any:  # fmt: skip
        problem = Problem(f"optimize.{name}", f, a, args, scalar=True)
        a, b = (float(ops.stop_gradient(x)) if hasattr(x, "shape") else float(x) for x in (a, b))
        root, info = getattr(host("optimize"), name)(
            _number(problem, problem.fixed_number), a, b, xtol=xtol, rtol=rtol, maxiter=maxiter, full_output=True,
            disp=disp,
        )  # fmt: skip
        root = solved(f"optimize.{name}", problem.number, constant(float(root), problem.x0))
        return (root, info) if full_output else root

    find.__name__ = find.__qualname__ = name
    find.__doc__ = f"Find a number between `a` and `b` with f(x, *args) = 0, by SciPy's `{name}`; see `root_scalar`."
    return find


bisect, brenth, brentq, ridder, toms748 = (
    _bracketing(name) for name in ("bisect", "brenth", "brentq", "ridder", "toms748")
)


def newton(func: Any, x0: Any, fprime: Any = None, args: Any = (), tol: float = 1.48e-8, maxiter: int = 50,
           fprime2: Any = None, x1: Any = None, rtol: float = 0.0, full_output: bool = False,
           disp: bool = True) -> Any:  # fmt: skip
    """Find a number x with func(x, *args) = 0 from the start `x0`, by Newton's iteration with gradx's derivative.

    >>> import gradx as gx
    >>> gx.scipy.optimize.newton(lambda x, a: x * x - a, 1.0, args=(gx.asarray(4.0),))
    Tensor(2.)
    """
    problem = Problem("optimize.newton", func, x0, args, scalar=True)
    root, info = host("optimize").newton(
        _number(problem, problem.fixed_number), float(_start(problem)), _number(problem, grad(problem.fixed_number)),
        tol=tol, maxiter=maxiter, rtol=rtol, full_output=True, disp=disp,
    )  # fmt: skip
    root = solved("optimize.newton", problem.number, constant(float(root), problem.x0))
    return (root, info) if full_output else root


def fixed_point(func: Any, x0: Any, args: Any = (), xtol: float = 1e-8, maxiter: int = 500,
                method: str = "del2") -> Any:  # fmt: skip
    """Find x with func(x, *args) = x, of the shape of `x0`.

    >>> import gradx as gx
    >>> gx.scipy.optimize.fixed_point(lambda x, a: 0.5 * (x + a / x), 1.0, args=(gx.asarray(4.0),))
    Tensor(2.)
    """
    shape = getattr(x0, "shape", None)
    scalar = shape == () or (shape is None and not hasattr(x0, "__len__"))
    problem = Problem("optimize.fixed_point", func, x0, args, scalar=scalar)
    found = host("optimize").fixed_point(
        problem.hosted(), _start(problem), xtol=xtol, maxiter=maxiter, method=method
    )
    return solved(
        "optimize.fixed_point", lambda x: problem.vector(x) - x, constant(found, problem.x0)
    )


__all__ = [
    "bisect",
    "brenth",
    "brentq",
    "fixed_point",
    "fsolve",
    "newton",
    "ridder",
    "root",
    "root_scalar",
    "toms748",
]

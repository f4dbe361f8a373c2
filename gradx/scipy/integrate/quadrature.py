"""`quad`, `quad_vec`, `dblquad`, `fixed_quad`: integrals of functions, by Gauss and Kronrod's rules.

- Subintervals are chosen on values: the one with the largest estimate of its error is halved. The integrand runs on
  the tape, once at each node, so whatever it closes over gets its gradient.
- Limits by the fundamental theorem of calculus, whatever kinks or jumps the integrand has between them: an integral
  of no width at the limit is added, by a rule with enough nodes to be exact to the sixth derivative.
- Infinite limits by x = a + (1 - t) / t.
"""

from __future__ import annotations

import heapq
import itertools
import math
import warnings
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any, NamedTuple

from gradx import ops
from gradx.errors import OperandError, ShapeError
from gradx.promotion import finfo
from gradx.scipy.integrate.rules import Rule, gauss, kronrod
from gradx.scipy.values import constant, first_of, floating, function_of, host, tracked, value

Norm = Callable[[Any], float]
_EDGE = 3  # nodes of the rule at a limit: exact to derivatives of order 6
_EPS = 2.0**-52


class _Panel(NamedTuple):
    """The integral over one subinterval; the largest error comes first."""

    key: float
    number: int
    low: float
    high: float
    integral: Any
    value: Any
    error: float
    noise: float


class _Integrand:
    """A function of one number over an interval, of which either end may be infinite."""

    def __init__(self, name: str, f: Any, a: Any, b: Any, args: Any, norm: Norm) -> None:
        self.name, self.f = name, function_of(name, f)
        self.args = args if isinstance(args, tuple) else (args,)
        like = first_of(a, b, list(self.args))
        self.like = ops.real(like) if like is not None and like.dtype.kind == "c" else like
        self.ends = [floating(a, self.like), floating(b, self.like)]
        low, high = (float(value(x)) for x in self.ends)
        if math.isnan(low) or math.isnan(high):
            raise ValueError(f"{name}: expected limits that are numbers; got {low} and {high}")
        self.sign = -1.0 if low > high else 1.0
        self.low, self.high = min(low, high), max(low, high)
        self.norm, self.count, self.panels, self.eps = norm, 0, 0, _EPS

    def domain(self, points: Any) -> list[float]:
        """Return where the first subintervals begin and end, in the variable of integration."""
        breaks = [] if points is None else [float(p) for p in value(points).ravel()]
        inner = sorted({self._inverse(p) for p in breaks if self.low < p < self.high})
        if math.isinf(self.low) or math.isinf(self.high):
            return [0.0, *inner, 1.0]
        return [self.low, *inner, self.high]

    def _inverse(self, x: float) -> float:
        if math.isinf(self.low) and math.isinf(self.high):
            return 1.0 / (1.0 + abs(x))
        if math.isinf(self.high):
            return 1.0 / (1.0 + x - self.low)
        return 1.0 / (1.0 + self.high - x) if math.isinf(self.low) else x

    def at(self, t: float) -> Any:
        """Return the integrand at `t`, times the slope of the change of variable."""
        step, slope = ((1.0 - t) / t, 1.0 / (t * t)) if t else (math.inf, math.inf)
        if math.isinf(self.low) and math.isinf(self.high):
            return (self.call(step) + self.call(-step)) * slope
        if math.isinf(self.high):
            return self.call(self.low + step) * slope
        if math.isinf(self.low):
            return self.call(self.high - step) * slope
        return self.call(t)

    def call(self, x: Any) -> Any:
        """Return the integrand at `x`, a number or a Tensor."""
        self.count += 1
        x = x if self.like is None else floating(x, self.like)
        return floating(self.f(x, *self.args), self.like)

    def panel(self, low: float, high: float, rule: Rule) -> _Panel:
        """Return the integral over a subinterval and the estimate of its error, QUADPACK's."""
        middle, half = 0.5 * (low + high), 0.5 * (high - low)
        found = ops.stack([self.at(middle + half * x) for x in rule.nodes])
        integral = half * _weighted(rule.weights, found)
        values = value(found)
        fine, coarse = (
            sum(w * y for w, y in zip(ws, values, strict=True))
            for ws in (rule.weights, rule.coarse)
        )
        size = half * self.norm(sum(w * abs(y) for w, y in zip(rule.weights, values, strict=True)))
        spread = half * self.norm(
            sum(w * abs(y - 0.5 * fine) for w, y in zip(rule.weights, values, strict=True))
        )
        error = half * self.norm(fine - coarse)
        if spread and error:
            error = spread * min(1.0, (200.0 * error / spread) ** 1.5)
        self.eps = max(self.eps, float(finfo(found.dtype).eps))
        noise = 50.0 * self.eps * size
        if noise > 1e-290:
            error = max(noise, error)
        self.panels += 1
        return _Panel(-error, self.panels, low, high, integral, half * fine, error, noise)

    def edges(self) -> Any:
        """Return 0, which has the derivatives by the limits."""
        total: Any = 0.0
        for end, sign in zip(self.ends, (-1.0, 1.0), strict=True):
            fixed = float(value(end))
            if not tracked(end) or math.isinf(fixed):
                continue
            width = end - ops.stop_gradient(end)
            for x, w in zip(*gauss(_EDGE), strict=True):
                y = self.call(fixed + width * (0.5 + 0.5 * x))
                if not ops.all(ops.isfinite(ops.stop_gradient(y))):
                    raise ValueError(
                        f"{self.name}: expected an integrand that is finite at the limit {fixed}: it is the "
                        f"derivative there; got {value(y)}. Detach the limit"
                    )
                total = total + (0.5 * sign * w) * width * y
        return total


def _weighted(weights: Iterable[float], found: Any) -> Any:
    return ops.tensordot(constant(list(weights), found), found, axes=1)


def _adaptive(integrand: _Integrand, rule: Rule, epsabs: float, epsrel: float, limit: int, points: Any) -> tuple[
    Any, float, list[_Panel], bool
]:  # fmt: skip
    """Return the integral, its error, the subintervals, and whether that is as small as asked."""
    places = integrand.domain(points)
    heap = [integrand.panel(a, b, rule) for a, b in itertools.pairwise(places)]
    heapq.heapify(heap)
    done: list[_Panel] = []  # too narrow to be halved, or noise already
    total = sum(p.value for p in heap)
    while True:
        panels = heap + done
        error = math.fsum(p.error for p in panels)
        least = epsrel if integrand.eps == _EPS else max(epsrel, 100 * integrand.eps)
        small = error <= max(epsabs, least * integrand.norm(total))
        if small or not heap or len(panels) >= limit:
            break
        worst = heapq.heappop(heap)
        middle = 0.5 * (worst.low + worst.high)
        if worst.error <= worst.noise or not worst.high - worst.low > 8 * _EPS * abs(middle):
            done.append(worst)
            continue
        for low, high in ((worst.low, middle), (middle, worst.high)):
            part = integrand.panel(low, high, rule)
            heapq.heappush(heap, part)
            total = total + part.value
        total = total - worst.value
    panels = sorted(panels, key=lambda p: p.low)
    integral = sum((p.integral for p in panels[1:]), panels[0].integral)
    return integrand.sign * integral + integrand.edges(), error, panels, small


def _warn(name: str, error: float, limit: int) -> str:
    message = (
        f"{name}: expected an estimate of the error below epsabs and epsrel; got {error:.2g} after {limit} "
        "subintervals at most, or at the limit of rounding. Give points=, where the integrand is not smooth"
    )
    warnings.warn(message, host("integrate").IntegrationWarning, stacklevel=3)
    return message


def quad(func: Any, a: Any, b: Any, args: Any = (), full_output: int = 0, epsabs: float = 1.49e-8,
         epsrel: float = 1.49e-8, limit: int = 50, points: Any = None, weight: Any = None, wvar: Any = None,
         wopts: Any = None, maxp1: int = 50, limlst: int = 50, complex_func: bool = False) -> Any:  # fmt: skip
    """Integrate a function of one number from `a` to `b`.

    Parameters
    ----------
    func
        Takes a number and `args`, and returns a number or a 0-d Tensor, real or complex. Where a limit or one of `args`
        is a Tensor, the number is a 0-d Tensor beside it.
    a, b
        The limits, infinite ones too.
    points
        Where the integrand has kinks or jumps: subintervals begin there.
    epsabs, epsrel
        How small the error is to be; of values in single precision it is not asked to be below 100 of its units.
    limit
        How many subintervals QUADPACK may use. Here are four for one of those, as nothing is extrapolated.
    weight, wvar, wopts
        Not supported: make the weight part of `func`.

    Returns
    -------
    Tensor, float
        The integral, and an estimate of its error; with `full_output` a dict of what happened besides.

    Raises
    ------
    ValueError
        If the integrand is not finite at a limit by which one differentiates.

    >>> import gradx as gx
    >>> slope = gx.grad(lambda p: gx.scipy.integrate.quad(lambda x: gx.exp(-p * x), 0.0, gx.inf)[0])
    >>> print(f"{slope(gx.asarray(2.0)).item():.6f}")
    -0.250000
    """
    if weight is not None or wvar is not None or wopts is not None:
        raise OperandError(
            f"integrate.quad: expected no weight; got weight={weight!r}. Make it part of the function"
        )
    integrand = _Integrand("integrate.quad", func, a, b, args, lambda y: float(abs(y)))
    rule = kronrod(
        15 if integrand.low == -math.inf or integrand.high == math.inf else 21
    )  # QUADPACK's
    result, error, panels, small = _adaptive(integrand, rule, epsabs, epsrel, 4 * limit, points)
    if result.ndim:
        raise ShapeError(
            f"integrate.quad: expected a function to numbers; got shape {result.shape}. Use quad_vec"
        )
    info = {
        "neval": integrand.count, "last": len(panels), "alist": [p.low for p in panels],
        "blist": [p.high for p in panels], "rlist": [p.value for p in panels],
        "elist": [p.error for p in panels],
    }  # fmt: skip
    message = () if small else (_warn("integrate.quad", error, 4 * limit),)
    return (result, error, info, *message) if full_output else (result, error)


def quad_vec(f: Any, a: Any, b: Any, epsabs: float = 1e-200, epsrel: float = 1e-8, norm: Any = "2",
             cache_size: float = 1e8, limit: int = 10000, workers: Any = 1, points: Any = None,
             quadrature: str | None = None, full_output: bool = False, *, args: Any = ()) -> Any:  # fmt: skip
    """Integrate a function of one number with values of any shape from `a` to `b`.

    Parameters
    ----------
    f
        Takes a number (a 0-d Tensor, as in `quad`) and `args`, and returns a number or a Tensor.
    norm
        Of the error: "2" or "max".
    quadrature
        "gk21" (the default), or "gk15", that for infinite limits.
    cache_size, workers
        Taken, of no effect: evaluations are on the tape, one after the other.

    Returns
    -------
    Tensor, float
        The integral, and an estimate of its error; with `full_output` an object with `success`, `status`, `neval`,
        `intervals`, `errors` and `message`.

    >>> import gradx as gx
    >>> gx.scipy.integrate.quad_vec(lambda x: x * gx.asarray([1.0, 2.0]), 0.0, 1.0)[0]
    Tensor([0.5, 1. ])
    """
    norms: dict[str, Norm] = {
        "2": lambda y: float((abs(y) ** 2).sum() ** 0.5),
        "max": lambda y: float(abs(y).max()),
    }
    if norm not in norms:
        raise ValueError(f"integrate.quad_vec: expected norm '2' or 'max'; got {norm!r}")
    integrand = _Integrand("integrate.quad_vec", f, a, b, args, norms[norm])
    endless = integrand.low == -math.inf or integrand.high == math.inf
    rules = {None: 15 if endless else 21, "gk15": 15, "gk21": 21}
    if quadrature not in rules:
        raise ValueError(
            f"integrate.quad_vec: expected quadrature 'gk15' or 'gk21'; got {quadrature!r}"
        )
    rule = kronrod(rules[quadrature])
    result, error, panels, small = _adaptive(integrand, rule, epsabs, epsrel, limit, points)
    if not full_output:
        return result, error
    noise = all(p.error <= p.noise for p in panels)
    info = SimpleNamespace(
        success=small or noise, status=0 if small else 2 if noise else 1, neval=integrand.count,
        intervals=[(p.low, p.high) for p in panels], errors=[p.error for p in panels],
        message="Target precision reached." if small else "Target precision could not be reached.",
    )  # fmt: skip
    return result, error, info


def dblquad(func: Any, a: Any, b: Any, gfun: Any, hfun: Any, args: Any = (), epsabs: float = 1.49e-8,
            epsrel: float = 1.49e-8) -> tuple[Any, float]:  # fmt: skip
    """Integrate `func(y, x)` for y from `gfun` to `hfun`, which are numbers or functions of x, and x from `a` to `b`.

    >>> import gradx as gx
    >>> gx.scipy.integrate.dblquad(lambda y, x: x * y, 0.0, 2.0, 0.0, lambda x: x)[0]
    Tensor(2.)
    """

    def inner(x: Any) -> Any:
        low, high = (limit(x) if callable(limit) else limit for limit in (gfun, hfun))
        return quad(func, low, high, (x, *args), epsabs=epsabs, epsrel=epsrel)[0]

    result, error = quad(inner, a, b, epsabs=epsabs, epsrel=epsrel)
    return result, error


def fixed_quad(func: Any, a: Any, b: Any, args: Any = (), n: int = 5) -> tuple[Any, None]:
    """Integrate a function from `a` to `b` by Gauss's rule with n nodes.

    Parameters
    ----------
    func
        Takes all nodes at once, `(n,)`, and returns `(..., n)`.

    >>> import gradx as gx
    >>> gx.scipy.integrate.fixed_quad(lambda x: x**3, 0.0, gx.asarray(2.0))[0]
    Tensor(4.)
    """
    like = first_of(a, b, list(args))
    a, b = floating(a, like), floating(b, like)
    if not (ops.isfinite(ops.stop_gradient(a)) and ops.isfinite(ops.stop_gradient(b))):
        raise ValueError("integrate.fixed_quad: expected finite limits. Use quad for infinite ones")
    nodes, weights = gauss(n)
    places = (b - a) * (constant(list(nodes), a) + 1.0) * 0.5 + a
    found = floating(func(places, *args), a)
    return (b - a) * 0.5 * ops.sum(constant(list(weights), found) * found, axis=-1), None


__all__ = ["dblquad", "fixed_quad", "quad", "quad_vec"]

"""Derivatives of the incomplete gamma and beta functions in their parameters.

With E the mean of log t under the density p(t) of the gamma or beta distribution, the truncated moments

    M_n(a, x) = integral from 0 to x of p(t) (log t - E)^n dt,    E = psi(a),  M_0 = gammainc(a, x)

are closed under differentiation: d/da M_n = M_(n+1) - n psi'(a) M_(n-1) and d/dx M_n = p(x) (log x - E)^n. The same
holds for the beta distribution with the moments in log t and log(1-t). So one quadrature gives every order.

- With t = x exp(-w), the integrand is smooth and falls at least exponentially: Gauss and Legendre's rule on at most
  two panels is exact to about 1e-13 of the integral of the modulus, for parameters from 1e-3 to 1e7.
- The smaller of both tails is integrated, as the moments over the whole line are known.
- Constant memory: nodes are summed one after the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, partial, wraps
from typing import Any

from gradx.backend import namespaces
from gradx.elementwise import elementwise_card
from gradx.ops.special.cards import quiet
from gradx.ops.special.densities import beta_density, gamma_density, log_beta_power, log_gamma_power
from gradx.tape import bind

_NODES = 40
_CUT = 42.0  # exp(-42) is below the rounding of a double
_PANEL = 36.0  # beyond, what is left of x exp(-w) is below rounding


@cache
def _rule() -> tuple[tuple[float, float], ...]:
    """Return nodes and weights of Gauss and Legendre's rule on [0, 1], by Newton's method (DLMF 3.5(v))."""
    found = []
    for k in range(_NODES):
        z = math.cos(math.pi * (k + 0.75) / (_NODES + 0.5))
        for _ in range(8):
            p0, p1 = 1.0, z
            for n in range(2, _NODES + 1):
                p0, p1 = p1, ((2 * n - 1) * z * p1 - (n - 1) * p0) / n
            slope = _NODES * (z * p1 - p0) / (z * z - 1)
            z -= p1 / slope
        found.append(((1 + z) / 2, 1 / ((1 - z * z) * slope * slope)))
    return tuple(found)


def _integrate(xp: Any, integrand: Any, low: Any, high: Any) -> Any:
    width, total = high - low, None
    for node, weight in _rule():
        term = weight * integrand(low + node * width)
        total = term if total is None else total + term
    return total * width


def _least(xp: Any, *values: Any) -> Any:
    least = values[0]
    for value in values[1:]:
        least = xp.minimum(least, value)
    return least


# ---------------------------------------------------------------- gamma


def _lower_gamma(xp: Any, a: Any, x: Any, n: int) -> Any:
    """Return M_n(a, x) over x^a exp(-x) / Gamma(a), for x <= a."""
    offset = xp.log(x) - xp.digamma(a)
    wide = xp.where(x > 3 * _CUT, xp.sqrt(3 * _CUT / x), (_CUT + x) / a)
    end = _least(xp, _CUT / (a - x), wide)
    middle = xp.minimum(end, _PANEL)

    def integrand(w: Any) -> Any:
        return xp.exp(-a * w - x * xp.expm1(-w)) * (offset - w) ** n

    return _integrate(xp, integrand, 0 * end, middle) + _integrate(xp, integrand, middle, end)


def _upper_gamma(xp: Any, a: Any, x: Any, n: int) -> Any:
    """Return the moment from x to infinity over x^a exp(-x) / Gamma(a), for x >= a."""
    offset = xp.log(x) - xp.digamma(a)
    c = _CUT / x
    wide = xp.where(c > 1, xp.log1p(c + 1.5 * xp.log1p(c)), xp.sqrt(2 * c))
    end = _least(xp, wide, _CUT / (x - a))

    def integrand(w: Any) -> Any:
        return xp.exp(a * w - x * xp.expm1(w)) * (offset + w) ** n

    return _integrate(xp, integrand, 0 * end, end)


def _by_elements(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return an implementation for bare arrays of `function(xp, *arrays)`; on whole blocks, where there are such."""

    @wraps(function)
    def call(*arrays: Any, **params: Any) -> Any:
        xp = namespaces[type(arrays[0])]
        on_blocks = getattr(xp, "elementwise", None)
        if on_blocks is not None:
            return on_blocks(partial(call, **params), *arrays)
        return function(xp, *arrays, **params)

    return call


@_by_elements
def _gamma_moment(xp: Any, a: Any, x: Any, *, n: int) -> Any:
    """Return M_n(a, x) on bare arrays."""
    with quiet(a):
        valid = (a > 0) & (x > 0) & xp.isfinite(x) & xp.isfinite(a)
        a_, x_ = xp.where(valid, a, 1.0), xp.where(valid, x, 1.0)
        lower = _lower_gamma(xp, a_, xp.minimum(x_, a_), n)
        upper = _upper_gamma(xp, a_, xp.maximum(x_, a_), n)
        outside = xp.exp(log_gamma_power(xp, a_, x_))
        below = x_ <= a_
        if n == 1:
            y = outside * xp.where(below, lower, -upper)
        else:
            whole = xp.exp(log_gamma_power(xp, a_, a_)) * (lower + _upper_gamma(xp, a_, a_, n))
            y = xp.where(below, outside * lower, whole - outside * upper)
        edge = (a > 0) & ((x == 0) | ((x == math.inf) & (n == 1)))
        return xp.where(valid, y, xp.where(edge, xp.zeros_like(y), math.nan))


def _gamma_slope_a(xp: Any, _y: Any, a: Any, x: Any, *, n: int) -> Any:
    rest = bind(gamma_moment, (a, x), {"n": n - 1}) if n > 1 else xp.special.gammainc(a, x)
    return bind(gamma_moment, (a, x), {"n": n + 1}) - n * xp.polygamma(a, n=1) * rest


def _gamma_slope_x(xp: Any, _y: Any, a: Any, x: Any, *, n: int) -> Any:
    return xp.guarded_multiply(gamma_density(xp, a, x), (xp.log(x) - xp.digamma(a)) ** n)


gamma_moment = elementwise_card("special.gamma_moment", _gamma_slope_a, _gamma_slope_x)
gamma_moment.implementation = _gamma_moment

# ---------------------------------------------------------------- beta


def _lower_beta(xp: Any, a: Any, b: Any, x: Any, rest: Any, m: int, n: int) -> Any:
    """Return M_mn(a, b, x) over x^a (1-x)^b / B(a, b), for x up to the mean; `rest` is 1 - x, exact near x = 1."""
    both, left = a + b, x < 0.5
    log_x = xp.where(left, xp.log(x), xp.log1p(-rest))
    log_rest = xp.where(left, xp.log1p(-x), xp.log(rest))
    first = log_x - (xp.digamma(a) - xp.digamma(both))
    second = log_rest - (xp.digamma(b) - xp.digamma(both))
    wide = xp.sqrt(2 * math.e * _CUT / (both * x * rest))
    wide = xp.where(wide < 1, wide, (_CUT - both * log_rest) / a)
    slope = xp.where(left, a - both * x, both * rest - b)
    end = _least(xp, wide, _CUT / xp.maximum(slope, 0.0))
    middle = xp.minimum(end, _PANEL)

    def integrand(w: Any) -> Any:
        fall = x * xp.expm1(-w)
        shift = xp.where(fall > -0.5, xp.log1p(fall), xp.log(rest + x * xp.exp(-w)))
        return xp.exp(-a * w - both * shift) * (first - w - shift) ** m * (second - shift) ** n

    return _integrate(xp, integrand, 0 * end, middle) + _integrate(xp, integrand, middle, end)


@_by_elements
def _beta_moment(xp: Any, a: Any, b: Any, x: Any, *, m: int, n: int) -> Any:
    """Return M_mn(a, b, x) on bare arrays."""
    with quiet(a):
        valid = (a > 0) & (b > 0) & (x > 0) & (x < 1) & xp.isfinite(a) & xp.isfinite(b)
        p, q, z = xp.where(valid, a, 1.0), xp.where(valid, b, 1.0), xp.where(valid, x, 0.5)
        mean, counter = p / (p + q), q / (p + q)
        lower = _lower_beta(xp, p, q, xp.minimum(z, mean), xp.maximum(1 - z, counter), m, n)
        upper = _lower_beta(xp, q, p, xp.minimum(1 - z, counter), xp.maximum(z, mean), n, m)
        outside = xp.exp(log_beta_power(xp, p, q, z))
        below = z <= mean
        if m + n == 1:
            y = outside * xp.where(below, lower, -upper)
        else:
            rest = _lower_beta(xp, q, p, counter, mean, n, m)
            whole = xp.exp(log_beta_power(xp, p, q, mean)) * (lower + rest)
            y = xp.where(below, outside * lower, whole - outside * upper)
        edge = (a > 0) & (b > 0) & ((x == 0) | ((x == 1) & (m + n == 1)))
        return xp.where(valid, y, xp.where(edge, xp.zeros_like(y), math.nan))


def moment_of_beta(xp: Any, a: Any, b: Any, x: Any, m: int, n: int) -> Any:
    """Return M_mn(a, b, x)."""
    if m == n == 0:
        return xp.special.betainc(a, b, x)
    return bind(beta_moment, (a, b, x), {"m": m, "n": n})


def _beta_slope_a(xp: Any, _y: Any, a: Any, b: Any, x: Any, *, m: int, n: int) -> Any:
    common = xp.polygamma(a + b, n=1)
    y = moment_of_beta(xp, a, b, x, m + 1, n)
    if m:
        y = y - m * (xp.polygamma(a, n=1) - common) * moment_of_beta(xp, a, b, x, m - 1, n)
    return y + n * common * moment_of_beta(xp, a, b, x, m, n - 1) if n else y


def _beta_slope_b(xp: Any, _y: Any, a: Any, b: Any, x: Any, *, m: int, n: int) -> Any:
    common = xp.polygamma(a + b, n=1)
    y = moment_of_beta(xp, a, b, x, m, n + 1)
    if n:
        y = y - n * (xp.polygamma(b, n=1) - common) * moment_of_beta(xp, a, b, x, m, n - 1)
    return y + m * common * moment_of_beta(xp, a, b, x, m - 1, n) if m else y


def _beta_slope_x(xp: Any, _y: Any, a: Any, b: Any, x: Any, *, m: int, n: int) -> Any:
    both = xp.digamma(a + b)
    weight = (xp.log(x) - xp.digamma(a) + both) ** m * (xp.log1p(-x) - xp.digamma(b) + both) ** n
    return xp.guarded_multiply(beta_density(xp, a, b, x), weight)


beta_moment = elementwise_card("special.beta_moment", _beta_slope_a, _beta_slope_b, _beta_slope_x)
beta_moment.implementation = _beta_moment

__all__ = ["beta_moment", "gamma_moment", "moment_of_beta"]

"""Tests whose statistic has a derivative: `cramervonmises`, `shapiro`, `tukey_hsd`; and those that have 0.

- Kendall's tau, the statistics of Ansari and Bradley and of Kolmogorov and Smirnov depend on the order of the samples
  only: piecewise constant.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

from gradx import ops, stats
from gradx.errors import ShapeError
from gradx.ops import special
from gradx.scipy.integrate.rules import gauss
from gradx.scipy.stats.results import constant_result, kind, only, pair
from gradx.scipy.values import constant, first_of, floating, host


def kendalltau(x: Any, y: Any, **options: Any) -> Any:
    """Return Kendall's tau and its p-value, which are piecewise constant: SciPy's, with gradient 0."""
    return constant_result("kendalltau", pair(x, y), options)


def ansari(x: Any, y: Any, alternative: str = "two-sided", **options: Any) -> Any:
    """Return Ansari and Bradley's statistic and its p-value, which are piecewise constant: gradient 0."""
    return constant_result("ansari", pair(x, y), {"alternative": alternative, **options})


def ks_2samp(
    data1: Any, data2: Any, alternative: str = "two-sided", method: str = "auto", **options: Any
) -> Any:
    """Return Kolmogorov and Smirnov's statistic of two samples and its p-value, piecewise constant: gradient 0."""
    options |= {"alternative": alternative, "method": method}
    return constant_result("ks_2samp", pair(data1, data2), options)


class CramerVonMisesResult(NamedTuple):
    """What `cramervonmises` returns."""

    statistic: Any
    pvalue: Any


def cramervonmises(
    rvs: Any, cdf: Any, args: Any = (), *, axis: Any = 0, nan_policy: str = "propagate",
    keepdims: bool = False,
) -> CramerVonMisesResult:  # fmt: skip
    """Return Cramér and von Mises' statistic of a sample along `axis`, and its p-value.

    Parameters
    ----------
    cdf
        A function of Tensors and `args`, or the name of one of `gx.stats`.

    >>> import gradx as gx
    >>> gx.scipy.stats.cramervonmises(gx.asarray([-1.0, 1.0]), "norm").statistic.shape
    ()
    """
    only("cramervonmises", nan_policy=(nan_policy, "propagate"), keepdims=(keepdims, False))
    x = floating(rvs)
    x = ops.ravel(x) if axis is None else ops.moveaxis(x, axis, -1)
    n = x.shape[-1]
    if n < 2:
        raise ShapeError(f"stats.cramervonmises: expected two samples or more; got {n}")
    f = getattr(stats, cdf).cdf if isinstance(cdf, str) else cdf
    places = (2 * ops.astype(ops.arange(1, n + 1, device=x.device), x.dtype) - 1) / (2 * n)
    w = 1 / (12 * n) + ops.sum(ops.square(places - f(ops.sort(x, axis=-1), *args)), axis=-1)
    low, high = w <= 1 / (12 * n), w >= n / 3
    inside = ops.where(low | high, 0.1, w)
    below = _series(_limit_term, inside) * (1 + 1 / (12 * n)) + _series(_next_term, inside) / n
    p = ops.clip(1 - ops.where(high, 1.0, ops.where(low, 0.0, below)), 0, None)
    return CramerVonMisesResult(w, p)


def _series(term: Callable[[Any, int], Any], x: Any) -> Any:
    """Return the sum of terms to the first that is below 1e-7, which is where SciPy ends."""
    total, k = 0.0 * x, 0
    while True:
        z = term(x, k)
        total, k = total + z, k + 1
        if not ops.any(ops.abs(ops.stop_gradient(z)) >= 1e-7):
            return total


def _limit_term(x: Any, k: int) -> Any:
    """Give a term of the limit distribution: S. Csörgő and J. J. Faraway (1996), (1.3)."""
    y = 4 * k + 1
    q = y**2 / (16 * x)
    scale = math.exp(math.lgamma(k + 0.5) - math.lgamma(k + 1)) / math.pi**1.5 * math.sqrt(y)
    return scale / ops.sqrt(x) * ops.exp(-q) * special.kv(0.25, q)


def _next_term(x: Any, k: int) -> Any:
    """Give a term of the correction of order 1 / n, without the part that is a multiple of the limit."""

    def second(y: Any) -> Any:
        z = y**2 / 4
        bessel = special.kv(0.25, z) + special.kv(0.75, z)
        return ops.exp(-z) * (y / 2) ** 1.5 * bessel / math.sqrt(math.pi)

    def third(y: Any) -> Any:
        z = y**2 / 4
        bessel = 2 * special.kv(0.25, z) + 3 * special.kv(0.75, z) - special.kv(1.25, z)
        return ops.exp(-z) * (y / 2) ** 2.5 * bessel / math.sqrt(math.pi)

    m, width = 2 * k + 1, 2 * ops.sqrt(x)
    g, h = math.gamma(k + 0.5), math.gamma(k + 1.5)
    a, b = x**0.75, x**1.25
    total = m * g * second((4 * k + 3) / width) / (9 * a)
    total = total + g * third((4 * k + 1) / width) / (72 * b)
    total = total + 2 * (m + 2) * h * third((4 * k + 5) / width) / (12 * b)
    total = total + 7 * m * g * second((4 * k + 1) / width) / (144 * a)
    total = total + 7 * m * g * second((4 * k + 5) / width) / (144 * a)
    return -total / (math.pi * math.gamma(k + 1))


def _power_series(coefficients: list[float], x: float) -> float:
    return sum(c * x**i for i, c in enumerate(coefficients))


def _shapiro_weights(n: int) -> list[float]:
    """Return the weights of the upper half, the largest first: P. Royston, AS R94 (1995)."""
    if n == 3:
        return [math.sqrt(0.5)]
    half = host("special").ndtri([(n - i - 0.375) / (n + 0.25) for i in range(n // 2)])
    m = [float(v) for v in half]
    whole = 2 * math.fsum(v * v for v in m)
    u = 1 / math.sqrt(n)
    first = _power_series([0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056], u)
    weights = [first + m[0] / math.sqrt(whole)]
    if n > 5:
        second = _power_series([0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633], u)
        weights.append(second + m[1] / math.sqrt(whole))
    used = len(weights)
    rest = (whole - 2 * sum(v * v for v in m[:used])) / (1 - 2 * sum(v * v for v in weights))
    return [*weights, *(v / math.sqrt(rest) for v in m[used:])]


def shapiro(
    x: Any, *, axis: Any = None, nan_policy: str = "propagate", keepdims: bool = False
) -> Any:
    """Return Shapiro and Wilk's statistic W of all elements, and its p-value.

    Returns
    -------
    ShapiroResult
        `statistic`, `pvalue`.

    >>> import gradx as gx
    >>> gx.scipy.stats.shapiro(gx.asarray([0.0, 1.0, 2.0])).statistic
    Tensor(1.)
    """
    only(
        "shapiro",
        axis=(axis, None),
        nan_policy=(nan_policy, "propagate"),
        keepdims=(keepdims, False),
    )
    x = ops.sort(ops.ravel(floating(x)))
    n = x.shape[0]
    if n < 3:
        raise ShapeError(f"stats.shapiro: expected three elements or more; got {n}")
    upper = constant(_shapiro_weights(n), x)
    count = upper.shape[0]
    span = ops.flip(x[n - count :]) - x[:count]
    w = ops.square(ops.sum(upper * span)) / ops.sum(ops.square(x - ops.mean(x)))
    return kind("shapiro")(w, _shapiro_tail(w, n))


def _shapiro_tail(w: Any, n: int) -> Any:
    if n == 3:
        return ops.clip(6 / math.pi * (ops.asin(ops.sqrt(w)) - math.asin(math.sqrt(0.75))), 0, None)
    y = ops.log(1 - w)
    if n <= 11:
        bound = 0.459 * n - 2.273
        beyond = y >= bound
        y = -ops.log(bound - ops.where(beyond, bound - 1, y))
        middle = _power_series([0.544, -0.39978, 0.025054, -6.714e-4], n)
        spread = math.exp(_power_series([1.3822, -0.77857, 0.062767, -0.0020322], n))
        return ops.where(beyond, 1e-99, stats.norm.sf((y - middle) / spread))
    logarithm = math.log(n)
    middle = _power_series([-1.5861, -0.31082, -0.083751, 0.0038915], logarithm)
    spread = math.exp(_power_series([-0.4803, -0.082676, 0.0030302], logarithm))
    return stats.norm.sf((y - middle) / spread)


def tukey_hsd(*args: Any, equal_var: bool = True) -> Any:
    """Return the differences of all pairs of means, and Tukey's p-values for them: `(k, k)`.

    Parameters
    ----------
    args
        k samples, `(n_i,)`.
    equal_var
        Whether the variances are one (Tukey and Kramer), or each its own (Games and Howell).

    >>> import gradx as gx
    >>> gx.scipy.stats.tukey_hsd(gx.asarray([0.0, 1.0]), [2.0, 4.0], [1.0, 0.0]).pvalue.shape
    (3, 3)
    """
    like = first_of(*args)
    samples = [floating(x, like) for x in args]
    if len(samples) < 2 or any(x.ndim != 1 or x.shape[0] < 2 for x in samples):
        raise ShapeError(
            f"stats.tukey_hsd: expected two samples (n,) or more, n > 1; got {[x.shape for x in samples]}"
        )
    means = ops.stack([ops.mean(x) for x in samples])
    spreads = ops.stack([ops.var(x, correction=1) for x in samples])
    sizes = constant([float(x.shape[0]) for x in samples], means)
    if equal_var:
        df: Any = ops.sum(sizes) - len(samples)
        common = ops.sum(spreads * (sizes - 1)) / df
        error = ops.sqrt((1 / sizes + 1 / sizes[:, None]) * common / 2)
    else:
        each = spreads / sizes
        both = each[:, None] + each
        error = ops.sqrt(both / 2)
        df = both**2 / (each[:, None] ** 2 / (sizes[:, None] - 1) + each**2 / (sizes - 1))
    apart = means[:, None] - means
    p = studentized_range_sf(ops.abs(apart) / error, len(samples), df)
    return SimpleNamespace(statistic=apart, pvalue=p)


_NODES = 64


def studentized_range_sf(q: Any, k: int, df: Any) -> Any:
    """Return the probability that the studentized range of `k` is above `q`, by Gauss's rule in both integrals.

    H. O. Lund, R. E. Lund, "Probabilities and upper quantiles for the studentized range" (1983) has the integrals.
    """
    df = df * ops.ones_like(q)
    fixed = ops.stop_gradient(df)
    # s is the scale, and u its logarithm: outside of these bounds its density is below 1e-16
    low = -6.5 / ops.sqrt(fixed) - 40 / fixed
    high = 0.5 * ops.log(1 + 13 / ops.sqrt(fixed) + 80 / fixed)
    nodes, weights = (constant(list(part), q) for part in gauss(2 * _NODES))
    wide = 0.5 * (high - low)[..., None]
    u = low[..., None] + wide * (nodes + 1)
    half = 0.5 * df[..., None]
    density = ops.exp(
        math.log(2)
        + half * ops.log(half)
        - special.gammaln(half)
        + 2 * half * (u - 0.5 * ops.exp(2 * u))
    )
    outer = wide * weights * density
    nodes, weights = (constant(list(part), q) for part in gauss(_NODES))
    z = 8.5 * nodes
    normal = ops.exp(-0.5 * z * z) / math.sqrt(2 * math.pi) * 8.5 * weights
    width = (q[..., None] * ops.exp(u))[..., None]
    # the range is below w if all others are within w above the least one
    chance = ops.sum(k * normal * (special.ndtr(z + width) - special.ndtr(z)) ** (k - 1), axis=-1)
    return ops.sum(outer * (1 - chance), axis=-1)


__all__ = [
    "ansari",
    "cramervonmises",
    "kendalltau",
    "ks_2samp",
    "shapiro",
    "studentized_range_sf",
    "tukey_hsd",
]

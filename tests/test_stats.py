"""`gradx.stats` against SciPy, its gradients in every argument, and the edges of the supports.

- One row a family: parameters, and points inside the support.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy.stats

import gradx as gx
from gradx.errors import ShapeError
from gradx.stats.family import Continuous, Discrete
from gradx.testing import assert_close, check_grads

POSITIVE, REAL, UNIT = (0.2, 0.9, 3.1), (-2.3, 0.1, 1.7), (0.12, 0.44, 0.83)
CONTINUOUS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "norm": ((), REAL),
    "uniform": ((), UNIT),
    "expon": ((), POSITIVE),
    "laplace": ((), REAL),
    "logistic": ((), REAL),
    "cauchy": ((), REAL),
    "gumbel_r": ((), REAL),
    "lognorm": ((0.7,), POSITIVE),
    "t": ((3.2,), REAL),
    "gamma": ((2.3,), POSITIVE),
    "chi2": ((3.4,), POSITIVE),
    "weibull_min": ((1.7,), POSITIVE),
    "pareto": ((2.1,), (1.2, 2.0, 4.0)),
    "beta": ((1.7, 2.6), UNIT),
    "f": ((3.3, 5.1), POSITIVE),
    "truncnorm": ((-1.5, 2.5), (-1.2, 0.3, 2.1)),
}
DISCRETE: dict[str, tuple[tuple[float, ...], tuple[int, ...]]] = {
    "poisson": ((2.7,), (0, 2, 5)),
    "binom": ((7.0, 0.3), (0, 2, 6)),
    "bernoulli": ((0.3,), (0, 1, 0)),
    "geom": ((0.3,), (1, 2, 5)),
    "nbinom": ((2.5, 0.4), (0, 2, 6)),
}
METHODS = ("logpdf", "pdf", "cdf", "logcdf", "sf", "logsf", "ppf")
MASSES = ("logpmf", "pmf", "cdf", "logcdf", "sf", "logsf")


def pairs(table: dict[str, Any], methods: tuple[str, ...]) -> list[Any]:
    return [pytest.param(n, method, id=f"{n}.{method}") for n in table for method in methods]


def method_of(name: str, method: str) -> tuple[Any, Any]:
    return getattr(getattr(gx.stats, name), method), getattr(getattr(scipy.stats, name), method)


@pytest.mark.parametrize(("name", "method"), pairs(CONTINUOUS, METHODS))
def test_continuous(name: str, method: str) -> None:
    ours, scipys = method_of(name, method)
    shapes, inside = CONTINUOUS[name]
    loc, scale = 0.4, 1.3
    x = np.asarray(UNIT) if method == "ppf" else loc + scale * np.asarray(inside)
    expected = scipys(x, *shapes, loc=loc, scale=scale)
    assert_close(ours(gx.asarray(x), *shapes, loc, scale), expected, rtol=1e-10, atol=1e-13)
    single = ours(gx.asarray(x, dtype="float32"), *shapes, loc=loc, scale=scale)
    assert single.dtype == gx.float32
    assert_close(single, expected.astype("float32"), rtol=2e-4, atol=2e-5)
    tracked = [gx.asarray(x), *[gx.asarray(p) for p in (*shapes, loc, scale)]]
    check_grads(ours, tracked, order=2)


@pytest.mark.parametrize(("name", "method"), pairs(DISCRETE, MASSES))
def test_discrete(name: str, method: str) -> None:
    ours, scipys = method_of(name, method)
    shapes, inside = DISCRETE[name]
    k = np.asarray(inside)
    with np.errstate(divide="ignore"):
        expected = scipys(k, *shapes)
        assert_close(ours(gx.asarray(k), *shapes), expected, rtol=1e-10, atol=1e-13)
        assert_close(ours(gx.asarray(k) + 2, *shapes, loc=2), expected, rtol=1e-10, atol=1e-13)
    if np.isinf(expected).any():
        k = k[:1]
    free = [i for i, p in enumerate(shapes) if not (name == "binom" and i == 0)]

    def function(*values: Any) -> Any:
        filled = list(shapes)
        for i, value in zip(free, values, strict=True):
            filled[i] = value
        return ours(gx.asarray(k), *filled)

    check_grads(function, [gx.asarray(shapes[i]) for i in free], order=2)


@pytest.mark.parametrize("name", CONTINUOUS)
def test_outside_the_support(name: str) -> None:
    shapes, _ = CONTINUOUS[name]
    family, reference = getattr(gx.stats, name), getattr(scipy.stats, name)
    low, high = reference.support(*shapes)
    points = [low - 0.5] * math.isfinite(low) + [high + 0.5] * math.isfinite(high)
    if not points:
        points = [-1e300]
    x = np.asarray(points)
    for method in METHODS[:-1]:
        with np.errstate(all="ignore"):
            expected = getattr(reference, method)(x, *shapes)
        values = [gx.asarray(x), *[gx.asarray(p) for p in shapes]]
        with np.errstate(all="ignore"):
            y, pullback = gx.vjp(getattr(family, method), *values)
        if math.isfinite(low) or math.isfinite(high):
            assert_close(y, expected)
            assert all(bool(gx.all(g == 0)) for g in pullback(gx.ones_like(y)))
    assert_close(family.ppf(gx.asarray([-0.1, 1.1]), *shapes), np.full(2, np.nan))


EDGES = [
    ("expon", (), 0.0, 1.0, -1.0),
    ("uniform", (), 0.0, 1.0, 0.0),
    ("uniform", (), 1.0, 1.0, 0.0),
    ("gamma", (2.0,), 0.0, 0.0, 1.0),
    ("gamma", (1.0,), 0.0, 1.0, -1.0),
    ("gamma", (0.5,), 0.0, math.inf, -math.inf),
    ("chi2", (4.0,), 0.0, 0.0, 0.25),
    ("beta", (2.0, 1.0), 0.0, 0.0, 2.0),
    ("beta", (1.0, 2.0), 1.0, 0.0, -2.0),
    ("weibull_min", (2.0,), 0.0, 0.0, 2.0),
    ("f", (4.0, 4.0), 0.0, 0.0, 6.0),
    ("lognorm", (1.0,), 0.0, 0.0, 0.0),
    ("laplace", (), 0.0, 0.5, 0.0),
]


@pytest.mark.parametrize(("name", "shapes", "x", "value", "slope"), EDGES)
def test_density_at_the_edge(name: str, shapes: Any, x: float, value: float, slope: float) -> None:
    with np.errstate(divide="ignore"):  # a density may be infinite at the edge
        y, pullback = gx.vjp(lambda z: getattr(gx.stats, name).pdf(z, *shapes), gx.asarray(x))
    (g,) = pullback(gx.ones_like(y))
    assert float(y) == pytest.approx(value)
    assert float(g) == pytest.approx(slope)


@pytest.mark.parametrize("name", CONTINUOUS)
def test_slope_of_the_distribution_function_is_the_density(name: str) -> None:
    shapes, inside = CONTINUOUS[name]
    family = getattr(gx.stats, name)
    low, _ = getattr(scipy.stats, name).support(*shapes)
    x = gx.asarray([*inside, low] if math.isfinite(low) else inside)
    density = family.pdf(x, *shapes)
    assert_close(gx.grad(lambda z: gx.sum(family.cdf(z, *shapes)))(x), density, rtol=1e-10)
    assert_close(gx.grad(lambda z: gx.sum(family.sf(z, *shapes)))(x), -density, rtol=1e-10)


def test_far_tails() -> None:
    x = np.asarray([-40.0, -300.0])
    assert_close(gx.stats.norm.logcdf(gx.asarray(x)), scipy.stats.norm.logcdf(x), rtol=1e-13)
    assert_close(gx.grad(gx.stats.norm.logcdf)(gx.asarray(-300.0)), 300.00333325926)
    k, mu = np.asarray([1e6, 1.01e6]), 1e6
    # Stirling: at k = mu the probability is 1 / sqrt(2 pi mu) times exp(-1 / (12 mu))
    expected = -0.5 * math.log(2 * math.pi * mu) - 1 / (12 * mu)
    assert_close(gx.stats.poisson.logpmf(gx.asarray(k), mu)[0], expected, rtol=1e-13)
    far = gx.stats.truncnorm.logpdf(gx.asarray(30.5), 30.0, 31.0)
    assert_close(far, scipy.stats.truncnorm.logpdf(30.5, 30.0, 31.0), rtol=1e-9)


@np.errstate(invalid="ignore")
def test_invalid_parameters_give_nan() -> None:
    x = gx.asarray([0.5])
    assert bool(gx.isnan(gx.stats.norm.pdf(x, 0.0, -1.0))[0])
    assert bool(gx.isnan(gx.stats.norm.pdf(x, scale=gx.asarray([-1.0])))[0])
    assert bool(gx.isnan(gx.stats.gamma.logpdf(x, -2.0))[0])
    assert bool(gx.isnan(gx.stats.poisson.logpmf(gx.asarray([1]), gx.asarray([-2.0])))[0])
    assert bool(gx.isnan(gx.stats.norm.pdf(gx.asarray([math.nan])))[0])


def test_parameters_are_named() -> None:
    with pytest.raises(TypeError, match=r"stats.t.pdf: expected the parameters df, loc, scale"):
        gx.stats.t.pdf(1.0)
    with pytest.raises(TypeError, match="each once"):
        gx.stats.norm.cdf(1.0, 0.0, loc=0.0)
    with pytest.raises(TypeError, match="each once"):
        gx.stats.norm.cdf(1.0, sigma=2.0)
    assert isinstance(gx.stats.norm, Continuous)
    assert isinstance(gx.stats.poisson, Discrete)


def test_dirichlet() -> None:
    x, alpha = np.asarray([0.2, 0.3, 0.5]), np.asarray([1.2, 0.7, 3.1])
    expected = scipy.stats.dirichlet.logpdf(x, alpha)
    assert_close(gx.stats.dirichlet.logpdf(gx.asarray(x), gx.asarray(alpha)), expected)
    assert_close(gx.stats.dirichlet.pdf(gx.asarray(x), gx.asarray(alpha)), np.exp(expected))
    check_grads(lambda a: gx.stats.dirichlet.logpdf(gx.asarray(x), a), [gx.asarray(alpha)], order=2)
    off, pullback = gx.vjp(
        gx.stats.dirichlet.logpdf, gx.asarray([0.2, 0.9]), gx.asarray([2.0, 2.0])
    )
    assert float(off) == -math.inf
    assert all(bool(gx.all(g == 0)) for g in pullback(gx.ones_like(off)))
    with pytest.raises(ShapeError, match="dirichlet"):
        gx.stats.dirichlet.logpdf(gx.ones(2), gx.ones(3))


def test_multinomial() -> None:
    x, p = np.asarray([[2, 1, 0], [1, 1, 1]]), np.asarray([0.2, 0.3, 0.5])
    expected = scipy.stats.multinomial.logpmf(x, 3, p)
    assert_close(gx.stats.multinomial.logpmf(gx.asarray(x), 3, gx.asarray(p)), expected)
    check_grads(lambda p: gx.stats.multinomial.pmf(gx.asarray(x), 3, p), [gx.asarray(p)], order=2)
    assert (
        float(gx.stats.multinomial.logpmf(gx.asarray([1, 1]), 3, gx.asarray([0.5, 0.5])))
        == -math.inf
    )


def test_multivariate_normal() -> None:
    rng = np.random.default_rng(0)
    x, mean = rng.standard_normal((4, 3)), rng.standard_normal(3)
    root = rng.standard_normal((3, 3))
    cov = root @ root.T + np.eye(3)
    expected = scipy.stats.multivariate_normal.logpdf(x, mean, cov)
    args = [gx.asarray(x), gx.asarray(mean), gx.asarray(cov)]
    assert_close(gx.stats.multivariate_normal.logpdf(*args), expected, rtol=1e-12)
    assert_close(gx.stats.multivariate_normal.pdf(*args), np.exp(expected), rtol=1e-12)
    symmetric = lambda x, m, r: gx.stats.multivariate_normal.logpdf(  # noqa: E731
        x, m, gx.matmul(r, r.mT) + gx.eye(3)
    )
    check_grads(symmetric, [*args[:2], gx.asarray(root)], order=2)
    batch = gx.stats.multivariate_normal.logpdf(args[0], args[1], gx.stack([args[2]] * 4))
    assert_close(batch, expected, rtol=1e-12)
    with pytest.raises(ShapeError, match="multivariate_normal"):
        gx.stats.multivariate_normal.logpdf(gx.ones(2), gx.ones(2), gx.eye(3))


def test_vonmises() -> None:
    x, kappa = np.asarray([-2.0, 0.3, 1.5]), np.asarray([0.0, 2.5, 900.0])
    expected = scipy.stats.vonmises.logpdf(x, kappa, loc=0.2)
    assert_close(
        gx.stats.vonmises.logpdf(gx.asarray(x), gx.asarray(kappa), loc=0.2), expected, rtol=1e-12
    )
    check_grads(
        gx.stats.vonmises.pdf,
        [gx.asarray(x), gx.asarray([0.4, 2.5, 3.0]), gx.asarray(0.2)],
        order=2,
    )

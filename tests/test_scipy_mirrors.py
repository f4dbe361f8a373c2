"""`gradx.scipy`: what no row of `tests/consumers` can hold: closures, kinks, dtypes, orders, errors, transforms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import ConversionError, DegeneracyError, GraphError, OperandError, ShapeError

integrate, interpolate = gx.scipy.integrate, gx.scipy.interpolate
optimize, stats = gx.scipy.optimize, gx.scipy.stats
TIGHT = {"rtol": 1e-11, "atol": 1e-12}


def close(x: Any, expected: Any, tolerance: float = 1e-8) -> None:
    assert np.max(np.abs(np.asarray(x.numpy()) - np.asarray(expected))) <= tolerance * (
        1.0 + np.max(np.abs(expected))
    )


# ---------------------------------------------------------------- integrals


def test_the_derivative_by_a_limit_is_the_integrand_there_whatever_jumps_before() -> None:
    def step(x: Any) -> Any:
        return gx.where(x > 0.3, 2.0, 1.0)

    def area(b: Any) -> Any:
        return integrate.quad(step, 0.0, b, points=[0.3])[0]

    close(gx.grad(area)(gx.asarray(1.0)), 2.0)
    close(gx.grad(lambda a: integrate.quad(gx.exp, a, 1.0)[0])(gx.asarray(0.5)), -math.exp(0.5))


def test_limits_have_derivatives_of_high_order() -> None:
    f = lambda b: integrate.quad(lambda x: gx.sin(x), 0.0, b)[0]  # noqa: E731
    derivative = gx.grad(gx.grad(gx.grad(gx.grad(f))))
    close(derivative(gx.asarray(0.7)), -math.cos(0.7), 1e-7)


def test_limits_may_be_exchanged_and_infinite() -> None:
    p = gx.asarray(2.0)

    def tail(p: Any, low: Any) -> Any:
        return integrate.quad(lambda x, p: gx.exp(-p * x), gx.inf, low, (p,))[0]

    close(tail(p, 1.0), -math.exp(-2) / 2)
    close(gx.grad(tail, 1)(p, gx.asarray(1.0)), math.exp(-2))


def test_a_singular_limit_is_an_error_where_one_differentiates_by_it() -> None:
    f = lambda a: integrate.quad(lambda x: x**-0.5, a, 1.0)[0]  # noqa: E731
    close(f(gx.asarray(0.0)), 2.0, 1e-7)
    with np.errstate(divide="ignore"), pytest.raises(ValueError, match="finite at the limit"):
        gx.grad(f)(gx.asarray(0.0))


def test_an_integral_that_does_not_converge_warns() -> None:
    from scipy.integrate import IntegrationWarning

    with pytest.warns(IntegrationWarning, match="expected an estimate of the error"):
        integrate.quad(lambda x: 1.0 / x, 0.0, gx.asarray(1.0))


def test_closed_over_leaves_get_gradients_by_backward() -> None:
    p = gx.asarray(2.0, requires_grad=True)
    integrate.quad(lambda x: p * x * x, 0.0, 3.0)[0].backward()
    close(p.grad, 9.0)
    k = gx.asarray(1.5, requires_grad=True)
    found = integrate.solve_ivp(lambda t, y: -k * y, (0.0, 1.0), [1.0], method="DOP853", **TIGHT)
    found.y[0, -1].backward()
    close(k.grad, -math.exp(-1.5))


def test_single_precision_stays() -> None:
    p = gx.asarray([1.0, 2.0, 4.0], dtype=gx.float32)
    x = [0.0, 1.0, 3.0]
    assert integrate.simpson(p, x=x).dtype == gx.float32
    assert integrate.solve_ivp(lambda t, y: -y * t, (0.0, 1.0), p).y.dtype == gx.float32
    assert integrate.odeint(lambda y, t: -y, p, [0.0, 1.0]).dtype == gx.float32
    assert interpolate.CubicSpline(x, p)(1.5).dtype == gx.float32
    assert interpolate.make_interp_spline(x, p, k=2)(1.5).dtype == gx.float32
    assert interpolate.RegularGridInterpolator((x,), p)([[0.5]]).dtype == gx.float32
    assert stats.gaussian_kde(p)([0.5]).dtype == gx.float32
    assert stats.linregress(x, p).stderr.dtype == gx.float32
    assert integrate.quad(lambda t, a: a * t, 0.0, 1.0, (p[0],))[0].dtype == gx.float32


# ---------------------------------------------------------------- differential equations


def test_odeint_has_the_gradients_that_autograd_has() -> None:
    anp = pytest.importorskip("autograd.numpy", reason="its odeint is the example")
    autograd = pytest.importorskip("autograd", reason="its odeint is the example")
    from autograd.builtins import tuple as boxed
    from autograd.scipy.integrate import odeint

    y0, t, k = np.asarray([0.4, -0.2]), np.asarray([0.0, 0.3, 1.0]), np.asarray(1.3)

    def loss(y0: Any, t: Any, k: Any) -> Any:
        right = lambda y, t, k: anp.stack([y[1], -k * anp.sin(y[0]) + t])  # noqa: E731
        return anp.sum(odeint(right, y0, t, boxed((k,)), rtol=1e-11, atol=1e-11) ** 2)

    def ours(y0: Any, t: Any, k: Any) -> Any:
        right = lambda y, t, k: gx.stack([y[1], -k * gx.sin(y[0]) + t])  # noqa: E731
        return gx.sum(integrate.odeint(right, y0, t, (k,), **TIGHT) ** 2)

    found = gx.grad(ours, (0, 1, 2))(gx.asarray(y0), gx.asarray(t), gx.asarray(k))
    for i, x in enumerate(found):
        close(x, autograd.grad(loss, i)(y0, t, k), 1e-6)


def test_solutions_are_exact_to_the_third_order() -> None:
    def end(k: Any, method: str) -> Any:
        return integrate.solve_ivp(
            lambda t, y, k: -k * y * y, (0.0, 1.0), [1.0], method, args=(k,), rtol=1e-8, atol=1e-8
        ).y[0, -1]

    # y = 1 / (1 + k t)
    for method in ("DOP853", "Radau"):
        third = gx.grad(gx.grad(gx.grad(lambda k, m=method: end(k, m))))
        close(third(gx.asarray(0.5)), -6 / 1.5**4, 1e-4)


def test_backward_in_time_and_complex() -> None:
    found = integrate.solve_ivp(lambda t, y: 1j * y, (1.0, 0.0), [1.0 + 0j], **TIGHT)
    close(found.y[:, -1], [np.exp(-1j)])
    assert found.success and found.t.shape == (found.y.shape[1],)


def test_the_last_time_has_the_equation_for_its_derivative() -> None:
    f = lambda T: integrate.solve_ivp(lambda t, y: t * y, (0.0, T), [1.0], **TIGHT).y[0, -1]  # noqa: E731
    close(gx.grad(f)(gx.asarray(1.2)), 1.2 * math.exp(0.72))
    close(gx.grad(gx.grad(f))(gx.asarray(1.2)), (1 + 1.44) * math.exp(0.72))


def test_methods_without_a_formula_name_the_cure() -> None:
    for method in ("BDF", "LSODA"):
        with pytest.raises(OperandError, match="Use 'Radau'"):
            integrate.solve_ivp(lambda t, y: -y, (0.0, 1.0), gx.ones(1), method)


def test_a_right_hand_side_of_another_shape_is_an_error() -> None:
    with pytest.raises(ShapeError, match="expected a function that gives shape"):
        integrate.solve_ivp(lambda t, y: gx.ones(3), (0.0, 1.0), gx.ones(2))


def test_checkpoint_keeps_the_gradient() -> None:
    k = gx.asarray(0.7)

    def end(k: Any, wrap: Any) -> Any:
        right = wrap(lambda t, y, k: -k * gx.sin(y))
        return gx.sum(integrate.odeint(right, [1.0], [0.0, 2.0], (k,), tfirst=True))

    close(gx.grad(end)(k, gx.checkpoint), gx.grad(end)(k, lambda f: f).numpy())


# ---------------------------------------------------------------- interpolation


@pytest.mark.parametrize(
    "name", ["CubicSpline", "PchipInterpolator", "make_interp_spline", "interp1d"]
)
def test_interpolation_in_vmap_and_jvp(name: str) -> None:
    make = getattr(interpolate, name)
    x, y = (
        gx.asarray([0.0, 0.5, 1.2, 2.0]),
        gx.asarray([[1.0, 3.0, 2.0, 5.0], [0.0, 1.0, 4.0, 2.0]]),
    )
    at = gx.asarray([0.2, 1.9])
    each = gx.stack([make(x, y[i])(at) for i in range(2)])
    assert gx.max(gx.abs(gx.vmap(lambda y: make(x, y)(at))(y) - each)).item() < 1e-12
    slope = gx.jvp(lambda at: make(x, y[0])(at), (at,), (gx.ones(2),))[1]
    close(slope, (make(x, y[0])(at + 1e-6) - make(x, y[0])(at - 1e-6)).numpy() / 2e-6, 1e-6)


def test_at_a_knot_the_linear_slope_is_the_smaller_one() -> None:
    f = interpolate.interp1d([0.0, 1.0, 2.0], gx.asarray([0.0, 1.0, 4.0]))
    assert gx.grad(f)(gx.asarray(1.0)).item() == 1.0
    f = interpolate.interp1d([0.0, 1.0, 2.0], gx.asarray([0.0, 1.0, 0.0]))
    assert gx.grad(f)(gx.asarray(1.0)).item() == 0.0


def test_beyond_the_knots() -> None:
    x, y = gx.asarray([0.0, 1.0, 2.0]), gx.asarray([0.0, 1.0, 4.0])
    assert math.isnan(interpolate.Akima1DInterpolator(x, y)(3.0).item())
    with pytest.raises(ValueError, match="between the first and the last knot"):
        interpolate.interp1d(x, y)(2.5)
    with pytest.raises(ValueError, match="dimension 0"):
        interpolate.interpn((x,), y, [2.5])
    with pytest.raises(ValueError, match="strictly increases"):
        interpolate.CubicSpline(gx.asarray([0.0, 0.0, 1.0]), y)


def test_beyond_the_knots_in_vmap_is_nan() -> None:
    x, y = gx.asarray([0.0, 1.0, 2.0]), gx.asarray([0.0, 1.0, 4.0])
    at = gx.asarray([0.5, 2.5])
    line = gx.vmap(lambda t: interpolate.interp1d(x, y)(t))(at)
    grid = gx.vmap(lambda t: interpolate.interpn((x,), y, t))(at[:, None])
    assert [math.isnan(v) for v in line.tolist()] == [False, True]
    assert [math.isnan(v) for v in gx.ravel(grid).tolist()] == [False, True]


def test_barycentric_weights_of_many_knots_do_not_overflow() -> None:
    x = np.cos(np.linspace(0.0, np.pi, 200)) * 1e3
    found = interpolate.BarycentricInterpolator(x, gx.asarray(np.sin(x / 300)))
    close(found(gx.asarray([12.3, 555.5])), np.sin(np.asarray([12.3, 555.5]) / 300), 1e-12)
    close(gx.grad(lambda at: found(at))(gx.asarray(float(x[7]))), np.cos(x[7] / 300) / 300, 1e-9)


@pytest.mark.parametrize("n", [128, 129, 160, 161, 700])
def test_splines_of_many_knots_are_scipys_and_so_are_their_gradients(n: int) -> None:
    from scipy import interpolate as scipys

    rng = np.random.default_rng(n)
    x = np.cumsum(rng.uniform(0.05, 1.0, n) ** 3 + 1e-3)
    y, at = rng.normal(size=(n, 2)), rng.uniform(x[0], x[-1], 5)
    for name, options in (("CubicSpline", {}), ("make_interp_spline", {"k": 5})):
        ours, theirs = (getattr(module, name) for module in (interpolate, scipys))
        close(ours(x, gx.asarray(y), **options)(at), theirs(x, y, **options)(at), 1e-11)
        direction = rng.normal(size=(n, 2))  # linear in y
        found = gx.grad(lambda y, f=ours, o=options: gx.sum(f(x, y, **o)(at)))(gx.asarray(y))
        along = theirs(x, direction, **options)(at).sum()
        assert abs(np.sum(found.numpy() * direction) - along) <= 1e-10 * (1 + abs(along))


# ---------------------------------------------------------------- statistics and solutions


def test_equal_samples_have_distance_0_and_gradient_0() -> None:
    x = gx.asarray([0.0, 1.0, 3.0])
    for distance in (stats.energy_distance, stats.wasserstein_distance):
        assert distance(x, x).item() == 0.0
        assert not np.any(gx.grad(lambda y, d=distance: d(x, y))(x).numpy())


def test_order_statistics_are_not_for_vmap() -> None:
    with pytest.raises(ConversionError):
        gx.vmap(lambda x: stats.expectile(x, 0.3))(gx.ones((2, 3)))


def test_a_root_is_exact_to_the_fifth_order() -> None:
    derivative = lambda a: optimize.brentq(lambda x, a: x**3 - a, 0.0, 3.0, (a,))  # noqa: E731
    for _ in range(5):
        derivative = gx.grad(derivative)
    factors = [1 / 3 - k for k in range(5)]
    close(derivative(gx.asarray(2.0)), math.prod(factors) * 2 ** (1 / 3 - 5), 1e-7)


MINIMA = {
    "minimize": lambda a, p: (
        optimize.minimize(lambda x: gx.sum((x - a) ** 2 + p * x**2), [0.1, 0.2]).x
    ),
    "minimize_scalar": lambda a, p: gx.stack(
        [optimize.minimize_scalar(lambda x, i=i: (x - a[i]) ** 2 + p * x**2).x for i in range(2)]
    ),
    "least_squares": lambda a, p: (
        optimize.least_squares(lambda x: gx.concat([x - a, gx.sqrt(p) * x]), [0.1, 0.2]).x
    ),
}


@pytest.mark.parametrize("name", MINIMA)
def test_minima_have_the_derivatives_of_their_closed_form(name: str) -> None:
    a, p = gx.asarray([1.0, -2.0]), gx.asarray(0.5)
    found = gx.jacobian(MINIMA[name], (0, 1))(a, p)
    close(MINIMA[name](a, p), a.numpy() / 1.5, 1e-6)
    close(found[0], np.eye(2) / 1.5)
    close(found[1], -a.numpy() / 1.5**2)
    second = gx.grad(gx.grad(lambda p: gx.sum(MINIMA[name](a, p))))(p)
    close(second, 2 * np.sum(a.numpy()) / 1.5**3)


def test_without_derivatives_the_solution_is_scipys() -> None:
    from scipy import optimize as scipys

    expected = scipys.brentq(lambda x: x**3 - 2.0, 0.0, 3.0)
    assert optimize.brentq(lambda x: x**3 - 2.0, 0.0, gx.asarray(3.0)).item() == expected


def test_solutions_without_a_derivative_are_errors() -> None:
    a = gx.asarray([1.0, 2.0])

    def flat(a: Any) -> Any:
        return optimize.minimize(lambda x, a: (x[0] + x[1] - a[0]) ** 2, [0.0, 0.0], (a,)).x[0]

    def bounded(a: Any) -> Any:
        bounds = [(-1.0, 0.5), (None, None)]
        return optimize.minimize(
            lambda x, a: gx.sum((x - a) ** 2), [0.0, 0.0], (a,), bounds=bounds
        ).x[0]

    def unfinished(a: Any) -> Any:
        once = {"maxiter": 1}
        return optimize.minimize(
            lambda x, a: gx.sum((x - a) ** 4 + x**2), [9.0, 9.0], (a,), options=once
        ).x[0]

    with pytest.raises(DegeneracyError, match="singular"):
        gx.grad(flat)(a)
    with pytest.raises(OperandError, match="on the bound"):
        gx.grad(bounded)(a)
    with pytest.raises(GraphError, match="moves by"):
        gx.grad(unfinished)(a)
    with pytest.raises(OperandError, match="no constraints"):
        optimize.minimize(lambda x: gx.sum(x * x), gx.ones(2), constraints=[{"type": "eq"}])


def test_a_loss_through_a_solution_can_be_minimised_again() -> None:
    def inner(a: Any) -> Any:
        return optimize.minimize(lambda x, a: gx.sum((x - a) ** 2 + 0.1 * x**4), [0.0], (a,)).x

    outer = optimize.minimize(lambda a: gx.sum((inner(a) - 1.0) ** 2), gx.asarray([0.5]))
    close(outer.x, [1.2], 1e-4)

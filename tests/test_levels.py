"""Transforms nested in any mix: no perturbation confusion, every order."""

import itertools
import math

import numpy as np
import pytest

import gradx as gx
from gradx.errors import LeakError


def forward(f):
    """The derivative of a scalar function by forward mode."""
    return lambda x: gx.jvp(f, (x,), (1.0,))[1]


def by_vjp(f):
    def derivative(x):
        _, pullback = gx.vjp(f, x)
        return pullback(gx.asarray(1.0))[0]

    return derivative


def taped(f):
    """The derivative by the eager tape, recorded so that it can be differentiated."""

    def derivative(x):
        x = gx.asarray(x)
        x = x if x.requires_grad else gx.asarray(x, requires_grad=True)
        return gx.gradients(f(x), x, create_graph=True)

    return derivative


MODES = [gx.grad, forward, by_vjp]


@pytest.mark.parametrize(
    "stack", list(itertools.product(MODES, repeat=3)), ids=lambda s: "-".join(m.__name__ for m in s)
)
def test_third_derivatives_by_every_mix_of_modes(stack):
    def f(x):
        return gx.sin(x) * gx.exp(x)

    derivative = f
    for mode in stack:
        derivative = mode(derivative)
    x = 0.3
    assert derivative(x).item() == pytest.approx(
        2 * math.exp(x) * (math.cos(x) - math.sin(x)), rel=1e-12
    )


@pytest.mark.parametrize("inner", MODES)
def test_eager_tape_outside_of_transforms(inner):
    x = gx.asarray(2.0, requires_grad=True)
    y = inner(lambda v: v**3 * x)(x)
    y.backward()
    # d/dx of 3 x**2 * x, and the derivative by v alone: 9 x**2
    assert x.grad.item() == pytest.approx(36.0)


def test_eager_tape_to_third_order():
    assert taped(taped(taped(lambda x: x**4)))(2.0).item() == 48.0


@pytest.mark.parametrize(("outer", "inner"), list(itertools.product(MODES, repeat=2)))
def test_perturbation_confusion(outer, inner):
    # Siskind and Pearlmutter (2005): d/dx (x * d/dy (x + y)) = 1, not 2
    assert outer(lambda x: x * inner(lambda y: x + y)(1.0))(1.0).item() == 1.0


@pytest.mark.parametrize(("outer", "inner"), list(itertools.product(MODES, repeat=2)))
def test_perturbation_confusion_of_a_shifted_function(outer, inner):
    def shifted(s):
        return lambda f: lambda x: f(x + s)

    # D (s -> D (x -> f (x + s))) at 0: the second derivative of exp at 1
    result = outer(lambda s: inner(shifted(s)(gx.exp))(1.0))(0.0)
    assert result.item() == pytest.approx(math.e)


@pytest.mark.parametrize("mode", MODES)
def test_constant_functions_have_derivative_zero(mode):
    assert mode(lambda x: gx.asarray(5.0))(1.0).item() == 0.0


@pytest.mark.parametrize("mode", MODES)
def test_closure_over_an_outer_variable(mode):
    assert gx.grad(lambda x: mode(lambda y: x * y * y)(3.0))(2.0).item() == 6.0


def test_pytrees_in_and_out():
    params = {"w": np.ones((2, 2)), "b": (np.zeros(2), 1.0)}

    def loss(p, x):
        return gx.sum(gx.matmul(p["w"], x) * p["b"][1] + p["b"][0])

    value, grads = gx.value_and_grad(loss)(params, np.array([1.0, 2.0]))
    assert value.item() == 6.0
    assert grads["w"].tolist() == [[1.0, 2.0], [1.0, 2.0]]
    assert grads["b"][0].tolist() == [1.0, 1.0] and grads["b"][1].item() == 6.0


def test_argnums_and_has_aux():
    def f(x, y):
        return x * y, {"sum": x + y}

    (gx_, gy), aux = gx.grad(f, argnums=(0, 1), has_aux=True)(2.0, 3.0)
    assert (gx_.item(), gy.item(), aux["sum"].item()) == (3.0, 2.0, 5.0)
    assert not aux["sum"].requires_grad


def test_vjp_and_jvp_of_trees():
    def f(x, y):
        return {"p": x * y, "s": x + y}

    out, pullback = gx.vjp(f, 2.0, 3.0)
    dx, dy = pullback({"p": gx.asarray(1.0), "s": gx.asarray(10.0)})
    assert (out["p"].item(), dx.item(), dy.item()) == (6.0, 13.0, 12.0)
    _, tangent = gx.jvp(f, (2.0, 3.0), (1.0, 0.0))
    assert (tangent["p"].item(), tangent["s"].item()) == (3.0, 1.0)


def test_pullback_can_be_called_often():
    _, pullback = gx.vjp(gx.sin, 0.5)
    assert (
        pullback(gx.asarray(1.0))[0].item() == pullback(gx.asarray(1.0))[0].item() == math.cos(0.5)
    )


def test_pullback_is_linear_and_differentiable():
    def f(ct):
        _, pullback = gx.vjp(gx.sin, 0.5)
        return pullback(ct)[0]

    assert gx.grad(f)(1.0).item() == pytest.approx(math.cos(0.5))


@pytest.mark.parametrize("mode", MODES)
def test_a_tensor_that_leaks_out_of_a_transform_raises(mode):
    leaked = []

    def f(x):
        leaked.append(x * 1.0)
        return x * x

    mode(f)(1.0)
    with pytest.raises(LeakError, match="leaked"):
        gx.sin(leaked[0])
    with pytest.raises(LeakError, match="leaked"):
        leaked[0] + leaked[0]


@pytest.mark.parametrize("mode", [gx.grad, lambda f: lambda x: gx.jvp(f, (x,), (x,))])
@pytest.mark.parametrize("f", [gx.argmax, gx.any, gx.isnan, lambda x: x > 2.0, gx.argsort])
def test_a_result_without_a_derivative_outlives_the_transform(f, mode):
    kept = []
    mode(lambda x: (kept.append(f(x)), gx.sum(x))[1])(np.asarray([1.0, 3.0]))
    assert (kept[0] + 0).tolist() == f(gx.asarray([1.0, 3.0])).astype(gx.int64).tolist()


def test_stop_gradient_in_both_modes():
    def f(x):
        return gx.stop_gradient(x) * x

    assert gx.grad(f)(3.0).item() == 3.0
    assert forward(f)(3.0).item() == 3.0
    assert gx.grad(gx.grad(f))(3.0).item() == 0.0


def test_gradients_inside_grad():
    def f(x):
        y = x * x
        return gx.gradients(y * y, y)  # 2 y = 2 x**2

    assert gx.grad(f)(3.0).item() == 12.0


@pytest.mark.parametrize("mode", [gx.grad, forward])
def test_an_error_inside_leaves_no_trace(mode):
    def bad(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mode(bad)(1.0)
    x = gx.asarray(2.0, requires_grad=True)
    (x * x).backward()
    assert x.grad.item() == 4.0
    assert mode(lambda v: v * v)(3.0).item() == 6.0


SPECIAL = [
    (lambda x: x**2, 0.0, (0.0, 0.0, 2.0)),
    (lambda x: x**3, 0.0, (0.0, 0.0, 0.0)),
    (lambda x: x**1, 0.0, (0.0, 1.0, 0.0)),
    (lambda x: x**0, 0.0, (1.0, 0.0, 0.0)),
    (lambda x: x**2.0, -1.5, (2.25, -3.0, 2.0)),
    (lambda x: x**3, -2.0, (-8.0, 12.0, -12.0)),
    (gx.abs, 0.0, (0.0, 0.0, 0.0)),
    (gx.relu, 0.0, (0.0, 0.0, 0.0)),
    (lambda x: gx.maximum(x, 0.0), 0.0, (0.0, 0.5, 0.0)),
    (gx.sinc, 0.0, (1.0, 0.0, -(math.pi**2) / 3)),
    (gx.softplus, 0.0, (math.log(2), 0.5, 0.25)),
    (lambda x: gx.where(x > 0, gx.sqrt(x), 0.0), 0.0, (0.0, 0.0, 0.0)),
    (lambda x: gx.where(x == 0, 1.0, gx.sin(x) / x), 0.0, (1.0, 0.0, 0.0)),
    (lambda x: gx.prod(gx.stack([x, x, x + 1])), 0.0, (0.0, 0.0, 2.0)),
]


@pytest.mark.parametrize(
    "stack", list(itertools.product(MODES, repeat=2)), ids=lambda s: "-".join(m.__name__ for m in s)
)
@pytest.mark.parametrize(("f", "x", "expected"), SPECIAL)
def test_second_order_at_special_points(f, x, expected, stack):
    first, second = stack
    with np.errstate(invalid="ignore"):  # the functions themselves compute 0/0 behind a mask
        got = (f(gx.asarray(x)).item(), first(f)(x).item(), second(first(f))(x).item())
    assert got == pytest.approx(expected, abs=1e-14)


def test_a_zero_in_a_given_cotangent_or_tangent_absorbs():
    x = np.array([0.0, 4.0])
    one = np.array([0.0, 1.0])
    assert gx.vjp(gx.sqrt, x)[1](gx.asarray(one))[0].tolist() == [0.0, 0.25]
    assert gx.jvp(gx.sqrt, (x,), (one,))[1].tolist() == [0.0, 0.25]
    leaf = gx.asarray(x, requires_grad=True)
    gx.sqrt(leaf).backward(gx.asarray(one))
    assert leaf.grad.tolist() == [0.0, 0.25]
    assert gx.vjp(gx.sqrt, 0.0)[1](gx.asarray(0.0))[0].item() == 0.0
    assert gx.jvp(gx.sqrt, (0.0,), (0.0,))[1].item() == 0.0


@pytest.mark.parametrize("mode", MODES)
def test_only_zeros_of_all_paths_absorb(mode):
    def f(x):
        s = gx.sqrt(x)
        return gx.where(x > 1, s, 0.0) + 3 * s

    with np.errstate(divide="ignore"):
        assert mode(f)(0.0).item() == math.inf
    assert mode(lambda x: gx.where(x > 1, gx.sqrt(x), 0.0) + 3 * x)(0.0).item() == 3.0

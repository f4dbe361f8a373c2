"""`custom_jvp` and `custom_vjp`: every transform around and inside them, and errors in place of lost derivatives."""

from __future__ import annotations

import gc
import itertools
import weakref
from collections.abc import Callable
from typing import Any

import pytest

import gradx as gx
from gradx.testing import assert_close, check_grads
from tests.test_nesting import LOOPS, TRANSFORMS, X

# The same function four ways; the custom ones are what the transforms see.


def plain(x: Any) -> Any:
    return gx.sin(x) * x[0] + gx.cumulative_sum(x**2)


def slope(x: Any, dx: Any) -> Any:
    return gx.cos(x) * dx * x[0] + gx.sin(x) * dx[0] + gx.cumulative_sum(2.0 * x * dx)


@gx.custom_jvp
def by_jvp(x: Any) -> Any:
    return plain(x)


@by_jvp.defjvp
def _by_jvp_rule(primals: Any, tangents: Any) -> Any:
    (x,), (dx,) = primals, tangents
    return by_jvp(x), slope(x, dx)


@gx.custom_vjp
def by_vjp(x: Any) -> Any:
    return plain(x)


def _bwd(residuals: Any, ct: Any) -> Any:
    x, s = residuals["x"], residuals["sine"]
    first = gx.sum(ct * s)
    rest = ct * gx.cos(x) * x[0] + 2.0 * x * gx.flip(gx.cumulative_sum(gx.flip(ct)))
    return (rest + first * gx.asarray([1.0, 0.0, 0.0], device=x.device, dtype=x.dtype),)


by_vjp.defvjp(lambda x: (plain(x), {"x": x, "sine": gx.sin(x), "name": "a string"}), _bwd)

CUSTOM = {"jvp": by_jvp, "vjp": by_vjp}


@pytest.mark.parametrize("f", CUSTOM.values(), ids=CUSTOM)
@pytest.mark.parametrize(("outer", "inner"), list(itertools.product(TRANSFORMS, repeat=2)))
def test_under_every_pair_of_transforms(outer: str, inner: str, f: Any) -> None:
    actual = TRANSFORMS[outer](TRANSFORMS[inner](f))(gx.asarray(X))
    expected = LOOPS[outer](LOOPS[inner](plain))(gx.asarray(X))
    assert_close(actual, expected, rtol=1e-9, atol=1e-9)


CORE = ("grad", "jvp", "vmap", "jacrev", "linearize")


@pytest.mark.parametrize("f", CUSTOM.values(), ids=CUSTOM)
@pytest.mark.parametrize("names", list(itertools.product(CORE, repeat=3)), ids="-".join)
def test_under_triples(names: tuple[str, ...], f: Any) -> None:
    actual, expected = f, plain
    for name in reversed(names):
        actual, expected = TRANSFORMS[name](actual), LOOPS[name](expected)
    assert_close(actual(gx.asarray(X)), expected(gx.asarray(X)), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("f", CUSTOM.values(), ids=CUSTOM)
def test_against_differences(f: Any) -> None:
    check_grads(f, (X,), order=3)


@pytest.mark.parametrize("f", CUSTOM.values(), ids=CUSTOM)
def test_on_devices(f: Any, gradx_device: str) -> None:
    x = gx.asarray(X, device=gradx_device, requires_grad=True)
    y = f(x)
    gx.sum(y).backward()
    assert y.device == x.grad.device == x.device
    assert_close(x.grad, gx.grad(lambda x: gx.sum(plain(x)))(X), rtol=1e-9, check_dtype=False)
    batch = gx.stack([x.detach(), 2.0 * x.detach()])
    gradients = gx.vmap(gx.grad(lambda x: gx.sum(f(x))))(batch)
    assert_close(gradients[0], x.grad, rtol=1e-9)


@pytest.mark.parametrize("f", CUSTOM.values(), ids=CUSTOM)
def test_on_the_eager_tape(f: Any) -> None:
    x = gx.asarray(X, requires_grad=True)
    gx.sum(f(x)).backward()
    expected = gx.grad(lambda x: gx.sum(plain(x)))
    assert_close(x.grad, expected(X), rtol=1e-12)
    first = gx.gradients(gx.sum(f(x)), x, create_graph=True)
    second = gx.gradients(gx.sum(first**2), x, create_graph=True)
    third = gx.gradients(gx.sum(second), x)
    assert_close(second, gx.grad(lambda x: gx.sum(expected(x) ** 2))(X), rtol=1e-9)
    wanted = gx.grad(lambda x: gx.sum(gx.grad(lambda x: gx.sum(expected(x) ** 2))(x)))(X)
    assert_close(third, wanted, rtol=1e-9)


# ---------------------------------------------------------------- it is the rule that is used


def wrong_on_purpose() -> dict[str, Any]:
    """Functions whose rules give ten times the derivative: what is seen is the rule, not the function."""

    @gx.custom_jvp
    def a(x: Any) -> Any:
        return x * x

    a.defjvp(lambda primals, tangents: (a(*primals), 20.0 * primals[0] * tangents[0]))

    @gx.custom_vjp
    def b(x: Any) -> Any:
        return x * x

    b.defvjp(lambda x: (b(x), x), lambda x, ct: (20.0 * x * ct,))
    return {"jvp": a, "vjp": b}


@pytest.mark.parametrize("name", ["jvp", "vjp"])
@pytest.mark.parametrize(
    ("transform", "expected"),
    [
        (gx.grad, 60.0),
        (lambda f: lambda x: gx.jvp(f, (x,), (1.0,))[1], 60.0),
        (lambda f: lambda x: gx.linearize(f, x)[1](1.0), 60.0),
        (lambda f: lambda x: gx.vjp(f, x)[1](gx.asarray(1.0))[0], 60.0),
        (lambda f: gx.grad(gx.grad(f)), 20.0),
        (lambda f: lambda x: gx.vmap(gx.grad(f))(gx.stack([gx.asarray(x)]))[0], 60.0),
        (lambda f: gx.grad(lambda x: gx.vmap(f)(gx.stack([gx.asarray(x)]))[0]), 60.0),
        (lambda f: lambda x: gx.jvp(lambda x: gx.vmap(f)(gx.stack([x]))[0], (x,), (1.0,))[1], 60.0),
    ],
)
def test_the_rule_is_what_counts(name: str, transform: Callable[..., Any], expected: float) -> None:
    assert transform(wrong_on_purpose()[name])(3.0).item() == pytest.approx(expected)


def counted(runs: list[str]) -> tuple[Any, Any]:
    """Return two functions that tell which of their parts run."""

    @gx.custom_vjp
    def f(x: Any) -> Any:
        runs.append("f")
        return x * 2.0

    def fwd(x: Any) -> Any:
        runs.append("fwd")
        return x * 2.0, None

    def bwd(_: Any, ct: Any) -> Any:
        runs.append("bwd")
        return (2.0 * ct,)

    f.defvjp(fwd, bwd)

    @gx.custom_jvp
    def g(x: Any) -> Any:
        runs.append("g")
        return x * 2.0

    @g.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        runs.append("rule")
        return primals[0] * 2.0, tangents[0] * 2.0

    return f, g


def test_no_work_is_done_twice() -> None:
    runs: list[str] = []
    f, g = counted(runs)

    def ran(function: Callable[[], Any]) -> list[str]:
        runs.clear()
        function()
        return list(runs)

    x = gx.asarray(1.0, requires_grad=True)
    gx.grad(g)(1.0)  # the first reverse pass makes sure that the rule is linear
    gx.jvp(f, (1.0,), (1.0,))
    assert ran(lambda: f(1.0)) == ["f"]
    assert ran(lambda: g(1.0)) == ["g"]
    assert ran(lambda: f(x)) == ["fwd"]
    assert ran(lambda: f(x).backward()) == ["fwd", "bwd"]
    assert ran(lambda: g(x).backward()) == ["rule"]
    assert ran(lambda: gx.jvp(g, (1.0,), (1.0,))) == ["rule"]
    assert ran(lambda: gx.jvp(f, (1.0,), (1.0,))) == ["fwd", "bwd"]
    assert ran(lambda: gx.jvp(lambda y: f(1.0) * y, (1.0,), (1.0,))) == ["f"]
    with gx.no_grad():
        assert ran(lambda: f(x)) == ["f"]
    assert ran(lambda: gx.vmap(gx.grad(f))(gx.ones(5))) == ["fwd", "bwd"]


def test_residuals_are_let_go_of() -> None:
    kept: list[Any] = []

    @gx.custom_vjp
    def f(x: Any) -> Any:
        return gx.sum(x)

    def fwd(x: Any) -> Any:
        residual = gx.exp(x)
        kept.append(weakref.ref(residual.data))
        return gx.sum(x), residual

    f.defvjp(fwd, lambda residual, ct: (residual * ct,))
    x = gx.asarray(X, requires_grad=True)
    y = f(x)
    assert kept[0]() is not None
    y.backward()
    assert kept[0]() is None, (
        "expected backward to free the residuals, without the garbage collector"
    )
    y = f(x)
    del y
    assert kept[1]() is None


@pytest.mark.parametrize("f", CUSTOM.values(), ids=CUSTOM)
def test_no_cycles(f: Any) -> None:
    gc.collect()
    gc.disable()
    try:
        x = gx.asarray(X, requires_grad=True)
        z = x * 1.0
        y = f(z)
        z[0] = y[0]  # now z depends on what was computed from it
        gone = weakref.ref(z), weakref.ref(y), weakref.ref(y.aux)
        gx.sum(f(z)).backward(retain_graph=True)
        del y, z
        assert [each() for each in gone] == [None] * 3
    finally:
        gc.enable()

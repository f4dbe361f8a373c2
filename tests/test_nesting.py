"""Every transform inside every other: one generated matrix, each entry against loops, differences and PyTorch.

- A transform here maps a function of an array `(3,)` to another one. `loops` says the same without `vmap` and
  without the batched transforms; a pair is right if it equals the pair of loops.
- Differences judge each transform around each other one, so the loops themselves are judged too.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.testing import assert_close, check_grads

Function = Callable[[Any], Any]

X = np.array([0.5, -1.2, 0.8])
V = np.array([1.0, 0.5, -2.0])


def reads_and_writes(x: Any) -> Any:
    y = gx.sin(x) * x[0]
    y[1] = y[2] * x[1] ** 2
    return gx.where(y > 10.0, 0.0, y) + gx.cumulative_sum(x)


def algebra(x: Any) -> Any:
    a = gx.expand_dims(x, axis=-1) * x + 2.0 * gx.eye(3)
    return gx.linalg.solve(a, gx.tanh(x)) * gx.logsumexp(x) + gx.sort(x)[0]


FUNCTIONS = [reads_and_writes, algebra]


# ---------------------------------------------------------------- transforms of f: (3,) -> (...) into such functions


def total(f: Function) -> Function:
    return lambda x: gx.sum(f(x))


def shifts(x: Any) -> Any:
    """Three examples made of one."""
    return gx.stack([x, x * 0.5, x + 0.25])


def forward(f: Function) -> Function:
    return lambda x: gx.jvp(f, (x,), (gx.asarray(V),))[1]


def backward(f: Function) -> Function:
    def pulled(x: Any) -> Any:
        y, pullback = gx.vjp(f, x)
        return pullback(gx.cos(gx.stop_gradient(y)))[0]

    return pulled


def columns(f: Function) -> Function:
    """The Jacobian column by column."""
    units = np.eye(3)
    return lambda x: gx.stack([gx.jvp(f, (x,), (gx.asarray(u),))[1] for u in units], axis=-1)


TRANSFORMS: dict[str, Callable[[Function], Function]] = {
    "grad": lambda f: gx.grad(total(f)),
    "value_and_grad": lambda f: lambda x: gx.value_and_grad(total(f))(x)[1],
    "vjp": backward,
    "jvp": forward,
    "linearize": lambda f: lambda x: gx.linearize(f, x)[1](gx.asarray(V)),
    "vmap": lambda f: lambda x: gx.vmap(f)(shifts(x)),
    "vmap_out": lambda f: lambda x: gx.vmap(f, in_axes=1, out_axes=-1)(shifts(x).T),
    "jacfwd": gx.jacfwd,
    "jacrev": gx.jacrev,
    "jacobian": gx.jacobian,
    "hessian": lambda f: gx.hessian(total(f)),
    "hvp": lambda f: lambda x: gx.hvp(total(f), (x,), (gx.asarray(V),))[0],
    "ggnvp": lambda f: lambda x: gx.ggnvp(f, lambda y: gx.sum(gx.exp(y * 0.1)), (x,), (gx.asarray(V),))[0],
    "tape": lambda f: lambda x: taped(f, x),
    "checkpoint": gx.checkpoint,
    "checkpoint_closure": lambda f: lambda x: gx.checkpoint(lambda s: f(x * s) + gx.sum(gx.sin(x)))(gx.asarray(1.0)),
    "checkpoint_dots": lambda f: gx.checkpoint(f, policy=gx.checkpoint_policies.only("multiply", "linalg.solve")),
    "scan": lambda f: lambda x: scanned(f, x, False),
    "scan_checkpoint": lambda f: lambda x: scanned(f, x, 2),
    "cond": lambda f: lambda x: gx.cond(gx.sum(x) > 0.05, f, lambda x: f(x) * 0.5 + gx.sum(x), x),
    "while_loop": lambda f: lambda x: repeated(f, x, False),
    "while_checkpoint": lambda f: lambda x: repeated(f, x, 2),
}  # fmt: skip

LOOPS: dict[str, Callable[[Function], Function]] = {
    "grad": lambda f: columns(total(f)),
    "value_and_grad": lambda f: columns(total(f)),
    "vjp": lambda f: lambda x: summed(gx.cos(gx.stop_gradient(f(x))), columns(f)(x)),
    "jvp": lambda f: lambda x: columns(f)(x) @ gx.asarray(V),
    "linearize": lambda f: lambda x: columns(f)(x) @ gx.asarray(V),
    "vmap": lambda f: lambda x: gx.stack([f(y) for y in shifts(x)]),
    "vmap_out": lambda f: lambda x: gx.stack([f(y) for y in shifts(x)], axis=-1),
    "jacfwd": columns,
    "jacrev": columns,
    "jacobian": columns,
    "hessian": lambda f: columns(columns(total(f))),
    "hvp": lambda f: lambda x: columns(columns(total(f)))(x) @ gx.asarray(V),
    "ggnvp": lambda f: lambda x: gauss_newton(f, x),
    "tape": lambda f: columns(total(f)),
    "checkpoint": lambda f: f,
    "checkpoint_closure": lambda f: lambda x: f(x) + gx.sum(gx.sin(x)),
    "checkpoint_dots": lambda f: f,
    "scan": lambda f: lambda x: looped(f, x),
    "scan_checkpoint": lambda f: lambda x: looped(f, x),
    "cond": lambda f: lambda x: f(x) if plain(gx.sum(x)) > 0.05 else f(x) * 0.5 + gx.sum(x),
    "while_loop": lambda f: lambda x: repeated_plainly(f, x),
    "while_checkpoint": lambda f: lambda x: repeated_plainly(f, x),
}


def scanned(f: Function, x: Any, checkpoint: Any) -> Any:
    """Sum up values of `f`, and keep what it was when."""

    def step(carry: Any, row: Any) -> Any:
        y = f(row * gx.cos(carry) + x)
        return carry + 0.1 * gx.sum(y), y

    carry, ys = gx.scan(step, 0.0, shifts(x), checkpoint=checkpoint)
    return gx.sum(ys, axis=0) * carry


def looped(f: Function, x: Any) -> Any:
    """The same as a loop."""
    carry, ys = 0.0, 0.0
    for row in shifts(x):
        y = f(row * gx.cos(carry) + x)
        carry, ys = carry + 0.1 * gx.sum(y), ys + y
    return ys * carry


def repeated(f: Function, x: Any, checkpoint: Any) -> Any:
    """Grow a vector until it is long enough: under vmap, for each example as often as it needs."""

    def longer(state: Any) -> Any:
        y, k = state
        return y + 0.3 * gx.tanh(y) + 0.01 * gx.sum(f(x)), k + 1

    y, k = gx.while_loop(
        lambda state: gx.sum(gx.abs(state[0])) < 4.0,
        longer,
        (x, 0),
        max_steps=9,
        checkpoint=checkpoint,
    )
    return f(y * 0.1) * gx.astype(k, y.dtype)


def repeated_plainly(f: Function, x: Any) -> Any:
    """The same as a loop."""
    y, k = x, 0
    while plain(gx.sum(gx.abs(y))) < 4.0 and k < 9:
        y, k = y + 0.3 * gx.tanh(y) + 0.01 * gx.sum(f(x)), k + 1
    return f(y * 0.1) * float(k)


def plain(x: Any) -> float:
    """Return the number in a Tensor of any level."""
    while hasattr(x, "data") and hasattr(x, "level"):
        x = x.data
    return float(x)


def taped(f: Function, x: Any) -> Any:
    """The gradient by the eager tape where nothing is being transformed, by `grad` inside of a transform."""
    x = gx.asarray(x)
    if x.level.number:
        return gx.grad(total(f))(x)
    leaf = x if x.requires_grad else gx.asarray(x, requires_grad=True, copy=True)
    return gx.gradients(gx.sum(f(leaf)), leaf, create_graph=True)


def summed(weights: Any, jacobian: Any) -> Any:
    """Contract all but the last axis."""
    return gx.ravel(weights) @ gx.reshape(jacobian, (-1, 3))


def gauss_newton(f: Function, x: Any) -> Any:
    j = gx.reshape(columns(f)(x), (-1, 3))
    return j.T @ (0.01 * gx.exp(gx.ravel(f(x)) * 0.1) * (j @ gx.asarray(V)))


PAIRS = list(itertools.product(TRANSFORMS, repeat=2))


@pytest.mark.parametrize("f", FUNCTIONS)
@pytest.mark.parametrize(("outer", "inner"), PAIRS)
def test_pairs(outer: str, inner: str, f: Function) -> None:
    actual = TRANSFORMS[outer](TRANSFORMS[inner](f))(gx.asarray(X))
    expected = LOOPS[outer](LOOPS[inner](f))(gx.asarray(X))
    assert_close(actual, expected, rtol=1e-9, atol=1e-9)


# All triples of what can confuse levels, on one function.
CORE = ("grad", "jvp", "vmap", "jacrev", "linearize")


@pytest.mark.parametrize("names", list(itertools.product(CORE, repeat=3)), ids="-".join)
def test_triples(names: tuple[str, ...]) -> None:
    actual: Function = reads_and_writes
    expected: Function = reads_and_writes
    for name in reversed(names):
        actual, expected = TRANSFORMS[name](actual), LOOPS[name](expected)
    assert_close(actual(gx.asarray(X)), expected(gx.asarray(X)), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("f", FUNCTIONS)
@pytest.mark.parametrize("name", [name for name in TRANSFORMS if name not in ("vjp", "tape")])
def test_transforms_against_differences(name: str, f: Function) -> None:
    # Of vjp the cotangent is a constant; differences would move it.
    check_grads(TRANSFORMS[name](f), (X,), order=1)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_on_devices(name: str, gradx_device: str) -> None:
    with gx.default_device(gradx_device):
        x = gx.asarray(X, device=gradx_device)
        y = over_tensors(name)(reads_and_writes)(x)
        assert y.device == x.device
    assert_close(y, TRANSFORMS[name](reads_and_writes)(gx.asarray(X)), rtol=1e-9, atol=1e-9)


def over_tensors(name: str) -> Any:
    """Return a transform whose direction is made on the default device."""
    if name in ("jvp", "linearize", "hvp", "ggnvp"):
        v = gx.asarray(V.tolist())
        return {
            "jvp": lambda f: lambda x: gx.jvp(f, (x,), (v,))[1],
            "linearize": lambda f: lambda x: gx.linearize(f, x)[1](v),
            "hvp": lambda f: lambda x: gx.hvp(total(f), (x,), (v,))[0],
            "ggnvp": lambda f: (
                lambda x: gx.ggnvp(f, lambda y: gx.sum(gx.exp(y * 0.1)), (x,), (v,))[0]
            ),
        }[name]
    return TRANSFORMS[name]


def test_pairs_against_torch() -> None:
    torch = pytest.importorskip("torch", reason="compares with torch.func")
    v = torch.from_numpy(V)

    def f(x: Any) -> Any:
        return torch.tanh(x) * x[0] + torch.cumsum(x, 0) ** 2

    def ours(x: Any) -> Any:
        return gx.tanh(x) * x[0] + gx.cumulative_sum(x) ** 2

    def three(x: Any) -> Any:
        return torch.stack([x, x * 0.5, x + 0.25])

    theirs: dict[str, Any] = {
        "grad": lambda f: torch.func.grad(lambda x: f(x).sum()),
        "jvp": lambda f: lambda x: torch.func.jvp(f, (x,), (v,))[1],
        "vmap": lambda f: lambda x: torch.vmap(f)(three(x)),
        "jacfwd": torch.func.jacfwd,
        "jacrev": torch.func.jacrev,
        "hessian": lambda f: torch.func.hessian(lambda x: f(x).sum()),
    }
    for outer, inner in itertools.product(theirs, repeat=2):
        expected = theirs[outer](theirs[inner](f))(torch.from_numpy(X))
        actual = TRANSFORMS[outer](TRANSFORMS[inner](ours))(gx.asarray(X))
        assert_close(actual, expected.numpy(), rtol=1e-9, atol=1e-9)


# ---------------------------------------------------------------- perturbation confusion

SCALAR: dict[str, Callable[[Function], Function]] = {
    "grad": gx.grad,
    "jvp": lambda f: lambda x: gx.jvp(f, (x,), (1.0,))[1],
    "vjp": lambda f: lambda x: gx.vjp(f, x)[1](gx.asarray(1.0))[0],
    "linearize": lambda f: lambda x: gx.linearize(f, x)[1](1.0),
    "jacfwd": gx.jacfwd,
    "jacrev": gx.jacrev,
    "jacobian": gx.jacobian,
    "vmap_grad": lambda f: lambda x: gx.vmap(gx.grad(f))(gx.stack([gx.asarray(x)]))[0],
    "grad_vmap": lambda f: gx.grad(lambda x: gx.vmap(f)(gx.stack([gx.asarray(x)]))[0]),
    "transpose": lambda f: lambda x: gx.linear_transpose(gx.linearize(f, x)[1], 0.0)(gx.asarray(1.0))[0],
}  # fmt: skip


@pytest.mark.parametrize(("outer", "inner"), list(itertools.product(SCALAR, repeat=2)))
def test_perturbations_are_not_confused(outer: str, inner: str) -> None:
    # Siskind and Pearlmutter (2005): d/dx (x * d/dy (x + y)) = 1, not 2
    d, e = SCALAR[outer], SCALAR[inner]
    assert d(lambda x: x * e(lambda y: x + y)(1.0))(1.0).item() == pytest.approx(1.0)
    # d/dx (x * d/dy (x * y)) = 2 x
    assert d(lambda x: x * e(lambda y: x * y)(2.0))(3.0).item() == pytest.approx(6.0)
    # D (s -> D (x -> f (x + s))): the second derivative, of a function that is shifted
    shifted = d(lambda s: e(lambda x: gx.exp(2.0 * (x + s)))(1.0))(0.0)
    assert shifted.item() == pytest.approx(4 * np.exp(2.0))


@pytest.mark.parametrize("name", SCALAR)
def test_the_variable_of_an_outer_map_is_a_constant_inside(name: str) -> None:
    d = SCALAR[name]
    xs, ys = np.array([1.0, 2.0, 3.0]), np.array([0.5, -1.0])

    def of_pair(x: Any, y: Any) -> Any:
        return d(lambda z: z**2 * x + gx.sin(y) * z)(x)

    table = gx.vmap(gx.vmap(of_pair, in_axes=(None, 0)), in_axes=(0, None))(xs, ys)
    assert_close(table, 2 * xs[:, None] ** 2 + np.sin(ys))
    gradient = gx.vmap(gx.grad(of_pair), in_axes=(0, None))(xs, 0.5)
    assert_close(gradient, 4 * xs)

"""`fori_loop`, `while_loop`, `cond` and `switch`: by Python, and for each example of a `vmap` in its own way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import DtypeError, OperandError, ShapeError
from gradx.testing import assert_close, check_grads

X = np.array([0.5, -1.2, 0.8])
ROWS = np.sin(np.arange(15.0)).reshape(5, 3)


# ---------------------------------------------------------------- fori_loop


@pytest.mark.parametrize("checkpoint", [False, True, 2])
@pytest.mark.parametrize("bounds", [(0, 5), (2, 3), (3, 3), (5, 1), (-2, 2)])
def test_fori_loop_is_the_loop(bounds: Any, checkpoint: Any) -> None:
    def looped(x: Any) -> Any:
        for i in range(*bounds):
            x = gx.sin(x) * i + x
        return x

    def ours(x: Any) -> Any:
        lower, upper = bounds
        return gx.fori_loop(
            lower, gx.asarray(upper), lambda i, x: gx.sin(x) * i + x, x, checkpoint=checkpoint
        )

    assert_close(ours(gx.asarray(X)), looped(gx.asarray(X)))
    assert_close(gx.jacrev(ours)(X), gx.jacrev(looped)(X))
    assert_close(
        gx.hessian(lambda x: gx.sum(ours(x)))(X), gx.hessian(lambda x: gx.sum(looped(x)))(X)
    )


@pytest.mark.parametrize("checkpoint", [False, 2])
def test_bounds_that_differ_between_examples(checkpoint: Any) -> None:
    def power(x: Any, n: Any) -> Any:
        return gx.fori_loop(
            0, n, lambda i, y: y * x + 0.0 * i, gx.asarray(1.0), checkpoint=checkpoint
        )

    xs, ns = np.array([2.0, 3.0, 0.5, 1.5]), np.array([3, 0, 1, 5])
    assert_close(gx.vmap(power)(xs, ns), xs**ns)
    assert_close(gx.vmap(gx.grad(power))(xs, ns), ns * xs ** (ns - 1.0))
    assert_close(gx.grad(lambda x: gx.sum(gx.vmap(power)(x, ns)))(xs), ns * xs ** (ns - 1.0))


def test_fori_loop_keeps_the_form() -> None:
    with pytest.raises(ShapeError, match=r"fori_loop: .* float64\[3\]; got float64\[2\]"):
        gx.fori_loop(0, 2, lambda i, x: x[:2], X)


# ---------------------------------------------------------------- while_loop


def collatz(n: Any, checkpoint: Any = False, max_steps: Any = 200) -> Any:
    """Return the number of steps to 1, and a number made on the way."""
    return gx.while_loop(
        lambda s: s[0] != 1,
        lambda s: (gx.where(s[0] % 2 == 0, s[0] // 2, 3 * s[0] + 1), s[1] + 1, gx.sin(s[2] * 1.1)),
        (n, 0, 0.5), max_steps=max_steps, checkpoint=checkpoint)  # fmt: skip


@pytest.mark.parametrize("checkpoint", [False, True, 3])
def test_while_loop_under_vmap_is_each_of_its_own(checkpoint: Any) -> None:
    ns = np.array([1, 2, 3, 7, 27, 6])
    found = gx.vmap(lambda n: collatz(n, checkpoint))(ns)
    assert found[1].tolist() == [0, 1, 7, 16, 111, 8]
    for i, n in enumerate(ns):
        assert_close(found[2][i], collatz(gx.asarray(int(n)))[2], rtol=0, atol=0)


@pytest.mark.parametrize("checkpoint", [False, True, 3])
@pytest.mark.parametrize("max_steps", [0, 1, 4, 50])
def test_the_bound(max_steps: int, checkpoint: Any) -> None:
    def f(x: Any) -> Any:
        return gx.while_loop(
            lambda x: x < 10.0, lambda x: x * x + 0.1, x, max_steps=max_steps, checkpoint=checkpoint
        )

    def plain(x: float) -> Any:
        slope, steps = 1.0, 0
        while x < 10.0 and steps < max_steps:
            x, slope, steps = x * x + 0.1, slope * 2 * x, steps + 1
        return x, slope

    xs = np.array([1.5, 0.95, 11.0, 3.0])
    values, slopes = zip(*[plain(x) for x in xs], strict=True)
    assert_close(gx.vmap(f)(xs), values)
    assert_close(gx.vmap(gx.grad(f))(xs), slopes)
    assert_close(gx.grad(lambda x: gx.sum(gx.vmap(f)(x)))(xs), slopes)
    assert_close(gx.vmap(lambda x: gx.jvp(f, (x,), (1.0,))[1])(xs), slopes)
    assert_close(gx.stack([gx.grad(f)(x) for x in xs]), slopes)


def test_what_has_finished_gets_no_nan() -> None:
    # Example 0 stops at 0, where one more step would have an infinite slope, and then NaN.
    def f(x: Any) -> Any:
        return gx.while_loop(
            lambda s: s[1] > 0, lambda s: (gx.sqrt(s[0]), s[1] - gx.sqrt(s[0])), (x, x), max_steps=5
        )[0]

    def mapped(x: Any) -> Any:
        return gx.vmap(
            lambda x: gx.while_loop(
                lambda y: y > 1.5, lambda y: gx.log(y) * gx.sqrt(y - 1.5) + 1.0, x
            )
        )(x)

    xs = np.array([1.0, 2.0, 0.0, -3.0])
    for derivative in (
        gx.grad(lambda x: gx.sum(mapped(x)))(xs),
        gx.vmap(gx.grad(lambda x: mapped(x[None])[0]))(xs),
    ):
        assert_close(derivative[0], 1.0)
        assert_close(derivative[2:], [1.0, 1.0])
        assert np.isfinite(derivative.numpy()).all()
    assert np.isfinite(gx.grad(f)(0.0).item())


def test_newton_against_the_implicit_derivative() -> None:
    # The root of y**3 = x, so dy/dx = 1 / (3 y**2); each example takes the steps that it needs.
    def root(x: Any) -> Any:
        state = gx.while_loop(
            lambda s: gx.abs(s[0] ** 3 - x) > 1e-13 * x, lambda s: (s[0] - (s[0] ** 3 - x) / (3 * s[0] ** 2), s[1] + 1),
            (x * 1.0, 0), max_steps=60, checkpoint=True)  # fmt: skip
        return state[0]

    xs = np.array([1e-3, 1.2, 8.0, 1e6])
    assert_close(gx.vmap(root)(xs), xs ** (1 / 3), rtol=1e-10)
    assert_close(gx.vmap(gx.grad(root))(xs), xs ** (-2 / 3) / 3, rtol=1e-6)


def test_the_body_may_write() -> None:
    def body(x: Any) -> Any:
        x[0] = x[0] * 2
        return x

    start = np.array([[1.0, 5.0], [6.0, 7.0]])
    found = gx.vmap(lambda x: gx.while_loop(lambda x: x[0] < 10, body, x))(start)
    assert_close(found, [[16.0, 5.0], [12.0, 7.0]])
    x = gx.asarray(start[0])
    gx.while_loop(lambda x: x[0] < 10, body, x)
    assert_close(x, start[0])


@pytest.mark.parametrize(("cond", "body", "options", "error"), [
    (lambda x: x > 0, lambda x: x, {}, ShapeError), (lambda x: "no", lambda x: x, {}, OperandError),
    (lambda x: True, lambda x: x[:1], {}, ShapeError), (lambda x: True, lambda x: x, {"max_steps": -1}, ValueError),
    (lambda x: True, lambda x: x, {"checkpoint": True}, ValueError),
])  # fmt: skip
def test_what_while_loop_refuses(cond: Any, body: Any, options: Any, error: Any) -> None:
    with pytest.raises(error, match="while_loop: expected"):
        gx.while_loop(cond, body, gx.asarray(X), **options)


def test_while_loop_on_devices(gradx_device: str) -> None:
    with gx.default_device(gradx_device):
        xs = gx.asarray([1.5, 0.2, 40.0], device=gradx_device)
        found = gx.vmap(gx.grad(lambda x: gx.while_loop(lambda x: x < 10.0, lambda x: x * 3, x)))(
            xs
        )
        assert found.device == xs.device
    assert_close(found, [9.0, 81.0, 1.0])


# ---------------------------------------------------------------- cond and switch


def test_cond_is_python_where_it_can_be() -> None:
    ran: list[str] = []

    def one(x: Any) -> Any:
        ran.append("one")
        return x * 2

    def other(x: Any) -> Any:
        ran.append("other")
        return {"another": x}

    assert gx.cond(True, one, other, 3.0) == 6.0
    assert gx.cond(gx.asarray(0), one, other, 3.0) == {"another": 3.0}
    assert gx.grad(lambda x: gx.cond(x > 0, one, other, x))(2.0).item() == 2.0
    assert ran == ["one", "other", "one"]


@pytest.mark.parametrize(
    "predicate", [lambda x: x > 0, lambda x: x * (x > 0), lambda x: gx.astype(x > 0, gx.int64)]
)
def test_cond_that_differs_between_examples(predicate: Any) -> None:
    def f(x: Any) -> Any:
        return gx.cond(
            predicate(x), lambda x: {"y": gx.sqrt(x)}, lambda x: {"y": gx.square(x) * 3}, x
        )["y"]

    xs = np.array([4.0, 0.0, -2.0])
    assert_close(gx.vmap(f)(xs), [2.0, 0.0, 12.0])
    assert_close(gx.vmap(gx.grad(f))(xs), [0.25, 0.0, -12.0])
    assert_close(gx.grad(lambda x: gx.sum(gx.vmap(f)(x)))(xs), [0.25, 0.0, -12.0])
    assert_close(gx.jvp(gx.vmap(f), (xs,), (np.ones(3),))[1], [0.25, 0.0, -12.0])
    assert_close(gx.vmap(gx.grad(gx.grad(f)))(xs), [-1 / 32, 6.0, 6.0])


def test_cond_of_a_vector_in_each_example() -> None:
    def f(p: Any, x: Any) -> Any:
        return gx.cond(p, lambda x: x * 2, lambda x: -x, x)

    found = gx.vmap(gx.vmap(f, in_axes=(0, None)), in_axes=(None, 0))(
        np.array([True, False]), np.stack([X, X + 1])
    )
    assert_close(found, np.stack([[X * 2, -X], [X * 2 + 2, -X - 1]]))


def test_branches_may_write() -> None:
    def one(x: Any) -> Any:
        x[0] = 100.0
        return x

    x = np.stack([X, X])
    found = gx.vmap(lambda p, x: gx.cond(p, one, lambda x: x * 1.0, x))(np.array([True, False]), x)
    assert_close(found, [[100.0, -1.2, 0.8], X])
    kept = gx.asarray(X.copy())
    gx.cond(True, one, one, kept)
    assert_close(kept, X)


def test_switch() -> None:
    branches = [gx.sin, lambda x: x * x, gx.exp]
    for i, expected in (
        (-5, np.sin(2.0)),
        (0, np.sin(2.0)),
        (1, 4.0),
        (2, np.exp(2.0)),
        (7, np.exp(2.0)),
    ):
        assert gx.switch(i, branches, gx.asarray(2.0)).item() == pytest.approx(expected)
        assert gx.switch(gx.asarray(i), branches, gx.asarray(2.0)).item() == pytest.approx(expected)
    index, xs = np.array([0, 1, 2, -3, 9]), np.array([1.0, 2.0, 0.5, 0.1, 0.2])
    f = lambda i, x: gx.switch(i, branches, x)  # noqa: E731
    values = [np.sin(1.0), 4.0, np.exp(0.5), np.sin(0.1), np.exp(0.2)]
    assert_close(gx.vmap(f)(index, xs), values)
    slopes = [np.cos(1.0), 4.0, np.exp(0.5), np.cos(0.1), np.exp(0.2)]
    assert_close(gx.vmap(gx.grad(f, argnums=1))(index, xs), slopes)
    assert_close(gx.vmap(lambda i: gx.switch(i, [lambda x: x], 1.0))(index), np.ones(5))


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda p: gx.cond(p > 0, lambda: 1.0, lambda: (1.0,)), ShapeError, "cond: .* the same structure"),
    (lambda p: gx.cond(p > 0, lambda: gx.ones(2), lambda: gx.ones(3)), ShapeError, "the same shapes"),
    (lambda p: gx.cond(p > 0, lambda: 1.0, lambda: 1), DtypeError, "the same dtypes"),
    (lambda p: gx.cond(p > 0, lambda: "a", lambda: "b"), OperandError, "arrays and numbers"),
    (lambda p: gx.cond(gx.stack([p, p]) > 0, abs, abs, p), ShapeError, r"0-d array as pred; got shape \(2,\)"),
    (lambda p: gx.cond("yes", abs, abs, p), OperandError, "as pred"),
    (lambda p: gx.cond(True, abs, 3, p), OperandError, "two functions"),
    (lambda p: gx.switch(p, [abs, abs], p), DtypeError, "an integer as index"),
    (lambda p: gx.switch(0, [], p), OperandError, "a list of functions"),
    (lambda p: gx.switch(gx.asarray([0, 1]), [abs], p), ShapeError, "as index"),
])  # fmt: skip
def test_what_choices_refuse(call: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        gx.vmap(call)(np.array([1.0, -1.0]))


def test_all_together() -> None:
    """Loops in loops in branches, checkpointed, against differences and one by one."""

    def f(x: Any) -> Any:
        def row(c: Any, r: Any) -> Any:
            grown = gx.while_loop(
                lambda y: gx.sum(y * y) < 3.0, lambda y: y * 1.5 + 0.1 * r, c, max_steps=20
            )
            y = gx.cond(gx.sum(r) > 0.3, lambda g: gx.sin(g), lambda g: gx.tanh(g) * x[0], grown)
            return y * 0.5, gx.fori_loop(0, 2, lambda i, z: z * gx.cos(z) + i, y)

        carry, ys = gx.scan(row, x, gx.asarray(ROWS) * x[1], checkpoint=2)
        return gx.sum(carry) + gx.sum(ys * ys)

    xs = np.stack([X, X * 1.3 + 0.1, -X])
    check_grads(f, (X,), order=2)
    assert_close(gx.vmap(gx.grad(f))(xs), gx.stack([gx.grad(f)(x) for x in xs]), rtol=1e-9)
    assert_close(gx.vmap(gx.hessian(f))(xs), gx.stack([gx.hessian(f)(x) for x in xs]), rtol=1e-9)


def test_against_jax() -> None:
    jax = pytest.importorskip("jax", reason="compares with JAX's loops of the same names")
    jnp, lax = jax.numpy, jax.lax

    def program(np_: Any, loops: Any, fori: Any) -> Any:
        def f(x: Any) -> Any:
            def row(c: Any, r: Any) -> Any:
                y = loops.cond(
                    np_.sum(r) > 0.3, lambda z: np_.sin(z), lambda z: np_.tanh(z) * 2.0, c * r
                )
                return y, loops.switch(1, [np_.cos, np_.exp], y)

            carry, ys = loops.scan(row, x, np_.asarray(ROWS) + 0.5, reverse=True)
            return np_.sum(fori(0, 3, lambda i, z: z * np_.cos(z), carry)) + np_.sum(ys)

        return f

    theirs = jax.grad(program(jnp, lax, lax.fori_loop))(X.astype(np.float32))
    assert_close(
        gx.grad(program(gx, gx, gx.fori_loop))(X), np.asarray(theirs, dtype=np.float64), rtol=1e-4
    )

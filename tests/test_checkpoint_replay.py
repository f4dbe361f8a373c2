"""The second run of `checkpoint`: on the eager tape, with the same random numbers, and where it differs."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import GraphError
from gradx.testing import assert_close, check_grads
from gradx.transforms.segment import CARD, Body

X = np.array([0.5, -1.2, 0.8])


def leaf(values: Any, device: str | None = None) -> Any:
    return gx.asarray(np.array(values), device=device, requires_grad=True)


# ---------------------------------------------------------------- the eager tape


def test_retain_and_create_graph() -> None:
    x = leaf(X)
    y = gx.sum(gx.checkpoint(gx.sin)(x) ** 2)
    y.backward(retain_graph=True)
    y.backward()
    assert_close(x.grad, 2 * np.sin(2 * X))
    with pytest.raises(GraphError, match="freed"):
        y.backward()
    y = gx.sum(gx.checkpoint(gx.sin)(x) ** 2)
    first = gx.gradients(y, x, create_graph=True)
    second = gx.gradients(gx.sum(first), x, create_graph=True)
    assert_close(gx.gradients(gx.sum(second), x), -4 * np.sin(2 * X), rtol=1e-12)


def test_no_grad() -> None:
    x, w = leaf(X), leaf(X)

    def f(x: Any) -> Any:
        with gx.no_grad():
            frozen = gx.sin(x) * w
            with gx.enable_grad():
                thawed = x * w
        return frozen * x + thawed

    with gx.no_grad():
        assert not gx.checkpoint(f)(x).requires_grad
    y = gx.sum(gx.checkpoint(f)(x))
    with gx.no_grad():
        y.backward()
    assert_close(x.grad, np.sin(X) * X + X)
    assert_close(w.grad, X)


def test_default_device_of_the_first_run(gradx_device: str) -> None:
    x = leaf(X, gradx_device)
    with gx.default_device(gradx_device):
        y = gx.sum(gx.checkpoint(lambda x: gx.sin(x) * gx.ones(3))(x))
    y.backward()
    assert_close(x.grad, np.cos(X))


def test_inner_derivatives() -> None:
    def f(x: Any) -> Any:
        return gx.grad(lambda z: gx.sum(gx.sin(z) * x))(x * 2) + gx.jvp(gx.exp, (x,), (x,))[1]

    check_grads(gx.checkpoint(f), (X,), order=2)


def test_exceptions_leave_no_trace() -> None:
    fail = [True]

    def f(x: Any) -> Any:
        gx.random.normal()
        if fail[0]:
            raise KeyboardInterrupt
        return gx.sin(x)

    x = leaf(X)
    with pytest.raises(KeyboardInterrupt):
        gx.checkpoint(f)(x)
    fail[0] = False
    y = gx.sum(gx.checkpoint(f)(x))
    fail[0] = True
    with pytest.raises(KeyboardInterrupt):
        y.backward(retain_graph=True)
    fail[0] = False
    y.backward()
    assert_close(x.grad, np.cos(X))


def test_side_effects_happen_twice() -> None:
    calls: list[int] = []
    x = leaf(X)
    y = gx.checkpoint(lambda x: calls.append(1) or gx.sin(x))(x)
    assert len(calls) == 1
    gx.sum(y).backward()
    assert len(calls) == 2


def test_threads_share_a_pullback() -> None:
    _, pullback = gx.vjp(lambda w: gx.checkpoint(lambda x: x * gx.sin(w))(gx.asarray(X)), X)
    found: list[Any] = []

    def run() -> None:
        for _ in range(50):
            found.append(pullback(gx.ones(3))[0])

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 200
    for each in found:
        assert_close(each, X * np.cos(X))


# ---------------------------------------------------------------- functions that do not do the same again


def varied(*variants: Any) -> Any:
    """Return a function that does something else at each call."""
    rest = iter(variants)
    return lambda x: next(rest)(x)


W = gx.asarray(X)


@pytest.mark.parametrize("second", [
    lambda x: gx.sin(x)[:2], lambda x: (gx.sin(x),), lambda x: gx.astype(gx.sin(x), gx.float32),
    lambda x: gx.random.normal() + gx.sin(x) * 0 + x, lambda x: gx.random.normal(key=DRAWN) * x,
])  # fmt: skip
def test_something_else_is_an_error(second: Any) -> None:
    x = leaf(X)
    y = gx.checkpoint(varied(lambda x: gx.sin(x), second))(x)
    with pytest.raises(GraphError, match="checkpoint: expected the function to do again"):
        gx.sum(y).backward()


DRAWN = gx.random.Generator(3)


@pytest.mark.parametrize("second", [
    lambda x, w: gx.cos(x) * w, lambda x, w: gx.sin(x), lambda x, w: gx.sin(x) * w * w, lambda x, w: gx.sin(x) * w[:1],
])  # fmt: skip
def test_something_else_with_a_closure_is_an_error(second: Any) -> None:
    x, w = leaf(X), leaf(X)
    y = gx.checkpoint(varied(lambda x: gx.sin(x) * w, lambda x: second(x, w)))(x)
    with pytest.raises(GraphError, match="checkpoint: expected the function to do again"):
        gx.sum(y).backward()


def test_a_new_closure_is_an_error() -> None:
    x, w = leaf(X), leaf(X)
    y = gx.checkpoint(varied(gx.sin, lambda x: x * w))(x)
    with pytest.raises(GraphError, match="checkpoint: expected the function to do again"):
        gx.sum(y).backward()


def test_fewer_draws_are_an_error() -> None:
    x = leaf(X)
    y = gx.checkpoint(varied(lambda x: x * gx.random.normal(), lambda x: x * 2.0))(x)
    with pytest.raises(GraphError, match="1 draws of random numbers; got 0"):
        gx.sum(y).backward()


# ---------------------------------------------------------------- random numbers


def noisy(x: Any, generator: Any) -> Any:
    mask = gx.random.bernoulli(0.5, x.shape)
    return (
        gx.where(mask, x, 0.0) * gx.random.normal(x.shape, key=generator)
        + gx.random.uniform() * x * x
    )


@pytest.mark.parametrize("nested", [False, True])
def test_random_numbers_are_the_same(nested: bool) -> None:
    def gradient(wrap: Any) -> Any:
        gx.random.seed(5)
        generator = gx.random.Generator(7)

        def f(x: Any) -> Any:
            y = noisy(x, generator)
            inner = wrap(lambda y: noisy(y, generator))
            return (inner if nested else noisy_twin(generator))(y) * gx.random.normal()

        found = gx.grad(lambda x: gx.sum(wrap(f)(x)))(np.arange(20.0))
        return found, gx.random.default_generator().draws, generator.draws

    plain, ours = gradient(lambda f: f), gradient(gx.checkpoint)
    assert ours[1:] == plain[1:] == (5, 2)
    assert np.array_equal(ours[0].numpy(), plain[0].numpy())


def noisy_twin(generator: Any) -> Any:
    return lambda y: noisy(y, generator)


def test_other_draws_in_between_do_not_matter() -> None:
    x = leaf(np.arange(20.0))
    generator = gx.random.Generator(1)
    y = gx.checkpoint(lambda x: x * gx.random.normal(20, key=generator) * gx.random.normal(20))(x)
    factor = y.detach() / gx.maximum(x.detach(), 1.0)
    gx.random.normal(key=generator)
    gx.random.seed(99)
    gx.sum(y).backward()
    assert_close(x.grad[1:], factor[1:])
    assert generator.draws == 2
    assert gx.random.default_generator().draws == 0


@pytest.mark.parametrize("randomness", ["same", "different"])
def test_random_numbers_of_examples(randomness: str) -> None:
    def run(wrap: Any) -> Any:
        generator = gx.random.Generator(7)
        f = wrap(lambda x: x * gx.random.normal(3, key=generator))
        g = gx.grad(lambda x: gx.sum(gx.vmap(f, randomness=randomness)(x) ** 2))
        return g(np.stack([X, X + 1]))

    assert np.array_equal(run(gx.checkpoint).numpy(), run(lambda f: f).numpy())


def test_random_numbers_in_a_jacobian() -> None:
    f = gx.checkpoint(lambda x: x * gx.random.normal(3, key=gx.random.key(1)) + gx.random.uniform())
    j = gx.jacrev(f)(X)
    assert_close(j, np.diag(gx.random.normal(3, key=gx.random.key(1)).numpy()))


# ---------------------------------------------------------------- policies


@pytest.mark.parametrize(("policy", "runs"), [(None, 4), (gx.checkpoint_policies.dots, 2)])
def test_what_a_policy_keeps_is_not_computed_again(
    policy: Any, runs: int, monkeypatch: Any
) -> None:
    from gradx.ops.products import _matmul

    count = [0]

    def matmul(a: Any, b: Any) -> Any:
        count[0] += 1
        return a @ b

    a = np.sin(np.arange(9.0)).reshape(3, 3)
    w = leaf(a)
    wanted = gx.grad(lambda w: gx.sum(gx.sin(w @ gx.sin(w @ gx.asarray(a)))))(a)
    monkeypatch.setitem(_matmul.table, np.ndarray, matmul)
    y = gx.checkpoint(lambda x: gx.sin(w @ gx.sin(w @ x)), policy=policy)(gx.asarray(a))
    loss = gx.sum(y)
    assert count[0] == 2
    seen = count[0]
    loss.backward()
    # the walk multiplies through the namespace, not through the card's table
    assert count[0] - seen == runs - 2
    assert_close(w.grad, wanted)


def test_a_policy_sees_names_shapes_and_dtypes() -> None:
    seen: list[Any] = []

    def policy(name: str, shape: Any, dtype: Any) -> bool:
        seen.append((name, shape, dtype))
        return len(seen) % 2 == 0

    gx.vmap(gx.grad(lambda x: gx.sum(gx.checkpoint(lambda x: gx.sin(x * 2), policy=policy)(x))))(
        np.ones((2, 3))
    )
    assert seen == [("multiply", (3,), gx.float64), ("sin", (3,), gx.float64)]


# ---------------------------------------------------------------- the card by itself


class Product(Body):
    kept = 0

    def run(self, inputs: Any, kept: Any) -> Any:
        a, b = inputs
        return [a * b, gx.sin(a)]


def test_the_card_under_transforms() -> None:
    # As a program is to apply it: without a first run.
    def f(a: Any, b: Any) -> Any:
        product, sine = CARD(a, b, body=Product())
        return gx.sum(product * sine)

    def plain(a: Any, b: Any) -> Any:
        return gx.sum(a * b * gx.sin(a))

    b = gx.asarray(X * 2)
    check_grads(f, (X, X * 2), order=2)
    both = np.stack([X, X + 1])
    found = gx.vmap(lambda a: f(a, b))(both)
    assert_close(found, gx.vmap(lambda a: plain(a, b))(both))


# ---------------------------------------------------------------- memory


def test_no_reference_cycles() -> None:
    gc.collect()
    gc.disable()
    try:
        w, x = leaf(X), leaf(X)
        y = gx.checkpoint(lambda x: gx.sin(x) * w)(x)
        node = weakref.ref(y.aux.parents[0])
        del y
        assert node() is None
        gradient = gx.grad(lambda w: gx.sum(gx.checkpoint(lambda x: gx.sin(x) * gx.exp(w))(w)))
        gradient(X)
        before = len(gc.get_objects())
        for _ in range(5):
            gradient(X)
        assert len(gc.get_objects()) - before < 10
    finally:
        gc.enable()


def test_inputs_are_freed_by_the_walk() -> None:
    x = leaf(X)
    h = x * 2.0
    array = weakref.ref(h.data)
    y = gx.sum(gx.checkpoint(gx.sin, policy=gx.checkpoint_policies.everything)(h))
    del h
    assert array() is not None
    y.backward(retain_graph=True)
    assert array() is not None
    y.backward()
    assert array() is None


# ---------------------------------------------------------------- beside other parts of gradx


@pytest.mark.filterwarnings("ignore:(divide by zero|invalid value):RuntimeWarning")
def test_why_nan_names_the_checkpoint() -> None:
    x = leaf([1.0, 0.0])
    forward = gx.debug.why_nan(gx.sum(gx.checkpoint(lambda x: gx.log(x) * x)(x)))
    assert "nan born forward in checkpoint at element (1,)" in str(forward)
    h = gx.checkpoint(gx.sqrt, offload=True)(x)
    backward = gx.debug.why_nan(gx.sum(h * h * 0.0))
    assert "born backward in the rule of checkpoint at element (1,)" in str(backward)


def test_a_module_with_dropout() -> None:
    def gradients(wrap: Any) -> Any:
        gx.random.seed(11)
        nn = gx.nn
        model = nn.Sequential(nn.Linear(3, 8), gx.tanh, nn.Dropout(0.5), nn.Linear(8, 2))
        gx.sum(wrap(model)(gx.asarray(np.stack([X, X * 2]))) ** 2).backward()
        return [p.grad for p in model.parameters()]

    assert_close(gradients(gx.checkpoint), gradients(lambda f: f))


def test_captured_arrays_that_the_user_leaves_alone() -> None:
    a, x = X.copy(), leaf(X)
    y = gx.sum(gx.checkpoint(lambda x, a: gx.sin(x * a))(x, a))
    y.backward()
    assert_close(x.grad, np.cos(X * X) * X)

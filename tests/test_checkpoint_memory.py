"""What stays in memory between the two runs, by counting living arrays: never by time, nor by bytes."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.testing import assert_close
from gradx.transforms.reverse import raw

Wrap = Callable[[Callable[..., Any]], Callable[..., Any]]


class Living:
    """Counts which of the arrays that were watched are alive, and how many were at most."""

    def __init__(self) -> None:
        self.arrays: list[weakref.ref[Any]] = []
        self.most = 0

    def watch(self, x: Any) -> Any:
        """Watch the array of `x`, and count."""
        self.arrays.append(weakref.ref(raw(x)))
        self.most = max(self.most, self.count())
        return x

    def count(self) -> int:
        self.arrays = [each for each in self.arrays if each() is not None]
        return len(self.arrays)


@pytest.fixture(autouse=True)
def _no_collector() -> Iterator[None]:
    """Arrays go by reference count alone: a cycle would be seen."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def chain(living: Living, wrap: Wrap, steps: int, size: int, w: Any, x: Any) -> Any:
    """Compute `steps` steps in segments of `size`."""

    def segment(x: Any) -> Any:
        for _ in range(size):
            x = living.watch(gx.sin(living.watch(x * w)))
        return x

    for _ in range(0, steps, size):
        x = wrap(segment)(x)
    return gx.sum(x)


@pytest.mark.parametrize("k", [4, 8, 12])
def test_the_root_of_the_number_of_steps(k: int) -> None:
    w, x = (gx.asarray(np.full(3, v), requires_grad=True) for v in (1.1, 0.5))
    plain, ours = Living(), Living()
    expected = chain(plain, lambda f: f, k * k, k, w, x)
    assert plain.count() >= 2 * k * k - 1
    expected.backward()
    gradients, w.grad, x.grad = (w.grad, x.grad), None, None
    y = chain(ours, gx.checkpoint, k * k, k, w, x)
    assert ours.count() <= k + 1
    y.backward()
    assert ours.most <= 3 * k + 4  # a result a segment, two residuals a step of one segment
    assert_close(w.grad, gradients[0])
    assert_close(x.grad, gradients[1])


def test_a_gradient_of_a_gradient() -> None:
    k, plain, ours = 8, Living(), Living()

    def penalty(living: Living, wrap: Wrap) -> Any:
        def loss(x: Any) -> Any:
            return chain(living, wrap, k * k, k, gx.asarray(np.full(3, 1.1)), x)

        return gx.grad(lambda x: gx.sum(gx.grad(loss)(x) ** 2))(np.full(3, 0.5))

    assert_close(penalty(ours, gx.checkpoint), penalty(plain, lambda f: f), rtol=1e-12)
    assert ours.most <= plain.most / 2


def test_what_a_policy_keeps_stays() -> None:
    living = Living()
    w, x = (gx.asarray(np.full(3, v), requires_grad=True) for v in (1.1, 0.5))
    wrap = lambda f: gx.checkpoint(f, policy=gx.checkpoint_policies.only("sin"))  # noqa: E731
    y = chain(living, wrap, 16, 4, w, x)
    assert living.count() == 16
    y.backward()
    del y
    assert living.count() == 0


def test_masks_and_random_numbers_are_made_anew() -> None:
    living = Living()

    def segment(x: Any) -> Any:
        for _ in range(10):
            mask = living.watch(gx.random.bernoulli(0.5, (3,)))
            scale = living.watch(gx.random.normal(3))
            x = living.watch(gx.where(mask & living.watch(x > 0), x * scale, x * 0.5))
        return x

    x = gx.asarray(np.full(3, 0.5), requires_grad=True)
    y = gx.checkpoint(segment)(x)
    assert living.count() == 1
    gx.sum(y).backward()
    nested = gx.checkpoint(lambda x: gx.checkpoint(segment)(x) * 2)(x)
    del y
    assert living.count() == 0
    gx.sum(nested).backward()


def test_arguments_wait_on_the_host() -> None:
    living = Living()
    x = gx.asarray(np.full(3, 0.5), device="array_api_strict:device1", requires_grad=True)

    def loss(offload: bool) -> Any:
        h = x
        for _ in range(4):
            h = gx.checkpoint(lambda x: gx.sin(x) * 1.5, offload=offload)(living.watch(h * 1.0))
        return gx.sum(h)

    y = loss(offload=False)
    assert living.count() == 4
    y.backward()
    expected, x.grad = x.grad, None
    del y
    y = loss(offload=True)
    assert living.count() == 0
    y.backward(retain_graph=True)
    assert_close(x.grad, expected)
    y.backward()
    assert_close(x.grad, expected * 2)


@pytest.mark.parametrize("checkpoint", [False, True, 5])
def test_scan(checkpoint: Any) -> None:
    living, n = Living(), 64

    def step(carry: Any, x: Any) -> Any:
        return living.watch(gx.sin(living.watch(carry * x))), None

    xs = gx.asarray(np.linspace(0.9, 1.1, n))
    gradient = gx.grad(lambda c: gx.scan(step, c, xs, checkpoint=checkpoint)[0])(0.5)
    segment = {False: n, True: 8, 5: 5}[checkpoint]
    assert living.most <= 2 * segment + n // segment + 5
    assert_close(gradient, gx.grad(lambda c: gx.scan(step, c, xs)[0])(0.5))


@pytest.mark.parametrize("checkpoint", [True, 4])
def test_other_loops(checkpoint: Any) -> None:
    living, n = Living(), 64
    x = gx.asarray(0.5)
    gx.grad(
        lambda x: gx.fori_loop(
            0, n, lambda i, x: living.watch(gx.sin(x * 1.01)), x, checkpoint=checkpoint
        )
    )(x)
    assert living.most <= 8 + 16 + 5
    living = Living()
    gx.grad(lambda x: gx.while_loop(lambda x: x > 0.01, lambda x: living.watch(gx.sin(x * 1.01)), x, max_steps=n,
                                    checkpoint=checkpoint))(x)  # fmt: skip
    assert living.most <= 8 + 16 + 5


def test_the_results_of_a_scan_take_no_more_than_their_rows() -> None:
    # The rows read in backward are added up in one array: a write a row, not an array of all rows each.
    living = Living()
    xs = gx.asarray(np.zeros((50, 3)), requires_grad=True)
    carry, ys = gx.scan(lambda c, x: (living.watch(c + x), c * x), gx.zeros(3), xs)
    assert living.count() == 50
    (gx.sum(ys) + gx.sum(carry)).backward()
    assert xs.grad.shape == (50, 3)
    del carry, ys
    assert living.count() == 0


def test_the_logarithm_of_the_number_of_steps() -> None:
    # Halves in halves: each level of the recursion computes all steps once more, and keeps one value.
    living, steps = Living(), 0
    w = gx.asarray(np.full(3, 1.1), requires_grad=True)

    def some(x: Any, n: int) -> Any:
        nonlocal steps
        if n == 1:
            steps += 1
            return living.watch(gx.sin(living.watch(x * w)))
        half = gx.checkpoint(lambda x: some(x, n // 2))
        return half(half(x))

    gx.sum(some(gx.asarray(np.full(3, 0.5)), 64)).backward()
    assert steps == 64 * 7
    assert living.most <= 2 * 7
    y = gx.asarray(np.full(3, 1.1), requires_grad=True)
    gx.sum(chain(Living(), lambda f: f, 64, 64, y, gx.asarray(np.full(3, 0.5)))).backward()
    assert_close(w.grad, y.grad)

"""`vmap`: axes and trees, what a function sees of a batch, writes, random numbers, sizes 0 and 1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import (
    BatchError,
    GraphError,
    ShapeError,
)
from gradx.testing import assert_close

X = np.sin(np.arange(24.0)).reshape(4, 3, 2)


def loop(f: Any, *stacks: Any) -> Any:
    return gx.stack([f(*[gx.asarray(x) for x in each]) for each in zip(*stacks)])


# ---------------------------------------------------------------- axes and trees


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -3])
@pytest.mark.parametrize("out", [0, 1, 2, -1])
def test_axes(axis: int, out: int) -> None:
    y = gx.vmap(lambda x: gx.cumulative_sum(x, axis=0), in_axes=axis, out_axes=out)(X)
    assert_close(y, np.moveaxis(np.cumsum(np.moveaxis(X, axis, 0), axis=1), 0, out))


def test_trees_of_axes() -> None:
    def f(p: Any, pair: Any) -> Any:
        return {"s": p["w"] * pair[0] + p["b"], "t": (pair[1], p["b"])}

    w, b, u, v = np.arange(4.0), np.float64(2.0), np.ones((3, 4)), np.arange(8.0).reshape(4, 2)
    mapped = gx.vmap(f, in_axes=({"w": 0, "b": None}, (1, 0)), out_axes={"s": -1, "t": (1, None)})
    y = mapped({"w": w, "b": b}, (u, v))
    assert_close(y, {"s": w * u + 2.0, "t": (v.T, gx.asarray(2.0))})
    prefix = gx.vmap(f, in_axes=(None, 0), axis_size=3)
    pair = np.ones((3, 2)), np.zeros(3)
    assert prefix({"w": w[0], "b": b}, pair)["s"].shape == (3, 2)


def test_list_of_axes_keywords_and_none() -> None:
    mapped = gx.vmap(lambda x, y, z=0.0, missing=None: (x + y + z, missing), in_axes=[0, None])
    y, missing = mapped(np.arange(3.0), np.ones(2), z=gx.asarray([10.0, 20.0]))
    assert missing is None
    assert_close(y, np.arange(3.0)[:, None] + np.array([11.0, 21.0]))


def test_results_that_are_the_same_for_all() -> None:
    constant, number, shared = gx.vmap(lambda x: (gx.ones(2), 3.0, gx.zeros(1)), out_axes=(1, 0, None))(X)  # fmt: skip
    assert_close(constant, np.ones((2, 4)))
    assert_close(number, np.full(4, 3.0))
    assert shared.shape == (1,)
    with pytest.raises(BatchError, match="out_axes"):
        gx.vmap(lambda x: x, out_axes=None)(X)


def test_axis_size() -> None:
    assert gx.vmap(lambda: gx.ones(2), axis_size=5)().shape == (5, 2)
    assert gx.vmap(lambda x: x, in_axes=None, axis_size=2)(1.0).shape == (2,)
    with pytest.raises(ShapeError, match="4, 5"):
        gx.vmap(lambda x: x, axis_size=5)(X)
    with pytest.raises(ShapeError, match="4, 2"):
        gx.vmap(lambda x, y: x, in_axes=(0, 2))(X, X)


# ---------------------------------------------------------------- what the function sees


def test_a_batch_looks_like_one_example() -> None:
    def f(x: Any) -> Any:
        assert (x.shape, x.ndim, x.size, len(x)) == ((3, 2), 2, 6, 3)
        assert (x.dtype, x.device) == (gx.float64, "cpu")
        assert [row.shape for row in x] == [(2,)] * 3
        assert x.T.shape == (2, 3) and gx.zeros_like(x).shape == (3, 2)
        assert "level=batch" in repr(x)
        return x

    assert_close(gx.vmap(f)(X), X)
    assert_close(gx.grad(lambda x: gx.sum(gx.vmap(f)(x)))(X), np.ones_like(X))
    assert_close(gx.vmap(gx.grad(lambda x: gx.sum(f_inside(x))))(X), np.ones_like(X))


def f_inside(x: Any) -> Any:
    assert (x.shape, x.ndim, x.size) == ((3, 2), 2, 6)
    return x


def test_values_that_all_examples_share_decide() -> None:
    threshold = gx.asarray(0.5)
    y = gx.vmap(lambda x, t: x * 2 if t > 0 else x, in_axes=(0, None))(np.arange(3.0), threshold)
    assert y.tolist() == [0.0, 2.0, 4.0]


def test_libraries_arrays_and_numbers_meet_a_batch() -> None:
    y = gx.vmap(lambda x: np.ones(2) * x + 2 - np.float32(1.0))(X)
    assert_close(y, X + 1)


# ---------------------------------------------------------------- writes and views


def test_writes_stay_inside() -> None:
    given, shared = gx.asarray(X, copy=True), gx.zeros(2)

    def f(x: Any, s: Any) -> Any:
        x[0] = x[1] * 2
        x[1:, 0] = x[1:, 0] + 1.0
        s[1] = x[0, 0]
        s *= 3.0
        return x, s

    def by_numpy(x: Any) -> Any:
        x, s = x.copy(), np.zeros(2)
        x[0] = x[1] * 2
        x[1:, 0] += 1.0
        s[1] = x[0, 0]
        return x, s * 3

    y, s = gx.vmap(f, in_axes=(0, None))(given, shared)
    expected = [by_numpy(x) for x in X]
    assert_close(y, np.stack([e[0] for e in expected]))
    assert_close(s, np.stack([e[1] for e in expected]))
    assert_close(given, X)
    assert_close(shared, np.zeros(2))


def test_a_number_taken_out_is_no_view() -> None:
    def f(x: Any) -> Any:
        s = x[1]
        s += 1.0
        return s, x

    y, x = gx.vmap(f)(X[:, :, 0])
    assert_close(y, X[:, 1, 0] + 1)
    assert_close(x, X[:, :, 0])


def test_gradients_through_writes() -> None:
    def f(x: Any, k: Any) -> Any:
        y = gx.zeros(3)
        y[k] = x[0] * x[1]
        y[:2] = y[:2] * x[:2]
        return gx.sum(gx.sin(y) * x)

    x, k = X[:, :, 0], np.array([0, 1, 2, 0])
    assert_close(gx.vmap(gx.grad(f))(x, k), gx.stack([gx.grad(f)(*pair) for pair in zip(x, k)]))
    total = gx.grad(lambda x: gx.sum(gx.vmap(f)(x, k)))(x)
    assert_close(total, gx.vmap(gx.grad(f))(x, k))


def test_the_eager_tape_around_and_inside() -> None:
    leaf, weight = gx.asarray(X, requires_grad=True), gx.asarray(2.0, requires_grad=True)
    y = gx.vmap(lambda x: gx.sum(gx.sin(x)) * weight)(leaf)
    y.backward(gx.ones(4))
    assert_close(leaf.grad, 2 * np.cos(X))
    assert_close(weight.grad, gx.sum(gx.sin(gx.asarray(X))))
    with pytest.raises(GraphError, match="backward"):
        gx.vmap(lambda x: gx.sum(x * weight).backward())(X)


def test_stop_gradient_keeps_the_batch() -> None:
    def f(x: Any) -> Any:
        return gx.sum(gx.stop_gradient(x) * x)

    assert_close(gx.vmap(gx.grad(f))(X), X)
    assert_close(gx.grad(lambda x: gx.sum(gx.vmap(f)(x)))(X), X)
    assert_close(gx.vmap(lambda x: gx.stop_gradient(x) + x.detach())(X), X + X)


# ---------------------------------------------------------------- nesting, sizes, devices


def test_nested_maps() -> None:
    a, b = np.arange(3.0), np.arange(4.0) + 10
    outer = gx.vmap(gx.vmap(lambda x, y: x * 10 + y, in_axes=(None, 0)), in_axes=(0, None))
    assert_close(outer(a, b), a[:, None] * 10 + b)
    swapped = gx.vmap(gx.vmap(gx.matmul, in_axes=(1, None)), in_axes=(None, 0), out_axes=-1)
    m, v = X[0], np.arange(12.0).reshape(4, 3)
    assert_close(swapped(m, v), m.T @ v.T)
    thrice = gx.vmap(gx.vmap(gx.vmap(gx.grad(gx.sin))))
    assert_close(thrice(X), np.cos(X))


@pytest.mark.parametrize("n", [0, 1])
@pytest.mark.parametrize("f", [
    gx.sin, gx.sum, lambda x: gx.max(x, axis=0), gx.sort, lambda x: x @ x.T, gx.cumulative_sum, lambda x: x[[0, 0]],
    lambda x: gx.linalg.svd(x @ x.T).S, lambda x: gx.linalg.solve(gx.eye(3), x), gx.argmax, gx.softmax,
    lambda x: gx.concat([x, gx.ones((3, 1))], axis=1), lambda x: gx.einsum("ij,kj->ik", x, x), gx.fft.fft,
    lambda x: gx.index_add(x, x[0], key=[1, 1]), gx.grad(lambda x: gx.sum(x**3)), gx.jacrev(gx.square),
    gx.hessian(lambda x: gx.sum(gx.sin(x))), lambda x: gx.convolve(x[:, 0], x[:, 1]),
])  # fmt: skip
def test_sizes_0_and_1(f: Any, n: int) -> None:
    f = f if f is not gx.cumulative_sum else lambda x: gx.cumulative_sum(x, axis=1)
    y, one = gx.vmap(f)(X[:n]), f(gx.asarray(X[0]))
    assert y.shape == (n, *one.shape) and y.dtype == one.dtype
    if n:
        assert_close(y[0], one)


def test_empty_examples() -> None:
    assert gx.vmap(gx.sum)(np.zeros((3, 0))).tolist() == [0.0, 0.0, 0.0]
    assert gx.vmap(gx.grad(gx.sum))(np.zeros((3, 0))).shape == (3, 0)
    assert gx.vmap(lambda x: gx.searchsorted(x, gx.ones(2)))(np.zeros((3, 0))).shape == (3, 2)


def test_per_example_gradients(gradx_device: str) -> None:
    rng = np.random.default_rng(0)
    params = {"w": rng.normal(size=(4, 3)), "b": rng.normal(size=4), "v": rng.normal(size=4)}
    x, y = rng.normal(size=(5, 3)), rng.normal(size=5)

    def loss(p: Any, x: Any, y: Any) -> Any:
        return (gx.vecdot(p["v"], gx.tanh(p["w"] @ x + p["b"])) - y) ** 2

    def there(a: Any) -> Any:
        return gx.asarray(a, device=gradx_device)

    params = {name: there(a) for name, a in params.items()}
    grads = gx.vmap(gx.grad(loss), in_axes=(None, 0, 0))(params, there(x), there(y))
    for i in range(5):
        one = gx.grad(loss)(params, there(x[i]), there(y[i]))
        for name, g in grads.items():
            assert g.device == params[name].device
            assert_close(g[i], one[name])


def test_modules() -> None:
    net = gx.nn.Sequential(gx.nn.Linear(3, 4, key=gx.random.key(0)), gx.tanh)
    x = X[:, :, 0]
    assert_close(gx.vmap(net)(x), gx.stack([net(gx.asarray(row)) for row in x]))


@pytest.mark.parametrize("side", ["left", "right"])
def test_sorted_arrays_of_each_example(side: str) -> None:
    rng = np.random.default_rng(0)
    a = np.sort(rng.integers(0, 6, size=(20, 7)).astype(float), axis=1)
    a[::3, -2:] = np.nan
    v = rng.integers(-1, 8, size=(20, 2, 3)).astype(float)
    v[::2, 0, 0] = np.nan
    v[1::2, 0, 1] = np.inf
    y = gx.vmap(lambda a, v: gx.searchsorted(a, v, side=side))(a, v)
    assert_close(y, np.stack([np.searchsorted(p, q, side=side) for p, q in zip(a, v)]))
    whole = gx.vmap(lambda a: gx.searchsorted(a, 2.0, side=side))(a)
    assert_close(whole, np.stack([np.searchsorted(p, 2.0, side=side) for p in a]))


# ---------------------------------------------------------------- random numbers


DRAWS = [
    lambda **k: gx.random.uniform(3, **k), lambda **k: gx.random.normal((2, 3), **k),
    lambda **k: gx.random.bernoulli(0.5, (64,), **k), lambda **k: gx.random.integers(1 << 40, shape=3, **k),
    lambda **k: gx.random.permutation(40, **k), lambda **k: gx.random.permutation(gx.arange(40.0), **k),
    lambda **k: gx.random.categorical(gx.zeros(1000), shape=9, **k),
]  # fmt: skip


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("key", [lambda: gx.random.key(3), lambda: gx.random.Generator(3)])
def test_draws(draw: Any, key: Any) -> None:
    with pytest.raises(BatchError, match="randomness"):
        gx.vmap(lambda x: draw(key=key()))(X)
    same = gx.vmap(lambda x: draw(key=key()), randomness="same")(X)
    once = draw(key=key())
    assert all(row.tolist() == once.tolist() for row in same)
    different = gx.vmap(lambda x: draw(key=key()), randomness="different")(X)
    assert different.shape == same.shape and different.dtype == same.dtype
    assert len({str(row.tolist()) for row in different}) == len(X)
    again = gx.vmap(lambda x: draw(key=key()), randomness="different")(X)
    assert_close(different, again)


def test_different_draws_are_one_longer_draw() -> None:
    key = gx.random.key(1)
    y = gx.vmap(lambda x: gx.random.normal((2, 3), key=key), randomness="different")(X)
    assert_close(y, gx.random.normal((4, 2, 3), key=key))


def test_draws_in_nested_maps() -> None:
    def inner(randomness: str) -> Any:
        return gx.vmap(lambda x: gx.random.normal(2, key=gx.random.key(0)), randomness=randomness)

    whole = gx.random.normal((4, 3, 2), key=gx.random.key(0))
    assert_close(gx.vmap(inner("different"), randomness="different")(X), whole)
    shared = gx.vmap(inner("different"), randomness="same")(X)
    assert_close(shared, gx.broadcast_to(gx.random.normal((3, 2), key=gx.random.key(0)), (4, 3, 2)))
    outer = gx.vmap(inner("same"), randomness="different")(X)
    assert_close(outer[:, 0], gx.random.normal((4, 2), key=gx.random.key(0)))
    assert_close(outer[:, 0], outer[:, 2])
    with pytest.raises(BatchError, match="randomness"):
        gx.vmap(inner("different"))(X)


def test_dropout_of_examples() -> None:
    def f(x: Any) -> Any:
        return gx.nn.dropout(x, 0.5, key=gx.random.key(0))

    y = gx.vmap(f, randomness="different")(np.ones((8, 50)))
    assert len({str(row.tolist()) for row in y}) == 8
    g = gx.vmap(gx.grad(lambda x: gx.sum(f(x))), randomness="different")(np.ones((8, 50)))
    assert_close(g, y)


def test_draws_in_jacobians_are_shared() -> None:
    def f(x: Any) -> Any:
        return x * gx.random.normal(3, key=gx.random.key(0))

    noise = gx.random.normal(3, key=gx.random.key(0))
    for jacobian in (gx.jacfwd, gx.jacrev, gx.jacobian):
        assert_close(jacobian(f)(np.ones(3)), gx.diag(noise))


@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_zeros_absorb_for_each_example(bad: float) -> None:
    w = np.arange(1.0, 10.0).reshape(3, 3)
    w[0, 1] = bad
    cts = np.eye(3)
    with np.errstate(invalid="ignore"):
        _, pullback = gx.vjp(lambda x: gx.asarray(w) @ x, np.array([1.0, 0.0, 2.0]))
        expected = gx.stack([pullback(gx.asarray(ct))[0] for ct in cts])
        assert_close(gx.vmap(lambda ct: pullback(ct)[0])(cts), expected)
        finite = w.copy()
        finite[0] = 0.0
        assert_close(expected[1:], finite[1:])
        assert_close(gx.jacrev(lambda x: gx.asarray(w) @ x)(np.ones(3)), expected)

"""Gradients through writes: leaves, repeated indices, dtypes, nested transforms, sizes of zero and no axes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.testing import assert_close, check_grads


def leaf(value: Any, **options: Any) -> Any:
    return gx.asarray(value, requires_grad=True, **options)


def test_the_column_that_gave_zero(gradx_device: str) -> None:
    """`A[:, 1] = B[:, 2] + B[:, 5]`: the gradient of sum(A) is one in both columns."""
    b = leaf(np.arange(18.0).reshape(3, 6), device=gradx_device)
    a = gx.zeros((3, 4), device=gradx_device)
    column = a[:, 1]
    a[:, 1] = b[:, 2] + b[:, 5]
    assert column.tolist() == [7.0, 19.0, 31.0]
    gx.sum(a).backward()
    expected = np.zeros((3, 6))
    expected[:, [2, 5]] = 1.0
    assert_close(b.grad, expected)


# ---------------------------------------------------------------- leaves


def test_the_gradient_of_a_leaf_that_was_written_to(gradx_device: str) -> None:
    x = leaf([1.0, 2.0, 3.0], device=gradx_device)
    x[0] = 5.0
    x[1:] *= x[1:]
    assert not x.is_leaf
    gx.sum(x * x).backward()
    assert x.grad.tolist() == [0.0, 32.0, 108.0]  # of x**4, by what the leaf was


def test_a_leaf_written_through_a_view() -> None:
    x = leaf([[1.0, 2.0], [3.0, 4.0]])
    row = x[1]
    row[0] = x[0, 0] * 10.0
    assert x.tolist() == [[1.0, 2.0], [10.0, 4.0]]
    gx.sum(x * x).backward()
    assert x.grad.tolist() == [[202.0, 4.0], [0.0, 8.0]]


def test_augmented_assignment_to_rows_of_a_leaf() -> None:
    x = leaf([[1.0, 2.0], [3.0, 4.0]])
    for row in x:
        row *= row
    gx.sum(x).backward()
    assert x.grad.tolist() == [[2.0, 4.0], [6.0, 8.0]]


def test_a_view_of_a_leaf_sees_an_update_and_the_leaf_stays_one() -> None:
    x = leaf([[1.0, 2.0], [3.0, 4.0]])
    row = x[1]
    gx.sum(x * x).backward()
    with gx.no_grad():
        x -= 0.5 * x.grad
        x[0] += 1.0
        for each in x:
            each += 1.0
        x.T[1][...] = 7.0
    assert x.is_leaf and x.requires_grad
    assert x.tolist() == [[2.0, 7.0], [1.0, 7.0]] and row.tolist() == [1.0, 7.0]
    x.grad = None
    gx.sum(row * row).backward()
    assert x.grad.tolist() == [[0.0, 0.0], [2.0, 14.0]]


def test_a_view_of_an_untracked_base_follows_it_onto_the_graph() -> None:
    x = leaf(3.0)
    base = gx.zeros(3)
    tail, turned = base[1:], base[::-1]
    assert not tail.requires_grad
    base[1] = x * x
    assert tail.requires_grad and turned.requires_grad
    tail[1] = x
    assert base.tolist() == [0.0, 9.0, 3.0] and turned.tolist() == [3.0, 9.0, 0.0]
    (turned[0] * tail[0]).backward()
    assert x.grad.item() == 27.0
    base[...] = 1.0  # a constant again
    assert tail.tolist() == [1.0, 1.0]


def test_what_was_used_keeps_its_value() -> None:
    x = leaf([1.0, 2.0, 3.0])
    y = x * 1.0
    v = y[1:]
    used = gx.sin(v) * v
    y[1:] = 100.0
    v *= 2.0
    gx.sum(used).backward()
    expected = np.sin([2.0, 3.0]) + np.asarray([2.0, 3.0]) * np.cos([2.0, 3.0])
    assert_close(x.grad, np.concatenate([[0.0], expected]))


# ---------------------------------------------------------------- which write wins


def test_the_element_that_wins_gets_the_gradient(gradx_device: str) -> None:
    rng = np.random.default_rng(0)
    keys = rng.integers(-10, 10, 1000)
    v = leaf(rng.normal(size=1000), device=gradx_device)
    y = gx.zeros(10, device=gradx_device)
    y[gx.asarray(keys, device=gradx_device)] = v
    gx.sum(y).backward()
    winners = np.zeros(1000)
    winners[[np.flatnonzero(keys % 10 == i)[-1] for i in range(10)]] = 1.0
    assert v.grad.tolist() == winners.tolist()
    expected = [np.asarray(v.detach().tolist())[keys % 10 == i][-1] for i in range(10)]
    assert y.tolist() == expected
    moved = gx.jvp(lambda v: last(v, keys), (v.detach(),), (v.detach(),))[1]
    assert moved.tolist() == expected


def last(v: Any, keys: Any) -> Any:
    y = gx.zeros(10, device=v.device)
    y[gx.asarray(keys, device=v.device)] = v
    return y


def test_adding_at_a_repeated_index_adds_once() -> None:
    x, v = leaf([1.0, 2.0]), leaf([10.0, 20.0])
    y = x * 1.0
    y[[0, 0]] += v
    assert y.tolist() == [21.0, 2.0]
    (y[0] * 3.0).backward()
    assert x.grad.tolist() == [3.0, 0.0] and v.grad.tolist() == [0.0, 3.0]


def test_values_that_broadcast_gather_their_gradients() -> None:
    v, w = leaf(2.0), leaf([1.0, 3.0])
    y = gx.zeros((3, 2))
    y[gx.asarray([True, False, True])] = v
    y.T[:, 1] = w
    y[2:, None] *= w
    gx.sum(y).backward()
    assert v.grad.item() == 6.0 and w.grad.tolist() == [3.0, 3.0]


# ---------------------------------------------------------------- dtypes


@pytest.mark.parametrize("into", ["float32", "float64"])
def test_values_of_the_other_precision(into: str, gradx_device: str) -> None:
    other = {"float32": "float64", "float64": "float32"}[into]
    x = leaf([1.0, 2.0, 3.0], dtype=into, device=gradx_device)
    v = leaf([4.0, 5.0], dtype=other, device=gradx_device)
    y = x * 1.0
    y[1:][::-1][...] = v
    y[:2] *= v
    assert y.dtype.name == into and y.tolist() == [4.0, 25.0, 4.0]
    gx.sum(y * y).backward()
    assert x.grad.dtype.name == into and v.grad.dtype.name == other
    assert x.grad.tolist() == [32.0, 0.0, 0.0] and v.grad.tolist() == [16.0, 500.0]


def test_derivatives_of_writes_of_another_precision() -> None:
    def written(x: Any, v: Any) -> Any:
        y = x * x
        y[1:][::-1][...] = v * v
        y[:2] *= v
        return y

    for into, other in (("float32", "float64"), ("float64", "float32")):
        x = np.asarray([1.0, 2.0, 3.0], dtype=into)
        check_grads(written, (x, np.asarray([1.5, -0.5], dtype=other)))


def test_integers_written_into_floats_and_floats_into_integers() -> None:
    x = leaf([1.0, 2.0, 3.0])
    y = x * x
    y[1:][0] = gx.asarray(7)
    y[::2] = gx.asarray([2, 3])
    assert y.tolist() == [2.0, 7.0, 3.0]
    y[1:] *= x[1:]
    n = gx.asarray([[1, 2], [3, 4]])
    n.T[0] = x[:2] * 2.5
    n[1][1] += 5
    assert n.tolist() == [[2, 2], [5, 9]] and n.dtype == gx.int64 and not n.requires_grad
    gx.sum(y).backward()
    assert x.grad.tolist() == [0.0, 7.0, 3.0]


OPERATORS = ["+=", "-=", "*=", "/=", "//=", "%=", "**=", "&=", "|=", "^=", "<<=", ">>="]


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_augmented_assignment_writes_through(operator: str) -> None:
    bits = operator in OPERATORS[7:]
    start = np.arange(1, 7).reshape(2, 3) if bits else np.arange(1.0, 7.0).reshape(2, 3) / 2.0
    value = np.asarray([1, 2]) if bits else np.asarray([1.5, 2.0])
    worlds = [{"x": start.copy(), "v": value}, {"x": gx.asarray(start), "v": gx.asarray(value)}]
    for world in worlds:
        exec(f"w = x.T\nrow = w[1]\nrow {operator} v\nx[1, ::2] {operator} v", world)
    for name in ("x", "w", "row"):
        assert_close(worlds[1][name], worlds[0][name])


def test_matmul_in_place_writes_through() -> None:
    x = gx.asarray(np.arange(8.0).reshape(2, 2, 2))
    expected = np.arange(8.0).reshape(2, 2, 2)
    for each in (x, expected):
        half = each[1]
        half @= each[0]
    assert_close(x, expected)


# ---------------------------------------------------------------- transforms


def test_inner_values_are_written_into_an_array_made_inside() -> None:
    def inner(x: Any, y: Any) -> Any:
        buffer = gx.zeros(2)
        turned = buffer[::-1]
        buffer[0] = x
        turned[0] = y
        turned *= y
        return gx.sum(buffer * buffer)  # (x y)**2 + y**4

    def by_y(x: Any) -> Any:
        return gx.grad(inner, 1)(x, gx.asarray(3.0))

    assert by_y(gx.asarray(2.0)).item() == 2 * 4.0 * 3.0 + 4 * 27.0
    assert gx.grad(by_y)(2.0).item() == 4 * 2.0 * 3.0
    assert gx.jvp(by_y, (2.0,), (1.0,))[1].item() == 24.0
    assert gx.grad(lambda x: gx.jvp(lambda y: inner(x, y), (3.0,), (1.0,))[1])(2.0).item() == 24.0
    out, pull = gx.vjp(inner, gx.asarray(2.0), gx.asarray(3.0))
    assert out.item() == 36.0 + 81.0
    assert [g.item() for g in pull(gx.asarray(1.0))] == [36.0, 132.0]
    check_grads(inner, (2.0, 3.0), order=3)


def test_an_outer_value_is_viewed_inside() -> None:
    """The inner function reads views of what the outer one is writing to, at each level its own."""

    def outer(x: Any) -> Any:
        y = x * x
        head = y[:1]
        slope = gx.grad(lambda z: gx.sum(head * z * z))(x[1])
        y[0] = slope  # 2 x0**2 x1
        return gx.sum(head * x)

    x = gx.asarray([2.0, 3.0])
    assert outer(x).item() == 24.0 * 5.0
    assert gx.grad(outer)(x).tolist() == [24.0 * 5.0 + 24.0, 8.0 * 5.0 + 24.0]
    check_grads(outer, (x,), order=2)


def test_arguments_and_results_of_transforms_are_no_views_of_the_users() -> None:
    x = gx.asarray([[1.0, 2.0], [3.0, 4.0]])
    row = x[0]

    def f(x: Any) -> Any:
        x.T[0] *= 2.0
        return gx.sum(x * x)

    assert gx.grad(f)(x).tolist() == [[8.0, 4.0], [24.0, 8.0]]
    assert gx.grad(f)(row[None]).tolist() == [[8.0, 4.0]]
    assert x.tolist() == [[1.0, 2.0], [3.0, 4.0]] and row.tolist() == [1.0, 2.0]
    out = gx.vjp(lambda v: v[0], x)[0]
    out += 1.0
    assert x.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    y, tangent = gx.jvp(lambda v: v.T, (x,), (gx.ones((2, 2)),))
    y *= 0.0
    tangent *= 0.0
    assert x.tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_a_recurrence_filled_through_rows() -> None:
    def states(start: Any, steps: int = 6) -> Any:
        x = gx.zeros((steps, 2))
        x[0] = start
        for now, after in pairwise(x):
            after[0] = now[0] + 0.1 * now[1]
            after[1] = now[1] - 0.1 * gx.sin(now[0])
        return x

    def plain(start: Any) -> Any:
        rows = [start]
        for _ in range(5):
            p, v = rows[-1][0], rows[-1][1]
            rows.append(gx.stack([p + 0.1 * v, v - 0.1 * gx.sin(p)]))
        return gx.stack(rows)

    start = gx.asarray([0.5, -0.2])
    assert_close(states(start), plain(start))
    ct = gx.reshape(gx.arange(12.0), (6, 2))
    assert_close(gx.vjp(states, start)[1](ct)[0], gx.vjp(plain, start)[1](ct)[0], rtol=1e-12)
    check_grads(states, (start,))


# ---------------------------------------------------------------- no axes, no elements


def test_arrays_without_axes() -> None:
    x = leaf(2.0)
    y = x * x
    view, again = y[...], y[None]
    view *= x
    assert (y.item(), again.tolist()) == (8.0, [8.0])
    again[0] = 3.0 * x + y
    assert y.item() == view.item() == 14.0
    y[()] *= x
    y[True] += 1.0
    assert (y.item(), y.shape, view.shape) == (29.0, (), ())
    view.backward()
    assert x.grad.item() == 44.0  # of x (3 x + x**3) + 1


@pytest.mark.parametrize("key", ["1:1", "[]", "..., :0", "x > 9.0", "::2, 0:0, None"])
def test_writes_of_nothing(key: str) -> None:
    x, v = leaf(np.arange(6.0).reshape(2, 3)), leaf(5.0)
    y = x * 1.0
    turned = y.T
    exec(f"y[{key}] = v; y[{key}] *= v", {"y": y, "x": x, "v": v})
    assert turned.tolist() == [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]
    gx.sum(turned * turned).backward()
    assert x.grad.tolist() == [[0.0, 2.0, 4.0], [6.0, 8.0, 10.0]]
    assert v.grad is None or v.grad.item() == 0.0


def test_arrays_without_elements() -> None:
    x = leaf(np.zeros((0, 3)))
    y = x * 2.0
    y.T[1] = x[:, 0]
    y[:, 1:] += 1.0
    for row in y:
        row *= 2.0
    gx.sum(gx.reshape(y, (3, 0))).backward()
    assert y.shape == x.grad.shape == (0, 3)

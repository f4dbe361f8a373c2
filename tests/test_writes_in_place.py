"""Where nobody else holds an array, a write happens in place; where somebody does, that one keeps its value.

- That a loop over n rows is O(n) is measured in `ci/bench trajectory`; here, that no array is copied.
"""

import numpy as np
import pytest

import gradx as gx
from gradx.level import alone
from gradx.transforms import reverse


def buffer(x):
    return x.data.__array_interface__["data"][0]


def leaf(value):
    return gx.asarray(value, requires_grad=True)


def fill(x0, n, seen=None):
    rows = gx.zeros((n + 1, 3))
    rows[0] = x0
    for i in range(n):
        rows[i + 1] = gx.sin(rows[i]) * 0.9
        if seen is not None:
            seen.add(buffer(rows) if isinstance(rows.data, np.ndarray) else 0)
    return gx.sum(rows * rows)


def test_rows_are_written_where_they_are():
    seen = set()
    fill(leaf(np.ones(3)), 20, seen)
    assert len(seen) == 1


def test_tangents_are_written_where_they_are():
    seen = set()

    def f(x0):
        rows = gx.zeros((21, 3))
        rows[0] = x0
        for i in range(20):
            rows[i + 1] = gx.sin(rows[i])
            seen.add((buffer(rows), rows.aux[0].__array_interface__["data"][0]))
        return rows

    gx.jvp(f, (np.ones(3),), (np.ones(3),))
    assert len(seen) == 1


def test_the_walk_clears_and_adds_in_one_array(monkeypatch):
    """Of 20 writes and 20 reads, no rule made an array of the whole: they all had the walk's own."""
    whole = []
    real = reverse._pull_few

    def spy(xp, ct, node, source, parents, mode, few):
        results = real(xp, ct, node, source, parents, mode, few)
        if node.card.take_over is not None and results[0] is not None:
            whole.append(results[0].__array_interface__["data"][0])
        return results

    monkeypatch.setattr(reverse, "_pull_few", spy)
    fill(leaf(np.ones(3)), 20).backward()
    assert len(whole) == 20 and len(set(whole)) == 1


@pytest.mark.parametrize("hold", [
    lambda x: x.detach(), lambda x: x[...], lambda x: x.T, lambda x: x[1:], lambda x: x.numpy(),
    lambda x: x.data, lambda x: x.reshape(6),
])  # fmt: skip
def test_whoever_holds_the_array_keeps_its_value(hold):
    x = gx.asarray([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    x[0, 0] = 1.0
    held = hold(x)
    array = held.data if isinstance(held, gx.Tensor) else held
    before = array.copy()
    x[2, 1] = 9.0
    assert np.array_equal(array, before) and x.tolist()[2][1] == 9.0


def test_what_the_graph_keeps_keeps_its_value():
    x0 = leaf([1.0, 2.0, 3.0])
    x = x0 * 1.0
    x[0] = 4.0
    y = x * x  # keeps the array of x
    x[1] = 100.0
    gx.sum(y).backward()
    assert x0.grad.tolist() == [0.0, 4.0, 6.0]


def test_rows_kept_by_the_graph_keep_their_value():
    x0 = leaf([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]])
    x = x0 * 1.0
    x[3] = 0.0
    y = x[0] * x[0]
    x[0] = 100.0
    gx.sum(y).backward()
    assert x0.grad.tolist() == [[2.0, 4.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]


def test_targets_on_the_way_keep_their_cotangent():
    x0 = leaf([1.0, 2.0])
    a = x0 * 1.0
    a[0] = 5.0
    first = a[...] * 1.0
    a[1] = x0[0] * 3.0
    y = gx.sum(a * a)
    middle = gx.gradients(y, [a, x0], retain_graph=True)
    assert [g.tolist() for g in middle] == [[10.0, 6.0], [18.0, 0.0]]
    assert first.tolist() == [5.0, 2.0]


def test_a_failed_write_changes_nothing():
    x = gx.zeros((3, 2))
    x[0] = 1.0
    view = x[1:]
    before = x.tolist()
    for key, value in ((0, np.ones(3)), ((0, 5), 1.0), ([0, 7], 1.0)):
        with pytest.raises((ValueError, IndexError)):
            x[key] = value
    with pytest.raises(gx.errors.DtypeError):
        view[0] = 1j
    assert x.tolist() == before and view.tolist() == before[1:]


def test_alone():
    x = gx.zeros(3)
    assert alone(x)
    held = x.data
    assert not alone(x)
    del held
    assert alone(x)


def test_second_derivatives_through_rows():
    x0 = np.asarray([0.3, 0.5, 0.7])
    n = 6

    def plain(x):  # the same without writes
        total, row = gx.sum(x * x), x
        for _ in range(n):
            row = gx.sin(row) * 0.9
            total = total + gx.sum(row * row)
        return total

    def twice(f):
        return gx.grad(lambda x: gx.sum(gx.grad(f)(x) * x))(x0)

    def mixed(f):
        return gx.jvp(gx.grad(f), (x0,), (x0,))[1]

    for transform in (twice, mixed):
        ours = transform(lambda x: fill(x, n)).numpy()
        np.testing.assert_allclose(ours, transform(plain).numpy(), rtol=1e-13)

"""Views and writes under `vmap`: what one example sees by NumPy's rules, all of them see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import ViewError
from gradx.testing import assert_close, check_grads
from gradx.transforms.reverse import raw

X = np.sin(np.arange(36.0)).reshape(3, 3, 4)
W = np.cos(np.arange(3.0))


def row(x: Any, w: Any) -> Any:
    y = x[1]
    y += w
    y[:2] *= 2.0
    return x, y


def turned(x: Any, w: Any) -> Any:
    t = x.T
    t[0] = w
    x[1, 1] = t[2, 2] * w
    return x, t


def flat(x: Any, w: Any) -> Any:
    f = x.reshape(12)
    f[::5] = w
    x[0, 0] += 1.0
    return x, f


def nested(x: Any, w: Any) -> Any:
    v = x[1:][:, ::-1]
    u = v[0]
    u *= w
    v[1, 1:3] = u[:2]
    return x, v, u


def stale(x: Any, w: Any) -> Any:
    before, y = x[0], x * 1.0
    x[0] = w
    return before + x[0], y, x


def swapped(x: Any, w: Any) -> Any:
    x[0], x[1] = x[1] * w, x[0].copy()
    return x


def of_an_outer_array(x: Any, w: Any) -> Any:
    z = np.zeros((2, 4))
    t = gx.asarray(z, copy=True)
    part = t[0]
    part[1:] = x[0, 1:] * w
    t[1] = part
    return t, part


def by_index(x: Any, w: Any) -> Any:
    x[[0, 0, 2], 1] = w
    x[x > 0.5] = 0.25
    x[..., -1] += w
    return x


PROGRAMS: list[Callable[..., Any]] = [row, turned, flat, nested, stale, swapped, of_an_outer_array]


def loop(f: Any, xs: Any, ws: Any) -> Any:
    found = [f(gx.asarray(x, copy=True), gx.asarray(w)) for x, w in zip(xs, ws)]
    if isinstance(found[0], tuple):
        return tuple(gx.stack(list(each)) for each in zip(*found))
    return gx.stack(found)


@pytest.mark.parametrize("f", [*PROGRAMS, by_index])
@pytest.mark.parametrize("axes", [(0, 0), (0, None), (None, 0), (1, 0), (-1, None)])
def test_programs_equal_the_loop(f: Any, axes: Any) -> None:
    n = 3
    given = X[0] if axes[0] is None else np.moveaxis(X, 0, axes[0])
    ws = W[1] if axes[1] is None else W
    many = [X[0]] * n if axes[0] is None else X, [W[1]] * n if axes[1] is None else W
    before = given.copy()
    held = gx.asarray(given, copy=True)
    for argument in (given, held, gx.asarray(given)):
        assert_close(gx.vmap(f, in_axes=axes)(argument, ws), loop(f, *many))
    np.testing.assert_array_equal(given, before)
    assert_close(held, before)


@pytest.mark.parametrize("f", PROGRAMS)
def test_gradients_of_programs(f: Any) -> None:
    def total(x: Any, w: Any) -> Any:
        found = f(x * 1.0, w)
        parts = found if isinstance(found, tuple) else (found,)
        return sum(gx.sum(gx.sin(part)) * (i + 1.0) for i, part in enumerate(parts))

    pairs = [gx.grad(total, argnums=(0, 1))(x, w) for x, w in zip(X, W)]
    expected = tuple(gx.stack(list(each)) for each in zip(*pairs))
    assert_close(gx.vmap(gx.grad(total, argnums=(0, 1)))(X, W), expected)
    around = gx.grad(lambda x, w: gx.sum(gx.vmap(total)(x, w)), argnums=(0, 1))
    assert_close(around(X, W), expected)
    check_grads(gx.vmap(total), (X, W), order=2)
    check_grads(lambda x: gx.linearize(total, x, 0.5)[1](X[1], 1.0), (X[0],), order=1)
    assert_close(gx.jacfwd(total)(X[0], 0.5), gx.jacrev(total)(X[0], 0.5))


def test_a_read_only_view_stays_so() -> None:
    def f(x: Any) -> Any:
        wide = gx.broadcast_to(x, (2, 4))
        wide[0] = 1.0

    with pytest.raises(ViewError, match="read-only"):
        gx.vmap(f)(X[:, 0])


def test_a_shared_array_written_with_values_that_differ() -> None:
    shared = gx.zeros(4)

    def f(w: Any, s: Any) -> Any:
        s[1] = w
        part = s[2:]
        part += w * 2
        return s

    y = gx.vmap(f, in_axes=(0, None))(W, shared)
    assert_close(y, np.stack([[0.0, w, 2 * w, 2 * w] for w in W]))
    assert_close(shared, np.zeros(4))


def test_filling_row_by_row_copies_nothing() -> None:
    places = set()

    def filled(x: Any) -> Any:
        out = gx.zeros((50, 8)) + x[0]
        for i in range(50):
            out[i] = x
            places.add(raw(out).__array_interface__["data"][0])
        return out

    gx.vmap(filled)(np.ones((5, 8)))
    assert len(places) == 1

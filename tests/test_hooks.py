"""Hooks on Tensors, and watchers of primitives: what they see, what they change, and that they leave no trace."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx import hooks as hooking
from gradx import watching
from gradx.errors import GraphError
from gradx.level import blocks
from gradx.testing import assert_close
from tests.test_nesting import X


@pytest.fixture(autouse=True)
def _nothing_stays() -> Any:
    yield
    gc.collect()
    assert not hooking.hooks, "expected the entries to go with their nodes"
    assert not watching.watchers
    assert not blocks


def leaf(value: Any = X) -> Any:
    return gx.asarray(value, requires_grad=True, copy=True)


def test_leaf_and_intermediate() -> None:
    seen: dict[str, Any] = {}
    x = leaf()
    y = gx.sin(x)
    z = y * y + y
    x.register_hook(lambda g: seen.__setitem__("x", g))
    y.register_hook(lambda g: seen.__setitem__("y", g))
    gx.sum(z).backward()
    assert_close(seen["y"], 2 * np.sin(X) + 1)  # whole, once, though used three times
    assert_close(seen["x"], (2 * np.sin(X) + 1) * np.cos(X))
    assert not seen["x"].requires_grad
    assert_close(x.grad, seen["x"])
    before = seen["x"].numpy().copy()
    x.grad[0] = 100.0
    assert_close(seen["x"], before)


def test_replacing() -> None:
    x = leaf()
    y = x * 2.0
    with y.register_hook(lambda g: g * 10.0), y.register_hook(lambda g: g + 1.0):
        gx.sum(y).backward(retain_graph=True)
    assert_close(x.grad, np.full(3, 22.0))
    assert_close(gx.gradients(gx.sum(y), [y, x], retain_graph=True), [np.ones(3), np.full(3, 2.0)])
    y.register_hook(lambda g: g * np.array([0.0, 0.5, 1.0]))
    assert_close(
        gx.gradients(gx.sum(y), [y, x]), [np.array([0.0, 0.5, 1.0]), np.array([0.0, 1.0, 2.0])]
    )


def test_the_result_itself() -> None:
    x = leaf(3.0)
    y = x * x
    y.register_hook(lambda g: g * 2.0)
    y.backward()
    assert x.grad.item() == 12.0


def test_removing() -> None:
    x = leaf()
    calls: list[int] = []
    first = x.register_hook(lambda g: calls.append(1))
    second = x.register_hook(lambda g: calls.append(2))
    (x * x)[0].backward()
    first.remove()
    first.remove()
    (x * x)[0].backward()
    second.remove()
    (x * x)[0].backward()
    assert calls == [1, 2, 2]
    assert not hooking.hooks


def test_entries_go_with_their_nodes() -> None:
    x = leaf()
    y = gx.sin(x)
    y.register_hook(lambda g: None)
    assert len(hooking.hooks) == 1
    del y
    assert not hooking.hooks


def test_a_hook_that_holds_its_own_tensor_is_collected() -> None:
    def made() -> Any:
        x = leaf()
        x.register_hook(lambda g: g * x.detach())
        (x * 1.0)[0].backward()
        assert x.grad[0].item() == X[0]
        return weakref.ref(x)

    gone = made()
    gc.collect()
    assert gone() is None


def test_create_graph_and_retain_graph() -> None:
    x = leaf(3.0)
    y = x**3
    seen = []
    x.register_hook(seen.append)
    y.register_hook(lambda g: 2.0 * g)
    (first,) = gx.gradients(y, [x], create_graph=True)
    assert first.item() == 54.0
    assert seen[0].requires_grad
    assert gx.gradients(first, x, retain_graph=True).item() == 36.0
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.item() == 108.0


def test_inside_transforms() -> None:
    seen = []

    def f(x: Any) -> Any:
        y = x * x
        y.register_hook(lambda g: 3.0 * g)
        x.register_hook(seen.append)
        return gx.sum(y * x)

    expected = 3.0 * 2.0 * X**2 + X**2
    assert_close(gx.grad(f)(X), expected)
    assert_close(seen[0], expected)
    pullback = gx.vjp(f, X)[1]
    for _ in range(2):
        assert_close(pullback(gx.asarray(1.0))[0], expected)
    assert_close(gx.grad(lambda x: gx.sum(gx.grad(f)(x)))(X), (6.0 * 3.0 / 3.0 * 2.0 + 2.0) * X)
    assert_close(gx.vmap(gx.grad(f))(np.stack([X, 2 * X]))[1], 4 * expected)
    assert_close(gx.jvp(gx.grad(f), (X,), (np.ones(3),))[1], 14.0 * X)


def test_zeros_of_a_hook_absorb() -> None:
    x = leaf([0.0, 4.0])
    y = gx.sqrt(x)
    y.register_hook(lambda g: gx.where(gx.asarray([False, True]), g, 0.0))
    gx.sum(y).backward()
    assert_close(x.grad, np.array([0.0, 0.25]))


def test_reads_and_writes_by_index() -> None:
    x = leaf()
    seen = []
    y = x * 1.0
    y.register_hook(seen.append)
    z = gx.zeros(3)
    for i in range(3):
        z[i] = y[i] * y[i]
    middle = z * 1.0
    middle.register_hook(lambda g: 2.0 * g)
    gx.sum(middle).backward()
    assert_close(x.grad, 4 * X)
    assert_close(seen[0], 4 * X)


def test_writing_into_what_a_hook_is_given_changes_nothing() -> None:
    x = leaf()

    def hook(g: Any) -> None:
        g[0] = 100.0
        g *= 2.0

    y = x * 2.0
    y.register_hook(hook)
    x.register_hook(hook)
    gx.sum(y).backward()
    assert_close(x.grad, np.full(3, 2.0))


def test_on_devices(gradx_device: str) -> None:
    x = gx.asarray(X, device=gradx_device, requires_grad=True)
    y = x * x
    seen = []
    y.register_hook(lambda g: 0.5 * g)
    x.register_hook(seen.append)
    gx.sum(y).backward()
    assert_close(x.grad, X, check_dtype=False)
    assert seen[0].device == x.device


def test_errors() -> None:
    x = leaf()
    for wrong in (gx.ones(2), 3.0):
        with (
            x.register_hook(lambda g, wrong=wrong: wrong),
            pytest.raises(GraphError, match="shape"),
        ):
            (x * x)[0].backward()
    assert x.grad is None
    with pytest.raises(GraphError, match="requires_grad=True"):
        gx.ones(3).register_hook(lambda g: g)
    with pytest.raises(TypeError, match="a function"):
        x.register_hook(3)
    with pytest.raises(GraphError, match="batch level"):
        gx.vmap(lambda x: (x.register_hook(print), x)[1])(gx.ones(2))
    with pytest.raises(GraphError, match="forward level"):
        gx.jvp(lambda x: (gx.sin(x).register_hook(print), x)[1], (1.0,), (1.0,))


def test_exceptions_of_hooks_pass_through() -> None:
    class Own(Exception):
        pass

    def fail(g: Any) -> Any:
        raise Own

    x = leaf()
    y = x * x
    with y.register_hook(fail), pytest.raises(Own):
        gx.sum(y).backward()
    assert x.grad is None
    gx.sum(x * x).backward()
    assert_close(x.grad, 2 * X)


# ---------------------------------------------------------------- watch


def test_watch() -> None:
    seen: list[Any] = []
    x = leaf()
    with gx.watch(seen.append) as handle:
        y = gx.sum(gx.sin(x) * 2.0, axis=0)
        y.backward(create_graph=True)
    assert [a.name for a in seen[:3]] == ["sin", "multiply", "sum"]
    assert seen[0].shapes == ((3,),)
    assert seen[1].dtypes == (gx.float64, None)
    assert seen[2].out_shapes == ((),)
    assert seen[2].params["axis"] == (0,)
    assert all(a.seconds >= 0 for a in seen)
    assert "cos" in [a.name for a in seen[3:]]  # a recorded walk runs on Tensors
    count = len(seen)
    gx.sin(x)
    handle.remove()
    gx.cos(x)
    assert len(seen) == count


def test_several_watchers_and_levels() -> None:
    first: list[str] = []
    second: list[str] = []
    one = gx.watch(lambda a: first.append(a.name))
    with gx.watch(lambda a: second.append(a.name)):
        gx.vmap(gx.grad(lambda x: gx.exp(x)))(X)
    gx.exp(1.0)
    one.remove()
    gx.exp(1.0)
    assert first == [*second, "exp"]
    assert second.count("exp") == 1  # applied once, whatever the levels


def test_a_watcher_may_compute() -> None:
    sums: list[float] = []

    def watcher(a: Any) -> None:
        sums.append(gx.sum(gx.ones(a.shapes[0])).item())

    with gx.watch(watcher):
        gx.sin(X)
    assert sums == [3.0]


@pytest.mark.parametrize(
    "function", [gx.sin, lambda x: x * x, lambda x: gx.sum(x), lambda x: x[0], lambda x: x < 1]
)
def test_exceptions_of_watchers_pass_through(function: Any) -> None:
    class Own(ValueError):
        pass

    error = Own("mine")
    handles: list[Any] = []

    def watcher(_: Any) -> None:
        for handle in handles:
            handle.remove()
        raise error

    x = leaf()
    with gx.watch(watcher), pytest.raises(Own, match=r"^mine$") as caught:
        function(x)
    assert caught.value is error
    handles.append(gx.watch(watcher))
    with pytest.raises(Own, match=r"^mine$"):
        function(x)
    function(x)


def test_watch_sees_custom_functions_and_primitives(gradx_device: str) -> None:
    @gx.custom_jvp
    def mine(x: Any) -> Any:
        return gx.sin(x)

    mine.defjvp(lambda primals, tangents: (mine(*primals), gx.cos(*primals) * tangents[0]))
    outside = gx.primitive("outside", np.sin, slopes=[lambda xp, _y, x: xp.cos(x)], host=True)
    seen: list[str] = []
    x = gx.asarray(X, device=gradx_device)
    with gx.watch(lambda a: seen.append(a.name)):
        outside(mine(x))
    assert seen == ["sin", "mine", "outside"]


def test_unused_nothing_reports() -> None:
    with gx.watch(lambda a: None):
        gx.tan(gx.asarray(X))
    assert not gx.tan.card.table
    gx.tan(gx.asarray(X))
    assert all(
        "watched" not in f.__qualname__
        for f in gx.tan.card.table.values()
        if hasattr(f, "__qualname__")
    )


def test_what_watch_takes() -> None:
    with pytest.raises(TypeError, match="a function"):
        gx.watch(3)

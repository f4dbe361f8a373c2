"""`scan` against plain loops, and against differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import OperandError, ShapeError
from gradx.testing import assert_close, check_grads

X = np.array([0.5, -1.2, 0.8])
ROWS = np.sin(np.arange(15.0)).reshape(5, 3)
CHECKPOINTS = [False, True, 1, 2, 5, 100]


def step(carry: Any, row: Any) -> Any:
    """A recurrence of two states with two results, `(3,)` each."""
    h, total = carry["h"], carry["total"]
    new = gx.tanh(h * row["a"] + gx.sin(row["b"][0]) * total)
    return {"h": new, "total": total + gx.sum(new) * 0.1}, (new * row["a"], [total])


def rows(xs: Any) -> Any:
    return {"a": xs, "b": gx.expand_dims(xs, axis=1) * 2.0}


def by_scan(h: Any, xs: Any, **options: Any) -> Any:
    carry, (first, (second,)) = gx.scan(step, {"h": h, "total": 0.5}, rows(xs), **options)
    return carry["h"], carry["total"], first, second


def by_loop(h: Any, xs: Any, reverse: bool = False) -> Any:
    carry, first, second = {"h": gx.asarray(h), "total": gx.asarray(0.5)}, [], []
    for i in reversed(range(5)) if reverse else range(5):
        row = rows(xs)
        carry, (y, (z,)) = step(carry, {"a": row["a"][i], "b": row["b"][i]})
        first.append(y)
        second.append(z)
    if reverse:
        first, second = first[::-1], second[::-1]
    return carry["h"], carry["total"], gx.stack(first), gx.stack(second)


# ---------------------------------------------------------------- scan


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("checkpoint", CHECKPOINTS)
def test_scan_is_the_loop(checkpoint: Any, reverse: bool) -> None:
    def scanned(h: Any, xs: Any) -> Any:
        return by_scan(h, xs, checkpoint=checkpoint, reverse=reverse)

    def looped(h: Any, xs: Any) -> Any:
        return by_loop(gx.asarray(h), gx.asarray(xs), reverse)

    for found, expected in zip(scanned(X, ROWS), looped(X, ROWS), strict=True):
        assert_close(found, expected, rtol=0, atol=0)
    assert_close(
        gx.jacrev(scanned, argnums=(0, 1))(X, ROWS), gx.jacrev(looped, argnums=(0, 1))(X, ROWS)
    )
    assert_close(gx.jacfwd(scanned)(X, ROWS), gx.jacfwd(looped)(X, ROWS))


@pytest.mark.parametrize("checkpoint", [False, 2])
def test_scan_against_differences(checkpoint: Any) -> None:
    check_grads(lambda h, xs: by_scan(h, xs, checkpoint=checkpoint), (X, ROWS), order=2)


@pytest.mark.parametrize("checkpoint", [False, 2])
def test_scan_on_devices(checkpoint: Any, gradx_device: str) -> None:
    with gx.default_device(gradx_device):
        h, xs = gx.asarray(X, device=gradx_device), gx.asarray(ROWS, device=gradx_device)
        found = gx.grad(
            lambda h, xs: gx.sum(by_scan(h, xs, checkpoint=checkpoint)[2]), argnums=(0, 1)
        )(h, xs)
    assert found[0].device == found[1].device == h.device
    expected = gx.grad(lambda h, xs: gx.sum(by_loop(h, xs)[2]), argnums=(0, 1))(
        gx.asarray(X), gx.asarray(ROWS)
    )
    assert_close(found, expected, rtol=1e-10)


@pytest.mark.parametrize("checkpoint", [False, 2])
def test_scan_on_the_eager_tape(checkpoint: Any) -> None:
    w, xs = gx.asarray(1.5, requires_grad=True), gx.asarray(ROWS, requires_grad=True)
    carry, ys = gx.scan(
        lambda c, x: (gx.sin(c * w) + x, c * x), gx.zeros(3), xs, checkpoint=checkpoint
    )
    (gx.sum(carry) + gx.sum(ys)).backward()
    v, rs = gx.asarray(1.5, requires_grad=True), gx.asarray(ROWS, requires_grad=True)
    c, total = gx.zeros(3), 0.0
    for x in rs:
        c, total = gx.sin(c * v) + x, total + gx.sum(c * x)
    (gx.sum(c) + total).backward()
    assert_close(w.grad, v.grad)
    assert_close(xs.grad, rs.grad)


@pytest.mark.parametrize("checkpoint", CHECKPOINTS)
def test_length_alone(checkpoint: Any) -> None:
    carry, ys = gx.scan(lambda c, x: (c * 2, (c, x)), 1, length=5, checkpoint=checkpoint)
    assert carry.item() == 32 and carry.dtype == gx.int64
    assert ys[0].tolist() == [1, 2, 4, 8, 16] and ys[1] is None


@pytest.mark.parametrize("checkpoint", CHECKPOINTS)
@pytest.mark.parametrize("n", [0, 1])
def test_few_rows(n: int, checkpoint: Any) -> None:
    def f(x: Any) -> Any:
        carry, (a, b) = gx.scan(
            lambda c, r: (c + gx.sum(r), (r * c, True)), x, gx.ones((n, 3)), checkpoint=checkpoint
        )
        assert a.shape == (n, 3) and b.shape == (n,) and b.dtype == gx.bool
        return carry + gx.sum(a)

    assert f(2.0).item() == (11.0 if n else 2.0)
    assert gx.grad(f)(2.0).item() == (4.0 if n else 1.0)


def test_rows_of_no_elements() -> None:
    carry, ys = gx.scan(lambda c, x: (c + gx.sum(x), x), 0.0, gx.ones((4, 0)))
    assert carry.item() == 0.0 and ys.shape == (4, 0)


def test_nothing_carried() -> None:
    carry, ys = gx.scan(lambda c, x: (c, x * 2), None, gx.arange(3))
    assert carry is None and ys.tolist() == [0, 2, 4]
    carry, ys = gx.scan(lambda c, x: ((), ()), (), gx.arange(3))
    assert carry == () and ys == ()


def test_numbers_take_the_dtype_of_the_carry() -> None:
    carry, ys = gx.scan(lambda c, x: (1, 2.5), gx.asarray(3.0, dtype=gx.float32), length=2)
    assert carry.dtype == gx.float32 and ys.tolist() == [2.5, 2.5]


@pytest.mark.parametrize("checkpoint", [False, 2])
def test_writes_stay_inside(checkpoint: Any) -> None:
    init, xs = gx.zeros(3), gx.asarray(ROWS.copy())

    def f(c: Any, x: Any) -> Any:
        c[0] = c[0] + x[1]
        y = c
        x *= 2.0
        return c, (y, x[:2])

    carry, (ys, zs) = gx.scan(f, init, xs, checkpoint=checkpoint)
    assert_close(init, np.zeros(3))
    assert_close(xs, ROWS)
    assert_close(ys[:, 0], np.cumsum(ROWS[:, 1]))
    assert_close(carry[0], ROWS[:, 1].sum())
    assert_close(zs, ROWS[:, :2] * 2)


@pytest.mark.parametrize("checkpoint", [False, 2])
def test_nested_scans(checkpoint: Any) -> None:
    def outer(w: Any) -> Any:
        def row(c: Any, xs: Any) -> Any:
            inner, ys = gx.scan(
                lambda d, x: (gx.sin(d * w + x), d * x), c, xs, checkpoint=checkpoint
            )
            return inner * w, gx.sum(ys)

        carry, ys = gx.scan(row, 0.3, gx.asarray(ROWS), checkpoint=checkpoint)
        return carry + gx.sum(ys**2)

    check_grads(outer, (np.array(0.7),), order=2)


def test_scan_under_vmap() -> None:
    starts = np.stack([X, X * 2])

    def f(h: Any, xs: Any) -> Any:
        return gx.sum(by_scan(h, xs, checkpoint=2)[2])

    for axes in ((0, None), (None, 0), (0, 0)):
        args = [starts if axes[0] == 0 else X, np.stack([ROWS, ROWS + 1]) if axes[1] == 0 else ROWS]
        found = gx.vmap(gx.grad(f), in_axes=axes)(*args)
        each = [
            gx.grad(f)(*[a[i] if axis == 0 else a for a, axis in zip(args, axes, strict=True)])
            for i in range(2)
        ]
        assert_close(found, gx.stack(each))


def test_random_numbers_in_a_scan() -> None:
    def run(checkpoint: Any) -> Any:
        generator = gx.random.Generator(3)
        return gx.grad(lambda x: gx.scan(lambda c, _: (c * gx.random.normal(key=generator), None), x, length=9,
                                         checkpoint=checkpoint)[0])(2.0)  # fmt: skip

    assert run(True).item() == run(False).item() == run(4).item()


# ---------------------------------------------------------------- what scan refuses


@pytest.mark.parametrize(("f", "init", "error", "message"), [
    (lambda c, x: (c[:2], x), X, ShapeError, r"scan: .* a carry as it was given, float64\[3\]; got float64\[2\]"),
    (lambda c, x: (gx.astype(c, gx.float32), x), X, ShapeError, r"got float32\[3\]"),
    (lambda c, x: ((c, c), x), X, ShapeError, "structure"),
    (lambda c, x: ({"b": c["b"], "a": c["b"]}, x), {"a": 1, "b": 2.0}, ShapeError, r"got float64\[\] at carry\['a'\]"),
    (lambda c, x: (2.5, x), 1, ShapeError, r"int64\[\]; got float64\[\]"),
    (lambda c, x: c, X, OperandError, r"scan: expected f to return a pair \(carry, y\)"),
    (lambda c, x: (c, c if x > 1 else c[:1]), X, ShapeError, "as at the (first|other) steps?"),
    (lambda c, x: (c, c if x > 1 else (c,)), X, ShapeError, "as at the (first|other) steps?"),
    (lambda c, x: (c, "text"), X, OperandError, "expected"),
])  # fmt: skip
@pytest.mark.parametrize("checkpoint", [False, 2])
def test_what_f_returns(f: Any, init: Any, error: Any, message: str, checkpoint: Any) -> None:
    with pytest.raises(error, match=message):
        gx.scan(f, init, gx.asarray([0.0, 2.0, 0.0]), checkpoint=checkpoint)


@pytest.mark.parametrize(("options", "error", "message"), [
    ({}, OperandError, "xs or length"),
    ({"xs": (np.ones(3), np.ones(4))}, ShapeError, "got 3, 4"),
    ({"xs": np.ones(3), "length": 2}, ShapeError, "got 3, 2"),
    ({"xs": np.array(1.0)}, ShapeError, "0-d"),
    ({"length": -1}, ValueError, "at least 0"),
    ({"length": 3, "checkpoint": 0}, ValueError, "at least 1 step"),
    ({"xs": "rows"}, OperandError, "scan: expected arrays"),
])  # fmt: skip
def test_what_scan_is_given(options: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        gx.scan(lambda c, x: (c, x), 0.0, **options)
